"""`gouji watch`: when files are at rest, what is built of them and when, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import lock, versions
from warehouse.sources.watch import Patience, Watcher

TEXT = "云岭市{}局2021年度部门决算\n2021年度本年支出合计{}万元，其中：基本支出60万元，项目支出40万元。\n"


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


def pack(path: Path, *members: tuple[str, str], password: bool = False) -> bytes:
    """A zip of texts; with a password it says of each member that it is encrypted."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
    data = path.read_bytes()
    if password:
        data = data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
        data = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
        path.write_bytes(data)
    return data


# Files at rest


def test_a_file_that_is_still_being_copied_is_not_read(folder: Path, clock: Clock) -> None:
    watcher = Watcher([folder], settle=10, clock=clock)
    (folder / "a.txt").write_text("whole", encoding="utf-8")
    assert not watcher.is_due(watcher.look())  # nobody knows yet
    clock.now = 10
    (folder / "b.zip").write_bytes(b"PK")
    seen = watcher.look()
    assert (seen.settled, seen.moving) == ((folder / "a.txt",), (folder / "b.zip",))
    assert watcher.is_due(seen)
    watcher.built(seen)
    clock.now = 19
    with (folder / "b.zip").open("ab") as file:
        file.write(b"more")
    assert not watcher.is_due(watcher.look())
    clock.now = 28
    assert not watcher.is_due(watcher.look())
    clock.now = 29
    seen = watcher.look()
    assert (seen.settled, watcher.is_due(seen)) == ((folder / "a.txt", folder / "b.zip"), True)
    watcher.built(seen)
    assert not watcher.is_due(watcher.look())


def test_a_file_that_is_being_replaced_is_waited_for(folder: Path, clock: Clock) -> None:
    """Without it, its figures would be gone for a while; other files wait with it."""
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("old", encoding="utf-8")
    watcher = Watcher([folder], settle=10, known=[folder / "a.txt", folder / "b.txt"], clock=clock)
    watcher.look()
    clock.now = 10
    (folder / "a.txt").write_text("new", encoding="utf-8")
    seen = watcher.look()
    assert seen.settled == (folder / "b.txt",)
    assert not watcher.is_due(seen)
    clock.now = 20
    assert watcher.is_due(watcher.look())


