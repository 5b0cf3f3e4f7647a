"""Cities beside each other: the spread of each indicator over a city's organisations, and the organisations' list.

A city has a spread for every year, and one for all of them together (year None). Quartiles are values of organisations
(no interpolation), so that each of them is an amount that stands in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb

from warehouse.site import queries
from warehouse.site.folder import ListWriter, SiteFolder
from warehouse.site.places import Organization
from warehouse.site.queries import Row

FACETS = ("city", "year", "basis")

# The indicators with their units, in the order of the page.
INDICATORS = {
    "execution_rate_pct": "percent",
    "project_share_pct": "percent",
    "three_public_share_pct": "percent",
    "sme_share_pct": "percent",
    "anomaly_share_pct": "percent",
    "budget_yuan": "yuan",
    "expenditure_yuan": "yuan",
    "three_public_yuan": "yuan",
    "procurement_yuan": "yuan",
    "expenditure_per_staff_yuan": "yuan",
    "expenditure_per_head_yuan": "yuan",
}
# Up to so many organisations and years are drawn as points of their own.
_POINTS = 3000

_ROWS = """
    select organization_name, region_code, region_name, fiscal_year, execution_rate_pct, project_share_pct,
        three_public_share_pct, sme_share_pct, budget_yuan, expenditure_yuan, three_public_yuan, procurement_yuan,
        staff_count, population, coalesce(checks_count, 0) as checks_count,
        coalesce(anomalies_count, 0) as anomalies_count, coalesce(errors_count, 0) as errors_count
    from marts.mart_city_comparison
    order by fiscal_year desc, region_code nulls last, organization_name
"""


def write(connection: duckdb.DuckDBPyConnection, folder: SiteFolder, organizations: Mapping[str, Organization]) -> int:
    """The chunks of the page; gives the number of organisations and years."""
    writer = ListWriter(folder, "comparison", FACETS)
    spread: dict[tuple[str, int | None, str], list[Decimal]] = {}
    points: list[list[Any]] = []
    for number, row in enumerate(queries.rows(connection, _ROWS)):
        organization = organizations.get(row["organization_name"])
        city = organization.city if organization else None
        values = _indicators(row)
        basis = _basis(row)
        shown = [
            row["organization_name"],
            organization.key if organization else None,
            city,
            row["region_name"],
            row["fiscal_year"],
            basis,
            *values.values(),
            row["staff_count"],
            row["checks_count"],
            row["anomalies_count"],
            row["errors_count"],
        ]
        writer.add(f"{number:x}", shown, {"city": city, "year": row["fiscal_year"], "basis": basis})
        if city is None:
            continue
        for indicator, value in values.items():
            if value is not None:
                for year in (row["fiscal_year"], None):
                    spread.setdefault((city, year, indicator), []).append(value)
        if len(points) <= _POINTS:
            points.append([city, row["organization_name"], row["fiscal_year"], *values.values()])
    folder.chunk(
        "comparison/cities",
        {
            "indicators": list(INDICATORS.items()),
            "cities": [
                [city, year, indicator, len(values), *_quartiles(sorted(values))]
                for (city, year, indicator), values in spread.items()
            ],
            "points": points if len(points) <= _POINTS else None,
        },
    )
    return writer.close()


def _indicators(row: Row) -> dict[str, Decimal | None]:
    """The indicators of an organisation and year; None where an operand is not printed."""
    derived = {
        "anomaly_share_pct": _per(Decimal(row["anomalies_count"] * 100), row["checks_count"]),
        "expenditure_per_staff_yuan": _per(row["expenditure_yuan"], row["staff_count"]),
        "expenditure_per_head_yuan": _per(row["expenditure_yuan"], row["population"]),
    }
    return {name: derived[name] if name in derived else row[name] for name in INDICATORS}


def _per(amount: Decimal | None, count: Decimal | int | None) -> Decimal | None:
    return (amount / Decimal(count)).quantize(Decimal("0.01")) if amount is not None and count else None


def _basis(row: Row) -> str:
    """What the year's figures are: spending and budget, only one of them, or neither."""
    match row["expenditure_yuan"] is not None, row["budget_yuan"] is not None:
        case True, True:
            return "both"
        case True, False:
            return "actual"
        case False, True:
            return "budget"
        case _:
            return "neither"


def _quartiles(values: list[Decimal]) -> list[Decimal]:
    """Least, first quartile, median, third quartile, greatest of sorted values; each one of them."""
    last = len(values) - 1
    return [values[(last * part + 2) // 4] for part in range(5)]
