"""Tables that run over pages, and tables as blocks.

Takes the `Sheet`s that single pages hold, tells which of them continue the one before, and gives one `Block` for all
parts of a table. A header that is printed again on the next page is taken once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from loaders.document import Block, BlockKind, Cell, Table
from loaders.formats.pdf_cells import Sheet, Slot

# Points by which the same edge may differ from page to page.
_SAME_EDGE = 3.0
# The share of column edges that must agree, of the part that has fewer.
_ALIKE = 0.6
# A table that goes on ends lower on its page than this share of the height, unless its header is repeated.
_LOW = 0.5
_AMOUNT = re.compile(r"\d\.\d")
# The mark of a repeated title: （续）, 续表, 续表1.
_CONTINUED = re.compile(r"[（(]\s*续\s*表?\s*\d*\s*[）)]|续\s*表\s*\d*|\s+")


def continues(table: Sequence[Sheet], sheet: Sheet, page_height: float) -> bool:
    """Whether `sheet`, first on its page with nothing above it, goes on with `table`, the last thing on its page."""
    if not _same_columns(table, sheet):
        return False
    return table[-1].bottom > _LOW * page_height or repeated_rows(table[0], sheet) > 0


def continues_titled(table: Sequence[Sheet], intro: Sequence[str], sheet: Sheet, above: Sequence[str]) -> bool:
    """Whether `sheet` goes on with `table` although text stands between them, because title and header are repeated.

    `intro` is printed above the table and `above` above the sheet. Forms of one kind have the same title and first
    rows, too; other than in tables, their rows do not keep to the columns of a header.
    """
    known = {_plain(text) for text in intro} | {""}
    if any(_plain(text) not in known for text in above) or not _same_columns(table, sheet):
        return False
    header = repeated_rows(table[0], sheet)
    return header > 0 and _keeps_columns(table[0], header) and _keeps_columns(sheet, header)


def _plain(text: str) -> str:
    return _CONTINUED.sub("", text)


def repeated_rows(first: Sheet, sheet: Sheet) -> int:
    """How many rows at the top of `sheet` are the header of the table that begins with `first`."""
    count = 0
    for ours, theirs in zip(sheet.rows, first.rows, strict=False):
        if not _same_row(ours, sheet.left, theirs, first.left) or any(_AMOUNT.search(slot.text) for slot in ours):
            break
        count += 1
    while count and any(row + slot.row_span > count for row in range(count) for slot in sheet.rows[row]):
        count -= 1  # not in the middle of a merged cell
    texts = [slot.text for row in sheet.rows[:count] for slot in row]
    return count if any(texts) and count < len(sheet.rows) else 0


def _same_row(ours: Sequence[Slot], our_left: float, theirs: Sequence[Slot], their_left: float) -> bool:
    return len(ours) == len(theirs) and all(
        a.text == b.text and a.row_span == b.row_span and abs((a.left - our_left) - (b.left - their_left)) < _SAME_EDGE
        for a, b in zip(ours, theirs, strict=True)
    )


def _same_columns(table: Sequence[Sheet], sheet: Sheet) -> bool:
    """Whether both are equally wide and most column edges of one are also edges of the other."""
    width = table[0].right - table[0].left
    if abs((sheet.right - sheet.left) - width) > _SAME_EDGE:
        return False
    theirs, ours = _edges(table), _edges([sheet])
    few, many = sorted((theirs, ours), key=len)
    return sum(_nearest(many, edge) < _SAME_EDGE for edge in few) >= _ALIKE * len(few)


def _edges(table: Iterable[Sheet]) -> list[float]:
    """The column edges of a table, from its left border."""
    found = {
        edge - sheet.left for sheet in table for row in sheet.rows for slot in row for edge in (slot.left, slot.right)
    }
    edges: list[float] = []
    for edge in sorted(found):
        if not edges or edge - edges[-1] > _SAME_EDGE:
            edges.append(edge)
    return edges


def _nearest(edges: Sequence[float], at: float) -> float:
    return abs(edges[_index(edges, at)] - at)


def _index(edges: Sequence[float], at: float) -> int:
    after = bisect_left(edges, at)
    return min((i for i in (after - 1, after) if 0 <= i < len(edges)), key=lambda i: abs(edges[i] - at))


def _keeps_columns(sheet: Sheet, header: int) -> bool:
    """Whether most rows after the header have the columns of its last row."""
    by_row: list[set[int]] = [set() for _ in sheet.rows]
    for row, slots in enumerate(sheet.rows):
        for slot in slots:
            for covered in range(row, min(row + slot.row_span, len(by_row))):
                by_row[covered].add(round(slot.left))
    body = by_row[header:]
    return sum(columns == by_row[header - 1] for columns in body) >= _ALIKE * len(body)


def block(block_no: int, table_no: int, table: Sequence[Sheet]) -> Block:
    """The parts of a table as one block on the page where it begins; tabs part its cells, and line feeds its rows."""
    edges = _edges(table)
    cells: list[Cell] = []
    texts: list[str] = []
    row_no = at = 0
    for part, sheet in enumerate(table):
        for slots in sheet.rows[repeated_rows(table[0], sheet) if part else 0 :]:
            start = at
            for slot in slots:
                col = _index(edges, slot.left - sheet.left)
                col_span = max(1, _index(edges, slot.right - sheet.left) - col)
                cells.append(Cell(row_no, col, slot.text, start, start + len(slot.text), slot.row_span, col_span))
                start += len(slot.text) + 1
            texts.append("\t".join(slot.text for slot in slots))
            at += len(texts[-1]) + 1
            row_no += 1
    return Block(
        block_no, BlockKind.TABLE, "\n".join(texts), page=table[0].page_no, table=Table(table_no, tuple(cells))
    )
