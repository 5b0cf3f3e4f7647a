"""Exports: the files hold what the marts hold, every printed number has its source, and a Data Package is one."""

from __future__ import annotations

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import openpyxl
import pyarrow as pa
import pytest
from answers import Ask, parsed
from pyarrow import parquet

from warehouse import exports, query
from warehouse.build import BuildResult
from warehouse.exports import ExportError, SourcesError
from warehouse.tabular import FileForm
from warehouse.transform import load_project

WIDE = ("fct_three_public", "fct_budget_execution", "fct_project", "mart_city_comparison")


@pytest.fixture(scope="module")
def exported(samples: BuildResult, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All marts of the samples in all forms."""
    folder = tmp_path_factory.mktemp("exported") / "导出"
    with query.reading(samples.warehouse) as connection:
        exports.export(connection, load_project(root), exports.choose(connection), folder, list(FileForm))
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_mart_is_a_file_of_every_form(exported: Path, samples_connection: duckdb.DuckDBPyConnection) -> None:
    marts = {
        name
        for (name,) in samples_connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
    }
    for form in ("csv", "parquet", "json"):
        assert {file.stem for file in (exported / form).iterdir()} == marts | {"sources"}
    assert set(openpyxl.load_workbook(exported / "gouji.xlsx", read_only=True).sheetnames) == marts | {"说明", "出处"}


@pytest.mark.parametrize("name", WIDE)
def test_files_hold_the_rows_of_the_mart(
    exported: Path, samples_connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    table = parquet.read_table(exported / "parquet" / f"{name}.parquet")
    assert all(pa.types.is_decimal(f.type) for f in table.schema if f.name.endswith("_yuan"))
    key = table.column_names[0]
    expected = samples_connection.sql(f"from marts.{name} order by {key}").to_arrow_table().to_pylist()
    assert sorted(table.to_pylist(), key=lambda row: row[key]) == expected
    written = {row[key]: row for row in rows(exported / "csv" / f"{name}.csv")}
    for row in expected:
        for column, value in row.items():
            if isinstance(value, Decimal):
                assert Decimal(written[row[key]][column]) == value
            elif value is None:
                assert written[row[key]][column] == ""


def test_every_printed_number_of_a_wide_mart_has_its_source(exported: Path) -> None:
    """The value of the source is that of the cell; only a full-year budget may be the sum of two prints."""
    sources: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in rows(exported / "csv" / "sources.csv"):
        sources.setdefault((row["table_name"], row["row_id"], row["column_name"]), []).append(row)
    computed = {"execution_rate_pct", "project_share_pct", "three_public_share_pct"}
    counted = 0
    for name in ("fct_three_public", "fct_income", "fct_assets", "fct_procurement", "fct_staffing", *WIDE[1:]):
        for row in rows(exported / "csv" / f"{name}.csv"):
            for column, value in row.items():
                if not value or column in computed or not column.endswith(("_yuan", "_pct")):
                    continue
                found = sources[name, next(iter(row.values())), column]
                assert sum(Decimal(each["value"]) for each in found) == Decimal(value), (name, row, column)
                assert len(found) == 1 or column == "full_year_budget_yuan"
                counted += 1
    assert counted > 300


def test_a_source_names_document_page_and_words(exported: Path, samples_connection: duckdb.DuckDBPyConnection) -> None:
    found = [row for row in rows(exported / "csv" / "sources.csv") if row["file_name"].endswith(".pdf")]
    assert found
    for row in found:
        assert len(row["document_id"]) == 64
        assert int(row["page"]) > 0
        assert row["quote"]
        assert row["column_title"]
    quotes = dict(samples_connection.execute("select figure_id, quote from marts.fct_figure").fetchall())
    assert [row for row in found if quotes[row["figure_id"]] != row["quote"]] == []


def test_the_data_package_is_valid(exported: Path) -> None:
    report = frictionless.validate(str(exported / "datapackage.json"))
    assert report.valid, [task.errors for task in report.tasks if not task.valid]
    assert report.stats["tasks"] > 20


def test_a_broken_file_would_not_be(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported / "csv", tmp_path / "csv")
    shutil.copy(exported / "datapackage.json", tmp_path)
    file = tmp_path / "csv" / "fct_three_public.csv"
    file.write_text(file.read_text("utf-8-sig").replace("8000.000000", "八千"), encoding="utf-8-sig")
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_the_data_package_tells_meanings_units_and_what_is_fiscal(exported: Path) -> None:
    package = json.loads((exported / "datapackage.json").read_text(encoding="utf-8"))
    assert [len(source["sha256"]) for source in package["sources"]] == [64] * 5
    resource = next(each for each in package["resources"] if each["title"] == "fct_three_public")
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert resource["schema"]["primaryKey"] == ["organization_year_id"]
    assert fields["fiscal_year"]["columnType"] == "date:fiscal-year"
    assert fields["organization_name"]["columnType"] == "administrative-classification:generic:label"
    assert {
        "type": "number",
        "title": "“三公”经费决算数（元）",
        "columnType": "value",
        "currency": "CNY",
    }.items() <= fields["total_actual_yuan"].items()


def test_a_sheet_has_chinese_headings_formats_and_a_frozen_header(exported: Path) -> None:
    sheet = openpyxl.load_workbook(exported / "gouji.xlsx")["fct_three_public"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[1:6:4] == ["编报单位的印刷名称", "“三公”经费决算数（元）"]
    assert sheet.freeze_panes == "A2"
    assert {row[5].number_format for row in sheet.iter_rows(min_row=2) if row[5].value is not None} == {"#,##0.00"}


def test_text_of_documents_is_made_harmless(samples_copy: Path, root: Path, tmp_path: Path) -> None:
    with duckdb.connect(samples_copy) as connection:
        connection.execute(
            "update marts.fct_figure set quote = '=cmd|'' /C calc''!A0' where item = 'three_public_total'"
        )
    with query.reading(samples_copy) as connection:
        selection = exports.choose(connection, marts=["fct_figure", "fct_three_public"])
        exports.export(connection, load_project(root), selection, tmp_path, [FileForm.csv, FileForm.xlsx])
    quotes = {
        row["quote"] for row in rows(tmp_path / "csv" / "sources.csv") if row["column_name"] == "total_actual_yuan"
    }
    assert quotes == {"'=cmd|' /C calc'!A0"}
    sheet = openpyxl.load_workbook(tmp_path / "gouji.xlsx")["fct_figure"]
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value[0] == "="]
    assert {cell.data_type for cell in cells} == {"s"}


# What is chosen


def test_an_organisation_a_place_a_year_and_tables_can_be_chosen(ask: Ask, tmp_path: Path) -> None:
    done = parsed(
        ask("export", "--out", tmp_path / "a", "--organization", "丰台", "--mart", "fct_staffing", "--mart",
            "fct_three_public", "--format", "csv", "--json")
    )  # fmt: skip
    assert done["rows"] == {"fct_staffing": 0, "fct_three_public": 1, "sources": 4}
    done = parsed(ask("export", "-o", tmp_path / "b", "--city", "昆明", "--year", "2017", "-f", "parquet", "--json"))
    names = set(parquet.read_table(tmp_path / "b/parquet/fct_figure.parquet").column("organization_name").to_pylist())
    assert names == {"昆明市网格化监督指挥中心官渡分中心", "官渡区城市管理综合行政执法局"}
    years = parquet.read_table(tmp_path / "b/parquet/fct_check.parquet").column("fiscal_year").unique().to_pylist()
    assert years == [2017]
    documents = parquet.read_table(tmp_path / "b/parquet/fct_number_unread.parquet").column("file_name").unique()
    assert documents.to_pylist() == ["guandu_2017_performance.txt"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--organization", "丰太"], "没有这个单位：丰太"),
        (["--city", "长沙"], "没有这个地区：长沙"),
        (["--city", "昆明", "--organization", "丰台"], "不在昆明"),
        (["--mart", "fct_three_publik"], "没有这个表：fct_three_publik，是否想写：fct_three_public"),
        (["--year", "1999"], "没有可导出的数据"),
    ],
)
def test_what_is_not_there_is_told_and_nothing_written(ask: Ask, tmp_path: Path, words: list[str], told: str) -> None:
    answer = ask("export", "--out", tmp_path / "a", *words)
    assert (answer.code, answer.out) == (1, "")
    assert told in answer.err
    assert not (tmp_path / "a").exists()


def test_a_file_in_the_way_and_a_warehouse_of_other_models_are_errors(
    ask: Ask, samples_copy: Path, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "是文件，不是文件夹" in ask("export", "--out", tmp_path / "file").err
    with duckdb.connect(samples_copy) as connection:
        connection.execute("alter table intermediate.int_organization_figure rename column value to amount")
    with query.reading(samples_copy) as connection, pytest.raises(SourcesError, match="请先运行 gouji run"):
        exports.export(connection, load_project(root), exports.choose(connection), tmp_path / "a")


def test_an_export_of_nothing_is_an_error(samples: BuildResult, root: Path, tmp_path: Path) -> None:
    with query.reading(samples.warehouse) as connection:
        selection = exports.choose(connection, year=1999, marts=["fct_staffing"])
        with pytest.raises(ExportError):
            exports.export(connection, load_project(root), selection, tmp_path)


def test_headings_are_the_beginning_of_a_description() -> None:
    examples: dict[str, Any] = {
        "本年支出合计决算数（元）；没有印出的为空": "本年支出合计决算数（元）",
        "重算的执行率（%）：决算数 ÷ 全年预算数": "重算的执行率（%）",
        "单位": "单位",
    }
    assert {meaning: exports.heading(meaning) for meaning in examples} == examples
