"""The versions of a warehouse: finished files in a folder beside it, one of which the published name links to.

`target/gouji.duckdb` is a symbolic link to `gouji.versions/20260101T000000Z-1a2b3c4d/gouji.duckdb`. Each version has a
folder of its own, so that its file keeps the name of the warehouse, which is the name that DuckDB gives the database.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loaders.errors import GoujiError
from warehouse import lock

# Versions that are kept, a new one included: some days of nightly builds.
KEEP = 5

_NAME = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-z]+(?:-(\d+))?")
_STAMP = "%Y%m%dT%H%M%SZ"


class VersionError(GoujiError):
    """A version that does not exist or cannot be published; the message, Chinese first, says what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """A finished version: its name, when it was built (UTC), its file and the file's size in bytes."""

    name: str
    built_at: datetime
    file: Path
    bytes: int
    is_current: bool


def folder(warehouse: Path) -> Path:
    """The folder of the versions of a warehouse, beside it."""
    return warehouse.with_name(warehouse.name.removesuffix(".duckdb") + ".versions")


def lock_file(warehouse: Path) -> Path:
    """The file that whoever changes the versions holds locked."""
    return folder(warehouse) / ".lock"


def new_name(warehouse: Path, built_at: datetime, fingerprint: str) -> str:
    """A name that comes after those of all versions: when it was built, what it was built from, and a number from the
    second on within one second.

    Where the clock has gone back since the newest version, the name has that one's time.
    """
    stamp = built_at.astimezone(UTC).strftime(_STAMP)
    places = [_place(each.name) for each in folder(warehouse).iterdir() if _NAME.fullmatch(each.name)]
    newest, number = max(places, default=("", 0))
    if newest < stamp:
        return f"{stamp}-{fingerprint[:8]}"
    return f"{newest}-{fingerprint[:8]}-{number + 1}"


def _place(name: str) -> tuple[str, int]:
    """Where a name comes in the order of time: its second, and its number within that."""
    match = _NAME.fullmatch(name)
    assert match
    return match[1], int(match[2] or 1)


def current(warehouse: Path) -> Path | None:
    """The file that is published: what the link leads to, or the plain file of the time before there were versions."""
    return warehouse.resolve() if warehouse.is_file() else None


def published(warehouse: Path) -> Path:
    """The file that is published. Raises VersionError if there is none."""
    file = current(warehouse)
    if file is None:
        raise VersionError(f"找不到数仓文件 {warehouse}：请先运行 gouji build，或用 --warehouse 指明文件")
    return file


def listed(warehouse: Path) -> list[Version]:
    """The versions of a warehouse, the newest first; none if it has none."""
    found = []
    for place in folder(warehouse).iterdir() if folder(warehouse).is_dir() else ():
        if _NAME.fullmatch(place.name):
            file = place / warehouse.name
            try:
                about = file.stat()
            except OSError:  # removed by a build since we looked
                continue
            built_at = datetime.strptime(_place(place.name)[0], _STAMP).replace(tzinfo=UTC)
            found.append(Version(place.name, built_at, file, about.st_size, _is_at(warehouse, about)))
    return sorted(found, key=lambda version: _place(version.name), reverse=True)


def _is_at(warehouse: Path, about: os.stat_result) -> bool:
    """Whether the published name leads to the file that has this state."""
    try:
        return os.path.samestat(warehouse.stat(), about)
    except OSError:
        return False


def name_of(warehouse: Path, file: Path) -> str:
    """The name of the version that `file` is; a file that is none goes by its path."""
    return next((version.name for version in listed(warehouse) if version.file.samefile(file)), str(file))


