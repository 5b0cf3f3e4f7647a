"""Unit tests of models: what is given and what shall come of it, in YAML; a failure tells only cells that differ."""

from __future__ import annotations

from decimal import Decimal

import pytest

from warehouse.transform import run_unit_tests
from warehouse.transform.unit_tests import compare

FILES = {
    "seeds/unit.csv": "unit,factor\n元,1\n万元,10000\n",
    "seeds/_seeds.yml": "seeds:\n- {name: unit, config: {column_types: {unit: varchar, factor: integer}}}\n",
    "models/sources.yml": "sources:\n- {name: raw, tables: [{name: number}]}\n",
    "models/staging/stg_figure.sql": """\
        select n.id, cast(n.digits as decimal(18, 2)) * u.factor * {{ var('sign', 1) }} as value, n.tags
        from {{ source('raw', 'number') }} as n
        join {{ ref('unit') }} as u on n.unit = u.unit
        """,
    "models/marts/fct_figure.sql": """\
        {{ config(materialized='incremental', unique_key='id') }}
        select id, value from {{ ref('stg_figure') }}
        {% if is_incremental() %} where id not in (select id from {{ this }}) {% endif %}
        """,
}


def with_tests(text: str) -> dict[str, str]:
    return {**FILES, "models/unit_tests.yml": "unit_tests:\n" + text}


GIVEN = """\
- name: t
  model: stg_figure
  given:
  - input: source('raw', 'number')
    rows: [{id: a, digits: "1.50", unit: 万元, tags: [x, y]}, {id: b, digits: 2, unit: 元}]
  - input: ref('unit')
"""


@pytest.fixture
def scratch(connection):
    """The raw table, empty."""
    connection.execute("create schema raw")
    connection.execute("create table raw.number (id varchar, digits varchar, unit varchar, tags varchar[])")
    return connection


def differences(scratch, project):
    return [list(result.differences) for result in run_unit_tests(scratch, project)]


@pytest.mark.parametrize(
    "expect",
    [
        "  expect: {rows: [{id: b, value: 2}, {id: a, value: 15000}]}\n",
        "  expect: {rows: [{tags: [x, y]}, {tags: null}]}\n",
        "  expect:\n    format: csv\n    rows: |\n      id,value\n      a,15000.00\n      b,2\n",
        "  expect:\n    format: sql\n    rows: select 'a' as id, 15000 as value union all select 'b', 2\n",
        "  overrides: {vars: {sign: -1}}\n  expect: {rows: [{id: a, value: -15000}, {id: b, value: -2}]}\n",
    ],
)
def test_rows_in_any_form_and_order(load, scratch, expect):
    assert differences(scratch, load(with_tests(GIVEN + expect))) == [[]]


def test_a_failure_tells_only_the_cells_that_differ(load, scratch):
    expect = "  expect: {rows: [{id: a, value: 1500, tags: [x, y]}, {id: b, value: 2, tags: null}]}\n"
    assert differences(scratch, load(with_tests(GIVEN + expect))) == [["第 1 行：value 应为 1500，实为 15000"]]


def test_rows_that_have_nothing_in_common_are_told_whole(load, scratch):
    expect = "  expect: {rows: [{id: a, value: 15000}, {id: c, value: 3}]}\n"
    assert differences(scratch, load(with_tests(GIVEN + expect))) == [
        ["少了：id “c”，value 3", "多了：id “b”，value 2"],
    ]


def test_no_rows_expected_means_none_at_all(load, scratch):
    assert differences(scratch, load(with_tests(GIVEN + "  expect: {rows: []}\n"))) == [
        ["多了：id “a”，value 15000，tags ['x', 'y']", "多了：id “b”，value 2，tags 空"]
    ]


def test_two_like_rows_are_two():
    rows = [("a", Decimal("1.0")), ("a", Decimal(1))]
    assert compare(["id", "value"], rows, rows) == []
    assert compare(["id", "value"], rows, rows[:1]) == ["少了：id “a”，value 1"]


def test_an_incremental_model_is_tested_in_both_modes(load, scratch):
    both = """\
- name: whole
  model: fct_figure
  given: [{input: ref('stg_figure'), rows: [{id: a, value: 1}, {id: b, value: 2}]}]
  expect: {rows: [{id: a}, {id: b}]}
- name: increment
  model: fct_figure
  overrides: {macros: {is_incremental: true}}
  given:
  - {input: ref('stg_figure'), rows: [{id: a, value: 1}, {id: b, value: 2}]}
  - {input: this, rows: [{id: a, value: 1}]}
  expect: {rows: [{id: b}]}
"""
    assert differences(scratch, load(with_tests(both))) == [[], []]


def test_a_selection_runs_the_tests_of_its_models(load, scratch):
    project = load(with_tests(GIVEN + "  expect: {rows: []}\n"))
    assert run_unit_tests(scratch, project, ["fct_figure"]) == []
    assert len(run_unit_tests(scratch, project, ["stg_figure+"])) == 1


EXPECT = "  expect: {rows: [{id: a}]}\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GIVEN.replace("stg_figure", "stg_figur") + EXPECT, 2, ["模型 stg_figur 不存在", "是否想写 stg_figure？"]),
        (GIVEN.replace("digits: 2", "digit: 2") + EXPECT, 6, ["没有列 digit", "是否想写 digits？"]),
        (GIVEN + "  expect: {rows: [{idd: a}]}\n", 8, ["没有列 idd", "是否想写 id？"]),
        (GIVEN + "  expect: {rows: [{value: x}]}\n", 8, ["无法执行", "x"]),
        (GIVEN + "  expect: {rows: [{id: a}, {value: 1}]}\n", 8, ["相同的列"]),
        (GIVEN.replace("  - input: ref('unit')\n", "") + EXPECT, 2, ["没有给出模型读的 ref('unit')"]),
        (GIVEN + "  - {input: ref('fct_figure'), rows: []}\n" + EXPECT, 8, ["模型 stg_figure 不读 ref('fct_figure')"]),
        (GIVEN.replace("digits: 2", "digits: 二") + EXPECT, 2, ["无法执行", "二"]),
    ],
)
def test_a_test_that_cannot_run_is_an_error(load, scratch, fails, text, line, words):
    project = load(with_tests(text))
    fails(lambda: run_unit_tests(scratch, project), f"models/unit_tests.yml:{line}", *words)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GIVEN, 2, ["缺少 expect"]),
        (GIVEN + "  expect: {}\n", 8, ["缺少 rows"]),
        (GIVEN + "  expect: {rows: [], fixture: x}\n", 8, ["不支持的键 fixture"]),
        (GIVEN + "  expect: {rows: [], format: json}\n", 8, ["format 只支持 dict、csv、sql"]),
        (GIVEN.replace("ref('unit')", "unit") + EXPECT, 7, ["input 应为 ref('模型')"]),
        (GIVEN + "  overrides: {macros: {product: 1}}\n" + EXPECT, 8, ["不支持的键 product"]),
        (GIVEN + "  expect: {format: csv, rows: 'a,b\n\n    1'}\n", 8, ["各行的列数不同"]),
        (GIVEN + EXPECT + GIVEN + EXPECT, 9, ["单元测试 t 已在 models/unit_tests.yml:2 写过"]),
        (GIVEN.replace("name: t", "names: t") + EXPECT, 2, ["不支持的键 names，是否想写 name？"]),
    ],
)
def test_a_mistake_in_the_yaml_is_named_with_its_line(load, fails, text, line, words):
    fails(lambda: load(with_tests(text)), f"models/unit_tests.yml:{line}", *words)
