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
