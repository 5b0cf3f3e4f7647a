"""Builds that are killed: at every change to the file system, every statement, and at random moments of every stage.

Each kill has a warehouse of its own, whose published version must be whole afterwards; the next build must end with
the rows of a fresh one, leave nothing behind of what was killed, and have it on record. `make test-faults` kills at
every point, GOUJI_FAULT_KILLS is how many kills at least; the normal tests choose a few points by chance.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from killing import NO_MODELS, PUBLISHING, Killing, asked, without_models
from rows import tables

from warehouse import build as building
from warehouse import lock, runs, versions
from warehouse.expectations import CheckReport

KILLS = int(os.environ.get("GOUJI_FAULT_KILLS", "6"))
IS_FULL_FORM = KILLS >= 200
# A warehouse that is changed, one that is read anew, a plain file of the time before versions, and none.
BASES = ("incremental", "full", "plain", "first")
STAGES = ("准备", "准备项目", "读取报告", "建模", "核对", *PUBLISHING)
MOMENTS = 8
# No build has fewer points than this; a worker has these: rows, and for the entry its folders, its file and its move.
FEWEST_POINTS, WORKER_POINTS = 40, 6

REPORT = "云岭市{}局2021年度部门决算\n2021年度本年支出合计{}万元，其中：基本支出60万元，项目支出40万元。\n"


class Server:
    """The process that forks builds and kills them."""

    def __init__(self, root: Path) -> None:
        script = Path(__file__).with_name("killing.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), *(["checks"] if IS_FULL_FORM else [])],
            cwd=root,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def build(self, killing: Killing) -> dict[str, Any]:
        """What became of a build."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(asked(killing))
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """End it."""
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()


@dataclass
class Field:
    """What kills need: two states of the reports, warehouses of the first, the rows of fresh builds of both."""

    folder: Path
    project: Path
    server: Server
    build: Callable[[Path], Any]
    earlier: dict[str, Any]
    later: dict[str, Any]

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def killing(self, base: str, warehouse: Path, **when: Any) -> Killing:
        """A build of the reports as they are now into a copy of the base."""
        if base != "first":
            shutil.copytree(self.folder / base, warehouse.parent, symlinks=True)
        return Killing(
            str(self.reports), str(warehouse), str(self.project), is_full=base == "full", **when
        )  # fmt: skip

    def kill(self, base: str, name: str, **when: Any) -> bool:
        """Kill one build, look at what it left, and let the next one heal it; gives whether the kill came in time."""
        folder = self.folder / "rounds" / name
        warehouse = folder / "w.duckdb"
        ended = self.server.build(self.killing(base, warehouse, **when))
        told = f"{base}, {when}, {ended}"
        assert ended["code"] == -signal.SIGKILL or (ended["outcome"] == "built" and "stage" in when), told
        seen = "raw." if when.get("has_models") else ""  # the builds that heal have no models
        is_published = self._looked_at(base, warehouse, seen, told)
        with_record = [run.outcome for run in _history(warehouse)]
        _no_process_is_left(warehouse)
        result = self.build(warehouse)
        assert result.run.outcome == ("unchanged" if is_published else "built"), told
        assert _of(tables(warehouse), seen) == _of(self.later, seen), told
        after = [run.outcome for run in _history(warehouse)]
        assert after == [result.run.outcome, *with_record], told
        assert versions.listed(warehouse)[0].is_current, told
        if not is_published:
            assert _left(warehouse) == [], told
        shutil.rmtree(folder)
        return ended["code"] == -signal.SIGKILL

    def _looked_at(self, base: str, warehouse: Path, seen: str, told: str) -> bool:
        """Whether the killed build has published what it made; what is published is whole, whichever it is."""
        if base == "first" and not warehouse.exists():
            assert not warehouse.is_symlink(), told
            return False
        found = _of(tables(warehouse), seen)
        if found == _of(self.later, seen):
            return True
        assert base != "first", told
        assert found == _of(self.earlier, seen), told
        return False


def _of(rows: dict[str, Any], schema: str) -> dict[str, Any]:
    return {table: rows[table] for table in rows if table.startswith(schema)}


def _history(warehouse: Path) -> list[runs.Run]:
    if not warehouse.exists():
        return runs.history(warehouse, None)
    with duckdb.connect(warehouse, read_only=True) as connection:
        return runs.history(warehouse, connection)


def _no_process_is_left(warehouse: Path) -> None:
    """Workers end with the build that started them, and with it the lock."""
    deadline = time.monotonic() + 20
    while left := [path for path in Path("/proc").glob("[0-9]*/cmdline") if _names(path, warehouse.parent)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)
    if versions.folder(warehouse).is_dir():
        with lock.exclusive(versions.lock_file(warehouse), warehouse):
            pass


def _names(path: Path, folder: Path) -> bool:
    try:
        return os.fsencode(folder) in path.read_bytes()
    except OSError:  # ended meanwhile
        return False


