"""What the grammar knows while it reads: the open section, levels and subject, and what leads up to a number."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.document import Block
from loaders.narrative.lexer import Kind, Token
from loaders.numbers import PrintedNumber, Unit, UnitKind
from loaders.reading import Meaning, Reading, Report
from loaders.repair import Repaired
from loaders.vocabulary import Section

# Pauses that part clauses; brackets and colons do not.
_CLAUSE_PAUSES = frozenset("，；、")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the prose speaks of: an item of the vocabulary, or a named function, project or part (`statement` set).

    `number` is the last amount printed of it, `phase` that amount's phase, `phase_was_said` whether it was printed.
    """

    item: str
    statement: str | None = None
    label: str = ""
    component: str = "total"
    fund: str = "all"
    path: str = ""
    number: int | None = None
    phase: str | None = None
    phase_was_said: bool = False
    kind: UnitKind = UnitKind.YUAN

    def is_same_as(self, other: Subject) -> bool:
        """Whether both speak of the same item and part."""
        return (self.item, self.component, self.path) == (other.item, other.component, other.path)


@dataclass(slots=True)
class Level:
    """An open 其中: the whole; whether it stays open over paragraphs because it ended one (`sticky`); the bracket depth
    and the list level (9: none) at which it was opened, which tell what closes it."""

    parent: Subject
    sticky: bool = False
    depth: int = 0
    numbering: int = 9


@dataclass(slots=True)
class State:
    """What carries over from block to block of a report."""

    report: Report
    section: Section | None = None
    heading_terms: list[str] = field(default_factory=list)
    headings: list[tuple[int, Section | None]] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    follows_heading: bool = False
    next_number: int = 1

    @property
    def section_code(self) -> str:
        """The code of the open section, empty if none is known."""
        return self.section.code if self.section else ""

    @property
    def level(self) -> Level | None:
        """The innermost open level."""
        return self.levels[-1] if self.levels else None

    def close(self, *, sticky: bool = False) -> None:
        """Close the levels that end with a sentence; with `sticky`, all."""
        self.levels = [] if sticky else [level for level in self.levels if level.sticky]

    def level_over(self, subject: Subject) -> Level | None:
        """The level that `subject` is a part of; a sticky one closes when its own whole is printed again."""
        level = self.level
        if level is None:
            return None
        if level.parent.is_same_as(subject):
            if level.sticky:
                self.levels.pop()
            return None
        return level

    def excuse(self, reason: str) -> str:
        """Why a number has no meaning: the section's own reason, where it has one, before `reason`."""
        return self.section.reason if self.section and self.section.reason else reason


@dataclass(slots=True)
class Sentence:
    """What is known at a point inside a block.

    `lead` are the tokens since the last figure or stop, `start` and `lead_start` where the sentence and they begin;
    `fresh` tells whether the subject was set in this sentence; `carried` is the relation that an amount leaves for the
    percentage after it (phase, base, base phase); `last_amounts` and `last_actuals` are the last amount and the last
    spending of each item in the block; `respective` are where the numbers of a list stand that 分别 deals out;
    `amount_years` are the years of the amounts of this sentence.
    """

    text: str
    project: str | None
    own_year: int | None
    numbering: int
    subject: Subject | None = None
    year: int | None = None
    fresh: bool = False
    start: int = 0
    lead: list[Token] = field(default_factory=list)
    lead_start: int = 0
    depth: int = 0
    carried: tuple[str, str, str | None] | None = None
    last_amounts: dict[str, int] = field(default_factory=dict)
    last_actuals: dict[str, int] = field(default_factory=dict)
    by_kind: dict[UnitKind, Subject] = field(default_factory=dict)
    respective: frozenset[int] = frozenset()
    amount_years: dict[str, int] = field(default_factory=dict)

    def end(self, at: int) -> None:
        """The sentence ended before `at`."""
        self.lead = []
        self.lead_start = self.start = at
        self.carried = None
        self.amount_years = {}
        self.year = self.own_year
        self.fresh = False

    def figure(self, at: int) -> None:
        """A figure ended before `at`."""
        self.fresh = True
        self.lead = []
        self.lead_start = at


