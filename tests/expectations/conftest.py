"""A warehouse and a dbt project small enough that every row that fails is written down in the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent, indent

import duckdb
import pytest

from warehouse.transform import Project, load_project

SETTINGS = """\
name: demo
profile: demo
model-paths: ["models"]
seed-paths: ["seeds"]
models:
  demo:
    +schema: marts
    +materialized: table
seeds:
  demo:
    +schema: reference
"""

Write = Callable[[Mapping[str, str]], Project]
Declare = Callable[..., Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a project (path -> text, with a model `thing`) and loads it."""

    def write_files(files: Mapping[str, str]) -> Project:
        for name, content in {"dbt_project.yml": SETTINGS, "models/thing.sql": "select 1 as value", **files}.items():
            path = tmp_path / "project" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(content), encoding="utf-8")
        return load_project(tmp_path / "project")

    return write_files


@pytest.fixture
def declare(write: Write) -> Declare:
    """A project whose model `thing` has data tests (YAML lists): of the table, and of its column `value`."""

    def project(column_tests: str = "", table_tests: str = "", **files: str) -> Project:
        lines = ["version: 2", "models:", "  - name: thing"]
        if table_tests:
            lines += ["    data_tests:", indent(dedent(table_tests), " " * 6)]
        if column_tests:
            lines += ["    columns:", "      - name: value", "        data_tests:"]
            lines += [indent(dedent(column_tests), " " * 10)]
        return write({"models/thing.yml": "\n".join(lines) + "\n", **files})

    return project


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse attached and in use, as a build has it, with rules but no check evaluated."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.execute("create schema marts; create schema reference; create schema raw")
        connection.execute(
            "create table marts.fct_check (check_id varchar, rule_id varchar, severity varchar, state varchar,"
            " document_id varchar, file_name varchar, organization_name varchar, fiscal_year integer,"
            " expected decimal(28, 6), observed decimal(28, 6), difference decimal(28, 6), tolerance decimal(28, 6),"
            " unit varchar, message varchar, figure_ids varchar[], evidence varchar[])"
        )
        connection.execute(
            "create table reference.rule as select * from (values"
            " ('D01', '收入总计 = 支出总计', 'error', '0', ''),"
            " ('A01', '“三公”经费决算不超过预算', 'warning', '0', ''),"
            " ('P11', '预算资金到位', 'info', '', '')"
            ") as rules (rule_id, title, severity, tolerance, description)"
        )
        connection.execute("create table marts.thing (value varchar)")
        yield connection


@pytest.fixture
def evaluate(warehouse: duckdb.DuckDBPyConnection) -> Callable[[str, str, int], None]:
    """Adds checks of a rule in a state."""

    def add(rule_id: str, state: str, count: int) -> None:
        warehouse.execute(
            "insert into marts.fct_check (check_id, rule_id, state, file_name, message, evidence)"
            " select ? || '-' || ? || '-' || i, ?, ?, '决算.html', '第 ' || i || ' 项：100:00', ['收入总计 100 万元']"
            " from range(?) as numbers (i)",
            [rule_id, state, rule_id, state, count],
        )

    return add
