"""Files: what they are is found from their content; one that cannot be read is a record that says why."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest
from packages import docx, sheet, workbook, zipped

from loaders.document import BlockKind, Document, Status
from loaders.formats import read, read_all, read_bytes
from loaders.interpret import Interpreter
from loaders.landing import Landing

SENTENCE = "2024年度本年收入合计5万元，本年支出合计3万元。"
PAGE = f"<html><head><title>某局决算</title></head><body><p>{SENTENCE}</p></body></html>"


def rejected(document: Document, reason: str) -> bool:
    """Whether a document was refused for that reason, with a message and nothing read."""
    return (
        (document.status, document.reason) == (Status.REJECTED, reason)
        and bool(document.message)
        and document.blocks == ()
    )


# The kind of a file


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.docx", "a"])
def test_the_kind_is_found_by_content_whatever_the_name(write, name):
    assert read(write(name, SENTENCE.encode())).format == "txt"
    assert read(write(name, PAGE.encode())).format == "html"
    assert read(write(name, b"%PDF-1.7\n")).format == "pdf"


@pytest.mark.parametrize("page", [PAGE, "<!DOCTYPE html><p>收入", "\n <TABLE><tr><td>收入</table>", "<div>收入</div>"])
def test_markup_makes_a_web_page(page):
    assert read_bytes(page.encode(), Path("a.txt")).format == "html"


@pytest.mark.parametrize("text", ["支出<5万元且收入>3万元", "<<预算法>>实施", "a < b"])
def test_angle_brackets_in_prose_make_no_web_page(text):
    assert read_bytes(text.encode(), Path("a.html")).format == "txt"


def test_a_document_knows_its_file(write):
    data = SENTENCE.encode()
    path = write("某局决算.txt", data)
    document = read(path)
    assert (document.file_name, document.path, document.size) == ("某局决算.txt", str(path), len(data))
    assert document.document_id == hashlib.sha256(data).hexdigest()
    assert (document.status, document.reason, document.message) == (Status.LOADED, None, None)


def test_headings_are_judged_alike_in_text_and_web_pages():
    text = read_bytes("一、收入情况\n支出3万元。".encode(), Path("a"))
    page = read_bytes("<p>一、收入情况</p><p>支出3万元。</p>".encode(), Path("a"))
    for document in (text, page):
        assert [(b.kind, b.level, b.text) for b in document.blocks] == [
            ("heading", 2, "一、收入情况"),
            ("paragraph", 0, "支出3万元。"),
        ]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", SENTENCE.encode("utf-8")),
        ("utf-8-sig", SENTENCE.encode("utf-8-sig")),
        ("gb18030", SENTENCE.encode("gb18030")),
        ("gb18030", SENTENCE.encode("gbk")),
        ("gb18030", SENTENCE.encode("gb2312")),
        ("utf-16", SENTENCE.encode("utf-16")),
        ("utf-16", b"\xff\xfe" + SENTENCE.encode("utf-16-le")),
        ("utf-16", b"\xfe\xff" + SENTENCE.encode("utf-16-be")),
    ],
)
def test_text_is_decoded_whatever_its_encoding(encoding, data):
    document = read_bytes(data, Path("a.txt"))
    assert (document.encoding, [block.text for block in document.blocks]) == (encoding, [SENTENCE])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_web_pages_are_decoded_alike(encoding):
    document = read_bytes(PAGE.encode(encoding), Path("a.html"))
    assert (document.title, [block.text for block in document.blocks]) == ("某局决算", [SENTENCE])


@pytest.mark.parametrize(
    "data",
    [
        "部門決算公開說明，預算收入支出情況".encode("big5"),
        "収入は三百万円です。支出は百万円".encode("shift_jis"),
        "수입과 지출의 결산 보고서입니다".encode("euc-kr"),
        b"\xdc\xe4\xf6",
        b"\xef\xbb\xbf\xff",
        b"\xff\xfeabc",
    ],
    ids=["big5", "shift_jis", "euc_kr", "latin_1", "not utf-8 behind its mark", "half a utf-16 character"],
)
def test_text_in_another_encoding_is_refused_and_not_loaded_as_nonsense(data):
    assert rejected(read_bytes(data, Path("a.txt")), "wrong_encoding")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_with_a_few_wrong_bytes_is_read_and_is_partial(encoding):
    lines = [f"第{number}项，{SENTENCE}" for number in range(30)]
    data = "\n".join(lines).encode(encoding) + b"\n\xff\n"
    document = read_bytes(data, Path("a.txt"))
    assert (document.status, document.reason) == (Status.PARTIAL, "damaged_text")
    assert "1 个字符" in (document.message or "")
    assert [block.text for block in document.blocks] == [*lines, "\ufffd"]


@pytest.mark.parametrize("text", ["插入项目金额", "某局决算", "三公经费"])
def test_the_shortest_chinese_text_is_told_from_other_encodings(text):
    assert read_bytes(text.encode("gb18030"), Path("a.txt")).blocks[0].text == text


# What cannot be read


@pytest.mark.parametrize("data", [b"", b" \n\t \r\n"])
def test_an_empty_file_is_refused(data):
    assert rejected(read_bytes(data, Path("a.txt")), "empty_file")


@pytest.mark.parametrize("data", ["　\n　".encode(), b"\xef\xbb\xbf", b"<html><body> </body></html>"])
def test_a_file_that_prints_nothing_is_refused(data):
    assert rejected(read_bytes(data, Path("a.txt")), "no_text")


def test_binary_content_is_refused():
    assert rejected(read_bytes(b"\x7fELF\x02\x01\x01\x00\x00\x00", Path("a.txt")), "binary_file")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
    ],
)
def test_a_format_without_a_reader_is_named_and_refused(data, kind):
    document = read_bytes(data, Path("a.txt"))
    assert document.format == kind
    assert rejected(document, "unsupported_format")
    assert kind in (document.message or "")


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*", b"BM\x0a\x00\x00\x00\x00\x00\x00\x00"],
    ids=["png", "jpeg", "tiff", "tiff of a big-endian machine", "bmp"],
)
def test_a_picture_needs_the_extra(without_ocr, data):
    document = read_bytes(data, Path("a.txt"))
    assert document.format == "image"
    assert rejected(document, "needs_ocr")
    assert "pip install 'gouji[ocr]'" in (document.message or "")


def test_text_that_begins_like_a_bitmap_is_text():
    assert read_bytes(b"BMI 22.5", Path("a.bmp")).format == "txt"


def test_a_pdf_that_ends_behind_its_first_line_is_refused_as_damaged():
    document = read_bytes(b"%PDF-1.7\n", Path("a.pdf"))
    assert document.format == "pdf"
    assert rejected(document, "damaged_file")


@pytest.mark.parametrize("data", [b"PK\x03\x04docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"], ids=["zip", "ole"])
def test_the_beginning_of_an_office_file_is_never_read_as_text(data):
    document = read_bytes(data, Path("a.txt"))
    assert document.format not in ("txt", "html")
    assert rejected(document, document.reason or "")


def test_files_without_content_are_told_apart_by_their_paths(write):
    first, second = read(write("a.txt", b"")), read(write("b.txt", b""))
    assert first.document_id != second.document_id
    assert first.document_id == read(write("a.txt", b"")).document_id


# Files of several kinds that begin alike, and archives of them


WORKBOOK = workbook({"表": sheet([["项目", "预算数"], ["基本支出", 5]])})
LETTER = docx(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>")


@pytest.mark.parametrize(("data", "kind"), [(WORKBOOK, "xlsx"), (LETTER, "docx")], ids=["xlsx", "docx"])
def test_office_files_are_told_apart_by_what_is_inside(data, kind):
    document = read_bytes(data, Path("a"))
    assert (document.format, document.status) == (kind, Status.LOADED)
    assert document.blocks


def test_lines_of_fields_are_a_csv_table():
    document = read_bytes("项目,预算数\n基本支出,5\n项目支出,6\n".encode(), Path("a.txt"))
    assert document.format == "csv"
    assert [block.kind for block in document.blocks] == [BlockKind.TABLE]


def test_the_files_of_an_archive_are_documents_of_their_own(write):
    path = write("a.zip", zipped({"表.xlsx": WORKBOOK, "说明/文.docx": LETTER, "空.txt": b""}))
    documents = list(read_all(path))
    assert [(d.path, d.format, d.status) for d in documents] == [
        (f"{path}/表.xlsx", "xlsx", Status.LOADED),
        (f"{path}/说明/文.docx", "docx", Status.LOADED),
        (f"{path}/空.txt", "unknown", Status.REJECTED),
    ]


def test_an_archive_that_cannot_be_opened_is_one_record(write):
    documents = list(read_all(write("a.zip", zipped({"a.txt": SENTENCE})[:-30])))
    assert [(d.status, d.reason) for d in documents] == [(Status.REJECTED, "damaged_file")]
    documents = list(read_all(write("b.zip", zipped({".hidden": SENTENCE}))))
    assert [(d.status, d.reason) for d in documents] == [(Status.REJECTED, "no_text")]


# Duplicates


def landed(interpreter: Interpreter, *batches: list[Document]) -> tuple[list[list[Document]], list[tuple]]:
    """The documents as landed, batch by batch, and the rows of raw.document in order of path."""
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        documents = [landing.add([(d, interpreter.interpret(d)) for d in batch]) for batch in batches]
        columns = "document_id, path, status, reason, message, duplicate_of"
        return documents, connection.execute(f"select {columns} from raw.document order by path").fetchall()


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two batches"])
def test_a_file_with_the_content_of_another_is_recorded_and_not_loaded_again(interpreter, together):
    first = read_bytes(SENTENCE.encode(), Path("a/决算.txt"))
    again = read_bytes(SENTENCE.encode(), Path("b/决算副本.txt"))
    assert first.document_id == again.document_id
    batches = ([first, again],) if together else ([first], [again])
    documents, rows = landed(interpreter, *batches)
    (kept, copy) = [document for batch in documents for document in batch]
    assert kept == first
    assert rejected(copy, "duplicate")
    assert rows == [
        (first.document_id, "a/决算.txt", "loaded", None, None, None),
        (copy.document_id, "b/决算副本.txt", "rejected", "duplicate", "内容与 决算.txt 相同", first.document_id),
    ]
    assert copy.document_id != first.document_id


def test_a_duplicate_brings_no_second_blocks_or_numbers(interpreter):
    documents = [read_bytes(SENTENCE.encode(), Path(name)) for name in ("a.txt", "b.txt")]
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(d, interpreter.interpret(d)) for d in documents])
        assert connection.execute("select document_id, count(*) from raw.block group by all").fetchall() == [
            (documents[0].document_id, 1)
        ]
        assert connection.execute("select printed from raw.number order by number_no").fetchall() == [
            ("2024",),
            ("5万元",),
            ("3万元",),
        ]


def test_a_refused_file_lands_with_its_reason_and_no_text(interpreter):
    document = read_bytes(b"Rar!\x1a\x07\x01\x00", Path("a.rar"))
    _, rows = landed(interpreter, [document])
    assert rows == [(document.document_id, "a.rar", "rejected", "unsupported_format", document.message, None)]


def test_attachments_and_omissions_land_as_rows(interpreter):
    page = f'<p>{SENTENCE}</p><a href="f/1.xls">附件1</a><iframe src="2.pdf"></iframe>'.encode()
    book = workbook({"表": sheet([["名", "数"], ["甲", b"<c><f>1+1</f></c>"]])})
    documents = [read_bytes(page, Path("a.html")), read_bytes(book, Path("b.xlsx"))]
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(d, interpreter.interpret(d)) for d in documents])
        attachments = connection.execute("select * exclude (document_id) from raw.attachment order by all").fetchall()
        assert attachments == [(1, "附件1", "f/1.xls"), (2, "2.pdf", "2.pdf")]
        omissions = (
            "select d.status, d.reason, o.* exclude (o.document_id) from raw.omission as o join raw.document as d"
        )
        assert connection.execute(f"{omissions} using (document_id)").fetchall() == [
            ("partial", "formula_without_result", 1, "formula_without_result", documents[1].message, 1, 1, True)
        ]
