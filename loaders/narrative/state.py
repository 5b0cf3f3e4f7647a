"""What the grammar knows while it reads: the open section, levels and subject, and what leads up to a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loaders.document import Block
from loaders.narrative.dealt import Dealt
from loaders.narrative.lexer import Kind, Token
from loaders.numbers import PrintedNumber, Unit, UnitKind
from loaders.reading import Meaning, Reading, Report
from loaders.repair import Repaired
from loaders.vocabulary import Section

# Characters of a quote on either side of its number: the longest sentence seen has 900, and a text without a full stop
# would be quoted whole for each of its numbers.
_QUOTE = 1000
# Pauses that part clauses; brackets and colons do not.
_CLAUSE_PAUSES = frozenset("，；、")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the prose speaks of: an item of the vocabulary, or a named function, project or part (`statement` set).

    `number` is the last amount printed of it, `phase` that amount's phase, `phase_was_said` whether it was printed,
    `unit` its printed unit, `printed` the term that named it.
    """

    item: str
    statement: str | None = None
    label: str = ""
    component: str = "total"
    fund: str = "all"
    path: str = ""
    code: str | None = None
    number: int | None = None
    phase: str | None = None
    phase_was_said: bool = False
    kind: UnitKind = UnitKind.YUAN
    unit: str = ""
    printed: str = ""

    def is_same_as(self, other: Subject) -> bool:
        """Whether both speak of the same item and part."""
        return (self.item, self.component, self.path) == (other.item, other.component, other.path)


@dataclass(slots=True)
class Level:
    """An open 其中: its whole, that whole's amounts by their phase, and what tells when it closes.

    `sticky` levels stay open over paragraphs because they ended one; `depth` is the bracket and `numbering` the list
    level (9: none) at which it was opened; `listed` is set once a numbered paragraph stood in it; `among` if …中，
    opened it.
    """

    parent: Subject
    amounts: Mapping[str, int] = field(default_factory=dict)
    sticky: bool = False
    depth: int = 0
    numbering: int = 9
    listed: bool = False
    among: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """An open heading: its level (1 highest), the section that it names, and whether it is about what was spent."""

    level: int
    section: Section | None
    is_final: bool


@dataclass(slots=True)
class State:
    """What carries over from block to block of a report.

    `as_of` is the year that one paragraph set for the next ones, `counted_in` that of the day on which the paragraph
    before counted what there is, `told` the first subject of the paragraph before, `headings` those that are open,
    `suspended` the levels whose items this paragraph is none of.
    """

    report: Report
    section: Section | None = None
    heading_terms: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    suspended: list[Level] = field(default_factory=list)
    follows_heading: bool = False
    as_of: int | None = None
    counted_in: int | None = None
    told: Subject | None = None
    next_number: int = 1

    @property
    def section_code(self) -> str:
        """The code of the open section, empty if none is known."""
        return self.section.code if self.section else ""

    @property
    def is_final(self) -> bool:
        """Whether the innermost heading that says so tells of what was spent: 上年决算情况, in a budget."""
        return bool(self.headings) and self.headings[-1].is_final

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
    `fresh` tells whether the subject was set in this sentence; `brackets` has the subject and the year before each
    open bracket; `stray` is why the last number since the last figure or stop is no figure; `as_of` is the year of a
    截至 in the paragraph; `first` is the first subject of an amount, `changed` the subject and direction of the change
    before, `before_reason` the subject that a reason with amounts of its own was given for; `carried` is the relation
    that an amount leaves for the percentage after it (phase, base, base phase). `amounts` has the last number of each
    item and part by phase, `last_amounts` and `last_actuals` the last amount and the last spending of each item in the
    block, `by_kind` the last subject of each kind of unit, `amount_years` the years of the amounts of this sentence.
    `dealt` has the numbers of a list that 分别 deals out.
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
    brackets: list[tuple[Subject | None, int | None]] = field(default_factory=list)
    stray: str = ""
    as_of: int | None = None
    first: Subject | None = None
    changed: tuple[Subject, int] | None = None
    before_reason: Subject | None = None
    carried: tuple[str, str, str | None] | None = None
    amounts: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    last_amounts: dict[str, int] = field(default_factory=dict)
    last_actuals: dict[str, int] = field(default_factory=dict)
    by_kind: dict[UnitKind, Subject] = field(default_factory=dict)
    dealt: Mapping[int, Dealt] = field(default_factory=dict)
    amount_years: dict[str, int] = field(default_factory=dict)

    def end(self, at: int) -> None:
        """The sentence ended before `at`."""
        self.lead = []
        self.lead_start = self.start = at
        if self.before_reason is not None:
            self.subject, self.before_reason = self.before_reason, None
        self.carried = self.changed = None
        self.amount_years = {}
        self.year = self.own_year
        self.fresh, self.stray = False, ""

    def figure(self, at: int) -> None:
        """A figure ended before `at`."""
        self.fresh = True
        self.stray = ""
        self.lead = []
        self.lead_start = at


