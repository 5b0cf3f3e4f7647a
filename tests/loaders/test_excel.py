"""Workbooks: sheets as headings, title lines and tables, and numbers with the digits that a person sees."""

from __future__ import annotations

import struct
import zipfile
from contextlib import suppress
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import compound, grid, old_workbook, record, refusal_of, sheet, wide, workbook, zipped

from loaders.document import Block, BlockKind, Table, Unreadable
from loaders.formats.excel import is_csv, read, read_csv


def one(data: bytes) -> tuple[Block, Table]:
    """The one table of a workbook, with its block."""
    (found,) = [(block, block.table) for block in read(data)[1] if block.table is not None]
    return found


def outline(data: bytes) -> list[tuple[str, str]]:
    """The kind and text of every block."""
    return [(block.kind.value, block.text) for block in read(data)[1]]


def printed(value: object, code: str | int = "General") -> str:
    """What a cell with this value and number format comes back as."""
    block, _ = one(workbook({"表": sheet([["名", "数"], ["甲", (value, 1)]])}, (code,)))
    return grid(block)[-1][-1]


# Sheets


def test_a_sheet_is_a_heading_its_title_lines_and_its_table():
    rows = [
        ["收入支出决算总表"],
        [None, None, "公开01表"],
        ["部门：某局", None, "金额单位：万元"],
        ["项目", "行次", "决算数"],
        ["一、财政拨款收入", 1, 1234.5],
        [],
        ["总计", 2, 1234.5],
        ["注：本表反映本年度的总收支情况。"],
    ]
    title, blocks, *_ = read(workbook({"公开01表": sheet(rows, ("A1:C1", "A8:C8"))}))
    assert title == "收入支出决算总表"
    assert [(block.block_no, block.kind.value, block.level, block.page, block.text) for block in blocks] == [
        (1, "heading", 1, 1, "公开01表"),
        (2, "paragraph", 0, 1, "收入支出决算总表"),
        (3, "paragraph", 0, 1, "公开01表"),
        (4, "paragraph", 0, 1, "部门：某局"),
        (5, "paragraph", 0, 1, "金额单位：万元"),
        (6, "table", 0, 1, "项目\t行次\t决算数\n一、财政拨款收入\t1\t1234.5\n\t\t\n总计\t2\t1234.5"),
        (7, "paragraph", 0, 1, "注：本表反映本年度的总收支情况。"),
    ]


def test_every_sheet_with_content_is_read_hidden_ones_too_and_its_number_is_the_page():
    rows = sheet([["项目", "金额"], ["甲", 1]])
    data = workbook({"收入": rows, "空表": sheet([]), "支出": rows}, attributes='state="veryHidden"')
    blocks = read(data).blocks
    assert [(block.page, block.text) for block in blocks if block.kind is BlockKind.HEADING] == [
        (1, "收入"),
        (3, "支出"),
    ]
    assert [block.table.table_no for block in blocks if block.table] == [1, 2]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["附件2", "公开01表", "某局2024年部门决算"], "某局2024年部门决算"),
        (["附件2："], "表名"),
        ([], "表名"),
    ],
)
def test_the_title_is_the_first_title_line_or_else_the_name_of_the_first_sheet(lines, title):
    assert read(workbook({"表名": sheet([*([line] for line in lines), ["项目", "金额"], ["甲", 1]])}))[0] == title


# Tables


def test_merged_cells_are_spans_and_what_they_cover_is_not_there():
    rows = [["项目", None, "金额", None], [None, None, "合计", "基本"], ["类", "款", 3, 4], ["甲", "盖住的", 5, 6]]
    block, _ = one(workbook({"表": sheet(rows, ("A1:B2", "C1:D1", "A4:B4"))}))
    assert grid(block) == [
        (0, 0, 2, 2, "项目"),
        (0, 2, 1, 2, "金额"),
        (1, 2, 1, 1, "合计"),
        (1, 3, 1, 1, "基本"),
        (2, 0, 1, 1, "类"),
        (2, 1, 1, 1, "款"),
        (2, 2, 1, 1, "3"),
        (2, 3, 1, 1, "4"),
        (3, 0, 1, 2, "甲"),
        (3, 2, 1, 1, "5"),
        (3, 3, 1, 1, "6"),
    ]


def test_a_table_begins_at_its_own_corner_and_merges_reach_no_further_than_the_content():
    rows = [[], [None, "标题"], [None, "项目", "金额"], [None, "甲", 1]]
    block, _ = one(workbook({"表": sheet(rows, ("B2:XFD2", "B4:B1048576"))}))
    assert grid(block) == [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "金额"), (1, 0, 1, 1, "甲"), (1, 1, 1, 1, "1")]


