"""A worker: reads and interprets files that it is told of, in a process of its own, which may die of one.

`python -m warehouse.reading.worker IN OUT SEEDS CACHE BYTES` takes `Task`s from one pipe and writes answers to the
other. Whatever is raised while a document is read ends the process; whoever started it makes a record of that.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from loaders import formats, vocabulary
from loaders.document import Document
from loaders.formats import ocr
from loaders.interpret import Interpreter
from loaders.landing import content_rows
from warehouse.reading import spill
from warehouse.reading.cache import DocumentCache
from warehouse.reading.messages import RETRIED, TASKS, Answer, Begin, Done, Failed, Member, Ready, Task, encode

# How a worker ends that was refused memory; not one of those that Python and shells use.
OUT_OF_MEMORY = 77
_DIES_WITH_ITS_PARENT = 1


class Reader:
    """Reads the files of tasks; keeps the vocabulary from one to the next."""

    def __init__(self, seeds: Path, cache: DocumentCache, say: Callable[[Answer], None]) -> None:
        self._interpreter = Interpreter(vocabulary.load(seeds))
        self._cache = cache
        self._say = say
        self._begun = Begin("", "", 0)

    def run(self, task: Task) -> Done | Failed:
        """Read a file and write its rows, one document after the other."""
        members: list[Member] = []
        documents: list[Document] = []
        parsed = 0
        first = len(task.path) + 1
        with ExitStack() as opened:
            opened.enter_context(ocr.watching(self._recognising))
            try:
                file = opened.enter_context(Path(task.spill).open("wb"))
            except OSError as error:
                return Failed(str(error))
            for document, is_new in self._documents(task):
                tables = content_rows(document, self._interpreter.interpret(document))
                is_placed = formats.is_placed(document)
                parsed += is_new
                try:
                    if is_new and not is_placed and document.format != "zip" and document.reason not in RETRIED:
                        self._cache.store(document)
                    spill.write(file, document.document_id, tables)
                    file.flush()
                except OSError as error:
                    return Failed(str(error))
                members.append(Member(document.path[first:], document.document_id, is_placed))
                documents.append(replace(document, blocks=(), attachments=(), omissions=()))
        return Done(tuple(members), tuple(documents), parsed)

    def _documents(self, task: Task) -> Iterator[tuple[Document, bool]]:
        """The documents of a file, each with whether it was parsed just now."""
        place = Path(task.path)
        if task.document_id is not None:
            document = self._known(task, task.document_id, place, task.size)
            if document is not None:
                yield formats.moved(document, place), False
                return
        is_new = True

        def known(sha: str, place: Path, size: int) -> Document | None:
            nonlocal is_new
            document = self._known(task, sha, place, size)
            is_new = document is None
            return document

        for document in formats.read_all(Path(os.fsdecode(task.file)), place, known):
            yield document, is_new
            is_new = True

    def _known(self, task: Task, sha: str, place: Path, size: int) -> Document | None:
        """Say what is about to be read; the document, if it was read before, or broke its reader."""
        self._begun = Begin(sha, str(place), size)
        self._say(self._begun)
        return task.refused.get(sha) or self._cache.load(sha)

    def _recognising(self, page: int, pages: int) -> None:
        self._say(msgspec.structs.replace(self._begun, page=page, pages=pages))


class _WithoutPandas(MetaPathFinder):
    """Arrow asks whether a list is one of pandas, and imports pandas for that: a second of every worker's start."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Raises ImportError for pandas, which no reader needs; knows nothing else."""
        if fullname == "pandas":
            raise ModuleNotFoundError("workers do without pandas", name=fullname)


def main(arguments: list[str]) -> int:
    """Work until the pipe is closed."""
    tasks, answers = Connection(int(arguments[0]), writable=False), Connection(int(arguments[1]), readable=False)
    seeds, cache, memory = Path(arguments[2]), DocumentCache(Path(arguments[3])), int(arguments[4])
    faulthandler.enable()
    sys.meta_path.insert(0, _WithoutPandas())
    _limit(memory)

    def say(answer: Answer) -> None:
        answers.send_bytes(encode(answer))

    try:
        reader = Reader(seeds, cache, say)
        say(Ready())
        while True:
            say(reader.run(TASKS.decode(tasks.recv_bytes())))
    except EOFError:
        return 0
    except MemoryError:
        return OUT_OF_MEMORY


def _limit(memory: int) -> None:
    """No more than `memory` bytes of data (0: no limit), and no life longer than that of the build."""
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_ITS_PARENT, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
