"""Word documents: what the printed page shows, with headings, list numbers and tables as they stand there."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_archive import compound, flagged, refusal_of, zipped

from loaders.document import Block
from loaders.formats import word
from loaders.formats.word import read, read_ole

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def relations(targets: dict[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{PACKAGE}">{items}</Relationships>'


def docx(body: str, *, space: str = MAIN, **parts: str) -> bytes:
    """A minimal docx with this body, and further parts (styles, numbering, footnotes, endnotes) by name."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": relations({kind: f"{kind}.xml" for kind in parts}),
            "word/document.xml": f'<w:document xmlns:w="{space}" {OTHERS}><w:body>{body}</w:body></w:document>',
            **{f"word/{kind}.xml": f'<w:{kind} xmlns:w="{space}">{part}</w:{kind}>' for kind, part in parts.items()},
        }
    )


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; those that are not XML are text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>"


def tc(*content: str, properties: str = "") -> str:
    """A cell of paragraphs and tables; what is not XML is a paragraph."""
    inside = "".join(item if item.startswith("<") else p(item) for item in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(row if row.startswith("<w:tr>") else f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def field(code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return mark("begin") + instruction + mark("separate") + f"<w:r><w:t>{result}</w:t></w:r>" + mark("end")


def box(*paragraphs: str) -> str:
    """A run with a text box as Word writes it: as a drawing, and once more for old programs."""
    content = f"<w:txbxContent>{''.join(map(p, paragraphs))}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{content}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def texts(data: bytes) -> list[str]:
    """The text of every block."""
    return [block.text for block in read(data)[1]]


def grid(block: Block) -> list[tuple[int, int, int, int, str]]:
    """The cells of a table block: row, column, rows spanned, columns spanned, text."""
    assert block.table is not None
    for cell in block.table.cells:
        assert block.text[cell.char_start : cell.char_end] == cell.text
    return [(cell.row_no, cell.col_no, cell.row_span, cell.col_span, cell.text) for cell in block.table.cells]


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


# Lists


def numbering(*levels: tuple[str, str], extra: str = "", nums: str = "") -> str:
    """The numbering part of one list with id 1: the form and the label text of each of its levels."""
    described = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="5">{described}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>{nums}'
    )


def item(text: str, level: int = 0, number: str = "1") -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


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
        ("upperRoman", "%1.", 3, "项"),
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


# Tables


def test_merged_cells_are_spans():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = tbl(
        tc("科目", properties=down) + tc("金额", properties='<w:gridSpan w:val="2"/>'),
        tc("看不见", properties=on) + tc("预算") + tc("决算"),
        tc("合计") + tc("1") + tc("2"),
    )
    (block,) = read(docx(table))[1]
    assert grid(block) == [
        (0, 0, 2, 1, "科目"),
        (0, 1, 1, 2, "金额"),
        (1, 1, 1, 1, "预算"),
        (1, 2, 1, 1, "决算"),
        (2, 0, 1, 1, "合计"),
        (2, 1, 1, 1, "1"),
        (2, 2, 1, 1, "2"),
    ]


def test_cells_stand_where_the_grid_puts_them():
    shifted = f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{tc('乙')}{tc('3')}</w:tr>"
    wide = (
        tc("合计", properties='<w:hMerge w:val="restart"/>')
        + tc("", properties='<w:hMerge w:val="continue"/>')
        + tc("4")
    )
    (block,) = read(docx(tbl(tc("甲") + tc("1") + tc("2"), shifted, wide)))[1]
    assert grid(block)[3:] == [(1, 1, 1, 1, "乙"), (1, 2, 1, 1, "3"), (2, 0, 1, 2, "合计"), (2, 2, 1, 1, "4")]


def test_a_continued_cell_with_nothing_above_is_a_cell():
    (block,) = read(docx(tbl(tc("甲", properties="<w:vMerge/>") + tc("1"), tc("乙") + tc("2"))))[1]
    assert [cell[-1] for cell in grid(block)] == ["甲", "1", "乙", "2"]


def test_lines_in_a_cell_are_joined_and_a_row_that_only_continues_is_a_row():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = tbl(
        tc("5.4", "", "0", properties=down) + tc("甲", properties=down),
        tc("", properties=on) + tc("", properties=on),
        tc("2") + tc("乙"),
    )
    (block,) = read(docx(table))[1]
    assert block.text == "5.4\n0\t甲\n\n2\t乙"
    assert grid(block)[-1] == (2, 1, 1, 1, "乙")


def test_a_table_in_a_cell_follows_the_table_that_holds_it():
    inner = tbl(tc("内甲") + tc("1"))
    blocks = read(docx(tbl(tc("说明", inner) + tc("金额"), tc("合计") + tc("9")) + p("后")))[1]
    assert [(block.text, block.table and block.table.table_no) for block in blocks] == [
        ("说明\t金额\n合计\t9", 1),
        ("内甲\t1", 2),
        ("后", None),
    ]


def test_a_table_that_is_only_a_frame_is_ordinary_content():
    assert texts(docx(tbl(tc("第一段", tbl(tc("项目") + tc("金额")), "第二段")))) == ["第一段", "项目\t金额", "第二段"]
    prose = "本部门继续落实过紧日子要求，从严控制一般性支出，" * 4
    assert texts(docx(tbl(tc(prose), tc("二、其他说明")))) == [prose, "二、其他说明"]


TEXT = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8).filter(lambda text: "<" not in text)


@given(st.lists(st.lists(TEXT.filter(lambda t: "&" not in t), min_size=3, max_size=3), min_size=2, max_size=6))
def test_any_grid_of_texts_comes_back_cell_by_cell(rows):
    (block,) = read(docx(tbl(*("".join(map(tc, row)) for row in rows))))[1]
    assert [cell[-1] for cell in grid(block)] == [text for row in rows for text in row]


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
        (flagged(docx(p("字")), 0x1), "password"),
        (
            zipped({"word/document.xml": f'<!DOCTYPE a [<!ENTITY x "1">]><w:document xmlns:w="{MAIN}"/>'}),
            "damaged_file",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, reason):
    assert refusal_of(lambda: read(data)) == reason


# Old documents


DOC = compound({"WordDocument": b"\xec\xa5".ljust(5000, b"\0"), "1Table": b""})


def program(folder: Path, script: str) -> None:
    """A stand-in for LibreOffice, alone on the path with the shell's own tools."""
    (folder / "soffice").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "soffice").chmod(0o755)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A folder that comes first on PATH, where no LibreOffice is found."""
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None)
    return tmp_path


def test_an_old_document_without_libreoffice_says_what_to_install(path):
    with pytest.raises(word.Unreadable, match="LibreOffice") as caught:
        read_ole(DOC)
    assert caught.value.reason == "needs_libreoffice"


def test_an_old_document_is_converted_with_a_profile_of_its_own_and_leaves_nothing_behind(path):
    converted = path / "converted.docx"
    converted.write_bytes(docx(p("旧文档")))
    program(path, f'echo "$@" > {path}/arguments; pwd > {path}/folder; cp {converted} "$PWD/document.docx"')
    assert [block.text for block in read_ole(DOC)[1]] == ["旧文档"]
    arguments = (path / "arguments").read_text()
    folder = (path / "folder").read_text().strip()
    assert f"-env:UserInstallation=file://{folder}/profile --headless" in arguments
    assert "--convert-to docx" in arguments
    assert not Path(folder).exists()


def test_a_document_that_libreoffice_cannot_convert_is_refused(path):
    program(path, "exit 1")
    assert refusal_of(lambda: read_ole(DOC)) == "conversion_failed"


def test_a_conversion_that_takes_too_long_is_ended_with_its_children(path, monkeypatch):
    monkeypatch.setattr(word, "_CONVERSION_SECONDS", 0.5)
    program(path, f"sleep 60 & echo $! > {path}/child; wait")
    assert refusal_of(lambda: read_ole(DOC)) == "conversion_failed"
    child = int((path / "child").read_text())
    status = Path(f"/proc/{child}/stat")
    assert not status.exists() or ") Z" in status.read_text()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (compound({"WordDocument": struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100)}), "password"),
        (compound({"EncryptedPackage": b""}), "password"),
        (compound({"PowerPoint Document": b""}), "unsupported_format"),
        (compound({"Workbook": b""}), "no_text"),
        (compound({"Workbook": b"x" * 5000})[:4000], "damaged_file"),
        (DOC[:2000], "damaged_file"),
    ],
)
def test_other_old_files_are_refused_by_what_they_are(data, reason):
    assert refusal_of(lambda: read_ole(data)) == reason


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-writer)")
def test_libreoffice_itself_converts_an_old_document(tmp_path):
    source = tmp_path / "源.html"
    cells = "<tr><td>项目</td><td>金额</td></tr><tr><td>合计</td><td>1.20</td></tr>"
    source.write_text(f"<meta charset=utf-8><p>某局部门决算</p><table border=1>{cells}</table>", encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless"]
    command += ["--convert-to", "doc:MS Word 97", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    assert [block.text for block in read_ole((tmp_path / "源.doc").read_bytes())[1]] == [
        "某局部门决算",
        "项目\t金额\n合计\t1.20",
    ]
