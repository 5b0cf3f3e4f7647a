"""Files to `Document`s: the kind of a file is found from its content, and each kind has one reader.

A reader is a module whose `read` gives a `Content`; adding a format is a module and a row in `_FORMATS`, in `_INSIDE`
where files of several kinds begin alike, or in `_TEXTS` where a format is text.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from loaders import broken_lines, encoding, outline
from loaders.document import Content, Document, Omission, Status, Unreadable, sha256
from loaders.folders import find, shown
from loaders.formats import archive, csv_text, excel, excel_xml, html, image, mhtml, ods, old_word, ole, pdf, text, word

__all__ = ["MAX_BYTES", "find", "is_placed", "moved", "place_id", "read", "read_all", "read_bytes", "refused", "shown"]


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
# Characters of one paragraph: whole reports without a line break have a tenth of it.
MAX_PARAGRAPH = 500_000


Known = Callable[[str, Path, int], Document | None]
"""Takes the SHA-256, place and size of a document that is about to be read; gives it where it is known already."""


def read_all(path: Path, place: Path | None = None, known: Known = lambda sha, place, size: None) -> Iterator[Document]:
    """The documents in the file at `path`: those in a zip archive each by itself, of any other file the one of `read`.

    A document of an archive has the path `压缩包.zip/文件.docx`. One that cannot be taken out is a rejected document.
    `place` is what the documents call the file, where that is not `path`. `known` is asked before anything is read.
    """
    place = shown(place or path)
    data = _bytes(path, place)
    if isinstance(data, Document):
        yield data
        return
    document = _known_or_read(data, place, known)
    if document.reason != "archive":
        yield document
        return
    try:
        for name, member in archive.members(data):
            inside = Path(f"{place}/{name}")
            if isinstance(member, Unreadable):
                yield _rejected(inside, b"", member, "unknown")
            else:
                yield _known_or_read(member, inside, known)
    except Unreadable as refusal:
        yield _rejected(place, data, refusal, "zip")


def _known_or_read(data: bytes, place: Path, known: Known) -> Document:
    document = known(sha256(data), place, len(data)) if data else None
    return read_bytes(data, place) if document is None else moved(document, place)


def moved(document: Document, place: Path) -> Document:
    """The document as if it had been found at `place`, which none that `is_placed` can be."""
    if document.path == str(place):
        return document
    return replace(document, file_name=place.name, path=str(place))


def place_id(place: Path) -> str:
    """The id of a document of which there is nothing but its place: a file that is missing, or cannot be opened."""
    return sha256(b"\x00" + os.fsencode(place))


def is_placed(document: Document) -> bool:
    """Whether the identity of a document is its place, because nothing of its content could be had."""
    return document.size == 0 and document.format == "unknown"


def read(path: Path) -> Document:
    """The document in the file at `path`; one that cannot be read comes back with status `rejected` and a reason."""
    data = _bytes(path, path)
    return data if isinstance(data, Document) else read_bytes(data, path)


def _bytes(path: Path, place: Path) -> bytes | Document:
    """The content of a file, or the record of why it cannot be had."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("unreadable", "这不是普通文件（文件夹、设备或管道），无法读取")
        if about.st_size > MAX_BYTES:
            raise Unreadable("too_large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB；请拆分后再提供")
        return path.read_bytes()
    except FileNotFoundError:
        return _rejected(place, b"", Unreadable("missing", "找不到这个文件或文件夹"), "unknown")
    except OSError as error:
        return _rejected(place, b"", Unreadable("unreadable", f"无法打开文件：{error.strerror or error}"), "unknown")
    except Unreadable as refusal:
        return _rejected(place, b"", refusal, "unknown")


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
        if any(block.table is None and len(block.text) > MAX_PARAGRAPH for block in content.blocks):
            raise Unreadable("too_large", f"有一段文字超过 {MAX_PARAGRAPH // 10_000} 万字，不是公开文本；请核对文件")
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
        document_id=sha256(data) if data or kind != "unknown" else place_id(place),
        file_name=place.name,
        path=str(place),
        format=kind,
        size=len(data),
        status=Status.REJECTED,
        reason=refusal.reason,
        message=refusal.message,
    )


def refused(document_id: str, place: Path, size: int, refusal: Unreadable) -> Document:
    """The record of a document that was not read to its end: its reader was stopped, or broke down."""
    return Document(
        document_id=document_id,
        file_name=place.name,
        path=str(place),
        format="unknown",
        size=size,
        status=Status.REJECTED,
        reason=refusal.reason,
        message=refusal.message,
    )
