"""Pages of a PDF that are pictures of pages: which they are, and the pictures as pdfium paints them.

Takes `Page`s of a text layer, gives the boxes on them that have to be recognised, and images of these. Pictures that
take less of a page, such as charts, are no text.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.formats.pdf_page import Page

if TYPE_CHECKING:
    from loaders.formats.ocr_engine import Image

Box = tuple[float, float, float, float]

# A picture of a page, or of a table on it, takes more than this share of the page.
_LARGE = 0.4
# Points between the strips of a picture that is stored in strips.
_STRIPS = 3.0
# Headers, page numbers and stamps of scanning programs stand in these shares of a page at its top and bottom.
_EDGE = 0.12
# Characters over a picture from which it is the background of a text.
_WRITTEN_OVER = 4
# A text layer of which more than this share has no known meaning is as good as none.
_UNKNOWN = 0.3
# Dots an inch of what is recognised, at most this many a side; and of what only shows whether there is anything.
_DOTS, _MOST_DOTS, _FEW_DOTS = 200, 5000, 36
# Of 255: how much darker than the paper ink is; and the share of a page, margins aside, that the least text blackens.
_DARKER, _LEAST, _MARGIN = 48, 0.0002, 0.06


def whole(page: Page) -> Box:
    """The box of all that a page shows."""
    return (0.0, 0.0, page.width, page.height)


def pictures(document: Any, page: Page) -> list[Box]:
    """The boxes on a page that hold text as a picture: the whole page if there is no other text, but in its margins."""
    if not page.pictures and not page.unknown:  # as nearly all
        return []
    glyphs = [glyph for run in page.runs for glyph in run if not glyph.char.isspace()]
    if page.unknown > _UNKNOWN * len(glyphs):
        return [whole(page)]
    large = [box for box in _joined(page.pictures) if _area(box) > _LARGE * page.width * page.height]
    if large and not any(g.bottom > _EDGE * page.height and g.top < (1 - _EDGE) * page.height for g in glyphs):
        return [whole(page)] if has_ink(document, page, whole(page)) else []
    return [
        box
        for box in large
        if sum(box[0] < g.left and g.right < box[2] and box[1] < g.top and g.bottom < box[3] for g in glyphs)
        < _WRITTEN_OVER
        and has_ink(document, page, box)
    ]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _joined(boxes: tuple[Box, ...]) -> list[Box]:
    """Strips below each other as the picture that they make."""
    joined: list[Box] = []
    for box in sorted(boxes, key=lambda each: each[1]):
        for index, other in enumerate(joined):
            same_sides = abs(box[0] - other[0]) < _STRIPS and abs(box[2] - other[2]) < _STRIPS
            if same_sides and box[1] - other[3] < _STRIPS:
                joined[index] = (other[0], other[1], other[2], max(box[3], other[3]))
                break
        else:
            joined.append(box)
    return joined


def has_ink(document: Any, page: Page, box: Box) -> bool:
    """Whether there is anything on a part of a page that might be text: blank sheets are scanned, too."""
    grey = painted(document, page, box, _FEW_DOTS).mean(axis=2)
    height, width = grey.shape
    down, across = round(_MARGIN * height), round(_MARGIN * width)
    inner = grey[down : height - down, across : width - across]
    if not inner.size:
        return False
    darker = np.clip(np.median(inner) - inner - _DARKER, 0, None)
    return float(darker.mean()) > _LEAST * 255


def painted(document: Any, page: Page, box: Box, dots: float = _DOTS) -> Image:
    """A part of a page as pdfium paints it, upright as it is read."""
    scale = min(dots / 72, _MOST_DOTS / max(page.width, page.height, 1.0))
    left, top, right, bottom = (round(edge * scale) for edge in box)
    width, height = max(right - left, 1), max(bottom - top, 1)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
    handle = pdfium.FPDF_LoadPage(document, page.page_no - 1)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        size = round(page.width * scale), round(page.height * scale)
        pdfium.FPDF_RenderPageBitmap(bitmap, handle, -left, -top, *size, page.turns, 0)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        buffer = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        pdfium.FPDF_ClosePage(handle)
        pdfium.FPDFBitmap_Destroy(bitmap)
    rows = np.frombuffer(buffer, np.uint8).reshape(height, stride)[:, : width * 3]
    return rows.reshape(height, width, 3)
