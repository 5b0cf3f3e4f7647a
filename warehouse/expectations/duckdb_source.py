"""A Great Expectations SQL data source over an open DuckDB connection, and every patch that takes.

Takes a connection, gives a data source in an ephemeral context: no files, no telemetry, no progress bars, no logs.

Great Expectations 1.24 fetches rows after it has returned a connection to SQLAlchemy's pool; the pool rolls back, and
with duckdb_engine the result is lost. One failing query also leaves the transaction aborted, so that every later
expectation fails. `_Session` has no transactions to roll back: each statement commits by itself, and both go away.
Sharing the caller's connection, not a cursor of it, keeps `use …`, settings and temporary tables.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from great_expectations.data_context import AbstractDataContext
    from great_expectations.datasource.fluent import SQLDatasource

_ENGINE = "duckdb_engine"


@contextmanager
def sql_source(connection: duckdb.DuckDBPyConnection) -> Iterator[SQLDatasource]:
    """A SQL data source that reads through `connection`; `.data_context` is its ephemeral context.

    Inside the block that context is Great Expectations' current one, and its loggers are silent; afterwards both are
    as before, and the connection is open.
    """
    load()
    with _silence(), _ephemeral_context() as context:
        source = context.data_sources.add_sql(
            name="gouji",
            connection_string="duckdb://",
            create_temp_table=False,
            kwargs={"creator": lambda: _Session(connection)},
        )
        try:
            yield source
        finally:
            source.get_execution_engine().close()
            source.get_engine().dispose()


def load() -> None:
    """Imports great_expectations, with telemetry off: 1.24.1 has none left, other releases read the variable."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    ours = _ENGINE not in sys.modules
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import duckdb_engine  # noqa: F401
        import great_expectations  # noqa: F401
    if ours:
        atexit.register(_forget_engine)


class _Session:
    """What SQLAlchemy takes for a DBAPI connection: the caller's own, without transactions, never closed."""

    autocommit = None
    closed = False

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.notices: list[str] = []

    def cursor(self) -> Any:
        from duckdb_engine import CursorWrapper

        return CursorWrapper(self._connection, self)

    def begin(self) -> None:
        """Nothing: each statement is its own transaction."""

    commit = rollback = close = begin


@contextmanager
def _ephemeral_context() -> Iterator[AbstractDataContext]:
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import project_manager
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
    from great_expectations.exceptions import DataContextRequiredError

    try:
        previous = project_manager.get_current_project()
    except DataContextRequiredError:
        previous = None
    # a configuration of our own, because the default one makes a folder for Data Docs
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars={"globally": False},
        analytics_enabled=False,
    )
    try:
        yield gx.get_context(project_config=config, mode="ephemeral")
    finally:
        project_manager.set_project(previous)


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps Great Expectations' loggers quiet: what went wrong is in its results, which we report ourselves."""
    logger = logging.getLogger("great_expectations")
    propagate, handler = logger.propagate, logging.NullHandler()
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _forget_engine() -> None:
    """Lets go of DuckDB when the process ends.

    jsonschema, which Great Expectations imports, keeps modules alive in a Rust map that Python's collector cannot see;
    duckdb_engine hangs on to that, DuckDB to duckdb_engine, and DuckDB 2.0 prints a page about leaks on stderr.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == _ENGINE]:
        vars(sys.modules[name]).clear()
