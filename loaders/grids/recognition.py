"""Which standard table a grid is: told by its title, which is printed in it or above it.

Takes a table with the lines printed before it; gives its kind from `seeds/tables/table_kind.csv`, and the record of
what it was taken for, or why it was not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from loaders.document import Block, Table
from loaders.grids.frame import AMOUNT, compact
from loaders.vocabulary import TableKind, Vocabulary

_UNIT_LINE = re.compile(r"单位：?[（(]?(?:人民币)?(?P<unit>亿元|万元|千元|元)")
# 元 was wrapped into the frame of the table.
_TORN_UNIT = re.compile(r"单位：?[（(]?(?:人民币)?万\s*$")
# What stands in a line beside a title: 单位：万元, 编制单位：…, 公开05表, 表7, a page number.
_NO_TITLE = re.compile(
    r"^(?:[（(]?(?:金额)?单位：?.{0,6}|(?:编制|填报|填表|部门|预算)(?:部门|单位|日期|机关)?(?:名称)?：.*|(?:预算)?公开\d+表|附?表\d*|"
    r"[-—\s]*\d*[-—\s]*|第\d+页.*)$"
)
# 预算总表 is a budget's in any report; 一般公共预算支出表 may be of either.
_BUDGET = re.compile(r"(?<!公共)(?<!基金)(?<!经营)预算(?:收支|收入|支出|经济分类|功能分类)?(?:总|明细|情况)?表")
# A line that can be a table's title is short; a sentence that mentions a table is none.
_LONGEST_TITLE = 50


_YEAR = re.compile(r"(?P<year>20\d\d)年")
_ORGANIZATION = re.compile(
    r"(?:编制|填报|公开|预算)?(?:部门|单位)(?:名称)?(?:[（(][^（）()]{1,6}[）)])?[：:](?P<name>[\u4e00-\u9fff（）]{4,40}?)"
    r"(?=\s|$|金额|单位|\d|年)"
)
# A note below a table: its own mark, or the sentence that says why the table is empty.
_NOTE = re.compile(
    r"^[（(]?(?:注|说明|备注)[：:0-9]|(?:无|没有|未安排|不涉及|未发生).{0,30}(?:政府性基金|国有资本|“三公”)|空表"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line beside a table: repaired, and as printed."""

    text: str
    printed: str


@dataclass(frozen=True, slots=True)
class GridRecord:
    """What a table was taken for: a standard kind with its title and unit, or the reason why it was not.

    `fiscal_year` and `organization` are those that its title and the lines beside it print, `note` the one below it.
    """

    table_no: int
    block_no: int
    kind: str | None
    title: str
    unit: str | None
    reason: str | None
    fiscal_year: int | None = None
    organization: str | None = None
    note: str | None = None


def recognise(
    vocabulary: Vocabulary,
    block: Block,
    table: Table,
    before: Sequence[Line],
    after: Sequence[Line] = (),
    *,
    is_final: bool = False,
) -> tuple[TableKind | None, GridRecord]:
    """The kind of a table and the record of it.

    `before` are the lines printed since the last table, `after` those up to the next one; `is_final` says that it
    is in a final account, where 收入总表 is that of a final account.
    """
    inside = [Line(compact(c.text), c.text) for c in table.cells if c.row_no < 3 and c.col_span > 1]
    below = [Line(compact(c.text), c.text) for c in table.cells if c.row_no > 0 and c.col_span > 1]
    above = [*reversed(before), *inside]
    # 单位：万 may be broken off from 元
    joined = [first.text.rstrip() + second.text.lstrip() for first, second in pairwise(before)]
    texts = (*(line.text for line in above), *joined)
    unit = next((m["unit"] for text in texts if (m := _UNIT_LINE.search(text))), None)
    if unit is None and any(_TORN_UNIT.search(line.text) for line in above):
        unit = "万元"
    organization = next((m["name"] for line in above if (m := _ORGANIZATION.search(line.text))), None)
    note = next((line.printed.strip() for line in (*after, *below) if _NOTE.search(line.text.strip())), None)
    for line in [*inside, *reversed(before)]:
        title = plain_title(line.text)
        kind = kind_of_title(vocabulary, title, is_final=is_final)
        if kind is not None:
            years = (m for text in (title, *(line.text for line in reversed(before))) if (m := _YEAR.search(text)))
            year = next((int(m["year"]) for m in years), None)
            return kind, GridRecord(
                table.table_no, block.block_no, kind.kind, line.printed.strip(), unit, None, year, organization, note
            )
    lines = [line for line in reversed(before) if line.text.strip() and not _NO_TITLE.match(plain_title(line.text))]
    title = lines[0].printed.strip()[:_LONGEST_TITLE] if lines else ""
    return None, GridRecord(table.table_no, block.block_no, None, title, unit, _reason(table))


def plain_title(line: str) -> str:
    """A line without what differs between prints of one title: spaces and quotation marks."""
    return re.sub(r"[\s“”\"＂]", "", line)


def kind_of_title(vocabulary: Vocabulary, title: str, *, is_final: bool = False) -> TableKind | None:
    """The kind that a plain title names, in a final account or a budget; None for a sentence and an unknown title."""
    if len(title) > _LONGEST_TITLE or re.search(r"[。；，]", title):
        return None
    kind = next((kind for kind in vocabulary.table_kinds if kind.pattern.search(title)), None)
    if kind is not None and is_final and kind.final_kind and _BUDGET.search(title) is None:
        return next(each for each in vocabulary.table_kinds if each.kind == kind.final_kind)
    return kind


def _reason(table: Table) -> str:
    """Why a table has no kind: a list of words is no table of figures."""
    amounts = [c for c in table.cells if AMOUNT.fullmatch(text := compact(c.text)) and re.search(r"[.,]", text)]
    return "title_not_known" if amounts else "no_amounts"
