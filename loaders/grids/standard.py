"""The standard tables of final accounts and budgets: their cells read as figures.

Takes a recognised table; gives a `Reading` for every number in it, and a `Blank` for every cell that is left blank
where an amount would be. What columns hold is told by `columns`, what rows
are about by `rows`; this module puts the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from loaders.document import Block, Cell, Table
from loaders.grids.columns import ColumnMeaning, column_meaning
from loaders.grids.frame import LIST_MARK, Amount, Frame, Role, frame
from loaders.grids.recognition import GridRecord
from loaders.grids.rows import TOTAL, RowMeaning, RowReader
from loaders.numbers import NumberScanner, PrintedNumber, Unit, UnitKind
from loaders.reading import FIGURE, Meaning, Reading, Report
from loaders.repair import repair
from loaders.vocabulary import TableKind, Vocabulary

# Why a number in a cell that holds no amount is no figure.
_REASONS = {
    Role.HEADING: "table_heading",
    Role.ORDINAL: "list_number",
    Role.CODE: "code",
    Role.NAME: "name_part",
    Role.AMOUNT: "table_text",
    Role.TEXT: "table_text",
}
_NO_UNIT = "no_unit"
_FUNDS = {"一般公共预算": "general_public", "政府性基金": "government_fund", "国有资本经营": "state_capital"}
_GRAND_TOTAL = re.compile(r"(?:收入|支出|收支)?总计")
_THREE_PUBLIC = re.compile(r"三公.?经费|三公.{0,4}(?:预算|决算|支出)数?$")
# One of these among the names of rows: the items are rows, and the columns are years, phases or funds.
_ITEM_OF_ROW = re.compile(r"因公出国|公务接待|公务用车")


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank cell of a standard table, with what its amount would be: blank means none."""

    report_no: int
    block_no: int
    table_no: int
    row_no: int
    col_no: int
    fiscal_year: int | None
    row_label: str
    statement: str | None
    item: str
    code: str | None
    component: str
    fund: str
    phase: str
    organization_name: str | None


