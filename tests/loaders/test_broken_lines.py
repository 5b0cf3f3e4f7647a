"""Paragraphs torn apart inside a number: put together again, in whichever format the line was broken."""

from __future__ import annotations

from pathlib import Path

import pytest
import render

from loaders import formats
from loaders.broken_lines import rejoin
from loaders.document import Block, BlockKind, Correction, Recognition

# A sentence broken twice inside a number, as one paragraph and as three.
BROKEN = "本年支出128。\n93万元，其中项目支出38。\n40万元。"
LINES = BROKEN.split("\n")


def texts(*parts: str | render.Heading | render.Rows) -> list[str]:
    """The texts of the blocks that are left."""
    return [block.text for block in rejoin(render.blocks(*parts))]


def read(data: bytes) -> list[Block]:
    return list(formats.read_bytes(data, Path("report")).blocks)


def test_lines_that_end_inside_a_number_are_one_paragraph():
    assert texts("概况", *LINES, "其余不变。") == ["概况", BROKEN, "其余不变。"]


def test_blocks_are_numbered_anew():
    assert [block.block_no for block in rejoin(render.blocks(*LINES, "其余不变。"))] == [1, 2]


def test_what_was_recognised_stays_with_its_characters():
    printed = Block(1, BlockKind.PARAGRAPH, "支出38.")
    scanned = Block(2, BlockKind.PARAGRAPH, "40万元", ocr=Recognition((99, 97, 96, 95), (Correction(1, 2, "O"),)))
    (joined,) = rejoin([printed, scanned])
    assert joined.text == "支出38.\n40万元"
    assert joined.ocr is not None
    assert joined.ocr.scores == (None,) * 6 + (99, 97, 96, 95)
    assert joined.ocr.recognised(joined.text, 2, 8) == "38.\n4O"


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("支出为128", "93万元"),
        ("1。", "2017年预算为5万元"),
        ("受理案件11。", "2017年支出5万元"),
        ("见附件1。", "2、收入"),
        ("见附件1。", "2.收入"),
        ("共检查12。", "9月起整改"),
        ("支出为128。", "其中93万元"),
    ],
)
def test_other_lines_stay_apart(line, following):
    assert texts(line, following) == [line, following]


def test_headings_and_tables_are_not_joined():
    table = [["93万元", "40万元"], ["5", "6"]]
    assert texts("支出为128。", table) == ["支出为128。", "93万元\t40万元\n5\t6"]
    assert texts(render.Heading("支出为128。", 2), "93万元") == ["支出为128。", "93万元"]


@pytest.mark.parametrize("form", ["txt", "html", "docx", "xlsx"])
@pytest.mark.parametrize("lines", [LINES, [BROKEN]], ids=["paragraphs", "line breaks"])
def test_a_number_is_whole_in_every_format(form, lines):
    found = read(render.FORMATS[form]("某局决算", render.blocks("某局2023年度部门决算", *lines)))
    assert BROKEN in [block.text for block in found]
