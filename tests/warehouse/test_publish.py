"""Publishing a warehouse: what builds leave aside that ended badly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.publish import building


def _dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_what_a_killed_build_left_goes_with_the_next_one(tmp_path: Path) -> None:
    warehouse = tmp_path / "gouji.duckdb"
    left = tmp_path / f".gouji.duckdb.building-{_dead_process()}"
    other = tmp_path / ".other.duckdb.building-1"
    for file in (left, left.with_name(left.name + ".wal"), other):
        file.write_bytes(b"half")
    with building(warehouse) as connection:
        connection.execute("create table t as select 1 as x")
    assert sorted(p.name for p in tmp_path.iterdir()) == [other.name, warehouse.name]


def test_a_build_that_raises_leaves_nothing_and_the_earlier_file(tmp_path: Path) -> None:
    warehouse = tmp_path / "gouji.duckdb"
    warehouse.write_bytes(b"earlier")
    with pytest.raises(ZeroDivisionError), building(warehouse):
        raise ZeroDivisionError
    assert [p.name for p in tmp_path.iterdir()] == [warehouse.name]
    assert warehouse.read_bytes() == b"earlier"
