"""Performance forms as cities lay them out: what their amounts, points and indicators are.

A form is written as its rows, cells parted by spaces: `-` is a blank cell, `^3` after a text reaches over three rows,
`>2` over two columns. It is read as a web page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prose import table

from loaders.formats import read_bytes
from loaders.interpret import Interpretation, Interpreter
from loaders.vocabulary import Vocabulary

SELF = "云岭市教育局2022年度部门决算"
BUDGET = "云岭市教育局2026年部门预算"


def cell(printed: str) -> str:
    match = re.fullmatch(r"(?P<text>.*?)(?:\^(?P<rows>\d+))?(?:>(?P<cols>\d+))?", printed)
    assert match is not None
    text = "" if match["text"] == "-" else match["text"]
    return f'<td rowspan="{match["rows"] or 1}" colspan="{match["cols"] or 1}">{text}</td>'


def grid(rows: str) -> str:
    lines = ("".join(cell(text) for text in line.split()) for line in rows.strip().splitlines())
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


class Read:
    """What a page says: its figures, indicators and forms as rows of the columns asked for."""

    def __init__(self, interpretation: Interpretation, vocabulary: Vocabulary) -> None:
        self.interpretation = interpretation
        self._units = vocabulary.unit_by_text

    def figures(self, columns: str) -> list[list[str]]:
        rows = []
        for reading in self.interpretation.readings:
            if reading.meaning is None or reading.table_no is None:
                continue
            assert reading.unit is not None
            value = reading.sign * self._units[reading.unit].factor * type(self._units["元"].factor)(reading.digits)
            known = {"value": f"{value.normalize():f}"}
            rows.append([(known.get(c) or getattr(reading.meaning, c)) or "-" for c in columns.split()])
        return rows

    def indicators(self, columns: str) -> list[list[str]]:
        return [[str(getattr(i, c) or "-") for c in columns.split()] for i in self.interpretation.indicators]

    def forms(self, columns: str) -> list[list[str]]:
        return [[str(getattr(f, c) or "-") for c in columns.split()] for f in self.interpretation.forms]

    def reasons(self) -> list[str]:
        return sorted({r.outcome for r in self.interpretation.readings if r.meaning is None and r.table_no})


@pytest.fixture
def read(interpreter: Interpreter, vocabulary: Vocabulary):
    def reader(title: str, *parts: str) -> Read:
        body = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in parts)
        html = f"<html><body><h1>{title}</h1>{body}</body></html>"
        return Read(interpreter.interpret(read_bytes(html.encode(), Path("report.html"))), vocabulary)

    return reader


SELF_EVALUATION = grid("""
    项目名称>2 校园安全经费>6
    主管部门>2 云岭市教育局>2 实施单位 云岭市教育考试中心>3
    项目资金（万元）^5>2 - 年初预算数 全年预算数（A） 全年执行数（B） 分值 执行率（B/A）
    年度资金总额 100 90 81 10 90%
    其中：当年财政拨款 80 70 61 — —
    上年结转资金 - 5 5 — —
    其他资金 20 15 15 — —
    年度总体目标^2 预期目标>4 实际完成情况>3
    改造学校20个>4 完成19个>3
    绩效指标^4 一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分
    产出指标（50分）^2 数量指标^2 改造学校数 ≥20所 19所 30 28
    新增设备 50套 50套 20 20
    满意度指标（40分） 服务对象满意度指标 家长满意度 ≥90% 95% 40 40
    总分>6 100 97
