"""Word documents: paragraphs, headings and tables as printed, with list numbers, text boxes and footnotes.

Takes the bytes of a docx file. Tracked changes are accepted; what Word does not print (hidden text, field codes,
comments) is left out; pictures, charts and embedded files are counted as omissions.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from loaders import encoding
from loaders.document import Block, BlockKind, Cell, Content, Omission, Table, Unreadable
from loaders.formats import archive, html, mhtml, office_xml
from loaders.formats.office_xml import is_on, name_of, number, value
from loaders.formats.word_lists import Numbering, Styles

# A paragraph in a heading style that runs on into prose is read as prose, or its figures would count as a heading's.
_LONGEST_HEADING = 60
_ATTACHMENT = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十-]*\s*[:：]?")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")

# Elements that only wrap others: paragraphs, rows, cells, or what is in a paragraph.
_WRAPPERS = frozenset(
    ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "bdo", "ruby", "rubyBase")
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# The boxes and ticks that forms print in Wingdings; any other symbol font is not known here.
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0FC": "✓", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FD": "☒", "F054": "☒"}
# A line of prose in a cell is longer than this; no table is wider than this (Word stops at 63).
_LINE_IN_CELL, _MOST_COLUMNS = 80, 256
# A picture this large, in centimetres, may be a scanned page or table; smaller ones are seals and marks.
_LARGE_PICTURE = 8
_EMU_PER_CM = 360_000
_CM_PER = {"pt": 2.54 / 72, "in": 2.54, "cm": 1.0, "mm": 0.1}
_LENGTH = re.compile(r"(width|height)\s*:\s*(\d+(?:\.\d+)?)(pt|in|cm|mm)")

# What is not text, by reason: how it is told, and whether it is printed.
OMITTED = {
    "hidden_text": ("有 {} 处隐藏的文字，没有读入", False),
    "picture": ("有 {} 张较大的图片，图片里的文字没有读入", True),
    "chart": ("有 {} 个图表，其中的数字没有读入", True),
    "diagram": ("有 {} 个 SmartArt 图形，其中的文字没有读入", True),
    "embedded_object": ("有 {} 个嵌入的对象（如 Excel 表格），没有读入；请另行提供其中的文件", True),
    "embedded_document": ("有 {} 处插入的文件，格式不能读取；请用 Word 或 WPS 打开后另存一份", True),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of running text; `level` is that of the heading that it is, or 0."""

    text: str
    level: int = 0


@dataclass(slots=True)
class _Placed:
    """A table cell at its place in the grid; a merge with cells below lengthens it."""

    row_no: int
    col_no: int
    col_span: int
    text: str
    row_span: int = 1

    def ends_at(self, row_no: int, col_no: int) -> bool:
        """Whether it stands right before this place."""
        return self.row_no == row_no and self.col_no + self.col_span == col_no

    def reaches(self, row_no: int, col_span: int) -> bool:
        """Whether a cell of this width in the row below continues it; Word merges no others."""
        return self.row_no + self.row_span == row_no and self.col_span == col_span


_Grid = list[_Placed]


def read(data: bytes) -> Content:
    """The title (the first line that says more than 附件1) and the blocks of a docx file.

    A heading's level is its outline level (1 highest), stated or by its style. Text boxes follow the paragraph that
    holds them, nested tables the table that holds them; footnotes and endnotes are paragraphs at the end. A line break
    ends a line as a paragraph does; lines inside a cell are joined with a line feed. There are no page numbers: a docx
    has no pages until it is laid out.

    Raises Unreadable with reason `damaged_file`, `password`, `no_text` or `archive_too_large`.
    """
    return _read(data, with_chunks=True)


def _read(data: bytes, *, with_chunks: bool) -> Content:
    with archive.open_zip(data) as package:
        main = _related(package, "").get("officeDocument", "word/document.xml")
        chunks = _chunks(package, main) if with_chunks else {}
        parts = {
            kind: office_xml.parse(archive.xml_part(package, name))
            for kind, name in [("document", main), *_related(package, main).items()]
            if kind in ("document", "styles", "numbering", "footnotes", "endnotes")
        }
    body = parts["document"].find("{*}body")
    if body is None:
        raise Unreadable("damaged_file", "Word 文件损坏：没有正文；请用 Word 或 WPS 另存一份")
    styles = Styles(parts.get("styles"))
    reader = _Reader(styles, Numbering(parts.get("numbering")), chunks)
    pieces = reader.pieces(body)
    for kind in ("footnotes", "endnotes"):
        for note in parts.get(kind, ()):
            # Notes with a type are the lines that part notes from text.
            if value(note, "type") in ("", "normal"):
                pieces += reader.pieces(note)
    blocks = tuple(_blocks(pieces))
    if not blocks:
        raise Unreadable("no_text", "Word 文件里没有文字（可能只有图片）；请提供可以选中文字的 Word 或 PDF")
    lines = [block.text.strip() for block in blocks if block.table is None]
    title = next((line for line in lines if not _ATTACHMENT.fullmatch(line)), "")[:200]
    omissions = [
        Omission(reason, message.format(reader.omitted[reason]), reader.omitted[reason], is_printed=is_printed)
        for reason, (message, is_printed) in OMITTED.items()
        if reader.omitted[reason]
    ]
    return Content(title, blocks, omissions=tuple(omissions))


