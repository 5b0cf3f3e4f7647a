"""The five sample reports, built by the first command: hand-checked figures, places in print, findings and types.

The values were read by hand from the reports in `seeds/reports`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal

import duckdb
import pytest

from warehouse.build import BuildResult

FENGTAI = "fengtai_2024_final_account.html"
GUANDU = "guandu_2017_performance.txt"
KAIYUAN = "kaiyuan_2022_performance.pdf"
PANZHIHUA = "panzhihua_2021_final_account.docx"
PANZHIHUA_SELF = "panzhihua_2021_performance.xlsx"
ORGANIZATIONS = {
    FENGTAI: "北京市丰台区城市管理指挥中心",
    GUANDU: "昆明市网格化监督指挥中心官渡分中心",
    KAIYUAN: "开远市政务服务管理局",
    PANZHIHUA: "攀枝花市数字化城市联动指挥中心",
    PANZHIHUA_SELF: "攀枝花市数字化城市联动指挥中心",
}
# The second report of the file is another organisation's.
PROJECT_UNIT = "官渡区城市管理综合行政执法局"
GRID = "官渡区智慧官渡—网格化运行"
PLATFORM = "丰台区数智化接诉即办平台建设项目"

_BETWEEN = re.compile(r"[\s,“”\"'‘’]")


def plain(printed: str) -> str:
    """Printed digits and units without what stands between them: breaks, spaces, separators."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", printed).replace("。", "."))