@pytest.mark.parametrize(
    "between", [[[]], [["支出表"]], [[], ["支出表"], [None, "单位：万元"]], [["支出表"], ["单位：元"]]]
)
def test_blank_rows_and_new_titles_part_the_tables_of_a_sheet(between):
    rows = [["项目", "金额"], ["甲", 1], *between, ["科目", "合计"], ["乙", 2]]
    data = workbook({"表": sheet(rows, ("A3:B3",) if between == [["支出表"]] else ())})
    tables = [block.text for block in read(data)[1] if block.table]
    assert tables == ["项目\t金额\n甲\t1", "科目\t合计\n乙\t2"]


def test_a_row_with_only_a_name_stays_in_its_table():
    rows = [["项目", "金额"], ["一、基本支出"], ["人员经费", 1], ["二、项目支出"]]
    assert one(workbook({"表": sheet(rows)}))[0].text == "项目\t金额\n一、基本支出\t\n人员经费\t1\n二、项目支出\t"


def test_a_band_across_a_table_stays_in_it():
    rows = [["项目", "金额"], ["甲", 1], ["其中：财政拨款"], ["乙", 2]]
    assert one(workbook({"表": sheet(rows, ("A3:B3",))}))[0].text == "项目\t金额\n甲\t1\n其中：财政拨款\n乙\t2"


def test_labels_with_colons_begin_a_form_and_alone_are_lines():
    rows = [["项目名称：路灯", "主管部门：某局"], ["年初预算数", 10], [], ["填表人：张三", "联系电话：123"]]
    assert outline(workbook({"表": sheet(rows)}))[1:] == [
        ("table", "项目名称：路灯\t主管部门：某局\n年初预算数\t10"),
        ("paragraph", "填表人：张三"),
        ("paragraph", "联系电话：123"),
    ]


def test_a_long_gap_parts_tables_even_before_a_row_of_numbers():
    rows = [["项目", "金额"], ["甲", 1], *[[]] * 30, ["乙", 2]]
    assert [block.text for block in read(workbook({"表": sheet(rows)}))[1] if block.table] == [
        "项目\t金额\n甲\t1",
        "乙\t2",
    ]


def test_a_stray_cell_far_to_the_right_does_not_fill_its_table_with_empty_cells():
    rows = [["项目", "金额"], *[["甲", 1]] * 50, ["乙", 2, *[None] * 5000, "误"]]
    block, _ = one(workbook({"表": sheet(rows)}))
    assert len(grid(block)) < 6000
    assert grid(block)[-1] == (51, 5002, 1, 1, "误")


def test_a_merge_that_ends_before_it_begins_is_none():
    block, _ = one(workbook({"表": sheet([["项目", "金额"], ["甲", 1]], ("B2:A1",))}))
    assert block.text == "项目\t金额\n甲\t1"


def test_lines_inside_a_cell_stay_and_indentation_too():
    block, _ = one(workbook({"表": sheet([["  其中：\n财政拨款", "金额_x000D_\n（元）"], ["甲", 1]])}))
    assert [row[-1] for row in grid(block)][:2] == ["  其中：\n财政拨款", "金额\n（元）"]


