"""Decides what a run has to build, and says why: the project's fingerprints against what the warehouse was built from.

Takes a connection and a project, gives a `Plan`: one `Decision` for each selected node, in order. Nothing is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb

from warehouse.transform import state
from warehouse.transform.fingerprint import Fingerprint, fingerprint
from warehouse.transform.graph import Graph, build_graph
from warehouse.transform.resources import Model, Project
from warehouse.transform.selection import modified_methods, select
from warehouse.transform.state import Recorded


class Action(StrEnum):
    """What is done with a node: built whole, only what is new, only its comments, or nothing."""

    BUILD = "build"
    INCREMENT = "increment"
    COMMENT = "comment"
    SKIP = "skip"


_ACTIONS = {Action.BUILD: "重建", Action.INCREMENT: "增量", Action.COMMENT: "注释", Action.SKIP: "跳过"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a node, with the reason as a code (`new`, `missing`, `query`, …) and in Chinese words.

    `keeps_columns` where a table is built again that has the same columns and comments already.
    """

    name: str
    action: Action
    reason: str
    words: str
    keeps_columns: bool = False

    @property
    def verb(self) -> str:
        """The action in Chinese."""
        return _ACTIONS[self.action]


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph, the decisions for the selected nodes in order, and what to record of each once it is built.

    `existing` is `table` or `view` by schema and name, in lower case: what the database holds. `rows` are those of all
    raw tables that the selected nodes read.
    """

    graph: Graph
    decisions: tuple[Decision, ...]
    records: Mapping[str, Recorded]
    existing: Mapping[tuple[str, str], str]
    rows: int

    def to_do(self) -> list[Decision]:
        """The decisions that change the warehouse."""
        return [decision for decision in self.decisions if decision.action is not Action.SKIP]


def plan(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    *,
    choose: Iterable[str] = (),
    seeds: bool = True,
    variables: Mapping[str, Any] | None = None,
    full_refresh: bool = False,
) -> Plan:
    """Compares the project with the warehouse; the arguments are those of `run`, `choose` is its `select`.

    Every model that is to be built is checked. Raises TransformError.
    """
    graph = build_graph(project, variables)
    recorded = state.read(connection)
    parsed = {each.text: each.query for each in recorded.values()}
    expressions = list(choose)
    marks = _Marks(graph, recorded, parsed.get)
    methods = modified_methods(expressions)
    names = select(graph, expressions, {method: marks.of(method) for method in methods})
    chosen = [name for name in names if seeds or name in project.models]
    tables = {
        (source, table): project.sources[source].tables[table]
        for name in chosen
        if name in project.models
        for source, table in graph.compiled[name].sources
    }
    raw = state.source_digests(connection, [tables[key] for key in sorted(tables)])
    ((engine,),) = connection.execute("select version()").fetchall()
    existing = _existing(connection)
    records: dict[str, Recorded] = {}
    decisions: list[Decision] = []
    for name in chosen:
        # What is not built now flows in as it was built.
        parents = {parent: records.get(parent) or recorded.get(parent) for parent in graph.parents[name]}
        inputs = {parent: known.fingerprint if known else "" for parent, known in parents.items()}
        definitions = {parent: known.definition if known else "" for parent, known in parents.items()}
        if name in project.models:
            relations = {str(tables[key].relation) for key in graph.compiled[name].sources}
            inputs |= {each: raw[each].content if each in raw else "" for each in relations}
            definitions |= {each: raw[each].columns if each in raw else "" for each in relations}
        records[name] = state.record(marks.fingerprint(name), definitions, inputs, engine)
        decisions.append(_decide(graph, records[name], recorded.get(name), existing, full_refresh=full_refresh))
    return Plan(graph, tuple(decisions), records, existing, sum(each.rows for each in raw.values()))


class _Marks:
    """Fingerprints on demand, and what the methods of `state:` stand for."""

    def __init__(self, graph: Graph, recorded: Mapping[str, Recorded], parsed: Any) -> None:
        self._graph, self._recorded, self._parsed = graph, recorded, parsed
        self._fingerprints: dict[str, Fingerprint] = {}

    def fingerprint(self, name: str) -> Fingerprint:
        if name not in self._fingerprints:
            self._fingerprints[name] = fingerprint(self._graph, name, self._parsed)
        return self._fingerprints[name]

    def of(self, method: str) -> set[str]:
        """The nodes that are `new`, or `modified`: new, or with another definition of their own than recorded."""
        new = {name for name in self._graph.order if name not in self._recorded}
        if method == "new":
            return new
        return new | {
            name
            for name in self._graph.order
            if name not in new and _own(self.fingerprint(name)) != _own(self._recorded[name])
        }


def _own(node: Fingerprint | Recorded) -> tuple[str, str, str]:
    return node.query, node.config, node.comments


def _decide(
    graph: Graph,
    now: Recorded,
    before: Recorded | None,
    existing: Mapping[tuple[str, str], str],
    *,
    full_refresh: bool,
) -> Decision:
    node = graph.project.node(now.name)
    kind = "view" if isinstance(node, Model) and node.materialized == "view" else "table"
    there = existing.get((node.schema.lower(), node.name.lower())) == kind
    reason, words = _reason(graph, now, before, there=there, full_refresh=full_refresh)
    if not reason:
        if before is not None and before.comments != now.comments:
            return Decision(now.name, Action.COMMENT, "comments", "只有说明文字变了")
        return Decision(now.name, Action.SKIP, "unchanged", "没有变化")
    is_defined_alike = there and before is not None and before.definition == now.definition
    is_incremental = isinstance(node, Model) and node.materialized == "incremental"
    if is_defined_alike and reason == "inputs" and is_incremental:
        return Decision(now.name, Action.INCREMENT, reason, words)
    keeps_columns = is_defined_alike and kind == "table" and before is not None and before.comments == now.comments
    return Decision(now.name, Action.BUILD, reason, words, keeps_columns)


def _reason(
    graph: Graph, now: Recorded, before: Recorded | None, *, there: bool, full_refresh: bool
) -> tuple[str, str]:
    """The first reason to build, as a code and in words; two empty texts where there is none."""
    is_seed = now.name in graph.project.seeds
    if full_refresh:
        return "full_refresh", "要求全部重建"
    if before is None:
        return "new", "没有建过的记录"
    if before.query != now.query:
        macros = sorted(name for name, each in now.macros.items() if before.macros.get(name, each) != each)
        if is_seed:
            return "seed", "文件或列的类型变了"
        return "query", "SQL 变了" + (f"（宏 {'、'.join(macros)} 变了）" if macros else "")
    if before.config != now.config:
        return "config", "配置变了"
    if not there:
        return "missing", "数仓里没有这张表"
    if before.engine != now.engine:
        return "engine", f"DuckDB 由 {before.engine} 换成了 {now.engine}"
    changed = sorted(name for name in now.inputs.keys() | before.inputs.keys() if _differ(name, now, before))
    if changed:
        return "inputs", _inputs(changed)
    return "", ""


def _differ(name: str, now: Recorded, before: Recorded) -> bool:
    return now.inputs.get(name) != before.inputs.get(name)


def _inputs(changed: list[str]) -> str:
    raw = [name for name in changed if "." in name]
    upstream = [name for name in changed if "." not in name]
    parts = [
        f"{noun} {'、'.join(names[:3])}{f' 等 {len(names)} 张表' if len(names) > 3 else ''}"
        for noun, names in (("原始表", raw), ("上游", upstream))
        if names
    ]
    return "，".join(parts) + " 变了"


def _existing(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "select lower(table_schema), lower(table_name), if(table_type = 'VIEW', 'view', 'table')"
        " from information_schema.tables where table_catalog = current_database()"
    ).fetchall()
    return {(schema, name): kind for schema, name, kind in rows}
