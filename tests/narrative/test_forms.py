"""Tables of projects and self-evaluation forms: what their cells mean.

Every test is one rule, with sentences written for it. Figures are compared as the rows of a small table.
"""

from __future__ import annotations

from prose import FINAL, form, interpret, table


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


def test_a_self_evaluation_form_gives_the_money_of_its_project(figures):
    assert figures(form("大厅运维项目", "20", "18.5"), "statement item component label phase value base") == table("""
        project  大厅运维项目  total          大厅运维项目    budget  200000  -
        project  大厅运维项目  total          大厅运维项目    actual  185000  -
        project  大厅运维项目  income_fiscal   其中：财政拨款  budget  200000  大厅运维项目
        project  大厅运维项目  income_fiscal   其中：财政拨款  actual  185000  大厅运维项目
    """)


def test_a_form_is_about_the_project_that_the_title_above_it_names(figures):
    rows = "| 预算数： | 20 | 执行数（万元）： | 18.5 |\n| 其他资金 | | 其他资金 | |"
    for title in ("2021年项目支出绩效自评表\n（大厅运维项目）", "项目支出绩效自评表（大厅运维项目）"):
        assert figures(f"{title}\n{rows}") == table("""
            大厅运维项目  budget  200000
            大厅运维项目  actual  185000
        """)
    assert figures(f"大厅运维（以下称大厅运维项目）如下。\n{rows}") == []


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
        大厅运维项目  total          budget  200000
        大厅运维项目  total          actual  185000
        大厅运维项目  income_fiscal   budget  200000
        大厅运维项目  income_fiscal   actual  185000
        设备购置项目  total          budget  70000
        设备购置项目  total          actual  60000
        设备购置项目  income_fiscal   budget  70000
        设备购置项目  income_fiscal   actual  60000
    """)
