"""Word documents: what the printed page shows, with headings, list numbers and tables as they stand there."""

from __future__ import annotations

import pytest
from packages import MAIN, STRICT, box, docx, field, item, numbering, p, refusal_of, tbl, tc, zipped

from loaders.formats.word import read


def texts(data: bytes) -> list[str]:
    """The text of every block."""
    return [block.text for block in read(data)[1]]


# Text


def test_headings_paragraphs_and_tables_come_in_reading_order_and_are_numbered():
    styles = '<w:style w:styleId="2"><w:name w:val="heading 2"/></w:style>'
    table = tbl(tc("项目") + tc("金额"), tc("合计") + tc("1.20"))
    title, blocks, *_ = read(
        docx(p("某局2024年度部门决算") + p("收入情况", style="2") + p() + table + p("末段"), styles=styles)
    )
    assert title == "某局2024年度部门决算"
    assert [(block.block_no, block.kind.value, block.level, block.page, block.text) for block in blocks] == [
        (1, "paragraph", 0, None, "某局2024年度部门决算"),
        (2, "heading", 2, None, "收入情况"),
        (3, "table", 0, None, "项目\t金额\n合计\t1.20"),
        (4, "paragraph", 0, None, "末段"),
    ]


@pytest.mark.parametrize("first", ["附件2", "附件：", "附表 1"])
def test_a_bare_attachment_number_is_no_title(first):
    assert read(docx(p(first) + p("某局部门预算")))[0] == "某局部门预算"


