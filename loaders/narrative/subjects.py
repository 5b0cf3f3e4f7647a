"""Which subject a number speaks of: the nearest term before it, or what is still open.

Takes a `Spot`; gives a `Subject`, or the text that stood in the way. The rules are tried in the order of
`SubjectFinder.find`, and each has its example there.
"""

from __future__ import annotations

import re
from dataclasses import replace

from loaders.narrative import names, wording
from loaders.narrative.lexer import Kind, Token
from loaders.narrative.state import Sentence, Spot, State, Subject
from loaders.numbers import Unit, UnitKind
from loaders.vocabulary import Term, Vocabulary

# Items of the whole unit that, inside a report on one project, speak of that project.
_PROJECT_ITEMS = frozenset({"project_funds", "expenditure_project", "expenditure_total", "total_funds"})
# 项目 without a name, where no project is open, means all projects together: 项目全年预算数…
_PROJECTS = re.compile(r"(?:其中：?)?(?:20\d\d年度?)?(?:全年|年初|年中|本年|当年)?(?:追加)?(?:全部|所有)?项目(?!绩效)")
# 年中追加项目4个：甲，乙，…，涉及金额1178万元: the sum of what was just counted.
_COUNTED_PROJECTS = re.compile(r"项目\d+个")
SUM = re.compile(r"(?:涉及|合计|共计|总计|累计)(?:金额|资金)?(?:为|约)?$")


