"""Untrusted SQL: what a query may not do, and that it ends within its limits with a message that says why."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from warehouse import sandbox
from warehouse.build import BuildResult
from warehouse.sandbox import Limits, SandboxError, ask

# Small limits, so that attacks end soon; the clock's only where a query would run for ever.
TIGHT = Limits(timeout_seconds=60, memory_bytes=128 * 2**20, temp_bytes=64 * 2**20, result_bytes=16 * 2**20)
SHORT = Limits(timeout_seconds=2, memory_bytes=128 * 2**20)


# What can be asked


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select 1 as a;", 1),
        ("-- a remark\nselect 1", 1),
        ("from marts.fct_figure limit 2", 2),
        ("with a as (select 1) select * from a", 1),
        ("values (1), (2)", 2),
        ("summarize marts.fct_staffing", 6),
        ("describe marts.fct_staffing", 6),
        ("explain select 1", 1),
        ("pivot marts.fct_check on state using count(*) group by unit", None),
    ],
)
def test_queries_that_read_are_answered(tiny: BuildResult, sql: str, rows: int | None) -> None:
    table = ask(tiny.warehouse, sql)
    assert table.num_rows == rows or (rows is None and table.num_rows > 0)


def test_amounts_come_back_exact(tiny: BuildResult) -> None:
    table = ask(
        tiny.warehouse,
        "select sum(value) as total, cast('12345678901234567890123456.123456' as decimal(38, 6)) as long, "
        "sum(block_no) as whole from marts.fct_figure where item = 'expenditure_total' and phase = 'actual'",
    )
    assert table.to_pylist() == [
        {"total": Decimal("1000000.000000"), "long": Decimal("12345678901234567890123456.123456"), "whole": 2}
    ]


def test_parameters_are_values_and_never_sql(tiny: BuildResult) -> None:
    table = ask(tiny.warehouse, "select $a + 1 as a, $b as b, $c is null as c", {"a": 1, "b": "'; drop", "c": None})
    assert table.to_pylist() == [{"a": 2, "b": "'; drop", "c": True}]


def test_sorting_more_than_memory_holds_works_on_disk(tiny: BuildResult) -> None:
    limits = Limits(memory_bytes=192 * 2**20)
    table = ask(
        tiny.warehouse,
        "select max(n) as n from (select range as n from range(8000000) order by hash(n))",
        limits=limits,
    )
    assert table.to_pylist() == [{"n": 7999999}]


# What is refused


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("insert into raw.block select * from raw.block", "INSERT"),
        ("update raw.document set path = ''", "UPDATE"),
        ("delete from raw.number", "DELETE"),
        ("drop table marts.fct_figure", "DROP"),
        ("create table marts.mine as select 1", "CREATE"),
        ("create temp table mine as select 1", "CREATE"),
        ("attach '{folder}/other.duckdb'", "ATTACH"),
        ("copy marts.fct_figure to '{folder}/out.csv'", "COPY"),
        ("copy (select 1) to '{folder}/out.parquet'", "COPY"),
        ("export database '{folder}/out'", "EXPORT"),
        ("install httpfs", "LOAD"),
        ("load httpfs", "LOAD"),
        ("set enable_external_access = true", "SET"),
        ("set lock_configuration = false", "SET"),
        ("reset enable_external_access", "SET"),
        ("set threads = 1", "SET"),
        ("use raw", "SET"),
        ("pragma database_list", "PRAGMA"),
        ("call duckdb_settings()", "CALL"),
        ("checkpoint", "CALL"),
        ("begin", "TRANSACTION"),
        ("prepare p as select 1", "PREPARE"),
    ],
)
def test_what_does_not_read_is_not_run(tiny: BuildResult, tmp_path: Path, sql: str, kind: str) -> None:
    before = tiny.warehouse.read_bytes()
    with pytest.raises(SandboxError, match=f"只能查询，不能运行 {kind} 语句"):
        ask(tiny.warehouse, sql.format(folder=tmp_path))
    assert tiny.warehouse.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sql", ["select 1; select 2", "select 1; drop table marts.fct_figure"])
def test_several_statements_are_not_run(tiny: BuildResult, sql: str) -> None:
    with pytest.raises(SandboxError, match="一次只能问一个查询，这里有 2 个"):
        ask(tiny.warehouse, sql)


@pytest.mark.parametrize("sql", ["", " ;", "-- only a remark"])
def test_nothing_to_run_is_said(tiny: BuildResult, sql: str) -> None:
    with pytest.raises(SandboxError, match="SQL 是空的"):
        ask(tiny.warehouse, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "from read_csv('{file}')",
        "from read_text('{file}')",
        "from read_blob('{file}')",
        "from read_json('{file}')",
        "from read_parquet('{file}')",
        "from sniff_csv('{file}')",
        "from glob('{folder}/*')",
        "from read_text('/etc/passwd')",
        "from read_csv('https://example.org/x.csv')",
        "copy (pivot marts.fct_check on state using count(*)) to '{folder}/out.csv'",
    ],
)
def test_files_and_network_are_out_of_reach(tiny: BuildResult, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n42\n", encoding="utf-8")
    with pytest.raises(SandboxError, match="file system operations are disabled"):
        ask(tiny.warehouse, sql.format(file=secret, folder=tmp_path))
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.parametrize(
    "sql", ["from '{file}'", "select getenv('HOME')", "select * from os", "from query('copy x to y')"]
)
def test_neither_a_name_nor_a_function_leads_outside(tiny: BuildResult, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n42\n", encoding="utf-8")
    with pytest.raises(SandboxError, match="查询没有成功"):
        ask(tiny.warehouse, sql.format(file=secret))


def test_the_environment_does_not_reach_a_query(
    tiny: BuildResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB has no function that reads it, and should it get one, there is nothing to read."""
    monkeypatch.setenv("SECRET_TOKEN", "42")
    seen = tmp_path / "environment"
    worker = tmp_path / "worker.py"
    worker.write_text(f"import os\nopen({str(seen)!r}, 'w').write(' '.join(os.environ))\n", encoding="utf-8")
    monkeypatch.setattr(sandbox, "_WORKER", worker)
    with pytest.raises((SandboxError, OSError, ValueError)):
        ask(tiny.warehouse, "select 1")
    assert set(seen.read_text(encoding="utf-8").split()) <= {"LD_LIBRARY_PATH", "TZ", "LC_CTYPE", "MALLOC_ARENA_MAX"}


