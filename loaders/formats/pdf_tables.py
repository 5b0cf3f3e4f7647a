"""Tables that run over pages, and tables as blocks.

Takes the `Sheet`s that single pages hold, tells which of them continue the one before, and gives one `Block` for all
parts of a table. A header that is printed again on the next page is taken once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loaders.document import Block, BlockKind, Cell, Recognition, Scores, Table
from loaders.formats.pdf_cells import Sheet, Slot
from loaders.formats.pdf_lines import joined_scores

# Points by which the same edge may differ from page to page.
_SAME_EDGE = 3.0
# The share of column edges that must agree, of the part that has fewer.
_ALIKE = 0.6
# A table that goes on ends lower on its page than this share of the height, unless its header is repeated.
_LOW = 0.5
# A form that does not fit on its page ends lower than this.
_FULL = 0.7
_FIGURE = re.compile(r"[-\d,.%]+")
_AMOUNT = re.compile(r"\d\.\d")
# The mark of a repeated title: （续）, 续表, 续表1.
_CONTINUED = re.compile(r"[（(]\s*续\s*表?\s*\d*\s*[）)]|续\s*表\s*\d*|\s+")


def continued(table: Sequence[Sheet], sheet: Sheet, page_height: float) -> Sheet | None:
    """The sheet as a part of `table`, if it goes on with it. It is first on its page, the table last on the one before.

    Nothing is printed between them.
    """
    part = _fitted(table[0], sheet)
    low = table[-1].bottom > _LOW * page_height
    return part if part is not None and (low or repeated_rows(table[0], part) > 0) else None


def continued_below_title(
    table: Sequence[Sheet], intro: Sequence[str], sheet: Sheet, above: Sequence[str], page_height: float
) -> Sheet | None:
    """The sheet as a part of `table`, if it goes on with it although its title and header are printed again.

    `intro` is printed above the table and `above` above the sheet. Forms of one kind have the same title and first
    rows, too; other than in tables, their rows do not keep to the columns of a header, or begin with the same labels.
    """
    known = {_plain(text) for text in intro} | {""}
    part = _fitted(table[0], sheet)
    if part is None or any(_plain(text) not in known for text in above):
        return None
    header = repeated_rows(table[0], part)
    if header:
        labels = {rows[header][0].text for rows in (table[0].rows, part.rows)}
        is_form = len(labels) == 1 and "" not in labels
        keeps = _keeps_columns(table[0], header) and _keeps_columns(part, header)
        return part if keeps and not is_form else None
    # A form that is longer than its page; the next one would begin as this one does.
    begun = {slot.text for slot in table[0].rows[0]} & {slot.text for slot in part.rows[0]} - {""}
    return part if above and not begun and table[-1].bottom > _FULL * page_height else None


def _plain(text: str) -> str:
    return _CONTINUED.sub("", text)


def repeated_rows(first: Sheet, part: Sheet) -> int:
    """How many rows at the top of a part are the header of the table that begins with `first`."""
    count = 0
    for ours, theirs in zip(part.rows, first.rows, strict=False):
        if not _same_row(ours, theirs) or any(_AMOUNT.search(slot.text) for slot in ours):
            break
        count += 1
    while count and any(row + slot.row_span > count for row in range(count) for slot in part.rows[row]):
        count -= 1  # not in the middle of a merged cell
    texts = [slot.text for row in part.rows[:count] for slot in row]
    return count if any(texts) and count < len(part.rows) else 0


def _same_row(ours: Sequence[Slot], theirs: Sequence[Slot]) -> bool:
    return len(ours) == len(theirs) and all(
        a.text == b.text and a.row_span == b.row_span and abs(a.left - b.left) < _SAME_EDGE
        for a, b in zip(ours, theirs, strict=True)
    )


def _fitted(first: Sheet, sheet: Sheet) -> Sheet | None:
    """The sheet where it would stand under `first`, if most of its column edges are there.

    Bound documents shift every other page; and a column whose cell goes on over the page break may have no border left.
    """
    shift = first.left - sheet.left
    if abs(sheet.right - sheet.left - (first.right - first.left)) > _SAME_EDGE:
        outer = _edges([first])
        shift = 0.0
        if any(_nearest(outer, edge) > _SAME_EDGE for edge in (sheet.left, sheet.right)):
            return None
    part = _moved(sheet, shift)
    few, many = sorted((_edges([first]), _edges([part])), key=len)
    inside = [edge for edge in few if part.left - _SAME_EDGE < edge < part.right + _SAME_EDGE]
    if sum(_nearest(many, edge) < _SAME_EDGE for edge in inside) < _ALIKE * len(inside):
        return None
    return _padded(part, first.left, first.right)


def _moved(sheet: Sheet, shift: float) -> Sheet:
    if not shift:
        return sheet
    rows = tuple(
        tuple(replace(slot, left=slot.left + shift, right=slot.right + shift) for slot in row) for row in sheet.rows
    )
    return replace(sheet, left=sheet.left + shift, right=sheet.right + shift, rows=rows)


def _padded(sheet: Sheet, left: float, right: float) -> Sheet:
    """The sheet from `left` to `right`, with an empty cell as high as all its rows where it is narrower."""
    first = list(sheet.rows[0])
    if sheet.left - left > _SAME_EDGE:
        first.insert(0, Slot(left, sheet.left, len(sheet.rows), "", open_above=True))
    if right - sheet.right > _SAME_EDGE:
        first.append(Slot(sheet.right, right, len(sheet.rows), "", open_above=True))
    return replace(sheet, left=left, right=right, rows=(tuple(first), *sheet.rows[1:]))


def _edges(table: Iterable[Sheet]) -> list[float]:
    """The column edges of a table."""
    found = {edge for sheet in table for row in sheet.rows for slot in row for edge in (slot.left, slot.right)}
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


@dataclass(slots=True)
class _Placed:
    """A cell at its place in the table; it grows where it goes on over a page break."""

    row_no: int
    col_no: int
    row_span: int
    col_span: int
    text: str
    scores: Scores
    slot: Slot

    def add(self, rest: _Placed) -> None:
        """Take in the text of a cell that this one goes on in."""
        self.scores = joined_scores(((self.text, self.scores), (rest.text, rest.scores)))
        self.text += rest.text


def block(block_no: int, table_no: int, table: Sequence[Sheet]) -> Block:
    """The parts of a table as one block on the page where it begins; tabs part its cells, and line feeds its rows."""
    rows = _rows(table)
    cells: list[Cell] = []
    texts: list[str] = []
    at = 0
    for row in rows:
        start = at
        for cell in row:
            end = start + len(cell.text)
            cells.append(Cell(cell.row_no, cell.col_no, cell.text, start, end, cell.row_span, cell.col_span))
            start = end + 1
        texts.append("\t".join(cell.text for cell in row))
        at += len(texts[-1]) + 1
    scores = joined_scores(part for row in rows for part in _parts(row))[:-1]
    return Block(
        block_no,
        BlockKind.TABLE,
        "\n".join(texts),
        page=table[0].page_no,
        table=Table(table_no, tuple(cells)),
        ocr=Recognition(scores) if scores else None,
    )


def _parts(row: Sequence[_Placed]) -> list[tuple[str, Scores]]:
    """The texts of a row with what is between them and behind the last."""
    return [part for cell in row for part in ((cell.text, cell.scores), ("\t", ()))] or [("\n", ())]


def _rows(table: Sequence[Sheet]) -> list[list[_Placed]]:
    """The cells of all parts by row, without headers that are printed again."""
    edges = _edges(table)
    rows: list[list[_Placed]] = []
    for part, sheet in enumerate(table):
        body = sheet.rows[repeated_rows(table[0], sheet) if part else 0 :]
        for index, slots in enumerate(body):
            row: list[_Placed] = []
            for slot in slots:
                col = _index(edges, slot.left)
                span = max(1, _index(edges, slot.right) - col)
                row.append(_Placed(len(rows), col, slot.row_span, span, slot.text, slot.scores, slot))
            if part and not index:
                row = _carried_over(rows, row)
            if row or index:
                rows.append(row)
    return rows


def _carried_over(rows: Sequence[Sequence[_Placed]], row: list[_Placed]) -> list[_Placed]:
    """The first row after a page break without the cells that go on from the page before; these are added there.

    A merged cell that goes on has no border at the page break, while its neighbours do. A row that is cut in two shows
    only the rest of its longest texts.
    """
    last = {(cell.col_no, cell.col_span): cell for above in rows for cell in above if _ends(cell) == len(rows)}
    above = [last.get((cell.col_no, cell.col_span)) for cell in row]
    pairs = [(cell, before) for cell, before in zip(row, above, strict=True) if before is not None]
    if not all(cell.slot.open_above for cell in row):
        opened = [
            (cell, before)
            for cell, before in pairs
            if cell.slot.open_above and (before.slot.open_below or not cell.text)
        ]
        for cell, before in opened:
            before.row_span += cell.row_span
            before.add(cell)
        row = [cell for cell in row if not any(cell is carried for carried, _ in opened)]
        if opened:
            return row
    rest = [(cell, before) for cell, before in pairs if cell.text]
    if (
        len(pairs) == len(row)
        and rest
        and not row[0].text
        and all(cell.row_span == 1 for cell in row)
        and all(before.slot.filled and not _FIGURE.fullmatch(cell.text) for cell, before in rest)
    ):
        for cell, before in rest:
            before.add(cell)
        return []
    return row


def _ends(cell: _Placed) -> int:
    return cell.row_no + cell.row_span
