"""What a build on Spark does before Spark starts: SQL in its dialect, raw rows of a task, and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from loaders import formats
from loaders.interpret import Interpreter
from loaders.landing import raw_tables
from loaders.vocabulary import Vocabulary
from warehouse.cli.app import app
from warehouse.spark import reading, session
from warehouse.spark.models import build as build_models
from warehouse.spark.models import declared, spark_graph
from warehouse.spark.transpile import spark_type, to_spark
from warehouse.transform import TransformError, load_project

COLUMNS = {"staging": {"amount": {"id": "VARCHAR", "value": "DECIMAL(28,6)", "ids": "VARCHAR[]"}}}


@pytest.mark.parametrize(
    ("sql", "spark"),
    [
        (
            "select * exclude (ids) from staging.amount",
            "SELECT `amount`.`id` AS `id`, `amount`.`value` AS `value` FROM `staging__amount` AS `amount`",
        ),
        (
            "select list_concat(ids, [id]) as x from staging.amount as a",
            "SELECT CONCAT(COALESCE(`a`.`ids`, ARRAY()), ARRAY(`a`.`id`)) AS `x` FROM `staging__amount` AS `a`",
        ),
        (
            "select id from staging.amount qualify row_number() over (order by value) = 1",
            "SELECT `amount`.`id` AS `id` FROM `staging__amount` AS `amount`"
            " QUALIFY ROW_NUMBER() OVER (ORDER BY `amount`.`value` NULLS LAST) = 1",
        ),
        (
            "select string_agg(id, '、' order by value) filter (where value > 0) as x from staging.amount",
            "SELECT CASE WHEN COUNT(`amount`.`id`) FILTER(WHERE `amount`.`value` > 0) > 0"
            " THEN ARRAY_JOIN(TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(`amount`.`value` AS `nth_0`,"
            " `amount`.`id` AS `printed`)) FILTER(WHERE `amount`.`value` > 0)), `pair` -> `pair`.`printed`), '、') END"
            " AS `x` FROM `staging__amount` AS `amount`",
        ),
        (
            r"select regexp_matches(id, '表\s*\z') as x from staging.amount",
            r"SELECT `amount`.`id` RLIKE '表\\s*\\z' AS `x` FROM `staging__amount` AS `amount`",
        ),
    ],
)
def test_a_query_says_the_same_in_the_dialect_of_spark(sql: str, spark: str) -> None:
    assert to_spark(sql, COLUMNS) == spark


@pytest.mark.parametrize(
    ("duckdb_type", "spark"),
    [
        ("VARCHAR", "STRING"),
        ("INTEGER", "INT"),
        ("BIGINT", "BIGINT"),
        ("BOOLEAN", "BOOLEAN"),
        ("DOUBLE", "DOUBLE"),
        ("DECIMAL(28,6)", "DECIMAL(28, 6)"),
        ("VARCHAR[]", "ARRAY<STRING>"),
        ("DATE", "DATE"),
    ],
)
def test_a_type_keeps_its_size(duckdb_type: str, spark: str) -> None:
    assert spark_type(duckdb_type) == spark


@pytest.mark.parametrize("duckdb_type", ["HUGEINT", "UBIGINT", "TIME", "HUGEINT[]"])
def test_a_type_that_spark_lacks_is_an_error(duckdb_type: str) -> None:
    with pytest.raises(ValueError, match=r"HUGEINT|UBIGINT|TIME"):
        spark_type(duckdb_type)


def test_every_column_of_the_project_has_a_type_in_spark(root: Path) -> None:
    project = load_project(root)
    with declared(project) as (columns, _):
        lacking = []
        for schema, tables in columns.items():
            for table, types in tables.items():
                for column, kind in types.items():
                    try:
                        spark_type(kind)
                    except ValueError:
                        lacking.append(f"{schema}.{table}.{column} {kind}")
        graph = spark_graph(project)
        for name, compiled in graph.compiled.items():
            assert to_spark(compiled.sql, columns), name

    assert lacking == []


def test_a_model_that_is_not_portable_is_refused_before_spark_starts(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n", encoding="utf-8")
    (tmp_path / "models" / "total.sql").write_text("select\n    7 / 2 as half\n", encoding="utf-8")

    with pytest.raises(TransformError, match=r"models/total\.sql:2: DECIMAL 相除"):
        build_models(None, load_project(tmp_path), {}, tmp_path / "out")  # type: ignore[arg-type]


def test_a_task_gives_the_rows_that_one_machine_lands(root: Path, vocabulary: Vocabulary) -> None:
    file = next(path for path in sorted((root / "seeds" / "reports").rglob("*")) if path.suffix == ".txt")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    batch = pa.RecordBatch.from_pylist([{"file_no": 3, "path": str(file)}])
    landed: dict[str, list[object]] = {}
    for wide in reading._reader(vocabulary, now)(iter([batch])):
        for row in wide.to_pylist():
            assert (row["file_no"], row["member_no"]) == (3, 0)
            landed.setdefault(row["raw_table"], []).append(row[row["raw_table"]])
    (document,) = formats.read_all(file)
    expected = raw_tables(document, Interpreter(vocabulary).interpret(document), now)

    assert landed == {table: rows.to_pylist() for table, rows in expected.items()}
    assert len(landed["number"]) > 20


def test_a_machine_without_java_is_told_what_to_install() -> None:
    assert any("apt-get install openjdk-17-jre-headless" in line for line in session.missing_parts({"PATH": ""}))


@pytest.mark.parametrize(
    ("told", "said"),
    [('openjdk version "1.8.0_392"', "是 Java 8"), ('openjdk version "17.0.15"', None), ("", "无法得知版本")],
)
def test_an_old_java_is_refused(tmp_path: Path, told: str, said: str | None) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{told}' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    lines = [line for line in session.missing_parts({"JAVA_HOME": str(tmp_path)}) if "ava" in line]

    assert (said in lines[0]) if said else lines == []


def test_the_command_says_what_is_missing_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "missing_parts", lambda: ["缺少 pyspark：请安装附加组件 spark"])
    target = tmp_path / "tables"
    answer = CliRunner().invoke(app, ["build", "--engine", "spark", "--warehouse", str(target)])

    assert answer.exit_code == 1
    assert "缺少 pyspark" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_master_without_spark_is_a_mistake() -> None:
    answer = CliRunner().invoke(app, ["build", "--master", "local[2]"])

    assert answer.exit_code == 1
    assert "--engine spark" in answer.output
