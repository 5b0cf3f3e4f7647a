"""Web pages: what a browser prints, in reading order, with tables as grids and site furniture left out."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.document import Block, BlockKind, Table, Unreadable
from loaders.formats import html_content
from loaders.formats.html import read

PUBLISHED = Path(__file__).parents[3] / "shared" / "reports" / "published"
KUNMING = PUBLISHED / "kunming_2026_ys_5ee8d4e4.html"


def texts(page: str) -> list[str]:
    """The text of every block of the page."""
    return [block.text for block in read(page)[1]]


def only_table(page: str) -> tuple[Block, Table]:
    """The one table of the page, with its block."""
    (found,) = [(block, block.table) for block in read(page)[1] if block.table is not None]
    return found


def grid(page: str) -> list[tuple[int, int, int, int, str]]:
    """The cells of the page's one table: row, column, rows spanned, columns spanned, text."""
    block, table = only_table(page)
    for cell in table.cells:
        assert block.text[cell.char_start : cell.char_end] == cell.text
    return [(cell.row_no, cell.col_no, cell.row_span, cell.col_span, cell.text) for cell in table.cells]


# Text


def test_headings_paragraphs_and_tables_come_in_reading_order_and_are_numbered():
    title, blocks, *_ = read(
        "<title> 某局2024年度\n部门决算 </title><h1>某局决算</h1><div>开头<p>第一段</p>余下</div><h3>一、收入</h3>"
        "<table><tr><td>项目</td><td>金额</td></tr></table><table><tr><td>合计</td><td>1.20</td></tr></table><li>末项"
    )
    assert title == "某局2024年度 部门决算"
    assert [(block.block_no, block.kind, block.level, block.text) for block in blocks] == [
        (1, BlockKind.HEADING, 1, "某局决算"),
        (2, BlockKind.PARAGRAPH, 0, "开头"),
        (3, BlockKind.PARAGRAPH, 0, "第一段"),
        (4, BlockKind.PARAGRAPH, 0, "余下"),
        (5, BlockKind.HEADING, 3, "一、收入"),
        (6, BlockKind.TABLE, 0, "项目\t金额"),
        (7, BlockKind.TABLE, 0, "合计\t1.20"),
        (8, BlockKind.PARAGRAPH, 0, "末项"),
    ]
    assert [block.table.table_no for block in blocks if block.table] == [1, 2]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>决算</title><h1>标题</h1>", "决算"),
        ("<title>\n </title><h2>小标题</h2><h1>大标题</h1><h1>又一个</h1>", "大标题"),
        ("<p>正文</p>", ""),
    ],
)
def test_the_title_is_the_title_element_or_else_the_first_h1(page, title):
    assert read(page)[0] == title


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<p>支出<b>8</b><span>0,778</span><font>.86</font>元</p>", ["支出80,778.86元"]),
        ("<p>支出<o:p>12</o:p><ucapcontent>3</ucapcontent>元</p>", ["支出123元"]),
        ("<p>第一行<br>第二行<br/>第三行</p>", ["第一行", "第二行", "第三行"]),
        ("<p>\n  年初 \t\r\n 预算  </p>", ["年初 预算"]),
        ("<p>&nbsp;合\u3000计&nbsp;</p>", ["\xa0合\u3000计\xa0"]),
        ("<p>A&amp;B &lt;1&gt; &#x4e07;&#20803;&yen;</p>", ["A&B <1> 万元¥"]),
        ("<p>&nbsp;</p><p>\u200b</p><div>有字</div><p><br></p>", ["有字"]),
        ("<pre>第一行\n第二行</pre>", ["第一行", "第二行"]),
        ("<dl><dt>名词</dt><dd>解释</dd></dl>", ["名词", "解释"]),
        ('<span style="display:block">一</span><span>二</span><div style="display: inline">三</div>', ["一", "二三"]),
        ('<p>附件：<a href="/a/1.xlsx?t=1">决算公开表</a></p>', ["附件：决算公开表"]),
        ('<?xml version="1.0" encoding="gb2312"?><meta charset="gb2312"><p>中文</p>', ["中文"]),
        ("<p>一<![if !supportLists]>二<![endif]><!--[if gte mso 9]>注<![endif]-->三</p>", ["一二三"]),
        ("没有标签的\n文字", ["没有标签的 文字"]),
    ],
)
def test_text_is_what_a_browser_prints(page, lines):
    assert texts(page) == lines


