"""The rows of one form or list, from top to bottom: labels with their values, headers, and what stands below them.

Takes a `FormScope`; writes the readings of its table. A row of labels tells whose the form is and pairs labels with
amounts; below a header, columns and row labels say together what an amount is.
"""

from __future__ import annotations

import re

from loaders.document import Cell
from loaders.grids.form_indicators import IndicatorReader
from loaders.grids.form_layout import NUMBERS, Column, Header
from loaders.grids.form_lists import ListRows
from loaders.grids.form_records import Levels, Subject
from loaders.grids.form_scope import FormScope
from loaders.reading import Meaning
from loaders.vocabulary import ColumnHeading

_SUBJECTS = frozenset({"project", "unit", "department", "organization"})
_LABELS = _SUBJECTS | NUMBERS | {"total", "total_score", "execution_points", "grade", "goal"}
_POINTS_IN_LABEL = re.compile(r"[（(]\d+(?:\.\d+)?分[）)]")


class FormRows:
    """Reads the rows of one table."""

    def __init__(self, scope: FormScope) -> None:
        self._scope = scope
        self._layout = scope.layout
        self._indicators = IndicatorReader(scope.layout, scope.writer, scope.block, scope.table_no)
        self._lists = ListRows(scope, self._indicators)
        self._header: Header | None = None
        self._in_goals = False

    def read(self, subject: Subject) -> None:
        """Read every row; `subject` is what the title and the report say the form is about."""
        self._scope.subject = subject
        self._rows()

    def go_on(self, header: Header) -> None:
        """Read every row of a table that continues the last form below `header`."""
        self._scope.go_on()
        self._header = header
        self._rows()

    def _rows(self) -> None:
        for row_no, row in enumerate(self._layout.rows):
            if self._header is not None and row_no < self._header.end:
                self._header_row(row)
            elif (header := self._accepted(row_no)) is not None:
                self._begin_section(header)
                self._header_row(row)
            elif self._header is None or self._ends_section(row):
                self._header = None
                self._label_row(row)
            elif self._header.name is not None:
                if self._lists.row(row, self._header, self._header.name):
                    self._header = None
            elif self._header.is_of_indicators:
                self._indicator_row(row, self._header)
            else:
                self._part_row(row, self._header)
        self._scope.close(self._header)

    # -- headers -----------------------------------------------------------------------------------------------------

    def _accepted(self, row_no: int) -> Header | None:
        """The header that begins at a row, if it can begin a section here."""
        header = self._layout.header(row_no)
        if header is None:
            return None
        if not self._scope.writer.said.is_form:
            return header if header.is_list_of_projects else None
        below_indicators = self._header is not None and self._header.is_of_indicators
        return None if below_indicators and not (header.is_of_indicators or header.is_list_of_projects) else header

    def _begin_section(self, header: Header) -> None:
        was_list = self._header is not None and self._header.name is not None
        self._header = header
        self._in_goals = False
        scope = self._scope
        scope.phases.clear()
        printed_again = scope.form_no > 0 and any(i.form_no == scope.form_no for i in scope.writer.said.indicators)
        if header.is_of_indicators and not was_list and not printed_again:
            scope.levels = Levels()

    def _ends_section(self, row: list[Cell]) -> bool:
        """Whether a row begins with the label of a project, an organisation or a goal: the header above ends."""
        first = next((cell for cell in row if self._layout.text(cell)), None)
        heading = self._layout.heading(first) if first is not None else None
        return heading is not None and heading.role in (*_SUBJECTS, "goal")

    def _header_row(self, row: list[Cell]) -> None:
        if self._header is not None and self._header.is_of_indicators:
            subject = self._scope.subject
            subject.has_results |= self._header.of("result") is not None or self._header.of("score") is not None
            subject.asks_reason |= self._header.of("reason") is not None
        for cell in row:
            self._heading(cell)

    def _heading(self, cell: Cell) -> None:
        """A heading or label; the points that it may print in brackets are a figure."""
        heading = self._layout.heading(cell)
        if heading is not None and heading.role in ("execution_points", "points"):
            component = "execution" if heading.role == "execution_points" else "indicators"
            meaning = self._scope.points("points", component)
            if _POINTS_IN_LABEL.search(self._layout.text(cell)) and not isinstance(meaning, str):
                self._scope.writer.points_in_label(cell, meaning, "table_heading")
                return
        self._scope.writer.text(cell, "table_heading")

    # -- labels with their values ------------------------------------------------------------------------------------

    def _label_row(self, row: list[Cell]) -> None:
        """A row of labels and values: label, value, label, value."""
        pending: tuple[Cell, ColumnHeading] | None = None
        for cell in row:
            heading = self._layout.heading(cell)
            # a project may be named 人员经费: what follows its label is no label
            is_name = pending is not None and pending[1].role in _SUBJECTS
            if heading is not None and heading.role in (_SUBJECTS if is_name else _LABELS):
                pending = (cell, heading)
                self._label(cell, heading)
            elif (inline := self._layout.label_with_amount(cell)) is not None:
                phase = self._scope.phases.get(cell.col_no, self._scope.phase(inline.phase))
                meaning = self._scope.money(inline.component or "total", phase, inline.fund, self._layout.text(cell))
                self._scope.figure(cell, meaning, self._layout.text(cell), self._layout.text(cell), None)
            elif not self._layout.text(cell):
                # where a format keeps no merged cells, blank ones stand between a label and its value
                if pending is not None:
                    self._scope.writer.label(cell, self._layout.text(pending[0]), self._layout.text(pending[0]))
            elif pending is not None:
                self._value(*pending, cell)
                pending = None
            else:
                self._scope.writer.text(cell, "goal_text" if self._in_goals else "table_text")

    def _label(self, cell: Cell, heading: ColumnHeading) -> None:
        self._heading(cell)
        self._in_goals = heading.role == "goal" or (self._in_goals and heading.role not in ("amount", "percent"))
        if heading.role == "amount" and (heading.phase or heading.component == "total"):
            self._scope.phases[cell.col_no] = self._scope.phase(heading.phase)

    def _value(self, label: Cell, heading: ColumnHeading, cell: Cell) -> None:
        """The cell that follows a label."""
        scope, text, printed = self._scope, self._layout.text(cell), self._layout.text(label)
        if heading.role in _SUBJECTS:
            scope.writer.text(cell, "name_part")
            if text:
                scope.tell(heading.role, text, cell.row_no)
            return
        if heading.role == "grade":
            scope.subject.grade = text
        if not self._layout.is_value(cell):
            scope.writer.text(cell, "goal_text" if heading.role == "goal" else "table_text")
            return
        meaning: Meaning | str = "row_not_recognised"
        if heading.role in ("amount", "total"):
            named = heading.phase or heading.component == "total"
            phase = scope.phase(heading.phase) if named else scope.phases.get(label.col_no, scope.default_phase)
            meaning = scope.money(heading.component or "total", phase, heading.fund, printed)
        elif heading.role == "percent":
            meaning = scope.money("total", heading.phase, None, printed)
        elif heading.role in ("total_score", "score"):
            meaning = scope.points("score")
        scope.figure(cell, meaning, printed, printed, None)

    # -- rows below a header -----------------------------------------------------------------------------------------

    def _indicator_row(self, row: list[Cell], header: Header) -> None:
        if any(self._layout.text(cell) for cell in row):
            self._scope.content()
            if self._indicators.row(row, header, self._scope):
                self._scope.state.is_complete = True
                self._header = None

    def _part_row(self, row: list[Cell], header: Header) -> None:
        """A row below a header of amounts: a part of the form's money; or no more of it."""
        columns = {cell.col_no: column for cell in row if (column := header.at(cell.col_no)) is not None}
        values = [
            cell
            for cell in row
            if self._layout.is_value(cell) and (c := columns.get(cell.col_no)) is not None and c.role in NUMBERS
        ]
        if not values:
            self._label_row(row)
            return
        for cell in row:
            column = columns.get(cell.col_no)
            if column is not None and cell in values:
                self._part(cell, column)
                continue
            label = self._layout.label(cell)
            if column is not None and column.role in NUMBERS and label is not None and not self._layout.text(cell):
                # a blank is labelled too: it is known not to be printed
                self._scope.writer.label(cell, column.text, self._layout.text(label))
            self._heading(cell)

    def _part(self, cell: Cell, column: Column) -> None:
        """An amount of the form's money: what its column and its row's label say together."""
        label = self._layout.label(cell)
        heading = self._layout.heading(label) if label is not None else None
        printed = self._layout.text(label) if label is not None and heading is not None else column.text
        component, fund, phase = column.component, column.fund, column.phase
        if heading is not None and heading.role in ("amount", "total"):
            phase = phase or heading.phase
            if component in (None, "total"):
                component, fund = heading.component or component, heading.fund or fund
            elif heading.component not in (None, "total"):
                component = None
        meaning: Meaning | str
        if column.crossed:
            meaning = "group_column"
        elif component is None:
            meaning = "row_not_recognised"
        elif column.role in ("points", "score"):
            meaning = self._scope.points(column.role, "execution" if component == "total" else component)
        else:
            said = phase if column.role == "percent" else self._scope.phase(phase)
            meaning = self._scope.money(component, said, fund, printed)
        self._scope.figure(cell, meaning, column.text, printed, column.unit)
