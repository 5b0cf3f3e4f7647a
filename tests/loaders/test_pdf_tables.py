"""PDF files: ruled tables on one page."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_sheets import ROWS, XS, Sheet, blocks, spans, tables, texts

from loaders.document import BlockKind


def test_a_ruled_table_is_read_cell_by_cell_after_its_title():
    sheet = Sheet().text(200, 60, "支出决算表", 18).text(380, 90, "单位：万元").table(XS, 100, ROWS)
    found = blocks(sheet.text(60, 200, "注：本表反映支出情况。"))
    assert [block.text for block in found if block.table is None] == [
        "支出决算表",
        "单位：万元",
        "注：本表反映支出情况。",
    ]
    assert [block.kind for block in found][2] is BlockKind.TABLE
    assert tables(found) == [ROWS]
    assert found[2].text == "\n".join("\t".join(row) for row in ROWS)
    assert [block.block_no for block in found] == [1, 2, 3, 4]


def test_rules_may_be_thin_rectangles_drawn_cell_by_cell():
    sheet = Sheet()
    for top, bottom in pairwise([100.0, 120.0, 140.0]):
        for left, right in pairwise(XS):
            sheet.thin(left, top, right, top).thin(left, bottom, right, bottom)
            sheet.thin(left, top, left, bottom).thin(right - 1, top, right - 1, bottom)
    for row, (top, cells) in enumerate(zip([114, 134], ROWS, strict=False)):
        for x, text in zip(XS, cells, strict=False):
            sheet.text(x + 3, top, text, 8)
        assert row < 2
    assert tables(blocks(sheet)) == [ROWS[:2]]


def test_white_lines_are_no_borders():
    sheet = Sheet().table(XS, 100, ROWS).line(130, 100, 130, 160, colour=1)
    assert tables(blocks(sheet)) == [ROWS]


def test_merged_cells_span_rows_and_columns():
    sheet = Sheet()
    for y, x0 in ((100, 60), (120, 200), (140, 60), (160, 60)):
        sheet.line(x0, y, 440, y)
    for x, y0 in ((60, 100), (200, 100), (320, 120), (440, 100)):
        sheet.line(x, y0, x, 160)
    sheet.text(90, 124, "项目", 8).text(290, 114, "决算数", 8)
    for x, y, text in ((220, 134, "小计"), (340, 134, "其中：基本"), (62, 154, "教育支出"), (340, 154, "7.50")):
        sheet.text(x, y, text, 8)
    (block,) = blocks(sheet)
    assert spans(block) == {
        "项目": (0, 0, 2, 1),
        "决算数": (0, 1, 1, 2),
        "小计": (1, 1, 1, 1),
        "其中：基本": (1, 2, 1, 1),
        "教育支出": (2, 0, 1, 1),
        "7.50": (2, 2, 1, 1),
    }


def test_titles_inside_the_frame_are_paragraphs_before_the_table():
    sheet = Sheet().grid([60, 440], [60, 80, 100])
    sheet.text(180, 74, "项目支出绩效自评表", 10).text(64, 94, "部门：某局", 8).text(360, 94, "单位：万元", 8)
    found = blocks(sheet.table(XS, 100, ROWS))
    assert [block.text for block in found[:3]] == ["项目支出绩效自评表", "部门：某局", "单位：万元"]
    assert tables(found) == [ROWS]


def test_digits_and_names_that_a_cell_wraps_are_whole_again():
    sheet = Sheet().table(XS, 100, [["", "", ""]], height=40)
    sheet.text(62, 114, "机关事业单位基本", 8).text(62, 126, "养老保险缴费支出", 8)
    sheet.text(202, 114, "5.4", 8).text(202, 126, "0", 8).text(322, 114, "180591 .33", 8)
    assert tables(blocks(sheet)) == [[["机关事业单位基本养老保险缴费支出", "5.40", "180591 .33"]]]


def test_an_index_stands_on_the_line_of_its_letter():
    sheet = (
        Sheet().table(XS, 100, [["", "25", ""]]).text(62, 113, "PM", 8).text(70, 115, "2.5", 4).text(76, 113, "浓度", 8)
    )
    assert tables(blocks(sheet)) == [[["PM2.5浓度", "25", ""]]]


def test_a_name_that_runs_under_the_next_figure_stays_in_its_cell():
    sheet = Sheet().table([60, 120, 240], 100, [["", ""]])
    sheet.clipped((60, 100, 120, 120), 62, 114, "人员经费和公用经费支出").text(200, 114, "2,022.39", 4.5)
    assert tables(blocks(sheet)) == [[["人员经费和公用经费支出", "2,022.39"]]]


def test_headings_that_fill_their_cells_are_two():
    sheet = Sheet().table([60, 116.4, 180.8], 100, [["", ""], ["1.00", "2.00"]])
    sheet.text(60.2, 114, "政府性基金预算", 8).text(116.6, 114, "国有资本经营预算", 8)
    assert tables(blocks(sheet))[0][0] == ["政府性基金预算", "国有资本经营预算"]


def test_several_tables_on_a_page():
    sheet = (
        Sheet().text(200, 80, "表一").table(XS, 100, ROWS).text(200, 230, "表二").table(XS[:3], 250, [["甲类", "乙类"]])
    )
    found = blocks(sheet)
    assert [block.text for block in found if not block.table] == ["表一", "表二"]
    assert tables(found) == [ROWS, [["甲类", "乙类"]]]
    assert [block.table.table_no for block in found if block.table] == [1, 2]


def test_a_frame_around_text_is_no_table():
    assert texts(Sheet().grid([60, 440], [80, 140]).text(70, 100, "说明：").text(70, 120, "本表无数据。")) == [
        "说明：",
        "本表无数据。",
    ]


CELL = st.text("一二三四五六七八九十元年0123456789.,%", min_size=1, max_size=7)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=8)
    )
)
def test_every_cell_of_a_ruled_table_comes_back(rows):
    xs = [50.0 + 90 * col for col in range(len(rows[0]) + 1)]
    assert tables(blocks(Sheet().table(xs, 100, rows))) == [rows]


# Pages that are turned


def turned_table() -> Sheet:
    """A table that is printed sideways: its text runs up the page."""
    sheet = Sheet().upwards(100, 700, "收入总表", 18)
    for x in (120, 140, 160):
        sheet.line(x, 700, x, 300)
    for y in (700, 500, 300):
        sheet.line(120, y, 160, y)
    for (x, y), text in {(134, 698): "项目", (134, 498): "决算数", (154, 698): "合计", (154, 498): "12.30"}.items():
        sheet.upwards(x, y, text, 8)
    return sheet


@pytest.mark.parametrize("rotate", [0, 90])
def test_pages_are_read_as_a_person_holds_them(rotate):
    sheet = turned_table()
    sheet.rotate = rotate
    found = blocks(sheet)
    assert [block.text for block in found if not block.table] == ["收入总表"]
    assert tables(found) == [[["项目", "决算数"], ["合计", "12.30"]]]


def test_a_turned_text_in_a_cell_is_read_on():
    sheet = Sheet().table(XS, 100, [["", "1.00", "2.00"]], height=80).upwards(90, 170, "绩效指标")
    assert tables(blocks(sheet)) == [[["绩效指标", "1.00", "2.00"]]]
