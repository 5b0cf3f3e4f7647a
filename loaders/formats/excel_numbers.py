"""Numbers in workbooks as a person sees them: number formats, where xlsx and xls keep them, and what they print.

Takes the bytes of a workbook for its formats, and values as calamine gives them; gives the text of the cells. Sizes and
encryption that calamine cannot cope with are refused here, because it reads the same parts.
"""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from loaders.document import Unreadable
from loaders.formats import archive, ole

Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta
# Sheet name -> (row, column) -> number format code, or the text itself after an equals sign (`=#DIV/0!`).
Formats = dict[str, dict[tuple[int, int], str]]
# A sheet is read into a rectangle; one stray cell at its far end would take all memory.
_MOST_CELLS = 20_000_000
# Number, Label, BoolErr, RK, LabelSst, MulRk, Formula
_XLS_CELLS = frozenset((0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00BD, 0x0006))
PASSWORD = "表格文件有密码；请提供没有密码的文件"
DAMAGED = "表格文件损坏或不完整，无法读取；请重新下载，或用 Excel、WPS 另存一份"


def lines(text: str) -> str:
    """The text of a cell: line ends as line feeds, no space at the end, and nothing if nothing is seen."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() if text.strip() else ""


def printed(value: Value, code: str) -> str:
    """A value as it is seen in a cell with a number format."""
    if isinstance(value, str):
        return code[1:] if code.startswith("=") else lines(value)
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


def cell_formats(data: bytes) -> Formats:
    """The number formats of the cells of an xlsx, xls or et file; nothing for other packages.

    Raises Unreadable with reason `damaged_file`, `password`, `archive_too_large` or `too_large`.
    """
    return _xlsx_formats(data) if data.startswith(b"PK") else _xls_formats(data)


def _xlsx_formats(data: bytes) -> Formats:
    """The number formats, and errors such as #DIV/0!, of the cells of an xlsx; nothing for other packages.

    All parts are unpacked here once, so that one which is larger than it says is refused before calamine meets it.
    """
    formats: Formats = {}
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


def _xls_formats(data: bytes) -> Formats:
    """The number formats of the cells of an xls ([MS-XLS] 2.4); of Excel 95 and older, only the names of the sheets.

    Encryption, which calamine takes for an unknown format, is told here; and sizes that it would take memory for are
    checked, because a failed allocation ends the whole process.
    """
    stream = ole.stream(data, "workbook") or ole.stream(data, "book")
    recent = stream[4:6] == b"\x00\x06"
    codes, styles, sheets = dict(_BUILT_IN), list[int](), list[tuple[str, int]]()
    for kind, record in _records(stream, 0):
        if kind == 0x002F:  # FilePass: all that follows is encrypted
            raise Unreadable("password", PASSWORD)
        if kind == 0x041E and recent and len(record) > 5:  # Format
            codes[_number(record, 0)] = _string(record, 4)[: _number(record, 2)]
        elif kind == 0x00E0 and recent:  # XF
            styles.append(_number(record, 2))
        elif kind == 0x0085 and len(record) > 8:  # BoundSheet8
            sheets.append((_string(record, 7), int.from_bytes(record[:4], "little")))
        elif kind == 0x00FC and int.from_bytes(record[4:8], "little") > len(stream):  # SST: how many strings follow
            raise Unreadable("damaged_file", DAMAGED)
    formats: Formats = {}
    for name, start in sheets:
        cells = formats[name] = {}
        for kind, record in _records(stream, start):
            if not _is_possible(kind, record):
                raise Unreadable("damaged_file", DAMAGED)
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
