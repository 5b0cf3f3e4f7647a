"""The first page: what is loaded, how the checks came out, how fresh and how complete it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from warehouse.site import anomalies, places, queries
from warehouse.site.places import Organization
from warehouse.site.queries import Capabilities, Row

_STATES = ("pass", "rounding", "fail", "insufficient", "not_applicable")
_GRAVEST = 8
_RULES = 12

_COUNTS = """
    select
        (select count(*) from raw.document) as documents,
        (select count(*) from raw.document where status <> 'rejected') as loaded,
        (select count(*) from marts.dim_report) as reports,
        (select count(*) from marts.dim_organization) as organizations,
        (select count(distinct region_code) from marts.dim_organization) as regions,
        (select count(*) from marts.fct_figure) as figures,
        (select count(*) from marts.fct_check) as checks
"""

_FRESHNESS = """
    select
        strftime(min(loaded_at) at time zone 'UTC', '%Y-%m-%d %H:%M') as first_loaded,
        strftime(max(loaded_at) at time zone 'UTC', '%Y-%m-%d %H:%M') as last_loaded,
        max(loader_version) as loader_version
    from raw.document
"""

_COVERAGE = """
    select source_kind, sum(number_count) as numbers, sum(figure_count) as figures, sum(known_count) as known,
        sum(unknown_count) as unknown
    from marts.fct_number_coverage group by source_kind order by source_kind
"""

_TABLES = "select state, count(*) as tables from marts.fct_table_coverage group by state order by tables desc, state"

_REJECTED = """
    select file_name, reason, message from raw.document where status = 'rejected' order by file_name limit 50
"""

_YEARS = """
    select r.region_code, r.fiscal_year, count(distinct r.document_id) as documents
    from marts.dim_report as r where r.fiscal_year is not null group by all
"""

_EXPECTATIONS = """
    select count(*) as tests, count(*) filter (where success) as passed
    from meta.expectation_result where rule_id is null
"""


def page(
    connection: duckdb.DuckDBPyConnection, has: Capabilities, organizations: Mapping[str, Organization]
) -> dict[str, Any]:
    """What the template shows."""
    states = {
        row["state"]: row["checks"]
        for row in queries.rows(connection, "select state, count(*) as checks from marts.fct_check group by state")
    }
    primary = anomalies.primary(has)
    severities = {
        row["severity"]: row["found"]
        for row in queries.rows(
            connection,
            f"select severity, count(*) as found from marts.fct_anomaly as a where {primary} group by severity",
        )
    }
    rules = list(
        queries.rows(
            connection,
            f"""
            select rule_id, rule_title, severity, count(*) as found
            from marts.fct_anomaly as a where {primary} group by all order by found desc, rule_id limit {_RULES}
            """,
        )
    )
    gravest = anomalies.gravest(connection, has, _GRAVEST)
    return {
        "counts": _one(connection, _COUNTS),
        "freshness": _one(connection, _FRESHNESS),
        "states": [(state, states.get(state, 0)) for state in _STATES],
        "checked": sum(states.values()),
        "severities": [(severity, severities.get(severity, 0)) for severity in ("error", "warning", "info")],
        "rules": rules,
        "gravest": [
            row
            | {
                "document_key": places.document_key(row["document_id"]),
                "organization": organizations.get(row["organization_name"]),
            }
            for row in gravest
        ],
        "coverage": list(queries.rows(connection, _COVERAGE)),
        "tables": list(queries.rows(connection, _TABLES)),
        "rejected": list(queries.rows(connection, _REJECTED)),
        "matrix": _matrix(connection),
        "expectations": _one(connection, _EXPECTATIONS) if has.has("meta", "expectation_result", "success") else None,
    }


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> Row:
    return next(queries.rows(connection, sql))


def _matrix(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Documents by city and year; a document without a region stands under none."""
    city_of = places.cities(connection)
    counts: dict[str | None, dict[int, int]] = {}
    for row in queries.rows(connection, _YEARS):
        of_city = counts.setdefault(city_of.get(row["region_code"]), {})
        of_city[row["fiscal_year"]] = of_city.get(row["fiscal_year"], 0) + row["documents"]
    years = sorted({year for of_city in counts.values() for year in of_city})
    cities = sorted(counts, key=lambda city: (city is None, -sum(counts[city].values()), city or ""))
    return {
        "years": years,
        "cities": [(city, [counts[city].get(year, 0) for year in years]) for city in cities],
        "most": max((count for of_city in counts.values() for count in of_city.values()), default=0),
    }
