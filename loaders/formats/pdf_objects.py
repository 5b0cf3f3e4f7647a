"""What a PDF page paints besides text: paths and images, in the order of painting, forms opened up.

Takes a page of pdfium, gives a `Painting`. Coordinates are those of the page (points, y upwards).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.formats import pdf_calls
from loaders.formats.pdf_calls import Box, Colour

Matrix = tuple[float, float, float, float, float, float]

_DEEPEST_FORM = 8
# Colours from this on do not show on paper.
_WHITE = 250
_OPAQUE = 255


class Shape(NamedTuple):
    """A path or an image: its place in the order of painting, its address, and the box around it.

    `is_filled` and `is_stroked` say that it is so in a colour that shows on paper, `is_blank` that it is filled with
    white. `matrix` is that of the form around it.
    """

    order: int
    drawn: int
    is_image: bool
    box: Box
    is_filled: bool = False
    is_stroked: bool = False
    is_blank: bool = False
    matrix: Matrix | None = None

    @property
    def thickness(self) -> float:
        left, bottom, right, top = self.box
        return min(right - left, top - bottom)


@dataclass(slots=True)
class Painting:
    """The objects of a page (addresses and kinds) in the order of painting, and its shapes."""

    objects: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)


def painting(page: Any) -> Painting:
    """What a page paints."""
    found = Painting()
    forms: dict[int, Matrix] = {}
    top = pdf_calls.page_objects(pdf_calls.address(page), pdfium.FPDFPage_CountObjects(page))
    _open(found, forms, top, None, 0)
    wanted = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE)
    orders = [order for order, kind in enumerate(found.kinds) if kind in wanted]
    drawn = [found.objects[order] for order in orders]
    looks = _looks(drawn, [found.kinds[order] == pdfium.FPDF_PAGEOBJ_PATH for order in orders])
    for order, shape, box, look in zip(orders, drawn, pdf_calls.bounds(drawn), looks, strict=True):
        if box is None:
            continue
        matrix = forms.get(order)
        if matrix is not None:
            box = moved(matrix, *box)
        is_image = found.kinds[order] == pdfium.FPDF_PAGEOBJ_IMAGE
        found.shapes.append(Shape(order, shape, is_image, box, *look, matrix))
    return found


def _open(found: Painting, forms: dict[int, Matrix], objects: Sequence[int], matrix: Matrix | None, depth: int) -> None:
    """Add objects, with what is in forms in the place of these; `forms` gets the matrix around an object's number."""
    kinds = pdf_calls.types(objects)
    if matrix is None and pdfium.FPDF_PAGEOBJ_FORM not in kinds:  # as on nearly all pages
        found.objects += objects
        found.kinds += kinds
        return
    for drawn, kind in zip(objects, kinds, strict=True):
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            if matrix is not None:
                forms[len(found.objects)] = matrix
            found.objects.append(drawn)
            found.kinds.append(kind)
        elif depth < _DEEPEST_FORM:
            form = pdf_calls.handle_of(drawn)
            own = matrix_of(form)
            inside = pdf_calls.form_objects(drawn, pdfium.FPDFFormObj_CountObjects(form))
            _open(found, forms, inside, own if matrix is None else after(own, matrix), depth + 1)


def _looks(drawn: Sequence[int], are_paths: Sequence[bool]) -> list[tuple[bool, bool, bool]]:
    """Of each shape, whether it is filled, stroked, and filled with white. Images are neither."""
    paths = list(compress(drawn, are_paths))
    modes = pdf_calls.draw_modes(paths)
    fills = [mode != pdfium.FPDF_FILLMODE_NONE for mode, _ in modes]
    strokes = [bool(stroke) for _, stroke in modes]
    filled = iter(pdf_calls.fill_colours(list(compress(paths, fills))))
    stroked = iter(pdf_calls.stroke_colours(list(compress(paths, strokes))))
    looks = []
    for fill, stroke in zip(fills, strokes, strict=True):
        colour = next(filled) if fill else (0, 0, 0, 0)
        looks.append((_shows(colour), stroke and _shows(next(stroked)), _is_blank(colour)))
    found = iter(looks)
    return [next(found) if is_path else (False, False, False) for is_path in are_paths]


@lru_cache(maxsize=1000)
def _shows(colour: Colour | None) -> bool:
    return colour is None or (colour[3] > 0 and min(colour[:3]) < _WHITE)


@lru_cache(maxsize=1000)
def _is_blank(colour: Colour | None) -> bool:
    return colour is not None and colour[3] == _OPAQUE and min(colour[:3]) >= _WHITE


def matrix_of(drawn: Any) -> Matrix:
    """The matrix of an object."""
    matrix = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def after(first: Matrix, then: Matrix) -> Matrix:
    """Both matrices, one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point moved by a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def moved(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    """The box around a box moved by a matrix."""
    (x0, y0), (x1, y1) = point(matrix, left, bottom), point(matrix, right, top)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
