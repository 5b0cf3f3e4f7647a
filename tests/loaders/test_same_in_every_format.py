"""A figure is the same whichever format carries it: the sample reports and a final account, written in five formats.

What a reader gives of a report is rendered as txt, html, docx, xlsx and pdf, read back and interpreted. Every figure
has the same meaning, value and print as before, and there is none more.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import final_account
import pypdfium2
import pytest
import render

from loaders import formats
from loaders.document import Block, Document, Status
from loaders.interpret import Interpreter
from loaders.vocabulary import Vocabulary

SAMPLES = sorted((Path(__file__).parents[2] / "seeds" / "reports").iterdir())
Figures = Counter[tuple[object, ...]]


def figures(interpreter: Interpreter, vocabulary: Vocabulary, document: Document) -> Figures:
    """Every figure of a document with all that it means; values are in yuan, percent, count or points."""
    interpretation = interpreter.interpret(document)
    reports = {report.report_no: report for report in interpretation.reports}
    found: Figures = Counter()
    for reading in interpretation.readings:
        meaning, report = reading.meaning, reports[reading.report_no]
        if meaning is None:
            continue
        assert reading.unit is not None
        unit = vocabulary.unit_by_text[reading.unit]
        whose = (report.organization_name, report.kind, reading.fiscal_year)
        what = (meaning.statement, meaning.item, meaning.code, meaning.phase, meaning.fund, meaning.component)
        value = Decimal(reading.digits) * unit.factor * reading.sign
        found[(*whose, *what, value, unit.kind, reading.digits + reading.unit)] += 1
    return found


def written(title: str, blocks: Sequence[Block], form: str) -> Document:
    """The document that a file in a format gives, or a skipped test where this machine cannot make such a file."""
    if form == "pdf" and render.font() is None:
        pytest.skip(f"no Chinese TrueType font to print a PDF with: install one of {', '.join(render.FONTS)}")
    document = formats.read_bytes(render.FORMATS[form](title, blocks), Path(f"report.{form}"))
    assert (document.status, document.format) == (Status.LOADED, form), document.message
    return document


def test_the_samples_have_a_format_each():
    assert sorted(path.suffix for path in SAMPLES) == [".docx", ".html", ".pdf", ".txt", ".xlsx"]
    assert [formats.read(path).format for path in SAMPLES] == [path.suffix[1:] for path in SAMPLES]


@pytest.mark.parametrize("form", render.FORMATS)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_figures_of_a_sample_are_the_same(interpreter, vocabulary, path, form):
    sample = formats.read(path)
    expected = figures(interpreter, vocabulary, sample)
    assert expected.total() > 30
    assert figures(interpreter, vocabulary, written(sample.title, sample.blocks, form)) == expected


def test_marks_that_converters_leave_in_a_text_change_no_figure(interpreter, vocabulary):
    (path,) = (path for path in SAMPLES if path.suffix == ".docx")
    sample = formats.read(path)
    text = render.txt(sample.title, sample.blocks).decode()
    marked = re.sub(
        r"(?<=\d)\.(?=\d)",
        ".[image: ]",
        re.sub("^(?=[一二三四五六七八九十]+、)", "[bookmark: _Toc1]", text, flags=re.M),
    )
    assert marked.count("[") > 60
    document = formats.read_bytes(marked.encode(), Path("report.txt"))
    assert figures(interpreter, vocabulary, document) == figures(interpreter, vocabulary, sample)


@pytest.mark.parametrize("form", render.FORMATS)
def test_figures_of_standard_tables_are_the_same(interpreter, vocabulary, form):
    original = Document("", "", "", "", 0, title=final_account.TITLE, blocks=final_account.BLOCKS)
    document = written(final_account.TITLE, final_account.BLOCKS, form)
    assert figures(interpreter, vocabulary, document) == figures(interpreter, vocabulary, original)


# statement, item, code, phase, component, value in yuan
CELLS = [
    # 收入支出决算总表: two tables side by side, a printed zero
    (None, "income_total", None, "actual", "total", "19300000"),
    (None, "expenditure_total", None, "actual", "total", "19345600"),
    (None, "income_government_fund", None, "actual", "total", "0"),
    # 支出决算表: 类, 款 and 项 in columns of their own
    ("function", "水利", "21303", "actual", "basic", "8658600"),
    ("function", "水利工程运行与维护", "2130306", "actual", "project", "8000000"),
    # 一般公共预算财政拨款支出决算表: headings over two rows
    ("function", "水利工程运行与维护", "2130306", "actual", "project", "7700000"),
    ("function", "行政运行", "2130301", "actual", "basic", "8658600"),
    # 基本支出决算表: three tables side by side, totals that span several columns
    ("economic", "办公费", "30201", "actual", "public", "431500"),
    (None, "basic_public", None, "actual", "public", "1100000"),
    # “三公”经费支出决算表: headings over three rows
    (None, "vehicle_operation", None, "budget", "total", "150000"),
    (None, "vehicle_operation", None, "actual", "total", "103500"),
    (None, "reception", None, "budget", "total", "36000"),
    (None, "reception", None, "actual", "total", "20000"),
]


@pytest.mark.parametrize("form", render.FORMATS)
def test_a_cell_means_what_its_headings_say(interpreter, vocabulary, form):
    document = written(final_account.TITLE, final_account.BLOCKS, form)
    found = {
        (statement, item, code, phase, component, str(value.normalize() + 0))
        for _, _, _, statement, item, code, phase, _, component, value, _, _ in figures(
            interpreter, vocabulary, document
        )
    }
    assert [cell for cell in CELLS if cell not in found] == []


def test_a_workbook_stores_sums_of_floats_and_shows_two_decimals():
    data = render.excel("", final_account.BLOCKS)
    stored = zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12.40000000000002</v>" in stored
    texts = [block.text for block in formats.read_bytes(data, Path("report.xlsx")).blocks]
    assert any("1,954.56\t总计\t1,954.56" in text for text in texts)


@pytest.mark.parametrize("form", ["docx", "xlsx", "pdf"])
def test_a_file_that_is_written_again_has_the_same_bytes(form):
    if form == "pdf" and render.font() is None:
        pytest.skip("no Chinese TrueType font to print a PDF with")
    once, again = (render.FORMATS[form](final_account.TITLE, final_account.BLOCKS) for _ in range(2))
    assert once == again


def test_a_pdf_carries_its_font_and_its_text():
    (path,) = (path for path in SAMPLES if path.suffix == ".pdf")
    data = path.read_bytes()
    assert len(data) < 150_000
    with pypdfium2.PdfDocument(data) as document:
        assert "2022年部门预算收入为448.26万元" in document[0].get_textpage().get_text_range()
        fonts = {obj.get_font() for obj in document[0].get_objects() if isinstance(obj, pypdfium2.PdfTextObj)}
        assert fonts
        assert all(font.is_embedded for font in fonts)
