"""Worker processes: as many as there are cores, each with limits, so that no document can stop a build.

Takes `Task`s, gives what became of each, in their order. A worker that dies, hangs or takes too much memory is
replaced, and the document that it was reading becomes a rejected one with the reason.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

import msgspec

from loaders import formats
from loaders.document import Unreadable
from loaders.errors import GoujiError
from warehouse.reading.limits import Limits, cores
from warehouse.reading.messages import ANSWERS, Answer, Begin, Done, Failed, Member, Ready, Task, encode
from warehouse.reading.worker import OUT_OF_MEMORY

_STARTING_SECONDS = 120.0
# How far ahead of the document that is landed next others may be read: their rows wait on disk.
_AHEAD = 4096
# A process that has read so many files makes way for a fresh one: libraries leak.
_TASKS_OF_A_WORKER = 5000
_LONGEST_CAUSE = 200


class ReadingError(GoujiError):
    """Documents cannot be read at all here: the message says what is missing or full."""


@dataclass(slots=True)
class _Worker:
    """A process, the pipes to it, what it is doing and until when it has to say something."""

    process: subprocess.Popen[bytes]
    tasks: Connection
    answers: Connection
    errors: Path
    deadline: float
    is_ready: bool = False
    task: Task | None = None
    begun: Begin | None = None
    finished: int = 0

    def end(self) -> int:
        """Make sure that the process is gone; gives how it ended (negative: by that signal)."""
        self.process.kill()
        self.tasks.close()
        self.answers.close()
        return self.process.wait()


class Pool:
    """Reads tasks with several workers at once; a context manager, at whose end no worker is left."""

    def __init__(self, seeds: Path, cache: Path, folder: Path, limits: Limits) -> None:
        """`folder` is where rows and the workers' last words are written, `cache` where documents are kept."""
        self._command = [str(seeds), str(cache), str(limits.megabytes * 1024 * 1024)]
        self._folder = folder
        self._limits = limits
        self._workers: list[_Worker] = []
        self._started = 0
        self._retried: set[tuple[int, str]] = set()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def read(
        self, tasks: Iterator[Task], count: int, on_begin: Callable[[int, int, Begin], None]
    ) -> Iterator[tuple[Task, Done]]:
        """What became of each of `count` tasks, in order. Raises ReadingError."""
        waiting: list[Task] = []
        done: dict[int, tuple[Task, Done]] = {}
        given, landed = 0, 0
        for _ in range(min(self._limits.jobs, count)):
            self._start()
        while landed < count:
            for worker in self._workers:
                if worker.is_ready and worker.task is None and (waiting or (given < count and given - landed < _AHEAD)):
                    is_again = bool(waiting)
                    task = waiting.pop() if is_again else next(tasks)
                    given += not is_again
                    self._give(worker, task)
            for worker, answer in self._answers():
                match answer:
                    case Ready():
                        worker.is_ready = True
                    case Begin():
                        worker.begun = answer
                        on_begin(landed + len(done), count, answer)
                    case Failed():
                        raise ReadingError(f"读出的内容写不进磁盘：{answer.message}；请腾出空间或检查权限后重新运行")
                    case _:
                        assert worker.task is not None
                        finished = answer if isinstance(answer, Done) else self._broken(worker, answer, waiting)
                        if finished is not None:
                            done[worker.task.number] = (worker.task, finished)
                        worker.task = worker.begun = None
                        worker.finished += 1
                        if worker.finished == _TASKS_OF_A_WORKER and worker in self._workers:
                            self._replace(worker)
            while landed in done:
                yield done.pop(landed)
                landed += 1

    def _start(self) -> None:
        """Start a worker; its answers come when it is ready."""
        theirs, ours = Pipe(duplex=False)
        mine, others = Pipe(duplex=False)
        self._started += 1
        errors = self._folder / f"worker-{self._started}.log"
        threads = str(max(1, cores() // self._limits.jobs))
        with errors.open("wb") as log:
            process = subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-P",
                        "-m",
                        "warehouse.reading.worker",
                        str(theirs.fileno()),
                        str(others.fileno()),
                    ),
                    *self._command,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno(), others.fileno()],
                env=os.environ
                | {
                    "PYTHONUTF8": "1",
                    "OMP_NUM_THREADS": threads,
                    "OPENBLAS_NUM_THREADS": threads,
                    "TMPDIR": str(self._folder.absolute()),  # goes with the rows, however the worker ends
                },
            )
        theirs.close()
        others.close()
        self._workers.append(_Worker(process, ours, mine, errors, time.monotonic() + _STARTING_SECONDS))

    def _give(self, worker: _Worker, task: Task) -> None:
        worker.task = task
        worker.deadline = time.monotonic() + self._limits.seconds
        with suppress(BrokenPipeError):  # it has died, which its other pipe tells
            worker.tasks.send_bytes(encode(task))

    def _answers(self) -> Iterator[tuple[_Worker, Answer | Unreadable]]:
        """What workers say next; why one says nothing any more, after which there is another one in its place."""
        busy = {worker.answers: worker for worker in self._workers if worker.task is not None or not worker.is_ready}
        least = min(worker.deadline for worker in busy.values())
        ready = wait(list(busy), timeout=max(0.0, least - time.monotonic()))
        for connection, worker in busy.items():
            if connection in ready:
                try:
                    answer = ANSWERS.decode(worker.answers.recv_bytes())
                except (EOFError, OSError):
                    yield worker, self._replaced(worker, _cause(worker.process.wait(), worker))
                else:
                    worker.deadline = time.monotonic() + self._limits.seconds
                    yield worker, answer
            elif time.monotonic() >= worker.deadline:
                seconds = f"{self._limits.seconds:g}"
                message = f"读取超过 {seconds} 秒没有进展，已经停止；可用 --document-timeout 放宽，或另存后再提供"
                yield worker, self._replaced(worker, Unreadable("reader_timeout", message))

    def _replace(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)
        self._start()

    def _replaced(self, worker: _Worker, cause: Unreadable) -> Unreadable:
        """Put another worker in the place of one. Raises ReadingError if it had not even begun to work."""
        if not worker.is_ready:
            raise ReadingError(f"读取文件的进程没有启动：{cause.message}")
        if cause.reason == "reader_memory":
            most = self._limits.megabytes
            cause = Unreadable(
                "reader_memory", f"读取需要的内存超过 {most} MB，已经停止；可用 --document-memory 放宽，或拆分后再提供"
            )
        self._replace(worker)
        return cause

    def _broken(self, worker: _Worker, cause: Unreadable, waiting: list[Task]) -> Done | None:
        """The record of a file that broke its reader; none if only a document in it did, and the rest is to be read."""
        task, begun = worker.task, worker.begun
        assert task is not None
        key = (task.number, begun.document_id if begun is not None else "")
        if cause.reason != "reader_timeout" and worker.finished and key not in self._retried:
            self._retried.add(key)  # what went before may have been the cause
            waiting.append(task)
            return None
        if begun is not None and begun.document_id not in task.refused and begun.path != task.path:
            refused = formats.refused(begun.document_id, Path(begun.path), begun.size, cause)
            waiting.append(msgspec.structs.replace(task, refused={**task.refused, begun.document_id: refused}))
            return None
        place = Path(task.path)
        sha = begun.document_id if begun is not None else formats.place_id(place)
        document = formats.refused(sha, place, task.size if begun is not None else 0, cause)
        Path(task.spill).write_bytes(b"")
        return Done((Member("", sha, formats.is_placed(document)),), (document,), 1)


def _cause(code: int, worker: _Worker) -> Unreadable:
    """Why a process ended by itself."""
    last = _last_words(worker.errors)
    if code == OUT_OF_MEMORY or "MemoryError" in last:
        return Unreadable("reader_memory", "读取需要的内存超过上限")
    said = f"收到信号 {signal.Signals(-code).name}" if code < 0 else last or f"退出码 {code}"
    return Unreadable(
        "reader_crashed", f"读取程序在这份文件上崩溃（{said}）；请报告这个错误，也可另存为别的格式后再提供"
    )


def _last_words(errors: Path) -> str:
    lines = errors.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip()[:_LONGEST_CAUSE] for line in reversed(lines) if line.strip()), "")
