"""Archives: what a zip or OLE file is by what is inside, members with readable names, and limits that hold."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.document import Unreadable
from loaders.formats import archive

END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
SHEET_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip archive of these files."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return data.getvalue()


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


def entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    """A directory entry of an OLE compound file: kind 1 is a storage, 2 a stream, 5 the root."""
    stored = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", FREE, right, child)
    return (
        stored.ljust(64, b"\0")
        + struct.pack("<HBB", len(stored), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def compound(streams: dict[str, bytes], nested: dict[str, bytes] | None = None) -> bytes:
    """An OLE compound file with these streams at its root, and those of `nested` in a storage below it."""
    names = [*streams, *(["ObjectPool"] if nested else []), *(nested or {})]
    contents = [*streams.values(), *([b""] if nested else []), *(nested or {}).values()]
    at_root = len(streams) + bool(nested)
    sectors: list[bytes] = []
    chains: list[list[int]] = []
    for content in contents:
        padded = content.ljust(4096, b"\0")
        padded += bytes(-len(padded) % 512)
        chains.append(list(range(len(sectors), len(sectors) + len(padded) // 512)))
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
    directory = entry("Root Entry", 5, END, 0, child=1)
    for number, (name, content) in enumerate(zip(names, contents, strict=True), 1):
        right = number + 1 if number not in (at_root, len(names)) else FREE
        storage = nested is not None and number == at_root
        size = 0 if storage else max(4096, len(content))
        start = END if storage else chains[number - 1][0]
        directory += entry(name, 1 if storage else 2, start, size, right=right, child=at_root + 1 if storage else FREE)
    directory += bytes(-len(directory) % 512)
    chains.append(list(range(len(sectors), len(sectors) + len(directory) // 512)))
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    allocation = [FREE] * (tables * 128)
    for chain in chains:
        for number, following in zip(chain, [*chain[1:], END], strict=True):
            allocation[number] = following
    first_table = len(sectors)
    allocation[first_table : first_table + tables] = [0xFFFFFFFD] * tables
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, chains[-1][0], 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(first_table, first_table + tables), *[FREE] * (109 - tables))
    return header + b"".join(sectors) + struct.pack(f"<{len(allocation)}I", *allocation)


def refusal_of(read: Callable[[], object]) -> str:
    """The reason code with which a reader refuses; the message must be there too."""
    with pytest.raises(Unreadable) as caught:
        read()
    assert caught.value.message
    return caught.value.reason


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


def test_a_zip_in_a_zip_is_opened_and_a_deeper_one_comes_as_it_is():
    deepest = zipped({"三.txt": b"3"})
    data = zipped({"一.txt": b"1", "附件.zip": zipped({"二.txt": b"2", "内.zip": deepest})})
    assert list(archive.members(data)) == [("一.txt", b"1"), ("附件.zip/二.txt", b"2"), ("附件.zip/内.zip", deepest)]


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


def test_a_member_whose_bytes_changed_is_damaged():
    data = zipped({"a.txt": b"0123456789" * 10})
    at = data.index(b"a.txt") + 8
    assert refusal(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]) == "damaged_file"


@pytest.mark.parametrize("files", [{}, {"空文件夹/": ""}, {".DS_Store": "x"}])
def test_an_archive_without_files_has_no_text(files):
    assert refusal(zipped(files)) == "no_text"


def test_a_member_that_swells_beyond_reason_is_refused_before_it_is_unpacked():
    assert refusal(zipped({"零.txt": bytes(20_000_000)})) == "archive_too_large"


def test_small_members_may_compress_as_well_as_they_like():
    assert [len(content) for _, content in archive.members(zipped({"空表.xml": b" " * 900_000}))] == [900_000]


@pytest.mark.parametrize(
    ("limit", "value", "files"),
    [
        ("MAX_MEMBERS", 2, {"一": b"1", "二": b"2", "三": b"3"}),
        ("MAX_MEMBER_BYTES", 9, {"一": b"0123456789"}),
        ("MAX_TOTAL_BYTES", 9, {"一": b"01234", "二": b"56789"}),
    ],
)
def test_too_many_or_too_large_members_are_refused(limit, value, files, monkeypatch):
    monkeypatch.setattr(archive, limit, value)
    assert refusal(zipped(files)) == "archive_too_large"


def test_limits_count_what_is_in_inner_archives_too(monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 4)
    inner = zipped({"一": b"1", "二": b"2"})
    assert refusal(zipped({"甲.zip": inner, "乙.zip": inner})) == "archive_too_large"


def test_a_member_larger_than_the_directory_says_is_not_unpacked_further():
    data = zipped({"a.txt": b"1" * 1000})
    size = struct.pack("<I", 1000)
    assert refusal(data.replace(size, struct.pack("<I", 10))) == "damaged_file"


@given(st.binary(max_size=200), st.integers(0, 300))
def test_whatever_the_bytes_an_archive_is_read_or_refused(noise, at):
    whole = zipped({"a.txt": b"12345", "b.zip": zipped({"c": b"1"})})
    data = whole[:at] + noise + whole[at + len(noise) :]
    with suppress(Unreadable):
        assert all(name for name, _ in archive.members(data))


# OLE compound files


@pytest.mark.parametrize(
    ("streams", "nested", "kind"),
    [
        ({"Workbook": b""}, None, "xls"),
        ({"Book": b""}, None, "xls"),
        ({"SummaryInformation": b"", "WORKBOOK": b""}, None, "xls"),
        ({"1Table": b"", "WordDocument": b""}, None, "doc"),
        ({"WordDocument": b""}, {"Workbook": b""}, "doc"),
        ({"Workbook": b""}, {"WordDocument": b""}, "xls"),
        ({"EncryptedPackage": b""}, None, "unknown"),
        ({"PowerPoint Document": b""}, None, "unknown"),
    ],
)
def test_what_an_ole_file_is_shows_in_the_streams_at_its_root(streams, nested, kind):
    assert archive.ole_kind(compound(streams, nested)) == kind


def test_a_stream_comes_whole_even_over_many_sectors():
    content = b"".join(struct.pack("<I", number) for number in range(100_000))
    assert archive.ole_stream(compound({"Other": b"x", "Workbook": content}), "workbook") == content
    assert archive.ole_stream(compound({"Other": b"x"}), "workbook") == b""


@pytest.mark.parametrize(
    ("streams", "encrypted"),
    [
        ({"WordDocument": struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100)}, True),
        ({"WordDocument": struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, 0x0000)}, False),
        ({"EncryptionInfo": b"", "EncryptedPackage": b""}, True),
        ({"Workbook": b""}, False),
    ],
)
def test_a_document_with_a_password_says_so(streams, encrypted):
    assert archive.is_ole_encrypted(compound(streams)) is encrypted


@given(st.integers(0, 6000), st.binary(max_size=64))
def test_a_damaged_ole_file_has_a_kind_all_the_same(at, noise):
    whole = compound({"WordDocument": b"x" * 5000})
    assert archive.ole_kind(whole[:at] + noise + whole[at + len(noise) :]) in ("doc", "xls", "unknown")
    assert archive.ole_kind(whole[:at]) in ("doc", "xls", "unknown")