class StandardTableReader:
    """Reads standard tables; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._scanner = NumberScanner(vocabulary.units)
        self._rows = RowReader(vocabulary)

    def read(
        self, block: Block, table: Table, kind: TableKind, record: GridRecord, report: Report, next_number: int
    ) -> tuple[list[Reading], list[Blank]]:
        """The readings and the blanks of a recognised table, in reading order."""
        unit = self._vocabulary.unit_by_text.get(record.unit or "")
        framed = frame(table)
        meanings = self._meanings(kind, record, framed, report)
        readings: list[Reading] = []
        for row in table.rows():
            for cell in row:
                at = (cell.row_no, cell.col_no)
                text = repair(cell.text)
                for number in self._scanner.scan(text.text):
                    place = _Place(block, table, cell, report, next_number + len(readings))
                    start, end = text.span(number.start, number.end)
                    _, digits_end = text.span(number.start, number.digits_end)
                    found = meanings.get(at) or _Found(
                        None, number.reason or _REASONS[framed.roles[at]], report.fiscal_year, "", None, None
                    )
                    readings.append(
                        place.reading(number, (start, end, digits_end), found.in_unit(number.unit or unit), kind.kind)
                    )
        blanks = [
            _blank(block, table, amount, report, found.fiscal_year, found.meaning)
            for amount in framed.blanks
            if (found := meanings[amount.cell.row_no, amount.cell.col_no]).meaning is not None and found.unit is None
        ]
        return readings, blanks

    # -- meanings ----------------------------------------------------------------------------------------------------

    def _meanings(
        self, kind: TableKind, record: GridRecord, framed: Frame, report: Report
    ) -> dict[tuple[int, int], _Found]:
        """What each amount of a table is, by its place."""
        columns = {
            column.col_no: column_meaning(self._vocabulary, kind, column, report.fiscal_year)
            for column in framed.columns
        }
        funds = [fund for name, fund in _FUNDS.items() if name in record.title]
        fund = funds[0] if kind.fund == "all" and len(funds) == 1 else kind.fund
        units = self._units(kind, framed, report)
        table = _Table(
            kind,
            fund,
            any(_GRAND_TOTAL.fullmatch(name) for amount in framed.amounts for name in amount_names(amount)),
            any(_THREE_PUBLIC.search(text) for column in framed.columns for text in column.header[:-1]),
            any(_ITEM_OF_ROW.search(name) for amount in framed.amounts for name in amount_names(amount)),
        )
        groups = dict.fromkeys(column.labels for column in framed.columns)
        sides = {labels: number for number, labels in enumerate(groups, 1)}
        found: dict[tuple[int, int], _Found] = {}
        balances: dict[int, str] = {}
        incomes = {each.income_item: name for name, each in self._vocabulary.funds.items()}
        for amount in sorted((*framed.amounts, *framed.blanks), key=lambda a: (a.cell.row_no, a.cell.col_no)):
            place = (amount.cell.row_no, amount.cell.col_no)
            column = columns[amount.column.col_no]
            if kind.rows == "three_public" and not table.items_are_rows:
                # rows may be years, or 预算数 and 决算数
                column = self._of_row(kind, amount, report.fiscal_year)
            meaning = self._meaning(table, amount, column, units.get(amount.cell.row_no))
            if isinstance(meaning, Meaning) and kind.rows == "items":
                fund_of_row = incomes.get(meaning.item)
                meaning = _of_balance(meaning, fund_of_row, balances, amount.column.col_no)
            reason = meaning if isinstance(meaning, str) else ""
            percent = column.phase == "change_pct"
            found[place] = _Found(
                None if isinstance(meaning, str) else meaning,
                reason,
                column.fiscal_year,
                amount.name,
                self._vocabulary.unit_by_text["%"] if percent else None,
                sides[amount.column.labels],
            )
        return found

    def _units(self, kind: TableKind, framed: Frame, report: Report) -> dict[int, str]:
        """The unit of the department that each row is about, where a table tells several apart."""
        own = re.sub(r"\s|（汇总）", "", report.organization_name)
        labelled: dict[int, str | None] = {}
        current: str | None = None
        openings: list[tuple[int, str]] = []
        for amount in framed.amounts:
            row = amount.cell.row_no
            if row in labelled:
                continue
            unit = self._rows.unit(kind, amount)
            if unit is not None:
                current = unit
                openings.append((row, unit))
            elif any(TOTAL.fullmatch(label.name) for label in amount.labels) or (
                kind.rows == "procurement" and self._rows.labelled(kind, amount.name) is not None
            ):
                # 货物 and 服务 are sums over the units that are listed below each
                current = None
            labelled[row] = current
        if len({unit for _, unit in openings}) < 2:
            return {}
        # The department itself, then its own office under the same name: 本级. Alone beside units it is its office.
        of_own = [row for row, unit in openings if unit == own]
        department = range(of_own[0], of_own[1]) if len(of_own) > 1 else range(0)
        return {
            row: f"{own}（本级）" if unit == own else unit
            for row, unit in labelled.items()
            if unit is not None and not (unit == own and row in department)
        }

    def _meaning(self, table: _Table, amount: Amount, column: ColumnMeaning, unit: str | None) -> Meaning | str:
        """The meaning of one amount, or the code of the reason why it has none."""
        kind = table.kind
        if kind.rows == "none":
            return "kind_not_read"
        if column.reason is not None:
            return column.reason
        row: RowMeaning | str
        component = column.component
        if kind.rows == "three_public":
            item = self._three_public(table, amount)
            row = RowMeaning(item, self._vocabulary.label(item)) if item else _unnamed(table)
            component = "total"
        elif self._rows.unit(kind, amount) in amount_names(amount):
            row = self._rows.total(kind)
        else:
            row = self._rows.meaning(kind, amount, has_grand_total=table.has_grand_total)
        if component is None and kind.rows != "function":
            component = "total"
        if component is None:
            return "column_not_recognised"
        if isinstance(row, str):
            return row
        return Meaning(
            row.item,
            column.phase,
            row.statement,
            row.label,
            row.component or component,
            column.fund or table.fund,
            row.code,
            organization=unit or "",
        )

    def _of_row(self, kind: TableKind, amount: Amount, report_year: int | None) -> ColumnMeaning:
        column = replace(amount.column, header=(*amount.column.header, amount.name))
        return column_meaning(self._vocabulary, kind, column, report_year)

    def _three_public(self, table: _Table, amount: Amount) -> str | None:
        """The item of a 三公 cell: its row's name where the items are rows, else the lowest heading that names one.

        Where 三公经费 is a group of columns, 合计 outside of it adds 会议费 and 培训费.
        """
        if table.items_are_rows:
            return self._three_public_item(table, amount.name)
        found = (self._three_public_item(table, text) for text in reversed(amount.column.header))
        return next((item for item in found if item is not None), None)

    def _three_public_item(self, table: _Table, text: str) -> str | None:
        plain = LIST_MARK.sub("", re.sub(r"[“”\"]", "", re.sub(r"^(?:其中：?|20\d\d年度?)", "", text)))
        if _THREE_PUBLIC.search(plain) or (plain in ("合计", "总计") and not table.is_grouped):
            return "three_public_total"
        labelled = self._rows.labelled(table.kind, plain)
        if labelled is not None:
            return labelled
        item = self._rows.term(plain)
        return item if item and self._vocabulary.measures[item].kind is UnitKind.YUAN else None


def _blank(
    block: Block, table: Table, amount: Amount, report: Report, fiscal_year: int | None, meaning: Meaning
) -> Blank:
    return Blank(
        report.report_no,
        block.block_no,
        table.table_no,
        amount.cell.row_no,
        amount.cell.col_no,
        fiscal_year,
        amount.name[:100],
        meaning.statement,
        meaning.item,
        meaning.code,
        meaning.component,
        meaning.fund,
        meaning.phase,
        meaning.organization or None,
    )


def _unnamed(table: _Table) -> str:
    """Why a 三公 cell has no item: beside a group of 三公 columns, 合计 adds 会议费 and 培训费."""
    return "group_column" if table.is_grouped else "column_not_recognised"


def _of_balance(meaning: Meaning, fund: str | None, balances: dict[int, str], col_no: int) -> Meaning:
    """The meaning of a row below 年初结转 or 年末结转: the funds listed there are its parts, and no income.

    `fund` is that of a row that names one, `balances` holds, by column, the balance whose parts are being listed.
    """
    balance = balances.get(col_no)
    if fund is not None and balance is not None:
        return replace(meaning, item=balance, component="part", fund=fund)
    if meaning.item in ("carryover_opening", "carryover_closing"):
        balances[col_no] = meaning.item
    else:
        balances.pop(col_no, None)
    return meaning


def amount_names(amount: Amount) -> tuple[str, ...]:
    """The names that a row itself has, one a label."""
    return tuple(label.name for label in amount.labels if label.name)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the meaning of a cell depends on beside its row and column."""

    kind: TableKind
    fund: str
    has_grand_total: bool
    is_grouped: bool
    items_are_rows: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What a number of a table is, its year, the name of its row, the unit that its column sets, and its side."""

    meaning: Meaning | None
    reason: str
    fiscal_year: int | None
    row: str
    unit: Unit | None
    side: int | None

    def in_unit(self, unit: Unit | None) -> _Found:
        """The same with the unit that is printed; without any, an amount is no figure."""
        unit = self.unit or unit
        if self.meaning is not None and unit is None:
            return replace(self, meaning=None, reason=_NO_UNIT)
        return replace(self, unit=unit)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number of a table stands."""

    block: Block
    table: Table
    cell: Cell
    report: Report
    number_no: int

    def reading(
        self,
        number: PrintedNumber,
        span: tuple[int, int, int],
        found: _Found,
        section: str,
    ) -> Reading:
        start, end, digits_end = (offset + self.cell.char_start for offset in span)
        negative = -1 if number.digits.startswith("-") else 1
        return Reading(
            number_no=self.number_no,
            report_no=self.report.report_no,
            block_no=self.block.block_no,
            char_start=start,
            char_end=end,
            digits_end=digits_end,
            digits=number.digits.lstrip("-"),
            decimals=number.decimals,
            unit=found.unit.text if found.unit else None,
            unit_implied=False,
            sign=negative,
            fiscal_year=found.fiscal_year,
            section=section,
            quote_start=self.cell.char_start,
            quote_end=self.cell.char_end,
            outcome=FIGURE if found.meaning is not None else found.reason,
            meaning=found.meaning,
            term=found.row[:100],
            table_no=self.table.table_no,
            row_no=self.cell.row_no,
            col_no=self.cell.col_no,
            side=found.side,
        )
