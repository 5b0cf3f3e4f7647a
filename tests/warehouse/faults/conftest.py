"""What tests of faults share: a folder of three short reports, and builds of it without models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from killing import NO_MODELS, without_models

import warehouse.upkeep  # noqa: F401  (it takes names from warehouse.build: not first where a test has replaced them)
from warehouse.build import BuildResult, build
from warehouse.expectations import CheckReport
from warehouse.reading.cache import DocumentCache
from warehouse.reading.messages import Done, Failed, Task
from warehouse.reading.pool import ReadingError
from warehouse.reading.worker import Reader

REPORT = "云岭市{}局2021年度部门决算\n2021年度本年支出合计{}万元，其中：基本支出60万元，项目支出40万元。\n"


def write(reports: Path, **amounts: int) -> None:
    """Reports of these bureaus, and no others."""
    reports.mkdir(exist_ok=True)
    for file in reports.iterdir():
        file.unlink()
    for name, amount in amounts.items():
        (reports / f"{name}.txt").write_text(REPORT.format(name, amount), encoding="utf-8")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of three reports."""
    folder = tmp_path / "reports"
    write(folder, 统计=100, 审计=100, 农业=100)
    return folder


class Here:
    """Reads in this process what a pool has read by workers: starting one takes most of the time of a small build."""

    _readers: ClassVar[dict[Path, Reader]] = {}

    def __init__(self, seeds: Path, cache: Path, *_: object) -> None:
        self._reader = self._readers.setdefault(seeds, Reader(seeds, DocumentCache(cache), lambda _: None))
        self._reader._cache = DocumentCache(cache)

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""

    def read(self, tasks: Iterator[Task], *_: object) -> Iterator[tuple[Task, Done]]:
        """As a pool does it."""
        for task in tasks:
            done = self._reader.run(task)
            if isinstance(done, Failed):
                raise ReadingError(f"读出的内容写不进磁盘：{done.message}")
            yield task, done


@pytest.fixture
def built(reports: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BuildResult]:
    """Builds the reports, as far as raw, into a warehouse in a folder of its own, `w/w.duckdb` unless named."""
    monkeypatch.setattr("warehouse.build.load_project", lambda *_: None)
    monkeypatch.setattr("warehouse.build.plan", lambda *_: NO_MODELS)
    monkeypatch.setattr("warehouse.build.transform", without_models)
    monkeypatch.setattr("warehouse.build.check", lambda *_: CheckReport((), 0.0))
    monkeypatch.setattr("warehouse.reading.land.Pool", Here)

    def once(name: str = "w", keep: int = 5, *, is_full: bool = False) -> BuildResult:
        target = reports.parent / name / f"{name}.duckdb"
        return build([reports], target, root, keep=keep, is_full=is_full)

    return once