# What goes beyond its limits


@pytest.mark.parametrize(
    "sql",
    [
        "select repeat('a', 2000000000)",
        "select length(repeat('a', 2000000000))",
        "select printf('%2000000000d', 1)",
        "with recursive t as (select 'a' as n union all select n || n from t) select count(*) from t",
        "select list(range) from range(1000000000)",
        "select string_agg(a.message || b.message, '') from marts.fct_check a, marts.fct_check b, range(1000000)",
    ],
)
def test_huge_values_end_at_the_limit_of_memory(tiny: BuildResult, sql: str) -> None:
    with pytest.raises(SandboxError, match=r"内存超过 128 MB.*--memory"):
        ask(tiny.warehouse, sql, limits=TIGHT)


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t",
        "select max(hash(a.range, b.range)) from range(1000000) a, range(1000000) b",
    ],
)
def test_what_never_ends_is_ended_by_the_clock(tiny: BuildResult, sql: str) -> None:
    started = time.monotonic()
    with pytest.raises(SandboxError, match=r"查询超过 2 秒，已中止.*--timeout"):
        ask(tiny.warehouse, sql, limits=SHORT)
    assert time.monotonic() - started < 30  # far below for ever; a busy machine is no defect


def test_an_endless_answer_ends_at_the_limit_of_answers(tiny: BuildResult) -> None:
    with pytest.raises(SandboxError, match=r"答案超过 16 MB.*gouji export"):
        ask(tiny.warehouse, "from range(10000000000)", limits=TIGHT)


def test_a_nest_too_deep_is_an_error_and_no_crash_of_the_asker(tiny: BuildResult) -> None:
    with pytest.raises(SandboxError):
        ask(tiny.warehouse, f"select {'(' * 50_000}1{')' * 50_000}", limits=TIGHT)


def test_no_process_and_no_file_stays_behind(
    tiny: BuildResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    popen = sandbox.subprocess.Popen
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    monkeypatch.setattr(sandbox.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SandboxError, match="查询超过 1 秒"):
        ask(tiny.warehouse, "select count(*) from range(100000000000)", limits=Limits(timeout_seconds=1))
    assert [process.poll() is not None for process in started] == [True]
    assert list(tmp_path.iterdir()) == []
    assert {path.suffix for path in tiny.warehouse.parent.iterdir()} == {".txt", ".duckdb"}


def test_a_process_that_dies_is_told_with_its_signal(tiny: BuildResult, tmp_path: Path, monkeypatch: Any) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import os, signal, sys\nsys.stdin.read()\nos.kill(os.getpid(), signal.SIGSEGV)\n", encoding="utf-8"
    )
    monkeypatch.setattr(sandbox, "_WORKER", worker)
    with pytest.raises(SandboxError, match="进程中止了（信号 11"):
        ask(tiny.warehouse, "select 1")


# Files and sizes


def test_a_file_that_is_absent_or_no_warehouse_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="gouji build"):
        ask(tmp_path / "absent.duckdb", "select 1")
    text = tmp_path / "text.duckdb"
    text.write_text("不是数仓", encoding="utf-8")
    with pytest.raises(SandboxError, match="不是可以打开的 gouji 数仓"):
        ask(text, "select 1")


def test_sizes_are_read_as_people_write_them() -> None:
    assert [sandbox.size(text) for text in ("512MB", "2GB", "1.5G", "65536 KiB")] == [
        512 * 2**20,
        2**31,
        3 * 2**29,
        2**26,
    ]
    for text in ("viel", "1", "-1GB", "1TB"):
        with pytest.raises(SandboxError, match="看不懂这个大小"):
            sandbox.size(text)
    with pytest.raises(SandboxError, match="64MB"):
        sandbox.size("1MB")
