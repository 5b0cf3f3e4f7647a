"""The content of a web page: its tree to lines and data tables in reading order.

A table that only lays out the page is read as ordinary content.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from loaders.document import Block, BlockKind, Cell, Table, Unreadable
from loaders.formats.html_tree import VISIBLE, Node, Walk, collapse, is_block

# The tag of the element that stands for pages drawn of texts and lines. No HTML has it.
DRAWN = "\0drawn"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset(("td", "th"))
_ROW_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_PREFORMATTED = frozenset(("pre", "xmp", "listing", "plaintext"))
# Wider spans are export artefacts (a title over all 256 columns of a sheet): they end with the grid.
_WIDEST_SPAN = 100
# Spans that reach far down and to the right over and over take more places than any table has.
_MOST_PLACES = 10_000_000
_SPAN = re.compile(r"\s*\+?([0-9]{1,9})")
# A cell like this, among few others, is the content area of a page laid out with a table, not a cell of a form.
_CONTENT_CHARS, _CONTENT_LINES, _CONTENT_NEIGHBOURS = 200, 3, 4
_LONG_LINE = 80
_BARE_NUMBER = re.compile(r"[-－−+]?[\d０-９,，.．]+[%％]?")


class Line(NamedTuple):
    """A line of running text; `level` is that of the heading that it is, or 0."""

    text: str
    level: int


class _Placed(NamedTuple):
    """A table cell at its place in the grid, with its lines."""

    row_no: int
    col_no: int
    row_span: int
    col_span: int
    lines: tuple[Line, ...]


Grid = list[list[_Placed]]


def pieces_of(root: Node, *, cells: bool = True) -> list[Line | Grid | Node]:
    """The lines and data tables in `root`, as read; with `cells=False`, only what stands outside table cells.

    The element that stands for drawn pages, which are read otherwise, comes as it is.
    """
    pieces: list[Line | Grid | Node] = []
    line: list[str] = []
    level = preformatted = 0

    def end_line() -> None:
        text = collapse("".join(line))
        line.clear()
        if VISIBLE.search(text):
            pieces.append(Line(text, level))

    walk = Walk(root)
    for event, node, text in walk:
        if event == "text":
            first, *rest = text.split("\n") if preformatted else [text]
            line.append(first)
            for part in rest:
                end_line()
                line.append(part)
            continue
        if is_block(node):
            end_line()
        if event == "end":
            level = 0 if node.tag in _HEADINGS else level
            preformatted -= node.tag in _PREFORMATTED
            continue
        level = _HEADINGS.get(node.tag, level)
        preformatted += node.tag in _PREFORMATTED
        if node.tag == DRAWN:
            end_line()
            pieces.append(node)
        elif node.tag in _CELLS and not cells:
            walk.skip()
        elif node.tag == "table" and node is not root and (grid := _grid(node)):
            pieces += pieces_of(node, cells=False)  # a caption, or text that strayed out of its cells
            pieces.append(grid)
            walk.skip()
    end_line()
    return pieces


def _grid(table: Node) -> Grid | None:
    """The table's cells in their places, or None if it only lays out the page."""
    if any(node.tag == "table" and node is not table for _, node, _ in Walk(table)):
        return None
    groups = _row_groups(table)
    placed = _place(groups, None)
    if any(_span(cell, "colspan") > _WIDEST_SPAN for rows in groups for row in rows for cell in row):
        placed = _place(groups, max(cell.col_no + cell.col_span for row in placed for cell in row))
    return None if _is_layout(placed) else placed


