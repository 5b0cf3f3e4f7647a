"""The frame of a table: which rows are headers, which columns hold codes, names and amounts, what labels each cell.

Takes a `Table`; gives a `Frame`. Knows layout only: one to three header rows, merged cells, a 合计 row anywhere,
several tables side by side, codes in one column, in three (类, 款, 项), or printed with the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.document import Cell, Table
from loaders.repair import repair

AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_COLUMN_NUMBER = re.compile(r"\d{1,2}(?:[=＝].*)?|栏次|行次|[A-Z]|[一二三四五六七八九十]{1,2}|—|-+")
_CODE_PART = re.compile(r"\d{2,7}")
_CODE_IN_NAME = re.compile(r"^[\[【（(]?(?P<code>\d{3}(?:\d{2}){0,2})[\]】）)]?(?P<name>[^\d].*)$")
_LIST_MARK = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[、.．]|（\d{1,2}）)+"
)
_BODY_LABEL = re.compile(r"^(?:合计|总计|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)")
_CODE_HEADER = re.compile(r"编码|代码|^类$|^款$|^项$|类款项")
_NAME_HEADER = re.compile(
    r"名称|^项目$|^科目$|功能分类科目$|经济分类科目$|支出功能分类$|项目[（(]按|^支出$|^收入$|单位$"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of amounts: its header texts from top to bottom, and the columns that name and code its rows."""

    col_no: int
    header: tuple[str, ...]
    name_columns: tuple[int, ...]
    code_columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell of amounts with its column, the name of its row without list marks, and its classification code."""

    cell: Cell
    column: Column
    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """The header rows' count, the columns of amounts, and the amounts in reading order."""

    header_rows: int
    columns: tuple[Column, ...]
    amounts: tuple[Amount, ...]


def compact(text: str) -> str:
    """Printed text without white space, repaired."""
    return re.sub(r"\s+", "", repair(text).text)


def frame(table: Table) -> Frame:
    """The frame of a table; one without columns of amounts has no amounts."""
    grid = _Grid(table)
    header = grid.header_rows()
    columns = grid.columns(header)
    return Frame(header, columns, tuple(grid.amounts(header, columns)))


