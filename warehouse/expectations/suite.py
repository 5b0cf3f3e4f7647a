"""The two suites, made from data: `rules` from `reference.rule`, `data_tests` from the project's properties files.

Takes a connection to a built warehouse and the project, gives frozen `Suite`s that know how to become Great
Expectations suites and how to be saved as JSON. Nothing here lists a rule or a table by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.expectations.data_tests import data_test_expectations
from warehouse.expectations.errors import ExpectationError
from warehouse.expectations.expectation import Expectation, escaped, literal
from warehouse.transform import Project, Relation

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

RULES = "rules"
DATA_TESTS = "data_tests"
CHECKS = Relation("marts", "fct_check")
RULE_TABLE = Relation("reference", "rule")

# Great Expectations has its own words for severity.
_SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}


@dataclass(frozen=True, slots=True)
class Suite:
    """Expectations with different names, and the SELECT that is the batch they are run on."""

    name: str
    notes: str
    batch: str
    expectations: tuple[Expectation, ...]

    def to_great_expectations(self) -> ExpectationSuite:
        """A new suite of Great Expectations, in no context yet."""
        from warehouse.expectations.duckdb_source import load

        load()
        from great_expectations import ExpectationSuite
        from great_expectations.expectations import UnexpectedRowsExpectation

        expectations = [
            UnexpectedRowsExpectation(
                unexpected_rows_query=expectation.unexpected_rows_query,
                description=expectation.title,
                meta=expectation.meta(),
                severity=_SEVERITIES[expectation.severity],
            )
            for expectation in self.expectations
        ]
        return ExpectationSuite(name=self.name, expectations=expectations, notes=self.notes)

    def save(self, folder: Path) -> Path:
        """Writes `<name>.json`, which `great_expectations.ExpectationSuite(**json.load(…))` reads; gives its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        content = self.to_great_expectations().to_json_dict()
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path


def build_suites(connection: duckdb.DuckDBPyConnection, project: Project) -> tuple[Suite, Suite]:
    """The suites `rules` and `data_tests`.

    Raises ExpectationError for an absent `reference.rule`, a rule that is listed twice or has no known severity, and
    a data test that is unknown or has unfit arguments.
    """
    return (
        Suite(
            RULES,
            f"勾稽规则，取自 {RULE_TABLE}：{CHECKS} 中没有这条规则的 fail 行。批次是 {CHECKS} 或它的一部分。",
            f"select * from {CHECKS}",
            _rule_expectations(connection),
        ),
        Suite(
            DATA_TESTS,
            "数据检验，取自 models/ 和 seeds/ 的 data_tests。查询自带表名，在同一数仓的任何批次上结果都一样。",
            "select 1 as warehouse",
            data_test_expectations(project),
        ),
    )


def require(connection: duckdb.DuckDBPyConnection, relations: set[Relation]) -> None:
    """Raises ExpectationError where one of `relations` is neither a table nor a view of the current database."""
    rows = connection.execute(
        "select lower(table_schema), lower(table_name) from information_schema.tables"
        " where table_catalog = current_database()"
    ).fetchall()
    existing = set(rows)
    absent = {str(each) for each in relations if (each.schema.lower(), each.name.lower()) not in existing}
    if absent:
        raise ExpectationError(f"数仓里没有表 {'、'.join(sorted(absent))}：请先运行 gouji build")


def _rule_expectations(connection: duckdb.DuckDBPyConnection) -> tuple[Expectation, ...]:
    require(connection, {RULE_TABLE, CHECKS})
    rows = connection.execute(f"select rule_id, title, severity from {RULE_TABLE} order by all").fetchall()
    problems: list[str] = []
    seen: set[str] = set()
    for rule_id, title, severity in rows:
        if not rule_id or not title:
            problems.append(f"规则 {rule_id or '（无编号）'} 缺少编号或名称")
        elif rule_id in seen:
            problems.append(f"规则 {rule_id} 重复")
        if severity not in _SEVERITIES:
            problems.append(f"规则 {rule_id} 的级别 {severity} 不是 {'、'.join(_SEVERITIES)} 之一")
        seen.add(rule_id)
    if problems:
        raise ExpectationError(f"{RULE_TABLE} 有误：", problems)
    return tuple(_rule(*row) for row in rows)


def _rule(rule_id: str, title: str, severity: str) -> Expectation:
    columns, condition = "check_id, file_name, message", f"rule_id = {literal(rule_id)} and state = 'fail'"
    return Expectation(
        name=rule_id,
        title=title,
        test="rule",
        severity=severity,
        query=f"select {columns} from {CHECKS} where {condition}",
        unexpected_rows_query=f"select {columns} from {{batch}} where {escaped(condition)}",
        relation=CHECKS,
        reads=(CHECKS,),
        place=str(RULE_TABLE),
        rule_id=rule_id,
    )
