"""Running: tables, views, comments and progress; a failure names the line of the model."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.transform import load_project, run

FILES = {
    "seeds/region.csv": "code,name\n1,甲\n2,乙\n",
    "seeds/_seeds.yml": """\
        seeds:
          - name: region
            description: 地区
            config: {column_types: {code: integer, name: varchar}}
            columns: [{name: code, description: 区划代码}]
        """,
    "models/staging/stg_region.sql": "select code, name from {{ ref('region') }}",
    "models/marts/fct_region.sql": "select code as \"Code\", name from {{ ref('stg_region') }} -- 完",
    "models/marts/_marts.yml": """\
        models:
          - name: fct_region
            description: 一行一个地区
            columns:
              - {name: code, description: "区划'代码'"}
              - {name: name, description: ''}
          - name: stg_region
            description: 视图
            columns: [{name: name, description: 名称}]
        """,
}


def comments(connection):
    rows = connection.execute(
        "select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns()"
        " where comment is not null and not internal and schema_name <> 'meta'"
        " union all select schema_name || '.' || table_name, comment from duckdb_tables() where comment is not null"
        " and schema_name <> 'meta'"
        " union all select schema_name || '.' || view_name, comment from duckdb_views() where comment is not null"
    ).fetchall()
    return dict(rows)


def test_seeds_views_and_tables_are_built_in_order(load, connection):
    results = run(connection, load(FILES))
    assert [(r.name, r.kind, r.schema, r.rows) for r in results] == [
        ("region", "seed", "reference", 2),
        ("stg_region", "view", "staging", None),
        ("fct_region", "table", "marts", 2),
    ]
    assert all(result.seconds >= 0 for result in results)
    assert connection.execute("from marts.fct_region order by 1").fetchall() == [(1, "甲"), (2, "乙")]


def test_descriptions_become_comments(load, connection):
    run(connection, load(FILES))
    assert comments(connection) == {
        "reference.region": "地区",
        "reference.region.code": "区划代码",
        "staging.stg_region": "视图",
        "staging.stg_region.name": "名称",
        "marts.fct_region": "一行一个地区",
        "marts.fct_region.Code": "区划'代码'",
    }


def test_building_again_replaces_even_a_table_by_a_view(load, write, connection):
    run(connection, load(FILES))
    root = write(
        {
            "models/staging/stg_region.sql": "{{ config(materialized='table') }} select 1 as code, '丙' as name",
            "models/marts/fct_region.sql": "{{ config(materialized='view') }} from {{ ref('stg_region') }}",
        }
    )
    results = run(connection, load_project(root))
    assert [(result.name, result.kind) for result in results] == [("stg_region", "table"), ("fct_region", "view")]
    assert connection.execute("from marts.fct_region").fetchall() == [(1, "丙")]
    assert comments(connection)["marts.fct_region"] == "一行一个地区"


def test_a_selection_builds_on_what_is_there(load, connection):
    project = load(FILES)
    run(connection, project)
    for select, seeds, names in (
        (["fct_region"], True, ["fct_region"]),
        (["+fct_region"], False, ["stg_region", "fct_region"]),
    ):
        results = run(connection, project, select=select, seeds=seeds, full_refresh=True)
        assert [result.name for result in results] == names


def test_progress_is_reported_before_and_after_each_node(load, connection):
    events = []
    results = run(connection, load(FILES), on_event=events.append)
    assert [(e.index, e.total, e.name, e.result is not None) for e in events[:3]] == [
        (1, 3, "region", False),
        (1, 3, "region", True),
        (2, 3, "stg_region", False),
    ]
    assert [event.result for event in events if event.result] == results


def test_variables_of_the_call_reach_the_models(load, connection):
    project = load({"models/marts/x.sql": "select {{ var('start_year') }} as y"})
    run(connection, project, variables={"start_year": 2020})
    assert connection.execute("from marts.x").fetchall() == [(2020,)]


def test_a_warehouse_reads_under_any_name(load, tmp_path):
    with duckdb.connect(tmp_path / "build.duckdb") as building:
        run(building, load(FILES))
    with duckdb.connect() as reader:
        reader.execute(f"attach '{tmp_path / 'build.duckdb'}' as published (read_only)")
        assert reader.execute("select count(*) from published.staging.stg_region").fetchone() == (2,)


@pytest.mark.parametrize(
    ("sql", "place", "words"),
    [
        ("select\n  1 as a,\n  nothing\nfrom {{ ref('region') }}", ":3", ["列、类型或参数对不上", "nothing"]),
        ("{{ config(\n  tags=['x']\n) }}\nselect\n  no_function(1) as a", ":5", ["找不到", "no_function"]),
        ("{% set many %}\n1,\n2{% endset %}\nselect {{ many }},\n  cast('x' as integer)", ":5", ["不能转换"]),
        ("select 1 from from {{ ref('region') }}", ":1", ["语法错误"]),
        ("select\n  cast(name as integer) as n from {{ ref('region') }}", ":2", ["不能转换", "甲"]),
        ("select error('停') as a from {{ ref('region') }}", "", ["DuckDB 执行出错", "停"]),
    ],
)
def test_a_failure_names_the_line_of_the_model(load, connection, fails, sql, place, words):
    project = load({**FILES, "models/marts/x.sql": sql})
    error = fails(lambda: run(connection, project, select=["region", "x"]), f"models/marts/x.sql{place}", *words)
    assert "\n" not in str(error)


def test_nothing_is_built_when_a_model_is_wrong(load, connection, fails):
    project = load({**FILES, "models/marts/x.sql": "select *\nfrom reference.region"})
    fails(lambda: run(connection, project), "models/marts/x.sql:2", "是否想写 ref('region')？")
    assert connection.execute("select count(*) from duckdb_tables() where schema_name = 'reference'").fetchone() == (0,)


def test_documenting_a_column_that_is_not_there_is_an_error(load, connection, fails):
    properties = "models:\n  - name: x\n    columns:\n      - {name: code_, description: 代码}\n"
    project = load({"models/marts/x.sql": "select 1 as code", "models/marts/x.yml": properties})
    fails(lambda: run(connection, project), "models/marts/x.yml:4", "x 没有列 code_", "是否想写 code？")
