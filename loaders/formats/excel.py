"""Workbooks and comma-separated text: sheets to headings, title lines and tables, with numbers as a person sees them.

Takes the bytes of an xlsx, xls, et (an xls) or ods file, or the text of a csv file. calamine reads the values; what it
does not tell, the number formats that make 0.956 print as 95.60%, comes from `excel_numbers`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import NamedTuple

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

from loaders.document import Block, BlockKind, Cell, Content, Table, Unreadable
from loaders.formats.excel_numbers import DAMAGED, PASSWORD, cell_formats, lines, printed

# No form leaves more rows blank inside a table, and no table has fewer cells printed: one in so many.
_MOST_BLANK, _SPARSE = 20, 100

# Lines above a table: 部门：某局, 金额单位：万元, 公开01表, 2024年度. A row of nothing else is no header.
_UNIT = re.compile(r"[（(]?\s*(?:\S{1,6})?单位\s*[:：].{0,8}元.{0,6}", re.DOTALL)
_FORM_NUMBER = re.compile(r"[^\d:：]{0,6}(?:表\s*[\d一二三四五六七八九十]+(?:[-－—]\d+)*|\d+(?:[-－—]\d+)*\s*表)")
_LABEL = re.compile(r"[^:：]{1,20}[:：].*|(?:19|20)\d\d\s*年度?|附[件表]\s*[\d一二三四五六七八九十-]*[:：]?", re.DOTALL)
_NOTE = re.compile(r"\s*(?:[（(]?(?:备?注|说明|填表说明)[）)]?\s*\d*\s*[:：.、]|[*＊※]|.*。\s*$)", re.DOTALL)
_NUMERIC = re.compile(r"[-−－+]?[¥￥]?\d[\d,，]*(?:\.\d+)?[%％]?")


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
class _Sheet:
    """The text of the non-empty cells by row and column, and the spans of merged cells by their first cell."""

    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


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
class _Output:
    """The blocks so far."""

    blocks: list[Block] = field(default_factory=list)
    tables: int = 0

    def add(self, kind: BlockKind, text: str, page: int | None, table: Table | None = None) -> None:
        level = 1 if kind is BlockKind.HEADING else 0
        self.blocks.append(Block(len(self.blocks) + 1, kind, text, page, level, table))

    def result(self, otherwise: str) -> Content:
        if not self.blocks:
            raise Unreadable("no_text", "表格文件里没有内容（可能只有图片或图表）；请提供原始表格或 PDF")
        titles = (block.text.strip() for block in self.blocks if block.kind is BlockKind.PARAGRAPH)
        title = next((line for line in titles if not _FORM_NUMBER.fullmatch(line) and not _LABEL.fullmatch(line)), "")
        return Content((title or otherwise)[:200], tuple(self.blocks))


def read(data: bytes) -> Content:
    """The title (the first title line, else the first sheet's name) and the blocks of a workbook.

    Every sheet with content, hidden or not, gives a heading with its name; lines above and below its tables are
    paragraphs, rows that form a grid are tables whose rows and columns count from the grid's corner. `page` is the
    number of the sheet. Numbers with a plain number format are given as displayed; others as stored, to the 15 digits
    that Excel keeps, never with an exponent; dates in ISO form. A formula without a stored result is an empty cell. For
    ods, calamine tells neither formats nor merged cells: 81.00% comes as 0.81 there.

    Raises Unreadable with reason `damaged_file`, `password`, `no_text`, `archive_too_large` or `too_large`.
    """
    formats = cell_formats(data)
    output = _Output()
    first = ""
    try:
        with load_workbook(BytesIO(data)) as workbook:
            for page, about in enumerate(workbook.sheets_metadata, 1):
                if about.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = _sheet(workbook.get_sheet_by_index(page - 1), formats.get(about.name, {}))
                if sheet.texts:
                    first = first or about.name
                    output.add(BlockKind.HEADING, about.name, page)
                    _write(sheet, page, output)
    except PasswordError as error:
        raise Unreadable("password", PASSWORD) from error
    except CalamineError as error:
        raise Unreadable("damaged_file", f"{DAMAGED}（{error}）") from error
    except BaseException as error:
        # calamine panics on some files that are cut short; what that raises is no Exception and has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("damaged_file", DAMAGED) from error
    return output.result(first)


def read_csv(text: str) -> Content:
    """The title (the first title line, else empty) and the blocks of a decoded csv file, as of a workbook's sheet.

    Fields are parted by commas, semicolons or tabs, whichever the first lines have most. There is no heading and no
    page: nothing names the one sheet.

    Raises Unreadable with reason `no_text`, or `damaged_file` if a quoted field never ends.
    """
    sample = text[:10_000]
    delimiter = max(",;\t", key=sample.count)
    sheet, output = _Sheet(), _Output()
    try:
        for row_no, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter)):
            if cells := {col_no: lines(value) for col_no, value in enumerate(row) if value.strip()}:
                sheet.texts[row_no] = cells
    except csv.Error as error:
        raise Unreadable("damaged_file", f"CSV 文件格式错误（{error}）；请检查引号是否成对") from error
    _write(sheet, None, output)
    return output.result("")


def is_csv(text: str) -> bool:
    """Whether a decoded text is comma-separated: three rows or more, all of one width, and no sentences.

    Lines of one field, such as a title above the table, are fewer than the rows.
    """
    sample = text[:10_000].rpartition("\n")[0] if len(text) > 10_000 else text
    try:
        lines = [row for row in csv.reader(StringIO(sample, newline="")) if row]
    except csv.Error:
        return False
    rows = [row for row in lines if len(row) > 1]
    sentences = any(row[-1].rstrip().endswith("。") for row in rows)
    return len(rows) > 2 and 2 * len(rows) > len(lines) and len({len(row) for row in rows}) == 1 and not sentences


# Sheets to blocks


def _sheet(sheet: CalamineSheet, formats: Mapping[tuple[int, int], str]) -> _Sheet:
    """What a sheet prints. Cells under a merged cell are not seen, whatever they hold."""
    found = _Sheet()
    if sheet.start is None or sheet.end is None:
        return found
    top, left = sheet.start
    bottom, right = sheet.end
    hidden: dict[int, list[tuple[int, int]]] = {}
    for (first_row, first_col), (last_row, last_col) in sheet.merged_cell_ranges or []:
        # Whole rows and columns get merged too: a span ends with the sheet's content.
        last_row, last_col = min(last_row, max(bottom, first_row)), min(last_col, max(right, first_col))
        if last_row < first_row or last_col < first_col:
            continue
        found.merged[first_row, first_col] = (last_row - first_row + 1, last_col - first_col + 1)
        for row_no in range(first_row, last_row + 1):
            hidden.setdefault(row_no, []).append((first_col + (row_no == first_row), last_col))
    for row_no, values in enumerate(sheet.to_python(), top):
        covered = hidden.get(row_no, ())
        row: dict[int, str] = {}
        for col_no, value in enumerate(values, left):
            text = printed(value, formats.get((row_no, col_no), ""))
            if text and not any(start <= col_no <= end for start, end in covered):
                row[col_no] = text
        if row:
            found.texts[row_no] = row
    return found


def _write(sheet: _Sheet, page: int | None, output: _Output) -> None:
    """Add the title lines and tables of a sheet, in the order of its rows."""
    rows: list[_Row] = []
    for row_no, texts in sheet.texts.items():
        cells = tuple(_Placed(col, *sheet.merged.get((row_no, col), (1, 1)), text) for col, text in texts.items())
        rows.append(_Row(row_no, row_no + max(cell.row_span for cell in cells) - 1, cells))
    grid: _Grid | None = None
    for at, row in enumerate(rows):
        after = rows[at + 1] if at + 1 < len(rows) and rows[at + 1].row_no <= row.last + 1 else None
        if grid and _ends(grid, row, after):
            _write_table(sheet, grid, page, output)
            grid = None
        if grid:
            grid.add(row)
        elif len(row.cells) == 1 or _is_caption(row, alone=after is None):
            for cell in row.cells:
                output.add(BlockKind.PARAGRAPH, cell.text, page)
        else:
            grid = _Grid(row.row_no, row.last, row.cells[0].col_no, row.cells[0].col_no)
            grid.add(row)
    if grid:
        _write_table(sheet, grid, page, output)


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


def _write_table(sheet: _Sheet, grid: _Grid, page: int | None, output: _Output) -> None:
    """Add a grid: all cells of the rectangle around what is printed, empty ones included.

    Where hardly anything is printed in the rectangle, because of a stray cell far off, rows end with their last text.
    """
    filled = sum(len(sheet.texts.get(row_no, ())) for row_no in range(grid.top, grid.bottom + 1))
    sparse = (grid.bottom - grid.top + 1) * (grid.right - grid.left + 1) > filled * _SPARSE
    cells: list[Cell] = []
    rows: list[str] = []
    start = 0
    taken: dict[int, int] = {}
    for row_no in range(grid.top, grid.bottom + 1):
        texts: list[str] = []
        position, col_no = start, grid.left
        last = max(sheet.texts.get(row_no, ()), default=-1) if sparse else grid.right
        while col_no <= last:
            if taken.get(col_no, 0) > row_no:
                col_no += 1
                continue
            text = sheet.texts.get(row_no, {}).get(col_no, "")
            row_span, col_span = sheet.merged.get((row_no, col_no), (1, 1))
            row_span, col_span = min(row_span, grid.bottom - row_no + 1), min(col_span, grid.right - col_no + 1)
            taken.update(dict.fromkeys(range(col_no, col_no + col_span), row_no + row_span))
            place = (row_no - grid.top, col_no - grid.left)
            cells.append(Cell(*place, text, position, position + len(text), row_span, col_span))
            texts.append(text)
            position, col_no = position + len(text) + 1, col_no + col_span
        rows.append("\t".join(texts))
        start += len(rows[-1]) + 1
    output.tables += 1
    output.add(BlockKind.TABLE, "\n".join(rows), page, Table(output.tables, tuple(cells)))
