"""Warehouses built once for all tests here, the `gouji` command called in this process, and projects to break."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml
from answers import Ask
from playwright.sync_api import Browser, sync_playwright
from projects import copy_project

from warehouse import cli
from warehouse.build import BuildResult, build
from warehouse.expectations import CheckReport

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TINY = """\
云岭市财政局2021年度部门决算
2021年度本年支出合计100万元，其中：基本支出60万元，项目支出50万元。
2021年“三公”经费预算10万元，支出决算8万元，完成预算的80%。
"""


@dataclass(frozen=True)
class Answer:
    """What a command printed and its exit code; `err` without white space, because a terminal's width breaks lines."""

    code: int
    out: str
    err: str


_NO_ANOMALIES = """
    select '' as anomaly_id, '' as document_id, '' as file_name, '' as rule_id, '' as severity,
        '' as organization_name, 0 as fiscal_year, '' as message, true as is_primary, '' as verdict,
        '' as suspect_figure_id, [''] as figure_ids
    where false
"""
Gouji = Callable[..., Answer]
Python = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def samples(root: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The warehouse that the first command of a fresh clone builds. Nobody may write to it or hold it open."""
    target = tmp_path_factory.mktemp("samples") / "gouji.duckdb"
    return build([root / "seeds" / "reports"], target, root)


@pytest.fixture(scope="session")
def samples_connection(
    samples: BuildResult, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of it: DuckDB shares settings between all connections to one file in a process."""
    copy = tmp_path_factory.mktemp("samples_copy") / "gouji.duckdb"
    shutil.copyfile(samples.warehouse, copy)
    with duckdb.connect(copy, read_only=True) as connection:
        yield connection


@pytest.fixture
def samples_copy(samples: BuildResult, tmp_path: Path) -> Path:
    """A copy of that warehouse which a test may change."""
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(samples.warehouse, copy)
    return copy


@pytest.fixture(scope="session")
def light_project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with all its models, seeds and rules, and without data tests: these take longest, and where a test
    is about something else nothing is lost by leaving them out."""
    project = copy_project(root, tmp_path_factory.mktemp("light") / "project")
    for path in [*(project / "models").rglob("*.yml"), *(project / "seeds").rglob("*.yml")]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(_without_data_tests(content), allow_unicode=True), encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def tiny(light_project: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """A warehouse of one short report, which has an error. Nobody may write to it or hold it open."""
    folder = tmp_path_factory.mktemp("tiny")
    report = folder / "tiny.txt"
    report.write_text(TINY, encoding="utf-8")
    return build([report], folder / "tiny.duckdb", light_project)


@pytest.fixture
def tiny_copy(tiny: BuildResult, tmp_path: Path) -> Path:
    """A copy of it which a test may change or replace."""
    copy = tmp_path / "tiny.duckdb"
    shutil.copyfile(tiny.warehouse, copy)
    return copy


@pytest.fixture
def broken_project(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project that the commands use, for a test to break."""
    project = copy_project(root, tmp_path / "project")
    monkeypatch.setenv("GOUJI_PROJECT", str(project))
    return project


@pytest.fixture
def only_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds end with raw: what is about the reading of documents needs no models and no checks."""

    def no_models(connection: duckdb.DuckDBPyConnection, *_: Any, **__: Any) -> int:
        connection.execute("create schema if not exists marts")
        for table in ("fct_figure", "fct_anomaly"):
            connection.execute(f"create or replace table marts.{table} as {_NO_ANOMALIES}")
        return 0

    monkeypatch.setattr("warehouse.build.plan", lambda *_: SimpleNamespace(decisions=()))
    monkeypatch.setattr("warehouse.build.transform", no_models)
    monkeypatch.setattr("warehouse.build.check", lambda *_: CheckReport((), 0.0))


@pytest.fixture
def gouji(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gouji:
    """Calls `gouji` with arguments in this process."""

    def call(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["gouji", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Answer(ended.value.code, printed.out, re.sub(r"\s", "", printed.err))

    return call


@pytest.fixture
def python(root: Path) -> Python:
    """Starts Python code, with arguments, in a process of its own at the top of the repository."""

    def start(code: str, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=root,
            env={**os.environ, "PYTHONUTF8": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    return start


def _without_data_tests(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_data_tests(value) for key, value in content.items() if key != "data_tests"}
    if isinstance(content, list):
        return [_without_data_tests(value) for value in content]
    return content


@pytest.fixture
def ask(gouji: Any, samples: BuildResult) -> Ask:
    """A command on the sample warehouse."""
    return lambda *arguments: gouji(*arguments, "--warehouse", samples.warehouse)


@pytest.fixture
def light(light_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use the project without data tests."""
    monkeypatch.setenv("GOUJI_PROJECT", str(light_project))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; tests skip where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("no browser: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()
