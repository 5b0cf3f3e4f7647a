"""What a warehouse is made by: readers, vocabulary, and the project with the machinery that builds it.

Takes the project's folder; gives short names that change when any of it may give other rows. Cheap: files are hashed,
nothing is parsed or imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders import version

_PACKAGE = Path(__file__).parent
# Building and judging; what only prints or publishes gives no other rows.
_MACHINERY = ("transform", "expectations", "reading", "build.py", "fingerprints.py")
_LIBRARIES = ("duckdb", "sqlglot", "jinja2", "great-expectations", "pyarrow")
_PROJECT = ("models", "seeds", "warehouse/macros")
_SUFFIXES = (".sql", ".csv", ".yml", ".yaml", ".md")


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of the loaders, of the vocabulary files, and of models, seeds, macros and machinery; `project` is None where a
    warehouse was built with several."""

    loader: str
    vocabulary: str
    project: str | None


def current(root: Path) -> Fingerprints:
    """Those of the project at `root` and of this installation."""
    own = [path for name in _MACHINERY for path in _sources(_PACKAGE / name)]
    libraries = "\n".join(version.of_libraries(_LIBRARIES))
    whole = f"{version.of_files(_project(root), root)} {version.of_files(own, _PACKAGE)} {libraries}"
    return Fingerprints(version.loader(), version.vocabulary(root / "seeds"), version.of_text(whole))


def _project(root: Path) -> Iterator[Path]:
    """The files of models, seeds and macros; reports among the seeds are documents."""
    yield root / "dbt_project.yml"
    for folder in _PROJECT:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _SUFFIXES and path.relative_to(root).parts[:2] != ("seeds", "reports"):
                yield path


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]
