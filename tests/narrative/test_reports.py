"""The reports of a file, and the places of the numbers in it.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from prose import FINAL, form, interpret

from loaders.formats import read_bytes
from loaders.interpret import Interpreter

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
        ("云岭市财政局2021年度项目支出绩效自评情况", ("project_performance", "云岭市财政局", 2021, None)),
        ("云岭市财政局2021年度专项转移支付绩效自评报告", ("project_performance", "云岭市财政局", 2021, None)),
        ("云岭市财政局2021年项目支出绩效单位自评报告", ("project_performance", "云岭市财政局", 2021, None)),
        ("云岭市第一中学2021年\n单位预算编制说明", ("budget", "云岭市第一中学", 2021, None)),
        ("云岭镇2021年度“三公”经费决算情况", ("final_account", "云岭镇", 2021, None)),
        ("云岭市财政局2021年“三公”经费安排情况", ("budget", "云岭市财政局", 2021, None)),
        ("礼县档案馆2021年度部门决算", ("final_account", "礼县档案馆", 2021, None)),
        ("全县档案馆2021年度部门决算", ("final_account", "", 2021, None)),
        ("云岭市实验小学2021年度单位决算", ("final_account", "云岭市实验小学", 2021, None)),
        ("情况说明", ("unknown", "", None, None)),
    ],
)
def test_a_report_says_of_what_kind_it_is_and_whose(interpreter, title, expected):
    assert reports(interpreter, f"{title}\n收入总计10万元。") == [expected]


@pytest.mark.parametrize(
    "title",
    [
        "关于云岭市2021年预算执行情况和2022年预算草案的报告",
        "关于云岭县2021年财政预算执行情况\n和2022年财政预算（草案）的报告",
        "关于云岭市2021年度市级预算执行和其他财政收支的审计工作报告",
        "关于2021年市本级决算的报告",
        "关于2021年县级预算调整方案的报告",
        "云岭县2021年财政决算公开",
        "2021年1-6月全市财政收支情况",
        "关于2020年市级决算（草案）和2021年\n上半年预算执行情况的报告",
    ],
)
def test_what_a_government_reports_to_its_congress_is_not_a_units_money(interpreter, title):
    """全市、市本级 and 收入总计 are other wholes than those of a unit, so that they could only be compared wrongly."""
    text = f"{title}\n全市一般公共预算收入10亿元，增长2%。收入总计12亿元。"
    interpretation, printed = interpret(interpreter, text)
    assert {report.kind for report in interpretation.reports} == {"government"}
    reasons = {printed[r.number_no]: r.outcome for r in interpretation.readings}
    assert {number: reasons[number] for number in ("10亿元", "2%", "12亿元")} == dict.fromkeys(
        ("10亿元", "2%", "12亿元"), "government_report"
    )


def test_a_section_on_the_revenue_of_a_government_has_no_figures(interpreter):
    text = "一、一般公共预算收入完成情况\n一般公共预算收入10亿元。\n二、支出预算情况\n2021年支出预算5万元。"
    interpretation, printed = interpret(interpreter, f"云岭镇2021年预算公开\n{text}")
    outcomes = {printed[r.number_no]: r.outcome for r in interpretation.readings}
    assert (outcomes["10亿元"], outcomes["5万元"]) == ("government_report", "figure")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("云岭市2021年市级部门预算公开", "budget"),
        ("云岭市2021年区级单位决算公开", "final_account"),
        ("云岭市财政局（本级）2021年度决算公开", "final_account"),
        ("云岭市水利局2021年部门预算执行情况和2022年部门预算说明", "budget"),
        ("云岭市财政局2021年财政拨款支出决算公开", "final_account"),
        ("云岭市2021年市级财政资金项目绩效评价报告", "project_performance"),
    ],
)
def test_titles_of_units_are_not_taken_for_those_of_governments(interpreter, title, kind):
    (report,) = reports(interpreter, f"{title}\n2021年本年支出合计10万元。")
    assert report[0] == kind


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


def test_titles_of_tables_begin_no_report(interpreter):
    text = f"{FINAL}\n收入总计10万元。\n2021年部门预算项目绩效目标自评表（大厅运维项目）\n预算20万元。"
    assert reports(interpreter, text) == [("final_account", "云岭市财政局", 2021, None)]


def test_contents_and_covers_belong_to_the_report_they_stand_before(interpreter):
    text = f"目录\n第一部分 2021年度部门决算报表\n第二部分 2021年度部门决算说明\n{FINAL}\n收入总计10万元。"
    interpretation, _ = interpret(interpreter, text)
    assert [(r.organization_name, r.first_block, r.last_block) for r in interpretation.reports] == [
        ("云岭市财政局", 1, 5)
    ]


def test_a_cover_of_another_organisation_is_a_report_of_its_own(interpreter):
    text = (
        "项目支出绩效自评报告（2021年度）\n部门名称：\n云岭市信息中心\n项目名称：\n智慧大厅建设项目\n2021年10月\n"
        "专项经费绩效评价报告（2021年）\n项目单位：\n云岭市政务服务局\n一、资金情况\n预算5万元，支出4万元。"
    )
    found, _ = interpret(interpreter, text)
    assert [(r.title, r.organization_name) for r in found.reports] == [
        ("项目支出绩效自评报告（2021年度）", "云岭市信息中心"),
        ("专项经费绩效评价报告（2021年）", "云岭市政务服务局"),
    ]
    # the same organisation under a longer name, or no title between: one report
    for other in (
        text.replace("云岭市政务服务局", "云岭市信息中心（本级）"),
        text.replace("专项经费绩效评价报告（2021年）\n", ""),
    ):
        assert len(interpret(interpreter, other)[0].reports) == 1


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
    text = "2021年共好。本年收入合计5万元，本年支出合计3万元。其余从略。"
    document = read_bytes(f"{FINAL}\n{text}".encode(), Path("report.txt"))
    readings = [r for r in interpreter.interpret(document).readings if r.outcome == "figure"]
    assert [text[r.quote_start : r.quote_end] for r in readings] == ["本年收入合计5万元，本年支出合计3万元。"] * 2


def test_a_text_without_a_full_stop_is_not_quoted_whole_for_each_of_its_numbers(interpreter):
    text = "，".join(f"第{number}项支出{number}万元" for number in range(100, 1100))
    document = read_bytes(f"{FINAL}\n{text}".encode(), Path("report.txt"))
    readings = [r for r in interpreter.interpret(document).readings if r.fiscal_year is not None]
    assert len(readings) >= 1000
    for reading in readings:
        quoted = text[reading.quote_start : reading.quote_end] if reading.block_no > 1 else ""
        assert len(quoted) < 2100
        assert reading.quote_start <= reading.char_start < reading.char_end <= reading.quote_end


@pytest.mark.parametrize(
    "text",
    [
        "昆明市财政局、昆明市教育局：\n现将昆明市官渡区统计局2021年决算公开如下，收入5万元。",
        "情况说明\n根据昆明市财政局、昆明市教育局《关于公开2021年决算的通知》，昆明市官渡区统计局收入5万元。",
    ],
)
def test_neither_whom_a_report_is_for_nor_whom_it_cites_wrote_it(interpreter, text):
    assert [row[1] for row in reports(interpreter, text)] == ["昆明市官渡区统计局"]
