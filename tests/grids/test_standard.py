"""Standard tables read as figures: columns by year and phase, units of a department, projects, procurement, both
classifications. The tables are invented and close."""

from __future__ import annotations

from typing import Any

import pytest

from loaders.document import Document
from loaders.formats import text
from loaders.outline import mark_headings

BUDGET = "云岭市林业局2026年部门预算"


@pytest.fixture
def figures(interpreter: Any) -> Any:
    """The figures of a budget with one table: (item, code, component, fund, phase, year, organisation, digits)."""

    def read(title: str, *rows: str, report: str = BUDGET, unit: str = "单位：万元") -> list[tuple[Any, ...]]:
        lines = [" ".join(f"{cell.strip()} |" for cell in row.split("|")) for row in rows]
        blocks = text.read("\n".join([report, title, unit, *lines, ""])).blocks
        document = Document("0", "x.txt", "x.txt", "txt", 0, blocks=mark_headings(blocks))
        return [
            (
                reading.meaning.item,
                reading.meaning.code,
                reading.meaning.component,
                reading.meaning.fund,
                reading.meaning.phase,
                reading.fiscal_year,
                reading.meaning.organization,
                reading.digits,
            )
            for reading in interpreter.interpret(document).readings
            if reading.meaning is not None and reading.table_no is not None
        ]

    return read


def test_last_years_columns_are_last_years_figures(figures: Any) -> None:
    assert figures(
        "一般公共预算支出表", "科目编码|科目名称|2025年执行数|2026年预算数", "213|农林水支出|9.00|10.00"
    ) == [
        ("农林水支出", "213", "total", "general_public", "actual", 2025, "", "9.00"),
        ("农林水支出", "213", "total", "general_public", "initial_budget", 2026, "", "10.00"),
    ]


def test_a_change_is_no_amount_of_either_year(figures: Any) -> None:
    found = figures(
        "一般公共预算“三公”经费预算表",
        "项目|上年预算数|本年预算数|增减额|增减率（%）",
        "公务接待费|2.00|1.00|-1.00|-50.00",
    )
    assert [(f[0], f[4], f[5], f[7]) for f in found] == [
        ("reception", "initial_budget", 2025, "2.00"),
        ("reception", "initial_budget", 2026, "1.00"),
        ("reception", "change", 2026, "1.00"),
        ("reception", "change_pct", 2026, "50.00"),
    ]


def test_carry_over_of_last_year_is_money_of_this_year(figures: Any) -> None:
    found = figures("收入总表", "科目编码|科目名称|合计|财政拨款收入|上年结转", "213|农林水支出|12.00|10.00|2.00")
    assert [(f[2], f[5]) for f in found] == [("total", 2026), ("income_fiscal", 2026), ("carryover_opening", 2026)]


def test_units_of_a_department_are_told_apart(figures: Any) -> None:
    found = figures(
        "支出总表",
        "单位名称|合计|基本支出|项目支出",
        "合计|30.00|20.00|10.00",
        "云岭市林业局|18.00|12.00|6.00",
        "云岭市林业科学研究所|12.00|8.00|4.00",
    )
    assert [(f[6], f[2], f[7]) for f in found if f[2] == "total"] == [
        ("", "total", "30.00"),
        ("云岭市林业局（本级）", "total", "18.00"),
        ("云岭市林业科学研究所", "total", "12.00"),
    ]


def test_the_only_unit_of_a_table_is_the_report_itself(figures: Any) -> None:
    found = figures(
        "支出总表", "单位名称|合计|基本支出|项目支出", "合计|30.00|20.00|10.00", "云岭市林业局|30.00|20.00|10.00"
    )
    assert {f[6] for f in found} == {""}


def test_projects_have_their_names_and_groups_of_them_none(figures: Any) -> None:
    found = figures(
        "项目支出表",
        "项目名称|合计|一般公共预算|政府性基金",
        "合计|40.00|30.00|10.00",
        "特定目标类|40.00|30.00|10.00",
        "林区道路养护项目|40.00|30.00|10.00",
    )
    assert [(f[0], f[3], f[7]) for f in found] == [
        ("expenditure_project", "all", "40.00"),
        ("expenditure_project", "general_public", "30.00"),
        ("expenditure_project", "government_fund", "10.00"),
        ("林区道路养护项目", "all", "40.00"),
        ("林区道路养护项目", "general_public", "30.00"),
        ("林区道路养护项目", "government_fund", "10.00"),
    ]


def test_quantities_and_unit_prices_of_procurement_are_no_amounts(figures: Any) -> None:
    found = figures("政府采购预算表", "采购项目|数量|单价|预算金额", "合计|3||6.00", "台式计算机|3|2.00|6.00")
    assert [(f[0], f[2], f[7]) for f in found] == [
        ("procurement_total", "total", "6.00"),
        ("台式计算机", "part", "6.00"),
    ]


def test_a_row_of_two_economic_classifications_is_that_of_the_department(figures: Any) -> None:
    found = figures(
        "一般公共预算基本支出表",
        "部门经济科目编码|部门经济科目名称|政府经济科目编码|政府经济科目名称|合计",
        "30101|基本工资|50101|工资奖金津补贴|8.00",
    )
    assert [(f[0], f[1]) for f in found] == [("基本工资", "30101")]


def test_a_class_crossed_with_an_economic_item_is_a_part_of_it(figures: Any) -> None:
    found = figures("支出总表", "功能分类科目|经济分类科目|合计", "2130201-行政运行|30101-基本工资|8.00")
    assert [(f[0], f[1], f[2]) for f in found] == [("行政运行", "2130201", "part")]


def test_funds_listed_below_a_balance_are_its_parts(figures: Any) -> None:
    found = figures(
        "财政拨款收支总表",
        "收入项目|金额|支出项目|合计",
        "一、一般公共预算财政拨款|10.00|一、农林水支出|12.00",
        "年初财政拨款结转和结余|2.00|年末财政拨款结转和结余|0.00",
        "一般公共预算财政拨款|2.00||",
        "总计|12.00|总计|12.00",
    )
    assert [(f[0], f[2], f[3], f[7]) for f in found if f[0] != "农林水支出"] == [
        ("income_general_public", "total", "all", "10.00"),
        ("carryover_opening", "total", "all", "2.00"),
        ("carryover_closing", "total", "all", "0.00"),
        ("carryover_opening", "part", "general_public", "2.00"),
        ("fiscal_income_expenditure_total", "total", "all", "12.00"),
        ("fiscal_income_expenditure_total", "total", "all", "12.00"),
    ]


def test_a_table_without_a_unit_gives_no_amounts(figures: Any) -> None:
    assert figures("支出总表", "科目编码|科目名称|合计", "213|农林水支出|10.00", unit="") == []


def test_changes_and_vehicles_have_many_spellings(figures: Any) -> None:
    found = figures(
        "一般公共预算“三公”经费预算表",
        "项目|本年预算数|增、减金额|增、减幅度",
        "公务用车费|2.00|-1.00|-33.33%",
    )
    assert [(f[0], f[4], f[7]) for f in found] == [
        ("vehicle", "initial_budget", "2.00"),
        ("vehicle", "change", "1.00"),
        ("vehicle", "change_pct", "33.33"),
    ]
