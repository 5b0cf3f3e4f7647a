"""The frame of a table: which rows are headers, which columns hold codes, names and amounts, what labels each cell.

Takes a `Table`; gives a `Frame`. Knows layout only: one to three header rows, merged cells, a 合计 row anywhere,
several tables side by side, codes in one column, in three (类, 款, 项), or printed with the name, and rows that are
labelled twice (部门 and 政府 economic class).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from loaders.document import Cell, Table
from loaders.repair import repair

AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_WHOLE = re.compile(r"-?\d{1,15}")
# What stands where an amount would: nothing, or a dash.
_BLANK = re.compile(r"[-—－–/]*")
_COLUMN_NUMBER = re.compile(r"\d{1,2}(?:[=＝].*)?|栏次|行次|[A-Z]|[一二三四五六七八九十]{1,2}|—|-+")
_CODE_PART = re.compile(r"\d{2,7}")
_CODE_IN_NAME = re.compile(r"^[\[【（(]?(?P<code>\d{3}(?:\d{2}){0,2})[\]】）)]?[-—－]?(?P<name>[^\d\W].*)$")
LIST_MARK = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[、.．]|（\d{1,2}）)+"
)
_ROW_NUMBER = re.compile(r"行次|栏次|序号")
_TOTAL = re.compile(r"合计|总计|小计")
_BODY_LABEL = re.compile(r"^(?:合计|总计|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)")
_CODE_HEADER = re.compile(r"编码|代码|^类$|^款$|^项$|类款项")
_NAME_HEADER = re.compile(
    r"名称|^项目$|^科目$|功能分类科目$|经济分类科目$|支出功能分类$|项目[（(]按|^支出$|^收入$|单位$"
)


class Role(StrEnum):
    """What a cell is for in the frame of its table."""

    HEADING = "heading"
    ORDINAL = "ordinal"
    CODE = "code"
    NAME = "name"
    AMOUNT = "amount"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Columns that label a row together: of the code (one, or 类, 款, 项) and of the name, and their heading."""

    codes: tuple[int, ...]
    names: tuple[int, ...]
    header: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of amounts: its header texts from top to bottom, and the groups of columns that label its rows."""

    col_no: int
    header: tuple[str, ...]
    labels: tuple[LabelColumns, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """What labels a row: its name without list marks, its classification code, the heading of the labels' columns,
    and all that is printed in the name columns, from left to right."""

    name: str
    code: str | None
    header: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell of amounts with its column and the labels of its row: several where a row is classified twice. `head` is
    the first text of the row, whatever column it stands in."""

    cell: Cell
    column: Column
    labels: tuple[Label, ...]
    head: str = ""

    @property
    def name(self) -> str:
        """The name of the row, of the first label that has one."""
        return next((label.name for label in self.labels if label.name), "")


@dataclass(frozen=True, slots=True)
class Frame:
    """The header rows' count, the columns of amounts, the amounts and the places of amounts that are blank, both in
    reading order, and what each cell is for."""

    header_rows: int
    columns: tuple[Column, ...]
    amounts: tuple[Amount, ...]
    blanks: tuple[Amount, ...]
    roles: dict[tuple[int, int], Role]


def compact(text: str) -> str:
    """Printed text without white space, repaired."""
    return re.sub(r"\s+", "", repair(text).text)


def frame(table: Table) -> Frame:
    """The frame of a table; one without columns of amounts has no amounts."""
    grid = _Grid(table)
    header = grid.header_rows()
    columns = grid.columns(header)
    amounts, blanks = grid.amounts(header, columns)
    return Frame(header, columns, amounts, blanks, grid.roles(header, columns, amounts))


