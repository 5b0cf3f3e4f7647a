"""`gouji build --engine spark`: reports read on the cluster, the same models, and every table as a folder of Parquet.

Takes reports that all workers can open and a folder that all can write to. Everything is written aside and moved into
place, as a warehouse file is, so that readers see the earlier tables or the new ones.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import duckdb

from loaders import formats, vocabulary
from warehouse.build import BuildError, Progress
from warehouse.spark import models, reading, session
from warehouse.transform import NodeEvent, load_project
from warehouse.transform.resources import quoted

# What tells a folder of ours from one that somebody wants to keep, and how DuckDB reads it.
VIEWS = "views.sql"


@dataclass(frozen=True, slots=True)
class SparkResult:
    """What a build on Spark did: the folder of its tables (`folder/schema/table/*.parquet`), and seconds by stage."""

    folder: Path
    seconds: dict[str, float]


def build(
    reports: Sequence[Path],
    folder: Path,
    project_root: Path,
    master: str | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SparkResult:
    """Build the tables in `folder` from the report files and folders in `reports`, on the cluster at `master`.

    Raises SparkError where Spark cannot be used or fails, BuildError if no report can be read or `folder` holds
    something else, SeedError or TransformError for a fault in vocabulary or models; `folder` then stays as it was.
    """
    seconds: dict[str, float] = {}
    started = perf_counter()
    words = vocabulary.load(project_root / "seeds")
    project = load_project(project_root)
    models.check_portable(models.spark_graph(project))
    files = list(formats.find(list(reports)))
    if not files:
        raise BuildError("没有找到报告文件：所给文件夹是空的")

    def event(node: NodeEvent) -> None:
        on_progress(Progress("建模", node.index, node.total, node.name))

    with _aside(folder) as aside:
        with session.session(master) as spark:
            seconds["准备"] = perf_counter() - started
            started = perf_counter()
            on_progress(Progress("读取报告", 0, len(files), f"{len(files)} 份，由各节点同时读取"))
            raw = reading.land(spark, files, words, aside, datetime.now(UTC))
            on_progress(Progress("读取报告", len(files), len(files), ""))
            seconds["读取报告"] = perf_counter() - started
            if spark.read.parquet(raw["document"]).where("status <> 'rejected'").isEmpty():
                raise BuildError("没有一份报告能够读取；请用 gouji build 逐份查看原因")
            started = perf_counter()
            models.build(spark, project, raw, aside, event)
            seconds["建模"] = perf_counter() - started
        _write_views(aside, folder)
    return SparkResult(folder, seconds)


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory with a view on each table of a build, by schema and name.

    Raises BuildError where there is no build in `folder`.
    """
    views = folder / VIEWS
    if not views.is_file():
        raise BuildError(
            f"{folder} 中没有 gouji 在 Spark 上建立的表（缺少 {VIEWS}）；请先运行 gouji build --engine spark"
        )
    with duckdb.connect() as connection:
        connection.execute(views.read_text(encoding="utf-8"))
        yield connection


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder` that takes its place when the block ends well."""
    if folder.exists() and not (folder / VIEWS).is_file():
        raise BuildError(f"{folder} 里不是 gouji 在 Spark 上建立的表，不会覆盖；请用 --warehouse 另指一个文件夹")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.building-{os.getpid()}")
    before = folder.with_name(f".{folder.name}.before-{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        if folder.exists():
            folder.rename(before)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _write_views(aside: Path, folder: Path) -> None:
    """A script that gives DuckDB the tables by their names; it names the folder where they are going to be."""
    tables = sorted(path.relative_to(aside).parts for path in aside.glob("*/*") if path.is_dir())
    lines = [f"create schema if not exists {quoted(schema)};" for schema in sorted({schema for schema, _ in tables})]
    place = str(folder.absolute()).replace("'", "''")
    lines += [
        f"create or replace view {quoted(schema)}.{quoted(name)} as"
        f" select * from read_parquet('{place}/{schema}/{name}/*.parquet');"
        for schema, name in tables
    ]
    (aside / VIEWS).write_text("\n".join(lines) + "\n", encoding="utf-8")
