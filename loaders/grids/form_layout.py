"""The layout of a form or list: which rows head columns, what each column then holds, and which label a value has.

Takes a table and the headings of `seeds/vocabulary/column_heading.csv`; gives a `Layout`. Knows places and headings:
one to four header rows, merged cells, several headers in one grid. What cells mean for a project is told by `forms`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.document import Cell, Table
from loaders.grids.frame import compact
from loaders.vocabulary import ColumnHeading, Vocabulary

# A cell that prints one amount, percentage or score and nothing else.
VALUE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:%|亿元|万元|千元|元|分)?")
_UNIT_IN_LABEL = re.compile(r"[（(](?:金额)?(?:单位：?)?(?P<unit>亿元|万元|千元|元|%)[）)]")
_UNIT_LINE = re.compile(r"单位：?[（]?(?P<unit>亿元|万元|千元|元)")
_LABEL_WITH_AMOUNT = re.compile(r"(?P<label>[^\d：]*(?:其中：)?[^\d：]+)：-?[\d,]+(?:\.\d+)?(?:亿元|万元|千元|元)?$")
_WORD = re.compile(r"[^\W\d]")
_LONGEST_HEADING = 24
_LONGEST_UNIT_LINE = 40
_MOST_HEADER_ROWS = 4

LEVELS = frozenset({"level_1", "level_2", "level_3"})
_OF_INDICATORS = LEVELS | {"indicator", "target", "result", "points", "score"}
_OF_AMOUNTS = frozenset({"amount", "percent"})
NUMBERS = _OF_AMOUNTS | {"points", "score"}
_NAMES = frozenset({"project", "task", "unit"})
_COLUMNS = (
    _OF_INDICATORS
    | _OF_AMOUNTS
    | _NAMES
    | {"target_operator", "target_unit", "reason", "note", "goal", "total", "organization", "department", "code"}
)
# Sources of money, over which a column of what it is spent on would be classified twice.
_SOURCES = re.compile(r"income_|carryover_")


@dataclass(frozen=True, slots=True)
class Column:
    """A headed column `first` to `last` (exclusive): its role, the heading next to the body, and of amounts what the
    headings above them say together. `crossed` marks amounts classified by source and by use at once."""

    first: int
    last: int
    role: str
    text: str
    item: str | None
    phase: str | None
    component: str | None
    fund: str | None
    unit: str | None
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Rows that head columns, up to `end` (exclusive); `starts` are the columns where the cells of the lowest begin."""

    end: int
    columns: tuple[Column, ...]
    starts: tuple[int, ...]

    def at(self, col_no: int) -> Column | None:
        """The headed column that covers a place."""
        return next((column for column in self.columns if column.first <= col_no < column.last), None)

    def of(self, role: str) -> Column | None:
        """The first column of a role."""
        return next((column for column in self.columns if column.role == role), None)

    def last(self, role: str) -> Column | None:
        """The last column of a role: of indicators for all years beside those of the year, the year's."""
        return next((column for column in reversed(self.columns) if column.role == role), None)

    @property
    def name(self) -> Column | None:
        """The column that names what each row is about."""
        return self.of("project") or self.of("task") or self.of("unit")

    @property
    def is_of_indicators(self) -> bool:
        """Whether the rows below are indicators: their names beside targets, results or points."""
        roles = {column.role for column in self.columns}
        return bool(roles & LEVELS) and bool(roles & {"target", "result", "points", "score", "level_1"})

    @property
    def is_list_of_projects(self) -> bool:
        """Whether the rows below are projects with at least two numbers each, or with an amount and a goal."""
        numbers = [c for c in self.columns if c.role in ("amount", "percent", "score")]
        enough = len(numbers) >= 2 or (bool(numbers) and self.of("goal") is not None)
        return self.of("project") is not None and enough

    def shifted(self, starts: tuple[int, ...]) -> Header | None:
        """The same header over a continued table whose cells begin at other columns; None if their count differs."""
        if len(starts) != len(self.starts):
            return None
        moved = dict(zip(self.starts, starts, strict=True))
        ends = dict(zip(self.starts, (*starts[1:], starts[-1] + 1), strict=True))
        columns = tuple(
            Column(moved[c.first], ends[c.first], c.role, c.text, c.item, c.phase, c.component, c.fund, c.unit)
            for c in self.columns
            if c.first in moved
        )
        return Header(0, columns, starts)


