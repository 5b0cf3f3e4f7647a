"""Small reports for the tests of checks, and tables as a converter leaves them in a text."""

from __future__ import annotations

from dataclasses import dataclass

FINAL = "2021年度部门决算"
SELF = "2021年度部门整体支出绩效自评报告"
BUDGET = "2021年部门预算"


@dataclass(frozen=True)
class Case:
    """A report and what a rule makes of it.

    `rows` are lines of state, expected, observed, difference and tolerance, in base units and percent: `-` is nothing,
    `*` anything (the tolerance of rules that are exact as printed).
    `naive` says what a version that fires wrongly would overlook; without it the rule fires rightly. `other` is a
    second document of the same organisation, as title and body. `organization` is one that the rule needs to know, and
    `more` are documents of such, as organisation, title and body.
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
    organization: str = ""
    more: tuple[tuple[str, str, str], ...] = ()


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
