"""The published documents beside the repository, read and modelled once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run


@pytest.fixture(scope="session")
def published(
    interpreter: Any, root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of `../shared/reports/published`, without data tests and expectations."""
    folder = shared / "reports" / "published"
    if not folder.is_dir():
        pytest.skip(f"no published documents at {folder}")
    with duckdb.connect(tmp_path_factory.mktemp("published") / "gouji.duckdb") as connection:
        landing = Landing(connection)
        landing.create()
        for path in formats.find([folder]):
            landing.add([(document, interpreter.interpret(document)) for document in formats.read_all(path)])
        run(connection, load_project(root))
        yield connection
