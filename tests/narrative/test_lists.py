"""Lists in prose: what 分别 deals out, parts that no vocabulary has, what ends a list.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from prose import BUDGET, PROJECT, table

# 分别


def test_numbers_are_dealt_out_to_the_terms_in_their_order(figures):
    assert figures("会议费、培训费支出分别为1万元、2万元。") == table("""
        meetings  actual  10000
        training  actual  20000
    """)
    text = "基本支出60万元和项目支出40万元，分别占本年支出的60%和40%，分别比上年增长5%、下降4%。"
    assert figures(text, "item phase value base_item")[2:4] == table("""
        expenditure_basic    share_pct  60  expenditure_total
        expenditure_project  share_pct  40  expenditure_total
    """)
    assert figures(text, "item phase value")[4:] == table("""
        expenditure_basic    change_pct  5
        expenditure_project  change_pct  -4
    """)


def test_numbers_that_do_not_pair_with_the_terms_are_no_figures(figures, reasons):
    text = "会议费、培训费、差旅费支出分别为1万元、2万元。"
    assert figures(text) == []
    assert reasons(text) == [["1万元", "no_subject"], ["2万元", "no_subject"]]


# Parts without a name of their own


def test_classes_of_a_list_may_be_parted_by_stops(figures):
    text = "项目支出8万元，其中：教育支出5万元，主要用于教学。卫生健康支出3万元，主要用于体检。基本支出9万元。"
    assert figures(text, "item component value parent") == table("""
        expenditure_project  total    80000  -
        教育支出             project  50000  8万元
        卫生健康支出         project  30000  8万元
        expenditure_basic    total    90000  -
    """)


def test_parts_of_a_count_keep_their_printed_names(figures):
    text = "在职实有177人，其中：财政全额保障170人，财政差额补助7人；另有临时人员3人。"
    assert figures(text, "item component label value parent") == table("""
        staff_actual  total  实有（在岗）人数  177  -
        staff_actual  part   财政全额保障      170  177人
        staff_actual  part   财政差额补助      7    177人
    """)


def test_kinds_of_vehicles_are_of_those_that_are_counted(figures):
    text = "共有车辆3辆，其中：应急保障用车3辆。安排购置车辆2辆，其中：执法执勤用车2辆；单价100万元以上设备1台。"
    assert figures(text, "item component value parent") == table("""
        vehicles                     total  3  -
        vehicles                     part   3  3辆
        vehicles_purchased           total  2  -
        vehicles_purchased           part   2  2辆
        equipment_over_1m_purchased  total  1  -
    """)


def test_projects_need_no_project_in_their_name_where_projects_are_listed(figures):
    text = (
        "（五）项目支出100万元，具体包括：\n"
        "1.公共法律服务60万元，主要包括：普法宣传工作40万元，用于宣传册印刷；编外人员经费20万元，用于工资。\n"
        "2.行政立法、执法40万元。"
    )
    assert figures(text, "statement item value parent", BUDGET) == table("""
        -        expenditure_project  1000000  -
        project  公共法律服务         600000   100万元
        project  普法宣传工作         400000   60万元
        project  编外人员经费         200000   60万元
        project  行政立法、执法       400000   100万元
    """)


def test_money_from_the_budget_is_a_part_of_a_project_and_an_item_of_the_whole(figures):
    assert figures("项目支出80万元，其中：财政拨款50万元。", "item component value")[1] == [
        "expenditure_project", "part", "500000",
    ]  # fmt: skip
    assert figures("本年收入合计80万元，其中：财政拨款50万元。", "item component value")[1] == [
        "income_fiscal", "total", "500000",
    ]  # fmt: skip
    assert figures("2021年项目预算80万元，其中：财政拨款50万元。", "item component value", PROJECT)[1] == [
        "智慧大厅建设项目", "part", "500000",
    ]  # fmt: skip


def test_projects_that_were_counted_are_summed(figures):
    text = "编报绩效目标的项目3个，涉及预算金额50万元，其中：特定目标类项目1个，涉及预算20万元，平均得分98.5分。"
    assert figures(text, "item component phase value") == table("""
        project_funds    evaluated  budget  500000
        project_funds    part       budget  200000
        project_average  total      score   98.5
    """)
    assert figures("整体支出纳入绩效目标管理，涉及财政性资金90万元。", "item component value") == table(
        "total_funds evaluated 900000"
    )
    assert figures("年中追加项目3个，涉及金额50万元。", "item component") == table("project_funds total")


# What ends a list


def test_what_follows_a_numbered_list_is_none_of_its_items(figures):
    text = "三公经费支出6万元。其中：\n1.公务接待费1万元。\n2.公务用车运行维护费5万元。\n公务接待费支出1万元。"
    assert [row[1] for row in figures(text, "item parent")] == ["-", "6万元", "6万元", "-"]


def test_items_that_cannot_be_parts_are_none(figures):
    text = "三公经费支出6万元。其中：\n公务接待费6万元；\n会议费2万元。"
    assert figures(text, "item parent") == table("""
        three_public_total  -
        reception           6万元
        meetings            -
    """)


def test_what_a_fund_pays_of_an_item_is_a_part_of_it(figures):
    text = "三公经费支出6万元（其中：一般公共预算支出5万元；政府性基金预算支出1万元），比上年增加1万元。"
    assert figures(text, "item component fund phase value") == table("""
        three_public_total  total  all              actual  60000
        three_public_total  part   general_public   actual  50000
        three_public_total  part   government_fund  actual  10000
        three_public_total  total  all              change  10000
    """)


def test_a_stop_inside_a_bracket_does_not_end_what_is_around_it(figures):
    text = (
        "公务用车购置及运行维护费9万元（公务用车购置费0万元；公务用车运行维护费9万元，比上年减少1万元。）"
        "比上年减少2万元。"
    )
    assert figures(text, "item phase value of") == table("""
        vehicle            actual  90000   -
        vehicle_purchase   actual  0       -
        vehicle_operation  actual  90000   -
        vehicle_operation  change  -10000  9万元
        vehicle            change  -20000  9万元
    """)


def test_parts_are_of_the_amount_of_their_own_phase(figures):
    text = "预算数9万元，决算数8万元，其中：基本支出预算数6万元，决算数5万元。"
    assert figures(f"本年支出{text}", "item phase value parent") == table("""
        expenditure_total  budget  90000  -
        expenditure_total  actual  80000  -
        expenditure_basic  budget  60000  9万元
        expenditure_basic  actual  50000  8万元
    """)


def test_persons_after_a_part_of_the_batches_are_of_all_batches(figures):
    text = "国内公务接待9批次，其中：外事接待1批次；接待人次90人，其中：外事接待人次5人。"
    assert figures(text, "item component value") == table("""
        reception_batches  total            9
        reception_batches  foreign_affairs  1
        reception_persons  total            90
        reception_persons  foreign_affairs  5
    """)


def test_fixed_assets_are_no_part_of_net_assets(figures):
    text = "资产总额9万元，负债总额2万元，净资产7万元，其中：固定资产6万元。"
    assert figures(text, "item value parent")[-1] == ["assets_fixed", "60000", "-"]


def test_the_points_that_could_be_had_are_no_score(figures, reasons):
    title = "云岭市财政局2021年度部门整体支出绩效自评报告"
    text = "自评得分95分，其中：投入指标分值20分，得18分。"
    assert figures(text, "label value", title)[0] == ["部门整体支出绩效", "95"]
    assert ["20分", "target"] in reasons(text, title)
