"""One PDF page as print: characters and ruling lines at the places where a person sees them.

Takes an open pdfium document, gives `Page`s. This module, those that it imports and `pdf_scan` are the only ones that
talk to pdfium (not thread-safe: one document at a time in a process). Coordinates are points from the top left corner
of the page as it is read: the page's /Rotate does not matter, the direction of most of its text does, since tables are
often printed sideways.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.document import Unreadable
from loaders.formats import pdf_calls
from loaders.formats.pdf_calls import Box
from loaders.formats.pdf_hidden import seen
from loaders.formats.pdf_objects import Painting, painting
from loaders.formats.pdf_rules import Rule, pictures_of, rules_of
from loaders.formats.pdf_text import Glyph, Run, TextRun, runs

MOST_PAGES = 3000
_SAMPLE = 60


class Page(NamedTuple):
    """What one page prints.

    `unknown` counts characters that the file gives no meaning for, only a shape; `unshaped` those of some `sampled`
    texts that cannot be read because their font is neither in the file nor on this machine. `pictures` are the boxes of
    pictures (left, top, right, bottom), `turns` the quarter turns clockwise that make the page as shown the page as
    read.
    """

    page_no: int
    width: float
    height: float
    runs: list[Run]
    horizontal: list[Rule]
    vertical: list[Rule]
    unknown: int = 0
    unshaped: int = 0
    sampled: int = 0
    pictures: tuple[Box, ...] = ()
    turns: int = 0


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The pdfium document in `data`, closed afterwards. Raises Unreadable if it cannot be opened."""
    handle = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Unreadable("password", "PDF 有密码保护，无法读取；请去掉打开密码后重新提供")
        raise Unreadable("damaged_file", "PDF 文件已损坏或不完整，无法打开；请重新下载，或请发布单位提供原件")
    try:
        yield handle
    finally:
        pdfium.FPDF_CloseDocument(handle)


def pages(document: Any) -> Iterator[Page]:
    """The pages that can be loaded, in order. Raises Unreadable if there is none, or if there are too many."""
    count = pdfium.FPDF_GetPageCount(document)
    if count <= 0:
        raise Unreadable("no_pages", "PDF 里没有任何页面；请重新下载，或请发布单位提供原件")
    if count > MOST_PAGES:
        raise Unreadable("too_large", f"PDF 有 {count} 页，超过 {MOST_PAGES} 页的上限；请按单位或年度拆分后再提供")
    loaded = 0
    for index in range(count):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            continue
        loaded += 1
        try:
            read = _read_page(page, index + 1)
        finally:
            pdfium.FPDF_ClosePage(page)
        yield read
    if not loaded:
        raise Unreadable("damaged_file", "PDF 的页面全部损坏，无法读取；请重新下载，或请发布单位提供原件")


def _read_page(page: Any, page_no: int) -> Page:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box)):
        box.left, box.bottom, box.right, box.top = 0.0, 0.0, 612.0, 792.0
    sheet = box.left, box.bottom, box.right, box.top
    painted = painting(page)
    textpage = pdfium.FPDFText_LoadPage(page)
    found: list[TextRun] = []
    turns = -pdfium.FPDFPage_GetRotation(page)
    try:
        if textpage:
            found = runs(textpage, box.left, box.top)
        if found:
            turns = _direction(found)
            found = seen(found, textpage, painted, sheet)
    finally:
        if textpage:
            pdfium.FPDFText_ClosePage(textpage)
    upright = -turns % 4
    turn = _turner(upright, *sheet)
    width, height = box.right - box.left, box.top - box.bottom
    if upright % 2:
        width, height = height, width
    read: list[Run] = []
    for run in found:
        glyphs = run.glyphs
        if upright:
            x, y = box.left, box.top
            glyphs = [Glyph(g.char, *turn(x + g.left, y - g.bottom, x + g.right, y - g.top)) for g in glyphs]
        if not (_is_on(glyphs[0], width, height) and _is_on(glyphs[-1], width, height)):
            glyphs = [glyph for glyph in glyphs if _is_on(glyph, width, height)]
        if glyphs:
            read.append(glyphs if run.turns == turns else _turned_back(glyphs))
    horizontal, vertical = rules_of(painted.shapes, turn, width, height)
    unknown = sum([glyph.char for glyph in run].count("\ufffd") for run in read)
    return Page(
        page_no,
        width,
        height,
        read,
        horizontal,
        vertical,
        unknown,
        *_unshaped(painted),
        pictures=tuple(pictures_of(painted.shapes, turn, width, height)),
        turns=(upright - pdfium.FPDFPage_GetRotation(page)) % 4,
    )


def _direction(found: Sequence[TextRun]) -> int:
    """The quarter turns of most characters on a page."""
    if all(run.turns == found[0].turns for run in found):
        return found[0].turns
    directions: Counter[int] = Counter()
    for run in found:
        directions[run.turns] += sum(not glyph.char.isspace() for glyph in run.glyphs)
    return directions.most_common(1)[0][0]


def _is_on(glyph: Glyph, width: float, height: float) -> bool:
    """Whether a character is on the sheet; text outside it is not printed."""
    return glyph.right > 0 and glyph.bottom > 0 and glyph.left < width and glyph.top < height


def _turned_back(run: Run) -> Run:
    """A text that runs up or down the page, set level in the middle of its place, so that it reads on."""
    left, top = min(glyph.left for glyph in run), min(glyph.top for glyph in run)
    right, bottom = max(glyph.right for glyph in run), max(glyph.bottom for glyph in run)
    em, middle = min(right - left, bottom - top), (top + bottom) / 2
    step = (right - left) / len(run)
    return [
        Glyph(glyph.char, left + i * step, middle - em / 2, left + (i + 1) * step, middle + em / 2)
        for i, glyph in enumerate(run)
    ]


def _turner(
    upright: int, left: float, bottom: float, right: float, top: float
) -> Callable[[float, float, float, float], tuple[float, float, float, float]]:
    """A function from (left, bottom, right, top) in page space to (left, top, right, bottom) as read.

    `upright` is the number of quarter turns clockwise that make the text upright.
    """
    if upright == 1:
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if upright == 2:
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if upright == 3:
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def _unshaped(painted: Painting) -> tuple[int, int]:
    """How many of the first texts of a page have no width, and how many were looked at.

    A character that stands alone in its text and has no glyph is not in pdfium's text. Files of a character a text that
    embed no font lose everything so, where no Chinese font is installed.
    """
    first = zip(painted.objects[:_SAMPLE], painted.kinds[:_SAMPLE], strict=True)
    texts = [drawn for drawn, kind in first if kind == pdfium.FPDF_PAGEOBJ_TEXT]
    found = 0
    for drawn, box in zip(texts, pdf_calls.bounds(texts), strict=True):
        if box is None or box[2] - box[0] < 0.01:
            found += not pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(pdf_calls.handle_of(drawn)))
    return found, len(texts)
