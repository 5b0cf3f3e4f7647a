"""Workbooks: sheets to headings, title lines and tables, with numbers as a person sees them.

Takes the bytes of an xlsx, xlsb, xls or et (an xls) file. calamine reads the values; what it does not tell, such as the
number formats that make 0.956 print as 95.60%, comes from `excel_facts`.
"""

from __future__ import annotations

from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from loaders.document import Content, Unreadable
from loaders.formats import ole
from loaders.formats.excel_facts import DAMAGED, PASSWORD, Facts, facts_of, xls_stream
from loaders.formats.number_formats import printed
from loaders.formats.sheets import Sheet, Workbook, place


def read(data: bytes) -> Content:
    """The title (the first title line, else the first sheet's name) and the blocks of a workbook.

    Every visible sheet with content gives a heading with its name; lines above and below its tables are paragraphs,
    rows that form a grid are tables whose rows and columns count from the grid's corner. `page` is the number of the
    sheet. Numbers and dates are given as displayed, where their format is a plain one; others as stored, to the 15
    digits that Excel keeps, never with an exponent, dates in ISO form. Hidden sheets, rows and columns are omissions,
    and so are formulas without a stored result, whose cells are empty.

    Raises Unreadable with reason `damaged_file`, `password`, `no_text`, `sheet_too_large`, `too_large`,
    `archive_too_large` or `unsupported_format` (Excel 95 and older).
    """
    facts = facts_of(data)
    if not data.startswith(b"PK"):
        # calamine follows the chains of a damaged OLE file in a circle, until the memory is full.
        data = ole.holding("Workbook", xls_stream(data))
    book = Workbook()
    try:
        with load_workbook(BytesIO(data)) as workbook:
            for page, about in enumerate(workbook.sheets_metadata, 1):
                known = facts.get(about.name, Facts())
                if about.typ is not SheetTypeEnum.WorkSheet:
                    book.omit("chart", f"“{about.name}”不是普通工作表（图表等），没有读入", page=page, is_printed=True)
                elif known.too_large:
                    message = (
                        f"工作表“{about.name}”范围过大或单元格过多，没有读入：最远的内容在 {place(*known.too_large)}；"
                    )
                    message += "请删去误填在最末行列的内容后另存一份"
                    book.omit("sheet_too_large", message, page=page, is_printed=True)
                else:
                    sheet = _sheet(workbook.get_sheet_by_index(page - 1), known)
                    sheet.is_hidden = about.visible is not SheetVisibleEnum.Visible
                    book.add(sheet, page)
                    if known.without_result and not sheet.is_hidden:
                        book.omit_formulas(about.name, known.without_result, page)
    except PasswordError as error:
        raise Unreadable("password", PASSWORD) from error
    except CalamineError as error:
        raise Unreadable("damaged_file", f"{DAMAGED}（{error}）") from error
    except BaseException as error:
        # calamine panics on some files that are cut short; what that raises is no Exception and has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("damaged_file", DAMAGED) from error
    return book.content()


def _sheet(sheet: CalamineSheet, known: Facts) -> Sheet:
    """What a sheet holds. Cells under a merged cell are not seen, whatever they hold."""
    found = Sheet(sheet.name, hidden_rows=known.hidden_rows, hidden_columns=known.hidden_columns)
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
            at = (row_no, col_no)
            if value == "" and at not in known.errors:
                continue
            text = known.errors.get(at) or printed(value, known.formats.get(at, ""))
            if text and not any(start <= col_no <= end for start, end in covered):
                row[col_no] = text
        if row:
            found.texts[row_no] = row
    return found
