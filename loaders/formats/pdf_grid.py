"""Ruling lines to grids: which rules belong to one table, where its rows and columns are, and which cells are merged.

Takes the rules of a page, gives `Grid`s. Rules are snapped (two cells draw their common border twice, a little apart)
and joined before their crossings are looked for, so that it does not matter how a file draws them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loaders.formats.pdf_rules import Rule

# Points. Borders of one edge lie closer than _SNAP; pieces of one border are less than _BREAK apart, and cells wider.
_SNAP = 3.0
_BREAK = 3.0
_SHORTEST = 4.0
# Rules that end further out than the last crossing one leave a side open; less is a sloppy end.
_OVERHANG = 6.0
# A rule that touches nothing belongs to the table that it runs along for this share of its length.
_ALONGSIDE = 0.6
# More rules than this, snapped and joined, are a drawing.
_MOST_RULES = 4000
# A border parts two cells if it runs along this share of their common side.
_COVERED = 0.5


class Region(NamedTuple):
    """A cell of a grid: its first row and column, and those after its last."""

    row: int
    col: int
    row_end: int
    col_end: int


class Grid(NamedTuple):
    """A ruled table: the edges of its rows (`ys`) and columns (`xs`), and its cells in reading order.

    `open_above` and `open_below` are the columns without a border at the upper and the lower end, `open_left` the rows
    without one on the left, where others have one.
    """

    xs: list[float]
    ys: list[float]
    regions: list[Region]
    open_above: set[int]
    open_below: set[int]
    open_left: set[int]

    def region_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column of the elementary cell at a point, or None outside the grid."""
        row, col = bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1
        if 0 <= row < len(self.ys) - 1 and 0 <= col < len(self.xs) - 1:
            return row, col
        return None


class Network(NamedTuple):
    """Rules that touch each other, joined and snapped."""

    horizontal: list[Rule]
    vertical: list[Rule]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs = [rule.at for rule in self.vertical]
        ys = [rule.at for rule in self.horizontal]
        for rule in self.horizontal:
            xs += rule.start, rule.end
        for rule in self.vertical:
            ys += rule.start, rule.end
        return min(xs), min(ys), max(xs), max(ys)


