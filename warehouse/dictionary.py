"""The data dictionary: every table and column of a warehouse, with its data tests, as one Markdown page.

Takes a loaded project and, for the types, a connection to a warehouse built from it; gives Markdown in Chinese.
`python -m warehouse.dictionary` writes docs/data-dictionary.md, `--check` only says whether it is up to date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from loaders.landing import Landing
from warehouse import changes, runs, state
from warehouse.diff.compare import DIFF
from warehouse.expectations.report import TABLE as EXPECTATION_RESULT
from warehouse.lineage.graph import COLUMN_LINEAGE
from warehouse.meta import MetaTable
from warehouse.paths import project_root
from warehouse.reading.inventory import TABLE as SOURCE_FILE
from warehouse.sources.addresses import TABLE as SOURCE_ADDRESS
from warehouse.transform import Model, Project, Seed, SourceTable, load_project, run
from warehouse.transform.resources import DataTest
from warehouse.transform.state import TABLE as MODEL_STATE

Table = Model | Seed | SourceTable

# In the order in which analysts need them; a schema that is not here comes last.
_SCHEMAS = {
    "marts": "分析用表：查询、网站和导出都从这里取数",
    "reference": "参考表：分类科目、行政区划、词表、规则，由 seeds/ 下的 CSV 装入",
    "staging": "规整：原始行换算成基本单位，带上含义",
    "intermediate": "中间结果：单位、地区、选定的数和各项核对",
    "raw": "原始：文件和其中的数字，一切照印刷",
}
# Tables of `meta`: runs, versions, what they were built from, what was expected of them.
META: tuple[MetaTable, ...] = (
    runs.RUN,
    runs.STEP,
    changes.CHANGE,
    state.VERSION,
    DIFF,
    SOURCE_FILE,
    SOURCE_ADDRESS,
    runs.MADE_BY,
    state.NODE,
    MODEL_STATE,
    COLUMN_LINEAGE,
    EXPECTATION_RESULT,
)
_REFERENCE = re.compile(r"""ref\(['"](?P<node>\w+)['"]\)|source\(['"](?P<source>\w+)['"],\s*['"](?P<table>\w+)['"]\)""")

Types = Mapping[tuple[str, str, str], str]


def render(project: Project, connection: duckdb.DuckDBPyConnection | None = None) -> str:
    """The dictionary of `project`; with a connection to its warehouse each column has its type."""
    types = _types(connection) if connection is not None else {}
    lines = [
        "# 数据字典",
        "",
        "由 `python -m warehouse.dictionary` 根据 models/、seeds/ 和程序里的说明生成，请勿手改。",
        "术语对照见 [glossary.md](glossary.md)。",
    ]
    for schema, tables in _by_schema(project).items():
        lines += ["", f"## {schema}", "", *([_SCHEMAS[schema], ""] if schema in _SCHEMAS else [])]
        lines += _contents((str(table.relation), table.description) for table in tables)
        for table in tables:
            lines += ["", *_section(project, table, types)]
    lines += ["", "## meta", "", "数仓的自述：由程序写入，不是模型", ""]
    lines += _contents((own.relation, own.comment) for own in META)
    for own in META:
        lines += ["", f"### {own.relation}", "", own.comment, "", "| 列 | 类型 | 说明 |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | {kind.upper()} | {_cell(text)} |" for name, (kind, text) in own.columns.items()]
    return "\n".join(lines) + "\n"


def current(project: Project) -> str:
    """The dictionary with the types of an empty warehouse, which are those of any warehouse."""
    with duckdb.connect() as connection:
        Landing(connection).create()
        run(connection, project)
        return render(project, connection)


def _by_schema(project: Project) -> dict[str, list[Table]]:
    sources = [table for source in project.sources.values() for table in source.tables.values()]
    tables: dict[str, list[Table]] = {schema: [] for schema in _SCHEMAS}
    for table in sorted([*project.nodes().values(), *sources], key=lambda table: table.relation.name):
        tables.setdefault(table.schema, []).append(table)
    return {schema: found for schema, found in tables.items() if found}


def _contents(tables: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Links to the sections of tables, given `schema.name` and description."""
    yield "| 表 | 一行是什么 |"
    yield "| --- | --- |"
    for relation, description in tables:
        name = relation.partition(".")[2]
        yield f"| [{name}](#{relation.replace('.', '')}) | {_cell(description.partition('。')[0])} |"


def _section(project: Project, table: Table, types: Types) -> Iterator[str]:
    yield f"### {table.relation}"
    for line in table.description.splitlines():
        yield ""
        yield line
    yield ""
    yield f"出处：[{table.file}](../{table.file})"
    yield ""
    yield "| 列 | 类型 | 说明 | 检验 |" if types else "| 列 | 说明 | 检验 |"
    yield "| --- | --- | --- | --- |" if types else "| --- | --- | --- |"
    for column in table.columns:
        tests = "；".join(_test(project, test) for test in table.data_tests if test.column == column.name)
        kind = types.get((table.schema, table.relation.name, column.name), "")
        cells = [f"`{column.name}`", *([kind] if types else []), _cell(column.description), tests]
        yield f"| {' | '.join(cells)} |"


def _test(project: Project, test: DataTest) -> str:
    match test.name:
        case "not_null":
            return "非空"
        case "unique":
            return "唯一"
        case "accepted_values":
            return "取值：" + "、".join(str(value) for value in test.arguments["values"])
        case "relationships":
            return f"见于 {_target(project, str(test.arguments['to']))}.{test.arguments['field']}"
        case name:
            return name


def _target(project: Project, reference: str) -> str:
    """The table that `ref('…')` or `source('…', '…')` names; the text as it is where it is neither."""
    match = _REFERENCE.fullmatch(reference.strip())
    if match is None:
        return reference
    if match["node"]:
        return str(project.node(match["node"]).relation)
    return str(project.sources[match["source"]].tables[match["table"]].relation)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _types(connection: duckdb.DuckDBPyConnection) -> Types:
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_catalog = current_database()"
    ).fetchall()
    return {(schema, table, column): kind for schema, table, column, kind in rows}


def main(arguments: list[str] | None = None) -> int:
    """Write the dictionary; with `--check` only compare, and give 1 where the file differs."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.dictionary", description="生成数据字典")
    parser.add_argument("--check", action="store_true", help="只检查文件是否与说明一致")
    check: bool = parser.parse_args(arguments).check
    root = project_root()
    file = root / "docs" / "data-dictionary.md"
    text = current(load_project(root))
    if not check:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return 0
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return 0
    print(f"{file} 与 models/、seeds/ 的说明不一致，请运行 python -m warehouse.dictionary", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