def flat(text: str) -> str:
    """A text in one spelling, so that a quote can be typed here as one reads it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_the_five_documents_are_loaded(samples: BuildResult, samples_connection: duckdb.DuckDBPyConnection) -> None:
    assert samples.rejected == ()
    rows = samples_connection.execute(
        "select file_name, status, reason from raw.document order by file_name collate nocase"
    ).fetchall()
    assert rows == [(name, "loaded", None) for name in sorted(ORGANIZATIONS)]


def test_reports_have_their_organisations_and_years(samples_connection: duckdb.DuckDBPyConnection) -> None:
    rows = samples_connection.execute(
        "select file_name, organization_name, fiscal_year, report_kind from marts.dim_report order by all"
    ).fetchall()
    assert rows == [
        (FENGTAI, ORGANIZATIONS[FENGTAI], 2024, "final_account"),
        (FENGTAI, ORGANIZATIONS[FENGTAI], 2024, "project_performance"),
        (FENGTAI, ORGANIZATIONS[FENGTAI], 2024, "unit_performance"),
        (GUANDU, PROJECT_UNIT, 2017, "project_performance"),
        (GUANDU, ORGANIZATIONS[GUANDU], 2017, "project_performance"),
        (GUANDU, ORGANIZATIONS[GUANDU], 2017, "unit_performance"),
        (KAIYUAN, ORGANIZATIONS[KAIYUAN], 2022, "unit_performance"),
        (PANZHIHUA, ORGANIZATIONS[PANZHIHUA], 2021, "final_account"),
        (PANZHIHUA_SELF, ORGANIZATIONS[PANZHIHUA], 2021, "unit_performance"),
    ]


# Figures: file, year, item, phase, value, unit, as printed, and words of the sentence or cell


@pytest.mark.parametrize(
    ("file", "year", "item", "phase", "value", "unit", "stated", "words"),
    [
        # a final account in Word, with forms
        (
            PANZHIHUA,
            2021,
            "income_expenditure_total",
            "actual",
            "2195900",
            "yuan",
            "219.59万元",
            "收、支总计219.59万元",
        ),
        (PANZHIHUA, 2021, "income_expenditure_total", "change", "-6117800", "yuan", "611.78万元", "各减少611.78万元"),
        (PANZHIHUA, 2021, "expenditure_basic", "actual", "1824200", "yuan", "182.42万元", "基本支出182.42万元,占83%"),
        (PANZHIHUA, 2021, "城乡社区支出", "share_pct", "88", "percent", "88%", "城乡社区支出193.65万元,占88%"),
        (PANZHIHUA, 2021, "three_public_total", "execution_pct", "42", "percent", "42%", "完成预算42%"),
        (PANZHIHUA, 2021, "reception", "change", "-1800", "yuan", "0.18万元", "比2020年减少0.18万元"),
        (PANZHIHUA, 2021, "procurement_services", "actual", "373700", "yuan", "37.37万元", "服务支出37.37万元"),
        (
            PANZHIHUA,
            2021,
            "general_public_expenditure",
            "actual",
            "2195900",
            "yuan",
            "219.59",
            "决算数为219.59,完成预算",
        ),
        (PANZHIHUA, 2021, "城管通运行及数据链路租赁项目", "budget", "171700", "yuan", "17.17万元", "17.17"),
        # a workbook of prose, on spending by instalments of the budget
        (
            PANZHIHUA_SELF,
            2021,
            "expenditure_basic",
            "initial_budget",
            "1669800",
            "yuan",
            "166.98万元",
            "预算数166.98万元",
        ),
        (
            PANZHIHUA_SELF,
            2021,
            "expenditure_basic",
            "supplementary_budget",
            "162900",
            "yuan",
            "16.29万元",
            "追加预算16.29",
        ),
        (PANZHIHUA_SELF, 2021, "fixed_relics", "actual", "60000", "yuan", "06万元", "文物和陈列品06万元"),
        (PANZHIHUA_SELF, 2021, "assets_fixed", "change_pct", "-39.37", "percent", "39.37%", "比上年减少39.37%"),
        (PANZHIHUA_SELF, 2021, "staff_actual", "count", "11", "count", "11人", "实际在岗人数为11人"),
        # a text with decimals broken over lines
        (GUANDU, 2017, "expenditure_project", "actual", "2936700", "yuan", "293.67万元", "占总支出的69.49%万元"),
        (GUANDU, 2017, "three_public_total", "budget", "5000", "yuan", "0.5万元", "决算数0.37万元"),
        (GUANDU, 2017, GRID, "appropriated", "26942600", "yuan", "26942600.00元", "授权支付额度为26942600.00元"),
        (GUANDU, 2017, GRID, "execution_pct", "14.50", "percent", "14.50%", "已下达额度26942600"),
        # a PDF with a table
        (KAIYUAN, 2022, "expenditure_total", "actual", "5310700", "yuan", "531.07万元", "全年总支出531.07万元"),
        (KAIYUAN, 2022, "expenditure_basic", "initial_budget", "4049600", "yuan", "404.96", "基本支出404.96(其中"),
        (KAIYUAN, 2022, "公共资源交易中心工作经费", "appropriated", "50000", "yuan", "5万元", "5"),
        (KAIYUAN, 2022, "reception_persons", "count", "56", "count", "56人", "接待人次56人"),
        (KAIYUAN, 2022, "overall", "score", "97", "score", "97分", "自评得分97分"),
        # a web page with three reports
        (FENGTAI, 2024, "total_funds", "budget", "69218544.52", "yuan", "6921.854452万元", "全年预算数6921.854452万元"),
        (FENGTAI, 2024, "卫生健康支出", "supplementary_budget", "1560200", "yuan", "156.02万元", "追加预算156.02万元"),
        (FENGTAI, 2024, "operating_funds", "change", "-1442000", "yuan", "144.2万元", "减少144.2万元"),
        (FENGTAI, 2024, "procurement_small_micro", "share_pct", "64.79", "percent", "64.79%", "总额的64.79%"),
        (FENGTAI, 2024, "total_funds", "change_pct", "25.38", "percent", "25.38%", "预决算差异率为25.38%"),
        (FENGTAI, 2024, PLATFORM, "contract", "7026000", "yuan", "7026000", "总金额7,026,000"),
        (FENGTAI, 2024, PLATFORM, "score", "99.83", "score", "99.83分", "综合评价得分99.83分"),
    ],
)
def test_hand_checked_figure(
    samples_connection: duckdb.DuckDBPyConnection,
    file: str,
    year: int,
    item: str,
    phase: str,
    value: str,
    unit: str,
    stated: str,
    words: str,
) -> None:
    rows = samples_connection.execute(
        "select organization_name, unit, stated, quote from marts.fct_figure"
        " where file_name = ? and fiscal_year = ? and item = ? and phase = ? and value = ?",
        [file, year, item, phase, Decimal(value)],
    ).fetchall()
    organization = PROJECT_UNIT if item == GRID else ORGANIZATIONS[file]
    found = [row for row in rows if row[:3] == (organization, unit, stated) and flat(words) in flat(row[3])]
    assert found, f"{words} is not among {rows}"


def test_wide_tables_hold_what_the_reports_print(samples_connection: duckdb.DuckDBPyConnection) -> None:
    assert samples_connection.execute(
        "select establishment_count, staff_count from marts.fct_staffing where organization_name = ?",
        [ORGANIZATIONS[GUANDU]],
    ).fetchall() == [(8, 10)]
    assert samples_connection.execute(
        "select total_budget_yuan, total_actual_yuan from marts.fct_three_public where organization_name = ?",
        [ORGANIZATIONS[GUANDU]],
    ).fetchall() == [(5000, 3700)]
    assert samples_connection.execute(
        "select total_yuan, goods_yuan, works_yuan, services_yuan, sme_yuan, sme_share_pct from marts.fct_procurement"
        " where organization_name = ?",
        [ORGANIZATIONS[FENGTAI]],
    ).fetchall() == [(28071400, 1125300, 0, 26946200, 18661300, Decimal("66.48"))]
    # the final account weighs more than the performance report behind it
    assert samples_connection.execute(
        "select actual_yuan, full_year_budget_yuan from marts.fct_budget_execution"
        " where organization_name = ? and line_type = 'whole_unit'",
        [ORGANIZATIONS[FENGTAI]],
    ).fetchall() == [(67881800, Decimal("69218544.52"))]
    assert samples_connection.execute(
        "select budget_yuan, actual_yuan, stated_execution_rate_pct, score from marts.fct_project"
        " where project_name = '档案整理及数字化经费'"
    ).fetchall() == [(44000, 41702, Decimal("94.78"), Decimal("98.48"))]


# Places


def test_every_figure_traces_to_its_printed_digits(samples_connection: duckdb.DuckDBPyConnection) -> None:
    rows = samples_connection.execute(
        "select f.figure_id, f.stated, f.unit_implied, b.text, f.char_start, f.char_end, f.quote, f.source_kind,"
        " substr(b.text, f.char_start + 1, f.char_end - f.char_start)"
        " from marts.fct_figure as f join raw.block as b"
        " on f.document_id = b.document_id and f.block_no = b.block_no"
    ).fetchall()
    assert len(rows) == samples_connection.execute("select count(*) from marts.fct_figure").fetchone()[0] > 500
    wrong = []
    for figure_id, stated, unit_implied, text, start, end, quote, source, substring in rows:
        printed = text[start:end]
        # a cell prints no unit: that stands above the column
        wanted = re.sub(r"[^\d.]+$", "", stated) if source == "table" or unit_implied else stated
        if printed != substring or not plain(printed).startswith(plain(wanted)) or quote not in text:
            wrong.append((figure_id, stated, printed, substring))
    assert wrong == []


def test_every_number_is_a_figure_or_has_a_reason_and_never_both(samples_connection: duckdb.DuckDBPyConnection) -> None:
    numbers = "select substr(document_id, 1, 16) || '-' || number_no from raw.number"
    told = "select figure_id from marts.fct_figure union all select number_id from marts.fct_number_unread"
    assert samples_connection.execute(f"({numbers}) except all ({told})").fetchall() == []
    assert samples_connection.execute(f"({told}) except all ({numbers})").fetchall() == []
    assert (
        samples_connection.execute("select * from marts.fct_number_unread where coalesce(reason, '') = ''").fetchall()
        == []
    )


def test_almost_every_number_was_understood(samples_connection: duckdb.DuckDBPyConnection) -> None:
    rows = samples_connection.execute(
        "select number_count, figure_count, known_count, unknown_count, unknown_pct from marts.fct_number_coverage"
    ).fetchall()
    assert all(numbers == figures + known + unknown for numbers, figures, known, unknown, _ in rows)
    assert all(abs(float(pct) - 100 * unknown / numbers) < 0.01 for numbers, _, _, unknown, pct in rows)
    numbers, unknown = (sum(row[at] for row in rows) for at in (0, 3))
    assert numbers == samples_connection.execute("select count(*) from raw.number").fetchone()[0]
    assert unknown < 0.02 * numbers


def test_every_reason_says_whether_it_was_understood(samples_connection: duckdb.DuckDBPyConnection) -> None:
    told = "select distinct outcome from raw.number where outcome <> 'figure'"
    assert samples_connection.execute(f"{told} except select reason from reference.outcome").fetchall() == []


def test_every_printed_digit_belongs_to_a_number(samples_connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing is dropped in silence: a digit is in some number's place."""
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for document, block, start, end in samples_connection.execute(
        "select document_id, block_no, char_start, char_end from raw.number"
    ).fetchall():
        spans.setdefault((document, block), []).append((start, end))
    blocks = samples_connection.execute("select document_id, block_no, text from raw.block").fetchall()
    dropped = []
    for document, block, text in blocks:
        known = spans.get((document, block), [])
        for match in re.finditer(r"[0-9０-９]+", text):
            if not any(start <= match.start() and match.end() <= end for start, end in known):
                dropped.append((match[0], text[max(0, match.start() - 12) : match.end() + 12]))
    assert dropped == []


