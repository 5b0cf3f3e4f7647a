"""Comma-separated text: told by its content, read like a sheet without a name."""

from __future__ import annotations

import pytest
from packages import grid, refusal_of

from loaders.formats.csv_text import is_csv, read


def test_a_csv_is_read_like_a_sheet_without_a_name():
    title, blocks, *_ = read('收入表,,\r\n,,单位：万元\r\n项目,金额,"说明,\n两行"\r\n甲,"1,234.50",\r\n')
    assert title == "收入表"
    assert [(block.kind.value, block.page, block.text) for block in blocks] == [
        ("paragraph", None, "收入表"),
        ("paragraph", None, "单位：万元"),
        ("table", None, "项目\t金额\t说明,\n两行\n甲\t1,234.50\t"),
    ]
    assert grid(blocks[2])[2] == (0, 2, 1, 1, "说明,\n两行")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_fields_of_a_csv_are_parted_by_the_commonest_mark(mark):
    assert read(f"项目{mark}金额\n甲{mark}1\n").blocks[0].text == "项目\t金额\n甲\t1"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("项目,金额\n甲,1\n乙,2\n", True),
        ('收入表\n项目,金额\n甲,"1,234.50"\n乙,2\n', True),
        ("项目,金额,备注\n" + "甲,1,无\n" * 5000, True),
        ("项目,金额\n甲,1\n", False),
        ("收入1,234.50元。\n支出1,234.50元。\n结余1,234.50元。\n", False),
        ("一、收入情况\n本年收入1,234.50元\n支出1,234,567.00元\n结余2元\n", False),
        ("项目\t金额\n甲\t1\n乙\t2\n", False),
        ("", False),
    ],
)
def test_a_text_is_csv_if_its_rows_have_one_width(text, answer):
    assert is_csv(text) is answer


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n,,"])
def test_a_csv_without_text_is_refused(text):
    assert refusal_of(lambda: read(text)) == "no_text"


def test_a_csv_whose_quotes_never_end_is_damaged():
    assert refusal_of(lambda: read('a,"' + "b" * 200_000)) == "damaged_file"


def test_merged_cells_are_left_blank_and_are_merged_again():
    (block,) = read("项目,本年支出,\n,基本,项目\n教育,5,\n").blocks
    assert grid(block) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "本年支出"),
        (1, 1, 1, 1, "基本"),
        (1, 2, 1, 1, "项目"),
        (2, 0, 1, 1, "教育"),
        (2, 1, 1, 1, "5"),
        (2, 2, 1, 1, ""),
    ]
