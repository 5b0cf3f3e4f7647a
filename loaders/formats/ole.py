"""OLE compound files ([MS-CFB]): the container of Office 97 to 2003, of old WPS, and of new documents with a password.

Takes the bytes of such a file; tells what it is by the streams in it, and gives their bytes.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from typing import Literal, NamedTuple

from loaders.document import Unreadable

_SECTOR_SHIFTS = (9, 12)
_LAST_SECTOR = 0xFFFFFFFA
_SMALLEST_STREAM = 4096
_STREAM, _ROOT = 2, 5
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def kind(data: bytes) -> Literal["xls", "doc"]:
    """Whether an OLE file is a workbook (xls, et) or a text document (doc, wps), by the names of its streams.

    What stands at the root decides: a document with an embedded sheet has a workbook further down, and the reverse.

    Raises Unreadable with reason `password`, `unsupported_format` (a file of another program) or `damaged_file`.
    """
    compound = _Compound(data)
    root = compound.root()
    # The file information block opens a text; bit 8 of its flags is fEncrypted ([MS-DOC] 2.5.2).
    flags = compound.stream(root["worddocument"])[11:12] if "worddocument" in root else b""
    if "encryptedpackage" in root or (flags and flags[0] & 1):
        raise Unreadable("password", "文件有密码；请提供没有密码的文件")
    everything = {entry.name for entry in compound.entries} if root else set()
    for names in (root.keys(), everything):
        if "worddocument" in names:
            return "doc"
        if "workbook" in names or "book" in names:
            return "xls"
    if everything:
        raise Unreadable(
            "unsupported_format", "这个旧格式（OLE）文件里没有 Word 文档或 Excel 工作簿；请另存为 docx 或 PDF"
        )
    raise Unreadable("damaged_file", "文件损坏或不完整：读不出目录；请重新下载")


def stream(data: bytes, name: str) -> bytes:
    """The stream of this lower-case name at the root of an OLE file; empty if there is none.

    Raises Unreadable with reason `damaged_file` if the file does not hold all of it.
    """
    compound = _Compound(data)
    entry = compound.root().get(name)
    content = b"" if entry is None else compound.stream(entry)
    if entry is not None and len(content) < entry.size:
        raise Unreadable("damaged_file", "文件损坏或不完整：内容缺了一部分；请重新下载")
    return content


def holding(name: str, content: bytes) -> bytes:
    """A sound OLE file with this stream and no other, for programs that trust what a damaged one says of itself."""
    size = 1 << _SECTOR_SHIFTS[1]
    length = max(len(content), _SMALLEST_STREAM)
    count = -(-length // size)
    tables = 1
    while tables * size // 4 < count + 1 + tables:
        tables += 1
    chain = [*range(1, count), _END, _END, *[_TABLE] * tables]
    allocation = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * size, b"\xff")
    # The root needs a place for small streams, though there are none: it is that of the directory.
    directory = _entry("Root Entry", _ROOT, count, 0, child=1) + _entry(name, _STREAM, 0, length, child=_FREE)
    header = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<9I", 1, tables, count, 0, _SMALLEST_STREAM, _END, 0, _END, 0)
    header += struct.pack(f"<{tables}I", *range(count + 1, count + 1 + tables)).ljust(436, b"\xff")
    return header.ljust(size, b"\0") + content.ljust(count * size, b"\0") + directory.ljust(size, b"\0") + allocation


def _entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    stored = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII36xIQ", stored, len(stored), kind, 1, _FREE, _FREE, child, start, size)


class _Entry(NamedTuple):
    """An entry of the directory: names are in lower case, `left`, `right` and `child` are numbers of entries."""

    name: str
    is_root: bool
    left: int
    right: int
    child: int
    start: int
    size: int


class _Compound:
    """A compound file: a directory, and streams whose sectors are chained by an allocation table.

    Nothing here raises on a damaged file: what cannot be followed is not there.
    """

    def __init__(self, data: bytes) -> None:
        self.entries: list[_Entry] = []
        self._data = data
        self._shift = int.from_bytes(data[30:32], "little")
        if len(data) < 512 or self._shift not in _SECTOR_SHIFTS:
            return
        directory, small, more = (int.from_bytes(data[at : at + 4], "little") for at in (48, 60, 68))
        self._allocation = self._read_allocation(more)
        for name, length, kind, left, right, child, start, size in struct.iter_unpack(
            "<64sHBxIII36xIQ", self._chain(directory)
        ):
            text = name[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            # Half of the size is not cleared by old writers where sectors have 512 bytes.
            self.entries.append(_Entry(text, kind == _ROOT, left, right, child, start, size & 0xFFFFFFFF))
        self._small_allocation = array("I", self._chain(small))
        self._small_data = self._chain(self.entries[0].start) if self.entries else b""

    def root(self) -> dict[str, _Entry]:
        """What stands at the root, by name: a tree of siblings."""
        found: dict[str, _Entry] = {}
        waiting = [entry.child for entry in self.entries[:1] if entry.is_root]
        seen: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number < len(self.entries) and number not in seen:
                seen.add(number)
                entry = self.entries[number]
                found[entry.name] = entry
                waiting += (entry.left, entry.right)
        return found

    def stream(self, entry: _Entry) -> bytes:
        """The bytes of a stream; small ones share the sectors of the root entry."""
        if entry.size >= _SMALLEST_STREAM:
            return self._chain(entry.start)[: entry.size]
        parts = _follow(self._small_allocation, entry.start)
        return b"".join(self._small_data[number << 6 : (number + 1) << 6] for number in parts)[: entry.size]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _follow(self._allocation, start))

    def _sector(self, number: int) -> bytes:
        whole = self._data[(number + 1) << self._shift : (number + 2) << self._shift]
        return whole if len(whole) == 1 << self._shift else b""

    def _read_allocation(self, more: int) -> array[int]:
        tables = array("I", self._data[76:512])
        seen: set[int] = set()
        while more < _LAST_SECTOR and more not in seen and (sector := array("I", self._sector(more))):
            seen.add(more)
            tables.extend(sector[:-1])
            more = sector[-1]
        allocation = array("I")
        for number in tables:
            if number < _LAST_SECTOR:
                allocation.frombytes(self._sector(number))
        return allocation


def _follow(allocation: array[int], number: int) -> Iterator[int]:
    """The numbers of a chain of sectors; one that runs in a circle ends where it closes."""
    seen: set[int] = set()
    while number < len(allocation) and number not in seen:
        seen.add(number)
        yield number
        number = allocation[number]
