"""Comma-separated text: one sheet without a name.

Takes the decoded text of a csv file, gives what a workbook's sheet gives.
"""

from __future__ import annotations

import csv
from io import StringIO

from loaders.document import Content, Unreadable
from loaders.formats.number_formats import lines
from loaders.formats.sheets import MOST_FILLED, Sheet, Workbook


def read(text: str) -> Content:
    """The title (the first title line, else empty) and the blocks of a decoded csv file, as of a workbook's sheet.

    Fields are parted by commas, semicolons or tabs, whichever the first lines have most. There is no heading and no
    page: nothing names the one sheet.

    Raises Unreadable with reason `no_text`, `too_large`, or `damaged_file` if a quoted field never ends.
    """
    sample = text[:10_000]
    delimiter = max(",;\t", key=sample.count)
    sheet, book = Sheet(tells_merged=False), Workbook()
    filled = 0
    try:
        for row_no, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter)):
            if cells := {col_no: lines(value) for col_no, value in enumerate(row) if value.strip()}:
                sheet.texts[row_no] = cells
                filled += len(cells)
                if filled > MOST_FILLED:
                    raise Unreadable("too_large", f"CSV 文件的单元格超过 {MOST_FILLED} 个；请拆分后再提供")
    except csv.Error as error:
        raise Unreadable("damaged_file", f"CSV 文件格式错误（{error}）；请检查引号是否成对") from error
    book.add(sheet, None)
    return book.content()


def is_csv(text: str) -> bool:
    """Whether a decoded text is comma-separated: three rows or more, all of one width, and no sentences.

    Lines of one field, such as a title above the table, are fewer than the rows.
    """
    sample = text[:10_000].rpartition("\n")[0] if len(text) > 10_000 else text
    try:
        lines = [row for row in csv.reader(StringIO(sample, newline="")) if row]
    except csv.Error:
        return False
    rows = [row for row in lines if len(row) > 1]
    sentences = any(row[-1].rstrip().endswith("。") for row in rows)
    return len(rows) > 2 and 2 * len(rows) > len(lines) and len({len(row) for row in rows}) == 1 and not sentences
