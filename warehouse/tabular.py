"""A table in a file: CSV that Excel opens with its Chinese intact, JSON, Parquet, and workbooks.

Takes Arrow tables, whose decimals are exact; writes them so that no digit is lost and no text is run as a formula.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


class FileForm(StrEnum):
    """What a table can be written as; the value is the end of the file's name."""

    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


# A spreadsheet takes text that begins with one of these (full width too) for a formula, and a formula can call out.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?%?")

_EXCEL_ROWS = 1_048_576
_EXCEL_TEXT = 32_767
_EXCEL_DIGITS = 15
_WIDEST = 60

# How a workbook shows a column, by the end of its name; amounts are in yuan.
_FORMATS = (
    ("_yuan", "#,##0.00"),
    ("_pct", '0.00"%"'),
    ("_count", "#,##0"),
    ("_year", "0"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with the name of its sheet, and Chinese headings for some of its columns (others keep their name)."""

    name: str
    table: pa.Table
    headings: Mapping[str, str] = field(default_factory=dict)


def harmless(text: str) -> str:
    """Text that a spreadsheet will not run: an apostrophe stands before what looks like a formula and is no number.

    >>> harmless('=HYPERLINK("http://x")')
    '\\'=HYPERLINK("http://x")'
    >>> harmless("-73.58%")
    '-73.58%'
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows of a table as Python values: Decimal, str, int, date, list; None where there is nothing."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def as_text(value: Any) -> str:
    """A value as CSV holds it: no exponent, true and false, ISO dates; lists and structures as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    return str(value)


def write(table: pa.Table, file: Path, form: FileForm, headings: Mapping[str, str] | None = None) -> None:
    """Write one table; the folder must exist. A workbook has `headings` in its first row, the others column names."""
    if form is FileForm.csv:
        write_csv(table, file)
    elif form is FileForm.json:
        write_json(table, file)
    elif form is FileForm.parquet:
        from pyarrow import parquet

        parquet.write_table(table, file, compression="zstd")
    else:
        write_xlsx([Sheet("查询结果", table, headings or {})], file)


def write_csv(table: pa.Table, file: Path) -> None:
    """A CSV file with a byte order mark, by which Excel knows UTF-8; text is made harmless."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\r\n")
        writer.writerow([harmless(name) for name in table.column_names])
        for row in rows(table):
            writer.writerow([harmless(value) if isinstance(value, str) else as_text(value) for value in row])


def write_json(table: pa.Table, file: Path) -> None:
    """A JSON list of objects; decimals are strings, so that no reader makes floating point of them."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        opened.write("[")
        for number, row in enumerate(rows(table)):
            opened.write(",\n " if number else "\n ")
            named = dict(zip(table.column_names, row, strict=True))
            json.dump(named, opened, ensure_ascii=False, default=as_text)
        opened.write("\n]\n")


def write_xlsx(sheets: Iterable[Sheet], file: Path) -> None:
    """A workbook: a frozen header with filters, number formats by the column's name, text as text.

    A table longer than a sheet can be goes on in sheets of the same name with a number. Its file does not depend on
    when it was written.
    """
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(file), options) as book:
        book.set_properties({"created": datetime(2000, 1, 1), "title": "勾稽 gouji"})
        styles = _Styles(book)
        for sheet in sheets:
            for number, start in enumerate(range(0, max(sheet.table.num_rows, 1), _EXCEL_ROWS - 1), 1):
                part = sheet.table.slice(start, _EXCEL_ROWS - 1)
                _write_sheet(book.add_worksheet(_sheet_name(sheet.name, number)), sheet, part, styles)


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.header = book.add_format({"bold": True, "bg_color": "#DDE7F0", "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})

    def of(self, column: str) -> Format | None:
        """The number format of a column; None where its name says nothing."""
        pattern = next((pattern for end, pattern in _FORMATS if column.endswith(end)), None)
        if pattern is None:
            return None
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _sheet_name(name: str, number: int) -> str:
    """A name that Excel takes: 31 characters at the most, none of those that it refuses."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", name)
    return plain[:31] if number == 1 else f"{plain[:26]} ({number})"


def _write_sheet(page: Worksheet, sheet: Sheet, part: pa.Table, styles: _Styles) -> None:
    columns = part.column_names
    headings = [sheet.headings.get(column, column) for column in columns]
    formats = [styles.of(column) for column in columns]
    for number, width in enumerate(_widths(headings, part)):
        page.set_column(number, number, width)
    page.freeze_panes(1, 0)
    for number, heading in enumerate(headings):
        page.write_string(0, number, heading, styles.header)
    for line, row in enumerate(rows(part), 1):
        for number, value in enumerate(row):
            _write_cell(page, line, number, value, formats[number], styles.text)
    if columns:
        page.autofilter(0, 0, max(part.num_rows, 1), len(columns) - 1)


def _write_cell(page: Worksheet, line: int, column: int, value: Any, shown: Format | None, text: Format) -> None:
    """One cell. A number of more digits than Excel keeps is written as text, so that none is lost."""
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(line, column, value)
    elif isinstance(value, (int, float, Decimal)):
        if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > _EXCEL_DIGITS:
            page.write_string(line, column, as_text(value), text)
        else:
            page.write_number(line, column, value, shown)
    elif isinstance(value, list):
        page.write_string(line, column, _fitting("\n".join(map(as_text, value))), text)
    else:
        page.write_string(line, column, _fitting(as_text(value)), text)


def _fitting(text: str) -> str:
    """Text as long as a cell can hold; what is cut off is said to be."""
    mark = "…（未完）"
    return text if len(text) <= _EXCEL_TEXT else text[: _EXCEL_TEXT - len(mark)] + mark


def _widths(headings: Sequence[str], table: pa.Table) -> list[int]:
    """Widths that show the heading and the first rows; a Chinese character takes two places."""
    widths = [_width(heading) for heading in headings]
    for row in rows(table.slice(0, 200)):
        widths = [max(width, _width(as_text(value))) for width, value in zip(widths, row, strict=True)]
    return [min(width + 2, _WIDEST) for width in widths]


def _width(text: str) -> int:
    line = text.split("\n", 1)[0]
    return sum(2 if ord(character) > 0x2E80 else 1 for character in line)
