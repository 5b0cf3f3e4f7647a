"""`gouji run` as a user meets it: nothing to do, what changed and why, and what would be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CHECK = "models/intermediate/checks/int_check_sum.sql"


@pytest.fixture
def changed(broken_project: Path) -> Path:
    """The project with one check that says something else, and a comment more in another."""
    model = broken_project / CHECK
    model.write_text(model.read_text(encoding="utf-8") + "\nlimit 1", encoding="utf-8")
    other = broken_project / "models/marts/dim_report.sql"
    other.write_text("-- 一行一份报告\n" + other.read_text(encoding="utf-8"), encoding="utf-8")
    return broken_project


def test_a_run_without_changes_leaves_the_file_alone(gouji: Any, tiny_copy: Path) -> None:
    before = tiny_copy.stat()
    answer = gouji("run", "--warehouse", tiny_copy)
    assert (answer.code, answer.err) == (0, "")
    assert "已重建 0 个表或视图，跳过没有变化的 " in answer.out
    assert (tiny_copy.stat().st_ino, tiny_copy.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.usefixtures("changed")
def test_a_run_builds_what_changed_and_explains_each(gouji: Any, tiny_copy: Path) -> None:
    answer = gouji("run", "--explain", "--warehouse", tiny_copy)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert "重建 int_check_sum：SQL 变了" in lines
    assert "重建 int_check：上游 int_check_sum 变了" in lines
    assert "跳过 dim_report：没有变化" in lines
    again = gouji("run", "--warehouse", tiny_copy)
    assert "已重建 0 个" in again.out


@pytest.mark.usefixtures("changed")
def test_a_dry_run_changes_nothing(gouji: Any, tiny_copy: Path) -> None:
    before = tiny_copy.read_bytes()
    answer = gouji("run", "--select", "state:modified", "--dry-run", "--warehouse", tiny_copy)
    assert answer.out.startswith("重建 int_check_sum：SQL 变了\n将重建 1 个表或视图，跳过没有变化的 0 个")
    assert tiny_copy.read_bytes() == before


@pytest.mark.usefixtures("changed")
def test_machines_get_json(gouji: Any, tiny_copy: Path) -> None:
    answer = gouji("run", "--select", "int_check_sum", "--json", "--warehouse", tiny_copy)
    told = json.loads(answer.out)
    assert told["built"] is True
    assert told["counts"] == {"build": 1}
    assert told["nodes"] == [{"name": "int_check_sum", "action": "build", "reason": "query", "message": "SQL 变了"}]


def test_a_state_that_is_not_known_is_named(gouji: Any, tiny_copy: Path) -> None:
    answer = gouji("run", "--select", "state:old", "--warehouse", tiny_copy)
    assert (answer.code, answer.out) == (1, "")
    assert "state:old不在支持的dbt子集内，可用：state:modified" in answer.err


# gouji test


STARTED = """\
unit_tests:
- name: a_title_of_a_unit
  model: stg_report
  given:
  - {input: "source('raw', 'report')", rows: [{document_id: d, report_no: 1, kind: budget, title: 甲局单位预算}]}
  - {input: ref('stg_document'), rows: [{document_id: d}]}
  - {input: ref('stg_organization_name'), rows: []}
"""


@pytest.mark.parametrize(("scope", "code"), [("unit", 0), ("department", 1)])
def test_unit_tests_tell_the_cells_that_differ(gouji: Any, broken_project: Path, scope: str, code: int) -> None:
    tests = broken_project / "models/staging/unit_tests.yml"
    tests.write_text(STARTED + f"  expect: {{rows: [{{report_id: d-r1, report_scope: {scope}}}]}}\n", encoding="utf-8")
    answer = gouji("test", "--select", "stg_report")
    assert answer.code == code
    told = [
        "不符 stg_report a_title_of_a_unit（models/staging/unit_tests.yml:2）",
        "  第 1 行：report_scope 应为 “department”，实为 “unit”",
    ]
    assert answer.out.splitlines() == [*(told if code else []), f"单元测试 1 个，不符 {code} 个"]
    found = json.loads(gouji("test", "--select", "stg_report", "--json").out)
    assert [each["differences"] for each in found] == [[told[1].strip()] if code else []]


def test_a_unit_test_of_nothing_is_an_error(gouji: Any, broken_project: Path) -> None:
    tests = broken_project / "models/staging/unit_tests.yml"
    tests.write_text(STARTED.replace("stg_report", "stg_reports") + "  expect: {rows: []}\n", encoding="utf-8")
    answer = gouji("test")
    assert (answer.code, answer.out) == (1, "")
    assert "models/staging/unit_tests.yml:2:单元测试a_title_of_a_unit：模型stg_reports不存在" in answer.err
