"""Which readers and which vocabulary made a row: fingerprints that change when what they stand for may have changed.

Takes the source of the package and the files of the vocabulary; gives short hexadecimal names. Nothing is imported
for it but the standard library, so that a build with nothing to do finds that out in no time.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parent
# What comes after a document is read. A test keeps the readers of formats from importing any of it.
AFTER_READING = (
    "grids",
    "narrative",
    "interpret.py",
    "landing.py",
    "raw_tables.py",
    "reading.py",
    "seed_rows.py",
    "vocabulary.py",
)
# The folders under `seeds` that the vocabulary is read from; a test keeps this true.
VOCABULARY = ("vocabulary", "tables", "reference")
# What the readers call: another version may read another text. The last three are of the extra `ocr`.
_LIBRARIES = ("lxml", "numpy", "pypdfium2", "python-calamine", "rapidocr", "onnxruntime", "opencv-python-headless")


@cache
def reading() -> str:
    """The readers: their source, the libraries they call, and whether LibreOffice is there for old Word files."""
    sources = [path for path in _sources() if path.relative_to(_PACKAGE).parts[0] not in AFTER_READING]
    return _digest([*_contents(sources, _PACKAGE), *_environment()])


@cache
def loader() -> str:
    """All of what makes `raw` of a file but the vocabulary: what raw.document calls `loader_version`."""
    return _digest([*_contents(_sources(), _PACKAGE), *_environment()])


def vocabulary(seeds: Path) -> str:
    """The files that the vocabulary is read from."""
    files = [path for folder in VOCABULARY for path in sorted((seeds / folder).glob("*.csv"))]
    return _digest(_contents(files, seeds))


def of_files(files: Iterable[Path], root: Path) -> str:
    """The names, seen from `root`, and the contents of files."""
    return _digest(_contents(files, root))


def of_text(text: str) -> str:
    """A text."""
    return _digest([text.encode()])


def of_libraries(names: Iterable[str]) -> tuple[str, ...]:
    """`name version` of each distribution; without a version where it is not installed."""
    return tuple(f"{name} {_installed(name)}" for name in names)


def _environment() -> Iterator[bytes]:
    yield f"python {sys.version_info.major}.{sys.version_info.minor}".encode()
    yield from (line.encode() for line in of_libraries(_LIBRARIES))
    yield b"libreoffice" if shutil.which("soffice") or shutil.which("libreoffice") else b""


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _sources() -> list[Path]:
    return sorted(_PACKAGE.rglob("*.py"))


def _contents(files: Iterable[Path], root: Path) -> Iterator[bytes]:
    for path in files:
        yield path.relative_to(root).as_posix().encode()
        yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> str:
    """A name for a sequence of parts; each is hashed by itself, so that none can run into the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]
