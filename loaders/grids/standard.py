"""The standard tables of final accounts and budgets: recognised by title, their cells read as figures.

Takes a table block with the text printed before it; gives a `Reading` for every number and the record of what the
table was taken for. Kinds, columns and row labels are CSV under `seeds/tables`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.document import Block, Cell, Table
from loaders.grids.frame import Amount, Column, compact, frame
from loaders.numbers import NumberScanner, PrintedNumber, Unit, UnitKind
from loaders.reading import FIGURE, Meaning, Reading, Report
from loaders.repair import repair
from loaders.vocabulary import TableKind, Vocabulary

_UNIT_LINE = re.compile(r"单位：?[（(]?(?:人民币)?(?P<unit>亿元|万元|千元|元)")
# A line that can be a table's title is short; a sentence that mentions a table is none.
_LONGEST_TITLE = 50


@dataclass(frozen=True, slots=True)
class GridRecord:
    """What a table was taken for: a standard kind with its title and unit, or the reason why it was not."""

    table_no: int
    block_no: int
    kind: str | None
    title: str
    unit: str | None
    reason: str | None


class StandardTableReader:
    """Recognises and reads standard tables; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._scanner = NumberScanner(vocabulary.units)

    def recognise(self, block: Block, table: Table, before: Sequence[str]) -> tuple[TableKind | None, GridRecord]:
        """The kind of a table and the record of it; `before` are the repaired lines printed since the last table."""
        inside = [compact(c.text) for c in table.cells if c.row_no < 3 and c.col_span > 1]
        unit = next((m["unit"] for line in [*reversed(before), *inside] if (m := _UNIT_LINE.search(line))), None)
        for line in [*inside, *reversed(before)]:
            title = re.sub(r"[\s“”\"]", "", line)
            if len(title) > _LONGEST_TITLE or re.search(r"[。；，]", title):
                continue
            for kind in self._vocabulary.table_kinds:
                if kind.pattern.search(title):
                    return kind, GridRecord(table.table_no, block.block_no, kind.kind, title, unit, None)
        title = next((line for line in reversed(before) if line.strip()), "")[:_LONGEST_TITLE]
        return None, GridRecord(table.table_no, block.block_no, None, title, unit, "title_not_known")

    def read(
        self, block: Block, table: Table, kind: TableKind, record: GridRecord, report: Report, next_number: int
    ) -> list[Reading]:
        """The readings of a recognised table, in reading order."""
        unit = self._vocabulary.unit_by_text.get(record.unit or "")
        framed = {(a.cell.row_no, a.cell.col_no): a for a in frame(table).amounts}
        readings: list[Reading] = []
        for row in table.rows():
            for cell in row:
                amount = framed.get((cell.row_no, cell.col_no))
                text = repair(cell.text)
                for number in self._scanner.scan(text.text):
                    meaning, reason = (None, "table_text") if amount is None else self._meaning(kind, amount)
                    place = _Place(block, table, cell, report, next_number + len(readings))
                    start, end = text.span(number.start, number.end)
                    _, digits_end = text.span(number.start, number.digits_end)
                    if meaning is not None and (number.unit or unit) is None:
                        meaning, reason = None, "no_unit"
                    readings.append(
                        place.reading(
                            number,
                            (start, end, digits_end),
                            number.unit or unit,
                            meaning,
                            reason,
                            section=kind.kind,
                            row=amount.name if amount else "",
                        )
                    )
        return readings

    # -- meanings ----------------------------------------------------------------------------------------------------

    def _meaning(self, kind: TableKind, amount: Amount) -> tuple[Meaning | None, str]:
        if kind.rows == "none":
            return None, "kind_not_read"
        header = "/".join(amount.column.header)
        if re.search(r"上年|去年|比上年|增减|增长", header):
            return None, "prior_year"
        phase = kind.phase
        if "预算数" in header and kind.phase == "actual":
            phase = "budget"
        if kind.rows == "three_public":
            item = self._three_public(amount)
            return (
                (Meaning(item, phase, label=self._vocabulary.label(item), fund=kind.fund), "")
                if item
                else (
                    None,
                    "column_not_recognised",
                )
            )
        component, fund = self._column(amount.column)
        if component is None and kind.rows in ("items", "economic"):
            component = "total"
        if component is None:
            return None, "column_not_recognised"
        return self._row(kind, amount, phase, component, fund or kind.fund)

    def _row(
        self, kind: TableKind, amount: Amount, phase: str, component: str, fund: str
    ) -> tuple[Meaning | None, str]:
        name, code = amount.name, amount.code
        if code is not None and kind.rows in ("function", "items") and code.startswith("2"):
            return Meaning(name, phase, "function", name, component, fund, code), ""
        if code is not None and kind.rows == "economic":
            return Meaning(name, phase, "economic", name, component, fund, code), ""
        # 其他支出 is a class beside the other classes, and only elsewhere an item of its own.
        item = None if name in self._vocabulary.function_classes else self._item(kind, name)
        if item is not None:
            return Meaning(item, phase, label=self._vocabulary.label(item), component=component, fund=fund), ""
        if name in self._vocabulary.functions and kind.rows in ("function", "items"):
            return Meaning(name, phase, "function", name, component, fund), ""
        return None, "row_not_recognised"

    def _item(self, kind: TableKind, name: str) -> str | None:
        for label in self._vocabulary.row_labels:
            if kind.kind in label.kinds and label.pattern.search(name):
                return kind.total_item if label.item == "@total" else label.item
        if kind.rows != "items":
            return None
        rows = [row for row in self._vocabulary.terms.get(name, ()) if row.item and not row.within]
        return rows[0].item if rows else None

    def _column(self, column: Column) -> tuple[str | None, str | None]:
        """Component and fund of a column, by its lowest heading that says so; the fund also by a higher one."""
        component, fund = None, None
        for text in reversed(column.header):
            for row in self._vocabulary.table_columns:
                if row.pattern.search(text):
                    if component is None or (component == "total" and row.component != "total" and row.fund is None):
                        component = row.component
                    fund = fund or row.fund
                    break
        return component, fund

    def _three_public(self, amount: Amount) -> str | None:
        """The item of a 三公 cell: its column's heading, or its row's name where the items are rows."""
        for text in (*reversed(amount.column.header), amount.name):
            plain = re.sub(r"[“”\"]", "", re.sub(r"^其中：?", "", text))
            if plain in ("合计", "总计"):
                return "three_public_total"
            rows = [r for r in self._vocabulary.terms.get(plain, ()) if r.item and not r.within]
            item = rows[0].item if rows else None
            if item and self._vocabulary.measures[item].kind is UnitKind.YUAN:
                return item
        return None


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
        unit: Unit | None,
        meaning: Meaning | None,
        reason: str,
        *,
        section: str,
        row: str,
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
            unit=unit.text if unit else None,
            unit_implied=False,
            sign=negative,
            fiscal_year=self.report.fiscal_year,
            section=section,
            quote_start=self.cell.char_start,
            quote_end=self.cell.char_end,
            outcome=FIGURE if meaning is not None else number.reason or reason,
            meaning=meaning,
            term=row[:100],
            table_no=self.table.table_no,
            row_no=self.cell.row_no,
            col_no=self.cell.col_no,
        )
