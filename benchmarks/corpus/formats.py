"""Files made of the parts of a report: headings, paragraphs and tables as txt, html, mht, docx, xlsx and csv.

Quick and plain, for a hundred thousand files: tests/render.py makes such files with the libraries that offices use,
at a hundred times the cost. The same parts give the same bytes.
"""

from __future__ import annotations

import base64
import csv
import datetime
import zipfile
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO, StringIO

import xlsxwriter

from benchmarks.corpus.report import Heading, Report, Rows, Span

MADE = datetime.datetime(2026, 1, 1)
_STAMP = (2026, 1, 1, 0, 0, 0)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(files: Sequence[tuple[str, bytes]], *, is_gbk: bool = False) -> bytes:
    """An archive of these files; with `is_gbk` names are as Windows in China writes them."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(_GbkInfo(info) if is_gbk else info, content)
    return output.getvalue()


class _GbkInfo(zipfile.ZipInfo):
    """A member whose name is GBK bytes, without the mark of UTF-8."""

    def __init__(self, like: zipfile.ZipInfo) -> None:
        super().__init__(like.filename, like.date_time)
        self.compress_type = like.compress_type

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile asks for the name by this one
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _text(cell: str | Span) -> str:
    return cell.text if isinstance(cell, Span) else cell


def spread(rows: Rows) -> list[list[str]]:
    """Rows of equal length, in which what a merged cell covers is blank."""
    grid: list[list[str]] = []
    taken: set[tuple[int, int]] = set()
    for row_no, col_no, cell in placed(rows):
        while len(grid) <= row_no:
            grid.append([])
        line = grid[row_no]
        line += [""] * (col_no + 1 - len(line))
        line[col_no] = _text(cell)
        taken.add((row_no, col_no))
    width = max(map(len, grid))
    return [line + [""] * (width - len(line)) for line in grid]


def placed(rows: Rows) -> Iterator[tuple[int, int, str | Span]]:
    """Every cell with its row and column."""
    taken: set[tuple[int, int]] = set()
    for row_no, row in enumerate(rows):
        col_no = 0
        for cell in row:
            while (row_no, col_no) in taken:
                col_no += 1
            yield row_no, col_no, cell
            if isinstance(cell, Span):
                taken.update(
                    (row_no + down, col_no + right) for down in range(cell.rows) for right in range(cell.columns)
                )
                col_no += cell.columns
            else:
                col_no += 1


# Text


def as_lines(report: Report) -> str:
    """A line a paragraph; the cells of a table end in bars. Some keep the page numbers they had."""
    lines: list[str] = []
    page = 0
    is_long = len(report.parts) > 60 and report.number % 2 == 0
    for part in report.parts:
        if isinstance(part, list):
            lines += ["|" + "".join(f" {cell} |" for cell in row) for row in spread(part)]
            continue
        lines.append(part.text if isinstance(part, Heading) else part)
        if is_long and len(lines) // 32 > page:
            page = len(lines) // 32
            lines.append(f"— {page} —")
    return "\n".join(lines) + "\n"


def txt(report: Report) -> bytes:
    """Lines in UTF-8."""
    return as_lines(report).encode()


def gb_txt(report: Report) -> bytes:
    """Lines in GB 18030."""
    return as_lines(report).encode("gb18030")


def as_csv(report: Report) -> bytes:
    """All rows of one width, as a spreadsheet is saved; paragraphs are in the first column."""
    output = StringIO()
    csv.writer(output, lineterminator="\r\n").writerows(_sheet(report))
    return b"\xef\xbb\xbf" + output.getvalue().encode()


def _sheet(report: Report) -> list[list[str]]:
    rows: list[list[str]] = []
    for part in report.parts:
        if isinstance(part, list):
            rows += [*spread(part), []]
        else:
            rows.append([part.text if isinstance(part, Heading) else part])
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


# Web pages


def html(report: Report) -> bytes:
    """A page with paragraphs and tables, merged cells as such, and the navigation of a site around them."""
    lines = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(report.title)}</title></head><body>",
        '<div class="nav"><a href="/">首页</a><a href="/xxgk/">政府信息公开</a></div><div class="article">',
    ]
    for part in report.parts:
        if isinstance(part, list):
            lines.append("<table>")
            lines += ["<tr>" + "".join(map(_td, row)) + "</tr>" for row in part]
            lines.append("</table>")
        elif isinstance(part, Heading):
            lines.append(f"<h{part.level}>{escape(part.text)}</h{part.level}>")
        else:
            lines.append(f"<p>{escape(part)}</p>")
    lines.append('</div><div class="foot">版权所有</div></body></html>\n')
    return "\n".join(lines).encode()


def _td(cell: str | Span) -> str:
    if not isinstance(cell, Span):
        return f"<td>{escape(cell)}</td>"
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<td{rows}{columns}>{escape(cell.text)}</td>"


def mht(report: Report) -> bytes:
    """The page as a browser saves it in one file."""
    page = base64.encodebytes(html(report)).decode().replace("\n", "\r\n")
    mark = f"----=_NextPart_{report.number:08}"
    head = (
        f"From: <Saved by a browser>\r\nSubject: \r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
        f'type="text/html"; boundary="{mark}"\r\n\r\n--{mark}\r\nContent-Type: text/html; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: base64\r\nContent-Location: http://www.example.cn/{report.number}.html\r\n\r\n"
    )
    return f"{head}{page}\r\n--{mark}--\r\n".encode()


# Office documents


def docx(report: Report) -> bytes:
    """Headings in heading styles, tables with merged cells."""
    body: list[str] = []
    for part in report.parts:
        if isinstance(part, list):
            body.append(_word_table(part))
            body.append("<w:p/>")
        elif isinstance(part, Heading):
            body.append(_word_paragraph(part.text, f'<w:pPr><w:pStyle w:val="{part.level}"/></w:pPr>'))
        else:
            body.append(_word_paragraph(part))
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{level}"><w:name w:val="heading {level}"/><w:pPr>'
        f'<w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
        for level in (1, 2, 3)
    )
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return zipped(
        [
            (
                "[Content_Types].xml",
                (
                    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
                    'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
                    f'ContentType="{kinds}.document.main+xml"/><Override PartName="/word/styles.xml" '
                    f'ContentType="{kinds}.styles+xml"/></Types>'
                ).encode(),
            ),
            ("_rels/.rels", _relation("officeDocument", "word/document.xml")),
            ("word/_rels/document.xml.rels", _relation("styles", "styles.xml")),
            ("word/styles.xml", f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>'.encode()),
            (
                "word/document.xml",
                f'<w:document xmlns:w="{_WORD}"><w:body>{"".join(body)}</w:body></w:document>'.encode(),
            ),
        ]
    )


def _relation(kind: str, target: str) -> bytes:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/{kind}" '
        f'Target="{target}"/></Relationships>'
    ).encode()


def _word_paragraph(text: str, properties: str = "") -> str:
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r></w:p>'


def _word_table(rows: Rows) -> str:
    """Cells that reach over rows are continued in each of them, as Word wants it."""
    lines: list[list[tuple[int, str]]] = [[] for _ in rows]
    for row_no, col_no, cell in placed(rows):
        span = cell if isinstance(cell, Span) else Span(cell)
        wide = f'<w:gridSpan w:val="{span.columns}"/>' if span.columns > 1 else ""
        begins = '<w:vMerge w:val="restart"/>' if span.rows > 1 else ""
        lines[row_no].append((col_no, f"<w:tc><w:tcPr>{wide}{begins}</w:tcPr>{_word_paragraph(span.text)}</w:tc>"))
        for below in range(row_no + 1, row_no + span.rows):
            lines[below].append((col_no, f"<w:tc><w:tcPr>{wide}<w:vMerge/></w:tcPr><w:p/></w:tc>"))
    body = "".join("<w:tr>" + "".join(text for _, text in sorted(line)) + "</w:tr>" for line in lines)
    return f"<w:tbl>{body}</w:tbl>"


def xlsx(report: Report) -> bytes:
    """A sheet of prose with a row a paragraph, and a sheet for each table after it, numbers stored as numbers."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        plain = {
            "#,##0.00": book.add_format({"num_format": "#,##0.00"}),
            "0.00": book.add_format({"num_format": "0.00"}),
        }
        sheet, row_no = book.add_worksheet("Sheet1"), 0
        for part in report.parts:
            if not isinstance(part, list):
                sheet.write_string(row_no, 0, part.text if isinstance(part, Heading) else part)
                row_no += 1
                continue
            last = row_no
            for down, col_no, cell in placed(part):
                last = max(last, row_no + down)
                if isinstance(cell, Span) and (cell.rows > 1 or cell.columns > 1):
                    bottom, right = row_no + down + cell.rows - 1, col_no + cell.columns - 1
                    sheet.merge_range(row_no + down, col_no, bottom, right, cell.text)
                    continue
                text = _text(cell)
                whole, point, decimals = text.partition(".")
                if point and len(decimals) == 2 and decimals.isdigit() and whole.replace(",", "").isdigit():
                    form = plain["#,##0.00" if "," in whole else "0.00"]
                    sheet.write_number(row_no + down, col_no, float(text.replace(",", "")), form)
                elif text:
                    sheet.write_string(row_no + down, col_no, text)
            row_no = last + 2
    return output.getvalue()


