"""Excel workbooks in one XML file (the XML Spreadsheet of Excel 2003), which reporting systems export as `.xls`.

Takes the decoded text of such a file, gives what a workbook gives.
"""

from __future__ import annotations

import datetime
import re

from lxml import etree

from loaders.document import Content
from loaders.formats import office_xml
from loaders.formats.number_formats import lines, printed
from loaders.formats.office_xml import name_of, number, value
from loaders.formats.sheets import Sheet, Workbook

MAGIC = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"(?:<\?mso-application[^>]*Excel\.Sheet|<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet)",
    re.DOTALL,
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_NAMED_FORMATS = {
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Short Date": "yyyy/m/d",
    "Long Date": 'yyyy"年"m"月"d"日"',
}


def read(text: str) -> Content:
    """The title and blocks of an XML Spreadsheet, as `excel.read` gives them.

    Raises Unreadable with reason `damaged_file`, `too_large` or `no_text`.
    """
    # The text is decoded already: what the file says of its encoding no longer holds.
    root = office_xml.parse(_DECLARATION.sub("", text, count=1).strip().encode())
    formats: dict[str, str] = {}
    for style in root.iterfind("{*}Styles/{*}Style"):
        stated = value(style.find("{*}NumberFormat"), "Format") or formats.get(value(style, "Parent"), "")
        formats[value(style, "ID")] = _NAMED_FORMATS.get(stated, stated)
    book = Workbook()
    for page, worksheet in enumerate(root.iterfind("{*}Worksheet"), 1):
        sheet, without_result = _sheet(worksheet, formats)
        book.add(sheet, page)
        if without_result and not sheet.is_hidden:
            book.omit_formulas(sheet.name, without_result, page)
    return book.content()


def _sheet(worksheet: etree._Element, formats: dict[str, str]) -> tuple[Sheet, list[tuple[int, int]]]:
    """A sheet, and the places of formulas whose result is not in the file."""
    sheet = Sheet(value(worksheet, "Name"))
    sheet.is_hidden = worksheet.findtext("{*}WorksheetOptions/{*}Visible", "").strip() in (
        "SheetHidden",
        "SheetVeryHidden",
    )
    without_result: list[tuple[int, int]] = []
    row_no = column_no = -1
    for element in worksheet.iterfind("{*}Table/*"):
        if name_of(element) == "Column":
            column_no = number(element, column_no + 2, "Index") - 1
            last = column_no + number(element, 0, "Span")
            if value(element, "Hidden") == "1":
                sheet.hidden_columns.append((column_no, last))
            column_no = last
        elif name_of(element) == "Row":
            row_no = number(element, row_no + 2, "Index") - 1
            if value(element, "Hidden") == "1":
                sheet.hidden_rows.add(row_no)
            col_no = -1
            for cell in element.iterfind("{*}Cell"):
                col_no = number(cell, col_no + 2, "Index") - 1
                if text := _text(cell, formats.get(value(cell, "StyleID"), "")):
                    sheet.texts.setdefault(row_no, {})[col_no] = text
                elif value(cell, "Formula") and cell.find("{*}Data") is None:
                    without_result.append((row_no, col_no))
                down, across = max(0, number(cell, 0, "MergeDown")), max(0, number(cell, 0, "MergeAcross"))
                if down or across:
                    sheet.merged[row_no, col_no] = (down + 1, across + 1)
                col_no += across
    return sheet, without_result


def _text(cell: etree._Element, code: str) -> str:
    data = cell.find("{*}Data")
    if data is None:
        return ""
    kind, text = value(data, "Type"), "".join(str(part) for part in data.itertext())
    try:
        if kind == "Number":
            return printed(float(text), code)
        if kind == "DateTime":
            return printed(datetime.datetime.fromisoformat(text), code)
    except ValueError:
        return lines(text)
    return lines(text) if kind != "Boolean" else {"1": "TRUE", "0": "FALSE"}.get(text, text)