def _row_groups(table: Node) -> list[list[list[Node]]]:
    """Row groups of rows of cells as printed: the first thead on top, the first tfoot at the bottom."""
    groups: list[tuple[int, list[list[Node]]]] = [(0, [])]
    seen: set[str] = set()
    row: list[Node] | None = None
    walk = Walk(table)
    for event, node, _ in walk:
        if event == "text":
            continue
        if node.tag in _ROW_GROUPS:
            first = event == "start" and node.tag not in seen
            groups.append(({"thead": -1, "tfoot": 1}.get(node.tag, 0) if first else 0, []))
            seen.add(node.tag)
            row = None
        elif node.tag == "tr" and event == "end":
            row = None
        elif node.tag == "tr" or (node.tag in _CELLS and row is None):
            row = []
            groups[-1][1].append(row)
        if node.tag in _CELLS and event == "start" and row is not None:
            row.append(node)
            walk.skip()
    return [rows for _, rows in sorted(groups, key=lambda group: group[0])]


def _span(cell: Node, name: str) -> int:
    """The span as HTML reads it: digits at the start; anything else, and a colspan of 0, is 1."""
    stated = _SPAN.match(cell.get(name))
    span = int(stated[1]) if stated else 1
    return max(1, span) if name == "colspan" else span


def _place(groups: list[list[list[Node]]], width: int | None) -> Grid:
    """Cells at grid coordinates. No two claim the same place: a span stops at the next one, and at its row group.

    Column spans over `_WIDEST_SPAN` reach the grid's `width`, or are 1 while that is not known.
    """
    placed: Grid = []
    steps = 0
    for rows in groups:
        last = len(placed) + len(rows)
        taken_until: dict[int, int] = {}
        for row in rows:
            row_no, col_no = len(placed), 0
            steps += len(taken_until)
            if steps > _MOST_PLACES:
                raise Unreadable("too_large", "网页里的表格过大（合并的行列太多），无法读取；请提供 Excel 或 PDF")
            here: list[_Placed] = []
            for cell in row:
                while taken_until.get(col_no, 0) > row_no:
                    col_no += 1
                start, wanted = col_no, _span(cell, "colspan")
                if wanted > _WIDEST_SPAN:
                    wanted = width - start if width else 1
                row_span = min(_span(cell, "rowspan") or last, last - row_no)
                while col_no == start or (col_no < start + wanted and taken_until.get(col_no, 0) <= row_no):
                    taken_until[col_no] = row_no + row_span
                    col_no += 1
                lines = tuple(piece for piece in pieces_of(cell) if isinstance(piece, Line))
                here.append(_Placed(row_no, start, row_span, col_no - start, lines))
            placed.append(here)
    return placed


def _is_layout(grid: Grid) -> bool:
    """Whether a table without nested tables holds page content rather than a grid of values."""
    cells = [cell for row in grid for cell in row if cell.lines]
    if len(cells) < 2:
        return True
    if any(len(cell.lines) > 1 and any(line.level for line in cell.lines) for cell in cells):
        return True
    if all(cell.col_no == 0 for cell in cells):
        lines = [cell.lines[0] for cell in cells]
        return any(len(cell.lines) > 1 for cell in cells) or any(
            line.level or len(line.text) > _LONG_LINE for line in lines
        )
    sizes = [sum(len(line.text) for line in cell.lines) for cell in cells]
    largest = sizes.index(max(sizes))
    return (
        sizes[largest] >= max(_CONTENT_CHARS, sum(sizes) / 2)
        and len(cells[largest].lines) >= _CONTENT_LINES
        and len(cells) <= 1 + _CONTENT_NEIGHBOURS
        and not any(_BARE_NUMBER.fullmatch(cell.lines[0].text) for cell in cells)
    )


def table_block(block_no: int, table_no: int, grid: Grid) -> Block:
    cells: list[Cell] = []
    rows: list[str] = []
    row_start = 0
    for row in grid:
        start = row_start
        texts = ["\n".join(line.text for line in cell.lines) for cell in row]
        for cell, text in zip(row, texts, strict=True):
            cells.append(Cell(cell.row_no, cell.col_no, text, start, start + len(text), cell.row_span, cell.col_span))
            start += len(text) + 1
        rows.append("\t".join(texts))
        row_start += len(rows[-1]) + 1
    return Block(block_no, BlockKind.TABLE, "\n".join(rows), table=Table(table_no, tuple(cells)))