@pytest.mark.parametrize(
    "unseen",
    [
        "<!-- 注释 -->",
        "<script>var a = '脚本'</script>",
        "<style>p {}</style>",
        "<noscript>请开启脚本</noscript>",
        "<template>模板</template>",
        '<input type="hidden" value="隐藏">',
        "<select><option>2023</option><option>2024</option></select>",
        '<div style="color:red; DISPLAY : none !important">隐藏</div>',
        "<p hidden>隐藏</p>",
        "<svg><title>图标</title><text>图</text></svg>",
    ],
)
def test_what_a_browser_does_not_print_is_left_out_and_parts_nothing(unseen):
    assert texts(f"<div>收入{unseen}合计</div>") == ["收入合计"]


def test_a_body_hidden_until_a_script_has_run_is_read():
    assert texts('<body style="display:none"><p>正文</p></body>') == ["正文"]


# Site furniture


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>首页 政务公开</nav>",
        "<footer>主办单位：某市人民政府</footer>",
        '<div role="navigation">首页</div>',
        '<div class="clearfix topNav"><a href="/">首页</a></div>',
        '<ul id="main-menu"><li>首页</li></ul>',
        '<table class="breadcrumb"><tr><td>当前位置</td><td>首页</td></tr></table>',
        '<div class="public_bottom footer w1200"><p>版权所有</p></div>',
        '<div id="copyright">ICP备12345678号</div>',
        '<div class="share_box">分享到：</div>',
        '<div class="position">当前位置：<a href="/">首页</a>/<a href="/x">财政预决算</a></div>',
    ],
)
def test_site_furniture_that_is_marked_is_left_out(furniture):
    assert texts(f"<p>上文</p>{furniture}<p>某局二〇二四年度部门决算公开说明</p>") == [
        "上文",
        "某局二〇二四年度部门决算公开说明",
    ]


def test_a_long_menu_does_not_outweigh_a_short_notice():
    menu = "".join(f'<li><a href="/{n}">栏目{n}</a></li>' for n in range(300))
    assert texts(f'<ul class="nav">{menu}</ul><p>某局决算公开</p>') == ["某局决算公开"]


@pytest.mark.parametrize(
    "kept",
    [
        '<div class="nav-content"><p>本年收入合计与上年持平。</p></div>',
        '<div class="menu"><p>合计 219.59 万元</p></div>',
        '<div class="share"><a href="/f/1.pdf">部门决算表</a></div>',
        '<div class="bottom">责任编辑：财务处</div>',
        "<header><h1>某局决算</h1></header>",
        '<p class="MsoFootnoteText">注：数据四舍五入</p>',
        '<p class="navy-text">深蓝色的一段</p>',
    ],
)
def test_an_element_with_disclosure_in_it_is_kept_whatever_its_name(kept):
    assert len(texts(f"{kept}<p>{'其余正文占了这一页文字的大部分' * 20}</p>")) == 2


def test_the_element_that_holds_most_of_the_text_is_never_furniture():
    assert texts('<div class="footer menu"><p>全部正文都在这里</p></div><p>尾</p>') == ["全部正文都在这里", "尾"]


# Tables


def test_a_table_is_one_block_with_its_cells_at_their_places():
    page = """
    <table border=1>
      <tr><td rowspan="2">项目</td><td colspan="2">决算数</td></tr>
      <tr><td>基本支出</td><td>项目支出</td></tr>
      <tr></tr>
      <tr><td>&nbsp;</td><td><p>1,234</p><p>.56</p></td><td>一<br>二</td></tr>
    </table>"""
    assert grid(page) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "决算数"),
        (1, 1, 1, 1, "基本支出"),
        (1, 2, 1, 1, "项目支出"),
        (3, 0, 1, 1, ""),
        (3, 1, 1, 1, "1,234\n.56"),
        (3, 2, 1, 1, "一\n二"),
    ]
    assert only_table(page)[0].text == "项目\t决算数\n基本支出\t项目支出\n\n\t1,234\n.56\t一\n二"


def test_a_caption_and_text_that_strayed_out_of_its_cells_stand_before_the_table():
    page = "<table><caption>收入决算表</caption>单位：万元<tr><td>合计</td><td>1.20</td></tr></table>"
    assert texts(page) == ["收入决算表", "单位：万元", "合计\t1.20"]


