"""Workbooks and comma-separated text: sheets to headings, title lines and tables, with numbers as a person sees them.

Takes the bytes of an xlsx, xls, et (an xls) or ods file, or the text of a csv file. calamine reads the values; what it
does not tell, the number formats that make 0.956 print as 95.60%, is read here from xlsx and xls.
"""

from __future__ import annotations

import csv
import datetime
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from typing import NamedTuple

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

from loaders.document import Block, BlockKind, Cell, Table, Unreadable
from loaders.formats import archive

_Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta
# Sheet name -> (row, column) -> number format code, or the text itself after an equals sign (`=#DIV/0!`).
_Formats = dict[str, dict[tuple[int, int], str]]

# A sheet is read into a rectangle; one stray cell at its far end would take all memory.
_MOST_CELLS = 20_000_000
# No form leaves more rows blank inside a table, and no table has fewer cells printed: one in so many.
_MOST_BLANK, _SPARSE = 20, 100
# Number, Label, BoolErr, RK, LabelSst, MulRk, Formula
_XLS_CELLS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x0006))
_DAMAGED = "表格文件损坏或不完整，无法读取；请重新下载，或用 Excel、WPS 另存一份"

# Lines above a table: 部门：某局, 金额单位：万元, 公开01表, 2024年度. A row of nothing else is no header.
_UNIT = re.compile(r"[（(]?\s*(?:\S{1,6})?单位\s*[:：].{0,8}元.{0,6}", re.DOTALL)
_FORM_NUMBER = re.compile(r"[^\d:：]{0,6}(?:表\s*[\d一二三四五六七八九十]+(?:[-－—]\d+)*|\d+(?:[-－—]\d+)*\s*表)")
_LABEL = re.compile(r"[^:：]{1,20}[:：].*|(?:19|20)\d\d\s*年度?|附[件表]\s*[\d一二三四五六七八九十-]*[:：]?", re.DOTALL)
_NOTE = re.compile(r"\s*(?:[（(]?(?:备?注|说明|填表说明)[）)]?\s*\d*\s*[:：.、]|[*＊※]|.*。\s*$)", re.DOTALL)
_NUMERIC = re.compile(r"[-−－+]?[¥￥]?\d[\d,，]*(?:\.\d+)?[%％]?")


class _Placed(NamedTuple):
    """A cell of a sheet with its span."""

    col_no: int
    row_span: int
    col_span: int
    text: str


class _Row(NamedTuple):
    """A row with something printed in it, and the last row that one of its cells reaches down to."""

    row_no: int
    last: int
    cells: tuple[_Placed, ...]


@dataclass(slots=True)
class _Sheet:
    """The text of the non-empty cells by row and column, and the spans of merged cells by their first cell."""

    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Grid:
    """The rectangle of a sheet that a table takes, as far as it is known; all sides inclusive."""

    top: int
    bottom: int
    left: int
    right: int

    def add(self, row: _Row) -> None:
        self.bottom = max(self.bottom, row.last)
        self.left = min(self.left, row.cells[0].col_no)
        self.right = max(self.right, *(cell.col_no + cell.col_span - 1 for cell in row.cells))


@dataclass(slots=True)
class _Output:
    """The blocks so far."""

    blocks: list[Block] = field(default_factory=list)
    tables: int = 0

    def add(self, kind: BlockKind, text: str, page: int | None, table: Table | None = None) -> None:
        level = 1 if kind is BlockKind.HEADING else 0
        self.blocks.append(Block(len(self.blocks) + 1, kind, text, page, level, table))

    def result(self, otherwise: str) -> tuple[str, tuple[Block, ...]]:
        if not self.blocks:
            raise Unreadable("no_text", "表格文件里没有内容（可能只有图片或图表）；请提供原始表格或 PDF")
        lines = (block.text.strip() for block in self.blocks if block.kind is BlockKind.PARAGRAPH)
        title = next((line for line in lines if not _FORM_NUMBER.fullmatch(line) and not _LABEL.fullmatch(line)), "")
        return (title or otherwise)[:200], tuple(self.blocks)


