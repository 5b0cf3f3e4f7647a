"""Text into the cells of ruled grids.

Takes the characters of a page and its `Grid`s, gives the tables of the page and the characters outside them. Text is
placed by runs, not by characters: Excel lets long names run under the next cell's figure, where they are cut off in
print but not in the file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from loaders.document import Scores
from loaders.formats import pdf_levels
from loaders.formats.pdf_grid import Grid, Region
from loaders.formats.pdf_levels import Cell, by_level
from loaders.formats.pdf_lines import Line, joined_scores, lines, parts, scores_of, text_of
from loaders.formats.pdf_text import Glyph, Run

# Ems. A border this far inside a character cuts through it; texts closer than _SOLID may be one; what fills a cell
# leaves less white than _FILLED.
_CUT = 0.15
_SOLID = 0.08
_FILLED = 0.6
# Ems of white that a full line leaves at both sides of its cell together.
_MARGINS = 2.2
# A line of which this share stands in the next row has run out of its cell.
_OUT_OF_ROW = 0.3
# The share by which font sizes in one title differ at most.
_SAME_SIZE = 0.1

_Owner = dict[tuple[int, int], Region]


class Slot(NamedTuple):
    """A cell where it stands on its page: from column edge `left` to `right`, `row_span` rows high.

    `open_above` and `open_below` say that the table ends there without a border, `filled` that it ends with the cell,
    whose last line is as wide as it, so that the text may go on; `scores` how certain each character is, () in a text
    layer.
    """

    page_no: int
    left: float
    right: float
    row_span: int
    text: str
    open_above: bool = False
    open_below: bool = False
    filled: bool = False
    scores: Scores = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, or the part of one that is on one page: slots by row, as far as they start there, left to right.

    `edges` are the borders between its rows, if there is one between any two, and `open_left` the rows without a border
    on the left.
    """

    page_no: int
    left: float
    top: float
    right: float
    bottom: float
    rows: tuple[tuple[Slot, ...], ...]
    edges: tuple[float, ...] = ()
    open_left: frozenset[int] = frozenset()


def ruled(page_no: int, grids: Iterable[Grid], runs: list[Run]) -> tuple[list[Sheet], list[Line], list[Glyph]]:
    """The tables that grids make of the runs in them, title lines from inside their frames, and the text outside."""
    sheets: list[Sheet] = []
    titles: list[Line] = []
    for grid in grids:
        placed, rest = _place(grid, runs)
        sheet, above = _sheet(page_no, grid, placed)
        if sheet is not None:
            sheets.append(sheet)
            titles += above
            runs = rest
    return sheets, titles, [glyph for run in runs for glyph in run]


def _place(grid: Grid, runs: Sequence[Run]) -> tuple[dict[Region, list[Glyph]], list[Run]]:
    """The characters of each cell, and the runs that are in none."""
    owner: _Owner = {
        (row, col): region
        for region in grid.regions
        for row in range(region.row, region.row_end)
        for col in range(region.col, region.col_end)
    }
    placed: dict[Region, list[Glyph]] = defaultdict(list)
    outside: list[Run] = []
    last: Region | None = None
    for run in runs:
        if run[-1].right < grid.xs[0] or run[0].left > grid.xs[-1] or not _beside(grid, run[0]):
            outside.append(run)
            last = None
            continue
        first = _at(grid, owner, run[0])
        if first == _at(grid, owner, run[-1]):  # as nearly all
            pieces = [(run, [first])]
        else:
            pieces = [(piece, _touched(grid, owner, piece)) for piece in _pieces(grid, owner, run)]
        for piece, touched in pieces:
            region = _home(grid, piece, touched, last)
            if region is None:
                outside.append(piece)
            else:
                placed[region] += piece
            last = region
    return placed, outside


