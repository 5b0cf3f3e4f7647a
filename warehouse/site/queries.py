"""SQL of the site: what a warehouse can tell, and rows read a batch at a time.

Takes a read-only connection; gives dictionaries. Warehouses of other versions may lack columns: `Capabilities` says
which are there, and `optional` puts NULL in the place of one that is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

Row = dict[str, Any]

_FETCHED = 2000


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The columns that a warehouse has, as (schema, table, column)."""

    columns: frozenset[tuple[str, str, str]]

    def has(self, schema: str, table: str, column: str | None = None) -> bool:
        """Whether there is that table, or that column of it."""
        if column is not None:
            return (schema, table, column) in self.columns
        return any(each[:2] == (schema, table) for each in self.columns)

    def optional(self, schema: str, table: str, column: str, kind: str, alias: str | None = None) -> str:
        """SQL that selects the column where the table has it, else NULL of that type, under the column's name."""
        if self.has(schema, table, column):
            return f"{f'{alias}.' if alias else ''}{column}"
        return f"cast(null as {kind}) as {column}"


def capabilities(connection: duckdb.DuckDBPyConnection) -> Capabilities:
    """What the warehouse has."""
    rows = connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_catalog = current_database()"
    ).fetchall()
    return Capabilities(frozenset(rows))


def rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
    """The rows of a query, fetched some at a time through a cursor of their own."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description or ()]
        while fetched := cursor.fetchmany(_FETCHED):
            for row in fetched:
                yield dict(zip(names, row, strict=True))


def value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one value of a query of one row."""
    return connection.execute(sql).fetchall()[0][0]


def grouped(found: Iterator[Row] | list[Row], by: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column."""
    groups: dict[Any, list[Row]] = {}
    for row in found:
        groups.setdefault(row[by], []).append(row)
    return groups
