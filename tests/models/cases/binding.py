"""Prose bound to table cells: where T01 fires rightly, and where a version that looks for a number would wrongly."""

from __future__ import annotations

from .report import BUDGET, FINAL, Case, expenditure_table, fiscal_table, income_table, table

GENERAL = "一般公共预算财政拨款支出决算表"


def in_yuan(rows: str) -> str:
    return rows.replace("单位：万元", "单位：元")


CASES = [
    Case(
        "T01",
        "a total that the table prints otherwise",
        FINAL,
        "2021年度财政拨款收入支出总计0.3万元。\n" + fiscal_table("99.00", "99.00", "0.00", "99.00"),
        "fail 990000 3000 -987000 100",
    ),
    Case(
        "T01",
        "an amount whose cell is blank, and a 0",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出100万元，项目支出0万元。2021年度教育支出（类）5万元。\n"
        + expenditure_table(
            "支出决算表", "205 教育支出 - - -", "210 卫生健康支出 100.00 100.00 -", "合计 - 100.00 100.00 -"
        ),
        """
        pass 1000000 1000000 0 100
        pass 1000000 1000000 0 100
        pass 0 0 0 *
        fail 0 50000 50000 *
        """,
    ),
    Case(
        "T01",
        "the amount of another column of the row",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出40万元，项目支出60万元。\n"
        + expenditure_table("支出决算表", "205 教育支出 100.00 60.00 40.00", "合计 - 100.00 60.00 40.00"),
        """
        pass 1000000 1000000 0 100
        fail 600000 400000 -200000 100
        fail 400000 600000 200000 100
        """,
    ),
    Case(
        "T01",
        "a class of general public expenditure",
        FINAL,
        "2021年度一般公共预算财政拨款支出100万元，其中：教育支出（类）60万元，占60%；卫生健康支出（类）41万元，占41%。\n"
        + expenditure_table(
            GENERAL, "205 教育支出 60.00 60.00 0.00", "210 卫生健康支出 40.00 20.00 20.00", "合计 - 100.00 80.00 20.00"
        ),
        """
        pass 1000000 1000000 0 100
        pass 600000 600000 0 100
        fail 400000 410000 10000 100
        """,
    ),
    Case(
        "T01",
        "more than one unit of the prose away from a table in 元",
        BUDGET,
        "2021年收入预算172万元。\n" + in_yuan(income_table("收入预算总表", "合计 - 1735169 1735169 0 0")),
        "fail 1735169 1720000 -15169 10000",
    ),
    Case(
        "T01",
        "a table in 元, which the prose rounds, and one that it cuts off",
        BUDGET,
        "2021年收入预算172万元。2021年支出预算171.91万元。\n"
        + in_yuan(income_table("收入预算总表", "合计 - 1719169 1719169 0 0"))
        + in_yuan(expenditure_table("支出预算总表", "合计 - 1719169 1719169 0")),
        """
        rounding 1719169 1720000 831 10000
        rounding 1719169 1719100 -69 100
        """,
        naive="compares exactly, or takes 172万元 for 172.00万元",
    ),
    Case(
        "T01",
        "basic expenditure of one fund and of all",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出70万元，项目支出30万元。\n"
        "2021年度一般公共预算财政拨款基本支出60万元，其中：人员经费50万元，公用经费10万元。\n"
        + expenditure_table("支出决算表", "合计 - 100.00 70.00 30.00")
        + expenditure_table(GENERAL, "合计 - 80.00 60.00 20.00"),
        """
        pass 1000000 1000000 0 100
        pass 700000 700000 0 100
        pass 300000 300000 0 100
        pass 600000 600000 0 100
        """,
        naive="takes the first cell of the item",
    ),
    Case(
        "T01",
        "classes of one name under two classes",
        FINAL,
        "2021年度一般公共预算财政拨款支出100万元，主要用于以下方面：\n"
        "1.一般公共服务支出（类）财政事务（款）行政运行（项）。支出决算为60万元。\n"
        "2.一般公共服务支出（类）审计事务（款）行政运行（项）。支出决算为40万元。\n"
        + expenditure_table(
            GENERAL,
            "合计 - 100.00 100.00 0.00",
            "201 一般公共服务支出 100.00 100.00 0.00",
            "20106 财政事务 60.00 60.00 0.00",
            "2010601 行政运行 60.00 60.00 0.00",
            "20108 审计事务 40.00 40.00 0.00",
            "2010801 行政运行 40.00 40.00 0.00",
        ),
        """
        pass 1000000 1000000 0 100
        pass 600000 600000 0 100
        pass 400000 400000 0 100
        """,
        naive="goes by the name alone",
    ),
    Case(
        "T01",
        "a class of another class, which the table does not print",
        FINAL,
        "2021年度一般公共预算财政拨款支出100万元，主要用于以下方面：\n"
        "1.一般公共服务支出（类）审计事务（款）行政运行（项）。支出决算为0万元。\n"
        + expenditure_table(
            GENERAL,
            "合计 - 100.00 100.00 0.00",
            "201 一般公共服务支出 100.00 100.00 0.00",
            "20106 财政事务 100.00 100.00 0.00",
            "2010601 行政运行 100.00 100.00 0.00",
        ),
        "pass 1000000 1000000 0 100",
        naive="takes the only class of that name",
    ),
    Case(
        "T01",
        "a class of project expenditure",
        BUDGET,
        "2021年一般公共预算拨款支出100万元。\n项目支出：2021年项目支出预算30万元，其中：教育支出（类）30万元，主要用于校舍维修。\n"
        + expenditure_table("一般公共预算支出表", "合计 - 100.00 70.00 30.00", "205 教育支出 100.00 70.00 30.00"),
        """
        pass 1000000 1000000 0 100
        pass 300000 300000 0 100
        pass 300000 300000 0 100
        """,
        naive="compares with all expenditure of the class",
    ),
    Case(
        "T01",
        "classes of spending on projects, told under its name",
        BUDGET,
        "2021年一般公共预算拨款支出100万元。\n专项业务经费：教育支出（类）30万元，较上年增加2万元。\n"
        + expenditure_table("一般公共预算支出表", "合计 - 100.00 70.00 30.00", "205 教育支出 100.00 70.00 30.00"),
        """
        pass 1000000 1000000 0 100
        pass 300000 300000 0 100
        """,
        naive="compares with all expenditure of the class",
    ),
    Case(
        "T01",
        "classes of office expenditure, which the table does not tell apart",
        BUDGET,
        "2021年一般公共预算拨款支出100万元。\n公用经费：教育支出（类）30万元，较上年增加2万元。\n"
        + expenditure_table("一般公共预算支出表", "合计 - 100.00 70.00 30.00", "205 教育支出 100.00 70.00 30.00"),
        "pass 1000000 1000000 0 100",
        naive="takes the nearest column there is",
    ),
    Case(
        "T01",
        "income with what was carried over",
        BUDGET,
        "2021年收入预算130万元，其中：上年结转结余10万元。\n"
        + table("收入预算总表", "科目编码 科目名称 合计 本年收入 上年结转结余\n合计 - 130.00 120.00 10.00"),
        """
        pass 1300000 1300000 0 100
        pass 100000 100000 0 100
        """,
        naive="binds it to 本年收入",
    ),
    Case(
        "T01",
        "last year's amounts, which the table does not print",
        BUDGET,
        "2021年收入预算120万元，2020年收入预算100万元。\n"
        + income_table("收入预算总表", "合计 - 120.00 120.00 0.00 0.00"),
        "pass 1200000 1200000 0 100",
        naive="compares two years",
    ),
    Case(
        "T01",
        "the rows of units beside the row of all",
        BUDGET,
        "2021年政府采购预算总额30万元。\n"
        + table(
            "政府采购表",
            "项目 单位名称 合计\n合计 - 30.00\n云岭市林业站 云岭市林业站 10.00\n云岭市苗圃 云岭市苗圃 20.00",
        ),
        "pass 300000 300000 0 100",
        naive="takes a unit's row",
    ),
    Case(
        "T01",
        "cells that differ, and nothing tells which is meant",
        BUDGET,
        "2021年政府采购预算总额30万元。\n"
        + table("政府采购表", "项目 合计\n合计 30.00")
        + table("政府采购明细表", "项目 合计\n合计 20.00"),
        "insufficient - 300000 - *",
        naive="takes the cell that fits",
    ),
]
