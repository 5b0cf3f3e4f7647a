"""Files made of blocks: headings, paragraphs and tables as txt, html, docx, xlsx or pdf, the same bytes every time.

Takes a title and blocks, as readers give them or as `blocks` makes them of texts and rows; gives the bytes of a file.
The tests ask with it whether a figure is the same whichever format carries it, and three of the sample reports were
made with it: `python tests/render.py 报告.html 报告.pdf` reads a report and writes it as what the new name says.

A pdf needs a Chinese TrueType font on this machine, of which it embeds the characters that it prints. In the sample
this is 文泉驿微米黑 (WenQuanYi Micro Hei 0.2.0-beta, Apache-2.0; fonts-wqy-microhei in Debian).
"""

from __future__ import annotations

import datetime
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import docx
import openpyxl
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PdfTable

from loaders import formats
from loaders.document import Block, BlockKind, Cell, Status, Table

FONTS = ("wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "simhei.ttf")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local" / "share" / "fonts")
# Files say when they were made; a date that never changes keeps their bytes the same.
MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
# Latin characters, of which a Chinese one takes two.
_SHEET_WIDTH = 72
_NUMBER = re.compile(r"-?(?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?%?")


class Merged(NamedTuple):
    """A cell that spans several rows or columns."""

    text: str
    rows: int = 1
    columns: int = 1


class Heading(NamedTuple):
    """A heading; 1 is the highest level."""

    text: str
    level: int


Rows = Sequence[Sequence[str | Merged]]


def blocks(*parts: str | Heading | Rows) -> tuple[Block, ...]:
    """Paragraphs, headings and tables, the latter given by the cells that begin in each of their rows."""
    made: list[Block] = []
    tables = 0
    for block_no, part in enumerate(parts, 1):
        if isinstance(part, Heading):
            made.append(Block(block_no, BlockKind.HEADING, part.text, level=part.level))
        elif isinstance(part, str):
            made.append(Block(block_no, BlockKind.PARAGRAPH, part))
        else:
            tables += 1
            text, cells = _cells(part)
            made.append(Block(block_no, BlockKind.TABLE, text, table=Table(tables, cells)))
    return tuple(made)


def _cells(rows: Rows) -> tuple[str, tuple[Cell, ...]]:
    text = ""
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for row_no, row in enumerate(rows):
        text += "\n" if row_no else ""
        col_no = 0
        for at, given in enumerate(row):
            cell = given if isinstance(given, Merged) else Merged(given)
            while (row_no, col_no) in taken:
                col_no += 1
            text += "\t" if at else ""
            place = (len(text), len(text) + len(cell.text))
            text += cell.text
            cells.append(Cell(row_no, col_no, cell.text, *place, cell.rows, cell.columns))
            taken.update((row_no + down, col_no + right) for down in range(cell.rows) for right in range(cell.columns))
    return text, tuple(cells)


def _size(table: Table) -> tuple[int, int]:
    return (
        max(cell.row_no + cell.row_span for cell in table.cells),
        max(cell.col_no + cell.col_span for cell in table.cells),
    )


# Text and web pages


def txt(title: str, content: Sequence[Block]) -> bytes:
    """A line a paragraph; a table's cells end in bars, and what merged cells cover is blank."""
    lines: list[str] = []
    for before, block in zip([None, *content], content, strict=False):
        if block.table is not None and before is not None and before.table is not None:
            lines.append("")
        lines.append(block.text if block.table is None else _bars(block.table))
    return "".join(line + "\n" for line in lines).encode()


def _bars(table: Table) -> str:
    height, width = _size(table)
    rows = [[""] * width for _ in range(height)]
    for cell in table.cells:
        rows[cell.row_no][cell.col_no] = cell.text.replace("\n", "")
    return "\n".join("|" + "".join(f" {text} |" for text in row) for row in rows)


def html(title: str, content: Sequence[Block]) -> bytes:
    """A page with the blocks in its body."""
    lines = ["<!DOCTYPE html>", f'<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title></head>']
    lines.append("<body>")
    for block in content:
        if block.table is not None:
            lines.append("<table>")
            lines += ["<tr>" + "".join(map(_td, row)) + "</tr>" for row in block.table.rows()]
            lines.append("</table>")
        else:
            tag = f"h{block.level}" if block.level else "p"
            lines.append(f"<{tag}>{_html_text(block.text)}</{tag}>")
    return "\n".join([*lines, "</body></html>", ""]).encode()


