"""Plain text: one paragraph a line, numbered headings, and tables that a converter flattened into lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import flattened
from loaders.document import BlockKind, Table, Unreadable
from loaders.formats.text import read
from loaders.outline import mark_headings


def texts(text: str) -> list[str]:
    return [block.text for block in read(text)[1]]


def tables(text: str) -> list[Table]:
    return [block.table for block in read(text)[1] if block.table is not None]


def grid(text: str) -> list[list[str]]:
    """The rows of the text's one table."""
    (table,) = tables(text)
    return [[cell.text for cell in row] for row in table.rows()]


def printed(rows: list[list[str]]) -> dict[tuple[int, int], str]:
    """The texts of a grid that print something, by row and column."""
    return {(row_no, col_no): text for row_no, row in enumerate(rows) for col_no, text in enumerate(row) if text}


def placed(text: str) -> dict[tuple[int, int], str]:
    """The same of the text's one table, whose cells may span others that are blank."""
    (table,) = tables(text)
    return {(cell.row_no, cell.col_no): cell.text for cell in table.cells if cell.text}


# Paragraphs


def test_every_line_that_prints_something_is_a_paragraph_in_order():
    title, blocks, *_ = read("某局2024年度部门决算\n\n  收入5万元。\n　　\n支出3万元。  \n")
    assert title == "某局2024年度部门决算"
    assert [(block.block_no, block.kind, block.level, block.page, block.text) for block in blocks] == [
        (1, BlockKind.PARAGRAPH, 0, None, "某局2024年度部门决算"),
        (2, BlockKind.PARAGRAPH, 0, None, "  收入5万元。"),
        (3, BlockKind.PARAGRAPH, 0, None, "支出3万元。  "),
    ]


def test_a_long_first_line_makes_a_title_of_200_characters():
    assert read("长" * 300)[0] == "长" * 200


@pytest.mark.parametrize("text", ["\n\n", "　\n ", "\t\n"])
def test_text_that_prints_nothing_is_an_error(text):
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.reason == "no_text"


# Headings


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第一部分 部门概况", 1),
        ("第2部分2024年度部门决算报表", 1),
        ("第三章 财务", 1),
        ("一、收入支出决算总体情况说明", 2),
        ("十二、其他事项", 2),
        ("（一）收入决算情况", 3),
        ("(一)收入决算情况", 3),
        ("（一收入决算情况", 3),  # the bracket was never closed
        ("1.基本支出", 4),
        ("1、基本支出", 4),
        ("（1）工资福利支出", 5),
        ("①工资福利支出", 5),
        ("[bookmark: _Toc15396603]一、职能简介", 2),
        ("  二、部门概况", 2),
        ("三、“三公”经费情况。", 2),
        ("2.项目基本情况：", 4),
    ],
)
def test_numbered_lines_are_headings_of_the_level_of_their_numbering(line, level):
    (block,) = mark_headings(read(line)[1])
    assert (block.kind, block.level) == (BlockKind.HEADING, level)
    assert block.text == line


@pytest.mark.parametrize(
    "line",
    [
        "部门概况",  # no number
        "1.基本支出5万元",  # an amount
        "1.基本支出占10%",
        "一、负责预算编制；二、负责决算",  # a sentence
        "一、负责收入，支出，结余",
        "1.本年收入，",  # goes on in the next line
        "一、" + "长" * 50,
        "1.5倍",  # a decimal
        "一、",
    ],
)
def test_sentences_amounts_and_unnumbered_lines_are_no_headings(line):
    (block,) = mark_headings(read(line)[1])
    assert (block.kind, block.level) == (BlockKind.PARAGRAPH, 0)


# Tables of bars


def test_a_table_with_one_cell_a_line_gets_its_rows_back():
    text = (
        "单位：万元\n项目名称 |\n到位 |\n使用率 |\n甲经费 |\n5 |\n100% |\n乙经费 |\n8.3 |\n|\n合计 |\n13.3 |\n|\n说明"
    )
    assert grid(text) == [
        ["项目名称", "到位", "使用率"],
        ["甲经费", "5", "100%"],
        ["乙经费", "8.3", ""],
        ["合计", "13.3", ""],
    ]
    assert [(block.block_no, block.kind) for block in read(text)[1]] == [
        (1, BlockKind.PARAGRAPH),
        (2, BlockKind.TABLE),
        (3, BlockKind.PARAGRAPH),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "名称 | 金额 |\n甲 | 5 |\n合计 | |",
        "| 名称 | 金额 |\n| 甲 | 5 |\n| 合计 | |",
        "| 名称 | 金额 |\n|:---|---:|\n| 甲 | 5 |\n| 合计 | |",
    ],
)
def test_a_table_with_one_row_a_line_keeps_its_rows_and_loses_its_rules(text):
    assert grid(text) == [["名称", "金额"], ["甲", "5"], ["合计", ""]]


def test_blank_cells_beside_and_below_a_heading_are_merged_with_it():
    (table,) = tables("| 项目 | 本年支出 | |\n| | 基本 | 项目 |\n| 教育 | 5 | |")
    assert [(cell.row_no, cell.col_no, cell.row_span, cell.col_span, cell.text) for cell in table.cells] == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "本年支出"),
        (1, 1, 1, 1, "基本"),
        (1, 2, 1, 1, "项目"),
        (2, 0, 1, 1, "教育"),
        (2, 1, 1, 1, "5"),
        (2, 2, 1, 1, ""),
    ]


