"""Text that a PDF page holds but that nobody sees: cut off, painted over with white, or a speck.

Takes the runs of a page and what the page paints, gives the runs that a person reads. Boxes are (left, top, right,
bottom) on the sheet, as those of the text.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Sequence
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.formats import pdf_calls, pdf_objects
from loaders.formats.pdf_calls import Box
from loaders.formats.pdf_objects import Painting, Shape
from loaders.formats.pdf_text import TextRun

# A text shows where this share of its height does: a line that a page break cuts in two counts once.
_SHOWN = 0.5
# A text is covered if this share of it is; a white picture as large as this share of the page is the page.
_COVERED, _WHOLE_PAGE = 0.5, 0.5
# Points and shares of the usual size: type below both is a speck. Ems by which an index may be off its letter.
_SPECK, _SMALL, _INDEX = 3.0, 0.65, 0.3
_WHITE = bytes(range(250, 256))


def seen(runs: Sequence[TextRun], textpage: Any, painted: Painting, page: Box) -> list[TextRun]:
    """The runs that show on a page with the box (left, bottom, right, top) in page space."""
    drawn = pdf_calls.text_objects(pdf_calls.address(textpage), [run.char_no for run in runs])
    hidden = _cut_off(drawn) | _covered(runs, drawn, painted, page)
    return _without_specks([run for number, run in enumerate(runs) if number not in hidden])


def _cut_off(drawn: Sequence[int]) -> set[int]:
    """The texts outside the area that the file allows them to be painted in, by their place in the list.

    Spreadsheets and browsers put a text that a page break cuts on both pages, and hide what does not belong there.
    Of a text that is longer than its area, some shows.
    """
    areas = pdf_calls.clips(drawn)
    found: set[int] = set()
    for number, box in zip(areas, pdf_calls.bounds([drawn[number] for number in areas]), strict=True):
        if box is None:
            continue
        left, bottom, right, top = box
        least = _SHOWN * min(right - left, top - bottom)
        for x0, y0, x1, y1 in areas[number]:
            if min(right, x1) - max(left, x0) < least or min(top, y1) - max(bottom, y0) < least:
                found.add(number)
    return found


def _covered(runs: Sequence[TextRun], drawn: Sequence[int], painted: Painting, page: Box) -> set[int]:
    """The texts, by their place in the list, over which something white was painted later."""
    covers = [shape for shape in painted.shapes if shape.is_blank or shape.is_image]
    if not covers:
        return set()
    order = {address: at for at, address in enumerate(painted.objects)}
    orders = [order.get(text, len(order)) for text in drawn]
    first = min(orders)
    found: set[int] = set()
    boxes: list[Box] = []
    for cover in covers:
        # What comes before is the ground that text stands on; under a whole page lies what was recognised in it.
        if cover.order < first or _area(cover.box) > _WHOLE_PAGE * _area(page):
            continue
        if not boxes:
            boxes = [_box(run) for run in runs]
            by_height = sorted(((box[1] + box[3]) / 2, number) for number, box in enumerate(boxes))
        place = _on_sheet(cover.box, page)
        between = by_height[bisect_left(by_height, (place[1], 0)) : bisect_left(by_height, (place[3], 0))]
        under = [n for _, n in between if orders[n] < cover.order and _share(boxes[n], place) > _COVERED]
        if under and _is_blank(cover):
            visible = pdf_calls.clips([cover.drawn]).get(0, [])
            if cover.matrix is not None:
                visible = [pdf_objects.moved(cover.matrix, *area) for area in visible]
            areas = [_on_sheet(area, page) for area in visible]
            under = [number for number in under if all(_share(boxes[number], area) > _COVERED for area in areas)]
            found |= set(under) - _painted_again(under, drawn, cover, painted)
    return found


def _painted_again(numbers: Sequence[int], drawn: Sequence[int], cover: Shape, painted: Painting) -> set[int]:
    """The texts that something is written in the place of, after they were painted over.

    A character that is painted twice on the same spot is only once in pdfium's text, with the first of both.
    """
    later = slice(cover.order, None)
    texts = [
        text
        for text, kind in zip(painted.objects[later], painted.kinds[later], strict=True)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT
    ]
    starts = {(round(box[0]), round(box[1])) for box in pdf_calls.bounds(texts) if box is not None}
    places = zip(numbers, pdf_calls.bounds([drawn[number] for number in numbers]), strict=True)
    return {number for number, box in places if box is not None and (round(box[0]), round(box[1])) in starts}


def _on_sheet(box: Box, page: Box) -> Box:
    left, bottom, right, top = box
    return left - page[0], page[3] - top, right - page[0], page[3] - bottom


def _is_blank(shape: Shape) -> bool:
    """Whether a shape paints its whole box white."""
    handle = pdf_calls.handle_of(shape.drawn)
    if not shape.is_image:
        return bool(pdfium.FPDFPath_CountSegments(handle) in (4, 5))  # a rectangle
    if pdfium.FPDFPageObj_HasTransparency(handle):
        return False
    bitmap = pdfium.FPDFImageObj_GetBitmap(handle)
    if not bitmap:
        return False
    try:
        height, stride = pdfium.FPDFBitmap_GetHeight(bitmap), pdfium.FPDFBitmap_GetStride(bitmap)
        wide, size = pdfium.FPDFBitmap_GetWidth(bitmap), _BYTES.get(pdfium.FPDFBitmap_GetFormat(bitmap), 0)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), height * stride)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    rows = (pixels[at : at + wide * size] for at in range(0, height * stride, stride))
    return size > 0 and not any(row.translate(None, _WHITE) for row in rows)


_BYTES = {pdfium.FPDFBitmap_Gray: 1, pdfium.FPDFBitmap_BGR: 3, pdfium.FPDFBitmap_BGRx: 4}


def _without_specks(runs: list[TextRun]) -> list[TextRun]:
    """The runs without type too small to be read beside the rest, which converters leave behind; an index is none."""
    sizes = [_size(run) for run in runs]
    if min(sizes, default=_SPECK) >= _SPECK:
        return runs
    usual = median(size for run, size in zip(runs, sizes, strict=True) for _ in run.glyphs)
    specks = [size < min(_SPECK, _SMALL * usual) for size in sizes]
    large = [_box(run) for run, speck in zip(runs, specks, strict=True) if not speck]
    return [run for run, speck in zip(runs, specks, strict=True) if not speck or _is_index(_box(run), large)]


def _is_index(box: Box, large: Sequence[Box]) -> bool:
    """Whether a text stands right beside a larger one."""
    left, top, right, bottom = box
    for x0, y0, x1, y1 in large:
        near = _INDEX * (y1 - y0)
        if min(y1, bottom) > max(y0, top) and (abs(left - x1) < near or abs(x0 - right) < near):
            return True
    return False


def _size(run: TextRun) -> float:
    glyph = run.glyphs[0]
    return glyph.right - glyph.left if run.turns % 2 else glyph.bottom - glyph.top


def _box(run: TextRun) -> Box:
    first, last = run.glyphs[0], run.glyphs[-1]
    return (
        min(first.left, last.left),
        min(first.top, last.top),
        max(first.right, last.right),
        max(first.bottom, last.bottom),
    )


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _share(box: Box, inside: Box) -> float:
    """The share of a box that is inside another."""
    common = (max(box[0], inside[0]), max(box[1], inside[1]), min(box[2], inside[2]), min(box[3], inside[3]))
    return _area(common) / max(_area(box), 1e-9)
