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
    seen: set[Path] = set()
    for path in paths:
        yield from _files_at(path, seen)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none that somebody published: hidden, of the system, or a lock file."""
    return (name.startswith((".", "~$")) and name not in (".", "..")) or name.lower() in _SYSTEM_FILES


def _files_at(path: Path, seen: set[Path]) -> Iterator[Path]:
    waiting = [path]  # and no recursion: folders may be deeper than Python's stack
    while waiting:
        path = waiting.pop()
        place = _resolved(path)
        if place in seen:
            continue
        seen.add(place)
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else []
            is_file = not path.is_dir()
        except OSError:
            inside, is_file = [], True
        if is_file:
            yield path
        names = {file.name for file in inside}
        found = [file for file in inside if not is_hidden(file.name) and not _is_part_of_page(file.name, names)]
        waiting += reversed(found)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return path.absolute()


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
