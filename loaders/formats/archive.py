"""Files that hold other files: zip archives, and the zip packages of office documents.

Takes the bytes of such a file; tells what it is by what is inside, and gives its members without ever writing one to
disk. Sizes are checked against limits before anything is unpacked.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from loaders.document import Unreadable
from loaders.folders import is_hidden

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 200 * 1024 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_RATIO = 200
# Headers of members, those of archives inside included. What has more would take all memory only to be listed.
_MOST_ENTRIES = 100_000
# Below this, no compression ratio can do harm; blank forms and thumbnails do compress very well.
_HARMLESS_BYTES = 1024 * 1024
# A zip in a zip is how attachments of attachments are published; nobody unpacks more of them than this.
_NESTING = 3

_PROLOG = 4096
_ENCRYPTED = 0x1
_NAMELESS = "（没有名称）"
_UTF8_NAME = 0x800
_OPEN_DOCUMENT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
# Everything that the standard library raises on bytes that are not what the format says.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)


@dataclass(slots=True)
class _Tally:
    """What has been admitted so far, over an archive and the archives in it."""

    members: int = 0
    size: int = 0

    def admit(self, archive: zipfile.ZipFile) -> None:
        """Count an archive's members; raises Unreadable if they, all so far together, are too large or too many."""
        self.members += len(archive.infolist())
        self.size += sum(info.file_size for info in archive.infolist())
        if self.members > MAX_MEMBERS or self.size > MAX_TOTAL_BYTES:
            raise Unreadable(
                "archive_too_large",
                f"压缩包里的文件过多或解压后总量过大（上限 {MAX_MEMBERS} 个、"
                f"{MAX_TOTAL_BYTES // 1024**3} GB）；请拆成几个压缩包",
            )


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`, with no more members than the limits allow.

    Raises Unreadable with reason `damaged_file`, `archive_too_large`, or `password` if all in it is encrypted.
    """
    return _open(data, _Tally())


def content(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo) -> bytes:
    """The bytes of one member of an archive from `open_zip`; never more than its directory says, CRC verified.

    Raises Unreadable with reason `damaged_file` (also where there is no such member), `password`, `archive_too_large`
    or `unsupported_format`.
    """
    name = member if isinstance(member, str) else _name(member)
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.flag_bits & _ENCRYPTED:
            raise Unreadable("password", f"压缩包里的文件有密码（{name}）；请提供没有密码的文件")
        swollen = info.file_size > _HARMLESS_BYTES and info.file_size > info.compress_size * MAX_RATIO
        if info.file_size > MAX_MEMBER_BYTES or swollen:
            raise Unreadable("archive_too_large", f"压缩包里的文件解压后过大或压缩比异常（{name}）；请单独提供这个文件")
        return archive.read(info)
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


def members(data: bytes) -> Iterator[tuple[str, bytes | Unreadable]]:
    """The files in a zip archive, in its order: (name, bytes), or the refusal of one that cannot be taken out.

    Folders, hidden and system files are left out. Zips inside it are opened too (`外层.zip/内层.xlsx`), as deep as
    `_NESTING`. A name is a label: it may be absolute or hold `..`, so nothing may be written to the place it names.

    Raises Unreadable with reason `damaged_file`, `password`, `archive_too_large`, or `no_text` if no file is in it.
    """
    found = False
    for member in _members(data, "", _Tally(), _NESTING):
        found = True
        yield member
    if not found:
        raise Unreadable("no_text", "压缩包里没有文件")


def _open(data: bytes, tally: _Tally) -> zipfile.ZipFile:
    if data.count(b"PK\x01\x02") > _MOST_ENTRIES:
        raise Unreadable("archive_too_large", f"压缩包里的文件过多（上限 {MAX_MEMBERS} 个）；请拆成几个压缩包")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (NotImplementedError, *_DAMAGE) as error:
        raise Unreadable("damaged_file", "压缩包损坏或不完整；请重新下载") from error
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if files and all(info.flag_bits & _ENCRYPTED for info in files):
        raise Unreadable("password", "压缩包有密码；请提供没有密码的文件")
    tally.admit(archive)
    return archive


def _members(data: bytes, prefix: str, tally: _Tally, nesting: int) -> Iterator[tuple[str, bytes | Unreadable]]:
    with _open(data, tally) as archive:
        for info in archive.infolist():
            name = _name(info)
            if name.endswith("/") or any(map(is_hidden, name.split("/"))):
                continue
            try:
                inside = content(archive, info)
                if not _is_plain_zip(inside):
                    yield prefix + name, inside
                elif nesting:
                    yield from _members(inside, f"{prefix}{name}/", tally, nesting - 1)
                else:
                    raise Unreadable("archive_too_deep", "压缩包里套了太多层压缩包；请解开以后再提供")
            except Unreadable as refusal:
                yield prefix + name, refusal


def _is_plain_zip(data: bytes) -> bool:
    """Whether a member is an archive of documents; one that cannot be told is left to its reader to refuse."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        return kind(data) == "zip"
    except Unreadable:
        return False


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name, or that it has none.

    Chinese programs store names in GB18030 without saying so, others UTF-8 without the flag.
    """
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & _UTF8_NAME:
        stored = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = stored.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/") or _NAMELESS
