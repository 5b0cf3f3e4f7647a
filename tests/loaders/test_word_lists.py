"""Lists of Word documents: every paragraph has the number that is printed before it."""

from __future__ import annotations

import pytest
from packages import docx, item, numbering, p

from loaders.formats.word import read


def texts(data: bytes) -> list[str]:
    """The text of every block."""
    return [block.text for block in read(data).blocks]


def test_list_numbers_are_printed_and_restart_under_each_item_above():
    lists = numbering(("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    body = item("收入") + item("财政拨款", 1) + item("其他", 1) + item("利息", 2) + item("支出") + item("基本支出", 1)
    assert texts(docx(body, numbering=lists)) == [
        "一、收入",
        "（一）财政拨款",
        "（二）其他",
        "1. 利息",
        "二、支出",
        "（一）基本支出",
    ]


@pytest.mark.parametrize(
    ("form", "text", "count", "printed"),
    [
        ("chineseCounting", "%1、", 10, "十、项"),
        ("chineseCounting", "%1、", 11, "十一、项"),
        ("chineseCounting", "%1、", 20, "二十、项"),
        ("japaneseCounting", "第%1部分", 21, "第二十一部分项"),
        ("decimal", "%1.", 3, "3. 项"),
        ("decimal", "（%1）", 3, "（3）项"),
        ("decimalZero", "%1", 3, "03 项"),
        ("decimalEnclosedCircle", "%1", 3, "③项"),
        ("decimalFullWidth", "%1．", 12, "１２．项"),
        ("none", "附：", 1, "附：项"),
        ("bullet", "\uf06c", 1, "项"),
        ("upperLetter", "%1.", 3, "C. 项"),
        ("lowerLetter", "%1)", 28, "bb) 项"),
        ("upperRoman", "%1.", 14, "XIV. 项"),
        ("ideographTraditional", "%1、", 2, "乙、项"),
        ("chineseLegalSimplified", "%1、", 12, "壹拾贰、项"),
        ("hebrew1", "%1.", 3, "项"),
        ("chineseCounting", "%1、", 100, "项"),
    ],
)
def test_a_list_number_has_its_printed_form_and_one_not_known_is_left_out(form, text, count, printed):
    lists = numbering((form, text)).replace('<w:start w:val="1"/>', f'<w:start w:val="{count}"/>')
    assert texts(docx(item("项"), numbering=lists)) == [printed]


def test_a_label_may_hold_the_numbers_of_the_levels_above():
    lists = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2"), extra="<w:isLgl/>")
    assert texts(docx(item("概况") + item("职能", 1) + item("机构", 1), numbering=lists))[1:] == [
        "1.1 职能",
        "1.2 机构",
    ]


def test_empty_items_count_and_unnumbered_and_deleted_ones_do_not():
    body = (
        item("甲")
        + item("")
        + item("乙")
        + item("丙", number="0")
        + p(
            "<w:del><w:r><w:delText>丁</w:delText></w:r></w:del>",
            properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>',
        )
        + item("戊")
    )
    assert texts(docx(body, numbering=numbering(("decimal", "%1、")))) == ["1、甲", "3、乙", "丙", "4、戊"]


def test_lists_of_one_definition_count_on_unless_they_say_where_to_start():
    again = '<w:num w:numId="{}"><w:abstractNumId w:val="5"/>{}</w:num>'.format
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = numbering(("decimal", "%1、"), nums=again(2, "") + again(3, restart))
    body = item("甲") + item("乙", number="2") + item("丙", number="3") + item("丁", number="3")
    assert texts(docx(body, numbering=lists)) == ["1、甲", "2、乙", "1、丙", "2、丁"]


def test_a_style_may_number_its_paragraphs_by_the_level_that_names_it():
    lists = numbering(("chineseCounting", "%1、"), ("chineseCounting", "（%2）"))
    lists = lists.replace('<w:lvlText w:val="（%2）"/>', '<w:pStyle w:val="h2"/><w:lvlText w:val="（%2）"/>')
    properties = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = f'<w:style w:styleId="h2"><w:name w:val="heading 2"/>{properties}</w:style>'
    (block,) = read(docx(p("收入情况", style="h2"), numbering=lists, styles=styles))[1]
    assert (block.level, block.text) == (2, "（一）收入情况")