class _Grid:
    """A table as a matrix: who owns each place, and the compact text of each cell."""

    def __init__(self, table: Table) -> None:
        self.height = max((c.row_no + c.row_span for c in table.cells), default=0)
        self.width = max((c.col_no + c.col_span for c in table.cells), default=0)
        self._owner: dict[tuple[int, int], Cell] = {}
        self._text: dict[tuple[int, int], str] = {}
        for cell in table.cells:
            text = compact(cell.text)
            self._text[cell.row_no, cell.col_no] = text
            for row in range(cell.row_no, cell.row_no + cell.row_span):
                for col in range(cell.col_no, cell.col_no + cell.col_span):
                    self._owner[row, col] = cell

    def text(self, row: int, col: int) -> str:
        """The text of the cell that covers a place; empty where none does."""
        cell = self._owner.get((row, col))
        return self._text[cell.row_no, cell.col_no] if cell else ""

    def starts(self, row: int, col: int) -> Cell | None:
        """The cell that begins at a place."""
        cell = self._owner.get((row, col))
        return cell if cell and (cell.row_no, cell.col_no) == (row, col) else None

    def _row(self, row: int) -> list[str]:
        return [self.text(row, col) for col in range(self.width)]

    def header_rows(self) -> int:
        """How many rows from the top are header: up to the first that has an amount, a code or a body's label."""
        for row in range(self.height):
            starting = [self.text(row, col) for col in range(self.width) if self.starts(row, col)]
            texts = [t for t in starting if t]
            if not texts or all(_COLUMN_NUMBER.fullmatch(t) for t in texts):
                continue
            amounts = [t for t in texts if AMOUNT.fullmatch(t) and ("." in t or "," in t or t == "0")]
            # a row of labels only, without a blank, heads columns: 合计, 基本支出, 项目支出
            labels = [t for t in texts if _BODY_LABEL.match(t)] if len(texts) < len(starting) else []
            # 合计 heads a column too: as a row's label it stands first
            leading = next(iter(texts))
            if amounts or (row > 0 and labels and (_BODY_LABEL.match(leading) or _LIST_MARK.match(labels[0]))):
                return row
            if row > 0 and re.fullmatch(r"\d{3}(?:\d{2}){0,2}", leading):
                return row
        return min(self.height, 1)

    def columns(self, header: int) -> tuple[Column, ...]:
        """The columns of amounts, each with the names and codes to its left since the last name column."""
        paths = [self._path(col, header) for col in range(self.width)]
        kinds = [self._kind(col, header, paths[col]) for col in range(self.width)]
        found: list[Column] = []
        names: list[int] = []
        codes: list[int] = []
        seen_amount = False
        for col in range(self.width):
            if kinds[col] in ("name", "code"):
                if seen_amount:
                    names, codes, seen_amount = [], [], False
                (names if kinds[col] == "name" else codes).append(col)
            elif kinds[col] == "amount":
                seen_amount = True
                found.append(Column(col, paths[col], tuple(names), tuple(codes)))
        return tuple(found)

    def _path(self, col: int, header: int) -> tuple[str, ...]:
        path: list[str] = []
        for row in range(header):
            text = self.text(row, col)
            if text and not _COLUMN_NUMBER.fullmatch(text) and (not path or path[-1] != text):
                path.append(text)
        return tuple(path)

    def _kind(self, col: int, header: int, path: tuple[str, ...]) -> str:
        body = [t for row in range(header, self.height) if (t := self.text(row, col)) and self.starts(row, col)]
        last = path[-1] if path else ""
        if any(re.fullmatch(r"行次|栏次|序号", self.text(row, col)) for row in range(header)):
            return "empty"
        if body and sum(1 for t in body if AMOUNT.fullmatch(t)) * 2 < len(body):
            return "name"
        if any(_CODE_HEADER.search(part) for part in path) and not _NAME_HEADER.search(last):
            return "code"
        # codes without a header that says so: 201, 20103, 2010301
        if (
            body
            and all(_CODE_PART.fullmatch(t) for t in body)
            and any(len(t) in (3, 5, 7) and t[0] in "123567" for t in body)
            and not re.search(r"数|额|计|元", last)
        ):
            return "code"
        if not body:
            return "name" if _NAME_HEADER.search(last) else "amount" if path else "empty"
        return "amount"

    def amounts(self, header: int, columns: tuple[Column, ...]) -> list[Amount]:
        """The amounts of the body in reading order."""
        found: list[Amount] = []
        for row in range(header, self.height):
            texts = [t for t in self._row(row) if t]
            if all(_COLUMN_NUMBER.fullmatch(t) for t in texts):
                # a row of column numbers, or an empty one
                continue
            for column in columns:
                cell = self.starts(row, column.col_no)
                if cell is None or not AMOUNT.fullmatch(self.text(row, column.col_no)):
                    continue
                name, code = self._label(row, column)
                found.append(Amount(cell, column, name, code))
        return found

    def _label(self, row: int, column: Column) -> tuple[str, str | None]:
        texts = [self.text(row, col) for col in column.name_columns]
        name = next((t for t in reversed(texts) if t), "")
        parts = [t for col in column.code_columns if (t := self.text(row, col)) and _CODE_PART.fullmatch(t)]
        code = _join_code(parts)
        printed = _CODE_IN_NAME.match(name)
        if printed:
            code, name = code or printed["code"], printed["name"]
        if code is None and name and re.fullmatch(r"合计|总计|小计", next((t for t in texts if t), "")):
            name = next(t for t in texts if t)
        if not name:
            name = next((t for col in column.code_columns if (t := self.text(row, col)) and not t.isdigit()), "")
        return _LIST_MARK.sub("", name), code


def _join_code(parts: list[str]) -> str | None:
    """类, 款 and 项 printed in three columns are one code: 201, 03, 01 -> 2010301."""
    if not parts:
        return None
    if len(parts) > 1 and len(parts[0]) == 3 and all(len(p) == 2 for p in parts[1:]):
        return "".join(parts)
    return parts[-1] if len(parts[-1]) in (3, 5, 7) else None
