"""Ruling lines of a PDF page: strokes and thin rectangles, as positions and extents; and where its pictures are.

Takes the shapes that a page paints, gives horizontal and vertical `Rule`s and boxes of pictures in the coordinates that
the text is read in. A rule may be drawn as a stroke, as a filled rectangle a point thick, as one of hundreds of
subpaths of one path, or as an image.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.formats import pdf_calls, pdf_objects
from loaders.formats.pdf_calls import Box
from loaders.formats.pdf_objects import Matrix, Shape

Turn = Callable[[float, float, float, float], Box]

# The thickest border seen is 2.3 points; the lowest row of figures is over 4.
_THICKEST = 3.5
# A stroke that strays more than this from its axis is aslant.
_STRAIGHT = 1.0
# A path with more corners than this is a drawing.
_MOST_SEGMENTS = 20_000


class Rule(NamedTuple):
    """A straight line along one axis: at `at` on the other axis, from `start` to `end`."""

    at: float
    start: float
    end: float


def rules_of(shapes: Iterable[Shape], turn: Turn, width: float, height: float) -> tuple[list[Rule], list[Rule]]:
    """The visible horizontal and vertical rules on a page of the given size, in drawing order."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for box, thin in _boxes(shapes):
        left, top, right, bottom = turn(*box)
        if not thin:
            # A shaded cell that goes on over a page break is drawn over the edge of the page, and has no other border.
            if (top < 0 or bottom > height) and left > 0 and right < width:
                vertical += [Rule(x, max(top, 0.0), min(bottom, height)) for x in (left, right)]
            continue
        if left < 0 or top < 0 or right > width or bottom > height:
            left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height)
            if left > right or top > bottom:
                continue  # off the sheet
        if right - left >= bottom - top:
            horizontal.append(Rule((top + bottom) / 2, left, right))
        else:
            vertical.append(Rule((left + right) / 2, top, bottom))
    return horizontal, vertical


def pictures_of(shapes: Iterable[Shape], turn: Turn, width: float, height: float) -> list[Box]:
    """The boxes (left, top, right, bottom) of the pictures on a page of the given size, as far as they are on it."""
    found: list[Box] = []
    for shape in shapes:
        if shape.is_image and shape.thickness > _THICKEST:
            left, top, right, bottom = turn(*shape.box)
            left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height)
            if left < right and top < bottom:
                found.append((left, top, right, bottom))
    return found


def _boxes(shapes: Iterable[Shape]) -> Iterator[tuple[Box, bool]]:
    """(left, bottom, right, top) in page space of what is drawn as thin as a line, and of shaded areas."""
    for shape in shapes:
        if shape.thickness <= _THICKEST:
            if shape.is_image or shape.is_filled or shape.is_stroked:
                yield shape.box, True
            continue
        if shape.is_filled or shape.is_stroked:
            yield from ((line, True) for line in _lines_of(shape))
        if shape.is_filled:
            yield shape.box, False


def _lines_of(shape: Shape) -> Iterator[Box]:
    """The lines of a path that is larger than one: its straight strokes, or its thin filled parts."""
    path = pdf_calls.handle_of(shape.drawn)
    matrix = pdf_objects.matrix_of(path)
    if shape.matrix is not None:
        matrix = pdf_objects.after(matrix, shape.matrix)
    for points in _subpaths(path, matrix):
        for corners in pairwise(points) if shape.is_stroked else [points]:
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            box = (min(xs), min(ys), max(xs), max(ys))
            if min(box[2] - box[0], box[3] - box[1]) <= (_STRAIGHT if shape.is_stroked else _THICKEST):
                yield box


def _subpaths(path: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of each subpath, closed where the file closes it. Curves break a subpath: they are no rules."""
    count = pdfium.FPDFPath_CountSegments(path)
    if count > _MOST_SEGMENTS:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if not pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        point = pdf_objects.point(matrix, x.value, y.value)
        if kind != pdfium.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield points
            points = []
        points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and len(points) > 2:
            points.append(points[0])
    if len(points) > 1:
        yield points
