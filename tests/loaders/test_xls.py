"""Excel 97 workbooks (xls, et): read like xlsx, with their own records for formats, hidden cells and formulas."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from packages import compound, old_workbook, record, refusal_of, wide

from loaders.document import Block, Unreadable
from loaders.formats.excel import read


def one(data: bytes) -> Block:
    """The one table of a workbook."""
    (found,) = [block for block in read(data).blocks if block.table is not None]
    return found


def test_an_xls_prints_its_numbers_in_their_formats_too():
    cells = [
        record(0x0204, struct.pack("<HHH", 0, 0, 0) + wide("项目", "H")),
        record(0x0204, struct.pack("<HHH", 0, 1, 0) + wide("执行率", "H")),
        record(0x0204, struct.pack("<HHH", 1, 0, 0) + wide("甲", "H")),
        record(0x0203, struct.pack("<HHHd", 1, 1, 1, 0.9565)),
        record(0x027E, struct.pack("<HHHI", 2, 0, 2, 123450 << 2 | 3)),
        record(0x00BD, struct.pack("<HHHIHIH", 3, 0, 2, 7 << 2 | 2, 0, 2080505 << 2 | 2, 1)),
    ]
    block = one(old_workbook("决算", cells, ("0.00%", "#,##0.00")))
    assert block.text == "项目\t执行率\n甲\t95.65%\n1,234.50\t\n7.00\t2080505"


def label(row: int, col: int, text: str) -> bytes:
    """A text cell of an xls."""
    return record(0x0204, struct.pack("<HHH", row, col, 0) + wide(text, "H"))


@pytest.mark.parametrize(
    "cell",
    [
        record(0x0200, struct.pack("<IIHHH", 9, 3, 0, 2, 0)),
        record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 255, 0)),
        record(0x0203, struct.pack("<HHHd", 0, 60000, 0, 1)),
    ],
)
def test_an_xls_that_claims_an_impossible_size_is_damaged_and_takes_no_memory(cell):
    data = old_workbook("表", [cell, label(0, 0, "甲"), label(0, 1, "乙")])
    assert refusal_of(lambda: read(data)) == "damaged_file"


def test_an_xls_cut_short_anywhere_is_refused_or_read(capfd):
    whole = old_workbook("表", [label(row, col, "项目") for row in range(200) for col in range(3)])
    for end in range(0, len(whole), 509):
        with suppress(Unreadable):
            assert read(whole[:end]).blocks
    capfd.readouterr()  # the messages of calamine's panics


def test_an_xls_whose_sectors_run_in_a_circle_takes_no_memory():
    data = bytearray(old_workbook("表", [label(row, 0, "项目") for row in range(600)]))
    table = (int.from_bytes(data[76:80], "little") + 1) * 512
    data[table + 8 : table + 12] = struct.pack("<I", 1)  # the third sector of the workbook leads back to the second
    assert refusal_of(lambda: read(bytes(data))) == "damaged_file"


@pytest.mark.parametrize("method", [0, 1])
def test_an_xls_with_a_password_says_so(method):
    data = old_workbook("表", [label(0, 0, "甲")])
    protected = data.replace(record(0x00E0, bytes(20)), record(0x002F, struct.pack("<H18x", method)))
    assert protected != data
    assert refusal_of(lambda: read(protected)) == "password"


def number(row: int, col: int, value: float) -> bytes:
    """A number cell of an xls in the General format."""
    return record(0x0203, struct.pack("<HHHd", row, col, 0, value))


def formula(row: int, col: int, result: bytes) -> bytes:
    """A formula of an xls whose stored result has these eight bytes."""
    return record(0x0006, struct.pack("<HHH", row, col, 0) + result + bytes(8))


EMPTY, DIVIDED = b"\x03\0\0\0\0\0\xff\xff", b"\x02\0\x07\0\0\0\xff\xff"


def test_hidden_rows_and_columns_are_left_out_and_counted():
    cells = [label(row, col, f"{row}{col}") for row in range(4) for col in range(4)]
    row = record(0x0208, struct.pack("<HHHHHHI", 1, 0, 4, 255, 0, 0, 0x20))
    column = record(0x007D, struct.pack("<HHHHHH", 2, 2, 2048, 0, 1, 0))
    narrow = record(0x007D, struct.pack("<HHHHHH", 3, 3, 0, 0, 0, 0))
    content = read(old_workbook("表", [row, column, narrow, *cells]))
    assert content.blocks[1].text == "00\t01\n20\t21\n30\t31"
    assert [(o.reason, o.count, o.is_printed) for o in content.omissions] == [("hidden_cells", 3, False)]


def test_an_error_is_printed_and_a_formula_without_a_result_is_an_omission():
    cells = [label(0, 0, "甲"), label(0, 1, "乙"), formula(1, 0, DIVIDED), formula(1, 1, EMPTY), formula(2, 0, EMPTY)]
    content = read(old_workbook("表", cells))
    assert content.blocks[1].text == "甲\t乙\n#DIV/0!\t"
    assert [(o.reason, o.count) for o in content.omissions] == [("formula_without_result", 2)]
    assert "B2、A3" in content.omissions[0].message


def test_where_formulas_have_results_one_that_gives_no_characters_is_an_empty_cell():
    cells = [label(0, 0, "甲"), formula(0, 1, struct.pack("<d", 2.5)), label(1, 0, "乙"), formula(1, 1, EMPTY)]
    content = read(old_workbook("表", cells))
    assert (content.blocks[1].text, content.omissions) == ("甲\t2.5\n乙\t", ())


def test_a_workbook_of_excel_95_is_refused_because_its_characters_would_be_read_wrongly():
    begin = record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0))
    assert refusal_of(lambda: read(compound({"Book": begin}))) == "unsupported_format"
