"""PDF files: what a person reads on the printed pages, tables as grids, and files that cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.document import Block, BlockKind, Unreadable
from loaders.formats import pdf_page
from loaders.formats.pdf import read

# A4 in points.
WIDTH, HEIGHT = 595.0, 842.0


def width(text: str, size: float) -> float:
    """How wide the tests' font prints a text: Latin letters and digits half an em, others an em."""
    return sum(size / 2 if char.isascii() else size for char in text)


class Sheet:
    """One page of a small PDF, drawn with coordinates from the top left corner."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT, rotate: int = 0) -> None:
        self.width, self.height, self.rotate = width, height, rotate
        self.drawn: list[str | tuple[float, str, str]] = []

    def text(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        """Print text in a Chinese font, every character an em wide; `y` is its baseline."""
        return self._show(f"1 0 0 1 {x} {self.height - y}", text, size)

    def upwards(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        """Print text that runs up the page, from (x, y)."""
        return self._show(f"0 1 -1 0 {x} {self.height - y}", text, size)

    def aslant(self, x: float, y: float, text: str, size: float = 40) -> Sheet:
        return self._show(f"0.7 0.7 -0.7 0.7 {x} {self.height - y}", text, size)

    def _show(self, matrix: str, text: str, size: float) -> Sheet:
        self.drawn.append((size, matrix, text))
        return self

    def clipped(self, box: tuple[float, float, float, float], x: float, y: float, text: str) -> Sheet:
        """Print text of which only what is in the box (left, top, right, bottom) shows."""
        left, top, right, bottom = box
        self.drawn.append(f"q {left} {self.height - bottom} {right - left} {bottom - top} re W n")
        self.text(x, y, text)
        self.drawn.append("Q")
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: float = 0) -> Sheet:
        self.drawn.append(f"{colour} G 0.5 w {x0} {self.height - y0} m {x1} {self.height - y1} l S 0 G")
        return self

    def thin(self, x0: float, y0: float, x1: float, y1: float) -> Sheet:
        """A line as word processors draw it: a filled rectangle a point thick."""
        self.drawn.append(f"{x0} {self.height - y0} {max(x1 - x0, 1)} {-max(y1 - y0, 1)} re f")
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> Sheet:
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        return self

    def table(self, xs: Sequence[float], top: float, rows: Sequence[Sequence[str]], height: float = 20) -> Sheet:
        """A ruled table with a text in each cell."""
        self.grid(xs, [top + height * row for row in range(len(rows) + 1)])
        for row, texts in enumerate(rows):
            for x, text in zip(xs, texts, strict=False):
                if text:
                    self.text(x + 2, top + height * row + 14, text, 8)
        return self


def document(*sheets: Sheet, encrypt: bool = False) -> bytes:
    """The bytes of a PDF with these pages, in a font of its own in which every character is a box."""
    chars = sorted({char for sheet in sheets for drawn in sheet.drawn if isinstance(drawn, tuple) for char in drawn[2]})
    codes = {char: code for code, char in enumerate(chars, 1)}
    to_unicode = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange " + "".join(
        f"1 beginbfchar <{code:02x}> <{char.encode('utf-16-be').hex()}> endbfchar " for char, code in codes.items()
    )
    boxes = [f"{wide} 0 0 0 {wide} 860 d1 80 0 {wide - 160} 800 re f" for wide in (500, 1000)]
    shapes = "".join("/half" if char.isascii() else "/full" for char in chars)
    pages = " ".join(f"{7 + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(sheets)}/Kids[{pages}]>>",
        "<</Type/Font/Subtype/Type3/FontBBox[0 -140 1000 860]/FontMatrix[0.001 0 0 0.001 0 0]"
        "/CharProcs<</half 4 0 R/full 5 0 R>>"
        f"/Encoding<</Differences[1 {shapes}]>>/FirstChar 1/LastChar {len(chars)}"
        f"/Widths[{' '.join(str(round(width(char, 1000))) for char in chars)}]/ToUnicode 6 0 R>>",
        *(f"<</Length {len(text)}>>stream\n{text}\nendstream" for text in (*boxes, to_unicode)),
    ]
    for number, sheet in enumerate(sheets):
        content = "\n".join(
            drawn
            if isinstance(drawn, str)
            else f"BT /F1 {drawn[0]} Tf {drawn[1]} Tm <{bytes(codes[char] for char in drawn[2]).hex()}> Tj ET"
            for drawn in sheet.drawn
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {sheet.width} {sheet.height}]/Rotate {sheet.rotate}"
            f"/Resources<</Font<</F1 3 0 R>>>>/Contents {8 + 2 * number} 0 R>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    data = b"%PDF-1.7\n"
    places: list[int] = []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{'11' * 32}>/U<{'22' * 32}>/P -4>>/ID[<00><00>]" if encrypt else ""
    return data + f"trailer<</Size {len(objects) + 1}/Root 1 0 R{locked}>>\nstartxref\n{start}\n%%EOF".encode()


def blocks(*sheets: Sheet) -> tuple[Block, ...]:
    return read(document(*sheets))[1]


def texts(*sheets: Sheet) -> list[str]:
    """The text of every paragraph; `TABLE` for a table."""
    return ["TABLE" if block.table else block.text for block in blocks(*sheets)]


def tables(found: Iterable[Block]) -> list[list[list[str]]]:
    """The texts of every table by row; checks that offsets and text agree, and that cells tile the grid."""
    grids: list[list[list[str]]] = []
    for block in found:
        if block.table is None:
            continue
        places: list[tuple[int, int]] = []
        for cell in block.table.cells:
            assert block.text[cell.char_start : cell.char_end] == cell.text
            places += [
                (row, col)
                for row in range(cell.row_no, cell.row_no + cell.row_span)
                for col in range(cell.col_no, cell.col_no + cell.col_span)
            ]
        height, width = max(row for row, _ in places) + 1, max(col for _, col in places) + 1
        assert sorted(places) == [(row, col) for row in range(height) for col in range(width)]
        grids.append([[cell.text for cell in row] for row in block.table.rows()])
    return grids


def spans(block: Block) -> dict[str, tuple[int, int, int, int]]:
    """Where each text of a table stands: row, column, rows and columns spanned."""
    assert block.table is not None
    return {
        cell.text: (cell.row_no, cell.col_no, cell.row_span, cell.col_span) for cell in block.table.cells if cell.text
    }


def prose(sheet: Sheet, top: float, *lines: str, left: float = 72, size: float = 12, pitch: float = 20) -> Sheet:
    """Lines of text below each other; a leading ideographic space indents by an em."""
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip("\u3000"))
        sheet.text(left + indent * size, top + number * pitch, line.strip("\u3000"), size)
    return sheet


FULL = "本年收入合计一百二十八万元其中财政拨款收入占百分之九十九其他收入占百"  # 35 characters
INDENTED = FULL[:-2]


# Prose


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


def test_numbered_paragraphs_are_apart_even_where_lines_are_full():
    first = FULL[:-1] + "。"
    assert texts(prose(Sheet(), 100, FULL, first, "（二）第二项", FULL)) == [FULL + first, "（二）第二项", FULL]


def test_a_paragraph_reads_on_over_a_page_break():
    one = prose(Sheet(), 100, FULL, FULL, "\u3000\u3000" + INDENTED, FULL).text(290, 810, "-1-")
    two = prose(Sheet(), 60, "分之一。", FULL[:20] + "。").text(290, 810, "-2-")
    found = blocks(one, two)
    assert found[1].text == INDENTED + FULL + "分之一。"
    assert [block.page for block in found] == [1, 1, 2]


def test_texts_far_apart_on_a_line_are_paragraphs_from_left_to_right():
    assert texts(Sheet().text(60, 101, "部门：某局").text(400, 100, "单位：万元")) == ["部门：某局", "单位：万元"]


def test_a_spread_word_stays_one():
    assert texts(Sheet().text(240, 100, "目").text(340, 100, "录")) == ["目录"]


def test_a_gap_between_latin_letters_is_a_space_and_one_between_chinese_is_not():
    sheet = Sheet().text(60, 100, "1.").text(60 + 12 + 5, 100, "2026年").text(120, 100, "预算")
    assert texts(sheet) == ["1. 2026年预算"]


def test_what_is_printed_twice_to_look_bold_is_read_once():
    assert texts(Sheet().text(60, 100, "合计12.30").text(60.4, 100, "合计12.30")) == ["合计12.30"]


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


def test_a_watermark_is_left_out():
    assert texts(Sheet().aslant(150, 600, "内部资料").text(60, 100, "正文。")) == ["正文。"]


# Ruled tables

XS = [60.0, 200.0, 320.0, 440.0]
ROWS = [["项目", "预算数", "决算数"], ["基本支出", "1,200.00", "1,180.50"], ["合计", "1,200.00", "1,180.50"]]


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


def test_text_that_the_file_hides_is_not_printed():
    sheet = Sheet().text(60, 100, "看得见。").clipped((0, 0, 595, 780), 60, 820, "下一页才印出来的。")
    assert texts(sheet) == ["看得见。"]


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


def test_figures_below_each_other_between_two_borders_are_rows():
    sheet = Sheet().table(XS, 100, [["项目", "预算数", "决算数"]])
    sheet.grid(XS, [120, 200])
    for row, (name, budget, actual) in enumerate([("基本支出", "1.25", "1.20"), ("项目支出", "3.00", "2.50")]):
        for x, text in zip(XS, (name, budget, actual), strict=False):
            sheet.text(x + 2, 134 + 20 * row, text, 8)
    assert tables(blocks(sheet)) == [[ROWS[0], ["基本支出", "1.25", "1.20"], ["项目支出", "3.00", "2.50"]]]


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


# Tables over pages


def long_table(*names: str) -> list[list[str]]:
    return [[name, f"{number}.50", f"{number}.25"] for number, name in enumerate(names)]


def test_a_table_that_runs_on_is_one_and_a_repeated_header_is_taken_once():
    head, tail = long_table("甲类", "乙类", "丙类", "丁类"), long_table("戊类", "己类")
    one = Sheet().text(200, 380, "支出总表", 18).table(XS, 400, [ROWS[0], *head], height=80).text(280, 820, "1")
    two = Sheet().table([x + 20 for x in XS], 60, [ROWS[0], *tail]).text(80, 200, "注：无。").text(280, 820, "2")
    found = blocks(one, two)
    assert tables(found) == [[ROWS[0], *head, *tail]]
    assert [(block.page, block.text) for block in found if not block.table] == [(1, "支出总表"), (2, "注：无。")]
    assert next(block.page for block in found if block.table) == 1


def test_a_table_that_runs_on_under_the_same_title_is_one():
    pages = [
        Sheet()
        .text(200, 60, "支出总表", 18)
        .text(380, 90, "单位：万元")
        .table(XS, 100, [ROWS[0], *long_table(name, name)])
        for name in ("甲类", "乙类")
    ]
    found = blocks(*pages)
    assert [block.text for block in found if not block.table] == ["支出总表", "单位：万元"]
    assert tables(found) == [[ROWS[0], *long_table("甲类", "甲类"), *long_table("乙类", "乙类")]]


def test_forms_with_the_same_title_are_as_many_tables():
    pages = [
        Sheet().text(200, 60, "绩效目标表", 18).table([60, 200, 440], 100, [["主管部门", "某局"], ["项目名称", name]])
        for name in ("道路养护", "绿化养护")
    ]
    assert len(tables(blocks(*pages))) == 2


def test_a_merged_cell_goes_on_over_the_page_break():
    one = Sheet().table([60, 200, 440], 700, [["产出指标", "数量"]], height=40).line(60, 780, 60, 740)
    one.line(200, 740, 200, 780).line(440, 740, 440, 780).line(200, 780, 440, 780).line(60, 740, 440, 740)
    one.text(62, 760, "效益指标", 8).text(202, 760, "社会效益", 8)
    two = Sheet().line(60, 60, 60, 100).line(200, 60, 200, 100).line(440, 60, 440, 100)
    two.line(200, 60, 440, 60).line(60, 100, 440, 100).text(202, 80, "可持续影响", 8)
    (block,) = blocks(one, two)
    assert spans(block)["效益指标"] == (1, 0, 2, 1)
    assert tables([block]) == [[["产出指标", "数量"], ["效益指标", "社会效益"], ["可持续影响"]]]


def test_a_row_that_the_page_break_cuts_is_one():
    one = Sheet().table([60, 200, 280], 700, [["主管部门", "某局"], ["项目名称", "医疗服务能力补助资"]], height=40)
    two = Sheet().table([60, 200, 280], 60, [["", "金支出"], ["备注", "没有"]])
    assert tables(blocks(one, two)) == [
        [["主管部门", "某局"], ["项目名称", "医疗服务能力补助资金支出"], ["备注", "没有"]]
    ]


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


# Tables without vertical rules

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


# Files that cannot be read


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert raised.value.message
    return raised.value.reason


def test_a_file_that_is_no_pdf_or_broken_off_is_damaged():
    assert reason(b"") == "damaged_file"
    assert reason("<html>无法访问</html>".encode()) == "damaged_file"
    assert reason(document(Sheet().text(60, 100, "正文"))[:200]) == "damaged_file"


def test_a_password_is_named():
    assert reason(document(Sheet(), encrypt=True)) == "password"


def test_a_file_without_pages_is_named():
    assert reason(document()) == "no_pages"


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_page, "MOST_PAGES", 2)
    assert reason(document(Sheet(), Sheet(), Sheet())) == "too_large"


@pytest.mark.usefixtures("without_ocr")
def test_scanned_files_need_ocr():
    scanned = Sheet().line(60, 60, 300, 60)
    with pytest.raises(Unreadable, match="ocr") as raised:
        read(document(scanned, scanned))
    assert raised.value.reason == "needs_ocr"


def test_files_whose_fonts_are_nowhere_are_refused_rather_than_read_in_part(monkeypatch):
    monkeypatch.setattr(pdf_page, "_unshaped", lambda page: (9, 10))
    assert reason(document(Sheet().text(60, 100, "正文"))) == "needs_font"


def test_pages_without_text_are_passed_over():
    assert [block.page for block in blocks(Sheet(), Sheet().text(60, 100, "正文。"), Sheet())] == [2]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.integers(1, 40), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(start, step, noise):
    data = bytearray(document(Sheet().table(XS, 100, ROWS), prose(Sheet(), 100, FULL, FULL)))
    for place in range(start, len(data), step):
        data[place : place + len(noise)] = noise
    with contextlib.suppress(Unreadable):
        title, found, *_ = read(bytes(data))
        assert title
        assert found


def test_reading_twice_gives_the_same():
    data = document(Sheet().table(XS, 100, ROWS))
    assert read(data) == read(data)


# Published files, checked by hand against the printed page

PUBLISHED = Path(__file__).parents[3] / "shared" / "reports" / "published"


def published(name: str) -> tuple[str, tuple[Block, ...]]:
    path = PUBLISHED / name
    if not path.is_file():
        pytest.skip(f"no published report at {path}: they stand beside the repository, not in it")
    return read(path.read_bytes())[:2]


def table_on(found: Sequence[Block], page: int) -> tuple[list[str], list[list[str]]]:
    """The two paragraphs before the first table that begins on a page, and the table's rows."""
    at = next(index for index, block in enumerate(found) if block.table and block.page == page)
    return [block.text for block in found[at - 2 : at]], tables(found[at : at + 1])[0]


