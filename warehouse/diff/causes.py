"""Why rows of two warehouses may differ: documents, readings of them, seeds and models.

Takes a connection with both databases attached; leaves the temporary tables `diff_document` and `diff_organization`,
which the comparison of rows joins, and gives what changed in seeds, models and the loader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from warehouse import meta, state

# Causes as they are printed. Where several may have changed a row and nothing tells which, they are joined by "+".
CAUSES = {
    "documents_added": "文件新增",
    "documents_removed": "文件去掉",
    "documents_changed": "文件内容或名称变了",
    "documents": "有关文件",
    "loader": "装载程序",
    "seeds": "种子",
    "models": "模型",
    "unknown": "原因不明",
}

# Loaders read the seeds of these folders as files, so that these change what is read in a document.
_READ_BY_LOADERS = ("seeds/vocabulary/", "seeds/tables/", "seeds/reference/")


@dataclass(frozen=True, slots=True)
class Causes:
    """What changed from one warehouse to the other.

    `documents` are (change, file name); `reread` says how many documents gave other readings from the same content.
    `upstream` has, for each node, its changed ancestors and itself, if changed: seeds, then models.
    """

    documents: tuple[tuple[str, str], ...]
    reread: int
    loader: tuple[str, ...]
    seeds: frozenset[str]
    models: frozenset[str]
    reading_seeds: frozenset[str]
    upstream: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    @property
    def loader_changed(self) -> bool:
        """Whether loaders changed readings: by their version, or because no seed that they read explains it."""
        return bool(self.loader) or (self.reread > 0 and not self.reading_seeds)

    def of(self, node: str) -> tuple[frozenset[str], frozenset[str]]:
        """The changed seeds and models that a node is made from."""
        return self.upstream.get(node, (frozenset(), frozenset()))


def find(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> Causes:
    """What changed from the database `old` to `new`, both attached to `connection`."""
    _document_table(connection, old, new)
    _organization_table(connection, old, new)
    documents = connection.execute(
        "select distinct change, file_name from diff_document where change <> 'reread' order by all"
    ).fetchall()
    reread = connection.execute("select count(*) from diff_document where change = 'reread'").fetchall()[0][0]
    before, after = _nodes(connection, old), _nodes(connection, new)
    changed = {
        name
        for name in before.keys() | after.keys()
        if before and after and (name not in before or name not in after or before[name][1] != after[name][1])
    }
    nodes = before | after
    seeds = frozenset(name for name in changed if nodes[name][0] == "seed")
    models = frozenset(changed) - seeds
    return Causes(
        documents=tuple(documents),
        reread=reread,
        loader=_loader(connection, old, new),
        seeds=seeds,
        models=models,
        reading_seeds=frozenset(name for name in seeds if nodes[name][2].startswith(_READ_BY_LOADERS)),
        upstream=_upstream(
            {name: {*before.get(name, _NO_NODE)[3], *node[3]} for name, node in nodes.items()}, changed, seeds
        ),
    )


_NO_NODE = ("", "", "", ())
_Node = tuple[str, str, str, tuple[str, ...]]


def _nodes(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, _Node]:
    """Kind, fingerprint, file and parents of each node; none if the warehouse does not know what it was made from."""
    if not meta.exists(connection, state.NODE.relation, database):
        return {}
    rows = connection.execute(
        f"select name, kind, fingerprint, file, parents from {database}.{state.NODE.relation}"
    ).fetchall()
    return {name: (kind, fingerprint, file, tuple(parents)) for name, kind, fingerprint, file, parents in rows}


def _upstream(
    parents: dict[str, set[str]], changed: set[str], seeds: frozenset[str]
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    ancestors: dict[str, frozenset[str]] = {}

    def of(name: str) -> frozenset[str]:
        if name not in ancestors:
            ancestors[name] = frozenset({name}).union(*(of(parent) for parent in parents.get(name, ())))
        return ancestors[name]

    return {name: (of(name) & seeds, (of(name) & changed) - seeds) for name in parents}


def _loader(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> tuple[str, ...]:
    """The loader's versions, where documents that both have were read by different ones."""
    if not _both(connection, "raw.document", old, new):
        return ()
    rows = connection.execute(f"""
        select distinct o.loader_version || ' → ' || n.loader_version
        from {old}.raw.document as o inner join {new}.raw.document as n on o.document_id = n.document_id
        where o.loader_version <> n.loader_version order by all
    """).fetchall()
    return tuple(row[0] for row in rows)


