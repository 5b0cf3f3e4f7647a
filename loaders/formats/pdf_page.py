"""One PDF page as print: characters and ruling lines at the places where a person sees them.

Takes an open pdfium document, gives `Page`s. Only this module, `pdf_rules` and `pdf_scan` talk to pdfium (not
thread-safe: one document at a time in a process). Coordinates are points from the top left corner of the page as it is
read: the page's /Rotate does not matter, the direction of most of its text does, since tables are often printed
sideways.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.document import Unreadable
from loaders.formats.pdf_rules import Rule, drawn_on

MOST_PAGES = 3000
# Slanted type is 11 to 15 degrees off its line; what is more is a watermark, which is not part of the text.
_SLANT = 20.0
# The box of a Chinese character above and below the baseline, in ems.
_ASCENT, _DESCENT = 0.86, 0.14
# Ems. What follows on a line is no further apart than this, no further back, and no higher or lower.
_ADJACENT, _BACKWARD, _LEVEL = 0.3, 0.12, 0.1
# A text shows where this share of its height does: a line that a page break cuts in two counts once.
_SHOWN = 0.5
_SAMPLE = 60


class Glyph(NamedTuple):
    """A printed character in its em box: the height of the font about the baseline, the full advance width.

    `score` says in percent how certain it is that a character of a picture was recognised; None in a text layer.
    """

    char: str
    left: float
    top: float
    right: float
    bottom: float
    score: int | None = None


Run = list[Glyph]
"""Characters that follow each other on a line, in the order of the file."""


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
    pictures: tuple[tuple[float, float, float, float], ...] = ()
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


class _Char(NamedTuple):
    """A character in page space (y upwards), with the quarter turns clockwise of its writing direction."""

    char: str
    left: float
    top: float
    right: float
    bottom: float
    turns: int
    char_no: int


def _read_page(page: Any, page_no: int) -> Page:
    textpage = pdfium.FPDFText_LoadPage(page)
    try:
        chars = list(_read_chars(textpage)) if textpage else []
        directions = Counter(char.turns for char in chars if not char.char.isspace())
        turns = directions.most_common(1)[0][0] if directions else -pdfium.FPDFPage_GetRotation(page)
        upright = -turns % 4
        box = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box)):
            box.left, box.bottom, box.right, box.top = 0.0, 0.0, 612.0, 792.0
        turn = _turner(upright, box.left, box.bottom, box.right, box.top)
        width, height = box.right - box.left, box.top - box.bottom
        if upright % 2:
            width, height = height, width
        runs: list[Run] = []
        for run in _runs(chars):
            if not _is_shown(textpage, run[len(run) // 2].char_no):
                continue
            glyphs = [Glyph(char.char, *turn(char.left, char.bottom, char.right, char.top)) for char in run]
            # Text outside the sheet is not printed.
            glyphs = [g for g in glyphs if g.right > 0 and g.bottom > 0 and g.left < width and g.top < height]
            if glyphs:
                runs.append(glyphs if run[0].turns == turns else _turned_back(glyphs))
    finally:
        if textpage:
            pdfium.FPDFText_ClosePage(textpage)
    drawn = drawn_on(page, turn, width, height)
    unknown = sum(glyph.char == "\ufffd" for run in runs for glyph in run)
    return Page(
        page_no,
        width,
        height,
        runs,
        drawn.horizontal,
        drawn.vertical,
        unknown,
        *_unshaped(page),
        pictures=tuple(drawn.pictures),
        turns=(upright - pdfium.FPDFPage_GetRotation(page)) % 4,
    )


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


def _runs(chars: Iterable[_Char]) -> Iterator[list[_Char]]:
    """Characters that follow each other on a line."""
    run: list[_Char] = []
    for char in chars:
        if run and not _follows(run[-1], char):
            yield run
            run = []
        run.append(char)
    if run:
        yield run


def _follows(last: _Char, char: _Char) -> bool:
    if char.turns != last.turns:
        return False
    if char.turns % 2:
        em = char.right - char.left
        level, gap = char.left - last.left, last.bottom - char.top if char.turns == 1 else char.bottom - last.top
    else:
        em = char.top - char.bottom
        level, gap = char.top - last.top, char.left - last.right if char.turns == 0 else last.left - char.right
    return abs(level) < _LEVEL * em and -_BACKWARD * em <= gap <= _ADJACENT * em


def _is_shown(textpage: Any, index: int) -> bool:
    """Whether a character's text is inside the area that the file allows it to be painted in.

    Spreadsheets and browsers put a text that a page break cuts on both pages, and hide what does not belong there.
    Of a text that is longer than its area, some shows.
    """
    drawn = pdfium.FPDFText_GetTextObject(textpage, index)
    clip = pdfium.FPDFPageObj_GetClipPath(drawn) if drawn else None
    count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    if count <= 0:
        return True
    bounds = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(drawn, *map(ctypes.byref, bounds)):
        return True
    left, bottom, right, top = (value.value for value in bounds)
    thin = min(right - left, top - bottom)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(count):
        if pdfium.FPDFClipPath_CountPathSegments(clip, path) not in (4, 5):
            continue  # not a rectangle
        corners: list[tuple[float, float]] = []
        for corner in (0, 2):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, corner)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            corners.append((x.value, y.value))
        (x0, y0), (x1, y1) = corners
        across = min(right, max(x0, x1)) - max(left, min(x0, x1))
        along = min(top, max(y0, y1)) - max(bottom, min(y0, y1))
        if min(across, along) < _SHOWN * thin:
            return False
    return True


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


def _read_chars(textpage: Any) -> Iterator[_Char]:
    """The characters in the order of the file.

    The box that pdfium calls loose is as high as the ink in fonts that state no height, so that only its width is used
    here: an em on the baseline is the same for every character of a line. Calls into pdfium are what a page costs,
    hence font size and direction are asked for once a run.
    """
    count = pdfium.FPDFText_CountChars(textpage)
    codes = _codes(textpage, count)
    box, matrix, x, y = pdfium.FS_RECTF(), pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
    into_box, into_matrix, into_x, into_y = (ctypes.byref(value) for value in (box, matrix, x, y))
    box_of, origin_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetCharOrigin
    em = last_x = last_y = last_top = last_bottom = math.inf
    turns: int | None = None
    for index, code in enumerate(codes):
        if not (box_of(textpage, index, into_box) and origin_of(textpage, index, into_x, into_y)):
            continue
        left, top, right, bottom, at_x, at_y = box.left, box.top, box.right, box.bottom, x.value, y.value
        if left >= right or bottom >= top:
            continue  # not printed: spaces and line ends that pdfium adds
        if turns != 0 or at_y != last_y or at_x < last_x or top != last_top or bottom != last_bottom:
            pdfium.FPDFText_GetMatrix(textpage, index, into_matrix)
            turns = _quarter_turns(math.degrees(math.atan2(matrix.c, matrix.a)))
            em = pdfium.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
        last_x, last_y, last_top, last_bottom = at_x, at_y, top, bottom
        char = _printed(code)
        if turns is None or not char:
            continue
        if turns % 2 == 0 and 3 * em >= top - bottom:
            up, down = (_ASCENT, _DESCENT) if turns == 0 else (_DESCENT, _ASCENT)
            top, bottom = at_y + up * em, at_y - down * em
        elif turns % 2 == 1 and 3 * em >= right - left:
            up, down = (_ASCENT, _DESCENT) if turns == 1 else (_DESCENT, _ASCENT)
            left, right = at_x - down * em, at_x + up * em
        yield _Char(char, left, top, right, bottom, turns, index)


def _unshaped(page: Any) -> tuple[int, int]:
    """How many of the first texts of a page have no width, and how many were looked at.

    A character that stands alone in its text and has no glyph is not in pdfium's text. Files of a character a text that
    embed no font lose everything so, where no Chinese font is installed.
    """
    bounds = [ctypes.c_float() for _ in range(4)]
    refs = [ctypes.byref(value) for value in bounds]
    found = sampled = 0
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _SAMPLE)):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(drawn) == pdfium.FPDF_PAGEOBJ_TEXT:
            sampled += 1
            pdfium.FPDFPageObj_GetBounds(drawn, *refs)
            if bounds[2].value - bounds[0].value < 0.01:
                found += not pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(drawn))
    return found, sampled


def _codes(textpage: Any, count: int) -> Sequence[int]:
    """The code of every character, in one call where the text that pdfium gives is not shortened."""
    text = (ctypes.c_ushort * (count + 1))()
    if count > 0 and pdfium.FPDFText_GetText(textpage, 0, count, text) == count + 1:
        codes = text[:count]
        if not any(code == 0 or 0xD800 <= code <= 0xDFFF for code in codes):
            return codes
    return [pdfium.FPDFText_GetUnicode(textpage, index) for index in range(count)]


def _quarter_turns(degrees: float) -> int | None:
    """The nearest quarter turn, or None for text that runs aslant."""
    turns = round(degrees / 90)
    return turns % 4 if abs(degrees - turns * 90) <= _SLANT else None


def _printed(code: int) -> str:
    """The character that is seen for a code of the text layer, or nothing for one that prints nothing."""
    if code in (0x02, 0xFFFE):
        return "-"  # pdfium's mark for a hyphen at the end of a line
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    if code in (0x09, 0xA0):
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0xAD, 0xFEFF, 0xFFFF) or 0x200B <= code <= 0x200F:
        return ""
    char = chr(code)
    # Fonts that map 一 and 月 to radicals or compatibility forms print the very same shapes.
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF:
        return unicodedata.normalize("NFKC", char)
    return char