def _is_row_of_whole_amounts(texts: list[str]) -> bool:
    """Whether a label stands before nothing but whole numbers: 合计, 46; not years, and not the numbers of columns."""
    label, *rest = texts
    if not rest or not re.search(r"[\u4e00-\u9fff]", label) or _ROW_NUMBER.search(label):
        return False
    if not all(_WHOLE.fullmatch(text) for text in rest):
        return False
    numbers = [int(text) for text in rest]
    is_numbering = numbers[0] < 10 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return not is_numbering and not all(1900 <= number < 2100 for number in numbers)


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
            if amounts or (row > 0 and labels and (_BODY_LABEL.match(leading) or LIST_MARK.match(labels[0]))):
                return row
            if row > 0 and (re.fullmatch(r"\d{3}(?:\d{2}){0,2}", leading) or _is_row_of_whole_amounts(texts)):
                return row
        return min(self.height, 1)

    def columns(self, header: int) -> tuple[Column, ...]:
        """The columns of amounts, each with the names and codes to its left since the last name column."""
        paths = [self._path(col, header) for col in range(self.width)]
        kinds = [self._kind(col, header, paths[col]) for col in range(self.width)]
        found: list[Column] = []
        labels: list[LabelColumns] = []
        seen_amount = False
        for col in range(self.width):
            if kinds[col] in ("name", "code"):
                if seen_amount:
                    labels, seen_amount = [], False
                _extend(labels, col, kinds[col] == "code", "/".join(paths[col]))
            elif kinds[col] == "amount":
                seen_amount = True
                found.append(Column(col, paths[col], tuple(labels)))
        return tuple(found)

    def _path(self, col: int, header: int) -> tuple[str, ...]:
        path: list[str] = []
        for row in range(header):
            text = self.text(row, col)
            if text and not _COLUMN_NUMBER.fullmatch(text) and (not path or path[-1] != text):
                path.append(text)
        return tuple(path)

    def _is_ordinal(self, col: int, header: int) -> bool:
        """Whether a column counts rows: 行次 or 序号 is its lowest heading, rows of column numbers left out."""
        headings = [
            self.text(row, col)
            for row in range(header)
            if not all(_COLUMN_NUMBER.fullmatch(t) for t in self._row(row) if t)
        ]
        return _ROW_NUMBER.fullmatch(next((t for t in reversed(headings) if t), "")) is not None

    def _kind(self, col: int, header: int, path: tuple[str, ...]) -> str:
        body = [t for row in range(header, self.height) if (t := self.text(row, col)) and self.starts(row, col)]
        last = path[-1] if path else ""
        if self._is_ordinal(col, header):
            return "ordinal"
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

    def amounts(self, header: int, columns: tuple[Column, ...]) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
        """The amounts of the body, and the blank cells in labelled rows where amounts would be, in reading order."""
        found: list[Amount] = []
        blanks: list[Amount] = []
        groups = {group for column in columns for group in column.labels}
        above: dict[LabelColumns, list[str]] = {group: [] for group in groups}
        for row in range(header, self.height):
            texts = [t for t in self._row(row) if t]
            if all(_COLUMN_NUMBER.fullmatch(t) for t in texts):
                # a row of column numbers, or an empty one
                continue
            for group in groups:
                above[group] = self._code_parts(row, group, above[group])
            for column in columns:
                cell, text = self.starts(row, column.col_no), self.text(row, column.col_no)
                is_amount = AMOUNT.fullmatch(text) is not None
                if cell is None or not (is_amount or _BLANK.fullmatch(text)):
                    continue
                labels = tuple(label for group in column.labels for label in self._labels(row, group, above[group]))
                head = next((t for t in texts if not AMOUNT.fullmatch(t)), "")
                if is_amount:
                    found.append(Amount(cell, column, labels, head))
                elif any(label.name for label in labels) or any(AMOUNT.fullmatch(t) for t in texts):
                    # a table of one row may print no name for it
                    blanks.append(Amount(cell, column, labels, head))
        return tuple(found), tuple(blanks)

    def roles(
        self, header: int, columns: tuple[Column, ...], amounts: tuple[Amount, ...]
    ) -> dict[tuple[int, int], Role]:
        """What each cell is for, by the place where it begins."""
        codes = {col for column in columns for group in column.labels for col in group.codes}
        names = {col for column in columns for group in column.labels for col in group.names}
        measured = {(a.cell.row_no, a.cell.col_no) for a in amounts}
        roles: dict[tuple[int, int], Role] = {}
        for row, col in self._text:
            text = self._text[row, col]
            ordinal = _COLUMN_NUMBER.fullmatch(text) is not None
            if (row, col) in measured:
                roles[row, col] = Role.AMOUNT
            elif ordinal and all(_COLUMN_NUMBER.fullmatch(t) for t in self._row(row) if t):
                roles[row, col] = Role.ORDINAL
            elif row < header:
                roles[row, col] = Role.HEADING
            elif ordinal and self._is_ordinal(col, header):
                roles[row, col] = Role.ORDINAL
            elif col in codes:
                roles[row, col] = Role.CODE
            elif col in names:
                roles[row, col] = Role.CODE if _CODE_IN_NAME.match(text) or _CODE_PART.fullmatch(text) else Role.NAME
            else:
                roles[row, col] = Role.TEXT
        return roles

    def _code_parts(self, row: int, group: LabelColumns, above: list[str]) -> list[str]:
        """The parts of a row's code; of 类, 款 and 项 in three columns, those not printed again are as `above`."""
        texts = [self.text(row, col) for col in group.codes]
        printed = [t if _CODE_PART.fullmatch(t) else "" for t in texts]
        if not any(printed):
            return []
        first = next(at for at, t in enumerate(printed) if t)
        carried = above[:first] if len(above) >= first and len(printed[first]) == 2 else []
        return [*carried, *(t for t in printed[first:] if t)]

    def _labels(self, row: int, group: LabelColumns, parts: list[str]) -> list[Label]:
        """The labels of a row in a group of columns: one, or one a column where each prints a code with its name."""
        coded = [col for col in group.names if _CODE_IN_NAME.match(self.text(row, col))]
        if len(coded) > 1:
            return [self._label(row, LabelColumns((), (col,), group.header), []) for col in coded]
        return [self._label(row, group, parts)]

    def _label(self, row: int, group: LabelColumns, parts: list[str]) -> Label:
        texts = tuple(self.text(row, col) for col in group.names)
        name = next((t for t in reversed(texts) if t), "")
        code = _join_code(parts)
        printed = _CODE_IN_NAME.match(name)
        if printed:
            code, name = code or printed["code"], printed["name"]
        if code is None and name and _TOTAL.fullmatch(next((t for t in texts if t), "")):
            name = next(t for t in texts if t)
        if not name:
            name = next((t for col in group.codes if (t := self.text(row, col)) and not t.isdigit()), "")
        return Label(LIST_MARK.sub("", name), code, group.header, texts)


def _extend(labels: list[LabelColumns], col: int, is_code: bool, header: str) -> None:
    """Add a column to the labels: a code after a name begins another group."""
    last = labels[-1] if labels else None
    if last is None or (is_code and last.names):
        labels.append(LabelColumns((col,) if is_code else (), () if is_code else (col,), header))
    elif is_code:
        labels[-1] = LabelColumns((*last.codes, col), last.names, last.header)
    else:
        labels[-1] = LabelColumns(last.codes, (*last.names, col), f"{last.header}/{header}")


def _join_code(parts: list[str]) -> str | None:
    """类, 款 and 项 printed in three columns are one code: 201, 03, 01 -> 2010301."""
    if not parts:
        return None
    if len(parts) > 1 and len(parts[0]) == 3 and all(len(p) == 2 for p in parts[1:]):
        return "".join(parts)
    return parts[-1] if len(parts[-1]) in (3, 5, 7) else None
