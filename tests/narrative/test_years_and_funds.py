"""Years that sentences are about, funds that have no other name, sections that stand inside their paragraph.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

import pytest
from prose import BUDGET, table

# Years


@pytest.mark.parametrize("as_of", ["截至2020年底，", "截止2020年12月31日，", "截至上年底，"])
def test_what_there_is_on_a_day_is_of_its_year_to_the_end_of_the_paragraph(figures, as_of):
    text = f"{as_of}本部门编制数50人。实有人数48人。当年预算安排购置车辆1辆。"
    assert figures(text, "item year", BUDGET) == table("""
        establishment       2020
        staff_actual        2020
        vehicles_purchased  2021
    """)


def test_a_day_that_introduces_paragraphs_holds_for_them(figures):
    text = "一、单位情况\n截至2020年12月统计，基本情况如下：\n编制数50人。\n二、收入预算\n本年收入合计10万元。"
    assert figures(text, "item year", BUDGET) == table("""
        establishment  2020
        income_total   2021
    """)


def test_last_years_budget_beside_this_years_is_of_last_year(figures):
    text = "公务接待费5万元，比上年增加5万元（去年预算数为0万元，无法计算比率），主要是新增接待。"
    assert figures(text, "item phase value year", BUDGET) == table("""
        reception  initial_budget  50000  2021
        reception  change          50000  2021
        reception  initial_budget  0      2020
    """)


def test_the_paragraph_after_goes_on_to_count_what_there_is_on_that_day(figures):
    text = (
        "一、资产情况\n截至2020年底，共有车辆2辆。\n单位价值100万元以上的设备1台。\n"
        "预算安排购置单位价值100万元以上的设备1台。\n二、机关运行经费\n编制数50人。"
    )
    assert figures(text, "item year", BUDGET) == table("""
        vehicles                     2020
        equipment_over_1m            2020
        equipment_over_1m_purchased  2021
        establishment                2021
    """)


def test_a_year_in_brackets_is_part_of_a_name(figures):
    assert figures("编印白皮书（2019）等；基本支出5万元。", "item year") == table("expenditure_basic 2021")


def test_what_there_is_has_no_budget(figures):
    assert figures("资产总额100万元，其中：固定资产80万元。", "item phase", BUDGET) == table("""
        assets_total  actual
        assets_fixed  actual
    """)


# Funds


def test_the_name_of_a_fund_is_income_or_expenditure_as_its_whole_is(figures):
    text = (
        "本年收入合计10万元，其中：一般公共预算拨款9万元，政府性基金1万元。"
        "本年支出合计10万元，其中：一般公共预算拨款9万元。"
    )
    assert [row[0] for row in figures(text, "item")] == [
        "income_total", "income_general_public", "income_government_fund", "expenditure_total",
        "general_public_expenditure",
    ]  # fmt: skip


def test_the_name_of_a_fund_is_what_its_section_tells(figures, reasons):
    text = "一般公共预算拨款9万元。"
    assert figures(f"二、收入预算情况\n{text}", "item", BUDGET) == table("income_general_public")
    assert figures(f"三、支出预算情况\n{text}", "item", BUDGET) == table("general_public_expenditure")
    assert reasons(text, BUDGET) == [["9万元", "unknown_term"]]


def test_income_and_spending_beside_a_carry_over_are_of_the_same_fund(figures):
    text = "七、政府性基金预算收支情况\n政府性基金预算财政拨款年初结转和结余1万元，收入决算5万元，支出决算6万元。"
    assert figures(text, "item value") == table("""
        carryover_opening            10000
        income_government_fund       50000
        government_fund_expenditure  60000
    """)
    assert figures("年初结转结余1万元，当年收入5万元，支出6万元。", "item value") == table("""
        carryover_opening  10000
        income_total       50000
        expenditure_total  60000
    """)


# Sections and subjects


def test_a_paragraph_may_begin_with_its_heading(figures):
    text = "（一）收入预算：2021年一般公共预算拨款9万元。\n（二）支出预算：2021年一般公共预算拨款9万元。"
    assert figures(text, "item", BUDGET) == table("""
        income_general_public
        general_public_expenditure
    """)


def test_the_budget_of_the_organisation_is_what_its_section_is_about(figures):
    text = "三、支出预算情况\n云岭市财政局2021年预算90万元，其中：基本支出50万元。"
    assert figures(text, "item value parent", BUDGET) == table("""
        expenditure_total  900000  -
        expenditure_basic  500000  90万元
    """)


def test_a_self_evaluation_of_a_unit_opens_with_its_budget(figures):
    text = "云岭市财政局2021年度部门整体支出绩效自评报告\n我局年初预算数90万元，追加预算5万元，全年实际支出80万元。"
    assert figures(text, "item phase", "云岭市财政局") == table("""
        total_funds  initial_budget
        total_funds  supplementary_budget
        total_funds  actual
    """)


def test_a_paragraph_of_its_own_compares_what_the_one_before_told(figures):
    assert figures(
        "本年收入合计10万元，其中：其他收入1万元。\n与上年对比增加2万元，主要原因是人员增加。", "item phase"
    ) == table("""
        income_total  actual
        income_other  actual
        income_total  change
    """)


def test_a_count_before_its_noun(figures):
    assert figures("包括本级及所属27个预算单位。", "item value") == table("budget_units 27")
    assert figures("本部门3个预算单位开展了自评。", "item value") == []


def test_a_term_may_need_a_word_before_it(figures):
    assert figures("处置车辆1辆，账面原值5万元。", "item value")[-1:] == table("disposal_original_value 50000")
    assert figures("房屋账面原值5万元。", "item value") == []


def test_the_year_of_a_reason_is_not_that_of_what_follows_it(figures):
    text = "基本支出50万元，较上年增加2万元，原因是2020年没有这项内容；项目支出30万元，较上年增加1万元。"
    assert {row[1] for row in figures(text, "item year")} == {"2021"}


def test_a_part_that_begins_ends_the_glossary_listed_before_it(figures):
    text = "第四部分 名词解释\n第一部分\n预算收支增减变化情况说明\n本年收入合计10万元。"
    assert figures(text, "item value") == [["income_total", "100000"]]


def test_the_year_inside_a_bracket_ends_with_it(figures):
    text = "基本支出200万元（含2020年结转资金10万元），项目支出100万元。本年收入（2020年）290万元。"
    assert figures(text, "item year") == table("""
        expenditure_basic    2021
        expenditure_project  2021
        income_total         2020
    """)


def test_a_list_mark_that_touches_a_year_is_no_number(figures, reasons):
    text = "1.2021年公务接待费支出3万元。\n2.2020年公务接待费支出5万元。"
    assert figures(text, "item year") == table("""
        reception  2021
        reception  2020
    """)
    assert [row for row in reasons(text) if row[1] == "list_number"] == table("1 list_number\n2 list_number")
