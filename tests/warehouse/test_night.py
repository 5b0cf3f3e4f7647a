"""The report of a night: the same facts on the page and in the JSON, for people on any screen, whatever names say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from warehouse import night, query, runs
from warehouse.build import BuildResult
from warehouse.night import Night
from warehouse.query import Rows
from warehouse.runs import Run

HOSTILE = "reports/\"><img src=x onerror='window.hacked=1'><script>window.hacked=1</script>.txt"
LONG = "报告" * 60 + "/" + "a" * 200 + ".pdf"
_FLAG = (
    "severity",
    "rule_id",
    "organization_name",
    "fiscal_year",
    "message",
    "path",
    "id",
    "is_primary",
    "figure_id",
)
_DOCUMENT = ("path", "message", "id", "title", "organization_name", "fiscal_year")


def eventful() -> Night:
    """A night on which everything happened, under names that nobody would choose."""
    run = Run("build", started_at=datetime(2026, 1, 2, 2, 30, tzinfo=UTC), steps={"读取报告": 2.5, "建模": 0.0})
    run.end("built")
    run.files, run.files_opened, run.documents_rejected, run.documents_partial = 5, 4, 1, 0
    run.relations_built, run.relations_kept, run.anomalies_new, run.anomalies_resolved = 90, 12, 2, 1
    flag = ("error", "T07", "云岭市<b>审计局</b>", 2021, "合计印为100万元，相差60万元", HOSTILE, "a1", True, "f-3")
    follows = ("warning", "S10", None, None, "数字前多出0", LONG, "a2", False, None)
    return Night(
        run,
        version="20260102T023100Z-1a2b3c4d",
        by_severity={"error": 3, "warning": 0, "info": 1},
        counts={"anomaly_new": 2, "anomaly_resolved": 1, "document_added": 1, "document_moved": 1},
        severities={"error": 1},
        new=Rows(_FLAG, (flag, follows)),
        resolved=Rows(_FLAG, (flag,)),
        added=Rows(_DOCUMENT, ((HOSTILE, "文件是空的", "d1", None, None, None),)),
        moved=Rows(_DOCUMENT, ((LONG, "旧.pdf", "d2", "云岭市审计局2021年度部门决算", "云岭市审计局", 2021),)),
        rejected=Rows(("path", "reason", "message", "is_new"), ((HOSTILE, "empty_file", "文件是空的", True),)),
        coverage=Rows(("what", "title", "count"), (("figures", "指标", 12345),)),
        diff=Rows(
            ("relation", "change", "cause", "detail", "row_count", "columns"),
            (
                ("marts.fct_check", "rows_added", "documents_added+loader", HOSTILE, 7, []),
                ("marts.fct_check", "column_added", "models", "fct_check", None, ["new_column"]),
            ),
        ),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of such a night."""
    target = tmp_path_factory.mktemp("night")
    night.write(eventful(), target)
    return target


