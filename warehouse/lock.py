"""One writer at a time: a file beside the versions that a build holds locked, with a note of who holds it.

The lock is the kernel's (`flock`), so it ends with the process however that ends; the note is for people only.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from loaders.errors import GoujiError

# Open lock files of this process. Worker processes forked from it let go of them: a worker that outlives a killed
# build must not keep the next one out.
_held: set[int] = set()


class LockError(GoujiError):
    """Another process writes this warehouse, or the file system has no locks; the message says who or what."""


@contextmanager
def exclusive(file: Path, warehouse: Path) -> Iterator[None]:
    """Hold the lock `file`, which stays behind, while the block runs.

    Raises LockError at once if another process holds it, with its process number, host and since when; OSError if the
    file cannot be opened.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    _held.add(descriptor)
    try:
        _take(descriptor, file, warehouse)
        _sign(descriptor)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _take(descriptor: int, file: Path, warehouse: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockError(
            f"另一个进程正在写 {warehouse}（{_holder(descriptor)}）：请等它结束，或停止它，再重新运行"
        ) from error
    except OSError as error:
        raise LockError(f"{file.parent} 所在的文件系统不能加锁（{error.strerror}）：请把数仓放在本机磁盘上") from error


def _sign(descriptor: int) -> None:
    """Write who we are. On a full disk the note is missing, which must not keep a rollback from working."""
    note = {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    with suppress(OSError):
        os.pwrite(descriptor, json.dumps(note).encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        note = json.loads(os.pread(descriptor, 1000, 0))
        return f"进程 {note['pid']}，主机 {note['host']}，始于 {note['since']}"
    except (ValueError, KeyError, TypeError):
        return "没有留下名字"  # it has only just taken the lock, or the disk is full


def _let_go() -> None:
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