# Findings: rule, severity, what the message says, and words of the quotes


@pytest.mark.parametrize(
    ("file", "rule", "severity", "message", "evidence"),
    [
        (PANZHIHUA, "B10", "error", ["37.17万元", "37.37万元"], ["采购支出总额37.17万元", "服务支出37.37万元"]),
        (PANZHIHUA, "T05", "error", ["-73.58%", "-73.587%"], ["各减少611.78万元,下降73.58%"]),
        (PANZHIHUA, "P09", "warning", ["“三公”经费", "42%"], ["决算0.8万元,完成预算42%"]),
        (PANZHIHUA, "P09", "warning", ["公务用车", "49%"], ["支出0.8万元,完成预算49%"]),
        (PANZHIHUA, "S10", "warning", ["“219.59”"], ["决算数为219.59,完成预算100%"]),
        (PANZHIHUA, "S10", "warning", ["0万元0"], ["载客汽车0辆,金额0万元0。"]),
        (PANZHIHUA, "S11", "info", ["附表", "14张表"], ["一、收入支出决算总表"]),
        (
            PANZHIHUA,
            "A08",
            "error",
            ["182.42万元", "182.88万元"],
            ["基本支出182.42万元", "支出166.59万元", "支出16.29万元"],
        ),
        (PANZHIHUA_SELF, "S10", "warning", ["“06万元”"], ["文物和陈列品06万元"]),
        (
            PANZHIHUA_SELF,
            "T07",
            "error",
            ["4.54万元", "10.54万元"],
            ["固定资产4.54万元", "家具、用具、装具及动植物1.07"],
        ),
        (PANZHIHUA_SELF, "P09", "warning", ["10.56%"], ["只完成预算的10.56%"]),
        (PANZHIHUA_SELF, "S11", "info", ["绩效自评表.xls"], ["附件1"]),
        (GUANDU, "P12", "error", ["10", "编制数8"], ["核定事业编制8名(目前实有人员10人"]),
        (GUANDU, "P09", "info", ["74%"], ["决算数0.37万元,低于2016年"]),
        (GUANDU, "S10", "warning", ["%万元"], ["总支出的69.49%万元"]),
        (KAIYUAN, "T08", "error", ["531.07万元", "525.1万元"], ["总支出531.07万元", "总收入525.1万元"]),
        (KAIYUAN, "S08", "warning", ["相关工作范围"], ["(相关工作范围)"]),
        (KAIYUAN, "S10", "warning", ["“404.96”"], ["基本支出404.96(其中"]),
        (FENGTAI, "T03", "error", ["25.38%", "3.7154%"], ["预决算差异率为25.38%", "6921.854452万元"]),
        (FENGTAI, "T03", "error", ["97.33%", "96.2846%"], ["预算执行率为97.33%", "6664.682739万元"]),
        (FENGTAI, "P10", "error", ["6921.854452万元", "6840.431148万元"], ["基本支出预算2027.660112万元"]),
        (FENGTAI, "P10", "error", ["4812.771036万元", "4894.19434万元"], ["全年项目预算数4894.19434万元"]),
        (FENGTAI, "T06", "error", ["6788.18万元", "6664.682739万元"], ["支出合计6788.18万元", "总支出6664.682739万元"]),
        (FENGTAI, "T06", "error", ["710.8万元", "710.55万元"], ["支出710.8万元", "已支付710.55万元"]),
        (FENGTAI, "T06", "error", ["99.84分", "99.83分"], ["综合评价99.84分", "得分99.83分"]),
        (FENGTAI, "T09", "warning", ["53.17万元"], ["年末结转结余0万元", "总计6841.35万元", "合计6788.18万元"]),
        (FENGTAI, "T09", "warning", ["204.919614万元"], ["年末结转结余0万元,结余率为0%"]),
        (FENGTAI, "P09", "warning", ["24.99%", "低于60%"], ["支出4.9975万元,预算执行率为24.99%"]),
        (FENGTAI, "P09", "warning", ["87.47%", "城乡社区支出"], ["年初预算6827.26万元"]),
        (FENGTAI, "S10", "warning", ["2024311日"], ["于2024311日签订"]),
    ],
)
def test_anomaly_is_found_with_its_evidence(
    samples_connection: duckdb.DuckDBPyConnection,
    file: str,
    rule: str,
    severity: str,
    message: list[str],
    evidence: list[str],
) -> None:
    rows = samples_connection.execute(
        "select message, evidence from marts.fct_anomaly where file_name = ? and rule_id = ? and severity = ?",
        [file, rule, severity],
    ).fetchall()
    found = [
        quotes
        for text, quotes in rows
        if all(part in text for part in message) and all(flat(part) in flat(" ".join(quotes)) for part in evidence)
    ]
    assert len(found) == 1, f"not once among {rows}"