""")


def test_the_money_of_a_self_evaluation_is_told_by_its_row_and_its_column(read):
    figures = read(SELF, "校园安全经费项目绩效自评表", SELF_EVALUATION).figures("statement component phase value")
    assert figures[:18] == table("""
        project      total              initial_budget  1000000
        project      total              budget          900000
        project      total              actual          810000
        performance  execution          points          10
        project      total              execution_pct   90
        project      income_fiscal      initial_budget  800000
        project      income_fiscal      budget          700000
        project      income_fiscal      actual          610000
        project      carryover_opening  budget          50000
        project      carryover_opening  actual          50000
        project      income_other       initial_budget  200000
        project      income_other       budget          150000
        project      income_other       actual          150000
        performance  section            points          50
        performance  indicator          points          30
        performance  indicator          score           28
        performance  indicator          points          20
        performance  indicator          score           20
    """)
    assert figures[-2:] == table("""
        performance  total  points  100
        performance  total  score   97
    """)


def test_a_project_belongs_to_the_unit_that_carries_it_out(read):
    forms = read(SELF, "校园安全经费项目绩效自评表", SELF_EVALUATION)
    assert forms.forms("form_no subject_kind subject department_name organization_name has_results") == table("""
        1  project  校园安全经费  云岭市教育局  云岭市教育考试中心  True
    """)
    assert {row[0] for row in forms.figures("organization")} == {"云岭市教育考试中心"}


def test_levels_over_several_rows_are_in_each_indicator(read):
    said = read(SELF, "校园安全经费项目绩效自评表", SELF_EVALUATION)
    assert said.indicators("row_no level_1 level_2 level_3 target result points score reason") == table("""
        10  产出指标（50分）    数量指标            改造学校数  ≥20所  19所  30  28  -
        11  产出指标（50分）    数量指标            新增设备    50套   50套  20  20  -
        12  满意度指标（40分）  服务对象满意度指标  家长满意度  ≥90%   95%   40  40  -
    """)


def test_numbers_of_targets_and_goals_have_reasons_of_their_own(read):
    assert read(SELF, "校园安全经费项目绩效自评表", SELF_EVALUATION).reasons() == ["goal_text", "indicator"]


def test_a_form_of_targets_prints_money_of_the_year_beside_that_of_the_whole_project(read):
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        grid("""
            项目名称 校舍维修>3
            项目资金（元）^3 项目资金总额 450 年度资金申请总额 300
            其中：财政资金 450 其中：当年财政拨款 200
            其他资金 0 其他资金 100
            绩效指标 一级指标 三级指标 指标值
            - 产出指标 维修面积 ≥520平方米
        """),
    )
    assert said.figures("component phase value") == table("""
        total          total_budget    450
        total          initial_budget  300
        income_fiscal  total_budget    450
        income_fiscal  initial_budget  200
        income_other   total_budget    0
        income_other   initial_budget  100
    """)


def test_a_total_that_names_no_year_is_the_budget_where_none_names_it(read):
    said = read(
        BUDGET,
        "校舍维修项目绩效目标表",
        grid("""
            项目名称 校舍维修
            资金总额（万元） 40
            一级指标 指标值
            产出指标 ≥520平方米
        """),
    )
    assert said.figures("item component phase value") == [["校舍维修", "total", "initial_budget", "400000"]]


def test_amounts_without_a_unit_are_no_figures(read):
    rows = "项目名称 校舍维修\n资金总额 40\n一级指标 指标值\n产出指标 ≥520平方米"
    said = read(BUDGET, "校舍维修项目绩效目标表", grid(rows))
    assert said.figures("item") == []
    assert "no_unit" in said.reasons()


def test_a_self_evaluation_that_does_not_say_which_amount_it_prints_gives_none(read):
    rows = "项目名称 校舍维修>2\n年度资金总额（万元） 40>2\n一级指标 指标值 实际完成值\n产出指标 ≥520平方米 600平方米"
    said = read(SELF, "校舍维修项目绩效自评表", grid(rows))
    assert said.figures("item") == []
    assert "phase_not_recognised" in said.reasons()


def test_a_list_of_projects_gives_the_money_and_the_indicators_of_each(read):
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        "单位：万元",
        grid("""
            单位编码^2 单位（项目）名称^2 资金总额^2 绩效目标^2 绩效指标>5
            一级指标 三级指标 指标值类型 指标值 度量单位
            合计 - 50 - - - - - -
            101 云岭市教育局 50 - - - - - -
            101^2 校舍维修^2 30^2 按期完成^2 产出指标 维修面积 ≥ 520 平方米
            满意度指标 师生满意度 定性 满意 -
            101 校园网络 20 全部接入 产出指标 接入学校 = 12 所
        """),
    )
    assert said.figures("item component phase value") == table("""
        project_funds  total         initial_budget  500000
        project_funds  organization  initial_budget  500000
        校舍维修       total         initial_budget  300000
        校园网络       total         initial_budget  200000
    """)
    assert said.forms("form_no subject first_row last_row") == table("""
        1  校舍维修  4  5
        2  校园网络  6  6
    """)
    assert said.indicators("form_no level_3 target_operator target target_unit") == table("""
        1  维修面积    ≥     520   平方米
        1  师生满意度  定性  满意  -
        2  接入学校    =     12    所
    """)


def test_the_form_of_a_whole_unit_has_tasks(read):
    said = read(
        BUDGET,
        "部门整体支出绩效目标表",
        grid("""
            部门（单位）名称>2 云岭市教育局>4
            年度主要任务^5 任务名称^2 主要内容^2 预算金额（万元）>3
            总额 财政拨款 其他资金
            1、学校建设 新建3所学校 30 25 5
            2、教师培训 培训200人 10 10 -
            金额合计>2 40 35 5
            绩效指标 一级指标 三级指标 指标值>3
            - 产出指标 新建学校数 3所>3
        """),
    )
    assert said.figures("statement item component value") == table("""
        task  学校建设     total          300000
        task  学校建设     income_fiscal  250000
        task  学校建设     income_other   50000
        task  教师培训     total          100000
        task  教师培训     income_fiscal  100000
        -     total_funds  total          400000
        -     total_funds  income_fiscal  350000
        -     total_funds  income_other   50000
    """)


def test_indicators_that_run_together_in_a_cell_are_taken_apart(read):
    printed = (
        "1、1-产出指标；11-数量指标；培训次数；实施周期指标值:每年≥20场；年度指标值:≥20场。"
        "2、3-满意度指标；31-服务对象满意度；教师满意度。；实施周期指标值:≥4.5分；年度指标值:≥4.5分。"
    )
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        "单位：万元",
        grid(f"项目名称 总计 财政拨款 绩效目标 绩效指标\n教师培训 10 10 提高水平 {printed}"),
    )
    assert said.indicators("indicator_no row_no level_1 level_2 level_3 target") == table("""
        1  1  产出指标    数量指标        培训次数      ≥20场
        2  1  满意度指标  服务对象满意度  教师满意度。  ≥4.5分
    """)


def test_several_forms_in_one_grid_are_about_several_projects(read):
    form = "项目名称 {0}\n资金总额（万元） {1}\n一级指标 指标值\n产出指标 {2}"
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        grid(form.format("校舍维修", "40", "≥520平方米") + "\n" + form.format("校园网络", "20", "12所")),
    )
    assert said.figures("item value") == table("校舍维修 400000\n校园网络 200000")
    assert said.indicators("form_no target") == table("1 ≥520平方米\n2 12所")


def test_a_form_goes_on_in_a_table_without_title_and_header(read):
    first = "项目名称 校舍维修>2\n一级指标 三级指标 指标值\n产出指标 维修面积 ≥520平方米\n效益指标 受益学校 3所"
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        grid(first),
        "第2页，共3页",
        grid("- 受益学生 2000人\n满意度指标 师生满意度 ≥90%"),
    )
    assert said.indicators("form_no table_no level_1 level_3 target") == table("""
        1  1  产出指标    维修面积    ≥520平方米
        1  1  效益指标    受益学校    3所
        1  2  效益指标    受益学生    2000人
        1  2  满意度指标  师生满意度  ≥90%
    """)


def test_a_form_that_was_not_filled_in_is_none(read):
    rows = "项目名称 -\n资金总额（万元） -\n一级指标 三级指标\n产出指标 指标1：\n产出指标 ……"
    said = read(BUDGET, "专项资金总体绩效目标表", grid(rows))
    assert said.forms("form_no") == []
    assert said.indicators("level_3") == []


def test_points_that_headings_print_are_figures(read):
    said = read(
        BUDGET,
        "项目支出绩效目标表",
        grid("""
            项目名称 校舍维修>2 执行率分值（10分）
            一级指标 三级指标 指标值 分值权重（90分）
            产出指标 维修面积 ≥520平方米 90
        """),
    )
    assert said.figures("item component phase value") == table("""
        校舍维修  execution   points  10
        校舍维修  indicators  points  90
        维修面积  indicator   points  90
    """)


def test_labels_may_stand_in_one_cell_with_their_amounts(read):
    said = read(
        BUDGET,
        "部门整体支出绩效目标表",
        grid("""
            部门名称 云岭市教育局>2
            年度预算申请（万元）^3 年度资金总额：1000>2
            其中：一般公共预算：900 其中：基本支出：700
            政府性基金拨款：100 项目支出：300
            一级指标 三级指标 指标值
            产出指标 新建学校 3所
        """),
    )
    assert said.figures("item component fund phase value") == table("""
        total_funds  total    all              initial_budget  10000000
        total_funds  total    general_public   initial_budget  9000000
        total_funds  basic    all              initial_budget  7000000
        total_funds  total    government_fund  initial_budget  1000000
        total_funds  project  all              initial_budget  3000000
    """)


def test_a_label_at_the_side_of_a_header_is_no_part_of_it(read):
    said = read(
        SELF,
        "部门整体支出绩效自评表",
        grid("""
            部门名称 云岭市教育局>6
            年度预算申请（万元）^2 - 年初预算数 全年预算数 全年执行数 执行率>2
            年度资金总额 1000 1100 1089 99%>2
            一级指标 三级指标 年度指标值 实际完成值 分值 得分 偏差原因
            产出指标 新建学校 3所 2所 100 90 征地延迟
        """),
    )
    assert said.figures("item phase value")[:4] == table("""
        total_funds  initial_budget  10000000
        total_funds  budget          11000000
        total_funds  actual          10890000
        total_funds  execution_pct   99
    """)
    assert said.indicators("level_3 result reason") == table("新建学校 2所 征地延迟")


def test_a_transfer_has_money_of_several_levels_of_government(read):
    said = read(
        SELF,
        "中央对地方专项转移支付区域绩效自评表",
        grid("""
            转移支付名称>2 学生资助补助经费>3
            资金情况（万元）^4 - 全年预算数（A） 全年执行数（B） 预算执行率（B/A×100%）
            年度资金总额： 120 108 90%
            其中：中央财政资金 80 80 100%
            地方资金 40 28 70%
            一级指标>2 三级指标 指标值 全年实际完成值
            产出指标>2 资助人数 ≥1000人 1020人
        """),
    )
    assert said.figures("item component phase value") == table("""
        学生资助补助经费  total                  budget         1200000
        学生资助补助经费  total                  actual         1080000
        学生资助补助经费  total                  execution_pct  90
        学生资助补助经费  income_fiscal_central  budget         800000
        学生资助补助经费  income_fiscal_central  actual         800000
        学生资助补助经费  income_fiscal_central  execution_pct  100
        学生资助补助经费  income_fiscal_local    budget         400000
        学生资助补助经费  income_fiscal_local    actual         280000
        学生资助补助经费  income_fiscal_local    execution_pct  70
    """)


def test_points_and_score_of_the_execution_are_no_rates(read):
    said = read(
        SELF,
        "项目支出绩效自评表",
        grid("""
            项目名称 校园安全 自评总分（分） 95 自评等级 优
            项目资金（万元）^2 全年预算数 全年执行数 执行率（%） 执行率权重（分） 执行率得分（分）
            90 85.5 95 10 9.5
            指标名称 计量单位 指标性质 指标值 全年完成值 得分
            改造学校 所 ≥ 20 19 57
        """),
    )
    assert said.forms("subject grade") == table("校园安全 优")
    assert said.figures("component phase value")[0] == ["total", "score", "95"]
    assert said.indicators("level_3 target_operator target target_unit result score") == table("改造学校 ≥ 20 所 19 57")


def test_of_indicators_for_all_years_and_for_the_year_those_of_the_year_count(read):
    said = read(
        BUDGET,
        "项目支出绩效目标申报表",
        grid("""
            项目名称 校舍维修>5
            实施期资金总额（万元） 300>2 年度资金总额（万元） 100>2
            一级指标 二级指标 三级指标 指标值 三级指标 指标值
            产出指标 数量指标 维修校舍 30所 维修校舍 10所
        """),
    )
    assert said.indicators("level_1 level_2 level_3 target") == table("产出指标 数量指标 维修校舍 10所")
    assert said.figures("phase value") == table("total_budget 3000000\ninitial_budget 1000000")


def test_a_table_of_other_things_is_no_form(read):
    said = read(BUDGET, "会议费明细表", "单位：万元", grid("会议名称 人数 金额\n校长会议 40 2.5"))
    assert said.forms("form_no") == []
    assert said.figures("item") == []
    assert said.reasons() == ["table_text"]
