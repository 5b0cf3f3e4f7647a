"""The page of every organisation, and their list.

Amounts are those that the marts chose, and each leads to the place that prints it: an amount of a mart is matched with
the chosen figure of the same year, phase and value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import duckdb

from warehouse.site import anomalies, queries
from warehouse.site.folder import ListWriter, SiteFolder, to_json
from warehouse.site.places import Organization
from warehouse.site.queries import Capabilities, Row
from warehouse.site.templates import Pages

FACETS = ("city",)
_BATCH = 300

# The sections that are a table of items by year and phase, with the statements whose figures they show.
_SECTIONS = {
    "income": ("summary", "income", "fiscal"),
    "three_public": ("three_public",),
    "procurement": ("procurement",),
    "staffing": ("staffing",),
    "assets": ("assets",),
    "operating": ("operating",),
}
# In the order in which money passes through them; others come last.
_PHASES = ("initial_budget", "supplementary_budget", "budget", "actual", "execution_pct", "change", "change_pct")
_BUDGETS = ("budget", "initial_budget", "total_budget")

_NAMES = """
    select o.organization_id, o.organization_name, o.superior_name, o.region_code, o.region_name, o.document_count,
        y.years, coalesce(c.checked, 0) as checked, coalesce(a.errors, 0) as errors,
        coalesce(a.warnings, 0) as warnings, coalesce(a.anomalies, 0) as anomalies
    from marts.dim_organization as o
    left join (
        select organization_name, list(distinct fiscal_year order by fiscal_year) as years
        from marts.mart_city_comparison group by organization_name
    ) as y on o.organization_name = y.organization_name
    left join (
        select organization_name, count(*) as checked
        from marts.fct_check where state in ('pass', 'rounding', 'fail') group by organization_name
    ) as c on o.organization_name = c.organization_name
    left join (
        select organization_name, count(*) as anomalies,
            count(*) filter (where severity = 'error') as errors,
            count(*) filter (where severity = 'warning') as warnings
        from marts.fct_anomaly as a where {primary} group by organization_name
    ) as a on o.organization_name = a.organization_name
    order by o.region_code nulls last, o.organization_name
"""

_OF_BATCH = "{alias}organization_name in (select unnest(?))"

_FIGURES = f"""
    select f.organization_name, f.fiscal_year, f.statement, f.item, f.item_key, f.item_label, f.phase, f.value, f.unit,
        f.figure_id, coalesce(m.place, 9999) as place
    from intermediate.int_organization_figure as f
    left join (select item, min(rowid) as place from reference.measure group by item) as m on f.item = m.item
    where {_OF_BATCH.format(alias="f.")}
    order by f.organization_name, place, f.item_key, f.fiscal_year
"""

_YEARS = f"select * from marts.mart_city_comparison where {_OF_BATCH.format(alias='')} order by fiscal_year"

_LINES = f"""
    select organization_name, fiscal_year, line_type, line_name, initial_budget_yuan, supplementary_budget_yuan,
        full_year_budget_yuan, actual_yuan, execution_rate_pct, actual_figure_id
    from marts.fct_budget_execution where {_OF_BATCH.format(alias="")} and line_type <> 'project_named'
    order by fiscal_year desc, case line_type when 'whole_unit' then 1 when 'basic' then 2 when 'project' then 3
        else 4 end, coalesce(actual_yuan, full_year_budget_yuan) desc nulls last, line_name
"""

_PROJECTS = f"""
    select organization_name, fiscal_year, project_key, project_name,
        coalesce(budget_yuan, initial_budget_yuan, total_budget_yuan) as budget_yuan, actual_yuan,
        stated_execution_rate_pct, score
    from marts.fct_project where {_OF_BATCH.format(alias="")}
    order by fiscal_year desc, coalesce(actual_yuan, budget_yuan, initial_budget_yuan, total_budget_yuan) desc
        nulls last, project_name
"""

_SOURCES = f"""
    select r.organization_name, r.fiscal_year, r.report_kind, r.report_title, r.document_id, r.file_name
    from marts.dim_report as r where {_OF_BATCH.format(alias="r.")}
    order by r.fiscal_year desc nulls last, r.file_name, r.report_no