def test_the_foot_of_a_table_is_printed_last():
    page = (
        "<table><tfoot><tr><td>合计</td><td>3</td></tr></tfoot><thead><tr><th>项目</th><th>数</th></tr></thead>"
        "<tbody><tr><td>甲</td><td>1</td></tr></tbody><tbody><tr><td>乙</td><td>2</td></tr></tbody></table>"
    )
    assert texts(page) == ["项目\t数\n甲\t1\n乙\t2\n合计\t3"]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        # over the whole sheet, wider than the data
        (
            "<tr><td colspan=100000>表</td></tr><tr><td>甲</td><td>1</td></tr>",
            [(0, 0, 1, 2, "表"), (1, 0, 1, 1, "甲"), (1, 1, 1, 1, "1")],
        ),
        # to the end of the table
        (
            "<tr><td rowspan=0>甲</td><td>1</td></tr><tr><td>2</td></tr>",
            [(0, 0, 2, 1, "甲"), (0, 1, 1, 1, "1"), (1, 1, 1, 1, "2")],
        ),
        (
            "<tr><td rowspan=99999>甲</td><td>1</td></tr><tr><td>2</td></tr>",
            [(0, 0, 2, 1, "甲"), (0, 1, 1, 1, "1"), (1, 1, 1, 1, "2")],
        ),
        # no number, zero columns
        (
            "<tr><td rowspan=x colspan=-2>甲</td><td colspan=0 rowspan='2px'>1</td></tr><tr><td>乙</td></tr>",
            [(0, 0, 1, 1, "甲"), (0, 1, 2, 1, "1"), (1, 0, 1, 1, "乙")],
        ),
        # into a place that is taken
        (
            "<tr><td>甲</td><td rowspan=2>1</td></tr><tr><td colspan=3>乙</td></tr>",
            [(0, 0, 1, 1, "甲"), (0, 1, 2, 1, "1"), (1, 0, 1, 1, "乙")],
        ),
        # tags left out
        (
            "<td>甲<td>1<tr><td>乙<td>2",
            [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "1"), (1, 0, 1, 1, "乙"), (1, 1, 1, 1, "2")],
        ),
    ],
)
def test_wrong_spans_and_missing_tags_still_give_a_grid(rows, cells):
    assert grid(f"<table>{rows}</table>") == cells


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<table><tr><td><p>一段</p><p>又一段</p></td></tr></table>", ["一段", "又一段"]),
        ("<table><tr><td width=20></td><td>正文</td></tr></table>", ["正文"]),
        ("<table><tr><td><h2>标题</h2><p>正文</p></td><td>侧栏</td></tr></table>", ["标题", "正文", "侧栏"]),
        ("<table><tr><td>标题<br>副题</td></tr><tr><td>正文</td></tr></table>", ["标题", "副题", "正文"]),
        (
            f"<table><tr><td>侧栏</td><td>{'<p>本年收入与上年相比基本持平，没有重大变化。</p>' * 12}</td></tr></table>",
            ["侧栏"] + ["本年收入与上年相比基本持平，没有重大变化。"] * 12,
        ),
        (
            "<table><tr><td>左</td><td><table><tr><td>甲</td><td>1</td></tr></table></td></tr></table>",
            ["左", "甲\t1"],
        ),
    ],
)
def test_a_table_that_lays_out_the_page_is_read_as_its_content(page, lines):
    assert texts(page) == lines


def test_a_form_with_long_answers_is_a_table():
    answer = "<p>完成了全部年度目标，服务对象较为满意。</p>" * 20
    page = (
        "<table><tr><td>项目名称</td><td>信息化运维</td></tr><tr><td>全年预算数</td><td>12.50</td></tr>"
        f"<tr><td>完成情况</td><td>{answer}</td></tr></table>"
    )
    assert [cell[4] for cell in grid(page)][:5] == ["项目名称", "信息化运维", "全年预算数", "12.50", "完成情况"]


CELL_TEXTS = st.text(alphabet="甲乙合计01239,.-（）%<>&\"'\u3000\xa0", max_size=8).map(
    lambda text: text if text.strip() else ""
)


