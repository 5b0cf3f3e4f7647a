"""The text layer of a PDF page: characters in their em boxes, by the runs in which they follow each other on a line.

Takes a text page of pdfium, gives `TextRun`s in the order of the file. Coordinates are points from the top left corner
of the sheet, whichever way its text runs.
"""

from __future__ import annotations

import ctypes
import math
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from loaders.formats import pdf_calls
from loaders.formats.pdf_calls import Box

# Slanted type is 11 to 15 degrees off its line; what is more is a watermark, which is not part of the text.
_SLANT = 20.0
# The box of a Chinese character above and below the baseline, in ems.
_ASCENT, _DESCENT = 0.86, 0.14
# Ems. What follows on a line is no further apart than this, no further back, and no higher or lower.
_ADJACENT, _BACKWARD, _LEVEL = 0.3, 0.12, 0.1
# A loose box higher than this many ems is wrong, or the font size is; ink is no higher than so many.
_LOOSE, _INK = 3.0, 1.5


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


class TextRun(NamedTuple):
    """A run with the quarter turns clockwise of its writing direction.

    `char_no` is the number, in pdfium's text, of a character in the middle of it.
    """

    glyphs: Run
    turns: int
    char_no: int


def runs(textpage: Any, left_edge: float, top_edge: float) -> list[TextRun]:
    """The runs of a text page, on a sheet with its left and top edge there in page space.

    The box that pdfium calls loose is as high as the ink in fonts that state no height, so that only its width is used
    here: an em on the baseline is the same for every character of a line. Calls into pdfium are what a page costs,
    hence font size and direction are asked for once a run.
    """
    count = pdfium.FPDFText_CountChars(textpage)
    if count <= 0:
        return []
    codes = _codes(textpage, count)
    handle = pdf_calls.address(textpage)
    found: list[TextRun] = []
    glyphs: Run = []
    numbers: list[int] = []
    last_left = last_top = last_bottom = math.inf
    direction, turns = 0, None
    upper = lower = height = 0.0
    for index, (char, box) in enumerate(zip(map(_printed, codes), pdf_calls.char_boxes(handle, count), strict=True)):
        left, top, right, bottom = box
        if left >= right or bottom >= top:
            continue  # not printed: spaces and line ends that pdfium adds
        if turns != 0 or left < last_left or top != last_top or bottom != last_bottom:
            turns, em = _direction(handle, index)
            if turns is not None:
                left, upper, right, lower = _em_box(handle, index, box, turns, em)
                upper, lower = top_edge - upper, top_edge - lower
                height = lower - upper
        last_left, last_top, last_bottom = left, top, bottom
        if turns is None or not char:
            continue
        glyph = Glyph(char, left - left_edge, upper, right - left_edge, lower)
        if not glyphs:
            goes_on = True
        elif turns == direction == 0 and glyphs[-1].top == upper:  # as nearly all
            goes_on = -_BACKWARD * height <= glyph.left - glyphs[-1].right <= _ADJACENT * height
        else:
            goes_on = turns == direction and _follows(glyphs[-1], glyph, turns)
        if not goes_on:
            found.append(TextRun(glyphs, direction, numbers[len(numbers) // 2]))
            glyphs, numbers = [], []
        direction = turns
        glyphs.append(glyph)
        numbers.append(index)
    if glyphs:
        found.append(TextRun(glyphs, direction, numbers[len(numbers) // 2]))
    return found


def _direction(textpage: int, index: int) -> tuple[int | None, float]:
    """The quarter turns clockwise of a character, None for one that stands aslant, and its size."""
    a, _, c, d, _, _ = pdf_calls.char_matrix(textpage, index)
    size = pdf_calls.font_size(textpage, index)
    if c == 0 and a > 0:
        return 0, size * abs(d)
    degrees = math.degrees(math.atan2(c, a))
    if not math.isfinite(degrees):  # of a damaged file
        return None, size
    quarters = round(degrees / 90)
    turns = quarters % 4 if abs(degrees - quarters * 90) <= _SLANT else None
    return turns, size * math.hypot(c, d)


def _em_box(textpage: int, index: int, loose: Box, turns: int, em: float) -> Box:
    """The em box of a character: as wide as the loose one, an em high."""
    left, top, right, bottom = loose
    x, y = pdf_calls.char_origin(textpage, index)
    up, down = (_ASCENT, _DESCENT) if turns < 2 else (_DESCENT, _ASCENT)
    if turns % 2:
        return (x - down * em, top, x + up * em, bottom) if _LOOSE * em >= right - left else loose
    if _LOOSE * em >= top - bottom:
        return left, y + up * em, right, y - down * em
    if pdf_calls.ink_height(textpage, index) <= _INK * em:
        return left, y + up * em, left + em, y - down * em  # type set in columns, of which pdfium makes too much
    return loose


def _follows(last: Glyph, glyph: Glyph, turns: int) -> bool:
    """Whether a character stands beside the one before it, in its direction."""
    if turns % 2:
        em, level = glyph.right - glyph.left, glyph.left - last.left
        gap = glyph.top - last.bottom if turns == 1 else last.top - glyph.bottom
    else:
        em, level = glyph.bottom - glyph.top, glyph.top - last.top
        gap = glyph.left - last.right if turns == 0 else last.left - glyph.right
    return abs(level) < _LEVEL * em and -_BACKWARD * em <= gap <= _ADJACENT * em


def _codes(textpage: Any, count: int) -> Sequence[str]:
    """The characters of the text layer, in one call where the text that pdfium gives has one unit for each."""
    units = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(textpage, 0, count, units) == count + 1:
        with suppress(UnicodeDecodeError):
            text = bytes(units)[:-2].decode("utf-16-le" if sys.byteorder == "little" else "utf-16-be")
            if len(text) == count and "\0" not in text:
                return text
    codes = (pdfium.FPDFText_GetUnicode(textpage, index) for index in range(count))
    return [chr(code) if code <= sys.maxunicode else "\0" for code in codes]


@cache
def _printed(char: str) -> str:
    """The character that is seen for one of the text layer, or nothing for one that prints nothing."""
    code = ord(char)
    if code in (0x02, 0xFFFE):
        return "-"  # pdfium's mark for a hyphen at the end of a line
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if code in (0x09, 0xA0):
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0xAD, 0xFEFF, 0xFFFF) or 0x200B <= code <= 0x200F:
        return ""
    # Fonts that map 一 and 月 to radicals or compatibility forms print the very same shapes.
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF:
        return unicodedata.normalize("NFKC", char)
    return char
