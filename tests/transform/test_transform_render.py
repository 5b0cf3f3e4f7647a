"""Rendering: dbt's jinja gives plain SQL, its references, and errors on the line that the user wrote."""

from __future__ import annotations

import pytest

from warehouse.transform import build_graph

SOURCES = "sources:\n- {name: raw, tables: [{name: document}, {name: block, identifier: 块}]}\n"


def sql_of(project, name, **variables):
    return build_graph(project, variables).compiled[name].sql


def test_references_render_as_schema_and_name_and_are_recorded(load):
    project = load(
        {
            "models/staging/stg_a.sql": "select * from {{ source('raw', 'document') }}, {{ source('raw', 'block') }}",
            "models/marts/fct_a.sql": "select * from {{ ref('stg_a') }}, {{ ref('demo', 'region') }} -- {{ this }}",
            "seeds/region.csv": "code\n1\n",
            "models/sources.yml": SOURCES,
        }
    )
    compiled = build_graph(project).compiled
    assert compiled["stg_a"].sql == 'select * from raw.document, raw."块"'
    assert compiled["stg_a"].sources == {("raw", "document"), ("raw", "block")}
    assert compiled["fct_a"].sql == "select * from staging.stg_a, reference.region -- marts.fct_a"
    assert compiled["fct_a"].refs == {"stg_a", "region"}


def test_variables_come_from_the_call_then_the_project_then_the_default(load):
    project = load({"models/x.sql": "select {{ var('start_year') }}, {{ var('end_year', 2099) }}, '{{ target.type }}'"})
    assert sql_of(project, "x") == "select 2000, 2099, 'duckdb'"
    assert sql_of(project, "x", start_year=2020) == "select 2020, 2099, 'duckdb'"


def test_macros_see_the_model_and_each_other_across_files(load):
    project = load(
        {
            "warehouse/macros/money.sql": """\
                {% macro yuan(column) %}{{ cast_as(column, 'decimal(20, 2)') }}{% endmacro %}
                {% macro years() %}{{ return([2023, 2024]) }}{% endmacro %}
                {% macro all_of() %}select * from {{ ref('a') }} where y >= {{ var('start_year') }}{% endmacro %}
                """,
            "warehouse/macros/deeper/cast.sql": """\
                {% macro cast_as(column, type) -%}
                    cast({{ column }} as {{ type }})
                {%- endmacro %}
                {% test positive(model, column_name) %}select 1{% endtest %}
                """,
            "models/a.sql": "select {{ yuan('v') }} as y",
            "models/b.sql": "{% for year in years() %}{{ all_of() }} and y = {{ year }};{% endfor %}",
        }
    )
    assert sql_of(project, "a") == "select cast(v as decimal(20, 2)) as y"
    assert sql_of(project, "b") == "".join(f"select * from main.a where y >= 2000 and y = {y};" for y in (2023, 2024))
    assert build_graph(project).compiled["b"].refs == {"a"}


def test_the_macro_that_dbt_needs_for_schemas_loads_and_changes_nothing(load, request):
    macro = request.config.rootpath / "warehouse/macros/generate_schema_name.sql"
    project = load(
        {"warehouse/macros/generate_schema_name.sql": macro.read_bytes(), "models/marts/x.sql": "select '{{ this }}'"}
    )
    assert sql_of(project, "x") == "select 'marts.x'"