def read(data: bytes) -> tuple[str, tuple[Block, ...]]:
    """The title (the first title line, else the first sheet's name) and the blocks of a workbook.

    Every sheet with content, hidden or not, gives a heading with its name; lines above and below its tables are
    paragraphs, rows that form a grid are tables whose rows and columns count from the grid's corner. `page` is the
    number of the sheet. Numbers with a plain number format are given as displayed; others as stored, to the 15 digits
    that Excel keeps, never with an exponent; dates in ISO form. A formula without a stored result is an empty cell. For
    ods, calamine tells neither formats nor merged cells: 81.00% comes as 0.81 there.

    Raises Unreadable with reason `damaged_file`, `password`, `no_text`, `archive_too_large` or `too_large`.
    """
    formats = _xlsx_formats(data) if data.startswith(b"PK") else _xls_formats(data)
    output = _Output()
    first = ""
    try:
        with load_workbook(BytesIO(data)) as workbook:
            for page, about in enumerate(workbook.sheets_metadata, 1):
                if about.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = _sheet(workbook.get_sheet_by_index(page - 1), formats.get(about.name, {}))
                if sheet.texts:
                    first = first or about.name
                    output.add(BlockKind.HEADING, about.name, page)
                    _write(sheet, page, output)
    except PasswordError as error:
        raise Unreadable("password", "表格文件有密码；请提供没有密码的文件") from error
    except CalamineError as error:
        raise Unreadable("damaged_file", f"{_DAMAGED}（{error}）") from error
    except BaseException as error:
        # calamine panics on some files that are cut short; what that raises is no Exception and has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("damaged_file", _DAMAGED) from error
    return output.result(first)


