"""Each rule on small reports: one on which it fires rightly, one on which a naive version would fire wrongly.

The reports are written as text files, read, interpreted and landed as any other, and all are judged in one run of the
models. A case says which rows its rule gives in `marts.fct_check`, in order of print; whatever else fails in a report
is named in `also`, so that a false alarm of another rule is noticed too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

FINAL = "2021年度部门决算"
SELF = "2021年度部门整体支出绩效自评报告"
BUDGET = "2021年部门预算"
ORGANIZATIONS = [
    f"云岭市{first}{second}局" for first, second in product("甲乙丙丁戊己庚辛壬癸天地", "子丑寅卯辰巳午未申酉戌亥")
]


@dataclass(frozen=True)
class Case:
    """A report and what a rule makes of it.

    `rows` are lines of state, expected, observed, difference and tolerance, in base units and percent: `-` is nothing,
    `*` anything (the tolerance of rules that are exact as printed).
    `naive` says what a version that fires wrongly would overlook; without it the rule fires rightly. `other` is a
    second document of the same organisation, as title and body.
    """

    rule: str
    name: str
    title: str
    body: str
    rows: str = ""
    naive: str = ""
    also: str = ""
    severity: str = ""
    message: str = ""
    other: tuple[str, str] | None = None


def table(title: str, rows: str) -> str:
    """A table as a converter leaves it in a text: cells parted by spaces here, `-` is a blank one."""
    lines = [
        " ".join(f"{'' if cell == '-' else cell} |" for cell in line.split()) for line in rows.strip().splitlines()
    ]
    return "\n".join([title, "单位：万元", *lines, ""])


def overall(title: str, income: str, expenditure: str, opening: str, closing: str, total: str, other: str) -> str:
    """A 收支总表: income on the left, expenditure on the right."""
    return table(
        title,
        f"""
        收入项目 金额 支出项目 金额
        一、一般公共预算财政拨款收入 {income} 一、教育支出 {expenditure}
        本年收入合计 {income} 本年支出合计 {expenditure}
        年初结转和结余 {opening} 年末结转和结余 {closing}
        总计 {total} 总计 {other}
        """,
    )


def income_table(title: str, *rows: str) -> str:
    return table(title, "\n".join(["科目编码 科目名称 本年收入合计 财政拨款收入 事业收入 其他收入", *rows]))


def expenditure_table(title: str, *rows: str) -> str:
    return table(title, "\n".join(["科目编码 科目名称 合计 基本支出 项目支出", *rows]))


def fiscal_table(income: str, general: str, fund: str, total: str) -> str:
    return table(
        "财政拨款收入支出决算总表",
        f"""
        收入项目 决算数 支出项目 合计 一般公共预算财政拨款 政府性基金预算财政拨款 国有资本经营预算财政拨款
        本年收入合计 {income} 本年支出合计 {total} {general} {fund} 0.00
        总计 {total} 总计 {total} {general} {fund} 0.00
        """,
    )


CASES = [
    # D13 三公 = 出国 + 用车 + 接待; 用车 = 购置 + 运行
    Case(
        "D13",
        "parts of 三公 that miss half a 万元",
        FINAL,
        "2021年“三公”经费支出决算5万元，其中：因公出国（境）费支出0万元，公务用车购置及运行维护费支出3.5万元，"
        "公务接待费支出1万元。",
        "fail 45000 50000 5000 150",
        message="相差5000元",
    ),
    Case(
        "D13",
        "running costs above the vehicles they are part of",
        FINAL,
        "公务用车购置及运行维护费支出3.5万元，其中：公务用车购置支出0万元，公务用车运行维护费支出3.6万元。",
        "fail 36000 35000 -1000 100",
    ),
    Case(
        "D13",
        "parts that differ by rounding",
        FINAL,
        "2021年“三公”经费支出决算5.01万元，其中：因公出国（境）费支出0万元，公务用车购置及运行维护费支出3.5万元，"
        "公务接待费支出1.5万元。",
        "rounding 50000 50100 100 150",
        naive="compares exactly",
    ),
    Case(
        "D13",
        "parts in 元 under a total in 万元",
        FINAL,
        "2021年“三公”经费支出决算5.01万元，其中：因公出国（境）费支出0元，公务用车购置及运行维护费支出35061.20元，"
        "公务接待费支出15001.00元。",
        "rounding 50062.2 50100 37.8 50.01",
        naive="compares digits, or takes one unit for all",
    ),
    Case(
        "D13",
        "budget and actual each with its own parts",
        FINAL,
        "2021年“三公”经费预算6万元，其中：因公出国（境）费1万元，公务用车购置及运行维护费4万元，公务接待费1万元。"
        "2021年“三公”经费支出决算5.8万元，其中：因公出国（境）费支出1万元，公务用车购置及运行维护费支出3.8万元，"
        "公务接待费支出1万元。",
        """
        pass 60000 60000 0 200
        pass 58000 58000 0 200
        """,
        naive="adds the parts of both",
    ),
    Case(
        "D13",
        "one part only",
        FINAL,
        "2021年“三公”经费支出决算5万元，其中：公务接待费支出1万元。",
        "insufficient 10000 50000 40000 100",
        naive="takes a missing part for 0",
    ),
    # B10 采购 = 货物 + 工程 + 服务; 小微 ≤ 中小 ≤ total
    Case(
        "B10",
        "goods, works and services that miss 10万元",
        FINAL,
        "2021年政府采购支出总额100万元，其中：政府采购货物支出40万元，政府采购工程支出0万元，政府采购服务支出50万元。",
        "fail 900000 1000000 100000 150",
    ),
    Case(
        "B10",
        "contracts above what was procured, and small above small and medium",
        FINAL,
        "2021年政府采购支出总额100万元，授予中小企业合同金额120万元，占政府采购支出总额的120%；"
        "授予小微企业合同金额121万元，占政府采购支出总额的121%。",
        """
        fail 1000000 1200000 200000 100
        fail 1200000 1210000 10000 100
        """,
        message="大于",
    ),
    Case(
        "B10",
        "everything to small enterprises",
        FINAL,
        "2021年政府采购支出总额100万元，授予中小企业合同金额100万元，占政府采购支出总额的100%；"
        "授予小微企业合同金额1000045元，占政府采购支出总额的100%。",
        """
        pass 1000000 1000000 0 100
        rounding 1000000 1000045 45 50.5
        """,
        naive="wants less, or compares a rounded amount exactly",
    ),
    # P10 a total = its parts; a list of projects; the same money said twice
    Case(
        "P10",
        "a year's budget that its parts do not reach",
        SELF,
        "三、预算执行情况\n2021年全年预算数100万元，其中：基本支出预算60万元，项目支出预算30万元，其他支出预算0万元。",
        "fail 900000 1000000 100000 150",
    ),
    Case(
        "P10",
        "projects that add up to more than all project spending",
        SELF,
        "2021年项目支出预算10万元，分别是档案整理工作经费5万元，大厅运维服务经费8万元。",
        "fail 130000 100000 -30000 150",
    ),
    Case(
        "P10",
        "a list of projects that need not be complete",
        SELF,
        "2021年项目支出预算50万元，其中档案整理工作经费5万元，大厅运维服务经费8万元。",
        "not_applicable 130000 500000 370000 150",
        naive="wants the list to add up",
    ),
    Case(
        "P10",
        "a table of projects whose 合计 is wrong",
        SELF,
        "单位：万元\n预算项目名称 | 到位资金 | 已使用资金 |\n系统运维经费 | 5 | 4.5 |\n设备购置经费 | 8 | 8 |\n"
        "合计 | 14 | 12.5 |",
        """
        fail 130000 140000 10000 150
        pass 125000 125000 0 150
        """,
    ),
    Case(
        "P10",
        "a table of projects whose 合计 was rounded",
        SELF,
        "单位：万元\n预算项目名称 | 到位资金 | 已使用资金 |\n系统运维经费 | 5.33 | 4.5 |\n设备购置经费 | 8.33 | 8 |\n"
        "合计 | 13.67 | 12.5 |",
        """
        rounding 136600 136700 100 150
        pass 125000 125000 0 150
        """,
        naive="adds rounded amounts exactly",
    ),
    Case(
        "P10",
        "project spending and project funds that differ",
        SELF,
        "2021年项目支出预算40万元。\n全年项目预算数45万元，项目支出数45万元，预算执行率为100%。",
        "fail 400000 450000 50000 100",
    ),
    Case(
        "P10",
        "budget and actual of projects are two amounts",
        SELF,
        "2021年项目支出40万元。\n全年项目预算数44万元，项目支出数40万元，预算执行率为90.91%。",
        "pass 400000 400000 0 100",
        naive="compares amounts of two phases",
    ),
    # T02 shares
    Case(
        "T02",
        "a share that does not recompute",
        FINAL,
        "2021年度本年支出合计200万元，其中：基本支出150万元，占75%；项目支出50万元，占30%。",
        """
        pass 75 75 0 0.5
        fail 25 30 5 0.5
        """,
        message="重算为25%",
    ),
    Case(
        "T02",
        "a share of amounts of one or two units",
        FINAL,
        "2021年度本年支出合计0.03万元，其中：基本支出0.02万元，占65%；项目支出0.01万元，占33.33%。",
        """
        rounding 66.6667 65 -1.6667 0.5
        pass 33.3333 33.33 -0.0033 0.005
        """,
        naive="forgets that the amounts are rounded",
    ),
    Case(
        "T02",
        "a share with its base in words, after other amounts",
        FINAL,
        "2021年度本年支出合计200万元。\n2021年度一般公共预算财政拨款支出100万元，占本年支出合计的50%，其中：基本支出100万元。",
        "pass 50 50 0 0.5",
        naive="divides by the nearest amount",
    ),
    Case(
        "T02",
        "shares of nothing",
        FINAL,
        "2021年度本年收入合计0万元，其中：财政拨款收入0万元，占0%；其他收入0万元，占0%。",
        """
        not_applicable - 0 - 0
        not_applicable - 0 - 0
        """,
        naive="divides by zero",
    ),
    Case(
        "T02",
        "a share of what is not printed",
        FINAL,
        "2021年度一般公共预算财政拨款支出100万元，占本年支出合计的50%。",
        "insufficient - 50 - 0.5",
        naive="takes another total",
    ),
    # T03 rates
    Case(
        "T03",
        "a rate that does not recompute",
        FINAL,
        "2021年“三公”经费预算10万元，支出决算9.5万元，完成预算的96%。",
        "fail 95 96 1 0.5",
    ),
    Case(
        "T03",
        "a rate of a budget of nothing",
        FINAL,
        "公务接待费预算0万元，支出决算1万元，完成预算的100%。",
        "fail - 100 - 0.5",
        message="没有意义",
    ),
    Case(
        "T03",
        "a difference between budget and spending that does not recompute",
        SELF,
        "三、预算执行情况\n2021年全年预算数100万元，资金总支出95万元，预算执行率为95%。\n部门预决算差异率为25%。",
        """
        pass 95 95 0 0.5
        fail 5 25 20 0.5
        """,
    ),
    Case(
        "T03",
        "no rate of nothing on nothing",
        FINAL,
        "公务接待费预算0万元，支出决算0万元，完成预算的0%。",
        "not_applicable - 0 - 0",
        naive="divides by zero, or wants 100%",
    ),
    Case(
        "T03",
        "two rates of two budgets",
        FINAL,
        "基本支出年初预算100万元，全年预算120万元，支出决算114万元，完成年初预算的114%，完成全年预算的95%。",
        """
        pass 114 114 0 0.5
        pass 95 95 0 0.5
        """,
        naive="takes the initial budget for the year's",
    ),
    Case(
        "T03",
        "a year's budget of two instalments",
        FINAL,
        "城乡社区支出（类）2021年度决算数30万元，年初预算10万元，年中追加预算20万元，完成全年预算的100%。",
        "pass 100 100 0 0.5",
        naive="divides by the initial budget",
    ),
    Case(
        "T03",
        "the difference rate is not the rate",
        SELF,
        "三、预算执行情况\n2021年全年预算数100万元，资金总支出95万元，预算执行率为95%。\n部门预决算差异率为5%。",
        """
        pass 95 95 0 0.5
        pass 5 5 0 0.5
        """,
        naive="wants 95%",
    ),
    Case(
        "T03",
        "a rate of amounts of a few units",
        FINAL,
        "公务接待费预算0.31万元，支出决算0.3万元，完成预算的97.5%。",
        "rounding 96.7742 97.5 0.7258 0.05",
        naive="forgets that the amounts are rounded",
    ),
    Case(
        "T03",
        "a rate of a budget that is not printed",
        FINAL,
        "公务接待费支出决算1万元，完成预算的95%。",
        "insufficient - 95 - 0.5",
        naive="takes another budget",
    ),
    # T04 directions
    Case(
        "T04",
        "more by 20万元 and less by 25%",
        FINAL,
        "2021年度本年收入合计100万元，较上年增加20万元，下降25%。",
        "fail 25 -25 -50 0.5",
    ),
    Case(
        "T04",
        "less by both",
        FINAL,
        "2021年度本年收入合计80万元，较上年减少20万元，下降20%。",
        naive="compares a negative amount with a percentage printed without its sign",
    ),
    Case(
        "T04",
        "less than the budget and more than the year before",
        FINAL,
        "公务接待费支出2万元，比预算减少1万元，下降33.33%，比上年增加1万元，增长100%。",
        naive="pairs changes against two bases",
    ),
    Case(
        "T04",
        "no change either way",
        FINAL,
        "2021年度本年收入合计80万元，较上年减少0万元，增长0%。",
        naive="takes the words for signs of zero",
    ),
    # T05 changes
    Case(
        "T05",
        "a percentage of the current year instead of the one before",
        FINAL,
        "2021年度本年收入合计80万元，较上年减少20万元，下降25%。",
        "fail -20 -25 -5 0.5",
    ),
    Case(
        "T05",
        "up 0.30 from nothing, called 100%",
        FINAL,
        "公务接待费支出0.30万元，较上年增加0.30万元，增长100%。",
        "fail - 100 - 0.5",
        message="上年为0",
    ),
    Case(
        "T05",
        "an amount called a percentage",
        FINAL,
        "公务接待费支出2.14万元，较上年增加1.14万元，增长1.14%。",
        "fail 114 1.14 -112.86 0.005",
    ),
    Case(
        "T05",
        "nothing from nothing",
        FINAL,
        "公务接待费支出0万元，较上年增加0万元，增长0%。",
        "not_applicable - 0 - 0",
        naive="divides by zero",
    ),
    Case(
        "T05",
        "a comparison with the budget before the one with last year",
        FINAL,
        "公务接待费支出2万元，比预算减少1万元，下降33.33%，比上年增加0.5万元，增长33.33%。",
        "pass 33.3333 33.33 -0.0033 0.005",
        naive="takes the difference from the budget for a change since last year",
    ),
    Case(
        "T05",
        "a comparison with the budget only",
        FINAL,
        "公务接待费支出2万元，比预算减少1万元，下降50%。",
        naive="takes the difference from the budget for a change since last year",
    ),
    Case(
        "T05",
        "a change of amounts of one or two units",
        FINAL,
        "公务接待费支出0.02万元，较上年减少0.01万元，下降30%。",
        "rounding -33.3333 -30 3.3333 0.5",
        naive="forgets that the amounts are rounded",
    ),
    Case(
        "T05",
        "a percentage without its amount",
        FINAL,
        "2021年度本年支出合计80万元，较上年下降20%。",
        "insufficient - -20 - 0.5",
        naive="takes another change",
    ),
    # T06 one indicator, one value
    Case(
        "T06",
        "total expenditure printed with two values",
        FINAL,
        "2021年度本年支出合计80万元。\n2021年度本年支出合计81万元。",
        "fail 800000 810000 10000 100",
        message="先印为80万元，又印为81万元",
    ),
    Case(
        "T06",
        "scores are printed whole, not rounded",
        FINAL,
        "2021年部门整体绩效评价报告\n一、预算执行情况\n"
        "档案整理数字化经费项目，项目预算5万元，实际支出4.8万元，执行率96%，综合评价99.84分。\n"
        "二、项目支出绩效评价报告\n“档案整理数字化经费项目”\n项目支出绩效评价报告\n"
        "项目2021年度综合评价得分99.83分。项目预算5万元。",
        """
        pass 50000 50000 0 100
        fail 99.84 99.83 -0.01 0
        """,
    ),
    Case(
        "T06",
        "the same amount in 万元 and in 元",
        FINAL,
        "2021年度本年支出合计80.00万元。\n2021年度本年支出合计800045.12元。",
        "rounding 800000 800045.12 45.12 50.005",
        naive="compares exactly",
    ),
    Case(
        "T06",
        "instalments of the budget",
        SELF,
        "二、部门资金基本情况\n（一）年初部门预算安排及支出情况\n"
        "2021年年初批复基本支出预算数100万元，全年实际支出90万元。\n"
        "（二）追加预算安排及支出情况\n2021年基本支出追加预算20万元，实际支出15万元。",
        naive="takes spending from two instalments for two values of one indicator",
    ),
    Case(
        "T06",
        "receptions at home and abroad",
        FINAL,
        "公务接待费支出2万元。其中：国内接待费支出2万元，国内公务接待10批次，100人次；"
        "国（境）外接待费支出0万元，国（境）外公务接待0批次，0人次。",
        naive="takes 国（境）外 batches and persons for domestic ones",
    ),
    Case(
        "T06",
        "two years",
        FINAL,
        "2021年度本年支出合计80万元。\n2020年度本年支出合计70万元。",
        naive="forgets the year",
    ),
    Case(
        "T06",
        "budget and actual",
        FINAL,
        "公务接待费预算2万元，支出决算1.9万元。",
        naive="forgets the phase",
    ),
    Case(
        "T06",
        "two funds",
        FINAL,
        "2021年一般公共预算财政拨款基本支出80万元。\n2021年政府性基金预算财政拨款基本支出0万元。",
        naive="forgets the fund",
    ),
    Case(
        "T06",
        "two projects of one name in one list",
        SELF,
        "三、预算执行情况\n档案整理经费项目，项目预算5万元，实际支出4.8万元，执行率96%，综合评价99分。\n"
        "档案整理经费项目，项目预算6万元，实际支出6万元，执行率100%，综合评价98分。",
        naive="takes them for one project",
    ),
    # T07 其中
    Case(
        "T07",
        "parts that do not reach the whole, all of them printed",
        FINAL,
        "2021年基本支出182.42万元，其中：人员经费164.45万元，公用经费16.97万元。",
        "fail 1814200 1824200 10000 150",
    ),
    Case(
        "T07",
        "a part greater than the whole, whatever is missing",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出160万元。",
        "fail 1600000 1000000 -600000 100",
    ),
    Case(
        "T07",
        "a printed 0 has no tolerance to give",
        FINAL,
        "固定资产0万元，其中：土地、房屋及构筑物0万元，通用设备0.01万元，专用设备0万元，文物和陈列品0万元，"
        "图书档案0万元，家具、用具、装具及动植物0万元。",
        "fail 100 0 -100 50",
    ),
    Case(
        "T07",
        "parts that differ by rounding",
        FINAL,
        "2021年基本支出182.43万元，其中：人员经费164.45万元，公用经费17.97万元。",
        "rounding 1824200 1824300 100 150",
        naive="compares exactly",
    ),
    Case(
        "T07",
        "one part only",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出60万元。",
        "insufficient 600000 1000000 400000 100",
        naive="wants an incomplete list to add up",
    ),
    Case(
        "T07",
        "other kinds of expenditure that need not be printed",
        FINAL,
        "2021年度本年支出合计100万元，其中：基本支出60万元，项目支出30万元。",
        "insufficient 900000 1000000 100000 150",
        naive="takes what is not printed for 0",
    ),
    Case(
        "T07",
        "budget and actual in one paragraph",
        SELF,
        "2021年基本支出预算数100万元，其中：人员经费80万元，日常公用经费20万元。"
        "全年实际支出95万元，其中：人员经费76万元，日常公用经费19万元。",
        """
        pass 1000000 1000000 0 150
        pass 950000 950000 0 150
        """,
        naive="adds the parts of both",
    ),
    # T08 spending above income
    Case(
        "T08",
        "spending above all income",
        SELF,
        "2021年全年，部门整体总收入100万元，包括：上年结转结余20万元、本年财政拨款收入80万元。全年总支出120万元。",
        "fail 1000000 1200000 200000 100",
        message="超出20万元",
    ),
    Case(
        "T08",
        "spending of what was carried over",
        FINAL,
        "2021年度收入总计100万元。2021年度本年收入合计60万元，年初结转和结余40万元。2021年度本年支出合计90万元，"
        "年末结转和结余10万元。",
        "pass 1000000 900000 -100000 100",
        naive="compares with the income of the year",
    ),
    Case(
        "T08",
        "the same amount in 万元 and in 元",
        SELF,
        "2021年全年，部门整体总收入100.00万元。全年总支出1000030元。",
        "rounding 1000000 1000030 30 50.5",
        naive="compares exactly",
    ),
    # T09 closing carry-over
    Case(
        "T09",
        "nothing left where 10万元 must be",
        FINAL,
        "2021年度收入总计100万元。2021年度本年支出合计90万元，年末结转和结余0万元。",
        "fail 100000 0 -100000 100",
        severity="warning",
    ),
    Case(
        "T09",
        "nothing left of projects in the same paragraph",
        SELF,
        "（一）结转结余率\n全年项目预算数100万元，项目支出数95万元，预算执行率为95%。年末结转结余0万元，结余率为0%。",
        "fail 50000 0 -50000 100",
    ),
    Case(
        "T09",
        "the carry-over of a fund",
        FINAL,
        "2021年度收入总计100万元。2021年度本年支出合计90万元，年末结转和结余10万元。\n"
        "八、政府性基金预算财政拨款支出决算情况说明\n政府性基金预算财政拨款年初结转和结余0万元，本年收入5万元，"
        "本年支出5万元，年末结转和结余0万元。",
        "pass 100000 100000 0 150",
        naive="takes the carry-over of a fund for the unit's",
    ),
    Case(
        "T09",
        "projects in another paragraph",
        SELF,
        "2021年末结转和结余0万元。\n全年项目预算数100万元，项目支出数95万元，预算执行率为95%。",
        naive="takes the carry-over of the unit for that of its projects",
    ),
    Case(
        "T09",
        "a difference of rounding",
        FINAL,
        "2021年度收入总计100万元。2021年度本年支出合计90.01万元，年末结转和结余10万元。",
        "rounding 99900 100000 100 150",
        naive="compares exactly",
    ),
    # A01 三公 above budget
    Case(
        "A01",
        "more spent than budgeted",
        FINAL,
        "2021年“三公”经费预算5万元，支出决算5.50万元，完成预算的110%。",
        "fail 50000 55000 5000 *",
        severity="warning",
    ),
    Case(
        "A01",
        "exactly the budget",
        FINAL,
        "2021年“三公”经费预算5万元，支出决算5万元，完成预算的100%。",
        "pass 50000 50000 0 *",
        naive="wants less than the budget",
    ),
    # A08 two documents
    Case(
        "A08",
        "two documents that differ",
        FINAL,
        "2021年度本年支出合计182.50万元，其中：基本支出100万元，项目支出82.50万元。",
        """
        fail 1000000 1050000 50000 150
        pass 825000 825000 0 100
        """,
        message="年初预算与追加预算两部分之和",
        other=(
            SELF,
            "二、部门资金基本情况\n（一）年初部门预算安排及支出情况\n"
            "2021年年初批复基本支出预算数100万元，全年实际支出90万元。\n"
            "（二）追加预算安排及支出情况\n2021年基本支出追加预算16万元，实际支出15万元。\n"
            "三、项目情况\n2021年项目支出82.50万元。",
        ),
    ),
    Case(
        "A08",
        "staff in two documents",
        FINAL,
        "一、单位概况\n核定事业编制15名，实有人员12人。",
        """
        pass 15 15 0 0
        fail 12 13 1 0
        """,
        other=(SELF, "一、部门概况\n核定事业编制15名，实有人员13人。"),
    ),
    Case(
        "A08",
        "spending in one document told by instalments, in part",
        FINAL,
        "2021年度基本支出100万元，其中：人员经费90万元，公用经费10万元。",
        """
        pass 1000000 1000000 0 150
        insufficient 900000 800000 -100000 100
        insufficient 100000 100000 0 100
        """,
        naive="takes one instalment for the whole year",
        other=(
            SELF,
            "二、部门资金基本情况\n（一）年初部门预算安排及支出情况\n"
            "2021年年初批复基本支出预算数92万元，全年实际支出90万元，其中：人员经费80万元，日常公用经费10万元。\n"
            "（二）追加预算安排及支出情况\n2021年基本支出追加预算10万元，实际支出10万元。",
        ),
    ),
    Case(
        "A08",
        "the same amount in 万元 and in 元",
        FINAL,
        "2021年度基本支出100.00万元。",
        "rounding 1000000 1000049.12 49.12 50.005",
        naive="compares exactly",
        other=(SELF, "2021年度基本支出1000049.12元。"),
    ),
    Case(
        "A08",
        "two years of one organisation",
        FINAL,
        "2021年度基本支出100万元。",
        naive="forgets the year",
        other=("2020年度部门决算", "2020年度基本支出90万元。"),
    ),
    # P09 execution
    Case(
        "P09",
        "below 60%, below 90% of much, below 90% of little",
        SELF,
        "三、预算执行情况\n党建活动经费项目，项目预算100万元，实际支出59.99万元，执行率60%，综合评价99分。\n"
        "大厅运维经费项目，项目预算100万元，实际支出85万元，执行率85%，综合评价99分。\n"
        "法律顾问经费项目，项目预算5万元，实际支出4万元，执行率80%，综合评价99分。",
        """
        fail 60 59.99 -0.01 0
        fail 90 85 -5 0
        fail 90 80 -10 0
        """,
        severity="warning warning info",
    ),
    Case(
        "P09",
        "a rate that nobody printed",
        FINAL,
        "公务接待费预算10万元，支出决算5万元。",
        "fail 60 50 -10 0",
        severity="warning",
    ),
    Case(
        "P09",
        "exactly 90%",
        SELF,
        "三、预算执行情况\n档案整理经费项目，项目预算5万元，实际支出4.5万元，执行率90%，综合评价99分。",
        "pass - 90 - 0",
        naive="takes the threshold for too low",
    ),
    Case(
        "P09",
        "nothing to spend and nothing spent",
        FINAL,
        "公务接待费预算0万元，支出决算0万元，完成预算的0%。",
        "not_applicable 60 0 -60 0",
        naive="takes 0% of nothing for a low rate",
    ),
    Case(
        "P09",
        "0% without a budget in print",
        FINAL,
        "公务接待费支出0万元，完成预算0%。",
        "insufficient 60 0 -60 0",
        naive="takes 0% of what may be nothing for a low rate",
    ),
    # P11 funding
    Case(
        "P11",
        "80% of the budget received",
        SELF,
        "三、预算执行情况\n2021年项目预算100万元，实际到位80万元，资金到位率80%。",
        "fail 90 80 -10 0",
        severity="info",
    ),
    Case(
        "P11",
        "exactly 90%",
        SELF,
        "三、预算执行情况\n2021年项目预算100万元，实际到位90万元，资金到位率90%。",
        "pass - 90 - 0",
        naive="takes the threshold for too low",
    ),
    # P12 staff
    Case(
        "P12",
        "ten on eight posts",
        SELF,
        "一、部门概况\n核定事业编制8名，目前实有人员10人，超编2人。",
        "fail 8 10 2 0",
        message="超出2",
    ),
    Case(
        "P12",
        "parts of staff, and posts of leaders",
        SELF,
        "一、部门概况\n核定编制15名（其中：行政编制5名，事业编制10名），实有人员15人（其中：行政人员6人，事业人员9人）。"
        "另有党政领导职数2名。",
        "pass 15 15 0 0",
        naive="compares staff with a part of the posts",
    ),
    # D01, B01 the two sides of a 收支总表
    Case(
        "D01",
        "two sides that differ",
        FINAL,
        overall("收入支出决算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "121.00"),
        "fail 1200000 1210000 10000 *",
    ),
    Case(
        "D01",
        "income and expenditure of the year need not be equal",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00"),
        "pass 1300000 1300000 0 *",
        naive="compares the year's income and expenditure",
    ),
    Case(
        "B01",
        "two sides of a budget that differ",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "121.00"),
        "fail 1200000 1210000 10000 *",
    ),
    Case(
        "B01",
        "carry-over on both sides of a budget",
        BUDGET,
        overall("收支预算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00"),
        "pass 1300000 1300000 0 *",
        naive="compares the year's income and expenditure",
    ),
    # D05 to D07, B03, B05 rows of a table
    Case(
        "D05",
        "a row of income that does not add up",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 19.00"),
        "insufficient 1190000 1200000 10000 150",
        naive="takes columns that the table does not have for 0",
    ),
    Case(
        "D05",
        "a row of income that does not add up, with all columns",
        FINAL,
        table(
            "收入决算表",
            """
            科目编码 科目名称 本年收入合计 财政拨款收入 上级补助收入 事业收入 经营收入 附属单位上缴收入 其他收入
            合计 - 120.00 100.00 0.00 0.00 0.00 0.00 19.00
            205 教育支出 120.00 100.00 0.00 0.00 0.00 0.00 -
            206 科学技术支出 0.03 0.01 0.00 0.00 0.01 0.00 0.00
            """,
        ),
        """
        fail 1190000 1200000 10000 150
        insufficient 1000000 1200000 200000 100
        rounding 200 300 100 150
        """,
        also="D08",
    ),
    Case(
        "D06",
        "parts greater than the whole, rounding, and a blank cell",
        FINAL,
        table(
            "支出决算表",
            """
            科目编码 科目名称 本年支出合计 基本支出 项目支出 上缴上级支出 经营支出 对附属单位补助支出
            205 教育支出 60.00 40.00 21.00 0.00 0.00 0.00
            206 科学技术支出 10.01 5.00 5.00 0.00 0.00 0.00
            212 城乡社区支出 50.00 20.00 29.00 - - -
            """,
        ),
        """
        fail 610000 600000 -10000 150
        rounding 100000 100100 100 150
        insufficient 490000 500000 10000 150
        """,
    ),
    Case(
        "D06",
        "a blank cell is not 0",
        FINAL,
        expenditure_table("支出决算表", "212 城乡社区支出 50.00 20.00 -"),
        "insufficient 200000 500000 300000 100",
        naive="takes a blank cell for 0",
    ),
    Case(
        "D07",
        "a row that misses 1万元",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "212 城乡社区支出 39.99 20.00 18.99"),
        "fail 389900 399900 10000 150",
    ),
    Case(
        "D07",
        "rows that differ by rounding",
        FINAL,
        expenditure_table(
            "一般公共预算财政拨款支出决算表", "205 教育支出 60.01 40.00 20.00", "212 城乡社区支出 50.00 20.00 -"
        ),
        """
        rounding 600000 600100 100 150
        insufficient 200000 500000 300000 100
        """,
        naive="compares exactly, or takes a blank cell for 0",
    ),
    Case(
        "B03",
        "parts of a budget greater than the whole",
        BUDGET,
        expenditure_table("支出预算总表", "205 教育支出 60.00 40.00 21.00"),
        "fail 610000 600000 -10000 150",
    ),
    Case(
        "B03",
        "other columns that the table does not have",
        BUDGET,
        expenditure_table("支出预算总表", "205 教育支出 60.00 40.00 19.00"),
        "insufficient 590000 600000 10000 150",
        naive="takes what is not printed for 0",
    ),
    Case(
        "B05",
        "a total of two kinds that does not add up, and differs from the other table",
        BUDGET,
        expenditure_table("一般公共预算支出表", "合计 - 100.00 60.00 40.00")
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 59.00 45.00 15.00"),
        """
        fail 600000 590000 -10000 100
        fail 600000 590000 -10000 150
        """,
    ),
    Case(
        "B05",
        "basic expenditure is a column of one table and the total of the other",
        BUDGET,
        expenditure_table("一般公共预算支出表", "合计 - 100.00 60.00 40.00")
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 60.00 45.01 15.00"),
        """
        pass 600000 600000 0 100
        rounding 600100 600000 -100 150
        """,
        naive="compares the totals of both tables, or rounded amounts exactly",
    ),
    # D08 classes
    Case(
        "D08",
        "a class that its items do not reach",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 110.00
            205 教育支出 60.00
            20502 普通教育 60.00
            2050201 学前教育 20.00
            2050202 小学教育 39.00
            212 城乡社区支出 50.00
            """,
        ),
        """
        pass 1100000 1100000 0 150
        pass 600000 600000 0 100
        fail 590000 600000 10000 150
        """,
        message="下级2个科目",
    ),
    Case(
        "D08",
        "all levels in one column, rounded",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 66.67
            205 教育支出 33.33
            20502 普通教育 33.33
            212 城乡社区支出 33.33
            """,
        ),
        """
        rounding 666600 666700 100 150
        pass 333300 333300 0 100
        """,
        naive="adds all levels, or rounded amounts exactly",
    ),
    Case(
        "D08",
        "a class printed twice",
        FINAL,
        table(
            "一般公共预算财政拨款支出决算表",
            """
            科目编码 科目名称 合计
            合计 - 33.33
            205 教育支出 22.22
            20502 普通教育 11.11
            20502 普通教育 11.11
            212 城乡社区支出 11.11
            """,
        ),
        naive="adds rows whose tree is not plain",
    ),
    # C01 to C04, B02 the same money in two tables
    Case(
        "C01",
        "the income of two tables",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00")
        + income_table("收入决算表", "合计 - 121.00 121.00 0.00 0.00"),
        "fail 1200000 1210000 10000 *",
    ),
    Case(
        "C01",
        "totals with carry-over and without",
        FINAL,
        overall("收入支出决算总表", "120.00", "110.00", "10.00", "20.00", "130.00", "130.00")
        + income_table("收入决算表", "合计 - 120.00 120.00 0.00 0.00")
        + expenditure_table("支出决算表", "合计 - 110.00 60.00 50.00"),
        """
        pass 1200000 1200000 0 *
        pass 1100000 1100000 0 *
        """,
        naive="compares the total with carry-over",
    ),
    Case(
        "C02",
        "income from the treasury in two tables",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 20.00") + fiscal_table("99.00", "99.00", "0.00", "99.00"),
        "fail 1000000 990000 -10000 100",
    ),
    Case(
        "C02",
        "income from the treasury is not all income",
        FINAL,
        income_table("收入决算表", "合计 - 120.00 100.00 0.00 20.00")
        + fiscal_table("100.00", "100.00", "0.00", "100.00"),
        "pass 1000000 1000000 0 100",
        naive="compares the totals of both tables",
    ),
    Case(
        "C03",
        "general public expenditure in two tables",
        FINAL,
        fiscal_table("99.00", "94.00", "5.00", "99.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 93.00 60.00 33.00"),
        "fail 940000 930000 -10000 *",
    ),
    Case(
        "C03",
        "one of several funds",
        FINAL,
        fiscal_table("99.00", "94.00", "5.00", "99.00")
        + expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00"),
        "pass 940000 940000 0 *",
        naive="compares the total of all funds",
    ),
    Case(
        "C04",
        "basic expenditure in two tables",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00")
        + table("一般公共预算财政拨款基本支出决算表", "科目编码 科目名称 决算数\n301 工资福利支出 59.00\n合计 - 59.00"),
        "fail 600000 590000 -10000 100",
    ),
    Case(
        "C04",
        "basic expenditure is a part of the one table and all of the other",
        FINAL,
        expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 94.00 60.00 34.00")
        + table("一般公共预算财政拨款基本支出决算表", "科目编码 科目名称 决算数\n301 工资福利支出 60.00\n合计 - 60.00"),
        "pass 600000 600000 0 100",
        naive="compares the totals of both tables",
    ),
    Case(
        "B02",
        "the income of two budget tables",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "120.00")
        + income_table("收入预算总表", "合计 - 119.00 119.00 0.00 0.00")
        + expenditure_table("支出预算总表", "合计 - 120.00 60.00 60.00"),
        """
        fail 1200000 1190000 -10000 *
        pass 1200000 1200000 0 *
        """,
    ),
    Case(
        "B02",
        "funds from the treasury are a part of all income",
        BUDGET,
        overall("收支预算总表", "120.00", "120.00", "0.00", "0.00", "120.00", "120.00")
        + income_table("收入预算总表", "合计 - 120.00 100.00 0.00 20.00"),
        "pass 1200000 1200000 0 *",
        naive="compares the nearest number",
    ),
    # S08 placeholders
    Case(
        "S08",
        "a direction not chosen, a blank and a prompt",
        FINAL,
        "2021年公务接待费支出1万元，较上年增加（减少）0.5万元。\n公务用车用于（相关工作范围）用车。\n2021年支出XX万元。",
        """
        fail - - - -
        fail - - - -
        fail - - - -
        """,
        severity="warning warning warning",
    ),
    Case(
        "S08",
        "words that only look like a prompt",
        SELF,
        "2021年收入有增加，支出有减少；增加（含结转）的部分已经列明。联系人王某，编号XX-12。我们认真总结了经验。",
        naive="finds single words",
    ),
    # S10 malformed print
    Case(
        "S10",
        "a zero in front, a zero behind, a percentage of money, a broken date, no unit",
        FINAL,
        "文物和陈列品06万元。\n越野车0辆，金额0万元0。\n2021年度项目支出293.67万元，占总支出的69.49%万元。\n"
        "项目于2024311日签订合同。\n基本支出404.96（其中：工资福利支出384.78万元）。",
        """
        fail - 60000 - -
        fail - - - -
        fail - - - -
        fail - - - -
        fail - 4049600 - -
        """,
    ),
    Case(
        "S10",
        "right numbers and dates",
        FINAL,
        "图书档案10.05万元，文物和陈列品0.6万元，固定资产0万元。\n2021年3月11日签订合同。\n编码0012，05号文件，热线01234号。\n"
        "同比下降20%，万元以上的项目没有。",
        naive="takes 0. for a leading zero, or 20% before 万元 for a percentage of money",
    ),
    # S11 attachments
    Case(
        "S11",
        "an attachment and a list of tables that are not there",
        SELF,
        "2021年度基本支出100.00万元。\n附件1：单位整体支出绩效自评表.xlsx\n报表详见附件。\n第五部分 附表\n"
        "一、收入支出决算总表\n二、收入决算表",
        """
        fail - - - -
        fail - - - -
        fail - - - -
        """,
        severity="info info info",
    ),
    Case(
        "S11",
        "listed tables that follow",
        FINAL,
        "2021年度基本支出100.00万元。\n第五部分 附表\n一、收入支出决算总表\n单位：万元\n项目 | 金额 |\n收入 | 5 |\n"
        "支出 | 5 |\n二、收入决算表",
        "pass - - - -",
        naive="does not look behind the list",
    ),
    Case(
        "S11",
        "words that only look like an attachment",
        SELF,
        "附近没有表。会议室附有说明。2021年度基本支出100.00万元。",
        naive="finds single characters",
    ),
]


def named(case: Case) -> str:
    return f"{case.rule}: {case.name}"


def file_name(case: Case, document: int = 1) -> str:
    return f"{CASES.index(case):03d}-{document}.txt"


@dataclass(frozen=True)
class Judged:
    """What became of the cases: checks by file in order of print, texts of blocks by file, figures as printed."""

    connection: duckdb.DuckDBPyConnection
    checks: dict[str, list[dict[str, Any]]]
    texts: dict[str, list[str]]
    stated: dict[str, str]

    def of(self, case: Case) -> list[dict[str, Any]]:
        """The checks of a case's first document."""
        return self.checks.get(file_name(case), [])


# A check stands where the first of its figures is printed, or the first block that it quotes.
_CHECKS = """
    select c.*
    from marts.fct_check as c
    left join marts.fct_figure as f on c.figure_ids[1] = f.figure_id
    left join raw.block as b
        on f.figure_id is null and c.document_id = b.document_id and contains(b.text, c.evidence[1])
    qualify row_number() over (partition by c.check_id order by b.block_no) = 1
    order by c.file_name, coalesce(f.block_no, b.block_no), f.char_start, c.observed, c.check_id
"""


@pytest.fixture(scope="module")
def judged(interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """All cases, each with an organisation of its own, through the real pipeline up to the marts."""
    folder = tmp_path_factory.mktemp("cases")
    assert len(CASES) <= len(ORGANIZATIONS)
    for case, organization in zip(CASES, ORGANIZATIONS, strict=False):
        for number, (title, body) in enumerate([(case.title, case.body), *([case.other] if case.other else [])], 1):
            path = folder / file_name(case, number)
            path.write_text(f"{organization}{title}\n{body}\n", encoding="utf-8")
    documents = [formats.read(path) for path in formats.find([folder])]
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document)) for document in documents])
        run(connection, load_project(root))
        cursor = connection.execute(_CHECKS)
        names = [column[0] for column in cursor.description or ()]
        checks: dict[str, list[dict[str, Any]]] = {}
        for values in cursor.fetchall():
            check = dict(zip(names, values, strict=True))
            checks.setdefault(check["file_name"], []).append(check)
        texts = {document.file_name: [block.text for block in document.blocks] for document in documents}
        stated = dict(connection.execute("select figure_id, stated from marts.fct_figure").fetchall())
        yield Judged(connection, checks, texts, stated)


