"""Runs on record: models built again, checks counted again, versions gone back to; what is told of them afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rows import differences

from warehouse import changes, meta, publish, runs, upkeep, versions
from warehouse.build import BuildError, BuildResult, build
from warehouse.expectations import CheckReport
from warehouse.runs import Run

REPORT = "云岭市{}局2020年度部门决算\n2020年度本年支出合计80万元，其中：基本支出60万元，项目支出30万元。\n"
CHECK = "models/intermediate/checks/int_check_sum.sql"


def history(warehouse: Path) -> list[Run]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return runs.history(warehouse, connection)


def told(warehouse: Path) -> list[tuple[str, str]]:
    """Command and outcome of each run, the last first."""
    return [(run.command, run.outcome) for run in history(warehouse)]


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks are not counted: what is about the record needs no Great Expectations."""
    for module in ("build", "upkeep"):
        monkeypatch.setattr(f"warehouse.{module}.check", lambda *_: CheckReport((), 0.0))


@pytest.fixture
def nights(light_project: Path, tmp_path: Path, only_raw: None) -> Callable[..., BuildResult]:
    """Builds a folder to which the reports of the bureaus named are added first, as far as raw."""

    def night(*bureaus: str) -> BuildResult:
        folder = tmp_path / "reports"
        folder.mkdir(exist_ok=True)
        for bureau in bureaus:
            (folder / f"{bureau}.txt").write_text(REPORT.format(bureau), encoding="utf-8")
        return build([folder], tmp_path / "w.duckdb", light_project)

    return night


# gouji run


def test_models_built_again_are_a_run_with_what_it_changed(gouji: Any, broken_project: Path, tiny_copy: Path) -> None:
    before = told(tiny_copy)
    assert gouji("run", "--warehouse", tiny_copy).code == 0
    model = broken_project / CHECK
    model.write_text(model.read_text(encoding="utf-8") + "\nlimit 0", encoding="utf-8")
    assert gouji("run", "--dry-run", "--warehouse", tiny_copy).code == 0
    assert told(tiny_copy) == [("run", "unchanged"), *before]  # what only says what it would do is none
    assert gouji("run", "--warehouse", tiny_copy).code == 0
    run = history(tiny_copy)[0]
    assert (run.command, run.outcome, run.documents) == ("run", "built", 1)
    assert run.relations_built == 5 or (run.relations_built or 0) > 1
    assert run.relations_kept is not None
    assert run.relations_kept > 50
    assert (run.anomalies_new, run.anomalies_resolved) == (0, 1)
    assert run.loader_version
    assert run.project_version
    assert {"准备", "建模"} <= run.steps.keys()
    with duckdb.connect(tiny_copy, read_only=True) as connection:
        gone = connection.execute("select kind, rule_id, is_primary, figure_id is not null from meta.run_change")
        assert gone.fetchall() == [("anomaly_resolved", "T07", True, True)]
    listed = gouji("runs", "--warehouse", tiny_copy).out.splitlines()
    assert "run　已发布" in listed[0]
    assert f"重建表和视图 {run.relations_built} 个" in listed[0]
    assert "（新 0，消失 1）" in listed[0]
    assert "run　没有变化" in listed[1]


@pytest.mark.usefixtures("light")
def test_a_selection_that_is_unknown_is_a_run_that_failed(gouji: Any, tiny_copy: Path) -> None:
    assert gouji("run", "--select", "int_check_summ", "--warehouse", tiny_copy).code == 1
    run = history(tiny_copy)[0]
    assert (run.command, run.outcome, "int_check_summ" in (run.message or "")) == ("run", "failed", True)


