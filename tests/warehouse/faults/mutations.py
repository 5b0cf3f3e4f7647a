"""Inputs made of real files: bytes changed anywhere, and changes that know the format and so get past its first checks.

`mutate(data, chance, corpus)` gives other bytes; the same `chance` gives the same ones.
"""

from __future__ import annotations

import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO

# No input is larger than this times what it was made of, and never larger than that.
MOST_BYTES = 400_000
_NUMBERS = (0, 1, -1, 2, 255, 65535, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1)
_TOKENS = [
    *("<table>", "</table>", "<tr>", "<td>", "</td>", "<td colspan=999999999>", "<td rowspan=999999999>", "<div>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<script>", "<style>", "<svg>", "<title>", "<p>", "&#0;", "&#x110000;"),
    *("&#xD800;", "&lol;", '<!DOCTYPE a [<!ENTITY b "c">]>', "<?xml version='1.0'?>", "<w:tbl>", "</w:tc>", "<w:p>"),
    *("1,234,567.89", "9" * 400, "-", "(12.3)", "1e999", "０．５", "％", "万元", "亿元", "合计", "其中：", "分别为"),
    *("比上年增长", "、", "；", "。", "\n", "\r", "\t", "\x00", "\x1b[2J", "\u202e", "\ufeff", "\u3000", "\x85"),
    *(" obj", "endobj", "stream", "endstream", "<<", ">>", "[", "]", "/Kids", "/Count 99999999", "/Length 0", "1 0 R"),
    *("2021年", "0年", "99999年", "A1:XFD1048576", "../../x", "/etc/passwd", "{\\rtf1", "=1+1", '"', "'", ",", ";"),
    "“三公”经费",
]  # fmt: skip
_TOKENS_BYTES = [token.encode("utf-8", "surrogatepass") for token in _TOKENS]
_TAG = re.compile(rb"<[^<>]{1,200}>")
_DIGITS = re.compile(rb"\d+")
_ATTRIBUTE = re.compile(rb'="[^"]{0,80}"')
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_REFERENCE = re.compile(rb"\d+ 0 R")

Mutation = Callable[[bytes, random.Random], bytes]


