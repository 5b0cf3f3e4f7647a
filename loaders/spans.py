"""Merged cells, where a format cannot tell them: plain text, csv and ods print only the first of the cells.

Takes the texts of a table; gives the spans that blank cells beside and below headings and labels of totals stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Spans = dict[tuple[int, int], tuple[int, int]]

_AMOUNT = re.compile(r"\s*[-－]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?[%％]?\s*")
_TOTAL = re.compile(r"(?:栏次|行次|.{0,12}(?:合\s*计|总\s*计|小\s*计))\s*")
# A title and three rows of headings; what has more rows without a number is a table of words.
_MOST_ROWS = 4


def inferred(rows: Sequence[Sequence[str]]) -> Spans:
    """The (rows, columns) that cells span, by (row, column), for those that span more than one.

    The headings are the rows above the first that has a number. A blank cell goes with the text to its left, as far as
    the heading above both reaches; where all cells under a heading are blank it reaches down over them. In the rows
    below, the label of a total goes over the blank cells to its right, as far as the heading above it reaches. Nothing
    is told of a table whose rows are not equally long.
    """
    first = next((at for at, row in enumerate(rows) if any(map(_AMOUNT.fullmatch, row))), len(rows))
    if not 0 < first <= _MOST_ROWS or first == len(rows) or len({len(row) for row in rows}) != 1:
        return {}
    spans = _headings(rows[:first])
    for row_no, row in enumerate(rows[first:], first):
        spans.update(_labels(row_no, row, spans))
    return {place: span for place, span in spans.items() if span != (1, 1)}


def covered(spans: Spans) -> set[tuple[int, int]]:
    """The places that spans reach over, without those where they begin."""
    return {
        (row_no + down, col_no + right)
        for (row_no, col_no), (height, width) in spans.items()
        for down in range(height)
        for right in range(width)
        if down or right
    }


def _headings(rows: Sequence[Sequence[str]]) -> Spans:
    width = len(rows[0])
    spans: Spans = {}
    # For each column the cell above it: its row, and its first column and the one after its last.
    above = [(-1, 0, width)] * width
    for row_no, row in enumerate(rows):
        here: list[tuple[int, int, int]] = []
        while (start := len(here)) < width:
            top, left, end = above[start]
            if top >= 0 and start == left and not any(text.strip() for text in row[left:end]):
                cell = above[start]
            else:
                cell = (row_no, start, _after_blanks(row, start, end))
            here += [cell] * (cell[2] - start)
        for top, left, end in set(here):
            spans[top, left] = (row_no - top + 1, end - left)
        above = here
    return spans


def _labels(row_no: int, row: Sequence[str], headings: Spans) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for col_no, text in enumerate(row):
        if not _TOTAL.fullmatch(text):
            continue
        # A title over the whole table tells nothing.
        above = ((left, left + width) for (_, left), (_, width) in headings.items() if width < len(row))
        end = max((end for left, end in above if left <= col_no < end), default=col_no + 1)
        yield (row_no, col_no), (1, _after_blanks(row, col_no, end) - col_no)


def _after_blanks(row: Sequence[str], start: int, end: int) -> int:
    """The column after a text and the blank cells that follow it, at most `end`; a blank cell stands for itself."""
    last = start + 1
    while row[start].strip() and last < end and not row[last].strip():
        last += 1
    return last
