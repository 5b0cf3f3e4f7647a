"""The XML Spreadsheet of Excel 2003, which reporting systems export under the name of an xls."""

from __future__ import annotations

from pathlib import Path

import pytest
from packages import grid, refusal_of

from loaders.formats import read_bytes
from loaders.formats.excel_xml import read

STYLES = (
    '<Styles><Style ss:ID="Default"/><Style ss:ID="s1"><NumberFormat ss:Format="Standard"/></Style>'
    '<Style ss:ID="s2" ss:Parent="s1"/><Style ss:ID="s3"><NumberFormat ss:Format="0.00%"/></Style></Styles>'
)


def book(table: str, *, options: str = "", declared: str = "utf-8") -> str:
    """A workbook of one sheet."""
    return (
        f'<?xml version="1.0" encoding="{declared}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="urn:h">'
        f'{STYLES}<Worksheet ss:Name="收入表"><Table>{table}</Table>{options}</Worksheet></Workbook>'
    )


def cell(text: str, kind: str = "String", attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


ROWS = (
    f"<Row>{cell('项目', attributes='ss:MergeDown=&quot;1&quot;').replace('&quot;', chr(34))}"
    f"{cell('金额', attributes='ss:MergeAcross=&quot;1&quot;').replace('&quot;', chr(34))}</Row>"
    f"<Row>{cell('预算', attributes='ss:Index=&quot;2&quot;').replace('&quot;', chr(34))}{cell('决算')}</Row>"
)


def test_a_workbook_is_read_with_its_formats_and_merged_cells():
    numbers = (
        cell("甲")
        + cell("1234.5", "Number", 'ss:StyleID="s2"')
        + cell("0.9565", "Number", 'ss:StyleID="s3"')
        + cell("2024-01-05T00:00:00.000", "DateTime")
        + cell("1", "Boolean")
        + cell("#DIV/0!", "Error")
        + cell("<html:B>粗</html:B>体")
    )
    content = read(book(ROWS + f'<Row ss:Index="4">{numbers}</Row>'))
    assert content.title == "收入表"
    assert content.blocks[1].text.split("\n")[-1] == "甲\t1,234.50\t95.65%\t2024-01-05\tTRUE\t#DIV/0!\t粗体"
    assert grid(content.blocks[1])[:2] == [(0, 0, 2, 1, "项目"), (0, 1, 1, 2, "金额")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_it_is_told_by_its_content_in_any_encoding(encoding):
    data = book(f"<Row>{cell('项目')}{cell('部门预算金额')}</Row>", declared="gb2312").encode(encoding)
    document = read_bytes(data, Path("表.xls"))
    assert (document.format, [block.text for block in document.blocks]) == (
        "excel_xml",
        ["收入表", "项目\t部门预算金额"],
    )


def test_hidden_rows_and_columns_and_formulas_without_results_are_omissions():
    rows = "".join(f"<Row>{cell(name)}{cell('x')}{cell('1', 'Number')}</Row>" for name in "甲乙")
    hidden = f'<Row ss:Hidden="1">{cell("丙")}{cell("y")}</Row><Row><Cell ss:Formula="=1"/></Row>'
    content = read(book('<Column ss:Index="2" ss:Hidden="1"/>' + rows + hidden))
    assert content.blocks[1].text == "甲\t1\n乙\t1"
    assert [(o.reason, o.count, o.is_printed) for o in content.omissions] == [
        ("hidden_cells", 2, False),
        ("formula_without_result", 1, True),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (book(""), "no_text"),
        (book(ROWS, options="<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"), "no_text"),
        (book(ROWS)[:-30], "damaged_file"),
        (book(ROWS).replace("<Styles>", "<Styles>&x;"), "damaged_file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text, reason):
    assert refusal_of(lambda: read(text)) == reason


@pytest.mark.parametrize("root", ["w:wordDocument", "pkg:package", "rss"])
def test_other_xml_is_refused_by_name_and_not_read_as_text(root):
    document = read_bytes(f'<?xml version="1.0"?><{root}>正文</{root}>'.encode(), Path("a.doc"))
    assert (document.format, document.reason) == ("xml", "unsupported_format")
