"""Order, selection, and the check that models read only what they refer to."""

from __future__ import annotations

import pytest

from warehouse.transform import build_graph, check_sql, order, select

DIAMOND = {
    "seeds/region.csv": "code\n1\n",
    "models/staging/stg_b.sql": "select * from {{ ref('region') }}",
    "models/staging/stg_a.sql": "{{ config(tags=['money']) }} select * from {{ source('raw', 'document') }}",
    "models/marts/fct_c.sql": "select * from {{ ref('stg_a') }}, {{ ref('stg_b') }}",
    "models/marts/fct_a.sql": "{{ config(tags='money') }} select * from {{ ref('fct_c') }}",
    "models/marts/dim_z.sql": "select 1 as one",
    "models/sources.yml": "sources:\n- {name: raw, tables: [{name: document}]}\n",
}


def test_order_is_topological_and_alphabetical_among_equals(load):
    assert order(load(DIAMOND)) == ("region", "dim_z", "stg_a", "stg_b", "fct_c", "fct_a")


@pytest.mark.parametrize(
    ("expressions", "names"),
    [
        ([], ["region", "dim_z", "stg_a", "stg_b", "fct_c", "fct_a"]),
        (["fct_c"], ["fct_c"]),
        (["+fct_c"], ["region", "stg_a", "stg_b", "fct_c"]),
        (["fct_c+"], ["fct_c", "fct_a"]),
        (["+stg_b+"], ["region", "stg_b", "fct_c", "fct_a"]),
        (["stg_*"], ["stg_a", "stg_b"]),
        (["path:models/marts"], ["dim_z", "fct_c", "fct_a"]),
        (["path:models/marts/fct_*"], ["fct_c", "fct_a"]),
        (["models/staging/stg_a.sql"], ["stg_a"]),
        (["tag:money"], ["stg_a", "fct_a"]),
        (["tag:money,path:models/marts"], ["fct_a"]),
        (["dim_z stg_a"], ["dim_z", "stg_a"]),
        (["stg_a", "dim_z"], ["dim_z", "stg_a"]),
    ],
)
def test_selection_follows_dbt(load, expressions, names):
    assert list(select(build_graph(load(DIAMOND)), expressions)) == names


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("fct_d", ["没有符合选择的模型或种子 fct_d", "是否想写 fct_"]),
        ("tag:mony", ["标签 mony，是否想写 money？"]),
        ("path:models/mart", ["是否想写 models/marts？"]),
        ("@fct_c", ["无法识别的选择 @fct_c"]),
        ("+", ["无法识别的选择 +"]),
    ],
)
def test_a_selection_that_means_nothing_is_an_error(load, fails, expression, words):
    graph = build_graph(load(DIAMOND))
    fails(lambda: select(graph, [expression]), "--select", *words)


def test_a_cycle_is_named(load, fails):
    project = load(
        {
            "models/a.sql": "select 1\nfrom {{ ref('b') }}",
            "models/b.sql": "select * from {{ ref('c') }}",
            "models/c.sql": "select * from {{ ref('a') }}",
            "models/d.sql": "select * from {{ ref('a') }}",
        }
    )
    fails(lambda: order(project), "models/a.sql:2", "循环引用：a → b → c → a")


def test_a_model_that_refers_to_itself_is_a_cycle(load, fails):
    project = load({"models/a.sql": "select 1\n\nfrom {{ ref('a') }}"})
    fails(lambda: order(project), "models/a.sql:3", "a → a")


def checked(load, sql, name="x"):
    project = load({**DIAMOND, f"models/{name}.sql": sql})
    check_sql(build_graph(project), name)


@pytest.mark.parametrize(
    "sql",
    [
        "with stg_a as (select * from {{ ref('stg_a') }}) select * from stg_a",
        "with A as (select 1 as n), b as (select * from a) select * from b join a using (n)",
        "with recursive t as (select 1 as n union all select n + 1 from t where n < 3) select * from t",
        "with a as (select 1 as n) select (select max(n) from a) from (select * from (select * from a))",
        "with a as (select 1 as n) select 1 union all (with b as (select * from a) select * from b)",
        "select * from range(3), unnest([1, 2]) as u(x), (values (1)) as v(y)",
        "from {{ ref('stg_a') }}",
        "select 1 as one -- the end",
    ],
)
def test_ctes_and_table_functions_are_no_hard_coded_tables(load, sql):
    checked(load, sql)


@pytest.mark.parametrize(
    ("sql", "line", "words"),
    [
        ("select *\nfrom staging.stg_a", 2, ["staging.stg_a", "是否想写 ref('stg_a')？"]),
        ("select *\nfrom raw.document", 2, ["是否想写 source('raw', 'document')？"]),
        ("select * from {{ ref('stg_a') }}\njoin other.marts.dim_z on true", 2, ["other.marts.dim_z"]),
        ("with stg_a as (\n  select * from stg_a\n)\nselect * from stg_a", 2, ["stg_a"]),
        ("with a as (\n  select * from b\n), b as (select 1)\nselect * from a", 2, ["表名 b"]),
        ("select * from (with a as (select 1) select * from a),\na", 2, ["表名 a"]),
        ("select 1 where exists (\n\nselect 1 from information_schema.tables)", 3, ["information_schema.tables"]),
        ("select *\nfrom 'data.parquet'", 2, ["data.parquet"]),
        ("select *\nfrom read_csv('x.csv')", 2, ["read_csv"]),
        ("select *\nfrom query_table('x')", 2, ["query_table"]),
        ("select a b c\nfrom", 1, ["SQL 语法错误"]),
        ("select 'abc\nfrom x\n", 2, ["SQL 语法错误", "没有结束"]),
        ("{{ config(\n  tags='x'\n) }}\n{% if true %}\nselect 1\n{% endif %}\nfrom staging.stg_b", 7, ["stg_b"]),
        (
            "{% for n in [1,\n2] %}\nselect {{ n }} from {{ ref('stg_a') }}, nowhere\nunion all\n{% endfor %}select 1",
            3,
            [],
        ),
    ],
)
def test_a_table_that_is_not_referred_to_is_refused(load, fails, sql, line, words):
    fails(lambda: checked(load, sql), f"models/x.sql:{line}", *words)


@pytest.mark.parametrize(
    "sql", ["select 1;", "select 1; select 2", "create table x as select 1", "", "-- nothing", "drop table x"]
)
def test_a_model_is_one_query_without_a_semicolon(load, fails, sql):
    fails(lambda: checked(load, sql), "models/x.sql", "模型")
