"""部门决算: what an office says about the year that is over, in prose and in the nine standard tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.corpus import tables
from benchmarks.corpus.accounts import GENERAL, GOVERNMENT, STATE, Account, Book
from benchmarks.corpus.organizations import class_names, economic_names
from benchmarks.corpus.report import Report
from benchmarks.corpus.wording import TERMS, contents, duties, heading, reason

TITLES = (
    "{o}{y}部门决算",
    "{o}{y}部门决算公开",
    "{n}年度{o}部门决算",
    "{o}{n}年度部门决算公开说明",
    "{o}{n}年度单位决算",
)


@dataclass(frozen=True, slots=True)
class Years:
    """The accounts that a final account is written from."""

    now: Account
    plan: Account
    before: Account
    book: Book


def write(report: Report, book: Book, *, is_whole: bool) -> None:
    """A final account: with all sections and tables, or a short one of a few sections."""
    year = report.year
    years = Years(book.finals[year], book.budgets[year], book.finals[year - 1], book)
    report.title = report.fill(report.naming.choice(TITLES), n=year)
    report.heading(report.title, 1)
    chosen = list(SECTIONS)
    if not is_whole:
        wanted = set(report.chance.sample(range(len(SECTIONS)), report.chance.choice((2, 3, 3, 4, 5))))
        chosen = [section for at, section in enumerate(SECTIONS) if at in wanted]
    else:
        contents(report, [title for title, _ in chosen])
        report.heading(f"第一部分 {report.organization}概况", 2)
        duties(report)
    in_front = is_whole and report.chance.random() < 0.5
    if in_front:
        report.heading(f"第二部分 {report.when}部门决算表", 2)
        standard_tables(report, years)
        report.heading(f"第三部分 {report.when}部门决算情况说明", 2)
    for at, (title, tell) in enumerate(chosen, 1):
        heading(report, at, title.format(w=report.style.three_public))
        tell(report, years)
    if is_whole:
        report.heading("第四部分 名词解释" if in_front else "第三部分 名词解释", 2)
        for at, term in enumerate(report.chance.sample(TERMS, 5), 1):
            report.parts.append(f"{tables.numeral(at)}、{term}")
        if not in_front:
            report.heading(f"第四部分 {report.when}部门决算表", 2)
            standard_tables(report, years)


def standard_tables(report: Report, years: Years) -> None:
    """公开01 to 公开09."""
    now = years.now
    tables.opening(report, 1, "收入支出决算总表")
    report.table(tables.totals(report, now, "actual"))
    report.parts.append("注：本表反映本年度的总收支和年末结转结余情况。")
    tables.opening(report, 2, "收入决算表")
    report.table(tables.by_class(report, tables.income_lines(now), tables.INCOME_COLUMNS, "income_total", "actual"))
    tables.opening(report, 3, "支出决算表")
    report.table(
        tables.by_class(
            report, tables.expenditure_lines(now), tables.EXPENDITURE_COLUMNS, "expenditure_total", "actual"
        )
    )
    tables.opening(report, 4, "财政拨款收入支出决算总表")
    report.table(tables.fiscal_totals(report, now, "actual"))
    tables.opening(report, 5, "一般公共预算财政拨款支出决算表")
    report.table(
        tables.by_class(
            report,
            tables.expenditure_lines(now, GENERAL),
            tables.FUND_COLUMNS,
            "general_public_expenditure",
            "actual",
            GENERAL,
            total_first=report.chance.random() < 0.8,
        )
    )
    tables.opening(report, 6, "一般公共预算财政拨款基本支出决算表")
    report.table(tables.economic(report, now, "actual"))
    tables.opening(report, 7, f"财政拨款{report.style.three_public}支出决算表")
    three = tables.three_public if report.chance.random() < 0.7 else tables.three_public_list
    report.table(three(report, years.plan, now))
    report.parts.append("注：预算数为全年预算数，决算数包括当年财政拨款和以前年度结转资金安排的实际支出。")
    for number, title, fund, item, name in (
        (8, "政府性基金预算财政拨款收入支出决算表", GOVERNMENT, "government_fund_expenditure", "政府性基金预算"),
        (9, "国有资本经营预算财政拨款收入支出决算表", STATE, "state_capital_expenditure", "国有资本经营预算"),
    ):
        tables.opening(report, number, title)
        report.table(tables.fund_flow(report, now, fund, item))
        if not now.spent(fund):
            report.say(
                f"说明：{{u}}{{y}}没有{name}财政拨款收入和支出，故本表无数据。",
                f"注：{{u}}没有{name}收支，本表为空表。",
            )


# Sections


def _whole(report: Report, years: Years) -> None:
    now, before = years.now, years.before
    total = report.money("income_expenditure_total", now.total)
    change = report.change("income_expenditure_total", now.total, before.total)
    report.say(
        "{y}收入总计、支出总计均为{total}，{change}。{why}",
        "{o}{y}收、支总计{total}。收、支总计{change}，{why}",
        "{y}收入支出总计{total}，收入、支出总计{change}。{why}",
        "{y}，{u}收入支出决算总计为{total}，{change}。{why}",
        total=total,
        change=change,
        why=reason(report),
    )


def _income(report: Report, years: Years) -> None:
    now = years.now
    parts = [("财政拨款收入", "income_fiscal", now.fiscal_income)]
    if now.own or report.chance.random() < 0.3:
        parts.append(("事业收入" if now.own_kind == "income_undertaking" else "其他收入", now.own_kind, now.own))
    if report.chance.random() < 0.2:
        parts.append(("上级补助收入", "income_superior_subsidy", 0))
    template = report.chance.choice(
        ("{name}{money}，占{share}", "{name}{money}，占本年收入的{share}", "{name}为{money}，占比{share}")
    )
    total = report.fill(
        report.chance.choice(("{y}本年收入合计{total}", "本年收入合计{total}", "{u}{y}收入合计为{total}")),
        total=report.money("income_total", now.income),
    )
    listed = [
        report.fill(template, name=name, money=report.money(item, fen), share=report.share(item, fen, now.income))
        for name, item, fen in parts
    ]
    if report.chance.random() < 0.5:
        report.parts.append(f"{total}，其中：{'；'.join(listed)}。")
    else:
        report.parts.append(f"{total}，包括：")
        report.parts += [f"{at}.{text}。" for at, text in enumerate(listed, 1)]


def _expenditure(report: Report, years: Years) -> None:
    now = years.now
    report.say(
        "{y}本年支出合计{total}，其中：基本支出{basic}，占{basic_share}；项目支出{project}，占{project_share}。",
        "本年支出合计{total}。其中，基本支出{basic}，占本年支出的{basic_share}；项目支出{project}，占本年支出的{project_share}。",
        "{u}{y}支出合计{total}，按用途划分：基本支出{basic}，占比{basic_share}，项目支出{project}，占比{project_share}；"
        "没有上缴上级支出、经营支出和对附属单位补助支出。",
        "本年支出{total}，由两部分组成：一是基本支出{basic}（占{basic_share}），二是项目支出{project}（占{project_share}）。",
        total=report.money("expenditure_total", now.expenditure),
        basic=report.money("expenditure_basic", now.basic),
        project=report.money("expenditure_project", now.project),
        basic_share=report.share("expenditure_basic", now.basic, now.expenditure),
        project_share=report.share("expenditure_project", now.project, now.expenditure),
    )


def _fiscal(report: Report, years: Years) -> None:
    now, before = years.now, years.before
    item = "fiscal_income_expenditure_total"
    report.say(
        "{y}财政拨款收、支总计{total}，{change}。{why}",
        "{y}财政拨款收入支出总计{total}。财政拨款收入支出总计{change}，{why}",
        "财政拨款收入总计、支出总计均为{total}，{change}。",
        total=report.money(item, now.fiscal_total),
        change=report.change(item, now.fiscal_total, before.fiscal_total),
        why=reason(report),
    )


def _general(report: Report, years: Years) -> None:
    now, before, plan = years.now, years.before, years.plan
    item, chance = "general_public_expenditure", report.chance
    spent, planned = now.spent(GENERAL), plan.spent(GENERAL)
    report.parts.append("（一）总体情况")
    report.say(
        "{y}一般公共预算财政拨款支出{total}，占本年支出合计的{share}。一般公共预算财政拨款支出{change}。{why}",
        "一般公共预算财政拨款支出{total}，占本年支出合计的{share}，{change}，{why}",
        total=report.money(item, spent),
        share=report.share(item, spent, now.expenditure),
        change=report.change(item, spent, before.spent(GENERAL)),
        why=reason(report),
    )
    names = class_names()
    report.parts.append("（二）支出结构情况")
    classes = [(names[code], sum(line.fiscal for line in lines)) for code, lines in now.classes(GENERAL)]
    template = chance.choice(
        ("{name}（类）支出{money}，占{share}", "{name}{money}，占{share}", "{name}（类）{money}，占比{share}")
    )
    first = report.fill(
        chance.choice(
            ("{y}一般公共预算财政拨款支出{total}，主要用于以下方面：", "一般公共预算财政拨款支出{total}，按功能分类：")
        ),
        total=report.money(item, spent),
    )
    listed = [
        report.fill(
            template.replace("支出（类）支出", "支出（类）"),
            name=name,
            money=report.money(name, fen),
            share=report.share(name, fen, spent),
        )
        for name, fen in classes
    ]
    report.parts.append(f"{first}{'；'.join(listed)}。")
    report.parts.append("（三）具体情况")
    report.say(
        "{y}一般公共预算财政拨款支出年初预算为{plan}，支出决算为{total}，完成年初预算的{rate}。其中：",
        "一般公共预算财政拨款支出决算数为{total}，年初预算数为{plan}，完成年初预算的{rate}。按项级科目说明如下：",
        total=report.money(item, spent),
        plan=report.money(item, planned, "initial_budget"),
        rate=report.share(item, spent, planned, "execution_pct"),
    )
    budgeted = {line.code: line.fiscal for line in plan.lines if line.fund == GENERAL}
    template = chance.choice(
        (
            "{at}.{a}（类）{b}（款）{c}（项）。年初预算为{plan}，支出决算为{money}，完成年初预算的{rate}。{why}",
            "{at}、{a}（类）{b}（款）{c}（项）年初预算{plan}，决算支出{money}，完成年初预算的{rate}，{why}",
            "{at}.{a}（类）{b}（款）{c}（项）：支出决算为{money}，年初预算为{plan}，完成年初预算的{rate}。",
        )
    )
    for at, line in enumerate((line for line in now.lines if line.fund == GENERAL and line.fiscal), 1):
        name, plan_fen = names[line.code], budgeted.get(line.code, 0)
        report.say(
            template if plan_fen else "{at}.{a}（类）{b}（款）{c}（项）。年初预算为{plan}，支出决算为{money}，{why}",
            at=at,
            a=names[line.code[:3]],
            b=names[line.code[:5]],
            c=name,
            plan=report.money(name, plan_fen, "initial_budget"),
            money=report.money(name, line.fiscal),
            rate=report.share(name, line.fiscal, plan_fen, "execution_pct"),
            why=reason(report),
        )


def _basic(report: Report, years: Years) -> None:
    now, names = years.now, economic_names()
    listed = list(now.economic)
    people = "、".join(names[code] for code in listed if code[:3] in ("301", "303"))
    things = "、".join(names[code] for code in listed if code[:3] not in ("301", "303"))
    report.say(
        "{y}一般公共预算财政拨款基本支出{basic}，其中：人员经费{personnel}，主要包括：{people}；公用经费{public}，主要包括：{things}。",
        "一般公共预算财政拨款基本支出{basic}，包括人员经费和公用经费。人员经费{personnel}，主要用于{people}；"
        "公用经费{public}，主要用于{things}。",
        "{u}{y}一般公共预算基本支出{basic}，其中人员经费{personnel}、公用经费{public}。",
        basic=report.money("expenditure_basic", now.basic),
        personnel=report.money("basic_personnel", now.personnel),
        public=report.money("basic_public", now.public),
        people=people,
        things=things,
    )


def _three_public(report: Report, years: Years) -> None:
    now, plan, before = years.now, years.plan, years.before
    chance = report.chance
    if not now.three_public and not plan.three_public:
        report.say("{u}{y}没有发生财政拨款{w}支出。", "{y}{u}无财政拨款{w}支出，也没有安排预算。")
        return
    whole = [
        "{y}{w}财政拨款支出预算为{plan}，支出决算为{total}，完成预算的{rate}。决算数小于预算数，{why}",
        "{y}财政拨款{w}支出全年预算{plan}，支出决算{total}，完成预算的{rate}，{change}。",
    ]
    report.say(
        *(whole if plan.three_public else ["{y}{w}财政拨款支出决算{total}，年初未安排预算。"]),
        plan=report.money("three_public_total", plan.three_public, "budget"),
        total=report.money("three_public_total", now.three_public),
        rate=report.share("three_public_total", now.three_public, plan.three_public, "execution_pct"),
        change=report.change("three_public_total", now.three_public, before.three_public),
        why=reason(report),
    )
    slots = {
        "total": report.money("three_public_total", now.three_public),
        "abroad": report.money("overseas", now.overseas),
        "cars": report.money("vehicle", now.vehicle),
        "guests": report.money("reception", now.reception),
        "abroad_share": report.share("overseas", now.overseas, now.three_public),
        "cars_share": report.share("vehicle", now.vehicle, now.three_public),
        "guests_share": report.share("reception", now.reception, now.three_public),
    }
    if now.three_public:
        report.say(
            "{w}财政拨款支出决算{total}，其中：因公出国（境）费支出{abroad}，占{abroad_share}；公务用车购置及运行维护费支出"
            "{cars}，占{cars_share}；公务接待费支出{guests}，占{guests_share}。",
            "{w}支出决算{total}中，因公出国（境）费{abroad}，公务用车购置及运行维护费{cars}，公务接待费{guests}。",
            **slots,
        )
    cars = {
        "cars": report.money("vehicle", now.vehicle),
        "bought": report.money("vehicle_purchase", now.vehicle_purchase),
        "run": report.money("vehicle_operation", now.vehicle_operation),
        "owned": report.count("vehicles_owned", years.book.cars),
        "new": report.count("vehicles_purchased", 1 if now.vehicle_purchase else 0),
    }
    report.say(
        "公务用车购置及运行维护费支出{cars}。其中：公务用车购置支出{bought}，购置车辆{new}辆；公务用车运行维护费支出{run}，"
        "年末公务用车保有量为{owned}辆。",
        "公务用车购置及运行维护费{cars}，其中公务用车购置费{bought}，公务用车运行维护费{run}，主要用于燃料、维修、过路过桥和保险，"
        "截至年末公务用车保有量{owned}辆。",
        **cars,
    )
    batches = chance.randrange(3, 80) if now.reception else 0
    report.say(
        "公务接待费支出{guests}，国内公务接待{batches}批次、{people}人次。",
        "公务接待费{guests}，用于上级检查指导和兄弟单位交流，全年国内公务接待{batches}批次，{people}人次。",
        guests=report.money("reception", now.reception),
        batches=report.count("reception_batches", batches),
        people=report.count("reception_persons", batches * chance.randrange(3, 9)),
    )


def _government(report: Report, years: Years) -> None:
    spent = years.now.spent(GOVERNMENT)
    if not spent:
        report.say("{u}{y}没有政府性基金预算财政拨款收入和支出。", "{y}无政府性基金预算财政拨款收支。")
        return
    report.say(
        "{y}政府性基金预算财政拨款收入{money}，支出{spent}，年末无结转和结余。",
        "{y}政府性基金预算财政拨款支出{spent}，全部为项目支出。",
        money=report.money("income_government_fund", spent),
        spent=report.money("government_fund_expenditure", spent),
    )


def _state(report: Report, years: Years) -> None:
    spent = years.now.spent(STATE)
    if not spent:
        report.say("{u}{y}没有国有资本经营预算财政拨款收入和支出。", "{y}无国有资本经营预算财政拨款支出。")
        return
    report.say("{y}国有资本经营预算财政拨款支出{spent}。", spent=report.money("state_capital_expenditure", spent))


def _other(report: Report, years: Years) -> None:
    now, before = years.now, years.before
    if years.book.organization.is_office:
        report.parts.append("（一）机关运行经费支出情况")
        report.say(
            "{y}机关运行经费支出{money}，{change}。{why}",
            "{u}{y}机关运行经费支出{money}，{change}，{why}",
            money=report.money("operating_funds", now.public),
            change=report.change("operating_funds", now.public, before.public),
            why=reason(report),
        )
        report.parts.append("（二）政府采购支出情况")
    small = now.procurement * report.chance.randrange(30, 95) // 100 // 100 * 100
    report.say(
        "{y}政府采购支出总额{total}，其中：政府采购货物支出{goods}、政府采购工程支出{works}、政府采购服务支出{services}。",
        "{y}政府采购支出总额{total}，其中：货物支出{goods}、工程支出{works}、服务支出{services}。授予中小企业合同金额{small}，"
        "占政府采购支出总额的{share}。",
        total=report.money("procurement_total", now.procurement),
        goods=report.money("procurement_goods", now.goods),
        works=report.money("procurement_works", now.works),
        services=report.money("procurement_services", now.services),
        small=report.money("procurement_sme", small),
        share=report.share("procurement_sme", small, now.procurement),
    )
    report.say(
        "截至{n}年12月31日，{u}共有车辆{cars}辆；单价100万元（含）以上设备（不含车辆）{things}台（套）。",
        "截至{n}年末，{o}共有车辆{cars}辆，单位价值100万元以上设备（不含车辆）{things}台（套）。",
        n=report.year,
        cars=report.count("vehicles", years.book.cars),
        things=report.count("equipment_over_1m", report.chance.choice((0, 0, 1, 2))),
    )


SECTIONS: tuple[tuple[str, Callable[[Report, Years], None]], ...] = (
    ("收入支出决算总体情况说明", _whole),
    ("收入决算情况说明", _income),
    ("支出决算情况说明", _expenditure),
    ("财政拨款收入支出决算总体情况说明", _fiscal),
    ("一般公共预算财政拨款支出决算情况说明", _general),
    ("一般公共预算财政拨款基本支出决算情况说明", _basic),
    ("财政拨款{w}支出决算情况说明", _three_public),
    ("政府性基金预算财政拨款收入支出决算情况说明", _government),
    ("国有资本经营预算财政拨款支出决算情况说明", _state),
    ("其他重要事项的情况说明", _other),
)
