"""State: what changed is built again, what did not is skipped, and each decision says why. Time plays no part."""

from __future__ import annotations

import pytest

from warehouse.transform import build_graph, load_project, plan, run, select

FILES = {
    "seeds/region.csv": "code,name\n1,甲\n2,乙\n",
    "seeds/_seeds.yml": "seeds:\n- {name: region, config: {column_types: {code: integer, name: varchar}}}\n",
    "models/sources.yml": """\
        sources:
          - name: raw
            tables:
              - name: document
                columns:
                  - {name: loaded_at, config: {meta: {fingerprint: false}}}
              - name: block
        """,
    "models/staging/stg_document.sql": """\
        select document_id, {{ doubled('pages') }} as pages from {{ source('raw', 'document') }}
        """,
    "models/staging/stg_block.sql": "select text from {{ source('raw', 'block') }}",
    "models/marts/dim_region.sql": "select code, name from {{ ref('region') }}",
    "models/marts/fct_page.sql": """\
        select d.pages, r.name from {{ ref('stg_document') }} as d, {{ ref('dim_region') }} as r
        """,
    "warehouse/macros/m.sql": """\
        {% macro doubled(x) %}{{ twice() }} * {{ x }}{% endmacro %}
        {% macro twice() %}2{% endmacro %}
        """,
}


@pytest.fixture
def warehouse(connection):
    """Raw tables of one document."""
    connection.execute("create schema raw")
    connection.execute("create table raw.document as select 'a' as document_id, 3 as pages, now() as loaded_at")
    connection.execute("create table raw.block as select '一' as text")
    return connection


def decided(connection, project, **arguments):
    return {d.name: (d.action, d.reason, d.words) for d in plan(connection, project, **arguments).decisions}


def acted(connection, project, **arguments):
    """Which nodes are not skipped, and how the reason reads."""
    decisions = decided(connection, project, **arguments)
    return {name: (str(action), words) for name, (action, _, words) in decisions.items() if action != "skip"}


def test_the_first_run_builds_everything_and_the_second_nothing(load, warehouse):
    project = load(FILES)
    first = decided(warehouse, project)
    assert set(first.values()) == {("build", "new", "没有建过的记录")}
    assert len(run(warehouse, project)) == 5
    assert set(decided(warehouse, project).values()) == {("skip", "unchanged", "没有变化")}
    assert run(warehouse, project) == []
    assert set(decided(warehouse, project, full_refresh=True).values()) == {("build", "full_refresh", "要求全部重建")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # Comments, white space, the case of keywords and macros that render the same are no change.
        ({"models/marts/dim_region.sql": "-- 地区\nSELECT code,\n  name FROM {{ ref('region') }} {# 完 #}"}, {}),
        ({"warehouse/macros/m.sql": FILES["warehouse/macros/m.sql"] + "{% macro other() %}1{% endmacro %}"}, {}),
        (
            {"models/marts/dim_region.sql": "select code, name || '区' as name from {{ ref('region') }}"},
            {"dim_region": ("build", "SQL 变了"), "fct_page": ("build", "上游 dim_region 变了")},
        ),
        (
            {"warehouse/macros/m.sql": FILES["warehouse/macros/m.sql"].replace("%}2{%", "%}3{%")},
            {"stg_document": ("build", "SQL 变了（宏 twice 变了）"), "fct_page": ("build", "上游 stg_document 变了")},
        ),
        (
            {"seeds/region.csv": "code,name\n1,甲\n"},
            {
                "region": ("build", "文件或列的类型变了"),
                "dim_region": ("build", "上游 region 变了"),
                "fct_page": ("build", "上游 dim_region 变了"),
            },
        ),
        (
            {"models/p.yml": "models:\n- {name: stg_block, config: {materialized: table}}"},
            {"stg_block": ("build", "配置变了")},
        ),
        (
            {"models/p.yml": "models:\n- {name: stg_block, description: 一行一块, config: {tags: [x]}}"},
            {"stg_block": ("comment", "只有说明文字变了")},
        ),
    ],
)
def test_what_changed_is_built_with_all_that_follows(load, write, warehouse, changes, expected):
    run(warehouse, load(FILES))
    project = load_project(write({**FILES, **changes}))
    assert acted(warehouse, project) == expected
    assert [result.name for result in run(warehouse, project)] == [
        n for n in build_graph(project).order if n in expected
    ]
    assert acted(warehouse, project) == {}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("update raw.document set loaded_at = now() + interval 1 day", {}),
        (
            "update raw.document set pages = 4",
            {"stg_document": ("build", "原始表 raw.document 变了"), "fct_page": ("build", "上游 stg_document 变了")},
        ),
        ("insert into raw.block values ('一')", {"stg_block": ("build", "原始表 raw.block 变了")}),
        ("delete from raw.block", {"stg_block": ("build", "原始表 raw.block 变了")}),
        ("alter table raw.block add column kind varchar", {"stg_block": ("build", "原始表 raw.block 变了")}),
        ("drop table marts.fct_page", {"fct_page": ("build", "数仓里没有这张表")}),
    ],
)
def test_raw_counts_by_its_content_and_not_by_its_time(load, warehouse, statement, expected):
    project = load(FILES)
    run(warehouse, project)
    warehouse.execute(statement)
    assert acted(warehouse, project) == expected


def test_a_row_moved_to_another_place_is_no_change(load, warehouse):
    project = load(FILES)
    warehouse.execute("insert into raw.block values ('二')")
    run(warehouse, project)
    warehouse.execute("create or replace table raw.block as from raw.block order by text desc")
    assert acted(warehouse, project) == {}


