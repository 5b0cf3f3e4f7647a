"""The suite `rules`: one expectation per row of reference.rule, counted exactly, findings and not errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pytest

from warehouse.expectations import ExpectationError, build_suites, run_checks
from warehouse.transform import Project

Write = Callable[[Mapping[str, str]], Project]

Evaluate = Callable[[str, str, int], None]


@pytest.fixture
def project(write: Write) -> Project:
    return write({})


def test_each_rule_is_an_expectation_with_its_title_and_severity(
    warehouse: duckdb.DuckDBPyConnection, project: Project
) -> None:
    rules, data_tests = build_suites(warehouse, project)
    assert (rules.name, data_tests.name) == ("rules", "data_tests")
    assert [(each.rule_id, each.title, each.severity) for each in rules.expectations] == [
        ("A01", "“三公”经费决算不超过预算", "warning"),
        ("D01", "收入总计 = 支出总计", "error"),
        ("P11", "预算资金到位", "info"),
    ]
    assert data_tests.expectations == ()


def test_a_rule_fails_by_its_fail_rows_alone_and_is_no_error(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate
) -> None:
    evaluate("D01", "fail", 2)
    for state in ("pass", "rounding", "not_applicable", "insufficient"):
        evaluate("D01", state, 5)
        evaluate("A01", state, 5)
    report = run_checks(warehouse, project)
    assert {each.name: (each.success, each.unexpected_count) for each in report.results} == {
        "A01": (True, 0),
        "D01": (False, 2),
        "P11": (True, 0),
    }
    assert [each.rule_id for each in report.anomalies] == ["D01"]
    assert report.broken_data_tests == ()
    assert report.seconds > 0


@pytest.mark.parametrize("count", [199, 200, 201, 4321])
def test_counts_are_exact_where_great_expectations_lists_200_rows(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate, count: int
) -> None:
    evaluate("D01", "fail", count)
    (finding,) = run_checks(warehouse, project).anomalies
    assert finding.unexpected_count == count
    assert len(warehouse.execute(finding.query).fetchall()) == count


def test_results_are_a_documented_table_that_is_replaced(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate
) -> None:
    evaluate("D01", "fail", 3)
    run_checks(warehouse, project)
    evaluate("A01", "fail", 1)
    run_checks(warehouse, project)
    rows = warehouse.execute(
        "select suite, name, test, rule_id, relation, column_name, severity, title, success, unexpected_count, error"
        " from meta.expectation_result order by name"
    ).fetchall()
    assert rows == [
        ("rules", "A01", "rule", "A01", "marts.fct_check", None, "warning", "“三公”经费决算不超过预算", False, 1, None),
        ("rules", "D01", "rule", "D01", "marts.fct_check", None, "error", "收入总计 = 支出总计", False, 3, None),
        ("rules", "P11", "rule", "P11", "marts.fct_check", None, "info", "预算资金到位", True, 0, None),
    ]
    undocumented = warehouse.execute(
        "select column_name from duckdb_columns() where schema_name = 'meta' and comment is null"
        " union all select table_name from duckdb_tables() where schema_name = 'meta' and comment is null"
    ).fetchall()
    assert undocumented == []


def test_a_rule_that_is_not_listed_is_an_error(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate
) -> None:
    evaluate("Z99", "pass", 1)
    with pytest.raises(ExpectationError, match=r"marts\.fct_check 中的规则 Z99 没有列入 reference\.rule"):
        run_checks(warehouse, project)


def test_a_rule_id_with_quotes_braces_and_colons_is_only_text(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate
) -> None:
    rule_id = "it's {batch} :x 10:20 %s \\"
    warehouse.execute("insert into reference.rule values (?, '标题', 'info', '', '')", [rule_id])
    evaluate(rule_id, "fail", 2)
    (finding,) = run_checks(warehouse, project).anomalies
    assert (finding.rule_id, finding.unexpected_count) == (rule_id, 2)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("insert into reference.rule values ('D01', '又一次', 'error', '', '')", "规则 D01 重复"),
        ("update reference.rule set severity = 'fatal' where rule_id = 'D01'", "规则 D01 的级别 fatal"),
        ("update reference.rule set title = null where rule_id = 'D01'", "规则 D01 缺少编号或名称"),
    ],
)
def test_a_bad_catalogue_is_an_error(
    warehouse: duckdb.DuckDBPyConnection, project: Project, sql: str, words: str
) -> None:
    warehouse.execute(sql)
    with pytest.raises(ExpectationError, match=words):
        run_checks(warehouse, project)


@pytest.mark.parametrize("table", ["marts.fct_check", "reference.rule"])
def test_a_warehouse_that_is_not_built_asks_for_a_build(
    warehouse: duckdb.DuckDBPyConnection, project: Project, table: str
) -> None:
    warehouse.execute(f"drop table {table}")
    with pytest.raises(ExpectationError, match=f"数仓里没有表 {table}：请先运行 gouji build"):
        run_checks(warehouse, project)


def test_a_rule_that_cannot_be_evaluated_is_our_error_and_is_written(
    warehouse: duckdb.DuckDBPyConnection, project: Project, evaluate: Evaluate
) -> None:
    warehouse.execute("alter table marts.fct_check drop column message")
    with pytest.raises(ExpectationError) as caught:
        run_checks(warehouse, project)
    assert str(caught.value).startswith(
        "3 项期望没有跑成，这是 gouji 自身的错误：\n  A01（reference.rule）：Binder Error"
    )
    assert len(caught.value.problems) == 3
    errors = warehouse.execute("select count(error), count(unexpected_count) from meta.expectation_result").fetchall()
    assert errors == [(3, 0)]
