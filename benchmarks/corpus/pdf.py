"""A report as a PDF: lines of text and ruled tables that run over pages, with the number of each page at its foot.

The letters are those of a font that every PDF program brings along (STSong-Light), so nothing is embedded: a page costs
a millisecond, and its bytes do not depend on the fonts of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.corpus.formats import placed
from benchmarks.corpus.report import Heading, Report, Rows, Span

_FONT = "STSong-Light"
_MARGIN, _BODY, _CELL = 60, 10.5, 8
_PAD = 3


def pdf(report: Report) -> bytes:
    """The bytes of the file."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    widest = max((len(row) for part in report.parts if isinstance(part, list) for row in part), default=1)
    page = _Page(landscape(A4) if widest > 7 else A4, report.title)
    for at, part in enumerate(report.parts):
        if isinstance(part, list):
            page.table(part)
        elif isinstance(part, Heading):
            size = (16, 13, 12)[part.level - 1]
            page.text(part.text, size, indent=0 if part.level == 1 else 2, centred=part.level == 1)
        else:
            is_above = at + 1 < len(report.parts) and isinstance(report.parts[at + 1], list) and "单位：" not in part
            page.text(part, _BODY, indent=2, centred=is_above)
    return page.bytes()


@cache
def _em(character: str) -> float:
    """How wide a character is, in parts of its height; those that are not Latin are square."""
    return 1 if character > "\xff" else pdfmetrics.stringWidth(character, _FONT, 1)


def _width(text: str, size: float) -> float:
    return sum(map(_em, text)) * size


def _wrapped(text: str, room: float, size: float, indent: float = 0) -> Iterator[str]:
    """Lines that fit; numbers are broken only where they are longer than a line."""
    line, used = "", indent
    for character in text:
        wide = _em(character) * size
        if used + wide > room and line:
            kept = line.rstrip("0123456789.,%") if character in "0123456789.,%" else line
            kept = kept or line
            yield kept
            line, used = line[len(kept) :], _width(line[len(kept) :], size)
        line += character
        used += wide
    yield line


class _Page:
    """The page that is being filled; a new one begins when it is full."""

    def __init__(self, size: tuple[float, float], title: str) -> None:
        self._output = BytesIO()
        self._canvas = Canvas(self._output, pagesize=size, invariant=1)
        self._canvas.setTitle(title)
        self._wide, self._high = size
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._y = self._high - _MARGIN
        self._canvas.setLineWidth(0.5)
        self._canvas.setFont(_FONT, 9)
        self._canvas.drawCentredString(self._wide / 2, _MARGIN / 2, f"— {self._number} —")

    def _need(self, height: float) -> None:
        if self._y - height < _MARGIN:
            self._canvas.showPage()
            self._begin()

    def bytes(self) -> bytes:
        """The file, after which nothing can be added."""
        self._canvas.save()
        return self._output.getvalue()

    def text(self, text: str, size: float, *, indent: int, centred: bool) -> None:
        """A paragraph; `indent` in characters of its first line."""
        room = self._wide - 2 * _MARGIN
        for at, line in enumerate(_wrapped(text, room, size, indent * size)):
            self._need(size * 1.7)
            self._y -= size * 1.7
            self._canvas.setFont(_FONT, size)
            if centred:
                self._canvas.drawCentredString(self._wide / 2, self._y, line)
            else:
                self._canvas.drawString(_MARGIN + (indent * size if at == 0 else 0), self._y, line)

    def table(self, rows: Rows) -> None:
        """A ruled table; rows under the header may begin a new page, where the header is not printed again."""
        cells = [
            (row_no, col_no, cell if isinstance(cell, Span) else Span(cell)) for row_no, col_no, cell in placed(rows)
        ]
        widths = self._widths(cells)
        lines = {
            (row_no, col_no): list(_wrapped(cell.text, sum(widths[col_no : col_no + cell.columns]) - 2 * _PAD, _CELL))
            for row_no, col_no, cell in cells
        }
        heights = [_CELL * 1.3 + 2 * _PAD] * len(rows)
        for row_no, col_no, cell in cells:
            if cell.rows == 1:
                heights[row_no] = max(heights[row_no], len(lines[row_no, col_no]) * _CELL * 1.3 + 2 * _PAD)
        tied = max((row_no + cell.rows for row_no, _, cell in cells if cell.rows > 1), default=1)
        self._y -= 6
        for row_no, height in enumerate(heights):
            self._need(sum(heights[row_no:tied]) if row_no < tied and sum(heights[:tied]) < 300 else height)
            for at, col_no, cell in cells:
                if at == row_no:
                    self._cell(col_no, cell, widths, sum(heights[at : at + cell.rows]), lines[at, col_no])
            self._y -= height
        self._y -= 6

    def _cell(self, col_no: int, cell: Span, widths: Sequence[float], height: float, lines: Sequence[str]) -> None:
        left, wide = _MARGIN + sum(widths[:col_no]), sum(widths[col_no : col_no + cell.columns])
        self._canvas.rect(left, self._y - height, wide, height)
        if not cell.text:
            return
        self._canvas.setFont(_FONT, _CELL)
        y = self._y - height / 2 + len(lines) * _CELL * 1.3 / 2 - _CELL
        is_amount = cell.text[-1].isdigit() and cell.text.replace(",", "").replace(".", "").lstrip("-").isdigit()
        for line in lines:
            if is_amount:
                self._canvas.drawRightString(left + wide - _PAD, y, line)
            else:
                self._canvas.drawString(left + _PAD, y, line)
            y -= _CELL * 1.3

    def _widths(self, cells: Sequence[tuple[int, int, Span]]) -> list[float]:
        count = max(col_no + cell.columns for _, col_no, cell in cells)
        wanted = [3.0 * _CELL] * count
        for _, col_no, cell in cells:
            if cell.columns == 1:
                wanted[col_no] = max(wanted[col_no], min(_width(cell.text, _CELL), 12 * _CELL) + 2 * _PAD + 1)
        room = self._wide - 2 * _MARGIN
        return [width * room / sum(wanted) for width in wanted]
