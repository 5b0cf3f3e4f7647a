"""Rows that have a name of their own: lists of projects, of a unit's tasks, of units; with or without indicators.

Takes a row below a header with a column of names; the cells' headings and the row's name say what a number is.
"""

from __future__ import annotations

import re

from loaders.document import Cell
from loaders.grids.form_indicators import IndicatorReader
from loaders.grids.form_layout import NUMBERS, Column, Header
from loaders.grids.form_scope import FormScope
from loaders.reading import Meaning

_NO_NAME = re.compile(r".?|[\d.%、-]+")
_NAMES = frozenset({"project", "task", "unit", "organization", "department"})


class ListRows:
    """Reads the named rows of one table."""

    def __init__(self, scope: FormScope, indicators: IndicatorReader) -> None:
        self._scope = scope
        self._indicators = indicators
        self._organization = ""

    def row(self, row: list[Cell], header: Header, names: Column) -> bool:
        """Read a row; True if it is the total of a list of tasks, which ends it."""
        if not row:
            return False
        scope, layout = self._scope, self._scope.layout
        owner = layout.covering(row[0].row_no, names.first)
        name = layout.text(owner) if owner is not None and not layout.is_value(owner) else ""
        first = next((cell for cell in row if layout.text(cell) and not layout.is_value(cell)), None)
        heading = layout.heading(first) if first is not None else None
        kind = names.role
        if first is not None and heading is not None and heading.role == "total":
            name, kind = layout.text(first), f"all_{kind}s"
        elif kind == "project" and scope.names.is_organization(scope.writer.report, name):
            self._organization, kind = scope.names.other_organization(scope.writer.report, name), "organization"
        elif kind == "project" and name:
            scope.list_project(name, self._owner(row[0].row_no, header), row[0].row_no)
        elif kind == "unit" and name:
            scope.list_unit(name, row[0].row_no)
        elif kind == "task":
            name = scope.names.project(name)
        if header.is_of_indicators and kind in ("project", "unit"):
            self._with_indicator(row, header, kind, name)
        else:
            for cell in row:
                self._cell(cell, header, kind, name)
        return kind == "all_tasks"

    def _owner(self, row_no: int, header: Header) -> str:
        """The organisation that a project of the list is of: in its row, or in a row above."""
        column = header.of("organization")
        owner = self._scope.layout.covering(row_no, column.first) if column is not None else None
        if owner is None:
            return self._organization
        return self._scope.names.other_organization(self._scope.writer.report, self._scope.layout.text(owner))

    def _with_indicator(self, row: list[Cell], header: Header, kind: str, name: str) -> None:
        """A row that prints an indicator beside, or below, the project's name and money."""
        scope = self._scope
        scope.content()
        of_indicator: list[Cell] = []
        for cell in row:
            column = header.at(cell.col_no)
            if column is not None and (column.role in _NAMES or column.role in ("amount", "percent", "goal", "code")):
                self._cell(cell, header, kind, name)
            else:
                of_indicator.append(cell)
        self._indicators.row(of_indicator, header, scope)

    def _cell(self, cell: Cell, header: Header, kind: str, name: str) -> None:
        column = header.at(cell.col_no)
        if column is None or column.role not in NUMBERS or not self._scope.layout.is_value(cell):
            self._other(cell, column, name)
            return
        meaning: Meaning | str
        if _NO_NAME.fullmatch(name):
            meaning = "row_not_recognised"
        elif column.crossed:
            meaning = "group_column"
        elif column.role in ("points", "score"):
            meaning = self._points(column.role, kind, name)
        else:
            meaning = self._amount(column, kind, name)
        self._scope.figure(cell, meaning, column.text, name, column.unit)

    def _amount(self, column: Column, kind: str, name: str) -> Meaning | str:
        """An amount or rate under a heading, in the row of a project, a task or a unit, or of all of them."""
        scope, vocabulary = self._scope, self._scope.vocabulary
        component, fund = column.component or "total", column.fund or "all"
        phase = column.phase if column.role == "percent" else scope.phase(column.phase)
        if phase is None:
            return "phase_not_recognised"
        if kind == "project" and column.item is not None:
            return Meaning(column.item, phase, None, vocabulary.label(column.item), "project", base=name)
        if kind in ("project", "unit"):
            return scope.money(component, phase, fund, column.text)
        if kind == "organization":
            if component != "total" or fund != "all":
                return "group_row"
            return Meaning("project_funds", phase, None, name, "organization", organization=self._organization)
        subject = scope.subject
        if kind == "task":
            return Meaning(
                name, phase, "task", name, component, fund, base=subject.name, organization=subject.organization
            )
        item = "project_funds" if kind == "all_projects" else "total_funds"
        return Meaning(
            item, phase, None, vocabulary.label(item), component, fund, organization=subject.organization
        )  # fmt: skip

    def _points(self, phase: str, kind: str, name: str) -> Meaning | str:
        subject = self._scope.subject
        if kind == "task":
            return Meaning(name, phase, "task", name, base=subject.name, organization=subject.organization)
        if kind == "all_tasks":
            return self._scope.points(phase, "execution")
        return self._scope.points(phase) if kind in ("project", "unit") else "table_text"

    def _other(self, cell: Cell, column: Column | None, name: str) -> None:
        """A cell that is no number of a known column."""
        scope, role = self._scope, column.role if column is not None else ""
        if column is not None and role in NUMBERS and not scope.layout.text(cell):
            # a blank is labelled too: it is known not to be printed
            scope.writer.label(cell, column.text, name)
        if role == "level_3" and column is not None and scope.layout.text(cell):
            scope.writer.label(cell, column.text, name)
            self._indicators.run_together(cell, scope.content())
        elif role in _NAMES:
            scope.writer.text(cell, "name_part")
        elif role == "code":
            scope.writer.text(cell, "code")
        elif role not in ("note", "goal", "result") and scope.layout.is_value(cell):
            scope.figure(cell, "column_not_recognised", "", name, None)
        else:
            scope.writer.text(cell, "goal_text" if role == "goal" else "table_text")