# Values


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("219.59000000000001", "219.59"),
        ("0.30000000000000004", "0.3"),
        ("2080505", "2080505"),
        ("2080505.0", "2080505"),
        ("1.0E-5", "0.00001"),
        ("1.5E+20", "150000000000000000000"),
        ("123456789012345.6", "123456789012346"),
        ("91110000123456789", "91110000123456784"),
        ("-0.5", "-0.5"),
        ("0", "0"),
    ],
)
def test_without_a_number_format_a_number_comes_as_stored_to_the_digits_excel_keeps(stored, text):
    assert printed(Decimal(stored) if "E" not in stored else stored.encode().join((b"<c><v>", b"</v></c>"))) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234.5", "0.00", "1234.50"),
        ("1234.5", 4, "1,234.50"),
        ("1234567.891", "#,##0.00_ ", "1,234,567.89"),
        ("2.345", "0.00", "2.35"),
        ("-2.345", "0.00", "-2.35"),
        ("0.9565", "0.00%", "95.65%"),
        ("0.956", 9, "96%"),
        ("5", "0.##", "5"),
        ("5.125", "0.##", "5.13"),
        ("201", "0000000", "0000201"),
        ("12", '0.00"万元"', "12.00万元"),
        ("12", "\\¥#,##0.00", "¥12.00"),
        ("12", "[$¥-804]#,##0.00", "¥12.00"),
        ("12345678", "#,##0.00,", "12,345.68"),
        ("-1234.5", "#,##0.00_);[Red]\\(#,##0.00\\)", "-1,234.50"),
        ("-1234.5", "0.00_ ;[Red]0.00", "-1234.50"),
        ("1234.5", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
        ("-1234.5", 43, "-1,234.50"),
        ("0", 43, "0"),
        ("0", "0.00;-0.00;", "0"),
        ("0", "0.00;-0.00", "0.00"),
        ("1234.5", "General", "1234.5"),
        ("1234.5", "[DBNum2]0.00", "1234.5"),
        ("1234.5", "[>1000]0.00;0", "1234.5"),
        ("0.5", "# ?/?", "0.5"),
        ("1234.5", "0.00E+00", "1234.5"),
    ],
)
def test_a_plain_number_format_is_applied_and_any_other_leaves_the_stored_number(value, code, text):
    assert printed(Decimal(value), code) == text


@pytest.mark.parametrize(
    ("cell", "code", "text"),
    [
        (b"<c><v>45292</v></c>", "yyyy/m/d", "2024-01-01"),
        (b"<c><v>45292.5</v></c>", "yyyy/m/d h:mm", "2024-01-01 12:00:00"),
        (b'<c t="b"><v>1</v></c>', "General", "TRUE"),
        (b'<c t="e"><v>#DIV/0!</v></c>', "0.00", "#DIV/0!"),
        (b'<c t="str"><f>A1</f><v>0012</v></c>', "0.00", "0012"),
        (b"<c><f>A1/3</f><v>0.33333333333333331</v></c>", "0.00", "0.33"),
    ],
)
def test_dates_truths_errors_and_results_of_formulas(cell, code, text):
    assert printed(cell, code) == text


def test_a_formula_without_a_result_is_an_empty_cell_and_not_zero():
    block, _ = one(workbook({"表": sheet([["名", "数", "数"], ["甲", b"<c><f>SUM(B1:B9)</f></c>", 1]])}))
    assert block.text == "名\t数\t数\n甲\t\t1"


DECIMALS = st.builds(
    lambda digits, places, sign: sign * Decimal(digits).scaleb(-places),
    st.integers(0, 10**15 - 1),
    st.integers(0, 6),
    st.sampled_from((1, -1)),
)


@given(st.lists(st.lists(DECIMALS, min_size=2, max_size=5), min_size=1, max_size=8))
def test_any_grid_of_decimals_comes_back_with_the_same_digits(numbers):
    rows = [[f"{number.normalize():f}" if number else "0" for number in row] for row in numbers]
    blocks = read(workbook({"表": sheet([[Decimal(text) for text in row] for row in rows])})).blocks
    (block,) = [block for block in blocks if block.table]
    width = max(map(len, rows))
    assert block.text == "\n".join("\t".join(row + [""] * (width - len(row))) for row in rows)


# xls and et


def test_an_xls_prints_its_numbers_in_their_formats_too():
    cells = [
        record(0x0204, struct.pack("<HHH", 0, 0, 0) + wide("项目", "H")),
        record(0x0204, struct.pack("<HHH", 0, 1, 0) + wide("执行率", "H")),
        record(0x0204, struct.pack("<HHH", 1, 0, 0) + wide("甲", "H")),
        record(0x0203, struct.pack("<HHHd", 1, 1, 1, 0.9565)),
        record(0x027E, struct.pack("<HHHI", 2, 0, 2, 123450 << 2 | 3)),
        record(0x00BD, struct.pack("<HHHIHIH", 3, 0, 2, 7 << 2 | 2, 0, 2080505 << 2 | 2, 1)),
    ]
    block, _ = one(old_workbook("决算", cells, ("0.00%", "#,##0.00")))
    assert block.text == "项目\t执行率\n甲\t95.65%\n1,234.50\t\n7.00\t2080505"


def label(row: int, col: int, text: str) -> bytes:
    """A text cell of an xls."""
    return record(0x0204, struct.pack("<HHH", row, col, 0) + wide(text, "H"))


