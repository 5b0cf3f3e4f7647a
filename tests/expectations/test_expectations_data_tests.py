"""The suite `data_tests`: every kind of dbt data test on rows known to fail and on rows known to pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pytest

from warehouse.expectations import CheckReport, ExpectationError, ExpectationResult, run_checks
from warehouse.transform import Project

Declare = Callable[..., Project]
Write = Callable[[Mapping[str, str]], Project]

PARENT = {
    "models/unit.sql": "select 1 as unit",
    "seeds/region.csv": "code\n",
    "models/sources.yml": """\
        version: 2
        sources:
          - name: landed
            schema: raw
            tables:
              - name: file
                identifier: document
        """,
}
TO_UNIT = """\
    - relationships:
        arguments: {to: ref('unit'), field: unit}
    """


def fill(connection: duckdb.DuckDBPyConnection, values: str) -> None:
    connection.execute(f"create or replace table marts.thing as from (values {values}) as rows (value)")


def only(report: CheckReport) -> ExpectationResult:
    (result,) = (each for each in report.results if each.suite == "data_tests")
    return result


@pytest.mark.parametrize(
    ("tests", "values", "failing"),
    [
        ("- not_null", "(1), (2)", 0),
        ("- not_null", "(1), (null), (null)", 2),
        ("- unique", "(1), (2), (null), (null)", 0),
        ("- unique", "(1), (1), (1), (2), (2), (3)", 2),
        ("- accepted_values: {values: [pass, fail]}", "('pass'), (null)", 0),
        ("- accepted_values: {values: [pass, fail]}", "('pass'), ('Pass'), ('Pass'), ('')", 2),
        ("- accepted_values: {arguments: {values: [1, 2]}}", "(1), (2)", 0),
        ("- accepted_values: {values: [1, 2]}", "(1), (3)", 1),
        ("- accepted_values: {values: [true]}", "(true), (false)", 1),
        ("- accepted_values: {values: [1.5, 2], quote: false}", "(1.5), (2.0)", 0),
        ("- not_null: {where: value <> 'x' or value is null}", "('x'), (null)", 1),
        ("- unique: {config: {where: \"value > '1'::int\"}}", "(1), (1), (2), (2)", 1),
        ("- accepted_values: {values: [a], where: value <> 'b:c'}", "('a'), ('b:c')", 0),
    ],
)
def test_column_tests(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare, tests: str, values: str, failing: int
) -> None:
    fill(warehouse, values)
    report = run_checks(warehouse, declare(tests))
    result = only(report)
    assert (result.relation, result.column, result.unexpected_count) == ("marts.thing", "value", failing)
    assert result.success is (failing == 0)
    assert report.broken_data_tests == (() if failing == 0 else (result,))
    assert len(warehouse.execute(result.query).fetchall()) == failing
    assert len(result.examples) == failing


@pytest.mark.parametrize(
    "to", ["ref('unit')", 'ref("region")', "\"source('landed', 'file')\"", "'{{ ref(''unit'') }}'"]
)
@pytest.mark.parametrize(("values", "failing"), [("(1), (2), (null)", 0), ("(1), (7), (7), (8)", 3)])
def test_relationships(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare, to: str, values: str, failing: int
) -> None:
    fill(warehouse, values)
    for parent in ("marts.unit", "reference.region", "raw.document"):
        warehouse.execute(f"create table {parent} as from (values (1), (2), (2)) as rows (unit)")
    project = declare(f"- relationships:\n    arguments: {{to: {to}, field: unit}}", **PARENT)
    assert only(run_checks(warehouse, project)).unexpected_count == failing


@pytest.mark.parametrize("name", ["unique_combination_of_columns", "dbt_utils.unique_combination_of_columns"])
@pytest.mark.parametrize(
    ("values", "failing"), [("(1, 1), (1, 2), (2, 1)", 0), ("(1, 1), (1, 1), (2, null), (2, null), (3, 3)", 2)]
)
def test_unique_combination_of_columns(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare, name: str, values: str, failing: int
) -> None:
    warehouse.execute(f"create or replace table marts.thing as from (values {values}) as rows (value, other)")
    project = declare("", f"- {name}:\n    arguments:\n      combination_of_columns: [value, other]")
    result = only(run_checks(warehouse, project))
    assert (result.column, result.unexpected_count) == (None, failing)
    assert result.name == "marts.thing.unique_combination_of_columns"


def test_a_test_of_the_table_may_name_its_column(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    fill(warehouse, "(null)")
    result = only(run_checks(warehouse, declare("", "- not_null: {column_name: value}")))
    assert (result.name, result.column, result.unexpected_count) == ("marts.thing.value.not_null", "value", 1)


ODD = [
    "a:b",
    ":ab:",
    "10:20:30",
    "{x}",
    "{batch}",
    "100%",
    "%s",
    "$1",
    "?",
    "it's",
    "back\\slash",
    "中：文",
    "--",
    "x;",
]


def test_accepted_values_are_only_text(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    warehouse.execute("create or replace table marts.thing as select unnest(?::varchar[]) as value", [[*ODD, "b:a"]])
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in ODD)
    result = only(run_checks(warehouse, declare(f"- accepted_values: {{values: [{listed}]}}")))
    assert result.unexpected_count == 1
    assert result.examples == ("value=b:a，n_rows=1",)


def test_counts_are_exact_and_a_few_rows_are_shown(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    warehouse.execute("create or replace table marts.thing as select i as id, null as value from range(1000) as t (i)")
    result = only(run_checks(warehouse, declare("- not_null")))
    assert result.unexpected_count == 1000
    assert result.describe() == (
        "marts.thing.value.not_null（marts.thing.value 不为空）：1000 行不符，"
        "例如 id=0，value=空；id=1，value=空；id=2，value=空"
    )


def test_seeds_and_sources_are_tested_too(warehouse: duckdb.DuckDBPyConnection, write: Write) -> None:
    project = write(
        {
            "seeds/region.csv": "code,日期\n",
            "seeds/region.yml": """\
                version: 2
                seeds:
                  - name: region
                    columns:
                      - {name: code, data_tests: [unique]}
                      - {name: 日期, data_tests: [not_null]}
                """,
            "models/sources.yml": """\
                version: 2
                sources:
                  - name: landed
                    schema: raw
                    tables:
                      - name: file
                        identifier: Document
                        columns:
                          - {name: sha256, data_tests: [not_null]}
                """,
        }
    )
    warehouse.execute("create table reference.region as from (values (1, 2), (1, null)) as rows (code, 日期)")
    warehouse.execute('create table raw."Document" as select null as sha256')
    report = run_checks(warehouse, project)
    assert {each.name: each.unexpected_count for each in report.broken_data_tests} == {
        "reference.region.code.unique": 1,
        "reference.region.日期.not_null": 1,
        'raw."Document".sha256.not_null': 1,
    }


def test_a_warning_does_not_break_and_a_switched_off_test_does_not_run(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare
) -> None:
    fill(warehouse, "(null), (1), (1)")
    project = declare("- not_null: {severity: WARN}\n- unique: {enabled: false}")
    report = run_checks(warehouse, project)
    assert (only(report).success, only(report).severity) == (False, "warning")
    assert report.broken_data_tests == ()


def test_the_same_test_twice_has_two_names(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    fill(warehouse, "(1), (null)")
    project = declare("- not_null\n- not_null: {where: value = 1}")
    results = [each for each in run_checks(warehouse, project).results if each.suite == "data_tests"]
    assert [(each.name, each.unexpected_count) for each in results] == [
        ("marts.thing.value.not_null", 1),
        ("marts.thing.value.not_null_2", 0),
    ]


@pytest.mark.parametrize(
    ("column_tests", "table_tests", "words"),
    [
        (
            "- not_nul",
            "",
            r"models/thing\.yml:3: 模型 thing 的列 value 的数据检验 not_nul：不支持这种检验，是否想写 not_null",
        ),
        (
            "",
            "- expression_is_true: {expression: value > 0}",
            r"模型 thing 的数据检验 expression_is_true：不支持这种检验",
        ),
        ("", "- not_null", "数据检验 not_null：应写在某一列之下"),
        ("- unique: {store_failures: true}", "", "不支持设置 store_failures"),
        ("- not_null: {severity: fatal}", "", "severity 应为 error 或 warn"),
        ("- not_null: {enabled: 'no'}", "", "enabled 应为 true 或 false"),
        ("- accepted_values: {value: [a]}", "", "不支持参数 value，是否想写 values"),
        ("- unique: {values: [a]}", "", "数据检验 unique：不支持参数 values"),
        ("- accepted_values", "", "缺少参数 values"),
        ("- accepted_values: {values: [a, null]}", "", "values 应为不含空值的列表"),
        ("- relationships: {to: ref('nothing'), field: x}", "", r"找不到 to 所指的表：ref\('nothing'\)"),
        ("- relationships: {to: nothing, field: x}", "", "找不到 to 所指的表：nothing"),
        ("- relationships: {to: ref('thing')}", "", "缺少参数 field"),
        ("", "- unique_combination_of_columns: {combination_of_columns: value}", "应为列名的列表"),
    ],
)
def test_a_badly_declared_test_names_the_table_and_the_test(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare, column_tests: str, table_tests: str, words: str
) -> None:
    with pytest.raises(ExpectationError, match=words):
        run_checks(warehouse, declare(column_tests, table_tests))


def test_an_expectation_that_raises_is_our_error_and_disturbs_no_other(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare
) -> None:
    fill(warehouse, "('x'), (null)")
    project = declare("- unique: {where: value::int > 1}\n- not_null: {where: valeu = 1}\n- not_null\n- unique")
    with pytest.raises(ExpectationError) as caught:
        run_checks(warehouse, project)
    assert str(caught.value).startswith("2 项期望没有跑成，这是 gouji 自身的错误：")
    first, second = caught.value.problems
    place = "models/thing.yml:3: 模型 thing 的列 value 的数据检验"
    assert first.startswith(
        f"marts.thing.value.unique（{place} unique）：Conversion Error: Could not convert string 'x'"
    )
    assert second.startswith(f'marts.thing.value.not_null（{place} not_null）：Binder Error: Referenced column "valeu"')
    assert "SQL" not in str(caught.value)
    counted = warehouse.execute(
        "select name, unexpected_count from meta.expectation_result where suite = 'data_tests' and error is null"
    ).fetchall()
    assert counted == [("marts.thing.value.not_null_2", 1), ("marts.thing.value.unique_2", 0)]


def test_a_table_that_is_not_built_asks_for_a_build(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    warehouse.execute("drop table marts.thing")
    with pytest.raises(ExpectationError, match=r"数仓里没有表 marts\.thing、marts\.unit：请先运行 gouji build"):
        run_checks(warehouse, declare(TO_UNIT, **PARENT))
