"""Damage on disk: of the cache, of the warehouse, of the record of runs. A build that has something to do heals it."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import write
from rows import tables

from loaders.landing import Landing
from warehouse import runs, versions
from warehouse.build import BuildResult, build
from warehouse.changes import compared
from warehouse.damage import is_damage
from warehouse.reading.cache import folder_of

Built = Callable[..., BuildResult]


@pytest.fixture
def whole(built: Built, reports: Path) -> tuple[Path, dict[str, Any]]:
    """A warehouse, and the rows that one of the reports as they are next has."""
    warehouse = built().warehouse
    write(reports, 统计=100, 审计=101, 林业=100)
    later = tables(built("later").warehouse)
    return warehouse, later


# The cache


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    (path / "something").mkdir(parents=True)


def replaced_by_a_link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def replaced_by_a_pipe(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero/none")


def replaced_by_another(path: Path) -> None:
    other = next(other for other in path.parents[1].rglob("*.document") if other != path)
    shutil.copyfile(other, path)


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "one bit": lambda path: path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:]),
    "another's": replaced_by_another,
    "folder": replaced_by_a_folder,
    "loop": replaced_by_a_link_to_itself,
    "no way there": replaced_by_a_pipe,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_entries_of_the_cache_are_read_again_and_replaced(built: Built, damage: Callable[[Path], Any]) -> None:
    warehouse = built().warehouse
    earlier = tables(warehouse)
    entries = sorted(folder_of(warehouse).rglob("*.document"))
    assert len(entries) == 3
    for entry in entries:
        damage(entry)
    warehouse.unlink()
    result = built()
    assert result.rejected == ()
    assert result.run.documents_parsed in (2, 3)  # one of them may have become itself
    assert tables(warehouse) == earlier
    assert all(entry.is_file() and not entry.is_symlink() for entry in entries)


@pytest.mark.parametrize("place", ["", "documents", "documents/*", "documents/*/*"])
def test_a_file_in_place_of_a_folder_of_the_cache_makes_way(built: Built, place: str) -> None:
    warehouse = built().warehouse
    earlier = tables(warehouse)
    (folder, *_) = sorted(folder_of(warehouse).glob(place)) if place else [folder_of(warehouse)]
    shutil.rmtree(folder)
    folder.write_text("none of gouji's")
    warehouse.unlink()
    assert built().rejected == ()
    assert folder.is_dir()
    assert tables(warehouse) == earlier


def test_entries_that_nobody_needs_grow_old_and_go(built: Built, reports: Path) -> None:
    """Also what a worker left that was killed while it wrote, and what other readers had made."""
    warehouse = built().warehouse
    cache = folder_of(warehouse)
    (cache / "documents" / "0123456789abcdef").mkdir()
    (cache / "storing-7").write_bytes(b"half")
    (cache / "reading-1").mkdir()  # process 1 lives, and is none of ours
    write(reports, 统计=100, 审计=101)
    built()
    gone = sorted(cache.rglob("*.document"), key=lambda path: path.stat().st_mtime_ns)
    assert len(gone) == 4  # of those that are gone from the warehouse, too: they may come back
    for entry in gone:
        os.utime(entry, (1, 1))
    write(reports, 统计=100, 审计=101, 林业=1)
    built()
    assert len(list(cache.rglob("*.document"))) == 3
    assert [path.name for path in cache.iterdir()] == ["documents"]
    assert len(list((cache / "documents").iterdir())) == 1


def test_a_file_that_changes_while_it_is_read_is_read_again(
    built: Built, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another content than the one surveyed is read, and then the file is as it was before."""
    file = reports / "审计.txt"
    first, second = file.read_bytes(), file.read_bytes().replace(b"100", b"105")
    create = Landing.create

    def changing(self: Landing) -> None:
        create(self)
        file.write_bytes(second)

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "create", changing)
        between = built()
    assert between.documents == 3
    file.write_bytes(first)
    assert not built().is_unchanged
    assert tables(between.warehouse) == tables(built("fresh").warehouse)


# The warehouse


def nothing_under_the_link(warehouse: Path) -> None:
    warehouse.resolve().unlink()


