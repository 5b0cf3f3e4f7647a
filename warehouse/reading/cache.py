"""Documents that have been read, kept beside the warehouse: nothing is parsed twice by the same readers.

Takes and gives `Document`s by the SHA-256 of their content. An entry is a file with a checksum, written in one step; a
damaged one counts as missing, so that its document is read again. Entries are plain data (MessagePack, typed), which
cannot run anything when they are read.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import zlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from loaders import version
from loaders.document import Document

_MAGIC = b"gouji document 1\n"
_DIGEST = hashlib.sha256().digest_size
# Fast: documents are stored once and read often.
_COMPRESSION = 1
# Names in the folder of the cache that begin so are of a worker that writes an entry, or of one that was killed then.
ASIDE = "storing-"
# How long what no document of the warehouse needs any more is kept, as files come back.
KEPT_SECONDS = 30 * 24 * 3600
_DECODER = msgspec.msgpack.Decoder(Document)
_ENCODER = msgspec.msgpack.Encoder()


def folder_of(warehouse: Path) -> Path:
    """The folder of what is kept beside a warehouse file: it may be removed at any time, and costs only time."""
    return warehouse.with_name(f".{warehouse.name}.cache")


def make_folder(folder: Path) -> None:
    """Make a folder of the cache, if it is not there; anything else in its place goes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        folder.unlink()
        folder.mkdir(exist_ok=True)


@dataclass(frozen=True, slots=True)
class DocumentCache:
    """Entries of one version of the readers, in a folder of their own below `folder`."""

    folder: Path

    def load(self, sha: str) -> Document | None:
        """The document with this content; None where there is none, or only a damaged one."""
        try:
            stored = self._entry(sha).read_bytes()
        except OSError:  # none, or something else in its place, or the disk cannot read it
            return None
        start = len(_MAGIC) + _DIGEST
        payload = stored[start:]
        if not stored.startswith(_MAGIC) or hashlib.sha256(payload).digest() != stored[len(_MAGIC) : start]:
            return None
        try:
            document = _DECODER.decode(zlib.decompress(payload))
        except (zlib.error, msgspec.DecodeError):
            return None
        return document if document.document_id == sha else None

    def store(self, document: Document) -> None:
        """Keep a document. Raises OSError where the disk does not take it."""
        payload = zlib.compress(_ENCODER.encode(document), _COMPRESSION)
        entry = self._entry(document.document_id)
        self._make_way(entry)
        aside = self.folder / f"{ASIDE}{os.getpid()}"
        try:
            aside.write_bytes(_MAGIC + hashlib.sha256(payload).digest() + payload)
            aside.replace(entry)
        finally:
            aside.unlink(missing_ok=True)

    def _make_way(self, entry: Path) -> None:
        """Make the folders of an entry, where something else may have come to be: it is ours to remove."""
        for folder in reversed(entry.relative_to(self.folder).parents):
            make_folder(self.folder / folder)
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._documents, ignore_errors=True)

    def removed(self, shas: Collection[str]) -> None:
        """Documents that are in the warehouse no longer: from now on their entries grow old."""
        for sha in shas:
            with suppress(OSError):  # there is none, or it is not ours: nothing depends on its age
                os.utime(self._entry(sha))

    def prune(self, kept: Collection[str]) -> int:
        """Remove entries of other versions of the readers, and old ones that are not `kept`; gives how many."""
        removed = 0
        for other in self._documents.iterdir() if self._documents.is_dir() else ():
            if other.name != version.reading():
                shutil.rmtree(other, ignore_errors=True)
                removed += 1
        before = time.time() - KEPT_SECONDS
        for entry in (self._documents / version.reading()).glob("*/*"):
            if entry.stem in kept:
                continue
            with suppress(OSError):
                if entry.stat().st_mtime < before:
                    entry.unlink()
                    removed += 1
        return removed

    @property
    def _documents(self) -> Path:
        return self.folder / "documents"

    def _entry(self, sha: str) -> Path:
        return self._documents / version.reading() / sha[:2] / f"{sha}.document"
