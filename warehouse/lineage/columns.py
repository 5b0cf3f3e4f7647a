"""Which columns the columns of one model are made from, read from its SQL by sqlglot.

Takes compiled SQL and the columns of the relations that it names; gives edges to those relations. `value` edges come
from what a column is computed from, `filter` edges from conditions, joins and groups, which decide what rows there
are. Edges go one model far; `warehouse.lineage.graph` joins them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.transform import Graph

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.lineage import Node
    from sqlglot.optimizer.scope import Scope
    from sqlglot.schema import MappingSchema

# Stands for the rows of a relation: what `count(*)` is computed from, and what filters decide.
ROWS = "*"

# schema -> relation -> column -> type
Columns = Mapping[str, Mapping[str, Mapping[str, str]]]

_FILTERS = ("where", "group", "having", "qualify", "distinct", "limit", "order")


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`column` of `relation` depends on `source_column` of `source`.

    `kind` is `value`, `filter`, `constant` (no source: the column is a literal) or `unknown` (no source: sqlglot cannot
    tell). Relations are `schema.name`; the column `*` stands for rows.
    """

    relation: str
    column: str
    kind: str
    source: str = ""
    source_column: str = ""


def edges(graph: Graph, columns: Columns, models: Iterable[str]) -> list[Edge]:
    """The edges into the columns of `models`; `columns` must have what they refer to, and themselves.

    A model that sqlglot cannot take apart gives an `unknown` edge for each of its columns.
    """
    from sqlglot.schema import MappingSchema

    schema = MappingSchema({name: dict(tables) for name, tables in columns.items()}, dialect="duckdb")
    found: list[Edge] = []
    for name in models:
        relation = graph.project.models[name].relation
        own = list(columns[relation.schema][relation.name])
        found += _of_model(f"{relation.schema}.{relation.name}", graph.compiled[name].sql, own, schema)
    return found


def _of_model(relation: str, sql: str, own: list[str], schema: MappingSchema) -> list[Edge]:
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    try:
        query = qualify(
            sqlglot.parse_one(sql, read="duckdb"), schema=schema, dialect="duckdb", validate_qualify_columns=False
        )
        scope = build_scope(query)
        nodes = lineage(None, query, schema, dialect="duckdb", scope=scope, trim_selects=False, copy=False)
        filters = _filters(scope, schema)
    except (SqlglotError, ValueError):  # ValueError: what PIVOT and COLUMNS('…') end in
        return [Edge(relation, column, "unknown") for column in [*own, ROWS]]
    by_name = {name.lower(): node for name, node in nodes.items()}
    rows = {(source, ROWS) for source in _tables(scope)}
    found = {Edge(relation, ROWS, "value", *source) for source in rows}
    for column in own:
        node = by_name.get(column.lower())
        found |= set(_values(relation, column, node, rows)) if node else {Edge(relation, column, "unknown")}
    found |= {
        Edge(relation, column, "filter" if source else "unknown", source, name)
        for column in [*own, ROWS]
        for source, name in filters
    }
    return sorted(found)


def _values(relation: str, column: str, node: Node, rows: set[tuple[str, str]]) -> Iterator[Edge]:
    """Edges for what a column is computed from: columns, rows where it counts them, otherwise a constant."""
    from sqlglot import exp

    leaves = set(_leaves(node))
    if any(isinstance(each, exp.Count) and isinstance(each.this, exp.Star) for each in _expressions(node)):
        leaves |= rows
    if not leaves:
        yield Edge(relation, column, "constant")
    for source, name in leaves:
        yield Edge(relation, column, "value" if source else "unknown", source, name)


def _leaves(node: Node) -> Iterator[tuple[str, str]]:
    """Relation and column at the ends of a lineage; empty names where an end is not a column of a relation."""
    from sqlglot import exp

    for each in node.walk():
        if isinstance(each.expression, exp.Table):
            yield _name(each.expression), each.name.rpartition(".")[2].strip('"')
        elif isinstance(each.expression, exp.Placeholder):
            yield "", ""


def _expressions(node: Node) -> Iterator[exp.Expression]:
    for each in node.walk():
        yield from each.expression.walk()


def _filters(scope: Scope, schema: MappingSchema) -> set[tuple[str, str]]:
    """Columns of relations that decide which rows the query has, wherever in it; empty names for an unknown one."""
    from sqlglot import exp
    from sqlglot.lineage import to_node
    from sqlglot.optimizer.scope import Scope, find_all_in_scope

    found: set[tuple[str, str]] = set()
    asked: set[tuple[int, str]] = set()
    for each in scope.traverse():
        for clause in _conditions(each):
            for column in find_all_in_scope(clause, exp.Column):
                source = _source(each, column)
                if isinstance(source, exp.Table):
                    found.add((_name(source), column.name))
                elif not isinstance(source, Scope):
                    found |= set() if _is_parameter(column) else {("", "")}
                elif (id(source), column.name) not in asked:
                    asked.add((id(source), column.name))
                    found |= set(_leaves(to_node(column.name, source, "duckdb", schema, trim_selects=False)))
    return found


def _conditions(scope: Scope) -> Iterator[exp.Expression]:
    """What decides the rows of one SELECT; of a subquery within an expression also what it selects."""
    from sqlglot import exp

    select = scope.expression
    if isinstance(select, exp.UDTF):  # unnest(…): a row for each element
        yield select
    if not isinstance(select, exp.Select):
        return
    for name in _FILTERS:
        if select.args.get(name):
            yield select.args[name]
    for join in select.args.get("joins") or []:
        if join.args.get("on"):
            yield join.args["on"]
    if scope.is_subquery:
        yield from select.selects


def _source(scope: Scope | None, column: exp.Column) -> Scope | exp.Table | None:
    """Where a column comes from: a source of its own query, or of one around it."""
    while scope is not None:
        if column.table in scope.sources:
            return scope.sources[column.table]
        scope = scope.parent
    return None


def _is_parameter(column: exp.Column) -> bool:
    """Whether a name is a parameter of a lambda around it."""
    from sqlglot import exp

    node = column.find_ancestor(exp.Lambda)
    while node is not None:
        if any(parameter.name == column.name for parameter in node.expressions):
            return not column.table
        node = node.find_ancestor(exp.Lambda)
    return False


def _tables(scope: Scope) -> set[str]:
    from sqlglot import exp

    return {
        _name(source)
        for each in scope.traverse()
        for source in each.sources.values()
        if isinstance(source, exp.Table) and source.db
    }


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}"
