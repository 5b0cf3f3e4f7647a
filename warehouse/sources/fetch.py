"""Addresses into a folder: each host by itself, each address's content kept as it was received, each attempt on record.

Content is `FOLDER/<host>/<name>`; what it replaces stays as `FOLDER/.gouji/earlier/<sha256>`. A file comes in by one
rename, after all of it is on the disk and before its line in the manifest, so whenever a run is killed no file is half
written, and the next run fetches what has no line yet.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse import lock
from warehouse.sources import names
from warehouse.sources.listing import Listed
from warehouse.sources.manifest import CHANGED, FAILED, HIDDEN, NEW, UNCHANGED, Entry, Manifest
from warehouse.sources.pace import Pace
from warehouse.sources.web import Answer, FetchError, Known, Web, parsed

_HOSTS_AT_ONCE = 8
# After so many addresses in a row that could not be reached, or that were too much for it, a host is left alone.
_GIVE_UP_AFTER = 3
_NOT_REACHED = frozenset(("connection", "timeout"))
_TOO_MUCH = frozenset((429, 503))
_LEFT = FetchError("host_left", "这个网站现在连不上，或不愿再答，留到下一次")

OnDone = Callable[[Entry], None]


def fetch(
    listed: Sequence[Listed], folder: Path, web: Web, pace: Pace, on_done: OnDone = lambda _: None
) -> list[Entry]:
    """Fetch all addresses of a list into a folder; gives what became of each, in the order of the list.

    `on_done` hears of each as it is done, from one thread at a time. An address that fails is an entry with a reason.
    Raises LockError if another process fetches into the folder, OSError if it cannot be written.
    """
    with _prepared(folder) as hidden:
        keeper = _Keeper(folder, hidden, web, pace, on_done)
        found: dict[str, Entry] = {}
        with ThreadPoolExecutor(max_workers=_HOSTS_AT_ONCE) as threads:
            work = [threads.submit(keeper.all_of, group) for group in _by_host(listed)]
            try:
                for done in as_completed(work):
                    for entry in done.result():
                        found[entry.address] = entry
            except BaseException:
                pace.stop()
                threads.shutdown(wait=False, cancel_futures=True)
                raise
        return [found[each.address] for each in listed]


@contextmanager
def _prepared(folder: Path) -> Iterator[Path]:
    """The hidden folder, held by this process; what a killed run had not finished is removed from it."""
    hidden = folder / HIDDEN
    (hidden / "earlier").mkdir(parents=True, exist_ok=True)
    with lock.exclusive(hidden / "lock", folder):
        for left in hidden.glob("aside-*"):
            left.unlink()
        yield hidden


def _by_host(listed: Sequence[Listed]) -> list[list[Listed]]:
    """Addresses grouped by host, so that a host is asked one thing after the other and no host waits for another."""
    groups: dict[str, list[Listed]] = {}
    for each in listed:
        try:
            host = parsed(each.address).host
        except FetchError:
            host = ""
        groups.setdefault(host, []).append(each)
    return list(groups.values())


class _Keeper:
    """Keeps in a folder what comes from the web."""

    def __init__(self, folder: Path, hidden: Path, web: Web, pace: Pace, on_done: OnDone) -> None:
        self._folder = folder
        self._hidden = hidden
        self._web = web
        self._pace = pace
        self._on_done = on_done
        self._guard = threading.Lock()
        self._manifest = Manifest(folder)
        self._owners = self._manifest.owners()

    def all_of(self, group: Sequence[Listed]) -> list[Entry]:
        """The addresses of one host, one after the other."""
        entries: list[Entry] = []
        failures = 0
        for each in group:
            self._pace.check()
            entry = _failed(each, _LEFT) if failures >= _GIVE_UP_AFTER else self._one(each)
            self._manifest.append(entry)
            entries.append(entry)
            if entry.reason == "asked_to_wait":
                failures = _GIVE_UP_AFTER
            elif entry.reason in _NOT_REACHED or entry.status in _TOO_MUCH:
                failures += 1
            elif entry.reason != _LEFT.reason:
                failures = 0
            with self._guard:
                self._on_done(entry)
        return entries

    def _one(self, listed: Listed) -> Entry:
        """One address, whatever comes of it."""
        last = self._manifest.state(listed.address)
        aside = self._hidden / f"aside-{hashlib.sha256(listed.address.encode()).hexdigest()}"
        try:
            answer = self._web.get(listed.address, aside, self._known(last))
            if answer.is_unchanged and last is not None:
                return _entry(listed, answer, UNCHANGED, last.file, last)
            return self._kept(listed, answer, aside, last)
        except FetchError as error:
            return _failed(listed, error)
        finally:
            aside.unlink(missing_ok=True)

    def _known(self, last: Entry | None) -> Known:
        """What to ask for changes of: nothing, if what we had is not here any more."""
        if last is None or not self._is_here(last):
            return Known()
        return Known(last.etag, last.last_modified)

    def _is_here(self, entry: Entry) -> bool:
        place = self._folder / entry.file
        return place.is_file() and place.stat().st_size == entry.bytes

    def _kept(self, listed: Listed, answer: Answer, aside: Path, last: Entry | None) -> Entry:
        """Bring content that came into its place, unless it is there."""
        if last is not None and answer.sha256 == last.sha256 and self._is_here(last):
            return _entry(listed, answer, UNCHANGED, last.file)
        if last is not None and names.looks_like_page(answer.head) and not names.is_page(last.file):
            raise FetchError(
                "page_instead",
                "原来是文件，现在是网页，多半是出错或拦截的页面；原来的文件不动",
                answer.status,
                answer.final_address,
            )
        file = last.file if last is not None else self._file(listed, answer)
        self._move(aside, self._folder / file)
        return _entry(listed, answer, NEW if last is None else CHANGED, file)

    def _file(self, listed: Listed, answer: Answer) -> str:
        """Where the content of an address goes that has no file yet; a name that is taken gets a mark."""
        url, final = parsed(listed.address), parsed(answer.final_address)
        host = names.clean(f"{url.host}_{url.port}" if url.port else url.host.replace(":", "_")) or "_"
        name = names.of_content(
            listed.name,
            answer.disposition,
            final.raw_path.partition(b"?")[0].decode(),
            answer.content_type,
            answer.head,
        )
        with self._guard:
            if self._is_taken(file := f"{host}/{name}", answer):
                file = f"{host}/{names.told_apart(name, listed.address)}"
            self._owners[file.casefold()] = listed.address
        return file

    def _is_taken(self, file: str, answer: Answer) -> bool:
        """By another address, or by a file that nobody fetched; content without a line is of a run that was killed."""
        place = self._folder / file
        return file.casefold() in self._owners or (place.exists() and _sha256(place) != answer.sha256)

    def _move(self, aside: Path, place: Path) -> None:
        """Put a file in its place in one step. What is there stays, under the name of its content."""
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_file():
            earlier = self._hidden / "earlier" / f"{_sha256(place)}{place.suffix}"
            if not earlier.exists():
                _copy(place, earlier)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(place)


def _copy(file: Path, to: Path) -> None:
    """A second name for a file; a copy where the file system has no such thing."""
    try:
        to.hardlink_to(file)
    except OSError:
        aside = to.with_name(f"aside-{to.name}")
        shutil.copyfile(file, aside)
        aside.replace(to)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _entry(listed: Listed, answer: Answer, outcome: str, file: str, last: Entry | None = None) -> Entry:
    """The line of an answer; one that says that nothing has changed says nothing of what there is, so `last` does."""
    return Entry(
        address=listed.address,
        fetched_at=_now(),
        outcome=outcome,
        status=answer.status,
        final_address=answer.final_address,
        file=file,
        sha256=last.sha256 if last else answer.sha256,
        bytes=last.bytes if last else answer.size,
        content_type=answer.content_type or (last.content_type if last else ""),
        etag=answer.etag or (last.etag if last else ""),
        last_modified=answer.last_modified or (last.last_modified if last else ""),
        organization=listed.organization,
        note=listed.note,
    )


def _failed(listed: Listed, error: FetchError) -> Entry:
    return Entry(
        address=listed.address,
        fetched_at=_now(),
        outcome=FAILED,
        reason=error.reason,
        message=str(error),
        status=error.status,
        final_address=error.final_address,
        organization=listed.organization,
        note=listed.note,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
