"""Tables without vertical rules: columns told by the white between them.

Takes the lines of a page that are in no ruled grid and the rules that make none, gives tables and the lines left over.
Where horizontal rules frame a table (三线表, or a line under every row) they tell its rows; where there are no rules at
all, only rows of aligned figures count as a table, so that a list or a table of contents stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from loaders.formats.pdf_cells import Sheet, Slot
from loaders.formats.pdf_grid import Network
from loaders.formats.pdf_lines import Line, joined_scores, parts
from loaders.formats.pdf_rules import Rule
from loaders.formats.pdf_text import Glyph

# Ems of white that part two texts of a row, and that part two columns.
_GAP, _RIVER = 0.7, 0.5
# Points by which the ends of the rules of one table may differ, and by which text may stand out of them.
_SAME_END = 6.0
# Shares of the rows: as few as this reach across a column's white by chance; as many as this have columns in a table.
_STRAY, _MOST = 0.12, 0.6
# Ems by which figures of one column may be out of line, and times its height that a row without figures is away.
_ALIGNED, _FAR = 0.6, 3.0
_FEWEST_ROWS, _FEWEST_RULES, _MANY_RULES = 3, 2, 4

_FIGURE = re.compile(r"[-−－+]?[\d,，]*\d(?:[.．]\d+)?[%％]?")
_AMOUNT = re.compile(r"[-−－+]?[\d,，]*\d[.．]\d+[%％]?|[-−－+]?\d{1,3}(?:[,，]\d{3})+")
_FIGURE_THEN_NAME = re.compile(r"\d[.．]\d+(?=[一-龥（(](?<![万亿元年月日个]))")
_LABEL = re.compile(r"[:：]")


class _Row(NamedTuple):
    """A line of the page, with the texts that white parts in it.

    `is_label` says that it is one as 编制单位：某局 above a table, `has_figures` that it is a name and an amount, or
    a name and several numbers.
    """

    glyphs: list[Glyph]
    pieces: list[Line]
    top: float
    bottom: float
    is_label: bool
    has_figures: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


_Column = tuple[float, float]


def tables(
    page_no: int, networks: Iterable[Network], lines: Sequence[list[Glyph]]
) -> tuple[list[Sheet], list[list[Line]]]:
    """The tables in lines of text, and the lines that are in none, each with the texts that wide gaps part in it."""
    rows = list(map(_row, lines))
    sheets: list[Sheet] = []
    taken: set[int] = set()
    for rules in _frames(networks):
        for inside in _bands(rules, [row for row in rows if id(row.glyphs) not in taken]):
            body = [row for band in inside for row in band]
            columns = _columns(body)
            # Two rules may also be those of a header and a footer; more of them make a table by themselves.
            share = _MOST if len(rules) < _MANY_RULES else _STRAY
            several = sum(len(row.pieces) > 1 for row in body)
            if len(columns) > 1 and (several > max(1.0, share * len(inside)) or all(row.has_figures for row in body)):
                cells = [line for band in inside for line in _band_rows(band, columns)]
                sheets.append(_sheet(page_no, columns, cells, body, rules))
                taken.update(id(row.glyphs) for row in body)
    for body in _blocks([row for row in rows if id(row.glyphs) not in taken]):
        columns = _columns(body)
        if len(columns) > 1 and _is_aligned(body, columns):
            sheets.append(_sheet(page_no, columns, [[row] for row in body], body, []))
            taken.update(id(row.glyphs) for row in body)
    rest = [row for row in rows if id(row.glyphs) not in taken]
    return sheets, [row.pieces if len(row.pieces) == 1 else parts(row.glyphs) for row in rest]


def _row(line: list[Glyph]) -> _Row:
    pieces = _pieces(line)
    return _Row(
        line,
        pieces,
        min(piece.top for piece in pieces),
        max(piece.bottom for piece in pieces),
        any(_LABEL.search(piece.text) for piece in pieces),
        len(pieces) > 1 and _has_figures(pieces),
    )


def _has_figures(pieces: Sequence[Line]) -> bool:
    if any(_AMOUNT.fullmatch(piece.text) for piece in pieces):
        return True
    return len(pieces) > 2 and sum(_FIGURE.fullmatch(piece.text) is not None for piece in pieces) > 1


def _pieces(line: list[Glyph]) -> list[Line]:
    """The texts of a line that white sets apart; a name may also follow the figure before it closely."""
    text = "".join([glyph.char for glyph in line])
    cuts = [match.end() for match in _FIGURE_THEN_NAME.finditer(text)]
    if not cuts:  # as nearly always
        return parts(line, _GAP)
    stretches = [line[start:end] for start, end in pairwise([0, *cuts, len(line)])]
    printed = [stretch for stretch in stretches if any(not glyph.char.isspace() for glyph in stretch)]
    return [part for stretch in printed for part in parts(stretch, _GAP)]


def _frames(networks: Iterable[Network]) -> list[list[Rule]]:
    """Horizontal rules that begin and end at the same places, where no vertical rules make a grid of them."""
    groups: list[list[Rule]] = []
    for rule in sorted(rule for network in networks if len(network.vertical) <= 2 for rule in network.horizontal):
        for group in groups:
            if abs(group[0].start - rule.start) < _SAME_END and abs(group[0].end - rule.end) < _SAME_END:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if len(group) >= _FEWEST_RULES]


def _bands(rules: Sequence[Rule], rows: Sequence[_Row]) -> list[list[list[_Row]]]:
    """The rows between each two rules, by table: one table ends where a title or label stands between rules."""
    found: list[list[list[_Row]]] = [[]]
    for upper, lower in pairwise(rules):
        band = [
            row
            for row in rows
            if upper.at < row.middle < lower.at
            and row.pieces[0].left > upper.start - _SAME_END
            and row.pieces[-1].right < upper.end + _SAME_END
        ]
        if any(row.is_label for row in band) and not any(row.has_figures for row in band):
            found.append([])
        elif band:
            found[-1].append(band)
    return [table for table in found if table]


def _band_rows(band: list[_Row], columns: Sequence[_Column]) -> list[list[_Row]]:
    """The table rows between two rules: one, unless figures stand below each other."""
    seen: set[int] = set()
    for row in band:
        figures = {_span(piece, columns)[0] for piece in row.pieces if _FIGURE.fullmatch(piece.text)}
        if seen & figures:
            return [[row] for row in band]
        seen |= figures
    return [band]


def _blocks(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Rows with figures that follow each other, with the headings above them."""
    blocks: list[list[_Row]] = []
    pending: list[_Row] = []
    last: _Row | None = None
    for row in rows:
        near = last is not None and row.top - last.bottom < _FAR * (row.bottom - row.top)
        if not near or row.is_label:
            pending = []
            if blocks and blocks[-1]:
                blocks.append([])
        last = row
        if row.is_label:
            continue
        if row.has_figures:
            if not blocks:
                blocks.append([])
            # Within a table, lines without figures are the rest of a name; above it, headings have several texts.
            heading = [above for above in pending if len(above.pieces) > 1] if not blocks[-1] else pending[-1:]
            if blocks[-1] and len(pending) > 1:
                blocks.append([])
                heading = [above for above in pending if len(above.pieces) > 1]
            blocks[-1] += [*heading, row]
            pending = []
        else:
            pending.append(row)
    return [block for block in blocks if sum(row.has_figures for row in block) >= _FEWEST_ROWS]


