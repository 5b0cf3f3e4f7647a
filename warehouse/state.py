"""What a warehouse was built from, kept in it: seeds and models with fingerprints, and which version it is.

`meta.node` lets two warehouses be compared without the project they came from: which seeds and models differ, what
depends on them, and which column is the key of each table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime

import duckdb

from warehouse import meta
from warehouse.transform import Graph, Model, Seed

NODE = meta.MetaTable(
    "node",
    "一行一个种子表或模型：本数仓是由它们的哪个版本建成的。",
    {
        "name": ("varchar", "种子表或模型的名称"),
        "schema_name": ("varchar", "所在的模式"),
        "kind": ("varchar", "seed 种子表，model 模型"),
        "file": ("varchar", "所在的文件"),
        "fingerprint": ("varchar", "指纹：种子为文件内容的 SHA-256，模型为编译后 SQL 的 SHA-256"),
        "parents": ("varchar[]", "直接引用的种子表、模型，和装载的表（raw.表名）"),
        "key_column": ("varchar", "主键：声明了不为空、不重复的列；没有声明为空"),
    },
)

VERSION = meta.MetaTable(
    "version",
    "一行：本数仓是哪个版本。",
    {
        "version": ("varchar", "版本名称：建成的时间（UTC），和来源的指纹"),
        "previous_version": ("varchar", "发布前在用的版本；第一个版本为空"),
        "built_at": ("timestamp", "建成的时间（UTC）"),
    },
)


def record(connection: duckdb.DuckDBPyConnection, graph: Graph, built: Collection[str]) -> None:
    """Write `meta.node` for the nodes that were `built`; of others stays what was written when they were built."""
    nodes = graph.project.nodes()
    kept = []
    if set(built) != set(nodes) and meta.exists(connection, NODE.relation):
        kept = connection.execute(f"from {NODE.relation}").fetchall()
    rows = [row for row in kept if row[0] in nodes and row[0] not in built]
    rows += [_row(graph, nodes[name]) for name in built]
    meta.write(connection, NODE, sorted(rows))


def unchanged(connection: duckdb.DuckDBPyConnection, graph: Graph) -> set[str]:
    """Models that were last built from the same SQL as now, and from the same SQL and seeds upstream."""
    if not meta.exists(connection, NODE.relation):
        return set()
    known = dict(connection.execute(f"select name, fingerprint from {NODE.relation}").fetchall())
    same: set[str] = set()
    for name in graph.order:
        node = graph.project.node(name)
        if graph.parents[name] <= same and known.get(name) == _fingerprint(graph, node):
            same.add(name)
    return same & graph.project.models.keys()


def record_version(connection: duckdb.DuckDBPyConnection, name: str, built_at: datetime, previous: str | None) -> None:
    """Write `meta.version`: the name of this version, when it was built, and the one published before it."""
    meta.write(connection, VERSION, [(name, previous, built_at.astimezone(UTC).replace(tzinfo=None))])


def fingerprint(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash of all that this warehouse was built from: documents, loader version, seeds and models."""
    parts = {
        "raw.document": "select document_id, status, loader_version from raw.document order by all",
        NODE.relation: f"select name, fingerprint from {NODE.relation} order by all",
    }
    digest = hashlib.sha256()
    for relation, query in parts.items():
        if meta.exists(connection, relation):
            digest.update(repr(connection.execute(query).fetchall()).encode())
    return digest.hexdigest()


def _row(graph: Graph, node: Model | Seed) -> tuple[str, str, str, str, str, list[str], str | None]:
    parents: list[str] = []
    if isinstance(node, Model):
        compiled = graph.compiled[node.name]
        sources = graph.project.sources
        parents = [str(sources[source].tables[table].relation) for source, table in compiled.sources]
        parents += compiled.refs
    kind = "model" if isinstance(node, Model) else "seed"
    return node.name, node.schema, kind, node.file, _fingerprint(graph, node), sorted(parents), _key(node)


def _fingerprint(graph: Graph, node: Model | Seed) -> str:
    if isinstance(node, Seed):
        content = (graph.project.root / node.file).read_bytes()
    else:
        content = f"{node.materialized}\n{graph.compiled[node.name].sql}".encode()
    return hashlib.sha256(content).hexdigest()


def _key(node: Model | Seed) -> str | None:
    tests = {(test.column, test.name) for test in node.data_tests}
    keys = [column.name for column in node.columns if {(column.name, "unique"), (column.name, "not_null")} <= tests]
    return keys[0] if keys else None
