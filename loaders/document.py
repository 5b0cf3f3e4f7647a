"""The one shape every reader returns: a `Document` of blocks and tables, as printed, with positions kept.

Takes nothing but the standard library, so that readers, the narrative grammar and landing can all depend on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a block of a document is, as its layout shows it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"


class Status(StrEnum):
    """How much of a file could be read."""

    LOADED = "loaded"
    PARTIAL = "partial"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `row_no` and `col_no` count from 0 in the grid that spans imply; `char_start` and `char_end` are offsets into the
    text of the block that holds the table (end exclusive), so that every printed digit can be found again. `page` is
    the one that prints the cell (where it begins), since tables run over pages; None where the format has no pages.
    """

    row_no: int
    col_no: int
    text: str
    char_start: int
    char_end: int
    row_span: int = 1
    col_span: int = 1
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells in reading order; `table_no` counts from 1 in the document."""

    table_no: int
    cells: tuple[Cell, ...]

    def rows(self) -> list[list[Cell]]:
        """The cells that start in each row, left to right; a row that only continues spans is empty."""
        height = max((cell.row_no + cell.row_span for cell in self.cells), default=0)
        rows: list[list[Cell]] = [[] for _ in range(height)]
        for cell in sorted(self.cells, key=lambda c: (c.row_no, c.col_no)):
            rows[cell.row_no].append(cell)
        return rows


Scores = tuple[int | None, ...]
"""How certain each character of a text is, in whole percent; None for what was not recognised in a picture."""


class Correction(NamedTuple):
    """A part of a text (end exclusive) that says what is printed instead of what was `recognised` in the picture."""

    start: int
    end: int
    recognised: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a text was recognised in the picture of a page; corrections are in order and do not overlap."""

    scores: Scores
    corrections: tuple[Correction, ...] = ()

    def confidence(self, start: int, end: int) -> int | None:
        """The certainty, in percent, of the least certain character in a span; None if none was recognised."""
        return min((score for score in self.scores[start:end] if score is not None), default=None)

    def recognised(self, text: str, start: int, end: int) -> str | None:
        """What was recognised in a span of the text; None if that is what the text says."""
        inside = [each for each in self.corrections if each.start < end and start < each.end]
        if not inside:
            return None
        said, at = "", min(start, inside[0].start)
        for correction in inside:
            said += text[at : correction.start] + correction.recognised
            at = correction.end
        return said + text[at:end]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph or table in reading order.

    `block_no` counts from 1; `text` is as printed, noise included; `level` is 1 for the highest heading and 0 for
    other kinds; `page` counts from 1, and is None where the format has no pages; `ocr` is there for text, all or some
    of which was recognised in a picture.
    """

    block_no: int
    kind: BlockKind
    text: str
    page: int | None = None
    level: int = 0
    table: Table | None = None
    ocr: Recognition | None = None


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks that come from several places, with blocks and tables counted from 1 again."""
    found: list[Block] = []
    tables = 0
    for block in blocks:
        tables += block.table is not None
        table = block.table and replace(block.table, table_no=tables)
        found.append(replace(block, block_no=len(found) + 1, table=table))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a document links to or shows in a frame: its printed name, and the address as it stands there."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Omission:
    """Something in a file that is not in its blocks.

    `reason` is a stable code that SQL can count (`hidden_sheet`, `formula_without_result`, …), `message` says in
    Chinese what and where it is, `count` how often. `is_printed` says whether a person who opens the file sees it: a
    document that lacks what is printed is partial, one that lacks what is hidden is not.
    """

    reason: str
    message: str
    count: int = 1
    page: int | None = None
    is_printed: bool = True


class Content(NamedTuple):
    """What a reader gives: the title that the file states, its blocks, and what they lack."""

    title: str
    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...] = ()
    omissions: tuple[Omission, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read, or the record of why it was not (`status` rejected, with a reason code and a message).

    A partial one has the reason of its first omission that is printed, and the messages of all of them.
    """

    document_id: str
    file_name: str
    path: str
    format: str
    size: int
    encoding: str | None = None
    title: str = ""
    status: Status = Status.LOADED
    reason: str | None = None
    message: str | None = None
    blocks: tuple[Block, ...] = field(default=())
    attachments: tuple[Attachment, ...] = ()
    omissions: tuple[Omission, ...] = ()

    def tables(self) -> Iterator[tuple[Block, Table]]:
        """Each table with the block that holds it."""
        for block in self.blocks:
            if block.table is not None:
                yield block, block.table


class Unreadable(Exception):  # noqa: N818 (becomes a record of the file, not an error of the run)
    """A file that a reader cannot turn into a document.

    `reason` is a stable code that SQL can count (`empty_file`, `binary_file`, `wrong_encoding`, …), `message` says in
    Chinese what happened and what to do.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def sha256(data: bytes) -> str:
    """The document's key: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
