"""Builds a project into a DuckDB database: seeds, then models in order, each with its comments; what changed, or all.

Takes an open connection and a `Project`, gives one `NodeResult` a node that was built. Anything that fails is a
`TransformError` with the line in the file that the user wrote.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.transform import state
from warehouse.transform.comments import write_comments
from warehouse.transform.errors import TransformError
from warehouse.transform.graph import Graph
from warehouse.transform.increment import increment
from warehouse.transform.plan import Action, Decision, Plan, plan
from warehouse.transform.resources import Compiled, Model, Project, Seed, quoted
from warehouse.transform.seeds import load_seed
from warehouse.transform.tables import fill
from warehouse.transform.workers import Workers

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_CAUSES: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ParserException, "SQL 语法错误"),
    (duckdb.CatalogException, "找不到表、列、函数或类型"),
    (duckdb.BinderException, "列、类型或参数对不上"),
    (duckdb.ConversionException, "有值不能转换为目标类型"),
    (duckdb.OutOfRangeException, "数值超出类型的范围"),
    (duckdb.OutOfMemoryException, "内存不足：请用 --memory 放宽"),
)


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A node that was built: `kind` is `seed`, `table`, `view` or `incremental`.

    `rows` are those of the relation, or those added to it; None for a view, and where only comments were written.
    """

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
    full_refresh: bool = False,
    on_event: Callable[[NodeEvent], None] | None = None,
) -> list[NodeResult]:
    """Builds those of the selected nodes (of all, if nothing is selected) that changed; returns them, in order.

    `select` takes dbt's expressions; what is not selected has to exist already. `seeds=False` leaves out the seeds.
    `variables` go before those of `dbt_project.yml`. A node is built again if its definition, its upstream or the raw
    tables that it reads differ from what `meta.model_state` recorded, or always with `full_refresh`. Every model is
    checked before the first is built; each node is a transaction, so the connection must not be in one. Raises
    TransformError.
    """
    decided = plan(connection, project, choose=select, seeds=seeds, variables=variables, full_refresh=full_refresh)
    return execute(connection, decided, on_event)


def execute(
    connection: duckdb.DuckDBPyConnection, plan: Plan, on_event: Callable[[NodeEvent], None] | None = None
) -> list[NodeResult]:
    """Builds what a plan says and records it; returns what was built, in order. Raises TransformError.

    Nodes that do not depend on each other are built at the same time, each on a cursor of the connection.
    """
    to_do = plan.to_do()
    if not to_do:
        return []
    state.forget(connection, [decision.name for decision in to_do])
    for schema in sorted({plan.graph.project.node(decision.name).schema for decision in to_do}):
        connection.execute(f"create schema if not exists {quoted(schema)}")
    results: dict[str, NodeResult] = {}
    try:
        parents = {each.name: plan.graph.parents[each.name] for each in to_do}
        by_name = {each.name: each for each in to_do}
        with Workers(connection, plan.rows) as workers:
            started = 0
            for name, result in workers.run(parents, lambda cursor, name: _build(cursor, plan, by_name[name])):
                started += result is None
                if result is not None:
                    results[name] = result
                if on_event:
                    on_event(NodeEvent(name, started if result is None else len(results), len(to_do), result))
    finally:
        state.remember(connection, [plan.records[name] for name in results])
    return [results[each.name] for each in to_do]


def _build(connection: duckdb.DuckDBPyConnection, plan: Plan, decision: Decision) -> NodeResult:
    graph, name = plan.graph, decision.name
    node = graph.project.node(name)
    kind = node.materialized if isinstance(node, Model) else "seed"
    started = time.perf_counter()
    rows: int | None = None
    try:
        with _transaction(connection):  # one commit a node: a commit for each comment took longer than the queries
            if decision.action is Action.BUILD:
                _make_way(connection, node, plan.existing.get((node.schema.lower(), name.lower())))
                rows = (
                    load_seed(connection, graph.project, node, is_kept=decision.keeps_columns)
                    if isinstance(node, Seed)
                    else _create(connection, node, graph.compiled[name], is_kept=decision.keeps_columns)
                )
            elif decision.action is Action.INCREMENT and isinstance(node, Model):
                rows = increment(connection, node, graph.compiled[name])
            if decision.action is not Action.INCREMENT and not decision.keeps_columns:
                write_comments(connection, node)
    except duckdb.Error as error:
        raise _failure(graph, decision, error) from error
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


def _create(connection: duckdb.DuckDBPyConnection, model: Model, compiled: Compiled, *, is_kept: bool) -> int | None:
    """Makes a table or view; the SQL starts on the second line of the statement, which `_failure` counts on."""
    target = f"{quoted(model.schema)}.{quoted(model.name)}"
    if model.materialized == "view":
        connection.execute(f"create or replace view {target} as (\n{compiled.sql}\n)")
        return None
    rows = fill(connection, target, compiled.sql, is_kept=is_kept)
    for hook in compiled.hooks:
        connection.execute(hook)
    return rows


def _make_way(connection: duckdb.DuckDBPyConnection, node: Model | Seed, existing: str | None) -> None:
    """Drops a view where a table is to come, or a table where a view is: `create or replace` refuses both."""
    kind = "view" if isinstance(node, Model) and node.materialized == "view" else "table"
    if existing is not None and existing != kind:
        connection.execute(f"drop {existing} {quoted(node.schema)}.{quoted(node.name)}")


def _failure(graph: Graph, decision: Decision, error: duckdb.Error) -> TransformError:
    node = graph.project.node(decision.name)
    message = str(error)
    cause = next((text for kind, text in _CAUSES if isinstance(error, kind)), "DuckDB 执行出错")
    position = _LINE.search(message)
    line = int(position[1]) - 1 if position else None
    if position:
        message = message[: position.start()]
    if isinstance(node, Seed):
        line = None
    elif line is not None:
        compiled = graph.compiled[node.name]
        sql = compiled.increment if decision.action is Action.INCREMENT else compiled.sql
        line = graph.renderer.source_line(compiled, line, sql)
    return TransformError(node.file, line, f"{cause}（{' '.join(message.split())}）")
