"""The standard tables of final accounts and budgets, printed from the books of an organisation.

Each table is a title, who made it, the unit of its amounts, a header of one to three rows, rows, and often a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal

from benchmarks.corpus.accounts import GENERAL, GOVERNMENT, STATE, Account, Line
from benchmarks.corpus.organizations import class_names, economic_names
from benchmarks.corpus.report import Report, Rows, Span

_NUMERALS = ("一二三四五六七八九", "十")
# The classes that total tables list, with money or without.
_LISTED = ("201", "204", "205", "206", "207", "208", "210", "211", "212", "213", "214", "220", "221", "223", "224")
_FUNDS = (GENERAL, GOVERNMENT, STATE)
_FUND_ITEMS = {
    GENERAL: ("income_general_public", "一般公共预算财政拨款"),
    GOVERNMENT: ("income_government_fund", "政府性基金预算财政拨款"),
    STATE: ("income_state_capital", "国有资本经营预算财政拨款"),
}
Phase = Literal["actual", "initial_budget"]


def numeral(number: int) -> str:
    """A Chinese numeral up to 99."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{'一二三四五六七八九'[tens - 1]}十"
    return ten + ("一二三四五六七八九"[ones - 1] if ones else "")


def opening(report: Report, number: int, title: str) -> None:
    """What stands above a table: its number, title, maker and unit."""
    chance = report.chance
    if report.number % 3 == 0:
        report.parts.append(f"公开{number:02}表")
    report.parts.append(title)
    unit = f"{chance.choice(('单位', '金额单位'))}：{report.style.table_unit}"
    if report.number % 2:
        report.parts += [f"{chance.choice(('部门', '编制单位', '单位名称'))}：{report.organization}", unit]
    else:
        report.parts.append(unit)


# Total tables


def totals(report: Report, account: Account, phase: Phase) -> Rows:
    """收入支出总表: sources on the left, functional classes on the right, totals and carry-overs below."""
    is_final = phase == "actual"
    amounts = "决算数" if is_final else "预算数"

    def money(item: str, fen: int) -> str:
        return report.cell(item, fen, phase)

    suffix = "收入" if is_final else "拨款收入"
    left = [
        (
            f"{'一般公共预算财政拨款' if is_final else '一般公共预算'}{suffix}",
            "income_general_public",
            account.general_income,
        ),
        (
            f"{'政府性基金预算财政拨款' if is_final else '政府性基金预算'}{suffix}",
            "income_government_fund",
            account.spent(GOVERNMENT),
        ),
        (
            f"{'国有资本经营预算财政拨款' if is_final else '国有资本经营预算'}{suffix}",
            "income_state_capital",
            account.spent(STATE),
        ),
        ("上级补助收入", "income_superior_subsidy", 0),
        ("事业收入", "income_undertaking", account.own if account.own_kind == "income_undertaking" else 0),
        ("经营收入" if is_final else "事业单位经营收入", "income_operating", 0),
        ("附属单位上缴收入", "income_affiliates", 0),
        ("其他收入", "income_other", account.own if account.own_kind == "income_other" else 0),
    ]
    right = [(code, sum(line.total for line in lines)) for code, lines in _with_blank(account)]
    rows: Rows = [[Span("收入", 1, 2), Span("支出", 1, 2)], ["项目", amounts, "项目", amounts]]
    names = class_names()
    for at, (source, use) in enumerate(zip_longest(left, right), 1):
        row: list[str | Span] = (
            ["", ""] if source is None else [f"{numeral(at)}、{source[0]}", money(source[1], source[2])]
        )
        row += ["", ""] if use is None else [f"{numeral(at)}、{names[use[0]]}", money(names[use[0]], use[1])]
        rows.append(row)
    begin, end = ("年初结转和结余", "年末结转和结余") if is_final else ("上年结转结余", "年终结转结余")
    rows += [
        [
            "本年收入合计",
            money("income_total", account.income),
            "本年支出合计",
            money("expenditure_total", account.expenditure),
        ],
        [begin, money("carryover_opening", account.opening), end, money("carryover_closing", account.closing)],
    ]
    words = ("总计", "总计") if is_final and report.number % 2 else ("收入总计", "支出总计")
    rows.append([cell for word in words for cell in (word, money("income_expenditure_total", account.total))])
    return rows


