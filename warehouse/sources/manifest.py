"""What was fetched into a folder: a line of JSON for every attempt, in the hidden folder `.gouji` that builds pass by.

While addresses are fetched the manifest is only added to, a line at a time, each forced to the disk; a line that a
killed run left half written counts for nothing. When the next run begins, what later lines supersede is left out and
the file replaced in one step, so that it does not grow with every night on which nothing has changed. Lines that
brought content stay for good.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

HIDDEN = ".gouji"
NEW, CHANGED, UNCHANGED, FAILED = "new", "changed", "unchanged", "failed"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attempt. `fetched_at` is UTC; `file` is relative to the folder; an attempt that failed has a reason instead.

    `outcome` is `new`, `changed`, `unchanged` or `failed`. `sha256` and `bytes` are those of the file as it was kept.
    """

    address: str
    fetched_at: str
    outcome: str
    reason: str = ""
    message: str = ""
    status: int | None = None
    final_address: str = ""
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    organization: str = ""
    note: str = ""


_decoder = msgspec.json.Decoder(Entry)


def file_of(folder: Path) -> Path:
    """The manifest of a folder."""
    return folder / HIDDEN / "manifest.jsonl"


def read(folder: Path) -> list[Entry]:
    """The lines of a folder's manifest, the oldest first; none if it has no manifest."""
    try:
        data = file_of(folder).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return list(_entries(data.split(b"\n")))


def _entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    for line in lines:
        try:
            yield _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # empty, or not written whole


def beside(files: Iterable[Path]) -> list[Path]:
    """The folders with a manifest that these files are in, directly or below."""
    seen: dict[Path, bool] = {}
    for place in {os.path.dirname(file) for file in files}:  # noqa: PTH120 - many files, few folders: no Path for each
        for folder in (Path(place), *Path(place).parents):
            if folder in seen:
                break
            seen[folder] = file_of(folder).is_file()
    return sorted(folder for folder, has_one in seen.items() if has_one)


class Manifest:
    """The manifest of a folder that is being fetched into; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Reads the manifest, and leaves out of the file what is superseded. Raises OSError."""
        self._file = file_of(folder)
        self._guard = threading.Lock()
        self._states: dict[str, Entry] = {}
        entries = read(folder)
        kept = _kept(entries)
        if len(kept) < len(entries):
            self._replace(kept)
        for entry in kept:
            self._note(entry)

    def state(self, address: str) -> Entry | None:
        """The last line of an address that had content, if there is one."""
        return self._states.get(address)

    def owners(self) -> dict[str, str]:
        """Files, in small letters, and the addresses whose content they are."""
        return {entry.file.casefold(): address for address, entry in self._states.items()}

    def append(self, entry: Entry) -> None:
        """Add a line, and have it on the disk before this returns. Raises OSError."""
        with self._guard, self._file.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
                file.write(b"\n")  # after a line that was not written whole
            file.write(msgspec.json.encode(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        if entry.sha256:
            self._states[entry.address] = entry

    def _replace(self, entries: Sequence[Entry]) -> None:
        aside = self._file.with_suffix(".aside")
        with aside.open("wb") as file:
            file.writelines(msgspec.json.encode(entry) + b"\n" for entry in entries)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._file)


def _kept(entries: Sequence[Entry]) -> list[Entry]:
    """Lines that brought content, and of each address the last one with content and the last one at all."""
    last = {entry.address: place for place, entry in enumerate(entries)}
    state = {entry.address: place for place, entry in enumerate(entries) if entry.sha256}
    places = {*last.values(), *state.values()}
    return [entry for place, entry in enumerate(entries) if place in places or entry.outcome in (NEW, CHANGED)]
