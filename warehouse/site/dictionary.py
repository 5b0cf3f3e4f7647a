"""The data dictionary for searching: tables and columns as models/ and seeds/ describe them, what flows into what, and
the Chinese terms with the names that stand for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.site import queries
from warehouse.site.folder import SiteFolder
from warehouse.site.queries import Capabilities
from warehouse.transform import Graph, Model, Project, Seed, SourceTable, build_graph

_SCHEMAS = ("marts", "reference", "intermediate", "staging", "raw", "meta")
_TERMS = """
    select t.item, m.label, list(distinct t.term order by t.term) as terms
    from reference.term as t inner join reference.measure as m on t.item = m.item
    group by t.item, m.label order by min(m.rowid)
"""


def write(
    connection: duckdb.DuckDBPyConnection, has: Capabilities, folder: SiteFolder, project: Project
) -> tuple[int, int]:
    """The chunk of the page; gives the numbers of tables and of columns."""
    types = {
        (row["table_schema"], row["table_name"], row["column_name"]): row["data_type"]
        for row in queries.rows(
            connection,
            "select table_schema, table_name, column_name, data_type from information_schema.columns"
            " where table_catalog = current_database()",
        )
    }
    parents = _parents(build_graph(project))
    sources = [table for source in project.sources.values() for table in source.tables.values()]
    tables = sorted(
        [*project.nodes().values(), *sources], key=lambda table: (_place(table.schema), table.relation.name)
    )
    rows = [_table(table, parents, types) for table in tables]
    folder.chunk(
        "dictionary",
        {
            "tables": rows,
            "glossary": glossary(project.root / "docs" / "glossary.md"),
            "items": [[row["item"], row["label"], row["terms"]] for row in queries.rows(connection, _TERMS)],
            "columns": _column_lineage(connection, has),
        },
    )
    return len(rows), sum(len(row["columns"]) for row in rows)


def _place(schema: str) -> int:
    return _SCHEMAS.index(schema) if schema in _SCHEMAS else len(_SCHEMAS)


def _table(
    table: Model | Seed | SourceTable,
    parents: Mapping[str, list[str]],
    types: Mapping[tuple[str, str, str], str],
) -> dict[str, Any]:
    relation = table.relation
    return {
        "schema": table.schema,
        "name": relation.name,
        "file": table.file,
        "description": table.description.strip(),
        "parents": parents.get(str(relation), []),
        "columns": [
            [column.name, types.get((table.schema, relation.name, column.name), ""), column.description.strip()]
            for column in table.columns
        ],
    }


def _parents(graph: Graph) -> dict[str, list[str]]:
    """What each model is made of, by the names of relations."""
    project = graph.project
    found: dict[str, list[str]] = {}
    for name, compiled in graph.compiled.items():
        named = {str(project.node(reference).relation) for reference in compiled.refs}
        named |= {str(project.sources[source].tables[table].relation) for source, table in compiled.sources}
        found[str(project.node(name).relation)] = sorted(named)
    return found


def glossary(file: Path) -> list[list[str]]:
    """The rows of the glossary's tables: section, Chinese, name, explanation, English; none without the file."""
    if not file.is_file():
        return []
    rows: list[list[str]] = []
    section = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip()
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and set(cells[0]) != {"-"} and cells[1] not in ("名称", "---"):
            rows.append([section, cells[0], cells[1].replace("`", ""), cells[2], cells[3]])
    return rows


def _column_lineage(connection: duckdb.DuckDBPyConnection, has: Capabilities) -> dict[str, Any] | None:
    """`meta.column_lineage` as it is, if the warehouse has one: its column names and rows, as text."""
    if not has.has("meta", "column_lineage"):
        return None
    names = sorted(column for schema, table, column in has.columns if (schema, table) == ("meta", "column_lineage"))
    chosen = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in names)
    found = queries.rows(connection, f"select {chosen} from meta.column_lineage order by all")
    return {"names": names, "rows": [list(row.values()) for row in found]}
