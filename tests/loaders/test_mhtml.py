"""Web archives (mht): the pages in them are read like pages by themselves."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from packages import refusal_of

from loaders.formats import read_bytes
from loaders.formats.mhtml import read

PAGE = "<html><head><title>某局决算</title></head><body><p>支出3.50万元。</p></body></html>"


def archive(*parts: tuple[str, str, bytes], header: str = "From: <Saved by Blink>\r\n") -> bytes:
    """A web archive of parts: content type, transfer encoding, body as encoded."""
    data = f'{header}MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="----b"\r\n\r\n'.encode()
    for kind, encoding, body in parts:
        fields = f"------b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        data += fields.encode() + body + b"\r\n"
    return data + b"------b--\r\n"


@pytest.mark.parametrize(
    "header", ["", "From: <Saved by Blink>\r\nSubject: =?utf-8?Q?=E5=86=B3?=\r\n =?utf-8?Q?=E7?=\r\n"]
)
@pytest.mark.parametrize(
    ("kind", "encoding", "body"),
    [
        ("text/html", "quoted-printable", quopri.encodestring(PAGE.encode())),
        (
            'text/html; charset="gb2312"',
            "quoted-printable",
            quopri.encodestring(PAGE.encode("gb18030")),
        ),
        ("text/html; charset=utf-8", "base64", base64.encodebytes(PAGE.encode())),
        ("text/html", "8bit", PAGE.encode("gb18030")),
    ],
)
def test_the_page_in_a_web_archive_is_read(header, kind, encoding, body):
    image = ("image/png", "base64", base64.encodebytes(b"\x89PNG"))
    document = read_bytes(archive((kind, encoding, body), image, header=header), Path("决算.html"))
    assert (document.format, document.title) == ("mhtml", "某局决算")
    assert [block.text for block in document.blocks] == ["支出3.50万元。"]


def test_the_frames_of_a_page_follow_it_and_are_numbered_on():
    table = b"<table><tr><td>a</td><td>1</td></tr></table>"
    frame = ("text/html", "8bit", b"<frameset><frame src=a.htm></frameset>")
    content = read(archive(frame, ("text/html", "8bit", table), ("text/html", "8bit", b"<p>b</p>" + table)))
    assert [(block.block_no, block.text, block.table and block.table.table_no) for block in content.blocks] == [
        (1, "a\t1", 1),
        (2, "b", None),
        (3, "a\t1", 2),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive(("image/png", "base64", b"")), "damaged_file"),
        (archive(("text/html", "8bit", b"<p> </p>")), "no_text"),
        (archive(("text/html", "base64", b"====")), "empty_file"),
        (b"MIME-Version: 1.0\r\n", "damaged_file"),
    ],
)
def test_a_web_archive_without_text_is_refused(data, reason):
    assert refusal_of(lambda: read(data)) == reason


def test_a_web_archive_cut_short_anywhere_is_read_or_refused():
    whole = archive(("text/html", "base64", base64.encodebytes(PAGE.encode() * 20)))
    assert {read_bytes(whole[:end], Path("a")).status for end in range(0, len(whole), 17)} == {"loaded", "rejected"}
