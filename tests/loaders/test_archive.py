"""Archives: what a zip is by what is inside, members with readable names, and limits that hold."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packages import refusal_of, zipped

from loaders.document import Unreadable
from loaders.formats import archive

SHEET_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def renamed(data: bytes, name: bytes, new: bytes) -> bytes:
    """The archive with a member's name replaced by other bytes of the same length, as other programs store it."""
    assert len(name) == len(new)
    return data.replace(name, new)


def flagged(data: bytes, bit: int) -> bytes:
    """The archive with a flag set for its first member, in the member's own header and in the directory."""
    changed = bytearray(data)
    changed[6] |= bit
    changed[data.index(b"PK\x01\x02") + 8] |= bit
    return bytes(changed)


def refusal(data: bytes) -> str:
    """The reason code with which an archive is refused."""
    return refusal_of(lambda: list(archive.members(data)))


# Kinds


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"[Content_Types].xml": "", "word/document.xml": ""}, "docx"),
        ({"[Content_Types].xml": "", "word/document.xml": "", "word/embeddings/预算.xlsx": ""}, "docx"),
        ({"[Content_Types].xml": "", "xl/workbook.xml": ""}, "xlsx"),
        ({"[Content_Types].xml": "", "xl/workbook.bin": ""}, "xlsx"),
        ({"mimetype": SHEET_TYPE, "META-INF/manifest.xml": "", "content.xml": ""}, "ods"),
        ({"决算公开.pdf": "", "word/说明.txt": ""}, "zip"),
        ({}, "zip"),
    ],
)
def test_what_a_zip_is_shows_in_the_names_of_its_members(files, kind):
    assert archive.kind(zipped(files)) == kind


@pytest.mark.parametrize(
    "files",
    [
        {"[Content_Types].xml": "", "ppt/presentation.xml": ""},
        {"mimetype": b"application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": ""},
        {"OFD.xml": "", "Doc_0/Document.xml": ""},
    ],
)
def test_the_packages_of_other_programs_are_refused_by_name_rather_than_read_as_archives(files):
    with pytest.raises(Unreadable) as caught:
        archive.kind(zipped(files))
    assert caught.value.reason == "unsupported_format"


# Members


def test_members_come_in_order_with_their_bytes_and_without_folders_and_system_files():
    data = zipped(
        {
            "某局/": "",
            "某局/决算.pdf": b"%PDF",
            "__MACOSX/某局/._决算.pdf": b"x",
            "某局/.DS_Store": b"x",
            "某局/Thumbs.db": b"x",
            "某局/~$说明.docx": b"x",
            "说明.txt": "说明",
        }
    )
    assert list(archive.members(data)) == [("某局/决算.pdf", b"%PDF"), ("说明.txt", "说明".encode())]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_that_do_not_say_their_encoding_are_utf8_or_else_gb18030(encoding):
    stored = "预算/公开.txt".encode(encoding)
    data = renamed(zipped({"x" * len(stored): b"1"}), b"x" * len(stored), stored)
    assert [name for name, _ in archive.members(data)] == ["预算/公开.txt"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\预算.txt"])
def test_a_name_that_leads_outside_is_only_a_label(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert list(archive.members(zipped({name: b"1"}))) == [(name.replace("\\", "/"), b"1")]
    assert not list(tmp_path.iterdir())


def test_zips_in_a_zip_are_opened_three_deep():
    data = zipped({"五.txt": b"5"})
    for name in ("四", "三", "二", "一"):
        data = zipped({f"{name}.txt": b"1", f"{name}.zip": data})
    *found, (deepest, refused) = archive.members(data)
    inside = "一.zip/二.zip/三.zip"
    assert [name for name, _ in found] == ["一.txt", "一.zip/二.txt", "一.zip/二.zip/三.txt", f"{inside}/四.txt"]
    assert deepest == f"{inside}/四.zip"
    assert isinstance(refused, Unreadable)
    assert refused.reason == "archive_too_deep"


def test_office_documents_in_a_zip_are_documents_and_not_opened():
    document = zipped({"[Content_Types].xml": "", "word/document.xml": ""})
    slides = zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""})
    data = zipped({"说明.docx": document, "演示.pptx": slides})
    assert list(archive.members(data)) == [("说明.docx", document), ("演示.pptx", slides)]