def no_versions(warehouse: Path) -> None:
    shutil.rmtree(versions.folder(warehouse))


def a_link_to_itself(warehouse: Path) -> None:
    warehouse.unlink()
    warehouse.symlink_to(warehouse.name)


def no_lock(warehouse: Path) -> None:
    versions.lock_file(warehouse).unlink()


BROKEN: dict[str, Callable[[Path], Any]] = {
    "empty": lambda warehouse: warehouse.write_bytes(b""),
    "cut": lambda warehouse: os.truncate(warehouse, warehouse.stat().st_size // 2),
    "cut to the header": lambda warehouse: os.truncate(warehouse, 4096),
    "text": lambda warehouse: warehouse.write_text("no database at all\n" * 1000),
    "another database": lambda warehouse: _another_database(warehouse),
    "no file under the link": nothing_under_the_link,
    "no versions": no_versions,
    "link to itself": a_link_to_itself,
    "no lock file": no_lock,
}


def _another_database(warehouse: Path) -> None:
    target = warehouse.resolve()
    target.unlink()
    with duckdb.connect(target) as connection:
        connection.execute("create schema raw; create table raw.document (x int); create table t as select 1 as x")


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("has_news", [True, False], ids=["something new", "nothing new"])
def test_a_damaged_warehouse_is_built_anew(
    built: Built, reports: Path, damage: Callable[[Path], Any], has_news: bool
) -> None:
    warehouse = built().warehouse
    damage(warehouse)
    if has_news:
        write(reports, 统计=100, 审计=101, 林业=100)
    result = built()
    assert result.run.outcome == ("unchanged" if damage is no_lock and not has_news else "built")
    assert tables(warehouse) == tables(built("fresh").warehouse)
    assert built().is_unchanged


def _flipped(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x10]))


@contextmanager
def _damage() -> Iterator[list[duckdb.Error]]:
    """What is raised by a block because a file is damaged; anything else goes on."""
    told: list[duckdb.Error] = []
    try:
        yield told
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        told.append(error)


def test_damage_is_told_from_other_faults_whichever_block_it_is_in(tmp_path: Path) -> None:
    file = tmp_path / "large.duckdb"
    sql = "select count(distinct x) from t"
    with duckdb.connect(file) as connection:
        connection.execute("create table t as select hash(range) as x from range(200000)")
        with pytest.raises(duckdb.Error) as raised:
            connection.execute("select y from t")
    assert not is_damage(raised.value)
    undamaged, outcomes = file.read_bytes(), set()
    for at in range(3 * 4096 + 1000, len(undamaged), 256 * 1024):
        file.write_bytes(undamaged)
        _flipped(file, at)
        with _damage() as told, duckdb.connect(file, read_only=True) as connection:
            assert connection.execute(sql).fetchall() == [(200_000,)]  # the block is one that nothing needs
        outcomes.add(bool(told))
    assert True in outcomes


def test_what_fails_inside_a_transaction_is_told_and_not_that_it_was_aborted(tmp_path: Path) -> None:
    """Whether a build is made anew hangs on the error that it failed of."""
    with duckdb.connect() as connection:

        def fail() -> None:
            with compared(connection, tmp_path / "none.duckdb", is_new=True):
                connection.execute("create table t (x integer primary key); begin")
                connection.execute("insert into t values (1), (1)")

        with pytest.raises(duckdb.ConstraintException):
            fail()


