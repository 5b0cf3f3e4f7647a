"""Projects and scores in prose.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from prose import PERFORMANCE, PROJECT, table


def test_projects_listed_under_project_expenditure_are_figures_of_their_own(figures, reasons):
    text = "项目支出预算为50万元，包括系统运维经费项目30万元，档案整理经费项目15万元，用于绿化养护5万元。"
    assert figures(text, "statement item phase value base parent") == table("""
        -        expenditure_project  budget  500000  -         -
        project  系统运维经费项目     budget  300000  项目支出  50万元
        project  档案整理经费项目     budget  150000  项目支出  50万元
    """)
    assert reasons(text) == table("5万元 unknown_term")


def test_money_of_a_named_project_is_not_that_of_all_projects(figures):
    assert figures("下达上级转移支付项目资金5万元。全部项目资金9万元。", "item value") == table("project_funds 90000")


def test_a_rate_of_a_name_that_no_vocabulary_has_is_of_a_part_of_the_project(figures):
    text = "2021年项目预算9万元，执行率90%。设备维修补助资金执行率50%。"
    assert figures(text, "component label phase value", PROJECT)[1:] == table("""
        total  智慧大厅建设项目  execution_pct  90
        part   设备维修补助资金  execution_pct  50
    """)


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


SEVERAL = "云岭市教育局2022年度项目支出绩效自评报告"


def test_a_report_on_several_projects_tells_each_by_the_name_that_its_paragraph_opens_with(figures):
    text = (
        "1.系统运维经费。全年预算数10万元，全年执行数9万元，预算执行率90%。\n"
        "2.校舍维修项目绩效自评综述：根据年初设定的目标，项目自评得分95分。项目全年预算数为20万元，执行数为15万元。\n"
        "项目全年预算数30万元，项目支出数24万元，预算执行率80%。"
    )
    assert figures(text, "item phase value", SEVERAL) == table("""
        系统运维经费   budget         100000
        系统运维经费   actual         90000
        系统运维经费   execution_pct  90
        校舍维修项目   score          95
        校舍维修项目   budget         200000
        校舍维修项目   actual         150000
        project_funds  budget         300000
        project_funds  actual         240000
        project_funds  execution_pct  80
    """)


def test_official_spending_of_a_year_is_no_project(figures):
    text = "2021年度“三公”经费财政拨款支出预算为40万元，2021年实际支出决算为20万元。"
    assert figures(text, "item phase") == table("""
        three_public_total  budget
        three_public_total  actual
    """)


def test_a_name_of_a_project_holds_no_amounts_and_no_half_brackets(figures):
    text = "2021年全年预算数100万元（含结转项目5个），全年执行数90万元。"
    assert figures(text, "item phase", PERFORMANCE) == table("""
        total_funds  budget
        total_funds  actual
    """)


def test_what_was_done_with_the_money_of_a_project_is_no_part_of_it(figures):
    text = "项目名称：智慧大厅建设\n目前项目资金已拨付70万元。项目计划投资90万元。"
    assert figures(text, title=PROJECT) == []
