"""The clock is set: nothing that changed is missed, versions stay in their order, and nothing needed is removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import write
from rows import tables

from warehouse import publish, runs, versions
from warehouse.build import BuildResult
from warehouse.reading import cache, inventory
from warehouse.reading.cache import folder_of

Built = Callable[..., BuildResult]
YEAR = timedelta(days=365)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets the time of day of everything here that asks for it, so much away from the true one."""
    real = __import__("time").time_ns

    def set_by(shift: timedelta) -> None:
        nanoseconds = int(shift.total_seconds()) * 10**9

        class Moved(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return datetime.fromtimestamp((real() + nanoseconds) / 1e9, tz)

        class Clock:
            time = staticmethod(lambda: (real() + nanoseconds) / 1e9)
            time_ns = staticmethod(lambda: real() + nanoseconds)

        for module in (publish, runs, versions):
            monkeypatch.setattr(module, "datetime", Moved)
        for module in (inventory, cache):
            monkeypatch.setattr(module, "time", Clock)

    return set_by


@pytest.mark.parametrize("shifts", [(YEAR, -YEAR, timedelta()), (-YEAR, YEAR, -2 * YEAR)], ids=["forward", "back"])
def test_versions_are_in_the_order_of_their_builds(
    built: Built, reports: Path, clock: Callable[[timedelta], None], shifts: tuple[timedelta, ...]
) -> None:
    names = []
    for number, shift in enumerate(shifts):
        clock(shift)
        write(reports, 统计=100, 审计=100 + number)
        warehouse = built(keep=2).warehouse
        names.append(versions.listed(warehouse)[0].name)
        assert versions.listed(warehouse)[0].is_current
    assert [version.name for version in versions.listed(warehouse)] == names[:0:-1]
    assert tables(warehouse) == tables(built("fresh").warehouse)
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = runs.history(warehouse, connection)
    assert all(run.seconds is not None and 0 <= run.seconds < 600 for run in found)
    assert versions.rollback(warehouse).name == names[1]
    assert max(run.started_at for run in found).date() == (datetime.now(UTC) + max(shifts)).date()


@pytest.mark.parametrize("shift", [YEAR, -YEAR], ids=["forward", "back"])
def test_nothing_changed_is_missed_and_nothing_unchanged_read(
    built: Built, reports: Path, clock: Callable[[timedelta], None], shift: timedelta
) -> None:
    warehouse = built().warehouse
    clock(shift)
    assert built().is_unchanged
    file = reports / "审计.txt"
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"100", b"105"))  # of the same size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # and, it says, of the same time
    run = built().run
    assert (run.files_opened, run.documents_parsed) == (1, 1)
    clock(timedelta())
    assert built().is_unchanged
    assert tables(warehouse) == tables(built("fresh").warehouse)


@pytest.mark.parametrize("moment", [0, 1, 4102444800, -86400], ids=["1970", "a second later", "2100", "1969"])
def test_times_of_files_that_cannot_be_true_hide_nothing(built: Built, reports: Path, moment: int) -> None:
    for file in reports.iterdir():
        os.utime(file, (moment, moment))
    built()
    assert built().is_unchanged
    file = reports / "农业.txt"
    file.write_bytes(file.read_bytes().replace(b"100", b"107"))
    os.utime(file, (moment, moment))
    assert built().run.documents_added == 1


def test_a_clock_ahead_removes_nothing_from_the_cache_that_is_needed(
    built: Built, reports: Path, clock: Callable[[timedelta], None]
) -> None:
    warehouse = built().warehouse
    clock(YEAR)
    write(reports, 统计=100, 审计=100, 农业=100, 林业=100)
    built()
    assert len(list(folder_of(warehouse).rglob("*.document"))) == 4
    warehouse.unlink()
    assert built().run.documents_parsed == 0


def test_a_plain_file_from_the_future_becomes_a_version_of_now(built: Built, reports: Path) -> None:
    warehouse = built().warehouse
    plain = warehouse.resolve()
    warehouse.unlink()
    plain.rename(warehouse)
    versions.remove(versions.folder(warehouse))
    os.utime(warehouse, (4102444800, 4102444800))
    write(reports, 林业=1)
    built()
    newest, adopted = versions.listed(warehouse)
    assert adopted.name.partition("-")[2].startswith("adopted")
    assert newest.is_current
    assert newest.built_at < datetime.now(UTC) + timedelta(days=1)
