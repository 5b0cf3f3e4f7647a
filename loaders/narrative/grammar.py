"""The grammar of disclosure prose: which figure each number of a paragraph is.

Takes a report's blocks one by one; gives a `Reading` for every number. Sections set the default subject and phase,
sentences the year; a number binds to the nearest term before it in its clause, or to the subject that is still open;
其中 opens a level and the end of the sentence closes it; relation words make a number a change, share or rate of its
subject. `docs/narrative.md` gives the rules with examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from loaders import outline
from loaders.document import Block, BlockKind
from loaders.narrative import names
from loaders.narrative.lexer import Kind, Lexer, Token
from loaders.narrative.reading import FIGURE, Meaning, Reading, Report
from loaders.narrative.vocabulary import Section, Term, Vocabulary
from loaders.numbers import PrintedNumber, Unit, UnitKind
from loaders.repair import Repaired

# Items of the whole unit that, inside a report on one project, speak of that project.
_PROJECT_ITEMS = frozenset({"project_funds", "expenditure_project", "expenditure_total", "total_funds"})
_BUDGET_PHASES = frozenset({"budget", "initial_budget", "supplementary_budget"})
_DOCUMENT_YEAR = re.compile(r"〔((?:19|20)\d{2})〕")
# 项目 without a name, where no project is open, means all projects together: 项目全年预算数…
_PROJECTS = re.compile(r"(?:其中：?)?(?:20\d\d年度?)?(?:全年|年初|年中|本年|当年)?(?:追加)?(?:全部|所有)?项目(?!绩效)")
# What a change is measured against: 较上年, 与2020年相比, 较预算数.
_COMPARED_WITH = re.compile(r"[比较与](?P<base>[^，。；、比较与]{0,8}?(?:年度?|上年|去年|同期|预算数?|决算数?|年初数))")
# 年中追加项目4个：甲，乙，…，涉及金额1178万元: the sum of what was just counted.
_COUNTED_PROJECTS = re.compile(r"项目\d+个")
_SUM = re.compile(r"(?:涉及|合计|共计|总计|累计)(?:金额|资金)?(?:为|约)?$")
_MONEY_UNIT_NEAR = re.compile(r"\d(万元|亿元|元)")


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the prose speaks of: an item, or a named function, project or part."""

    item: str
    statement: str | None = None
    label: str = ""
    component: str = "total"
    fund: str = "all"
    number: int | None = None
    phase: str | None = None
    phase_was_said: bool = False
    kind: UnitKind = UnitKind.YUAN


@dataclass(slots=True)
class _Level:
    """An open 其中: the whole, and whether it stays open over paragraphs because it ended one."""

    parent: _Subject
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
    levels: list[_Level] = field(default_factory=list)
    next_number: int = 1


@dataclass(slots=True)
class _Sentence:
    """What is known at a point inside a block."""

    text: str
    subject: _Subject | None
    project: str | None
    year: int | None
    own_year: int | None
    fresh: bool = False
    start: int = 0
    by_kind: dict[UnitKind, _Subject] = field(default_factory=dict)
    lead: list[Token] = field(default_factory=list)
    lead_start: int = 0
    carried: tuple[str, str, str | None] | None = None
    last_amounts: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    numbering: int = 9