RUBY = (
    "<w:r><w:ruby><w:rt><w:r><w:t>yù</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>预</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)


@pytest.mark.parametrize(
    ("paragraph", "lines"),
    [
        (p("支出8", "0,778", ".86元"), ["支出80,778.86元"]),
        (p("前", "<w:r><w:br/></w:r>", "后"), ["前", "后"]),
        (p("甲", "<w:r><w:tab/></w:r>", "乙"), ["甲\t乙"]),
        (p("预\u00ad算", "<w:r><w:softHyphen/><w:t>数</w:t></w:r>"), ["预算数"]),
        (p("2023", "<w:r><w:noBreakHyphen/></w:r>", "2024年"), ["2023-2024年"]),
        (p("已完成", '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'), ["已完成☑"]),
        (p("收入", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"), ["收入"]),
        (p("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>不隐藏</w:t></w:r>"), ["不隐藏"]),
        (p("<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>"), ["链接"]),
        (p("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>"), ["控件"]),
        (p(RUBY, "算"), ["预算"]),
        (p("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"), ["a+b"]),
        (p("完成", "<w:r><w:footnoteReference w:id='2'/></w:r>", "。"), ["完成。"]),
    ],
)
def test_a_paragraph_is_what_it_prints(paragraph, lines):
    assert texts(docx(paragraph)) == lines


def test_strict_documents_are_read_like_others():
    assert texts(docx(p("正文") + tbl(tc("项目") + tc("金额")), space=STRICT)) == ["正文", "项目\t金额"]


# Tracked changes


def test_changes_are_accepted():
    body = p(
        "预算", "<w:del><w:r><w:delText>10</w:delText></w:r></w:del>", "<w:ins><w:r><w:t>12</w:t></w:r></w:ins>", "万元"
    )
    moved = "<w:r><w:t>移动</w:t></w:r>"
    body += p("甲", f"<w:moveFrom>{moved}</w:moveFrom>") + p("乙", f"<w:moveTo>{moved}</w:moveTo>")
    assert texts(docx(body)) == ["预算12万元", "甲", "乙移动"]


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next():
    gone = "<w:rPr><w:del/></w:rPr>"
    assert texts(docx(p("支出128.", properties=gone) + p("93万元") + p("末", properties=gone))) == [
        "支出128.93万元",
        "末",
    ]


def test_a_moved_paragraph_is_counted_once():
    numbered = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:{}/></w:rPr>'.format
    moved = "<w:r><w:t>移动</w:t></w:r>"
    body = p(f"<w:moveFrom>{moved}</w:moveFrom>", properties=numbered("moveFrom")) + item("甲") + item("乙")
    body += p(f"<w:moveTo>{moved}</w:moveTo>", properties=numbered("moveTo"))
    assert texts(docx(body, numbering=numbering(("decimal", "%1、")))) == ["1、甲", "2、乙", "3、移动"]


def test_deleted_rows_are_not_there():
    table = tbl(
        tc("项目") + tc("金额"), f"<w:tr><w:trPr><w:del/></w:trPr>{tc('甲')}{tc('1')}</w:tr>", tc("乙") + tc("2")
    )
    assert texts(docx(table)) == ["项目\t金额\n乙\t2"]


# Fields, text boxes, notes


def test_the_result_of_a_field_is_printed_and_its_code_is_not():
    nested = field(f"IF {field('PAGE', '7')} = 1", "第3页")
    assert texts(docx(p("共", field("NUMPAGES", "12"), "页") + p(nested))) == ["共12页", "第3页"]


def test_a_field_over_several_paragraphs_keeps_them_and_a_broken_one_swallows_nothing():
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    contents = p(mark("begin"), "<w:r><w:instrText>TOC</w:instrText></w:r>", mark("separate"), "一、概况\t1")
    broken = p("前", mark("begin"), "<w:r><w:instrText>DATE</w:instrText></w:r>")
    body = contents + p("二、决算\t3", mark("end")) + broken + p("后")
    assert texts(docx(body)) == ["一、概况\t1", "二、决算\t3", "前", "后"]


def test_a_text_box_comes_once_after_its_paragraph():
    assert texts(docx(p("前文", box("框内第一段", "框内第二段"), "后文") + p("下一段"))) == [
        "前文后文",
        "框内第一段",
        "框内第二段",
        "下一段",
    ]


def test_the_text_boxes_of_a_group_and_of_a_cell_come_where_they_stand():
    shape = "<v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape>".format
    group = f"<w:r><w:pict><v:group>{shape(p('左'))}{shape(tbl(tc('项目') + tc('1')))}</v:group></w:pict></w:r>"
    table = tbl(tc(p("说明", box("框内"))) + tc("金额"), tc("合计") + tc("9"))
    assert texts(docx(p("前", group) + table)) == ["前", "左", "项目\t1", "说明\n框内\t金额\n合计\t9"]


def test_footnotes_and_endnotes_are_paragraphs_at_the_end():
    notes = f'<w:footnote w:type="separator">{p("线")}</w:footnote><w:footnote w:id="2">{p("不含结转。")}</w:footnote>'
    endnotes = f'<w:endnote w:id="1">{p("尾注。")}</w:endnote>'
    assert texts(docx(p("正文"), footnotes=notes, endnotes=endnotes)) == ["正文", "不含结转。", "尾注。"]


# Headings


def level_of(paragraph: str, styles: str = "") -> int:
    return read(docx(paragraph, styles=styles))[1][0].level


@pytest.mark.parametrize(
    ("style", "level"),
    [
        ('<w:name w:val="heading 3"/>', 3),
        ('<w:name w:val="Heading 1"/>', 1),
        ('<w:name w:val="标题 2"/>', 2),
        ('<w:name w:val="Title"/>', 1),
        ('<w:name w:val="我的标题样式"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr>', 2),
        ('<w:name w:val="章"/><w:basedOn w:val="h1"/>', 1),
        ('<w:name w:val="章"/><w:basedOn w:val="h1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>', 0),
        ('<w:name w:val="环"/><w:basedOn w:val="s"/>', 0),
        ('<w:name w:val="Normal"/>', 0),
        ('<w:name w:val="toc 1"/>', 0),
    ],
)
def test_the_level_of_a_heading_is_its_styles(style, level):
    styles = f'<w:style w:styleId="h1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="s">{style}</w:style>'
    assert level_of(p("部门概况", style="s"), styles) == level


def test_a_stated_outline_level_overrules_the_style():
    styles = '<w:style w:styleId="s"><w:name w:val="heading 1"/></w:style>'
    assert level_of(p("部门概况", style="s", properties='<w:outlineLvl w:val="2"/>'), styles) == 3
    assert level_of(p("部门概况", style="s", properties='<w:outlineLvl w:val="9"/>'), styles) == 0


@pytest.mark.parametrize("text", ["一、收入情况。2024年收入100万元。", "本年度" + "继续" * 40])
def test_prose_in_a_heading_style_is_prose(text):
    assert level_of(p(text, properties='<w:outlineLvl w:val="0"/>')) == 0


# What is no text


PICTURE = (
    "<w:r><w:drawing><w:extent cx='{0}' cy='{0}'/><a:graphic><a:graphicData uri='urn:x/picture'><a:blip/>"
    "</a:graphicData></a:graphic></w:drawing></w:r>"
).format
OLD_PICTURE = "<w:r><w:pict><v:shape style='width:{0}pt;height:{0}pt'><v:imagedata/></v:shape></w:pict></w:r>".format
SHAPE = "<w:r><w:drawing><a:graphicData uri='urn:x/{}'/></w:drawing></w:r>".format


@pytest.mark.parametrize(
    ("run", "reasons"),
    [
        (PICTURE(9 * 360_000), [("picture", True)]),
        (OLD_PICTURE(300), [("picture", True)]),
        (PICTURE(2 * 360_000), []),  # a seal, a mark
        (OLD_PICTURE(50), []),
        (SHAPE("chart"), [("chart", True)]),
        (SHAPE("diagram"), [("diagram", True)]),
        (
            "<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject/></w:object></w:r>",
            [("embedded_object", True)],
        ),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>", [("hidden_text", False)]),
        (box("框内"), []),
    ],
)
def test_what_is_not_read_is_counted_and_said_to_be_printed_or_not(run, reasons):
    omissions = read(docx(p("正文", run, run))).omissions
    assert [(omission.reason, omission.count, omission.is_printed) for omission in omissions] == [
        (reason, 2, is_printed) for reason, is_printed in reasons
    ]
    assert all("2" in omission.message for omission in omissions)


# Files shown as part of the text


CHUNK = "<w:altChunk r:id='r0'/>"
ROWS = "<table><tr><td rowspan=2>项目</td><td>金额</td></tr><tr><td>1.20</td></tr></table>"


@pytest.mark.parametrize(
    "chunk",
    [
        f"<html><body><p>插入</p>{ROWS}</body></html>".encode(),
        f"<html><body><p>插入</p>{ROWS}</body></html>".encode("gb18030"),
        (
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
            f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>插入</p>{ROWS}\r\n--b--\r\n"
        ).encode(),
        docx(p("插入") + tbl(tc("项目") + tc("金额"), tc("") + tc("1.20"))),
    ],
    ids=["html", "gb18030", "mhtml", "docx"],
)
def test_a_file_that_is_shown_in_the_text_is_read_in_its_place(chunk):
    content = read(docx(p("前") + CHUNK + p("后"), chunk=chunk))
    assert [block.text.replace("\n\t", "\n") for block in content.blocks] == ["前", "插入", "项目\t金额\n1.20", "后"]
    assert [block.table.table_no for block in content.blocks if block.table] == [1]


@pytest.mark.parametrize("chunk", [b"\x00\x01", docx(CHUNK, chunk=docx(p("深")))], ids=["binary", "nested"])
def test_a_shown_file_that_cannot_be_read_is_an_omission(chunk):
    content = read(docx(p("前") + CHUNK, chunk=chunk))
    assert [block.text for block in content.blocks] == ["前"]
    assert [(omission.reason, omission.count) for omission in content.omissions] == [("embedded_document", 1)]


# Refusals


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(p("")), "no_text"),
        (docx("")[:-30], "damaged_file"),
        (docx("<w:p>"), "damaged_file"),
        (zipped({"[Content_Types].xml": "", "word/other.xml": "<a/>"}), "damaged_file"),
        (zipped({"word/document.xml": "<document/>"}), "damaged_file"),
        (docx("<w:ins>" * 300 + "</w:ins>" * 300), "damaged_file"),
        (docx(" " * 2_000_000), "archive_too_large"),
        (
            zipped({"word/document.xml": f'<!DOCTYPE a [<!ENTITY x "1">]><w:document xmlns:w="{MAIN}"/>'}),
            "damaged_file",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, reason):
    assert refusal_of(lambda: read(data)) == reason
