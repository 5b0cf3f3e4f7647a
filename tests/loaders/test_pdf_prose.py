"""PDF files: lines to paragraphs, titles, headers and footers."""

from __future__ import annotations

import pytest
from pdf_sheets import FULL, INDENTED, WIDTH, Sheet, blocks, document, prose, texts

from loaders.formats.pdf import read


def test_lines_of_a_paragraph_are_joined_with_nothing_between_them():
    sheet = prose(Sheet(), 100, "\u3000\u3000" + INDENTED, FULL, "分之一。", "\u3000\u3000第二段的开头。")
    assert texts(sheet) == [INDENTED + FULL + "分之一。", "第二段的开头。"]


def test_a_number_that_the_line_break_parts_is_whole_again():
    first, second = "\u3000\u3000" + INDENTED[:-4] + "128.", "93万元，比上年增加。"
    assert texts(prose(Sheet(), 100, first, second, FULL, FULL))[0].startswith(INDENTED[:-4] + "128.93万元")


def test_a_line_that_had_room_for_what_follows_ends_its_paragraph():
    assert texts(prose(Sheet(), 100, FULL, FULL, FULL[:20], "另起一段。", FULL)) == [
        FULL + FULL + FULL[:20],
        "另起一段。",
        FULL,
    ]


def test_a_long_number_that_would_not_have_fitted_does_not_end_a_paragraph():
    cut, number = FULL[:29], "1,234,567.89万元"
    assert texts(prose(Sheet(), 100, FULL, cut, number, FULL, FULL))[0] == FULL + cut + number


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"top": 170}, id="a wider gap"),
        pytest.param({"top": 120, "size": 16}, id="another font size"),
        pytest.param({"top": 120, "left": 96}, id="an indent"),
    ],
)
def test_a_new_paragraph_is_told_by(second):
    sheet = prose(prose(Sheet(), 40, FULL, FULL, FULL), 100, FULL)
    top = second.pop("top")
    assert texts(prose(sheet, top, FULL[:25], **second))[-1] == FULL[:25]


def test_where_lines_are_ragged_the_margin_is_where_the_longest_of_them_end():
    """There is one full line on each page, and hardly two of them end at the same place."""
    pages = [
        Sheet().text(90, 100, "某" * 33 + "共有主任").text(66, 120, "1名。"),
        Sheet().text(90, 100, "某" * 32 + "核定编制").text(66, 120, "8名。"),
        Sheet().text(90, 100, "某" * 33 + "实有人员").text(66, 120, "10人。"),
    ]
    assert [text[-5:] for text in texts(*pages)] == ["主任1名。", "编制8名。", "员10人。"]


def test_numbered_paragraphs_are_apart_even_where_lines_are_full():
    first = FULL[:-1] + "。"
    assert texts(prose(Sheet(), 100, FULL, first, "（二）第二项", FULL)) == [FULL + first, "（二）第二项", FULL]


def test_a_paragraph_reads_on_over_a_page_break():
    one = prose(Sheet(), 100, FULL, FULL, "\u3000\u3000" + INDENTED, FULL).text(290, 810, "-1-")
    two = prose(Sheet(), 60, "分之一。", FULL[:20] + "。").text(290, 810, "-2-")
    found = blocks(one, two)
    assert found[1].text == INDENTED + FULL + "分之一。"
    assert [block.page for block in found] == [1, 1, 2]


def test_a_sentence_goes_on_in_a_line_that_the_file_indents():
    """Texts that were pasted together keep their line ends."""
    first = "负责指导基层组织建设。向市委提出意见和建"
    sheet = prose(Sheet(), 100, FULL, first, "\u3000\u3000议，作出决定。", "\u3000\u3000" + INDENTED, FULL)
    assert texts(sheet)[0] == FULL + first + "议，作出决定。"
    sheet = prose(Sheet(), 100, FULL, "行政单位一家、", "\u3000\u3000事业单位两家。", FULL)
    assert texts(sheet)[0] == FULL + "行政单位一家、事业单位两家。"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["（一）充分发挥资金效益", "\u3000\u3000全年完成任务。"], id="a heading and its text"),
        pytest.param(["分之一。支出一百二十元", "\u3000\u3000支出总计。"], id="an amount may end a sentence"),
        pytest.param(["分之一。包括下列单位、", "\u3000\u3000（一）财政局。"], id="a numbered line"),
        pytest.param(["分之一。编报的单位是财政局", "\u3000\u3000单位：万元"], id="a label"),
        pytest.param(["分之一。编报的单位是财政局", "\u3000" * 9 + "收支总表"], id="a centred title"),
    ],
)
def test_an_indented_line_begins_a_paragraph_after(lines):
    found = texts(prose(Sheet(), 100, FULL, FULL, *lines))
    assert found[-1] == lines[-1].strip("\u3000")