def _left(warehouse: Path) -> list[str]:
    """What is neither a whole version nor an entry of the cache."""
    folder = warehouse.parent
    expected = {warehouse.name, "w.versions", ".w.duckdb.cache"}
    left = [path.name for path in folder.iterdir() if path.name not in expected]
    left += [path.name for path in (folder / ".w.duckdb.cache").iterdir() if path.name != "documents"]
    entries = (path for path in (folder / ".w.duckdb.cache").rglob("*") if not path.is_dir())
    left += [path.name for path in entries if path.suffix != ".document"]
    kept = versions.listed(warehouse)
    names = {".lock", *(version.name for version in kept)}
    left += [path.name for path in (folder / "w.versions").iterdir() if path.name not in names]
    for version in kept:
        left += [path.name for path in version.file.parent.iterdir() if path != version.file]
        duckdb.connect(version.file, read_only=True).close()
    return left


@pytest.fixture(scope="module")
def field(root: Path, light_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Builds that heal have no models here, as most of those that are killed."""
    folder = tmp_path_factory.mktemp("kills")
    reports = folder / "reports"
    reports.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "transform", without_models)
        patch.setattr(building, "plan", lambda *_: NO_MODELS)
        patch.setattr(building, "run_checks", lambda *_: CheckReport((), 0.0))

        def build(warehouse: Path) -> Any:
            return building.build([reports], warehouse, light_project, keep=2)

        def state(**amounts: int) -> None:
            for file in reports.iterdir():
                file.unlink()
            for name, amount in amounts.items():
                (reports / f"{name}.txt").write_text(REPORT.format(name, amount), encoding="utf-8")

        linked = folder / "incremental" / "w.duckdb"
        for amount in (99, 100):  # two versions: the next one makes the first go
            state(统计=100, 审计=amount, 农业=100)
            linked.parent.mkdir(exist_ok=True)
            build(linked)
        shutil.copytree(linked.parent, folder / "full", symlinks=True)
        shutil.copytree(linked.parent, folder / "plain")
        shutil.rmtree(folder / "plain" / "w.versions")
        state(统计=100, 审计=101, 林业=100)
        build(folder / "later.duckdb")
        server = Server(root)
        try:
            yield Field(
                folder,
                light_project,
                server,
                build,
                tables(linked),
                tables(folder / "later.duckdb"),
            )
        finally:
            server.close()


@pytest.fixture
def chance() -> random.Random:
    """Other moments in every run; the seed is printed with a failure."""
    seed = random.randrange(10**6)
    print("seed", seed)
    return random.Random(seed)


@pytest.mark.parametrize("base", BASES)
def test_a_build_killed_before_any_change_it_makes(
    field: Field, chance: random.Random, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes are those that Python makes to the file system, and statements that change rows."""
    places = [chance.randrange(FEWEST_POINTS)]
    if IS_FULL_FORM:
        whole = field.server.build(field.killing(base, field.folder / "whole" / base / "w.duckdb"))
        assert whole["outcome"] == "built"
        assert {"open", "os.rename", "os.symlink", "sql"} <= {name.split()[0] for name in whole["points"]}
        assert len(whole["points"]) > FEWEST_POINTS
        places = list(range(len(whole["points"])))
    for point in places:
        field.kill(base, f"{base}-{point}", point=point)
    tell(capsys, f"{base}: killed before each of {len(places)} changes")


def test_a_build_killed_while_a_worker_writes(
    field: Field, chance: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows on their way, and entries of the cache; worker and build die before each change that the worker makes."""
    places = list(range(WORKER_POINTS)) if IS_FULL_FORM else [chance.randrange(WORKER_POINTS)]
    for point in places:
        field.kill("full", f"worker-{point}", worker_point=point)
    tell(capsys, f"worker: killed before each of {len(places)} changes")


def test_a_build_killed_at_random_moments_of_every_stage(
    field: Field, chance: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moments are spread over the time that each stage takes; in the full form with all models and checks."""
    seconds = dict.fromkeys(chance.sample(STAGES, 1), 0.1)
    if IS_FULL_FORM:
        whole = field.killing("incremental", field.folder / "whole" / "stages" / "w.duckdb", has_models=True)
        seconds = field.server.build(whole)["seconds"]
        assert set(STAGES) == set(seconds)
    moments = MOMENTS if IS_FULL_FORM else 1
    killed = Counter[str]()
    for stage, took in seconds.items():
        for number in range(moments):
            after = took * (number + chance.random()) / moments
            when = {"stage": stage, "after": after, "has_models": IS_FULL_FORM}
            killed[stage] += field.kill("incremental", f"{stage}-{number}", **when)
    tell(capsys, f"killed at moments of stages: {dict(killed)}")


def tell(capsys: pytest.CaptureFixture[str], what: str) -> None:
    """Figures of the full form are for whoever runs it."""
    if IS_FULL_FORM:
        with capsys.disabled():
            print(f"\n{what}", flush=True)
