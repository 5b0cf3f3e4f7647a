"""Performance forms: where each rule on their money, points and reasons fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import BUDGET, FINAL, SELF, Case, expenditure_table, table

_TITLE = "校园安全经费项目绩效自评表"


def form(funds: str, indicators: str, total: str = "总分 - - - - 100 100 -") -> str:
    """A self-evaluation: rows of money below 年初预算数 to 得分, then indicators below 一级指标 to 偏差原因."""
    return table(
        _TITLE,
        f"""
        项目名称 校园安全经费 - - - - - -
        项目资金 - 年初预算数 全年预算数 全年执行数 分值 执行率 得分
        {funds.strip()}
        一级指标 三级指标 年度指标值 实际完成值 备注 分值 得分 偏差原因
        {indicators.strip()}
        {total}
        """,
    )


def funds(budget: str, actual: str, rate: str, score: str = "10") -> str:
    """Money that the treasury pays alone."""
    return f"- 年度资金总额 {budget} {budget} {actual} 10 {rate} {score}"


FULL = "产出指标 改造学校数 20所 20所 - 90 90 -"

CASES = [
    # P01 the execution rate
    Case(
        "P01",
        "a rate that is not spending through budget",
        FINAL,
        form(funds("100", "95", "99%"), FULL),
        "fail 95 99 4 0.5",
    ),
    Case(
        "P01",
        "a share of 1, places cut off, and nothing of nothing",
        FINAL,
        form(
            """
            - 年度资金总额 2500 3000 2999.98 10 99.99% 10
            - 其中：财政拨款 1500 2000 1900 - 0.95 -
            - 上年结转资金 0 0 0 - 0% -
            - 其他资金 1000 1000 1099.98 - - -
            """,
            FULL,
        ),
        """
        rounding 99.9993 99.99 -0.0093 0.005
        pass 95 0.95 -94.05 0.005
        not_applicable - 0 - 0.5
        """,
        naive="takes the initial budget, a share for a percentage, or what was cut off for an error",
    ),
    # P02 the money and its sources
    Case(
        "P02",
        "sources of a project that has no money",
        FINAL,
        form(
            """
            - 年度资金总额 0 0 0 10 - 10
            - 其中：财政拨款 90 89.974 89.974 - - -
            - 上年结转资金 - - - - - -
            - 其他资金 - - - - - -
            """,
            FULL,
        ),
        """
        fail 900000 0 -900000 50
        fail 899740 0 -899740 5
        fail 899740 0 -899740 5
        """,
    ),
    Case(
        "P02",
        "blank cells, a source with its own parts, and what was carried over within the appropriation",
        FINAL,
        form(
            """
            - 年度资金总额 100 100 100 10 100% 10
            - 其中：财政拨款 80 100 90 - - -
            - 中央财政资金 60 70 60 - - -
            - 上年结转资金 - 20 - - - -
            - 其他资金 - 0 10 - - -
            """,
            FULL,
        ),
        """
        insufficient 800000 1000000 200000 100
        not_applicable 1200000 1000000 -200000 150
        pass 1000000 1000000 0 150
        """,
        naive="takes a blank cell for 0, or adds the parts of a part",
    ),
    Case(
        "P02",
        "a blank among the sources",
        FINAL,
        form(
            """
            - 年度资金总额 100 100 100 10 100% 10
            - 其中：财政拨款 80 80 80 - - -
            - 上年结转资金 - 20 - - - -
            - 其他资金 0 0 20 - - -
            """,
            FULL,
        ),
        """
        insufficient 800000 1000000 200000 100
        pass 1000000 1000000 0 150
        pass 1000000 1000000 0 150
        """,
        naive="takes a blank cell for 0",
    ),
    # P03 scores and their points
    Case(
        "P03",
        "a score above its points",
        FINAL,
        form(funds("100", "100", "100%"), "产出指标 改造学校数 20所 20所 - 90 91 -", "总分 - - - - 100 101 -"),
        """
        pass 10 10 0 *
        fail 90 91 1 *
        fail 100 101 1 *
        """,
    ),
    Case(
        "P03",
        "points of other rows",
        FINAL,
        form(
            funds("100", "100", "100%"),
            "产出指标 改造学校数 20所 20所 - 40 40 -\n满意度指标 家长满意度 ≥90% 95% - 50 50 -",
        ),
        """
        pass 10 10 0 *
        pass 40 40 0 *
        pass 50 50 0 *
        pass 100 100 0 *
        """,
        naive="compares each score with the points of any row",
    ),
    # P04 points
    Case(
        "P04",
        "points of a section, and of all, that do not come to what is printed",
        FINAL,
        form(
            funds("100", "100", "100%"),
            """
            产出指标（50分） 改造学校数 20所 20所 - 30 30 -
            产出指标（50分） 新增设备 50套 50套 - 16 16 -
            满意度指标（40分） 家长满意度 ≥90% 95% - 40 40 -
            """,
            "总分 - - - - 100 96 -",
        ),
        """
        fail 50 46 -4 *
        pass 40 40 0 *
        fail 100 96 -4 *
        """,
        message="产出指标各项分值合计46分",
    ),
    Case(
        "P04",
        "100 with and without the execution of the budget, and points that are not printed",
        FINAL,
        form(funds("100", "100", "100%"), FULL)
        + form("- 年度资金总额 100 100 100 - 100% 10", FULL)
        + table(
            "校园网络项目绩效目标表",
            """
            项目名称 校园网络 - -
            一级指标 三级指标 指标值 分值
            产出指标 接入学校 12所 60
            """,
        ),
        """
        pass 100 100 0 *
        insufficient 100 90 -10 *
        insufficient 100 60 -40 *
        """,
        naive="adds the indicators alone, or takes points that are not printed for 0",
    ),
    # P05 the total score
    Case(
        "P05",
        "a total that its parts do not come to",
        FINAL,
        form(funds("100", "90", "90%", "9"), FULL, "总分 - - - - 100 98 -"),
        "fail 99 98 -1 0.015",
    ),
    Case(
        "P05",
        "a total rounded to one place",
        FINAL,
        form(funds("100", "96.67", "96.67%", "9.67"), FULL, "总分 - - - - 100 99.7 -"),
        "rounding 99.67 99.7 0.03 0.06",
        naive="compares exactly, or without the score for the execution of the budget",
    ),
    # P06 reasons
    Case(
        "P06",
        "points lost, and a target missed, without a reason",
        FINAL,
        form(
            funds("100", "100", "100%"),
            """
            产出指标 改造学校数 20所 19所 - 45 44 无
            满意度指标 家长满意度 ≥95% 80% - 45 45 -
            """,
            "总分 - - - - 100 99 -",
        ),
        """
        fail 45 44 -1 0
        fail - - - -
        """,
        message="目标≥95%，完成80%",
    ),
    Case(
        "P06",
        "a reason, a result in other units, and a result that repeats the target",
        FINAL,
        form(
            funds("100", "100", "100%"),
            """
            产出指标 改造学校数 20所 19所 - 30 29 雨季停工
            产出指标 受益学生 ≥2万人 23000人 - 30 30 -
            满意度指标 家长满意度 >95% >95% - 30 30 -
            """,
            "总分 - - - - 100 99 -",
        ),
        """
        pass 30 29 -1 0
        pass - - - -
        pass - - - -
        """,
        naive="compares numbers of different units, or takes >95% for 95%",
    ),
    # P07 grades
    Case(
        "P07",
        "a grade that the score does not reach",
        SELF,
        "我局部门整体支出绩效自评得分85分，评价等级为“优”。",
        "fail 90 85 -5 0",
    ),
    Case(
        "P07",
        "a grade in a form that is below the score",
        FINAL,
        table(
            _TITLE,
            """
            项目名称 校园安全经费 自评总分 95 自评等级 良
            一级指标 三级指标 年度指标值 实际完成值 得分
            产出指标 改造学校数 20所 20所 95
            """,
        ),
        "fail 90 95 5 0",
        message="等级印为“良”，该等级为80分以上90分以下",
    ),
    Case(
        "P07",
        "a grade that fits, and one of another year",
        SELF,
        "我局部门整体支出绩效自评得分90分，评价等级为“优”。\n\n上年部门整体支出绩效评价等级为“良”。",
        "pass 90 90 0 0",
        naive="takes any grade of the report",
    ),
    # P08 projects and their whole
    Case(
        "P08",
        "projects that spent more than all project expenditure",
        FINAL,
        expenditure_table("支出决算表", "合计 - 150.00 60.00 90.00") + form(funds("100", "100", "100%"), FULL),
        "fail 900000 1000000 100000 100",
    ),
    Case(
        "P08",
        "one project in two forms, and other projects that are not evaluated",
        FINAL,
        expenditure_table("支出决算表", "合计 - 180.00 60.00 120.00")
        + form(funds("100", "100", "100%"), FULL)
        + form(funds("100", "100", "100%"), FULL),
        "pass 1200000 1000000 -200000 100",
        naive="adds a project that two forms print twice, or asks for all projects",
    ),
    # P10 a list of projects that goes on over pages
    Case(
        "P10",
        "a list whose last project is printed again on the next page",
        BUDGET,
        table(
            "项目支出绩效目标表",
            """
            项目名称 资金总额 绩效目标 一级指标 三级指标 指标值
            合计 50 - - - -
            校舍维修 30 按期完成 产出指标 维修面积 ≥500平方米
            校舍维修 30 按期完成 满意度指标 师生满意度 ≥90%
            校园网络 20 全部接入 产出指标 接入学校 12所
            """,
        ),
        "pass 500000 500000 0 *",
        naive="adds a project as often as it is printed",
    ),
]