@pytest.mark.parametrize("text", ["导航 |", "首页 |\n公开 |\n互动 |", "首页 |\n公开 |\n互动 |\n服务 |\n关于 |\n地图 |"])
def test_lines_with_bars_that_make_no_grid_stay_paragraphs(text):
    assert tables(text) == []
    assert texts(text) == text.split("\n")


# Tables of tabs


def test_a_form_whose_cells_begin_with_a_tab_has_a_row_between_blank_lines():
    text = (
        "\t项目绩效自评表\n（甲项目）\n\n"
        "\t主管部门\n\t某局\n\n"
        "\t预算数：\n\t20\n\t执行数：\n\t20\n\n"
        "\t其中：\n财政拨款\n\t20\n\t其中：\n财政拨款\n\t20\n\n"
        "\t其他资金\n\t\n\t其他资金\n\t\n\n说明"
    )
    assert grid(text) == [
        ["项目绩效自评表\n（甲项目）"],
        ["主管部门", "某局"],
        ["预算数：", "20", "执行数：", "20"],
        ["其中：\n财政拨款", "20", "其中：\n财政拨款", "20"],
        ["其他资金", "", "其他资金", ""],
    ]


def test_cells_parted_by_tabs_may_stand_on_one_line():
    assert grid("\t名称\t金额\n\n\t甲\t5\n\n\t乙\t6") == [["名称", "金额"], ["甲", "5"], ["乙", "6"]]


@pytest.mark.parametrize("between", ["\n\n\n\n\n", "\n\n\n"])
def test_two_forms_in_a_row_are_two_tables(between):
    text = between.join(
        f"\t自评表（{name}项目）\n\n\t预算数\n\t{n}\n\n\t执行数\n\t{n}" for name, n in (("甲", 5), ("乙", 6))
    )
    first, second = tables(text)
    assert (first.table_no, second.table_no) == (1, 2)
    assert [[cell.text for cell in row] for row in first.rows()] == [
        ["自评表（甲项目）"],
        ["预算数", "5"],
        ["执行数", "5"],
    ]
    assert [[cell.text for cell in row] for row in second.rows()] == [
        ["自评表（乙项目）"],
        ["预算数", "6"],
        ["执行数", "6"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\t第一段。\n\t第二段。\n\t第三段。\n\t第四段。",
        "\t第一段。\n\n\t第二段。\n\n\t第三段。\n\n\t第四段。",
        "\n\n".join(
            "\t" + "这是一段缩进的叙述，不是表格里的单元格，收入5万元。" + "\n\t" + "长" * 30 for _ in range(4)
        ),
    ],
)
def test_indented_prose_is_no_table(text):
    assert tables(text) == []
    assert texts(text) == [line for line in text.split("\n") if line]


# Properties

NAME = st.text("项目经费预算收支", min_size=1, max_size=6)
AMOUNT = st.one_of(
    st.just(""), st.integers(0, 10**7).map(str), st.decimals(0, 9999, places=2).map(str), st.just("100%")
)


@st.composite
def grids(draw: st.DrawFn, rows: int) -> list[list[str]]:
    """A header of names, then at least `rows` rows of a name and amounts."""
    width = draw(st.integers(2, 6))
    header = draw(st.lists(NAME, min_size=width, max_size=width))
    amounts = st.lists(AMOUNT, min_size=width - 1, max_size=width - 1)
    body = draw(st.lists(st.tuples(NAME, amounts), min_size=rows, max_size=8))
    return [header, *[[name, *values] for name, values in body]]


@given(grids(1))
def test_any_table_flattened_to_one_cell_a_line_is_read_back(rows):
    assert placed("\n".join(f"{cell} |" for row in rows for cell in row)) == printed(rows)


@given(grids(1))
def test_any_table_flattened_to_one_row_a_line_is_read_back(rows):
    assert placed("\n".join("| " + " | ".join(row) + " |" for row in rows)) == printed(rows)


@given(grids(2))
def test_any_form_of_tabbed_cells_is_read_back(rows):
    assert placed("\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows)) == printed(rows)


LINES = st.lists(
    st.lists(
        st.sampled_from(["\t", "|", " ", "　", "名称", "5", "128。", "93万元", "表", "（", "-", "。"]), max_size=6
    ).map("".join),
    max_size=20,
).map("\n".join)


@given(LINES)
def test_cells_stand_where_their_offsets_say_and_no_character_of_the_file_is_lost(text):
    try:
        blocks = read(text).blocks
    except Unreadable:
        assert not text.strip()
        return
    assert "".join("".join(block.text.split()) for block in blocks) == "".join(text.split())
    for block in blocks:
        assert (block.table is not None) == (block.kind is BlockKind.TABLE)
        for cell in block.table.cells if block.table else ():
            assert block.text[cell.char_start : cell.char_end] == cell.text
            assert cell.text == cell.text.strip()


def test_a_table_is_looked_for_from_each_indented_line_on_but_not_without_end(monkeypatch):
    calls = []
    run = flattened.run
    monkeypatch.setattr(flattened, "run", lambda lines, first: calls.append(first) or run(lines, first))
    indented = "\t一个很长的段落，说的是做了什么工作，以及今后还要做什么工作。"
    table = "\n\n\n".join(f"\t项目{row}\n\t{row}.5" for row in range(3))
    kinds = [block.kind for block in read("\n".join([*[indented] * 15, "", "", "", table])).blocks]
    assert kinds == [BlockKind.PARAGRAPH] * 15 + [BlockKind.TABLE]
    calls.clear()
    assert len(read("\n".join(["\t一行"] * 5000)).blocks) == 5000
    assert len(calls) < 200
