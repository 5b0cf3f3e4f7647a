"""Reads the project's text files: paths relative to the root, UTF-8 with or without BOM, the line of a bad byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from warehouse.transform.errors import TransformError


def relative(root: Path, path: Path) -> str:
    """`path` as errors and selections name it: relative to the project root, with forward slashes."""
    return path.relative_to(root).as_posix()


def read_text(root: Path, path: Path) -> str:
    """The text of a UTF-8 file without its BOM; line ends stay as they are.

    Raises TransformError where the file is not UTF-8 (with the line of the first bad byte) or cannot be read.
    """
    file = relative(root, path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TransformError(file, None, f"无法读取文件（{error.strerror}）") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TransformError(file, line, "文件不是 UTF-8 编码，请另存为 UTF-8") from error


def find(folder: Path, *suffixes: str) -> Iterator[Path]:
    """Files below `folder` with one of the suffixes, sorted by path; hidden files and folders are left out."""
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.suffix in suffixes and path.is_file() and not any(part.startswith(".") for part in inside):
            yield path