def read_csv(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title (the first title line, else empty) and the blocks of a decoded csv file, as of a workbook's sheet.

    Fields are parted by commas, semicolons or tabs, whichever the first lines have most. There is no heading and no
    page: nothing names the one sheet.

    Raises Unreadable with reason `no_text`, or `damaged_file` if a quoted field never ends.
    """
    sample = text[:10_000]
    delimiter = max(",;\t", key=sample.count)
    sheet, output = _Sheet(), _Output()
    try:
        for row_no, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter)):
            if cells := {col_no: _lines(value) for col_no, value in enumerate(row) if value.strip()}:
                sheet.texts[row_no] = cells
    except csv.Error as error:
        raise Unreadable("damaged_file", f"CSV 文件格式错误（{error}）；请检查引号是否成对") from error
    _write(sheet, None, output)
    return output.result("")


# Sheets to blocks


def _sheet(sheet: CalamineSheet, formats: Mapping[tuple[int, int], str]) -> _Sheet:
    """What a sheet prints. Cells under a merged cell are not seen, whatever they hold."""
    found = _Sheet()
    if sheet.start is None or sheet.end is None:
        return found
    top, left = sheet.start
    bottom, right = sheet.end
    hidden: dict[int, list[tuple[int, int]]] = {}
    for (first_row, first_col), (last_row, last_col) in sheet.merged_cell_ranges or []:
        # Whole rows and columns get merged too: a span ends with the sheet's content.
        last_row, last_col = min(last_row, max(bottom, first_row)), min(last_col, max(right, first_col))
        if last_row < first_row or last_col < first_col:
            continue
        found.merged[first_row, first_col] = (last_row - first_row + 1, last_col - first_col + 1)
        for row_no in range(first_row, last_row + 1):
            hidden.setdefault(row_no, []).append((first_col + (row_no == first_row), last_col))
    for row_no, values in enumerate(sheet.to_python(), top):
        covered = hidden.get(row_no, ())
        row: dict[int, str] = {}
        for col_no, value in enumerate(values, left):
            text = _printed(value, formats.get((row_no, col_no), ""))
            if text and not any(start <= col_no <= end for start, end in covered):
                row[col_no] = text
        if row:
            found.texts[row_no] = row
    return found


def _write(sheet: _Sheet, page: int | None, output: _Output) -> None:
    """Add the title lines and tables of a sheet, in the order of its rows."""
    rows: list[_Row] = []
    for row_no, texts in sheet.texts.items():
        cells = tuple(_Placed(col, *sheet.merged.get((row_no, col), (1, 1)), text) for col, text in texts.items())
        rows.append(_Row(row_no, row_no + max(cell.row_span for cell in cells) - 1, cells))
    grid: _Grid | None = None
    for at, row in enumerate(rows):
        after = rows[at + 1] if at + 1 < len(rows) and rows[at + 1].row_no <= row.last + 1 else None
        if grid and _ends(grid, row, after):
            _write_table(sheet, grid, page, output)
            grid = None
        if grid:
            grid.add(row)
        elif len(row.cells) == 1 or _is_caption(row, alone=after is None):
            for cell in row.cells:
                output.add(BlockKind.PARAGRAPH, cell.text, page)
        else:
            grid = _Grid(row.row_no, row.last, row.cells[0].col_no, row.cells[0].col_no)
            grid.add(row)
    if grid:
        _write_table(sheet, grid, page, output)


def _ends(grid: _Grid, row: _Row, after: _Row | None) -> bool:
    """Whether a row no longer belongs to the table above it, being a title, a note, or the header of another one."""
    blank = row.row_no - grid.bottom - 1
    if blank > _MOST_BLANK or _is_caption(row):
        return True
    if len(row.cells) > 1 or _has_number(row):
        # Forms leave rows blank above their total, which has numbers; a table of its own begins with a header.
        return blank > 0 and not _has_number(row)
    cell = row.cells[0]
    wide = cell.col_no <= grid.left and cell.col_no + cell.col_span > grid.right
    titled = after is not None and _is_caption(after)
    if not (blank > 0 or wide or titled or _NOTE.match(cell.text)):
        return False
    # A line across the table with figures right under it is a band inside the table.
    return after is None or len(after.cells) == 1 or not _has_number(after)


def _has_number(row: _Row) -> bool:
    return any(_NUMERIC.fullmatch(cell.text.strip()) for cell in row.cells)


def _is_caption(row: _Row, *, alone: bool = False) -> bool:
    """Whether a row holds only labels such as the unit of money; `alone`, any labels with a colon (填表人：…)."""
    texts = [cell.text.strip() for cell in row.cells]
    marks = [bool(_UNIT.fullmatch(text) or _FORM_NUMBER.fullmatch(text)) for text in texts]
    labels = all(mark or _LABEL.fullmatch(text) for mark, text in zip(marks, texts, strict=True))
    return labels and (any(marks) or alone)


def _write_table(sheet: _Sheet, grid: _Grid, page: int | None, output: _Output) -> None:
    """Add a grid: all cells of the rectangle around what is printed, empty ones included.

    Where hardly anything is printed in the rectangle, because of a stray cell far off, rows end with their last text.
    """
    printed = sum(len(sheet.texts.get(row_no, ())) for row_no in range(grid.top, grid.bottom + 1))
    sparse = (grid.bottom - grid.top + 1) * (grid.right - grid.left + 1) > printed * _SPARSE
    cells: list[Cell] = []
    lines: list[str] = []
    start = 0
    taken: dict[int, int] = {}
    for row_no in range(grid.top, grid.bottom + 1):
        texts: list[str] = []
        position, col_no = start, grid.left
        last = max(sheet.texts.get(row_no, ()), default=-1) if sparse else grid.right
        while col_no <= last:
            if taken.get(col_no, 0) > row_no:
                col_no += 1
                continue
            text = sheet.texts.get(row_no, {}).get(col_no, "")
            row_span, col_span = sheet.merged.get((row_no, col_no), (1, 1))
            row_span, col_span = min(row_span, grid.bottom - row_no + 1), min(col_span, grid.right - col_no + 1)
            taken.update(dict.fromkeys(range(col_no, col_no + col_span), row_no + row_span))
            place = (row_no - grid.top, col_no - grid.left)
            cells.append(Cell(*place, text, position, position + len(text), row_span, col_span))
            texts.append(text)
            position, col_no = position + len(text) + 1, col_no + col_span
        lines.append("\t".join(texts))
        start += len(lines[-1]) + 1
    output.tables += 1
    output.add(BlockKind.TABLE, "\n".join(lines), page, Table(output.tables, tuple(cells)))


# Values to text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() if text.strip() else ""


def _printed(value: _Value, code: str) -> str:
    """A value as it is seen in a cell with a number format."""
    if isinstance(value, str):
        return code[1:] if code.startswith("=") else _lines(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        # Excel computes in binary but keeps and shows 15 digits: 0.1 + 0.2 is stored with 17, and is seen as 0.3.
        # Whole numbers of more digits come from other programs, and are codes.
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e18)
        number = Decimal(int(value)) if whole else Decimal(f"{value:.15g}")
        return _displayed(number, code) or f"{number:f}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


# What stands around the digits of a number format: padding, fill, escaped and quoted text, colours, signs.
_LITERAL = r"""_.|\*.|\\.|"[^"]*"|\[(?![<>=DdHhMmSs])[^\]]*\]|[-+() ¥￥$€£%:（）]"""
_PLAIN = re.compile(
    rf"(?P<before>(?:{_LITERAL})*)(?P<whole>[#0?,]*[#0?])(?:\.(?P<places>[#0?]*))?(?P<scale>,*)(?P<after>(?:{_LITERAL})*)"
)
_SECTION = re.compile(r"""((?:_.|\*.|\\.|"[^"]*"|\[[^\]]*\]|[^;"])*)(?:;|$)""")
# Wide enough for the largest float and all places a format can ask for.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
# The formats that files name by number only, as Chinese Office shows them (ECMA-376 Part 1, 18.8.30).
_BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"},
    **dict.fromkeys((37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;-#,##0.00"),
    **dict.fromkeys((41, 42), '#,##0;-#,##0;"-"'),
    **dict.fromkeys((43, 44), '#,##0.00;-#,##0.00;"-"'),
}


class _Plain(NamedTuple):
    """A plain number format: the text around the digits, and how they are scaled, padded, rounded and grouped."""

    before: str
    after: str
    power: int
    digits: int
    least_places: int
    last_place: Decimal
    grouped: bool


@lru_cache(maxsize=1024)
def _plain(code: str, sign: int) -> _Plain | None:
    """The part of a number format for numbers of this sign; None if it is not a plain one.

    Negative numbers always get a minus: red print and parentheses, which mean the same, are lost or ambiguous in text.
    """
    positive, *others = _SECTION.findall(code + ";")[:-1] or [""]
    if sign < 0 and others and others[0]:
        positive = others[0]
    elif sign == 0 and len(others) > 1:
        positive = others[1]
    found = _PLAIN.fullmatch(positive)
    if found is None:
        return None
    before, after = (_literal(found[name]).strip() for name in ("before", "after"))
    power = 2 * (before + after).count("%") - 3 * len(found["scale"])
    if sign < 0:
        before, after = "-" + before.strip("-+() （）"), after.strip("-+() （）")
    whole, places = found["whole"], found["places"] or ""
    least, last = len(places.rstrip("#?")), Decimal(1).scaleb(-len(places))
    return _Plain(before, after, power, whole.count("0"), least, last, "," in whole)


def _literal(code: str) -> str:
    """The text that the literals of a number format print; the space of padding and fill is none of a number's."""
    return re.sub(r"""_.|\*.|\\(.)|"([^"]*)"|\[\$([^-\]]*)[^\]]*\]|\[[^\]]*\]""", r"\1\2\3", code)


def _displayed(number: Decimal, code: str) -> str:
    """A number in a plain number format (`0.00`, `#,##0.00`, `0%`, with signs and text around); empty if it is not one.

    A zero that is shown as a dash or not at all is given as stored, because it is a zero and not a missing figure.
    """
    plain = _plain(code, -1 if number < 0 else int(bool(number)))
    if plain is None:
        return ""
    rounded = _EXACT.quantize(_EXACT.scaleb(abs(number), plain.power), plain.last_place)
    digits, _, places = f"{rounded:f}".partition(".")
    digits = digits.zfill(plain.digits)
    if plain.grouped and len(digits) > 3:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)
    places = places[: plain.least_places] + places[plain.least_places :].rstrip("0")
    return plain.before + digits + ("." + places if places else "") + plain.after