def _document_table(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> None:
    """`diff_document`: what became of each document that differs.

    A document is its content. An old and a new one with the same path, or with a file name that only they have, are
    one that changed. One with the same content is `changed` under another name, and `reread` where raw rows differ.
    """
    if not _both(connection, "raw.document", old, new):
        connection.execute(
            "create or replace temp table diff_document (document_id varchar, file_name varchar, change varchar)"
        )
        return
    connection.execute(f"""
        create or replace temp table diff_document as
        with
        o as (select document_id, file_name, path from {old}.raw.document),
        n as (select document_id, file_name, path from {new}.raw.document),
        gone as (select *, count(*) over (partition by file_name) as namesakes from o anti join n using (document_id)),
        come as (select *, count(*) over (partition by file_name) as namesakes from n anti join o using (document_id)),
        pair as (
            select gone.document_id as old_id, come.document_id as new_id
            from gone inner join come on gone.path = come.path
                or (gone.file_name = come.file_name and gone.namesakes = 1 and come.namesakes = 1)
        )
        select document_id, file_name, if(document_id in (select old_id from pair), 'changed', 'removed') as change
        from gone
        union all
        select document_id, file_name, if(document_id in (select new_id from pair), 'changed', 'added') from come
        union all
        select n.document_id, n.file_name, if(o.file_name <> n.file_name, 'changed', 'reread')
        from o inner join n using (document_id)
        where o.file_name <> n.file_name or document_id in ({_reread(connection, old, new)})
    """)


def _reread(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> str:
    """A query for the documents whose raw rows differ, by a sum of hashes over each raw table and document."""
    queries = ["select null::varchar as document_id where false"]
    for table in common_tables(connection, "raw", old, new):
        columns = common_columns(connection, f"raw.{table}", old, new)
        if table == "document" or "document_id" not in columns:
            continue
        if has_same_rows(connection, f"raw.{table}", columns, old, new):
            continue
        digest = (
            f"select document_id, sum(hash({', '.join(columns)})::hugeint) as digest from {{}}.raw.{table} group by all"
        )
        queries.append(
            f"select document_id from ({digest.format(old)}) as a full join ({digest.format(new)}) as b"
            " using (document_id) where a.digest is distinct from b.digest"
        )
    return "\nunion all ".join(queries)


def _organization_table(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> None:
    """`diff_organization`: organisations of which a document differs, for tables that hold no document.

    `documents` is the cause as for documents, where all of them changed alike; `files` are their names.
    """
    queries = ["select null::varchar as organization_name, null::varchar as file_name, null::varchar as change"]
    for database in (old, new):
        if meta.exists(connection, "marts.dim_report", database):
            queries.append(
                "select organization_name, d.file_name, change"
                f" from {database}.marts.dim_report inner join diff_document as d using (document_id)"
            )
    connection.execute(f"""
        create or replace temp table diff_organization as
        select
            organization_name,
            case count(distinct change) filter (where change <> 'reread') when 0 then null
                when 1 then 'documents_' || any_value(change) filter (where change <> 'reread')
                else 'documents' end as documents,
            bool_or(change = 'reread') as is_reread,
            list(distinct file_name) filter (where change <> 'reread') as files
        from ({" union all ".join(queries)})
        where organization_name is not null
        group by organization_name
    """)


def _both(connection: duckdb.DuckDBPyConnection, relation: str, old: str, new: str) -> bool:
    return all(meta.exists(connection, relation, database) for database in (old, new))


def common_tables(connection: duckdb.DuckDBPyConnection, schema: str, old: str, new: str) -> list[str]:
    """Tables and views of a schema that both databases have."""
    query = "select table_name from information_schema.tables where table_catalog = ? and table_schema = ?"
    before, after = ([row[0] for row in connection.execute(query, [each, schema]).fetchall()] for each in (old, new))
    return [name for name in after if name in before]


def common_columns(connection: duckdb.DuckDBPyConnection, relation: str, old: str, new: str) -> list[str]:
    """Columns of a relation that both databases have, whatever their types, in the order of the new one."""
    before, after = (column_types(connection, database, relation) for database in (old, new))
    return [name for name in after if name in before]


def column_types(connection: duckdb.DuckDBPyConnection, database: str, relation: str) -> dict[str, str]:
    """The columns of a relation with their types, in order. The catalogue's views take ten times as long to ask."""
    described = connection.execute(f"select * from {database}.{relation} limit 0").description or ()
    return {column[0]: str(column[1]) for column in described}


def has_same_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str], old: str, new: str
) -> bool:
    """Whether two databases have the same rows of a relation in these columns: by a sum of hashes, which spares most
    tables of most nights a join.
    """
    digest = f"(select count(*), sum(hash({', '.join(columns)})::hugeint) from {{}}.{relation})"
    before, after = connection.execute(f"from {digest.format(old)} union all from {digest.format(new)}").fetchall()
    return bool(before == after)