def test_no_finding_is_flagged_where_the_reports_are_right(samples_connection: duckdb.DuckDBPyConnection) -> None:
    """Sums, shares, changes and rates that hold in print: as many as one can count, and no false alarm among them."""
    failed = Counter(
        samples_connection.execute(
            "select file_name || ' ' || rule_id from marts.fct_anomaly where rule_id in ('T02', 'T04', 'D13')"
        ).fetchall()
    )
    assert failed == Counter()
    passed = dict(
        samples_connection.execute(
            "select rule_id, count(*) from marts.fct_check where state in ('pass', 'rounding') group by rule_id"
        ).fetchall()
    )
    assert passed["T02"] >= 39
    assert passed["T03"] >= 42
    assert passed["D13"] >= 4


def test_quotes_stand_in_the_reports_word_for_word(samples_connection: duckdb.DuckDBPyConnection) -> None:
    """The list of attached tables is left out: its quote goes over several blocks."""
    rows = samples_connection.execute(
        "select c.rule_id, c.message, e.quote from marts.fct_check as c, unnest(c.evidence) as e (quote)"
        " where c.message not like '%列出%张表%' and not exists"
        " (select 1 from raw.block as b where contains(b.text, e.quote))"
    ).fetchall()
    assert rows == []


def test_figures_of_checks_exist_and_every_failure_says_what_and_where(
    samples_connection: duckdb.DuckDBPyConnection,
) -> None:
    assert (
        samples_connection.execute(
            "select c.check_id, i.figure_id from marts.fct_check as c, unnest(c.figure_ids) as i (figure_id)"
            " where i.figure_id not in (select figure_id from marts.fct_figure)"
        ).fetchall()
        == []
    )
    assert (
        samples_connection.execute(
            "select * from marts.fct_anomaly where len(evidence) = 0 or message is null or message = ''"
        ).fetchall()
        == []
    )