def _html_text(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _td(cell: Cell) -> str:
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    columns = f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    return f"<td{rows}{columns}>{_html_text(cell.text)}</td>"


# Office documents


def word(title: str, content: Sequence[Block]) -> bytes:
    """Headings in heading styles, tables with merged cells."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = MADE
    document.sections[0].page_width, document.sections[0].page_height = Mm(210), Mm(297)
    for style in document.styles:
        if style.element.rPr is not None and style.element.rPr.rFonts is not None:
            style.font.name, style.font.color.rgb = "宋体", RGBColor(0, 0, 0)
            style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    for before, block in zip([None, *content], content, strict=False):
        if block.table is not None:
            if before is not None and before.table is not None:
                document.add_paragraph()  # or Word shows them as one
            height, width = _size(block.table)
            places = [row.cells for row in document.add_table(height, width, "Table Grid").rows]
            for cell in block.table.cells:
                last = places[cell.row_no + cell.row_span - 1][cell.col_no + cell.col_span - 1]
                places[cell.row_no][cell.col_no].merge(last).text = cell.text
        elif block.level:
            document.add_heading(block.text, block.level)
        else:
            document.add_paragraph(block.text)
    output = BytesIO()
    document.save(output)
    return _same_bytes(output.getvalue())


def excel(title: str, content: Sequence[Block]) -> bytes:
    """One sheet: a row a paragraph, merged over the width of the tables; numbers are stored as such.

    A number has the format that shows it as printed, and is stored a little off, as sums of floats are.
    """
    book = openpyxl.Workbook()
    book.properties.title, book.properties.creator, book.properties.created = title, "", MADE.replace(tzinfo=None)
    sheet = book.active
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    width = max((_size(block.table)[1] for block in content if block.table is not None), default=1)
    for col_no in range(width):
        sheet.column_dimensions[get_column_letter(col_no + 1)].width = max(_SHEET_WIDTH // width, 12)
    edge = Side(style="thin")
    row_no = 1
    for before, block in zip([None, *content], content, strict=False):
        if block.table is None:
            cell = sheet.cell(row_no, 1, block.text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=block.level > 0)
            if width > 1:
                sheet.merge_cells(start_row=row_no, end_row=row_no, start_column=1, end_column=width)
            rows_of_text = sum(1 + 2 * len(line) // _SHEET_WIDTH for line in block.text.split("\n"))
            sheet.row_dimensions[row_no].height = 15 * rows_of_text
            row_no += 1
            continue
        if before is not None and before.table is not None:
            row_no += 1
        for printed in block.table.cells:
            top, left = row_no + printed.row_no, 1 + printed.col_no
            cell = sheet.cell(top, left, *_stored(printed.text))
            cell.number_format = _number_format(printed.text)
            bottom, right = top + printed.row_span - 1, left + printed.col_span - 1
            if (bottom, right) != (top, left):
                sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)
        height, columns = _size(block.table)
        for line in sheet.iter_rows(row_no, row_no + height - 1, 1, columns):
            for cell in line:
                cell.border = Border(edge, edge, edge, edge)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
        row_no += height
    output = BytesIO()
    book.save(output)
    return _same_bytes(output.getvalue())


def _stored(text: str) -> tuple[int | float | str, ...]:
    if not text:
        return ()
    if not _NUMBER.fullmatch(text):
        return (text,)
    number = Decimal(text.replace(",", "").rstrip("%")) / (100 if text.endswith("%") else 1)
    return (int(number) if number == number.to_integral_value() else float(number) * (1 + 2**-49),)


def _number_format(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return "General"
    places = len(text.rstrip("%").partition(".")[2])
    return ("#,##0" if "," in text else "0") + ("." + "0" * places if places else "") + ("%" if "%" in text else "")


def _same_bytes(package: bytes) -> bytes:
    """An office document whose parts carry no time of writing."""
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return output.getvalue()


# PDF


def font() -> Path | None:
    """A font that a pdf can be printed with; None if this machine has none."""
    found = {path.name: path for folder in FONT_FOLDERS for path in folder.rglob("*.tt[cf]")}
    return next((found[name] for name in FONTS if name in found), None)


def pdf(title: str, content: Sequence[Block]) -> bytes:
    """Pages of A4, lying down if a table is wide: indented paragraphs, ruled tables, numbers below.

    Raises LookupError if there is no font to print with.
    """
    path = font()
    if path is None:
        raise LookupError(f"no Chinese TrueType font on this machine: none of {', '.join(FONTS)}")
    pdfmetrics.registerFont(TTFont("Chinese", str(path)))
    widest = max((_size(block.table)[1] for block in content if block.table is not None), default=1)
    page = landscape(A4) if widest > 8 else A4
    margin, size = 60, 8 if widest > 8 else 9
    body = ParagraphStyle("body", fontName="Chinese", fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
    inside = ParagraphStyle("cell", fontName="Chinese", fontSize=size, leading=size * 1.4, wordWrap="CJK")
    titled = any(block.level == 1 for block in content[:20])
    flow: list[Paragraph | PdfTable | Spacer] = []
    for block in content:
        if block.table is not None:
            flow += [_pdf_table(block.table, page[0] - 2 * margin, inside), Spacer(1, 12)]
        elif block.level == 1 or (block is content[0] and not titled):
            centred = ParagraphStyle("title", body, fontSize=16, leading=28, firstLineIndent=0, alignment=1)
            flow.append(Paragraph(_html_text(block.text), centred))
        else:
            large = ParagraphStyle("heading", body, fontSize=13, leading=24)
            flow.append(Paragraph(_html_text(block.text), large if block.level == 2 else body))
    output = BytesIO()
    sides = {f"{side}Margin": margin for side in ("left", "right", "top", "bottom")}
    pages = SimpleDocTemplate(output, pagesize=page, title=title, invariant=1, **sides)

    def number(canvas: object, template: SimpleDocTemplate) -> None:
        canvas.setFont("Chinese", 9)
        canvas.drawCentredString(page[0] / 2, margin / 2, f"— {template.page} —")

    pages.build(flow, number, number)
    return output.getvalue()


def _pdf_table(table: Table, room: float, style: ParagraphStyle) -> PdfTable:
    height, width = _size(table)
    rows: list[list[Paragraph | str]] = [[""] * width for _ in range(height)]
    wanted = [2 * style.fontSize] * width
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    for cell in table.cells:
        rows[cell.row_no][cell.col_no] = Paragraph(_html_text(cell.text), style)
        last = (cell.col_no + cell.col_span - 1, cell.row_no + cell.row_span - 1)
        if cell.row_span > 1 or cell.col_span > 1:
            commands.append(("SPAN", (cell.col_no, cell.row_no), last))
        if cell.col_span == 1:
            longest = max(sum(1 if char > "\xff" else 0.6 for char in line) for line in cell.text.split("\n"))
            wanted[cell.col_no] = max(wanted[cell.col_no], 14 + style.fontSize * longest)
    return PdfTable(rows, _shared(wanted, room), style=commands)


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """Widths of columns: what they want where there is room, and else no more than an equal share for the widest."""
    widths = list(wanted)
    open_columns = set(range(len(widths)))
    while open_columns and sum(widths) > room:
        fixed = sum(widths[at] for at in range(len(widths)) if at not in open_columns)
        share = (room - fixed) / len(open_columns)
        narrow = {at for at in open_columns if wanted[at] <= share}
        if not narrow:
            for at in open_columns:
                widths[at] = share
            break
        open_columns -= narrow
    return widths


FORMATS: dict[str, Callable[[str, Sequence[Block]], bytes]] = {
    "txt": txt,
    "html": html,
    "docx": word,
    "xlsx": excel,
    "pdf": pdf,
}


def main(source: Path, target: Path) -> None:
    """Write a report in the format that the target's name says."""
    document = formats.read(source)
    if document.status is Status.REJECTED:
        sys.exit(f"{source}: {document.message}")
    target.write_bytes(FORMATS[target.suffix.lstrip(".")](document.title, document.blocks))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