def test_texts_far_apart_on_a_line_are_paragraphs_from_left_to_right():
    assert texts(Sheet().text(60, 101, "部门：某局").text(400, 100, "单位：万元")) == ["部门：某局", "单位：万元"]


def test_a_spread_word_stays_one():
    assert texts(Sheet().text(240, 100, "目").text(340, 100, "录")) == ["目录"]


def test_a_gap_between_latin_letters_is_a_space_and_one_between_chinese_is_not():
    sheet = Sheet().text(60, 100, "1.").text(60 + 12 + 5, 100, "2026年").text(120, 100, "预算")
    assert texts(sheet) == ["1. 2026年预算"]


def test_contents_stay_lines_of_text():
    sheet = Sheet()
    for number in range(6):
        sheet.text(72, 100 + 20 * number, f"第{number}部分..........................{number + 1}")
    assert len(texts(sheet)) == 6
    sheet = Sheet()
    for number in range(6):
        sheet.text(72, 100 + 20 * number, "部门概况").text(480, 100 + 20 * number, str(number + 12))
    assert "TABLE" not in texts(sheet)


def test_the_title_is_the_largest_text_of_the_first_page():
    sheet = Sheet().text(60, 60, "附件").text(150, 200, "某市财政局", 30).text(150, 250, "部门预算公开", 30)
    assert read(document(sheet.text(60, 700, "某市财政局编")))[0] == "某市财政局部门预算公开"
    assert read(document(prose(Sheet(), 100, "第一行。", "第二行。", *["第三行。"] * 9)))[0] == "第一行。"


def test_a_title_too_long_for_its_line_goes_on_in_the_middle_of_the_next():
    page = Sheet()
    page.text(70, 80, "某市政务服务管理局整体和项目支出绩效自评报", 20).text(270, 110, "告", 20)
    for line in range(4):
        page.text(70, 160 + 20 * line, "正文" * 19)
    title, found, *_ = read(document(page))
    assert title == found[0].text == "某市政务服务管理局整体和项目支出绩效自评报告"


@pytest.mark.parametrize(
    ("first", "second"),
    [("某市政务服务管理局", "绩效自评报告"), ("预算主管部门：某市人民政府政务服务办公室管理局", "目录")],
)
def test_titles_that_had_room_for_the_next_line_and_labels_are_apart(first, second):
    page = Sheet()
    page.text(WIDTH / 2 - 10 * len(first), 80, first, 20).text(WIDTH / 2 - 10 * len(second), 110, second, 20)
    for line in range(4):
        page.text(70, 160 + 20 * line, "正文" * 19)
    assert texts(page)[:2] == [first, second]


# Headers and footers


def test_headers_footers_and_page_numbers_are_left_out():
    pages = [
        prose(Sheet().text(200, 40, "某局部门预算公开"), 100, f"\u3000\u3000第{number}页的正文。").text(
            280, 815, number_text
        )
        for number, number_text in enumerate(["— 1 —", "— 2 —", "第3页", "第4页，共5页", "5"], 1)
    ]
    assert texts(*pages) == [f"第{number}页的正文。" for number in range(1, 6)]


def test_labels_above_tables_are_kept_though_they_repeat_at_the_same_place():
    pages = [
        Sheet()
        .text(60, 50, f"公开0{number}表")
        .text(400, 70, "单位：万元")
        .table([60, 300, 500], 90, [["项目", str(number)]])
        for number in range(1, 5)
    ]
    assert texts(*pages) == [text for number in range(1, 5) for text in (f"公开0{number}表", "单位：万元", "TABLE")]
