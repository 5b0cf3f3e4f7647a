"""Tables of the schema `meta`, in which a warehouse tells about itself: written whole, with comments, in one step, or
added to from version to version."""

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
    connection.begin()
    try:
        connection.execute("create schema if not exists meta")
        connection.execute(f"create or replace table {table.relation} as select {select}", values)
        comment(connection, table)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def comment(connection: duckdb.DuckDBPyConnection, table: MetaTable) -> None:
    """Put the comments on a table that is there, and on its columns."""
    comments = {f"table {table.relation}": table.comment}
    comments |= {f"column {table.relation}.{name}": text for name, (_, text) in table.columns.items()}
    connection.execute(";\n".join(f"comment on {what} is {_literal(text)}" for what, text in comments.items()))


def create(connection: duckdb.DuckDBPyConnection, table: MetaTable) -> None:
    """The table, if it is not there yet, and the columns that one of an earlier gouji lacks."""
    connection.execute("create schema if not exists meta")
    listed = ", ".join(f"{name} {sql_type}" for name, (sql_type, _) in table.columns.items())
    connection.execute(f"create table if not exists {table.relation} ({listed})")
    for name in table.columns.keys() - columns(connection, table):
        connection.execute(f"alter table {table.relation} add column {name} {table.columns[name][0]}")
    comment(connection, table)


def add(connection: duckdb.DuckDBPyConnection, table: MetaTable, row: Sequence[Any]) -> None:
    """Add a row, whose values are in the order of the columns, to a table that is there."""
    places = ", ".join("?" * len(table.columns))
    connection.execute(f"insert into {table.relation} ({', '.join(table.columns)}) values ({places})", list(row))


def carry_over(connection: duckdb.DuckDBPyConnection, table: MetaTable, database: str) -> None:
    """Add the rows of the same table in the attached `database`, as far as it has the table and its columns."""
    create(connection, table)
    known = columns(connection, table, database)
    if listed := ", ".join(name for name in table.columns if name in known):
        connection.execute(f"insert into {table.relation} ({listed}) select {listed} from {database}.{table.relation}")


def exists(connection: duckdb.DuckDBPyConnection, relation: str, database: str | None = None) -> bool:
    """Whether a database (the current one) has the table or view `schema.name`."""
    # The catalogue's views list all there is before they find one: ten times as long.
    try:
        connection.execute(f"from {f'{database}.' if database else ''}{relation} limit 0")
    except duckdb.CatalogException:
        return False
    return True


def columns(connection: duckdb.DuckDBPyConnection, table: MetaTable, database: str | None = None) -> set[str]:
    """The columns that the table has in a database (the current one); none where there is no table."""
    try:
        found = connection.execute(f"from {f'{database}.' if database else ''}{table.relation} limit 0")
    except duckdb.CatalogException:
        return set()
    return {name for name, *_ in found.description or ()}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
