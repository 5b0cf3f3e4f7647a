"""All rows of a warehouse, for comparisons of one with another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

# The moment of a build, what is on record of runs, and what the file system says; nothing else may differ.
_TIMES = {
    ("raw", "document", "loaded_at"),
    ("meta", "source_file", "modified_ns"),
    ("meta", "source_file", "changed_ns"),
}
_RECORDS = {("meta", name) for name in ("run", "run_step", "run_change", "version", "diff")}


def tables(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table and view, in an order of their own."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with duckdb.connect(warehouse, read_only=True) as connection:
        columns: dict[tuple[str, str], list[str]] = {}
        for schema, table, column in connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns order by all"
        ).fetchall():
            is_time = (schema, table, column) in _TIMES or (schema == "meta" and "seconds" in column)
            if not is_time and (schema, table) not in _RECORDS:
                columns.setdefault((schema, table), []).append(column)
        for (schema, table), names in columns.items():
            listed = ", ".join(f'"{name}"' for name in names)
            found[f"{schema}.{table}"] = connection.execute(
                f'select {listed} from "{schema}"."{table}" order by all'
            ).fetchall()
    return found


def differences(first: Path, second: Path) -> dict[str, Any]:
    """Which tables differ between two warehouses, with some of the rows that only one has; empty if none does."""
    one, other = tables(first), tables(second)
    assert {"raw.document", "raw.number", "marts.fct_anomaly", "meta.source_file"} <= set(one)
    found: dict[str, Any] = dict.fromkeys(one.keys() ^ other.keys(), "only in one")
    for name in one.keys() & other.keys():
        if one[name] != other[name]:
            less, more = (
                [r for r in a if r not in b][:3] for a, b in ((one[name], other[name]), (other[name], one[name]))
            )
            found[name] = (less, more)
    return found