def test_yantai_a_rotated_page_and_a_table_over_two_pages_under_one_title():
    title, found = published("yantai_2026_ys_ab72d2da.pdf")
    assert title == "2026年烟台市教育局部门预算"
    above, rows = table_on(found, 10)
    assert above == ["部门（单位）：烟台市教育局", "单位：万元"]
    assert rows[1] == ["类", "款", "项", "小计", "一般公共预算收入", "政府性基金预算收入", "国有资本经营预算收入"]
    assert rows[2][3:] == [
        *("合　计", "315,441.72", "233,644.90", "231,286.22", "2,358.68", "", "62,466.06", "4,828.50", "", "14,296.37"),
        *("205.89", "", "", ""),
    ]
    assert rows[15][:7] == ["", "", "05", "高等职业教育", "165,160.20", "94,681.87", "94,681.87"]
    totals = [row[4] for row in rows[2:] if row[0]]
    assert totals == ["313,068.64", "14.40", "2,238.68", "120.00"]
    # Both parts of the table, the second from page 11, add up to the total printed on page 10.
    assert sum(round(float(total.replace(",", "")) * 100) for total in totals) == 31_544_172


def test_shanghai_putuo_final_accounts_of_the_three_public_expenses():
    _, found = published("sh-putuo_2024_js_f2546b57.pdf")
    above, rows = table_on(found, 17)
    assert above == ["单位：万元", "财政拨款“三公”经费"]
    assert rows[0] == ["合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"]
    assert rows[2] == ["预算数", "决算数"] * 6
    assert rows[3] == ["2.85", "0.39", *["0.00"] * 8, "2.85", "0.39"]


