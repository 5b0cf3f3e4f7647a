"""PDF files: tables without rules between their columns, or without rules between their rows."""

from __future__ import annotations

import pytest
from pdf_sheets import FULL, INDENTED, ROWS, XS, Sheet, blocks, prose, tables, texts, width

OPEN_ROWS = [
    ("项目", "预算数", "决算数"),
    ("基本支出", "1,200.00", "1,180.50"),
    ("项目支出", "80.00", "9.75"),
    ("合计", "1,280.00", "1,190.25"),
]


def open_table(sheet: Sheet, top: float) -> Sheet:
    for row, cells in enumerate(OPEN_ROWS):
        for right, text in zip((150, 300, 440), cells, strict=True):
            sheet.text(right - width(text, 8), top + 20 * row, text, 8)
    return sheet


def test_a_table_between_horizontal_rules_is_read_by_its_columns():
    sheet = Sheet().text(200, 80, "支出决算表", 18)
    for y in (100, 120, 180):
        sheet.line(60, y, 450, y)
    assert tables(blocks(open_table(sheet, 114))) == [[list(row) for row in OPEN_ROWS]]


def test_a_table_without_rules_is_read_by_its_columns():
    sheet = Sheet().text(200, 60, "支出决算表", 18).text(60, 90, "编制单位：某局").text(380, 90, "单位：万元")
    found = blocks(open_table(sheet, 114))
    assert [block.text for block in found if not block.table] == ["支出决算表", "编制单位：某局", "单位：万元"]
    assert tables(found) == [[list(row) for row in OPEN_ROWS]]


def test_rules_of_a_header_and_a_footer_make_no_table():
    sheet = Sheet().line(60, 50, 535, 50).line(60, 790, 535, 790)
    assert "TABLE" not in texts(prose(sheet, 100, *["\u3000\u3000" + INDENTED, FULL] * 5))


def test_figures_below_each_other_between_two_borders_are_rows():
    sheet = Sheet().table(XS, 100, [["项目", "预算数", "决算数"]])
    sheet.grid(XS, [120, 200])
    for row, (name, budget, actual) in enumerate([("基本支出", "1.25", "1.20"), ("项目支出", "3.00", "2.50")]):
        for x, text in zip(XS, (name, budget, actual), strict=False):
            sheet.text(x + 2, 134 + 20 * row, text, 8)
    assert tables(blocks(sheet)) == [[ROWS[0], ["基本支出", "1.25", "1.20"], ["项目支出", "3.00", "2.50"]]]


def between_columns(*cells: list[tuple[float, str]], bottom: float = 160) -> Sheet:
    """A header, and below it one row of the grid with texts at these heights in each column."""
    sheet = Sheet().table(XS, 100, [["项目", "人数", "金额"]]).grid(XS, [120, bottom])
    for x, lines in zip(XS, cells, strict=False):
        for y, text in lines:
            sheet.text(x + 2, y, text, 8)
    return sheet


def test_one_column_of_figures_beside_names_at_the_same_heights_makes_rows():
    sheet = between_columns([(134, "在职人员"), (154, "离休人员")], [(134, "12"), (154, "3")], [(134, "5.20")])
    assert tables(blocks(sheet))[0][1:] == [["在职人员", "12", "5.20"], ["离休人员", "3", ""]]


def test_a_name_without_figures_between_others_is_a_row():
    names = [(134, "人员经费"), (154, "其中："), (174, "津贴补贴")]
    sheet = between_columns(names, [(134, "12"), (174, "3")], [(134, "5.20"), (174, "1.10")], bottom=180)
    assert tables(blocks(sheet))[0][1:] == [["人员经费", "12", "5.20"], ["其中：", "", ""], ["津贴补贴", "3", "1.10"]]


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        pytest.param(
            [[(134, "工信产业"), (154, "发展资金")], [(134, "103,472.0"), (154, "0")], [(144, "1.00")]],
            ["工信产业发展资金", "103,472.00", "1.00"],
            id="wrapped digits",
        ),
        pytest.param(
            [[(134, "机关事业单位"), (154, "职业年金缴费")], [(154, "2080506")], [(134, "724.98")]],
            ["机关事业单位职业年金缴费", "2080506", "724.98"],
            id="figures at different heights",
        ),
        pytest.param(
            [[(134, "会议次数"), (154, "宣讲场数")], [(144, "25")], [(144, "1.00")]],
            ["会议次数宣讲场数", "25", "1.00"],
            id="a name of two lines",
        ),
    ],
)
def test_lines_of_one_row_stay_together(cells, row):
    assert tables(blocks(between_columns(*cells)))[0][1:] == [row]
