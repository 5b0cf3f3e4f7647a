"""Totals of standard tables against their items: where each rule fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import BUDGET, FINAL, Case, expenditure_table, overall, table


def final_overall(*rows: str) -> str:
    """F1: income on the left, expenditure on the right."""
    return table("收入支出决算总表", "\n".join(["收入项目 决算数 支出项目 决算数", *rows]))


def fiscal_overall(*rows: str, title: str = "财政拨款收入支出决算总表") -> str:
    """F4: income on the left, expenditure by fund on the right."""
    header = "收入项目 金额 支出项目 合计 一般公共预算财政拨款 政府性基金预算财政拨款 国有资本经营预算财政拨款"
    return table(title, "\n".join([header, *rows]))


def basic_table(*rows: str) -> str:
    """F6: two lists of economic classes side by side."""
    header = "科目编码 科目名称 决算数 科目编码 科目名称 决算数"
    return table("一般公共预算财政拨款基本支出决算表", "\n".join([header, *rows]))


def fund_table(*rows: str) -> str:
    """F8: a government fund from opening to closing."""
    header = "科目编码 科目名称 年初结转和结余 本年收入 本年支出合计 基本支出 项目支出 年末结转和结余"
    return table("政府性基金预算财政拨款收入支出决算表", "\n".join([header, *rows]))


def three_public_budget(*rows: str) -> str:
    """B9: the items are columns."""
    header = "年度 合计 因公出国（境）费 公务用车购置及运行维护费 公务用车购置费 公务用车运行维护费 公务接待费"
    return table("一般公共预算“三公”经费预算表", "\n".join([header, *rows]))


CASES = [
    # D02, D03 总计 = the year and what is carried over
    Case(
        "D02",
        "a total that leaves out what was carried over",
        FINAL,
        final_overall(
            "一、一般公共预算财政拨款收入 120.00 一、教育支出 130.00",
            "本年收入合计 120.00 本年支出合计 130.00",
            "使用非财政拨款结余 0.00 结余分配 0.00",
            "年初结转和结余 20.00 年末结转和结余 0.00",
            "总计 130.00 总计 130.00",
        ),
        "fail 1400000 1300000 -100000 150",
        message="使用非财政拨款结余",
    ),
    Case(
        "D02",
        "what was carried over is not printed",
        FINAL,
        final_overall("本年收入合计 120.00 本年支出合计 130.00", "总计 130.00 总计 130.00"),
        "insufficient 1200000 1300000 100000 100",
        naive="takes what is not printed for 0",
    ),
    Case(
        "D03",
        "a closing balance that is not in the total",
        FINAL,
        final_overall(
            "一、一般公共预算财政拨款收入 130.00 一、教育支出 120.00",
            "本年收入合计 130.00 本年支出合计 120.00",
            "使用非财政拨款结余 0.00 结余分配 0.00",
            "年初结转和结余 0.00 年末结转和结余 20.00",
            "总计 130.00 总计 130.00",
        ),
        "fail 1400000 1300000 -100000 150",
    ),
    Case(
        "D03",
        "a total of rounded parts",
        FINAL,
        final_overall(
            "本年收入合计 130.01 本年支出合计 120.00",
            "使用非财政拨款结余 0.00 结余分配 0.00",
            "年初结转和结余 0.00 年末结转和结余 10.00",
            "总计 130.01 总计 130.01",
        ),
        "rounding 1300000 1300100 100 150",
        naive="compares exactly",
    ),
    # D04 合计 = rows
    Case(
        "D04",
        "classes that add up to more than the total",
        FINAL,
        final_overall(
            "一、一般公共预算财政拨款收入 120.00 一、教育支出 90.00",
            "二、政府性基金预算财政拨款收入 0.00 二、城乡社区支出 31.00",
            "本年收入合计 120.00 本年支出合计 120.00",
            "总计 120.00 总计 120.00",
        ),
        """
        pass 1200000 1200000 0 100
        fail 1210000 1200000 -10000 150
        """,
        message="教育支出、城乡社区支出",
    ),
    Case(
        "D04",
        "sources of 财政拨款 that are not sources of their own",
        FINAL,
        final_overall(
            "一、财政拨款收入 120.00 一、教育支出 120.00",
            "其中：政府性基金预算财政拨款收入 20.00 二、城乡社区支出 0.00",
            "二、其他收入 5.00 三、农林水支出 5.00",
            "本年收入合计 125.00 本年支出合计 125.00",
            "总计 125.00 总计 125.00",
        ),
        """
        pass 1250000 1250000 0 150
        pass 1250000 1250000 0 150
        """,
        naive="adds 其中 to the whole that it is a part of",
    ),
    # D09 funds of a row
    Case(
        "D09",
        "a row of funds that does not add up",
        FINAL,
        fiscal_overall("一、一般公共预算财政拨款 100.00 一、教育支出 100.00 80.00 10.00 0.00"),
        "fail 900000 1000000 100000 150",
    ),
    Case(
        "D09",
        "a fund left blank",
        FINAL,
        fiscal_overall(
            "一、一般公共预算财政拨款 100.00 一、教育支出 90.00 80.00 - -",
            "二、政府性基金预算财政拨款 10.00 二、城乡社区支出 20.00 10.00 10.00 0.00",
        ),
        """
        insufficient 800000 900000 100000 100
        pass 200000 200000 0 150
        """,
        naive="takes a blank cell for 0",
    ),
    # D10 a fund from opening to closing
    Case(
        "D10",
        "a fund that spends more than it has",
        FINAL,
        fiscal_overall(
            "一、一般公共预算财政拨款 100.00 一、教育支出 110.00 110.00 0.00 0.00",
            "本年收入合计 100.00 本年支出合计 110.00 110.00 0.00 0.00",
            "年初财政拨款结转和结余 5.00 年末财政拨款结转和结余 0.00 0.00 0.00 0.00",
            "总计 105.00 总计 110.00 110.00 0.00 0.00",
        ),
        """
        pass 1100000 1100000 0 100
        pass 1100000 1100000 0 100
        pass 0 0 0 0
        pass 0 0 0 *
        pass 1050000 1050000 0 150
        fail 1050000 1100000 50000 *
        pass 1100000 1100000 0 100
        pass 1100000 1100000 0 100
        pass 0 0 0 0
        pass 0 0 0 0
        """,
    ),
    Case(
        "D10",
        "income of the year is less than spending, out of the opening balance",
        FINAL,
        fiscal_overall(
            "一、一般公共预算财政拨款 100.00 一、教育支出 105.00 105.00 - -",
            "本年收入合计 100.00 本年支出合计 105.00 105.00 - -",
            "年初财政拨款结转和结余 5.00 年末财政拨款结转和结余 0.00 0.00 - -",
            "总计 105.00 总计 105.00 105.00 - -",
        ),
        """
        pass 1050000 1050000 0 100
        pass 1050000 1050000 0 100
        pass 1050000 1050000 0 100
        pass 1050000 1050000 0 150
        pass 1050000 1050000 0 100
        pass 1050000 1050000 0 100
        """,
        naive="compares the year's income and expenditure",
    ),
    # D11, D12 economic classes
    Case(
        "D11",
        "staff costs that are not their classes",
        FINAL,
        basic_table(
            "301 工资福利支出 80.00 302 商品和服务支出 20.00",
            "30101 基本工资 80.00 30201 办公费 20.00",
            "303 对个人和家庭的补助 5.00 - - -",
            "30302 退休费 5.00 - - -",
            "人员经费合计 - 86.00 公用经费合计 - 20.00",
        ),
        """
        fail 850000 860000 10000 150
        pass 200000 200000 0 100
        """,
    ),
    Case(
        "D11",
        "classes that go on in the list beside",
        FINAL,
        basic_table(
            "301 工资福利支出 80.00 302 商品和服务支出 20.00",
            "30101 基本工资 80.00 30201 办公费 20.00",
            "303 对个人和家庭的补助 5.00 310 资本性支出 3.00",
            "30302 退休费 5.00 31002 办公设备购置 3.00",
            "人员经费合计 - 85.00 公用经费合计 - 23.00",
        ),
        """
        pass 850000 850000 0 150
        pass 230000 230000 0 150
        """,
        naive="takes 公用经费 for 302 alone",
    ),
    Case(
        "D12",
        "a class that its items exceed",
        FINAL,
        basic_table(
            "301 工资福利支出 80.00 302 商品和服务支出 20.00",
            "30101 基本工资 81.00 30201 办公费 20.00",
        ),
        """
        fail 810000 800000 -10000 100
        pass 200000 200000 0 100
        """,
    ),
    Case(
        "D12",
        "items of a class in both lists",
        FINAL,
        basic_table(
            "301 工资福利支出 80.00 30202 印刷费 5.00",
            "30101 基本工资 80.00 30211 差旅费 5.00",
            "302 商品和服务支出 20.00 - - -",
            "30201 办公费 10.00 - - -",
        ),
        """
        pass 800000 800000 0 100
        pass 200000 200000 0 200
        """,
        naive="adds only the items below the class in its own list",
    ),
    # D14 funds with a balance
    Case(
        "D14",
        "a fund whose closing balance does not follow",
        FINAL,
        fund_table("212 城乡社区支出 10.00 50.00 55.00 0.00 55.00 6.00"),
        """
        pass 550000 550000 0 100
        fail 50000 60000 10000 200
        """,
    ),
    Case(
        "D14",
        "a fund that spends its opening balance",
        FINAL,
        fund_table("212 城乡社区支出 10.00 50.00 60.00 0.00 60.00 0.00"),
        """
        pass 600000 600000 0 100
        pass 0 0 0 150
        """,
        naive="expects spending to equal the year's income",
    ),
    # C05 one class in two tables
    Case(
        "C05",
        "a class of one fund that differs from the table of the fund",
        FINAL,
        fiscal_overall("一、一般公共预算财政拨款 100.00 一、教育支出 100.00 100.00 0.00 0.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "205 教育支出 99.00 59.00 40.00"),
        "fail 1000000 990000 -10000 *",
    ),
    Case(
        "C05",
        "a class of two funds",
        FINAL,
        fiscal_overall("一、一般公共预算财政拨款 100.00 一、城乡社区支出 100.00 70.00 30.00 0.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "212 城乡社区支出 70.00 30.00 40.00"),
        "pass 700000 700000 0 *",
        naive="compares all funds with one",
    ),
    # B04 财政拨款 by fund
    Case(
        "B04",
        "two sides of 财政拨款 that differ",
        BUDGET,
        fiscal_overall(
            "一、一般公共预算财政拨款 100.00 一、教育支出 101.00 101.00 0.00 0.00",
            "收入总计 100.00 支出总计 101.00 101.00 0.00 0.00",
            title="财政拨款收支预算总表",
        ),
        """
        pass 1010000 1010000 0 100
        fail 1000000 1010000 10000 *
        pass 1010000 1010000 0 100
        """,
    ),
    Case(
        "B04",
        "columns in which one fund is blank",
        BUDGET,
        fiscal_overall(
            "一、一般公共预算财政拨款 100.00 一、教育支出 90.00 90.00 - -",
            "二、政府性基金预算财政拨款 10.00 二、城乡社区支出 20.00 10.00 10.00 0.00",
            "收入总计 110.00 支出总计 110.00 100.00 10.00 0.00",
            title="财政拨款收支预算总表",
        ),
        """
        pass 900000 900000 0 100
        pass 200000 200000 0 150
        pass 1100000 1100000 0 *
        pass 1100000 1100000 0 150
        """,
        naive="takes a blank cell for 0",
    ),
    # B06 三公
    Case(
        "B06",
        "三公 of a budget whose parts exceed it",
        BUDGET,
        three_public_budget("2021年 10.00 0.00 9.00 0.00 8.00 2.00"),
        """
        fail 110000 100000 -10000 150
        fail 80000 90000 10000 100
        """,
    ),
    Case(
        "B06",
        "last year's and this year's in one table",
        BUDGET,
        table(
            "一般公共预算“三公”经费预算表",
            """
            项目 2020年预算数 2021年预算数
            合计 10.00 8.00
            1.因公出国（境）费 0.00 0.00
            2.公务接待费 4.00 3.00
            3.公务用车购置及运行维护费 6.00 5.00
            其中：公务用车购置费 0.00 0.00
            公务用车运行维护费 6.00 5.00
            """,
        ),
        """
        pass 100000 100000 0 150
        pass 80000 80000 0 150
        pass 60000 60000 0 100
        pass 50000 50000 0 100
        """,
        naive="adds over both years",
    ),
    # B09 projects
    Case(
        "B09",
        "projects that are not the project expenditure",
        BUDGET,
        expenditure_table("支出预算总表", "合计 - 100.00 60.00 40.00")
        + table("项目支出预算表", "项目名称 合计\n合计 41.00\n林区道路养护项目 41.00"),
        "fail 400000 410000 10000 *",
    ),
    Case(
        "B09",
        "projects of one fund",
        BUDGET,
        expenditure_table("支出预算总表", "合计 - 100.00 60.00 40.00")
        + table("一般公共预算项目支出预算表", "项目名称 合计\n合计 39.00\n林区道路养护项目 39.00"),
        naive="compares the projects of one fund with those of all",
    ),
    # B01 a budget's total
    Case(
        "B01",
        "classes of a budget that do not reach the total",
        BUDGET,
        overall("收支预算总表", "120.00", "110.00", "0.00", "0.00", "120.00", "120.00"),
        """
        pass 1100000 1100000 0 100
        pass 1200000 1200000 0 *
        pass 1200000 1200000 0 *
        fail 1100000 1200000 100000 *
        """,
    ),
]
