"""Grids to readings: tables of named projects, and forms in which a label stands beside its value.

Takes a table block; gives a `Reading` for every number in it and a label for every cell whose row and column have
one. Which headings mean what is `seeds/vocabulary/column_heading.csv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from loaders.document import Block, Cell, Table
from loaders.numbers import NumberScanner, PrintedNumber, Unit, UnitKind
from loaders.reading import FIGURE, Meaning, Reading, Report
from loaders.repair import Repaired, repair
from loaders.vocabulary import ColumnHeading, Vocabulary

_UNIT_LINE = re.compile(r"单位：?[（]?(?P<unit>亿元|万元|千元|元)")
_UNIT_IN_LABEL = re.compile(r"[（(](?P<unit>亿元|万元|千元|元|%)[）)]")
_PLAIN = re.compile(r"-?[\d,]+(?:\.\d+)?%?")
_TITLE_PROJECT = re.compile(r"[（](?P<name>[^（）]{4,60}(?:项目|经费|资金|费用|工程))[）]")
_TITLE_ABOVE = re.compile(rf"(?:.{{0,40}}表)?{_TITLE_PROJECT.pattern}")
_INDICATOR = re.compile(r"^(?:一级|二级|三级)指标$|指标值$|完成(?:指标)?值$|^分值$|^得分$|偏差原因")


@dataclass(frozen=True, slots=True)
class CellLabel:
    """What a cell is, told from its table: the heading of its column and the name of its row, as printed."""

    table_no: int
    row_no: int
    col_no: int
    column_label: str
    row_label: str


@dataclass(frozen=True, slots=True)
class _Column:
    heading: ColumnHeading
    text: str
    unit: Unit | None


@dataclass(slots=True)
class _Context:
    """What is known of the table that is being read."""

    block: Block
    table: Table
    report: Report
    unit: Unit | None
    project: str | None
    next_number: int
    readings: list[Reading]
    labels: list[CellLabel]


class TableReader:
    """Reads tables of projects and self-evaluation forms; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._scanner = NumberScanner(vocabulary.units)

    def read(
        self, block: Block, table: Table, report: Report, before: str, next_number: int
    ) -> tuple[list[Reading], list[CellLabel]]:
        """The readings and labels of a table; `before` is the repaired text that precedes it, where its unit stands."""
        unit = self._unit(before) or self._unit_of_labels(table)
        context = _Context(block, table, report, unit, self._project(table, before), next_number, [], [])
        columns: dict[int, _Column] = {}
        indicators: dict[int, str] = {}
        phases: dict[int, str] = {}
        for row in table.rows():
            found = self._headings(row, context)
            if len([c for c in found.values() if c.heading.role in ("amount", "percent", "score")]) >= 2 and not any(
                _PLAIN.fullmatch(repair(cell.text).text) for cell in row
            ):
                columns = found
                self._all_text(context, row, "table_heading")
            elif any(_INDICATOR.search(_compact(cell.text)) for cell in row) and not any(
                _PLAIN.fullmatch(_compact(cell.text)) for cell in row
            ):
                indicators = {cell.col_no: _compact(cell.text) for cell in row if cell.text.strip()}
                columns = {}
                self._all_text(context, row, "table_heading")
            elif indicators:
                self._indicator_row(context, row, indicators)
            elif columns:
                self._grid_row(context, row, columns)
            else:
                self._form_row(context, row, phases)
        return context.readings, context.labels

    # -- rows --------------------------------------------------------------------------------------------------------

    def _grid_row(self, context: _Context, row: list[Cell], columns: dict[int, _Column]) -> None:
        """A row below a header: its first text is its name, each number means what its column's heading says."""
        name = next((_compact(c.text) for c in row if c.text.strip() and not _PLAIN.fullmatch(_compact(c.text))), "")
        total = re.match(r"(?:合计|总计|小计|年度资金总额)", name) is not None
        for cell in row:
            text = repair(cell.text)
            column = columns.get(cell.col_no)
            if column is None or column.heading.role == "name" or not _PLAIN.fullmatch(text.text.strip()):
                self._text(context, cell, text, "table_text")
                continue
            context.labels.append(CellLabel(context.table.table_no, cell.row_no, cell.col_no, column.text, name))
            for number in self._scanner.scan(text.text):
                meaning = self._grid_meaning(context, column, name, total)
                unit = number.unit or column.unit or (context.unit if column.heading.role == "amount" else None)
                self._figure(context, cell, text, number, meaning, unit)

    def _grid_meaning(self, context: _Context, column: _Column, name: str, total: bool) -> Meaning | None:
        heading = column.heading
        phase = heading.phase or ("score" if heading.role == "score" else None)
        if phase is None or not name:
            return None
        if heading.item is not None:
            label = self._vocabulary.measures[heading.item].label
            return Meaning(heading.item, phase, label=label, component="project", base=name)
        if total and context.project is None:
            return Meaning("project_funds", phase, label=self._vocabulary.measures["project_funds"].label)
        item = context.project if total and context.project else name
        statement = "performance" if heading.role == "score" else "project"
        return Meaning(item, phase, statement=statement, label=item)

    def _form_row(self, context: _Context, row: list[Cell], phases: dict[int, str]) -> None:
        """A row of a form: label, value, label, value; 其中：财政拨款 has the phase of the label above it."""
        pending: tuple[ColumnHeading, str, int] | None = None
        ordinal = 0
        for cell in row:
            text = repair(cell.text)
            compact = _compact(cell.text)
            heading = self._heading(compact)
            if heading is not None and heading.role in ("amount", "part", "percent"):
                pending = (heading, compact, ordinal)
                ordinal += 1
                self._text(context, cell, text, "table_heading")
                continue
            if pending is None or not _PLAIN.fullmatch(text.text.strip()):
                self._text(context, cell, text, "table_text")
                if compact:
                    pending = None
                continue
            heading, label, position = pending
            pending = None
            phase = heading.phase if heading.role != "part" else phases.get(position)
            if heading.role == "amount" and heading.phase:
                phases[position] = heading.phase
            context.labels.append(CellLabel(context.table.table_no, cell.row_no, cell.col_no, label, label))
            meaning = None
            if phase is not None and context.project is not None:
                part = heading.role == "part"
                meaning = Meaning(
                    context.project,
                    phase,
                    statement="project",
                    label=label if part else context.project,
                    component="part" if part else "total",
                    base=context.project if part else "",
                )
            for number in self._scanner.scan(text.text):
                self._figure(context, cell, text, number, meaning, number.unit or context.unit)

    def _indicator_row(self, context: _Context, row: list[Cell], indicators: dict[int, str]) -> None:
        for cell in row:
            if cell.col_no in indicators:
                context.labels.append(
                    CellLabel(context.table.table_no, cell.row_no, cell.col_no, indicators[cell.col_no], "")
                )
            self._text(context, cell, repair(cell.text), "indicator")

    # -- cells -------------------------------------------------------------------------------------------------------

    def _all_text(self, context: _Context, row: list[Cell], reason: str) -> None:
        for cell in row:
            self._text(context, cell, repair(cell.text), reason)

    def _text(self, context: _Context, cell: Cell, text: Repaired, reason: str) -> None:
        for number in self._scanner.scan(text.text):
            self._add(context, cell, text, number, None, number.unit, number.reason or reason)

    def _figure(
        self,
        context: _Context,
        cell: Cell,
        text: Repaired,
        number: PrintedNumber,
        meaning: Meaning | None,
        unit: Unit | None,
    ) -> None:
        if meaning is None:
            self._add(context, cell, text, number, None, unit, "table_not_recognised")
        elif unit is None:
            self._add(context, cell, text, number, None, None, "no_unit")
        elif (unit.kind is UnitKind.PERCENT) != meaning.phase.endswith(("_pct", "_rate")):
            self._add(context, cell, text, number, None, unit, "unit_does_not_fit")
        else:
            self._add(context, cell, text, number, meaning, unit, FIGURE)

    def _add(
        self,
        context: _Context,
        cell: Cell,
        text: Repaired,
        number: PrintedNumber,
        meaning: Meaning | None,
        unit: Unit | None,
        outcome: str,
    ) -> None:
        start, end = text.span(number.start, number.end)
        _, digits_end = text.span(number.start, number.digits_end)
        context.readings.append(
            Reading(
                number_no=context.next_number,
                report_no=context.report.report_no,
                block_no=context.block.block_no,
                char_start=cell.char_start + start,
                char_end=cell.char_start + end,
                digits_end=cell.char_start + digits_end,
                digits=number.digits,
                decimals=number.decimals,
                unit=unit.text if unit else None,
                unit_implied=False,
                sign=1,
                fiscal_year=context.report.fiscal_year,
                section="table",
                quote_start=cell.char_start,
                quote_end=cell.char_end,
                outcome=outcome,
                meaning=meaning,
                table_no=context.table.table_no,
                row_no=cell.row_no,
                col_no=cell.col_no,
            )
        )
        context.next_number += 1

    # -- what headings and surroundings say ----------------------------------------------------------------------------

    def _headings(self, row: list[Cell], context: _Context) -> dict[int, _Column]:
        found: dict[int, _Column] = {}
        for cell in row:
            compact = _compact(cell.text)
            heading = self._heading(compact)
            if heading is not None:
                found[cell.col_no] = _Column(heading, compact, self._unit_in_label(compact, heading))
        return found

    def _heading(self, compact: str) -> ColumnHeading | None:
        if not compact or len(compact) > 24:
            return None
        return next((h for h in self._vocabulary.column_headings if h.pattern.search(compact)), None)

    def _unit_in_label(self, compact: str, heading: ColumnHeading) -> Unit | None:
        match = _UNIT_IN_LABEL.search(compact)
        if match:
            return self._vocabulary.unit_by_text[match["unit"]]
        if heading.role == "percent":
            return self._vocabulary.unit_by_text["%"]
        if heading.role == "score":
            return self._vocabulary.unit_by_text["分"]
        return None

    def _unit(self, before: str) -> Unit | None:
        match = _UNIT_LINE.search(before)
        return self._vocabulary.unit_by_text[match["unit"]] if match else None

    def _unit_of_labels(self, table: Table) -> Unit | None:
        """The unit that a form prints in a label, such as 项目预算执行情况（万元）, or in a line of its own."""
        for cell in table.cells:
            compact = _compact(cell.text)
            if len(compact) <= 40 and (match := _UNIT_IN_LABEL.search(compact) or _UNIT_LINE.search(compact)):
                return self._vocabulary.unit_by_text[match["unit"]]
        return None

    def _project(self, table: Table, before: str) -> str | None:
        """The project a form is about: the cell after 项目名称, or a name in brackets in the title in or above it."""
        for row in table.rows():
            for cell, following in pairwise(row):
                if _compact(cell.text) in ("项目名称", "项目名称：") and _compact(following.text):
                    compact = _compact(following.text)
                    return None if self._heading(compact) else compact
        for cell in table.cells[:2]:
            if match := _TITLE_PROJECT.search(_compact(cell.text)):
                return match["name"]
        above = (_TITLE_ABOVE.fullmatch(_compact(line)) for line in reversed(before.split("\n")))
        return next((match["name"] for match in above if match), None)


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", repair(text).text)
