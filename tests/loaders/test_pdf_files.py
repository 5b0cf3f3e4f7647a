"""PDF files that cannot be read, or are damaged."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_sheets import FULL, ROWS, XS, Sheet, blocks, document, prose

from loaders.document import Unreadable
from loaders.formats import pdf_page
from loaders.formats.pdf import read


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert raised.value.message
    return raised.value.reason


def test_a_file_that_is_no_pdf_or_broken_off_is_damaged():
    assert reason(b"") == "damaged_file"
    assert reason("<html>无法访问</html>".encode()) == "damaged_file"
    assert reason(document(Sheet().text(60, 100, "正文"))[:200]) == "damaged_file"


def test_a_password_is_named():
    assert reason(document(Sheet(), encrypt=True)) == "password"


def test_a_file_without_pages_is_named():
    assert reason(document()) == "no_pages"


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_page, "MOST_PAGES", 2)
    assert reason(document(Sheet(), Sheet(), Sheet())) == "too_large"


@pytest.mark.usefixtures("without_ocr")
def test_scanned_files_need_ocr():
    scanned = Sheet().line(60, 60, 300, 60)
    with pytest.raises(Unreadable, match="ocr") as raised:
        read(document(scanned, scanned))
    assert raised.value.reason == "needs_ocr"


def test_files_whose_fonts_are_nowhere_are_refused_rather_than_read_in_part(monkeypatch):
    monkeypatch.setattr(pdf_page, "_unshaped", lambda page: (9, 10))
    assert reason(document(Sheet().text(60, 100, "正文"))) == "needs_font"


def test_pages_without_text_are_passed_over():
    assert [block.page for block in blocks(Sheet(), Sheet().text(60, 100, "正文。"), Sheet())] == [2]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.integers(1, 40), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(start, step, noise):
    data = bytearray(document(Sheet().table(XS, 100, ROWS), prose(Sheet(), 100, FULL, FULL)))
    for place in range(start, len(data), step):
        data[place : place + len(noise)] = noise
    with contextlib.suppress(Unreadable):
        title, found, *_ = read(bytes(data))
        assert title
        assert found


def test_reading_twice_gives_the_same():
    data = document(Sheet().table(XS, 100, ROWS))
    assert read(data) == read(data)
