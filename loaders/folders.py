"""Paths to files: folders are walked, names become text that can be stored.

Takes the paths that a user names, gives those of the files to read. Nothing is opened here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Where browsers put the pictures and scripts of a page that is saved as a whole: 决算.html, 决算_files.
_PARTS_OF_PAGE = re.compile(r"(.+)(?:_files|\.files|_文件)")
_SYSTEM_FILES = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
_PAGES = (".html", ".htm", ".mht", ".shtml", ".xhtml")


def find(paths: list[Path]) -> Iterator[Path]:
    """The files at `paths` in a stable order; folders are walked, hidden and system files and the parts of saved
    pages left out.

    A file comes once, however often it is named, and a folder is walked once, wherever links lead. What cannot be
    found or listed comes too, so that reading it gives the record of it.
    """
    seen: set[str] = set()
    for path in paths:
        place = _resolved(path)
        if place not in seen:
            seen.add(place)
            yield from _walked(path, place, seen) if path.is_dir() else (path,)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none that somebody published: hidden, of the system, or a lock file."""
    return (name.startswith((".", "~$")) and name not in (".", "..")) or name.lower() in _SYSTEM_FILES


def _walked(folder: Path, place: str, seen: set[str]) -> Iterator[Path]:
    """The files in a folder that stands at `place`, whatever links led to it; the folder itself if it cannot be listed.

    `seen` are the places of what has been found. A corpus has a hundred thousand files: only links are resolved.
    Folders may be deeper than Python's stack, so what is still to be walked waits in a list.
    """
    waiting = [(folder, place, True)]
    while waiting:
        path, place, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError:
            yield path
            continue
        names = {entry.name for entry in entries}
        found = []
        for entry in entries:
            if is_hidden(entry.name) or _is_part_of_page(entry.name, names):
                continue
            inside = path / entry.name
            its_place = _resolved(inside) if entry.is_symlink() else f"{place.rstrip(os.sep)}{os.sep}{entry.name}"
            if its_place not in seen:
                seen.add(its_place)
                found.append((inside, its_place, _is_folder(entry)))
        waiting += reversed(found)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _resolved(path: Path) -> str:
    try:
        return str(path.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return str(path.absolute())


def _is_part_of_page(name: str, names: set[str]) -> bool:
    parts = _PARTS_OF_PAGE.fullmatch(name)
    return parts is not None and any(parts[1] + suffix in names for suffix in _PAGES)


def shown(path: Path) -> Path:
    """The path as text. Names that are not UTF-8 come from archives unpacked without care, and are in GB18030."""
    return Path(*(_decoded(os.fsencode(part)) for part in path.parts))


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")
