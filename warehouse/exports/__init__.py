"""Exports: marts as files that other tools open, each figure with the document, page and words it was printed in.

Takes a warehouse and a selection; writes CSV with a Data Package, Parquet, and a workbook with a sheet of sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from loaders.errors import GoujiError
from warehouse import tabular
from warehouse.exports.descriptor import Resource, descriptor
from warehouse.exports.selection import Selection, choose, rows_of
from warehouse.exports.sources import SourcesError, sources
from warehouse.tabular import FileForm, Sheet
from warehouse.transform import Project

__all__ = ["ExportError", "Exported", "Selection", "SourcesError", "choose", "export", "heading"]

FORMS = (FileForm.csv, FileForm.parquet, FileForm.xlsx)
SOURCES = "sources"

_SOURCE_HEADINGS = {
    "table_name": "表",
    "row_id": "行（表的第一列）",
    "column_name": "列",
    "column_title": "列的含义",
    "organization_name": "单位",
    "fiscal_year": "年度",
    "figure_id": "指标编号",
    "value": "数值",
    "unit": "单位（yuan 元，percent %，count 个，score 分）",
    "stated": "印刷",
    "document_id": "文件编号（SHA-256）",
    "file_name": "文件",
    "page": "页",
    "table_no": "文件中的第几张表",
    "quote": "原文",
}


class ExportError(GoujiError):
    """A folder that cannot be written to, or nothing to write."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, and the number of rows of each table."""

    files: tuple[Path, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Mart:
    """A table to export, with the comments that the warehouse has on it."""

    name: str
    table: pa.Table
    description: str
    meanings: Mapping[str, str]

    def headings(self) -> dict[str, str]:
        return {column: heading(meaning) for column, meaning in self.meanings.items() if meaning}


def heading(meaning: str) -> str:
    """The beginning of a column's description, short enough for the head of a column.

    >>> heading("本年支出合计决算数（元）；没有印出的为空")
    '本年支出合计决算数（元）'
    """
    match = re.match(r"(?:[^：，。；（]|（[^）]*）)+", meaning)
    return match[0].strip() if match else meaning


def export(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    selection: Selection,
    folder: Path,
    forms: Sequence[FileForm] = FORMS,
) -> Exported:
    """Write the selection into `folder`, which is made if need be; files of the same names are replaced.

    Raises ExportError where no row is left or the folder is a file, and SourcesError where the warehouse was built by
    other models.
    """
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} 是文件，不是文件夹：请换一个 --out")
    marts = [_read(connection, selection, name) for name in selection.tables]
    if not any(mart.table.num_rows for mart in marts if "organization_name" in mart.table.column_names):
        raise ExportError("没有可导出的数据：这些单位在这一年没有报告。用 gouji query documents 看有什么")
    marts.append(_sources(connection, project, marts))
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    if FileForm.csv in forms:
        files += _package(folder, marts, _documents(connection, marts))
    if FileForm.parquet in forms:
        for mart in marts:
            files.append(_under(folder, "parquet") / f"{mart.name}.parquet")
            tabular.write(mart.table, files[-1], FileForm.parquet)
    if FileForm.json in forms:
        for mart in marts:
            files.append(_under(folder, "json") / f"{mart.name}.json")
            tabular.write(mart.table, files[-1], FileForm.json)
    if FileForm.xlsx in forms:
        files.append(folder / "gouji.xlsx")
        tabular.write_xlsx(_sheets(marts), files[-1])
    return Exported(tuple(files), {mart.name: mart.table.num_rows for mart in marts})


def _read(connection: duckdb.DuckDBPyConnection, selection: Selection, name: str) -> _Mart:
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = ? "
        "order by column_index",
        [name],
    ).fetchall()
    described = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [name]
    ).fetchall()
    sql, parameters = rows_of(selection, name, [column for column, _ in columns])
    table = connection.sql(sql, params=parameters).to_arrow_table()
    meanings = {column: comment or "" for column, comment in columns}
    description = (described[0][0] or "" if described else "").partition("\n")[0]
    return _Mart(name, table, description, meanings)


