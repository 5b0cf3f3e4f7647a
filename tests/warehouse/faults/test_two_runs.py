"""Two runs at once: one wins, the other says who holds the lock, ends with exit code 1 and hurts nobody."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import write
from rows import tables

from warehouse import lock, runs, versions
from warehouse.build import BuildResult, build
from warehouse.lock import LockError

Built = Callable[..., BuildResult]
Python = Callable[..., "subprocess.Popen[str]"]

WAITING = """
import sys
from pathlib import Path
from warehouse import build, expectations
from killing import NO_MODELS, without_models

build.load_project = build.plan = lambda *_: NO_MODELS
build.transform = without_models

def check(*_):
    print("building", flush=True)
    sys.stdin.readline()
    return expectations.CheckReport((), 0.0)

build.check = check
reports, warehouse, project = map(Path, sys.argv[1:])
print(build.build([reports], warehouse, project).run.outcome)
"""


@pytest.fixture
def writing(
    built: Built, reports: Path, python: Python, root: Path
) -> Callable[[], tuple[subprocess.Popen[str], Path]]:
    """Starts a build of something new in another process, which waits before it publishes."""

    def start() -> tuple[subprocess.Popen[str], Path]:
        warehouse = built().warehouse
        write(reports, 统计=100, 审计=101)
        process = python(WAITING, reports, warehouse, root, PYTHONPATH=str(Path(__file__).parent))
        assert process.stdout is not None
        assert process.stdout.readline() == "building\n"
        return process, warehouse

    return start


def test_whoever_comes_second_is_told_and_changes_nothing(
    writing: Callable[[], tuple[subprocess.Popen[str], Path]],
    built: Built,
    reports: Path,
    gouji: Any,
    monkeypatch: pytest.MonkeyPatch,
    root: Path,
) -> None:
    """A build, one that reads everything anew, `run`, `check` and `rollback`; the winner's work is not disturbed."""
    first, warehouse = writing()
    earlier = tables(warehouse)
    for is_full in (False, True):
        with pytest.raises(LockError, match=rf"进程 {first.pid}，主机 "):
            built(is_full=is_full)
    commands: list[list[Any]] = [["check"], ["build", reports], ["build", reports, "--full"], ["rollback"]]
    for command in commands:
        answer = gouji(*command, "--warehouse", warehouse)
        assert (answer.code, f"进程{first.pid}，" in answer.err) == (1, True), (command, answer)
    assert tables(warehouse) == earlier
    assert gouji("versions", "--warehouse", warehouse).code == 0
    states = {run["outcome"] for run in json.loads(gouji("runs", "--json", "--warehouse", warehouse).out)}
    assert states == {"built", "failed", "running"}
    out, errors = first.communicate("go on\n", timeout=300)
    assert (first.returncode, out) == (0, "built\n"), errors
    assert tables(warehouse) == tables(built("fresh").warehouse)
    assert sum(version.is_current for version in versions.listed(warehouse)) == 1


def test_builds_that_start_together_end_as_one(built: Built, reports: Path, python: Python, root: Path) -> None:
    """Three processes; those that do not get the lock say so, or find that nothing is left to do."""
    warehouse = reports.parent / "w" / "w.duckdb"
    warehouse.parent.mkdir()
    started = [python(WAITING, reports, warehouse, root, PYTHONPATH=str(Path(__file__).parent)) for _ in range(3)]
    ended = []
    for process in started:
        out, errors = process.communicate("go on\n", timeout=300)
        ended.append(out.splitlines()[-1] if process.returncode == 0 else errors)
    assert "built" in ended
    assert all(end in ("built", "unchanged") or "LockError" in end for end in ended), ended
    assert tables(warehouse) == tables(built("fresh").warehouse)


@pytest.mark.parametrize("note", [b"", b'{"pid": 1, "host": "x", "since": "now"}', b"\xff\xfe not a note", b"[]"])
def test_a_lock_that_nobody_holds_is_taken_whatever_its_note_says(built: Built, reports: Path, note: bytes) -> None:
    """Process 1 lives, and is none of ours: the number of a dead build may be another's now."""
    warehouse = built().warehouse
    versions.lock_file(warehouse).write_bytes(note)
    write(reports, 林业=1)
    assert built().run.outcome == "built"
    assert json.loads(versions.lock_file(warehouse).read_bytes())["pid"] == os.getpid()


def test_a_lock_in_other_hands_is_told_without_a_name(built: Built, reports: Path) -> None:
    warehouse = built().warehouse
    write(reports, 林业=1)
    with lock.exclusive(versions.lock_file(warehouse), warehouse):
        versions.lock_file(warehouse).write_bytes(b"")
        with pytest.raises(LockError, match="没有留下名字"):
            built()
    assert runs.history(warehouse, None)[0].outcome == "failed"
    assert built().run.outcome == "built"


def test_the_record_of_runs_keeps_what_two_runs_add_at_once(tmp_path: Path, python: Python) -> None:
    """One forgets what was published while others add lines."""
    add = """
import sys
from pathlib import Path
from warehouse import runs
for _ in range(50):
    runs.log(Path(sys.argv[1]), [runs.Run("build")])
"""
    warehouse = tmp_path / "w.duckdb"
    adding = [python(add, warehouse) for _ in range(2)]
    while any(process.poll() is None for process in adding):
        runs._forget(warehouse, {"nobody"})
    for process in adding:
        assert process.communicate()[1] == ""
    assert len(runs._logged(warehouse)) == 100


def test_builds_need_each_other_no_longer_than_they_run(built: Built, reports: Path, root: Path) -> None:
    """The same warehouse by another name is locked, too: a folder that a link leads to."""
    warehouse = built().warehouse
    other = reports.parent / "other"
    other.symlink_to(warehouse.parent)
    write(reports, 林业=1)
    with lock.exclusive(versions.lock_file(warehouse), warehouse), pytest.raises(LockError):
        build([reports], other / warehouse.name, root)