def test_a_file_that_goes_is_something_to_build(folder: Path, clock: Clock) -> None:
    for name in ("a.txt", ".hidden.txt", "b.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    watcher = Watcher([folder], settle=0, clock=clock)
    seen = watcher.look()
    assert [path.name for path in seen.settled] == ["a.txt", "b.txt"]
    watcher.built(seen)
    (folder / "b.txt").unlink()
    assert watcher.is_due(watcher.look())


def test_an_empty_folder_is_nothing_to_build(folder: Path, clock: Clock) -> None:
    watcher = Watcher([folder], settle=0, clock=clock)
    assert not watcher.is_due(watcher.look())


def test_a_failed_build_is_repeated_after_a_pause_that_grows(folder: Path, clock: Clock) -> None:
    (folder / "a.txt").write_text("a", encoding="utf-8")
    watcher, patience = Watcher([folder], settle=0, clock=clock), Patience(every=60)
    seen = watcher.look()
    pauses = []
    for _ in range(9):
        patience.failed(seen, clock.now)
        began = clock.now
        while not patience.allows(seen, clock.now):
            clock.now += 1
        pauses.append(clock.now - began)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    patience.failed(seen, clock.now)
    (folder / "b.txt").write_text("b", encoding="utf-8")
    assert patience.allows(watcher.look(), clock.now)  # what comes in may be what mends it


# The command

Gouji = Callable[..., Any]


@pytest.fixture
def watch(gouji: Gouji, folder: Path, tmp_path: Path, light: None, only_raw: None) -> Gouji:
    """One round over the folder, as far as raw."""
    return lambda *more: gouji(
        "watch", folder, "--once", "--settle", "0", "--warehouse", tmp_path / "w.duckdb", "--jobs", "1", *more
    )


def documents(warehouse: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(
            "select file_name, status, reason, (select max(digits::int) from raw.number as n"
            " where n.document_id = d.document_id and n.unit_text = '万元') from raw.document as d order by file_name"
        ).fetchall()


def test_zips_that_are_dropped(watch: Gouji, folder: Path, tmp_path: Path) -> None:
    """One cut short, one with a password and a good one; then the first comes whole, and the last is replaced."""
    whole = pack(tmp_path / "a.zip", ("统计.txt", TEXT.format("统计", 101)))
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    pack(folder / "locked.zip", ("审计.txt", TEXT.format("审计", 102)), password=True)
    pack(folder / "good.zip", ("教育.txt", TEXT.format("教育", 100)))
    answer = watch()
    assert (answer.code, "已发布：文件 3 个，读了 3 个；报告 3 份，未读取 2" in answer.out) == (0, True)
    rejected = [("cut.zip", "rejected", "damaged_file", None), ("locked.zip", "rejected", "password", None)]
    assert documents(tmp_path / "w.duckdb") == [*rejected, ("教育.txt", "loaded", None, 100)]

    (folder / "cut.zip").write_bytes(whole)
    pack(tmp_path / "new.zip", ("教育.txt", TEXT.format("教育", 90)))
    (tmp_path / "new.zip").replace(folder / "good.zip")
    assert watch().code == 0
    assert documents(tmp_path / "w.duckdb") == [
        rejected[1],
        ("教育.txt", "loaded", None, 90),
        ("统计.txt", "loaded", None, 101),
    ]
    assert "没有变化" in watch().out


def test_a_build_that_fails_is_said(watch: Gouji, folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    told = tmp_path / "told.json"
    command = f"{sys.executable} -c \"import sys; open(r'{told}', 'w').write(sys.stdin.read())\""
    answer = watch("--notify", command, "--report", tmp_path / "nights")
    assert (answer.code, "构建失败：没有一份报告能够读取" in answer.out) == (1, True)
    assert '"outcome": "failed"' in told.read_text(encoding="utf-8")
    assert (tmp_path / "nights" / "latest.html").is_file()


def test_folders_that_are_empty_or_not_there(watch: Gouji, gouji: Gouji, tmp_path: Path) -> None:
    answer = watch()
    assert (answer.code, "没有报告文件" in answer.out) == (1, True)
    answer = gouji("watch", tmp_path / "nowhere", "--once")
    assert (answer.code, "nowhere" in answer.err) == (1, True)


def test_it_goes_on_while_somebody_holds_the_lock_and_ends_when_asked(
    folder: Path, tmp_path: Path, root: Path, light_project: Path
) -> None:
    """This process holds the lock; then a signal comes."""
    warehouse = tmp_path / "w.duckdb"
    (folder / "a.txt").write_text(TEXT.format("统计", 100), encoding="utf-8")
    versions.folder(warehouse).mkdir(parents=True)
    command = [sys.executable, "-m", "warehouse", "watch", str(folder), "--every", "0.1", "--settle", "0"]
    environment = os.environ | {"GOUJI_PROJECT": str(light_project), "PYTHONUTF8": "1"}
    log = tmp_path / "log.txt"
    with (
        lock.exclusive(versions.lock_file(warehouse), warehouse),
        log.open("w") as out,
        subprocess.Popen(
            [*command, "--warehouse", str(warehouse)], cwd=root, env=environment, stdout=out, stderr=out
        ) as run,
    ):
        deadline = time.monotonic() + 60
        while log.read_text(encoding="utf-8").count("构建失败：另一个进程正在写") < 2:
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            assert run.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        run.send_signal(signal.SIGTERM)
        assert run.wait(30) == 0
    assert log.read_text(encoding="utf-8").splitlines()[-1].endswith("结束")
