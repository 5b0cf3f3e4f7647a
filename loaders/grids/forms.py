"""Performance forms and lists of projects: whose they are, the money they print, their indicators.

Takes a table block; gives a `Reading` for every number in it, a label for every cell whose row and column have one,
and records of the forms and their indicators. A form is read by its layout: labels beside their values, headers over
rows, several headers and several forms in one grid. Which headings mean what is `seeds/vocabulary/column_heading.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.document import Block, Table
from loaders.grids.form_layout import Header, Layout
from loaders.grids.form_names import FormNames
from loaders.grids.form_records import CellLabel, FormRecord, IndicatorRecord, Subject, TableReading
from loaders.grids.form_rows import FormRows
from loaders.grids.form_scope import FormScope, FormsState
from loaders.grids.form_writer import FormWriter
from loaders.grids.recognition import GridRecord
from loaders.reading import Report
from loaders.vocabulary import Vocabulary

__all__ = ["CellLabel", "FormRecord", "FormsState", "IndicatorRecord", "TableReader", "TableReading"]

_EVALUATION = re.compile(r"自评|绩效评价")
_WHOLE_UNIT = re.compile(r"整体(?:支出|预算)?绩效")


class TableReader:
    """Reads forms and lists of projects; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names = FormNames(vocabulary)

    def read(
        self,
        block: Block,
        table: Table,
        report: Report,
        before: Sequence[str],
        next_number: int,
        record: GridRecord,
        state: FormsState,
    ) -> TableReading:
        """What a table says; `before` are the repaired lines that precede it, `record` what it was taken for by its
        title: a performance form or nothing. `state` is what the document's tables before it left.
        """
        layout = Layout(table, self._vocabulary)
        unit = record.unit or layout.unit()
        title, is_titled = record.title, record.kind is not None
        writer = FormWriter(self._vocabulary, block, table, report, unit, next_number)
        headers = layout.headers()
        continued = None if is_titled or headers else _continued(layout, table, report, state, title)
        writer.said.is_form = (
            is_titled
            or continued is not None
            or any(h.is_of_indicators or (h.is_list_of_projects and h.of("goal") is not None) for h in headers)
        )
        named = self._names.of_title(table, before)
        if not writer.said.is_form and not named and not any(header.is_list_of_projects for header in headers):
            for row in layout.rows:
                for cell in row:
                    writer.text(cell, "table_text")
            return writer.said
        phase = _default_phase(headers, report, title)
        rows = FormRows(
            FormScope(self._vocabulary, self._names, layout, writer, block, table.table_no, title, state, phase)
        )
        if continued is not None:
            rows.go_on(continued)
        elif named or report.project_name:
            rows.read(Subject("project", named or report.project_name or ""))
        else:
            rows.read(Subject("unit", report.organization_name) if _WHOLE_UNIT.search(title) else Subject())
        return writer.said


def _continued(layout: Layout, table: Table, report: Report, state: FormsState, title: str) -> Header | None:
    """The header that a table without title and header goes on below: that of the form just before it."""
    header = state.header
    if title or header is None or not header.is_of_indicators or header.name is not None:
        return None
    if state.table_no != table.table_no - 1 or state.report_no != report.report_no:
        return None
    return header.shifted(layout.starts())


def _default_phase(headers: Sequence[Header], report: Report, title: str) -> str | None:
    """The phase of amounts whose labels name none: in a form of targets the budget; a self-evaluation has to say."""
    has_results = any(h.is_of_indicators and (h.of("result") or h.of("score")) for h in headers)
    is_target = report.kind == "budget" or "目标" in title
    return "initial_budget" if is_target and not has_results and not _EVALUATION.search(title) else None
