"""Compares two warehouses: columns of all tables, rows of the marts by key, summed up by change and cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.errors import GoujiError
from warehouse import meta, state
from warehouse.diff import causes
from warehouse.diff.causes import Causes

SAMPLES = 3

DIFF = meta.MetaTable(
    "diff",
    "一行一种变化：本版本与发布前在用的版本相比，结构和集市各表的行有哪些变化、因为什么。",
    {
        "previous_version": ("varchar", "与哪个版本相比"),
        "relation": ("varchar", "表：模式.表名"),
        "change": (
            "varchar",
            "relation_added、relation_removed、column_added、column_removed、column_type 为结构；"
            "rows_added、rows_removed、rows_changed 为行；not_comparable 无法比较",
        ),
        "cause": (
            "varchar",
            "原因：documents_added、documents_removed、documents_changed 行所属的文件或单位的文件新增、去掉、变了，"
            "documents 有关的文件变了，loader 装载程序，seeds 种子，models 模型，unknown 不明；分不清的以 + 连接",
        ),
        "detail": ("varchar", "是哪些文件、种子、模型，或列的类型"),
        "row_count": ("bigint", "有多少行；结构变化为空"),
        "columns": ("varchar[]", "变化的列"),
        "sample_keys": ("varchar[]", f"其中几行的主键，至多 {SAMPLES} 个"),
    },
)

# Changes as they are printed.
CHANGES = {
    "relation_added": "新表",
    "relation_removed": "表没有了",
    "column_added": "新列",
    "column_removed": "列没有了",
    "column_type": "列类型变了",
    "rows_added": "新增",
    "rows_removed": "去掉",
    "rows_changed": "变了",
    "not_comparable": "无法比较",
}
_SCHEMA_CAUSE = {"raw": "loader", "reference": "seeds"}


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change of a relation, with its cause; `row_count` is None for a change of the schema."""

    relation: str
    change: str
    cause: str
    detail: str
    row_count: int | None
    columns: tuple[str, ...]
    sample_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs from one warehouse to another: what changed in what they were made from, and in them."""

    causes: Causes
    changes: tuple[Change, ...]


def between(old: Path, new: Path) -> Difference:
    """What differs from one warehouse file to another.

    Raises GoujiError if one of them cannot be opened.
    """
    with duckdb.connect() as connection:
        for name, file in (("previous", old), ("warehouse", new)):
            attach(connection, name, file)
        return compare(connection, "previous", "warehouse")


def attach(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """Attach a warehouse file for reading. Raises GoujiError if it is none."""
    path = str(file).replace("'", "''")
    try:
        connection.execute(f"attach '{path}' as {name} (read_only)")
    except duckdb.Error as error:
        raise GoujiError(f"{file} 不是可以打开的 gouji 数仓（{str(error).strip().splitlines()[0]}）") from error


def record(connection: duckdb.DuckDBPyConnection, published: Path | None, version: str | None) -> None:
    """Write `meta.diff` into the current database, `warehouse`: how it differs from the file that is published.

    Nothing that stands at the published name keeps a build from being published: what cannot be compared is a row.
    """
    changes: Sequence[Change] = ()
    if published is not None:
        try:
            attach(connection, "previous", published)
            changes = compare(connection, "previous", "warehouse").changes
        except (GoujiError, duckdb.Error) as error:  # another kind of file, or a damaged one
            changes = [Change("*", "not_comparable", "unknown", str(error), None, (), ())]
        connection.execute("detach database if exists previous")
    rows = [
        (version, c.relation, c.change, c.cause, c.detail, c.row_count, list(c.columns), list(c.sample_keys))
        for c in changes
    ]
    meta.write(connection, DIFF, rows)


def compare(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> Difference:
    """What differs from the database `old` to `new`, both attached to `connection`; leaves nothing but temp tables.

    Raises GoujiError if one of them lacks what gouji compares by, as a warehouse of another version may.
    """
    try:
        found = causes.find(connection, old, new)
        changes = _schema_changes(connection, old, new, found)
        for table in causes.common_tables(connection, "marts", old, new):
            changes += _row_changes(connection, old, new, table, found)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        cause = str(error).strip().splitlines()[0]
        raise GoujiError(f"两个数仓的结构相差太大，无法比较（{cause}）：请用同一版 gouji 重建后再比") from error
    return Difference(found, tuple(changes))


def _schema_changes(connection: duckdb.DuckDBPyConnection, old: str, new: str, found: Causes) -> list[Change]:
    columns = """
        (select schema_name || '.' || table_name as relation, column_name, data_type, column_index
        from duckdb_columns() where database_name = '{}' and schema_name <> 'meta' and not internal)
    """
    rows = connection.execute(f"""
        with
        o as {columns.format(old)},
        n as {columns.format(new)},
        changed as (
            select
                relation,
                case
                    when relation not in (select relation from o) then 'relation_added'
                    when relation not in (select relation from n) then 'relation_removed'
                    when o.column_name is null then 'column_added'
                    when n.column_name is null then 'column_removed'
                    else 'column_type'
                end as change,
                column_name,
                o.data_type as old_type,
                n.data_type as new_type,
                coalesce(n.column_index, o.column_index) as place
            from o full join n using (relation, column_name)
            where o.data_type is distinct from n.data_type
        )
        select relation, change, list(column_name order by place),
            string_agg(column_name || ' ' || old_type || ' → ' || new_type, '；' order by place)
        from changed group by relation, change order by relation, change
    """).fetchall()
    changes = []
    for relation, change, names, types in rows:
        schema, table = relation.split(".", 1)
        seeds, models = found.of(table)
        cause = _SCHEMA_CAUSE.get(schema, "models")
        detail = types or "、".join(sorted({"seeds": seeds, "models": models}.get(cause, frozenset())))
        changes.append(Change(relation, change, cause, detail, None, tuple(names), ()))
    return changes


def _row_changes(connection: duckdb.DuckDBPyConnection, old: str, new: str, table: str, found: Causes) -> list[Change]:
    relation = f"marts.{table}"
    types = [causes.column_types(connection, database, relation) for database in (old, new)]
    columns = [name for name in types[1] if name in types[0]]
    if types[0] == types[1] and causes.has_same_rows(connection, relation, columns, old, new):
        return []
    key = _key(connection, old, new, table, columns)
    differ = {
        name: f"o.{name} is distinct from n.{name}"
        if types[0][name] == types[1][name]
        else f"o.{name}::varchar is distinct from n.{name}::varchar"
        for name in columns
    }
    changed = ", ".join(f"case when {test} then '{name}' end" for name, test in differ.items())
    # Tables without a key are compared by whole rows.
    keyed = key if key else f"hash({', '.join(columns)})::varchar"
    samples = f"list(diff_key order by diff_key)[1:{SAMPLES}]" if key else "[]"
    seeds, models = found.of(table)
    rows = connection.execute(f"""
        with
        o as (select *, {keyed} as diff_key from {old}.{relation}),
        n as (select *, {keyed} as diff_key from {new}.{relation}),

        differing as (
            select
                coalesce(n.diff_key, o.diff_key)::varchar as diff_key,
                case when o.diff_key is null then 'rows_added' when n.diff_key is null then 'rows_removed'
                    else 'rows_changed' end as change,
                case when o.diff_key is null or n.diff_key is null then []
                    else list_filter([{changed}], lambda name: name is not null) end as columns,
                {_side(columns, "document_id", "o")} as old_document,
                {_side(columns, "document_id", "n")} as new_document,
                coalesce({_side(columns, "organization_name", "n")}, {_side(columns, "organization_name", "o")})
                    as organization_name
            from o full join n on o.diff_key = n.diff_key
            where o.diff_key is null or n.diff_key is null or {" or ".join(differ.values())}
        ),

        placed as (
            select
                d.diff_key, d.change, d.columns,
                coalesce(b.change, a.change) as document_change,
                coalesce(d.old_document, d.new_document) is null as has_no_document,
                coalesce(g.is_reread, false) as is_organization_reread,
                g.documents as organization_change,
                if(coalesce(b.change, a.change) is null, g.files, [coalesce(b.file_name, a.file_name)]) as files
            from differing as d
            left join diff_document as a on d.old_document = a.document_id
            left join diff_document as b on d.new_document = b.document_id
            left join diff_organization as g on d.organization_name = g.organization_name
        ),

        caused as (
            select *, {_cause(found, bool(seeds), bool(models))} as cause from placed
        )

        select change, cause, count(*), list_sort(list_distinct(flatten(list(columns)))),
            {samples},
            list_sort(list_distinct(flatten(list(files) filter (where files is not null))))
        from caused group by change, cause order by change, cause
    """).fetchall()
    return [
        Change(
            relation, change, cause, _detail(cause, found, seeds, models, files or []), count, tuple(names), tuple(keys)
        )
        for change, cause, count, names, keys, files in rows
    ]


def _key(connection: duckdb.DuckDBPyConnection, old: str, new: str, table: str, columns: Sequence[str]) -> str | None:
    """The key column of a mart, as the newer warehouse knows it, if both have it."""
    for database in (new, old):
        if meta.exists(connection, state.NODE.relation, database):
            rows = connection.execute(
                f"select key_column from {database}.{state.NODE.relation} where schema_name = 'marts' and name = ?",
                [table],
            ).fetchall()
            if rows and rows[0][0] in columns:
                return str(rows[0][0])
    return None


def _side(columns: Sequence[str], name: str, side: str) -> str:
    return f"{side}.{name}" if name in columns else "null::varchar"


def _cause(found: Causes, seeds: bool, models: bool) -> str:
    """SQL for the cause of a row: its own document if that changed, otherwise all that may have changed it."""
    reread = "(document_change is not distinct from 'reread' or is_organization_reread)"
    reading_seeds = bool(found.reading_seeds)
    parts = [
        f"if({reread} and {found.loader_changed}, 'loader', null)",
        f"if({seeds} or ({reread} and {reading_seeds}), 'seeds', null)",
        f"if({models}, 'models', null)",
        "if(has_no_document or organization_change is null, organization_change, 'documents')",
    ]
    if found.documents:
        otherwise = "documents"
    elif found.reread:
        otherwise = "+".join(["loader"] * found.loader_changed + ["seeds"] * reading_seeds)
    else:
        otherwise = "unknown"
    return f"""
        case
            when document_change in ('added', 'removed', 'changed') then 'documents_' || document_change
            else coalesce(nullif(concat_ws('+', {", ".join(parts)}), ''), '{otherwise}')
        end
    """


def _detail(cause: str, found: Causes, seeds: frozenset[str], models: frozenset[str], files: Sequence[str]) -> str:
    documents = _some(files or sorted({name for _, name in found.documents}))
    named = {
        "loader": "、".join(found.loader),
        "seeds": _some(sorted(seeds or found.reading_seeds)),
        "models": _some(sorted(models)),
    }
    return "；".join(
        text for part in cause.split("+") if (text := documents if part.startswith("documents") else named.get(part))
    )


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:SAMPLES]) + (f" 等 {len(names)} 个" if len(names) > SAMPLES else "")
