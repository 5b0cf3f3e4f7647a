"""Tables in files: no digit is lost, Chinese stays intact in Excel, no text is run as a formula."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from warehouse import tabular
from warehouse.tabular import FileForm, Sheet, harmless

TABLE = pa.table(
    {
        "单位": ["丰台区", "=cmd|' /C calc'!A0", None],
        "total_yuan": pa.array(
            [Decimal("-8000.000000"), None, Decimal("12345678901234567.890000")], pa.decimal128(38, 6)
        ),
        "share_pct": pa.array([Decimal("70.900000"), Decimal("0.000000"), None], pa.decimal128(38, 6)),
        "stated": ["-73.58%", "+86元", "@x"],
        "evidence": [["甲", "乙"], [], None],
        "day": [date(2024, 1, 2), None, None],
    }
)


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "－万元", "-611.78万元"])
def test_text_that_begins_like_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-73.58%", "-1,234.50", "+5", "2024年", "a=b", "“三公”", "-0"])
def test_numbers_and_other_text_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_csv_has_a_mark_for_excel_and_plain_decimals(tmp_path: Path) -> None:
    tabular.write(TABLE, tmp_path / "a.csv", FileForm.csv)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["单位", "total_yuan", "share_pct", "stated", "evidence", "day"],
            ["丰台区", "-8000.000000", "70.900000", "-73.58%", '["甲", "乙"]', "2024-01-02"],
            ["'=cmd|' /C calc'!A0", "", "0.000000", "'+86元", "[]", ""],
            ["", "12345678901234567.890000", "", "'@x", "", ""],
        ]


def test_json_holds_decimals_as_text(tmp_path: Path) -> None:
    tabular.write(TABLE, tmp_path / "a.json", FileForm.json)
    first, second, third = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (first["total_yuan"], first["evidence"], first["day"]) == ("-8000.000000", ["甲", "乙"], "2024-01-02")
    assert (second["单位"], second["total_yuan"], third["单位"]) == ("=cmd|' /C calc'!A0", None, None)


def test_parquet_gives_the_same_table_back(tmp_path: Path) -> None:
    tabular.write(TABLE, tmp_path / "a.parquet", FileForm.parquet)
    assert parquet.read_table(tmp_path / "a.parquet").equals(TABLE)


def test_a_workbook_has_formats_a_frozen_header_and_text_that_is_text(tmp_path: Path) -> None:
    tabular.write(TABLE, tmp_path / "a.xlsx", FileForm.xlsx, {"total_yuan": "合计（元）"})
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.value for cell in sheet[1]] == ["单位", "合计（元）", "share_pct", "stated", "evidence", "day"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F4")
    assert (sheet["B2"].value, sheet["B2"].number_format) == (-8000, "#,##0.00")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (70.9, '0.00"%"')
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert (sheet["B3"].value, sheet["E2"].value) == (None, "甲\n乙")


def test_a_number_that_excel_would_round_is_text(tmp_path: Path) -> None:
    tabular.write(TABLE, tmp_path / "a.xlsx", FileForm.xlsx)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["B4"]
    assert (cell.value, cell.data_type) == ("12345678901234567.890000", "s")


def test_the_same_table_is_the_same_workbook(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        tabular.write(TABLE, tmp_path / name, FileForm.xlsx)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "_EXCEL_ROWS", 3)
    tabular.write_xlsx([Sheet("指标/数", pa.table({"n": list(range(5))}))], tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["指标 数", "指标 数 (2)", "指标 数 (3)"]
    assert [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2)] == [0, 1, 2, 3, 4]


def test_text_longer_than_a_cell_says_that_it_was_cut(tmp_path: Path) -> None:
    tabular.write(pa.table({"quote": ["字" * 40_000]}), tmp_path / "a.xlsx", FileForm.xlsx)
    value = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"].value
    assert (len(value), value[-5:]) == (32_767, "…（未完）")


def test_an_empty_answer_has_its_columns(tmp_path: Path) -> None:
    empty = TABLE.slice(0, 0)
    tabular.write(empty, tmp_path / "a.csv", FileForm.csv)
    tabular.write(empty, tmp_path / "a.xlsx", FileForm.xlsx)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").strip() == ",".join(TABLE.column_names)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.max_row == 1