@pytest.mark.parametrize(
    "cell",
    [
        record(0x0200, struct.pack("<IIHHH", 9, 3, 0, 2, 0)),
        record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 255, 0)),
        record(0x0203, struct.pack("<HHHd", 0, 60000, 0, 1)),
    ],
)
def test_an_xls_that_claims_an_impossible_size_is_damaged_and_takes_no_memory(cell):
    data = old_workbook("表", [cell, label(0, 0, "甲"), label(0, 1, "乙")])
    assert refusal_of(lambda: read(data)) == "damaged_file"


def test_an_xls_cut_short_anywhere_is_refused_or_read(capfd):
    whole = old_workbook("表", [label(row, col, "项目") for row in range(200) for col in range(3)])
    for end in range(0, len(whole), 509):
        with suppress(Unreadable):
            assert read(whole[:end])[1]
    capfd.readouterr()  # the messages of calamine's panics


@pytest.mark.parametrize("method", [0, 1])
def test_an_xls_with_a_password_says_so(method):
    data = old_workbook("表", [label(0, 0, "甲")])
    protected = data.replace(record(0x00E0, bytes(20)), record(0x002F, struct.pack("<H18x", method)))
    assert protected != data
    assert refusal_of(lambda: read(protected)) == "password"


# csv


def test_a_csv_is_read_like_a_sheet_without_a_name():
    title, blocks, *_ = read_csv('收入表,,\r\n,,单位：万元\r\n项目,金额,"说明,\n两行"\r\n甲,"1,234.50",\r\n')
    assert title == "收入表"
    assert [(block.kind.value, block.page, block.text) for block in blocks] == [
        ("paragraph", None, "收入表"),
        ("paragraph", None, "单位：万元"),
        ("table", None, "项目\t金额\t说明,\n两行\n甲\t1,234.50\t"),
    ]
    assert grid(blocks[2])[2] == (0, 2, 1, 1, "说明,\n两行")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_fields_of_a_csv_are_parted_by_the_commonest_mark(mark):
    assert read_csv(f"项目{mark}金额\n甲{mark}1\n")[1][0].text == "项目\t金额\n甲\t1"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("项目,金额\n甲,1\n乙,2\n", True),
        ('收入表\n项目,金额\n甲,"1,234.50"\n乙,2\n', True),
        ("项目,金额,备注\n" + "甲,1,无\n" * 5000, True),
        ("项目,金额\n甲,1\n", False),
        ("收入1,234.50元。\n支出1,234.50元。\n结余1,234.50元。\n", False),
        ("一、收入情况\n本年收入1,234.50元\n支出1,234,567.00元\n结余2元\n", False),
        ("项目\t金额\n甲\t1\n乙\t2\n", False),
        ("", False),
    ],
)
def test_a_text_is_csv_if_its_rows_have_one_width(text, answer):
    assert is_csv(text) is answer


# Refusals


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (workbook({"表": sheet([])}), "no_text"),
        (workbook({"表": sheet([["a", "b"]])})[:-40], "damaged_file"),
        (workbook({"表": "<sheetData><row>"}), "damaged_file"),
        (workbook({"表": '<sheetData><row r="一"/></sheetData>'}), "damaged_file"),
        (workbook({"表": sheet([["a"]]) + " " * 2_000_000}), "archive_too_large"),
        (zipped({"xl/other.xml": "<a/>"}), "damaged_file"),
        (compound({"WordDocument": b""}), "damaged_file"),
        (b"", "damaged_file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, reason):
    assert refusal_of(lambda: read(data)) == reason


def test_a_sheet_with_a_stray_cell_at_its_far_end_is_refused_rather_than_filling_the_memory():
    cells = "".join(f'<row r="{at[3:]}"><c r="{at}"><v>1</v></c></row>' for at in ("AAA1", "XFD1048576"))
    assert refusal_of(lambda: read(workbook({"表": f"<sheetData>{cells}</sheetData>"}))) == "too_large"


def test_entities_are_not_expanded_and_files_they_name_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("秘密")
    data = workbook({"表": sheet([["项目", "金额"], ["甲", b"<c><v>&x;&y;1</v></c>"]])})
    declared = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "2">]>'
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = declared + parts["xl/worksheets/sheet1.xml"]
    assert refusal_of(lambda: read(zipped({**parts}))) == "damaged_file"


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n,,"])
def test_a_csv_without_text_is_refused(text):
    assert refusal_of(lambda: read_csv(text)) == "no_text"


def test_a_csv_whose_quotes_never_end_is_damaged():
    assert refusal_of(lambda: read_csv('a,"' + "b" * 200_000)) == "damaged_file"