def _with_blank(account: Account, fund: str = "") -> Iterator[tuple[str, list[Line]]]:
    spent = dict(account.classes(fund))
    for code in _LISTED:
        yield code, spent.pop(code, [])
    yield from spent.items()


def fiscal_totals(report: Report, account: Account, phase: Phase) -> Rows:
    """财政拨款收支总表: as the table of totals, with a column for each fund on the right."""
    is_final = phase == "actual"
    amounts = "决算数" if is_final else "预算数"
    heads = ["合计", *(_FUND_ITEMS[fund][1] if is_final else _FUND_ITEMS[fund][1][:-4] for fund in _FUNDS)]
    rows: Rows = [
        [Span("收入", 1, 2), Span("支出", 1, 5)],
        ["项目", amounts, "项目", *heads],
    ]
    names = class_names()

    def across(item: str, by_fund: list[int]) -> list[str]:
        whole = report.cell(item, sum(by_fund), phase)
        return [whole, *(report.cell(item, fen, phase, fund=fund) for fund, fen in zip(_FUNDS, by_fund, strict=True))]

    incomes = {GENERAL: account.general_income, GOVERNMENT: account.spent(GOVERNMENT), STATE: account.spent(STATE)}
    left = [
        (f"{numeral(at)}、{_FUND_ITEMS[fund][1]}", _FUND_ITEMS[fund][0], incomes[fund])
        for at, fund in enumerate(_FUNDS, 1)
    ]
    for at, (source, use) in enumerate(zip_longest(left, _with_blank_fiscal(account)), 1):
        row: list[str | Span] = ["", ""] if source is None else [source[0], report.cell(source[1], source[2], phase)]
        if use is not None:
            code, by_fund = use
            row += [f"{numeral(at)}、{names[code]}", *across(names[code], by_fund)]
        else:
            row += [""] * 5
        rows.append(row)
    spent = [account.spent(fund) for fund in _FUNDS]
    kept = [account.closing, 0, 0]
    rows.append(
        [
            "本年收入合计",
            report.cell("income_fiscal", account.fiscal_income, phase),
            "本年支出合计",
            *across("fiscal_expenditure", spent),
        ]
    )
    begin, end = ("年初财政拨款结转和结余", "年末财政拨款结转和结余") if is_final else ("上年结转", "结转下年")
    rows.append(
        [begin, report.cell("carryover_opening", account.opening, phase), end, *across("carryover_closing", kept)]
    )
    total = [one + other for one, other in zip(spent, kept, strict=True)]
    word = ("总计", "总计") if is_final else ("收入总计", "支出总计")
    rows.append(
        [
            word[0],
            report.cell("fiscal_income_expenditure_total", account.fiscal_total, phase),
            word[1],
            *across("fiscal_income_expenditure_total", total),
        ]
    )
    return rows


def _with_blank_fiscal(account: Account) -> Iterator[tuple[str, list[int]]]:
    for code, lines in _with_blank(account):
        yield code, [sum(line.fiscal for line in lines if line.fund == fund) for fund in _FUNDS]


# Tables by functional class


def by_class(
    report: Report,
    lines: list[tuple[str, dict[str, int]]],
    columns: list[tuple[str, str]],
    total_item: str,
    phase: Phase,
    fund: str = "all",
    *,
    total_first: bool = True,
) -> Rows:
    """A row a class (类, 款, 项) with the columns `(component, heading)`; `lines` are codes of 项 with amounts."""
    names = class_names()
    header: Rows = [
        [Span("项目", 1, 2), *(Span(heading, 2) for _, heading in columns)],
        ["科目编码" if report.style.numbering else "功能分类科目编码", "科目名称"],
    ]

    def row(item: str, amounts: dict[str, int]) -> list[str]:
        return [report.cell(item, amounts.get(part, 0), phase, part, fund) for part, _ in columns]

    whole = _added(amounts for _, amounts in lines)
    total: list[str | Span] = [Span("合计", 1, 2), *row(total_item, whole)]
    rows: Rows = []
    shown: set[str] = set()
    for code, _ in lines:
        for depth in (3, 5, 7):
            part = code[:depth]
            if part not in shown:
                shown.add(part)
                amounts = _added(amount for other, amount in lines if other.startswith(part))
                rows.append([part, names[part], *row(names[part], amounts)])
    return [*header, total, *rows] if total_first else [*header, *rows, total]


