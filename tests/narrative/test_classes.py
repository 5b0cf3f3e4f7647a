"""Functional and economic classes in prose: by their mark, by their code, by their name.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

import pytest
from prose import BUDGET, table


@pytest.mark.parametrize(
    "printed",
    [
        "（一）2010601-行政运行50万元",
        "2010601行政运行50万元",
        "1.行政运行（2010601）50万元",
        "行政运行（2010601）2021年预算50万元",
    ],
)
def test_a_class_is_known_by_its_code(figures, printed):
    assert figures(printed, "statement item code value", BUDGET) == table("function 行政运行 2010601 500000")


def test_codes_of_a_path_add_up(figures):
    text = "一般公共服务支出（201）财政事务（06）行政运行（01）50万元。"
    assert figures(text, "item path code", BUDGET) == table("行政运行 一般公共服务支出/财政事务/行政运行 2010601")


def test_names_joined_by_dashes_behind_a_code_are_a_path(figures):
    text = "2010601一般公共服务支出-财政事务-行政运行50万元，比上年增加5万元。"
    assert figures(text, "item path phase", BUDGET) == table("""
        行政运行  一般公共服务支出/财政事务/行政运行  initial_budget
        行政运行  一般公共服务支出/财政事务/行政运行  change
    """)


def test_codes_of_the_economic_classification_are_told_apart(figures):
    text = "工资福利支出（301）50万元；机关工资福利支出（501）50万元。"
    assert figures(text, "statement item code", BUDGET) == table("""
        economic  工资福利支出      301
        economic  机关工资福利支出  501
    """)


def test_a_code_that_lost_a_digit_is_dropped_and_the_name_stays(figures):
    assert figures("行政单位医疗（210101）5万元。", "item code", BUDGET) == table("行政单位医疗 -")


def test_a_number_before_a_word_is_no_code(figures, reasons):
    assert figures("共有205人参加培训，50万元。", "item", BUDGET) == []
    assert figures("二、支出预算情况\n205教育支出50万元。", "item code", BUDGET) == table("教育支出 205")


def test_names_of_whole_classes_are_found_in_every_section(figures):
    text = "一、收支总体情况\n本年支出合计100万元，其中：教育支出60万元，社会保障与就业支出40万元。"
    assert figures(text, "item value") == table("""
        expenditure_total   1000000
        教育支出            600000
        社会保障和就业支出  400000
    """)


def test_a_name_of_the_classification_keeps_what_introduces_other_names(figures):
    text = "五、支出决算具体情况\n用于社会福利的彩票公益金支出（项）5万元。"
    assert figures(text, "item") == table("用于社会福利的彩票公益金支出")


def test_economic_classes_are_found_right_before_their_amount(figures):
    text = "2021年本单位委托业务费预算总额7万元，用于办公费、印刷费等。差旅费增加2万元。"
    assert figures(text, "statement item value", BUDGET)[0] == ["economic", "委托业务费", "70000"]
    assert len(figures(text, "item", BUDGET)) == 1


def test_economic_classes_are_listed_under_basic_expenditure(figures):
    text = "人员经费90万元，主要包括：基本工资60万元、奖金20万元、住房公积金10万元。"
    assert figures(text, "statement item value parent") == table("""
        -         basic_personnel  900000  -
        economic  基本工资         600000  90万元
        economic  奖金             200000  90万元
        economic  住房公积金       100000  90万元
    """)


def test_spending_after_a_sentence_that_names_a_class_is_of_that_class(figures):
    text = "八、政府性基金预算支出情况\n其他支出（类）彩票公益金安排的支出（款）。本年支出决算5万元。"
    assert figures(text, "item value") == table("彩票公益金安排的支出 50000")


@pytest.mark.parametrize(
    ("heading", "component"),
    [
        ("（2）公用经费：", "public"),
        ("②人员经费：", "personnel"),
        ("1.项目支出：", "project"),
        ("（3）专项业务经费：", "project"),
        ("（2）其他事项：", "total"),
    ],
)
def test_what_a_paragraph_lists_is_of_the_kind_of_spending_that_heads_it(figures, heading, component):
    text = f"{heading}①办公费（30201）5万元，②印刷费（30202）2万元。"
    assert figures(text, "item component", BUDGET) == [["办公费", component], ["印刷费", component]]


def test_a_list_ends_where_the_next_one_of_the_paragraph_is_headed(figures):
    text = (
        "（1）公用经费：办公费（30201）5万元。其中：印刷费（30202）2万元。"
        "（2）项目支出：劳务费（30226）1万元；（3）其他：咨询费（30203）1万元。"
    )
    assert figures(text, "item component", BUDGET) == table("""
        办公费  public
        印刷费  public
        劳务费  project
        咨询费  total
    """)


def test_a_longer_word_that_begins_like_a_class_is_none(figures):
    text = "三、一般公共预算支出情况\n一般公共预算支出9万元，其中：基本支出5万元，专项业务经费支出4万元。"
    assert figures(text, "statement item", BUDGET)[1:] == [["-", "expenditure_basic"], ["-", "expenditure_project"]]


def test_the_year_before_a_marked_name_is_no_part_of_it(figures):
    assert figures("2021年度教育支出（类）5万元。", "item year") == table("教育支出 2021")


def test_a_division_by_function_names_whole_classes_without_their_last_word(figures, reasons):
    text = "本年支出100万元。按支出功能分类：教育60万元，占总支出60%；社会保障和就业40万元，占总支出40%。"
    assert figures(text, "item value", BUDGET)[1:] == table("""
        教育支出          600000
        教育支出          60
        社会保障和就业支出  400000
        社会保障和就业支出  40
    """)
    assert figures("教育60万元。", "item value", BUDGET) == []


def test_classes_go_by_the_names_of_their_year_in_every_section(figures):
    text = "一、支出决算情况说明\n教育支出9万元；医疗卫生与计划生育支出2万元；文化体育与传媒支出1万元。"
    assert figures(text, "item") == table("""
        教育支出
        医疗卫生与计划生育支出
        文化体育与传媒支出
    """)
