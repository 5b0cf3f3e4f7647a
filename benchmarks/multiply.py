"""Raw tables of any size: those of a built warehouse, copied with new documents and new organisations.

Takes a warehouse and a number of figures; writes a warehouse that has only `raw`, with as many copies as it takes.
"""

from __future__ import annotations

import math
from pathlib import Path

import duckdb

from warehouse.publish import STORAGE_VERSION

# A copy is another organisation's document. Of the columns that name one, all say the same in a copy.
_ORGANISATIONS = ("organization_name", "department_name")


def multiply(source: Path, target: Path, figures: int) -> int:
    """Writes `target` with at least `figures` figures and returns how many it has; 0 copies the raw tables as they are.

    The first copy is the original. In every other, `document_id` is the SHA-256 of the original's and the number of the
    copy, and organisations have that number after their name: so documents are compared with those they were compared
    with, and the number of organisations, documents and figures grows alike, as it does when more places publish.
    """
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{source}' as source (read_only)")
        connection.execute(f"attach '{target}' as target (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema target.raw")
        ((one,),) = connection.execute("select count(*) from source.raw.number where outcome = 'figure'").fetchall()
        copies = max(1, math.ceil(figures / one))
        columns = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns()"
            " where database_name = 'source' and schema_name = 'raw' group by table_name"
        ).fetchall()
        for table, names in columns:
            select = ", ".join(_copied(name) for name in names)
            connection.execute(
                f"create table target.raw.{table} as"
                f" select {select} from source.raw.{table}, range({copies}) as c(copy) order by copy"
            )
    return one * copies


def _copied(column: str) -> str:
    if column in ("document_id", "duplicate_of"):
        return f"if(copy = 0, {column}, sha256({column} || '#' || copy)) as {column}"
    if column in _ORGANISATIONS:
        return f"if(copy = 0, {column}, {column} || '·' || copy) as {column}"
    return column
