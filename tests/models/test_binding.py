"""What becomes of an amount of the prose that has no cell, and that binding.csv names only what exists."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cases.report import BUDGET, expenditure_table, income_table

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

REPORT = (
    f"云岭市林业局{BUDGET}\n"
    "2021年收入预算120万元，其中：财政拨款收入120万元；事业收入0万元；经营收入3万元。2020年收入预算100万元。\n"
    "2021年支出预算120万元。\n"
    "2021年政府采购预算总额30万元。\n"
    "固定资产50万元。\n"
    + income_table("收入预算总表", "合计 - 120.00 120.00 - -")
    + expenditure_table("支出预算总表", "合计 - 120.00 60.00 60.00")
    + expenditure_table("支出预算表", "合计 - 121.00 60.00 61.00")
)


@pytest.fixture(scope="module")
def outcomes(
    interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, int], tuple[Any, ...]]]:
    """Outcome, kind of table and state of each amount, by item and year."""
    path = tmp_path_factory.mktemp("binding") / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    document = formats.read(path)
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document))])
        run(connection, load_project(root))
        rows = connection.execute(
            "select item, fiscal_year, outcome, table_kind, state from marts.fct_figure_binding"
        ).fetchall()
        yield {(item, year): (outcome, kind, state) for item, year, outcome, kind, state in rows}


@pytest.mark.parametrize(
    ("item", "year", "outcome"),
    [
        ("income_total", 2021, ("bound", "B2", "pass")),
        ("income_fiscal", 2021, ("bound", "B2", "pass")),
        # the column is there, and blank: the prose says 0
        ("income_undertaking", 2021, ("blank", "B2", "pass")),
        # the prose says 3万元, and the table has no such column
        ("income_operating", 2021, ("not_in_table", "B2", None)),
        ("income_total", 2020, ("other_period", "B2", None)),
        # two tables of one kind that differ
        ("expenditure_total", 2021, ("ambiguous", "B3", "insufficient")),
        ("procurement_total", 2021, ("not_in_table", "B3", None)),
    ],
)
def test_what_became_of_an_amount(
    outcomes: dict[tuple[str, int], tuple[Any, ...]], item: str, year: int, outcome: tuple[Any, ...]
) -> None:
    assert outcomes[item, year] == outcome


def rows(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "seeds" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_rules_name_items_tables_columns_and_funds_that_exist(root: Path) -> None:
    binding = rows(root, "rules/binding.csv")
    items = {row["item"] for row in rows(root, "vocabulary/measure.csv")} | {"@function", "@economic", "@project"}
    classes = {row[name] for row in rows(root, "reference/economic_classification.csv") for name in ("code", "name")}
    components = {row["component"] for row in rows(root, "tables/table_column.csv")} | {"="}
    known = {
        "items": items,
        "wholes": items,
        "cell_item": items | classes | {"="},
        "kinds": {row["kind"] for row in rows(root, "tables/table_kind.csv")},
        "sections": {row["section"] for row in rows(root, "vocabulary/section.csv")},
        "components": components,
        "cell_components": components,
        "cell_funds": {"all", "general_public", "government_fund", "state_capital"},
        "funds": {"all", "general_public", "government_fund", "state_capital"},
    }
    unknown = [
        (row["binding_id"], name, value)
        for row in binding
        for name, values in known.items()
        for value in row[name].split(" ")
        if value and value not in values
    ]
    assert unknown == []


def test_names_of_items_are_patterns_for_items_that_rules_bind(root: Path) -> None:
    bound = {item for row in rows(root, "rules/binding.csv") for item in row["items"].split(" ")}
    for row in rows(root, "rules/binding_name.csv"):
        assert set(row["items"].split(" ")) <= bound
        assert re.compile(row["pattern"])
