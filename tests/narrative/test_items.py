"""The items of a disclosure in prose: three public expenses, staffing, assets, procurement, functional classes.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from prose import table

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
    assert figures(text) == table("""
        equipment_over_1m    count  2
        equipment_over_200k  count  5
    """)


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
    assert reasons(text) == table("30万元 unknown_term")


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
