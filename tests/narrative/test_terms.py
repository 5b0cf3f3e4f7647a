"""Terms, phases and parts: what a number is of, at which phase, inside which whole.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

import pytest
from prose import BUDGET, FINAL, PERFORMANCE, interpret, table

# A term and its number


def test_a_number_is_a_figure_of_the_term_before_it(figures):
    assert figures("2021年度本年收入合计500万元，本年支出合计480.5万元。") == table("""
        income_total       actual  5000000
        expenditure_total  actual  4805000
    """)


def test_words_without_meaning_of_their_own_may_stand_between(figures):
    assert figures("我单位本年收入合计共计约为500万元。") == table("income_total actual 5000000")


def test_a_term_that_is_a_sentence_of_its_own_is_the_subject_of_the_next(figures):
    assert figures("1.因公出国（境）费用。2021年度决算数3万元。") == table("overseas actual 30000")


def test_a_sentence_may_begin_with_its_term_and_go_on_to_the_number_later(figures):
    assert figures("项目资金未列入年初预算，年初预算数为0万元。") == table("project_funds initial_budget 0")


def test_a_character_printed_twice_does_not_hide_the_term(figures):
    assert figures("基本支出出100万元。") == table("expenditure_basic actual 1000000")


def test_quotation_marks_spaces_and_broken_lines_do_not_hide_it_either(figures):
    assert figures("“三公”经费 支出1。\n25 万元。", "item value printed") == [
        ["three_public_total", "12500", "1。\n25 万元"]
    ]


def test_an_unknown_noun_before_an_amount_gives_a_reason_and_no_figure(figures, reasons):
    text = "本年收入合计500万元，绿化养护300万元。"
    assert figures(text) == table("income_total actual 5000000")
    assert reasons(text) == table("300万元 unknown_term")


def test_the_unknown_noun_is_kept(interpreter):
    interpretation, _ = interpret(interpreter, f"{FINAL}\n绿化养护300万元。")
    assert [(r.outcome, r.term) for r in interpretation.readings[1:]] == [("unknown_term", "绿化养护")]


def test_an_amount_without_anything_before_it_has_no_subject(reasons):
    assert reasons("共计300万元。") == table("300万元 no_subject")


def test_spending_told_after_an_income_is_not_that_income(figures, reasons):
    text = "一般公共预算财政拨款收入100万元，支出90万元。"
    assert figures(text) == table("income_general_public actual 1000000")
    assert reasons(text) == [["90万元", "no_subject"]]


# Phases


def test_a_phase_is_what_the_clause_prints_or_that_of_the_report(figures):
    text = "基本支出年初预算数100万元，追加预算数5万元，全年预算数105万元，支出决算数99万元。项目支出20万元。"
    assert figures(text) == table("""
        expenditure_basic    initial_budget        1000000
        expenditure_basic    supplementary_budget  50000
        expenditure_basic    budget                1050000
        expenditure_basic    actual                990000
        expenditure_project  actual                200000
    """)


def test_the_default_of_a_budget_is_the_initial_budget(figures):
    assert figures("收入总预算10万元，其中：基本支出预算8万元。", title=BUDGET) == table("""
        income_expenditure_total  initial_budget  100000
        expenditure_basic         initial_budget  80000
    """)


def test_a_section_on_one_instalment_of_the_budget_gives_its_phase(figures):
    text = (
        "（一）年初部门预算安排及支出情况\n基本支出预算数为100万元，实际支出99万元。\n"
        "（二）追加预算安排及支出情况\n基本支出追加预算安排6万元，实际支出5万元；项目支出安排7万元。"
    )
    assert figures(text, "item phase value base", title=PERFORMANCE) == table("""
        expenditure_basic    initial_budget        1000000  -
        expenditure_basic    actual                990000   年初预算安排
        expenditure_basic    supplementary_budget  60000    -
        expenditure_basic    actual                50000    追加预算安排
        expenditure_project  supplementary_budget  70000    -
    """)


def test_budget_and_actual_alternate_in_one_sentence_each_with_its_parts(figures):
    text = (
        "基本支出预算数为100万元，其中人员经费80万元，公用经费20万元，"
        "实际支出95.5万元，其中人员经费78.5万元，公用经费17万元。"
    )
    assert figures(text, "item phase value parent base_phase") == table("""
        expenditure_basic  budget  1000000  -        -
        basic_personnel    budget  800000   100万元  budget
        basic_public       budget  200000   100万元  budget
        expenditure_basic  actual  955000   -        -
        basic_personnel    actual  785000   95.5万元  actual
        basic_public       actual  170000   95.5万元  actual
    """)


# Parts


def test_what_follows_among_which_is_a_part_of_the_amount_before_it(figures):
    text = "本年支出合计800万元，其中：基本支出600万元，项目支出200万元。机关运行经费支出30万元。"
    assert figures(text, "item value base base_item parent") == table("""
        expenditure_total    8000000  -             -                  -
        expenditure_basic    6000000  本年支出合计  expenditure_total  800万元
        expenditure_project  2000000  本年支出合计  expenditure_total  800万元
        operating_funds      300000   -             -                  -
    """)


def test_among_which_may_begin_the_next_sentence(figures):
    assert figures("本年收入合计500万元。其中：财政拨款收入450万元。", "item value parent") == table("""
        income_total   5000000  -
        income_fiscal  4500000  500万元
    """)


def test_a_level_inside_a_level_closes_with_its_bracket(figures):
    text = (
        "本年支出合计150万元，其中：基本支出100万元（包含工资福利支出60万元，商品和服务支出40万元）；项目支出50万元。"
    )
    assert figures(text, "item value parent") == table("""
        expenditure_total     1500000  -
        expenditure_basic     1000000  150万元
        basic_salaries        600000   100万元
        basic_goods_services  400000   100万元
        expenditure_project   500000   150万元
    """)


def test_a_bracket_closes_what_was_opened_inside_it(figures):
    assert figures("基本支出100万元（其中人员经费80万元），项目支出50万元。", "item value parent") == table("""
        expenditure_basic    1000000  -
        basic_personnel      800000   100万元
        expenditure_project  500000   -
    """)


def test_among_which_at_the_end_of_a_paragraph_stays_open_for_the_next_ones(figures):
    text = (
        "一般公共预算财政拨款基本支出600万元，其中：\n"
        "人员经费500万元，主要包括：基本工资、津贴补贴等。\n"
        "公用经费100万元，主要包括：办公费、水费等。"
    )
    assert figures(text, "item value parent") == table("""
        expenditure_basic  6000000  -
        basic_personnel    5000000  600万元
        basic_public       1000000  600万元
    """)


def test_it_stays_open_until_the_next_number_of_the_same_list(figures):
    text = "1.本年收入合计500万元，其中：\n财政拨款收入450万元。\n其他收入50万元。\n2.本年支出合计480万元。"
    assert figures(text, "item value parent") == table("""
        income_total       5000000  -
        income_fiscal      4500000  500万元
        income_other       500000   500万元
        expenditure_total  4800000  -
    """)


def test_it_stays_open_until_the_next_heading(figures):
    text = "本年收入合计500万元，其中：\n财政拨款收入450万元。\n三、支出决算情况说明\n本年支出合计480万元。"
    assert figures(text, "item value parent") == table("""
        income_total       5000000  -
        income_fiscal      4500000  500万元
        expenditure_total  4800000  -
    """)


def test_a_composition_names_the_whole_without_its_amount(figures):
    text = "固定资产构成情况：通用设备100万元，占33.33%；图书、档案5万元。"
    assert figures(text, "item phase value base base_item") == table("""
        fixed_general_equipment  actual     1000000  固定资产  assets_fixed
        fixed_general_equipment  share_pct  33.33    -         assets_fixed
        fixed_books              actual     50000    固定资产  assets_fixed
    """)


def test_in_the_final_account_of_names_the_whole_too(figures):
    text = "三公经费支出决算中，因公出国（境）费支出决算0万元，占0%；公务接待费支出决算2万元，占100%。"
    assert figures(text, "item phase value base_item") == table("""
        overseas   actual     0      three_public_total
        overseas   share_pct  0      three_public_total
        reception  actual     20000  three_public_total
        reception  share_pct  100    three_public_total
    """)


@pytest.mark.parametrize("heading", ["（二）公务接待费\n", "（二）公务接待费。", "2.公务接待费。"])
def test_the_budget_below_the_name_of_an_item_is_of_that_item(figures, heading):
    """支出预算 alone names the total of a unit only where nothing else was named just before."""
    text = f"一、“三公”经费预算情况\n{heading}2021年支出预算11.77万元，比2020年预算减少0.13万元。"
    assert figures(text, "item phase value", BUDGET) == table("""
        reception  initial_budget  117700
        reception  change          -1300
    """)


@pytest.mark.parametrize(
    "heading", ["二、支出预算情况\n", "二、一般公共预算支出情况\n", "二、“三公”经费、公务接待费\n"]
)
def test_below_the_name_of_a_whole_or_of_several_items_it_is_the_total(figures, heading):
    assert figures(f"{heading}\n2021年支出预算100万元。", "item", BUDGET) == [["expenditure_total"]]


def test_the_parts_of_vehicle_costs_go_by_short_names_beside_them(figures):
    text = "公务用车购置及运行费17万元，其中：购置费2万元，比上年增加2万元；运行维护费15万元。"
    assert figures(text, "item phase value parent", BUDGET) == table("""
        vehicle            initial_budget  170000  -
        vehicle_purchase   initial_budget  20000   17万元
        vehicle_purchase   change          20000   17万元
        vehicle_operation  initial_budget  150000  17万元
    """)
    assert figures("一、部门概况\n本单位购置费2万元，运行维护费15万元。", title=BUDGET) == []


@pytest.mark.parametrize(
    ("phrase", "item"),
    [
        ("公务接待", "reception"),
        ("公车运行费用", "vehicle_operation"),
        ("公务用车运行维护及购置费支出", "vehicle"),
        ("公车购置及运行维护费", "vehicle"),
        ("出国（境）经费", "overseas"),
    ],
)
def test_items_of_official_spending_have_many_spellings(figures, phrase, item):
    assert figures(f"“三公”经费预算20万元，其中：{phrase}3万元。", "item", BUDGET)[1:] == [[item]]


def test_a_heading_on_what_was_spent_gives_the_phase_in_a_budget(figures):
    text = (
        "一、2021年“三公”经费预算安排情况\n“三公”经费21万元。\n"
        "二、2020年“三公”经费决算情况\n2020年“三公”经费20万元。\n（一）公务接待费\n2020年公务接待费5万元。\n"
        "三、2021年会议费预算\n会议费3万元。"
    )
    assert figures(text, "item phase year", BUDGET) == table("""
        three_public_total  initial_budget  2021
        three_public_total  actual          2020
        reception           actual          2020
        meetings            initial_budget  2021
    """)


def test_the_revenue_of_a_whole_city_is_no_income_of_a_unit(figures, reasons):
    text = "全市一般公共预算收入700.4亿元，增长1.9%；市本级财政支出80亿元；地方财政收入5亿元。"
    assert figures(text) == []
    assert {row[1] for row in reasons(text)} == {"no_item"}


@pytest.mark.parametrize("sum_of", ["会议费、培训费等支出5万元。", "会议费和培训费各5万元。"])
def test_the_sum_of_a_list_is_not_of_its_last_item(figures, sum_of):
    assert figures(sum_of) == []


def test_spending_told_behind_domestic_receptions_is_theirs(figures):
    text = "公务接待费9万元，其中：外事接待费支出0万元，国内公务接待20批次，160人，共计支出9万元。"
    assert figures(text, "item value") == table("""
        reception                  90000
        reception_foreign_affairs  0
        reception_batches          20
        reception_persons          160
        reception_domestic         90000
    """)


def test_the_spending_of_the_year_inside_that_with_carry_over_is_a_part(figures):
    text = "总支出140万元，其中本年支出133万元。"
    assert figures(text, "item component parent") == table("""
        expenditure_total  total  -
        expenditure_total  part   140万元
    """)
