"""Copies of the project for tests to change."""

from __future__ import annotations

import shutil
from pathlib import Path


def copy_project(root: Path, target: Path) -> Path:
    """The parts of the repository that `GOUJI_PROJECT` names, without the sample reports."""
    target.mkdir(parents=True)
    shutil.copy(root / "dbt_project.yml", target)
    shutil.copytree(root / "models", target / "models")
    shutil.copytree(root / "seeds", target / "seeds", ignore=shutil.ignore_patterns("reports"))
    shutil.copytree(root / "warehouse" / "macros", target / "warehouse" / "macros")
    return target
