"""Files into `raw`: what is known stays, what is new is read, what is gone is removed.

Takes an open connection and the files of a survey; fills the tables of `raw` and `meta.source_file`. Rows are the same
whether they were kept, taken from the cache or read just now, and in whatever order documents were finished.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import duckdb

from loaders import formats
from loaders.document import Document, Status
from loaders.landing import Landing, Tables
from loaders.raw_tables import SCHEMAS
from warehouse import versions
from warehouse.reading import inventory, spill
from warehouse.reading.cache import ASIDE, DocumentCache, make_folder
from warehouse.reading.inventory import SourceFile
from warehouse.reading.limits import Limits
from warehouse.reading.messages import RETRIED, Begin, Done, Member, Task, place_of
from warehouse.reading.pool import Pool

# Rows that wait to be landed in one transaction: bounds memory, and is large enough for Arrow to pay off.
_BATCH_BYTES = 32 * 1024 * 1024
# Small tables take more memory than their bytes: so many of them at the most.
_BATCH_TABLES = 4096
_DOCUMENTS_AT_ONCE = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Landed:
    """What was done: files looked at, those that a worker had to open, documents parsed, contents added and removed."""

    files: int
    opened: int
    parsed: int
    added: int
    removed: int


@dataclass(slots=True)
class _Content:
    """A document without its blocks, and when it was loaded, if that was in an earlier build."""

    document: Document
    loaded_at: datetime | None = None


class Lander:
    """Brings the tables of `raw` to what the files hold."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seeds: Path, cache: Path, limits: Limits) -> None:
        self._connection = connection
        self._seeds = seeds
        self._cache = cache
        self._limits = limits
        self._landing = Landing(connection)
        self._contents: dict[str, _Content] = {}
        self._landed: set[str] = set()
        self._batch: list[Tables] = []
        self._waiting = 0

    def land(self, files: Sequence[SourceFile], *, is_new: bool, on_begin: Callable[[int, int, Begin], None]) -> Landed:
        """Fill `raw`, which is empty (`is_new`) or what an earlier build with the same readers and vocabulary left.

        `on_begin` hears of each document or page that a worker begins, with how many files are done, of how many.
        Raises ReadingError, and OSError where the disk is full.
        """
        if is_new:
            self._landing.create()
        else:
            self._recall()
        before = set(self._contents)
        members = [() if is_new or not self._is_kept(file) else file.members for file in files]
        to_read = [place for place, found in enumerate(members) if not found]
        parsed = 0
        for place, done in self._read(files, to_read, on_begin):
            members[place] = done.members
            parsed += done.parsed
        self._flush()
        current = {member.document_id for found in members for member in found}
        gone = before - current
        self._remove(gone)
        files = list(files)
        for place in to_read:
            files[place] = inventory.as_read(files[place])
        self._list(files, members)
        cache = DocumentCache(self._cache)
        cache.removed(gone)
        cache.prune(current)
        return Landed(len(files), len(to_read), parsed, len(current - before), len(gone))

    def _recall(self) -> None:
        """What the tables hold already."""
        rows = self._connection.execute(
            "select document_id, file_name, path, format, bytes, encoding, title, status, reason, message,"
            " epoch_us(loaded_at)"
            " from raw.document where duplicate_of is null"
        )
        while chunk := rows.fetchmany(_DOCUMENTS_AT_ONCE):
            for document_id, name, path, kind, size, encoding, title, status, reason, message, loaded_at in chunk:
                document = Document(
                    document_id, name, path, kind, size, encoding, title, Status(status), reason, message
                )
                self._contents[document_id] = _Content(document, _EPOCH + timedelta(microseconds=loaded_at))
                if document.status is not Status.REJECTED:
                    self._landed.add(document_id)

    def _is_kept(self, file: SourceFile) -> bool:
        """Whether all that is in a file is here, and nothing of it is worth another try."""
        found = [self._contents.get(member.document_id) for member in file.members]
        return bool(found) and all(each is not None and each.document.reason not in RETRIED for each in found)

    def _read(
        self, files: Sequence[SourceFile], places: Sequence[int], on_begin: Callable[[int, int, Begin], None]
    ) -> Iterator[tuple[int, Done]]:
        """Have the files at these places read, and land their rows; gives what is in each, in order."""
        if not places:
            return
        folder = _scratch(self._cache)
        tasks = (_task(files[place], number, folder) for number, place in enumerate(places))
        try:
            with Pool(self._seeds, self._cache, folder, self._limits) as pool:
                for task, answer in pool.read(tasks, len(places), on_begin):
                    self._take(answer, Path(task.spill))
                    yield places[task.number], answer
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _take(self, done: Done, rows: Path) -> None:
        """Land what was in a file, but for contents that are there already."""
        fresh: set[str] = set()
        for document in done.documents:
            if document.document_id not in self._landed:
                self._contents[document.document_id] = _Content(document)
                if document.status is not Status.REJECTED:
                    fresh.add(document.document_id)
        self._landed |= fresh
        seen: set[tuple[str, str]] = set()
        for document_id, name, table in spill.read(rows):
            # An archive may hold one content twice.
            if document_id in fresh and (document_id, name) not in seen:
                seen.add((document_id, name))
                self._batch.append({name: table})
                self._waiting += table.nbytes
                if self._waiting >= _BATCH_BYTES or len(self._batch) >= _BATCH_TABLES:
                    self._flush()
        rows.unlink()

    def _flush(self) -> None:
        if self._batch:
            self._connection.begin()
            self._landing.add_content(self._batch)
            self._connection.commit()
            self._batch.clear()
            self._waiting = 0

    def _remove(self, gone: set[str]) -> None:
        if not gone:
            return
        ids = sorted(gone)
        self._connection.begin()
        for table in SCHEMAS:
            if table != "document":
                self._connection.execute(
                    f"delete from raw.{table} where document_id in (select unnest(?::varchar[]))", [ids]
                )
        self._connection.commit()

    def _list(self, files: Sequence[SourceFile], members: Sequence[tuple[Member, ...]]) -> None:
        """raw.document and the inventory anew: names, places and duplicates may be others although contents are not."""
        documents = (
            (formats.moved(content.document, place_of(str(formats.shown(file.path)), member.name)), content.loaded_at)
            for file, found in zip(files, members, strict=True)
            for member in found
            if (content := self._contents[member.document_id])
        )
        self._connection.begin()
        self._connection.execute("delete from raw.document")
        while chunk := list(islice(documents, _DOCUMENTS_AT_ONCE)):
            self._landing.add_documents(chunk)
        inventory.write(
            self._connection, [replace(file, members=found) for file, found in zip(files, members, strict=True)]
        )
        self._connection.commit()


def _scratch(cache: Path) -> Path:
    """A folder for the rows of this build, the only one that writes; what builds left that were killed is removed."""
    make_folder(cache)
    for left in [*cache.glob("reading-*"), *cache.glob(f"{ASIDE}*")]:
        versions.remove(left)
    folder = cache / f"reading-{os.getpid()}"
    folder.mkdir()
    return folder


def _task(file: SourceFile, number: int, folder: Path) -> Task:
    """The task of reading a file; workers stand in the folder that the build stands in."""
    (only,) = file.members if len(file.members) == 1 else (None,)
    is_known = only is not None and not only.name and not only.is_placed
    return Task(
        number=number,
        file=os.fsencode(file.path),
        path=str(formats.shown(file.path)),
        spill=str(folder / f"{number}.rows"),
        size=max(file.size, 0),
        document_id=only.document_id if only is not None and is_known else None,
    )
