"""Writes the descriptions of models and seeds into the warehouse, where SQL clients show them."""

from __future__ import annotations

import duckdb

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.resources import Model, Seed, quoted


def write_comments(connection: duckdb.DuckDBPyConnection, node: Model | Seed) -> None:
    """Comments on a relation that was just built, and on its columns; an empty description writes nothing.

    Raises TransformError where a column is documented that the relation does not have.
    """
    target = f"{quoted(node.schema)}.{quoted(node.name)}"
    kind = "view" if isinstance(node, Model) and node.materialized == "view" else "table"
    actual = {row[0].lower(): row[0] for row in connection.execute(f"describe {target}").fetchall()}
    statements: list[str] = []
    if node.description:
        statements.append(f"comment on {kind} {target} is {_literal(node.description)}")
    for column in node.columns:
        if column.name.lower() not in actual:
            hint = suggestion(column.name, actual.values())
            raise TransformError(column.place.file, column.place.line, f"{node.name} 没有列 {column.name}{hint}")
        if column.description:
            name = quoted(actual[column.name.lower()])
            statements.append(f"comment on column {target}.{name} is {_literal(column.description)}")
    if statements:
        connection.execute(";\n".join(statements))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