class Grammar:
    """Reads blocks of prose; holds the vocabulary and its lexer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._lexer = Lexer(vocabulary)

    # -- blocks ------------------------------------------------------------------------------------------------------

    def read(self, state: State, block: Block, repaired: Repaired) -> list[Reading]:
        """The readings of a heading or paragraph, in order; `state` moves on."""
        text = repaired.text
        if block.kind is BlockKind.HEADING or self._is_bare_heading(text):
            self._enter_section(state, block, text)
            if block.kind is BlockKind.HEADING:
                return self._not_figures(state, block, repaired, "heading")
        if state.section and state.section.reason == "glossary":
            return self._not_figures(state, block, repaired, "glossary")
        if self._is_row(text):
            return self._not_figures(state, block, repaired, "table_text")
        return self._paragraph(state, block, repaired)

    def _is_row(self, text: str) -> bool:
        """A row of a table that lost its cells: several bare numbers and no punctuation."""
        if re.search(r"[，。；：]", text):
            return False
        return sum(1 for number in self._lexer.numbers(text) if number.unit is None and number.decimals) >= 2

    def _is_bare_heading(self, text: str) -> bool:
        """A heading that lost its number: short, no stop, and it names a section."""
        line = text.strip("、 \n")
        return len(line) <= 30 and not re.search(r"[。，；：\d]", line) and self._vocabulary.section(line) is not None

    def _enter_section(self, state: State, block: Block, text: str) -> None:
        level = block.level or 4
        while state.headings and state.headings[-1][0] >= level:
            state.headings.pop()
        section = self._vocabulary.section(text)
        state.headings.append((level, section))
        state.section = next((s for _, s in reversed(state.headings) if s is not None), None)
        state.levels.clear()
        state.heading_terms = [
            t.text for t in self._lexer.tokens(text, [], []) if t.kind is Kind.TERM and self._vocabulary.terms[t.text]
        ]

    def _not_figures(self, state: State, block: Block, repaired: Repaired, reason: str) -> list[Reading]:
        readings = []
        for number in self._lexer.numbers(repaired.text):
            readings.append(self._reading(state, block, repaired, number, None, number.reason or reason))
        return readings

    # -- a paragraph -------------------------------------------------------------------------------------------------

    def _paragraph(self, state: State, block: Block, repaired: Repaired) -> list[Reading]:
        text = repaired.text
        in_functions = state.section is not None and state.section.code in ("function", "expenditure", "fiscal")
        functions = names.functions(text, self._vocabulary, leading=in_functions)
        project, project_span = self._paragraph_project(state, text)
        tokens = self._lexer.tokens(text, functions, [project_span] if project_span else [])
        year = self._block_year(state, text)
        sentence = _Sentence(text, None, project, year, year)
        numbered = outline.numbering(text.lstrip())
        if numbered is not None:
            sentence.numbering = numbered[0]
            # 2. closes what 1.…其中： had left open for the paragraphs under it.
            state.levels = [level for level in state.levels if level.numbering > numbered[0] or level.numbering == 9]
        readings: list[Reading] = []
        for index, token in enumerate(tokens):
            if token.kind is Kind.STOP:
                self._stop(state, sentence, tokens, index)
            elif token.kind is Kind.WORD and token.word and token.word.role == "open":
                sentence.lead.append(token)
                self._open(state, sentence, tokens, index)
            elif token.kind is Kind.YEAR:
                self._year(sentence, token)
                sentence.lead.append(token)
                readings.append(
                    self._reading(state, block, repaired, _number(token), None, _number(token).reason or "year")
                )
            elif token.kind is Kind.NUMBER:
                number = _number(token)
                if number.reason is not None:
                    readings.append(self._reading(state, block, repaired, number, None, number.reason))
                    continue
                readings.append(self._bind(state, block, repaired, sentence, number))
                if readings[-1].outcome == FIGURE:
                    sentence.fresh = True
                    sentence.lead = []
                    sentence.lead_start = number.end
            else:
                if token.kind is Kind.PAUSE:
                    self._pause(state, sentence, token)
                sentence.lead.append(token)
        if state.levels and not self._ends_open(tokens, text):
            state.levels = [level for level in state.levels if level.sticky]
        return readings

    def _paragraph_project(self, state: State, text: str) -> tuple[str | None, tuple[int, int] | None]:
        """The project a paragraph is about, if it opens with a name and goes on to that project's money."""
        if state.report.kind == "project_performance":
            return state.report.project_name, None
        if not re.search(r"预算[^。]{0,12}\d[^。]*元", text) or not re.search(r"执行率|执行数|得分|综合评价", text):
            return None, None
        name = names.leading_project(text)
        if name is None or name in self._vocabulary.terms:
            return None, None
        start = text.find(name)
        return name, (start, start + len(name))

    def _block_year(self, state: State, text: str) -> int | None:
        """The report's year, or that of a later document which the paragraph reports on (〔2022〕40号)."""
        year = state.report.fiscal_year
        cited = [int(match[1]) for match in _DOCUMENT_YEAR.finditer(text)]
        if year is not None and len(cited) == 1 and year < cited[0] <= year + 2:
            return cited[0]
        return year

    def _year(self, sentence: _Sentence, token: Token) -> None:
        before, after = sentence.text[: token.start], sentence.text[token.end :]
        if before.count("《") > before.count("》") or re.search(r"(?:比|较|与|同|对比)$", before):
            return
        if re.match(r"年(?:度)?(?:相比|比)", after) or re.match(r"年?(?:以来|起)", after):
            return
        sentence.year = int(_number(token).digits[:4])

    def _stop(self, state: State, sentence: _Sentence, tokens: list[Token], index: int) -> None:
        """A sentence ends: open levels close, and a sentence that was only a term makes that term the subject."""
        bare = [t for t in sentence.lead if t.kind in (Kind.TERM, Kind.FUNCTION)]
        if len(bare) == 1 and not self._residue(sentence.text, sentence.lead_start, tokens[index].start, sentence.lead):
            named = self._subject_of(state, sentence, bare[0], None)
            if named is not None and not self._has_relation(sentence.lead):
                sentence.subject = named
        closing = [level for level in state.levels if not level.sticky]
        following = next((t for t in tokens[index + 1 :] if t.kind is not Kind.STOP), None)
        goes_on = following is not None and following.word is not None and following.word.value == "parts"
        if closing and not goes_on:
            sentence.subject = closing[0].parent
            state.levels = [level for level in state.levels if level.sticky]
        sentence.lead = []
        sentence.lead_start = sentence.start = tokens[index].end
        sentence.carried = None
        sentence.year = sentence.own_year
        sentence.fresh = False

    def _pause(self, state: State, sentence: _Sentence, token: Token) -> None:
        """A closing bracket closes what it opened; …决算中， makes the term before it the whole of what follows."""
        if token.text == "（":
            sentence.depth += 1
        elif token.text == "）":
            while state.levels and not state.levels[-1].sticky and 0 < sentence.depth <= state.levels[-1].depth:
                sentence.subject = state.levels.pop().parent
            sentence.depth = max(sentence.depth - 1, 0)
        elif token.text == "，" and sentence.text[: token.start].endswith("中"):
            terms = [t for t in sentence.lead if t.kind is Kind.TERM]
            if terms and not self._residue(sentence.text, terms[-1].end, token.start, sentence.lead):
                parent = self._subject_of(state, sentence, terms[-1], None)
                if parent is not None:
                    state.levels.append(_Level(parent, depth=sentence.depth))

    def _has_relation(self, lead: list[Token]) -> bool:
        return any(t.word is not None and t.word.role in ("change", "rate", "share") for t in lead)

    def _open(self, state: State, sentence: _Sentence, tokens: list[Token], index: int) -> None:
        """其中, 包括, 构成情况: the term just before it, else the current subject, is the whole of what follows."""
        parent = sentence.subject
        before = [t for t in sentence.lead[:-1] if t.kind in (Kind.TERM, Kind.FUNCTION)]
        if before:
            parent = self._subject_of(state, sentence, before[-1], None) or parent
        if parent is None:
            return
        if state.levels and state.levels[-1].parent == parent:
            return
        ends = self._ends_open(tokens[: index + 1], sentence.text)
        state.levels.append(_Level(parent, sticky=ends, depth=sentence.depth, numbering=sentence.numbering))

    @staticmethod
    def _ends_open(tokens: list[Token], text: str) -> bool:
        """Whether a paragraph ends in an opening word, so that what it opens follows in the next ones."""
        words = [t for t in tokens if t.kind is Kind.WORD]
        return bool(
            words
            and words[-1].word is not None
            and words[-1].word.role == "open"
            and not text[words[-1].end :].strip("：: 。\n、")
        )

    # -- a number ----------------------------------------------------------------------------------------------------

    def _bind(
        self, state: State, block: Block, repaired: Repaired, sentence: _Sentence, number: PrintedNumber
    ) -> Reading:
        clause = self._clause(sentence, number)
        kind = number.unit.kind if number.unit else None
        if kind is UnitKind.PERCENT:
            return self._percent(state, block, repaired, sentence, number, clause)
        if kind is UnitKind.SCORE or (kind is None and any(t.word and t.word.role == "score" for t in clause)):
            return self._score(state, block, repaired, sentence, number, clause)
        return self._amount(state, block, repaired, sentence, number, clause)

    def _clause(self, sentence: _Sentence, number: PrintedNumber) -> list[Token]:
        """The tokens between the last pause and the number; a pause inside a bracket that closed does not count."""
        tokens = [t for t in sentence.lead if t.start >= sentence.lead_start and t.end <= number.start]
        last = max((i for i, t in enumerate(tokens) if t.kind is Kind.PAUSE and t.text not in "（）："), default=-1)
        return tokens[last + 1 :]

    def _amount(
        self,
        state: State,
        block: Block,
        repaired: Repaired,
        sentence: _Sentence,
        number: PrintedNumber,
        clause: list[Token],
    ) -> Reading:
        """Money, a count, or a number without a unit."""
        unit, implied = number.unit, False
        said = self._said_phase(sentence, number, clause)
        relation = next(
            (t.word for t in reversed(clause) if t.word and t.word.role in ("change", "phase", "share")), None
        )
        subject, residue = self._find_subject(state, sentence, number, clause, said)
        if unit is None:
            unit = self._implied_unit(sentence.text, number, subject, clause, said, residue)
            if unit is None:
                return self._reading(state, block, repaired, number, None, "no_unit", term=residue)
            implied = True
        if subject is not None:
            fitting = self._fit(state, subject, unit)
            if fitting is None and subject is sentence.subject:
                # 团组0次，0人，支出比上年增加0万元: back to the last subject that was money.
                fitting = sentence.by_kind.get(unit.kind)
            subject = fitting
        if subject is None and unit.kind is UnitKind.YUAN and (number.unit is not None or said == "contract"):
            subject = self._part(state, sentence, number, clause, residue)
        if subject is None:
            reason = "work_statistic" if unit.kind is UnitKind.COUNT else ("unknown_term" if residue else "no_subject")
            return self._reading(state, block, repaired, number, None, self._excuse(state, reason), term=residue)
        sign = 1
        if (
            state.levels
            and unit.kind is UnitKind.COUNT
            and subject is sentence.subject
            and subject == state.levels[-1].parent
        ):
            # 编制15名（其中10名…）: a count that names nothing of its own is a part of the whole.
            subject = replace(subject, component="part", number=None)
        level = self._level_of(state, subject)
        if relation is not None and relation.role == "change":
            phase, was_said = "change", False
            sign = relation.sign
        elif unit.kind is UnitKind.COUNT:
            phase, was_said = "count", False
        else:
            phase, was_said = self._phase(state, subject, said, level)
        of_number = sentence.last_amounts.get(subject.item) if phase == "change" else None
        meaning = Meaning(
            item=subject.item,
            phase=phase,
            statement=subject.statement,
            label=subject.label or self._label(subject.item),
            component=subject.component,
            fund=subject.fund,
            base=self._compared_with(sentence, number) if phase == "change" else self._base(state, phase, level),
            base_item=level.parent.item if level else None,
            base_phase=level.parent.phase if level else None,
            of_number=of_number,
            parent_number=level.parent.number if level else None,
        )
        reading = self._reading(
            state, block, repaired, number, meaning, FIGURE, unit=unit, implied=implied, sign=sign, year=sentence.year
        )
        bound = replace(subject, number=reading.number_no, phase=phase, phase_was_said=was_said, kind=unit.kind)
        sentence.by_kind[unit.kind] = bound
        if phase != "change":
            sentence.subject = bound
            sentence.last_amounts[subject.item] = reading.number_no
        elif sentence.subject is None or sentence.subject.item != subject.item:
            sentence.subject = replace(subject, number=of_number)
        if relation is not None and relation.role == "phase" and any(t.word and t.word.role == "share" for t in clause):
            # 占预算100元的10%: the amount is the base of the percentage that follows.
            spent = phase in _BUDGET_PHASES or phase == "appropriated"
            sentence.carried = (
                "execution_pct" if spent else "share_pct",
                sentence.text[clause[0].start : number.end],
                phase,
            )
        return reading

    def _percent(
        self,
        state: State,
        block: Block,
        repaired: Repaired,
        sentence: _Sentence,
        number: PrintedNumber,
        clause: list[Token],
    ) -> Reading:
        """A percentage: a share (占), a change (增长, 下降) or a rate (完成, 执行率) of the subject."""
        words = [t for t in clause if t.word is not None]
        word = next((t for t in reversed(words) if t.word and t.word.role in ("share", "change", "rate")), None)
        if word is None and sentence.carried is not None:
            phase, base, base_phase = sentence.carried
            return self._relate(
                state, block, repaired, sentence, number, sentence.subject, phase, base, base_phase, None, 1
            )
        if word is None or word.word is None:
            return self._reading(state, block, repaired, number, None, self._excuse(state, "percent_without_relation"))
        before = [t for t in clause if t.end <= word.start]
        after = [t for t in clause if t.start >= word.end]
        override = word.word.note.removeprefix("item:") if word.word.note.startswith("item:") else None
        subject: _Subject | None = sentence.subject
        if override:
            subject = _Subject(override, label=self._label(override))
        else:
            terms = [t for t in before if t.kind in (Kind.TERM, Kind.FUNCTION)]
            named = [self._subject_of(state, sentence, t, number.unit, percent=True) for t in terms]
            known = [s for s in named if s is not None]
            if known:
                subject = self._same_or_new(sentence, known[-1], terms[-1].text)
                if word.word.role == "share" and len({k.item for k in known}) > 1:
                    # 服务采购授予中小企业合同金额占…: a part that two terms narrow down, not the item itself.
                    label = sentence.text[terms[0].start : terms[-1].end]
                    subject = replace(subject, component="part", label=label, number=None)
            elif earlier := [t for t in sentence.lead if t.kind in (Kind.TERM, Kind.FUNCTION) and t.end <= word.start]:
                subject = self._subject_of(state, sentence, earlier[-1], number.unit, percent=True)
            elif subject is None or (word.word.role == "rate" and sentence.subject is None):
                subject = self._fallback(state, sentence)
        if subject is None or subject.kind is UnitKind.SCORE:
            return self._reading(state, block, repaired, number, None, self._excuse(state, "no_subject"))
        base, base_item, base_phase = word.word.text if override else "", None, None
        if word.word.role == "share":
            base = sentence.text[word.end : number.start].rstrip("的为是约达")
            base_terms = [t for t in after if t.kind in (Kind.TERM, Kind.FUNCTION)]
            named_base = self._subject_of(state, sentence, base_terms[-1], None) if base_terms else None
            base_item = named_base.item if named_base else None
            if base and not base_terms and not self._residue(base, 0, len(base), []):
                base_item = None
            elif base and not base_terms:
                base_item = "?"
        elif word.word.role == "change":
            base = self._compared_with(sentence, number)
        elif word.word.role == "rate" and not override:
            base = word.word.note or sentence.text[word.start : word.end]
            base_phase = {"年初预算": "initial_budget", "全年预算": "budget"}.get(word.word.note)
        return self._relate(
            state,
            block,
            repaired,
            sentence,
            number,
            subject,
            word.word.value + ("_pct" if word.word.role == "change" else ""),
            base,
            base_phase,
            base_item,
            word.word.sign,
        )

    def _relate(
        self,
        state: State,
        block: Block,
        repaired: Repaired,
        sentence: _Sentence,
        number: PrintedNumber,
        subject: _Subject | None,
        phase: str,
        base: str,
        base_phase: str | None,
        base_item: str | None,
        sign: int,
    ) -> Reading:
        if subject is None:
            return self._reading(state, block, repaired, number, None, self._excuse(state, "no_subject"))
        level = self._level_of(state, subject)
        whole = level.parent if level and phase == "share_pct" else None
        if phase == "share_pct" and base_item is None and whole is not None:
            base_item = whole.item
        meaning = Meaning(
            item=subject.item,
            phase=phase,
            statement=subject.statement,
            label=subject.label or self._label(subject.item),
            component=subject.component,
            fund=subject.fund,
            base=base,
            base_item=None if base_item == "?" else base_item,
            base_phase=base_phase,
            of_number=self._spoken_of(sentence, subject),
            whole_number=whole.number if whole and base_item == whole.item else None,
            parent_number=level.parent.number if level else None,
        )
        sentence.subject = subject
        return self._reading(state, block, repaired, number, meaning, FIGURE, sign=sign, year=sentence.year)

    @staticmethod
    def _spoken_of(sentence: _Sentence, subject: _Subject) -> int | None:
        """The amount that a share, rate or change speaks of; a part has only its own."""
        if subject.phase not in ("change", None):
            return subject.number
        return sentence.last_amounts.get(subject.item) if subject.component == "total" else None

    def _score(
        self,
        state: State,
        block: Block,
        repaired: Repaired,
        sentence: _Sentence,
        number: PrintedNumber,
        clause: list[Token],
    ) -> Reading:
        """A score: of a named project, or of the unit as a whole; parts of a score that is open."""
        said = [t for t in clause if t.word and t.word.role == "score"]
        overall = [
            t
            for t in clause
            if t.kind is Kind.TERM and any(r.item == "overall" for r in self._vocabulary.terms[t.text])
        ]
        level = state.levels[-1] if state.levels else None
        unit = number.unit or self._vocabulary.unit_by_text["分"]
        item: str | None = None
        component, label = "total", ""
        if level is not None and level.parent.kind is UnitKind.SCORE and not said:
            item, component = level.parent.item, "part"
            label = self._strip(sentence.text[self._clause_start(sentence, clause, number) : number.start])
        elif overall:
            item = "overall"
        elif said:
            lead = sentence.text[self._clause_start(sentence, clause, number) : said[0].start]
            name = self._strip_name(lead)
            item = name if names.is_project_name(name) else sentence.project
            if item is None and state.report.kind == "unit_performance":
                item = "overall"
        if item is None:
            return self._reading(state, block, repaired, number, None, self._excuse(state, "score_without_subject"))
        statement = None if item == "overall" else "performance"
        subject = _Subject(
            item, statement, label or ("" if item == "overall" else item), component, kind=UnitKind.SCORE
        )
        meaning = Meaning(
            item=item, phase="score", statement=statement, label=subject.label or self._label(item), component=component
        )
        reading = self._reading(
            state, block, repaired, number, meaning, FIGURE, unit=unit, implied=number.unit is None, year=sentence.year
        )
        if component == "total":
            sentence.subject = replace(subject, number=reading.number_no, phase="score")
        return reading

    # -- subjects ----------------------------------------------------------------------------------------------------

    def _find_subject(
        self, state: State, sentence: _Sentence, number: PrintedNumber, clause: list[Token], said: str | None
    ) -> tuple[_Subject | None, str]:
        """The subject of an amount or count, and the text that stood between the last term and it unexplained."""
        share = next((t.start for t in clause if t.word and t.word.role == "share"), None)
        terms = [t for t in clause if t.kind in (Kind.TERM, Kind.FUNCTION) and (share is None or t.end <= share)]
        start = self._clause_start(sentence, clause, number)
        for position in range(len(terms) - 1, -1, -1):
            term = terms[position]
            residue = self._residue(sentence.text, term.end, number.start, clause)
            # 基本支出出1975.41万元: a character printed twice.
            if residue and not term.text.endswith(residue):
                return None, residue
            subject = self._subject_of(state, sentence, term, number.unit)
            if subject is None:
                if self._vocabulary.terms.get(term.text, (None,))[0] is not None and self._only_ignored(term):
                    return None, term.text
                continue
            fund = self._fund(clause, term)
            subject = self._same_or_new(sentence, subject, term.text, comparing=self._comparing(sentence, number))
            current = sentence.subject
            if (
                current is not None
                and number.unit is not None
                and current.component not in ("total", "part")
                and self._vocabulary.companions.get((current.item, number.unit.text)) == subject.item
            ):
                # 国（境）外公务接待0批次，接待人次0人: the persons are of the same kind as the batches.
                subject = replace(subject, component=current.component, label=current.label)
            return replace(subject, fund=fund) if fund != "all" else subject, ""
        residue = self._residue(sentence.text, start, number.start, clause)
        if residue:
            return None, residue
        if sentence.project is None and _PROJECTS.match(sentence.text[start : number.start]):
            return _Subject("project_funds", label=self._label("project_funds")), ""
        topic = self._topic(state, sentence, number, clause)
        if topic is not None:
            return topic, ""
        if _SUM.search(sentence.text[start : number.start]) and _COUNTED_PROJECTS.search(
            sentence.text[sentence.start : start]
        ):
            return _Subject("project_funds", label=self._label("project_funds")), ""
        opening = self._opening(state, sentence, number, said)
        if opening is not None:
            return opening, ""
        if (sentence.subject is None or (not sentence.fresh and said is None)) and self._residue(
            sentence.text, sentence.lead_start, start, sentence.lead
        ):
            return (_Subject(sentence.project, "project", sentence.project), "") if sentence.project else (None, "")
        # 其中人员经费…，实际支出…: the children said no phase of their own, so a new phase speaks of the whole again.
        current = sentence.subject
        if (
            said is not None
            and state.levels
            and current is not None
            and not current.phase_was_said
            and current.number is not None
            and said != current.phase
            and (current.item, current.component) != (state.levels[-1].parent.item, state.levels[-1].parent.component)
        ):
            level = state.levels.pop()
            return replace(level.parent, number=None), ""
        if said is not None and current is not None and self._is_other_side(clause, current):
            return None, ""
        if current is None and state.levels and said is None:
            current = state.levels[-1].parent if state.levels[-1].sticky and len(state.levels) == 1 else None
        return current or self._fallback(state, sentence), ""

    @staticmethod
    def _is_other_side(clause: list[Token], current: _Subject) -> bool:
        """收入决算 after an expenditure, 支出决算 after a carry-over: said of something that has no name here."""
        words = [t.text for t in clause if t.word is not None and t.word.role == "phase"]
        income = any(word.startswith("收入") for word in words)
        return current.item.startswith("carryover") or (income and not current.item.startswith("income"))

    def _topic(self, state: State, sentence: _Sentence, number: PrintedNumber, clause: list[Token]) -> _Subject | None:
        """A term that ends an earlier clause of the same lead: 因公出国（境）费用，2024年度决算数0万元."""
        earlier = [t for t in sentence.lead if t.end <= (clause[0].start if clause else number.start)]
        terms = [t for t in earlier if t.kind in (Kind.TERM, Kind.FUNCTION)]
        if not terms or self._has_relation(earlier):
            return None
        pause = next((t for t in earlier if t.kind is Kind.PAUSE and t.start >= terms[-1].end), None)
        if pause is None or self._residue(sentence.text, terms[-1].end, pause.start, earlier):
            return None
        if any(t.kind is Kind.PAUSE and t.text == "、" for t in earlier):
            return None
        return self._subject_of(state, sentence, terms[-1], number.unit)

    def _opening(self, state: State, sentence: _Sentence, number: PrintedNumber, said: str | None) -> _Subject | None:
        """The only term of a sentence that it opens with: 项目资金未列入年初预算，年初预算数为0万元."""
        terms = [t for t in sentence.lead if t.kind in (Kind.TERM, Kind.FUNCTION)]
        if said is None or sentence.fresh or len({t.text for t in terms}) != 1 or sentence.lead_start != sentence.start:
            return None
        if self._residue(sentence.text, sentence.start, terms[0].start, sentence.lead):
            return None
        return self._subject_of(state, sentence, terms[0], number.unit)

    def _subject_of(
        self, state: State, sentence: _Sentence, token: Token, unit: Unit | None, *, percent: bool = False
    ) -> _Subject | None:
        """The subject that a term names here, given the printed unit; None if it names none that fits."""
        if token.kind is Kind.FUNCTION:
            return _Subject(token.text, "function", token.text)
        places = {f"level:{level.parent.item}" for level in state.levels}
        places |= {f"item:{level.parent.item}" for level in state.levels}
        if sentence.subject is not None:
            places.add(f"item:{sentence.subject.item}")
        if state.section is not None:
            places.add(f"section:{state.section.code}")
        best: tuple[int, Term] | None = None
        for term in self._vocabulary.terms.get(token.text, ()):
            if term.item is None:
                continue
            if unit is not None and not percent and term.units and unit.text not in term.units:
                continue
            if term.within and places.isdisjoint(term.within):
                continue
            rank = 1 if term.within and term.within[0].startswith("section:") else 2 if term.within else 0
            if unit is not None and not percent and not self._fits(term.item, unit):
                continue
            if best is None or rank > best[0]:
                best = (rank, term)
        if best is None:
            return None
        term = best[1]
        assert term.item is not None
        if sentence.project is not None and (
            term.item == "project_funds"
            or (term.item == "expenditure_project" and re.search(r"[该本]$", sentence.text[: token.start]))
            or (state.report.kind == "project_performance" and term.item in _PROJECT_ITEMS)
        ):
            return _Subject(sentence.project, "project", sentence.project)
        label = token.text if term.component != "total" else self._label(term.item)
        return _Subject(term.item, None, label, term.component, kind=self._vocabulary.measures[term.item].kind)

    def _fits(self, item: str, unit: Unit) -> bool:
        kind = self._vocabulary.measures[item].kind
        return kind is unit.kind or (item, unit.text) in self._vocabulary.companions

    def _fit(self, state: State, subject: _Subject, unit: Unit) -> _Subject | None:
        """The subject itself if the unit fits it, its companion (金额 of vehicles bought), or None."""
        companion = self._vocabulary.companions.get((subject.item, unit.text))
        if companion is not None:
            return replace(
                subject, item=companion, number=None, label=subject.label if subject.component != "total" else ""
            )
        if subject.statement in ("project", "function"):
            return subject if unit.kind is UnitKind.YUAN else None
        if subject.statement == "performance":
            return _Subject(subject.item, "project", subject.item) if unit.kind is UnitKind.YUAN else None
        measure = self._vocabulary.measures[subject.item]
        if measure.kind is not unit.kind:
            return None
        if unit.kind is UnitKind.COUNT:
            accepted = {
                u for rows in self._vocabulary.terms.values() for r in rows if r.item == subject.item for u in r.units
            }
            if accepted and unit.text not in accepted and not _general_counter(unit):
                return None
        return subject

    def _same_or_new(self, sentence: _Sentence, subject: _Subject, printed: str, *, comparing: bool = True) -> _Subject:
        """In a comparison, a shorter form of the subject's own name means the subject again, not another item."""
        current = sentence.subject
        if (
            current is not None
            and current.item == "project_funds"
            and subject.item == "expenditure_project"
            and sentence.fresh
        ):
            # 项目全年预算数…，项目支出数…: the spending of the funds that the sentence is about.
            return current
        if current is None or not comparing or current.item == subject.item or current.statement is not None:
            return subject
        longer = [text for text, rows in self._vocabulary.terms.items() if any(r.item == current.item for r in rows)]
        if any(text != printed and text.endswith(printed) for text in longer):
            return current
        return subject

    def _comparing(self, sentence: _Sentence, number: PrintedNumber) -> bool:
        lead = sentence.text[sentence.lead_start : number.start]
        return re.search(r"相比|比上年|较上年|比去年|较去年|同比|[比较]20\d\d年", lead) is not None

    @staticmethod
    def _fund(clause: list[Token], term: Token) -> str:
        """The fund that is named before the term: 一般公共预算财政拨款安排基本支出…"""
        funds = [t.word.value for t in clause if t.word and t.word.role == "fund" and t.end <= term.start]
        return funds[-1] if funds else "all"

    def _fallback(self, state: State, sentence: _Sentence) -> _Subject | None:
        """The subject where a sentence names none: the paragraph's project, the heading's only term, the section's."""
        if sentence.project is not None:
            return _Subject(sentence.project, "project", sentence.project)
        if state.section and state.section.default_item:
            item = state.section.default_item
            return _Subject(item, label=self._label(item), kind=self._vocabulary.measures[item].kind)
        heading_items = {
            r.item for text in state.heading_terms for r in self._vocabulary.terms[text] if r.item and not r.within
        }
        if len(heading_items) == 1:
            item = heading_items.pop()
            assert item is not None
            return _Subject(item, label=self._label(item), kind=self._vocabulary.measures[item].kind)
        return None

    def _part(
        self, state: State, sentence: _Sentence, number: PrintedNumber, clause: list[Token], residue: str
    ) -> _Subject | None:
        """A name no vocabulary has: a project listed under 项目支出, or a part of a project's money."""
        level = state.levels[-1] if state.levels else None
        label = self._strip_name(sentence.text[self._clause_start(sentence, clause, number) : number.start])
        if not label or not residue:
            return None
        if level is not None and level.parent.item in ("expenditure_project", "project_funds"):
            return _Subject(label, "project", label) if names.is_project_name(label) else None
        in_project = level is not None and level.parent.statement == "project"
        if in_project or (state.report.kind == "project_performance" and sentence.project is not None):
            if level is not None and level.parent.statement == "project":
                return _Subject(level.parent.item, "project", label, "part")
            assert sentence.project is not None
            return _Subject(sentence.project, "project", label, "part")
        return None

    def _only_ignored(self, token: Token) -> bool:
        rows = self._vocabulary.terms.get(token.text, ())
        return bool(rows) and all(row.item is None for row in rows)

    # -- phases, units, bases ----------------------------------------------------------------------------------------

    def _said_phase(self, sentence: _Sentence, number: PrintedNumber, clause: list[Token]) -> str | None:
        """The phase that the clause prints; 追加 before 预算 makes it a supplementary one."""
        said = [t.word.value for t in clause if t.word and t.word.role == "phase"]
        if not said:
            earlier = [t.word.value for t in sentence.lead if t.word and t.word.role == "phase"]
            if "contract" in earlier:
                return "contract"
            summed = _SUM.search(sentence.text[sentence.lead_start : number.start])
            return "supplementary_budget" if "supplementary_budget" in earlier and summed else None
        if "contract" in said:
            return "contract"
        if said[-1] == "budget" and "supplementary_budget" in said:
            return "supplementary_budget"
        if said[-1] == "actual" and len(said) > 1 and clause and clause[-1].text == "支出":
            return said[-2]
        return said[-1]

    def _phase(self, state: State, subject: _Subject, said: str | None, level: _Level | None) -> tuple[str, bool]:
        """The phase of an amount, and whether it was printed."""
        section_phase = state.section.phase if state.section else None
        if said == "budget" and section_phase in _BUDGET_PHASES:
            return section_phase or said, True
        if said == "budget" and state.report.default_phase == "initial_budget":
            return "initial_budget", True
        if said == "contract" or said is not None:
            return said, True
        if level is not None and level.parent.phase not in (None, "change", "count", "score"):
            return level.parent.phase or "actual", False
        if section_phase:
            return section_phase, False
        return state.report.default_phase, False

    @staticmethod
    def _compared_with(sentence: _Sentence, number: PrintedNumber) -> str:
        """What the sentence compares with, the last time it says so before the number; empty if it does not."""
        found = list(_COMPARED_WITH.finditer(sentence.text, sentence.start, number.start))
        return found[-1]["base"] if found else ""

    def _base(self, state: State, phase: str, level: _Level | None) -> str:
        """What an amount is a part of; spending inside a section on one instalment of the budget is of that one."""
        if phase == "actual" and state.section and state.section.code in ("budget_initial", "budget_supplementary"):
            return {"budget_initial": "年初预算安排", "budget_supplementary": "追加预算安排"}[state.section.code]
        return level.parent.label if level else ""

    def _level_of(self, state: State, subject: _Subject) -> _Level | None:
        if not state.levels:
            return None
        level = state.levels[-1]
        if level.parent.item == subject.item and level.parent.component == subject.component and level.sticky:
            state.levels.pop()
            return None
        same = level.parent.item == subject.item and level.parent.component == subject.component
        return None if same else level

    def _implied_unit(
        self,
        text: str,
        number: PrintedNumber,
        subject: _Subject | None,
        clause: list[Token],
        said: str | None,
        residue: str,
    ) -> Unit | None:
        """The unit of an amount that was printed without one; None if it is likelier no amount at all."""
        units = self._vocabulary.unit_by_text
        separated = "," in text[number.start : number.digits_end]
        if said == "contract" and separated:
            return units["元"]
        if subject is None or residue or subject.kind is not UnitKind.YUAN:
            return None
        if said == "contract" or separated:
            return units["元"] if separated or len(number.digits) >= 5 else units["万元"]
        named = any(t.kind in (Kind.TERM, Kind.FUNCTION) for t in clause)
        if number.decimals and (named or said is not None):
            near = _MONEY_UNIT_NEAR.search(text, number.end) or _MONEY_UNIT_NEAR.search(text)
            return units[near[1]] if near else units["万元"]
        return None

    # -- text --------------------------------------------------------------------------------------------------------

    def _clause_start(self, sentence: _Sentence, clause: list[Token], number: PrintedNumber) -> int:
        pauses = [
            t.end
            for t in sentence.lead
            if t.kind is Kind.PAUSE
            and t.text not in "（）："
            and t.end <= number.start
            and t.start >= sentence.lead_start
        ]
        return max([sentence.lead_start, *pauses])

    def _residue(self, text: str, start: int, end: int, tokens: list[Token]) -> str:
        """What stands in `text[start:end]` besides words, years, terms and fillers."""
        left = list(text[start:end])
        for token in tokens:
            for i in range(max(token.start, start), min(token.end, end)):
                left[i - start] = "\0"
        # What stands in closed brackets explains, and does not change what is spoken of.
        plain = re.sub(r"（[^（）]*）", "", "".join(left))
        rest = self._vocabulary.filler_pattern.sub("", plain).replace("\0", "")
        return re.sub(r"[\s\d，。；：、（）()%—\-.]", "", rest)

    def _strip(self, text: str) -> str:
        return text.strip("，。；：、（）() \n\t")

    def _strip_name(self, text: str) -> str:
        """A name without the words that lead into or out of it."""
        text = self._strip(text)
        text = re.sub(
            r"^(?:\d{1,2}[、.．]|（\d{1,2}）)?(?:其中|包括|包含|主要包括|分别为|分别是|是|为|和|及|以及|（其中)*：?",
            "",
            text,
        )
        text = re.sub(r"(?:20\d\d年度?)$", "", text)
        return self._strip(re.sub(r"(?:的?(?:绩效)?(?:自评|评价)?(?:综合)?|费用为|为|是|共|约|达|计)$", "", text))

    def _label(self, item: str) -> str:
        measure = self._vocabulary.measures.get(item)
        return measure.label if measure else item

    def _excuse(self, state: State, reason: str) -> str:
        return state.section.reason if state.section and state.section.reason else reason

    def _reading(
        self,
        state: State,
        block: Block,
        repaired: Repaired,
        number: PrintedNumber,
        meaning: Meaning | None,
        outcome: str,
        *,
        unit: Unit | None = None,
        implied: bool = False,
        sign: int = 1,
        year: int | None = None,
        term: str = "",
    ) -> Reading:
        start, end = repaired.span(number.start, number.end)
        _, digits_end = repaired.span(number.start, number.digits_end)
        quote_start, quote_end = quote(repaired, number.start, number.end)
        unit = unit or number.unit
        reading = Reading(
            number_no=state.next_number,
            report_no=state.report.report_no,
            block_no=block.block_no,
            char_start=start,
            char_end=end,
            digits_end=digits_end,
            digits=number.digits,
            decimals=number.decimals,
            unit=unit.text if unit else None,
            unit_implied=implied,
            sign=sign,
            fiscal_year=year if year is not None else state.report.fiscal_year,
            section=state.section.code if state.section else None,
            quote_start=quote_start,
            quote_end=quote_end,
            outcome=outcome,
            meaning=meaning,
            term=term[:100],
        )
        state.next_number += 1
        return reading


def quote(repaired: Repaired, start: int, end: int) -> tuple[int, int]:
    """The span in print of the sentence around `start:end` of the repaired text."""
    text = repaired.text
    first = max(text.rfind(mark, 0, start) for mark in "。！？\n") + 1
    stops = [at for at in (text.find(mark, end) for mark in "。！？\n") if at >= 0]
    last = min(stops) + 1 if stops else len(text)
    while first < start and text[first].isspace():
        first += 1
    return repaired.span(first, max(last, end))


def _general_counter(unit: Unit) -> bool:
    return unit.text in ("个", "次")


def _number(token: Token) -> PrintedNumber:
    assert token.number is not None
    return token.number
