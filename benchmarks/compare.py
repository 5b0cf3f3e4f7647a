"""Tables of two readers side by side: which cells are the same, whatever the columns and rows are called.

Takes `Grid`s (texts by row and column, "" where nothing is printed), gives the cells of one that the other has at the
same place. The rows are matched first, by what they print, then the columns, by what the matched rows print in them,
both in order; so an empty column or a repeated header that only one reader sees costs nothing, and an amount in the
wrong column is wrong.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Grid = list[list[str]]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that the other reader does not have: its text, and those of its row."""

    text: str
    row: tuple[str, ...]


@dataclass(slots=True)
class Count:
    """Printed cells of the tables that others are measured by; those that the other has at the same place; and those
    that stand alone in their row and that the other has as a line of text outside tables.
    """

    cells: int = 0
    same: int = 0
    beside: int = 0

    @property
    def different(self) -> int:
        return self.cells - self.same - self.beside

    def add(self, other: Count) -> None:
        self.cells += other.cells
        self.same += other.same
        self.beside += other.beside


def plain(text: str | None) -> str:
    """A cell's text without white space, and with one form of characters that have several (（ and (, ⼀ and 一)."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def compared(
    expected: Sequence[Grid], found: Sequence[Grid], beside: Iterable[str] = ()
) -> tuple[Count, list[Difference]]:
    """How the tables found on a page compare with those expected, and the cells that differ.

    Each table is held against the one that has most of its cells. `beside` are the texts of the page outside tables:
    one row of print may be a title inside a frame for one reader, and a line above the table for the other.
    """
    outside = set(beside)
    count = Count()
    differences: list[Difference] = []
    for grid in expected:
        same = max((same_cells(grid, other) for other in found), key=len, default=set[Place]())
        count.same += len(same)
        for row_no, row in enumerate(grid):
            texts = tuple(text for text in row if text)
            count.cells += len(texts)
            for col_no, text in enumerate(row):
                if not text or (row_no, col_no) in same:
                    continue
                if len(texts) == 1 and text in outside:
                    count.beside += 1
                else:
                    differences.append(Difference(text, texts))
    return count, differences


def same_cells(expected: Grid, found: Grid) -> set[Place]:
    """The places in `expected` of the printed cells that `found` has in the same row and column."""
    rows = _in_order(_common_texts(expected, found))
    columns: list[Place] = []
    for _ in range(2):  # which of two like rows it is shows only in the columns
        columns = _in_order(_common_places(expected, found, rows))
        rows = _in_order([[len(_same(row, other, columns)) for other in found] for row in expected])
    return {(ours, column) for ours, theirs in rows for column in _same(expected[ours], found[theirs], columns)}


def _same(row: Sequence[str], other: Sequence[str], columns: Sequence[Place]) -> list[int]:
    """The columns in which a row prints what the other does, with the columns that were matched."""
    return [
        left
        for left, right in columns
        if left < len(row) and right < len(other) and row[left] and row[left] == other[right]
    ]


def _common_places(expected: Grid, found: Grid, rows: Sequence[Place]) -> list[list[int]]:
    """For each two columns, in how many of the matched rows they print the same."""
    common = Counter(
        (left, right)
        for ours, theirs in rows
        for left, text in enumerate(expected[ours])
        if text
        for right, other in enumerate(found[theirs])
        if text == other
    )
    width, other_width = max(map(len, expected), default=0), max(map(len, found), default=0)
    return [[common[left, right] for right in range(other_width)] for left in range(width)]


def _common_texts(expected: Grid, found: Grid) -> list[list[int]]:
    """For each two rows, how many printed texts they have in common."""
    ours, theirs = ([Counter(filter(None, row)) for row in grid] for grid in (expected, found))
    return [[sum(min(number, other[text]) for text, number in row.items()) for other in theirs] for row in ours]


def _in_order(scores: Sequence[Sequence[int]]) -> list[Place]:
    """The pairs (i, j), both rising, that have the highest sum of scores; pairs with a score of 0 are left out."""
    height, width = len(scores), len(scores[0]) if scores else 0
    best = [[0] * (width + 1) for _ in range(height + 1)]
    for i in reversed(range(height)):
        for j in reversed(range(width)):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + scores[i][j])
    pairs: list[Place] = []
    i = j = 0
    while i < height and j < width:
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