def _beside(grid: Grid, glyph: Glyph) -> bool:
    """Whether a character stands between the upper and lower border; a page break may cut it in two there."""
    inside = min(glyph.bottom, grid.ys[-1]) - max(glyph.top, grid.ys[0])
    return inside > _OUT_OF_ROW * (glyph.bottom - glyph.top)


def _at(grid: Grid, owner: _Owner, glyph: Glyph) -> Region | None:
    y = min(max((glyph.top + glyph.bottom) / 2, grid.ys[0]), grid.ys[-1] - 0.01)
    at = grid.region_at((glyph.left + glyph.right) / 2, y)
    return None if at is None else owner[at]


def _pieces(grid: Grid, owner: _Owner, run: Run) -> Iterable[Run]:
    """The run, cut where a border passes between two texts, but not where one runs out of its cell."""
    if _at(grid, owner, run[0]) == _at(grid, owner, run[-1]):
        yield run
        return
    regions = [_at(grid, owner, glyph) for glyph in run]
    figure = re.search(r"(?<=[^\x00-\x7f])-?\d[\d,.]*$", "".join(glyph.char for glyph in run))
    if figure and regions[figure.start()] != regions[0]:
        # A name that runs up to the figure in the next cell.
        yield from _pieces(grid, owner, run[: figure.start()])
        yield run[figure.start() :]
        return
    start = 0
    last: int | None = None
    for index, glyph in enumerate(run):
        if glyph.char.isspace():
            continue
        if last is not None and regions[index] != regions[last]:
            before, em = run[last], glyph.bottom - glyph.top
            between = any(before.right - _CUT * em <= x <= glyph.left + _CUT * em for x in grid.xs)
            if between and (
                glyph.left - before.right > _SOLID * em
                or (before.char < "\u0100") != (glyph.char < "\u0100")
                or _set_solid(grid, regions[start:], run[start:], index - start)
            ):
                yield run[start:index]
                start = index
        last = index
    yield run[start:]


def _set_solid(grid: Grid, regions: Sequence[Region | None], run: Sequence[Glyph], cut: int) -> bool:
    """Whether the texts before and after `cut` are as wide as their cells: two headings without white between them."""
    before, after = regions[cut - 1], regions[cut]
    if before is None or after is None:
        return False
    slack = _FILLED * (run[cut].bottom - run[cut].top)
    last = max(index for index, region in enumerate(regions) if region == after)
    return run[0].left - grid.xs[before.col] < slack and grid.xs[after.col_end] - run[last].right < slack


def _touched(grid: Grid, owner: _Owner, piece: Run) -> list[Region | None]:
    """The cells that a text stands in, None for the outside."""
    return list(dict.fromkeys(_at(grid, owner, glyph) for glyph in _visible(piece)))


def _visible(piece: Run) -> Run:
    return [glyph for glyph in piece if not glyph.char.isspace()] or piece


def _home(grid: Grid, piece: Run, touched: Sequence[Region | None], last: Region | None) -> Region | None:
    """The cell that a text belongs to, also where it runs out of it; None outside the grid."""
    regions = [region for region in touched if region is not None]
    if not regions:
        return None
    region = regions[0]
    if len(touched) == 1 and (last is None or last == region):  # as nearly always
        return region
    visible = _visible(piece)
    left, right, em = visible[0].left, visible[-1].right, visible[0].bottom - visible[0].top
    if len(touched) > 1:
        for candidate in regions:
            before, after = left - grid.xs[candidate.col], grid.xs[candidate.col_end] - right
            if before < 0 and after < 0 and abs(before - after) < em:
                return candidate  # centred, cut off on both sides
        before, after = left - grid.xs[regions[0].col], grid.xs[regions[-1].col_end] - right
        if touched[0] is None or (before > em and 0 <= after < em / 2):
            region = regions[-1]  # aligned right
    # A line of wrapped text that is too high for its row belongs where the line before it is.
    if (
        last is not None
        and last != region
        and (last.col, last.col_end) == (region.col, region.col_end)
        and last.row_end == region.row
        and grid.ys[region.row] - visible[0].top > _OUT_OF_ROW * em
    ):
        return last
    return region