def mutate(data: bytes, chance: random.Random, corpus: Sequence[bytes] = ()) -> bytes:
    """Other bytes, by one to four changes."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        if corpus and chance.random() < 0.05:
            data = _spliced(data, chance.choice(corpus), chance)
        kinds = [_bytes_changed, _bytes_changed, _text_changed]
        if data.startswith(b"PK"):
            kinds += [_member_changed] * 4 + [_packed]
        elif b"%PDF" in data[:1024]:
            kinds += [_pdf_changed] * 4
        elif b"<" in data[:300]:
            kinds += [_tags_changed] * 3
        data = chance.choice(kinds)(data, chance)[:MOST_BYTES]
    return data


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _bytes_changed(data: bytes, chance: random.Random) -> bytes:
    """Without knowing what they are."""
    at = _place(data, chance)
    length = chance.choice((1, 1, 2, 4, 8, 64, 1024))
    piece = data[at : at + length]
    kind = chance.randrange(9)
    if kind == 0 and piece:
        return data[:at] + bytes([piece[0] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + chance.randbytes(len(piece)) + data[at + length :]
    if kind == 2:
        return data[:at] + data[at + length :]
    if kind == 3:
        return data[:at] + piece * chance.choice((2, 3, 50, 2000)) + data[at + length :]
    if kind == 4:
        return data[:at]
    if kind == 5:
        number = chance.choice(_NUMBERS)
        form = chance.choice(("<I", ">I", "<H", ">H", "<Q", "B"))
        packed = struct.pack(form, number % (1 << 8 * struct.calcsize(form)))
        return data[:at] + packed + data[at + len(packed) :]
    if kind == 6:
        return data[:at] + chance.choice((b"\0", b"\xff", b" ", b"\n", b"9")) * len(piece) + data[at + length :]
    other = _place(data, chance)
    if kind == 7:
        return data[:at] + data[other : other + length] + data[at + length :]
    return data[:at] + data[other : other + 20 * length] + data[at:]


def _spliced(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: _place(data, chance)] + other[_place(other, chance) :]


def _text_changed(data: bytes, chance: random.Random) -> bytes:
    """As text: a token put in, a number made another, lines repeated, another encoding."""
    kind = chance.randrange(5)
    at = _place(data, chance)
    if kind == 0:
        return data[:at] + chance.choice(_TOKENS_BYTES) * chance.choice((1, 1, 2, 300)) + data[at:]
    if kind == 1 and (found := _some(_DIGITS, data, chance)):
        number = chance.choice((b"0", b"-1", b"1e9", b"99999999999999999999", b"4294967296", b"0.00", b"." * 3))
        return data[: found.start()] + number + data[found.end() :]
    if kind == 2:
        lines = data.splitlines(keepends=True)
        start = chance.randrange(len(lines) + 1)
        piece = b"".join(lines[start : start + chance.randrange(1, 5)])
        return b"".join(lines[:start]) + piece * chance.choice((2, 40)) + b"".join(lines[start:])
    if kind == 3:
        try:
            return data.decode("utf-8").encode(chance.choice(("gb18030", "utf-16", "utf-16-le", "utf-32")))
        except UnicodeError:
            return data
    token = chance.choice(_TOKENS_BYTES)
    return data[:at] + token + data[at : at + 30] + token + data[at + 30 :]


def _some(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> re.Match[bytes] | None:
    """A match near some place."""
    return pattern.search(data, _place(data, chance)) or pattern.search(data)


def _tags_changed(data: bytes, chance: random.Random) -> bytes:
    """As a tree: tags repeated, nested, left out, given other attributes."""
    first = _some(_TAG, data, chance)
    if first is None:
        return data
    tag, kind = first.group(), chance.randrange(6)
    before, after = data[: first.start()], data[first.end() :]
    if kind == 0:
        return before + tag * chance.choice((2, 30, 3000)) + after
    if kind == 1:
        return before + after
    if kind == 2:
        spans = (b' colspan="999999999"', b' rowspan="70000"', b' colspan="-1"', b' style="display:none"', b" hidden")
        return before + tag[:-1] + chance.choice(spans) + b">" + after
    if kind == 3 and (found := _some(_ATTRIBUTE, data, chance)):
        value = chance.choice((b"", b"0", b"-1", b"1048576", b"999999999999", b"XFD1048576", b"x" * 5000, b"&amp;"))
        return data[: found.start()] + b'="' + value + b'"' + data[found.end() :]
    end = data.find(b">", min(len(data), first.end() + chance.choice((10, 300, 3000)))) + 1 or len(data)
    if kind == 4:
        return before + data[first.start() : end] * chance.choice((2, 10, 100)) + data[end:]
    times = chance.choice((3, 40, 400))
    name = tag[1:-1].split()[0].strip(b"/") if tag[1:-1].split() else b"a"
    return before + tag * times + data[first.end() : end] + (b"</" + name + b">") * times + data[end:]


def _member_changed(data: bytes, chance: random.Random) -> bytes:
    """A member of a package changed inside, with the checksums of the package right."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = [(info.filename, package.read(info)) for info in package.infolist()]
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ):
        return _bytes_changed(data, chance)  # fmt: skip
    if not members:
        return data
    kind, at = chance.randrange(12), chance.randrange(len(members))
    name, content = members[at]
    if kind == 0:
        del members[at]
    elif kind == 1:
        members.append((name, chance.choice(members)[1]))
    elif kind == 2:
        members[at] = (chance.choice(("../x", "/x", "x\\y", "", "长" * 300, "a\nb", "word/document.xml")), content)
    elif kind == 3:
        members[at] = (name, chance.choice(members)[1])
    else:
        weights = [1 + len(content) for _, content in members]
        (at,) = chance.choices(range(len(members)), weights)
        name, content = members[at]
        change = chance.choice((_tags_changed, _tags_changed, _text_changed, _bytes_changed))
        members[at] = (name, change(content, chance))
    return _zipped(members, chance)


def _packed(data: bytes, chance: random.Random) -> bytes:
    """In an archive, by a name that may be anything."""
    name = chance.choice(
        ("a", "../a", "/a", "a/b/../../..", "C:\\a", "<b>", "[bold]", ".a", "a\x1b[2J", "x" * 4096, "\u202e")
    )
    return _zipped([(name, data)] * chance.choice((1, 2, 20)), chance)  # fmt: skip


def _zipped(members: list[tuple[str, bytes]], chance: random.Random) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name or "x"), content)
    return packed.getvalue()


def _pdf_changed(data: bytes, chance: random.Random) -> bytes:
    """Objects: numbers, references, what streams hold."""
    kind = chance.randrange(4)
    if kind == 0 and (found := _some(_DIGITS, data, chance)):
        number = str(chance.choice(_NUMBERS)).encode()
        return data[: found.start()] + number[: found.end() - found.start()].rjust(1, b"0") + data[found.end() :]
    if kind == 1 and (found := _some(_REFERENCE, data, chance)) and (other := _some(_REFERENCE, data, chance)):
        return data[: found.start()] + other.group() + data[found.end() :]  # a loop, or another kind of object
    if kind == 2:
        token = chance.choice(
            (b"[" * 500, b"<<" * 500, b"/Kids[1 0 R 2 0 R 3 0 R]", b"/Rotate 45", b"/MediaBox[0 0 1e9 1e9]")
        )
        at = _place(data, chance)
        return data[:at] + token + data[at:]  # fmt: skip
    found = _some(_STREAM, data, chance)
    if found is None:
        return _bytes_changed(data, chance)
    try:
        content = zlib.decompress(found[1])
    except zlib.error:
        return data[: found.start(1)] + _bytes_changed(found[1], chance) + data[found.end(1) :]
    changed = zlib.compress((_text_changed if chance.random() < 0.7 else _bytes_changed)(content, chance))
    return data[: found.start(1)] + changed + data[found.end(1) :]
