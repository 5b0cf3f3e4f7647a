"""A disk that is full or cannot be written: the published version stays, and the message says what to do.

Small disks are mounted, which needs the right to; where there is none the tests are skipped, and test_publish has the
limit on file sizes in place of the disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import write
from rows import tables

from warehouse import versions
from warehouse.build import BuildResult, build
from warehouse.publish import PublishError
from warehouse.reading.cache import DocumentCache, folder_of
from warehouse.reading.pool import ReadingError

Built = Callable[..., BuildResult]
Python = Callable[..., "subprocess.Popen[str]"]

BUILD = """
import sys
from pathlib import Path
from warehouse import build, expectations
build.run_checks = lambda connection, project: expectations.CheckReport((), 0.0)
build.build([Path(sys.argv[1])], Path(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str, int], Path]]:
    """Mounts a disk of so many bytes at a folder."""
    places: list[Path] = []

    def mount(name: str, size: int) -> Path:
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        ended = subprocess.run(command, capture_output=True, check=False)
        if ended.returncode != 0:
            pytest.skip(f"no small disk: {ended.stderr.decode(errors='replace').strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remounted(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


def test_a_disk_that_fills_up_in_a_build_leaves_the_earlier_version(
    python: Python, light_project: Path, tiny: BuildResult, reports: Path, mounted: Callable[[str, int], Path]
) -> None:
    """The whole project, on a disk that the copy of the earlier version fits on, and no more."""
    disk = mounted("disk", tiny.warehouse.stat().st_size * 3 // 2)
    warehouse = disk / "gouji.duckdb"
    shutil.copyfile(tiny.warehouse, warehouse)
    earlier = tables(warehouse)
    with python(BUILD, reports, warehouse, light_project) as process:
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "磁盘已满" in errors
    assert tables(warehouse) == earlier
    assert not warehouse.is_symlink()
    assert [path.name for path in versions.folder(warehouse).glob(".*")] == [".lock"]


@pytest.mark.parametrize("left", [0, 8192, 65536, 300_000, 600_000, 1_000_000])
def test_wherever_in_a_build_the_disk_is_full_the_next_one_heals(
    built: Built, reports: Path, mounted: Callable[[str, int], Path], left: int
) -> None:
    """With so many bytes free: while a version is copied, rows are read, kept and landed, or it is published."""
    disk = mounted("w", 20_000_000)
    warehouse = built().warehouse
    earlier = tables(warehouse)
    write(reports, 统计=100, 审计=101, 林业=100)
    ballast = disk / "ballast"
    about = os.statvfs(disk)
    with ballast.open("wb") as file:
        file.truncate(0)
        os.posix_fallocate(file.fileno(), 0, max(about.f_bavail * about.f_frsize - left, 1))
    with pytest.raises((PublishError, ReadingError), match=r"写不下|写不进"):
        built()
    assert tables(warehouse) == earlier
    ballast.unlink()
    built()
    assert tables(warehouse) == tables(built("fresh").warehouse)
    assert [path.name for path in versions.folder(warehouse).glob(".*")] == [".lock"]
    assert [path.name for path in folder_of(warehouse).iterdir()] == ["documents"]


def test_where_nothing_can_be_written_what_is_unchanged_is_fine_and_what_is_not_is_told(
    built: Built, reports: Path, mounted: Callable[[str, int], Path], gouji: Any
) -> None:
    disk = mounted("w", 20_000_000)
    warehouse = built().warehouse
    earlier = tables(warehouse)
    remounted(disk, "ro")
    assert built().is_unchanged
    write(reports, 林业=1)
    with pytest.raises(PublishError, match="不能在"):
        built()
    for command in ("check", "rollback"):
        answer = gouji(command, "--warehouse", warehouse)
        assert (answer.code, "Traceback" in answer.err) == (1, False)
    for command in ("runs", "versions"):
        assert gouji(command, "--warehouse", warehouse).code == 0
    assert tables(warehouse) == earlier
    remounted(disk, "rw")
    assert built().run.outcome == "built"


def test_reports_are_only_read(built: Built, reports: Path, mounted: Callable[[str, int], Path], root: Path) -> None:
    disk = mounted("given", 1_000_000)
    for file in reports.iterdir():
        shutil.copy(file, disk)
    before = sorted(path.name for path in disk.iterdir())
    remounted(disk, "ro")
    result = build([disk], reports.parent / "w" / "w.duckdb", root)
    assert (result.documents, result.rejected) == (3, ())
    assert sorted(path.name for path in disk.iterdir()) == before


def test_a_cache_that_cannot_be_written_is_told(built: Built, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is not lost quietly: the next build would read it again every night."""

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(DocumentCache, "store", full)
    with pytest.raises((ReadingError, PublishError), match="写不"):
        built()
    assert not (reports.parent / "w" / "w.duckdb").exists()
