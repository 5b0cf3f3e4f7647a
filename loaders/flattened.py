"""Tables that a converter flattened into lines of text, found and read back as grids.

Takes the lines of a plain text with their offsets; gives the rows of a table and `Table`s. Two layouts are known: cells
that end in a bar, one or several a line, and cells that begin with a tab, rows parted by blank lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from loaders import spans
from loaders.document import Cell, Table

# A form's title, with which a new table begins even after few blank lines.
_TITLE = re.compile(r"表\s*$|表[（(]")
_NUMERIC = re.compile(r"[-\d,.\s%％]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text without its line end, and its offset."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell's text before it has a place in the grid; offsets are those of the file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that could be a table: the line after the last, and the rows, none if they are no table."""

    last: int
    rows: list[list[_Piece]]


def begins(line: Line) -> bool:
    """Whether a table may begin with this line."""
    return line.text.startswith("\t") or line.text.rstrip().endswith("|")


def run(lines: Sequence[Line], first: int) -> Run:
    """The table that begins with line `first`, as far as its lines go; to be called where one may begin."""
    return _of_tabs(lines, first) if lines[first].text.startswith("\t") else _of_bars(lines, first)


def _of_bars(lines: Sequence[Line], first: int) -> Run:
    last = first
    while last < len(lines) and lines[last].text.rstrip().endswith("|"):
        last += 1
    if last - first < 2:
        return Run(last, [])
    by_line = [_split_bars(line) for line in lines[first:last]]
    widths = {len(cells) for cells in by_line}
    if widths == {1}:
        pieces = [cells[0] for cells in by_line]
        places = zip(lines[first:last], pieces, strict=True)
        texts = [line.text[piece.start - line.start : piece.end - line.start] for line, piece in places]
        width = _width(texts)
        if width is None:
            return Run(last, [])
        return Run(last, [pieces[i : i + width] for i in range(0, len(pieces), width)])
    rows = [cells for cells, line in zip(by_line, lines[first:last], strict=True) if not _is_rule(line.text)]
    return Run(last, rows)


def _split_bars(line: Line) -> list[_Piece]:
    text = line.text
    begin = 1 if text.startswith("|") and text.count("|") > 1 else 0
    pieces: list[_Piece] = []
    for part in re.finditer(r"([^|]*)\|", text[begin:]):
        pieces.append(_trim(text, begin + part.start(1), begin + part.end(1), line.start))
    return pieces


def _is_rule(text: str) -> bool:
    return re.fullmatch(r"[\s|:+-]+", text) is not None and "-" in text


def _trim(text: str, start: int, end: int, offset: int) -> _Piece:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return _Piece(offset + start, offset + end)


def _width(texts: Sequence[str]) -> int | None:
    """How many columns a list of cells had: the header has no numbers, each row begins with a name, the rest agree.

    None where no width makes such a table.
    """
    best: tuple[float, int] | None = None
    for width in range(2, len(texts) // 2 + 1):
        if len(texts) % width:
            continue
        header, body = texts[:width], [texts[i : i + width] for i in range(width, len(texts), width)]
        if any(not cell or _NUMERIC.fullmatch(cell) for cell in header):
            continue
        if any(not row[0] or _NUMERIC.fullmatch(row[0]) for row in body):
            continue
        rest = [cell for row in body for cell in row[1:]]
        score = sum(1 for cell in rest if _NUMERIC.fullmatch(cell)) / len(rest)
        if best is None or score > best[0]:
            best = (score, width)
    return best[1] if best and best[0] >= 0.5 else None


def _of_tabs(lines: Sequence[Line], first: int) -> Run:
    """Cells that begin with a tab; no rows if these are only indented lines."""
    rows: list[list[_Piece]] = [[]]
    blank = 0
    last = at = first
    while at < len(lines):
        line = lines[at]
        if not line.text.strip(" \t\u3000"):
            if line.text.startswith("\t"):
                _open_cell(rows, line, blank)
                blank = 0
                last = at + 1
            else:
                blank += 1
        elif line.text.startswith("\t"):
            if blank >= 3 or (blank == 2 and _TITLE.search(line.text)):
                break
            _open_cell(rows, line, blank)
            blank = 0
            last = at + 1
        elif blank == 0 and rows[-1] and (at == last):
            rows[-1][-1] = _Piece(rows[-1][-1].start, _trim(line.text, 0, len(line.text), line.start).end)
            last = at + 1
        else:
            break
        at += 1
    rows = [row for row in rows if row]
    cells = [piece for row in rows for piece in row]
    lengths = [piece.end - piece.start for piece in cells]
    wide = sum(1 for row in rows if len(row) >= 2)
    if len(rows) < 3 or wide * 2 < len(rows) or median(lengths) > 24:
        return Run(last, [])
    return Run(last, rows)


def _open_cell(rows: list[list[_Piece]], line: Line, blank: int) -> None:
    if blank and rows[-1]:
        rows.append([])
    for part in re.finditer(r"\t([^\t]*)", line.text):
        if not part[1].strip() and part.end() < len(line.text):
            continue
        rows[-1].append(_trim(line.text, part.start(1), part.end(1), line.start))


def table(rows: Sequence[Sequence[_Piece]], table_no: int, text: str, block_start: int) -> Table:
    """The `Table` of `rows`, with offsets counted from `block_start` of the file's `text`.

    Blank cells that stand for merged ones are left out.
    """
    merged = spans.inferred([[text[piece.start : piece.end] for piece in row] for row in rows])
    hidden = spans.covered(merged)
    return Table(
        table_no,
        tuple(
            Cell(
                row_no,
                col_no,
                text[piece.start : piece.end],
                piece.start - block_start,
                piece.end - block_start,
                *merged.get((row_no, col_no), (1, 1)),
            )
            for row_no, row in enumerate(rows)
            for col_no, piece in enumerate(row)
            if (row_no, col_no) not in hidden
        ),
    )
