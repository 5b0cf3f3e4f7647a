"""Merged cells where only the first of them is printed: which blank cells belong to a heading or to a total's label."""

from __future__ import annotations

import final_account
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.document import Table
from loaders.spans import covered, inferred


def rows(text: str) -> list[list[str]]:
    """The cells of a table; those in a line are parted by spaces, `-` is blank."""
    return [["" if cell == "-" else cell for cell in line.split()] for line in text.strip().splitlines()]


def test_a_heading_reaches_over_the_blank_cells_to_its_right():
    assert inferred(
        rows("""
        收入  -       支出  -
        项目  决算数  项目  决算数
        拨款  5.00    教育  3.00
    """)
    ) == {(0, 0): (1, 2), (0, 2): (1, 2)}


def test_a_heading_reaches_down_where_nothing_stands_below_it():
    assert inferred(
        rows("""
        项目  基本支出  -         项目支出
        -     人员经费  公用经费  -
        合计  5.00      3.00      2.00
    """)
    ) == {(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (2, 1)}


def test_a_heading_reaches_no_further_than_the_one_above_it():
    assert inferred(
        rows("""
        预算数  -         -     -     决算数  -         -     -
        合计    公务用车  -     接待  合计    公务用车  -     接待
        -       购置      运行  -     -       购置      运行  -
        18.60   0         15    3.60  12.35   0         10    2.35
    """)
    ) == {
        **{(0, 0): (1, 4), (1, 0): (2, 1), (1, 1): (1, 2), (1, 3): (2, 1)},
        **{(0, 4): (1, 4), (1, 4): (2, 1), (1, 5): (1, 2), (1, 7): (2, 1)},
    }


def test_the_label_of_a_total_reaches_as_far_as_the_heading_above():
    """An empty amount to its right is none of it."""
    assert inferred(
        rows("""
        项目  -     本年支出  -
        编码  名称  基本      项目
        合计  -     -         5.00
        205   教育  -         5.00
        208   -     -         5.00
    """)
    ) == {(0, 0): (1, 2), (0, 2): (1, 2), (2, 0): (1, 2)}


@pytest.mark.parametrize(
    "text",
    [
        "项目 金额\n拨款 5.00",
        "5.00 -\n项目 金额",
        "一级 -\n二级 甲\n三级 乙",
        "项目 - 金额\n拨款 5.00",
        "甲 -\n乙 -\n丙 -\n丁 -\n戊 -\n己 5.00",
    ],
    ids=["nothing blank", "no heading", "no number", "rows of several lengths", "too many headings"],
)
def test_of_other_tables_nothing_is_told(text):
    assert inferred(rows(text)) == {}


@pytest.mark.parametrize("block", [b for b in final_account.BLOCKS if b.table], ids=lambda block: block.block_no)
def test_standard_tables_get_their_merged_cells_back(block):
    table: Table = block.table
    printed = [[""] * max(c.col_no + c.col_span for c in table.cells) for _ in table.rows()]
    for cell in table.cells:
        printed[cell.row_no][cell.col_no] = cell.text
    assert inferred(printed) == {
        (cell.row_no, cell.col_no): (cell.row_span, cell.col_span)
        for cell in table.cells
        if (cell.row_span, cell.col_span) != (1, 1)
    }


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(st.sampled_from(["", "合计", "项目", "5"]), min_size=n, max_size=n))
    )
)
def test_spans_never_overlap_and_cover_only_blank_cells(table):
    spans = inferred(table)
    places = [
        (row + down, col + right)
        for (row, col), (height, width) in spans.items()
        for down in range(height)
        for right in range(width)
    ]
    assert len(places) == len(set(places))
    assert all(table[row][col] == "" for row, col in covered(spans))