# Types


def test_money_is_never_a_float(samples_connection: duckdb.DuckDBPyConnection) -> None:
    floats = samples_connection.execute(
        "select table_schema || '.' || table_name || '.' || column_name, data_type from information_schema.columns"
        " where regexp_matches(data_type, 'DOUBLE|FLOAT|REAL') and column_name <> 'seconds'"
    ).fetchall()
    assert floats == []


def test_amounts_of_the_marts_are_decimals(samples_connection: duckdb.DuckDBPyConnection) -> None:
    amount = "_(yuan|pct)$|^(value|expected|observed|difference|tolerance|resolution)$"
    columns = samples_connection.execute(
        "select table_name || '.' || column_name, data_type from information_schema.columns"
        " where table_schema = 'marts' and regexp_matches(column_name, ?)",
        [amount],
    ).fetchall()
    assert len(columns) > 100
    assert [column for column in columns if not column[1].startswith("DECIMAL")] == []


def test_great_expectations_counted_every_rule(
    samples: BuildResult, samples_connection: duckdb.DuckDBPyConnection
) -> None:
    counted = {each.rule_id: each.unexpected_count for each in samples.checks.results if each.suite == "rules"}
    rows = samples_connection.execute(
        "select rule_id, (select count(*) from marts.fct_anomaly as a where a.rule_id = r.rule_id)"
        " from reference.rule as r"
    ).fetchall()
    assert counted == dict(rows)
    assert samples.checks.broken_data_tests == ()
