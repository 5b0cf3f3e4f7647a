"""Codes, budgets of one source, units, peers and years: where each rule fires rightly, and where it would wrongly."""

from __future__ import annotations

from .forms import FULL, form, funds
from .report import BUDGET, FINAL, Case, expenditure_table, fiscal_table, overall, table

EARLIER = "2020年度部门决算"


def class_table(*rows: str) -> str:
    """B5: functional classes with the two parts of basic expenditure."""
    header = "科目编码 科目名称 合计 人员经费 公用经费 项目支出"
    return table("一般公共预算支出表", "\n".join([header, *rows]))


def basic_table(*rows: str) -> str:
    """F6: economic classes of basic expenditure."""
    return table("一般公共预算财政拨款基本支出决算表", "\n".join(["科目编码 科目名称 决算数", *rows]))


def income_by_unit(*rows: str) -> str:
    """B2: income of a department by its units."""
    return table("收入总表", "\n".join(["单位名称 合计 一般公共预算拨款 其他收入", *rows]))


def target(total: str) -> str:
    """B10 and B15: a list of projects, and the target of one with its money."""
    return table("项目支出表", "项目名称 合计 一般公共预算\n校园安全经费 80.00 80.00\n图书购置经费 5.00 5.00") + table(
        "2021年项目支出绩效目标表", f"项目名称 校园安全经费\n年度资金总额 {total}\n其中：财政拨款 {total}"
    )


def empty_fund_table(text: str) -> str:
    """F8 without amounts, and what the text says of spending."""
    return table("政府性基金预算财政拨款收入支出决算表", "科目编码 科目名称 本年收入 本年支出合计\n合计 - - -") + (
        "一、关于2021年度收入支出决算总体情况的说明\n2021年度本年支出合计100.00万元，其中：基本支出60.00万元，"
        f"项目支出40.00万元，{text}"
    )


def fund_carried(opening: str, closing: str) -> str:
    return f"政府性基金预算财政拨款收入支出情况\n年初结转和结余{opening}万元，年末结转和结余{closing}万元。"


def spending(project: str) -> str:
    return f"2021年度本年支出合计100.00万元，其中：基本支出{100 - float(project):.2f}万元，项目支出{project}万元。"


PEERS = tuple(
    (f"{place}财政局", FINAL, spending(project))
    for place, project in (
        ("石家庄市", "20.00"),
        ("太原市", "22.00"),
        ("沈阳市", "24.00"),
        ("长春市", "26.00"),
        ("哈尔滨市", "28.00"),
        ("南京市", "30.00"),
        ("杭州市", "32.00"),
        ("合肥市", "34.00"),
    )
)