@dataclass(frozen=True, slots=True)
class Spot:
    """A number with what leads up to it: the tokens of its clause, and where the clause begins."""

    state: State
    sentence: Sentence
    number: PrintedNumber
    clause: tuple[Token, ...]
    clause_start: int

    @classmethod
    def at(cls, state: State, sentence: Sentence, number: PrintedNumber) -> Spot:
        """The spot of `number` in a sentence that was read up to it."""
        lead = [t for t in sentence.lead if t.end <= number.start]
        pauses = [i for i, t in enumerate(lead) if t.kind is Kind.PAUSE and t.text in _CLAUSE_PAUSES]
        first = pauses[-1] + 1 if pauses else 0
        start = lead[pauses[-1]].end if pauses else sentence.lead_start
        return cls(state, sentence, number, tuple(lead[first:]), start)

    @property
    def lead_text(self) -> str:
        """The clause up to the number."""
        return self.sentence.text[self.clause_start : self.number.start]

    def terms(self, before: int | None = None) -> list[Token]:
        """The terms of the clause, those that end by `before` only."""
        return [t for t in self.clause if t.is_term and (before is None or t.end <= before)]


@dataclass(frozen=True, slots=True)
class Page:
    """A block that is being read; makes its readings."""

    state: State
    block: Block
    repaired: Repaired

    def no_figure(self, number: PrintedNumber, reason: str, term: str = "") -> Reading:
        """A number that has no meaning, and why."""
        return self._reading(number, None, reason, number.unit, term=term)

    def figure(
        self,
        number: PrintedNumber,
        meaning: Meaning,
        year: int | None,
        *,
        unit: Unit | None = None,
        sign: int = 1,
    ) -> Reading:
        """A number with its meaning; `unit` where none was printed."""
        return self._reading(number, meaning, "figure", unit or number.unit, sign=sign, year=year)

    def _reading(
        self,
        number: PrintedNumber,
        meaning: Meaning | None,
        outcome: str,
        unit: Unit | None,
        *,
        sign: int = 1,
        year: int | None = None,
        term: str = "",
    ) -> Reading:
        start, end = self.repaired.span(number.start, number.end)
        _, digits_end = self.repaired.span(number.start, number.digits_end)
        quote_start, quote_end = _quote(self.repaired, number.start, number.end)
        reading = Reading(
            number_no=self.state.next_number,
            report_no=self.state.report.report_no,
            block_no=self.block.block_no,
            char_start=start,
            char_end=end,
            digits_end=digits_end,
            digits=number.digits.removeprefix("-"),
            decimals=number.decimals,
            unit=unit.text if unit else None,
            unit_implied=meaning is not None and number.unit is None,
            # 下降-5.3%: the minus is printed, and counts once
            sign=-1 if number.digits.startswith("-") else sign,
            fiscal_year=year if year is not None else self.state.report.fiscal_year,
            section=self.state.section.code if self.state.section else None,
            quote_start=quote_start,
            quote_end=quote_end,
            outcome=outcome,
            meaning=meaning,
            term=term[:100],
        )
        self.state.next_number += 1
        return reading


def _quote(repaired: Repaired, start: int, end: int) -> tuple[int, int]:
    """The span in print of the sentence around `start:end` of the repaired text."""
    text = repaired.text
    first = max(text.rfind(mark, 0, start) for mark in "。！？\n") + 1
    stops = [at for at in (text.find(mark, end) for mark in "。！？\n") if at >= 0]
    last = min(stops) + 1 if stops else len(text)
    while first < start and text[first].isspace():
        first += 1
    return repaired.span(first, max(last, end))
