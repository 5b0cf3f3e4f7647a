"""Several rows of a table in one row of its grid, where a file draws borders between columns only.

Takes the lines in the cells of a grid row, gives the heights at which it prints rows of the table. A name of several
lines is no reason to part anything; figures that stand below each other are, if none of them was merely wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from loaders.formats.pdf_lines import Line, line_of
from loaders.formats.pdf_text import Glyph

# Ems by which the figures of one row may stand higher or lower, and that a cell keeps free at its sides at the most.
_SAME_LEVEL, _PADDING = 0.6, 1.0
_FIGURE = re.compile(r"[-−－+]?[\d,，]*\d(?:[.．]\d+)?[%％]?")
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2,}")


class Cell(NamedTuple):
    """A cell's width and its lines, top to bottom."""

    width: float
    rows: Sequence[Sequence[Glyph]]


def levels(cells: Iterable[Cell]) -> list[float]:
    """The heights at which a row of the grid prints rows of the table; a single one, whatever it is, if just one.

    Two columns must have figures below each other, or one must have three, or the names beside them must stand at the
    same heights. One amount above the other is not one that is wrapped.
    """
    several = [(width, list(map(line_of, rows))) for width, rows in cells if len(rows) > 1]
    stacks: list[list[Line]] = []
    names: list[list[Line]] = []
    for width, lines in several:
        figures = [line for line in lines if _FIGURE.fullmatch(line.text)]
        amounts = [line for line in figures if _AMOUNT.fullmatch(line.text)]
        if len(amounts) > 1:
            stacks.append(amounts)
        elif _have_room(lines, width):
            if len(figures) == len(lines) and len({_decimals(line.text) for line in lines}) == 1:
                stacks.append(figures)
            elif not figures:
                names.append(lines)
    heights = _heights(stacks)
    named = [lines for lines in names if all(any(_same(height, line) for line in lines) for height in heights)]
    if len(stacks) < 2 and not any(len(lines) > 2 for lines in stacks) and not (stacks and named):
        return [0.0]
    return _heights([*stacks, *named])


def by_level(rows: Sequence[list[Glyph]], heights: Sequence[float]) -> list[list[list[Glyph]]]:
    """The lines of a cell by the row of the table that they stand in or next to."""
    found: list[list[list[Glyph]]] = [[] for _ in heights]
    for row in rows:
        middle = line_of(row).middle
        found[min(range(len(heights)), key=lambda level: abs(heights[level] - middle))].append(row)
    return found


def _have_room(lines: Sequence[Line], width: float) -> bool:
    """Whether each line but the last leaves room for what the next one begins with, so that none is wrapped."""
    return all(
        above.right - above.left + below.head + _PADDING * above.size < width for above, below in pairwise(lines)
    )


def _decimals(figure: str) -> int:
    """How many decimals are printed; the last of them may be what a cell wraps."""
    return len(re.split(r"[.．]", figure.rstrip("%％") + ".")[1])


def _heights(columns: Iterable[Sequence[Line]]) -> list[float]:
    heights: list[float] = []
    for line in sorted((line for lines in columns for line in lines), key=lambda line: line.middle):
        if not heights or line.middle - heights[-1] > _SAME_LEVEL * line.size:
            heights.append(line.middle)
    return heights


def _same(height: float, line: Line) -> bool:
    return abs(height - line.middle) <= _SAME_LEVEL * line.size
