"""Recognised text as it must have been printed: what is repaired, what is left alone, and that both can be told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.document import Block, BlockKind, Cell, Recognition, Table
from loaders.formats.ocr_repair import mended


def prose(text: str, score: int = 98) -> Block:
    return Block(1, BlockKind.PARAGRAPH, text, page=1, ocr=Recognition((score,) * len(text)))


def table(*rows: Sequence[str], score: int = 98) -> Block:
    """A table of which every character was recognised with the same certainty."""
    cells: list[Cell] = []
    lines: list[str] = []
    at = 0
    for row_no, row in enumerate(rows):
        for col_no, text in enumerate(row):
            cells.append(Cell(row_no, col_no, text, at, at + len(text)))
            at += len(text) + 1
        lines.append("\t".join(row))
    text = "\n".join(lines)
    scores = tuple(None if char in "\t\n" else score for char in text)
    return Block(1, BlockKind.TABLE, text, page=1, table=Table(1, tuple(cells)), ocr=Recognition(scores))


def texts(block: Block) -> list[list[str]]:
    """The texts by row; checks that cells are where they say, and that every character has its certainty."""
    assert block.table is not None
    assert block.ocr is not None
    assert len(block.ocr.scores) == len(block.text)
    for cell in block.table.cells:
        assert block.text[cell.char_start : cell.char_end] == cell.text
    return [[cell.text for cell in row] for row in block.table.rows()]


def cell(text: str) -> str:
    return texts(mended(table(["项目", "金额"], ["支出", text])))[1][1]


# Numbers in cells, by their pattern


@pytest.mark.parametrize(
    ("recognised", "printed"),
    [
        ("83.645.31", "83,645.31"),
        ("1.234.567.8", "1,234,567.8"),
        ("83,645,31", "83,645.31"),
        ("83，645.31", "83,645.31"),
        ("83'645.31", "83,645.31"),
        ("2.882 04", "2,882.04"),
        ("1, 234.56", "1,234.56"),
        ("180591 .33", "180591.33"),
        ("5.4 0", "5.40"),
        ("83。31", "83.31"),
        ("1O.5", "10.5"),
        ("l,234.5O", "1,234.50"),
        ("O.00", "0.00"),
        ("—16.5", "-16.5"),
        ("一16.5", "-16.5"),
        ("1,234.56.", "1,234.56"),
        ("83.645.31%", "83,645.31%"),
    ],
)
def test_a_number_is_told_by_its_pattern(recognised, printed):
    assert cell(recognised) == printed


@pytest.mark.parametrize(
    "text",
    [
        *("1,234.56", "-0.5", "100%", "0", "2080505", "83.645", "364531"),  # could be printed like this
        *("83.645.310", "8,3645.31", "797 23", "12 34.5", ".5", ".1.29"),  # several readings, or none
        *(
            "1.",
            "5，6",
            "12：30",
            "2024.12.31",
            "3-5",
            "5=6+7",
            "A12",
            "50.4亿元",
            "一",
            "-",
            "l",
            "第1项",
        ),  # no amounts
    ],
)
def test_what_may_be_printed_so_or_is_no_amount_is_left_alone(text):
    assert cell(text) == text


def test_the_decimals_of_a_column_settle_what_a_gap_or_comma_is():
    block = mended(table(["金额"], ["1.23"], ["45.60"], ["7,890.12"], ["797 23"], ["12,34"]))
    assert [row[0] for row in texts(block)[4:]] == ["797.23", "12.34"]


@given(st.integers(0, 10**12), st.integers(0, 99), st.lists(st.booleans(), min_size=4, max_size=4))
def test_commas_that_are_read_as_points_come_back(whole, cents, misread):
    printed = f"{whole:,}.{cents:02}"
    flags = iter(misread)
    recognised = "".join("." if char == "," and next(flags) else char for char in printed)
    assert cell(recognised) == printed


@given(st.text(alphabet="0123456789.,，。 OlI-—%x", max_size=12))
def test_repairing_twice_changes_nothing_more(text):
    once = mended(table(["项目", "金额"], ["支出", text]))
    assert texts(mended(once)) == texts(once)


# Prose


@pytest.mark.parametrize(
    ("recognised", "printed"),
    [
        ("本年收入101，673.03万元，增长2.7%。", "本年收入101,673.03万元，增长2.7%。"),
        ("支出83.645.31元。", "支出83,645.31元。"),
        ("支出1O.5万元，购置l2辆。", "支出10.5万元，购置12辆。"),
        ("決算收入5万元，比上年減少。", "决算收入5万元，比上年减少。"),
    ],
)
def test_numbers_and_characters_in_prose_are_repaired(recognised, printed):
    assert mended(prose(recognised)).text == printed


@pytest.mark.parametrize(
    "text",
    ["分别为12，345，67元。", "于2024.12.31完成。", "收入101,673.03万元，支出4,950.85万元。", "见Office 365，共2份。"],
)
def test_prose_that_may_be_printed_so_is_left_alone(text):
    assert mended(prose(text)).text == text


def test_text_that_was_not_recognised_is_never_touched():
    block = Block(1, BlockKind.PARAGRAPH, "支出83.645.31元，決算。", page=1)
    assert mended(block) is block
    scores = tuple([None] * 11 + [97] * 4)
    assert mended(Block(1, BlockKind.PARAGRAPH, "支出83.645.31元決算。", ocr=Recognition(scores))).text == (
        "支出83.645.31元决算。"
    )


# What was recognised can still be told


def test_a_repaired_number_says_what_was_recognised_and_how_certainly():
    text = "收入9。支出83.645.31元。"
    scores = tuple(60 if at == 8 else 97 for at in range(len(text)))
    block = mended(Block(1, BlockKind.PARAGRAPH, text, page=1, ocr=Recognition(scores)))
    assert block.ocr is not None
    start = block.text.index("83,645.31")
    assert block.ocr.recognised(block.text, start, start + 10) == "83.645.31元"
    assert block.ocr.confidence(start, start + 9) == 60
    assert block.ocr.recognised(block.text, 0, 4) is None
    assert block.ocr.confidence(0, 4) == 97


def test_cells_after_a_repaired_one_keep_their_places():
    block = mended(table(["项目", "金额", "备注"], ["支出", "1. 234.5O", "见注"], ["收入", "l.234.567.89", ""]))
    assert texts(block) == [["项目", "金额", "备注"], ["支出", "1,234.50", "见注"], ["收入", "1,234,567.89", ""]]
    assert block.ocr is not None
    assert [(block.text[each.start : each.end], each.recognised) for each in block.ocr.corrections] == [
        ("1,234.50", "1. 234.5O"),
        ("1,234,567.89", "l.234.567.89"),
    ]


# Sums


HEAD = ["单位", "合计", "中央", "省级"]
ROWS = [["甲区", "98.65", "83.65", "15.00"], ["乙区", "26.50", "16.50", "10.00"], ["丙区", "3.20", "2.10", "1.10"]]


def test_a_lost_point_is_found_where_a_proved_total_needs_it():
    rows = [["合计", "128.35", "102.25", "26.10"], *ROWS]
    damaged = [list(row) for row in rows]
    damaged[1][2] = "8365"
    assert texts(mended(table(HEAD, *damaged)))[1:] == rows
    damaged[0][1] = "12835"
    assert texts(mended(table(HEAD, *damaged)))[1:] == rows


def test_a_total_that_proves_nothing_settles_nothing():
    rows = [["合计", "128.35", "102.25", "99.99"], *ROWS]  # a wrong total in the column that would prove the others
    rows[1] = ["甲区", "98.65", "8365", "15.00"]
    assert texts(mended(table(HEAD, *rows)))[2][2] == "8365"


def test_a_wrong_figure_of_the_publisher_stays_wrong():
    rows = [["合计", "128.35", "102.25", "26.10"], *ROWS]
    rows[1] = ["甲区", "98.65", "83.56", "15.00"]
    assert texts(mended(table(HEAD, *rows)))[1:] == rows
