"""What calamine does not tell of a workbook: number formats, errors, hidden rows and columns, formulas without results.

Takes the bytes of an xlsx, xls or et file, gives `Facts` by the name of the sheet. Sizes and encryption that calamine
cannot cope with are refused here, because it reads the same parts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from loaders.document import Unreadable
from loaders.formats import archive, office_xml, ole
from loaders.formats.number_formats import BUILT_IN
from loaders.formats.sheets import MOST_FILLED

# A sheet is read into a rectangle; one stray cell at its far end would take all memory.
_MOST_CELLS = 12_000_000
# Number, Label, BoolErr, RK, LabelSst, MulRk, Formula
_XLS_CELLS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x0006))
_XLS_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
PASSWORD = "表格文件有密码；请提供没有密码的文件"
OLD = "还不能读取 Excel 95 和更早的表格文件（其中的汉字会读错）；请用 Excel、WPS 另存为 xlsx"
DAMAGED = "表格文件损坏或不完整，无法读取；请重新下载，或用 Excel、WPS 另存一份"

_Place = tuple[int, int]


@dataclass(slots=True)
class Facts:
    """What is known of a sheet by its cells (row, column, from 0): number format codes, and what errors print.

    `without_result` are formulas whose result the file does not hold. `too_large` names the last row and column of a
    sheet that cannot be read into memory.
    """

    formats: dict[_Place, str] = field(default_factory=dict)
    errors: dict[_Place, str] = field(default_factory=dict)
    without_result: list[_Place] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    too_large: _Place | None = None


def facts_of(data: bytes) -> dict[str, Facts]:
    """The facts of every sheet of an xlsx, xls or et file; none for binary workbooks (xlsb).

    Raises Unreadable with reason `damaged_file`, `password`, `too_large`, `unsupported_format` or `archive_too_large`.
    """
    return _xlsx_facts(data) if data.startswith(b"PK") else _xls_facts(data)


# xlsx


def _xlsx_facts(data: bytes) -> dict[str, Facts]:
    """All parts are unpacked here once, so that one that is larger than it says is refused before calamine meets it."""
    found: dict[str, Facts] = {}
    with archive.open_zip(data) as package:
        unread = {name for name in package.namelist() if name.endswith((".xml", ".rels", ".bin"))}

        def part(name: str) -> bytes:
            if name not in unread:
                return b"<absent/>"
            unread.remove(name)
            return archive.xml_part(package, name)

        try:
            codes = _xlsx_styles(office_xml.parse(part("xl/styles.xml")))
            relations = office_xml.parse(part("xl/_rels/workbook.xml.rels")).iter("{*}Relationship")
            targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
            for sheet in office_xml.parse(part("xl/workbook.xml")).iter("{*}sheet"):
                reference = next((str(value) for name, value in sheet.items() if str(name).endswith("}id")), "")
                target = targets.get(reference, "")
                content = part(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
                found[sheet.get("name", "")] = _xlsx_sheet(content, codes)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable(
                "damaged_file", f"表格文件内部的 XML 有误（{error}）；请用 Excel 或 WPS 另存一份"
            ) from error
        for name in unread:
            archive.content(package, name)
    return found


def _xlsx_styles(styles: etree._Element) -> list[str]:
    """The number format codes that the cells' style numbers stand for."""
    codes = dict(BUILT_IN)
    for element in styles.iter("{*}numFmt"):
        codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
    return [codes.get(int(style.get("numFmtId", "0")), "") for style in styles.iterfind("{*}cellXfs/{*}xf")]


def _xlsx_sheet(part: bytes, codes: list[str]) -> Facts:
    facts = Facts()
    rows, columns = set[int](), set[int]()
    row_no = -1
    filled = 0
    for _, element in etree.iterparse(BytesIO(part), tag=("{*}row", "{*}col"), resolve_entities=False, no_network=True):
        if str(element.tag).endswith("}col"):
            if _is_on(element, "hidden") or float(element.get("width", "1")) == 0:
                facts.hidden_columns.append((int(element.get("min", "1")) - 1, int(element.get("max", "1")) - 1))
            continue
        row_no = int(element.get("r", row_no + 2)) - 1
        if _is_on(element, "hidden") or float(element.get("ht", "1")) == 0:
            facts.hidden_rows.add(row_no)
        col_no = -1
        for cell in element:
            # References may be left out: then a cell follows the one before it.
            letters = cell.get("r", "").rstrip("0123456789")
            col_no = _column(letters) if letters else col_no + 1
            if len(cell):
                rows.add(row_no)
                columns.add(col_no)
                filled += 1
                _xlsx_cell(cell, (row_no, col_no), codes, facts)
        element.clear()
        if filled > MOST_FILLED:
            facts.too_large = max(rows), max(columns)
            return facts
    if rows and (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) > _MOST_CELLS:
        facts.too_large = max(rows), max(columns)
    return facts


