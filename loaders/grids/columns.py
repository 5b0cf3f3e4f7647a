"""What a column of a standard table holds: its component, fund, phase and year, told by its headings.

Takes the headings of a `Column`; gives a `ColumnMeaning`. Which heading means what is `seeds/tables/table_column.csv`:
each row sets some of these, and for each the lowest heading with a row that sets it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.grids.frame import Column
from loaders.vocabulary import TableKind, Vocabulary

_YEAR = re.compile(r"(?P<year>20\d\d)年")
_LAST_YEAR = re.compile(r"上年|去年|上一年")
# 上年结转 is money of this year's budget, and 比上年增减 compares this year with the last.
_NOT_LAST_YEAR = re.compile(
    r"(?:上年|去年|上一年)度?(?:财政拨款)?(?:结转|结余|实户)|[比较](?:上年|去年|20\d\d年)|增减|增长|变动"
)
_BALANCES = frozenset({"carryover_opening", "carryover_closing"})


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What a column's amounts are: None where no heading says so; `reason` where they are no figures of money."""

    component: str | None
    fund: str | None
    phase: str
    fiscal_year: int | None
    reason: str | None


def column_meaning(vocabulary: Vocabulary, kind: TableKind, column: Column, report_year: int | None) -> ColumnMeaning:
    """The meaning of a column in a table of `kind`, in a report about `report_year`."""
    component = fund = phase = reason = None
    for text in reversed(column.header):
        said = _said(vocabulary, text)
        # 小计 and 合计 are of the heading above them
        if component is None or (component == "total" and said.fund is None):
            component = said.component or component
        if said.component in _BALANCES:
            # under 上年结转, 财政专户管理资金 is where the balance comes from
            component = said.component
        fund = fund or said.fund
        phase = phase or said.phase
        reason = reason or said.reason
    if kind.phase == "initial_budget" and phase == "budget":
        phase = "initial_budget"
    return ColumnMeaning(component, fund, phase or kind.phase, _year(column.header, report_year), reason)


@dataclass(frozen=True, slots=True)
class _Said:
    component: str | None
    fund: str | None
    phase: str | None
    reason: str | None


def _said(vocabulary: Vocabulary, text: str) -> _Said:
    """What one heading says: of the rows that match it, the first that sets each."""
    rows = [row for row in vocabulary.table_columns if row.pattern.search(text)]
    return _Said(
        next((row.component for row in rows if row.component), None),
        next((row.fund for row in rows if row.fund), None),
        next((row.phase for row in rows if row.phase), None),
        next((row.reason for row in rows if row.reason), None),
    )


def _year(header: tuple[str, ...], report_year: int | None) -> int | None:
    """The year that a column is about: a printed one, the year before the report's, or the report's own."""
    for text in reversed(header):
        if _NOT_LAST_YEAR.search(text):
            return report_year
        if match := _YEAR.search(text):
            return int(match["year"])
        if _LAST_YEAR.search(text):
            return report_year - 1 if report_year else None
    return report_year