CASES = [
    # S09 codes and names
    Case(
        "S09",
        "a code with the name of its neighbour",
        FINAL,
        basic_table("302 商品和服务支出 3.00", "30201 办公费 1.00", "30202 咨询费 2.00"),
        """
        pass - - - -
        pass - - - -
        fail - - - -
        """,
        message="“30202”印为“咨询费”，该编码是“印刷费”，“咨询费”的编码是30203",
        severity="warning",
    ),
    Case(
        "S09",
        "shortened names, a name that a higher class shares, and a code that the dictionary does not have",
        FINAL,
        basic_table("303 对个人和家庭补助 3.00", "30399 其他对个人和家庭的补助 2.00", "30388 地方性补贴 1.00"),
        """
        pass - - - -
        pass - - - -
        insufficient - - - -
        """,
        naive="compares names letter by letter, or takes the dictionary for complete",
    ),
    Case(
        "S09",
        "a class that did not exist yet",
        FINAL,
        expenditure_table(
            "一般公共预算财政拨款支出决算表",
            "201 一般公共服务支出 60.00 40.00 20.00",
            "20140 信访事务 60.00 40.00 20.00",
        ),
        """
        pass - - - -
        fail - - - -
        """,
        message="“20140 信访事务”在2021年不是有效科目",
    ),
    # B07 机关运行经费
    Case(
        "B07",
        "operating funds that are all basic expenditure",
        BUDGET,
        class_table(
            "2010601 行政运行 100.00 80.00 20.00 0.00", "2080505 机关事业单位基本养老保险缴费支出 9.00 9.00 0.00 0.00"
        )
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 109.00 89.00 20.00")
        + "机关运行经费\n2021年机关运行经费预算109.00万元。",
        "fail 200000 1090000 890000 *",
        severity="warning",
    ),
    Case(
        "B07",
        "a department with an institution of its own",
        BUDGET,
        class_table("2010601 行政运行 100.00 80.00 20.00 0.00", "2010650 事业运行 50.00 45.00 5.00 0.00")
        + table("一般公共预算基本支出表", "科目编码 科目名称 合计 人员经费 公用经费\n合计 - 150.00 125.00 25.00")
        + "机关运行经费\n2021年机关运行经费预算20.00万元。",
        "not_applicable 200000 200000 0 *",
        naive="takes the public part of institutions for operating funds",
    ),
    # B08 one source
    Case(
        "B08",
        "two totals of the same appropriation",
        BUDGET,
        overall("部门收支总表", "100.00", "100.00", "0.00", "0.00", "100.00", "100.00")
        + overall("财政拨款收支总表", "90.00", "90.00", "0.00", "0.00", "90.00", "90.00"),
        "fail 1000000 900000 -100000 *",
        also="B04",
    ),
    Case(
        "B08",
        "other income and money carried over",
        BUDGET,
        overall("部门收支总表", "90.00", "90.00", "10.00", "10.00", "100.00", "100.00")
        + overall("财政拨款收支总表", "90.00", "90.00", "0.00", "0.00", "90.00", "90.00"),
        "not_applicable 1000000 900000 -100000 *",
        naive="wants the two totals to agree always",
    ),
    # B11 performance targets
    Case(
        "B11",
        "a target with more money than its project",
        BUDGET,
        target("90.00"),
        "fail 800000 900000 100000 100",
        severity="warning",
    ),
    Case(
        "B11",
        "a target within its project, and one of a project that is not listed",
        BUDGET,
        target("70.00"),
        "pass 800000 700000 -100000 100",
        naive="wants the two to be equal",
    ),
    # A02 full-year budget
    Case(
        "A02",
        "a full-year budget half above the initial one",
        FINAL,
        "2021年基本支出年初预算100万元，全年预算150万元，支出决算150万元。",
        "fail 1000000 1500000 500000 0",
        severity="warning",
        message="50%",
    ),
    Case(
        "A02",
        "a small amount, a change from nothing, and an initial budget that is not printed",
        FINAL,
        "2021年基本支出年初预算5万元，全年预算9万元，支出决算9万元。\n2021年项目支出年初预算0万元，全年预算30万元，支出决算30万元。",
        """
        pass 50000 90000 40000 0
        not_applicable 0 300000 300000 0
        """,
        naive="divides by zero, or asks for a reason for a few thousand yuan",
    ),
    # A03 the year before
    Case(
        "A03",
        "twice as much as last year, told and in two documents",
        FINAL,
        "2021年度本年支出合计200.00万元，其中：基本支出120.00万元，项目支出80.00万元。",
        """
        fail 1000000 2000000 1000000 0
        fail 600000 1200000 600000 0
        fail 400000 800000 400000 0
        """,
        severity="info info info",
        other=(EARLIER, "2020年度本年支出合计100.00万元，其中：基本支出60.00万元，项目支出40.00万元。"),
    ),
    Case(
        "A03",
        "less than half, a few thousand yuan, and a change from nothing",
        FINAL,
        "2021年度本年支出合计120.00万元，较上年增加20.00万元，增长20%。\n公务接待费支出3万元，较上年增加2万元，增长200%。\n"
        "因公出国（境）费支出20万元，较上年增加20万元。",
        """
        pass 1000000 1200000 200000 0
        pass 10000 30000 20000 0
        not_applicable 0 200000 200000 0
        """,
        naive="divides by zero, or finds large percentages of small amounts",
    ),
    # A04 peers
    Case(
        "A04",
        "a share far above those of eight others",
        FINAL,
        spending("90.00"),
        "fail 41 90 49 0",
        severity="info",
        organization="成都市财政局",
        more=PEERS,
    ),
    Case(
        "A04",
        "no others of its kind",
        FINAL,
        spending("90.00"),
        "insufficient - 90 - 0",
        naive="compares with bureaus of other kinds, or counts itself",
        organization="成都市司法局",
    ),
    # A05 opening and closing
    Case(
        "A05",
        "an opening balance that last year did not leave",
        FINAL,
        fund_carried("12.00", "0"),
        "fail 100000 120000 20000 100",
        severity="warning",
        other=(EARLIER, fund_carried("0", "10.00")),
    ),
    Case(
        "A05",
        "the closing balance of a year earlier, and no document of last year",
        FINAL,
        fund_carried("12.00", "0"),
        "insufficient - 120000 - -",
        naive="takes the nearest year for the one before",
        other=("2019年度部门决算", fund_carried("0", "10.00").replace("2020", "2019")),
    ),
    # A06 units
    Case(
        "A06",
        "a department that is less than its units",
        BUDGET,
        income_by_unit(
            "合计 150.00 150.00 0.00", "云岭市第一中学 100.00 100.00 0.00", "云岭市第二中学 60.00 60.00 0.00"
        ),
        """
        fail 1600000 1500000 -100000 *
        fail 1600000 1500000 -100000 *
        """,
        severity="warning warning",
    ),
    Case(
        "A06",
        "units whose amounts are rounded",
        BUDGET,
        income_by_unit(
            "合计 150.00 150.00 0.00", "云岭市第一中学 100.00 100.00 0.00", "云岭市第二中学 50.01 50.01 0.00"
        ),
        """
        rounding 1500100 1500000 -100 *
        rounding 1500100 1500000 -100 *
        """,
        naive="compares exactly",
    ),
    # A07 the budget as quoted
    Case(
        "A07",
        "an initial budget that was not published so",
        FINAL,
        "2021年“三公”经费年初预算为5.00万元，支出决算5.00万元。",
        "fail 60000 50000 -10000 100",
        severity="warning",
        other=(BUDGET, "2021年“三公”经费预算6.00万元。"),
    ),
    Case(
        "A07",
        "a budget told in 元 and quoted in 万元",
        FINAL,
        "2021年“三公”经费年初预算为5.00万元，支出决算5.00万元。",
        "rounding 50030 50000 -30 100",
        naive="compares exactly",
        other=(BUDGET, "2021年“三公”经费预算50030元。"),
    ),
    # T10 signs and units
    Case(
        "T10",
        "a share without its sign, and an amount with one",
        FINAL,
        "2021年度本年支出合计100.00万元，其中：基本支出76.23万元，占76.23；项目支出23.77万元%。",
        """
        fail - 76.23 - -
        fail - - - -
        """,
        severity="warning warning",
        message="没有印出百分号",
    ),
    Case(
        "T10",
        "an area, a fraction, thousands and a decimal that broke",
        FINAL,
        "占地面积120平方米，占三分之一，占总数的1,234个。2021年度基本支出100.00万元，占本年支出合计的100%。",
        naive="takes every number after 占 for a share",
    ),
    # S04 a unit that is wrong
    Case(
        "S04",
        "prose in 万元 of an amount that the table prints in 元",
        FINAL,
        fiscal_table("2961.68", "2961.68", "0.00", "2961.68").replace("单位：万元", "单位：元")
        + "财政拨款收入支出决算总体情况说明\n2021年度财政拨款收入支出总计2961.68万元。",
        """
        pass - - - -
        fail 2961.68 29616800 29613838.32 *
        """,
    ),
    # S06 notes of empty tables
    Case(
        "S06",
        "an empty table of a fund that the text does not speak of",
        FINAL,
        empty_fund_table("全部为一般公共预算财政拨款安排的支出，用于保障机构正常运转。"),
        "fail - - - -",
        message="没有说明",
    ),
    Case(
        "S06",
        "an empty table of a fund that has no money, as the text says",
        FINAL,
        empty_fund_table("本部门没有使用政府性基金预算安排的支出，表为空表。"),
        "pass - - - -",
        naive="looks for the note below the table only",
    ),
    # P03 scores that follow the rate
    Case(
        "P03",
        "a full score for a rate of 80%, where the form says how",
        FINAL,
        form(funds("100", "80", "80%", "10"), FULL) + "注：预算执行得分=预算执行率×分值。",
        """
        pass 10 10 0 *
        fail 8 10 2 *
        pass 90 90 0 *
        pass 100 100 0 *
        """,
        also="P09",
        message="执行率80%应为8分",
    ),
    Case(
        "P03",
        "a rounded score, and a full one where nothing says how",
        FINAL,
        form(funds("100", "95.57", "95.57%", "9.6"), FULL, "总分 - - - - 100 99.6 -") + "注：按执行率计分。",
        """
        pass 10 9.6 -0.4 *
        pass 9.557 9.6 0.043 *
        pass 90 90 0 *
        pass 100 99.6 -0.4 *
        """,
        naive="compares exactly",
    ),
    # A06 documents of units
    Case(
        "A06",
        "a department that tells more than the documents of its units",
        BUDGET,
        income_by_unit(
            "合计 150.00 150.00 0.00", "云岭市大数据中心 90.00 90.00 0.00", "云岭市政务服务中心 60.00 60.00 0.00"
        ),
        """
        fail 1400000 1500000 100000 *
        pass 1500000 1500000 0 *
        pass 1500000 1500000 0 *
        """,
        more=(
            ("云岭市大数据中心", BUDGET, "2021年本年收入合计80.00万元。"),
            ("云岭市政务服务中心", BUDGET, "2021年本年收入合计60.00万元。"),
        ),
    ),
    # C05 exact as printed
    Case(
        "C05",
        "0.01万元 between two tables in one unit",
        FINAL,
        table(
            "财政拨款收入支出决算总表",
            """
            收入项目 决算数 支出项目 合计 一般公共预算财政拨款 政府性基金预算财政拨款 国有资本经营预算财政拨款
            一、一般公共预算财政拨款 60.00 五、教育支出 60.00 60.00 0.00 0.00
            """,
        )
        + expenditure_table("一般公共预算财政拨款支出决算表", "205 教育支出 60.01 40.00 20.01"),
        "fail 600000 600100 100 *",
    ),
]
