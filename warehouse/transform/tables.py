"""Puts the rows of a query into a table."""

from __future__ import annotations

import duckdb


def fill(connection: duckdb.DuckDBPyConnection, target: str, query: str, *, is_kept: bool) -> int:
    """Makes the table `target` of a query and returns its number of rows; to be called inside a transaction.

    Where `is_kept`, the table is there, with the columns that the query has, and only its rows are replaced: it keeps
    its comments, each of which takes a quarter of a millisecond to write, and a project has thousands. The query starts
    on the second line of its statement, where errors are looked for.
    """
    if is_kept:
        connection.execute(f"truncate {target}")
        counts = connection.execute(f"insert into {target}\n{query}").fetchall()
    else:
        counts = connection.execute(f"create or replace table {target} as (\n{query}\n)").fetchall()
    return int(counts[0][0])
