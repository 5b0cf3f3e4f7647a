"""The tables that a document says it has: the titles listed on contents pages and before a part with tables.

Takes the blocks of a report; gives a `ListedTable` for every title, once. A list is three or more lines on end, or rows
of one table without amounts, that are titles of tables and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.document import Block
from loaders.grids.frame import AMOUNT, LIST_MARK, compact
from loaders.grids.recognition import kind_of_title, plain_title
from loaders.repair import Repaired
from loaders.vocabulary import Vocabulary

# block_no, title, the title as printed, what stands beside it
_Entry = tuple[int, str, str, str]
_SHORTEST_LIST = 3
# …… 12 after a title, and 附表3, 表3, 公开03表 before it
_LEADER = re.compile(r"[.…·．_—-]{2,}\s*\d*$|\d{1,3}$")
_NUMBERED = re.compile(r"^(?:(?:附?表|公开|预算)\d{1,2}表?[-—、.．:：]?|\d{1,2}[-—、.．:：])")
# The name of the part that the list belongs to, and the headings of a list in columns.
_NO_TABLE = re.compile(r"^第.{1,3}部分|^(?:20\d\d年度?)?(?:部门|单位)?(?:预算|决算)(?:公开)?报?表$|空表$")
_TITLE = re.compile(r"表(?:[（(][^（）()]{1,20}[）)])?$")


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A title in a list: its place, its kind if it is a standard one, and what is printed beside it (是否空表).

    `title` is without its number, its page and quotation marks, `printed` as it stands there.
    """

    entry_no: int
    block_no: int
    title: str
    printed: str
    kind: str | None
    note: str


def listed_tables(vocabulary: Vocabulary, blocks: Sequence[Block], texts: Sequence[Repaired]) -> list[ListedTable]:
    """The tables listed in `blocks`, whose repaired texts are `texts`, each title once, in order of print."""
    found: dict[str, ListedTable] = {}
    for run in _runs(blocks, texts):
        entries = [entry for entry in run if _NO_TABLE.search(entry[1]) is None]
        if len(entries) < _SHORTEST_LIST or not any(kind_of_title(vocabulary, title) for _, title, _, _ in entries):
            continue
        for block_no, title, printed, note in entries:
            if title not in found:
                kind = kind_of_title(vocabulary, title)
                found[title] = ListedTable(len(found) + 1, block_no, title, printed, kind.kind if kind else None, note)
    return list(found.values())


def _runs(blocks: Sequence[Block], texts: Sequence[Repaired]) -> Iterator[list[_Entry]]:
    """Titles that follow each other without anything between, as (block_no, title, printed, note)."""
    run: list[_Entry] = []
    for block, text in zip(blocks, texts, strict=True):
        if block.table is not None:
            yield run
            run = []
            cells = [compact(cell.text) for cell in block.table.cells]
            if not any(AMOUNT.fullmatch(cell) and re.search("[.,]", cell) for cell in cells):
                yield list(_rows(block))
            continue
        start = 0
        for line in text.text.split("\n"):
            first, start = start, start + len(line) + 1
            if not line.strip():
                continue
            title = _title(line)
            if title is None:
                yield run
                run = []
            else:
                begin, end = text.span(first, first + len(line))
                run.append((block.block_no, title, block.text[begin:end].strip(), ""))
    yield run


def _rows(block: Block) -> Iterator[_Entry]:
    assert block.table is not None
    for row in block.table.rows():
        cells = [compact(cell.text) for cell in row]
        at = next((n for n, cell in enumerate(cells) if _title(cell) is not None), None)
        if at is not None and (title := _title(cells[at])) is not None:
            yield block.block_no, title, row[at].text.strip(), " ".join(cell for cell in cells[at + 1 :] if cell)


def _title(line: str) -> str | None:
    """The title in a line of a list, without its number and its page; None for anything else."""
    title = LIST_MARK.sub("", plain_title(line))
    title = _NUMBERED.sub("", _LEADER.sub("", title))
    title = LIST_MARK.sub("", title)
    if not 4 <= len(title) <= 50 or _TITLE.search(title) is None:
        return None
    return None if re.search(r"[。；，：]", title) else title
