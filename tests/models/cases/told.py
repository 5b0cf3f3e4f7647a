"""Changes, repeats, limits and thresholds told in prose: where each rule fires rightly, and where it would wrongly."""

from __future__ import annotations

from .report import FINAL, SELF, Case

CASES = [
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
        "pass - -20 - -",
        naive="compares a negative amount with a percentage printed without its sign",
    ),
    Case(
        "T04",
        "less than the budget and more than the year before",
        FINAL,
        "公务接待费支出2万元，比预算减少1万元，下降33.33%，比上年增加1万元，增长100%。",
        "pass - 100 - -",
        naive="pairs changes against two bases",
    ),
    Case(
        "T04",
        "no change either way",
        FINAL,
        "2021年度本年收入合计80万元，较上年减少0万元，增长0%。",
        "pass - 0 - -",
        naive="takes the words for signs of zero",
    ),
    Case(
        "T04",
        "a percentage without its amount",
        FINAL,
        "2021年度本年支出合计80万元，较上年下降20%。",
        "insufficient - -20 - -",
        naive="takes a change that is not printed for agreement",
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
        "not_applicable - 0 - 0.5",
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
    Case(
        "T05",
        "amounts that are all rounded to whole 万元",
        FINAL,
        "2021年度本年支出合计3923万元，较上年减少332万元，下降7.81%。\n"
        "公务接待费638万元，会议费718万元，培训费174万元。",
        "rounding -7.8026 -7.81 -0.0074 0.005",
        naive="takes 332万元 for exact",
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
        "basic expenditure of each class",
        FINAL,
        "行政运行（项）60万元，其中：基本支出60万元，项目支出0万元。\n"
        "事业单位医疗（项）7万元，其中：基本支出7万元，项目支出0万元。",
        naive="takes the parts of two classes for two values of one indicator",
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
    Case(
        "T08",
        "income without spending",
        FINAL,
        "2021年度收入总计100万元。",
        "insufficient - - - -",
        naive="takes spending that is not printed for 0",
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
        "insufficient - 0 - -",
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
    Case(
        "A01",
        "0.01万元 above the budget",
        FINAL,
        "2021年“三公”经费预算5.00万元，支出决算5.01万元。",
        "fail 50000 50100 100 *",
    ),
    Case(
        "A01",
        "no budget printed",
        FINAL,
        "2021年“三公”经费支出决算5万元。",
        "insufficient - - - -",
        naive="takes a budget that is not printed for 0",
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
]
