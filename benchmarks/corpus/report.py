"""A report while it is written: its parts, its way with numbers, and every figure that it prints.

Sentences are templates with figures in them. A figure is remembered when it is formatted and not before, so of the
templates that could have been chosen only the one that was leaves anything in the truth. A planted mistake changes
one of these figures on its way into print.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

YUAN, WAN = 100, 1_000_000


class Span(NamedTuple):
    """A cell that reaches over several rows or columns."""

    text: str
    rows: int = 1
    columns: int = 1


Rows = list[list[str | Span]]


class Heading(NamedTuple):
    """A heading; 1 is the highest level."""

    text: str
    level: int


class Key(NamedTuple):
    """What a figure is, in the words of marts.fct_figure."""

    item: str
    component: str
    phase: str
    source_kind: str


class Printed(NamedTuple):
    """A figure as it was printed: `value` in yuan, percent, points or pieces."""

    key: Key
    fund: str
    value: Decimal
    unit: str
    organization: str
    year: int


@dataclass(frozen=True, slots=True)
class Style:
    """How an office writes: units and decimals of prose and tables, thousands separators, words that vary."""

    prose_unit: str
    prose_places: int
    table_unit: str
    table_places: int
    is_grouped: bool
    zero: str
    percent_places: int
    numbering: int
    year_word: str
    three_public: str
    last_year: str

    def amount(self, fen: int, *, in_table: bool) -> tuple[str, Decimal]:
        """An amount as digits without its unit, and the yuan that these digits say."""
        unit, places = (self.table_unit, self.table_places) if in_table else (self.prose_unit, self.prose_places)
        factor = WAN if unit == "万元" else YUAN
        number = Decimal(fen) / factor
        shown = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return (f"{shown:,}" if self.is_grouped else f"{shown}"), shown * (factor // YUAN)


_UNITS = (
    *((("万元", 2), ("万元", 2)),) * 10,
    (("万元", 2), ("万元", 6)),
    (("万元", 2), ("万元", 4)),
    (("万元", 4), ("万元", 4)),
    (("万元", 6), ("万元", 6)),
    *((("万元", 2), ("元", 2)),) * 2,
    (("元", 2), ("元", 2)),
    (("万元", 2), ("元", 0)),
)


def style(chance: Random) -> Style:
    """The habits of an office."""
    (prose_unit, prose_places), (table_unit, table_places) = chance.choice(_UNITS)
    return Style(
        prose_unit,
        prose_places,
        table_unit,
        table_places,
        is_grouped=prose_unit == "元" or chance.random() < 0.3,
        zero=chance.choice(("", "", "", "", "0.00")),
        percent_places=chance.choice((2, 2, 2, 1)),
        numbering=chance.randrange(3),
        year_word=chance.choice(("年", "年度", "年度")),
        three_public=chance.choice(("“三公”经费", "“三公”经费", "三公经费", "“三公经费”")),
        last_year=chance.choice(("上年", "上年度", "{p}年", "{p}年度", "上一年度")),
    )


@dataclass(frozen=True, slots=True)
class Mistake:
    """A figure that is printed wrongly: which one, how, and the rules of which one should tell."""

    name: str
    key: Key
    change: Callable[[str, Random], str | None]
    rules: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """A disclosure while it is written: `chance` decides on words, `naming` on the title, which no later round changes.

     `planted` is what should stand where the mistake was printed, and
    `misprint` what does."""

    number: int
    kind: str
    organization: str
    year: int
    chance: Random
    style: Style
    naming: Random
    title: str = ""
    parts: list[str | Heading | Rows] = field(default_factory=list)
    figures: list[Printed] = field(default_factory=list)
    mistake: Mistake | None = None
    planted: Printed | None = None
    misprint: Printed | None = None
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    # Figures

    def money(self, item: str, fen: int, phase: str = "actual", component: str = "total", fund: str = "all") -> Figure:
        """An amount with its unit."""
        return Figure(self, Key(item, component, phase, "narrative"), fen, fund, "yuan")

    def share(self, item: str, part: int, whole: int, phase: str = "share_pct") -> Figure:
        """A part of a whole in percent."""
        return Figure(self, Key(item, "total", phase, "narrative"), self.percent(part, whole), "all", "percent")

    def count(self, item: str, number: int, component: str = "total", phase: str = "count") -> Figure:
        """A number of people or things."""
        return Figure(self, Key(item, component, phase, "narrative"), number, "all", "count")

    def points(self, item: str, number: Decimal | int, component: str = "total", phase: str = "score") -> Figure:
        """A score."""
        return Figure(self, Key(item, component, phase, "narrative"), number, "all", "score")

    def percent(self, part: int, whole: int) -> Decimal:
        """A percentage, rounded as the office does."""
        places = Decimal(1).scaleb(-self.style.percent_places)
        return (Decimal(part * 100) / whole).quantize(places, ROUND_HALF_UP) if whole else Decimal(0)

    def cell(
        self, item: str, fen: int, phase: str = "actual", component: str = "total", fund: str = "all", *, zero: str = ""
    ) -> str:
        """An amount in a table, or what the office puts where there is none."""
        if not fen and not (zero or self.style.zero):
            return ""
        return format(Figure(self, Key(item, component, phase, "table"), fen, fund, "yuan"))

    def score_cell(self, item: str, number: Decimal | int, phase: str, component: str) -> str:
        """Points or a score in a table."""
        return format(Figure(self, Key(item, component, phase, "table"), number, "all", "score"))

    def rate_cell(self, item: str, percent: Decimal) -> str:
        """A rate of execution in a table."""
        return format(Figure(self, Key(item, "total", "execution_pct", "table"), percent, "all", "percent"))

    def change(self, item: str, now: int, before: int) -> Change:
        """A comparison with the year before: the amount and the percentage, with the words for up or down."""
        return Change(self, item, now, before)

    def last_year(self) -> str:
        """The year before, in the words of this office."""
        return self.style.last_year.format(p=self.year - 1)

    # Parts

    @property
    def when(self) -> str:
        """2023年 or 2023年度."""
        return f"{self.year}{self.style.year_word}"

    def heading(self, text: str, level: int = 2) -> None:
        """A heading."""
        self.parts.append(Heading(text, level))

    def say(self, *templates: str, **slots: object) -> None:
        """A paragraph made of one of these templates; `o` office, `y` year, `u` 本单位, `w` 三公."""
        text = templates[0] if len(templates) == 1 else self.chance.choice(templates)
        self.parts.append(self.fill(text, **slots))

    def fill(self, template: str, **slots: object) -> str:
        """A template with its slots filled; figures in it are printed now."""
        words = {"o": self.organization, "y": self.when, "u": "本单位", "w": self.style.three_public}
        return template.format(**words, **slots)

    def table(self, rows: Rows) -> None:
        """A table."""
        self.parts.append(rows)


_CHANGES = (
    "比{last}{up}{by}，{grow}{rate}",
    "较{last}{up}{by}，{grow}{rate}",
    "与{last}相比{up}{by}，{grow}{rate}",
    "比{last}决算数{up}{by}，{grow}{rate}",
    "较{last}{up}{by}，{up}{rate}",
    "较{last}{up}{by}（{grow}{rate}）",
)
_CHANGES_FROM_NOTHING = ("比{last}{up}{by}", "较{last}{up}{by}，{last}无此项支出")


class Figure:
    """A figure that is printed, and remembered, when a template is filled with it. `{figure:n}` leaves the unit out."""

    __slots__ = ("fund", "is_absolute", "key", "number", "report", "unit")

    def __init__(
        self, report: Report, key: Key, number: int | Decimal, fund: str, unit: str, *, is_absolute: bool = False
    ) -> None:
        self.report, self.key, self.number, self.fund, self.unit = report, key, number, fund, unit
        self.is_absolute = is_absolute

    def __format__(self, spec: str) -> str:
        report = self.report
        in_table = self.key.source_kind == "table"
        suffix = ""
        if self.unit == "yuan":
            digits, value = report.style.amount(int(self.number), in_table=in_table)
            suffix = "" if in_table or spec == "n" else report.style.prose_unit
        else:
            digits, value = f"{self.number}", Decimal(self.number)
            suffix = "%" if self.unit == "percent" and spec != "n" else ""
        printed = Printed(self.key, self.fund, value, self.unit, report.organization, report.year)
        if report.mistake is not None and report.planted is None and report.mistake.key == self.key:
            changed = report.mistake.change(digits, Random(f"{report.number}/{digits}"))
            if changed is not None and changed != digits:
                report.planted = printed
                factor = value / Decimal(digits.replace(",", "")) if value else Decimal(1)
                printed = printed._replace(value=Decimal(changed.replace(",", "")) * factor)
                report.misprint, digits = printed, changed
        report.figures.append(printed)
        if self.is_absolute:
            digits = digits.lstrip("-")
        return digits + suffix

    def __str__(self) -> str:
        return format(self)


class Change:
    """A comparison with the year before, printed when a template is filled with it."""

    __slots__ = ("before", "item", "now", "report")

    def __init__(self, report: Report, item: str, now: int, before: int) -> None:
        self.report, self.item, self.now, self.before = report, item, now, before

    def __format__(self, spec: str) -> str:
        report, last = self.report, self.report.last_year()
        amount = abs(self.now - self.before)
        if not amount:
            return report.chance.choice(("与{last}持平", "与{last}相比无变化")).format(last=last)
        sign, up, grow = (1, "增加", "增长") if self.now > self.before else (-1, "减少", "下降")
        percent = sign * report.percent(amount, self.before)
        keys = [Key(self.item, "total", phase, "narrative") for phase in ("change", "change_pct")]
        by = Figure(report, keys[0], sign * amount, "all", "yuan", is_absolute=True)
        rate = Figure(report, keys[1], percent, "all", "percent", is_absolute=True)
        text = report.chance.choice(_CHANGES if self.before else _CHANGES_FROM_NOTHING)
        return text.format(last=last, up=up, grow=grow, by=by, rate=rate)
