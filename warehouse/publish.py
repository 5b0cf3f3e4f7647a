"""A warehouse file that readers never see half built: written aside, then moved into place in one step."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# DuckDB clients of the 1.5 line, which analysts' tools still ship, can open files written this way.
STORAGE_VERSION = "v1.5.0"


@contextmanager
def updating(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the warehouse that replaces it when the block ends well.

    Raises FileNotFoundError if there is no warehouse yet.
    """
    aside = _aside(warehouse)
    shutil.copyfile(warehouse, aside)
    with _moved_into_place(aside, warehouse) as connection:
        yield connection


@contextmanager
def building(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new, empty warehouse that replaces the file at `warehouse` when the block ends well.

    If the block raises, or the process dies, the file that was there before stays as it was.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with _moved_into_place(_aside(warehouse), warehouse) as connection:
        yield connection


def _aside(warehouse: Path) -> Path:
    """Where to write, beside the warehouse; what builds left there that were killed is removed."""
    for left in warehouse.parent.glob(f".{glob.escape(warehouse.name)}.building-*"):
        process = left.suffix.rpartition("-")[2]
        if process.isdigit() and not _is_running(int(process)):
            _remove(left)
    aside = warehouse.with_name(f".{warehouse.name}.building-{os.getpid()}")
    _remove(aside)
    return aside


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _moved_into_place(aside: Path, warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    try:
        target = str(aside).replace("'", "''")
        connection.execute(f"attach '{target}' as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("use warehouse")
        yield connection
        connection.execute("checkpoint warehouse")
        connection.execute("use memory")
        connection.execute("detach warehouse")
        connection.close()
        aside.replace(warehouse)
    finally:
        connection.close()
        _remove(aside)


def _remove(file: Path) -> None:
    for path in (file, file.with_name(file.name + ".wal")):
        path.unlink(missing_ok=True)
