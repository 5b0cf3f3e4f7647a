"""The lineage of a warehouse: edges of all models joined, kept in `meta.column_lineage`, walked up and down.

Upstream of a mart column are columns of other models, then raw columns and seeds, and last the module of `loaders`
that writes a raw column or the file of a seed.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import duckdb

from loaders.errors import GoujiError
from warehouse import meta, state
from warehouse.lineage import printed
from warehouse.lineage.columns import ROWS, Edge, edges
from warehouse.transform import Graph

COLUMN_LINEAGE = meta.MetaTable(
    "column_lineage",
    "一行一条来历：一列直接由哪一列得来。顺着来源再查，直到 raw 的列和种子，再到写入它的程序和文件。",
    {
        "relation": ("varchar", "表：模式.表名"),
        "column_name": ("varchar", "列；* 指这张表有哪些行"),
        "kind": (
            "varchar",
            "value 由来源的值算出；filter 来源用于筛选、连接或分组，决定有哪些行；constant 常量；"
            "loader 由这个装载程序写入；seed 来自这个种子文件；unknown 无法得知",
        ),
        "source_relation": ("varchar", "来源的表；kind 为 loader、seed 时是文件；常量和无法得知的为空"),
        "source_column": ("varchar", "来源的列；* 指来源有哪些行"),
    },
)


class LineageError(GoujiError):
    """A column without a lineage here; the message, Chinese first, gives the closest names."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """All edges, by where they lead to and by where they come from."""

    into: dict[tuple[str, str], list[Edge]] = field(default_factory=lambda: defaultdict(list))
    out_of: dict[tuple[str, str], list[Edge]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, found: Iterable[Edge]) -> Lineage:
        """The lineage that consists of these edges."""
        lineage = cls()
        for edge in sorted(found):
            lineage.into[edge.relation, edge.column].append(edge)
            if edge.source:
                lineage.out_of[edge.source, edge.source_column].append(edge)
        return lineage

    def find(self, name: str) -> tuple[str, str]:
        """The relation and column of `schema.table.column`, or of `table.column` where only one schema has it.

        Raises LineageError with the closest names.
        """
        names = {f"{relation}.{column}": (relation, column) for relation, column in (*self.into, *self.out_of)}
        fitting = [full for full in names if name in (full, full.partition(".")[2])]
        if len(fitting) == 1:
            return names[fitting[0]]
        # Whoever gets the table right means one of its columns.
        table = name.rpartition(".")[0]
        of_table = [full for full in names if table and full.rpartition(".")[0].endswith(table)]
        close = difflib.get_close_matches(name, of_table, n=3, cutoff=0) or difflib.get_close_matches(
            name, names, n=3, cutoff=0.5
        )
        hint = f"，是否想写：{'、'.join(close)}" if close else "：请写成 模式.表.列"
        raise LineageError(f"没有这一列：{name}{hint}")

    def walk(self, start: tuple[str, str], *, downstream: bool = False) -> Iterator[Edge]:
        """All edges up (or down) from a column, each once, the nearest first."""
        follow = self.out_of if downstream else self.into
        seen, waiting = {start}, [start]
        for place in waiting:
            for edge in follow.get(place, ()):
                yield edge
                after = (edge.relation, edge.column) if downstream else (edge.source, edge.source_column)
                if after[0] and after not in seen:
                    seen.add(after)
                    waiting.append(after)


def record(connection: duckdb.DuckDBPyConnection, graph: Graph, built: Collection[str]) -> None:
    """Write `meta.column_lineage` for the nodes that were `built`; it has to come before `state.record`.

    Models whose SQL, with that of all they are made from, is the one of the last time keep their edges: taking a
    model's SQL apart costs more than many models take to build.
    """
    known: list[Edge] = []
    unchanged: set[str] = set()
    if meta.exists(connection, COLUMN_LINEAGE.relation):
        known = _kept(connection)
        unchanged = state.unchanged(connection, graph)
    models = graph.project.models
    todo = [name for name in graph.order if name in models and name in built and name not in unchanged]
    again = {_relation(graph, name) for name in todo}
    present = {_relation(graph, name) for name in models}
    found = [edge for edge in known if edge.relation in present - again]
    columns = _columns(connection)
    if todo:
        found += edges(graph, columns, todo)
    found += _ends(graph, columns)
    if known and set(found) == set(known):
        return
    rows = [(e.relation, e.column, e.kind, e.source or None, e.source_column or None) for e in sorted(found)]
    meta.write(connection, COLUMN_LINEAGE, rows)


def load(connection: duckdb.DuckDBPyConnection) -> Lineage:
    """The lineage that a warehouse keeps. Raises LineageError if it has none."""
    if not meta.exists(connection, COLUMN_LINEAGE.relation):
        raise LineageError("这个数仓还没有列的来历：请先运行 gouji run 或 gouji build")
    return Lineage.of(_kept(connection))


def _kept(connection: duckdb.DuckDBPyConnection) -> list[Edge]:
    rows = connection.execute(f"from {COLUMN_LINEAGE.relation}").fetchall()
    return [Edge(row[0], row[1], row[2], row[3] or "", row[4] or "") for row in rows]


def _ends(graph: Graph, columns: dict[str, dict[str, dict[str, str]]]) -> Iterator[Edge]:
    """From raw columns to the modules that write them, and from columns of seeds to their files."""
    for table, names in columns.get("raw", {}).items():
        for column in [*names, ROWS]:
            modules = printed.written_by(table, column)
            yield from (Edge(f"raw.{table}", column, "loader", module) for module in modules)
            if not modules:
                yield Edge(f"raw.{table}", column, "unknown")
    for seed in graph.project.seeds.values():
        for column in [*columns.get(seed.schema, {}).get(seed.name, {}), ROWS]:
            yield Edge(f"{seed.schema}.{seed.name}", column, "seed", seed.file, column)


def _relation(graph: Graph, name: str) -> str:
    relation = graph.project.models[name].relation
    return f"{relation.schema}.{relation.name}"


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, dict[str, str]]]:
    """Types by schema, relation and column, of the current database, in order."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for schema, relation, column, data_type in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and not internal order by table_oid, column_index"
    ).fetchall():
        found.setdefault(schema, {}).setdefault(relation, {})[column] = data_type
    return found
