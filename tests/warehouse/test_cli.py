"""The commands: what they print for people and for machines, filters, closest matches, exit codes, what they load."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from answers import Ask, parsed

from warehouse.build import BuildResult
from warehouse.cli.app import app

COMMANDS = ["build", "show", "trace", "coverage", "vocabulary", "sql", "run", "check", "anomalies", "verdict"]
PANZHIHUA = "攀枝花市数字化城市联动指挥中心"
MILD = "云岭市统计局2021年度部门决算\n2021年“三公”经费预算2万元，支出决算1.7万元，完成预算的85%。\n"
GRAVE = "云岭市审计局2021年度部门决算\n2021年度本年支出合计100万元，其中：基本支出160万元。\n"


# build


@pytest.mark.usefixtures("light")
def test_build_tells_people_what_it_read_and_found(gouji: Any, tmp_path: Path) -> None:
    (tmp_path / "grave.txt").write_text(GRAVE, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    target = tmp_path / "sub" / "w.duckdb"
    answer = gouji("build", tmp_path / "grave.txt", tmp_path / "empty.txt", "--warehouse", target)
    assert (answer.code, answer.err) == (0, "")
    for part in (
        "1 份已读取，1 份未读取",
        "empty.txt：",
        "empty_file",
        "不符 1",
        "T07",
        "160万元",
        "gouji trace",
        str(target),
    ):
        assert part in answer.out
    assert target.is_file()


@pytest.mark.usefixtures("light")
def test_build_names_documents_that_lack_something_and_files_with_names_in_gb18030(gouji: Any, tmp_path: Path) -> None:
    (tmp_path / "grave.txt").write_bytes(GRAVE.encode() + "\n本报告由某局编制。".encode() * 30 + b"\xff")
    (tmp_path / os.fsdecode("决算.txt".encode("gb18030"))).touch()
    answer = gouji("build", tmp_path, "--warehouse", tmp_path.parent / "partial.duckdb")
    assert answer.code == 0
    assert "1 份已读取，1 份未读取" in answer.out
    assert "决算.txt：文件是空的（empty_file）" in answer.out.replace("\n", "")
    assert "不完整" in answer.out
    assert "damaged_text" in answer.out


@pytest.mark.usefixtures("light")
def test_build_tells_machines_the_same_and_ends_with_2_where_told_to(gouji: Any, tmp_path: Path) -> None:
    (tmp_path / "grave.txt").write_text(GRAVE, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    target = tmp_path / "w.duckdb"
    answer = gouji(
        "build", tmp_path / "grave.txt", tmp_path / "empty.txt", "--warehouse", target, "--json", "--fail-on", "error"
    )
    assert (answer.code, answer.err) == (2, "")
    said = json.loads(answer.out)
    assert said["warehouse"] == str(target)
    assert [(Path(d["path"]).name, d["status"], d["reason"]) for d in said["documents"]] == [
        ("grave.txt", "loaded", None),
        ("empty.txt", "rejected", "empty_file"),
    ]
    assert said["counts"]["figures"] == 2
    assert said["checks"]["fail"] == 1
    assert [(a["rule_id"], a["severity"], Decimal(a["difference"])) for a in said["anomalies"]] == [
        ("T07", "error", -600000)
    ]
    assert target.is_file()


# anomalies


def test_anomalies_come_gravest_first(ask: Ask) -> None:
    found = parsed(ask("anomalies", "--json"))
    rank = {"error": 0, "warning": 1, "info": 2}
    assert [rank[a["severity"]] for a in found] == sorted(rank[a["severity"]] for a in found)
    errors = [abs(Decimal(a["difference"])) for a in found if a["severity"] == "error" and a["unit"] == "yuan"]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == Decimal("1234972.61")
    assert {"anomaly_id", "rule_id", "rule_title", "file_name", "message", "figure_ids", "evidence"} <= set(found[0])


def test_anomalies_are_told_with_quotes_and_a_way_to_the_page(ask: Ask) -> None:
    answer = ask("anomalies", "--rule", "B10")
    assert answer.code == 0
    for part in ("[错误]", "B10", "37.37万元", PANZHIHUA, "「", "政府采购服务支出37.37万元", "gouji trace ", "1 条"):
        assert part in answer.out


@pytest.mark.parametrize(
    ("arguments", "column", "values"),
    [
        (["--severity", "info"], "severity", {"info"}),
        (["-s", "error"], "severity", {"error"}),
        (["--rule", "P12"], "rule_id", {"P12"}),
        (["-r", "p12"], "rule_id", {"P12"}),
        (["--organization", "开远"], "organization_name", {"开远市政务服务管理局"}),
        (["-o", PANZHIHUA, "-r", "S10"], "organization_name", {PANZHIHUA}),
    ],
)
def test_anomalies_are_filtered(ask: Ask, arguments: list[str], column: str, values: set[str]) -> None:
    found = parsed(ask("anomalies", *arguments, "--json"))
    assert {a[column] for a in found} == values
    everything = parsed(ask("anomalies", "--json", "--all"))
    assert len(found) < len(everything)
    assert all(a in everything for a in found)


def test_anomalies_are_limited_to_the_gravest(ask: Ask) -> None:
    assert parsed(ask("anomalies", "--json", "--limit", "3")) == parsed(ask("anomalies", "--json"))[:3]
    assert "3 条" in ask("anomalies", "-n", "3").out


def test_no_anomaly_is_an_empty_list_and_no_error(ask: Ask) -> None:
    assert parsed(ask("anomalies", "--rule", "D13", "--json")) == []
    assert ask("anomalies", "--rule", "D13").out.strip() == "0 条"


# show


def test_show_tells_what_is_known_of_an_organisation(ask: Ask) -> None:
    answer = ask("show", "丰台")
    assert (answer.code, answer.err) == (0, "")
    for part in (
        "北京市丰台区城市管理指挥中心",
        "预算执行",
        "6,788.18万元",
        "政府采购",
        "2,807.14万元",
        "疑点",
        "25.38%",
    ):
        assert part in answer.out


def test_show_gives_machines_every_section(ask: Ask) -> None:
    said = parsed(ask("show", "官渡分中心", "--json"))
    assert said["organization_name"] == "昆明市网格化监督指挥中心官渡分中心"
    assert said["人员"] == [{"年度": 2017, "编制": "8.000000", "在岗": "10.000000"}]
    assert {a["rule_id"] for a in said["anomalies"]} >= {"P12", "S10"}


# trace


@pytest.fixture
def figure(samples_connection: duckdb.DuckDBPyConnection) -> str:
    """The procurement of services whose sum is wrong: 37.37万元."""
    row = samples_connection.execute(
        "select figure_id from marts.fct_figure where item = 'procurement_services' and value = 373700"
    ).fetchone()
    assert row is not None
    return str(row[0])


def test_trace_shows_the_sentence_and_the_checks(ask: Ask, figure: str) -> None:
    answer = ask("trace", figure)
    assert (answer.code, answer.err) == (0, "")
    for part in (
        "政府采购服务支出",
        "37.37万元",
        PANZHIHUA,
        "2021",
        "panzhihua_2021_final_account.docx",
        "政府采购工程支出0万元，政府采购服务支出37.37万元，",
        "B10　不符",
    ):
        assert part in answer.out


def test_trace_gives_machines_the_place_in_print(ask: Ask, figure: str) -> None:
    said = parsed(ask("trace", figure, "--json"))
    assert said["text"][said["char_start"] : said["char_end"]] == said["figure"]["stated"] == "37.37万元"
    assert said["figure"]["figure_id"] == figure
    assert Decimal(said["figure"]["value"]) == 373700
    assert ("B10", "fail") in {(check["rule_id"], check["state"]) for check in said["checks"]}


# sql

ESTABLISHMENT = "select organization_name, establishment_count from marts.fct_staffing where staff_count = 10"


def test_sql_prints_a_table_csv_or_json(ask: Ask) -> None:
    organization = "昆明市网格化监督指挥中心官渡分中心"
    table = ask("sql", ESTABLISHMENT)
    assert (table.code, "1 行" in table.out, organization in table.out) == (0, True, True)
    text = ask("sql", ESTABLISHMENT, "--format", "csv")
    assert list(csv.reader(io.StringIO(text.out))) == [
        ["organization_name", "establishment_count"],
        [organization, "8.000000"],
    ]
    assert parsed(ask("sql", ESTABLISHMENT, "-f", "json")) == [
        {"organization_name": organization, "establishment_count": "8.000000"}
    ]


def test_sql_has_duckdbs_reason_and_no_traceback(ask: Ask) -> None:
    answer = ask("sql", "select * from marts.fct_figur")
    assert (answer.code, answer.out) == (1, "")
    assert "fct_figure" in answer.err
    assert "Traceback" not in answer.err


# Mistyped names


@pytest.mark.parametrize(
    ("arguments", "suggested"),
    [
        (["anomalies", "--severity", "eror"], "error"),
        (["anomalies", "--rule", "T3"], "T03"),
        (["anomalies", "--organization", "攀枝花市数字化城市联动指挥中新"], PANZHIHUA),
        (["show", "丰台区城指中心"], "北京市丰台区城市管理指挥中心"),
        (["anomalys"], "anomalies"),
        (["biuld"], "build"),
    ],
)
def test_a_mistyped_name_gets_the_closest_one(
    gouji: Any, samples: BuildResult, monkeypatch: pytest.MonkeyPatch, arguments: list[str], suggested: str
) -> None:
    monkeypatch.setenv("GOUJI_WAREHOUSE", str(samples.warehouse))
    answer = gouji(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert suggested in answer.err
    assert "Traceback" not in answer.err


def test_a_mistyped_figure_gets_the_closest_ones(ask: Ask, figure: str) -> None:
    answer = ask("trace", figure + "x")
    assert (answer.code, answer.out) == (1, "")
    assert figure in answer.err


@pytest.mark.usefixtures("light")
def test_a_mistyped_model_gets_the_closest_one(gouji: Any, tiny_copy: Path) -> None:
    before = tiny_copy.read_bytes()
    answer = gouji("run", "--select", "int_check_summ", "--warehouse", tiny_copy)
    assert answer.code == 1
    assert "int_check_sum" in answer.err
    assert tiny_copy.read_bytes() == before


def test_a_name_that_fits_several_gets_them_all(ask: Ask) -> None:
    answer = ask("show", "中心")
    assert answer.code == 1
    for part in ("3个单位", PANZHIHUA, "北京市丰台区城市管理指挥中心"):
        assert part in answer.err


# Exit codes


@pytest.mark.parametrize(
    "arguments",
    [
        ["anomalies", "--nonsense"],
        ["show"],
        ["trace"],
        ["build", "--fail-on", "fatal"],
        ["anomalies", "-n", "0"],
    ],
)
def test_wrong_arguments_end_with_1_and_how_to_get_help(gouji: Any, arguments: list[str]) -> None:
    answer = gouji(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert "Usage:" in answer.err


@pytest.mark.parametrize(
    "arguments", [["anomalies"], ["show", "丰台"], ["trace", "1"], ["sql", "select 1"], ["run"], ["check"]]
)
def test_without_a_warehouse_commands_say_how_to_get_one(gouji: Any, tmp_path: Path, arguments: list[str]) -> None:
    missing = tmp_path / "missing.duckdb"
    answer = gouji(*arguments, "--warehouse", missing)
    assert (answer.code, answer.out) == (1, "")
    assert "missing.duckdb" in answer.err
    assert "goujibuild" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["anomalies"], ["sql", "select 1"], ["run"], ["check"]])
def test_a_file_that_is_no_warehouse_is_an_error(gouji: Any, tmp_path: Path, arguments: list[str]) -> None:
    other = tmp_path / "other.duckdb"
    other.write_text("no database", encoding="utf-8")
    answer = gouji(*arguments, "--warehouse", other)
    assert (answer.code, answer.out) == (1, "")
    assert "other.duckdb" in answer.err
    assert other.read_text(encoding="utf-8") == "no database"
    assert list(tmp_path.iterdir()) == [other]


@pytest.fixture(scope="module")
def mild(light_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose gravest finding is an `info`."""
    from warehouse.build import build

    folder = tmp_path_factory.mktemp("mild")
    (folder / "mild.txt").write_text(MILD, encoding="utf-8")
    return build([folder / "mild.txt"], folder / "mild.duckdb", light_project).warehouse


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize(("fail_on", "code"), [(None, 0), ("error", 0), ("warning", 0), ("info", 2)])
def test_check_ends_with_2_from_the_severity_on_that_it_is_told(
    gouji: Any, mild: Path, tmp_path: Path, fail_on: str | None, code: int
) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(mild, copy)
    answer = gouji("check", "--warehouse", copy, *(["--fail-on", fail_on] if fail_on else []))
    assert (answer.code, answer.err) == (code, "")
    assert "P09" in answer.out


