"""Adds to an incremental model what is new: dbt's `delete+insert`, or `append` for a model without a unique key.

The rows of the model's query, rendered with `is_incremental()` true, replace those of the same key; then the model's
own `post_hook` deletes what is gone.
"""

from __future__ import annotations

import duckdb

from warehouse.transform.resources import Compiled, Model, quoted

_STAGE = "_gouji_increment"


def increment(connection: duckdb.DuckDBPyConnection, model: Model, compiled: Compiled) -> int:
    """Changes the table of a model and returns how many rows were added; to be called inside a transaction.

    The SQL starts on the second line of the first statement, where errors are looked for. Rows with an empty key
    replace nothing, as in dbt.
    """
    target = f"{quoted(model.schema)}.{quoted(model.name)}"
    connection.execute(f"create or replace temp table {_STAGE} as (\n{compiled.increment}\n)")
    if model.unique_key:
        same = " and ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in model.unique_key)
        connection.execute(f"delete from {target} as old using {_STAGE} as new where {same}")
    counts = connection.execute(f"insert into {target} by name from {_STAGE}").fetchall()
    connection.execute(f"drop table {_STAGE}")
    for hook in compiled.hooks:
        connection.execute(hook)
    return int(counts[0][0])
