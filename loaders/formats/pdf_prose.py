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
from itertools import pairwise
from statistics import median

from loaders.formats.pdf_lines import Line

# Ems, unless said otherwise.
_INDENT, _INDENTED = 1.2, 3.0
_SAME_EDGE = 0.6
_HANGING = 1.2
_RAGGED = 1.2
_FITS = 0.9
_OTHER_SIZE = 0.15
# Times the usual distance of lines; and ems, where too few lines tell what is usual.
_GAP, _WIDEST_PITCH = 1.45, 2.7
# A line that tells where the margin is takes more than this share of the page's width.
_WIDE = 0.45
# A margin is one that this many lines, and this share of all, have.
_COMMON, _SHARE = 3, 0.05

_LEADER = re.compile(r"[.．…·。‥—_ ]{4,}\s*\d{0,4}\s*$")
# The end of a sentence; and the number of a paragraph: 一、 （一） 1. 第一部分.
_ENDS = re.compile(r"[。；：！？;:!?]$")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_ITEM = re.compile(rf"[（(]?{_NUMERAL}[、）)．.]|[（(]?\d{{1,2}}(?:[、）)]|[．.](?!\d))|第{_NUMERAL}[部章条]")
# What is no part of a title: a label with its value, and the heading of the contents.
LABEL = re.compile(r"[:：]|^目\s*录$")
_OPEN = re.compile(r"[（(][^（()）]*$")
_CLOSES = re.compile(r"[^（()）]*[)）]")
_ENDS_IN_NUMBER = re.compile(r"\d[.．。]?$")
_GOES_ON = re.compile(r"\d")
# A sentence that only pauses at the end of a line; a word that is no unit, after a sentence; and how new ones begin.
_PAUSES = re.compile(r"[，、,]$")
_WORD = re.compile(r"[一-龥](?<![元人辆个台套次项户家份件位名表图])$")
_SENTENCE = re.compile(r"[。；]")
_STARTS = re.compile(r"\d|[（(]|[注附]|[^，。]{0,12}[:：]")


@dataclass(frozen=True, slots=True)
class Margins:
    """Where running text begins and ends on a page, as far as known, and how far its lines are apart.

    `rights` are all edges that a full line may reach: margins of the text and of tables. `title` is how wide a line of
    a title can be, for text that is larger than the running text.
    """

    left: float
    rights: tuple[float, ...]
    pitch: float | None
    title: float | None


@dataclass(frozen=True, slots=True)
class _Body:
    """What lines of one size have in common on all pages of one width."""

    left: float | None
    right: float | None


class Layout:
    """The margins of a document's pages, by page width and font size. Built from (width, lines) of every page."""

    def __init__(self, pages: Iterable[tuple[float, Sequence[Line]]]) -> None:
        alike: dict[tuple[int, int], list[Line]] = defaultdict(list)
        sizes: Counter[int] = Counter()
        for width, lines in pages:
            for line in lines:
                alike[round(width), round(line.size)].append(line)
                sizes[round(line.size)] += len(line.text)
        self._usual_size = max(sizes, key=sizes.__getitem__, default=0)
        self._bodies = {
            (width, size): _body(lines, width, ragged=size == self._usual_size)
            for (width, size), lines in alike.items()
        }
        usual = {width: lines for (width, size), lines in alike.items() if size == self._usual_size}
        self._rooms = {
            width: max(line.right for line in lines) - min(line.left for line in lines)
            for width, lines in usual.items()
        }

    def margins(self, width: float, lines: Sequence[Line], size: float, table_edges: Iterable[float]) -> Margins:
        """The margins for text of `size` on a page with these lines and right edges of tables."""
        body = self._bodies.get((round(width), round(size)), _Body(None, None))
        alike = [line for line in lines if abs(line.size - size) <= _OTHER_SIZE * size]
        left = min((line.left for line in alike), default=0.0)
        indented = any(_INDENT * size < line.left - left < _INDENTED * size for line in alike)
        if not indented and body.left is not None and body.left < left < body.left + _INDENTED * size:
            left = body.left  # every line on this page begins a paragraph
        rights = set(table_edges)
        if body.right is not None:
            rights.add(body.right)
        # A section may have margins of its own.
        broken = _broken(alike, width, size)
        if broken is not None:
            rights.add(broken)
        pitches = [
            below.top - above.top
            for above, below in pairwise(alike)
            if 0.8 * size < below.top - above.top < _WIDEST_PITCH * size
        ]
        room = self._rooms.get(round(width)) if size > (1 + _OTHER_SIZE) * self._usual_size else None
        return Margins(left, tuple(rights), median(pitches) if len(pitches) >= _COMMON else None, room)