def _xlsx_cell(cell: etree._Element, place: _Place, codes: list[str], facts: Facts) -> None:
    kind, style, value = cell.get("t", "n"), int(cell.get("s", "0")), cell.findtext("{*}v")
    if kind == "e" and value:
        facts.errors[place] = value
    elif kind in ("n", "d") and value and style < len(codes) and codes[style]:
        facts.formats[place] = codes[style]
    elif kind != "str" and not value and cell.find("{*}f") is not None:
        facts.without_result.append(place)


def _is_on(element: etree._Element, name: str) -> bool:
    return element.get(name, "0") in ("1", "true")


def _column(letters: str) -> int:
    """`A` is 0, `Z` 25, `AA` 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# xls


def _xls_facts(data: bytes) -> dict[str, Facts]:
    """The facts of an xls ([MS-XLS] 2.4).

    Encryption, which calamine takes for an unknown format, is told here; and sizes that it would take memory for are
    checked, because a failed allocation ends the whole process.
    """
    stream = xls_stream(data)
    codes, styles, sheets = dict(BUILT_IN), list[int](), list[tuple[str, int]]()
    for kind, record in _records(stream, 0):
        if kind == 0x002F:  # FilePass: all that follows is encrypted
            raise Unreadable("password", PASSWORD)
        if kind == 0x041E and len(record) > 5:  # Format
            codes[_number(record, 0)] = _string(record, 4)[: _number(record, 2)]
        elif kind == 0x00E0:  # XF
            styles.append(_number(record, 2))
        elif kind == 0x0085 and len(record) > 8:  # BoundSheet8
            sheets.append((_string(record, 7), int.from_bytes(record[:4], "little")))
        elif kind == 0x00FC and int.from_bytes(record[4:8], "little") > len(stream):  # SST: how many strings follow
            raise Unreadable("damaged_file", DAMAGED)
    return {name: _xls_sheet(stream, start, [codes.get(style, "") for style in styles]) for name, start in sheets}


def xls_stream(data: bytes) -> bytes:
    """The records of an xls. Raises Unreadable if there are none, not all, or those of Excel 95 or older."""
    stream = ole.stream(data, "workbook") or ole.stream(data, "book")
    if not stream.strip(b"\0"):
        raise Unreadable("damaged_file", DAMAGED)
    if stream[4:6] != b"\x00\x06":
        raise Unreadable("unsupported_format", OLD)
    return stream


def _xls_sheet(stream: bytes, start: int, codes: list[str]) -> Facts:
    facts = Facts()
    empty: list[_Place] = []
    has_results = False
    for kind, record in _records(stream, start):
        if not _is_possible(kind, record):
            raise Unreadable("damaged_file", DAMAGED)
        if len(facts.formats) > MOST_FILLED:
            raise Unreadable("too_large", f"工作表的单元格超过 {MOST_FILLED} 个；请拆分后再提供")
        place = (_number(record, 0), _number(record, 2))
        found: Iterable[int] = ()
        if kind in (0x0203, 0x027E, 0x0006):  # Number, RK, Formula
            found = (_number(record, 4),)
        elif kind == 0x00BD:  # MulRk: a run of (format, number) between the first and the last column
            found = (_number(record, at) for at in range(4, len(record) - 2, 6))
        elif kind == 0x0208 and len(record) >= 14 and record[12] & 0x20:  # Row, hidden
            facts.hidden_rows.add(place[0])
        elif kind == 0x007D and len(record) >= 10 and (record[8] & 1 or not _number(record, 4)):  # ColInfo
            facts.hidden_columns.append(place)
        elif kind == 0x0205 and len(record) >= 8 and record[7] & 1:  # BoolErr
            facts.errors[place] = _XLS_ERRORS.get(record[6], "#ERROR!")
        for col_no, style in enumerate(found, place[1]):
            if style < len(codes) and codes[style]:
                facts.formats[place[0], col_no] = codes[style]
        if kind == 0x0006 and len(record) >= 14 and record[12:14] == b"\xff\xff" and record[6] in (2, 3):
            if record[6] == 2:
                facts.errors[place] = _XLS_ERRORS.get(record[8], "#ERROR!")
            else:
                empty.append(place)
        elif kind == 0x0006:
            has_results = True
    # A result of no characters looks the same as none. A program that computes nothing leaves all of them so.
    facts.without_result = [] if has_results else empty
    return facts


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
