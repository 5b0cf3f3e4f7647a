"""A warehouse that readers never see half built: each build is a file of its own, and a link moves to it at the end.

`building` and `updating` give a connection to the new version. When their block ends well it is compared with the
published one, forced to the disk and published; when it does not, or the process dies, the published one stays.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from loaders.errors import GoujiError
from warehouse import diff, lock, state, versions

# DuckDB clients of the 1.5 line, which analysts' tools still ship, can open files written this way.
STORAGE_VERSION = "v1.5.0"

# Megabytes that DuckDB takes for itself; what does not fit waits on the disk. Ten thousand documents are built as fast
# with a third of it, and a hundred thousand with no more.
MEMORY = 1000

_NO_ROOM = {errno.ENOSPC: "磁盘已满", errno.EDQUOT: "超出磁盘配额", errno.EFBIG: "文件大小超过系统的限制"}


class PublishError(GoujiError):
    """A warehouse that cannot be written where it was asked for; the message, Chinese first, says what to do."""


@contextmanager
def building(warehouse: Path, keep: int = versions.KEEP, memory: int = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new, empty version that is published when the block ends well; `keep` versions then stay.

    `memory` are the megabytes that DuckDB may take (0: most of what the machine has); the rest waits on the disk.
    Raises LockError if another process writes this warehouse, PublishError if there is no room, the folder cannot be
    written or cannot hold symbolic links.
    """
    with _room(warehouse), _aside(warehouse) as aside, _version(aside, warehouse, keep, memory) as connection:
        yield connection


@contextmanager
def updating(warehouse: Path, keep: int = versions.KEEP, memory: int = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the published version, otherwise like `building`.

    Raises FileNotFoundError if there is no warehouse yet, and what `building` raises.
    """
    if warehouse.is_file():
        duckdb.connect(str(warehouse), read_only=True).close()  # no warehouse at all: said before anything is made
    with _room(warehouse), _aside(warehouse) as aside:
        shutil.copyfile(warehouse, aside / warehouse.name)
        with _version(aside, warehouse, keep, memory) as connection:
            yield connection


@contextmanager
def _aside(warehouse: Path) -> Iterator[Path]:
    """A new folder among the versions, for as long as we are the only writer."""
    with ExitStack() as held:
        with _asked_for(warehouse):
            versions.folder(warehouse).mkdir(parents=True, exist_ok=True)
            held.enter_context(lock.exclusive(versions.lock_file(warehouse), warehouse))
            aside = _prepared(warehouse)
        held.callback(versions.remove, aside)
        yield aside


def _prepared(warehouse: Path) -> Path:
    """Make the folder for a new version, and find out now whether it can be published at the end of a long build."""
    folder = versions.folder(warehouse)
    link = versions.link_aside(warehouse)
    for left in [*folder.glob(".building-*"), *folder.glob(".removing-*"), link]:  # of builds that were killed
        versions.remove(left)
    try:
        link.symlink_to(folder.name)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise PublishError(
            f"{warehouse.parent} 所在的文件系统不支持符号链接（{error.strerror}）：请把数仓放在别的磁盘上"
        ) from error
    versions.remove(link)
    aside = folder / f".building-{os.getpid()}"
    aside.mkdir()
    return aside


@contextmanager
def _version(aside: Path, warehouse: Path, keep: int, memory: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file aside, which is published when the block ends well."""
    file = aside / warehouse.name
    limit = {"memory_limit": f"{memory}MB"} if memory else {}
    connection = duckdb.connect(config={"temp_directory": str(aside / "tmp"), **limit})
    try:
        connection.execute(f"attach {_literal(file)} as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("use warehouse")
        yield connection
        name = _finish(connection, warehouse)
        connection.execute("use memory")
        connection.execute("detach warehouse")
    finally:
        connection.close()
    versions.remove(aside / "tmp")
    _publish(aside, warehouse, name)
    versions.prune(warehouse, keep)


def _finish(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> str:
    """Write into the new version what it is and how it differs from the published one; gives its name."""
    versions.adopt(warehouse)
    built_at = datetime.now(UTC)
    name = versions.new_name(warehouse, built_at, state.fingerprint(connection))
    published = versions.current(warehouse)
    previous = None if published is None else versions.name_of(warehouse, published)
    state.record_version(connection, name, built_at, previous)
    diff.record(connection, published, previous)
    connection.execute("checkpoint warehouse")
    return name


def _publish(aside: Path, warehouse: Path, name: str) -> None:
    """Make the file aside a version, and let the published name lead to it once every byte is on the disk."""
    place = versions.folder(warehouse) / name
    versions.sync(aside / warehouse.name)
    versions.sync(aside)
    aside.rename(place)
    versions.sync(place.parent)
    versions.point(warehouse, place / warehouse.name)
    versions.remove(versions.wal(warehouse))  # of a plain file that was adopted with it


@contextmanager
def _asked_for(warehouse: Path) -> Iterator[None]:
    """What keeps us from writing at all is told with the place that was asked for."""
    if warehouse.is_dir():
        raise PublishError(f"{warehouse} 是文件夹，不能作为数仓文件：请用 --warehouse 指明一个文件名")
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise PublishError(f"不能在 {warehouse.parent} 写数仓（{error.strerror}）：请换一个可以写的文件夹") from error


@contextmanager
def _room(warehouse: Path) -> Iterator[None]:
    """A disk without room fails in many places, under many names; here it gets one."""
    try:
        yield
    except (GoujiError, duckdb.Error, OSError) as error:
        cause = _no_room(error)
        if cause is None:
            raise
        raise PublishError(
            f"写不下数仓 {warehouse}：{cause}。原有数仓不变；请腾出空间，或用 --keep 少留几个版本"
        ) from error


def _no_room(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return _NO_ROOM[error.errno]
        if isinstance(error, duckdb.Error):
            for code, cause in _NO_ROOM.items():
                if os.strerror(code) in str(error):
                    return cause
        error = error.__cause__ or error.__context__
    return None


def _literal(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
