"""Publishing a warehouse: versions beside it, a link that moves in one step, one writer, and what can go wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from loaders.errors import GoujiError
from warehouse import versions
from warehouse.lock import LockError
from warehouse.publish import PublishError, building, updating

Python = Callable[..., "subprocess.Popen[str]"]


def publish(warehouse: Path, x: object = 1, keep: int = versions.KEEP) -> None:
    with building(warehouse, keep) as connection:
        connection.execute(f"create table t as select {x} as x")


def published(warehouse: Path) -> int:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return int(connection.execute("select x from t").fetchall()[0][0])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "gouji.duckdb"


# What is published


def test_the_published_name_links_to_a_version_beside_it(warehouse: Path) -> None:
    publish(warehouse)
    (version,) = versions.listed(warehouse)
    assert warehouse.is_symlink()
    assert str(warehouse.readlink()) == f"gouji.versions/{version.name}/gouji.duckdb"
    assert names(warehouse.parent) == ["gouji.duckdb", "gouji.versions"]
    assert published(warehouse) == 1


def test_the_folder_can_be_moved(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    publish(tmp_path / "old" / "gouji.duckdb", 7)
    (tmp_path / "old").rename(tmp_path / "new")
    assert published(tmp_path / "new" / "gouji.duckdb") == 7


def test_a_database_has_the_name_of_the_warehouse_in_every_version(warehouse: Path) -> None:
    """Saved queries that say `gouji.marts.…` go on working, for a version has a folder and no name of its own."""
    for x in (1, 2):
        publish(warehouse, x)
        with duckdb.connect(warehouse, read_only=True) as connection:
            assert connection.execute("select x, current_database() from gouji.t").fetchall() == [(x, "gouji")]


def test_a_process_that_holds_the_old_version_gets_the_new_one_when_it_reconnects(warehouse: Path) -> None:
    publish(warehouse, 1)
    with duckdb.connect(warehouse, read_only=True) as held:
        publish(warehouse, 2)
        assert held.execute("select x from t").fetchall() == [(1,)]
        assert published(warehouse) == 2


def test_an_update_is_a_version_of_its_own(warehouse: Path) -> None:
    publish(warehouse, 1)
    with updating(warehouse) as connection:
        connection.execute("update t set x = x + 1")
    newest, oldest = versions.listed(warehouse)
    assert (published(newest.file), published(oldest.file)) == (2, 1)
    assert (newest.is_current, oldest.is_current) == (True, False)


def test_what_does_not_exist_cannot_be_updated(warehouse: Path) -> None:
    with pytest.raises(FileNotFoundError), updating(warehouse):
        pass


def test_files_are_written_for_clients_of_the_1_5_line(warehouse: Path) -> None:
    publish(warehouse)
    with duckdb.connect(warehouse, read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags[0][0]["storage_version"].startswith("v1.5.0")


# What is kept


def test_the_newest_versions_are_kept(warehouse: Path) -> None:
    for x in range(5):
        publish(warehouse, x, keep=3)
    assert [published(version.file) for version in versions.listed(warehouse)] == [4, 3, 2]


def test_a_current_version_is_kept_however_old_it_is(warehouse: Path) -> None:
    for x in (1, 2):
        publish(warehouse, x)
    oldest = versions.rollback(warehouse)
    versions.prune(warehouse, keep=1)
    assert [published(version.file) for version in versions.listed(warehouse)] == [2, 1]
    assert published(oldest.file) == published(warehouse) == 1


def test_a_plain_file_of_before_becomes_a_version(warehouse: Path) -> None:
    with duckdb.connect(warehouse) as connection:
        connection.execute("create table t as select 41 as x")
    publish(warehouse, 42)
    adopted = versions.listed(warehouse)[-1]
    assert adopted.name.endswith("Z-adopted")
    assert (published(adopted.file), published(warehouse)) == (41, 42)
    assert published(versions.rollback(warehouse, adopted.name).file) == published(warehouse) == 41


def test_a_plain_file_keeps_what_stands_in_its_log(warehouse: Path, python: Python) -> None:
    """A process that was killed left its last changes in the log beside the file."""
    write = "connection.execute('create table t as select 5 as x')"
    script = f"import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]); {write}; os._exit(1)"
    with python(script, warehouse) as killed:
        killed.communicate()
    assert versions.wal(warehouse).exists()
    publish(warehouse, 6)
    assert names(warehouse.parent) == ["gouji.duckdb", "gouji.versions"]
    versions.rollback(warehouse)
    assert published(warehouse) == 5


def test_what_is_no_warehouse_is_kept_too(warehouse: Path) -> None:
    warehouse.write_bytes(b"notes")
    publish(warehouse)
    adopted = versions.listed(warehouse)[-1]
    assert adopted.file.read_bytes() == b"notes"


# What fails


def test_a_build_that_raises_leaves_nothing_and_the_earlier_version(warehouse: Path) -> None:
    publish(warehouse, 1)
    before = names(versions.folder(warehouse))
    with pytest.raises(duckdb.ConversionException):
        publish(warehouse, "'no number'::int")
    assert names(versions.folder(warehouse)) == before
    assert published(warehouse) == 1


def test_a_build_that_raises_leaves_a_plain_file_as_it_was(warehouse: Path) -> None:
    warehouse.write_bytes(b"earlier")
    with pytest.raises(ZeroDivisionError), building(warehouse):
        raise ZeroDivisionError
    assert warehouse.read_bytes() == b"earlier"
    assert not warehouse.is_symlink()


def test_what_a_killed_build_left_goes_with_the_next_one(warehouse: Path) -> None:
    publish(warehouse)
    left = versions.folder(warehouse) / ".building-1" / "tmp"
    left.mkdir(parents=True)
    (left / "spilled").write_bytes(b"half")
    versions.link_aside(warehouse).symlink_to("nowhere")
    publish(warehouse)
    assert names(warehouse.parent) == ["gouji.duckdb", "gouji.versions"]
    assert [name for name in names(versions.folder(warehouse)) if name.startswith(".")] == [".lock"]


def test_a_second_writer_is_told_who_writes(warehouse: Path, python: Python) -> None:
    script = """
