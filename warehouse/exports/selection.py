"""What of a warehouse is exported: which marts, and of whom, where and when.

Takes names as people write them; gives the SQL of each table, with the rows that belong to the selection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse import query


@dataclass(frozen=True, slots=True)
class Selection:
    """The organisations (all, if None), the year (every, if None) and the tables that are exported."""

    organizations: tuple[str, ...] | None
    year: int | None
    tables: tuple[str, ...]


def choose(
    connection: duckdb.DuckDBPyConnection,
    organization: str | None = None,
    city: str | None = None,
    year: int | None = None,
    marts: Sequence[str] = (),
) -> Selection:
    """A selection from names; `city` is the name or code of a place and takes in all that lie in it.

    Raises QueryError, with the closest names, for an organisation, place or mart that is not there, and where nobody
    is left.
    """
    known = [
        row[0]
        for row in query.select(
            connection, "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        ).values
    ]
    for name in marts:
        if name not in known:
            raise query.QueryError(query.unknown("表", name, known))
    chosen: tuple[str, ...] | None = None
    if organization is not None:
        chosen = (query.find_organization(connection, organization),)
    if city is not None:
        there = _in_place(connection, city)
        chosen = tuple(name for name in chosen if name in there) if chosen is not None else there
        if not chosen:
            raise query.QueryError(f"没有可导出的：{organization or '单位'} 不在 {city}")
    return Selection(chosen, year, tuple(marts) or tuple(known))


def _in_place(connection: duckdb.DuckDBPyConnection, city: str) -> tuple[str, ...]:
    """The organisations of a place and of the places in it, whose codes begin as its own does."""
    places = query.select(
        connection,
        """
        select distinct r.region_code, r.region_name
        from marts.dim_region as r
        where r.region_code = $1 or contains(r.region_name, $1)
        """,
        [city],
    ).values
    prefixes = [code.removesuffix("00").removesuffix("00") for code, _ in places]
    rows = query.select(
        connection,
        "select organization_name, region_code from marts.dim_organization where region_code is not null order by 1",
    ).values
    found = tuple(name for name, code in rows if any(code.startswith(prefix) for prefix in prefixes))
    if not found:
        loaded = query.select(
            connection,
            "select distinct region_name from marts.dim_organization where region_name is not null order by 1",
        )
        raise query.QueryError(query.unknown("地区", city, [row[0] for row in loaded.values]))
    return found


def rows_of(selection: Selection, table: str, columns: Sequence[str]) -> tuple[str, list[Any]]:
    """The SQL of a mart's rows in the selection, in a fixed order, and its parameters.

    A table of documents without organisations keeps the rows of the documents that the selection has reports in; one
    of neither (a classification) is exported whole.
    """
    where, parameters = [], list[Any]()
    if "organization_name" in columns:
        if selection.organizations is not None:
            where.append("organization_name in (select unnest(?))")
            parameters.append(list(selection.organizations))
        if selection.year is not None and "fiscal_year" in columns:
            where.append("fiscal_year = ?")
            parameters.append(selection.year)
    elif "document_id" in columns and (selection.organizations is not None or selection.year is not None):
        reports, condition = ["true"], "document_id in (select document_id from marts.dim_report where {})"
        if selection.organizations is not None:
            reports.append("organization_name in (select unnest(?))")
            parameters.append(list(selection.organizations))
        if selection.year is not None:
            reports.append("fiscal_year = ?")
            parameters.append(selection.year)
        where.append(condition.format(" and ".join(reports)))
    condition = f" where {' and '.join(where)}" if where else ""
    return f'select * from marts."{table}"{condition} order by {_order(columns)}', parameters


def _order(columns: Sequence[str]) -> str:
    """Rows in an order people expect, and the same one every time."""
    first = [
        name for name in ("organization_name", "fiscal_year", "file_name", "block_no", "char_start") if name in columns
    ]
    return ", ".join(f'"{name}"' for name in dict.fromkeys([*first, columns[0]]))