def find(warehouse: Path, name: str) -> Version:
    """The version of that name, or the only one whose name begins with it.

    Raises VersionError with the closest names, or with all that fit.
    """
    known = listed(warehouse)
    fitting = [each for each in known if each.name == name] or [each for each in known if each.name.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise VersionError(f"“{name}”可以指 {len(fitting)} 个版本：{'、'.join(each.name for each in fitting)}")
    names = [each.name for each in known]
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:5]
    hint = f"。有：{'、'.join(close)}" if close else f"：{warehouse} 还没有版本，请先运行 gouji build"
    raise VersionError(f"没有这个版本：{name}{hint}")


def before(warehouse: Path) -> Version:
    """The version built before the current one.

    Raises VersionError if the current one is no version, or there is none before it.
    """
    known = listed(warehouse)
    place = next((number for number, each in enumerate(known) if each.is_current), None)
    if place is None:
        raise VersionError(f"{warehouse} 现在用的不是任何一个版本：请写明版本，gouji versions 列出各版本")
    if place + 1 == len(known):
        raise VersionError(f"{known[place].name} 之前没有更早的版本")
    return known[place + 1]


def rollback(warehouse: Path, name: str | None = None) -> Version:
    """Publish an earlier (or later) version again: the one of that name, or the one before the current.

    Raises VersionError if there is no such version or it cannot be opened, LockError while a build runs.
    """
    if not folder(warehouse).is_dir():
        raise VersionError(f"{warehouse} 还没有版本：请先运行 gouji build")
    with lock.exclusive(lock_file(warehouse), warehouse):
        chosen = before(warehouse) if name is None else find(warehouse, name)
        _require_open(chosen)
        point(warehouse, chosen.file)
    return chosen


def _require_open(version: Version) -> None:
    import duckdb

    try:
        duckdb.connect(version.file, read_only=True).close()
    except duckdb.Error as error:
        cause = str(error).strip().splitlines()[0]
        raise VersionError(f"版本 {version.name} 打不开，没有换用（{cause}）") from error


def point(warehouse: Path, file: Path) -> None:
    """Let the published name lead to `file`, in one step; a plain file that has that name is lost.

    The link is relative, so that the folder can be moved. Raises OSError.
    """
    aside = link_aside(warehouse)
    remove(aside)
    aside.symlink_to(file.relative_to(warehouse.parent))
    aside.replace(warehouse)
    sync(warehouse.parent)


def link_aside(warehouse: Path) -> Path:
    """Where a link is made before it is moved."""
    return folder(warehouse).with_name(f".{warehouse.name}.link")


def adopt(warehouse: Path) -> None:
    """Make a plain file at the published name a version, named after when it was written; nothing where there is none.

    The file stays at its place too, until the link takes that. Raises OSError.
    """
    if warehouse.is_symlink() or not warehouse.is_file():
        return
    if any(version.file.samefile(warehouse) for version in listed(warehouse)):
        return  # by a build that was killed before the link moved
    now = datetime.now(UTC)
    written = min(datetime.fromtimestamp(max(warehouse.stat().st_mtime, 0), UTC), now)
    place = folder(warehouse) / new_name(warehouse, written, "adopted")
    aside = place.with_name(f".building-{os.getpid()}-adopted")
    aside.mkdir()
    for file in (warehouse, wal(warehouse)):
        if file.exists():
            try:
                (aside / file.name).hardlink_to(file)
            except OSError:  # a file system without hard links
                shutil.copy2(file, aside / file.name)
    aside.rename(place)


def prune(warehouse: Path, keep: int) -> None:
    """Remove all but the newest `keep` versions; the current one always stays. Readers of a removed one keep it.

    One that cannot be removed now is left to the next time.
    """
    for version in listed(warehouse)[keep:]:
        if not version.is_current:
            aside = folder(warehouse) / f".removing-{version.name}"  # a version is there as a whole, or not at all
            with suppress(OSError):
                version.file.parent.rename(aside)
                shutil.rmtree(aside)


def wal(file: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a file."""
    return file.with_name(file.name + ".wal")


def remove(path: Path) -> None:
    """Remove a file, link or folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