# run and check


@pytest.mark.usefixtures("light")
def test_run_builds_the_models_again_with_the_same_rows(gouji: Any, tiny: BuildResult, tiny_copy: Path) -> None:
    with duckdb.connect(tiny_copy) as connection:
        connection.execute("delete from marts.fct_check")
    answer = gouji("run", "--full-refresh", "--warehouse", tiny_copy)
    assert (answer.code, answer.err) == (0, "")
    assert "已重建" in answer.out
    with duckdb.connect(tiny_copy, read_only=True) as connection:
        again = connection.execute("from marts.fct_check order by all").fetchall()
    with duckdb.connect(tiny.warehouse, read_only=True) as connection:
        assert again == connection.execute("from marts.fct_check order by all").fetchall() != []


@pytest.mark.usefixtures("light")
def test_run_builds_what_is_selected_and_nothing_else(gouji: Any, tiny_copy: Path) -> None:
    with duckdb.connect(tiny_copy) as connection:
        connection.execute("delete from marts.fct_check; delete from marts.fct_three_public")
    assert gouji("run", "--full-refresh", "--select", "int_check_sum+", "--warehouse", tiny_copy).code == 0
    with duckdb.connect(tiny_copy, read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from marts.fct_check").fetchone() == (True,)
        assert connection.execute("select count(*) from marts.fct_three_public").fetchone() == (0,)


@pytest.mark.usefixtures("light")
def test_check_counts_again_and_keeps_the_result(gouji: Any, tiny_copy: Path) -> None:
    with duckdb.connect(tiny_copy) as connection:
        connection.execute("delete from marts.fct_check where rule_id = 'T07'; drop table meta.expectation_result")
    answer = gouji("check", "--warehouse", tiny_copy)
    assert (answer.code, answer.err) == (0, "")
    with duckdb.connect(tiny_copy, read_only=True) as connection:
        counts = dict(connection.execute("select rule_id, unexpected_count from meta.expectation_result").fetchall())
    assert counts["T07"] == 0
    assert counts["P09"] == 1


# Help, and what is loaded


def test_every_command_is_listed(gouji: Any) -> None:
    names = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    assert set(COMMANDS) <= set(names)
    answer = gouji("--help")
    assert answer.code == 0
    for name in names:
        assert f" {name} " in answer.out
    assert "退出码" in answer.out


@pytest.mark.parametrize(
    "name", [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_of_every_command_has_an_example(gouji: Any, name: str, option: str) -> None:
    answer = gouji(name, option)
    assert answer.code == 0
    assert "例：" in answer.out
    assert f"$ gouji {name}" in answer.out
    # fetch fills a folder, and unit tests of models touch no warehouse
    assert "--warehouse" in answer.out or name in ("fetch", "test")


LOADED = """
import contextlib, io, sys
from warehouse.cli import main

for arguments in (["--help"], ["check", "--help"], ["anomalies"], ["show", "财政局"], ["query"]):
    sys.argv = ["gouji", *arguments]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as ended:
            assert ended.code == 0, (arguments, ended.code)
heavy = {"great_expectations", "sqlalchemy", "pandas", "numpy", "pyarrow", "sqlglot", "jinja2", "yaml", "lxml"}
print(sorted(heavy & set(sys.modules)), len(sys.modules))
"""


def test_questions_load_nothing_that_takes_long(python: Any, tiny: BuildResult) -> None:
    """They answer in a moment because they import little; measured in modules, not in seconds."""
    with python(LOADED, GOUJI_WAREHOUSE=str(tiny.warehouse)) as process:
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    heavy, _, count = out.strip().rpartition(" ")
    assert heavy == "[]"
    assert int(count) < 700


@pytest.mark.parametrize("form", ["csv", "json"])
def test_whoever_reads_only_the_beginning_gets_no_complaint(samples: BuildResult, form: str) -> None:
    """… | head"""
    command = [sys.executable, "-m", "warehouse", "sql", "select range from range(100000)", "--format", form]
    with subprocess.Popen(
        [*command, "--warehouse", str(samples.warehouse)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == {"csv": "range\n", "json": "[\n"}[form]
        process.stdout.close()
        assert process.stderr.read() == ""
