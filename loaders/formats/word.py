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
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from loaders.document import Block, BlockKind, Cell, Table, Unreadable
from loaders.formats import archive, excel

# A paragraph in a heading style that runs on into prose is read as prose, or its figures would count as a heading's.
_LONGEST_HEADING = 60
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])|title|标题", re.IGNORECASE)
_ATTACHMENT = re.compile(r"附\s*[件表]\s*[\d一二三四五六七八九十-]*\s*[:：]?")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")

# Elements that only wrap others: paragraphs, rows, cells, or what is in a paragraph.
_WRAPPERS = frozenset(
    ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "bdo", "ruby", "rubyBase")
)
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# The boxes and ticks that forms print in Wingdings; any other symbol font is not known here.
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0FC": "✓", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FD": "☒", "F054": "☒"}
_LINE_IN_CELL = 80

_CHINESE = frozenset(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"))
# First character of the numbers that have one of their own: ① ⑴ ⒈
_ENCLOSED = {
    "decimalEnclosedCircle": "①",
    "decimalEnclosedCircleChinese": "①",
    "decimalEnclosedParen": "⑴",
    "decimalEnclosedFullstop": "⒈",
}

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


def read(data: bytes) -> tuple[str, tuple[Block, ...]]:
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
    styles = _Styles(parts.get("styles"))
    reader = _Reader(styles, _Numbering(parts.get("numbering")))
    pieces = reader.pieces(body)
    for kind in ("footnotes", "endnotes"):
        for note in parts.get(kind, ()):
            # Notes with a type are the lines that part notes from text.
            if _value(note, "type") in ("", "normal"):
                pieces += reader.pieces(note)
    blocks = tuple(_blocks(pieces))
    if not blocks:
        raise Unreadable("no_text", "Word 文件里没有文字（可能只有图片）；请提供可以选中文字的 Word 或 PDF")
    lines = [block.text.strip() for block in blocks if block.table is None]
    return next((line for line in lines if not _ATTACHMENT.fullmatch(line)), "")[:200], blocks


def read_ole(data: bytes) -> tuple[str, tuple[Block, ...]]:
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
            target = posixpath.normpath(posixpath.join("/", folder, _value(relation, "Target"))).lstrip("/")
            if target in package.namelist():
                found.setdefault(_value(relation, "Type").rpartition("/")[2], target)
    return found


def _blocks(pieces: list[_Line | _Grid]) -> Iterator[Block]:
    tables = 0
    for number, piece in enumerate(pieces, 1):
        if isinstance(piece, _Line):
            kind = BlockKind.HEADING if piece.level else BlockKind.PARAGRAPH
            yield Block(number, kind, piece.text, level=piece.level)
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
        yield Block(number, BlockKind.TABLE, text, table=Table(tables, tuple(cells)))


# The tree


def _name(element: etree._Element) -> str:
    """The tag without its namespace, of which there are two, transitional and strict; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: etree._Element | None, name: str = "val") -> str:
    """The attribute of this name in any namespace; empty without one, or without the element."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), "")


def _number(element: etree._Element | None, otherwise: int) -> int:
    """The whole number in an element's value."""
    value = _value(element)
    return int(value) if re.fullmatch(r"-?\d{1,6}", value) else otherwise


def _is_on(element: etree._Element | None) -> bool:
    """Whether a switch is there and not set to off."""
    return element is not None and _value(element) not in ("0", "false", "off")


def _children(element: etree._Element) -> Iterator[etree._Element]:
    """The children with wrappers opened. Of alternatives the first counts: the others say the same for old programs."""
    for child in element:
        name = _name(child)
        if name == "AlternateContent":
            yield from _children(next(iter(child), child))
        elif name in _WRAPPERS:
            yield from _children(child)
        else:
            yield child


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The contents of the text boxes of a drawing, outermost ones only."""
    for child in _children(element):
        if _name(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


class _Reader:
    """Turns the content of the body, of a cell, a text box or a note into lines and grids."""

    def __init__(self, styles: _Styles, numbering: _Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        # The fields that are open, and whether their result has begun: before it stands their code.
        self._fields: list[bool] = []

    def pieces(self, container: etree._Element) -> list[_Line | _Grid]:
        """What the container prints, in reading order."""
        pieces: list[_Line | _Grid] = []
        carried = ""
        for child in _children(container):
            if _name(child) == "tbl":
                pieces += self._table(child)
            elif _name(child) == "p":
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
            if _name(child) == "r":
                self._run(child, parts, boxes)
            elif _name(child) in ("oMath", "oMathPara") and all(self._fields):
                parts += [text.text or "" for text in child.iter("{*}t")]
        # A code ends with its paragraph. One that does not is a damaged field, and must not swallow what follows.
        self._fields = [has_result for has_result in self._fields if has_result]
        return "".join(parts).replace("\u00ad", "")

    def _run(self, run: etree._Element, parts: list[str], boxes: list[_Line | _Grid]) -> None:
        hidden = _is_on(run.find("{*}rPr/{*}vanish"))
        for child in _children(run):
            name = _name(child)
            if name == "fldChar":
                kind = _value(child, "fldCharType")
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
                parts.append(_SYMBOLS.get(_value(child, "char").upper(), ""))
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
        rows = (row for row in _children(table) if _name(row) == "tr" and row.find("{*}trPr/{*}del") is None)
        for row_no, row in enumerate(rows):
            col_no = max(0, _number(row.find("{*}trPr/{*}gridBefore"), 0))
            for cell in _children(row):
                if _name(cell) != "tc" or cell.find("{*}tcPr/{*}cellDel") is not None:
                    continue
                span = max(1, _number(cell.find("{*}tcPr/{*}gridSpan"), 1))
                merged = cell.find("{*}tcPr/{*}vMerge")
                opened = above.get(col_no)
                if _value(cell.find("{*}tcPr/{*}hMerge")) == "continue" and grid and grid[-1].row_no == row_no:
                    grid[-1].col_span += span
                elif merged is not None and _value(merged) != "restart" and opened:
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


# Styles and lists


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style: what it is based on, its outline level from 1 (None where it has none), and its list."""

    parent: str
    level: int | None
    properties: etree._Element | None


class _Styles:
    """The paragraph styles of a document."""

    def __init__(self, part: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in part.iterfind("{*}style") if part is not None else ():
            named = _HEADING_STYLE.fullmatch(_value(style.find("{*}name")).strip())
            level = int(named[1] or 1) if named else None
            properties = style.find("{*}pPr")
            self._styles[_value(style, "styleId")] = _Style(
                _value(style.find("{*}basedOn")), _outline_level(properties, level), properties
            )

    def of(self, paragraph: etree._Element) -> list[tuple[str, _Style]]:
        """The style of a paragraph and those that it is based on, nearest first."""
        chain: list[tuple[str, _Style]] = []
        name = _value(paragraph.find("{*}pPr/{*}pStyle"))
        while name in self._styles and name not in (seen for seen, _ in chain):
            chain.append((name, self._styles[name]))
            name = chain[-1][1].parent
        return chain

    def level(self, paragraph: etree._Element, styles: list[tuple[str, _Style]]) -> int:
        """The outline level of a paragraph from 1, stated or by its style; 0 for body text."""
        inherited = next((style.level for _, style in styles if style.level is not None), 0)
        return _outline_level(paragraph.find("{*}pPr"), inherited) or 0


def _outline_level(properties: etree._Element | None, otherwise: int | None) -> int | None:
    stated = properties.find("{*}outlineLvl") if properties is not None else None
    if stated is None:
        return otherwise
    level = _number(stated, 9) + 1
    return level if 1 <= level <= 9 else 0


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: `text` is its label with %1 to %9 for the numbers of the levels."""

    start: int
    form: str
    text: str
    style: str
    restarts: bool
    is_legal: bool


@dataclass(slots=True)
class _List:
    """A list as used: its levels, and what it counts with, which lists of one definition share."""

    levels: dict[int, _Level]
    counts: dict[int, int]
    restarts: dict[int, int] = field(default_factory=dict)


class _Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, part: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if part is None:
            return
        definitions = {
            _value(element, "abstractNumId"): _List(
                {_index(level): _level(level) for level in element.iterfind("{*}lvl")}, {}
            )
            for element in part.iterfind("{*}abstractNum")
        }
        for element in part.iterfind("{*}num"):
            shared = definitions.get(_value(element.find("{*}abstractNumId")), _List({}, {}))
            used = self._lists[_value(element, "numId")] = _List(dict(shared.levels), shared.counts)
            for override in element.iterfind("{*}lvlOverride"):
                for level in override.iterfind("{*}lvl"):
                    used.levels[_index(level)] = _level(level)
                if (start := override.find("{*}startOverride")) is not None:
                    used.restarts[_index(override)] = _number(start, 1)

    def label(self, paragraph: etree._Element, styles: list[tuple[str, _Style]]) -> str:
        """The printed number of a paragraph, which counts it; empty if it has none, or one in a form not known here."""
        sources = [("", paragraph.find("{*}pPr")), *((name, style.properties) for name, style in styles)]
        number, at = "", -1
        for name, properties in sources:
            listed = properties.find("{*}numPr") if properties is not None else None
            if listed is None:
                continue
            number = number or _value(listed.find("{*}numId"))
            at = at if at >= 0 else _number(listed.find("{*}ilvl"), -1)
            if number:
                levels = self._lists[number].levels if number in self._lists else {}
                at = at if at >= 0 else next((i for i, level in levels.items() if name and level.style == name), 0)
                break
        used = self._lists.get(number)
        if used is None or at not in used.levels:
            return ""
        if at in used.restarts:
            used.counts[at] = used.restarts.pop(at) - 1
        used.counts[at] = used.counts.get(at, used.levels[at].start - 1) + 1
        for deeper, level in used.levels.items():
            if deeper > at and level.restarts:
                used.counts.pop(deeper, None)
        return _label(used, at)


def _index(element: etree._Element) -> int:
    value = _value(element, "ilvl")
    return int(value) if value.isdecimal() else 0


def _level(element: etree._Element) -> _Level:
    return _Level(
        start=_number(element.find("{*}start"), 1),
        form=_value(element.find("{*}numFmt")) or "decimal",
        text=_value(element.find("{*}lvlText")),
        style=_value(element.find("{*}pStyle")),
        restarts=_value(element.find("{*}lvlRestart")) != "0",
        is_legal=_is_on(element.find("{*}isLgl")),
    )


def _label(used: _List, at: int) -> str:
    label = ""
    for part in re.split(r"(%[1-9])", used.levels[at].text):
        if not re.fullmatch(r"%[1-9]", part):
            label += part
            continue
        level = used.levels.get(int(part[1]) - 1)
        if level is None:
            return ""
        count = used.counts.setdefault(int(part[1]) - 1, level.start)
        printed = _counted(count, "decimal" if used.levels[at].is_legal else level.form)
        if printed is None:
            return ""
        label += printed
    return "" if used.levels[at].form == "bullet" else label


def _counted(count: int, form: str) -> str | None:
    """A number in a list's form; None if it cannot be written in that form here."""
    if form == "decimal":
        return str(count)
    if form == "decimalZero":
        return f"{count:02}"
    if form == "decimalFullWidth":
        return str(count).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    if form == "none":
        return ""
    if form in _ENCLOSED and 1 <= count <= 20:
        return chr(ord(_ENCLOSED[form]) + count - 1)
    if form in _CHINESE and 1 <= count <= 99:
        tens, ones = divmod(count, 10)
        digits = " 一二三四五六七八九"
        return ((digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones]).strip()
    return None
