"""The books of an organisation: a budget and a final account for each year, from which every figure is printed.

All amounts are whole 分 (0.01 yuan) as int. Whatever is printed as a sum is one here, what was left over at the end of
a year is there at the beginning of the next, and a final account follows the budget of its year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from benchmarks.corpus.organizations import Organization, organization

YUAN = 100
WAN = 10_000 * YUAN
FIRST_YEARS = (2018, 2019, 2020, 2021, 2022)
YEARS_TOLD = 3

GENERAL, GOVERNMENT, STATE = "general_public", "government_fund", "state_capital"
_PENSION, _ANNUITY, _HOUSING = "2080505", "2080506", "2210201"
_THINGS = (
    *("信息化运行维护", "办公设备更新", "业务用房维修", "执法装备购置", "宣传与培训", "专项检查", "基层能力建设"),
    *("数据采集与分析", "政务服务窗口运行", "应急物资储备", "档案数字化", "标准化建设", "人才引进", "安全隐患整治"),
)


@dataclass(slots=True)
class Line:
    """A functional class (项): what it costs in basic and project expenditure of a fund, and out of own income."""

    code: str
    fund: str
    basic: int = 0
    project: int = 0
    own: int = 0

    @property
    def fiscal(self) -> int:
        """What the treasury pays."""
        return self.basic + self.project

    @property
    def total(self) -> int:
        """All of it."""
        return self.basic + self.project + self.own


@dataclass(slots=True)
class Project:
    """A project: its budget at the beginning, its budget after changes, what was spent."""

    name: str
    initial: int
    budget: int
    actual: int
    score: int = 100


@dataclass(slots=True)
class Account:
    """A budget or a final account of one year."""

    year: int
    lines: list[Line]
    economic: dict[str, int]
    overseas: int
    vehicle_purchase: int
    vehicle_operation: int
    reception: int
    goods: int
    works: int
    services: int
    opening: int = 0
    closing: int = 0
    own_kind: str = "income_other"
    projects: list[Project] = field(default_factory=list)

    def spent(self, fund: str = "") -> int:
        """What the treasury pays, of one fund or of all."""
        return sum(line.fiscal for line in self.lines if not fund or line.fund == fund)

    @property
    def own(self) -> int:
        """Income that is not from the treasury; all of it is spent on projects."""
        return sum(line.own for line in self.lines)

    @property
    def basic(self) -> int:
        """Basic expenditure, of general public funds."""
        return sum(line.basic for line in self.lines)

    @property
    def project(self) -> int:
        """Project expenditure of all money."""
        return sum(line.project + line.own for line in self.lines)

    @property
    def expenditure(self) -> int:
        """本年支出合计."""
        return self.basic + self.project

    @property
    def general_income(self) -> int:
        """General public income of the year; the carry-over is of this fund."""
        return self.spent(GENERAL) + self.closing - self.opening

    @property
    def fiscal_income(self) -> int:
        """Income of the year from the treasury."""
        return self.spent() + self.closing - self.opening

    @property
    def income(self) -> int:
        """本年收入合计."""
        return self.fiscal_income + self.own

    @property
    def total(self) -> int:
        """收入总计, which equals 支出总计."""
        return self.income + self.opening

    @property
    def fiscal_total(self) -> int:
        """财政拨款收入总计."""
        return self.fiscal_income + self.opening

    @property
    def personnel(self) -> int:
        """人员经费."""
        return sum(amount for code, amount in self.economic.items() if code[:3] in ("301", "303"))

    @property
    def public(self) -> int:
        """公用经费."""
        return self.basic - self.personnel

    @property
    def vehicle(self) -> int:
        """Cars: bought and run."""
        return self.vehicle_purchase + self.vehicle_operation

    @property
    def three_public(self) -> int:
        """“三公”经费."""
        return self.overseas + self.vehicle + self.reception

    @property
    def procurement(self) -> int:
        """政府采购支出总额."""
        return self.goods + self.works + self.services

    def classes(self, fund: str = "") -> Iterator[tuple[str, list[Line]]]:
        """The lines by 类, in the order of codes."""
        groups: dict[str, list[Line]] = {}
        for line in sorted(self.lines, key=lambda line: line.code):
            if not fund or line.fund == fund:
                groups.setdefault(line.code[:3], []).append(line)
        yield from groups.items()


@dataclass(slots=True)
class Book:
    """What an organisation published over the years: budgets and final accounts by year, people and cars."""

    organization: Organization
    first_year: int
    budgets: dict[int, Account]
    finals: dict[int, Account]
    staff: int
    posts: int
    cars: int

    @property
    def years(self) -> range:
        """The years that documents are about; there are books of the year before too."""
        return range(self.first_year, self.first_year + YEARS_TOLD)


def _near(chance: Random, amount: int, low: float, high: float) -> int:
    """An amount times a factor, in whole 元."""
    return int(amount * chance.uniform(low, high) / YUAN) * YUAN


def _economic(chance: Random, is_office: bool, staff: int, reception: int, vehicle: int) -> dict[str, int]:
    wage = staff * chance.randrange(40_000, 60_000) * YUAN
    shares = {"30101": 1.0, "30102" if is_office else "30107": 0.8, "30103": 0.4, "30113": 0.2}
    shares |= {"30108": 0.32, "30109": 0.16, "30110": 0.14, "30112": 0.01}
    kept = {code: _near(chance, int(wage * share), 0.93, 1.07) for code, share in shares.items()}
    kept["30302"] = chance.randrange(1, 40) * 1000 * YUAN
    if chance.random() < 0.5:
        kept["30305"] = chance.randrange(3, 90) * 100 * YUAN
    office = staff * chance.randrange(9_000, 22_000) * YUAN
    names = ["30201", "30205", "30206", "30207", "30211", "30213", "30216", "30226", "30228", "30239", "30299"]
    for code in sorted(chance.sample(names, 4)):
        kept[code] = _near(chance, office // 4, 0.4, 1.6)
    if reception:
        kept["30217"] = reception
    if vehicle:
        kept["30231"] = vehicle
    if chance.random() < 0.4:
        kept["31002"] = chance.randrange(5, 90) * 1000 * YUAN
    return dict(sorted(kept.items()))


def _lines(economic: dict[str, int], running: str, medical: str, projects: dict[str, int]) -> list[Line]:
    basic = sum(economic.values())
    named = {_PENSION: economic["30108"], _ANNUITY: economic["30109"]}
    named |= {medical: economic["30110"], _HOUSING: economic["30113"]}
    lines = {code: Line(code, GENERAL, basic=amount) for code, amount in named.items()}
    lines[running] = Line(running, GENERAL, basic=basic - sum(named.values()))
    for code, amount in projects.items():
        lines.setdefault(code, Line(code, GENERAL)).project += amount
    return sorted(lines.values(), key=lambda line: line.code)


def _projects(chance: Random, year: int, whole: int) -> list[Project]:
    """Two or three projects that together cost a part of the project expenditure."""
    names = chance.sample(_THINGS, chance.choice((2, 3)))
    left, made = whole, []
    for name in names:
        actual = _near(chance, left, 0.15, 0.45)
        left -= actual
        low = chance.random() < 0.06
        budget = _near(chance, actual, 1.8, 2.6) if low else _near(chance, actual, 1.0, 1.09)
        initial = budget if chance.random() < 0.6 else _near(chance, budget, 0.85, 1.1)
        made.append(Project(f"{name}{chance.choice(('经费', '项目', '专项经费', ''))}", initial, budget, actual))
    return made


def book(seed: int, number: int, version: int = 0) -> Book:
    """The books of the `number`-th organisation; another version has the same publisher and years, other figures."""
    return _book(seed, number, version)


@lru_cache(maxsize=4)
def _book(seed: int, number: int, version: int) -> Book:
    who = organization(seed, number)
    settled = Random(f"{seed}/{number}")
    first = settled.choice(FIRST_YEARS)
    staff = settled.randrange(8, 160)
    posts, cars = staff + settled.randrange(0, 9), settled.choice((0, 0, 1, 2, 3, 5, 8))
    chance = Random(f"{seed}/{number}/{version}")
    medical = "2101101" if who.is_office else "2101102"
    running, *others = who.classes
    targets = (others or [running])[: chance.choice((1, 2, 3))]
    scale = staff * chance.randrange(20_000, 200_000) * YUAN // len(targets)
    base = {code: _near(chance, scale, 0.3, 1.7) for code in targets}
    has_fund, has_state, has_own = (chance.random() < share for share in (0.18, 0.04, 0.3))
    own_kind = chance.choice(("income_other", "income_undertaking")) if not who.is_office else "income_other"
    goes_abroad, receives, carries = chance.random() < 0.15, chance.random() < 0.8, chance.random() < 0.6
    plan_reception = chance.randrange(5, 90) * 1000 * YUAN if receives else 0
    plan_running = cars * chance.randrange(20, 42) * 1000 * YUAN
    kept = Book(who, first, {}, {}, staff, posts, cars)
    opening = _near(chance, scale, 0.01, 0.06) if carries else 0
    for year in range(first - 1, first + YEARS_TOLD):
        plan_reception = _near(chance, plan_reception, 0.85, 1.0)
        plan_running = _near(chance, plan_running, 0.9, 1.05)
        abroad = chance.randrange(2, 30) * 10_000 * YUAN if goes_abroad and year != 2021 else 0
        bought = chance.randrange(12, 36) * 10_000 * YUAN if cars > 2 and chance.random() < 0.2 else 0
        planned = _economic(chance, who.is_office, staff, plan_reception, plan_running)
        base = {code: _near(chance, amount, 0.85, 1.22) for code, amount in base.items()}
        own = _near(chance, scale, 0.05, 0.3) if has_own else 0
        others_planned = _funds(chance, scale, has_fund, has_state)
        budget = Account(
            year,
            [*_lines(planned, running, medical, base), *others_planned],
            planned,
            abroad,
            bought,
            plan_running,
            plan_reception,
            *(_near(chance, scale, 0.01, high) for high in (0.2, 0.1, 0.4)),
            own_kind=own_kind,
        )
        budget.lines[_at(budget.lines, targets[0])].own = own
        reception, operation = _near(chance, plan_reception, 0.64, 0.98), _near(chance, plan_running, 0.9, 1.0)
        used = {code: _near(chance, amount, 0.94, 1.03) for code, amount in planned.items()}
        used |= {code: amount for code, amount in (("30217", reception), ("30231", operation)) if amount}
        final = Account(
            year,
            _lines(used, running, medical, {code: _near(chance, amount, 0.91, 1.02) for code, amount in base.items()}),
            used,
            _near(chance, abroad, 0.9, 1.0),
            _near(chance, bought, 0.9, 1.0),
            operation,
            reception,
            *(_near(chance, amount, 0.8, 1.1) for amount in (budget.goods, budget.works, budget.services)),
            opening=opening,
            own_kind=own_kind,
        )
        final.lines += [
            Line(line.code, line.fund, project=_near(chance, line.project, 0.9, 1.0)) for line in others_planned
        ]
        final.lines[_at(final.lines, targets[0])].own = _near(chance, own, 0.85, 1.0)
        final.closing = opening = _near(chance, final.project, 0.01, 0.05) if carries else 0
        final.projects = _projects(chance, year, sum(line.project for line in final.lines))
        kept.budgets[year], kept.finals[year] = budget, final
    return kept


def _at(lines: list[Line], code: str) -> int:
    return next(at for at, line in enumerate(lines) if line.code == code)


def _funds(chance: Random, scale: int, has_fund: bool, has_state: bool) -> list[Line]:
    lines = []
    if has_fund:
        lines.append(Line(chance.choice(("2120803", "2120899")), GOVERNMENT, project=_near(chance, scale, 0.1, 2)))
    if has_state:
        lines.append(Line("2239999", STATE, project=_near(chance, scale, 0.05, 0.4)))
    return lines