def _sheet(page_no: int, grid: Grid, placed: dict[Region, list[Glyph]]) -> tuple[Sheet | None, list[Line]]:
    """The table, and what is printed above its columns in rows without inner borders; None if nothing else is."""
    columns, height = len(grid.xs) - 1, len(grid.ys) - 1
    titles: list[Line] = []
    first = 0
    for region in grid.regions if columns > 1 else ():
        if region.col != 0 or region.col_end != columns or region.row != first:
            break
        titles += _title(grid, lines(placed.get(region, [])))
        first = region.row_end
    body = [region for region in grid.regions if region.row >= first]
    printed = {region: lines(placed[region]) for region in body if region in placed}
    if not any(printed.values()) or not (columns == 1 or any(region.col for region in body)):
        return None, []
    by_row: list[list[Region]] = [[] for _ in range(height)]
    for region in body:
        by_row[region.row].append(region)
    levels = [
        pdf_levels.levels(
            Cell(grid.xs[region.col_end] - grid.xs[region.col], printed.get(region, ()))
            for region in regions
            if region.row_end - region.row == 1
        )
        for regions in by_row
    ]
    rows: list[tuple[Slot, ...]] = []
    for row in range(first, height):
        slots: list[list[Slot]] = [[] for _ in levels[row]]
        for region in by_row[row]:
            left, right = grid.xs[region.col], grid.xs[region.col_end]
            text = printed.get(region, [])
            if len(levels[row]) == 1 or region.row_end - row > 1:
                span = sum(len(levels[spanned]) for spanned in range(row, region.row_end))
                open_above = row == 0 and region.col in grid.open_above
                open_below = region.row_end == height and region.col in grid.open_below
                filled = region.row_end == height and bool(text) and _is_filled(text[-1], right - left)
                texts = "".join(map(text_of, text))
                scores = _scores(text)
                slots[0].append(Slot(page_no, left, right, span, texts, open_above, open_below, filled, scores))
            else:
                for level, found in zip(slots, by_level(text, levels[row]), strict=True):
                    level.append(Slot(page_no, left, right, 1, "".join(map(text_of, found)), scores=_scores(found)))
        rows += map(tuple, slots)
    sheet = Sheet(page_no, grid.xs[0], grid.ys[first], grid.xs[-1], grid.ys[-1], tuple(rows))
    if len(rows) == height - first:
        open_left = frozenset(row - first for row in grid.open_left)
        sheet = replace(sheet, edges=tuple(grid.ys[first:]), open_left=open_left)
    return sheet, titles


def _scores(cell: Sequence[Run]) -> Scores:
    return (
        joined_scores((text_of(row), scores_of(row)) for row in cell) if cell and cell[0][0].score is not None else ()
    )


def _is_filled(row: Run, width: float) -> bool:
    visible = _visible(row)
    return visible[-1].right - visible[0].left > width - _MARGINS * (row[0].bottom - row[0].top)


def _title(grid: Grid, rows: Sequence[Sequence[Glyph]]) -> list[Line]:
    """The texts in a row without inner borders. A title as wide as the table is goes on in the next line."""
    found: list[Line] = []
    for row in rows:
        texts = parts(row)
        last = found[-1] if found else None
        if (
            last is not None
            and len(texts) == 1
            and abs(texts[0].size - last.size) < _SAME_SIZE * last.size
            and last.right - last.left + texts[0].head > grid.xs[-1] - grid.xs[0] - 2 * last.size
        ):
            found[-1] = last._replace(
                text=last.text + texts[0].text,
                bottom=texts[0].bottom,
                right=texts[0].right,
                scores=joined_scores((line.text, line.scores) for line in (last, texts[0])),
            )
        else:
            found += texts
    return found
