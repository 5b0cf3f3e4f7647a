"""Characters of a PDF page to lines of text, and lines to the text of a cell.

Takes `Glyph`s in any order, gives `Line`s from top to bottom. Text is what is printed: spaces that the file prints
stay, and a gap between two Latin letters or digits that is as wide as a space is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from loaders.document import Scores
from loaders.formats.pdf_text import Glyph

# Two characters stand on one line if they overlap by this share of the smaller one's height.
_SAME_LINE = 0.5
# A narrower gap than this share of an em is kerning; a space is 0.25 of an em and more.
_SPACE = 0.24
# Ems from which a gap parts two texts: 部门：某局        单位：万元. Spaces that are printed may also stretch a title
# (收 入 总 表), so that it takes more of them.
_PARTING, _SPACES_COUNT = 2.5, 1.6
# Punctuation that print keeps from the end of a line, and from its start.
_NEVER_LAST = "（(《〈“‘[〔【"
_NEVER_FIRST = "，。、；：！？）)》〉”’]〕】,.;:!?%％"
_left = attrgetter("left")
_extent = attrgetter("top", "bottom")


class Line(NamedTuple):
    """A line of text, or a part of one that a wide gap sets apart.

    `size` is the font size of most of it; `head` the width of the number, word or character that it begins with, with
    the punctuation that cannot be parted from it; `scores` say how certain each character is, () in a text layer.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    head: float = 0.0
    scores: Scores = ()

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """The characters by line, top to bottom, each line left to right; blank lines are left out."""
    level = [list(same) for _, same in groupby(glyphs, _extent)]  # most characters of a run
    level.sort(key=lambda same: same[0].top + same[0].bottom)
    rows: list[list[Glyph]] = []
    top = bottom = 0.0
    for same in level:
        glyph = same[0]
        height = glyph.bottom - glyph.top
        if not rows or min(bottom, glyph.bottom) - max(top, glyph.top) < _SAME_LINE * min(height, bottom - top):
            rows.append([])
            top, bottom = glyph.top, glyph.bottom
        elif height > bottom - top:
            top, bottom = glyph.top, glyph.bottom  # an index beside a letter: the letter is the line
        rows[-1] += same
    return [_in_order(row) for row in rows if any(not glyph.char.isspace() for glyph in row)]


def _in_order(row: list[Glyph]) -> list[Glyph]:
    """Left to right; what is printed twice on the same spot to look bold counts once."""
    ordered: list[Glyph] = []
    for glyph in sorted(row, key=_left):
        spot = 0.3 * (glyph.right - glyph.left)
        if not ordered or glyph.left - ordered[-1].left >= spot or not _is_double(glyph, ordered[-3:], spot):
            ordered.append(glyph)
    return ordered


def _is_double(glyph: Glyph, others: Iterable[Glyph], spot: float) -> bool:
    """Whether one of the characters just before is the same, within `spot` points."""
    return any(
        glyph.char == other.char
        and glyph.left - other.left < spot
        and abs(glyph.top - other.top) < 0.3 * (glyph.bottom - glyph.top)
        for other in others
    )


def text_of(row: Sequence[Glyph]) -> str:
    """The text of one line, without white space at its ends."""
    parts = [row[0].char] if row else []
    for last, glyph in pairwise(row):
        if "!" <= glyph.char <= "~" and "!" <= last.char <= "~" and _is_spaced(last, glyph):  # Latin, as _is_latin says
            parts.append(" ")
        parts.append(glyph.char)
    return "".join(parts).strip()


def _is_spaced(last: Glyph, glyph: Glyph) -> bool:
    """Whether the gap between two Latin characters is a space."""
    return glyph.left - last.right > _SPACE * min(last.bottom - last.top, glyph.bottom - glyph.top)


def scores_of(row: Sequence[Glyph]) -> Scores:
    """How certain each character of `text_of` is, or () for a text layer."""
    if not row or row[0].score is None:
        return ()
    chars: list[tuple[str, int | None]] = [(char, row[0].score) for char in row[0].char]
    for last, glyph in pairwise(row):
        if _is_latin(last.char) and _is_latin(glyph.char) and _is_spaced(last, glyph):
            chars.append((" ", None))
        chars += [(char, glyph.score) for char in glyph.char]
    printed = [index for index, (char, _) in enumerate(chars) if not char.isspace()]
    return tuple(score for _, score in chars[printed[0] : printed[-1] + 1]) if printed else ()


def joined_scores(texts: Iterable[tuple[str, Scores]]) -> Scores:
    """The scores of texts that are joined with nothing between them."""
    parts = list(texts)
    if not any(scores for _, scores in parts):
        return ()
    return tuple(score for text, scores in parts for score in scores or (None,) * len(text))


def _is_latin(char: str) -> bool:
    return "!" <= char <= "~"


def line_of(row: Sequence[Glyph]) -> Line:
    """A line, or a part of one, from its characters in order."""
    visible = [glyph for glyph in row if not glyph.char.isspace()]
    _, lefts, tops, rights, bottoms, _ = zip(*visible, strict=True)
    top, bottom = min(tops), max(bottoms)
    level = top == max(tops) and bottom == min(bottoms)  # as nearly all
    size = bottom - top if level else median(glyph.bottom - glyph.top for glyph in visible)
    return Line(text_of(row), lefts[0], top, max(rights), bottom, size, _head(visible), scores_of(row))


def _head(visible: Sequence[Glyph]) -> float:
    """How far from its start the line could not be broken: 128.93万 and （一 stay on one line, and so does 元，."""
    first = 0
    while first < len(visible) - 1 and visible[first].char in _NEVER_LAST:
        first += 1
    latin = _is_latin(visible[first].char)
    end = first + 1
    while end < len(visible) and (visible[end].char in _NEVER_FIRST or (latin and _is_latin(visible[end].char))):
        end += 1
    return visible[end - 1].right - visible[0].left


def parts(row: Sequence[Glyph], gap: float = _PARTING) -> list[Line]:
    """The texts that gaps of `gap` ems set apart in one line, left to right."""
    cuts = [0]
    last: int | None = None
    for index, glyph in enumerate(row):
        if glyph.char.isspace():
            continue
        if last is not None:
            wide = gap if index == last + 1 else gap * _SPACES_COUNT
            if glyph.left - row[last].right > wide * (glyph.bottom - glyph.top):
                cuts.append(index)
        last = index
    pieces = [row[start:end] for start, end in zip(cuts, [*cuts[1:], len(row)], strict=True)]
    # 目      录 is one word: single characters are spread, not apart.
    if all(sum(not glyph.char.isspace() for glyph in piece) == 1 for piece in pieces):
        pieces = [row]
    return [line_of(piece) for piece in pieces]