"""


@dataclass(frozen=True, slots=True)
class _Sources:
    """The chosen figures of an organisation, found by what a mart says of them."""

    by_amount: Mapping[tuple[int, str, Decimal], list[Row]]

    def figure(self, year: int, phases: Iterable[str], value: Decimal | None, name: str = "") -> str | None:
        """The figure of that year, value and one of the phases; of several, the one of that item."""
        if value is None:
            return None
        found = [figure for phase in phases for figure in self.by_amount.get((year, phase, value), ())]
        named = [figure for figure in found if name in (figure["item"], figure["item_key"], figure["item_label"])]
        return (named or found)[0]["figure_id"] if found else None


def write(
    connection: duckdb.DuckDBPyConnection,
    has: Capabilities,
    folder: SiteFolder,
    pages: Pages,
    organizations: Mapping[str, Organization],
    on_organization: Callable[[int, int, str], None],
) -> int:
    """All pages, and the list; gives how many there are."""
    writer = ListWriter(folder, "organizations", FACETS)
    found = list(queries.rows(connection, _NAMES.format(primary=anomalies.primary(has))))
    done = 0
    for batch in _batches(found):
        names = [row["organization_name"] for row in batch]

        def by_name(sql: str, names: list[str] = names) -> dict[str, list[Row]]:
            return queries.grouped(queries.rows(connection, sql, [names]), "organization_name")

        parts = {
            part: by_name(sql)
            for part, sql in {
                "figures": _FIGURES,
                "years": _YEARS,
                "lines": _LINES,
                "projects": _PROJECTS,
                "sources": _SOURCES,
                "anomalies": _anomalies(has),
            }.items()
        }
        for row in batch:
            done += 1
            name = row["organization_name"]
            on_organization(done, len(found), name)
            organization = organizations[name]
            writer.add(organization.key, _row(row, organization), {"city": organization.city})
            of_name = {part: rows.get(name, []) for part, rows in parts.items()}
            folder.text(
                f"organizations/{organization.key}.html",
                pages.render("organization.html", up="../", organization=row, city=organization.city, **_page(of_name)),
            )
    return writer.close()


def _anomalies(has: Capabilities) -> str:
    return f"""
        select a.organization_name, a.anomaly_id, a.severity, a.rule_id, a.rule_title, a.message, a.fiscal_year,
            a.document_id, a.figure_ids[1] as figure_id
        from marts.fct_anomaly as a where {_OF_BATCH.format(alias="a.")} and {anomalies.primary(has)}
        order by case a.severity when 'error' then 1 when 'warning' then 2 else 3 end, a.fiscal_year desc, a.rule_id,
            a.anomaly_id
    """


def _batches(found: Sequence[Row]) -> Iterator[list[Row]]:
    remaining = iter(found)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _row(row: Row, organization: Organization) -> list[Any]:
    return [
        organization.key,
        row["organization_name"],
        organization.city,
        row["region_name"],
        row["years"] or [],
        row["document_count"],
        row["checked"],
        row["errors"],
        row["warnings"],
        row["anomalies"],
    ]


def _page(parts: Mapping[str, list[Row]]) -> dict[str, Any]:
    """What the template shows of an organisation."""
    figures = parts["figures"]
    by_amount: dict[tuple[int, str, Decimal], list[Row]] = {}
    for figure in figures:
        by_amount.setdefault((figure["fiscal_year"], figure["phase"], figure["value"]), []).append(figure)
    sources = _Sources(by_amount)
    lines = [_line(line, sources) for line in parts["lines"]]
    return {
        "years": [_year(year, sources) for year in parts["years"]],
        "lines": [line for line in lines if line["type"] != "function"],
        "functions": [line for line in lines if line["type"] == "function"],
        "chart": _chart(parts["lines"]),
        "sections": [
            section
            for name, statements in _SECTIONS.items()
            if (section := _section(name, [figure for figure in figures if figure["statement"] in statements]))
        ],
        "projects": [_project(project, sources) for project in parts["projects"]],
        "anomalies": parts["anomalies"],
        "sources": parts["sources"],
    }


def _cell(value: Decimal | None, figure_id: str | None, unit: str = "yuan") -> dict[str, Any]:
    return {"value": value, "unit": unit, "figure_id": figure_id}


def _year(row: Row, sources: _Sources) -> dict[str, Any]:
    year = row["fiscal_year"]

    def printed(column: str, phases: Iterable[str], item: str) -> dict[str, Any]:
        return _cell(row[column], sources.figure(year, phases, row[column], item))

    return {
        "year": year,
        "cells": [
            printed("budget_yuan", _BUDGETS, "expenditure_total"),
            printed("expenditure_yuan", ("actual",), "expenditure_total"),
            _cell(row["execution_rate_pct"], None, "percent"),
            _cell(row["project_share_pct"], None, "percent"),
            printed("three_public_yuan", ("actual",), "three_public_total"),
            printed("procurement_yuan", ("actual",), "procurement_total"),
            _cell(row["staff_count"], sources.figure(year, ("count",), row["staff_count"]), "count"),
        ],
        "checks": row["checks_count"] or 0,
        "anomalies": row["anomalies_count"] or 0,
    }


def _line(row: Row, sources: _Sources) -> dict[str, Any]:
    year, name = row["fiscal_year"], row["line_name"]
    initial, full, actual = row["initial_budget_yuan"], row["full_year_budget_yuan"], row["actual_yuan"]
    return {
        "type": row["line_type"],
        "year": year,
        "name": name,
        "cells": [
            _cell(initial, sources.figure(year, ("initial_budget",), initial, name)),
            _cell(full, sources.figure(year, _BUDGETS, full, name)),
            _cell(actual, row["actual_figure_id"]),
            _cell(row["execution_rate_pct"], None, "percent"),
        ],
    }


def _project(row: Row, sources: _Sources) -> dict[str, Any]:
    year, name, budget, actual = row["fiscal_year"], row["project_key"], row["budget_yuan"], row["actual_yuan"]
    rate, score = row["stated_execution_rate_pct"], row["score"]
    return {
        "year": year,
        "name": row["project_name"],
        "cells": [
            _cell(budget, sources.figure(year, _BUDGETS, budget, name)),
            _cell(actual, sources.figure(year, ("actual",), actual, name)),
            _cell(rate, sources.figure(year, ("execution_pct",), rate, name), "percent"),
            _cell(score, sources.figure(year, ("score",), score, name), "score"),
        ],
    }


def _section(name: str, figures: Sequence[Row]) -> dict[str, Any] | None:
    """A table of items by year and phase; None without figures."""
    if not figures:
        return None

    def order(column: tuple[int, str]) -> tuple[int, int, str]:
        year, phase = column
        return -year, _PHASES.index(phase) if phase in _PHASES else len(_PHASES), phase

    columns = sorted({(figure["fiscal_year"], figure["phase"]) for figure in figures}, key=order)
    items: dict[str, dict[str, Any]] = {}
    for figure in figures:
        item = items.setdefault(
            figure["item_key"],
            {"name": figure["item_label"] or figure["item"], "cells": [_cell(None, None)] * len(columns)},
        )
        at = columns.index((figure["fiscal_year"], figure["phase"]))
        item["cells"][at] = _cell(figure["value"], figure["figure_id"], figure["unit"])
    return {"name": name, "columns": columns, "items": list(items.values())}


def _chart(lines: Sequence[Row]) -> str | None:
    """The values of the chart of budget against spending, in 万元, as JSON; None where there is nothing to compare."""
    values = [
        {"year": str(line["fiscal_year"]), "line": line["line_type"], "phase": phase, "value": float(amount) / 10_000}
        for line in lines
        if line["line_type"] != "function"
        for phase, amount in (("budget", line["full_year_budget_yuan"]), ("actual", line["actual_yuan"]))
        if amount is not None
    ]
    return to_json(values) if len(values) > 1 else None
