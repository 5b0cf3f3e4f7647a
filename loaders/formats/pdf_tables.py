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
# Points by which the same row may be higher or lower on another page, and how many rows it takes to compare them.
_SAME_ROW, _FEWEST_ROWS = 1.5, 3
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
        bodies = [rows[header:] for rows in (table[0].rows, part.rows)]
        labels = {body[0][0].text for body in bodies if body}
        is_form = all(bodies) and len(labels) == 1 and "" not in labels
        keeps = _keeps_columns(table[0], header) and _keeps_columns(part, header)
        return part if keeps and not is_form else None
    # A form that is longer than its page; the next one would begin as this one does.
    begun = {slot.text for slot in table[0].rows[0]} & {slot.text for slot in part.rows[0]} - {""}
    return part if above and not begun and table[-1].bottom > _FULL * page_height else None


def is_beside(edges: Sequence[float], sheets: Iterable[Sheet]) -> bool:
    """Whether rows with these borders may be the rest of the rows of a sheet, whose columns did not fit on its page."""
    return any(_same_rows(edges, sheet) is not None for sheet in sheets)


def widened(table: Sequence[Sheet], sheet: Sheet) -> tuple[int, Sheet] | None:
    """Which part of `table` the sheet is the right-hand side of, and both as one; None if it is not.

    Spreadsheets print columns that do not fit on the page on one of their own, after all pages with the columns before
    them: the rows are at the very same places, and have no names.
    """
    number = (sheet.page_no - table[0].page_no) % len(table)
    part = table[number]
    places = _same_rows(sheet.edges, part)
    if places is None or _edges([_moved(sheet, part.left - sheet.left)]) == _edges([part]):
        return None
    figures = [any(_FIGURE.fullmatch(slot.text) for slot in row) for row in part.rows]
    if True not in figures:
        return None
    header = figures.index(True)
    rows = [list(row) for row in part.rows]
    shift = part.right - sheet.left
    for row, slots in enumerate(_moved(sheet, shift).rows):
        for slot in slots:
            at, span = places[row], places[row + slot.row_span] - places[row]
            if at >= header and (span > 1 or (slot.text and not _FIGURE.fullmatch(slot.text))):
                return None
            last = rows[at][-1] if rows[at] else None
            if row in sheet.open_left and not slot.text and last is not None and last.right == part.right == slot.left:
                rows[at][-1] = last._replace(right=slot.right)  # a heading that the page break cuts
            else:
                rows[at].append(slot._replace(row_span=span))
    return number, replace(part, right=sheet.right + shift, rows=tuple(map(tuple, rows)))


def _same_rows(edges: Sequence[float], sheet: Sheet) -> list[int] | None:
    """Which border of the sheet each of `edges` is, if each is one, from the first to the last."""
    if len(edges) <= _FEWEST_ROWS or not sheet.edges:
        return None
    places = [_index(sheet.edges, edge) for edge in edges]
    if places[0] != 0 or places[-1] != len(sheet.edges) - 1 or len(set(places)) < len(places):
        return None
    apart = max(abs(sheet.edges[place] - edge) for place, edge in zip(places, edges, strict=True))
    return places if apart < _SAME_ROW else None


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
    return part


def _moved(sheet: Sheet, shift: float) -> Sheet:
    if not shift:
        return sheet
    rows = tuple(
        tuple(slot._replace(left=slot.left + shift, right=slot.right + shift) for slot in row) for row in sheet.rows
    )
    return replace(sheet, left=sheet.left + shift, right=sheet.right + shift, rows=rows)


def _padded(sheet: Sheet, left: float, right: float) -> Sheet:
    """The sheet from `left` to `right`, with an empty cell as high as all its rows where it is narrower."""
    first = list(sheet.rows[0])
    if sheet.left - left > _SAME_EDGE:
        first.insert(0, Slot(sheet.page_no, left, sheet.left, len(sheet.rows), "", open_above=True))
    if right - sheet.right > _SAME_EDGE:
        first.append(Slot(sheet.page_no, sheet.right, right, len(sheet.rows), "", open_above=True))
    return replace(sheet, left=left, right=right, rows=(tuple(first), *sheet.rows[1:]))


def _edges(table: Iterable[Sheet]) -> list[float]:
    """The column edges of a table."""
    found = _all_edges(table)
    edges: list[float] = []
    for edge in sorted(found):
        if not edges or edge - edges[-1] > _SAME_EDGE:
            edges.append(edge)
    return edges


def _all_edges(table: Iterable[Sheet]) -> set[float]:
    return {edge for sheet in table for row in sheet.rows for slot in row for edge in (slot.left, slot.right)}


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
    page_no: int
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
            cells.append(
                Cell(cell.row_no, cell.col_no, cell.text, start, end, cell.row_span, cell.col_span, cell.page_no)
            )
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
    left, right = min(sheet.left for sheet in table), max(sheet.right for sheet in table)
    table = [_padded(sheet, left, right) for sheet in table]
    edges = _edges(table)
    at = {edge: _index(edges, edge) for edge in _all_edges(table)}
    rows: list[list[_Placed]] = []
    for part, sheet in enumerate(table):
        body = sheet.rows[repeated_rows(table[0], sheet) if part else 0 :]
        for index, slots in enumerate(body):
            row: list[_Placed] = []
            for slot in slots:
                col = at[slot.left]
                span = max(1, at[slot.right] - col)
                row.append(_Placed(len(rows), col, slot.row_span, span, slot.page_no, slot.text, slot.scores, slot))
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
