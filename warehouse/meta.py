"""Tables of the schema `meta`, in which a warehouse tells about itself: written whole, with comments, in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True, slots=True)
class MetaTable:
    """A table of `meta`: its name, its comment, and for each column the SQL type and comment (Chinese)."""

    name: str
    comment: str
    columns: Mapping[str, tuple[str, str]]

    @property
    def relation(self) -> str:
        """Schema and name."""
        return f"meta.{self.name}"


def write(connection: duckdb.DuckDBPyConnection, table: MetaTable, rows: Sequence[Sequence[Any]]) -> None:
    """Replace a table by `rows`, whose values are in the order of its columns; not within a transaction."""
    select = ", ".join(f"unnest(?::{sql_type}[]) as {name}" for name, (sql_type, _) in table.columns.items())
    values = [[row[place] for row in rows] for place in range(len(table.columns))]
    comments = [f"comment on table {table.relation} is {_literal(table.comment)}"]
    comments += [
        f"comment on column {table.relation}.{name} is {_literal(comment)}"
        for name, (_, comment) in table.columns.items()
    ]
    connection.begin()
    try:
        connection.execute("create schema if not exists meta")
        connection.execute(f"create or replace table {table.relation} as select {select}", values)
        connection.execute(";\n".join(comments))
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def exists(connection: duckdb.DuckDBPyConnection, relation: str, database: str | None = None) -> bool:
    """Whether a database (the current one) has the table or view `schema.name`."""
    # The catalogue's views list all there is before they find one: ten times as long.
    try:
        connection.execute(f"from {f'{database}.' if database else ''}{relation} limit 0")
    except duckdb.CatalogException:
        return False
    return True


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
