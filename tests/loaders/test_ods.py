"""OpenDocument spreadsheets: every cell as its program displayed it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import grid, refusal_of, zipped

from loaders.formats.ods import read

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
MIME = "application/vnd.oasis.opendocument.spreadsheet"


def ods(*tables: str, styles: str = "", manifest: str = "<manifest/>") -> bytes:
    """A minimal ods file of these tables."""
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>{body}"
    return zipped(
        {"mimetype": MIME, "META-INF/manifest.xml": manifest, "content.xml": content + "</office:document-content>"}
    )


def table(*rows: str, name: str = "表", columns: str = "", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{columns}{"".join(rows)}</table:table>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def cell(text: str = "", attributes: str = "", *, stored: str = "") -> str:
    """A cell that displays a text (lines are paragraphs), with a number stored if it is one."""
    shown = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n")) if text else ""
    kind = f'office:value-type="float" office:value="{stored}"' if stored else ""
    return f"<table:table-cell {kind} {attributes}>{shown}</table:table-cell>"


COVERED = "<table:covered-table-cell/>"


def text_of(*tables: str, **options: str) -> str:
    """The text of the one table that comes out."""
    (found,) = [block for block in read(ods(*tables, **options)).blocks if block.table is not None]
    return found.text


def test_numbers_come_as_displayed():
    percentage = '<table:table-cell office:value-type="percentage" office:value="0.9565"><text:p>95.65%</text:p>'
    rows = [
        row(cell("项目"), cell("金额")),
        row(cell("甲"), cell("1,234.50", stored="1234.5")),
        row(cell("乙"), percentage + "</table:table-cell>"),
        row(cell("丙"), cell("2024年1月", 'office:value-type="date" office:date-value="2024-01-01"')),
        row(cell("丁"), cell("#DIV/0!", 'office:value-type="string"')),
    ]
    assert text_of(table(*rows)) == "项目\t金额\n甲\t1,234.50\n乙\t95.65%\n丙\t2024年1月\n丁\t#DIV/0!"


@pytest.mark.parametrize(
    ("shown", "stored", "text"),
    [
        ("(1,234.50)", "-1234.5", "-1,234.50"),
        ("1234.50", "-1234.5", "-1234.50"),
        ("-1234.50", "-1234.5", "-1234.50"),
        ("1.23E+06", "1234567", "1234567"),
        ("", "0.30000000000000004", "0.3"),
    ],
)
def test_a_minus_is_never_lost_and_what_shows_no_digits_comes_as_stored(shown, stored, text):
    assert (
        text_of(table(row(cell("名"), cell("数")), row(cell("甲"), cell(shown, stored=stored))))
        == f"名\t数\n甲\t{text}"
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ('office:value-type="percentage" office:value="0.956"', "95.6%"),
        ('office:value-type="date" office:date-value="2024-01-05"', "2024-01-05"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="文"', "文"),
        ('office:value-type="float" office:value="一"', ""),
    ],
)
def test_where_a_program_wrote_no_text_the_value_is_taken(kind, text):
    assert text_of(table(row(cell("名"), cell("数")), row(cell("甲"), cell("", kind)))) == f"名\t数\n甲\t{text}"


def test_merged_repeated_and_grouped_cells_stand_at_their_places():
    rows = [
        row(
            cell("项目", 'table:number-rows-spanned="2"'),
            cell("金额", 'table:number-columns-spanned="2"'),
            COVERED,
        ),
        row(COVERED, cell("预算"), cell("决算")),
        "<table:table-row-group>" + row(cell("甲"), cell("5", 'table:number-columns-repeated="2"', stored="5")),
        row(cell("乙"), cell("6", stored="6"), cell(), attributes='table:number-rows-repeated="2"'),
        "</table:table-row-group>",
        row(
            cell(attributes='table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048570"'
        ),
    ]
    (block,) = [block for block in read(ods(table(*rows))).blocks if block.table is not None]
    assert block.text == "项目\t金额\n预算\t决算\n甲\t5\t5\n乙\t6\t\n乙\t6\t"
    assert grid(block)[:2] == [(0, 0, 2, 1, "项目"), (0, 1, 1, 2, "金额")]


def test_the_text_of_a_cell_has_its_lines_spaces_and_links_but_no_notes():
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    inside = f'{note}<text:p>其中：<text:s text:c="2"/><text:span>财政</text:span><text:a>拨款</text:a></text:p>'
    first = f"<table:table-cell>{inside}<text:p>（元）</text:p></table:table-cell>"
    assert (
        text_of(table(row(first, cell("数")), row(cell("甲"), cell("1", stored="1"))))
        == "其中：  财政拨款\n（元）\t数\n甲\t1"
    )


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted():
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    seen = table(
        row(cell("项目"), cell("编码"), cell("数")),
        row(cell("甲"), cell("x"), cell("1"), attributes='table:visibility="filter"'),
        row(cell("乙"), cell("y"), cell("2")),
        columns=columns,
    )
    unseen = table(row(cell("底"), cell("稿")), name="底稿", attributes='table:style-name="ta2"')
    content = read(ods(seen, unseen, styles=hidden))
    assert [block.text for block in content.blocks] == ["表", "项目\t数\n乙\t2"]
    assert [(o.reason, o.count, o.page, o.is_printed) for o in content.omissions] == [
        ("hidden_cells", 2, 1, False),
        ("hidden_sheet", 1, 2, False),
    ]


def test_a_formula_without_a_result_is_an_omission():
    content = read(ods(table(row(cell("名"), cell("数")), row(cell("甲"), cell("", 'table:formula="of:=1+1"')))))
    assert [(o.reason, o.count, o.is_printed) for o in content.omissions] == [("formula_without_result", 1, True)]
    assert "B2" in content.omissions[0].message


SPANS = ["", 'table:number-rows-spanned="2"', 'table:number-columns-spanned="3"', 'table:number-columns-repeated="2"']


@given(st.lists(st.lists(st.sampled_from(SPANS), min_size=2, max_size=4), min_size=2, max_size=5))
def test_however_cells_are_merged_no_two_are_at_one_place(rows):
    tables = table(*(row(*(cell("文", span) for span in spans)) for spans in rows))
    assert all(grid(block) for block in read(ods(tables)).blocks if block.table)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ods(), "no_text"),
        (ods(table()), "no_text"),
        (ods(table(row(cell("甲"), attributes='table:number-rows-repeated="9000000"'))), "too_large"),
        (ods(manifest="<manifest><encryption-data/></manifest>"), "password"),
        (ods("<table:table>"), "damaged_file"),
        (zipped({"META-INF/manifest.xml": "<a/>"}), "damaged_file"),
        (ods(table(row(cell("甲"))))[:-60], "damaged_file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, reason):
    assert refusal_of(lambda: read(data)) == reason
