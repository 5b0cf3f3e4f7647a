"""Where each number of a wide mart was printed.

A wide mart picks figures by SQL. The same SQL is run once more over the figures' ids in place of their values, so that
what comes out of a column is the id of the figure that stands in it. An id carries its value in front, written so that
it sorts as the value does: whatever `max` picks of the values it picks of the ids.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from sqlglot import exp, parse_one

from loaders.errors import GoujiError
from warehouse.transform import Project, build_graph

_SCHEMA = "marts"
# What the wide marts are made of, by relation: both have the value and the id of a figure.
_BASES = ("int_organization_figure", "int_table_figure")
_PREFIX = "source_of_"
# An id's place in the order: the value, moved up so that none is negative.
_TAGGED = "lpad(cast(cast(value as decimal(30, 6)) + 100000000000000000000 as varchar), 30, '0') || '|' || figure_id"


class SourcesError(GoujiError):
    """A warehouse that the models of this project did not build."""


def sources(connection: duckdb.DuckDBPyConnection, project: Project) -> str:
    """The name of a temporary table: `table_name`, `row_id`, `column_name` and `figure_id` of every number printed.

    A row of a mart is named by its first column. A number that is the sum of two figures has a row for each; one that
    is computed (a rate, a share) has none. Raises SourcesError if the marts are not those that the models describe.
    """
    connection.execute(
        "create or replace temp table mart_source (table_name varchar, row_id varchar, column_name varchar, "
        "figure_id varchar)"
    )
    try:
        for base in _BASES:
            connection.execute(
                f"create or replace temp table {_PREFIX}{base} as "
                f"select * replace ({_TAGGED} as value) from intermediate.{base}"
            )
        for name, sql in _rewritten(project).items():
            connection.execute(f"create or replace temp table {_PREFIX}{name} as {sql}")
            _collect(connection, name)
    except duckdb.Error as error:
        raise SourcesError(
            f"数仓与现在的模型不一致，找不出各数的出处：请先运行 gouji run（{str(error).strip().splitlines()[0]}）"
        ) from error
    return "mart_source"


def _rewritten(project: Project) -> Mapping[str, str]:
    """The SQL of each mart that is made of figures, over ids, in an order that can be run."""
    graph = build_graph(project)
    replaced = set(_BASES)
    found: dict[str, str] = {}
    for name in graph.order:
        model = project.models.get(name)
        if model is None or model.schema != _SCHEMA or not graph.parents[name] & replaced:
            continue
        tree = parse_one(graph.compiled[name].sql, read="duckdb")
        found[name] = _over_ids(tree, replaced).sql(dialect="duckdb")
        replaced.add(name)
    return found


def _over_ids(tree: exp.Expression, replaced: set[str]) -> exp.Expression:
    """Read ids in place of values; a sum names both figures, and what cannot be computed of ids is null."""
    for table in list(tree.find_all(exp.Table)):
        if table.name in replaced:
            table.replace(exp.to_table(f"{_PREFIX}{table.name}", alias=table.alias or table.name))
    for cast in list(tree.find_all(exp.Cast)):
        if not isinstance(cast, exp.TryCast):
            cast.replace(exp.TryCast(this=cast.this, to=cast.to))
    for nullif in tree.find_all(exp.Nullif):
        if nullif.expression.is_number:
            nullif.set("expression", exp.Literal.string(nullif.expression.name))
    for sum_ in list(tree.find_all(exp.Add)):
        if isinstance(sum_.left, exp.Column) and isinstance(sum_.right, exp.Column):
            separated = exp.DPipe(this=sum_.left, expression=exp.Literal.string(";"))
            sum_.replace(exp.DPipe(this=separated, expression=sum_.right))
    return tree


def _collect(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Add to mart_source what stands in the columns of numbers of one mart."""
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [_SCHEMA, name],
    ).fetchall()
    key = columns[0][0]
    for column, kind in columns:
        if kind.startswith("DECIMAL"):
            connection.execute(
                f"""
                insert into mart_source
                select ?, {key}, ?, unnest(regexp_extract_all(cast({column} as varchar), '\\|([^;|]+)', 1))
                from {_PREFIX}{name}
                where contains(cast({column} as varchar), '|')
                """,
                [name, column],
            )