def test_flipped_bytes_anywhere_in_a_warehouse_are_healed_by_what_reads_them(
    light_project: Path,
    tiny: BuildResult,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file with models: a few of its blocks, or every one in the full form; the next build has something to do.

    A table that it neither builds nor reads stays as it is, and whoever reads it is told; `--full` heals that too.
    """
    monkeypatch.setattr("warehouse.build.run_checks", lambda *_: tiny.checks)
    folder = tmp_path / "reports"
    write(folder, 财政=100)
    first, warehouse = tmp_path / "first.duckdb", tmp_path / "w.duckdb"
    build([folder], first, light_project)
    write(folder, 财政=101)
    later = tables(build([folder], tmp_path / "later.duckdb", light_project).warehouse)
    size = first.stat().st_size
    # the three headers, and blocks of 256 KiB after them
    places = [8, 4096 + 8, 8192 + 8, *range(3 * 4096 + 1000, size, 256 * 1024)]
    if "GOUJI_FAULT_KILLS" not in os.environ:
        places = random.Random(size).sample(places, 2)
    unseen = 0
    for place in places:
        for file in (warehouse, *versions.folder(warehouse).glob("2*")):
            versions.remove(file)
        shutil.copyfile(first, warehouse)
        _flipped(warehouse, place)
        build([folder], warehouse, light_project)
        with _damage() as told:
            assert tables(warehouse) == later, place
        if told:
            build([folder], warehouse, light_project, is_full=True)
            assert tables(warehouse) == later, place
        unseen += bool(told)
    if "GOUJI_FAULT_KILLS" in os.environ:
        with capsys.disabled():
            print(f"\n{len(places)} blocks damaged, {unseen} of them in tables that the next build did not read")


def test_commands_tell_damage_in_words(gouji: Any, built: Built) -> None:
    warehouse = built().warehouse
    os.truncate(warehouse, warehouse.stat().st_size // 2)
    for command in (["anomalies"], ["runs"], ["versions"], ["run"], ["check"], ["trace", "x"], ["sql", "select 1"]):
        answer = gouji(*command, "--warehouse", warehouse)
        assert answer.code in (0, 1)
        assert "Traceback" not in answer.err + answer.out
    assert gouji("rollback", "--warehouse", warehouse).code == 1


# The record of runs


@pytest.mark.parametrize(
    "noise",
    [
        '{"run_id": "cut',
        "",
        "5\n[]\nnull\n{}\n",
        '{"command": "build", "process": "x"}\n',
        '{"command": "build", "started_at": null, "process": -1}\n',
        '{"command": "build", "run_id": "a", "process": 99999999999999999999}\n',
        "\0" * 100,
        "\udcff{",
    ],
)
def test_a_damaged_record_of_runs_spoils_no_other_run(built: Built, reports: Path, noise: str) -> None:
    warehouse = built().warehouse
    log = warehouse.with_name(".w.duckdb.runs.jsonl")
    log.write_bytes(os.fsencode(noise))
    assert built().is_unchanged
    outcomes = [run.outcome for run in runs.history(warehouse, None)]
    assert outcomes[0] == "unchanged"
    for file in reports.iterdir():
        file.unlink()
    with pytest.raises(Exception, match="没有找到报告文件"):
        built()
    assert [run.outcome for run in runs.history(warehouse, None)][:2] == ["failed", "unchanged"]
    write(reports, 林业=1)
    built()
    assert not log.exists()


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_record_that_cannot_be_written_stops_nothing(built: Built, is_folder: bool) -> None:
    warehouse = built().warehouse
    log = warehouse.with_name(".w.duckdb.runs.jsonl")
    if is_folder:
        log.mkdir()
    else:
        log.symlink_to("nowhere/at/all")
    assert built().is_unchanged
    assert runs.history(warehouse, None) == []


def test_a_run_that_was_killed_is_not_taken_for_another_process_of_its_number(built: Built, reports: Path) -> None:
    """In a container, every build may have the same number; elsewhere numbers come again."""
    warehouse = built().warehouse
    log = warehouse.with_name(".w.duckdb.runs.jsonl")
    killed = json.loads(runs._line(runs.Run("build"))) | {"process_since": "1"}
    log.write_text(json.dumps(killed) + "\n")
    assert [run.outcome for run in runs.history(warehouse, None)] == ["interrupted"]
    alive = json.loads(runs._line(runs.Run("build")))
    log.write_text(json.dumps(killed) + "\n" + json.dumps(alive) + "\n")
    assert [run.outcome for run in runs.history(warehouse, None)] == ["running", "interrupted"]
    write(reports, 林业=1)
    built()
    with duckdb.connect(warehouse, read_only=True) as connection:
        assert {run.outcome for run in runs.history(warehouse, connection)} == {"built", "interrupted", "running"}