def written(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"


def row(check: dict[str, Any]) -> list[str]:
    numbers = [written(check[name]) for name in ("expected", "observed", "difference", "tolerance")]
    return [check["state"], *numbers]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_rule_gives_these_rows(judged: Judged, case: Case) -> None:
    of_rule = [check for check in judged.of(case) if check["rule_id"] == case.rule]
    wanted = [line.split() for line in case.rows.strip().splitlines()]
    found = [row(check) for check in of_rule]
    for line, values in zip(wanted, found, strict=False):
        values[-1] = "*" if line[-1] == "*" else values[-1]
    assert found == wanted
    for check in of_rule:
        if check["difference"] is not None:
            assert check["difference"] == check["observed"] - check["expected"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_nothing_else_fails_in_the_report(judged: Judged, case: Case) -> None:
    failed = [check for check in judged.of(case) if check["state"] == "fail"]
    assert [c["message"] for c in failed if c["rule_id"] not in (case.rule, *case.also.split())] == []
    assert {c["rule_id"] for c in failed} >= set(case.also.split())
    if case.naive:
        assert case.rule not in {c["rule_id"] for c in failed}
    else:
        messages = [c["message"] for c in failed if c["rule_id"] == case.rule]
        assert any(case.message in message for message in messages)


@pytest.mark.parametrize("case", [case for case in CASES if case.severity], ids=named)
def test_a_failure_has_its_severity(judged: Judged, case: Case) -> None:
    failed = [c for c in judged.of(case) if c["state"] == "fail" and c["rule_id"] == case.rule]
    assert [c["severity"] for c in failed] == case.severity.split()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_evidence_is_word_for_word_in_print(judged: Judged, case: Case) -> None:
    """Each figure is in some quote; of a class of D08, only the class. The quote of a list of attached tables goes over
    several lines, and is left out."""
    texts = [text for number in (1, 2) for text in judged.texts.get(file_name(case, number), [])]
    for check in judged.of(case):
        if re.search("列出.*张表", check["message"]):
            continue
        evidence = check["evidence"]
        assert evidence, check
        assert [quote for quote in evidence if not any(quote in text for text in texts)] == []
        assert len(set(check["figure_ids"])) == len(check["figure_ids"])
        for figure_id in check["figure_ids"][: 1 if check["rule_id"] == "D08" else None]:
            digits = re.sub(r"[^\d.]", "", judged.stated[figure_id])
            assert any(digits in quote.replace(",", "") for quote in evidence), (digits, check)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_message_of_a_failure_tells_both_amounts(judged: Judged, case: Case) -> None:
    for check in judged.of(case):
        if check["state"] == "fail" and check["unit"] == "yuan" and check["expected"] is not None:
            for value in (check["expected"], check["observed"]):
                scaled = value / 10000 if abs(value) >= 10000 else value
                assert written(scaled) in check["message"]


def test_every_rule_has_a_report_on_which_it_fires_and_one_on_which_a_naive_version_would(root: Path) -> None:
    with (root / "seeds" / "rules" / "rule.csv").open(encoding="utf-8") as file:
        rules = {line["rule_id"] for line in csv.DictReader(file)}
    assert sorted(rules - {case.rule for case in CASES if not case.naive}) == [], "no case on which it fires rightly"
    assert sorted(rules - {case.rule for case in CASES if case.naive}) == [], "no case of a false alarm"


def test_every_check_has_a_known_state_and_a_key_of_its_own(judged: Judged) -> None:
    keys = judged.connection.execute("select count(*) - count(distinct check_id) from marts.fct_check").fetchone()
    assert keys == (0,)
    states = {check["state"] for checks in judged.checks.values() for check in checks}
    assert states == {"pass", "rounding", "fail", "not_applicable", "insufficient"}


def test_severities_are_those_of_the_rules(judged: Judged) -> None:
    """But where a threshold, a pattern or a kind of print has its own."""
    own = judged.connection.execute(
        "select distinct c.rule_id from marts.fct_check as c join reference.rule as r on c.rule_id = r.rule_id"
        " where c.severity <> r.severity"
    ).fetchall()
    assert {rule for (rule,) in own} <= {"P09", "P11", "S08", "S10"}


def test_anomalies_are_the_failures(judged: Judged) -> None:
    failed = sorted(c["check_id"] for checks in judged.checks.values() for c in checks if c["state"] == "fail")
    found = judged.connection.execute("select anomaly_id from marts.fct_anomaly order by 1").fetchall()
    assert [anomaly for (anomaly,) in found] == failed
