"""Organisations of several documents: which names are one organisation, where it is, its short name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

MONEY = "\n2021年收入预算120万元。\n"
DOCUMENTS = {
    "budget.txt": f"昆明市林业委员会2021年部门预算{MONEY}昆明市林业委员会（以下简称“市林业委”）负责绿化。",
    "account.txt": f"昆明市林业委（汇总）2021年度部门决算{MONEY}",
    "own.txt": f"昆明市林业委（本级）2021年单位预算{MONEY}",
    "short.txt": f"长沙育林基地办公室2021年部门预算{MONEY}本办公室由长沙市林业局管理。",
    "word.txt": f"东方造林研究所2021年单位预算{MONEY}",
    "form.txt": (
        "项目支出绩效自评\n校舍维修项目绩效自评表\n| 项目名称 | 校舍维修 | 实施单位 | 昆明市盘龙区园林绿化局 |\n"
        "| 项目资金（万元） | 全年预算数 | 全年执行数 | 执行率 |\n| 年度资金总额 | 20 | 10 | 50% |\n"
        "| 一级指标 | 三级指标 | 年度指标值 | 实际完成值 |\n| 产出指标 | 维修面积 | 20平方米 | 20平方米 |\n"
    ),
    "two.txt": f"朝阳区林业局2021年部门预算{MONEY}",
}


@pytest.fixture(scope="module")
def organizations(
    interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Any, ...]]]:
    """Region, short name and number of documents of each organisation."""
    folder = tmp_path_factory.mktemp("organizations")
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        for name, text in DOCUMENTS.items():
            (folder / name).write_text(text, encoding="utf-8")
            document = formats.read(folder / name)
            landing.add([(document, interpreter.interpret(document))])
        run(connection, load_project(root))
        rows = connection.execute(
            "select organization_name, region_name, short_name, document_count from marts.dim_organization"
        ).fetchall()
        yield {name: rest for name, *rest in rows}


def test_two_spellings_of_a_department_are_one_organisation(organizations: dict[str, Any]) -> None:
    assert organizations["昆明市林业委员会"] == ["昆明市", "市林业委", 2]
    assert not {"昆明市林业委", "昆明市林业委（汇总）"} & set(organizations)


def test_the_office_of_a_department_is_an_organisation_of_its_own(organizations: dict[str, Any]) -> None:
    assert organizations["昆明市林业委（本级）"] == ["昆明市", None, 1]


def test_a_city_without_its_last_word_counts_where_the_document_prints_it_in_full(
    organizations: dict[str, Any],
) -> None:
    assert organizations["长沙育林基地办公室"] == ["长沙市", None, 1]
    assert organizations["东方造林研究所"] == [None, None, 1]


def test_a_name_that_two_places_have_gives_no_region(organizations: dict[str, Any]) -> None:
    # not even that of 朝阳市, of which it is a longer name
    assert organizations["朝阳区林业局"] == [None, None, 1]


def test_who_carries_out_a_project_is_an_organisation_where_the_report_names_none(
    organizations: dict[str, Any],
) -> None:
    assert "昆明市盘龙区园林绿化局" in organizations
