"""Which files a warehouse was built from: what is new, changed, moved or gone since then is told from it.

Takes paths and the inventory that the warehouse keeps (`meta.source_file`); gives `SourceFile`s, whose content is known
where nothing about the file has changed, and hashed where something has. Needs neither readers nor Arrow.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from loaders.folders import shown
from warehouse import meta
from warehouse.reading.messages import Member

TABLE = meta.MetaTable(
    "source_file",
    "一行一个文件：本数仓由哪些文件建成，下次构建据此只读新的和变了的。",
    {
        "file_no": ("integer", "文件序号，从 1 起，按读取的先后"),
        "path": ("varchar", "路径"),
        "path_bytes": ("blob", "路径的字节，名称可以不是 UTF-8"),
        "bytes": ("bigint", "文件大小（字节）；找不到的为 -1，不是普通文件的为 -2，读的时候还在变的为 -3"),
        "modified_ns": ("bigint", "修改时间（纳秒）；刚刚还在变的为 -1"),
        "changed_ns": ("bigint", "状态改变时间（纳秒）"),
        "sha256": ("varchar", "文件内容的 SHA-256；打不开的为空"),
        "members": (
            "struct(name varchar, document_id varchar, is_placed boolean)[]",
            "文件里的报告：在压缩包中的名称（文件自己为空字符）、内容的 SHA-256、是否只能以位置为标识",
        ),
    },
)
# A file that was changed so shortly before it was looked at may change again without its times showing it.
_UNSETTLED_NS = 2_000_000_000
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file: where it is, what the file system says of it, its SHA-256, and the documents in it, if known.

    `size` is -1 for a file that is not there, -2 for what is no file, -3 for one that changed while it was read; `sha`
    is None for one that cannot be opened.
    """

    path: Path
    size: int
    modified_ns: int
    changed_ns: int
    sha: str | None = None
    members: tuple[Member, ...] = ()

    @property
    def identity(self) -> tuple[bytes, int | str]:
        """What has to be the same for nothing to have changed: the path with the content, or with its size."""
        return os.fsencode(self.path), self.sha or self.size


def survey(paths: Iterable[Path], previous: Sequence[SourceFile]) -> list[SourceFile]:
    """The files at `paths`, in order, with what the previous build knew of the same file or the same content."""
    before = {os.fsencode(file.path): file for file in previous}
    contents = {file.sha: file for file in reversed(previous) if file.sha is not None}
    now = time.time_ns()
    with ThreadPoolExecutor(max_workers=4) as threads:
        looked_at = [_look(path, now) for path in paths]
        unknown = [file for file in looked_at if not _is_same(file, before.get(os.fsencode(file.path)))]
        hashed = dict(zip((os.fsencode(file.path) for file in unknown), threads.map(_hashed, unknown), strict=True))
    return [
        _with_members(hashed[name], before.get(name), contents) if (name := os.fsencode(file.path)) in hashed
        else replace(file, sha=before[name].sha, members=before[name].members)
        for file in looked_at
    ]  # fmt: skip


def _look(path: Path, now: int) -> SourceFile:
    try:
        about = path.stat()
    except (OSError, ValueError):
        return SourceFile(path, -1, 0, 0)
    is_settled = max(about.st_mtime_ns, about.st_ctime_ns) + _UNSETTLED_NS < now
    size = about.st_size if stat.S_ISREG(about.st_mode) else -2
    return SourceFile(path, size, about.st_mtime_ns if is_settled else -1, about.st_ctime_ns)


def as_read(file: SourceFile) -> SourceFile:
    """The file after it was read: what was read may be another content than the one surveyed, if it changed since.

    Such a file is the same as none that a later survey finds, so that it is read again.
    """
    now = _look(file.path, 0)
    is_same = (now.size, now.changed_ns) == (file.size, file.changed_ns)
    return file if is_same else replace(file, size=-3, modified_ns=-1, sha=None)


def _is_same(file: SourceFile, before: SourceFile | None) -> bool:
    return (
        before is not None
        and file.modified_ns != -1
        and (file.size, file.modified_ns, file.changed_ns) == (before.size, before.modified_ns, before.changed_ns)
    )


def _hashed(file: SourceFile) -> SourceFile:
    if file.size <= 0:
        return file
    digest = hashlib.sha256()
    try:
        with file.path.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return file
    return replace(file, sha=digest.hexdigest())


def _with_members(file: SourceFile, before: SourceFile | None, contents: Mapping[str, SourceFile]) -> SourceFile:
    """What is known of a file by its content: not what has its place for an identity, in another place."""
    known = contents.get(file.sha) if file.sha is not None else None
    if before is not None and file.identity == before.identity:
        return replace(file, members=before.members)
    if known is None or any(member.is_placed for member in known.members):
        return file
    return replace(file, members=known.members)


def read(connection: duckdb.DuckDBPyConnection, catalog: str = "") -> list[SourceFile]:
    """The files that a warehouse was built from; none for one that keeps no inventory."""
    try:
        rows = connection.execute(
            "select path_bytes, bytes, modified_ns, changed_ns, sha256, members"
            f" from {catalog}{TABLE.relation} order by file_no"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
    return [
        SourceFile(Path(os.fsdecode(path)), size, modified, changed, sha, tuple(Member(**member) for member in members))
        for path, size, modified, changed, sha, members in rows
    ]


def write(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> None:
    """Replace the inventory."""
    import pyarrow as pa

    rows = pa.table(
        {
            "file_no": pa.array(range(1, len(files) + 1), pa.int32()),
            "path": pa.array([str(shown(file.path)) for file in files], pa.string()),
            "path_bytes": pa.array([os.fsencode(file.path) for file in files], pa.binary()),
            "bytes": pa.array([file.size for file in files], pa.int64()),
            "modified_ns": pa.array([file.modified_ns for file in files], pa.int64()),
            "changed_ns": pa.array([file.changed_ns for file in files], pa.int64()),
            "sha256": pa.array([file.sha for file in files], pa.string()),
            "members": pa.array(
                [[member._asdict() for member in file.members] for file in files],
                pa.list_(
                    pa.struct({"name": pa.string(), "document_id": pa.string(), "is_placed": pa.bool_()})
                ),
            ),
        }
    )  # fmt: skip
    connection.execute("create schema if not exists meta")
    connection.register("inventory_rows", rows)
    connection.execute(f"create or replace table {TABLE.relation} as select * from inventory_rows")
    connection.unregister("inventory_rows")
    meta.comment(connection, TABLE)
