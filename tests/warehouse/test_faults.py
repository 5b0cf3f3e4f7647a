"""What readers have when builds are killed, at random moments and at every step of publishing, or publish all the time.

`make test-faults` kills fifty builds instead of the few of the normal tests.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse import versions
from warehouse.build import BuildResult, build
from warehouse.publish import building

KILLS = int(os.environ.get("GOUJI_FAULT_KILLS", "6"))

Python = Callable[..., "subprocess.Popen[str]"]

REPORT = "云岭市统计局2021年度部门决算\n2021年度本年支出合计100万元，其中：基本支出60万元，项目支出40万元。\n"

BUILD = """
import sys
from pathlib import Path
from warehouse import build, expectations

# what is killed is the build, so that Great Expectations need not be imported each time
build.run_checks = lambda connection, project: expectations.CheckReport((), 0.0)
report, warehouse, project = map(Path, sys.argv[1:])
print("began", flush=True)
build.build([report], warehouse, project)
print("ended", flush=True)
"""


def organizations(warehouse: Path) -> list[str]:
    """Organisations of a warehouse, of which every table can be read to its last row."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = current_database()"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f'select hash(t) from "{schema}"."{table}" as t').fetchall()
        rows = connection.execute("select organization_name from marts.dim_organization order by 1").fetchall()
    return [row[0] for row in rows]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text(REPORT, encoding="utf-8")
    return file


def test_builds_killed_at_random_moments_leave_a_version_to_read(
    python: Python, light_project: Path, tiny_copy: Path, report: Path
) -> None:
    """Moments are spread over the whole of a build, whose time is taken first; the seed is printed with a failure."""
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    started = time.monotonic()
    seconds = 0.0
    with python(BUILD, report, tiny_copy.with_name("other.duckdb"), light_project) as whole:
        assert whole.stdout is not None
        assert whole.stdout.readline() == "began\n"
        started = time.monotonic()
        assert whole.stdout.readline() == "ended\n"
        seconds = time.monotonic() - started
    killed = 0
    for number in range(KILLS):
        before = organizations(tiny_copy)
        # one moment in each part of the build's time
        moment = seconds * (number + moments.random()) / KILLS
        with python(BUILD, report, tiny_copy, light_project) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "began\n"
            time.sleep(moment)
            process.kill()
            process.communicate()
        killed += process.returncode == -signal.SIGKILL
        after = organizations(tiny_copy)
        assert after in (before, ["云岭市统计局"]), f"seed {seed}, kill {number} after {moment:.3f} s"
        if process.returncode == -signal.SIGKILL:
            assert after == before or versions.listed(tiny_copy)
    assert killed >= KILLS / 2, "builds ended before they were killed"
    build([report], tiny_copy, light_project)
    assert organizations(tiny_copy) == ["云岭市统计局"]
    assert [path.name for path in versions.folder(tiny_copy).glob(".building-*")] == []


STEPS = ("adopt", "rename", "sync", "point", "replace", "prune")
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from warehouse import versions
from warehouse.publish import building

warehouse, step, after = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "after"
place = Path if step in ("rename", "replace") else versions
work = getattr(place, step)

def killed(*arguments):
    if after:
        work(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(place, step, killed)
with building(warehouse) as connection:
    connection.execute("create table t as select 2 as x")
"""


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain file", "link"])
def test_a_build_killed_at_any_step_of_publishing_leaves_a_version_to_read(
    python: Python, tmp_path: Path, is_plain: bool
) -> None:
    """Before and after each step, there is either the earlier version or the new one, and the next build succeeds."""
    killed = []
    for step in STEPS:
        for moment in ("before", "after"):
            folder = tmp_path / f"{step}-{moment}"
            folder.mkdir()
            warehouse = folder / "gouji.duckdb"
            if is_plain:
                with duckdb.connect(warehouse) as connection:
                    connection.execute("create table t as select 1 as x")
            else:
                with building(warehouse) as connection:
                    connection.execute("create table t as select 1 as x")
            killed.append((step, moment, warehouse, python(KILLED_AT, warehouse, step, moment)))
    seen = {}
    for step, moment, warehouse, process in killed:
        with process:
            _, errors = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, errors
        with duckdb.connect(warehouse, read_only=True) as connection:
            seen[step, moment] = connection.execute("select x from t").fetchall()[0][0]
        with building(warehouse) as connection:
            connection.execute("create table t as select 3 as x")
        kept = [version for version in versions.listed(warehouse) if version.is_current]
        assert len(kept) == 1
        with duckdb.connect(warehouse, read_only=True) as connection:
            assert connection.execute("select x from t").fetchall() == [(3,)]
        assert sorted(path.name for path in warehouse.parent.iterdir()) == ["gouji.duckdb", "gouji.versions"]
    assert seen[STEPS[0], "before"] == 1
    assert seen["replace", "after"] == 2  # the link has moved
    assert set(seen.values()) == {1, 2}


READER = """
import sys
from pathlib import Path
from warehouse import query

warehouse, stop = map(Path, sys.argv[1:])
seen = []
print("began", flush=True)
while not stop.exists():
    with query.reading(warehouse) as connection:
        rows = query.select(connection, "select distinct a.x, b.x from a, b where a.n = b.n").values
        counts = query.select(connection, "select (select count(*) from a), (select count(*) from b)").values
    if len(rows) != 1 or rows[0][0] != rows[0][1] or counts != ((20000, 20000),):
        sys.exit(f"rows of several versions: {rows} {counts}")
    seen.append(rows[0][0])
if seen != sorted(seen):
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
    readers = [python(READER, warehouse, stop) for _ in range(3)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "began\n"
    for version in range(1, 16):
        publish(warehouse, version)
    stop.touch()
    for reader in readers:
        with reader:
            out, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        reads, versions_seen = map(int, out.split())
        assert reads >= versions_seen > 1


def test_a_disk_that_fills_up_in_a_build_leaves_the_earlier_version(
    python: Python, light_project: Path, tiny: BuildResult, report: Path, tmp_path: Path
) -> None:
    """A build of the real project on a disk of its own that is too small; where one cannot be mounted, see
    test_publish for the limit on file sizes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = tiny.warehouse.stat().st_size * 3 // 2
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk: {mounted.stderr.decode(errors='replace').strip()}")
    try:
        warehouse = disk / "gouji.duckdb"
        shutil.copyfile(tiny.warehouse, warehouse)
        with python(BUILD, report, warehouse, light_project) as process:
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "磁盘已满" in errors
        assert organizations(warehouse) == ["云岭市财政局"]
        assert [path.name for path in versions.folder(warehouse).iterdir()] == [".lock"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
