"""Lines of running text to paragraphs.

Takes the lines of each page that are in no table, tells which of them begin a paragraph. A line goes on with the one
before it if that one is full: if what the line begins with would not have fitted there any more. Where the margins are
is learned from all pages of a document that are equally wide.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from loaders.formats.pdf_lines import Line

# Ems, unless said otherwise.
_INDENT = 1.2
_SAME_EDGE = 0.6
_RAGGED = 1.2
_FITS = 0.9
_OTHER_SIZE = 0.15
# Times the usual distance of lines; and ems, where too few lines tell what is usual.
_GAP, _WIDEST_PITCH = 1.45, 2.7
# A margin is one that this many lines share.
_COMMON = 3

_LEADER = re.compile(r"[.．…·。‥—_ ]{4,}\s*\d{0,4}\s*$")
_ENDS_IN_NUMBER = re.compile(r"\d[.．。]?$")
_GOES_ON = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Margins:
    """Where running text begins and ends on a page, as far as known, and how far its lines are apart.

    `rights` are all edges that a full line may reach: margins of the text and of tables.
    """

    left: float
    rights: tuple[float, ...]
    pitch: float | None


@dataclass(frozen=True, slots=True)
class _Body:
    """What the pages of one width have in common."""

    left: float | None
    right: float | None


class Layout:
    """The margins of a document's pages. Built from (width, lines) of every page."""

    def __init__(self, pages: Iterable[tuple[float, Sequence[Line]]]) -> None:
        by_width: dict[int, list[Line]] = defaultdict(list)
        for width, lines in pages:
            by_width[round(width)] += lines
        self._bodies = {width: _body(lines) for width, lines in by_width.items()}

    def margins(self, width: float, lines: Sequence[Line], size: float, table_edges: Iterable[float]) -> Margins:
        """The margins for text of `size` on a page with these lines and right edges of tables."""
        body = self._bodies.get(round(width), _Body(None, None))
        alike = [line for line in lines if abs(line.size - size) <= _OTHER_SIZE * size]
        left = min((line.left for line in alike), default=0.0)
        if body.left is not None and body.left < left < body.left + 3 * size:
            left = body.left  # every line on this page begins a paragraph
        rights = set(table_edges)
        ends = sorted((line.right for line in alike), reverse=True)
        if len(ends) > 1 and ends[0] - ends[1] <= _RAGGED * size:
            rights.add(ends[0])
        if body.right is not None:
            rights.add(body.right)
        pitches = [
            below.top - above.top
            for above, below in zip(alike, alike[1:], strict=False)
            if 0.8 * size < below.top - above.top < _WIDEST_PITCH * size
        ]
        return Margins(left, tuple(rights), median(pitches) if len(pitches) >= _COMMON else None)


def _body(lines: Iterable[Line]) -> _Body:
    lefts: Counter[int] = Counter()
    rights: Counter[int] = Counter()
    for line in lines:
        if len(line.text) > 12:
            lefts[round(line.left / 3)] += 1
            rights[round(line.right / 3)] += 1
    common_lefts = [at for at, count in lefts.items() if count >= _COMMON]
    common_rights = [at for at, count in rights.items() if count >= _COMMON]
    return _Body(
        min(common_lefts) * 3.0 if common_lefts else None,
        max(common_rights) * 3.0 if common_rights else None,
    )


def begins(above: Line, line: Line, over: Margins, here: Margins, *, next_page: bool = False) -> bool:
    """Whether `line` begins a paragraph, given the line before it and the margins around both."""
    size = max(above.size, line.size)
    if abs(above.size - line.size) > _OTHER_SIZE * size:
        return True
    pitch = line.top - above.top
    if not next_page:
        if pitch < 0.5 * size:
            return True  # beside it
        if pitch > (_GAP * over.pitch if over.pitch is not None else _WIDEST_PITCH * size):
            return True
    if _LEADER.search(above.text):
        return True
    indent = line.left - here.left
    if indent > _INDENT * size:
        return True
    if _ENDS_IN_NUMBER.search(above.text) and _GOES_ON.match(line.text) and _almost_full(above, over, size):
        return False
    return not _is_full(above, line.head, over, size)


def _is_full(line: Line, head: float, margins: Margins, size: float) -> bool:
    """Whether a word as wide as `head` would not have fitted at the end of the line."""
    return any(
        right > line.right - _SAME_EDGE * size and right - line.right < head + _FITS * size for right in margins.rights
    )


def _almost_full(line: Line, margins: Margins, size: float) -> bool:
    return any(abs(right - line.right) < 3 * size for right in margins.rights)
