"""Files to `Document`s: the kind of a file is found from its content, and each kind has one reader.

A reader is a module whose `read` gives a title and blocks; adding a format is a module and a row in `_FORMATS`, or in
`_INSIDE` where files of several kinds begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders import encoding, outline
from loaders.document import Content, Document, Status, Unreadable, sha256
from loaders.formats import archive, excel, html, image, pdf, text, word


@dataclass(frozen=True, slots=True)
class _Format:
    """A kind of file: how its content begins (a regular expression), and its reader.

    `inside` finds the kind by what is inside, where the beginning does not tell. A format without a reader is refused
    by name.
    """

    name: str
    magic: bytes
    read: Callable[[bytes], Content] | None = None
    inside: Callable[[bytes], str] | None = None


_FORMATS = (
    _Format("pdf", rb"%PDF", pdf.read),
    _Format("zip", rb"PK\x03\x04", inside=archive.kind),
    _Format("ole", rb"\xd0\xcf\x11\xe0", word.read_ole, inside=archive.ole_kind),
    _Format("image", rb"\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*|(?s:BM.{4}\x00{4})", image.read),
    _Format("rtf", rb"\{\\rtf"),
)
_INSIDE = {"docx": word.read, "xlsx": excel.read, "ods": excel.read}
_TEXTS: dict[str, Callable[[str], Content]] = {"html": html.read, "csv": excel.read_csv, "txt": text.read}
_MARKUP = re.compile(r"<!doctype html|<(?:html|head|body|div|table|p|meta|span|title)[\s>/]", re.IGNORECASE)

# Larger than any disclosure text seen; a larger file is far likelier to be something else.
MAX_BYTES = 200 * 1024 * 1024


def find(paths: list[Path]) -> Iterator[Path]:
    """The files at `paths` in a stable order; folders are walked, hidden files left out.

    A file comes once, however often it is named. A path that is not there comes too, so that `read` gives the record
    of it.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files_in(path) if path.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _files_in(folder: Path) -> list[Path]:
    inside = (p for p in folder.rglob("*") if p.is_file())
    return sorted(p for p in inside if not any(q.startswith(".") for q in p.relative_to(folder).parts))


def read_all(path: Path) -> Iterator[Document]:
    """The documents in the file at `path`: those in a zip archive each by itself, of any other file the one of `read`.

    A document of an archive has the path `压缩包.zip/文件.docx`.
    """
    document = read(path)
    if document.reason != "archive":
        yield document
        return
    data = path.read_bytes()
    try:
        for name, member in archive.members(data):
            yield read_bytes(member, Path(f"{path}/{name}"))
    except Unreadable as refusal:
        yield _rejected(path, data, refusal, "zip")


def read(path: Path) -> Document:
    """The document in the file at `path`; one that cannot be read comes back with status `rejected` and a reason."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable("too_large", f"文件超过 {MAX_BYTES // 1024 // 1024} MB")
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
                raise Unreadable(
                    "unsupported_format",
                    f"还不能读取这种格式（{kind}）；请提供网页、纯文本、PDF、Word、Excel 文件或图片",
                )
            content = reader(data)
        else:
            decoded, encoded = encoding.decode(data)
            kind = "html" if _MARKUP.search(decoded[:4096]) else "csv" if excel.is_csv(decoded) else "txt"
            content = _TEXTS[kind](decoded)
    except Unreadable as refusal:
        return _rejected(path, data, refusal, kind)
    missing = [omission for omission in content.omissions if omission.is_printed]
    return Document(
        document_id=sha256(data),
        file_name=path.name,
        path=str(path),
        format=kind,
        size=len(data),
        encoding=encoded,
        title=content.title,
        status=Status.PARTIAL if missing else Status.LOADED,
        reason=missing[0].reason if missing else None,
        message="；".join(omission.message for omission in missing) or None,
        blocks=outline.mark_headings(content.blocks),
        attachments=content.attachments,
        omissions=content.omissions,
    )


def _rejected(path: Path, data: bytes, refusal: Unreadable, kind: str) -> Document:
    return Document(
        # A file that could not even be opened has no content to hash: its path has to identify it.
        document_id=sha256(data if data or kind != "unknown" else b"\x00" + str(path).encode()),
        file_name=path.name,
        path=str(path),
        format=kind,
        size=len(data),
        status=Status.REJECTED,
        reason=refusal.reason,
        message=refusal.message,
    )