def _columns(rows: Sequence[_Row]) -> list[_Column]:
    """Where the columns of a table begin and end, told from its rows with figures, then from its headings."""
    body = [row for row in rows if row.has_figures] or [row for row in rows if len(row.pieces) > 1]
    if not body:
        return []
    em = median(piece.size for row in body for piece in row.pieces)
    stray = _STRAY * len(body)
    ends = sorted(
        [(piece.left, 1) for row in body for piece in row.pieces]
        + [(piece.right, -1) for row in body for piece in row.pieces]
    )
    columns: list[_Column] = []
    covered = 0
    start = 0.0
    for at, step in ends:
        if covered <= stray < covered + step:
            start = at
        elif covered + step <= stray < covered:
            if columns and start - columns[-1][1] < _RIVER * em:
                columns[-1] = (columns[-1][0], at)
            elif at > start:
                columns.append((start, at))
        covered += step
    others = [row for row in reversed(rows) if not row.has_figures]
    for piece in (piece for row in [*body, *others] for piece in row.pieces):
        if not any(piece.left < right and left < piece.right for left, right in columns):
            columns = sorted([*columns, (piece.left, piece.right)])
    return columns


def _span(piece: Line, columns: Sequence[_Column]) -> tuple[int, int]:
    """The first column that a text stands in and the one after the last."""
    touched = [i for i, (left, right) in enumerate(columns) if piece.left < right and left < piece.right]
    if not touched:
        middle = (piece.left + piece.right) / 2
        nearest = min(range(len(columns)), key=lambda i: abs(columns[i][0] + columns[i][1] - 2 * middle))
        return nearest, nearest + 1
    if _FIGURE.fullmatch(piece.text):
        best = max(touched, key=lambda i: min(piece.right, columns[i][1]) - max(piece.left, columns[i][0]))
        return best, best + 1
    return touched[0], touched[-1] + 1


