"""部门预算: what an office plans for a year, in prose and in tables."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.corpus import tables
from benchmarks.corpus.accounts import GENERAL, GOVERNMENT, Account, Book
from benchmarks.corpus.organizations import class_names
from benchmarks.corpus.report import Report
from benchmarks.corpus.wording import TERMS, contents, duties, heading, reason

PLAN = "initial_budget"
TITLES = ("{o}{n}年部门预算", "{o}{n}年度部门预算", "{n}年度{o}部门预算公开", "{n}年{o}部门预算", "{o}{n}年度单位预算")


def write(report: Report, book: Book, *, is_whole: bool) -> None:
    """A budget: with all sections and tables, or a short one of a few sections."""
    year, chance = report.year, report.chance
    now, before = book.budgets[year], book.budgets[year - 1]
    report.title = report.fill(report.naming.choice(TITLES), n=year)
    report.heading(report.title, 1)
    chosen = list(SECTIONS)
    if is_whole:
        contents(report, [title for title, _ in chosen])
        report.heading(f"第一部分 {report.organization}概况", 2)
        duties(report)
        report.heading(f"第二部分 {report.when}部门预算情况说明", 2)
    else:
        wanted = set(chance.sample(range(len(SECTIONS)), chance.choice((2, 3, 3, 4))))
        chosen = [section for at, section in enumerate(SECTIONS) if at in wanted]
    for at, (title, tell) in enumerate(chosen, 1):
        heading(report, at, title.format(w=report.style.three_public))
        tell(report, now, before)
    if is_whole:
        report.heading("第三部分 名词解释", 2)
        report.parts += [f"{tables.numeral(at)}、{term}" for at, term in enumerate(chance.sample(TERMS, 4), 1)]
        report.heading(f"第四部分 {report.when}部门预算表", 2)
        standard_tables(report, now)


def standard_tables(report: Report, now: Account) -> None:
    """收支总表, 收入总表, 支出总表, 财政拨款收支总表, 一般公共预算支出表, 基本支出表, 三公, 政府性基金."""
    columns = [(part, name) for part, name in tables.EXPENDITURE_COLUMNS if part != "total"]
    tables.opening(report, 1, "部门收支总表")
    report.table(tables.totals(report, now, PLAN))
    tables.opening(report, 2, "部门收入总表")
    report.table(
        tables.by_class(
            report, tables.income_lines(now), [("total", "合计"), *tables.INCOME_COLUMNS[1:]], "income_total", PLAN
        )
    )
    tables.opening(report, 3, "部门支出总表")
    report.table(
        tables.by_class(report, tables.expenditure_lines(now), [("total", "合计"), *columns], "expenditure_total", PLAN)
    )
    tables.opening(report, 4, "财政拨款收支总表")
    report.table(tables.fiscal_totals(report, now, PLAN))
    tables.opening(report, 5, "一般公共预算支出表")
    report.table(
        tables.by_class(
            report,
            tables.expenditure_lines(now, GENERAL),
            tables.FUND_COLUMNS,
            "general_public_expenditure",
            PLAN,
            GENERAL,
        )
    )
    tables.opening(report, 6, "一般公共预算基本支出表")
    report.table(tables.economic_list(report, now, PLAN))
    tables.opening(report, 7, f"一般公共预算{report.style.three_public}支出表")
    report.table(tables.three_public_list(report, now, None))
    tables.opening(report, 8, "政府性基金预算支出表")
    lines = tables.expenditure_lines(now, GOVERNMENT)
    report.table(tables.by_class(report, lines, tables.FUND_COLUMNS, "government_fund_expenditure", PLAN, GOVERNMENT))
    if not lines:
        report.say(
            "注：{u}{y}没有政府性基金预算安排的支出，本表无数据。", "说明：{u}无政府性基金预算支出，故此表为空。"
        )


# Sections


def _whole(report: Report, now: Account, before: Account) -> None:
    slots = {
        "total": report.money("income_expenditure_total", now.total, PLAN),
        "income": report.money("income_total", now.income, PLAN),
        "out": report.money("expenditure_total", now.expenditure, PLAN),
        "change": report.change("income_expenditure_total", now.total, before.total),
        "out_change": report.change("expenditure_total", now.expenditure, before.expenditure),
        "why": reason(report),
    }
    report.say(
        "按照综合预算的原则，{u}所有收入和支出均纳入部门预算管理。{y}收支总预算{total}，{change}。{why}",
        "{y}{u}收入预算{income}，支出预算{out}。支出预算{out_change}，{why}",
        "{o}{y}收、支总预算{total}，{change}，{why}",
        "{y}部门收支总预算{total}。",
        **slots,
    )


def _income(report: Report, now: Account, before: Account) -> None:
    own = "事业收入" if now.own_kind == "income_undertaking" else "其他收入"
    report.say(
        "{y}收入预算{total}，其中：一般公共预算拨款收入{general}，占{general_share}；政府性基金预算拨款收入{fund}，占{fund_share}；"
        "{own_name}{own}，占{own_share}。",
        "{u}{y}收入预算合计{total}，包括财政拨款收入{fiscal}、{own_name}{own}。",
        "{y}收入预算为{total}。其中：财政拨款收入{fiscal}，占{fiscal_share}；{own_name}{own}，占{own_share}。",
        total=report.money("income_total", now.income, PLAN),
        general=report.money("income_general_public", now.general_income, PLAN),
        general_share=report.share("income_general_public", now.general_income, now.income),
        fund=report.money("income_government_fund", now.spent(GOVERNMENT), PLAN),
        fund_share=report.share("income_government_fund", now.spent(GOVERNMENT), now.income),
        fiscal=report.money("income_fiscal", now.fiscal_income, PLAN),
        fiscal_share=report.share("income_fiscal", now.fiscal_income, now.income),
        own_name=own,
        own=report.money(now.own_kind, now.own, PLAN),
        own_share=report.share(now.own_kind, now.own, now.income),
    )


def _expenditure(report: Report, now: Account, before: Account) -> None:
    report.say(
        "{y}支出预算{total}，其中：基本支出{basic}，占{basic_share}；项目支出{project}，占{project_share}。",
        "{y}支出预算合计{total}，其中基本支出预算{basic}，项目支出预算{project}。",
        "{u}{y}支出预算为{total}，按用途划分为：基本支出{basic}，占支出预算的{basic_share}；项目支出{project}，"
        "占支出预算的{project_share}。",
        "{y}安排支出预算{total}。一是基本支出{basic}，用于人员工资和日常运转；二是项目支出{project}，用于履行职能的专项工作。",
        total=report.money("expenditure_total", now.expenditure, PLAN),
        basic=report.money("expenditure_basic", now.basic, PLAN),
        project=report.money("expenditure_project", now.project, PLAN),
        basic_share=report.share("expenditure_basic", now.basic, now.expenditure),
        project_share=report.share("expenditure_project", now.project, now.expenditure),
    )


def _fiscal(report: Report, now: Account, before: Account) -> None:
    item = "fiscal_income_expenditure_total"
    report.say(
        "{y}财政拨款收支总预算{total}，{change}。{why}",
        "{u}{y}财政拨款收、支总预算{total}。财政拨款收、支总预算{change}，{why}",
        total=report.money(item, now.fiscal_total, PLAN),
        change=report.change(item, now.fiscal_total, before.fiscal_total),
        why=reason(report),
    )


def _general(report: Report, now: Account, before: Account) -> None:
    item, spent, names, chance = "general_public_expenditure", now.spent(GENERAL), class_names(), report.chance
    report.say(
        "{y}一般公共预算拨款安排支出{total}，{change}。{why}",
        "{y}一般公共预算当年拨款支出预算{total}，{change}，{why}",
        "{u}{y}一般公共预算支出{total}，{change}。",
        total=report.money(item, spent, PLAN),
        change=report.change(item, spent, before.spent(GENERAL)),
        why=reason(report),
    )
    earlier = {line.code: line.fiscal for line in before.lines if line.fund == GENERAL}
    template = chance.choice(
        (
            "{at}.{a}（类）{b}（款）{c}（项）支出{money}，{change}。{why}",
            "{at}、{a}（类）{b}（款）{c}（项）{y}预算数为{money}，{change}，{why}",
            "{at}.{a}（类）{b}（款）{c}（项）预算{money}。",
        )
    )
    for at, line in enumerate((line for line in now.lines if line.fund == GENERAL and line.fiscal), 1):
        name = names[line.code]
        report.say(
            template,
            at=at,
            a=names[line.code[:3]],
            b=names[line.code[:5]],
            c=name,
            money=report.money(name, line.fiscal, PLAN),
            change=report.change(name, line.fiscal, earlier.get(line.code, 0)),
            why=reason(report),
        )


def _basic(report: Report, now: Account, before: Account) -> None:
    report.say(
        "{y}一般公共预算基本支出{basic}，其中：人员经费{personnel}，公用经费{public}。",
        "{u}{y}一般公共预算基本支出预算{basic}。其中，人员经费{personnel}，主要包括工资、津贴补贴、社会保险缴费等；"
        "公用经费{public}，主要包括办公费、差旅费、水电费等。",
        "{y}基本支出预算{basic}，包括人员经费{personnel}和日常公用经费{public}。",
        basic=report.money("expenditure_basic", now.basic, PLAN),
        personnel=report.money("basic_personnel", now.personnel, PLAN),
        public=report.money("basic_public", now.public, PLAN),
    )


def _three_public(report: Report, now: Account, before: Account) -> None:
    if not now.three_public:
        report.say("{u}{y}没有安排财政拨款{w}预算。", "{y}{u}未安排{w}支出预算。")
        return
    report.say(
        "{y}{w}预算{total}，{change}。其中：因公出国（境）费{abroad}，公务用车购置及运行维护费{cars}，公务接待费{guests}。",
        "{y}一般公共预算安排{w}支出{total}。其中：因公出国（境）费{abroad}；公务用车购置及运行维护费{cars}（公务用车购置费"
        "{bought}，公务用车运行维护费{run}）；公务接待费{guests}。",
        "{u}{y}{w}财政拨款预算数为{total}，其中：因公出国（境）费预算{abroad}，公务用车购置及运行维护费预算{cars}，公务接待费预算{guests}。",
        total=report.money("three_public_total", now.three_public, PLAN),
        change=report.change("three_public_total", now.three_public, before.three_public),
        abroad=report.money("overseas", now.overseas, PLAN),
        cars=report.money("vehicle", now.vehicle, PLAN),
        bought=report.money("vehicle_purchase", now.vehicle_purchase, PLAN),
        run=report.money("vehicle_operation", now.vehicle_operation, PLAN),
        guests=report.money("reception", now.reception, PLAN),
    )


def _other(report: Report, now: Account, before: Account) -> None:
    report.say(
        "{y}政府采购预算总额{total}，其中：货物类采购预算{goods}，工程类采购预算{works}，服务类采购预算{services}。",
        "{y}{u}政府采购预算{total}，其中：政府采购货物预算{goods}、政府采购工程预算{works}、政府采购服务预算{services}。",
        total=report.money("procurement_total", now.procurement, PLAN),
        goods=report.money("procurement_goods", now.goods, PLAN),
        works=report.money("procurement_works", now.works, PLAN),
        services=report.money("procurement_services", now.services, PLAN),
    )


SECTIONS: tuple[tuple[str, Callable[[Report, Account, Account], None]], ...] = (
    ("收支预算总体情况", _whole),
    ("收入预算情况", _income),
    ("支出预算情况", _expenditure),
    ("财政拨款收支预算总体情况", _fiscal),
    ("一般公共预算支出情况", _general),
    ("一般公共预算基本支出情况", _basic),
    ("{w}预算情况", _three_public),
    ("其他重要事项说明", _other),
)
