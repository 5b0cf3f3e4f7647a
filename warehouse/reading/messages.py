"""What a build and its workers say to each other, as MessagePack: plain data that cannot run anything."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from loaders.document import Document


class Member(NamedTuple):
    """A document in a file: its name in an archive (empty for the file itself) and the id of its content.

    `is_placed` says that the id is made of the document's place, since its content could not be had.
    """

    name: str
    document_id: str
    is_placed: bool = False


# Reasons that may be the night's and not the document's: it is tried again at every build.
RETRIED = frozenset({"reader_crashed", "reader_timeout", "reader_memory", "conversion_failed"})


def place_of(path: str, name: str) -> Path:
    """Where a document is, as raw.document says it."""
    return Path(f"{path}/{name}" if name else path)


class Task(msgspec.Struct, frozen=True, tag=True):
    """A file to read: where it is (as bytes, whatever its name), what documents call it, where the rows go.

    `size` is in bytes, `document_id` what is known to be in it, if it is one document and was read before. `refused`
    are records of documents that broke their reader, by id of the content, which are not to be tried again.
    """

    number: int
    file: bytes
    path: str
    spill: str
    size: int = 0
    document_id: str | None = None
    refused: dict[str, Document] = {}


class Ready(msgspec.Struct, frozen=True, tag=True):
    """A worker has started."""


class Begin(msgspec.Struct, frozen=True, tag=True):
    """A worker is alive, and about to read a document, or a page of one (`page` of `pages`) in a picture."""

    document_id: str
    path: str
    size: int
    page: int = 0
    pages: int = 0


class Done(msgspec.Struct, frozen=True, tag=True):
    """A file is read: its documents without their blocks, and how many of them had to be parsed."""

    members: tuple[Member, ...]
    documents: tuple[Document, ...]
    parsed: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The worker could not write what it read: a failure of this machine and not of the document."""

    message: str


Answer = Ready | Begin | Done | Failed
ANSWERS = msgspec.msgpack.Decoder(Answer)
TASKS = msgspec.msgpack.Decoder(Task)
encode = msgspec.msgpack.Encoder().encode
