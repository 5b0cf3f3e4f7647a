"""The portable subset of SQL: what DuckDB and Spark understand alike, and what the lint says of the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.spark import lint
from warehouse.transform import Project, build_graph, load_project


def _for_spark(project: Project) -> Project:
    return replace(project, target=replace(project.target, type="spark"))


def test_every_model_and_macro_is_portable(root: Path) -> None:
    found = lint.lint(build_graph(_for_spark(load_project(root))))

    assert [str(finding) for finding in found] == []


@pytest.mark.parametrize(
    "expression",
    [
        "max(value) filter (where phase = 'actual')",
        "arg_max(item, number_no)",
        "string_agg(item, '、' order by number_no)",
        "list_filter([item, code], lambda printed: printed is not null)",
        "list({'nth': number_no, 'printed': item})",
        "regexp_extract(item, '([^/]+)/[^/]+\\z', 1)",
        "regexp_replace(item, '\\[[^\\]]*\\]', '', 'g')",
        "regexp_replace(item, '^(中共|中国共产党)', '')",
        "cast(value as double) / cast(nullif(other, 0) as double)",
        "round(value, 2)",
        "try_cast(digits as decimal(12, 4))",
        "length(item)",
    ],
)
def test_what_both_understand_is_let_through(expression: str) -> None:
    assert list(lint.find(f"select {expression} as x from staging.stg_figure")) == []


# What is not portable, with a word of the message that tells what to write instead.
REFUSED = {
    "list(item order by number_no)": "list_in_order",
    "list(item)": "list_in_order",
    "list(distinct item)": "list_in_order",
    "string_agg(item, '、')": "order by",
    "first(item order by number_no)": "arg_min",
    "items[1]": "first_of",
    "items[-1]": "first_of",
    "items[1:2]": "row_number()",
    "len(items)": "array_length()",
    "list_sum(items)": "list_sum",
    "list_zip(items, items)": "list_zip",
    "list_position(items, item)": "list_position",
    "[x + 1 for x in items]": "list_transform",
    "list_filter(items, lambda x, nth: nth > 1)": "一个参数",
    "concat(item, code)": "||",
    "map {'a': 1}": "{…}",
    "columns('.*_yuan')": "逐列",
    "generate_series(1, 3)": "种子表",
    "quantile_cont(value, 0.5)": "row_number()",
    "median(value)": "row_number()",
    "value / other": "double",
    "cast(value as double) / other": "nullif",
    "avg(value)": "double",
    "round(cast(value as double), 2)": "percent_of",
    "value // other": "bigint",
    "try_cast(digits as integer)": "DECIMAL",
    "regexp_replace(item, '项目', '')": "'g'",
    "regexp_replace(item, '(项)(目)', '\\2', 'g')": "regexp_extract",
    "regexp_matches(item, '项目$')": r"\z",
    "regexp_matches(item, '附.件')": r"[^\n]",
    "regexp_matches(item, '[a[b]')": "\\[",
    "date_trunc('year', printed_on)": "year()",
    "printed_on + interval 1 day": "年度",
    "item.upper()": "函数(值)",
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_spark_answers_differently_is_refused(expression: str) -> None:
    found = [message for _, message in lint.find(f"select {expression} as x from staging.stg_figure")]

    assert any(REFUSED[expression] in message for message in found), found


@pytest.mark.parametrize(
    ("sql", "instead"),
    [
        ("select 1 as a union by name select 2 as a", "相同次序"),
        ("select o.* from unnest([1, 2]) with ordinality as o(value, nth)", "row_number()"),
        ("select a.x from a asof join b on a.x >= b.x", "row_number()"),
        ("select * from (pivot a on item using max(value))", "filter"),
        ("select * from a unpivot (value for item in (x, y))", "union all"),
    ],
)
def test_what_spark_cannot_read_is_refused(sql: str, instead: str) -> None:
    assert any(instead in message for _, message in lint.find(sql))


def test_a_finding_names_the_file_and_the_line_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "macros").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\n", encoding="utf-8")
    (tmp_path / "macros" / "own.sql").write_text(
        "{% macro first_of(x) %}{% if target.type == 'spark' %}get({{ x }}, 0)"
        "{% else %}{{ x }}[1]{% endif %}{% endmacro %}",
        encoding="utf-8",
    )
    (tmp_path / "models" / "amount.sql").write_text(
        "-- a comment\n{% set items = ['a', 'b'] %}\nselect\n    {{ first_of(\"['x']\") }} as ok,\n"
        "    {% for item in items %}\n    1 as {{ item }},\n    {% endfor %}\n    list(x order by y) as bad\n"
        "from (select 1 as x, 2 as y) as z\n",
        encoding="utf-8",
    )
    (finding,) = lint.lint(build_graph(_for_spark(load_project(tmp_path))))

    assert (finding.file, finding.line) == ("models/amount.sql", 8)
    assert str(finding).startswith("models/amount.sql:8: ")
    assert "list_in_order" in finding.message