class SubjectFinder:
    """Finds subjects; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    # -- a term ------------------------------------------------------------------------------------------------------

    def named(
        self, state: State, sentence: Sentence, token: Token, unit: Unit | None, *, percent: bool = False
    ) -> Subject | None:
        """The subject that a term names here, given the printed unit; None if it names none that fits."""
        if token.kind is Kind.FUNCTION:
            name = token.text.rpartition("/")[2]
            return Subject(name, "function", name, path=token.text if "/" in token.text else "")
        term = self._row(state, sentence, token.text, None if percent else unit)
        if term is None or term.item is None:
            return None
        if sentence.project is not None and (
            term.item == "project_funds"
            or (term.item == "expenditure_project" and re.search(r"[该本]$", sentence.text[: token.start]))
            or (state.report.kind == "project_performance" and term.item in _PROJECT_ITEMS)
        ):
            return self.project(sentence.project)
        label = token.text if term.component != "total" else self._vocabulary.label(term.item)
        fund = self._fund_of_sentence(state, sentence, token) if term.item.startswith("carryover") else "all"
        return Subject(term.item, None, label, term.component, fund, kind=self._vocabulary.measures[term.item].kind)

    def _row(self, state: State, sentence: Sentence, text: str, unit: Unit | None) -> Term | None:
        """The vocabulary row of a phrase that fits unit and place; the more narrowly placed before the general."""
        places = {f"{kind}:{level.parent.item}" for level in state.levels for kind in ("level", "item")}
        places.add(f"section:{state.section_code}")
        if sentence.subject is not None:
            places.add(f"item:{sentence.subject.item}")
        best: tuple[int, Term] | None = None
        for term in self._vocabulary.terms.get(text, ()):
            if term.item is None or (term.within and places.isdisjoint(term.within)):
                continue
            if unit is not None and not self._fits(term, unit):
                continue
            rank = 0 if not term.within else 1 if term.within[0].startswith("section:") else 2
            if best is None or rank > best[0]:
                best = (rank, term)
        return best[1] if best else None

    def _fits(self, term: Term, unit: Unit) -> bool:
        assert term.item is not None
        if term.units and unit.text not in term.units:
            return False
        same_kind = self._vocabulary.measures[term.item].kind is unit.kind
        return same_kind or (term.item, unit.text) in self._vocabulary.companions

    def item(self, item: str) -> Subject:
        """The subject of an item of the vocabulary."""
        return Subject(item, label=self._vocabulary.label(item), kind=self._vocabulary.measures[item].kind)

    @staticmethod
    def project(name: str) -> Subject:
        """The subject of a named project."""
        return Subject(name, "project", name)

    # -- a number ----------------------------------------------------------------------------------------------------

    def find(self, spot: Spot, said: str | None) -> tuple[Subject | None, str]:
        """The subject of an amount or count, and the text that stood between the last term and it unexplained.

        `said` is the phase that the clause prints, None if it prints none.
        """
        share = next((t.start for t in spot.clause if t.has_role("share")), None)
        for term in reversed(spot.terms(before=share)):
            residue = self._residue(spot, term.end, spot.number.start, spot.clause)
            # 基本支出出1975.41万元: a character printed twice.
            if residue and not term.text.endswith(residue):
                return None, residue
            subject = self.named(spot.state, spot.sentence, term, spot.number.unit)
            if subject is not None:
                carried = self._carried_over(spot, term)
                return carried or self._refined(spot, subject, term), ""
            rows = self._vocabulary.terms.get(term.text, ())
            if rows and all(row.item is None for row in rows):
                return None, term.text
        residue = self._residue(spot, spot.clause_start, spot.number.start, spot.clause)
        if residue:
            return None, residue
        fund = next((t for t in reversed(spot.clause) if t.has_role("fund")), None)
        if fund is not None:
            # 一般公共预算财政拨款5万元: income or expenditure? It does not say, and is not the subject's own.
            return None, fund.text
        return self._without_term(spot, said), ""

    def _carried_over(self, spot: Spot, term: Token) -> Subject | None:
        """上年结转结余的一般公共预算收入: a part of the carry-over, not that income."""
        before = next((t for t in spot.terms(before=term.start) if t.end + 1 == term.start), None)
        if before is None or spot.sentence.text[before.end] != "的":
            return None
        whole = self.named(spot.state, spot.sentence, before, spot.number.unit)
        if whole is None or not whole.item.startswith("carryover"):
            return None
        return replace(whole, component="part", label=spot.sentence.text[before.start : term.end])

    def _refined(self, spot: Spot, subject: Subject, term: Token) -> Subject:
        """The subject of a term, as what surrounds it narrows it down."""
        sentence = spot.sentence
        subject = self.same_or_new(sentence, subject, term.text, comparing=self._comparing(spot))
        current, whole, unit = sentence.subject, spot.state.level, spot.number.unit
        if (
            current is not None
            and unit is not None
            and current.component not in ("total", "part")
            and self._vocabulary.companions.get((current.item, unit.text)) == subject.item
        ):
            # 国（境）外公务接待0批次，接待人次0人: the persons are of the same kind as the batches.
            subject = replace(subject, component=current.component, label=current.label)
        if (
            whole is not None
            and not whole.sticky
            and whole.parent.kind is UnitKind.COUNT
            and whole.parent.is_same_as(subject)
        ):
            # 编制180人，其中：…编制175人: the same item again, so a part of it.
            subject = replace(subject, component="part", label=term.text)
        funds = [t.word.value for t in spot.clause if t.word and t.has_role("fund") and t.end <= term.start]
        return replace(subject, fund=funds[-1]) if funds else subject

    def _without_term(self, spot: Spot, said: str | None) -> Subject | None:
        """The subject of a clause that names none: what the sentence or the open level is about."""
        state, sentence = spot.state, spot.sentence
        if sentence.project is None and _PROJECTS.match(spot.lead_text):
            return self.item("project_funds")
        if (topic := self._topic(spot)) is not None:
            return topic
        if SUM.search(spot.lead_text) and _COUNTED_PROJECTS.search(sentence.text, sentence.start, spot.clause_start):
            return self.item("project_funds")
        if said is not None and (opening := self._opening(spot)) is not None:
            return opening
        current = sentence.subject
        if (current is None or (not sentence.fresh and said is None)) and self._residue(
            spot, sentence.lead_start, spot.clause_start, sentence.lead
        ):
            return self.project(sentence.project) if sentence.project else None
        level = state.level
        if (
            said is not None
            and level is not None
            and current is not None
            and current.number is not None
            and not current.phase_was_said
            and said != current.phase
            and not current.is_same_as(level.parent)
        ):
            # 其中人员经费…，实际支出…: the children said no phase of their own, so a new one speaks of the whole again.
            state.levels.pop()
            return replace(level.parent, number=None)
        if said is not None and current is not None and self._is_other_side(spot, current):
            return None
        if current is None and said is None and level is not None and level.sticky and len(state.levels) == 1:
            current = level.parent
        return current or self.fallback(spot)

    def _topic(self, spot: Spot) -> Subject | None:
        """A term that ends an earlier clause of the same lead: 因公出国（境）费用，2024年度决算数0万元."""
        earlier = [t for t in spot.sentence.lead if t.end <= spot.clause_start]
        terms = [t for t in earlier if t.is_term]
        if not terms or any(t.has_role("change", "rate", "share") for t in earlier):
            return None
        pauses = [t for t in earlier if t.kind is Kind.PAUSE]
        pause = next((t for t in pauses if t.start >= terms[-1].end), None)
        if pause is None or any(t.text == "、" for t in pauses):
            return None
        if self._residue(spot, terms[-1].end, pause.start, earlier):
            return None
        return self.named(spot.state, spot.sentence, terms[-1], spot.number.unit)

    def _opening(self, spot: Spot) -> Subject | None:
        """The only term of a sentence that it opens with: 项目资金未列入年初预算，年初预算数为0万元."""
        sentence = spot.sentence
        terms = [t for t in sentence.lead if t.is_term]
        if sentence.fresh or len({t.text for t in terms}) != 1 or sentence.lead_start != sentence.start:
            return None
        if self._residue(spot, sentence.start, terms[0].start, sentence.lead):
            return None
        return self.named(spot.state, sentence, terms[0], spot.number.unit)

    @staticmethod
    def _is_other_side(spot: Spot, current: Subject) -> bool:
        """收入决算 after an expenditure, 支出决算 after a carry-over: said of something that has no name here."""
        income = any(t.text.startswith("收入") for t in spot.clause if t.has_role("phase"))
        spending = any(t.text.startswith("支出") for t in spot.clause if t.has_role("phase"))
        is_income = current.item.startswith("income")
        return current.item.startswith("carryover") or (income and not is_income) or (spending and is_income)

    def fallback(self, spot: Spot) -> Subject | None:
        """The subject where nothing names one: the paragraph's project, the section's item, the heading's only term."""
        state, sentence = spot.state, spot.sentence
        if sentence.project is not None:
            return self.project(sentence.project)
        if sentence.text.startswith(("）", "，", "；", "、", "。")):
            # The rest of a paragraph that was torn in two: its subject stayed behind.
            return None
        if state.section and state.section.default_item:
            return self.item(state.section.default_item)
        if state.section_code == "function" or not state.follows_heading or not sentence.text[: spot.number.start]:
            # Classes are named one by one there; and only the paragraph under a heading is about it.
            return None
        items = {
            r.item for text in state.heading_terms for r in self._vocabulary.terms[text] if r.item and not r.within
        }
        return self.item(items.pop()) if len(items) == 1 else None

    def part(self, spot: Spot, residue: str) -> Subject | None:
        """A name no vocabulary has: a project listed under 项目支出, or a part of a project's money."""
        label = wording.name(spot.lead_text)
        if not label or not residue:
            return None
        parent = spot.state.level.parent if spot.state.level else None
        if parent is not None and parent.item in ("expenditure_project", "project_funds"):
            return self.project(label) if names.is_project_name(label) else None
        if parent is not None and parent.statement == "project":
            return Subject(parent.item, "project", label, "part")
        if spot.state.report.kind == "project_performance" and spot.sentence.project is not None:
            return Subject(spot.sentence.project, "project", label, "part")
        return None

    # -- what fits ---------------------------------------------------------------------------------------------------

    def fitting(self, subject: Subject, unit: Unit) -> Subject | None:
        """The subject itself if the unit fits it, its companion (金额 of vehicles bought), or None."""
        companion = self._vocabulary.companions.get((subject.item, unit.text))
        if companion is not None:
            label = subject.label if subject.component != "total" else ""
            return replace(subject, item=companion, number=None, label=label)
        if subject.statement in ("project", "function"):
            return subject if unit.kind is UnitKind.YUAN else None
        if subject.statement == "performance":
            return self.project(subject.item) if unit.kind is UnitKind.YUAN else None
        return subject if self._vocabulary.accepts(subject.item, unit) else None

    def same_or_new(self, sentence: Sentence, subject: Subject, printed: str, *, comparing: bool = True) -> Subject:
        """In a comparison, a shorter form of the subject's own name means the subject again, not another item."""
        current = sentence.subject
        if current is None:
            return subject
        if current.item == "project_funds" and subject.item == "expenditure_project" and sentence.fresh:
            # 项目全年预算数…，项目支出数…: the spending of the funds that the sentence is about.
            return current
        if not comparing or current.item == subject.item or current.statement is not None:
            return subject
        longer = self._vocabulary.phrases_of.get(current.item, ())
        return current if any(text != printed and text.endswith(printed) for text in longer) else subject

    def _comparing(self, spot: Spot) -> bool:
        return wording.is_comparing(spot.sentence.text[spot.sentence.lead_start : spot.number.start])

    def _fund_of_sentence(self, state: State, sentence: Sentence, token: Token) -> str:
        """The fund whose carry-over is told: named earlier in the sentence, or by the section."""
        before = sentence.text[sentence.start : token.start]
        for phrase, word in self._vocabulary.words.items():
            if word.role == "fund" and phrase in before:
                return word.value
        return state.section_code if state.section_code in ("government_fund", "state_capital") else "all"

    def _residue(self, spot: Spot, start: int, end: int, tokens: tuple[Token, ...] | list[Token]) -> str:
        return wording.residue(self._vocabulary, spot.sentence.text, start, end, tokens)
