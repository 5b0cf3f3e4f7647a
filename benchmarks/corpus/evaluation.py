"""绩效自评: an office judges itself as a whole, or its projects, in prose and in forms with points."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.corpus.accounts import Account, Book, Project
from benchmarks.corpus.report import Report, Rows, Span
from benchmarks.corpus.wording import heading, reason

UNIT_TITLES = (
    "{o}{y}部门整体支出绩效自评报告",
    "{n}年度{o}部门整体支出绩效自评报告",
    "{o}{n}年部门整体支出绩效评价报告",
)
PROJECT_TITLES = ("{o}{y}项目支出绩效自评报告", "{n}年度{o}项目支出绩效自评报告", "{o}{n}年度项目支出绩效自评情况")

# 一级, 二级, 三级 indicator, target, result; a text with {n} has a number in it.
_INDICATORS = (
    ("产出指标", "数量指标", "开展检查次数", "≥{n}次", "{m}次"),
    ("产出指标", "数量指标", "培训人次", "≥{n}人次", "{m}人次"),
    ("产出指标", "质量指标", "验收合格率", "≥95%", "98%"),
    ("产出指标", "时效指标", "工作按期完成率", "100%", "100%"),
    ("产出指标", "成本指标", "成本控制在预算内", "是", "是"),
    ("效益指标", "社会效益指标", "服务能力", "有所提升", "有所提升"),
    ("效益指标", "可持续影响指标", "长效机制", "建立健全", "建立健全"),
    ("满意度指标", "服务对象满意度指标", "服务对象满意度", "≥90%", "95%"),
)


def unit(report: Report, book: Book) -> None:
    """部门整体支出绩效自评: people, funds and their execution, 三公, the score; sometimes with its form."""
    now, plan, chance = book.finals[report.year], book.budgets[report.year], report.chance
    report.title = report.fill(report.naming.choice(UNIT_TITLES), n=report.year)
    report.heading(report.title, 1)
    heading(report, 1, chance.choice(("部门基本情况", "部门概况", "单位基本情况")))
    report.say(
        "{u}核定编制{posts}名，截至{n}年末实有在职人员{staff}人。",
        "{o}人员编制{posts}人，{n}年末在职在编{staff}人。",
        "{u}核定编制数{posts}人，年末实有人数{staff}人，内设{k}个科室。",
        n=report.year,
        k=chance.randrange(3, 12),
        posts=report.count("establishment", book.posts),
        staff=report.count("staff_actual", book.staff),
    )
    heading(report, 2, chance.choice(("部门整体支出情况", "部门财政资金收支情况", "部门资金基本情况")))
    _funds(report, now, plan)
    heading(report, 3, chance.choice(("绩效目标完成情况", "部门整体支出绩效情况")))
    report.say(
        "{y}{u}围绕年初确定的重点工作，按计划完成了各项任务，服务对象满意度达到预期。",
        "年初设定的绩效指标基本完成，各项工作按序时进度推进，社会反映良好。",
    )
    rate = Decimal(100 * now.expenditure) / (now.expenditure + now.closing)
    score = (Decimal(90) + rate / 10 - chance.randrange(0, 6)).quantize(Decimal("0.1"))
    heading(report, 4, "自评结论")
    report.say(
        "对照评价指标体系，{u}{y}部门整体支出绩效自评得分{score}分，评价等级为“{grade}”。",
        "经自评，{o}{y}整体支出绩效自评得分为{score}分，等级为“{grade}”。",
        "综合评价，{y}部门整体支出绩效自评{score}分，自评等级{grade}。",
        score=report.points("overall", score),
        grade="优" if score >= 90 else "良",
    )
    heading(report, 5, "存在问题和改进措施")
    report.say(
        "预算编制的精细程度还不够，部分项目支出进度前低后高。下一步将加强项目前期论证，按月通报支出进度。",
        "绩效指标设置还不够量化，今后将结合业务实际完善指标，强化结果应用。",
    )


def _funds(report: Report, now: Account, plan: Account) -> None:
    budget = now.expenditure + now.closing
    slots = {
        "budget": report.money("total_funds", budget, "budget"),
        "actual": report.money("total_funds", now.expenditure),
        "rate": report.share("total_funds", now.expenditure, budget, "execution_pct"),
        "initial": report.money("total_funds", plan.expenditure, "initial_budget"),
        "out": report.money("expenditure_total", now.expenditure),
        "basic": report.money("expenditure_basic", now.basic),
        "project": report.money("expenditure_project", now.project),
        "income": report.money("income_total", now.income),
        "why": reason(report),
    }
    report.say(
        "{y}{u}全年预算数{budget}，全年执行数{actual}，预算执行率{rate}。",
        "{y}部门整体支出全年预算数为{budget}，实际支出{actual}，预算执行率为{rate}。{why}",
        "{y}部门整体支出预算{budget}，决算{actual}，执行率{rate}。",
        **slots,
    )
    report.say(
        "{y}支出合计{out}，其中：基本支出{basic}，项目支出{project}。",
        "{y}年初部门预算支出{initial}。全年实际支出{actual}，其中基本支出{basic}、项目支出{project}。",
        "{y}本年收入{income}，本年支出{out}。其中：基本支出{basic}；项目支出{project}。",
        **slots,
    )
    if report.chance.random() < 0.5:
        report.say(
            "{y}{w}支出决算{total}，其中：因公出国（境）费{abroad}，公务用车购置及运行维护费{cars}，公务接待费{guests}。",
            "{y}{w}支出{total}，控制在预算数{plan}以内，其中公务用车购置及运行维护费{cars}，公务接待费{guests}。",
            total=report.money("three_public_total", now.three_public),
            plan=report.money("three_public_total", plan.three_public, "budget"),
            abroad=report.money("overseas", now.overseas),
            cars=report.money("vehicle", now.vehicle),
            guests=report.money("reception", now.reception),
        )


def projects(report: Report, book: Book, *, has_form: bool) -> None:
    """项目支出绩效自评: each project with its budget, spending and rate in prose, or in its form."""
    now, chance = book.finals[report.year], report.chance
    report.title = report.fill(report.naming.choice(PROJECT_TITLES), n=report.year)
    report.heading(report.title, 1)
    if has_form:
        for project in now.projects[:2]:
            _note(report, project)
            report.parts.append(f"{project.name}绩效自评表")
            report.parts.append(f"（{report.when}）")
            report.table(form(report, project))
        return
    heading(report, 1, "项目基本情况")
    report.say(
        "{y}{u}纳入绩效自评的项目{n}个，自评覆盖率100%。",
        "按照财政部门要求，{u}对{n}个项目开展了绩效自评。",
        n=len(now.projects),
    )
    heading(report, 2, "项目资金使用情况")
    template = chance.choice(
        (
            "{at}.{name}。全年预算数{budget}，全年执行数{actual}，预算执行率{rate}。{why}",
            "{at}.{name}：全年预算{budget}，实际支出{actual}，执行率{rate}。",
            "（{at}）{name}。项目全年预算数为{budget}，执行数为{actual}，完成预算的{rate}。项目自评得分{score}分。",
        )
    )
    for at, project in enumerate(now.projects, 1):
        _note(report, project)
        report.say(
            template,
            at=at,
            name=project.name,
            budget=report.money(project.name, project.budget, "budget"),
            actual=report.money(project.name, project.actual),
            rate=report.share(project.name, project.actual, project.budget, "execution_pct"),
            score=report.points(project.name, chance.randrange(90, 100)),
            why=reason(report),
        )
    heading(report, 3, "项目绩效情况")
    report.say(
        "各项目产出数量、质量和时效指标均达到年初目标，效益指标完成较好。", "项目按计划实施，产出和效益达到预期。"
    )


def _note(report: Report, project: Project) -> None:
    """Low execution is no misprint, but something that a check should point out."""
    if project.actual * 10 < project.budget * 6:
        report.notes.append(("low_execution", "P09", project.name))


def form(report: Report, project: Project) -> Rows:
    """项目支出绩效自评表: the money with its points, and indicators whose points and scores add up to the total."""
    chance, name = report.chance, project.name
    unit_name = report.style.table_unit

    def number(component: str, value: Decimal | int, phase: str, item: str = name) -> str:
        return report.score_cell(item, value, phase, component)

    rate = report.percent(project.actual, project.budget)
    score = (rate / 10).quantize(Decimal("0.01")) if rate < 100 else Decimal(10)

    def money(fen: int, phase: str, component: str) -> str:
        return report.cell(name, fen, phase, component, zero="0.00")

    rows: Rows = [
        [Span("项目名称", 1, 2), Span(name, 1, 6)],
        [Span("主管部门", 1, 2), Span(report.organization, 1, 2), "实施单位", Span(report.organization, 1, 3)],
        [
            Span(f"项目资金（{unit_name}）", 4),
            "",
            "年初预算数",
            "全年预算数（A）",
            "全年执行数（B）",
            "分值",
            "执行率（B/A）",
            "得分",
        ],
    ]
    rows.append(
        [
            "年度资金总额",
            money(project.initial, "initial_budget", "total"),
            money(project.budget, "budget", "total"),
            money(project.actual, "actual", "total"),
            number("execution", 10, "points"),
            report.rate_cell(name, rate),
            number("execution", score, "score"),
        ]
    )
    rows.append(
        [
            "其中：当年财政拨款",
            money(project.initial, "initial_budget", "income_fiscal"),
            money(project.budget, "budget", "income_fiscal"),
            money(project.actual, "actual", "income_fiscal"),
            *("—",) * 3,
        ]
    )
    rows.append(
        [
            "其他资金",
            *(money(0, phase, "income_other") for phase in ("initial_budget", "budget", "actual")),
            *("—",) * 3,
        ]
    )
    rows.append([Span("年度总体目标", 2), Span("预期目标", 1, 4), Span("实际完成情况", 1, 3)])
    rows.append([Span("按计划完成年度任务，保障业务工作开展", 1, 4), Span("已完成", 1, 3)])
    chosen = [_INDICATORS[at] for at in sorted(chance.sample(range(len(_INDICATORS)), chance.choice((4, 5, 6))))]
    points = _shared(chance.choice((10, 5)), 90, len(chosen))
    rows.append(
        [
            Span("绩效指标", len(chosen) + 1),
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
        ]
    )
    total = score
    for (first, second, third, target, result), worth in zip(chosen, points, strict=True):
        n = chance.randrange(2, 60)
        lost = chance.choice((0, 0, 0, 0, 1, 2))
        total += worth - lost
        rows.append(
            [
                first,
                second,
                third,
                target.format(n=n),
                result.format(m=n + chance.randrange(0, 3)),
                number("indicator", worth, "points", third),
                number("indicator", worth - lost, "score", third),
            ]
        )
    rows.append([Span("总分", 1, 6), number("total", 100, "points"), number("total", total, "score")])
    return rows


def _shared(step: int, whole: int, count: int) -> list[int]:
    """`whole` in `count` parts that are multiples of `step`."""
    each = whole // count // step * step or step
    parts = [each] * count
    parts[0] += whole - each * count
    return parts
