"""Files to `Document`s: the kind of a file is found from its content, and each kind has one reader.

A reader is a module whose `read` gives a `Content`; adding a format is a module and a row in `_FORMATS`, in `_INSIDE`
where files of several kinds begin alike, or in `_TEXTS` where a format is text.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders import broken_lines, encoding, outline
from loaders.document import Content, Document, Omission, Status, Unreadable, sha256
from loaders.formats import archive, csv_text, excel, excel_xml, html, image, mhtml, ods, old_word, ole, pdf, text, word
from loaders.formats.folders import find, shown

__all__ = ["MAX_BYTES", "find", "read", "read_all", "read_bytes", "shown"]


@dataclass(frozen=True, slots=True)
class _Format:
    """A kind of file: how its content begins (a regular expression), and its reader.

    `inside` finds the kind by what is inside, where the beginning does not tell. A format without a reader is refused
    by name, with the advice.
    """

    name: str
    magic: bytes
    read: Callable[[bytes], Content] | None = None
    inside: Callable[[bytes], str] | None = None
    advice: str = "请提供网页、纯文本、PDF、Word、Excel 文件或图片"


@dataclass(frozen=True, slots=True)
class _Text:
    """A kind of text: how it is told, and its reader; the first that fits counts."""

    name: str
    is_one: Callable[[str], object]
    read: Callable[[str], Content] | None = None
    advice: str = ""


_UNPACK = "请先解压，或改为 zip 压缩包"
_FORMATS = (
    _Format("pdf", rb"%PDF", pdf.read),
    _Format("zip", rb"PK\x03\x04|PK\x05\x06", inside=archive.kind),
    _Format("ole", rb"\xd0\xcf\x11\xe0", inside=ole.kind),
    _Format("image", rb"\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*|(?s:BM.{4}\x00{4})", image.read),
    _Format("rtf", rb"\{\\rtf", old_word.read),
    _Format("mhtml", mhtml.MAGIC.pattern, mhtml.read),
    _Format("rar", rb"Rar!\x1a\x07", advice=_UNPACK),
    _Format("7z", rb"7z\xbc\xaf\x27\x1c", advice=_UNPACK),
    _Format("xls", rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00", advice="请用 Excel、WPS 另存为 xlsx"),
    _Format("gzip", rb"\x1f\x8b\x08", advice=_UNPACK),
    # Some programs write something before the header.
    _Format("pdf", rb"(?s).{1,1000}?%PDF-\d", pdf.read),
)
_INSIDE = {
    "docx": word.read,
    "doc": old_word.read,
    "xlsx": excel.read,
    "xls": excel.read,
    "ods": ods.read,
}
_TEXTS = (
    _Text("excel_xml", excel_xml.MAGIC.match, excel_xml.read),
    _Text("html", html.is_page, html.read),
    _Text("xml", re.compile(r"\s*<\?xml\s").match, advice="如果是 Word 或 Excel 另存的 XML，请改存为 docx、xlsx"),
    _Text("csv", csv_text.is_csv, csv_text.read),
    _Text("txt", lambda _: True, text.read),
)

# Larger than any disclosure text seen; a larger file is far likelier to be something else.
MAX_BYTES = 200 * 1024 * 1024


def read_all(path: Path) -> Iterator[Document]:
    """The documents in the file at `path`: those in a zip archive each by itself, of any other file the one of `read`.

    A document of an archive has the path `压缩包.zip/文件.docx`. One that cannot be taken out is a rejected document.
    """
    document = read(path)
    if document.reason != "archive":
        yield document
        return
    data = path.read_bytes()
    try:
        for name, member in archive.members(data):
            place = Path(f"{shown(path)}/{name}")
            if isinstance(member, Unreadable):
                yield _rejected(place, b"", member, "unknown")
            else:
                yield read_bytes(member, place)
    except Unreadable as refusal:
        yield _rejected(path, data, refusal, "zip")


def read(path: Path) -> Document:
    """The document in the file at `path`; one that cannot be read comes back with status `rejected` and a reason."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("unreadable", "这不是普通文件（文件夹、设备或管道），无法读取")
        if about.st_size > MAX_BYTES:
            raise Unreadable("too_large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB；请拆分后再提供")
        data = path.read_bytes()
    except FileNotFoundError:
        return _rejected(path, b"", Unreadable("missing", "找不到这个文件或文件夹"), "unknown")
    except OSError as error:
        return _rejected(path, b"", Unreadable("unreadable", f"无法打开文件：{error.strerror or error}"), "unknown")
    except Unreadable as refusal:
        return _rejected(path, b"", refusal, "unknown")
    return read_bytes(data, path)


def read_bytes(data: bytes, path: Path) -> Document:
    """The document in `data`, which was found at `path`; the name has no say in what the format is.

    An archive of documents is rejected with reason `archive`: `read_all` opens it.
    """
    kind, encoded = "unknown", None
    try:
        known = next((form for form in _FORMATS if re.match(form.magic, data)), None)
        if known is not None:
            kind = known.name
            if known.inside is not None:
                kind = known.inside(data)
            if kind == "zip":
                raise Unreadable("archive", "压缩包里的文件要逐个读取")
            reader = known.read or _INSIDE.get(kind)
            if reader is None:
                raise _unsupported(kind, known.advice)
            content = reader(data)
        else:
            decoded, encoded = encoding.decode(data)
            form = next(form for form in _TEXTS if form.is_one(decoded))
            kind = form.name
            if form.read is None:
                raise _unsupported(kind, form.advice)
            content = form.read(decoded)
            if damaged := decoded.count("\ufffd"):
                message = f"有 {damaged} 个字符损坏（显示为 \ufffd），原文已经丢失；请重新下载"
                omission = Omission("damaged_text", message, damaged)
                content = content._replace(omissions=(*content.omissions, omission))
    except Unreadable as refusal:
        return _rejected(path, data, refusal, kind)
    missing = [omission for omission in content.omissions if omission.is_printed]
    place = shown(path)
    return Document(
        document_id=sha256(data),
        file_name=place.name,
        path=str(place),
        format=kind,
        size=len(data),
        encoding=encoded,
        title=content.title,
        status=Status.PARTIAL if missing else Status.LOADED,
        reason=missing[0].reason if missing else None,
        message="；".join(omission.message for omission in missing) or None,
        blocks=outline.mark_headings(broken_lines.rejoin(content.blocks)),
        attachments=content.attachments,
        omissions=content.omissions,
    )


def _unsupported(kind: str, advice: str) -> Unreadable:
    return Unreadable("unsupported_format", f"还不能读取这种格式（{kind}）；{advice}")


def _rejected(path: Path, data: bytes, refusal: Unreadable, kind: str) -> Document:
    place = shown(path)
    return Document(
        # A file that could not even be opened has no content to hash: its path has to identify it.
        document_id=sha256(data if data or kind != "unknown" else b"\x00" + os.fsencode(path)),
        file_name=place.name,
        path=str(place),
        format=kind,
        size=len(data),
        status=Status.REJECTED,
        reason=refusal.reason,
        message=refusal.message,
    )