def _body(lines: Sequence[Line], width: float, *, ragged: bool) -> _Body:
    """The margins of lines; `ragged`, the right one also where lines end at different places."""
    lefts = Counter(round(line.left / 3) for line in lines)
    rights = Counter(round(line.right / 3) for line in lines if line.right - line.left > _WIDE * width)
    enough = max(_COMMON, _SHARE * len(lines))
    common_lefts = [at for at, count in lefts.items() if count >= enough]
    common_rights = [at for at, count in rights.items() if count >= enough]
    right = max(common_rights) * 3.0 if common_rights else None
    if right is None and ragged:
        right = _broken(lines, width, median(line.size for line in lines))
    return _Body(min(common_lefts) * 3.0 if common_lefts else None, right)


def _broken(lines: Iterable[Line], width: float, size: float) -> float | None:
    """Where wide lines end that end in the middle of a sentence, and so are full; None if no two agree."""
    broken = sorted(
        line.right for line in lines if line.right - line.left > _WIDE * width and not _ENDS.search(line.text)
    )
    return broken[-1] if len(broken) > 1 and broken[-1] - broken[-2] <= _RAGGED * size else None


def begins(paragraph: Sequence[Line], line: Line, over: Margins, here: Margins, *, next_page: bool = False) -> bool:
    """Whether `line` begins a paragraph, given the lines of the one before it and the margins around both."""
    above = paragraph[-1]
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
    if _OPEN.search(above.text) and _CLOSES.match(line.text):
        return False
    if here.title is not None and _is_centred_below(above, line, here.title, size):
        return False
    indent = line.left - here.left
    if indent < _INDENTED * size and _is_broken_off(paragraph, line):
        return False
    if indent > _INDENT * size:
        return True
    ended = _ENDS.search(above.text)
    if (ended and next_page) or (_ITEM.match(line.text) and (ended or _ITEM.match(above.text))):
        return True
    if _ENDS_IN_NUMBER.search(above.text) and _GOES_ON.match(line.text) and _almost_full(above, over, size):
        return False
    return not _is_full(above, line.head, over, size)


def _is_broken_off(paragraph: Sequence[Line], line: Line) -> bool:
    """Whether a sentence goes on in the next line, whatever the white at the end of the one and the start of the other.

    Texts that are pasted together keep their line ends. A text that has ended sentences before ends its last one, too.
    """
    above = paragraph[-1].text
    if _ITEM.match(line.text) or _STARTS.match(line.text):
        return False
    if _PAUSES.search(above):
        return True
    return _WORD.search(above) is not None and any(_SENTENCE.search(printed.text) for printed in paragraph)


def _is_centred_below(above: Line, line: Line, room: float, size: float) -> bool:
    """Whether a title that takes all the room of a line goes on in the next, shorter one, both set in the middle."""
    shorter = line.left - above.left
    centred = shorter > size / 2 and abs(shorter - (above.right - line.right)) < size
    title = not any(LABEL.search(each.text) for each in (above, line)) and not _ENDS.search(above.text)
    return centred and title and room - (above.right - above.left) < line.head + _FITS * size


def _is_full(line: Line, head: float, margins: Margins, size: float) -> bool:
    """Whether a word as wide as `head` would not have fitted at the end of the line."""
    return any(
        right > line.right - _HANGING * size and right - line.right < head + _FITS * size for right in margins.rights
    )


def _almost_full(line: Line, margins: Margins, size: float) -> bool:
    return any(abs(right - line.right) < 3 * size for right in margins.rights)
