"""Seeds and models on Spark: the same files in the same order, every relation a folder of Parquet with DuckDB's types.

What a column's type is, DuckDB is asked: the project is built there once on no rows. Each result is cast to it, so that
what the engines call a sum of decimals or a count does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from loaders.landing import Landing
from warehouse.spark.lint import lint
from warehouse.spark.session import failures, first_line
from warehouse.spark.transpile import Columns, spark_type, to_spark, view_name
from warehouse.transform import Graph, Model, NodeEvent, Project, TransformError, build_graph, run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_graph(project: Project) -> Graph:
    """The project rendered for Spark: macros see `target.type == 'spark'`."""
    return build_graph(replace(project, target=replace(project.target, type="spark")))


@contextmanager
def declared(project: Project) -> Iterator[tuple[Columns, duckdb.DuckDBPyConnection]]:
    """The columns of every relation with DuckDB's types, and the database that told them: seeds filled, all else empty.

    Raises TransformError as a build on DuckDB does.
    """
    with duckdb.connect() as connection:
        Landing(connection).create()
        run(connection, project)
        columns: dict[str, dict[str, dict[str, str]]] = {}
        for schema, table, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
            " order by table_name, column_index"
        ).fetchall():
            columns.setdefault(schema, {}).setdefault(table, {})[column] = kind
        yield columns, connection


def check_portable(graph: Graph) -> None:
    """Raises TransformError for the first construct that Spark would answer differently."""
    for finding in lint(graph):
        raise TransformError(finding.file, finding.line, finding.message)


def build(
    spark: SparkSession,
    project: Project,
    raw: Mapping[str, str],
    folder: Path,
    on_event: Callable[[NodeEvent], None] = lambda _: None,
) -> None:
    """Build seeds and models below `folder` (`folder/schema/name`), from the raw tables at the paths in `raw`.

    Raises TransformError with the file (and line) for a model that is not portable or that Spark refuses.
    """
    graph = spark_graph(project)
    check_portable(graph)
    with declared(project) as (columns, database):
        for table, landed in raw.items():
            spark.read.parquet(landed).createOrReplaceTempView(view_name("raw", table))
        for index, name in enumerate(graph.order, 1):
            node = graph.project.node(name)
            on_event(NodeEvent(name, index, len(graph.order)))
            path = folder / node.schema / name
            try:
                if isinstance(node, Model):
                    _write_model(spark, graph, node, columns, path)
                else:
                    _write_seed(database, node.schema, name, path)
                read = spark.read.parquet(str(path))
                read.createOrReplaceTempView(view_name(node.schema, name))
            except failures() as error:
                raise TransformError(node.file, None, f"Spark 不能建立（{first_line(error)}）") from error


def _write_seed(database: duckdb.DuckDBPyConnection, schema: str, name: str, path: Path) -> None:
    path.mkdir(parents=True)
    target = str(path / "seed.parquet").replace("'", "''")
    database.execute(f"copy {schema}.{name} to '{target}' (format parquet)")


def _write_model(spark: SparkSession, graph: Graph, model: Model, columns: Columns, path: Path) -> None:
    types = columns[model.schema][model.name]
    result = spark.sql(to_spark(graph.compiled[model.name].sql, columns))
    cast = [result[f"`{name}`"].cast(_type(model, name, kind)).alias(name) for name, kind in types.items()]
    result.select(*cast).write.parquet(str(path))


def _type(model: Model, column: str, kind: str) -> str:
    try:
        return spark_type(kind)
    except ValueError as error:
        raise TransformError(
            model.file, None, f"列 {column} 的类型 {kind} 在 Spark 中没有；请用 cast 写明类型"
        ) from error