def test_suzhou_income_under_two_rows_of_headings_and_prose_without_headers():
    title, found = published("suzhou_2026_ys_27923060.pdf")
    assert title == "2026年度苏州市自然资源和规划局单位预算公开"
    above, rows = table_on(found, 12)
    assert above == ["单位：苏州市自然资源和规划局", "单位：万元"]
    assert rows[0] == ["单位代码", "单位名称", "合计", "本年收入", "上年结转结余"]
    assert rows[1][1:3] == ["一般公共预算", "政府性基金预算"]
    assert rows[3] == ["114001", "苏州市自然资源和规划局", "10,022.32", "10,022.32", "9,078.52", "943.80", *[""] * 13]
    prose_of_32 = [block.text for block in found if block.page == 32]
    assert prose_of_32[:2] == [
        "本年一般公共预算收入9,078.52万元，占90.58%；",
        "本年政府性基金预算收入943.8万元，占9.42%；",
    ]
    assert not any(block.text == title or block.text == "- 30 -" for block in found[3:])


def test_xian_names_that_run_under_figures():
    _, found = published("xian_2019_ys_1598881b.pdf")
    above, rows = table_on(found, 3)
    assert above == ["2019年部门综合预算收支总表", "单位：万元"]
    assert rows[3] == [
        *("1、财政拨款", "3,643.37", "1、一般公共服务", "", "1、人员经费和公用经费支出", "2,022.39"),
        *("1、机关工资福利支出", "1,470.72"),
    ]
    assert rows[11][4:] == ["(3)对个人和家庭的补助", "", "9、对个人和家庭的补助", "4.82"]
    assert rows[-1][::2] == ["收入总计", "支出总计", "支出总计", "支出总计"]
    assert rows[-1][1::2] == ["3,695.91"] * 4


def test_beijing_a_table_of_budgets_over_three_pages():
    _, found = published("bj_2026_ys_0487706e.pdf")
    _, rows = table_on(found, 4)
    assert rows[-1] == ["合 计", "", "", "44,169.357532", "28,016.258321", "16,153.099211", "", "", ""]
    parts = [float(row[3].replace(",", "")) for row in rows[2:-1]]
    assert round(sum(parts), 6) == 44169.357532


@pytest.mark.usefixtures("without_ocr")
def test_changsha_a_scan_needs_ocr():
    with pytest.raises(Unreadable) as raised:
        published("changsha_2024_qt_0fd21605.pdf")
    assert raised.value.reason == "needs_ocr"
