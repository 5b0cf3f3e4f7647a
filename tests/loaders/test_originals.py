"""The five reports that the project began with, read whole: places, organisations, years and hand-checked values.

The values were read by hand from the printed reports (`../shared/evaluation/gold`); each is found here by the words
around it. Without the reports beside the repository these tests are skipped, with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from loaders.document import Block, Document, Status
from loaders.formats import read
from loaders.interpret import Interpretation, Interpreter
from loaders.reading import Reading
from loaders.vocabulary import Vocabulary

PREFIXES = ("000", "001", "002", "003", "004")


@dataclass(frozen=True)
class Original:
    """A report as printed and as read."""

    document: Document
    interpretation: Interpretation

    def readings(self) -> Iterator[tuple[Reading, Block]]:
        blocks = {block.block_no: block for block in self.document.blocks}
        return ((reading, blocks[reading.block_no]) for reading in self.interpretation.readings)


@pytest.fixture(scope="module")
def originals(shared: Path, interpreter: Interpreter) -> dict[str, Original]:
    """Each report by the first three characters of its file name."""
    folder = shared / "reports" / "seeds"
    if not folder.is_dir():
        pytest.skip(f"the five reports are not at {folder}")
    documents = {path.name[:3]: read(path) for path in sorted(folder.glob("*.txt"))}
    assert tuple(documents) == PREFIXES
    return {prefix: Original(document, interpreter.interpret(document)) for prefix, document in documents.items()}


def plain(printed: str) -> str:
    """Printed digits and units without what stands between them: marks of converters, breaks, spaces, separators."""
    text = unicodedata.normalize("NFKC", re.sub(r"\[(?:bookmark|image): [^\]]*\]", "", printed)).replace("。", ".")
    return re.sub(r"[\s,“”\"]", "", text)


# Whole documents


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_report_is_loaded(originals, prefix):
    document = originals[prefix].document
    assert (document.status, document.format, document.encoding) == (Status.LOADED, "txt", "utf-8")


@pytest.mark.parametrize(
    ("prefix", "reports"),
    [
        ("000", [("unit_performance", "攀枝花市数字化城市联动指挥中心", 2021, None)]),
        (
            "001",
            [
                ("unit_performance", "昆明市网格化监督指挥中心官渡分中心", 2017, None),
                # its cover names the centre, the report behind it another organisation
                ("project_performance", "昆明市网格化监督指挥中心官渡分中心", 2017, "官渡区智慧官渡—网格化运行"),
                ("project_performance", "官渡区城市管理综合行政执法局", 2017, "官渡区智慧官渡—网格化运行"),
            ],
        ),
        ("002", [("unit_performance", "开远市政务服务管理局", 2022, None)]),
        ("003", [("final_account", "攀枝花市数字化城市联动指挥中心", 2021, None)]),
        (
            "004",
            [
                ("final_account", "北京市丰台区城市管理指挥中心", 2024, None),
                ("unit_performance", "北京市丰台区城市管理指挥中心", 2024, None),
                ("project_performance", "北京市丰台区城市管理指挥中心", 2024, "丰台区数智化接诉即办平台建设项目"),
            ],
        ),
    ],
)
def test_the_reports_in_a_file_have_their_organisations_years_and_projects(originals, prefix, reports):
    found = originals[prefix].interpretation.reports
    assert [(r.kind, r.organization_name, r.fiscal_year, r.project_name) for r in found] == reports
    assert found[0].first_block == 1
    assert found[-1].last_block == len(originals[prefix].document.blocks)
    assert all(first.last_block + 1 == second.first_block for first, second in pairwise(found))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_number_stands_where_its_span_says(originals, prefix):
    for reading, block in originals[prefix].readings():
        assert 0 <= reading.char_start < reading.digits_end <= reading.char_end <= len(block.text)
        digits = plain(block.text[reading.char_start : reading.digits_end])
        assert reading.digits in digits, (reading, digits)
        if reading.outcome == "figure":
            assert digits == reading.digits
        if reading.outcome == "figure" and reading.table_no is None:
            unit = plain(block.text[reading.digits_end : reading.char_end])
            assert unit == ("" if reading.unit_implied else plain(reading.unit or ""))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_number_stands_in_its_quote(originals, prefix):
    for reading, block in originals[prefix].readings():
        assert 0 <= reading.quote_start <= reading.char_start
        assert reading.char_end <= reading.quote_end <= len(block.text)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_numbers_come_in_reading_order_and_never_overlap(originals, prefix):
    done = (1, 0)
    for reading, _ in originals[prefix].readings():
        assert done <= (reading.block_no, reading.char_start)
        done = (reading.block_no, reading.char_end)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_number_has_an_outcome_and_hardly_any_is_not_understood(originals, prefix):
    readings = originals[prefix].interpretation.readings
    assert all(
        reading.outcome and (reading.outcome == "figure") == (reading.meaning is not None) for reading in readings
    )
    lost = [reading for reading in readings if reading.outcome in ("unknown_term", "no_subject")]
    assert len(lost) <= 0.02 * len(readings), lost


@pytest.mark.parametrize("prefix", PREFIXES)
def test_figures_refer_to_figures(originals, prefix):
    readings = {reading.number_no: reading for reading in originals[prefix].interpretation.readings}
    assert list(readings) == list(range(1, len(readings) + 1))
    for reading in readings.values():
        if reading.meaning is None:
            continue
        for number in (reading.meaning.of_number, reading.meaning.whole_number, reading.meaning.parent_number):
            if number is not None:
                assert number < reading.number_no
                assert readings[number].outcome == "figure"
                assert readings[number].report_no == reading.report_no


# Hand-checked values: report, item, phase, value in yuan, percent, count or points, and print around the number

VALUES = [
    ("000", "establishment", "count", "15", "核定事业编制15名"),
    ("000", "staff_actual", "count", "11", "实际在岗人数为11人"),
    ("000", "assets_total", "actual", "45400", "资产总计 4.54万元"),
    ("000", "assets_fixed", "change_pct", "-39.37", "较上年减少39.37%"),
    ("000", "fixed_relics", "actual", "60000", "文物和陈列品06万元"),
    ("000", "fixed_furniture", "share_pct", "23.57", "占23.57%"),
    ("000", "expenditure_basic", "initial_budget", "1669800", "2021年基本支出预算数为166.98万元"),
    ("000", "basic_personnel", "initial_budget", "1486200", "其中人员经费148.62万元,日常公用经费18.36万元"),
    ("000", "expenditure_basic", "actual", "1665900", "实际支出166.59万元"),
    ("000", "basic_public", "actual", "179700", "日常公用经费17.97万元"),
    ("000", "expenditure_project", "supplementary_budget", "4520300", "追加预算项目安排452.03万元"),
    ("000", "expenditure_project", "execution_pct", "10.56", "项目经费支出仅完成了10.56%"),
    ("001", "staff_actual", "count", "2", "超编2人"),
    ("001", "expenditure_basic", "actual", "1289300", "2017年我局基本支出数为128。\n93万元"),
    ("001", "expenditure_basic", "share_pct", "30.51", "占总支出的30。\n51%"),
    ("001", "assets_fixed", "change", "64700", "比上年增加了6。\n47万元"),
    ("001", "assets_current", "actual", "5701400", "流动资产570.14万元"),
    ("001", "assets_current", "share_pct", "98.88", "占总数的98.88%"),
    ("001", "fixed_general_equipment", "actual", "64700", "通用设备6。\n47万元"),
    ("001", "three_public_total", "budget", "5000", "2017年“三公”经费预算0。\n5万元"),
    ("001", "three_public_total", "actual", "3700", "决算数0.37万元"),
    ("001", "expenditure_project", "execution_pct", "100", "项目支出预算执行率100%"),
    ("001", "官渡区智慧官渡—网格化运行", "budget", "36890100", "项目申报预算资金3689。\n01万元"),
    ("001", "官渡区智慧官渡—网格化运行", "appropriated", "26942600", "授权支付额度26942600.00元"),
    ("001", "官渡区智慧官渡—网格化运行", "funding_rate", "73.03", "资金到位率73。\n03%"),
    ("001", "官渡区智慧官渡—网格化运行", "actual", "3907946.12", "实际发生总支出3907946.12元"),
    ("001", "官渡区智慧官渡—网格化运行", "execution_pct", "14.5", "元的14.50%"),
    ("001", "procurement_total", "budget", "9947500", "其中政府采购994.75万元"),
    ("002", "establishment", "count", "24", "2022年末实有人员编制24人"),
    ("002", "income_total", "initial_budget", "4482600", "2022年部门预算收入448.26万元"),
    ("002", "expenditure_basic", "initial_budget", "4049600", "基本支出404.96(包含"),
    ("002", "basic_individuals_families", "initial_budget", "1100", "对个人和家庭的补助收支0.11万元"),
    ("002", "carryover_opening", "actual", "209900", "上年结转结余20.99万元"),
    ("002", "income_fiscal", "actual", "5041100", "本年财政拨款收入504.11万元"),
    ("002", "expenditure_total", "execution_pct", "100", "支付进度为100%"),
    ("002", "新政务服务大厅云主机服务经费", "appropriated", "83000", "新政务服务大厅云主机服务经费 |\n0 |\n8.3 |"),
    ("002", "project_funds", "actual", "633000", "合计 |\n|\n63.3 |\n63.3 |"),
    ("002", "reception", "actual", "4419", "3.公务接待费支出4,419.00元"),
    ("002", "reception_persons", "count", "56", "接待人次56人"),
    ("002", "vehicles_owned", "count", "0", "公务用车保有量为0辆"),
    ("002", "overall", "score", "97", "部门整体支出绩效自评得分97分"),
    ("002", "新政务服务中心运转经费", "score", "100", "新政务服务中心运转经费自评得分100分"),
    ("003", "establishment", "change", "2", "增加事业编制 2 名"),
    ("003", "income_expenditure_total", "change", "-6117800", "收、支总计各减少611.78万元，下降73.59%"),
    ("003", "income_affiliates", "actual", "0", "附属单位上缴收入0[image: ]万元"),
    ("003", "expenditure_project", "share_pct", "17", "项目支出37.17万元，占17%"),
    ("003", "fiscal_income_expenditure_total", "change_pct", "-73.58", "下降73.58%"),
    ("003", "general_public_expenditure", "actual", "2195900", "2021年一般公共预算支出决算数为219.59"),
    ("003", "社会保障和就业支出", "actual", "131700", "社会保障和就业（类）支出13.17万元"),
    ("003", "机关事业单位基本养老保险缴费支出", "execution_pct", "100", "支出决算为13.17万元，完成预算100%"),
    ("003", "basic_personnel", "actual", "1644500", "人员经费164.45万元"),
    ("003", "three_public_total", "execution_pct", "42", "完成预算42%"),
    ("003", "vehicle", "change_pct", "-14.89", "下降14.89%"),
    ("003", "vehicle_purchase", "actual", "0", "轿车0辆、金额0万元"),
    ("003", "procurement_services", "actual", "373700", "政府采购服务支出37.37万元"),
    ("003", "equipment_over_500k", "count", "0", "单价50万元以上通用设备0台（套）"),
    ("003", "城管通运行及数据链路租赁项目", "actual", "171700", "执行数：\n\t17.17"),
    ("004", "income_expenditure_total", "change", "23129100", "比上年增加2312.91万元"),
    ("004", "income_total", "change_pct", "27.9", "增长27.90%"),
    ("004", "expenditure_basic", "share_pct", "29.1", "占支出合计的29.1%"),
    ("004", "城乡社区支出", "share_pct", "87.97", "占本年财政拨款支出87.97%"),
    ("004", "组织事务", "supplementary_budget", "5000", "年中追加预算数0.5万元"),
    ("004", "教育支出", "execution_pct", "67.36", "完成年初预算数比例67.36%"),
    ("004", "operating_funds", "change", "-1442000", "比上年减少144.2万元"),
    ("004", "procurement_small_micro", "share_pct", "64.79", "占政府采购支出总额的64.79%"),
    ("004", "vehicles", "count", "0", "共有车辆0台"),
    ("004", "total_funds", "budget", "69218544.52", "全年预算数6921.854452万元"),
    ("004", "2024年基层党组织党建活动经费项目", "actual", "7535.9", "实际支出0.75359万元"),
    ("004", "接诉即办坐席外包项目", "score", "96.7", "该项目综合评价96.7"),
    ("004", "project_funds", "supplementary_budget", "11782499.6", "涉及金额1178.24996万元"),
    ("004", "total_funds", "change_pct", "25.38", "部门预决算差异率为25.38%"),
    ("004", "丰台区数智化接诉即办平台建设项目", "contract", "79500", "合同金额为79,500"),
    ("004", "丰台区数智化接诉即办平台建设项目", "score", "99.83", "综合评价得分99.83分"),
]


@pytest.mark.parametrize(
    ("prefix", "item", "phase", "value", "fragment"), VALUES, ids=[f"{p}-{i}-{h}-{v}" for p, i, h, v, _ in VALUES]
)
def test_a_value_read_by_hand_is_read(originals, vocabulary: Vocabulary, prefix, item, phase, value, fragment):
    around = [
        (reading, reading.meaning)
        for reading, block in originals[prefix].readings()
        for match in re.finditer(re.escape(fragment), block.text)
        if match.start() <= reading.char_start and reading.char_end <= match.end()
    ]
    assert around, f"no number of {prefix} stands in “{fragment}”"
    figures = [
        (
            meaning.item,
            meaning.phase,
            Decimal(reading.digits) * vocabulary.unit_by_text[reading.unit or ""].factor * reading.sign,
        )
        for reading, meaning in around
        if meaning is not None
    ]
    assert (item, phase, Decimal(value)) in figures
