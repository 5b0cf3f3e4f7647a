"""One flag a cause: which failed checks belong together, and which figure is named as the likeliest mistake.

Each report has a budget table with two 款 under one 类 and, where it says so, prose; one thing in it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cases.report import BUDGET, expenditure_table, table

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

RIGHT = (
    "合计 - 100.00 61.00 39.00",
    "204 公共安全支出 100.00 61.00 39.00",
    "20402 公安 70.00 45.00 25.00",
    "2040201 行政运行 50.00 45.00 5.00",
    "2040202 一般行政管理事务 20.00 - 20.00",
    "20406 司法 30.00 16.00 14.00",
    "2040601 行政运行 18.00 11.00 7.00",
    "2040604 基层司法业务 12.00 5.00 7.00",
)


def with_rows(**changed: str) -> str:
    """The right table with other rows in place of those of these codes; an empty one is left out."""
    rows = [changed.get("row_" + row.split()[0], row) for row in RIGHT]
    return expenditure_table("一般公共预算支出表", *[row for row in rows if row])


@dataclass(frozen=True)
class Mistake:
    """What is wrong, what the one flag names in 万元 as printed and what that should be in yuan, and how many checks
    fail. Of two cells that changed places either may be named; of columns out of place none is."""

    name: str
    body: str
    named: str
    suggested: str | None
    failed: int


MISTAKES = [
    Mistake(
        "a digit of one cell breaks its row and the class above it",
        with_rows(row_2040604="2040604 基层司法业务 12.00 5.00 9.00"),
        "9.00",
        "70000",
        2,
    ),
    Mistake(
        "a class that every identity of its own contradicts",
        with_rows(row_20406="20406 司法 36.00 16.00 14.00"),
        "36.00",
        "300000",
        3,
    ),
    Mistake(
        "a row that is left out: the class that misses it is named, in one flag for all columns",
        with_rows(row_2040604=""),
        "30.00",
        "180000",
        3,
    ),
    Mistake(
        "two cells of a row in each other's place",
        with_rows(row_2040601="2040601 行政运行 18.00 7.00 11.00"),
        "7.00 11.00",
        "70000 110000",
        2,
    ),
    Mistake(
        "a decimal point that moved",
        with_rows(row_2040202="2040202 一般行政管理事务 20.00 - 200.00"),
        "200.00",
        "200000",
        2,
    ),
    Mistake(
        "prose that differs from the table and from itself",
        "一般公共预算拨款支出预算100万元。主要用于：公安（款）70万元；司法（款）30万元。\n"
        "司法（款）2021年预算安排33万元。\n" + with_rows(),
        "33",
        "300000",
        2,
    ),
    Mistake(
        "amounts that stand a row too low: one flag for the table",
        table(
            "一般公共预算支出表",
            """
            科目编码 科目名称 合计 基本支出 项目支出
            2040201 行政运行 50.00 45.00 6.00
            2040202 一般行政管理事务 20.00 4.00 20.00
            2040601 行政运行 18.00 10.00 9.00
            2040604 基层司法业务 12.00 5.00 8.50
            """,
        ),
        "",
        None,
        4,
    ),
]


@pytest.fixture(scope="module")
def flagged(interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The anomalies of every mistake, by its name, and of two mistakes in one report."""
    folder = tmp_path_factory.mktemp("causes")
    two = (
        with_rows(row_2040604="2040604 基层司法业务 12.00 5.00 9.00")
        + "\n2021年“三公”经费预算5万元，其中：因公出国（境）费0万元，"
    )
    two += "公务用车购置及运行维护费3万元，公务接待费1万元。"
    bodies = {**{mistake.name: mistake.body for mistake in MISTAKES}, "two": two, "none": with_rows()}
    for number, body in enumerate(bodies.values()):
        text = f"云岭市{'甲乙丙丁戊己庚辛壬癸'[number]}局{BUDGET}\n{body}\n"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    documents = [formats.read(path) for path in formats.find([folder])]
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document)) for document in documents])
        run(connection, load_project(root))
        cursor = connection.execute(
            "select a.*, f.stated from marts.fct_anomaly as a"
            " left join marts.fct_figure as f on a.suspect_figure_id = f.figure_id"
            " where a.rule_id not like 'S%' order by is_primary desc"
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        yield {
            name: [row for row in rows if row["file_name"] == f"{number}.txt"] for number, name in enumerate(bodies)
        } | {"status": connection.execute("select file_name, stated, status from marts.fct_figure").fetchall()}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_one_mistake_is_one_flag_that_names_it(flagged: Any, mistake: Mistake) -> None:
    found = flagged[mistake.name]
    assert [row["is_primary"] for row in found] == [True] + [False] * (mistake.failed - 1), [
        (row["rule_id"], row["message"], row["cause_id"]) for row in found
    ]
    primary = found[0]
    assert {row["cause_id"] for row in found} == {primary["cause_id"]}
    assert primary["consequence_count"] == mistake.failed - 1
    if mistake.suggested is None:
        assert (primary["stated"], primary["suggested_value"]) == (None, None)
    else:
        assert primary["stated"].removesuffix("万元") in mistake.named.split()
        assert primary["suggested_value"] in [Decimal(each) for each in mistake.suggested.split()]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_finding_can_be_quoted(flagged: Any, mistake: Mistake) -> None:
    primary = flagged[mistake.name][0]
    named = "最可能有误的是" if mistake.suggested else "可能整行、整栏错位"
    for part in (primary["organization_name"], "2021年", primary["file_name"], primary["message"], named):
        assert part in primary["finding"]


def test_two_mistakes_are_two_flags(flagged: Any) -> None:
    """A naive version would fold all of one document."""
    assert sorted(row["rule_id"] for row in flagged["two"] if row["is_primary"]) == ["B03", "D13"]


def test_a_right_report_has_no_flag(flagged: Any) -> None:
    assert flagged["none"] == []


def test_a_figure_says_whether_identities_bear_it_out(flagged: Any) -> None:
    """The class of the right table is in three identities; the moved decimal point is disputed, its neighbours not."""
    of_right = {stated: status for file, stated, status in flagged["status"] if file == "8.txt"}
    assert of_right["30.00万元"] == "confirmed"
    moved = {stated: status for file, stated, status in flagged["status"] if file == "4.txt"}
    assert (moved["200.00万元"], moved["18.00万元"]) == ("disputed", "confirmed")
