"""Builds a project into a DuckDB database: seeds, then models in order, each with its comments.

Takes an open connection and a `Project`, gives one `NodeResult` a node. Anything that fails is a `TransformError`
with the line in the file that the user wrote.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.transform.comments import write_comments
from warehouse.transform.errors import TransformError
from warehouse.transform.graph import Graph, build_graph
from warehouse.transform.render import Compiled
from warehouse.transform.resources import Model, Project, Seed, quoted
from warehouse.transform.seeds import load_seed
from warehouse.transform.selection import select as select_nodes
from warehouse.transform.sqlcheck import check_sql

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_CAUSES: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ParserException, "SQL 语法错误"),
    (duckdb.CatalogException, "找不到表、列、函数或类型"),
    (duckdb.BinderException, "列、类型或参数对不上"),
    (duckdb.ConversionException, "有值不能转换为目标类型"),
    (duckdb.OutOfRangeException, "数值超出类型的范围"),
    (duckdb.OutOfMemoryException, "内存不足"),
)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A node that was built: `kind` is `seed`, `table` or `view`; `rows` is None for a view."""

    name: str
    kind: str
    schema: str
    rows: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """Progress: node `index` (from 1) of `total` starts, or is done where there is a `result`."""

    name: str
    index: int
    total: int
    result: NodeResult | None = None


def run(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    *,
    select: Iterable[str] = (),
    seeds: bool = True,
    variables: Mapping[str, Any] | None = None,
    on_event: Callable[[NodeEvent], None] | None = None,
) -> list[NodeResult]:
    """Builds the selected nodes (all, if nothing is selected) and returns what was built, in order.

    `select` takes dbt's expressions; what is not selected has to exist already. `seeds=False` leaves out the seeds.
    `variables` go before those of `dbt_project.yml`. Every selected model is checked before the first is built; each
    node is a transaction, so the connection must not be in one. Raises TransformError.
    """
    graph = build_graph(project, variables)
    names = [name for name in select_nodes(graph, select) if seeds or name in project.models]
    for name in names:
        if name in project.models:
            check_sql(graph, name)
    for schema in sorted({project.node(name).schema for name in names}):
        connection.execute(f"create schema if not exists {quoted(schema)}")
    existing = _existing(connection)
    results: list[NodeResult] = []
    for index, name in enumerate(names, start=1):
        if on_event:
            on_event(NodeEvent(name, index, len(names)))
        results.append(_build(connection, graph, name, existing))
        if on_event:
            on_event(NodeEvent(name, index, len(names), results[-1]))
    return results


def _build(
    connection: duckdb.DuckDBPyConnection, graph: Graph, name: str, existing: Mapping[tuple[str, str], str]
) -> NodeResult:
    node = graph.project.node(name)
    kind = node.materialized if isinstance(node, Model) else "seed"
    started = time.perf_counter()
    rows: int | None
    try:
        with _transaction(connection):  # one commit a node: a commit for each comment took longer than the queries
            _make_way(connection, node, existing.get((node.schema.lower(), name.lower())))
            rows = (
                load_seed(connection, graph.project, node)
                if isinstance(node, Seed)
                else _create(connection, node, graph.compiled[name])
            )
            write_comments(connection, node)
    except duckdb.Error as error:
        raise _failure(graph, node, error) from error
    return NodeResult(name, kind, node.schema, rows, time.perf_counter() - started)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commits at the end, rolls back where anything fails."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _create(connection: duckdb.DuckDBPyConnection, model: Model, compiled: Compiled) -> int | None:
    """Creates a table or view; the SQL starts on the second line of the statement, which `_failure` counts on."""
    target = f"{quoted(model.schema)}.{quoted(model.name)}"
    statement = f"create or replace {model.materialized} {target} as (\n{compiled.sql}\n)"
    counts = connection.execute(statement).fetchall()
    return counts[0][0] if model.materialized == "table" else None


def _existing(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """`table` or `view` by schema and name, in lower case, of the current database."""
    rows = connection.execute(
        "select lower(table_schema), lower(table_name), if(table_type = 'VIEW', 'view', 'table')"
        " from information_schema.tables where table_catalog = current_database()"
    ).fetchall()
    return {(schema, name): kind for schema, name, kind in rows}


def _make_way(connection: duckdb.DuckDBPyConnection, node: Model | Seed, existing: str | None) -> None:
    """Drops a view where a table is to come, or a table where a view is: `create or replace` refuses both."""
    kind = node.materialized if isinstance(node, Model) else "table"
    if existing is not None and existing != kind:
        connection.execute(f"drop {existing} {quoted(node.schema)}.{quoted(node.name)}")


def _failure(graph: Graph, node: Model | Seed, error: duckdb.Error) -> TransformError:
    message = str(error)
    cause = next((text for kind, text in _CAUSES if isinstance(error, kind)), "DuckDB 执行出错")
    position = _LINE.search(message)
    line = int(position[1]) - 1 if position else None
    if position:
        message = message[: position.start()]
    if isinstance(node, Seed):
        line = None
    elif line is not None:
        line = graph.renderer.source_line(graph.compiled[node.name], line)
    return TransformError(node.file, line, f"{cause}（{' '.join(message.split())}）")
