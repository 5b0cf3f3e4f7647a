"""The numbers of a form's cells as readings: a figure with its meaning and unit, or the reason why it is none.

Takes cells in reading order; every number of a cell becomes one `Reading`.
"""

from __future__ import annotations

from loaders.document import Block, Cell, Table
from loaders.grids.form_records import CellLabel, TableReading
from loaders.numbers import NumberScanner, PrintedNumber, Unit, UnitKind
from loaders.reading import FIGURE, Meaning, Reading, Report
from loaders.repair import Repaired, repair
from loaders.vocabulary import Vocabulary

_POINTS = frozenset({"points", "score"})
# What an indicator or a goal counts (20所, 80元/人) is told by the cell, not by the word after the number.
_TOLD_BY_CELL = frozenset({"indicator", "goal_text"})
_TOLD_BY_WORD = frozenset({"name_part", "unit_price"})


class FormWriter:
    """Writes the readings of one table; `said` is what was read so far, `unit` the unit of amounts where it stands."""

    def __init__(
        self, vocabulary: Vocabulary, block: Block, table: Table, report: Report, unit: str | None, next_number: int
    ) -> None:
        self.said = TableReading()
        self.unit = unit
        self.report = report
        self._units = vocabulary.unit_by_text
        self._scanner = NumberScanner(vocabulary.units)
        self._block = block
        self._table = table
        self._next_number = next_number

    def text(self, cell: Cell, reason: str) -> None:
        """A cell whose numbers are no figures."""
        text = repair(cell.text)
        for number in self._scanner.scan(text.text):
            self._add(cell, text, number, None, number.unit, _reason(number, reason), "")

    def figure(self, cell: Cell, meaning: Meaning | str, unit: str | None, column: str, row: str) -> None:
        """A cell that prints one number, with its meaning or the reason why it has none, and its labels as printed.

        `unit` is what the labels around it say of amounts.
        """
        self.label(cell, column, row)
        text = repair(cell.text)
        for number in self._scanner.scan(text.text):
            if isinstance(meaning, str):
                self._add(cell, text, number, None, number.unit, number.reason or meaning, row)
                continue
            printed = number.unit or self._unit_of(meaning, unit or self.unit)
            reason = _misfit(meaning, printed)
            self._add(cell, text, number, None if reason else meaning, printed, reason or FIGURE, row)

    def points_in_label(self, cell: Cell, meaning: Meaning, reason: str) -> None:
        """A label that prints points in brackets, such as 产出指标（50分）: they are a figure, the rest is text."""
        text = repair(cell.text)
        for number in self._scanner.scan(text.text):
            is_points = number.unit is not None and number.unit.kind is UnitKind.SCORE and number.reason is None
            found = meaning if is_points else None
            self._add(cell, text, number, found, number.unit, FIGURE if found else _reason(number, reason), "")

    def label(self, cell: Cell, column: str, row: str) -> None:
        """What a cell is, for those who read cells: the heading of its column and the name of its row."""
        self.said.labels.append(CellLabel(self._table.table_no, cell.row_no, cell.col_no, column, row))

    def _unit_of(self, meaning: Meaning, amounts: str | None) -> Unit | None:
        if meaning.phase.endswith(("_pct", "_rate")):
            return self._units["%"]
        if meaning.phase in _POINTS:
            return self._units["分"]
        return self._units[amounts] if amounts else None

    def _add(
        self,
        cell: Cell,
        text: Repaired,
        number: PrintedNumber,
        meaning: Meaning | None,
        unit: Unit | None,
        outcome: str,
        term: str,
    ) -> None:
        start, end = text.span(number.start, number.end)
        _, digits_end = text.span(number.start, number.digits_end)
        self.said.readings.append(
            Reading(
                number_no=self._next_number,
                report_no=self.report.report_no,
                block_no=self._block.block_no,
                char_start=cell.char_start + start,
                char_end=cell.char_start + end,
                digits_end=cell.char_start + digits_end,
                digits=number.digits.lstrip("-"),
                decimals=number.decimals,
                unit=unit.text if unit else None,
                unit_implied=False,
                sign=-1 if number.digits.startswith("-") else 1,
                fiscal_year=self.report.fiscal_year,
                section="table",
                quote_start=cell.char_start,
                quote_end=cell.char_end,
                outcome=outcome,
                meaning=meaning,
                term=term[:100],
                table_no=self._table.table_no,
                row_no=cell.row_no,
                col_no=cell.col_no,
            )
        )
        self._next_number += 1


def _reason(number: PrintedNumber, reason: str) -> str:
    """Why a number of a cell of text is no figure: what it is part of, else what the cell is."""
    if reason in _TOLD_BY_CELL and number.reason in _TOLD_BY_WORD:
        return reason
    return number.reason or reason


def _misfit(meaning: Meaning, unit: Unit | None) -> str | None:
    """Why a number cannot mean what its labels say: it has no unit, or one of another kind."""
    if unit is None:
        return "no_unit"
    if meaning.phase.endswith(("_pct", "_rate")):
        wanted = UnitKind.PERCENT
    else:
        wanted = UnitKind.SCORE if meaning.phase in _POINTS else UnitKind.YUAN
    return None if unit.kind is wanted else "unit_does_not_fit"
