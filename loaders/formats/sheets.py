"""Sheets of workbooks to blocks: what a person sees of a sheet, as title lines and tables.

Takes the texts of a sheet by row and column with its merged and hidden cells, whatever format they come from; gives a
heading with its name, paragraphs for the lines around its tables, and tables whose rows and columns count from their
own corner. What is hidden becomes an omission.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loaders import spans
from loaders.document import Block, BlockKind, Cell, Content, Omission, Table, Unreadable

# No form leaves more rows blank inside a table, and no table has fewer cells printed: one in so many.
_MOST_BLANK, _SPARSE = 20, 100
# Cells with something in them. No disclosure comes near; what has more would take all memory.
MOST_FILLED = 2_000_000
# So many cells are named in a message.
_NAMED = 5

# Lines above a table: 部门：某局, 金额单位：万元, 公开01表, 2024年度. A row of nothing else is no header.
_UNIT = re.compile(r"[（(]?\s*(?:\S{1,6})?单位\s*[:：].{0,8}元.{0,6}", re.DOTALL)
_FORM_NUMBER = re.compile(r"[^\d:：]{0,6}(?:表\s*[\d一二三四五六七八九十]+(?:[-－—]\d+)*|\d+(?:[-－—]\d+)*\s*表)")
_LABEL = re.compile(r"[^:：]{1,20}[:：].*|(?:19|20)\d\d\s*年度?|附[件表]\s*[\d一二三四五六七八九十-]*[:：]?", re.DOTALL)
_NOTE = re.compile(r"\s*(?:[（(]?(?:备?注|说明|填表说明)[）)]?\s*\d*\s*[:：.、]|[*＊※]|.*。\s*$)", re.DOTALL)
_NUMERIC = re.compile(r"[-−－+]?[¥￥]?\d[\d,，]*(?:\.\d+)?[%％]?")


@dataclass(slots=True)
class Sheet:
    """The text of the non-empty cells by row and column, and the spans of merged cells by their first cell.

    Cells under a merged cell are not in it; csv does not tell which cells are merged (`tells_merged`): that is inferred
    from what is blank. Columns are hidden in ranges, first to last.
    """

    name: str = ""
    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: spans.Spans = field(default_factory=dict)
    tells_merged: bool = True
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


class _Placed(NamedTuple):
    """A cell of a sheet with its span."""

    col_no: int
    row_span: int
    col_span: int
    text: str


class _Row(NamedTuple):
    """A row with something printed in it, and the last row that one of its cells reaches down to."""

    row_no: int
    last: int
    cells: tuple[_Placed, ...]


@dataclass(slots=True)
class _Grid:
    """The rectangle of a sheet that a table takes, as far as it is known; all sides inclusive."""

    top: int
    bottom: int
    left: int
    right: int

    def add(self, row: _Row) -> None:
        self.bottom = max(self.bottom, row.last)
        self.left = min(self.left, row.cells[0].col_no)
        self.right = max(self.right, *(cell.col_no + cell.col_span - 1 for cell in row.cells))


@dataclass(slots=True)
class Workbook:
    """The blocks of the sheets so far, and what is not in them."""

    blocks: list[Block] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)
    name: str = ""
    _tables: int = 0

    def add(self, sheet: Sheet, page: int | None) -> None:
        """Add what is seen of a sheet; `page` is its number, None for the one sheet of a text file."""
        if sheet.is_hidden:
            if sheet.texts:
                self.omit("hidden_sheet", f"工作表“{sheet.name}”是隐藏的，没有读入", page=page)
            return
        sheet, rows, columns = _visible(sheet)
        if rows or columns:
            parts = [f"{count} {what}" for count, what in ((rows, "行"), (columns, "列")) if count]
            message = f"工作表“{sheet.name}”有 {'、'.join(parts)}是隐藏的，没有读入"
            self.omit("hidden_cells", message, page=page, count=rows + columns)
        if not sheet.texts:
            return
        if page is not None:
            self.name = self.name or sheet.name
            self._add(BlockKind.HEADING, sheet.name, page)
        self._write(sheet, _rows(sheet), page)

    def omit(self, reason: str, message: str, *, page: int | None, count: int = 1, is_printed: bool = False) -> None:
        """Note something that is not read."""
        self.omissions.append(Omission(reason, message, count, page, is_printed))

    def omit_formulas(self, name: str, places: Sequence[tuple[int, int]], page: int) -> None:
        """Note the formulas of a sheet whose results the file does not hold: their cells are empty, not 0."""
        named = "、".join(place(*at) for at in places[:_NAMED]) + ("等" if len(places) > _NAMED else "")
        message = f"工作表“{name}”有 {len(places)} 个公式没有保存结果（{named}），单元格为空；"
        message += "请用 Excel 或 WPS 打开、保存后再提供"
        self.omit("formula_without_result", message, page=page, count=len(places), is_printed=True)

    def content(self) -> Content:
        """What was added, under the first title line, or else the name of the first sheet.

        Raises Unreadable if nothing was, with the reason of what is printed but could not be read, else `no_text`.
        """
        if not self.blocks:
            for omission in self.omissions:
                if omission.is_printed:
                    raise Unreadable(omission.reason, omission.message)
            hidden = "，只有隐藏的内容" if self.omissions else "（可能只有图片或图表）"
            raise Unreadable("no_text", f"表格文件里没有看得见的内容{hidden}；请提供原始表格或 PDF")
        titles = (block.text.strip() for block in self.blocks if block.kind is BlockKind.PARAGRAPH)
        title = next((line for line in titles if not _FORM_NUMBER.fullmatch(line) and not _LABEL.fullmatch(line)), "")
        return Content((title or self.name)[:200], tuple(self.blocks), omissions=tuple(self.omissions))

    def _add(self, kind: BlockKind, text: str, page: int | None, table: Table | None = None) -> None:
        level = 1 if kind is BlockKind.HEADING else 0
        self.blocks.append(Block(len(self.blocks) + 1, kind, text, page, level, table))

    def _write(self, sheet: Sheet, rows: Sequence[_Row], page: int | None) -> None:
        """Add the title lines and tables in some rows, in their order."""
        grid: _Grid | None = None
        beside = 0
        for at, row in enumerate(rows):
            if beside:
                beside -= 1
                continue
            after = rows[at + 1] if at + 1 < len(rows) and rows[at + 1].row_no <= row.last + 1 else None
            if grid and _ends(grid, row, after):
                self._add_table(sheet, grid, page)
                grid = None
            if grid:
                grid.add(row)
            elif strips := _beside(run := _run(rows, at)):
                for strip in strips:
                    self._write(sheet, strip, page)
                beside = len(run) - 1
            elif len(row.cells) == 1 or _is_caption(row, alone=after is None):
                for cell in row.cells:
                    self._add(BlockKind.PARAGRAPH, cell.text, page)
            else:
                grid = _Grid(row.row_no, row.last, row.cells[0].col_no, row.cells[0].col_no)
                grid.add(row)
        if grid:
            self._add_table(sheet, grid, page)

    def _add_table(self, sheet: Sheet, grid: _Grid, page: int | None) -> None:
        """Add a grid: all cells of the rectangle around what is printed, empty ones included.

        Where hardly anything is printed in the rectangle, because of a stray cell far off, rows end with their last
        text.
        """
        filled = sum(len(sheet.texts.get(row_no, ())) for row_no in range(grid.top, grid.bottom + 1))
        sparse = (grid.bottom - grid.top + 1) * (grid.right - grid.left + 1) > filled * _SPARSE
        merged = sheet.merged if sheet.tells_merged or sparse else _inferred(sheet, grid)
        cells: list[Cell] = []
        rows: list[str] = []
        start = 0
        taken: dict[int, int] = {}
        for row_no in range(grid.top, grid.bottom + 1):
            texts: list[str] = []
            position, col_no = start, grid.left
            last = max(sheet.texts.get(row_no, ()), default=-1) if sparse else grid.right
            last = min(last, grid.right)
            while col_no <= last:
                if taken.get(col_no, 0) > row_no:
                    col_no += 1
                    continue
                text = sheet.texts.get(row_no, {}).get(col_no, "")
                row_span, col_span = merged.get((row_no, col_no), (1, 1))
                row_span, col_span = min(row_span, grid.bottom - row_no + 1), min(col_span, grid.right - col_no + 1)
                # Merges that overlap make no sense: the one above counts.
                col_span = next((n for n in range(1, col_span) if taken.get(col_no + n, 0) > row_no), col_span)
                taken.update(dict.fromkeys(range(col_no, col_no + col_span), row_no + row_span))
                place = (row_no - grid.top, col_no - grid.left)
                cells.append(Cell(*place, text, position, position + len(text), row_span, col_span))
                texts.append(text)
                position, col_no = position + len(text) + 1, col_no + col_span
            rows.append("\t".join(texts))
            start += len(rows[-1]) + 1
        self._tables += 1
        self._add(BlockKind.TABLE, "\n".join(rows), page, Table(self._tables, tuple(cells)))


def _inferred(sheet: Sheet, grid: _Grid) -> spans.Spans:
    """The spans in a grid that its blank cells stand for, by the places in the sheet."""
    columns = range(grid.left, grid.right + 1)
    rows = [
        [sheet.texts.get(row_no, {}).get(col_no, "") for col_no in columns]
        for row_no in range(grid.top, grid.bottom + 1)
    ]
    return {(grid.top + row_no, grid.left + col_no): span for (row_no, col_no), span in spans.inferred(rows).items()}


def place(row_no: int, col_no: int) -> str:
    """The name of a cell in a workbook: `B4`."""
    letters = ""
    col_no += 1
    while col_no:
        col_no, letter = divmod(col_no - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row_no + 1}"


# Hidden rows and columns


def _visible(sheet: Sheet) -> tuple[Sheet, int, int]:
    """The sheet without its hidden rows and columns, and how many of each had something in them.

    What is merged over hidden and visible cells is seen in the first visible one.
    """
    if not sheet.hidden_rows and not sheet.hidden_columns:
        return sheet, 0, 0
    used = {col_no for row in sheet.texts.values() for col_no in row}
    widest = max((col + columns for (_, col), (_, columns) in sheet.merged.items()), default=0)
    widest = max(widest, max(used, default=0) + 1)
    rows = sorted(sheet.hidden_rows)
    ranges = [range(first, min(last + 1, widest)) for first, last in sheet.hidden_columns]
    columns = sorted({col_no for columns in ranges for col_no in columns})
    unseen_rows = unseen_columns = 0
    seen = Sheet(sheet.name)
    for (row_no, col_no), (row_span, col_span) in sheet.merged.items():
        top, height = _moved(rows, row_no, row_span)
        left, width = _moved(columns, col_no, col_span)
        if height and width:
            seen.merged[top, left] = (height, width)
    gone = set[int]()
    hidden_columns = set(columns)
    for row_no, texts in sheet.texts.items():
        row_is_seen = False
        for col_no, text in texts.items():
            row_span, col_span = sheet.merged.get((row_no, col_no), (1, 1))
            top, height = _moved(rows, row_no, row_span)
            left, width = _moved(columns, col_no, col_span)
            if height and width:
                seen.texts.setdefault(top, {})[left] = text
                row_is_seen = True
            elif height:
                gone.add(col_no)
        unseen_rows += not row_is_seen and row_no in sheet.hidden_rows
    unseen_columns = len(gone & hidden_columns)
    seen.texts = {row_no: dict(sorted(seen.texts[row_no].items())) for row_no in sorted(seen.texts)}
    return seen, unseen_rows, unseen_columns


def _moved(hidden: Sequence[int], first: int, span: int) -> tuple[int, int]:
    """Where a range begins, and how long it is, when hidden rows or columns are taken away."""
    before, inside = bisect_left(hidden, first), bisect_left(hidden, first + span)
    return first - before, span - (inside - before)


# Rows


def _rows(sheet: Sheet) -> list[_Row]:
    return [
        _row(row_no, [_Placed(col, *sheet.merged.get((row_no, col), (1, 1)), text) for col, text in texts.items()])
        for row_no, texts in sheet.texts.items()
    ]


def _row(row_no: int, cells: Iterable[_Placed]) -> _Row:
    placed = tuple(cells)
    return _Row(row_no, row_no + max(cell.row_span for cell in placed) - 1, placed)


def _run(rows: Sequence[_Row], at: int) -> Sequence[_Row]:
    """The rows from here to the next blank one, if titles stand side by side in the first."""
    titles = rows[at].cells
    if len(titles) < 2 or not all("表" in cell.text and len(cell.text) > 2 for cell in titles):
        return ()
    end, last = at + 1, rows[at].last
    while end < len(rows) and rows[end].row_no <= last + 1:
        last = max(last, rows[end].last)
        end += 1
    return rows[at:end]


def _beside(run: Sequence[_Row]) -> list[list[_Row]]:
    """The rows parted into tables that stand side by side; none if they are one table.

    They have blank columns between them, and each begins with a title of its own. (Income and expenditure in one table
    may have a blank column between them too.)
    """
    strips: list[list[int]] = []
    for left, right in sorted({(cell.col_no, cell.col_no + cell.col_span) for row in run for cell in row.cells}):
        if not strips or left > strips[-1][1]:
            strips.append([left, right])
        else:
            strips[-1][1] = max(strips[-1][1], right)
    parted = [
        [
            _row(row.row_no, cells)
            for row in run
            if (cells := [cell for cell in row.cells if left <= cell.col_no < right])
        ]
        for left, right in strips
    ]
    titled = all(len(strip[0].cells) == 1 and strip[0].row_no == run[0].row_no and len(strip) > 2 for strip in parted)
    return parted if len(parted) > 1 and titled else []


def _ends(grid: _Grid, row: _Row, after: _Row | None) -> bool:
    """Whether a row no longer belongs to the table above it, being a title, a note, or the header of another one."""
    blank = row.row_no - grid.bottom - 1
    if blank > _MOST_BLANK or _is_caption(row):
        return True
    if len(row.cells) > 1 or _has_number(row):
        # Forms leave rows blank above their total, which has numbers; a table of its own begins with a header.
        return blank > 0 and not _has_number(row)
    cell = row.cells[0]
    wide = cell.col_no <= grid.left and cell.col_no + cell.col_span > grid.right
    titled = after is not None and _is_caption(after)
    if not (blank > 0 or wide or titled or _NOTE.match(cell.text)):
        return False
    # A line across the table with figures right under it is a band inside the table.
    return after is None or len(after.cells) == 1 or not _has_number(after)


def _has_number(row: _Row) -> bool:
    return any(_NUMERIC.fullmatch(cell.text.strip()) for cell in row.cells)


def _is_caption(row: _Row, *, alone: bool = False) -> bool:
    """Whether a row holds only labels such as the unit of money; `alone`, any labels with a colon (填表人：…)."""
    texts = [cell.text.strip() for cell in row.cells]
    marks = [bool(_UNIT.fullmatch(text) or _FORM_NUMBER.fullmatch(text)) for text in texts]
    labels = all(mark or _LABEL.fullmatch(text) for mark, text in zip(marks, texts, strict=True))
    return labels and (any(marks) or alone)
