"""OLE compound files: what they are by the streams in them, and the bytes of those."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import compound, refusal_of

from loaders.document import Unreadable
from loaders.formats import ole


@pytest.mark.parametrize(
    ("streams", "nested", "kind"),
    [
        ({"Workbook": b""}, None, "xls"),
        ({"Book": b""}, None, "xls"),
        ({"SummaryInformation": b"", "WORKBOOK": b""}, None, "xls"),
        ({"1Table": b"", "WordDocument": b""}, None, "doc"),
        ({"WordDocument": b""}, {"Workbook": b""}, "doc"),
        ({"Workbook": b""}, {"WordDocument": b""}, "xls"),
    ],
)
def test_what_an_ole_file_is_shows_in_the_streams_at_its_root(streams, nested, kind):
    assert ole.kind(compound(streams, nested)) == kind


def test_a_stream_comes_whole_even_over_many_sectors():
    content = b"".join(struct.pack("<I", number) for number in range(100_000))
    assert ole.stream(compound({"Other": b"x", "Workbook": content}), "workbook") == content
    assert ole.stream(compound({"Other": b"x"}), "workbook") == b""


@pytest.mark.parametrize("size", [0, 100, 4096, 5000, 9_000_000])
def test_a_stream_put_into_a_file_of_its_own_comes_back(size):
    content = bytes(number % 251 for number in range(size))
    data = ole.holding("Workbook", content)
    assert ole.kind(data) == "xls"
    assert ole.stream(data, "workbook").rstrip(b"\0") == content.rstrip(b"\0")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        # bit 8 of the flags that open a Word document: encrypted
        (compound({"WordDocument": struct.pack("<5HH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100)}), "password"),
        # a docx or xlsx with a password
        (compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), "password"),
        (compound({"PowerPoint Document": b""}), "unsupported_format"),
        (compound({"Workbook": b"x" * 5000})[:4000], "damaged_file"),
        (compound({"WordDocument": b"x" * 5000})[:2000], "damaged_file"),
    ],
)
def test_what_is_no_readable_document_is_refused_by_what_it_is(data, reason):
    assert refusal_of(lambda: ole.kind(data)) == reason


@given(st.integers(0, 6000), st.binary(max_size=64))
def test_whatever_the_bytes_an_ole_file_has_a_kind_or_is_refused(at, noise):
    whole = compound({"WordDocument": b"x" * 5000})
    for data in (whole[:at] + noise + whole[at + len(noise) :], whole[:at]):
        with suppress(Unreadable):
            assert ole.kind(data) in ("doc", "xls")