class Layout:
    """A table as places, with the heading that each cell is, if it is one."""

    def __init__(self, table: Table, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.rows = table.rows()
        self.width = max((c.col_no + c.col_span for c in table.cells), default=0)
        self._owner: dict[tuple[int, int], Cell] = {}
        self._text: dict[tuple[int, int], str] = {}
        self._heading: dict[tuple[int, int], ColumnHeading | None] = {}
        for cell in table.cells:
            place = (cell.row_no, cell.col_no)
            self._text[place] = compact(cell.text)
            self._heading[place] = find_heading(vocabulary, self._text[place])
            for row in range(cell.row_no, cell.row_no + cell.row_span):
                for col in range(cell.col_no, cell.col_no + cell.col_span):
                    self._owner[row, col] = cell

    def text(self, cell: Cell) -> str:
        """The compact text of a cell."""
        return self._text[cell.row_no, cell.col_no]

    def heading(self, cell: Cell) -> ColumnHeading | None:
        """What a cell is as a heading or label."""
        return self._heading[cell.row_no, cell.col_no]

    def covering(self, row_no: int, col_no: int) -> Cell | None:
        """The cell that covers a place."""
        return self._owner.get((row_no, col_no))

    def is_value(self, cell: Cell) -> bool:
        """Whether a cell prints one number and nothing else."""
        return VALUE.fullmatch(self.text(cell)) is not None

    def label_with_amount(self, cell: Cell) -> ColumnHeading | None:
        """The label of an amount that stands in one cell with it: 其中：基本支出：800."""
        match = _LABEL_WITH_AMOUNT.match(self.text(cell))
        heading = find_heading(self._vocabulary, match["label"]) if match else None
        return heading if heading is not None and heading.role == "amount" else None

    def starts(self) -> tuple[int, ...]:
        """The columns at which cells begin anywhere."""
        return tuple(sorted({cell.col_no for row in self.rows for cell in row}))

    def before(self, row_no: int, col_no: int) -> list[Cell]:
        """The cells left of a place that print something, nearest first."""
        found: list[Cell] = []
        col = col_no - 1
        while col >= 0:
            cell = self.covering(row_no, col)
            if cell is not None and self.text(cell):
                found.append(cell)
            col = cell.col_no - 1 if cell is not None else col - 1
        return found

    def label(self, cell: Cell) -> Cell | None:
        """The nearest cell to the left that prints words: the label of a value."""
        return next((left for left in self.before(cell.row_no, cell.col_no) if _WORD.search(self.text(left))), None)

    def phases(self) -> set[str]:
        """The phases that headings and labels anywhere in the table name."""
        return {heading.phase for heading in self._heading.values() if heading is not None and heading.phase}

    def unit(self) -> str | None:
        """The unit of the table: a line of its own (单位：万元), or the first label above the indicators with one."""
        above: list[str] = []
        for row_no, row in enumerate(self.rows):
            header = self.header(row_no)
            if header is not None and header.is_of_indicators and header.name is None:
                break
            above.extend(self.text(cell) for cell in row if len(self.text(cell)) <= _LONGEST_UNIT_LINE)
        found = (unit for text in above if (unit := unit_in_lines(text)))
        return next(found, None) or next((unit for text in above if (unit := unit_in_label(text))), None)

    def headers(self) -> list[Header]:
        """Every header of the table, in order."""
        return [header for row_no in range(len(self.rows)) if (header := self.header(row_no)) is not None]

    def header(self, row_no: int) -> Header | None:
        """The header that begins at a row, or None: a row with values, or of labels beside blanks, heads nothing."""
        row = [cell for cell in self.rows[row_no] if self.text(cell)]
        heads = [cell for cell in row if (h := self.heading(cell)) is not None and h.role in _COLUMNS]
        values = sum(1 for cell in row if self.is_value(cell))
        # a number that slipped into a row of headings does not unmake it
        if 0 < values * 4 > len(heads) or self._has_blank_value(row_no):
            return None
        spans = [cell.row_span for cell in heads if self._role(cell) != "indicator"]
        if not spans:
            return None
        end = row_no + min(max(spans) if self._has_subheadings(row_no) else min(spans), _MOST_HEADER_ROWS)
        columns = self._columns(row_no, end)
        header = Header(end, tuple(columns), self._starts(row_no, end))
        roles = [column.role for column in columns]
        numbers = [role for role in roles if role in _OF_AMOUNTS]
        if header.is_of_indicators or len(numbers) >= 2 or (numbers and header.name is not None):
            return header
        return None

    def _role(self, cell: Cell) -> str | None:
        heading = self.heading(cell)
        return heading.role if heading else None

    def _has_subheadings(self, row_no: int) -> bool:
        """Whether a cell of a row stands over several cells of the next that are no numbers."""
        for cell in self.rows[row_no]:
            below = row_no + cell.row_span
            if self.text(cell) and cell.col_span > 1 and below < len(self.rows):
                parts = [c for c in self.rows[below] if cell.col_no <= c.col_no < cell.col_no + cell.col_span]
                if len(parts) > 1 and not any(self.is_value(part) for part in parts):
                    return True
        return False

    def _has_blank_value(self, row_no: int) -> bool:
        """Whether labels of amounts have blank cells after them, not headings: a form that was not filled in."""
        row = self.rows[row_no]
        if any(self._role(cell) in _NAMES for cell in row):
            return False
        blanks = headings = 0
        for cell in row:
            following = self.covering(row_no, cell.col_no + cell.col_span)
            if self._role(cell) in _OF_AMOUNTS and following is not None:
                blanks += not self.text(following)
                headings += self._role(following) in NUMBERS
        return blanks > headings

    def _starts(self, row_no: int, end: int) -> tuple[int, ...]:
        cells = [self.covering(end - 1, col) for col in range(self.width)]
        return tuple(dict.fromkeys(cell.col_no for cell in cells if cell is not None and cell.row_no >= row_no))

    def _columns(self, row_no: int, end: int) -> list[Column]:
        found: list[Column] = []
        col = 0
        while col < self.width:
            lowest = self.covering(end - 1, col)
            last = lowest.col_no + lowest.col_span if lowest is not None else col + 1
            path = self._path(row_no, end, col)
            if path:
                found.append(self._column(col, last, path))
            col = last
        if any(column.role == "level_3" for column in found):
            found = [column for column in found if column.role != "indicator"]
        if any(column.role == "project" for column in found):
            found = [_with_role(column, "organization") if column.role == "unit" else column for column in found]
        return [_with_role(column, "level_3") if column.role == "indicator" else column for column in found]

    def _path(self, row_no: int, end: int, col: int) -> list[Cell]:
        """The headings over a column from top to bottom; a cell that reaches below the header heads rows, not it."""
        path: list[Cell] = []
        for row in range(row_no, end):
            cell = self.covering(row, col)
            if cell is None or cell in path or cell.row_no + cell.row_span > end:
                continue
            if self._role(cell) in _COLUMNS:
                path.append(cell)
        return path

    def _column(self, first: int, last: int, path: list[Cell]) -> Column:
        lowest = path[-1]
        role = self._role(lowest) or ""
        item = phase = component = fund = unit = None
        crossed = False
        for cell in reversed(path):
            heading = self.heading(cell)
            if heading is None:
                continue
            if component is None or (component == "total" and fund is None):
                component = heading.component or component
            elif heading.component and _SOURCES.match(heading.component) and not _SOURCES.match(component):
                crossed = True
            item, phase, fund = item or heading.item, phase or heading.phase, fund or heading.fund
            unit = unit or unit_in_label(self.text(cell))
        if role == "total":
            role = "amount"
        return Column(first, last, role, self.text(lowest), item, phase, component, fund, unit, crossed)


def find_heading(vocabulary: Vocabulary, text: str) -> ColumnHeading | None:
    """The heading that a compact text is: the first whose pattern it fits, without 其中 and a colon."""
    plain = re.sub(r"^其中：?|[：:]$", "", text)
    if not plain or len(plain) > _LONGEST_HEADING:
        return None
    return next((h for h in vocabulary.column_headings if h.pattern.search(plain)), None)


def unit_in_label(text: str) -> str | None:
    """The unit that a heading or label prints in brackets."""
    match = _UNIT_IN_LABEL.search(text) if len(text) <= _LONGEST_UNIT_LINE else None
    return match["unit"] if match else None


def unit_in_lines(text: str) -> str | None:
    """The unit that the lines before a table print."""
    match = _UNIT_LINE.search(text)
    return match["unit"] if match else None


def _with_role(column: Column, role: str) -> Column:
    return Column(
        column.first, column.last, role, column.text, column.item, column.phase, column.component, column.fund,
        column.unit, column.crossed,
    )  # fmt: skip
