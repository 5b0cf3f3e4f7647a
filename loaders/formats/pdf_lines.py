"""Characters of a PDF page to lines of text, and lines to the text of a cell.

Takes `Glyph`s in any order, gives `Line`s from top to bottom. Text is what is printed: spaces that the file prints
stay, and a gap between two Latin letters or digits that is as wide as a space is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from loaders.document import Scores
from loaders.formats.pdf_page import Glyph

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
    glyphs = list(glyphs)
    if len({glyph.top for glyph in glyphs}) == 1:  # as in most cells
        return [_in_order(glyphs)] if any(not glyph.char.isspace() for glyph in glyphs) else []
    rows: list[list[Glyph]] = []
    top = bottom = 0.0
    for glyph in sorted(glyphs, key=lambda g: g.top + g.bottom):
        height = glyph.bottom - glyph.top
        if not rows or min(bottom, glyph.bottom) - max(top, glyph.top) < _SAME_LINE * min(height, bottom - top):
            rows.append([])
            top, bottom = glyph.top, glyph.bottom
        elif height > bottom - top:
            top, bottom = glyph.top, glyph.bottom  # an index beside a letter: the letter is the line
        rows[-1].append(glyph)
    return [_in_order(row) for row in rows if any(not glyph.char.isspace() for glyph in row)]


def _in_order(row: list[Glyph]) -> list[Glyph]:
    """Left to right; what is printed twice on the same spot to look bold counts once."""
    ordered: list[Glyph] = []
    for glyph in sorted(row, key=lambda g: g.left):
        for other in reversed(ordered[-3:]):
            same_spot = abs(glyph.left - other.left) < 0.3 * (glyph.right - glyph.left)
            if glyph.char == other.char and same_spot and abs(glyph.top - other.top) < 0.3 * (glyph.bottom - glyph.top):
                break
        else:
            ordered.append(glyph)
    return ordered


def text_of(row: Sequence[Glyph]) -> str:
    """The text of one line, without white space at its ends."""
    return "".join(glyph.char for glyph in _spaced(row)).strip()


def scores_of(row: Sequence[Glyph]) -> Scores:
    """How certain each character of `text_of` is, or () for a text layer."""
    if row[0].score is None:
        return ()
    glyphs = _spaced(row)
    while glyphs and glyphs[0].char.isspace():
        del glyphs[0]
    while glyphs and glyphs[-1].char.isspace():
        del glyphs[-1]
    return tuple(glyph.score for glyph in glyphs for _ in glyph.char)


def joined_scores(texts: Iterable[tuple[str, Scores]]) -> Scores:
    """The scores of texts that are joined with nothing between them."""
    parts = list(texts)
    if not any(scores for _, scores in parts):
        return ()
    return tuple(score for text, scores in parts for score in scores or (None,) * len(text))


def _spaced(row: Sequence[Glyph]) -> list[Glyph]:
    """The characters with the spaces that only gaps show."""
    spaced: list[Glyph] = []
    last: Glyph | None = None
    for glyph in row:
        if last is not None and _is_latin(last.char) and _is_latin(glyph.char):
            gap = glyph.left - last.right
            if gap > _SPACE * min(last.bottom - last.top, glyph.bottom - glyph.top):
                spaced.append(Glyph(" ", last.right, glyph.top, glyph.left, glyph.bottom))
        spaced.append(glyph)
        last = glyph
    return spaced


def _is_latin(char: str) -> bool:
    return "!" <= char <= "~"


def line_of(row: Sequence[Glyph]) -> Line:
    """A line, or a part of one, from its characters in order."""
    visible = [glyph for glyph in row if not glyph.char.isspace()]
    return Line(
        text_of(row),
        visible[0].left,
        min(glyph.top for glyph in visible),
        max(glyph.right for glyph in visible),
        max(glyph.bottom for glyph in visible),
        median(glyph.bottom - glyph.top for glyph in visible),
        _head(visible),
        scores_of(row),
    )


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