def _sources(connection: duckdb.DuckDBPyConnection, project: Project, marts: Sequence[_Mart]) -> _Mart:
    """The source of every printed number in the marts that are exported."""
    made = sources(connection, project)
    rows = pa.table(
        {
            "exported": [mart.name for mart in marts for _ in range(mart.table.num_rows)],
            "key": [str(key) for mart in marts for key in mart.table.column(0).to_pylist()],
        },
        schema=pa.schema([("exported", pa.string()), ("key", pa.string())]),
    )
    titles = [(mart.name, column, title) for mart in marts for column, title in mart.headings().items()]
    named = pa.table(list(zip(*titles, strict=True)), names=["of_table", "of_column", "column_title"])
    connection.register("exported_rows", rows)
    connection.register("column_titles", named)
    table = connection.sql(
        f"""
        select
            s.table_name, s.row_id, s.column_name, t.column_title, f.organization_name, f.fiscal_year, s.figure_id,
            f.value, f.unit, f.stated, f.document_id, f.file_name, f.page, f.table_no, f.quote
        from {made} as s
        inner join marts.fct_figure as f on s.figure_id = f.figure_id
        inner join exported_rows as e on s.table_name = e.exported and s.row_id = e.key
        left join column_titles as t on s.table_name = t.of_table and s.column_name = t.of_column
        order by s.table_name, f.organization_name, f.fiscal_year, s.row_id, s.column_name, s.figure_id
        """
    ).to_arrow_table()
    connection.unregister("exported_rows")
    connection.unregister("column_titles")
    return _Mart(
        SOURCES,
        table,
        "一行一个宽表中的数的出处：哪张表的哪一行哪一列，印在哪份文件的哪一页，原文是什么。重算的比率没有出处。",
        _SOURCE_HEADINGS,
    )


def _documents(connection: duckdb.DuckDBPyConnection, marts: Sequence[_Mart]) -> list[dict[str, Any]]:
    """The published files that anything in the marts comes from."""
    used = {
        identity
        for mart in marts
        if "document_id" in mart.table.column_names
        for identity in mart.table.column("document_id").to_pylist()
    }
    rows = connection.execute("select document_id, file_name from raw.document order by 2, 1").fetchall()
    return [{"document_id": identity, "file_name": name} for identity, name in rows if identity in used]


def _under(folder: Path, name: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    return folder / name


def _package(folder: Path, marts: Sequence[_Mart], documents: Sequence[Mapping[str, Any]]) -> list[Path]:
    """CSV files and the description that makes a Data Package of them."""
    files, resources = [], []
    for mart in marts:
        path = f"csv/{mart.name}.csv"
        _under(folder, "csv")
        tabular.write(mart.table, folder / path, FileForm.csv)
        files.append(folder / path)
        first = mart.table.column(0)
        unique = first.null_count == 0 and len(first.unique()) == len(first) and mart.name != SOURCES
        key = mart.table.column_names[0] if unique else None
        resources.append(Resource(mart.name, path, mart.table, mart.description, mart.headings(), mart.meanings, key))
    package = folder / "datapackage.json"
    content = descriptor(resources, "勾稽：地方政府公开财政数据", documents)
    package.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return [package, *files]


def _sheets(marts: Sequence[_Mart]) -> list[Sheet]:
    """The sheets of the workbook: what is in it, the marts, and the sources."""
    contents = pa.table(
        {
            "name": [mart.name for mart in marts for _ in mart.table.column_names],
            "description": [mart.description for mart in marts for _ in mart.table.column_names],
            "rows": [mart.table.num_rows for mart in marts for _ in mart.table.column_names],
            "column": [column for mart in marts for column in mart.table.column_names],
            "heading": [mart.headings().get(column, column) for mart in marts for column in mart.table.column_names],
            "meaning": [mart.meanings.get(column, "") for mart in marts for column in mart.table.column_names],
        }
    )
    titles = {
        "name": "工作表",
        "description": "内容",
        "rows": "行数",
        "column": "列名",
        "heading": "表头",
        "meaning": "含义",
    }
    return [
        Sheet("说明", contents, titles),
        *(Sheet("出处" if mart.name == SOURCES else mart.name, mart.table, mart.headings()) for mart in marts),
    ]
