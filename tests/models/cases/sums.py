"""Totals told in prose, shares and rates: where each rule fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import FINAL, SELF, Case

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
        """
        fail 900000 1000000 100000 150
        insufficient - - - -
        """,
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
        not_applicable 100 105 5 *
        fail 25 30 5 0.5
        """,
        message="重算为25%",
    ),
    Case(
        "T02",
        "shares of all parts that come to 101%",
        FINAL,
        "2021年度本年支出合计200万元，其中：基本支出占70.00%，项目支出占31.00%。",
        """
        insufficient - 70 - 0.005
        fail 100 101 1 *
        insufficient - 31 - 0.005
        """,
        message="合计应为100%",
    ),
    Case(
        "T02",
        "a share of amounts of one or two units",
        FINAL,
        "2021年度本年支出合计0.03万元，其中：基本支出0.02万元，占65%；项目支出0.01万元，占33.33%。",
        """
        rounding 66.6667 65 -1.6667 0.5
        rounding 100 98.33 -1.67 *
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
        not_applicable - 0 - 0.5
        not_applicable 100 0 -100 *
        not_applicable - 0 - 0.5
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
        "not_applicable - 0 - 0.5",
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
]
