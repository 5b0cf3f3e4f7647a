"""Word documents: paragraphs, headings and tables as printed, with list numbers, text boxes and footnotes.

Takes the bytes of a docx file, or of an OLE file (doc, wps), which LibreOffice converts first. Tracked changes are
accepted; what Word does not print (hidden text, field codes, comments) is left out.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from loaders.document import Block, BlockKind, Cell, Content, Table, Unreadable
from loaders.formats import archive, excel
from loaders.formats.word_lists import Numbering, Styles, is_on, name_of, number, value

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


_CONVERSION_SECONDS = 120
# LibreOffice must fetch nothing that a document links to, and run nothing that is in it.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item
oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>"""


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


_Grid = list[_Placed]


def read(data: bytes) -> Content:
    """The title (the first line that says more than 附件1) and the blocks of a docx file.

    A heading's level is its outline level (1 highest), stated or by its style. Text boxes follow the paragraph that
    holds them, nested tables the table that holds them; footnotes and endnotes are paragraphs at the end. A line break
    ends a line as a paragraph does; lines inside a cell are joined with a line feed. There are no page numbers: a docx
    has no pages until it is laid out.

    Raises Unreadable with reason `damaged_file`, `password`, `no_text` or `archive_too_large`.
    """
    with archive.open_zip(data) as package:
        main = _related(package, "").get("officeDocument", "word/document.xml")
        parts = {
            kind: archive.xml(archive.xml_part(package, name))
            for kind, name in [("document", main), *_related(package, main).items()]
            if kind in ("document", "styles", "numbering", "footnotes", "endnotes")
        }
    body = parts["document"].find("{*}body")
    if body is None:
        raise Unreadable("damaged_file", "Word 文件损坏：没有正文；请用 Word 或 WPS 另存一份")
    styles = Styles(parts.get("styles"))
    reader = _Reader(styles, Numbering(parts.get("numbering")))
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
    return Content(next((line for line in lines if not _ATTACHMENT.fullmatch(line)), "")[:200], blocks)


def read_ole(data: bytes) -> Content:
    """The title and blocks of an OLE file: a workbook (xls, et) through `excel`, a text (doc, wps) through LibreOffice.

    Raises Unreadable with reason `password`, `damaged_file`, `unsupported_format` (an OLE file of another program),
    `needs_libreoffice`, `conversion_failed`, or what `read` and `excel.read` raise.
    """
    if archive.is_ole_encrypted(data):
        raise Unreadable("password", "文件有密码；请提供没有密码的文件")
    kind = archive.ole_kind(data)
    if kind == "xls":
        return excel.read(data)
    if kind == "doc":
        return read(_converted(data))
    if archive.ole_names(data):
        raise Unreadable(
            "unsupported_format", "这个旧格式（OLE）文件里没有 Word 文档或 Excel 工作簿；请另存为 docx 或 PDF"
        )
    raise Unreadable("damaged_file", "文件损坏或不完整：读不出目录；请重新下载")


def _converted(data: bytes) -> bytes:
    """The docx that LibreOffice makes of an old document, in a temporary folder with a profile of its own."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Unreadable(
            "needs_libreoffice",
            "读取旧版 Word（doc、wps）需要 LibreOffice：请安装 libreoffice-writer（命令 soffice 须在 PATH 中），"
            "或用 Word、WPS 另存为 docx",
        )
    with tempfile.TemporaryDirectory(prefix="gouji-") as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        (folder / "document.doc").write_bytes(data)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo"]
        command += ["--convert-to", "docx", "--outdir", name, str(folder / "document.doc")]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, cwd=name, start_new_session=True
        ) as run:
            try:
                run.wait(_CONVERSION_SECONDS)
            except subprocess.TimeoutExpired as error:
                message = f"LibreOffice 在 {_CONVERSION_SECONDS} 秒内没有转换完这个旧版 Word 文件；请另存为 docx"
                raise Unreadable("conversion_failed", message) from error
            finally:
                # soffice is a script: its children must go with it, also when this run is interrupted.
                if run.poll() is None:
                    os.killpg(run.pid, signal.SIGKILL)
        result = folder / "document.docx"
        if not result.is_file():
            raise Unreadable("conversion_failed", "LibreOffice 不能转换这个旧版 Word 文件，可能已损坏；请另存为 docx")
        return result.read_bytes()


def _related(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The members that a part ("" for the package) names in its relationships, by the last word of their type."""
    folder, base = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{base}.rels")
    found: dict[str, str] = {}
    if listed in package.namelist():
        for relation in archive.xml(archive.xml_part(package, listed)):
            target = posixpath.normpath(posixpath.join("/", folder, value(relation, "Target"))).lstrip("/")
            if target in package.namelist():
                found.setdefault(value(relation, "Type").rpartition("/")[2], target)
    return found


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


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes of a drawing, outermost ones only."""
    for child in _children(element):
        if name_of(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


class _Reader:
    """Turns the content of the body, of a cell, a text box or a note into lines and grids."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        # The fields that are open, and whether their result has begun: before it stands their code.
        self._fields: list[bool] = []

    def pieces(self, container: etree._Element) -> list[_Line | _Grid]:
        """What the container prints, in reading order."""
        pieces: list[_Line | _Grid] = []
        carried = ""
        for child in _children(container):
            if name_of(child) == "tbl":
                pieces += self._table(child)
            elif name_of(child) == "p":
                boxes: list[_Line | _Grid] = []
                carried += self._text(child, boxes)
                # A paragraph whose mark was deleted goes on in the next one, and has that one's format.
                if child.find("{*}pPr/{*}rPr/{*}del") is None:
                    pieces += self._lines(child, carried)
                    carried = ""
                pieces += boxes
        return pieces + [_Line(line) for line in carried.split("\n") if _VISIBLE.search(line)]

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
                continue
            elif name == "t":
                parts.append(child.text or "")
            elif name == "r":  # the text under a reading aid
                self._run(child, parts, boxes)
            elif name == "sym":
                parts.append(_SYMBOLS.get(value(child, "char").upper(), ""))
            elif name in ("drawing", "pict", "object"):
                for box in _boxes(child):
                    boxes += self.pieces(box)
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
                if value(cell.find("{*}tcPr/{*}hMerge")) == "continue" and grid and grid[-1].row_no == row_no:
                    grid[-1].col_span += span
                elif merged is not None and value(merged) != "restart" and opened:
                    opened.row_span = row_no - opened.row_no + 1
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
