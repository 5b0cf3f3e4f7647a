"""What tests of faults share: a folder of three short reports, and builds of it without models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.build import BuildResult, build
from warehouse.reading.limits import Limits

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


@pytest.fixture
def built(reports: Path, root: Path, only_raw: None) -> Callable[..., BuildResult]:
    """Builds the reports into a warehouse in a folder of its own, `w/w.duckdb` unless named."""

    def once(name: str = "w", keep: int = 5, *, is_full: bool = False) -> BuildResult:
        target = reports.parent / name / f"{name}.duckdb"
        return build([reports], target, root, keep=keep, limits=Limits(jobs=1), is_full=is_full)

    return once
