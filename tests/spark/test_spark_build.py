"""A build on Spark gives the rows and the types of a build on DuckDB, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Built

from warehouse import flags, query
from warehouse.build import BuildError
from warehouse.spark import build as spark_build
from warehouse.transform import load_project

PROJECT = load_project(Path(__file__).parents[2])
RAW = sorted(PROJECT.sources["raw"].tables)
# A build's own time differs; the path is the one given on one machine, and on a cluster the whole path.
OWN = {"document": " exclude (loaded_at)"}

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


@pytest.fixture(scope="module")
def both(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with its own build as `d` and views on Spark's Parquet in schemas of the memory."""
    with spark_build.opened(built.folder) as connection:
        connection.execute(f"attach '{built.warehouse}' as d (read_only)")
        yield connection


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"describe {query}").fetchall()]


def _assert_same(connection: duckdb.DuckDBPyConnection, relation: str, columns: str = "") -> None:
    ours, theirs = f"select *{columns} from d.{relation}", f"select *{columns} from memory.{relation}"
    assert _columns(connection, theirs) == _columns(connection, ours)
    only_duckdb = connection.execute(f"{ours} except all {theirs} limit 3").fetchall()
    only_spark = connection.execute(f"{theirs} except all {ours} limit 3").fetchall()
    assert (only_duckdb, only_spark) == ([], [])


@pytest.mark.parametrize("table", RAW)
def test_what_the_workers_read_is_what_one_machine_reads(both: duckdb.DuckDBPyConnection, table: str) -> None:
    _assert_same(both, f"raw.{table}", OWN.get(table, ""))


@pytest.mark.parametrize("seed", sorted(PROJECT.seeds))
def test_a_seed_has_the_same_rows_and_types(both: duckdb.DuckDBPyConnection, seed: str) -> None:
    _assert_same(both, f"{PROJECT.seeds[seed].schema}.{seed}")


@pytest.mark.parametrize("model", sorted(PROJECT.models))
def test_a_model_has_the_same_rows_and_types(both: duckdb.DuckDBPyConnection, model: str) -> None:
    _assert_same(both, f"{PROJECT.models[model].schema}.{model}")


def test_there_are_rows_to_compare(both: duckdb.DuckDBPyConnection) -> None:
    ((figures, anomalies, quotes),) = both.execute(
        "select (select count(*) from memory.marts.fct_figure), count(*), max(len(evidence))"
        " from memory.marts.fct_anomaly"
    ).fetchall()

    assert figures > 500
    assert anomalies > 20
    assert quotes > 2


def test_of_files_with_one_content_the_first_counts(both: duckdb.DuckDBPyConnection) -> None:
    rows = both.execute(
        "select file_name, status, reason, message from memory.raw.document where status = 'rejected' order by 1"
    ).fetchall()

    assert [(name, reason) for name, _, reason, _ in rows] == [("空.txt", "empty_file"), ("重复.txt", "duplicate")]
    assert rows[1][3].startswith("内容与 ")


def test_anomalies_are_read_from_the_parquet_as_from_a_warehouse(built: Built) -> None:
    with spark_build.opened(built.folder) as connection, query.reading(built.warehouse) as own:
        assert flags.anomalies(connection) == flags.anomalies(own)


def test_a_folder_of_something_else_is_not_overwritten(built: Built, root: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")

    with pytest.raises(BuildError, match="不会覆盖"):
        spark_build.build([root / "seeds" / "reports"], tmp_path, root, "local[2]")

    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"
