"""Rows of threshold.csv restricted to a region, to years or to a kind of report: the most special ones count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

LANDED = (
    "reference.threshold"
    " (threshold_id, rule_id, phase, below_pct, region_prefix, first_year, report_kind, severity, title)"
)
REPORTS = [
    ("石家庄市财政局2021年度部门决算", "2021年基本支出全年预算100万元，支出决算93万元，完成全年预算的93%。"),
    ("唐山市财政局2021年度部门决算", "2021年基本支出全年预算100万元，支出决算93万元，完成全年预算的93%。"),
    ("深圳市财政局2021年度部门决算", "2021年基本支出全年预算100万元，支出决算50万元，完成全年预算的50%。"),
    ("深圳市司法局2022年度部门决算", "2022年基本支出全年预算100万元，支出决算50万元，完成全年预算的50%。"),
]
SHIJIAZHUANG, TANGSHAN, SHENZHEN, SHENZHEN_2022 = "石家庄市财政局", "唐山市财政局", "深圳市财政局", "深圳市司法局"


@pytest.fixture(scope="module")
def built(
    interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("reports")
    for number, (title, body) in enumerate(REPORTS):
        (folder / f"{number}.txt").write_text(f"{title}\n{body}\n", encoding="utf-8")
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        documents = [formats.read(path) for path in formats.find([folder])]
        landing.add([(document, interpreter.interpret(document)) for document in documents])
        run(connection, load_project(root))
        yield connection


@pytest.fixture
def flagged(built: duckdb.DuckDBPyConnection, root: Path) -> Any:
    """What P09 says of each organisation, with the rows given added to the thresholds for this once."""

    def judge(*rows: str) -> dict[str, tuple[str, str | None]]:
        built.execute("create or replace table main.thresholds as from reference.threshold")
        for row in rows:
            built.execute(f"insert into {LANDED} values ({row})")
        try:
            run(built, load_project(root), select=["int_check_threshold"], seeds=False, full_refresh=True)
            found = built.execute(
                "select organization_name, state, nullif(split_part(message, '，', 2), '')"
                " from intermediate.int_check_threshold where rule_id = 'P09'"
            ).fetchall()
        finally:
            built.execute("create or replace table reference.threshold as from main.thresholds")
        return {organization: (state, title) for organization, state, title in found}

    return judge


def test_without_restrictions_a_row_is_for_all(flagged: Any) -> None:
    assert flagged() == {
        SHIJIAZHUANG: ("pass", None),
        TANGSHAN: ("pass", None),
        SHENZHEN: ("fail", "低于60%"),
        SHENZHEN_2022: ("fail", "低于60%"),
    }


def test_a_region_replaces_the_thresholds_there_and_nowhere_else(flagged: Any) -> None:
    found = flagged("'河北', 'P09', 'execution_pct', 95, '13', null, null, 'info', '河北'")
    assert found[SHIJIAZHUANG] == found[TANGSHAN] == ("fail", "河北")
    assert found[SHENZHEN] == ("fail", "低于60%")


def test_the_longest_region_goes_first(flagged: Any) -> None:
    found = flagged(
        "'河北', 'P09', 'execution_pct', 95, '13', null, null, 'info', '河北'",
        "'石家庄', 'P09', 'execution_pct', 92, '1301', null, null, 'info', '石家庄'",
    )
    assert found[SHIJIAZHUANG] == ("pass", None)
    assert found[TANGSHAN] == ("fail", "河北")


def test_a_region_goes_before_a_kind_of_report_and_that_before_years(flagged: Any) -> None:
    kind = "'决算', 'P09', 'execution_pct', 40, null, null, 'final_account', 'info', '决算'"
    years = "'近年', 'P09', 'execution_pct', 55, null, 2022, null, 'info', '近年'"
    assert flagged(years)[SHENZHEN] == ("fail", "低于60%")
    assert flagged(years)[SHENZHEN_2022] == ("fail", "近年")
    assert flagged(years, kind)[SHENZHEN_2022] == ("pass", None)
    region = "'深圳', 'P09', 'execution_pct', 55, '4403', null, null, 'info', '深圳'"
    assert flagged(years, kind, region)[SHENZHEN_2022] == ("fail", "深圳")


def test_a_row_for_another_kind_of_report_changes_nothing(flagged: Any) -> None:
    assert flagged("'预算', 'P09', 'execution_pct', 99, null, null, 'budget', 'info', '预算'") == flagged()