# Refusals


def test_an_archive_with_a_password_is_refused():
    assert refusal(flagged(zipped({"a.txt": b"1"}), 0x1)) == "password"


def test_an_archive_cut_short_is_damaged():
    data = zipped({"a.txt": b"1" * 1000})
    assert refusal(data[:60]) == "damaged_file"


def changed(data: bytes) -> bytes:
    """The archive with a byte of a.txt changed."""
    at = data.index(b"a.txt") + 8
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (flagged(zipped({"a.txt": b"1", "b.txt": b"2"}), 0x1), "password"),
        (changed(zipped({"a.txt": b"0123456789" * 10, "b.txt": b"2"})), "damaged_file"),
        (zipped({"a.txt": bytes(20_000_000), "b.txt": b"2"}), "archive_too_large"),
        # larger than the directory says
        (
            zipped({"a.txt": b"1" * 1000, "b.txt": b"2"}).replace(struct.pack("<I", 1000), struct.pack("<I", 10)),
            "damaged_file",
        ),
    ],
    ids=["password", "changed", "swollen", "larger than it says"],
)
def test_a_member_that_cannot_be_taken_out_is_refused_and_the_others_come(data, reason):
    (_, refused), other = archive.members(data)
    assert isinstance(refused, Unreadable)
    assert (refused.reason, bool(refused.message)) == (reason, True)
    assert other == ("b.txt", b"2")


@pytest.mark.parametrize("files", [{}, {"空文件夹/": ""}, {".DS_Store": "x"}])
def test_an_archive_without_files_has_no_text(files):
    assert refusal(zipped(files)) == "no_text"


def test_small_members_may_compress_as_well_as_they_like():
    assert [len(content) for _, content in archive.members(zipped({"空表.xml": b" " * 900_000}))] == [900_000]


@pytest.mark.parametrize(
    ("limit", "value", "files"),
    [
        ("MAX_MEMBERS", 2, {"一": b"1", "二": b"2", "三": b"3"}),
        ("MAX_TOTAL_BYTES", 9, {"一": b"01234", "二": b"56789"}),
        ("_MOST_ENTRIES", 1, {"一": b"01234", "二": b"56789"}),
    ],
)
def test_too_many_or_too_large_members_are_refused(limit, value, files, monkeypatch):
    monkeypatch.setattr(archive, limit, value)
    assert refusal(zipped(files)) == "archive_too_large"


def test_limits_count_what_is_in_inner_archives_too(monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 4)
    inner = zipped({"一": b"1", "二": b"2"})
    *found, (name, refused) = archive.members(zipped({"甲.zip": inner, "乙.zip": inner}))
    assert [name for name, _ in found] == ["甲.zip/一", "甲.zip/二"]
    assert name == "乙.zip"
    assert isinstance(refused, Unreadable)
    assert refused.reason == "archive_too_large"


def test_a_member_whose_name_was_damaged_away_is_read_as_one_without_a_name():
    data = zipped({"a.txt": b"12345"}).replace(b"a.txt", b"\x00.txt")
    assert list(archive.members(data)) == [("（没有名称）", b"12345")]


@example(b"\x00", 180)
@given(st.binary(max_size=200), st.integers(0, 300))
def test_whatever_the_bytes_an_archive_is_read_or_refused(noise, at):
    whole = zipped({"a.txt": b"12345", "b.zip": zipped({"c": b"1"})})
    data = whole[:at] + noise + whole[at + len(noise) :]
    with suppress(Unreadable):
        assert all(name for name, _ in archive.members(data))