def networks(horizontal: Iterable[Rule], vertical: Iterable[Rule]) -> list[Network]:
    """The rules by network, from the top of the page to the bottom; none for a drawing."""
    across, down = _join(horizontal), _join(vertical)
    if len(across) + len(down) > _MOST_RULES:
        return []
    owner = list(range(len(across) + len(down)))

    def find(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    places = [rule.at for rule in down]  # in order
    for i, h in enumerate(across):
        for j in range(bisect_left(places, h.start - _BREAK), bisect_right(places, h.end + _BREAK)):
            if down[j].start - _BREAK <= h.at <= down[j].end + _BREAK:
                owner[find(i)] = find(len(across) + j)
    groups: dict[int, Network] = defaultdict(lambda: Network([], []))
    for i, rule in enumerate(across):
        groups[find(i)].horizontal.append(rule)
    for j, rule in enumerate(down, len(across)):
        groups[find(j)].vertical.append(rule)
    return sorted(_adopted(list(groups.values())), key=lambda network: (network.box[1], network.box[0]))


def _adopted(found: list[Network]) -> list[Network]:
    """Vertical rules that cross none join the table beside them.

    Where cells are merged over all rows of a page, their columns are parted by rules that touch nothing.
    """
    tables = [network for network in found if network.horizontal and network.vertical]
    for network in found:
        if network.horizontal or not tables:
            continue
        (rule,) = network.vertical

        def along(table: Network, rule: Rule = rule) -> float:
            _, top, _, bottom = table.box
            return min(rule.end, bottom) - max(rule.start, top)

        beside = max(tables, key=along)
        if along(beside) >= _ALONGSIDE * (rule.end - rule.start):
            beside.vertical.append(rule)
    return tables + [network for network in found if not network.vertical]


def _join(rules: Iterable[Rule]) -> list[Rule]:
    """Rules snapped to common positions and joined where they touch; what stays too short is no border."""
    joined: list[Rule] = []
    cluster: list[Rule] = []
    for rule in [*sorted(rules), None]:
        if cluster and (rule is None or rule.at - cluster[0].at > _SNAP):
            at = sum(r.at for r in cluster) / len(cluster)
            start = end = None
            for piece in sorted(cluster, key=lambda r: r.start):
                if start is None or end is None:
                    start, end = piece.start, piece.end
                elif piece.start <= end + _BREAK:
                    end = max(end, piece.end)
                else:
                    joined.append(Rule(at, start, end))
                    start, end = piece.start, piece.end
            if start is not None and end is not None:
                joined.append(Rule(at, start, end))
            cluster = []
        if rule is not None:
            cluster.append(rule)
    return [rule for rule in joined if rule.end - rule.start >= _SHORTEST]


def grid(network: Network) -> Grid | None:
    """The cells that a network of rules makes, or None if it makes no closed row.

    Sides that are not drawn are those of the box around the rules: tables often have no border on the left and right,
    or none at the bottom of a page.
    """
    if not network.horizontal or not network.vertical:
        return None
    left, top, right, bottom = network.box
    xs = _edges([rule.at for rule in network.vertical], left, right)
    ys = _edges([rule.at for rule in network.horizontal], top, bottom)
    rows, cols = len(ys) - 1, len(xs) - 1
    if rows < 1 or cols < 1:
        return None
    parted_right = _walls(network.vertical, xs, ys)
    parted_below = _walls(network.horizontal, ys, xs)
    open_left = {row for row in range(rows) if (0, row) not in parted_right}
    return Grid(
        xs,
        ys,
        _regions(rows, cols, parted_right, parted_below),
        {col for col in range(cols) if (0, col) not in parted_below},
        {col for col in range(cols) if (rows, col) not in parted_below},
        open_left if len(open_left) < rows else set(),
    )


def _edges(positions: Iterable[float], first: float, last: float) -> list[float]:
    edges: list[float] = []
    for at in sorted(positions):
        if not edges or at - edges[-1] > _SNAP:
            edges.append(at)
    if not edges or edges[0] - first > _OVERHANG:
        edges.insert(0, first)
    if last - edges[-1] > _OVERHANG:
        edges.append(last)
    return edges


def _walls(rules: Sequence[Rule], edges: Sequence[float], steps: Sequence[float]) -> set[tuple[int, int]]:
    """(edge, step) for every step between two crossing edges along which a rule runs."""
    walls: set[tuple[int, int]] = set()
    for rule in rules:
        after = min(max(bisect_left(edges, rule.at), 1), len(edges) - 1)
        edge = after if edges[after] - rule.at < rule.at - edges[after - 1] else after - 1
        first = max(bisect_right(steps, rule.start) - 1, 0)
        for step in range(first, min(bisect_left(steps, rule.end), len(steps) - 1)):
            covered = min(rule.end, steps[step + 1]) - max(rule.start, steps[step])
            if covered > _COVERED * (steps[step + 1] - steps[step]):
                walls.add((edge, step))
    return walls


def _regions(
    rows: int, cols: int, parted_right: set[tuple[int, int]], parted_below: set[tuple[int, int]]
) -> list[Region]:
    """Elementary cells without a wall between them are one cell, as far as they make a rectangle."""
    taken: set[tuple[int, int]] = set()
    regions: list[Region] = []
    for row in range(rows):
        for col in range(cols):
            if (row, col) in taken:
                continue
            col_end = col + 1
            while col_end < cols and (col_end, row) not in parted_right and (row, col_end) not in taken:
                col_end += 1
            row_end = row + 1
            while row_end < rows and _goes_on(row_end, col, col_end, cols, parted_right, parted_below):
                row_end += 1
            taken.update((r, c) for r in range(row, row_end) for c in range(col, col_end))
            regions.append(Region(row, col, row_end, col_end))
    return regions


def _goes_on(
    row: int,
    col: int,
    col_end: int,
    cols: int,
    parted_right: set[tuple[int, int]],
    parted_below: set[tuple[int, int]],
) -> bool:
    """Whether the cell from `col` to `col_end` also takes in this row: no wall above it, none inside, one each side."""
    return (
        not any((row, c) in parted_below for c in range(col, col_end))
        and not any((c, row) in parted_right for c in range(col + 1, col_end))
        and (col == 0 or (col, row) in parted_right)
        and (col_end == cols or (col_end, row) in parted_right)
    )