def test_what_cannot_be_written_beside_is_no_reason_to_fail_where_there_is_nothing_to_do(
    light_project: Path, tiny_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(runs, "log", refuse)
    assert upkeep.run_models(tiny_copy, light_project).to_do() == []


# gouji check


@pytest.mark.usefixtures("light", "unchecked")
def test_checks_counted_again_are_a_run(gouji: Any, tiny_copy: Path) -> None:
    assert gouji("check", "--warehouse", tiny_copy).code == 0
    run = history(tiny_copy)[0]
    assert (run.command, run.outcome, run.anomalies, run.anomalies_new) == ("check", "built", 2, 0)
    assert run.steps.keys() == {"核对"}


def test_checks_that_find_a_fault_of_ours_are_a_run_that_failed(
    light_project: Path, tiny_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise BuildError("数据检验没有通过")

    monkeypatch.setattr(upkeep, "check", fail)
    published = versions.current(tiny_copy)
    with pytest.raises(BuildError):
        upkeep.check_again(tiny_copy, light_project)
    run = history(tiny_copy)[0]
    assert (run.command, run.outcome, run.message) == ("check", "failed", "数据检验没有通过")
    assert versions.current(tiny_copy) == published


# gouji rollback


@pytest.mark.usefixtures("unchecked")
def test_going_back_is_a_run_and_what_was_left_stays_on_record(
    gouji: Any, light_project: Path, tiny_copy: Path
) -> None:
    upkeep.check_again(tiny_copy, light_project)
    left, earlier = versions.listed(tiny_copy)
    assert gouji("rollback", "20", "--warehouse", tiny_copy).code == 1  # fits both
    answer = gouji("rollback", "--warehouse", tiny_copy)
    assert (answer.code, earlier.name in answer.out) == (0, True)
    assert told(tiny_copy) == [
        ("rollback", "rolled_back"),
        ("rollback", "failed"),
        ("check", "built"),
        ("build", "built"),
    ]
    assert history(tiny_copy)[2].steps.keys() == {"核对"}
    assert f"{left.name} → {earlier.name}" in gouji("runs", "--warehouse", tiny_copy).out


@pytest.mark.usefixtures("unchecked")
def test_a_damaged_version_is_left_without_its_runs(light_project: Path, tiny_copy: Path) -> None:
    upkeep.check_again(tiny_copy, light_project)
    tiny_copy.resolve().write_bytes(b"no database at all" * 1000)
    upkeep.roll_back(tiny_copy)
    assert told(tiny_copy) == [("rollback", "rolled_back"), ("build", "built")]


def test_a_build_after_going_back_builds_what_the_earlier_version_lacks(
    nights: Callable[..., BuildResult], tmp_path: Path
) -> None:
    """Not "unchanged": the version that is published has not got the last report. The next one is."""
    warehouse = nights("统计").warehouse
    nights("审计")
    left = tmp_path / "left.duckdb"
    shutil.copyfile(warehouse, left)
    upkeep.roll_back(warehouse)
    again = nights()
    assert (again.is_unchanged, again.documents, again.run.files_opened) == (False, 2, 1)
    assert again.run.documents_parsed == 0  # it comes from the cache
    assert differences(warehouse, left) == {}
    assert nights().is_unchanged
    with publish.updating(warehouse):
        pass
    upkeep.roll_back(warehouse)
    assert nights().is_unchanged  # both versions are of the same files
    assert told(warehouse) == [
        ("build", "unchanged"),
        ("rollback", "rolled_back"),
        ("build", "unchanged"),
        ("build", "built"),
        ("rollback", "rolled_back"),
        ("build", "built"),
        ("build", "built"),
    ]


# Warehouses of an earlier gouji


def test_a_warehouse_that_tells_less_of_its_runs_is_read_and_completed(tiny_copy: Path) -> None:
    with duckdb.connect(tiny_copy) as connection:
        connection.execute("alter table meta.run drop column relations_built")
        connection.execute("alter table meta.run add column mood varchar")
    (run,) = history(tiny_copy)
    assert (run.outcome, run.relations_built, run.documents) == ("built", None, 1)
    with duckdb.connect(tiny_copy) as connection:
        runs.publish(connection, tiny_copy, Run("run", relations_built=3))
        rows = connection.execute("select command, relations_built from meta.run order by started_at").fetchall()
        assert rows == [("build", None), ("run", 3)]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tiny_copy}' as earlier (read_only)")
        for table in (runs.RUN, runs.STEP, changes.CHANGE, meta.MetaTable("none", "", {"x": ("int", "")})):
            meta.carry_over(connection, table, "earlier")
        assert connection.execute("select count(*) from meta.run").fetchall() == [(2,)]
        assert connection.execute("select count(*) from meta.none").fetchall() == [(0,)]


# Exit codes where nothing has changed

UNCHANGED = """
import sys
from warehouse.cli import main

sys.argv = ["gouji", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    code = ended.code
heavy = {"great_expectations", "sqlalchemy", "pandas", "pyarrow", "numpy", "lxml", "pypdfium2", "sqlglot", "jinja2"}
print(code, sorted(heavy & set(sys.modules)))
"""


def test_the_exit_code_speaks_of_the_warehouse_also_where_nothing_has_changed(
    python: Any, tiny: BuildResult, tiny_copy: Path, light_project: Path
) -> None:
    """2 as on the night that found them, so that a scheduler's verdict does not depend on who added a file; and still
    without importing what builds."""
    report = tiny.warehouse.parent / "tiny.txt"
    arguments = ("build", report, "--warehouse", tiny_copy, "--fail-on")
    with python(UNCHANGED, *arguments, "error", GOUJI_PROJECT=str(light_project)) as process:
        out, errors = process.communicate(timeout=60)
    assert out.splitlines()[-1] == "2 []", errors
    assert "没有变化" in out
    assert "现有：错误 1，疑点 0，提示 1" in out
    with duckdb.connect(tiny_copy.resolve()) as connection:
        connection.execute("update marts.fct_anomaly set verdict = 'false'")
    for form in ([], ["--json"]):
        with python(UNCHANGED, *arguments, "info", *form, GOUJI_PROJECT=str(light_project)) as process:
            out, errors = process.communicate(timeout=60)
        assert out.splitlines()[-1] == "0 []", errors
    assert json.loads(out[: out.rindex("}") + 1])["outcome"] == "unchanged"