def _is_aligned(rows: Sequence[_Row], columns: Sequence[_Column]) -> bool:
    """Whether most rows have figures, and the figures of each column end or begin below each other.

    Counting page numbers is no table: a last column of small numbers that only grow.
    """
    if sum(row.has_figures for row in rows) < _MOST * len(rows):
        return False
    figures: dict[int, list[Line]] = {}
    for row in rows:
        for piece in row.pieces:
            if _FIGURE.fullmatch(piece.text):
                figures.setdefault(_span(piece, columns)[0], []).append(piece)
    for found in figures.values():
        em = found[0].size
        edges = (
            [piece.right for piece in found],
            [piece.left for piece in found],
            [(piece.left + piece.right) / 2 for piece in found],
        )
        if all(sum(abs(at - median(side)) < _ALIGNED * em for at in side) < _MOST * len(side) for side in edges):
            return False
    return any(_AMOUNT.fullmatch(piece.text) for found in figures.values() for piece in found)


def _sheet(
    page_no: int,
    columns: Sequence[_Column],
    lines: Sequence[Sequence[_Row]],
    body: Sequence[_Row],
    rules: Sequence[Rule],
) -> Sheet:
    """The table of `lines`, each of which is one row of it, made of one or more lines of text."""
    left = min([columns[0][0], *(rule.start for rule in rules)])
    right = max([columns[-1][1], *(rule.end for rule in rules)])
    edges = [left, *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), right]
    rows = tuple(tuple(_slots(page_no, line, columns, edges)) for line in lines)
    return Sheet(page_no, left, min(row.top for row in body), right, max(row.bottom for row in body), rows)


def _slots(page_no: int, line: Sequence[_Row], columns: Sequence[_Column], edges: Sequence[float]) -> list[Slot]:
    """The cells of a row. A text over several columns spans them, unless there are others in them."""
    spans = [(*_span(piece, columns), piece) for row in line for piece in row.pieces]
    texts: dict[int, list[Line]] = {}
    widths: dict[int, int] = {}
    for first, after, piece in spans:
        others = [
            start for start, _, other in spans if start != first and first < start < after and other.text != piece.text
        ]
        texts.setdefault(first, []).append(piece)
        widths[first] = max(widths.get(first, 1), min([after, *others]) - first)
    slots: list[Slot] = []
    col = 0
    while col < len(columns):
        width = widths.get(col, 1)
        inside = texts.get(col, [])
        text = "".join(piece.text for piece in inside)
        scores = joined_scores((piece.text, piece.scores) for piece in inside)
        slots.append(Slot(page_no, edges[col], edges[col + width], 1, text, scores=scores))
        col += width
    return slots