def _relations(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """The members that a part ("" for the package) names in its relationships: id, last word of the type, name."""
    folder, base = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{base}.rels")
    if listed in package.namelist():
        for relation in office_xml.parse(archive.xml_part(package, listed)):
            target = posixpath.normpath(posixpath.join("/", folder, value(relation, "Target"))).lstrip("/")
            if target in package.namelist():
                yield value(relation, "Id"), value(relation, "Type").rpartition("/")[2], target


def _related(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The first member of each kind that a part names."""
    found: dict[str, str] = {}
    for _, kind, target in _relations(package, part):
        found.setdefault(kind, target)
    return found


def _chunks(package: zipfile.ZipFile, part: str) -> dict[str, bytes]:
    """The files that Word shows as part of the text (altChunk), by the id of their relationship."""
    named = _relations(package, part)
    return {reference: archive.content(package, target) for reference, kind, target in named if kind == "aFChunk"}


def _read_chunk(data: bytes) -> Content:
    if data.startswith(b"PK"):
        return _read(data, with_chunks=False)
    return mhtml.read(data) if mhtml.MAGIC.match(data) else html.read(encoding.decode(data)[0])


def _blocks(pieces: list[_Line | _Grid]) -> Iterator[Block]:
    tables = 0
    for block_no, piece in enumerate(pieces, 1):
        if isinstance(piece, _Line):
            kind = BlockKind.HEADING if piece.level else BlockKind.PARAGRAPH
            yield Block(block_no, kind, piece.text, level=piece.level)
            continue
        tables += 1
        text = ""
        cells: list[Cell] = []
        for before, cell in zip([None, *piece], piece, strict=False):
            # A row that only continues merged cells is a row all the same.
            text += ("\n" * (cell.row_no - before.row_no) or "\t") if before else "\n" * cell.row_no
            start = len(text)
            text += cell.text
            cells.append(Cell(cell.row_no, cell.col_no, cell.text, start, len(text), cell.row_span, cell.col_span))
        yield Block(block_no, BlockKind.TABLE, text, table=Table(tables, tuple(cells)))


# The tree


def _children(element: etree._Element) -> Iterator[etree._Element]:
    """The children with wrappers opened. Of alternatives the first counts: the others say the same for old programs."""
    for child in element:
        name = name_of(child)
        if name == "AlternateContent":
            yield from _children(next(iter(child), child))
        elif name in _WRAPPERS:
            yield from _children(child)
        else:
            yield child


def _graphic(drawing: etree._Element) -> str:
    """The reason code of what a drawing shows that is no text; empty for small pictures, lines and boxes."""
    inside: dict[str, etree._Element] = {}
    waiting = [drawing]
    while waiting:
        for child in _children(waiting.pop()):
            if name_of(child) != "txbxContent":  # whose drawings are looked at with its text
                inside.setdefault(name_of(child), child)
                waiting.append(child)
    if "OLEObject" in inside:
        return "embedded_object"
    shown = value(inside.get("graphicData"), "uri").rpartition("/")[2]
    if shown.startswith("chart"):
        return "chart"
    if shown == "diagram":
        return "diagram"
    is_picture = "blip" in inside or "imagedata" in inside
    return "picture" if is_picture and min(_size(inside)) >= _LARGE_PICTURE else ""


def _size(inside: dict[str, etree._Element]) -> tuple[float, float]:
    """The width and height of a drawing in centimetres, 0 where it does not say."""
    if "extent" in inside:
        return number(inside["extent"], 0, "cx") / _EMU_PER_CM, number(inside["extent"], 0, "cy") / _EMU_PER_CM
    stated = _LENGTH.findall(value(inside.get("shape"), "style"))
    lengths = {side: float(length) * _CM_PER[unit] for side, length, unit in stated}
    return lengths.get("width", 0.0), lengths.get("height", 0.0)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes of a drawing, outermost ones only."""
    for child in _children(element):
        if name_of(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


class _Reader:
    """Turns the content of the body, of a cell, a text box or a note into lines and grids."""

    def __init__(self, styles: Styles, numbering: Numbering, chunks: Mapping[str, bytes]) -> None:
        self.omitted: Counter[str] = Counter()
        self._styles = styles
        self._numbering = numbering
        self._chunks = chunks
        # The fields that are open, and whether their result has begun: before it stands their code.
        self._fields: list[bool] = []

    def pieces(self, container: etree._Element) -> list[_Line | _Grid]:
        """What the container prints, in reading order."""
        pieces: list[_Line | _Grid] = []
        carried = ""
        for child in _children(container):
            if name_of(child) == "tbl":
                pieces += self._table(child)
            elif name_of(child) == "altChunk":
                pieces += self._chunk(child)
            elif name_of(child) == "p":
                boxes: list[_Line | _Grid] = []
                carried += self._text(child, boxes)
                # A paragraph whose mark was deleted goes on in the next one, and has that one's format.
                mark = child.find("{*}pPr/{*}rPr")
                if mark is None or (mark.find("{*}del") is None and mark.find("{*}moveFrom") is None):
                    pieces += self._lines(child, carried)
                    carried = ""
                pieces += boxes
        return pieces + [_Line(line) for line in carried.split("\n") if _VISIBLE.search(line)]

    def _chunk(self, chunk: etree._Element) -> list[_Line | _Grid]:
        try:
            content = _read_chunk(self._chunks.get(value(chunk, "id"), b""))
        except Unreadable:
            self.omitted["embedded_document"] += 1
            return []
        for omission in content.omissions:
            self.omitted[omission.reason] += omission.count
        return [
            _Line(block.text, block.level)
            if block.table is None
            else [_Placed(c.row_no, c.col_no, c.col_span, c.text, c.row_span) for c in block.table.cells]
            for block in content.blocks
        ]

    def _lines(self, paragraph: etree._Element, text: str) -> list[_Line]:
        lines = [line for line in text.split("\n") if _VISIBLE.search(line)]
        style = self._styles.of(paragraph)
        # A list counts its empty paragraphs too.
        label = self._numbering.label(paragraph, style)
        if not lines:
            return []
        if label:
            # A digit or a point must not run into a number that follows it: 1. 2026年.
            lines[0] = label + (" " if label[-1].isascii() else "") + lines[0].lstrip()
        prose = sum(map(len, lines)) > _LONGEST_HEADING or "。" in text.rstrip()[:-1]
        level = 0 if prose else self._styles.level(paragraph, style)
        return [_Line(line, level) for line in lines]

    def _text(self, paragraph: etree._Element, boxes: list[_Line | _Grid]) -> str:
        parts: list[str] = []
        for child in _children(paragraph):
            if name_of(child) == "r":
                self._run(child, parts, boxes)
            elif name_of(child) in ("oMath", "oMathPara") and all(self._fields):
                parts += [text.text or "" for text in child.iter("{*}t")]
        # A code ends with its paragraph. One that does not is a damaged field, and must not swallow what follows.
        self._fields = [has_result for has_result in self._fields if has_result]
        return "".join(parts).replace("\u00ad", "")

    def _run(self, run: etree._Element, parts: list[str], boxes: list[_Line | _Grid]) -> None:
        hidden = is_on(run.find("{*}rPr/{*}vanish"))
        for child in _children(run):
            name = name_of(child)
            if name == "fldChar":
                kind = value(child, "fldCharType")
                if kind != "begin" and self._fields:
                    self._fields.pop()
                if kind != "end":
                    self._fields.append(kind == "separate")
            elif hidden or not all(self._fields):
                self.omitted["hidden_text"] += hidden and name == "t"
            elif name == "t":
                parts.append(child.text or "")
            elif name == "r":  # the text under a reading aid
                self._run(child, parts, boxes)
            elif name == "sym":
                parts.append(_SYMBOLS.get(value(child, "char").upper(), ""))
            elif name in ("drawing", "pict", "object"):
                for box in _boxes(child):
                    boxes += self.pieces(box)
                if graphic := _graphic(child):
                    self.omitted[graphic] += 1
            else:
                parts.append(_CHARACTERS.get(name, ""))

    def _table(self, table: etree._Element) -> list[_Line | _Grid]:
        """The table, then the tables in its cells; only the content if it is a frame around text."""
        grid: _Grid = []
        contents: list[list[_Line | _Grid]] = []
        above: dict[int, _Placed] = {}
        rows = (row for row in _children(table) if name_of(row) == "tr" and row.find("{*}trPr/{*}del") is None)
        for row_no, row in enumerate(rows):
            col_no = min(max(0, number(row.find("{*}trPr/{*}gridBefore"), 0)), _MOST_COLUMNS)
            for cell in _children(row):
                if name_of(cell) != "tc" or cell.find("{*}tcPr/{*}cellDel") is not None:
                    continue
                span = min(max(1, number(cell.find("{*}tcPr/{*}gridSpan"), 1)), _MOST_COLUMNS)
                merged = cell.find("{*}tcPr/{*}vMerge")
                opened = above.get(col_no)
                before = grid[-1] if grid and grid[-1].ends_at(row_no, col_no) else None
                if value(cell.find("{*}tcPr/{*}hMerge")) == "continue" and before:
                    before.col_span += span
                elif merged is not None and value(merged) != "restart" and opened and opened.reaches(row_no, span):
                    opened.row_span += 1
                else:
                    contents.append(self.pieces(cell))
                    lines = [piece.text for piece in contents[-1] if isinstance(piece, _Line)]
                    grid.append(_Placed(row_no, col_no, span, "\n".join(lines)))
                    above.pop(col_no, None)
                    if merged is not None:
                        above[col_no] = grid[-1]
                col_no += span
        printed = [cell for cell in grid if cell.text]
        in_one_column = all(cell.col_no == 0 for cell in printed)
        if len(printed) < 2 or (in_one_column and any(len(cell.text) > _LINE_IN_CELL for cell in printed)):
            return [piece for content in contents for piece in content]
        return [grid, *(piece for content in contents for piece in content if not isinstance(piece, _Line))]
