"""Web pages drawn of single texts and lines, which converters make of a PDF: read like the page that was printed."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from loaders.document import Block
from loaders.formats.html import read

PUBLISHED = Path(__file__).parents[3] / "shared" / "reports" / "published"
YANTAI = PUBLISHED / "yantai_2026_ys_8f1097a7.html"

# The corners of a table of two columns and three rows, in points.
ACROSS, DOWN = (50, 200, 300), (100, 120, 140, 160)
CELLS = ["项目", "预算数", "一、财政拨款收入", "28,685.65", "合计", "28,685.65"]


def text(content: str, left: float, top: float, unit: str = "pt", size: float = 10) -> str:
    style = f"left:{left}{unit};top:{top}{unit};line-height:{size}{unit};font-size:{size}{unit}"
    return f'<div style="position:absolute;width:auto;{style}">{content}</div>'


def rules() -> str:
    """The borders of the table: an element a line, drawn as one side of an empty box."""
    style = "position:absolute;left:{}pt;top:{}pt;width:{}pt;height:{}pt;{}".format
    lines = [style(ACROSS[0], at, ACROSS[-1] - ACROSS[0], 0, "border-bottom:0.5pt solid #000000") for at in DOWN]
    lines += [style(at, DOWN[0], 0, DOWN[-1] - DOWN[0], "border-right:0.5pt solid #000000") for at in ACROSS]
    return "".join(f'<div style="{line}">&nbsp;</div>' for line in lines)


def cells(unit: str = "pt", factor: float = 1.0) -> str:
    places = [((ACROSS[n % 2] + 4) * factor, (DOWN[n // 2] + 5) * factor) for n in range(6)]
    return "".join(
        text(content, left, top, unit, 10 * factor) for content, (left, top) in zip(CELLS, places, strict=True)
    )


def sheet(*content: str, unit: str = "pt", factor: float = 1.0) -> str:
    size = f"width:{595 * factor}{unit};height:{842 * factor}{unit}"
    return f'<div class="page" style="position:relative;{size}">{"".join(content)}</div>'


TITLE = text("收支总体情况表", 120, 60, size=16) + text("单位：万元", 250, 82)
ROWS = "项目\t预算数\n一、财政拨款收入\t28,685.65\n合计\t28,685.65"


def outline(blocks: tuple[Block, ...]) -> list[tuple[str, int | None, str]]:
    return [(block.kind.value, block.page, block.text) for block in blocks]


def test_a_table_drawn_of_texts_and_lines_is_a_table():
    content = read(f"<title>某局预算</title><h1>某局预算</h1>{sheet(TITLE, rules(), cells())}<p>打印</p>")
    assert content.title == "某局预算"
    assert outline(content.blocks) == [
        ("heading", None, "某局预算"),
        ("paragraph", 1, "收支总体情况表"),
        ("paragraph", 1, "单位：万元"),
        ("table", 1, ROWS),
        ("paragraph", None, "打印"),
    ]
    assert [block.block_no for block in content.blocks] == [1, 2, 3, 4, 5]
    assert [block.table.table_no for block in content.blocks if block.table] == [1]


@pytest.mark.parametrize(("unit", "factor"), [("px", 4 / 3), ("mm", 25.4 / 72), ("in", 1 / 72)])
def test_lengths_may_be_in_any_unit(unit, factor):
    page = sheet(cells(unit, factor), text("注：无。", 54 * factor, 150, unit), *["&nbsp;"], unit=unit, factor=factor)
    plain = sheet(cells(), text("注：无。", 54, 150))
    assert read(page + "<p>后</p>").blocks[0].text.split("\t")[0] == read(plain).blocks[0].text.split("\t")[0] == "项目"


def test_pages_follow_each_other_those_with_little_on_them_too():
    first, second = sheet(TITLE, rules(), cells()), sheet(text("第三部分", 200, 400, size=20))
    third = sheet(*(text(f"{n}、本部门2026年预算情况的说明如下。", 60, 60 + 20 * n) for n in range(1, 10)))
    pages = [block.page for block in read(first + second + third).blocks]
    assert pages == sorted(pages)
    assert set(pages) == {1, 2, 3}


def test_places_in_the_rules_of_a_style_sheet_count_and_those_for_printers_do_not():
    place = ".x{0}{{left:{1}px}}.y{0}{{bottom:{2}px}}".format
    classes = "".join(
        place(n, (ACROSS[n % 2] + 4) * 4 / 3, (842 - DOWN[n // 2] - 15) * 4 / 3) for n in range(len(CELLS))
    )
    style = (
        "<style>/* made by a converter */ @media print { .t { position: static } .x1 { left: 0 } }"
        f".pf{{position:relative;width:{595 * 4 / 3}px;height:{842 * 4 / 3}px}} .pc {{position:absolute;left:0;top:0;"
        "width:100%;height:100%}.t{position:absolute;font-size:1px}.fs0{font-size:53.3px;height:53.3px}"
        f".m0{{transform:matrix(0.25,0,0,0.25,0,0)}} {classes}</style>"
    )
    texts = "".join(f'<div class="t m0 x{n} y{n} fs0">{content}</div>' for n, content in enumerate(CELLS))
    more = "".join(f'<div class="t m0 x0 fs0" style="bottom:{n}px">说明{n}</div>' for n in (100, 200, 300))
    blocks = read(f'{style}<div class="pf"><div class="pc">{texts}{more}</div></div>').blocks
    assert [block.text for block in blocks] == [*CELLS, "说明300", "说明200", "说明100"]
    assert {block.page for block in blocks} == {1}


def test_a_name_wider_than_its_column_does_not_run_into_the_number_beside_it():
    rows = [("统筹协调全面依法治市工作经费", "102.96"), ("其他", "2.50"), ("合计", "105.46"), ("注", "无")]
    page = sheet(*(text(a, 50, 100 + 20 * n) + text(b, 150, 100 + 20 * n) for n, (a, b) in enumerate(rows)))
    printed = "\n".join(block.text for block in read(page).blocks)
    for name, number in rows:
        assert name in printed
        assert number in printed


def test_a_few_elements_with_places_of_their_own_make_no_drawn_page():
    banner = f'<div style="position:relative">{text("某市财政局", 10, 10)}{text("政务公开", 10, 40)}</div>'
    assert outline(read(f"{banner}<p>正文第一段。</p>").blocks) == [
        ("paragraph", None, "某市财政局"),
        ("paragraph", None, "政务公开"),
        ("paragraph", None, "正文第一段。"),
    ]


def test_a_page_with_text_that_flows_is_read_as_it_flows():
    marks = "".join(text(f"标{n}", 10, 10 * n) for n in range(10))
    page = f'<div style="position:relative">{"<p>本年收入与上年相比基本持平，没有重大变化。</p>" * 9}{marks}</div>'
    assert {block.page for block in read(page).blocks} == {None}


def test_text_beside_elements_with_places_of_their_own_is_kept():
    mixed = '<div style="position:absolute;left:60pt;top:300pt">前言' + text("（附注）", 200, 0) + "</div>"
    printed = "".join(block.text for block in read(sheet(TITLE, rules(), cells(), mixed)).blocks)
    assert "前言" in printed
    assert "（附注）" in printed


def test_text_that_flows_on_a_drawn_page_follows_it():
    printed = outline(read(sheet("<p>（共1页）</p>", TITLE, rules(), cells())).blocks)
    assert printed[-2:] == [("table", 1, ROWS), ("paragraph", None, "（共1页）")]


@pytest.mark.parametrize(
    "style",
    [
        "left:calc(1px + x)",
        "left:1e999px",
        "left:;top:;",
        "font-size:0",
        "width:-5pt;height:-5pt",
        "transform:matrix(0,0)",
    ],
)
def test_lengths_that_make_no_sense_lose_no_text(style):
    odd = "".join(f'<div style="position:absolute;{style}">文{n}</div>' for n in range(10))
    printed = "".join(block.text for block in read(sheet(odd)).blocks)
    assert {f"文{n}" for n in range(10)} == set(re.findall(r"文\d", printed))


@pytest.mark.skipif(not YANTAI.exists(), reason=f"样本 {YANTAI.name} 不在 {PUBLISHED}（共享样本不随代码库发布）")
def test_the_page_of_yantai_2026_with_its_tables():
    page = YANTAI.read_text(encoding="utf-8")
    blocks = read(page).blocks
    number = re.compile(r"\d[\d,]*\.\d+")
    drawn = [unescape(found) for found in re.findall(r'<div class="p"[^>]*>([^<]*)</div>', page)]
    stated = Counter(digits for line in drawn for digits in number.findall(line))
    assert Counter(digits for block in blocks for digits in number.findall(block.text)) == stated
    # Read off the page: twelve tables of the budget, fifteen forms of performance targets.
    tables = [block for block in blocks if block.table]
    assert len(tables) == 27
    before = [block.text for block in blocks[: blocks.index(tables[1])]][-4:]
    assert before == ["公开表2", "收入总体情况表", "部门（单位）：烟台市退役军人事务局", "单位：万元"]
    assert tables[1].page == 8
    assert tables[1].text.split("\n")[2] == (
        "\t\t\t合\u3000计\t35,874.49\t28,685.65\t28,467.65\t218.00\t\t\t1,429.17\t1,202.53\t1,154.15\t3,403.00\t\t\t"
    )