@st.composite
def grids(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, int, int, str]]]:
    """The height of a grid of at least two columns and the cells that tile it, some of them spanning."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(2, 6))
    free = {(row, col) for row in range(height) for col in range(width)}
    cells = []
    for row in range(height):
        for col in range(width):
            if (row, col) not in free:
                continue
            row_span = draw(st.integers(1, min(3, height - row)))
            col_span = draw(st.integers(1, min(3, width - col)))
            claimed = {(row + down, col + across) for down in range(row_span) for across in range(col_span)}
            if not claimed <= free:
                row_span, col_span, claimed = 1, 1, {(row, col)}
            free -= claimed
            cells.append((row, col, row_span, col_span, draw(CELL_TEXTS)))
    return height, cells


@given(grids())
def test_any_grid_comes_back_with_the_same_cells(drawn):
    height, cells = drawn
    # A table with fewer than two filled cells, or with one column only, says nothing that lines do not.
    cells = [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "金额")] + [(row + 1, *rest) for row, *rest in cells]
    rows = [
        "".join(
            f"<td rowspan={row_span} colspan={col_span}>{escape(text)}</td>"
            for row, _, row_span, col_span, text in cells
            if row == row_no
        )
        for row_no in range(height + 1)
    ]
    page = "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    assert grid(page) == cells
    block, _ = only_table(page)
    assert block.text == "\n".join(
        "\t".join(text for row, *_, text in cells if row == row_no) for row_no in range(height + 1)
    )


# Bad input


@pytest.mark.parametrize(
    "page",
    [
        "",
        " \n",
        "\x00",
        "<!-- 空 -->",
        "<title>只有标题</title>",
        "<p>&nbsp;</p>",
        "<script>x</script>",
        "<table><tr><td>",
    ],
)
def test_a_page_without_text_is_refused_with_a_reason(page):
    with pytest.raises(Unreadable) as refusal:
        read(page)
    assert refusal.value.reason == "no_text"
    assert "没有可读的文字" in refusal.value.message


def test_characters_that_print_nothing_do_not_break_numbers():
    assert texts("<p>1\x002\x0b,3&#1;4\udc805.6</p>") == ["12,345.6"]


def test_spans_that_take_too_many_places_are_refused(monkeypatch):
    row = "<tr>" + "<td colspan=50 rowspan=1000>甲</td>" * 10 + "</tr>"
    page = f"<table>{row * 20}</table>"
    assert len(texts(page)) == 1
    monkeypatch.setattr(html_content, "_MOST_PLACES", 10_000)
    with pytest.raises(Unreadable) as refusal:
        read(page)
    assert refusal.value.reason == "too_large"


@pytest.mark.parametrize("opening", ["<div>", "<b>", '<ul class="nav"><li>', "<table><tr><td>", "<p><span>"])
def test_nesting_thousands_deep_loses_no_text(opening):
    assert "".join(texts(opening * 3000 + "最深处。" + "</div>" * 3000 + "<p>后文")) == "最深处。后文"


MARKUP = (
    "< > / \" ' = & &#0; &#xD800; &amp <!-- --> <![CDATA[ ]]> <? \x00 \udc80 甲 1.23 。 <p> </p> <p<b> <1x> <o:p> "
    "<table> </table> <tr> </tr> <td> </td> <td\trowspan=0\tcolspan=9999999999> <tbody> <caption> <h1> </h1> <a> "
    "<nav> <footer> <pre> <textarea> <title> </title> <script> <style> <select> <br> <html> </html> <body> </body> "
    "<form> <frameset> <noscript> <svg> <template> <iframe> <plaintext> <p\thidden> <p\t\x01=1\tclass=\x02>"
)


@given(st.lists(st.sampled_from(MARKUP.split(" ")) | st.text(max_size=3), max_size=30).map("".join))
def test_no_markup_makes_the_reader_fail(page):
    try:
        blocks = read(page).blocks
    except Unreadable:
        blocks = ()
    assert [block.block_no for block in blocks] == list(range(1, len(blocks) + 1))
    for block in blocks:
        assert (block.table is not None) == (block.kind is BlockKind.TABLE)
        claimed: set[tuple[int, int]] = set()
        for cell in block.table.cells if block.table else ():
            assert block.text[cell.char_start : cell.char_end] == cell.text
            places = {
                (cell.row_no + down, cell.col_no + across)
                for down in range(cell.row_span)
                for across in range(cell.col_span)
            }
            assert not places & claimed
            claimed |= places


# A published page


@pytest.mark.skipif(not KUNMING.exists(), reason=f"样本 {KUNMING.name} 不在 {PUBLISHED}（共享样本不随代码库发布）")
def test_the_page_of_the_kunming_government_office_2026():
    title, blocks, *_ = read(KUNMING.read_text(encoding="utf-8"))
    lines = [block.text for block in blocks]
    # Read off the page: 117 paragraphs with text in the article, from the contents to the link to the attached tables.
    first, last = lines.index("昆明市人民政府办公室机关2026年预算公开目录"), len(lines) - 1
    assert last - first + 1 == 117
    assert title == "昆明市人民政府办公室机关2026年预算公开_部门预决算及“三公”经费_昆明市人民政府门户网站"
    assert (BlockKind.HEADING, 3, "昆明市人民政府办公室机关2026年预算公开") in [
        (block.kind, block.level, block.text) for block in blocks
    ]
    assert lines[last] == "昆明市人民政府机关2026年部门预算公开表"
    # The heading is broken over two nested elements in the markup.
    assert "第一部分昆明市人民政府办公室机关2026年部门预算编制说明" in lines
    total = lines.index("（一）部门财务收入情况") + 1
    assert lines[total].startswith("2026年部门财务总收入80,778,193.86元，其中：一般公共预算80,778,193.86元，")
    assert lines[total + 1] == "与上年对比增加55,108.40元，主要原因分析：人员增加，基本支出增加。"
    # Its tables are in the attached workbook: the page itself has none.
    assert not [block for block in blocks if block.table]
    page = "\n".join(lines)
    for furniture in ("走进昆明", "市政府领导", "网上信访", "当前位置", "分享到", "友情链接", "滇ICP备", "无障碍浏览"):
        assert furniture not in page
