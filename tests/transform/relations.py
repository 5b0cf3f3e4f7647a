"""Two warehouses compared relation by relation: names, columns with their types in order, and rows both ways."""

from __future__ import annotations

import duckdb

Columns = list[tuple[str, str]]


def differences(connection: duckdb.DuckDBPyConnection, ours: str, theirs: str, schemas: tuple[str, ...]) -> list[str]:
    """What differs between two attached databases, a line each; nothing where every relation is the same."""
    left, right = (_relations(connection, database, schemas) for database in (ours, theirs))
    found = [f"{name}: only in {ours}" for name in sorted(left.keys() - right.keys())]
    found += [f"{name}: only in {theirs}" for name in sorted(right.keys() - left.keys())]
    for name in sorted(left.keys() & right.keys()):
        if left[name] != right[name]:
            found.append(f"{name}: columns {sorted(set(left[name]) ^ set(right[name])) or 'in another order'}")
            continue
        for one, other in ((ours, theirs), (theirs, ours)):
            rows = connection.execute(f"from {one}.{name} except all from {other}.{name}").fetchall()
            if rows:
                found.append(f"{name}: {len(rows)} rows of {one} are not in {other}, such as {rows[0]}")
    return found


def _relations(connection: duckdb.DuckDBPyConnection, database: str, schemas: tuple[str, ...]) -> dict[str, Columns]:
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and list_contains(?, schema_name) order by table_name, column_index",
        [database, list(schemas)],
    ).fetchall()
    relations: dict[str, Columns] = {}
    for name, column, kind in rows:
        relations.setdefault(name, []).append((column, kind))
    return relations
