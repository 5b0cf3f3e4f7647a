"""Office files and archives built by hand for tests: zip packages, docx and xlsx files, OLE files with xls streams."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from html import escape
from io import BytesIO

import pytest

from loaders.document import Block, Unreadable

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


def refusal_of(read: Callable[[], object]) -> str:
    """The reason code with which a reader refuses; the message must be there too."""
    with pytest.raises(Unreadable) as caught:
        read()
    assert caught.value.message
    return caught.value.reason


def grid(block: Block) -> list[tuple[int, int, int, int, str]]:
    """The cells of a table block: row, column, rows spanned, columns spanned, text."""
    assert block.table is not None
    claimed: set[tuple[int, int]] = set()
    for cell in block.table.cells:
        assert block.text[cell.char_start : cell.char_end] == cell.text
        rows, columns = range(cell.row_no, cell.row_no + cell.row_span), range(cell.col_no, cell.col_no + cell.col_span)
        places = {(row, column) for row in rows for column in columns}
        assert not places & claimed, "two cells at one place"
        claimed |= places
    return [(cell.row_no, cell.col_no, cell.row_span, cell.col_span, cell.text) for cell in block.table.cells]


# Zip


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip archive of these files."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


# Word

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:a="urn:a" xmlns:o="urn:o" '
    f'xmlns:r="{OFFICE}"'
)


def relations(targets: dict[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{PACKAGE}">{items}</Relationships>'


def docx(body: str, *, space: str = MAIN, chunk: bytes | str = "", **parts: str) -> bytes:
    """A minimal docx with this body, and further parts (styles, numbering, footnotes, endnotes) by name.

    `chunk` is a file that `<w:altChunk r:id="r0"/>` shows, if there are no further parts.
    """
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": relations(
                {"aFChunk": "chunk.mht"} if chunk else {kind: f"{kind}.xml" for kind in parts}
            ),
            "word/chunk.mht": chunk,
            "word/document.xml": f'<w:document xmlns:w="{space}" {OTHERS}><w:body>{body}</w:body></w:document>',
            **{f"word/{kind}.xml": f'<w:{kind} xmlns:w="{space}">{part}</w:{kind}>' for kind, part in parts.items()},
        }
    )


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; those that are not XML are text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>"


def tc(*content: str, properties: str = "") -> str:
    """A cell of paragraphs and tables; what is not XML is a paragraph."""
    inside = "".join(item if item.startswith("<") else p(item) for item in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(row if row.startswith("<w:tr>") else f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def field(code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return mark("begin") + instruction + mark("separate") + f"<w:r><w:t>{result}</w:t></w:r>" + mark("end")


def box(*paragraphs: str) -> str:
    """A run with a text box as Word writes it: as a drawing, and once more for old programs."""
    content = f"<w:txbxContent>{''.join(map(p, paragraphs))}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{content}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def numbering(*levels: tuple[str, str], extra: str = "", nums: str = "") -> str:
    """The numbering part of one list with id 1: the form and the label text of each of its levels."""
    described = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="5">{described}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>{nums}'
    )


def item(text: str, level: int = 0, number: str = "1") -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


# Excel

SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def column(number: int) -> str:
    """0 is `A`, 26 `AA`."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def sheet(rows: list[list[object]], merged: tuple[str, ...] = ()) -> str:
    """The XML of a sheet: text, numbers as written, None for no cell, (value, style), or a cell's own XML (bytes)."""
    lines = []
    for row_no, row in enumerate(rows, 1):
        cells = []
        for col_no, given_value in enumerate(row):
            value, style = given_value if isinstance(given_value, tuple) else (given_value, 0)
            place = f'r="{column(col_no)}{row_no}" s="{style}"'
            if isinstance(value, bytes):
                cells.append(value.decode().replace("<c", f"<c {place}", 1))
            elif isinstance(value, str):
                cells.append(f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>')
            elif value is not None:
                cells.append(f"<c {place}><v>{value}</v></c>")
        lines.append(f'<row r="{row_no}">{"".join(cells)}</row>')
    ranges = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    return f"<sheetData>{''.join(lines)}</sheetData>" + (f"<mergeCells>{ranges}</mergeCells>" if ranges else "")


def workbook(sheets: dict[str, str], codes: tuple[str | int, ...] = (), attributes: str = "") -> bytes:
    """A minimal xlsx; style n has the n-th of the number formats (a code, or the number of a built-in one)."""
    own = "".join(
        f'<numFmt numFmtId="{200 + n}" formatCode="{escape(code)}"/>'
        for n, code in enumerate(codes)
        if isinstance(code, str)
    )
    styles = "".join(f'<xf numFmtId="{200 + n if isinstance(code, str) else code}"/>' for n, code in enumerate(codes))
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}" {attributes}/>' for n, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{SHEETS}"><numFmts>{own}</numFmts>'
            f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
            **{
                f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{SHEETS}">{content}</worksheet>'
                for n, content in enumerate(sheets.values(), 1)
            },
        }
    )


