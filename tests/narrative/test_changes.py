"""Changes, shares and rates: what a percentage or a difference compares.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

import pytest
from prose import BUDGET, PROJECT, table


def test_a_change_is_signed_and_knows_what_changed_and_since_when(figures):
    text = (
        "收、支总计500万元，与2020年相比，收、支总计各减少100万元，下降16.67%。"
        "本年收入合计480万元，比上年增加20.5万元，增长4.46%。"
    )
    assert figures(text, "item phase value sign base of") == table("""
        income_expenditure_total  actual      5000000   1   -       -
        income_expenditure_total  change      -1000000  -1  2020年  500万元
        income_expenditure_total  change_pct  -16.67    -1  2020年  500万元
        income_total              actual      4800000   1   -       -
        income_total              change      205000    1   上年    480万元
        income_total              change_pct  4.46      1   上年    480万元
    """)


@pytest.mark.parametrize("word", ["增加", "增长", "上升", "提高", "上涨"])
def test_words_of_increase(figures, word):
    assert figures(f"本年收入合计500万元，比上年{word}5万元。", "phase value")[1] == ["change", "50000"]


@pytest.mark.parametrize("word", ["减少", "下降", "降低", "压减"])
def test_words_of_decrease(figures, word):
    assert figures(f"本年收入合计500万元，比上年{word}5万元。", "phase value")[1] == ["change", "-50000"]


@pytest.mark.parametrize("since", ["比上一年度", "较上一年", "与上一年度相比", "和上一年对比", "比上一年度决算数"])
def test_the_year_before_is_told_in_many_words(figures, since):
    assert figures(f"本年收入合计500万元，{since}增加5万元，增长1.01%。", "phase value")[1:] == table("""
        change      50000
        change_pct  1.01
    """)


@pytest.mark.parametrize(
    "against", ["比年初预算数7万元减少2万元", "较年初预算7万元减少2万元", "控制在年初预算7万元以内"]
)
def test_parts_are_those_of_the_spending_and_not_of_the_budget_that_it_is_held_against(figures, against):
    text = f"本年支出合计5万元，{against}，其中：基本支出3万元，项目支出2万元。"
    rows = [row for row in figures(text, "item phase value") if row[1] != "change"]
    assert rows == table("""
        expenditure_total    actual          50000
        expenditure_total    initial_budget  70000
        expenditure_basic    actual          30000
        expenditure_project  actual          20000
    """)


def test_parts_of_a_budget_that_is_only_told_are_parts_of_it(figures):
    text = "本年支出合计年初预算7万元，其中：基本支出3万元，项目支出4万元。"
    assert {row[0] for row in figures(text, "phase")} == {"initial_budget"}


@pytest.mark.parametrize("opening", ["按用途划分", "按功能分类", "按支出功能分类"])
def test_a_way_of_dividing_opens_the_parts_of_a_whole(figures, opening):
    text = f"一般公共预算财政拨款支出9万元，{opening}：教育支出5万元，占55.56%；住房保障支出4万元，占44.44%。"
    assert [row for row in figures(text, "item phase whole") if row[1] == "share_pct"] == table("""
        教育支出      share_pct  9万元
        住房保障支出  share_pct  9万元
    """)


def test_a_shorter_name_in_a_comparison_is_the_subject_again(figures):
    text = "财政拨款收、支总计400万元，与上年相比，收、支总计各减少10万元。"
    assert figures(text) == table("""
        fiscal_income_expenditure_total  actual  4000000
        fiscal_income_expenditure_total  change  -100000
    """)


def test_a_share_with_a_stated_base_refers_to_it(figures):
    text = "财政拨款收入450万元，占本年收入合计的90%。"
    assert figures(text, "item phase value base base_item of") == table("""
        income_fiscal  actual     4500000  -             -             -
        income_fiscal  share_pct  90       本年收入合计  income_total  450万元
    """)


def test_a_share_without_a_base_is_one_of_the_open_whole(figures):
    text = "本年收入合计500万元，其中：财政拨款收入450万元，占90%；其他收入50万元，占10%。"
    assert figures(text, "item phase value base base_item of whole") == table("""
        income_total   actual     5000000  -             -             -        -
        income_fiscal  actual     4500000  本年收入合计  income_total  -        -
        income_fiscal  share_pct  90       -             income_total  450万元  500万元
        income_other   actual     500000   本年收入合计  income_total  -        -
        income_other   share_pct  10       -             income_total  50万元   500万元
    """)


def test_a_share_of_another_item_than_the_open_whole_does_not_refer_to_its_number(figures):
    text = "授予中小企业合同金额60万元，其中：授予小微企业合同金额30万元，占政府采购支出总额的33.33%。"
    assert figures(text, "item phase base_item whole")[2] == [
        "procurement_small_micro",
        "share_pct",
        "procurement_total",
        "-",
    ]


def test_a_rate_knows_the_budget_that_it_is_of(figures):
    text = (
        "公务接待费支出决算为0.5万元，完成年初预算的50%。会议费支出2万元，完成全年预算数比例80%。"
        "培训费支出3万元，完成预算75%。"
    )
    assert figures(text, "item phase value base base_phase of") == table("""
        reception  actual         5000   -         -               -
        reception  execution_pct  50     年初预算  initial_budget  0.5万元
        meetings   actual         20000  -         -               -
        meetings   execution_pct  80     全年预算  budget          2万元
        training   actual         30000  -         -               -
        training   execution_pct  75     完成预算  -               3万元
    """)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("基本支出预算执行率95.5%。", "expenditure_basic execution_pct 95.5"),
        ("项目支出支付进度为60%。", "expenditure_project execution_pct 60"),
        ("项目资金到位率80%。", "project_funds funding_rate 80"),
        ("项目经费支出仅完成了10.56%。", "expenditure_project execution_pct 10.56"),
        ("年末结转结余0万元，结余率为3%。", "carryover_closing share_pct 3"),
        ("部门预决算差异率为25.38%。", "total_funds change_pct 25.38"),
    ],
)
def test_rates_by_name(figures, text, expected):
    assert figures(text)[-1] == expected.split()


def test_a_share_of_an_amount_is_a_rate_of_that_budget(figures):
    text = "实际支出占预算100万元的20%，占已下达额度50万元的40%。"
    assert figures(text, "phase value base_phase base", title=PROJECT) == table("""
        budget         1000000  -             -
        execution_pct  20       budget        实际支出占预算100万元
        appropriated   500000   -             -
        execution_pct  40       appropriated  占已下达额度50万元
    """)


def test_a_percentage_that_says_no_relation_is_no_figure(figures, reasons):
    text = "群众满意度达到90%以上。"
    assert figures(text) == []
    assert reasons(text) == table("90% percent_without_relation")


def test_the_budget_that_was_completed_is_the_base_of_the_rate(figures):
    assert figures("公务接待费支出决算3.8万元，完成预算5万元的76%。", "item phase value base_phase") == table("""
        reception  actual         38000  -
        reception  budget         50000  -
        reception  execution_pct  76     budget
    """)


def test_a_rate_behind_the_parts_is_of_the_whole(figures):
    text = "本年支出合计300万元，其中：基本支出200万元，项目支出100万元，预算执行率93.75%。"
    assert figures(text, "item phase value of") == table("""
        expenditure_total    actual         3000000  -
        expenditure_basic    actual         2000000  -
        expenditure_project  actual         1000000  -
        expenditure_total    execution_pct  93.75    300万元
    """)


def test_an_amount_of_an_earlier_year_is_there_to_compare_with(figures):
    text = "2021年度本年收入合计80万元，2020年度本年收入合计100万元，减少20万元，下降20%。"
    assert figures(text, "year phase value of") == table("""
        2021  actual      800000   -
        2020  actual      1000000  -
        2021  change      -200000  80万元
        2021  change_pct  -20      80万元
    """)


def test_the_rest_of_a_torn_paragraph_has_no_subject(figures, reasons):
    text = "三、“三公”经费支出决算情况说明\n三公经费支出决算5万元。\n）比上年减少0.05万元，下降0.5%。"
    assert figures(text) == table("three_public_total actual 50000")
    assert reasons(text)[-2:] == [["0.05万元", "no_subject"], ["0.5%", "no_subject"]]


def test_what_brackets_name_is_not_the_base_of_a_share(figures):
    text = "基本支出5万元，占财政性资金（公用经费项目支出除外）总额的50%。"
    assert figures(text, "phase base_item")[1] == ["share_pct", "-"]


# What is printed badly, and what is no change of money


def test_the_direction_outside_brackets_counts(figures):
    assert figures("公务接待费支出5万元，减少1万元，下降（增长）16.67%。", "phase value")[2] == ["change_pct", "-16.67"]


def test_a_percentage_in_brackets_is_of_the_change_before_it(figures):
    assert figures("公务接待费支出6万元，较上年减少2万元（25%）。", "item phase value") == table("""
        reception  actual      60000
        reception  change      -20000
        reception  change_pct  -25
    """)


def test_a_percent_sign_may_be_forgotten_after_a_change(figures):
    assert figures("本年支出合计6万元，比上年增加1万元，增长20.00。", "phase value implied")[2] == [
        "change_pct",
        "20",
        "%",
    ]


def test_ten_thousand_may_stand_for_its_yuan_at_the_end_of_a_clause(figures):
    assert figures("公务接待费支出0.4万（含外事接待支出0.1万元）。培训1.3万人次。", "item value") == table("""
        reception                  4000
        reception_foreign_affairs  1000
    """)


def test_changes_of_what_has_no_name_here_are_no_figures(figures, reasons):
    text = "2.医疗服务项目：项目预算5万元，执行率100%。采血84吨，比上年增长0.9%；固定资产投资增长7%。"
    assert [row[0] for row in figures(text, "phase")] == ["budget", "execution_pct"]
    assert figures("绿化费9万元，占全部支出的37.5%。") == []


def test_a_phase_in_what_is_compared_with_is_not_the_sentences_own(figures):
    text = "收入预算9万元，其中：财政拨款收入6万元，比2020年预算减少1万元。"
    assert figures(text, "item phase", BUDGET)[1:] == table("""
        income_fiscal  initial_budget
        income_fiscal  change
    """)


def test_amounts_in_a_reason_do_not_change_what_is_spoken_of(figures, reasons):
    text = "公务用车购置及运行维护费9万元，主要原因是新增车辆1辆。其中：公务用车购置费4万元。"
    assert figures(text, "item parent")[-1] == ["vehicle_purchase", "9万元"]
    assert reasons("基本支出9万元，主要原因是绿化费增加3万元。") == table("3万元 explanation")


def test_spending_stays_the_whole_after_the_budget_it_completed(figures):
    text = "三公经费支出8万元，完成预算9万元的88.89%。其中：公务接待费8万元。"
    assert figures(text, "item parent")[-1] == ["reception", "8万元"]


def test_a_rate_is_of_money_and_not_of_persons(figures):
    assert figures("退休人员8人，预算执行率90%。", "item phase") == table("retirees count")


def test_what_is_compared_with_in_the_midst_of_a_list_is_of_the_part_and_not_of_the_whole(figures):
    text = (
        "收入预算9万元，其中：国有资本经营预算收入5万元，比2020年预算收入执行数4万元增加1万元，增长25%；"
        "收入预算比2020年减少3万元。"
    )
    assert figures(text, "item phase year", BUDGET) == table("""
        income_total          initial_budget  2021
        income_state_capital  initial_budget  2021
        income_state_capital  actual          2020
        income_state_capital  change          2021
        income_state_capital  change_pct      2021
        income_total          change          2021
    """)


@pytest.mark.parametrize("against", ["较上年8万元", "比去年的8万元", "与上年度8万元相比"])
def test_an_amount_right_behind_last_year_is_that_years(figures, against):
    text = f"“三公”经费预算合计5.5万元，{against}减少2.5万元，下降31.25%。"
    assert figures(text, "item phase year value", BUDGET) == table("""
        three_public_total  initial_budget  2021  55000
        three_public_total  initial_budget  2020  80000
        three_public_total  change          2021  -25000
        three_public_total  change_pct      2021  -31.25
    """)


def test_the_whole_of_a_share_may_stand_with_its_amount(figures):
    text = "基本支出200万元，占本年支出合计300万元的66.67%，比上年增加5万元。"
    assert figures(text, "item phase value of") == table("""
        expenditure_basic  actual     2000000  -
        expenditure_total  actual     3000000  -
        expenditure_basic  share_pct  66.67    200万元
        expenditure_basic  change     50000    200万元
    """)


def test_a_change_behind_a_rate_is_of_the_spending_and_not_of_the_budget(figures):
    text = "“三公”经费支出决算为30万元，完成全年预算45万元的66.67%，比上年决算数减少1万元，下降3.23%。"
    assert figures(text, "phase value of") == table("""
        actual         300000  -
        budget         450000  -
        execution_pct  66.67   30万元
        change         -10000  30万元
        change_pct     -3.23   30万元
    """)


def test_what_money_was_for_is_not_what_a_rate_is_of(figures):
    text = "教育支出100万元，主要用于人员经费和办公经费，完成年初预算100%。"
    assert figures(text, "item phase") == table("""
        教育支出  actual
        教育支出  execution_pct
    """)


def test_nothing_is_compared_with_the_change_before(figures):
    text = "公务接待费支出29万元，同比减少6万元，下降17.14%。"
    assert figures(text, "phase base")[1:] == table("""
        change      -
        change_pct  -
    """)


def test_a_change_of_what_has_no_name_here_is_none_of_the_paragraph_before(figures):
    text = "质量技术监督与检验检疫事务（款）30万元。\n某某事务37万元，较上年预算数增加6万元，增长19.35%。"
    assert figures(text, "value") == [["300000"]]


def test_what_a_reason_says_was_added_is_no_figure(figures, reasons):
    text = "支出预算320万元，增长的主要原因为增加管理业务费项目支出预算80万元。"
    assert figures(text, "item", BUDGET) == [["expenditure_total"]]
    assert ["80万元", "explanation"] in reasons(text)


@pytest.mark.parametrize("whole", ["某某专户支出", "本年财政拨款支出"])
def test_the_whole_of_a_share_may_have_no_name_here(figures, whole):
    text = f"基本支出200万元，占{whole}300万元的66.67%。"
    assert figures(text, "item phase value") == table("expenditure_basic actual 2000000")
