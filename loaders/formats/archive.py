"""Files that hold other files: zip archives, the zip packages of office documents, and OLE compound files.

Takes the bytes of such a file; tells what it is by what is inside, and gives its members without ever writing one to
disk. Every archive is checked against limits before anything in it is unpacked.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, NamedTuple

from lxml import etree

from loaders.document import Unreadable

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 200 * 1024 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_RATIO = 200
# Below this, no compression ratio can do harm; blank forms and thumbnails do compress very well.
_HARMLESS_BYTES = 1024 * 1024
# A zip in a zip is how attachments of attachments are published; deeper ones are handed on unopened.
_NESTING = 1

_PROLOG = 4096
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_SYSTEM_FILES = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
_OPEN_DOCUMENT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
# Everything that the standard library raises on bytes that are not what the format says.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)

_SECTOR_SHIFTS = (9, 12)
_LAST_SECTOR = 0xFFFFFFFA
_SMALLEST_STREAM = 4096
_ROOT = 5


@dataclass(slots=True)
class _Tally:
    """What has been admitted so far, over an archive and the archives in it."""

    members: int = 0
    size: int = 0

    def admit(self, archive: zipfile.ZipFile) -> None:
        """Count an archive's members; raises Unreadable if they, or all so far together, are too large or many."""
        for info in archive.infolist():
            self.members += 1
            self.size += info.file_size
            swollen = info.file_size > _HARMLESS_BYTES and info.file_size > info.compress_size * MAX_RATIO
            if info.file_size > MAX_MEMBER_BYTES or swollen:
                raise Unreadable("archive_too_large", f"压缩包里的文件解压后过大或压缩比异常：{_name(info)}")
        if self.members > MAX_MEMBERS or self.size > MAX_TOTAL_BYTES:
            raise Unreadable(
                "archive_too_large",
                f"压缩包里的文件过多或解压后总量过大（上限 {MAX_MEMBERS} 个、"
                f"{MAX_TOTAL_BYTES // 1024**3} GB）；请拆成几个压缩包",
            )


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`, checked: within the limits and without encrypted members.

    Raises Unreadable with reason `damaged_file`, `password` or `archive_too_large`.
    """
    return _open(data, _Tally())


def content(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo) -> bytes:
    """The bytes of one member of an archive from `open_zip`; never more than its directory says, CRC verified.

    Raises Unreadable with reason `damaged_file` (also where there is no such member) or `unsupported_format`.
    """
    name = member if isinstance(member, str) else _name(member)
    try:
        return archive.read(member)
    except NotImplementedError as error:
        raise Unreadable("unsupported_format", f"压缩包用了不支持的压缩方法（{name}）；请改用普通 zip") from error
    except (KeyError, *_DAMAGE) as error:
        raise Unreadable("damaged_file", f"压缩包损坏或不完整：读不出 {name}；请重新下载") from error


def xml_part(package: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of an XML member of an office document.

    Raises Unreadable as `content` does; a document type, which office programs never write, is damage as well, because
    what its entities stand for would be missing from the text.
    """
    part = content(package, name)
    if b"<!DOCTYPE" in part[:_PROLOG]:
        raise Unreadable("damaged_file", f"文件内部的 {name} 含有不该有的 DTD 声明；请用 Office 或 WPS 另存一份")
    return part


def xml(part: bytes) -> etree._Element:
    """The root element of an XML member, no entity of which is looked at: they can grow, or name files and addresses.

    Raises Unreadable with reason `damaged_file` if it is not well-formed, or nested deeper than any real document.
    """
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise Unreadable("damaged_file", f"文件损坏：内部 XML 有误（{error}）；请用 Office 或 WPS 另存一份") from error


def kind(data: bytes) -> Literal["docx", "xlsx", "ods", "zip"]:
    """What a file that begins like a zip is, by the names of its members; `xlsx` covers xlsm and xlsb too.

    Raises Unreadable as `open_zip` does, and with reason `unsupported_format` for the packages of other programs,
    whose members are not documents.
    """
    with open_zip(data) as archive:
        names = set(archive.namelist())
        if "[Content_Types].xml" in names:
            folders = {name.partition("/")[0] for name in names}
            if "word" in folders:
                return "docx"
            if "xl" in folders:
                return "xlsx"
            raise Unreadable("unsupported_format", "还不能读取这种 Office 文件（如演示文稿）；请另存为 PDF")
        if "mimetype" in names and "META-INF/manifest.xml" in names:
            if content(archive, "mimetype").strip() == _OPEN_DOCUMENT_SHEET:
                return "ods"
            raise Unreadable("unsupported_format", "还不能读取这种 OpenDocument 文件；请另存为 docx、xlsx 或 PDF")
        if "OFD.xml" in names:
            raise Unreadable("unsupported_format", "还不能读取 OFD 版式文件；请提供 PDF 或 Word")
        return "zip"


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in a zip archive, in its order: (name, bytes). Folders, hidden and system files are left out.

    Zips inside it are opened too, one level deep (`外层.zip/内层.xlsx`); deeper ones come as they are. A name is a
    label: it may be absolute or hold `..`, so that nothing may be written to the place it names.

    Raises Unreadable with reason `damaged_file`, `password`, `archive_too_large`, `unsupported_format`, or `no_text` if
    no file is in it; limits and encryption are checked before the first member comes.
    """
    found = False
    for member in _members(data, "", _Tally(), _NESTING):
        found = True
        yield member
    if not found:
        raise Unreadable("no_text", "压缩包里没有文件")


def _open(data: bytes, tally: _Tally) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (NotImplementedError, *_DAMAGE) as error:
        raise Unreadable("damaged_file", "压缩包损坏或不完整；请重新下载") from error
    if any(info.flag_bits & _ENCRYPTED for info in archive.infolist()):
        raise Unreadable("password", "压缩包有密码；请提供没有密码的文件")
    tally.admit(archive)
    return archive


def _members(data: bytes, prefix: str, tally: _Tally, nesting: int) -> Iterator[tuple[str, bytes]]:
    with _open(data, tally) as archive:
        for info in archive.infolist():
            name = _name(info)
            if name.endswith("/") or _is_hidden(name):
                continue
            inside = content(archive, info)
            if nesting and inside.startswith(b"PK\x03\x04") and _is_plain_zip(inside):
                yield from _members(inside, f"{prefix}{name}/", tally, nesting - 1)
            else:
                yield prefix + name, inside


def _is_plain_zip(data: bytes) -> bool:
    """Whether a member is an archive of documents; one that cannot be told is left to its reader to refuse."""
    try:
        return kind(data) == "zip"
    except Unreadable as refusal:
        if refusal.reason in ("archive_too_large", "password"):
            raise
        return False


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name. Chinese programs store names in GB18030 without saying so, others UTF-8 without the flag."""
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & _UTF8_NAME:
        stored = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = stored.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    parts = [part for part in name.split("/") if part not in (".", "..")]
    return any(part.startswith((".", "~$")) or part.lower() in _SYSTEM_FILES for part in parts)


# OLE compound files: the container of Office 97 to 2003 and of old WPS ([MS-CFB])


def ole_kind(data: bytes) -> Literal["xls", "doc", "unknown"]:
    """Whether an OLE compound file is a workbook or a text document, by the names of its streams.

    What stands at the root decides: a document with an embedded sheet has a workbook further down, and the reverse.
    """
    compound = _Compound(data)
    for names in (compound.root(), {entry.name for entry in compound.entries}):
        if "worddocument" in names:
            return "doc"
        if "workbook" in names or "book" in names:
            return "xls"
    return "unknown"


def ole_names(data: bytes) -> frozenset[str]:
    """The names, in lower case, of all that is in an OLE compound file; empty if its directory cannot be read."""
    return frozenset(entry.name for entry in _Compound(data).entries)


def is_ole_encrypted(data: bytes) -> bool:
    """Whether an OLE file asks for a password: an encrypted package (docx, xlsx), or the flag in a Word document."""
    compound = _Compound(data)
    root = compound.root()
    if "encryptedpackage" in root:
        return True
    # The file information block opens the stream; bit 8 of its flags is fEncrypted ([MS-DOC] 2.5.2).
    flags = compound.stream(root["worddocument"])[11:12] if "worddocument" in root else b""
    return bool(flags and flags[0] & 1)


def ole_stream(data: bytes, name: str) -> bytes:
    """The stream of this lower-case name at the root of an OLE file, as far as it is there; empty if there is none."""
    compound = _Compound(data)
    entry = compound.root().get(name)
    return b"" if entry is None else compound.stream(entry)


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
