"""OpenDocument spreadsheets: sheets with every cell's text as its program displayed it.

Takes the bytes of an ods file, gives what a workbook gives. The file holds both what is stored and what was displayed;
the value is taken where a program wrote no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from loaders.document import Content, Unreadable
from loaders.formats import archive, office_xml
from loaders.formats.number_formats import lines, printed
from loaders.formats.office_xml import name_of, number, value
from loaders.formats.sheets import MOST_FILLED, Sheet, Workbook

_ROWS = frozenset(("table-row-group", "table-header-rows", "table-rows"))
_COLUMNS = frozenset(("table-column-group", "table-header-columns", "table-columns"))
_HIDDEN = frozenset(("collapse", "filter"))
_WIDEST = 16_384
_EXPONENT = re.compile(r"\dE[+-]?\d")


def read(data: bytes) -> Content:
    """The title and blocks of an ods file, as `excel.read` gives them.

    Raises Unreadable with reason `damaged_file`, `password`, `too_large`, `no_text` or `archive_too_large`.
    """
    with archive.open_zip(data) as package:
        if b"encryption-data" in archive.xml_part(package, "META-INF/manifest.xml"):
            raise Unreadable("password", "表格文件有密码；请提供没有密码的文件")
        root = office_xml.parse(archive.xml_part(package, "content.xml"))
    hidden = {
        value(style, "name")
        for style in root.iterfind("{*}automatic-styles/{*}style")
        if value(style.find("{*}table-properties"), "display") == "false"
    }
    book = Workbook()
    for page, table in enumerate(root.iterfind("{*}body/{*}spreadsheet/{*}table"), 1):
        sheet, without_result = _sheet(table)
        sheet.is_hidden = value(table, "style-name") in hidden
        book.add(sheet, page)
        if without_result and not sheet.is_hidden:
            book.omit_formulas(sheet.name, without_result, page)
    return book.content()


def _sheet(table: etree._Element) -> tuple[Sheet, list[tuple[int, int]]]:
    """A sheet, and the places of formulas whose result is not in the file."""
    sheet = Sheet(value(table, "name"))
    without_result: list[tuple[int, int]] = []
    at = 0
    for column in _inside(table, "table-column", _COLUMNS):
        repeated = number(column, 1, "number-columns-repeated")
        if value(column, "visibility") in _HIDDEN:
            sheet.hidden_columns.append((at, at + repeated - 1))
        at += repeated
    row_no = filled = 0
    for row in _inside(table, "table-row", _ROWS):
        repeated = max(1, number(row, 1, "number-rows-repeated"))
        texts: dict[int, str] = {}
        col_no = 0
        for cell in row:
            times = max(1, number(cell, 1, "number-columns-repeated"))
            if name_of(cell) == "table-cell":
                text = _text(cell)
                if text:
                    texts.update(dict.fromkeys(range(col_no, min(col_no + times, _WIDEST)), text))
                elif value(cell, "formula") and not value(cell, "value-type"):
                    without_result.append((row_no, col_no))
                spans = number(cell, 1, "number-rows-spanned"), number(cell, 1, "number-columns-spanned")
                if max(spans) > 1:
                    sheet.merged[row_no, col_no] = (max(1, spans[0]), max(1, spans[1]))
            col_no += times
        if texts:
            filled += len(texts) * repeated
            if filled > MOST_FILLED:
                raise Unreadable("too_large", f"工作表“{sheet.name}”里的单元格过多；请拆分后再提供")
            sheet.texts.update(dict.fromkeys(range(row_no, row_no + repeated), texts))
            if value(row, "visibility") in _HIDDEN:
                sheet.hidden_rows.update(range(row_no, row_no + repeated))
        row_no += repeated
    return sheet, without_result


def _inside(element: etree._Element, name: str, groups: frozenset[str]) -> Iterator[etree._Element]:
    """The children of this name, those in groups too, in their order."""
    for child in element:
        if name_of(child) == name:
            yield child
        elif name_of(child) in groups:
            yield from _inside(child, name, groups)


def _text(cell: etree._Element) -> str:
    """What a cell displays; where only its value is stored, that."""
    shown = lines("\n".join(_line(paragraph) for paragraph in cell if name_of(paragraph) in ("p", "h")))
    kind = value(cell, "value-type")
    if kind in ("float", "percentage", "currency"):
        try:
            stored = float(value(cell, "value"))
        except ValueError:
            return shown
        if not shown or _EXPONENT.search(shown):
            return printed(stored, "0.############%" if kind == "percentage" else "")
        # Red print and parentheses mean a minus too, but are lost or ambiguous in text.
        return shown if stored >= 0 or "-" in shown else "-" + shown.strip().strip("()（）")
    if shown:
        return shown
    if kind == "boolean":
        return value(cell, "boolean-value").upper()
    return lines(value(cell, f"{kind}-value")) if kind in ("date", "time", "string") else ""


def _line(paragraph: etree._Element) -> str:
    text = paragraph.text or ""
    for child in paragraph:
        name = name_of(child)
        if name == "s":
            text += " " * min(max(1, number(child, 1, "c")), 100)
        elif name in ("tab", "line-break"):
            text += "\t" if name == "tab" else "\n"
        elif name != "annotation":
            text += _line(child)
        text += child.tail or ""
    return text
