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
from typing import Literal

from loaders.document import Unreadable

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 200 * 1024 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_RATIO = 200
# Below this, no compression ratio can do harm; blank forms and thumbnails do compress very well.
_HARMLESS_BYTES = 1024 * 1024
# A zip in a zip is how attachments of attachments are published; deeper ones are handed on unopened.
_NESTING = 1

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_SYSTEM_FILES = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
_OPEN_DOCUMENT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
# Everything that the standard library raises on bytes that are not what the format says.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)

_SECTOR_SHIFTS = (9, 12)
_LAST_SECTOR = 0xFFFFFFFA
_STORAGE_OR_STREAM = (1, 2)


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


# OLE compound files: the container of Office 97 to 2003 and of old WPS


def ole_kind(data: bytes) -> Literal["xls", "doc", "unknown"]:
    """Whether an OLE compound file is a workbook or a text document, by the names of its streams.

    What stands at the root decides: a document with an embedded sheet has a workbook further down, and the reverse.
    """
    root, everywhere = _ole_streams(data)
    for names in (root, everywhere):
        if "worddocument" in names:
            return "doc"
        if "workbook" in names or "book" in names:
            return "xls"
    return "unknown"


def is_ole_encrypted(data: bytes) -> bool:
    """Whether an OLE file asks for a password: an encrypted package (docx, xlsx), or the flag in a Word document."""
    root, _ = _ole_streams(data)
    if "encryptedpackage" in root:
        return True
    if "worddocument" not in root:
        return False
    # The file information block opens the stream, which is never too small to have sectors of its own ([MS-DOC] 2.5).
    flags = data[((root["worddocument"] + 1) << data[30]) + 10 :][:2]
    return len(flags) == 2 and bool(int.from_bytes(flags, "little") & 0x0100)


def _ole_streams(data: bytes) -> tuple[dict[str, int], dict[str, int]]:
    """First sectors by lower-case name: what stands at the root, and all entries ([MS-CFB] 2.6); empty if damaged."""
    if len(data) < 512 or int.from_bytes(data[30:32], "little") not in _SECTOR_SHIFTS:
        return {}, {}
    entries = list(struct.iter_unpack("<64sHBxIII36xI8x", _ole_directory(data)))
    names = {
        number: entry[0][: max(0, min(entry[1], 64) - 2)].decode("utf-16-le", "replace").lower()
        for number, entry in enumerate(entries)
        if entry[2] in _STORAGE_OR_STREAM
    }
    root: dict[str, int] = {}
    seen: set[int] = set()
    waiting = [entries[0][5]] if entries else []
    while waiting:
        number = waiting.pop()
        if number in names and number not in seen:
            seen.add(number)
            root[names[number]] = entries[number][6]
            waiting += entries[number][3:5]
    return root, {name: entries[number][6] for number, name in names.items()}


def _ole_directory(data: bytes) -> bytes:
    """The directory stream: its sectors, followed through the allocation table as far as they are there."""
    size = 1 << data[30]

    def sector(number: int) -> array[int]:
        whole = data[(number + 1) * size : (number + 2) * size]
        return array("I", whole if len(whole) == size else b"")

    tables = array("I", data[76:512])
    following = int.from_bytes(data[68:72], "little")
    seen: set[int] = set()
    while following < _LAST_SECTOR and following not in seen and (more := sector(following)):
        seen.add(following)
        tables.extend(more[:-1])
        following = more[-1]
    allocation = array("I")
    for number in tables:
        if number < _LAST_SECTOR:
            allocation.extend(sector(number))
    directory = b""
    number = int.from_bytes(data[48:52], "little")
    seen.clear()
    while number < _LAST_SECTOR and number not in seen and (part := sector(number)):
        seen.add(number)
        directory += part.tobytes()
        if number >= len(allocation):
            break
        number = allocation[number]
    return directory
