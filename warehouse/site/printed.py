"""The printed text of a document with its figures marked: blocks and cells in, pieces for the template out.

A piece is a run of text, alone or with what is marked there. Offsets are those of `raw.block.text`; what is marked is
cut to the text that is asked for, and nothing is marked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from markupsafe import Markup

# A table's head is at most so many rows; those before the first row with a figure belong to it.
_HEAD = 6


class Mark(NamedTuple):
    """A stretch of a block's text: a figure with its status, or (without `figure_id`) a number not understood."""

    start: int
    end: int
    figure_id: str
    status: str


class Piece(NamedTuple):
    """Text, and what marks it."""

    text: str
    mark: Mark | None


class Cell(NamedTuple):
    """A cell as the template shows it: its tags, and the text, cut into pieces where it has marks."""

    opening: Markup
    closing: Markup
    text: str
    pieces: Sequence[Piece]


_EMPTY = Cell(Markup("<td>"), Markup("</td>"), "", ())


@dataclass(slots=True)
class RawCell:
    """A cell of `raw.cell`: place in the table, text, and where that begins in the block."""

    row: int
    column: int
    row_span: int
    col_span: int
    text: str
    start: int
    marks: list[Mark] = field(default_factory=list)


def pieces(text: str, start: int, marks: Iterable[Mark]) -> list[Piece]:
    """`text`, which begins at `start` of its block, cut at the marks; a mark that overlaps an earlier one is cut."""
    found: list[Piece] = []
    done = 0
    for mark in sorted(marks):
        first, last = max(mark.start - start, done), min(mark.end - start, len(text))
        if first > len(text) or (last < first and mark.figure_id == ""):
            continue
        last = max(first, last)
        if first > done:
            found.append(Piece(text[done:first], None))
        found.append(Piece(text[first:last], mark))
        done = last
    if done < len(text) or not found:
        found.append(Piece(text[done:], None))
    return found


def table(cells: Sequence[RawCell]) -> list[list[Cell]]:
    """The rows of a table for HTML: places that no cell covers are filled with empty ones.

    `cells` come in the order of rows and columns, each with its marks.
    """
    if not cells:
        return []
    first_figure = min((cell.row for cell in cells if any(mark.figure_id for mark in cell.marks)), default=0)
    head = min(first_figure, _HEAD)
    covered: set[tuple[int, int]] = set()
    shown: list[list[Cell]] = []
    row: list[Cell] = []
    at_row, at_column = 0, 0
    for cell in cells:
        while at_row < cell.row:
            shown.append(row)
            row, at_row, at_column = [], at_row + 1, 0
        while at_column < cell.column:
            if (at_row, at_column) not in covered:
                row.append(_EMPTY)
            at_column += 1
        row.append(
            Cell(
                *_tags("th" if cell.row < head else "td", cell.row_span, cell.col_span, _is_number(cell.text)),
                cell.text,
                pieces(cell.text, cell.start, cell.marks) if cell.marks else (),
            )
        )
        if cell.row_span > 1:
            covered.update(
                (at_row + down, at_column + across)
                for down in range(1, cell.row_span)
                for across in range(cell.col_span)
            )
        at_column += cell.col_span
    shown.append(row)
    return shown


@cache
def _tags(tag: str, row_span: int, col_span: int, is_number: bool) -> tuple[Markup, Markup]:
    """The tags before and after a cell."""
    opening = Markup("<{}{}{}{}>").format(
        tag,
        Markup(' class="n"') if is_number else "",
        Markup(' rowspan="{}"').format(row_span) if row_span > 1 else "",
        Markup(' colspan="{}"').format(col_span) if col_span > 1 else "",
    )
    return opening, Markup("</{}>").format(tag)


def _is_number(text: str) -> bool:
    return bool(text) and text[-1] in "0123456789%％）)—-" and not text.strip("0123456789,.，． -—%％()（）+−")
