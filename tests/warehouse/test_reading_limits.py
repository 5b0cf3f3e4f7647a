"""Documents that break their reader: each is rejected with its reason, and the rest of the build goes on."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse.build import BuildResult, build
from warehouse.reading.limits import Limits

GOOD = "云岭市{}局2020年度部门决算\n2020年度本年支出合计80万元。\n"
# Put before the real readers in the workers by the hook that Python offers for such things.
READERS = """
import os, signal, sys, time

if "warehouse.reading.worker" in " ".join(sys.orig_argv):
    from loaders import formats
    whole = formats.read_bytes

    def read_bytes(data, place):
        if data.startswith(b"crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if data.startswith(b"hang"):
            time.sleep(600)
        if data.startswith(b"slow"):
            time.sleep(1)
        if data.startswith(b"explode"):
            taken = [bytearray(10_000_000) for _ in range(10_000)]
        if data.startswith(b"fault"):
            raise KeyError("no such column")
        return whole(data, place)

    formats.read_bytes = read_bytes
"""
# Seconds that a reader on a busy machine does not need, and that a test can wait once.
LIMITS = Limits(jobs=2, seconds=20, megabytes=600)


@pytest.fixture
def breakable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path, only_raw: None) -> Callable[[], BuildResult]:
    """Builds the folder `reports`, with readers that some words break."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(READERS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(hooks))
    (tmp_path / "reports").mkdir()
    for name in ("a", "n", "z"):
        (tmp_path / "reports" / f"{name}_good.txt").write_text(GOOD.format(name), encoding="utf-8")
    return lambda: build([tmp_path / "reports"], tmp_path / "w.duckdb", root, limits=LIMITS)


def rows(result: BuildResult, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(result.warehouse, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_what_breaks_a_reader_is_rejected_and_the_rest_is_read(
    breakable: Callable[[], BuildResult], tmp_path: Path
) -> None:
    for word in ("crash", "hang", "explode", "fault"):
        (tmp_path / "reports" / f"{word}.txt").write_text(word * 10, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "reports" / "pack.zip", "w") as archive:
        archive.writestr("1.txt", GOOD.format("甲"))
        archive.writestr("2.txt", "crash in an archive")
        archive.writestr("3.txt", GOOD.format("乙"))
    result = breakable()
    assert {each.file_name: each.reason for each in result.rejected} == {
        "crash.txt": "reader_crashed",
        "hang.txt": "reader_timeout",
        "explode.txt": "reader_memory",
        "fault.txt": "reader_crashed",
        "2.txt": "reader_crashed",
    }
    said = {each.file_name: each.message for each in result.rejected}
    assert "SIGSEGV" in said["crash.txt"]
    assert "超过 20 秒" in said["hang.txt"]
    assert "600 MB" in said["explode.txt"]
    assert "KeyError: 'no such column'" in said["fault.txt"]
    loaded = rows(result, "select file_name from raw.document where status = 'loaded' order by 1")
    assert loaded == [("1.txt",), ("3.txt",), ("a_good.txt",), ("n_good.txt",), ("z_good.txt",)]
    assert rows(result, "select count(distinct document_id) from raw.number") == [(5,)]
    assert [path.name for path in (tmp_path / ".w.duckdb.cache").iterdir()] == ["documents"]
    with pytest.raises(ChildProcessError):  # no worker is left
        os.waitpid(-1, os.WNOHANG)


def test_what_broke_a_reader_is_tried_again_when_there_is_something_to_build(
    breakable: Callable[[], BuildResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been the night's fault; what was read is kept."""
    (tmp_path / "reports" / "fault.txt").write_text("fault" * 10, encoding="utf-8")
    assert [each.reason for each in breakable().rejected] == ["reader_crashed"]
    assert breakable().is_unchanged
    monkeypatch.delenv("PYTHONPATH")
    (tmp_path / "reports" / "new.txt").write_text(GOOD.format("新"), encoding="utf-8")
    result = breakable()
    assert (result.rejected, result.run.files_opened, result.run.documents_parsed) == ((), 2, 2)


def test_rows_are_in_the_order_of_the_files_however_long_each_takes(
    breakable: Callable[[], BuildResult], tmp_path: Path
) -> None:
    (tmp_path / "reports" / "b_slow.txt").write_text("slow\n" + GOOD.format("慢"), encoding="utf-8")
    result = breakable()
    names = [row[0] for row in rows(result, "select file_name from raw.document order by rowid")]
    assert names == ["a_good.txt", "b_slow.txt", "n_good.txt", "z_good.txt"]
    in_order = "select file_name from raw.block join raw.document using (document_id) where block_no = 1"
    assert [row[0] for row in rows(result, f"{in_order} order by raw.block.rowid")] == names
