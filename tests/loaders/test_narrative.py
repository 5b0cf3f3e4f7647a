"""The grammar of disclosure prose and the tables beside it: what each printed number is a figure of, or why of none.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.formats import read_bytes
from loaders.interpret import Interpretation, Interpreter
from loaders.vocabulary import Vocabulary

FINAL = "云岭市财政局2021年度部门决算"
BUDGET = "云岭市财政局2021年部门预算"
PERFORMANCE = "云岭市财政局2021年度部门整体支出绩效自评报告"
PROJECT = "云岭市财政局\n“智慧大厅建设项目”\n项目支出绩效评价报告（2021年）"

Figures = Callable[..., list[list[str]]]


def table(text: str) -> list[list[str]]:
    """Rows of a table whose cells are parted by spaces; `-` is nothing."""
    return [line.split() for line in text.strip().splitlines()]


def interpret(interpreter: Interpreter, text: str) -> tuple[Interpretation, dict[int, str]]:
    """What a plain text says, and each number as printed."""
    document = read_bytes(text.encode(), Path("report.txt"))
    interpretation = interpreter.interpret(document)
    blocks = {block.block_no: block.text for block in document.blocks}
    printed = {r.number_no: blocks[r.block_no][r.char_start : r.char_end] for r in interpretation.readings}
    return interpretation, printed


@pytest.fixture
def figures(interpreter: Interpreter, vocabulary: Vocabulary) -> Figures:
    """The figures of a text under a report's title, as rows of the columns asked for.

    `value` is in yuan, percent, count or points, a decrease negative; `of`, `whole` and `parent` are the printed
    numbers that a figure refers to; other columns are those of `Meaning` and `Reading`.
    """

    def read(text: str, columns: str = "item phase value", title: str = FINAL) -> list[list[str]]:
        interpretation, printed = interpret(interpreter, f"{title}\n{text}")
        rows = []
        for reading in interpretation.readings:
            meaning = reading.meaning
            assert (meaning is not None) == (reading.outcome == "figure")
            if meaning is None:
                continue
            assert reading.unit is not None
            value = Decimal(reading.digits) * vocabulary.unit_by_text[reading.unit].factor * reading.sign
            cells = {
                "value": f"{value.normalize():f}",
                "printed": printed[reading.number_no],
                "of": printed.get(meaning.of_number or 0),
                "whole": printed.get(meaning.whole_number or 0),
                "parent": printed.get(meaning.parent_number or 0),
                "sign": str(reading.sign),
                "year": str(reading.fiscal_year),
                "implied": reading.unit if reading.unit_implied else None,
            }
            rows.append([(cells[c] if c in cells else getattr(meaning, c)) or "-" for c in columns.split()])
        return rows

    return read


@pytest.fixture
def reasons(interpreter: Interpreter) -> Figures:
    """The numbers of a text that are no figures, as rows of the printed number and the reason code."""

    def read(text: str, title: str = FINAL) -> list[list[str]]:
        interpretation, printed = interpret(interpreter, f"{title}\n{text}")
        lines = title.count("\n") + 1
        return [
            [printed[r.number_no], r.outcome]
            for r in interpretation.readings
            if r.meaning is None and r.block_no > lines
        ]

    return read


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


# Changes, shares, rates


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


# Three public expenses


def test_money_and_counts_of_the_three_public_expenses(figures):
    text = (
        "三公经费支出1万元。其中：\n"
        "1.因公出国（境）费支出0万元，全年安排因公出国（境）团组1个，累计3人次。\n"
        "2.公务用车购置及运行维护费支出0.5万元。其中：\n"
        "公务用车购置支出0.2万元，更新购置公务用车1辆。\n"
        "公务用车运行维护费支出0.3万元。截至年底，公务用车保有量为3辆。\n"
        "3.公务接待费支出0.5万元。其中：\n"
        "国内接待费支出0.4万元，国内公务接待8批次，接待人次56人。"
    )
    assert figures(text, "item phase value parent") == table("""
        three_public_total   actual  10000  -
        overseas             actual  0      1万元
        overseas_groups      count   1      1万元
        overseas_persons     count   3      1万元
        vehicle              actual  5000   1万元
        vehicle_purchase     actual  2000   0.5万元
        vehicles_purchased   count   1      0.5万元
        vehicle_operation    actual  3000   0.5万元
        vehicles_owned       count   3      0.5万元
        reception            actual  5000   1万元
        reception_domestic   actual  4000   0.5万元
        reception_batches    count   8      0.5万元
        reception_persons    count   56     0.5万元
    """)


def test_receptions_of_foreign_guests_and_abroad_are_components(figures):
    text = (
        "国内公务接待8批次（其中：外事接待1批次），接待人次56人（其中：外事接待人次4人）。"
        "国（境）外接待费支出0.1万元，国（境）外公务接待2批次，接待人次6人。"
    )
    assert figures(text, "item component value parent") == table("""
        reception_batches  total            8     -
        reception_batches  foreign_affairs  1     8批次
        reception_persons  total            56    -
        reception_persons  foreign_affairs  4     56人
        reception_abroad   total            1000  -
        reception_batches  abroad           2     -
        reception_persons  abroad           6     -
    """)


def test_kinds_of_vehicles_are_parts_with_their_number_and_their_money(figures):
    text = (
        "全年更新购置公务用车2辆，其中：轿车1辆、金额12万元，越野车1辆、金额20万元。"
        "截至年底，共有公务用车3辆，其中：轿车2辆、越野车1辆。"
    )
    assert figures(text, "item component label value parent") == table("""
        vehicles_purchased  total  公务用车购置数  2       -
        vehicles_purchased  part   轿车            1       2辆
        vehicle_purchase    part   轿车            120000  2辆
        vehicles_purchased  part   越野车          1       2辆
        vehicle_purchase    part   越野车          200000  2辆
        vehicles_owned      total  公务用车保有量  3       -
        vehicles_owned      part   轿车            2       3辆
        vehicles_owned      part   越野车          1       3辆
    """)


def test_batches_and_persons_without_a_name_belong_to_the_reception_before_them(figures):
    assert figures("公务接待费支出1万元。国内公务接待8批次，56人次。") == table("""
        reception          actual  10000
        reception_batches  count   8
        reception_persons  count   56
    """)


def test_persons_without_a_name_belong_to_the_groups_before_them(figures):
    assert figures("因公出国（境）团组2个，5人。") == table("""
        overseas_groups   count  2
        overseas_persons  count  5
    """)


# Staffing, assets, procurement


def test_establishment_staff_and_posts(figures):
    text = "核定事业编制8名（现有人员10人，超编2人），设主任1名，副主任2名。核定党政领导职数3名。"
    assert figures(text, "item phase component value") == table("""
        establishment  count  total       8
        staff_actual   count  total       10
        staff_actual   count  over        2
        establishment  count  leadership  1
        establishment  count  leadership  2
        establishment  count  leadership  3
    """)


def test_a_count_that_names_nothing_is_a_part_of_the_whole(figures):
    text = "核定事业编制20名（其中5名由市政府划转），实有人数18人。"
    assert figures(text, "item component value parent") == table("""
        establishment  total  20  -
        establishment  part   5   20名
        staff_actual   total  18  -
    """)


def test_kinds_of_posts_are_parts_of_the_whole_that_is_open(figures):
    text = (
        "人员编制30人，其中：行政编制10人，事业编制20人。"
        "实有在职人数28人，其中：行政编制9人，事业编制17人，工勤人员2人。"
    )
    assert figures(text, "item component label value parent") == table("""
        establishment  total  编制数              30  -
        establishment  part   行政编制            10  30人
        establishment  part   事业编制            20  30人
        staff_actual   total  实有（在岗）人数    28  -
        staff_actual   part   行政编制            9   28人
        staff_actual   part   事业编制            17  28人
        staff_actual   part   工勤人员            2   28人
    """)


def test_assets_and_vehicles(figures):
    text = (
        "（三）国有资产占有使用情况\n截至2021年12月31日，资产总计400万元，净资产380万元。固定资产300万元，"
        "占资产总额75%。共有车辆3辆，其中：一般公务用车2辆、其他用车1辆。"
        "单价50万元以上通用设备2台（套），单价100万元以上专用设备1台（套）。"
    )
    assert figures(text, "item phase component value") == table("""
        assets_total         actual     total  4000000
        assets_net           actual     total  3800000
        assets_fixed         actual     total  3000000
        assets_fixed         share_pct  total  75
        vehicles             count      total  3
        vehicles             count      part   2
        vehicles             count      part   1
        equipment_over_500k  count      total  2
        equipment_over_1m    count      total  1
    """)


def test_the_threshold_in_the_name_of_an_item_is_part_of_a_name(reasons):
    assert reasons("单价50万元以上通用设备2台（套）。") == table("50万元 name_part")


def test_equipment_is_counted_only_with_its_price_class(figures):
    assert figures("通用设备3.47万元。", "item phase value") == table("fixed_general_equipment actual 34700")
    assert figures("四、国有资产占用情况\n车辆0台，设备2台。") == table("vehicles count 0")
    text = "四、国有资产占用情况\n单价100万元以上的设备2台（套）；单价20万元以上的设备5台（套）。"
    assert figures(text) == table("equipment_over_1m count 2")


def test_procurement_and_its_contracts_with_small_enterprises(figures):
    text = (
        "（二）政府采购支出情况\n政府采购支出总额90万元，其中：货物支出20万元、工程支出30万元、服务支出40万元。"
        "授予中小企业合同金额60万元，占政府采购支出总额的66.67%，其中：授予小微企业合同金额30万元。"
    )
    assert figures(text, "item phase value parent") == table("""
        procurement_total        actual     900000  -
        procurement_goods        actual     200000  90万元
        procurement_works        actual     300000  90万元
        procurement_services     actual     400000  90万元
        procurement_sme          actual     600000  -
        procurement_sme          share_pct  66.67   -
        procurement_small_micro  actual     300000  60万元
    """)


def test_a_term_of_one_section_names_nothing_in_another(figures, reasons):
    text = "一、支出情况\n工程支出30万元。"
    assert figures(text) == []
    assert reasons(text) == table("30万元 no_subject")


def test_the_fund_named_before_a_term_is_kept(figures):
    text = "使用一般公共预算财政拨款安排基本支出100万元，使用政府性基金财政拨款安排基本支出5万元。基本支出105万元。"
    assert figures(text, "item fund value") == table("""
        expenditure_basic  general_public   1000000
        expenditure_basic  government_fund  50000
        expenditure_basic  all              1050000
    """)


def test_income_of_state_capital_is_filed_by_section(figures):
    sentence = "国有资本经营预算财政拨款收入5万元。"
    assert figures(f"二、收入决算情况说明\n{sentence}") == table("income_state_capital actual 50000")
    assert figures(f"九、国有资本经营预算支出决算情况说明\n{sentence}") == table("state_capital_income actual 50000")


# Functional classes

FUNCTIONS = "（三）一般公共预算财政拨款支出决算具体情况\n"


def test_a_marked_class_is_named_by_its_most_detailed_part(figures):
    text = (
        FUNCTIONS + "1.教育支出（类）进修及培训（款）培训支出（项）：支出决算为3万元，完成预算90%。\n"
        "2.住房保障支出（类）：支出决算为12万元。\n"
        "3.城乡社区支出（类）城乡社区管理事务（款）行政运行（项）。年初预算为15万元，支出决算为9万元。"
    )
    assert figures(text, "statement item phase value") == table("""
        function  培训支出      actual          30000
        function  培训支出      execution_pct   90
        function  住房保障支出  actual          120000
        function  行政运行      initial_budget  150000
        function  行政运行      actual          90000
    """)


def test_the_word_expenditure_behind_the_mark_belongs_to_the_name_of_the_class(figures):
    text = "一般公共预算财政拨款支出100万元，主要用于以下方面：社会保障和就业（类）支出13万元，占13%。"
    assert figures(text, "statement item phase value base_item") == table("""
        -         general_public_expenditure  actual     1000000  -
        function  社会保障和就业支出          actual     130000   general_public_expenditure
        function  社会保障和就业支出          share_pct  13       general_public_expenditure
    """)


def test_a_class_in_quotes_opens_a_paragraph(figures):
    text = (
        FUNCTIONS + "1、“教育支出”2021年度决算3.5万元，年初预算数4万元，年中追加预算数1万元。\n"
        "“进修培训”2021年度决算3.5万元。\n"
        "2、卫生健康支出”2021年度决算9万元，完成年初预算数比例90%。"
    )
    assert figures(text, "statement item phase value") == table("""
        function  教育支出      actual                35000
        function  教育支出      initial_budget        40000
        function  教育支出      supplementary_budget  10000
        function  进修培训      actual                35000
        function  卫生健康支出  actual                90000
        function  卫生健康支出  execution_pct         90
    """)


def test_known_classes_need_no_mark_where_classes_are_listed(figures):
    text = "一般公共预算财政拨款支出100万元，主要用于以下方面：教育支出60万元，占60%；卫生健康支出40万元，占40%。"
    assert figures(f"（二）一般公共预算财政拨款支出决算结构情况\n{text}", "item phase value whole") == table("""
        general_public_expenditure  actual     1000000  -
        教育支出                    actual     600000   -
        教育支出                    share_pct  60       100万元
        卫生健康支出                actual     400000   -
        卫生健康支出                share_pct  40       100万元
    """)


# Projects and scores


def test_projects_listed_under_project_expenditure_are_figures_of_their_own(figures, reasons):
    text = "项目支出预算为50万元，包括系统运维经费项目30万元，档案整理经费项目15万元，绿化养护5万元。"
    assert figures(text, "statement item phase value base parent") == table("""
        -        expenditure_project  budget  500000  -         -
        project  系统运维经费项目     budget  300000  项目支出  50万元
        project  档案整理经费项目     budget  150000  项目支出  50万元
    """)
    assert reasons(text) == table("5万元 unknown_term")


def test_a_paragraph_that_opens_with_a_project_is_about_it(figures):
    text = (
        "系统运维项目，全年运行平稳。项目预算45万元，实际支出40.68万元，执行率90.4%，综合评价98.5分。\n"
        "2021年-档案数字化经费：完成档案整理，租赁扫描仪38台。该项目经费预算4.4万元，实际支出4.2万元。执行率95.45%。"
    )
    assert figures(text, "statement item phase value") == table("""
        project      系统运维项目           budget         450000
        project      系统运维项目           actual         406800
        project      系统运维项目           execution_pct  90.4
        performance  系统运维项目           score          98.5
        project      2021年-档案数字化经费  budget         44000
        project      2021年-档案数字化经费  actual         42000
        project      2021年-档案数字化经费  execution_pct  95.45
    """)


def test_numbers_in_the_name_of_a_project_are_part_of_it(reasons):
    text = "新增32名接线员项目，保障热线。该项目经费预算27万元，实际支出26万元，执行率96.3%。"
    assert reasons(text) == table("32名 name_part")


def test_projects_without_a_name_are_all_projects_together(figures):
    text = "项目全年预算数50万元，项目支出数45万元，预算执行率90%。"
    assert figures(text) == table("""
        project_funds  budget         500000
        project_funds  actual         450000
        project_funds  execution_pct  90
    """)


def test_the_sum_of_projects_that_were_counted_is_of_all_projects(figures):
    text = "年中追加项目2个，分别为甲系统运维项目、乙设备购置项目，涉及金额12.5万元。"
    assert figures(text) == table("project_funds supplementary_budget 125000")


def test_a_report_on_one_project_speaks_of_that_project(figures):
    text = (
        "该项目资金预算为100万元，其中软件开发60万元，监理费10万元。\n"
        "项目经费授权支付额度50万元，资金到位率50%。已支付完毕70万元（其中技术合同60万元，测评合同10万元）。"
    )
    assert figures(text, "statement item component label phase value parent", title=PROJECT) == table("""
        project  智慧大厅建设项目  total  智慧大厅建设项目  budget        1000000  -
        project  智慧大厅建设项目  part   软件开发          budget        600000   100万元
        project  智慧大厅建设项目  part   监理费            budget        100000   100万元
        project  智慧大厅建设项目  total  智慧大厅建设项目  appropriated  500000   -
        project  智慧大厅建设项目  total  智慧大厅建设项目  funding_rate  50       -
        project  智慧大厅建设项目  total  智慧大厅建设项目  actual        700000   -
        project  智慧大厅建设项目  part   技术合同          actual        600000   70万元
        project  智慧大厅建设项目  part   测评合同          actual        100000   70万元
    """)


def test_a_part_of_a_project_may_be_an_item_of_its_own(figures):
    text = "追加项目经费预算100万元，其中：政府采购40万元。"
    assert figures(text, "item phase value parent", title=PROJECT) == table("""
        智慧大厅建设项目   supplementary_budget  1000000  -
        procurement_total  supplementary_budget  400000   100万元
    """)


def test_scores_of_the_unit_and_of_named_projects(figures):
    text = (
        "部门整体支出绩效自评得分97.5分，评价等级为优。\n"
        "档案整理经费项目绩效自评得分96分，评价等级为优。\n"
        "系统运维经费自评得分98.5，评价等级为优。"
    )
    assert figures(text, "statement item phase value implied", title=PERFORMANCE) == table("""
        -            overall           score  97.5  -
        performance  档案整理经费项目  score  96    -
        performance  系统运维经费      score  98.5  分
    """)


def test_a_score_of_nothing_in_a_report_on_the_unit_is_the_score_of_the_unit(figures, reasons):
    assert figures("综合评价得分为95分。", title=PERFORMANCE) == table("overall score 95")
    assert figures("综合评价得分为95分。") == []
    assert reasons("综合评价得分为95分。") == table("95分 score_without_subject")


def test_parts_of_a_score_are_parts(figures):
    text = "该项目绩效自评综合评价得分99.83分，其中：项目资金9.83分、项目绩效90分。"
    assert figures(text, "item component phase value", title=PROJECT) == table("""
        智慧大厅建设项目  total  score  99.83
        智慧大厅建设项目  part   score  9.83
        智慧大厅建设项目  part   score  90
    """)


# Amounts that lost their unit


def test_contract_amounts_without_a_unit_are_in_yuan(figures):
    text = (
        "（2）项目合同情况\n2021年3月1日，签订《智慧大厅技术服务合同》，合同总金额702,600，"
        "合同金额为79,500。签订《监理合同》，费用为100,000。"
    )
    assert figures(text, "item phase value implied", title=PROJECT) == table("""
        智慧大厅建设项目  contract  702600  元
        智慧大厅建设项目  contract  79500   元
        智慧大厅建设项目  contract  100000  元
    """)


def test_a_decimal_without_a_unit_has_the_unit_of_the_money_around_it(figures):
    text = (
        "基本支出404.96（包含工资福利支出384.78万元）。\n"
        "一般公共预算支出决算数为219.5。\n"
        "资产总计45.5，净资产12345.5元。"
    )
    assert figures(text, "item value implied") == table("""
        expenditure_basic           4049600  万元
        basic_salaries              3847800  -
        general_public_expenditure  2195000  万元
        assets_total                45.5     元
        assets_net                  12345.5  -
    """)


def test_several_decimals_without_a_unit_are_a_row_of_a_table_and_no_figures(figures, reasons):
    text = "基本支出404.96，项目支出95.04。"
    assert figures(text) == []
    assert reasons(text) == table("""
        404.96  no_unit
        95.04   no_unit
    """)


def test_a_whole_number_without_a_unit_is_no_figure(figures, reasons):
    text = "本年支出合计500万元，其中项目支出100。"
    assert figures(text) == table("expenditure_total actual 5000000")
    assert reasons(text) == table("100 no_unit")


# Sections whose numbers are no figures


@pytest.mark.parametrize("heading", ["第三部分 名词解释", "四、专业名词解释", "五、名词说明"])
def test_numbers_of_the_glossary_have_reason_glossary(figures, reasons, heading):
    text = f"{heading}\n1.机关运行经费：指购买价值5万元以上货物的支出，占10%。"
    assert figures(text) == []
    assert reasons(text)[-2:] == table("""
        5万元  glossary
        10%    glossary
    """)


def test_numbers_about_the_work_done_have_reason_work_statistic(figures, reasons):
    text = "二、2021年重点工作完成情况\n共受理案件120件，办结率为95%。出动10人，检查20家。"
    assert figures(text) == []
    assert [reason for _, reason in reasons(text)] == ["year", *["work_statistic"] * 4]


def test_counts_of_other_things_are_work_statistics_everywhere(reasons):
    assert reasons("本单位内设科室12个，热线54条。") == table("""
        12个  work_statistic
        54条  work_statistic
    """)


def test_a_figure_is_read_in_a_section_about_work_too(figures):
    assert figures("六、存在的问题\n拥有事业编制8名，人手不足。") == table("establishment count 8")


def test_numbers_of_headings_are_no_figures(figures, reasons):
    text = "三、2021年三公经费情况说明"
    assert figures(text) == []
    assert reasons(text) == table("2021 year")


def test_an_amount_per_month_is_a_unit_price(figures, reasons):
    text = "人员经费1.2万元/月。"
    assert figures(text) == []
    assert reasons(text) == table("1.2万元 unit_price")


def test_dates_codes_and_document_numbers_keep_their_reasons(reasons):
    text = "根据云财发〔2020〕40号，12345热线自2021年3月5日起由3名人员值守，电话0812-3330000。"
    assert reasons(text) == table("""
        2020       document_number
        40号       document_number
        12345      name_part
        2021年3月5日  date
        3名        work_statistic
        0812       code
        3330000    code
    """)


# Years


def test_the_year_of_a_figure_is_that_of_the_report_unless_the_sentence_names_one(figures):
    text = "本年收入合计5万元。2022年本年收入合计6万元。本年支出合计3万元。"
    assert figures(text, "item value year") == table("""
        income_total       50000  2021
        income_total       60000  2022
        expenditure_total  30000  2021
    """)


@pytest.mark.parametrize("words", ["与2020年相比，", "比2020年", "较2020年", "同2020年相比，"])
def test_the_year_of_a_comparison_is_not_the_year_of_the_figure(figures, words):
    text = f"本年收入合计5万元，{words}减少1万元。"
    assert figures(text, "phase value year") == table("""
        actual  50000   2021
        change  -10000  2021
    """)


def test_the_year_in_the_title_of_a_document_is_not_the_year_of_the_figure(figures):
    text = "根据《2019年工作方案》，本年收入合计5万元。"
    assert figures(text, "value year") == table("50000 2021")


def test_a_paragraph_that_cites_a_later_document_speaks_of_its_year(figures):
    text = "根据《批复》（云编发〔2022〕40号）文件精神，增加事业编制2名，增核副主任1名。调整后共有事业编制17名。"
    assert figures(text, "item phase component value year") == table("""
        establishment  change  total       2   2022
        establishment  change  leadership  1   2022
        establishment  count   total       17  2022
    """)


def test_a_paragraph_that_cites_an_earlier_document_does_not(figures):
    text = "根据《通知》（云编发〔2019〕26号），核定事业编制15名。"
    assert figures(text, "value year") == table("15 2021")


# Tables


def test_a_table_of_projects_means_what_its_columns_say(figures, reasons):
    rows = table("""
        预算项目名称  年初结转  到位资金  已使用资金  资金使用率
        系统运维经费  0         5         4.5         90%
        设备购置经费  1         8.3       8.3         100%
    """)
    text = "单位：万元\n" + "\n".join(f"{cell} |" for row in rows for cell in row)
    assert figures(text, "statement item component phase value base") == table("""
        -        carryover_opening  project  actual         0      系统运维经费
        project  系统运维经费       total    appropriated   50000  -
        project  系统运维经费       total    actual         45000  -
        project  系统运维经费       total    execution_pct  90     -
        -        carryover_opening  project  actual         10000  设备购置经费
        project  设备购置经费       total    appropriated   83000  -
        project  设备购置经费       total    actual         83000  -
        project  设备购置经费       total    execution_pct  100    -
    """)
    assert reasons(text) == []


def test_the_total_of_a_table_of_projects_is_of_all_projects(figures):
    text = "单位：万元\n| 项目名称 | 到位资金 | 已使用资金 |\n| 系统运维经费 | 5 | 4.5 |\n| 合计 | 5 | 4.5 |"
    assert figures(text)[2:] == table("""
        project_funds  appropriated  50000
        project_funds  actual        45000
    """)


def test_a_column_may_name_its_own_unit_and_be_a_score(figures):
    text = (
        "项目名称 | 年初预算数（元） | 全年预算数（万元） | 执行率 | 得分 |\n"
        "系统运维经费 | 50,000 | 4.5 | 88.89% | 96 |\n"
        "设备购置经费 | 60,000.00 | 6 | 100% | 98.5 |"
    )
    assert figures(text, "statement item phase value") == table("""
        project      系统运维经费  initial_budget  50000
        project      系统运维经费  budget          45000
        project      系统运维经费  execution_pct   88.89
        performance  系统运维经费  score           96
        project      设备购置经费  initial_budget  60000
        project      设备购置经费  budget          60000
        project      设备购置经费  execution_pct   100
        performance  设备购置经费  score           98.5
    """)


def test_amounts_of_a_table_without_a_unit_are_no_figures(figures, reasons):
    text = "项目名称 | 到位资金 | 已使用资金 |\n系统运维经费 | 5 | 4.5 |\n设备购置经费 | 8 | 8 |"
    assert figures(text) == []
    assert reasons(text) == table("""
        5    no_unit
        4.5  no_unit
        8    no_unit
        8    no_unit
    """)


def test_a_table_of_other_things_gives_no_figures(figures, reasons):
    text = "单位：万元\n名称 | 数量 |\n桌子 | 5 |\n椅子 | 6 |"
    assert figures(text) == []
    assert [printed for printed, _ in reasons(text)] == ["5", "6"]


def form(name: str, budget: str, actual: str) -> str:
    """A self-evaluation form as a converter leaves it."""
    return (
        f"\t2021年项目支出绩效自评表\n（{name}）\n\n"
        "\t主管部门\n\t云岭市财政局802001\n\n"
        f"\t项目预算\n执行情况\n（万元）\n\t 预算数：\n\t{budget}\n\t 执行数：\n\t{actual}\n\n"
        f"\t\n\t其中：\n财政拨款\n\t{budget}\n\t其中：\n财政拨款\n\t{actual}\n\n"
        "\t\n\t其他资金\n\t\n\t其他资金\n\t\n\n"
        "\t绩效指标\n\t一级指标\n\t二级指标\n\t三级指标\n\t预期指标值\n\t实际完成指标值\n\n"
        "\t\n\t产出指标\n\t数量指标\n\t坐席人员\n\t10名\n\t12名\n\n"
        "\t\n\t满意度指标\n\t满意度\n\t市民满意度\n\t95%\n\t98%\n"
    )


def test_a_self_evaluation_form_gives_the_money_of_its_project(figures):
    assert figures(form("大厅运维项目", "20", "18.5"), "statement item component label phase value base") == table("""
        project  大厅运维项目  total  大厅运维项目    budget  200000  -
        project  大厅运维项目  total  大厅运维项目    actual  185000  -
        project  大厅运维项目  part   其中：财政拨款  budget  200000  大厅运维项目
        project  大厅运维项目  part   其中：财政拨款  actual  185000  大厅运维项目
    """)


def test_values_of_indicators_wait_for_the_table_of_indicators(reasons):
    assert reasons(form("大厅运维项目", "20", "18.5"))[-4:] == table("""
        10名  indicator
        12名  indicator
        95%   indicator
        98%   indicator
    """)


def test_cells_are_labelled_with_their_headings(interpreter):
    interpretation, _ = interpret(interpreter, f"{FINAL}\n\n{form('大厅运维项目', '20', '18.5')}")
    labels = {(label.row_no, label.col_no): label.column_label for label in interpretation.labels}
    assert labels[2, 2] == "预算数："
    assert labels[2, 4] == "执行数："
    assert labels[6, 4] == "预期指标值"
    assert labels[6, 5] == "实际完成指标值"


def test_two_forms_in_a_row_are_about_two_projects(figures):
    text = form("大厅运维项目", "20", "18.5") + "\n\n\n\n" + form("设备购置项目", "7", "6")
    assert figures(text, "item component phase value") == table("""
        大厅运维项目  total  budget  200000
        大厅运维项目  total  actual  185000
        大厅运维项目  part   budget  200000
        大厅运维项目  part   actual  185000
        设备购置项目  total  budget  70000
        设备购置项目  total  actual  60000
        设备购置项目  part   budget  70000
        设备购置项目  part   actual  60000
    """)


# Reports of a file


def reports(interpreter: Interpreter, text: str) -> list[tuple[str, str, int | None, str | None]]:
    """Kind, organisation, year and project of each report of a text."""
    interpretation, _ = interpret(interpreter, text)
    return [(r.kind, r.organization_name, r.fiscal_year, r.project_name) for r in interpretation.reports]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("云岭市财政局2021年度部门决算", ("final_account", "云岭市财政局", 2021, None)),
        ("云岭市财政局2024年部门预算公开", ("budget", "云岭市财政局", 2024, None)),
        (
            "云岭市大数据中心2021年度部门整体支出绩效自评报告",
            ("unit_performance", "云岭市大数据中心", 2021, None),
        ),
        ("2020年度部门决算\n单位名称：云岭市统计局", ("final_account", "云岭市统计局", 2020, None)),
        ("2020年度部门决算\n编制单位：\n云岭市统计局", ("final_account", "云岭市统计局", 2020, None)),
        (
            "“智慧大厅建设项目”\n云岭市财政局2021年度项目支出绩效评价报告",
            ("project_performance", "云岭市财政局", 2021, "智慧大厅建设项目"),
        ),
        (
            "云岭市财政局2021年度项目支出绩效评价报告\n项目名称：智慧大厅建设",
            ("project_performance", "云岭市财政局", 2021, "智慧大厅建设"),
        ),
        ("情况说明", ("unknown", "", None, None)),
    ],
)
def test_a_report_says_of_what_kind_it_is_and_whose(interpreter, title, expected):
    assert reports(interpreter, f"{title}\n收入总计10万元。") == [expected]


def test_without_a_title_the_organisation_named_most_and_the_commonest_year_are_taken(interpreter):
    text = "情况说明\n昆明市官渡区统计局2020年度收入10万元。\n根据《昆明市财政局通知》，昆明市官渡区统计局支出5万元。"
    assert reports(interpreter, text) == [("unknown", "昆明市官渡区统计局", 2020, None)]


def test_several_reports_of_a_file_have_their_own_organisations_years_and_figures(interpreter, figures):
    text = (
        "云岭市财政局2021年度部门决算\n收入总计10万元。\n"
        "云岭市民政局2022年度部门决算公开\n收入总计12万元。\n支出预算执行率96%。"
    )
    assert reports(interpreter, text) == [
        ("final_account", "云岭市财政局", 2021, None),
        ("final_account", "云岭市民政局", 2022, None),
    ]
    interpretation, printed = interpret(interpreter, text)
    assert [(r.first_block, r.last_block) for r in interpretation.reports] == [(1, 2), (3, 5)]
    assert [
        (printed[r.number_no], r.report_no, r.fiscal_year) for r in interpretation.readings if r.outcome == "figure"
    ] == [("10万元", 1, 2021), ("12万元", 2, 2022), ("96%", 2, 2022)]


def test_a_performance_report_behind_a_final_account_is_another_report(interpreter):
    text = (
        f"{FINAL}\n收入总计10万元。\n"
        "部门整体绩效评价报告\n收入总计10万元，自评得分95分。\n"
        "项目支出绩效自评报告\n项目名称：\n智慧大厅建设\n项目单位：\n云岭市大数据中心\n项目预算5万元。"
    )
    assert reports(interpreter, text) == [
        ("final_account", "云岭市财政局", 2021, None),
        ("unit_performance", "云岭市财政局", 2021, None),
        ("project_performance", "云岭市大数据中心", 2021, "智慧大厅建设"),
    ]


def test_sections_of_a_final_account_are_no_reports(interpreter):
    text = f"{FINAL}\n一、收入决算情况说明\n收入总计10万元。\n二、2021年度支出决算情况说明\n支出总计10万元。"
    assert len(reports(interpreter, text)) == 1


def test_contents_and_covers_belong_to_the_report_they_stand_before(interpreter):
    text = f"目录\n第一部分 2021年度部门决算报表\n第二部分 2021年度部门决算说明\n{FINAL}\n收入总计10万元。"
    interpretation, _ = interpret(interpreter, text)
    assert [(r.organization_name, r.first_block, r.last_block) for r in interpretation.reports] == [
        ("云岭市财政局", 1, 5)
    ]


def test_a_refused_file_has_no_reports_and_no_numbers(interpreter):
    interpretation = interpreter.interpret(read_bytes(b"", Path("empty.txt")))
    assert (interpretation.reports, interpretation.readings, interpretation.labels) == ((), (), ())


# Places


def test_every_number_is_read_once_and_numbered_through_the_document(interpreter):
    text = f"{FINAL}\n一、概况（2）\n收入总计10万元，增长5%。\n{form('大厅运维项目', '20', '18')}\n支出总计9万元。"
    interpretation, _ = interpret(interpreter, text)
    assert [r.number_no for r in interpretation.readings] == list(range(1, len(interpretation.readings) + 1))
    assert all(r.outcome for r in interpretation.readings)


def test_a_number_keeps_its_sentence_as_a_quote(interpreter):
    text = "2021年共好。本年收入合计5万元，支出3万元。其余从略。"
    document = read_bytes(f"{FINAL}\n{text}".encode(), Path("report.txt"))
    readings = [r for r in interpreter.interpret(document).readings if r.outcome == "figure"]
    assert [text[r.quote_start : r.quote_end] for r in readings] == ["本年收入合计5万元，支出3万元。"] * 2
