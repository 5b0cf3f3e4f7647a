"""Workbooks: sheets as headings, title lines and tables, and numbers with the digits that a person sees."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import compound, grid, refusal_of, sheet, workbook, zipped

from loaders.document import Block, BlockKind, Table
from loaders.formats.excel import read


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


def test_every_sheet_with_content_is_read_and_its_number_is_the_page():
    rows = sheet([["项目", "金额"], ["甲", 1]])
    blocks = read(workbook({"收入": rows, "空表": sheet([]), "支出": rows})).blocks
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


# What is hidden


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_an_omission(state):
    rows = sheet([["项目", "金额"], ["甲", 1]])
    data = workbook({"收入": rows, "底稿": rows, "空表": sheet([])})
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    for name in ("底稿", "空表"):
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(f'name="{name}"', f'name="{name}" state="{state}"')
    content = read(zipped({**parts}))
    assert [block.text for block in content.blocks] == ["收入", "项目\t金额\n甲\t1"]
    assert [(o.reason, o.page, o.is_printed) for o in content.omissions] == [("hidden_sheet", 2, False)]
    assert "底稿" in content.omissions[0].message


def test_a_workbook_of_hidden_sheets_has_no_text():
    data = workbook({"底稿": sheet([["项目", "金额"], ["甲", 1]])}, attributes='state="hidden"')
    assert refusal_of(lambda: read(data)) == "no_text"


def hiding(content: str, *, columns: str = "", rows: tuple[int, ...] = (), flat: tuple[int, ...] = ()) -> str:
    """A sheet with columns (as XML) and rows that are hidden, or have no height."""
    for row in rows:
        content = content.replace(f'<row r="{row}">', f'<row r="{row}" hidden="1">')
    for row in flat:
        content = content.replace(f'<row r="{row}">', f'<row r="{row}" ht="0" customHeight="1">')
    return f"<cols>{columns}</cols>{content}"


def test_hidden_rows_and_columns_are_left_out_and_counted():
    rows = [["项目", "编码", "金额", "备注", "底"], ["甲", 1, 2, "x", 3], ["乙", 4, 5, "y", 6], ["丙", 7, 8, "z", 9]]
    columns = '<col min="2" max="2" hidden="1"/><col min="4" max="4" width="0"/><col min="5" max="16384" hidden="1"/>'
    content = read(workbook({"表": hiding(sheet(rows), columns=columns, rows=(3, 900), flat=(4,))}))
    assert content.blocks[1].text == "项目\t金额\n甲\t2"
    (omission,) = content.omissions
    assert (omission.reason, omission.count, omission.page, omission.is_printed) == ("hidden_cells", 5, 1, False)
    assert "2 行、3 列" in omission.message


def test_what_is_merged_over_hidden_cells_is_seen_in_the_visible_ones():
    rows = [["科目", None, "金额"], ["类", "款", "预算"], [None, None, "决算"], [201, 1, 5]]
    left = '<col min="1" max="1" hidden="1"/>'
    content = read(workbook({"表": hiding(sheet(rows, ("A1:B1", "B2:B3")), columns=left, rows=(2,))}))
    assert grid(content.blocks[1]) == [
        (0, 0, 1, 1, "科目"),
        (0, 1, 1, 1, "金额"),
        (1, 0, 1, 1, "款"),
        (1, 1, 1, 1, "决算"),
        (2, 0, 1, 1, "1"),
        (2, 1, 1, 1, "5"),
    ]


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


def test_tables_side_by_side_under_titles_of_their_own_are_read_one_after_the_other():
    rows = [
        ["表一 收入表", None, None, "表二 支出表"],
        ["单位：万元", None, None, "单位：元"],
        ["项目", "金额", None, "科目", "金额"],
        ["甲", 1, None, "子", 100],
        ["合计", 1, None, "丑", 200],
        [None, None, None, "合计", 300],
        [],
        ["注：以上两表。"],
    ]
    blocks = read(workbook({"表": sheet(rows, ("A1:B1", "D1:E1"))})).blocks
    assert [block.text for block in blocks[1:]] == [
        "表一 收入表",
        "单位：万元",
        "项目\t金额\n甲\t1\n合计\t1",
        "表二 支出表",
        "单位：元",
        "科目\t金额\n子\t100\n丑\t200\n合计\t300",
        "注：以上两表。",
    ]


def test_income_and_expenditure_with_a_blank_column_between_them_stay_one_table():
    rows = [
        ["收入支出总表"],
        ["收入", None, None, "支出"],
        ["项目", "金额", None, "项目", "金额"],
        ["甲", 1, None, "乙", 1],
    ]
    assert one(workbook({"表": sheet(rows)}))[0].text == "收入\t\t\t支出\t\n项目\t金额\t\t项目\t金额\n甲\t1\t\t乙\t1"


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
    ("cell", "code", "text"),
    [
        (b"<c><v>45292</v></c>", "yyyy/m/d", "2024/1/1"),
        (b"<c><v>45292.5</v></c>", "yyyy/m/d h:mm", "2024/1/1 12:00"),
        (b'<c t="b"><v>1</v></c>', "General", "TRUE"),
        (b'<c t="e"><v>#DIV/0!</v></c>', "0.00", "#DIV/0!"),
        (b'<c t="str"><f>A1</f><v>0012</v></c>', "0.00", "0012"),
        (b"<c><v>0.9565</v></c>", 10, "95.65%"),
        (b"<c><v>45292</v></c>", 57, "2024年1月"),
        (b"<c><v>2010301.0</v></c>", "General", "2010301"),
        (b'<c t="inlineStr"><is><t>0201</t></is></c>', "0", "0201"),
        (b"<c><v>NaN</v></c>", "General", "nan"),
        (b"<c><f>A1/3</f><v>0.33333333333333331</v></c>", "0.00", "0.33"),
    ],
)
def test_a_cell_prints_what_its_kind_and_format_say(cell, code, text):
    assert printed(cell, code) == text


def test_a_formula_without_a_result_is_an_empty_cell_and_an_omission_and_not_zero():
    rows = [["名", "数", "数"], ["甲", b"<c><f>SUM(B1:B9)</f></c>", 1], ["乙", b"<c><f>A1</f><v></v></c>", 2]]
    content = read(workbook({"表": sheet(rows)}))
    assert content.blocks[1].text == "名\t数\t数\n甲\t\t1\n乙\t\t2"
    (omission,) = content.omissions
    assert (omission.reason, omission.count, omission.page, omission.is_printed) == (
        "formula_without_result",
        2,
        1,
        True,
    )
    assert "B2、B3" in omission.message


def test_a_formula_that_gives_no_characters_is_an_empty_cell():
    rows = [["名", "数"], ["甲", b'<c t="str"><f>""</f><v></v></c>'], ["乙", 1]]
    assert read(workbook({"表": sheet(rows)})).omissions == ()


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


def test_a_sheet_with_a_stray_cell_at_its_far_end_is_left_out_rather_than_filling_the_memory():
    far = "".join(f'<row r="{at[3:]}"><c r="{at}"><v>1</v></c></row>' for at in ("AAA1", "XFD1048576"))
    stray, fine = f"<sheetData>{far}</sheetData>", sheet([["项目", "金额"], ["甲", 1]])
    assert refusal_of(lambda: read(workbook({"表": stray}))) == "sheet_too_large"
    content = read(workbook({"大": stray, "小": fine}))
    assert [block.text for block in content.blocks] == ["小", "项目\t金额\n甲\t1"]
    assert [(o.reason, o.page, o.is_printed) for o in content.omissions] == [("sheet_too_large", 1, True)]
    assert "XFD1048576" in content.omissions[0].message


@pytest.mark.parametrize("declared", ["A1:XFD1048576", "A1", "B2:A1"])
def test_the_size_that_a_sheet_declares_does_not_matter(declared):
    content = f'<dimension ref="{declared}"/>' + sheet([["项目", "金额"], ["甲", 1]])
    assert one(workbook({"表": content}))[0].text == "项目\t金额\n甲\t1"


def test_entities_are_not_expanded_and_files_they_name_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("秘密")
    data = workbook({"表": sheet([["项目", "金额"], ["甲", b"<c><v>&x;&y;1</v></c>"]])})
    declared = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "2">]>'
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = declared + parts["xl/worksheets/sheet1.xml"]
    assert refusal_of(lambda: read(zipped({**parts}))) == "damaged_file"


def test_a_workbook_tells_itself_which_cells_are_merged():
    block, _ = one(workbook({"表": sheet([["项目", "本年支出", None], ["甲", 5, 6]])}))
    assert grid(block)[:3] == [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "本年支出"), (0, 2, 1, 1, "")]
