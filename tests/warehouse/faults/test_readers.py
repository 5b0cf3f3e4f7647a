"""Readers all through: who reads while others publish, roll back and remove has one whole version, old or new."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

from warehouse import versions
from warehouse.publish import building, updating

Python = Callable[..., "subprocess.Popen[str]"]

READER = """
import sys
from pathlib import Path
from warehouse import query

warehouse, stop = map(Path, sys.argv[1:3])
seen = []
print("began", flush=True)
while not stop.exists():
    with query.reading(warehouse) as connection:
        rows = query.select(connection, "select distinct a.x, b.x from a, b where a.n = b.n").values
        counts = query.select(connection, "select (select count(*) from a), (select count(*) from b)").values
    if len(rows) != 1 or rows[0][0] != rows[0][1] or counts != ((20000, 20000),):
        sys.exit(f"rows of several versions: {rows} {counts}")
    seen.append(rows[0][0])
if "forward" in sys.argv and seen != sorted(seen):
    sys.exit(f"an earlier version after a later one: {seen}")
print(len(seen), len(set(seen)), flush=True)
"""


def publish(warehouse: Path, version: int) -> None:
    with building(warehouse, keep=2) as connection:
        connection.execute(f"create table a as select {version} as x, range as n from range(20000)")
        connection.execute(f"create table b as select {version} as x, range as n from range(20000)")


def test_readers_see_whole_versions_while_several_are_published(python: Python, tmp_path: Path) -> None:
    """Readers open, read two tables and close, all the time; two of the versions at most are kept meanwhile."""
    warehouse, stop = tmp_path / "gouji.duckdb", tmp_path / "stop"
    publish(warehouse, 0)
    readers = [python(READER, warehouse, stop, "forward") for _ in range(3)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "began\n"
    for version in range(1, 16):
        publish(warehouse, version)
    stop.touch()
    for reader in readers:
        with reader:
            out, errors = reader.communicate(timeout=300)
        assert reader.returncode == 0, errors
        reads, versions_seen = map(int, out.split())
        assert reads >= versions_seen > 1


def test_readers_see_whole_versions_through_rollbacks_and_updates(python: Python, tmp_path: Path) -> None:
    """One version is kept at times, so that what a reader is about to open may be gone."""
    warehouse, stop = tmp_path / "gouji.duckdb", tmp_path / "stop"
    publish(warehouse, 0)
    readers = [python(READER, warehouse, stop) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "began\n"
    for version in range(1, 8):
        publish(warehouse, 2 * version)
        with updating(warehouse, keep=1 + version % 2) as connection:
            connection.execute("update a set x = x + 1; update b set x = x + 1")
        if version % 2:
            versions.rollback(warehouse)
    stop.touch()
    for reader in readers:
        with reader:
            _, errors = reader.communicate(timeout=300)
        assert reader.returncode == 0, errors


def test_who_holds_a_version_open_keeps_it_when_it_is_removed(tmp_path: Path) -> None:
    warehouse = tmp_path / "gouji.duckdb"
    publish(warehouse, 1)
    with duckdb.connect(warehouse, read_only=True) as held:
        for version in range(2, 6):
            publish(warehouse, version)
        assert len(versions.listed(warehouse)) == 2
        sums = held.execute("select sum(a.x), sum(b.x), count(*) from a inner join b using (n)").fetchall()
    assert sums == [(20000, 20000, 20000)]
