"""What DuckDB raises where the pages of a file do not match their checksums, or cannot be read at all."""

from __future__ import annotations

import duckdb

_KINDS = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def is_damage(error: BaseException) -> bool:
    """Whether an error says that a database file is damaged, or that the disk gives nothing.

    A damaged page that a query meets half-way has no exception of its own: it is the base class, and a message.
    """
    return isinstance(error, _KINDS) or (isinstance(error, duckdb.Error) and "Corrupt database file" in str(error))
