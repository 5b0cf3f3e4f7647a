"""Incremental models: adding what is new gives the rows that building all would, also when documents change or go."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.transform import load_project, run

MODEL = """\
{{ config(
    materialized='incremental',
    unique_key='document_id',
    post_hook="delete from {{ this }} where document_id not in (
        select document_id from {{ source('raw', 'document') }})"
) }}
select n.document_id, n.number_no, n.digits * {{ var('factor', 1) }} as value, d.loader_version
from {{ source('raw', 'number') }} as n
join {{ source('raw', 'document') }} as d on n.document_id = d.document_id
{% if is_incremental() %}
where (d.document_id, d.loader_version) not in (select (document_id, loader_version) from {{ this }})
{% endif %}
"""
FILES = {
    "models/sources.yml": "sources:\n- {name: raw, tables: [{name: document}, {name: number}]}\n",
    "models/marts/fct_number.sql": MODEL,
    "models/marts/fct_total.sql": "select sum(value) as total from {{ ref('fct_number') }}",
}


@pytest.fixture
def warehouse(connection):
    """Raw tables of two documents with two numbers each."""
    connection.execute(
        """
        create schema raw;
        create table raw.document as from (values ('a', '1'), ('b', '1')) as t(document_id, loader_version);
        create table raw.number as
            select document_id, number_no, number_no * 10 as digits from raw.document, range(1, 3) as t(number_no);
        """
    )
    return connection


ADD = "insert into raw.document values ('c', '1'); insert into raw.number values ('c', 1, 7), ('c', 2, 8)"
CHANGE = (
    "update raw.document set loader_version = '2' where document_id = 'a';"
    "delete from raw.number where document_id = 'a'; insert into raw.number values ('a', 1, 11), ('a', 3, 13)"
)
REMOVE = "delete from raw.document where document_id = 'b'; delete from raw.number where document_id = 'b'"


def content(connection):
    return sorted(connection.execute("from marts.fct_number").fetchall())


def rebuilt(warehouse, project):
    """What a warehouse that never was built before makes of the same raw tables."""
    with duckdb.connect() as fresh:
        fresh.execute("create schema raw")
        for table in ("document", "number"):
            rows = warehouse.sql(f"from raw.{table}").to_arrow_table()
            fresh.register("rows", rows)
            fresh.execute(f"create table raw.{table} as from rows")
        run(fresh, project)
        return content(fresh), fresh.execute("from marts.fct_total").fetchall()


@pytest.mark.parametrize(
    "steps",
    [[ADD], [CHANGE], [REMOVE], [ADD, CHANGE, REMOVE], [f"{ADD};{CHANGE};{REMOVE}"], [REMOVE, CHANGE, ADD]],
    ids=["add", "change", "remove", "one after the other", "all at once", "backwards"],
)
def test_incremental_equals_full(load, warehouse, steps):
    project = load(FILES)
    run(warehouse, project)
    for step in steps:
        warehouse.execute(step)
        results = run(warehouse, project)
        assert [result.kind for result in results] == ["incremental", "table"]
        assert (content(warehouse), warehouse.execute("from marts.fct_total").fetchall()) == rebuilt(warehouse, project)


def test_only_what_is_new_is_read(load, warehouse):
    project = load(FILES)
    assert [result.rows for result in run(warehouse, project)] == [4, 1]
    warehouse.execute("update marts.fct_number set value = -1 where document_id = 'b'")  # a mark that a rebuild removes
    warehouse.execute(ADD)
    assert next(iter(run(warehouse, project))).rows == 2
    assert ("b", 1, -1, "1") in content(warehouse)
    run(warehouse, project, full_refresh=True)
    assert ("b", 1, 10, "1") in content(warehouse)


def test_a_changed_definition_builds_the_whole(load, write, warehouse):
    run(warehouse, load(FILES))
    warehouse.execute(ADD)
    changed = load_project(write({**FILES, "models/marts/fct_number.sql": MODEL.replace("'factor', 1", "'factor', 2")}))
    assert next(iter(run(warehouse, changed))).rows == 6
    assert content(warehouse) == rebuilt(warehouse, changed)[0]


def test_a_changed_definition_upstream_builds_the_whole(load, write, warehouse):
    through = {
        **FILES,
        "models/staging/stg_number.sql": "select document_id, number_no, digits from {{ source('raw', 'number') }}",
        "models/marts/fct_number.sql": MODEL.replace("{{ source('raw', 'number') }}", "{{ ref('stg_number') }}"),
    }
    run(warehouse, load(through))
    staging = through["models/staging/stg_number.sql"].replace(" digits", " -digits as digits")
    changed = load_project(write({**through, "models/staging/stg_number.sql": staging}))
    run(warehouse, changed)
    assert content(warehouse) == rebuilt(warehouse, changed)[0]


def test_without_a_key_rows_are_added(load, warehouse):
    sql = """\
        {{ config(materialized='incremental') }}
        select document_id from {{ source('raw', 'document') }}
        {% if is_incremental() %} where document_id > (select max(document_id) from {{ this }}) {% endif %}
        """
    project = load({**FILES, "models/marts/log.sql": sql})
    run(warehouse, project)
    warehouse.execute(ADD)
    run(warehouse, project)
    assert warehouse.execute("from marts.log order by all").fetchall() == [("a",), ("b",), ("c",)]


def test_a_key_of_several_columns(load, warehouse):
    sql = """\
        {{ config(materialized='incremental', unique_key=['document_id', 'number_no']) }}
        select document_id, number_no, digits from {{ source('raw', 'number') }}
        {% if is_incremental() %} where number_no = 2 {% endif %}
        """
    project = load({**FILES, "models/marts/keyed.sql": sql})
    run(warehouse, project)
    warehouse.execute("update raw.number set digits = 99")
    run(warehouse, project)
    rows = warehouse.execute("from marts.keyed order by all").fetchall()
    assert rows == [("a", 1, 10), ("a", 2, 99), ("b", 1, 10), ("b", 2, 99)]


def test_an_increment_that_fails_changes_nothing_and_names_its_line(load, warehouse, fails):
    sql = """\
        {{ config(materialized='incremental', unique_key='document_id') }}
        select document_id
        {% if is_incremental() %}, error('停') as stop{% endif %}
        from {{ source('raw', 'document') }}
        """
    project = load({**FILES, "models/marts/x.sql": sql})
    run(warehouse, project)
    warehouse.execute(ADD)
    fails(lambda: run(warehouse, project, select=["x"]), "models/marts/x.sql", "停")
    assert warehouse.execute("select count(*) from marts.x").fetchone() == (2,)
    wrong = load({**FILES, "models/marts/x.sql": sql.replace("error('停') as stop", "\nnothing")})
    run(warehouse, wrong, select=["x"])
    warehouse.execute(REMOVE)
    fails(lambda: run(warehouse, wrong, select=["x"]), "models/marts/x.sql:4", "nothing")


@pytest.mark.parametrize(
    "hook", ["drop table {{ this }}", "delete from marts.other", "delete from {{ this }}; select 1"]
)
def test_a_hook_may_only_delete_rows_of_its_own_model(load, warehouse, fails, hook):
    sql = f"{{{{ config(materialized='incremental', post_hook=\"{hook}\") }}}} select 1 as a"
    project = load({"models/marts/x.sql": sql})
    fails(lambda: run(warehouse, project), "models/marts/x.sql", "post_hook 只能是 delete from {{ this }}")