@dataclass(frozen=True, slots=True)
class Spot:
    """A number with what leads up to it: the tokens of its clause, and where the clause begins.

    `ahead` is the token that follows at once (27个预算单位), `given` the term that 分别 deals the number out to.
    """

    state: State
    sentence: Sentence
    number: PrintedNumber
    clause: tuple[Token, ...]
    clause_start: int
    ahead: Token | None = None
    given: Token | None = None

    @classmethod
    def at(cls, state: State, sentence: Sentence, number: PrintedNumber, ahead: Token | None = None) -> Spot:
        """The spot of `number` in a sentence that was read up to it."""
        dealt = sentence.dealt.get(number.start)
        if dealt is not None and dealt.term is not None:
            return cls(state, sentence, number, (dealt.term, *dealt.words), dealt.start, given=dealt.term)
        lead = [t for t in sentence.lead if t.end <= number.start]
        pauses = [i for i, t in enumerate(lead) if t.kind is Kind.PAUSE and t.text in _CLAUSE_PAUSES]
        first = pauses[-1] + 1 if pauses else 0
        start = lead[pauses[-1]].end if pauses else sentence.lead_start
        if ahead is not None and not (ahead.is_term and ahead.start == number.end):
            ahead = None
        return cls(state, sentence, number, tuple(lead[first:]), start, ahead)

    @property
    def lead_text(self) -> str:
        """The clause up to the number."""
        return self.sentence.text[self.clause_start : self.number.start]

    def item_text(self, end: int) -> str:
        """The item of a list up to `end`; it may hold a 、 of its own: 行政立法、执法464.40万元."""
        text = self.sentence.text[self.sentence.lead_start : end]
        return text[max(text.rfind(mark) for mark in "，；：。") + 1 :].strip("、")

    def relation(self, *roles: str) -> Token | None:
        """The last token of the clause with one of these roles; those in brackets, 下降（增长）, only if all are."""
        having = [t for t in self.clause if t.has_role(*roles)]
        text = self.sentence.text
        plain = [t for t in having if is_plain(text[self.clause_start : t.start])]
        return next(reversed(plain or having), None)

    def terms(self, before: int | None = None) -> list[Token]:
        """The terms of the clause, those that end by `before` only."""
        return [t for t in self.clause if t.is_term and (before is None or t.end <= before)]


@dataclass(frozen=True, slots=True)
class Page:
    """A block that is being read; makes its readings, whose quotes reach so far on either side of their number."""

    state: State
    block: Block
    repaired: Repaired
    reach: int = _QUOTE

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
        quote_start, quote_end = _quote(self.repaired, number.start, number.end, self.reach)
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


def is_plain(before: str) -> bool:
    """Whether no bracket is open behind a text."""
    return before.count("（") <= before.count("）")


def _quote(repaired: Repaired, start: int, end: int, reach: int) -> tuple[int, int]:
    """The span in print of the sentence around `start:end` of the repaired text, or of its nearer part."""
    text = repaired.text
    least, most = max(0, start - reach), min(len(text), end + reach)
    first = max(least, *(text.rfind(mark, least, start) + 1 for mark in "。！？\n"))
    stops = [at for at in (text.find(mark, end, most) for mark in "。！？\n") if at >= 0]
    last = min(stops) + 1 if stops else most
    while first < start and text[first].isspace():
        first += 1
    return repaired.span(first, max(last, end))