def strings(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON, without the names of fields."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


# The page in a browser


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The page, without a network; a test passes only if the browser has nothing to complain of."""
    complaints: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.goto((folder / "latest.html").as_uri())
    yield opened
    context.close()
    assert complaints == []


def test_the_page_tells_what_the_json_tells(page: Page, folder: Path) -> None:
    """Each text of the JSON is on the page: paths, messages, reasons; but for identifiers and words that are coded."""
    told = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    shown = page.locator("body").inner_text()
    lists = ("new", "resolved", "added", "moved", "rejected")
    left_out = {row["id"] for name in lists for row in told[name] if "id" in row} | {"error", "warning", "f-3"}
    said = {text for text in strings({name: told[name] for name in lists}) if text not in left_out}
    assert sorted(text for text in said if text not in shown) == []
    for part in (
        "已发布",
        "20260102T023100Z-1a2b3c4d",
        "错误 3，提示 1",
        "1 条（错误 1），随之不符的 1 条",
        "gouji trace f-3",
        "12,345",
        "marts.fct_check",
        "新列 new_column",
        "文件新增，装载程序，模型",
        "2.5",
        told["run"]["run_id"],
        f"DuckDB {told['run']['duckdb_version']}",
    ):
        assert part in shown
    assert "2026-01-02" in shown or "2026-01-01" in shown  # by the clock of this machine


def test_names_run_nothing_and_make_no_marks(page: Page) -> None:
    assert page.evaluate("window.hacked ?? null") is None
    assert page.locator("img, script, td b").count() == 0
    assert HOSTILE in page.locator("#added").inner_text()


def test_the_page_needs_no_sideways_scrolling(page: Page) -> None:
    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_is_dark_where_the_screen_is_and_black_on_white_in_print(page: Page) -> None:
    def colours() -> Any:
        return page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")

    page.emulate_media(color_scheme="dark")
    assert colours() == ["rgb(232, 232, 232)", "rgb(20, 20, 20)"]
    page.emulate_media(color_scheme="dark", media="print")
    assert colours() == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"


# What is told when


def test_the_page_needs_nothing_from_elsewhere(folder: Path) -> None:
    page = (folder / "latest.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://|src=\S|@import|url\(", page.replace("&lt;img src=x", "")) == []
    assert sorted(file.name for file in folder.iterdir()) == [
        "gouji-20260102T023000Z.html",
        "gouji-20260102T023000Z.json",
        "latest.html",
        "latest.json",
    ]


def test_the_first_night_lists_what_there_is(tiny: BuildResult, tmp_path: Path) -> None:
    """There is nothing to compare with, so nothing is new; the error of the report is told all the same."""
    with query.reading(tiny.warehouse) as connection:
        first = night.of_run(runs.history(tiny.warehouse, connection)[0], connection)
    assert (first.new.values, first.counts, first.by_severity) == ((), {}, {"error": 1, "warning": 0, "info": 1})
    assert [row["rule_id"] for row in first.standing.dicts()] == ["T07", "P09"]
    night.write(first, tmp_path)
    page = (tmp_path / "latest.html").read_text(encoding="utf-8")
    for part in ("这是第一次构建", "现有的疑点", "T07", "gouji trace "):
        assert part in page


@pytest.mark.parametrize("content", [None, "no database"], ids=["none", "damaged"])
def test_a_night_that_failed_without_a_warehouse_is_reported(gouji: Any, tmp_path: Path, content: str | None) -> None:
    warehouse = tmp_path / "w.duckdb"
    if content is not None:
        warehouse.write_text(content, encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    answer = gouji("build", tmp_path / "nothing", "--warehouse", warehouse, "--report", tmp_path / "nights")
    assert (answer.code, "没有找到报告文件" in answer.err) == (1, True)
    assert "报告或通知没有成功" not in answer.err
    page = (tmp_path / "nights" / "latest.html").read_text(encoding="utf-8")
    for part in ("失败", "没有找到报告文件", "还没有可用的数仓"):
        assert part in page


def test_a_night_with_nothing_to_do_says_what_the_warehouse_holds(tiny: BuildResult, tmp_path: Path) -> None:
    run = Run("build")
    run.end("unchanged")
    with query.reading(tiny.warehouse) as connection:
        night.write(night.of_run(run, connection), tmp_path)
    told = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert (told["run"]["outcome"], told["by_severity"]["error"], told["coverage"]) == ("unchanged", 1, [])
    page = (tmp_path / "latest.html").read_text(encoding="utf-8")
    assert "没有变化，没有重建" in page
    assert f"在用的是 {told['version']}" in page


def test_every_field_of_the_json_is_described(folder: Path, root: Path) -> None:
    text = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("| Field | What it is |")[2].partition("\n\n")[0]
    told = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    names = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    described = {name for cell in names for name in re.findall(r"`(\w+)`", cell)}
    assert described == set(told)
    fields = {field for name in told if isinstance(told[name], list) for row in told[name] for field in row}
    assert sorted(fields - set(re.findall(r"`(\w+)`", table)) - set(told["diff"][0])) == []
