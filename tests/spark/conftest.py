"""The samples, and files that are to be refused, built on Spark and on DuckDB once for all tests that compare them."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from warehouse.build import build
from warehouse.spark import build as spark_build
from warehouse.spark import session


@dataclass(frozen=True)
class Built:
    """One set of reports by both engines: the folder of Spark's tables, and DuckDB's file."""

    folder: Path
    warehouse: Path


@pytest.fixture(scope="session")
def reports(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The samples; beside them an archive with one of them and a report of its own, and an empty file."""
    samples, beside = root / "seeds" / "reports", tmp_path_factory.mktemp("beside")
    again = next(path for path in sorted(samples.rglob("*")) if path.suffix == ".txt")
    with zipfile.ZipFile(beside / "两份.zip", "w") as archive:
        archive.write(again, "重复.txt")
        archive.writestr(
            "云岭.txt",
            "云岭市财政局2021年度部门决算\n"
            "2021年度本年支出合计100万元，其中：基本支出60万元，项目支出50万元。\n"
            "2021年“三公”经费预算10万元，支出决算8万元，完成预算的80%。\n",
        )
    (beside / "空.txt").write_bytes(b"")
    return [samples, beside]


@pytest.fixture(scope="session")
def built(root: Path, reports: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both builds; skipped where Spark cannot run, unless `make test-spark` asks for it."""
    missing = session.missing_parts()
    if missing and "GOUJI_TEST_SPARK" not in os.environ:
        pytest.skip(f"{missing[0]} (make test-spark)")
    folder = tmp_path_factory.mktemp("engines")
    result = spark_build.build(reports, folder / "spark", root, "local[2]")
    return Built(result.folder, build(reports, folder / "gouji.duckdb", root).warehouse)
