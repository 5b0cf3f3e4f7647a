"""Tables of Word documents: cells at their places in the grid, merged ones as spans, tables in cells by themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packages import docx, grid, p, tbl, tc

from loaders.formats.word import read


def texts(data: bytes) -> list[str]:
    """The text of every block."""
    return [block.text for block in read(data).blocks]


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


def test_only_cells_of_one_width_are_merged_downwards():
    down, on, two = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    table = tbl(
        tc("甲", properties=two + down) + tc("1"),
        tc("乙", properties=on) + tc("丙") + tc("2"),
        tc("丁", properties=two + on) + tc("3"),
    )
    (block,) = read(docx(table)).blocks
    assert [cell[:4] for cell in grid(block)] == [
        (0, 0, 1, 2),
        (0, 2, 1, 1),
        (1, 0, 1, 1),
        (1, 1, 1, 1),
        (1, 2, 1, 1),
        (2, 0, 1, 2),
        (2, 2, 1, 1),
    ]


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


MERGES = [
    "",
    '<w:gridSpan w:val="2"/>',
    '<w:vMerge w:val="restart"/>',
    "<w:vMerge/>",
    '<w:gridSpan w:val="2"/><w:vMerge/>',
    '<w:hMerge w:val="restart"/>',
    '<w:hMerge w:val="continue"/>',
]


@given(st.lists(st.lists(st.sampled_from(MERGES), min_size=1, max_size=4), min_size=2, max_size=5))
def test_however_cells_are_merged_no_two_are_at_one_place(rows):
    table = tbl(tc("项目") + tc("金额"), *("".join(tc("文", properties=merge) for merge in row) for row in rows))
    for block in read(docx(table)).blocks:
        assert grid(block)
