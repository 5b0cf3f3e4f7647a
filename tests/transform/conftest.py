"""Small dbt projects written by the tests themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from warehouse.transform import Project, TransformError, load_project

SETTINGS = """\
name: demo
profile: demo
model-paths: ["models"]
seed-paths: ["seeds"]
macro-paths: ["warehouse/macros"]
vars:
  start_year: 2000
models:
  demo:
    staging:
      +schema: staging
      +materialized: view
    marts:
      +schema: marts
      +materialized: table
seeds:
  demo:
    +schema: reference
"""

Write = Callable[[Mapping[str, str | bytes]], Path]
Load = Callable[[Mapping[str, str | bytes]], Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files (path -> text or bytes) below a root that has a `dbt_project.yml`, and returns the root."""

    def write_files(files: Mapping[str, str | bytes]) -> Path:
        for name, content in {"dbt_project.yml": SETTINGS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        return tmp_path

    return write_files


@pytest.fixture
def load(write: Write) -> Load:
    """Writes files and loads the project."""
    return lambda files: load_project(write(files))


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def fails() -> Callable[..., TransformError]:
    """Calls something that has to fail, checks file and line and the words of the cause, returns the error."""

    def check(action: Callable[[], object], place: str, *words: str) -> TransformError:
        with pytest.raises(TransformError) as caught:
            action()
        text = str(caught.value)
        assert text.startswith(f"{place}: "), text
        assert caught.value.line is not None or ":" not in place
        for word in words:
            assert word in text, text
        return caught.value

    return check