import sys
from pathlib import Path
from warehouse.publish import building
with building(Path(sys.argv[1])) as connection:
    connection.execute("create table t as select 1 as x")
    print("writing", flush=True)
    sys.stdin.readline()
"""
    with python(script, warehouse) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "writing\n"
        with pytest.raises(LockError, match=rf"进程 {first.pid}，主机 .+，始于 \d{{4}}-"), building(warehouse):
            pass
        with pytest.raises(LockError):
            versions.rollback(warehouse)
        first.communicate("go on\n")
    assert published(warehouse) == 1
    publish(warehouse, 2)  # the lock went with the process
    assert published(warehouse) == 2


def test_a_worker_that_outlives_its_build_does_not_hold_the_lock(warehouse: Path, python: Python) -> None:
    script = """
import os, sys, time
from pathlib import Path
from warehouse.publish import building
with building(Path(sys.argv[1])) as connection:
    worker = os.fork()
    if worker == 0:
        print(os.getpid(), flush=True)
        time.sleep(60)
    os._exit(1)
"""
    build = python(script, warehouse)
    assert build.stdout is not None
    worker = int(build.stdout.readline())
    assert build.wait() == 1
    try:
        publish(warehouse, 3)
    finally:
        os.kill(worker, 9)
        build.communicate()
    assert published(warehouse) == 3


def test_a_full_disk_is_told_and_leaves_the_earlier_version(warehouse: Path, python: Python) -> None:
    """The limit on the size of files stands for the disk: DuckDB meets both when it writes."""
    publish(warehouse, 1)
    script = """
import resource, sys
from pathlib import Path
from warehouse.publish import PublishError, building
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with building(Path(sys.argv[1])) as connection:
        connection.execute("create table t as select hash(range) as x from range(1000000)")
except PublishError as error:
    print(error)
"""
    out, err = python(script, warehouse).communicate()
    assert "写不下数仓" in out, err
    assert "文件大小超过系统的限制" in out
    assert "原有数仓不变" in out
    assert published(warehouse) == 1
    publish(warehouse, 2)
    assert published(warehouse) == 2


def test_a_full_disk_that_a_model_meets_is_told_as_that(warehouse: Path) -> None:
    error = GoujiError("models/marts/fct_figure.sql：DuckDB 执行出错")
    error.__cause__ = duckdb.IOException('Could not write file "x": No space left on device')
    with pytest.raises(PublishError, match="磁盘已满"), building(warehouse):
        raise error


def test_a_folder_that_cannot_be_written_is_told_before_the_build(warehouse: Path, python: Python) -> None:
    """As a user who may not write there; root may write everywhere."""
    warehouse.parent.chmod(0o555)
    script = """
import os, sys
from pathlib import Path
from warehouse.publish import PublishError, building
os.chdir(Path(sys.argv[1]).parent)
if os.getuid() == 0:
    os.seteuid(65534)
try:
    with building(Path("gouji.duckdb")):
        print("began")
except PublishError as error:
    print(error)
"""
    out, err = python(script, warehouse).communicate()
    assert "不能在" in out, err
    assert "请换一个可以写的文件夹" in out
    assert "began" not in out


def test_a_folder_without_symbolic_links_is_told_before_the_build(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, os.strerror(1))

    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(PublishError, match="不支持符号链接"), building(warehouse):
        pytest.fail("began")


def test_a_folder_is_no_warehouse(warehouse: Path) -> None:
    warehouse.mkdir()
    with pytest.raises(PublishError, match="是文件夹"), building(warehouse):
        pytest.fail("began")


def test_a_report_that_may_not_be_read_is_no_fault_of_the_disk(warehouse: Path) -> None:
    with pytest.raises(PermissionError), building(warehouse):
        raise PermissionError(13, "Permission denied", "report.pdf")
