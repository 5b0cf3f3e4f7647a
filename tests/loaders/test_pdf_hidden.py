"""PDF files: text that is in the file and that nobody sees."""

from __future__ import annotations

from pdf_sheets import Sheet, texts


def test_a_watermark_is_left_out():
    assert texts(Sheet().aslant(150, 600, "内部资料").text(60, 100, "正文。")) == ["正文。"]


def test_what_is_printed_twice_to_look_bold_is_read_once():
    assert texts(Sheet().text(60, 100, "合计12.30").text(60.4, 100, "合计12.30")) == ["合计12.30"]


def test_text_that_the_file_hides_is_not_printed():
    sheet = Sheet().text(60, 100, "看得见。").clipped((0, 0, 595, 780), 60, 820, "下一页才印出来的。")
    assert texts(sheet) == ["看得见。"]


COVER = (50.0, 80.0, 300.0, 110.0)


def test_what_is_painted_over_with_white_is_not_read_but_what_is_written_there_instead():
    sheet = Sheet().text(60, 100, "旧标题").white(*COVER).text(80, 100, "新标题")
    assert texts(sheet) == ["新标题"]


def test_what_is_painted_over_and_written_again_is_not_lost():
    assert texts(Sheet().text(60, 100, "12.30").white(*COVER).text(60, 100, "12.30")) == ["12.30"]


def test_a_white_picture_covers_and_one_that_shows_something_does_not():
    assert texts(Sheet().text(60, 100, "旧标题").picture(*COVER, grey=255).text(60, 200, "正文。")) == ["正文。"]
    assert texts(Sheet().text(60, 100, "旧标题").picture(*COVER, grey=128)) == ["旧标题"]


def test_white_ground_under_text_hides_nothing():
    assert texts(Sheet().white(*COVER).text(60, 100, "标题")) == ["标题"]
    assert texts(Sheet().text(60, 60, "页眉").white(*COVER).text(60, 100, "标题")) == ["页眉", "标题"]


def test_white_over_a_part_of_a_line_leaves_the_line():
    assert texts(Sheet().text(60, 100, "只盖住了其中一点").white(60, 80, 100, 110)) == ["只盖住了其中一点"]


def test_a_white_picture_of_the_whole_page_is_the_page():
    """Recognised text lies under the picture of a scanned page."""
    assert texts(Sheet().text(60, 100, "识别的文字").picture(0, 0, 595, 842, grey=255)) == ["识别的文字"]


def test_type_too_small_to_be_read_is_no_text_unless_it_is_an_index():
    sheet = Sheet().text(60, 100, "三公经费", 8).text(70, 98, "购置", 2)
    assert texts(sheet) == ["三公经费"]
    assert texts(Sheet().text(60, 100, "每平方米m", 4.5).text(60 + 4 * 4.5 + 2.3, 98.5, "2", 2.5)) == ["每平方米m2"]
    assert texts(Sheet().text(60, 100, "全页都是小字", 2.5)) == ["全页都是小字"]