def ods(report: Report) -> bytes:
    """A spreadsheet of one sheet, in which merged cells cover others."""
    rows: list[dict[int, str]] = []
    for part in report.parts:
        if not isinstance(part, list):
            rows.append({0: _ods_cell(Span(part.text if isinstance(part, Heading) else part))})
            continue
        first = len(rows)
        rows += [{} for _ in part]
        for row_no, col_no, cell in placed(part):
            span = cell if isinstance(cell, Span) else Span(cell)
            for down in range(span.rows):
                for right in range(span.columns):
                    rows[first + row_no + down][col_no + right] = "<table:covered-table-cell/>"
            rows[first + row_no][col_no] = _ods_cell(span)
        rows.append({0: "<table:table-cell/>"})
    lines = "".join(
        f"<table:table-row>{''.join(row[col_no] for col_no in sorted(row))}</table:table-row>" for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="Sheet1">{lines}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped([("mimetype", mime), ("META-INF/manifest.xml", manifest.encode()), ("content.xml", content.encode())])


def _ods_cell(cell: Span) -> str:
    rows = f' table:number-rows-spanned="{cell.rows}"' if cell.rows > 1 else ""
    columns = f' table:number-columns-spanned="{cell.columns}"' if cell.columns > 1 else ""
    shown = f"<text:p>{escape(cell.text, quote=False)}</text:p>" if cell.text else ""
    return f"<table:table-cell{rows}{columns}>{shown}</table:table-cell>"
