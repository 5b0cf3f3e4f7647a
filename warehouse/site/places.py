"""Where things are in the site and in the country: addresses of pages, and the city a region belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from warehouse.site import queries

# The beginning of an id that names a page: that of a figure is the beginning of its document's.
_KEY = 16


def document_key(document_id: str) -> str:
    """The name of a document's page, which its figures' ids begin with."""
    return document_id[:_KEY]


def figure_document(figure_id: str) -> str:
    """The name of the page of the document that prints a figure."""
    return figure_id.rpartition("-")[0]


def organization_key(organization_id: str) -> str:
    """The name of an organisation's page."""
    return organization_id[:_KEY]


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation as lists show it. `city` is the prefecture, or the province where there is none between."""

    key: str
    city: str | None
    region: str | None


def organizations(connection: duckdb.DuckDBPyConnection) -> dict[str, Organization]:
    """Every organisation by name."""
    city_of = cities(connection)
    return {
        row["organization_name"]: Organization(
            organization_key(row["organization_id"]), city_of.get(row["region_code"]), row["region_name"]
        )
        for row in queries.rows(
            connection,
            "select organization_id, organization_name, region_code, region_name from marts.dim_organization",
        )
    }


def cities(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """The name of the city that a region is or is part of, by region code."""
    regions = {
        row["region_code"]: row
        for row in queries.rows(
            connection, "select region_code, region_name, region_level, parent_region_code from marts.dim_region"
        )
    }

    def city(code: str) -> str:
        seen = set()
        while regions[code]["region_level"] not in ("prefecture", "province") and code not in seen:
            seen.add(code)
            parent = regions[code]["parent_region_code"]
            if parent not in regions:
                break
            code = parent
        return str(regions[code]["region_name"])

    return {code: city(code) for code in regions}
