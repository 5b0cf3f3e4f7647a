"""Does pieces of work that depend on each other, as many at a time as DuckDB has threads, each on a cursor of its own.

A small query keeps one processor busy with planning, and two at a time take half as long. A large one uses all
processors by itself, and needs the memory by itself: where there is much to read, they go one by one.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import TypeVar

import duckdb

from warehouse.transform.resources import quoted

# More at a time only compete for memory.
_MOST = 4
# Bytes of memory for each row of raw tables, below which a model has it to itself: side by side, those of five million
# rows fit into a gigabyte, and not into half of one.
_BYTES_A_ROW = 150

_Result = TypeVar("_Result")


class Workers:
    """Threads with a cursor each, on the database that `connection` uses; to be used in a `with` block."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rows: int) -> None:
        """`rows` are those of all raw tables."""
        ((database, threads, memory),) = connection.execute(
            "select current_database(), current_setting('threads'),"
            " parse_formatted_bytes(current_setting('memory_limit'))"
        ).fetchall()
        is_large = rows * _BYTES_A_ROW > memory
        count = 1 if is_large else max(1, min(_MOST, threads, os.cpu_count() or 1))
        self._cursors = [connection.cursor() for _ in range(count)]
        for cursor in self._cursors:
            cursor.execute(f"use {quoted(database)}")
        self._pool = ThreadPoolExecutor(count)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not issubclass(kind, Exception):  # Ctrl-C: what is running is not waited for
            for cursor in self._cursors:
                cursor.interrupt()
        self._pool.shutdown(cancel_futures=True)
        for cursor in self._cursors:
            cursor.close()

    def run(
        self,
        parents: Mapping[str, Collection[str]],
        work: Callable[[duckdb.DuckDBPyConnection, str], _Result],
    ) -> Iterator[tuple[str, _Result | None]]:
        """Calls `work` for each name after its parents; yields a name as it starts, and again with its result.

        `parents` are in an order that holds, which decides what goes first; parents that are not among them are done.
        After a failure nothing more starts, and the first that failed, in that order, is raised.
        """
        place = {name: index for index, name in enumerate(parents)}
        waiting = {name: {each for each in names if each in place} for name, names in parents.items()}
        ready = [index for name, index in place.items() if not waiting[name]]
        names = list(parents)
        running: dict[Future[_Result], tuple[str, duckdb.DuckDBPyConnection]] = {}
        idle = list(self._cursors)
        while ready or running:
            while ready and idle:
                name, cursor = names[heapq.heappop(ready)], idle.pop()
                yield name, None
                running[self._pool.submit(work, cursor, name)] = name, cursor
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            if any(future.exception() for future in done):
                failed = [future for future in wait(running).done if future.exception()]
                min(failed, key=lambda future: place[running[future][0]]).result()
            for future in sorted(done, key=lambda future: place[running[future][0]]):
                name, cursor = running.pop(future)
                idle.append(cursor)
                yield name, future.result()
                for child, left in waiting.items():
                    if name in left:
                        left.discard(name)
                        if not left:
                            heapq.heappush(ready, place[child])