def test_a_child_that_was_built_on_an_old_parent_is_built_again_once_the_parent_is(load, write, warehouse):
    run(warehouse, load(FILES))
    project = load_project(
        write({**FILES, "models/marts/dim_region.sql": "select code, '新' as name from {{ ref('region') }}"})
    )
    assert acted(warehouse, project, choose=["fct_page"]) == {}  # it is up to date with what is there
    run(warehouse, project, select=["dim_region"])
    assert acted(warehouse, project) == {"fct_page": ("build", "上游 dim_region 变了")}


def test_what_failed_half_way_is_built_again(load, write, warehouse):
    run(warehouse, load(FILES))
    broken = {**FILES, "models/marts/dim_region.sql": "select cast(name as integer) as name from {{ ref('region') }}"}
    with pytest.raises(Exception, match="不能转换"):
        run(warehouse, load_project(write(broken)))
    project = load_project(write(FILES))
    assert {name: words for name, (_, words) in acted(warehouse, project).items()} == {
        "dim_region": "没有建过的记录",
        "fct_page": "没有建过的记录",
    }
    run(warehouse, project)
    assert warehouse.execute("select count(*) from marts.fct_page").fetchone() == (2,)


def test_a_warehouse_of_another_version_is_built_anew(load, warehouse):
    project = load(FILES)
    run(warehouse, project)
    warehouse.execute("alter table meta.model_state drop column engine")
    assert {reason for _, reason, _ in decided(warehouse, project).values()} == {"new"}
    assert len(run(warehouse, project)) == 5
    warehouse.execute("update meta.model_state set engine = 'v1.9.9'")
    assert "DuckDB 由 v1.9.9 换成了" in decided(warehouse, project)["region"][2]


@pytest.mark.parametrize(
    ("expressions", "names"),
    [
        (["state:modified"], ["dim_region", "fct_new"]),
        (["state:modified+"], ["dim_region", "fct_new", "fct_page"]),
        (["+state:modified"], ["region", "dim_region", "fct_new"]),
        (["state:new"], ["fct_new"]),
        (["state:modified,path:models/marts/dim_*"], ["dim_region"]),
        (["state:new stg_block"], ["stg_block", "fct_new"]),
    ],
)
def test_a_selection_by_state(load, write, warehouse, expressions, names):
    run(warehouse, load(FILES))
    changes = {
        "models/marts/dim_region.sql": "select code, name, 1 as one from {{ ref('region') }}",
        "models/marts/fct_new.sql": "select 1 as one",
    }
    project = load_project(write({**FILES, **changes}))
    assert sorted(decided(warehouse, project, choose=expressions)) == sorted(names)


def test_nothing_modified_selects_nothing_and_is_no_error(load, warehouse):
    project = load(FILES)
    run(warehouse, project)
    assert decided(warehouse, project, choose=["state:modified+"]) == {}
    assert run(warehouse, project, select=["state:modified+"]) == []


def test_a_state_that_is_not_known_is_an_error(load, warehouse, fails):
    project = load(FILES)
    fails(lambda: plan(warehouse, project, choose=["state:old+"]), "--select", "state:old", "可用：state:modified")
    assert select(build_graph(project), ["state:modified"]) == ()


DESCRIBED = {
    **FILES,
    "models/staging/stg_document.sql": "{{ config(materialized='table') }}\n"
    "select document_id, pages * 2 as pages from {{ source('raw', 'document') }}",
    "models/staging/stg.yml": """\
        models:
          - name: stg_document
            description: 报告
            columns:
              - {name: pages, description: 页数}
        """,
}


def described(connection):
    """Type and comment of `stg_document.pages`, and its values."""
    ((kind, comment),) = connection.execute(
        "select data_type, comment from duckdb_columns() where table_name = 'stg_document' and column_name = 'pages'"
    ).fetchall()
    return kind, comment, connection.execute("select pages from staging.stg_document").fetchall()


def test_a_table_whose_rows_alone_are_new_keeps_its_comments(load, warehouse):
    project = load(DESCRIBED)
    run(warehouse, project)
    warehouse.execute("update raw.document set pages = 5")
    (decision,) = [each for each in plan(warehouse, project).decisions if each.name == "stg_document"]
    assert decision.keeps_columns
    run(warehouse, project)
    assert described(warehouse) == ("INTEGER", "页数", [(10,)])
    run(warehouse, project, full_refresh=True)
    assert described(warehouse) == ("INTEGER", "页数", [(10,)])


def test_a_table_gets_new_columns_where_those_of_raw_have_other_types(load, warehouse):
    project = load(DESCRIBED)
    run(warehouse, project)
    warehouse.execute("alter table raw.document alter pages type decimal(10, 2)")
    (decision,) = [each for each in plan(warehouse, project).decisions if each.name == "stg_document"]
    assert not decision.keeps_columns
    run(warehouse, project)
    kind, comment, rows = described(warehouse)
    assert kind.startswith("DECIMAL"), kind
    assert (comment, [int(row[0]) for row in rows]) == ("页数", [6])


def test_a_description_that_changed_is_written_where_rows_are_new_too(load, write, warehouse):
    run(warehouse, load(DESCRIBED))
    warehouse.execute("update raw.document set pages = 5")
    other = {**DESCRIBED, "models/staging/stg.yml": DESCRIBED["models/staging/stg.yml"].replace("页数", "总页数")}
    run(warehouse, load_project(write(other)))
    assert described(warehouse) == ("INTEGER", "总页数", [(10,)])