@pytest.mark.parametrize(
    ("sql", "line", "words"),
    [
        ("select 1\n\nfrom {{ ref('stg_budgt') }}", 3, ["模型 x 引用了不存在的 stg_budgt", "是否想写 stg_budget？"]),
        ("{# two\nlines #}\nfrom {{ ref('other', 'x') }}", 3, ["other"]),
        ("\nfrom {{ source('rw', 'document') }}", 2, ["来源 rw", "是否想写 raw？"]),
        ("\nfrom {{ source('raw', 'documents') }}", 2, ["表 documents", "是否想写 document？"]),
        ("\n\nselect {{ var('nothing') }}", 3, ["变量 nothing"]),
        ("select 1,\n  {{ yaun('a') }}", 2, ["变量或宏 yaun 未定义", "是否想写 yuan？"]),
        ("select 1,\n  {{ yuan() }}", 2, ["warehouse/macros/m.sql:2"]),
        ("select\n{{ yuan('a', 'b') }}", 2, ["模板无法执行"]),
        ("select\n{{ 1 / 0 }}", 2, ["division by zero"]),
        ("\n{% set r = run_query('select 1') %}", 2, ["run_query 不在支持"]),
        ("\n{{ adapter.dispatch('x')() }}", 2, ["adapter 不在支持"]),
        ("\n{% call statement('x') %}{% endcall %}", 2, ["statement 不在支持"]),
        ("\n{{ exceptions.raise_compiler_error('缺少年份') }}", 2, ["缺少年份"]),
        ("\n{{ settle() }}", 2, ["不能由宏设置"]),
    ],
)
def test_an_error_stands_on_the_line_of_the_model(load, fails, sql, line, words):
    project = load(
        {
            "models/x.sql": sql,
            "models/staging/stg_budget.sql": "select 1",
            "models/sources.yml": SOURCES,
            "warehouse/macros/m.sql": """\
                {% macro yuan(column) %}
                {{ column ~ '' }}{% endmacro %}
                {% macro settle() %}{{ config(materialized='table') }}{% endmacro %}
                """,
        }
    )
    fails(lambda: build_graph(project), f"models/x.sql:{line}", *words)


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        ("\n{% macro a() %}", "warehouse/macros/m.sql:2", ["jinja 语法错误"]),
        ("{% macro a() %}{% endmacro %}\n{% macro a() %}{% endmacro %}", "warehouse/macros/m.sql:2", ["已在"]),
        ("\n{% macro ref(x) %}{% endmacro %}", "warehouse/macros/m.sql:2", ["内置名称"]),
        ("{% snapshot x %}{% endsnapshot %}", "warehouse/macros/m.sql:1", ["不在支持的 dbt 子集内"]),
    ],
)
def test_a_bad_macro_file_is_named(load, fails, source, place, words):
    project = load({"warehouse/macros/m.sql": source})
    fails(lambda: build_graph(project), place, *words)


def test_a_line_of_compiled_sql_is_found_again_in_the_model(load):
    model = """\
        {{ config(
            materialized='table',
            tags=['x']
        ) }}
        {#- a comment
            of two lines #}
        {%- set columns = [
            'a',
            'b',
        ] %}
        select
        {%- for column in columns %}
            1 as {{ column }},
            2 as {{ column }}_2,
        {%- endfor %}
            {{ three_lines() }},
            4 as d
        {% filter trim %}

            , 5 as e
        {% endfilter %}
        """
    project = load(
        {
            "models/x.sql": model,
            "warehouse/macros/m.sql": "{% macro three_lines() %}3 as x,\n3 as y,\n3 as z{% endmacro %}",
        }
    )
    graph = build_graph(project)
    compiled = graph.compiled["x"]
    found = {
        text.strip(): graph.renderer.source_line(compiled, number)
        for number, text in enumerate(compiled.sql.split("\n"), start=1)
        if text.strip()
    }
    assert found == {
        "select": 11,
        "1 as a,": 13,
        "2 as a_2,": 14,
        "1 as b,": 13,
        "2 as b_2,": 14,
        "3 as x,": 16,
        "3 as y,": 16,
        "3 as z,": 16,
        "4 as d": 17,
        ", 5 as e": 18,  # went through a filter: the line of the filter
    }


def test_a_template_that_measures_its_own_text_has_no_line_rather_than_a_wrong_one(load):
    project = load({"models/x.sql": "{% set s %}\nab{% endset %}select {{ s | length }}"})
    graph = build_graph(project)
    assert graph.compiled["x"].sql == "select 3"
    assert graph.renderer.source_line(graph.compiled["x"], 1) is None
