"""What the warehouse was built from: one row of `meta.model_state` a relation, and digests of the raw tables.

Takes a connection; gives what was recorded when each relation was built, and what the raw tables hold now. Compared
with the project's fingerprints it says what has to be built again. No time is recorded and none is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

import duckdb

from warehouse import meta
from warehouse.transform.fingerprint import Fingerprint, digest
from warehouse.transform.resources import Relation, SourceTable, quoted

TABLE = meta.MetaTable(
    "model_state",
    "一行一个模型或种子：各表是由什么建成的，gouji run 据此跳过没有变化的表。",
    # in the order of the fields of Recorded
    {
        "name": ("varchar", "模型或种子的名称"),
        "text": ("varchar", "渲染后 SQL 的摘要；相同的文字不再解析"),
        "query": ("varchar", "规范化 SQL 的摘要，注释和空白不计；种子为文件内容和类型的摘要"),
        "config": ("varchar", "配置的摘要"),
        "comments": ("varchar", "说明文字的摘要"),
        "macros": ("varchar", "用到的宏和各自的摘要（JSON）"),
        "definition": ("varchar", "连同全部上游定义的摘要，原始表只计列和类型，不计内容"),
        "inputs": ("varchar", "建成时各个上游的指纹，原始表为内容的摘要（JSON）"),
        "engine": ("varchar", "DuckDB 版本"),
        "fingerprint": ("varchar", "以上各项合成的指纹"),
    },
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a relation that is in the warehouse was built; the fields of `Fingerprint`, and what flowed in."""

    name: str
    text: str
    query: str
    config: str
    comments: str
    macros: Mapping[str, str]
    definition: str
    inputs: Mapping[str, str]
    engine: str
    fingerprint: str


def record(own: Fingerprint, definitions: Mapping[str, str], inputs: Mapping[str, str], engine: str) -> Recorded:
    """What is to be recorded of a node: `definitions` are those of its parents, `inputs` what it reads, by name."""
    definition = digest(own.query, own.config, engine, definitions)
    return Recorded(
        own.name,
        own.text,
        own.query,
        own.config,
        own.comments,
        own.macros,
        definition,
        inputs,
        engine,
        fingerprint=digest(own.query, own.config, engine, inputs),
    )


def read(connection: duckdb.DuckDBPyConnection) -> dict[str, Recorded]:
    """What was recorded, by name; nothing in a warehouse that was never built, or by a version that wrote otherwise."""
    if meta.columns(connection, TABLE) != TABLE.columns.keys():
        return {}
    found: dict[str, Recorded] = {}
    for row in connection.execute(f"select {', '.join(TABLE.columns)} from {TABLE.relation}").fetchall():
        values = dict(zip(TABLE.columns, row, strict=True))
        values |= {key: json.loads(values[key]) for key in ("macros", "inputs")}
        found[values["name"]] = Recorded(**values)
    return found


def forget(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Takes the rows of `names` out, before they are built: what fails half-way counts as never built."""
    if not read(connection):
        meta.write(connection, TABLE, [])
    connection.execute(f"delete from {TABLE.relation} where list_contains(?, name)", [list(names)])


def remember(connection: duckdb.DuckDBPyConnection, records: Iterable[Recorded]) -> None:
    """Adds rows for what was built."""
    rows = [
        [json.dumps(value, sort_keys=True) if isinstance(value, Mapping) else value for value in astuple(each)]
        for each in records
    ]
    if rows:
        values = ", ".join("unnest(?::varchar[])" for _ in TABLE.columns)
        by_column = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(f"insert into {TABLE.relation} ({', '.join(TABLE.columns)}) select {values}", by_column)


@dataclass(frozen=True, slots=True)
class SourceDigests:
    """Digests of a raw table: of its columns with their types, and of these and its rows; and how many these are."""

    columns: str
    content: str
    rows: int


def source_digests(connection: duckdb.DuckDBPyConnection, tables: Iterable[SourceTable]) -> dict[str, SourceDigests]:
    """What each source table holds, by `schema.name`; the order of rows does not count.

    Columns whose properties say `meta: {fingerprint: false}` are left out: a time, say, that no model uses. A table
    that is not there has none.
    """
    digests: dict[str, SourceDigests] = {}
    for table in tables:
        ignored = {column.name.lower() for column in table.columns if column.meta.get("fingerprint") is False}
        columns = [(name, kind) for name, kind in _columns(connection, table.relation) if name.lower() not in ignored]
        if columns:
            row = ", ".join(quoted(name) for name, _ in columns)
            sql = f"select count(*), sum(hash({row}))::varchar from {table.relation}"
            (content,) = connection.execute(sql).fetchall()
            digests[str(table.relation)] = SourceDigests(digest(columns), digest(columns, content), content[0])
    return digests


def _columns(connection: duckdb.DuckDBPyConnection, relation: Relation) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = current_database()"
        " and schema_name = ? and table_name = ? order by column_index",
        [relation.schema, relation.name],
    ).fetchall()
