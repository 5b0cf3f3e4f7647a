"""The published documents beside the repository, built once for all tests, data tests and expectations included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.build import build


@pytest.fixture(scope="session")
def published(
    root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of `../shared/reports/published`."""
    folder = shared / "reports" / "published"
    if not folder.is_dir():
        pytest.skip(f"no published documents at {folder}")
    target = tmp_path_factory.mktemp("published") / "gouji.duckdb"
    build([folder], target, root)
    with duckdb.connect(target, read_only=True) as connection:
        yield connection