def _added(many: Iterator[dict[str, int]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for amounts in many:
        for part, fen in amounts.items():
            added[part] = added.get(part, 0) + fen
    return added


def income_lines(account: Account) -> list[tuple[str, dict[str, int]]]:
    """What came in by functional class; the carry-over is that of the largest project."""
    main = max((line for line in account.lines if line.fund == GENERAL), key=lambda line: line.project)
    made: dict[str, dict[str, int]] = {}
    for line in sorted(account.lines, key=lambda line: line.code):
        fiscal = line.fiscal + (account.closing - account.opening if line is main else 0)
        made[line.code] = {"total": fiscal + line.own, "income_fiscal": fiscal, account.own_kind: line.own}
    return list(made.items())


def expenditure_lines(account: Account, fund: str = "") -> list[tuple[str, dict[str, int]]]:
    """What went out by functional class: of one fund from the treasury, or of all money."""
    made = []
    for line in sorted(account.lines, key=lambda line: line.code):
        if not fund or line.fund == fund:
            project = line.project if fund else line.project + line.own
            made.append((line.code, {"total": line.basic + project, "basic": line.basic, "project": project}))
    return made


INCOME_COLUMNS = [
    ("total", "本年收入合计"),
    ("income_fiscal", "财政拨款收入"),
    ("income_superior_subsidy", "上级补助收入"),
    ("income_undertaking", "事业收入"),
    ("income_operating", "经营收入"),
    ("income_affiliates", "附属单位上缴收入"),
    ("income_other", "其他收入"),
]
EXPENDITURE_COLUMNS = [
    ("total", "本年支出合计"),
    ("basic", "基本支出"),
    ("project", "项目支出"),
    ("remitted_up", "上缴上级支出"),
    ("operating", "经营支出"),
    ("affiliates", "对附属单位补助支出"),
]
FUND_COLUMNS = [("total", "合计"), ("basic", "基本支出"), ("project", "项目支出")]


# Basic expenditure, 三公, funds


def economic(report: Report, account: Account, phase: Phase) -> Rows:
    """基本支出 by economic class: personnel on the left, public expenses on the right, as programs print it."""
    names = economic_names()
    amounts = "决算数" if phase == "actual" else "预算数"

    def side(firsts: tuple[str, ...]) -> list[tuple[str, int]]:
        kept: list[tuple[str, int]] = []
        for first in firsts:
            parts = [(code, fen) for code, fen in account.economic.items() if code.startswith(first)]
            if parts:
                kept += [(first, sum(fen for _, fen in parts)), *parts]
        return kept

    rows: Rows = [[Span("人员经费", 1, 3), Span("公用经费", 1, 3)], ["科目编码", "科目名称", amounts] * 2]
    for pair in zip_longest(side(("301", "303")), side(("302", "310"))):
        row: list[str | Span] = []
        for part, place in zip(("personnel", "public"), pair, strict=True):
            row += (
                ["", "", ""]
                if place is None
                else [
                    place[0],
                    names[place[0]],
                    report.cell(names[place[0]], place[1], phase, part, GENERAL),
                ]
            )
        rows.append(row)
    personnel = report.cell("basic_personnel", account.personnel, phase, "personnel", GENERAL)
    public = report.cell("basic_public", account.public, phase, "public", GENERAL)
    rows.append([Span("人员经费合计", 1, 2), personnel, Span("公用经费合计", 1, 2), public])
    return rows


def economic_list(report: Report, account: Account, phase: Phase) -> Rows:
    """基本支出 by economic class, one below the other, with a column each for personnel and public expenses."""
    names = economic_names()
    rows: Rows = [
        [Span("部门预算支出经济分类科目", 1, 2), Span("本年一般公共预算基本支出", 1, 3)],
        ["科目编码", "科目名称", "合计", "人员经费", "公用经费"],
    ]

    def line(item: str, personnel: int, public: int) -> list[str]:
        parts = (("total", personnel + public), ("personnel", personnel), ("public", public))
        return [report.cell(item, fen, phase, part, GENERAL) for part, fen in parts]

    rows.append([Span("合计", 1, 2), *line("expenditure_basic", account.personnel, account.public)])
    for first in ("301", "302", "303", "310"):
        parts = [(code, fen) for code, fen in account.economic.items() if code.startswith(first)]
        is_personnel = first in ("301", "303")
        for code, fen in [(first, sum(fen for _, fen in parts)), *parts] if parts else []:
            rows.append([code, names[code], *line(names[code], fen * is_personnel, fen * (not is_personnel))])
    return rows


THREE = ("three_public_total", "overseas", "vehicle", "vehicle_purchase", "vehicle_operation", "reception")


def _three(account: Account) -> list[int]:
    return [
        account.three_public,
        account.overseas,
        account.vehicle,
        account.vehicle_purchase,
        account.vehicle_operation,
        account.reception,
    ]


def three_public(report: Report, budget: Account, final: Account) -> Rows:
    """“三公”经费: six columns of budget and six of spending in a row."""
    head: list[str | Span] = [
        Span("合计", 2),
        Span("因公出国（境）费", 2),
        Span("公务用车购置及运行维护费", 1, 3),
        Span("公务接待费", 2),
    ]
    rows: Rows = [
        [Span("预算数", 1, 6), Span("决算数", 1, 6)],
        [*head, *head],
        ["小计", "公务用车购置费", "公务用车运行维护费"] * 2,
    ]
    cells = []
    for account, phase in ((budget, "budget"), (final, "actual")):
        cells += [
            report.cell(item, fen, phase, fund=GENERAL, zero="0.00")
            for item, fen in zip(THREE, _three(account), strict=True)
        ]
    rows.append(list(cells))
    return rows


def three_public_list(report: Report, budget: Account, final: Account | None) -> Rows:
    """“三公”经费: a row each, with the budget, or budget and spending side by side."""
    names = (
        "合计",
        "1.因公出国（境）费",
        "2.公务用车购置及运行维护费",
        "其中：公务用车购置费",
        "公务用车运行维护费",
        "3.公务接待费",
    )
    rows: Rows = [["项目", "预算数"] if final is None else ["项目", "预算数", "决算数"]]
    for at, (name, item) in enumerate(zip(names, THREE, strict=True)):
        plan = "initial_budget" if final is None else "budget"
        row: list[str | Span] = [name, report.cell(item, _three(budget)[at], plan, fund=GENERAL, zero="0.00")]
        if final is not None:
            row.append(report.cell(item, _three(final)[at], "actual", fund=GENERAL, zero="0.00"))
        rows.append(row)
    return rows


def fund_flow(report: Report, account: Account, fund: str, item: str) -> Rows:
    """政府性基金 or 国有资本经营: what was there, came in, went out (basic, project) and is left, by class."""
    names = class_names()
    rows: Rows = [
        [
            Span("项目", 1, 2),
            Span("年初结转和结余", 2),
            Span("本年收入", 2),
            Span("本年支出", 1, 3),
            Span("年末结转和结余", 2),
        ],
        ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"],
    ]

    def row(name: str, fen: int) -> list[str]:
        parts = (
            ("carryover_opening", 0),
            ("income", fen),
            ("total", fen),
            ("basic", 0),
            ("project", fen),
            ("carryover_closing", 0),
        )
        return [report.cell(name, amount, "actual", part, fund) for part, amount in parts]

    whole = account.spent(fund)
    rows.append([Span("合计", 1, 2), *row(item, whole)] if whole else [Span("合计", 1, 2), *[""] * 6])
    for line in account.lines:
        if line.fund == fund:
            rows += [[line.code[:n], names[line.code[:n]], *row(names[line.code[:n]], line.project)] for n in (3, 5, 7)]
    return rows if whole else [*rows, [""] * 8]
