"""The project as an earlier process read and rendered it, kept under `target/`: dbt's partial parse, all or nothing.

Takes the project root; gives a `Project` without reading its YAML and jinja again, if every file that it was made of
still has the same content and this package is the same. Only what this process could have made itself is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from warehouse.transform.files import find
from warehouse.transform.resources import Project

_FILE = Path("target") / "gouji" / "project.pickle"


def load_project(root: Path) -> Project:
    """Reads the project at `root`, or takes it as it was kept.

    Raises TransformError with file and line: a file that cannot be read, a setting outside the supported subset, two
    models or seeds of one name, properties of something that does not exist, an unknown doc block.
    """
    known = _read(root)
    if known is not None:
        return known
    from warehouse.transform.project import read_project

    project = read_project(root)
    return replace(project, key=_key(root, project.folders))


def write(project: Project) -> None:
    """Keeps a project with its rendered models; where that cannot be written it is read anew next time."""
    if not project.key:
        return
    folders = json.dumps(project.folders).encode() + b"\n"
    content = pickle.dumps(project, protocol=pickle.HIGHEST_PROTOCOL)
    file = project.root / _FILE
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(folders + _seal(project.key, content) + content)
        aside.replace(file)


def _read(root: Path) -> Project | None:
    """What was kept, if it is whole and of the files as they are now. It is trusted as the code beside it is."""
    try:
        folders, _, kept = (root / _FILE).read_bytes().partition(b"\n")
        names = json.loads(folders)
    except (OSError, ValueError):
        return None
    seal, content = kept[:32], kept[32:]
    if seal != _seal(_key(root, names), content):
        return None
    project: Project = pickle.loads(content)
    return project


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def _key(root: Path, folders: Iterable[str]) -> str:
    """A digest of all that a project is read from: its files (of seeds the names), this package and its libraries.

    `folders` follow from `dbt_project.yml`, whose content counts.
    """
    digest = hashlib.sha256(f"{root}\n{sys.version}\n{version('jinja2')} {version('pyyaml')}\n".encode())
    for path in _files(root, folders):
        digest.update(f"{path}\n".encode())
        if path.suffix != ".csv":
            with contextlib.suppress(OSError):
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path, folders: Iterable[str]) -> Iterator[Path]:
    yield root / "dbt_project.yml"
    yield from (path for name in ("packages.yml", "dependencies.yml") if (path := root / name).exists())
    for folder in folders:
        suffixes = (".sql",) if folder in ("tests", "snapshots") else (".sql", ".yml", ".yaml", ".md", ".csv", ".py")
        yield from find(root / folder, *suffixes)
    yield from find(Path(__file__).parent, ".py")
