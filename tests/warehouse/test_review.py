"""What people found on the page, as rows that rebuilds keep: verdicts on flags, corrections of misprints."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from answers import parsed

REPORT = """\
云岭市财政局2021年度部门决算
2021年度本年支出合计100万元，其中：基本支出60万元，项目支出50万元。
2021年“三公”经费预算10万元，支出决算8万元，完成预算的80%。
"""


@pytest.fixture
def built(gouji: Any, broken_project: Path, light_project: Path, tmp_path: Path) -> Path:
    """A warehouse of one report whose parts exceed their whole, of a project of its own."""
    report = tmp_path / "report.txt"
    report.write_text(REPORT, encoding="utf-8")
    assert gouji("build", report, "--warehouse", tmp_path / "w.duckdb").code == 0
    return tmp_path / "w.duckdb"


def flags(gouji: Any, warehouse: Path, *options: str) -> dict[str, Any]:
    return {flag["rule_id"]: flag for flag in parsed(gouji("anomalies", "--json", "-w", warehouse, *options))}


def test_a_false_alarm_stays_away_and_is_counted(gouji: Any, built: Path, broken_project: Path) -> None:
    fingerprint = flags(gouji, built)["T07"]["fingerprint"]
    answer = gouji("verdict", fingerprint[:8], "--false", "--reason", "正文另有说明", "-w", built)
    assert (answer.code, "已记下 1 条" in answer.out) == (0, True)
    with (broken_project / "seeds" / "verdict.csv").open(encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["fingerprint"] == fingerprint]
    assert (row["verdict"], row["rule_id"]) == ("false", "T07")
    assert gouji("run", "-w", built).code == 0
    assert "T07" not in flags(gouji, built)
    assert flags(gouji, built, "--all")["T07"]["verdict_reason"] == "正文另有说明"
    counts = parsed(gouji("verdict", "-w", built, "--format", "json"))
    assert next((row["问题"], row["属实"], row["误报"]) for row in counts if row["规则"] == "T07") == (1, 0, 1)


def test_a_verdict_outlives_a_build_from_the_reports(gouji: Any, built: Path) -> None:
    fingerprint = flags(gouji, built)["T07"]["fingerprint"]
    gouji("verdict", fingerprint, "--true", "--reason", "页上确实如此", "-w", built)
    gouji("verdict", fingerprint, "--true", "--reason", "又看了一遍", "-w", built)
    assert gouji("build", built.parent / "report.txt", "-w", built).code == 0
    assert flags(gouji, built)["T07"]["verdict_reason"] == "又看了一遍"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["00000000", "--true", "--reason", "x"], "没有这个问题"),
        (["", "--true", "--reason", "x"], "可以指"),
        (["{fingerprint}", "--reason", "x"], "--true"),
        (["{fingerprint}", "--false"], "理由"),
    ],
)
def test_a_verdict_that_says_too_little_writes_nothing(
    gouji: Any, built: Path, broken_project: Path, arguments: list[str], said: str
) -> None:
    before = (broken_project / "seeds" / "verdict.csv").read_bytes()
    fingerprint = flags(gouji, built)["T07"]["fingerprint"]
    answer = gouji("verdict", *[each.format(fingerprint=fingerprint) for each in arguments], "-w", built)
    assert answer.code == 1
    assert said in answer.err
    assert (broken_project / "seeds" / "verdict.csv").read_bytes() == before


def correct(project: Path, warehouse: Path, printed: str, corrected: str) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        row = connection.execute(
            "select document_id, block_no from marts.fct_figure where stated = '50万元'"
        ).fetchone()
    assert row is not None
    with (project / "seeds" / "correction.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row[0]},{row[1]},,,{printed},{corrected},与公开表不符,2026-11-28\n")


def test_a_correction_mends_the_marts_and_leaves_raw_as_printed(gouji: Any, built: Path, broken_project: Path) -> None:
    correct(broken_project, built, "50万元", "40")
    assert gouji("run", "-w", built).code == 0
    assert "T07" not in flags(gouji, built)
    with duckdb.connect(built, read_only=True) as connection:
        figure = connection.execute(
            "select value, printed_value, stated, correction_reason from marts.fct_figure where stated = '50万元'"
        ).fetchone()
        raw = connection.execute("select count(*) from raw.number where stated = '50万元'").fetchone()
    assert figure == (Decimal(400000), Decimal(500000), "50万元", "与公开表不符")
    assert raw == (1,)


def test_a_correction_whose_misprint_is_gone_stops_the_build(gouji: Any, built: Path, broken_project: Path) -> None:
    correct(broken_project, built, "51万元", "40")
    before = built.read_bytes()
    answer = gouji("build", built.parent / "report.txt", "-w", built)
    assert answer.code == 1
    assert "stg_correction" in answer.err
    assert built.read_bytes() == before
