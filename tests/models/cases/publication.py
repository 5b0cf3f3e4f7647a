"""What a publication must have, and what stands around its tables: where each rule fires rightly, and where wrongly."""

from __future__ import annotations

from .report import FINAL, Case, expenditure_table, fiscal_table, income_table, overall, table
from .table_sums import basic_table, fund_table

# Five of the tables of a final account, each with figures that close.
OVERALL = overall("收入支出决算总表", "100.00", "100.00", "0.00", "0.00", "100.00", "100.00")
INCOME = income_table("收入决算表", "合计 - 100.00 100.00 0.00 0.00")
EXPENDITURE = expenditure_table("支出决算表", "合计 - 100.00 60.00 40.00", "205 教育支出 100.00 60.00 40.00")
FISCAL = fiscal_table("100.00", "100.00", "0.00", "100.00")
GENERAL = expenditure_table("一般公共预算财政拨款支出决算表", "合计 - 100.00 60.00 40.00")
BASIC = basic_table("301 工资福利支出 50.00 302 商品和服务支出 10.00", "人员经费合计 - 50.00 公用经费合计 - 10.00")
THREE_PUBLIC = table(
    "财政拨款“三公”经费支出决算表",
    "年度 合计 因公出国（境）费 公务用车购置及运行维护费 公务用车购置费 公务用车运行维护费 公务接待费\n"
    "2021年 3.00 0.00 2.00 0.00 2.00 1.00",
)
FUND = table("政府性基金预算财政拨款收入支出决算表", "科目编码 科目名称 本年支出合计\n合计 - -")
STATE = table("国有资本经营预算财政拨款支出决算表", "科目编码 科目名称 本年支出合计\n合计 - -")
ALL = OVERALL + INCOME + EXPENDITURE + FISCAL + GENERAL + BASIC + THREE_PUBLIC + FUND
NINE = "\n".join(["pass - - - -"] * 9)
LISTED = "目录\n一、收入决算表\n二、支出决算表\n三、一般公共预算财政拨款支出决算表\n"

CASES = [
    Case(
        "S01",
        "a final account without the table of 国有资本经营预算",
        FINAL,
        ALL,
        "\n".join(["pass - - - -"] * 8) + "\nfail - - - -",
        message="没有“国有资本经营预算财政拨款支出决算表”",
    ),
    Case("S01", "an empty table is a table", FINAL, ALL + STATE, NINE, naive="counts tables that have amounts"),
    Case(
        "S02",
        "a listed table that does not follow",
        FINAL,
        LISTED + INCOME + EXPENDITURE,
        """
        pass - - - -
        pass - - - -
        fail - - - -
        """,
        message="一般公共预算财政拨款支出决算表",
    ),
    Case(
        "S02",
        "tables that are published elsewhere",
        FINAL,
        LISTED + "2021年度本年支出合计100万元。",
        "\n".join(["not_applicable - - - -"] * 3),
        naive="asks for tables in a document that has none",
    ),
    Case(
        "S03",
        "a table of another year",
        FINAL,
        table("2020年度支出决算表", "科目编码 科目名称 合计 基本支出 项目支出\n205 教育支出 100.00 60.00 40.00"),
        "fail - - - -",
        message="2020年",
    ),
    Case(
        "S03",
        "last year in a heading of the table",
        FINAL,
        table("2021年度支出决算表", "科目编码 科目名称 2020年决算数 2021年决算数\n205 教育支出 90.00 100.00"),
        "pass - - - -",
        naive="compares every year that is printed",
    ),
    Case(
        "S04",
        "amounts without a unit",
        FINAL,
        EXPENDITURE.replace("单位：万元\n", ""),
        "fail - - - -",
        message="没有写明单位",
    ),
    Case(
        "S04",
        "an empty table needs no unit",
        FINAL,
        FUND.replace("单位：万元\n", ""),
        naive="asks for a unit where there is no amount",
    ),
    Case(
        "S05",
        "a table that names another organisation",
        FINAL,
        EXPENDITURE.replace("单位：万元", "编制单位：青禾市林业局 单位：万元"),
        "fail - - - -",
        message="青禾市林业局",
    ),
    Case(
        "S05",
        "the unit of account is no organisation",
        FINAL,
        EXPENDITURE,
        naive="takes what follows 单位： for a name",
    ),
    Case(
        "S06",
        "a note on another fund",
        FINAL,
        STATE + "注：本部门无政府性基金预算财政拨款安排的支出，故本表为空表。",
        "fail - - - -",
        message="另一种资金",
    ),
    Case(
        "S06",
        "a table that is not empty",
        FINAL,
        fund_table("212 城乡社区支出 10.00 50.00 60.00 0.00 60.00 0.00")
        + "注：国有资本经营预算财政拨款另表反映，本表为政府性基金。",
        naive="reads notes of tables that have amounts",
    ),
    Case(
        "S07",
        "a fund that is 0 in one table and has spending in its own",
        FINAL,
        FISCAL + fund_table("合计 - 0.00 5.00 5.00 0.00 5.00 0.00"),
        "fail 0 50000 50000 *",
        also="C03",
    ),
    Case(
        "S07",
        "a fund that spends its opening balance",
        FINAL,
        fiscal_table("105.00", "100.00", "5.00", "105.00") + fund_table("合计 - 5.00 0.00 5.00 0.00 5.00 0.00"),
        "pass 50000 50000 0 *",
        naive="looks at the year's income alone",
    ),
    Case(
        "C06",
        "财政拨款 that exceeds all spending on a code",
        FINAL,
        EXPENDITURE + expenditure_table("一般公共预算财政拨款支出决算表", "205 教育支出 101.00 61.00 40.00"),
        "fail 1000000 1010000 10000 100",
    ),
    Case(
        "C06",
        "spending out of other income",
        FINAL,
        EXPENDITURE + expenditure_table("一般公共预算财政拨款支出决算表", "205 教育支出 70.00 30.00 40.00"),
        "pass 1000000 700000 -300000 100",
        naive="expects the tables to be equal",
    ),
    Case(
        "C07",
        "receptions of basic expenditure above all receptions",
        FINAL,
        basic_table("302 商品和服务支出 8.31 310 资本性支出 0.00", "30217 公务接待费 8.31 31013 公务用车购置 0.00")
        + THREE_PUBLIC,
        """
        fail 10000 83100 73100 100
        pass 0 0 0 *
        """,
        message="30217",
    ),
    Case(
        "C07",
        "receptions paid for by projects too",
        FINAL,
        basic_table("302 商品和服务支出 0.60 310 资本性支出 0.00", "30217 公务接待费 0.60 31013 公务用车购置 0.00")
        + THREE_PUBLIC,
        """
        pass 10000 6000 -4000 100
        pass 0 0 0 *
        """,
        naive="expects the item and the class to be equal",
    ),
]
