"""The pages of documents, written by several processes: a batch at a time, each through a connection of its own.

Documents do not influence each other's pages, so the site is the same with any number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import duckdb

from warehouse import query
from warehouse.site import places, queries, texts
from warehouse.site.documents import FACETS, Documents
from warehouse.site.folder import ListWriter, SiteFolder
from warehouse.site.queries import Row
from warehouse.site.templates import Pages


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to write pages: the warehouse, the folder, and what every page shows."""

    warehouse: Path
    folder: Path
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Desk:
    """A process at work. The folder counts what this process writes."""

    documents: Documents
    pages: Pages
    folder: SiteFolder

    def write(self, batch: Sequence[Row]) -> tuple[int, int]:
        """The pages of a batch; gives the files and bytes written."""
        files, size = self.folder.files, self.folder.bytes
        self.documents.pages(self.folder, self.pages, batch)
        return self.folder.files - files, self.folder.bytes - size


def write(
    connection: duckdb.DuckDBPyConnection,
    work: Work,
    folder: SiteFolder,
    jobs: int,
    on_document: Callable[[int, int, str], None],
) -> int:
    """The pages and the list of all documents; gives how many there are. `on_document` hears how far it is."""
    desk = _desk(connection, work)
    batches = list(desk.documents.batches())
    total = sum(map(len, batches))
    writer = ListWriter(folder, "documents", FACETS)
    done = 0
    for batch, (files, size) in zip(batches, _written(desk, work, batches, jobs), strict=True):
        desk.documents.rows(writer, batch)
        folder.files += files
        folder.bytes += size
        done += len(batch)
        on_document(done, total, batch[-1]["file_name"])
    return writer.close()


def _written(desk: _Desk, work: Work, batches: Sequence[Sequence[Row]], jobs: int) -> Iterator[tuple[int, int]]:
    jobs = min(jobs, len(batches))
    if jobs < 2:
        yield from map(desk.write, batches)
        return
    # fresh processes, because DuckDB's threads do not survive a fork
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(work,)) as pool:
        yield from pool.map(_write, batches)


def _desk(connection: duckdb.DuckDBPyConnection, work: Work) -> _Desk:
    documents = Documents(connection, queries.capabilities(connection), places.organizations(connection))
    return _Desk(documents, Pages(texts.load(), dict(work.facts)), SiteFolder(work.folder))


# What a process set up at its start; its connection stays open until it ends.
_here: _Desk | None = None
_open = ExitStack()


def _start(work: Work) -> None:
    global _here
    _here = _desk(_open.enter_context(query.reading(work.warehouse)), work)


def _write(batch: Sequence[Row]) -> tuple[int, int]:
    assert _here is not None
    return _here.write(batch)
