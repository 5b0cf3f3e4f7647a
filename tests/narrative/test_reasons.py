"""Numbers without a unit, without meaning, and of another year: why a number is no figure, and of which year one is.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

import pytest
from prose import PROJECT, table

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


@pytest.mark.parametrize(
    ("printed", "implied"),
    [
        ("政府性基金预算支出为0；", "万元"),
        ("政府性基金预算支出为5；", None),
        ("政府性基金预算支出0；", None),
        ("比2020年预算数5.00增加较多，", "万元"),
        ("比2020年预算数5.00平方米，", None),
    ],
)
def test_nothing_and_what_is_compared_with_may_lack_their_unit(figures, printed, implied):
    rows = figures(f"一般公共预算支出6万元，{printed}其他。", "value implied")
    assert rows[1:] == ([] if implied is None else [["0" if "为0" in printed else "50000", implied]])


def test_a_part_of_a_count_that_is_0_is_counted_in_the_unit_of_the_whole(figures):
    text = "共有车辆2辆，其中：领导用车为0、机要通信用车为1、其他用车2辆。"
    assert figures(text, "item component value implied") == table("""
        vehicles  total  2  -
        vehicles  part   0  辆
        vehicles  part   2  -
    """)


def test_numbers_of_a_sentence_in_units_of_its_own_are_no_row_of_a_table(reasons, figures):
    text = "筛查11.4万人，接诊9.84万人，托位4.3万个，覆盖9.3万户。基本支出5万元。"
    assert [reason for _, reason in reasons(text)] == ["quantity"] * 4
    assert figures(text, "item") == [["expenditure_basic"]]
    assert {reason for _, reason in reasons("11.40 9.84 4.30 9.30")} == {"torn_table"}


def test_a_paragraph_of_more_numbers_than_anybody_writes_is_none(reasons, figures):
    said = [f"会议费{number}万元" for number in range(1001)]
    assert figures("，".join(said[:100]) + "。", "item") == [["meetings"]] * 100
    assert {reason for _, reason in reasons("，".join(said) + "。")} == {"torn_table"}