def record(kind: int, content: bytes) -> bytes:
    """A record of an Excel 97 workbook stream."""
    return struct.pack("<HH", kind, len(content)) + content


def wide(text: str, length: str) -> bytes:
    """A string of an Excel 97 record: its length as `B` or `H`, a byte for two-byte characters, and the characters."""
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def old_workbook(name: str, cells: list[bytes], codes: tuple[str, ...] = ()) -> bytes:
    """An xls (or et) with one sheet; style 0 is General, style n + 1 has the n-th number format."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x1000, 2007, 0, 6)
    formats = b"".join(record(0x041E, struct.pack("<H", 164 + n) + wide(code, "H")) for n, code in enumerate(codes))
    numbers = [0, *range(164, 164 + len(codes))]
    styles = b"".join(record(0x00E0, struct.pack("<HH16x", 0, number)) for number in numbers)
    bound = struct.pack("<BB", 0, 0) + wide(name, "B")
    globals_size = 20 + len(formats) + len(styles) + len(bound) + 8 + 4
    stream = record(0x0809, begin) + formats + styles
    stream += record(0x0085, struct.pack("<I", globals_size) + bound) + record(0x000A, b"")
    begin = begin[:2] + struct.pack("<H", 0x0010) + begin[4:]
    return compound({"Workbook": stream + record(0x0809, begin) + b"".join(cells) + record(0x000A, b"")})


# OLE


def entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    """A directory entry of an OLE compound file: kind 1 is a storage, 2 a stream, 5 the root."""
    stored = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", FREE, right, child)
    return (
        stored.ljust(64, b"\0")
        + struct.pack("<HBB", len(stored), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def compound(streams: dict[str, bytes], nested: dict[str, bytes] | None = None) -> bytes:
    """An OLE compound file with these streams at its root, and those of `nested` in a storage below it."""
    names = [*streams, *(["ObjectPool"] if nested else []), *(nested or {})]
    contents = [*streams.values(), *([b""] if nested else []), *(nested or {}).values()]
    at_root = len(streams) + bool(nested)
    sectors: list[bytes] = []
    chains: list[list[int]] = []
    for content in contents:
        padded = content.ljust(4096, b"\0")
        padded += bytes(-len(padded) % 512)
        chains.append(list(range(len(sectors), len(sectors) + len(padded) // 512)))
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
    directory = entry("Root Entry", 5, END, 0, child=1)
    for number, (name, content) in enumerate(zip(names, contents, strict=True), 1):
        right = number + 1 if number not in (at_root, len(names)) else FREE
        storage = nested is not None and number == at_root
        size = 0 if storage else max(4096, len(content))
        start = END if storage else chains[number - 1][0]
        directory += entry(name, 1 if storage else 2, start, size, right=right, child=at_root + 1 if storage else FREE)
    directory += bytes(-len(directory) % 512)
    chains.append(list(range(len(sectors), len(sectors) + len(directory) // 512)))
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    allocation = [FREE] * (tables * 128)
    for chain in chains:
        for number, following in zip(chain, [*chain[1:], END], strict=True):
            allocation[number] = following
    first_table = len(sectors)
    allocation[first_table : first_table + tables] = [0xFFFFFFFD] * tables
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, chains[-1][0], 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(first_table, first_table + tables), *[FREE] * (109 - tables))
    return header + b"".join(sectors) + struct.pack(f"<{len(allocation)}I", *allocation)