# Number formats: where the files keep them


def _xlsx_formats(data: bytes) -> _Formats:
    """The number formats, and errors such as #DIV/0!, of the cells of an xlsx; nothing for other packages.

    All parts are unpacked here once, so that one which is larger than it says is refused before calamine meets it.
    """
    formats: _Formats = {}
    with archive.open_zip(data) as package:
        unread = {name for name in package.namelist() if name.endswith((".xml", ".rels", ".bin"))}

        def part(name: str) -> bytes:
            if name not in unread:
                return b"<absent/>"
            unread.remove(name)
            return archive.xml_part(package, name)

        try:
            codes = _xlsx_styles(archive.xml(part("xl/styles.xml")))
            relations = archive.xml(part("xl/_rels/workbook.xml.rels")).iter("{*}Relationship")
            targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
            for sheet in archive.xml(part("xl/workbook.xml")).iter("{*}sheet"):
                reference = next((str(value) for name, value in sheet.items() if str(name).endswith("}id")), "")
                target = targets.get(reference, "")
                content = part(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
                formats[sheet.get("name", "")] = _xlsx_cells(content, codes)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable(
                "damaged_file", f"表格文件内部的 XML 有误（{error}）；请用 Excel 或 WPS 另存一份"
            ) from error
        for name in unread:
            archive.content(package, name)
    return formats


def _xlsx_styles(styles: etree._Element) -> list[str]:
    """The number format codes that the cells' style numbers stand for."""
    codes = dict(_BUILT_IN)
    for element in styles.iter("{*}numFmt"):
        codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
    return [codes.get(int(style.get("numFmtId", "0")), "") for style in styles.iterfind("{*}cellXfs/{*}xf")]


def _xlsx_cells(part: bytes, codes: list[str]) -> dict[tuple[int, int], str]:
    formats: dict[tuple[int, int], str] = {}
    rows, columns = set[int](), set[int]()
    row_no = -1
    for _, row in etree.iterparse(BytesIO(part), tag="{*}row", resolve_entities=False, no_network=True):
        row_no = int(row.get("r", row_no + 2)) - 1
        col_no = -1
        for cell in row:
            # References may be left out: then a cell follows the one before it.
            letters = cell.get("r", "").rstrip("0123456789")
            col_no = _column(letters) if letters else col_no + 1
            if not len(cell):
                continue
            rows.add(row_no)
            columns.add(col_no)
            kind, style, value = cell.get("t", "n"), int(cell.get("s", "0")), cell.findtext("{*}v")
            if kind == "e" and value:
                formats[row_no, col_no] = "=" + value
            elif kind == "n" and value and style < len(codes) and codes[style]:
                formats[row_no, col_no] = codes[style]
        row.clear()
    if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > _MOST_CELLS:
        raise Unreadable("too_large", "工作表范围过大（可能有内容误填在最末的行列）；请删去多余的行列后另存一份")
    return formats


def _column(letters: str) -> int:
    """`A` is 0, `Z` 25, `AA` 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _xls_formats(data: bytes) -> _Formats:
    """The number formats of the cells of an xls ([MS-XLS] 2.4); of Excel 95 and older, only the names of the sheets.

    Sizes that calamine would take memory for are checked here, because a failed allocation ends the whole process.
    """
    stream = archive.ole_stream(data, "workbook") or archive.ole_stream(data, "book")
    recent = stream[4:6] == b"\x00\x06"
    codes, styles, sheets = dict(_BUILT_IN), list[int](), list[tuple[str, int]]()
    for kind, record in _records(stream, 0):
        if kind == 0x002F:  # FilePass: all that follows is encrypted, and calamine goes no further either
            return {}
        if kind == 0x041E and recent and len(record) > 5:  # Format
            codes[_number(record, 0)] = _string(record, 4)[: _number(record, 2)]
        elif kind == 0x00E0 and recent:  # XF
            styles.append(_number(record, 2))
        elif kind == 0x0085 and len(record) > 8:  # BoundSheet8
            sheets.append((_string(record, 7), int.from_bytes(record[:4], "little")))
        elif kind == 0x00FC and int.from_bytes(record[4:8], "little") > len(stream):  # SST: how many strings follow
            raise Unreadable("damaged_file", _DAMAGED)
    formats: _Formats = {}
    for name, start in sheets:
        cells = formats[name] = {}
        for kind, record in _records(stream, start):
            if not _is_possible(kind, record):
                raise Unreadable("damaged_file", _DAMAGED)
            found: Iterable[int] = ()
            if kind in (0x0203, 0x027E, 0x0006):  # Number, RK, Formula
                found = (_number(record, 4),)
            elif kind == 0x00BD:  # MulRk: a run of (format, number) between the first and the last column
                found = (_number(record, at) for at in range(4, len(record) - 2, 6))
            for col_no, style in enumerate(found, _number(record, 2)):
                if style < len(styles) and (code := codes.get(styles[style])):
                    cells[_number(record, 0), col_no] = code
    return formats


def _is_possible(kind: int, record: bytes) -> bool:
    """Whether a record's place in the sheet, if it has one, is inside the sheet's greatest size."""
    if kind == 0x0200 and len(record) in (10, 14):  # Dimensions: first and last row, first and last column
        top, bottom, left, right = struct.unpack("<IIHH2x" if len(record) == 14 else "<HHHH2x", record)
        rows, columns = bottom - top, right - left
        return bool(not bottom or not right or (rows > 0 and columns > 0 and rows * columns <= _MOST_CELLS))
    return kind not in _XLS_CELLS or _number(record, 2) < 256


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of a workbook stream from an offset to the next EOF."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if kind == 0x000A:
            return
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length


def _number(record: bytes, at: int) -> int:
    return int.from_bytes(record[at : at + 2], "little")


def _string(record: bytes, at: int) -> str:
    """The characters behind the byte that says whether they have one byte or two."""
    return record[at + 1 :].decode("utf-16-le" if record[at] & 1 else "latin-1", "replace")
