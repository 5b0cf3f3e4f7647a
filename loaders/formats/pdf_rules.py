"""Ruling lines of a PDF page: strokes and thin rectangles, as positions and extents; and where its pictures are.

Takes a page of pdfium, gives horizontal and vertical `Rule`s in the coordinates that the text is read in. A rule may be
drawn as a stroke, as a filled rectangle a point thick, as one of hundreds of subpaths of one path, or as an image.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_Matrix = tuple[float, float, float, float, float, float]
_Point = tuple[float, float]
_Box = tuple[float, float, float, float]
Turn = Callable[[float, float, float, float], _Box]

# The thickest border seen is 2.3 points; the lowest row of figures is over 4.
_THICKEST = 3.5
# A stroke that strays more than this from its axis is aslant.
_STRAIGHT = 1.0
_WHITE = 250
_DEEPEST_FORM = 8
# A path with more corners than this is a drawing.
_MOST_SEGMENTS = 20_000


class _Kind(Enum):
    LINE = 1
    AREA = 2
    PICTURE = 3


class Rule(NamedTuple):
    """A straight line along one axis: at `at` on the other axis, from `start` to `end`."""

    at: float
    start: float
    end: float


class Drawn(NamedTuple):
    """The visible horizontal and vertical rules of a page, and the boxes (left, top, right, bottom) of its pictures."""

    horizontal: list[Rule]
    vertical: list[Rule]
    pictures: list[_Box]


def drawn_on(page: Any, turn: Turn, width: float, height: float) -> Drawn:
    """What is drawn on a page of the given size, in drawing order."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    pictures: list[_Box] = []
    for box, kind in _boxes(page):
        left, top, right, bottom = turn(*box)
        if kind is _Kind.PICTURE:
            left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height)
            if left < right and top < bottom:
                pictures.append((left, top, right, bottom))
            continue
        if kind is _Kind.AREA:
            # A shaded cell that goes on over a page break is drawn over the edge of the page, and has no other border.
            if (top < 0 or bottom > height) and left > 0 and right < width:
                vertical += [Rule(x, max(top, 0.0), min(bottom, height)) for x in (left, right)]
            continue
        left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height)
        if left > right or top > bottom:
            continue  # off the sheet
        if right - left >= bottom - top:
            horizontal.append(Rule((top + bottom) / 2, left, right))
        else:
            vertical.append(Rule((left + right) / 2, top, bottom))
    return Drawn(horizontal, vertical, pictures)


def _boxes(page: Any) -> Iterator[tuple[_Box, _Kind]]:
    """(left, bottom, right, top) in page space of what is drawn as thin as a line, of shaded areas and of pictures."""
    bounds = [ctypes.c_float() for _ in range(4)]
    refs = [ctypes.byref(value) for value in bounds]
    for drawn, matrix in _objects(page):
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            continue
        if not pdfium.FPDFPageObj_GetBounds(drawn, *refs):
            continue
        left, bottom, right, top = (value.value for value in bounds)
        if matrix is not None:
            left, bottom, right, top = _moved(matrix, left, bottom, right, top)
        thin = min(right - left, top - bottom) <= _THICKEST
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            yield (left, bottom, right, top), _Kind.LINE if thin else _Kind.PICTURE
            continue
        filled, stroked = _drawn(drawn)
        if not filled and not stroked:
            continue
        if thin:
            yield (left, bottom, right, top), _Kind.LINE
            continue
        yield from ((line, _Kind.LINE) for line in _lines_of(drawn, matrix, stroked))
        if filled:
            yield (left, bottom, right, top), _Kind.AREA


def _objects(page: Any) -> Iterator[tuple[Any, _Matrix | None]]:
    """The objects of a page with the matrix of the form around them, forms opened up."""
    forms: list[tuple[Any, _Matrix, int]] = []
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        if not drawn:
            continue
        if pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_FORM:
            forms.append((drawn, _matrix(drawn), 1))
        else:
            yield drawn, None
    while forms:
        form, matrix, depth = forms.pop()
        for index in range(pdfium.FPDFFormObj_CountObjects(form)):
            drawn = pdfium.FPDFFormObj_GetObject(form, index)
            if not drawn:
                continue
            if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_FORM:
                yield drawn, matrix
            elif depth < _DEEPEST_FORM:
                forms.append((drawn, _after(_matrix(drawn), matrix), depth + 1))


def _matrix(drawn: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFPageObj_GetMatrix(drawn, ctypes.byref(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _after(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _point(matrix: _Matrix, x: float, y: float) -> _Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(matrix: _Matrix, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = _point(matrix, left, bottom), _point(matrix, right, top)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _drawn(path: Any) -> tuple[bool, bool]:
    """Whether a path is filled and whether it is stroked, in a colour that shows on paper."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke)):
        return False, False
    return (
        fill.value != pdfium.FPDF_FILLMODE_NONE and _shows(pdfium.FPDFPageObj_GetFillColor, path),
        bool(stroke.value) and _shows(pdfium.FPDFPageObj_GetStrokeColor, path),
    )


def _shows(colour_of: Callable[..., int], path: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint())
    found = colour_of(path, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha))
    return not found or (alpha.value > 0 and min(red.value, green.value, blue.value) < _WHITE)


def _lines_of(path: Any, form: _Matrix | None, stroked: bool) -> Iterator[_Box]:
    """The lines of a path that is larger than one: its straight strokes, or its thin filled parts."""
    matrix = _matrix(path) if form is None else _after(_matrix(path), form)
    for points in _subpaths(path, matrix):
        for corners in pairwise(points) if stroked else [points]:
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            box = (min(xs), min(ys), max(xs), max(ys))
            if min(box[2] - box[0], box[3] - box[1]) <= (_STRAIGHT if stroked else _THICKEST):
                yield box


def _subpaths(path: Any, matrix: _Matrix) -> Iterator[list[_Point]]:
    """The corners of each subpath, closed where the file closes it. Curves break a subpath: they are no rules."""
    count = pdfium.FPDFPath_CountSegments(path)
    if count > _MOST_SEGMENTS:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[_Point] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if not pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        point = _point(matrix, x.value, y.value)
        if kind != pdfium.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield points
            points = []
        points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and len(points) > 2:
            points.append(points[0])
    if len(points) > 1:
        yield points
