"""What a term names where it stands: the item of the vocabulary row that fits unit and place, a class, a project.

Takes a token with its `Spot`; gives a `Subject`, narrowed down by what surrounds it, or None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from loaders.narrative import wording
from loaders.narrative.lexer import Token
from loaders.narrative.state import Sentence, Spot, State, Subject
from loaders.numbers import Unit, UnitKind
from loaders.vocabulary import Term, Vocabulary

# Items of the whole unit that, inside a report on one project, speak of that project.
_PROJECT_ITEMS = frozenset({"project_funds", "expenditure_project", "expenditure_total", "total_funds"})
ANY_TOTAL = frozenset({"income_total", "expenditure_total"})
_SPENDING_KINDS = {
    "expenditure_basic": "basic",
    "expenditure_project": "project",
    "basic_personnel": "personnel",
    "basic_public": "public",
}
# （2）公用经费：① … : what a list lists is of the kind of spending that heads it, up to the next heading.
_HEADED = re.compile(r"(?:^|(?<=[。；\n]))(?P<mark>（\d{1,2}）|\d{1,2}[.、．]|[①-⑳])?(?P<term>[\u4e00-\u9fff]{2,10})：")
_COMPARED = re.compile(r"[比较与]20\d\d(?:年度?)?$")
_ANY_SPENDING = frozenset({"本年支出", "支出合计", "本年支出合计"})
# Items whose parts are projects.
_PROJECTS_TOGETHER = frozenset({"expenditure_project", "project_funds"})


def lists_projects(state: State) -> bool:
    """Whether the parts of the open level are projects; in a report on one project they are parts of it."""
    level = state.level
    if state.report.kind == "project_performance":
        return False
    return level is not None and (level.parent.statement == "project" or level.parent.item in _PROJECTS_TOGETHER)


class Naming:
    """Names subjects; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    # -- a term ------------------------------------------------------------------------------------------------------

    def named(
        self, state: State, sentence: Sentence, token: Token, unit: Unit | None, *, percent: bool = False
    ) -> Subject | None:
        """The subject that a term names here, given the printed unit; None if it names none that fits."""
        if token.class_name is not None:
            path = token.class_name.path
            name = path.rpartition("/")[2]
            return Subject(
                name,
                token.class_name.statement,
                name,
                path=path if "/" in path else "",
                code=token.class_name.code,
            )
        term = self._row(state, sentence, token.start, token.text, None if percent else unit)
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
        kind = self._vocabulary.measures[term.item].kind
        return Subject(term.item, None, label, term.component, fund, kind=kind, printed=token.text)

    def _row(self, state: State, sentence: Sentence, at: int, text: str, unit: Unit | None) -> Term | None:
        """The vocabulary row of a phrase that fits unit and place; the more narrowly placed before the general."""
        places = {f"{kind}:{level.parent.item}" for level in state.levels for kind in ("level", "item")}
        places.add(f"section:{state.section_code}")
        if sentence.subject is not None:
            places.add(f"item:{sentence.subject.item}")
        best: tuple[int, Term] | None = None
        for term in self._vocabulary.terms.get(text, ()):
            if term.item is None or (
                term.within and places.isdisjoint(term.within) and not self._is_said(sentence, at, term.within)
            ):
                continue
            if unit is not None and not self._fits(term, unit):
                continue
            rank = 0 if not term.within else 1 if term.within[0].startswith("section:") else 2
            if best is None or rank > best[0]:
                best = (rank, term)
        return best[1] if best else None

    @staticmethod
    def _is_said(sentence: Sentence, at: int, within: tuple[str, ...]) -> bool:
        """Whether `said:处置` holds: the phrase stands in the sentence up to `at`, behind the last ；."""
        before = sentence.text[max(sentence.start, sentence.text.rfind("；", 0, at) + 1) : at]
        return any(place.startswith("said:") and place.removeprefix("said:") in before for place in within)

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

    def side_of(self, subject: Subject) -> str | None:
        """Whether a subject is of `income` or `expenditure`; None if of neither."""
        measure = self._vocabulary.measures.get(subject.item)
        return measure.side if measure else None

    def of_fund(self, fund: str, side: str) -> Subject:
        """The income or expenditure of a fund."""
        items = self._vocabulary.funds[fund]
        subject = self.item(items.income_item if side == "income" else items.expenditure_item)
        return replace(subject, fund=fund)

    # -- what surrounds a term ---------------------------------------------------------------------------------------

    def longer_name(self, spot: Spot, term: Token) -> str:
        """In a list of projects, the whole of a name that only ends like a term: 编外人员经费; else nothing."""
        before = spot.sentence.text[spot.clause_start : term.start]
        if spot.terms(before=term.start):
            return ""
        if any(row.item == "project_funds" for row in self._vocabulary.terms.get(term.text, ())):
            # 下达上级转移支付项目资金5万元: a project's, and not that of all projects
            name = wording.name(before)
            plain = wording.residue(self._vocabulary, before, 0, len(before), ())
            return name + term.text if len(plain) > 1 and spot.sentence.project is None else ""
        if not lists_projects(spot.state):
            return ""
        return wording.name(before + term.text) if wording.name(before) else ""

    def carried_over(self, spot: Spot, term: Token) -> Subject | None:
        """上年结转结余的一般公共预算收入: a part of the carry-over, not that income."""
        before = next((t for t in spot.terms(before=term.start) if t.end + 1 == term.start), None)
        if before is None or spot.sentence.text[before.end] != "的":
            return None
        whole = self.named(spot.state, spot.sentence, before, spot.number.unit)
        if whole is None or not whole.item.startswith("carryover"):
            return None
        return replace(whole, component="part", label=spot.sentence.text[before.start : term.end])

    def refined(self, spot: Spot, subject: Subject, term: Token) -> Subject:
        """The subject of a term, as what surrounds it narrows it down."""
        sentence = spot.sentence
        subject = self.same_or_new(
            spot.state,
            sentence,
            subject,
            term.text,
            comparing=self._comparing(spot),
            compared=_COMPARED.search(sentence.text, sentence.start, term.start) is not None,
        )
        current, whole, unit = sentence.subject, spot.state.level, spot.number.unit
        if (
            current is not None
            and unit is not None
            and current.component not in ("total", "part")
            and self._vocabulary.companions.get((current.item, unit.text)) == subject.item
            and "；" not in sentence.text[sentence.lead_start : term.start]
        ):
            # 国（境）外公务接待0批次，接待人次0人: the persons are of the same kind as the batches.
            subject = replace(subject, component=current.component, label=current.label)
        if whole is not None and whole.parent.is_same_as(subject):
            # 编制180人，其中：…编制175人: the same item again, so a part of it
            is_count = whole.parent.kind is UnitKind.COUNT and not whole.sticky
            # 总支出5万元，其中本年支出4万元: without what was carried over
            if is_count or ("总" in whole.parent.printed and term.text in _ANY_SPENDING):
                subject = replace(subject, component="part", label=term.text)
        if subject.statement == "function" and whole is not None and whole.parent.item in _SPENDING_KINDS:
            # 项目支出5万元，其中：教育支出5万元: of that class, what its projects spend
            subject = replace(subject, component=_SPENDING_KINDS[whole.parent.item])
        if subject.statement in ("function", "economic"):
            subject = replace(subject, component=self._headed(sentence, term) or subject.component)
        fund = self._vocabulary.fund_of.get(subject.item)
        if fund is not None and whole is not None and not self._vocabulary.may_be_part(subject.item, whole.parent.item):
            # “三公”经费支出5万元（其中：一般公共预算支出5万元）: what that fund pays of it
            return replace(whole.parent, component="part", label=term.text, fund=fund, number=None)
        if fund is not None and current is not None and current.item == "project_funds" and sentence.fresh:
            # 2个项目…，涉及一般公共预算支出5万元，政府性基金预算支出0万元
            return replace(current, fund=fund, number=None)
        funds = [t.word.value for t in spot.clause if t.word and t.has_role("fund") and t.end <= term.start]
        return replace(subject, fund=funds[-1]) if funds else subject

    def _headed(self, sentence: Sentence, term: Token) -> str | None:
        """The kind of spending whose list a class stands in: the last heading before it in the block, if it is one."""
        kind = None
        for heading in _HEADED.finditer(sentence.text, 0, term.start):
            names = (heading["term"], f"{heading['term']}支出")
            items = [r.item for n in names for r in self._vocabulary.terms.get(n, ()) if r.item in _SPENDING_KINDS]
            if items or heading["mark"]:
                kind = _SPENDING_KINDS[items[0]] if items and items[0] else None
        return kind

    # -- what fits ---------------------------------------------------------------------------------------------------

    def fitting(self, subject: Subject, unit: Unit) -> Subject | None:
        """The subject itself if the unit fits it, its companion (金额 of vehicles bought), or None."""
        companion = self._vocabulary.companions.get((subject.item, unit.text))
        if companion is not None:
            label = subject.label if subject.component != "total" else ""
            return replace(subject, item=companion, number=None, label=label, kind=unit.kind)
        if subject.statement in ("project", "function", "economic"):
            return subject if unit.kind is UnitKind.YUAN else None
        if subject.statement == "performance":
            return self.project(subject.item) if unit.kind is UnitKind.YUAN else None
        return subject if self._vocabulary.accepts(subject.item, unit) else None

    def same_or_new(
        self,
        state: State,
        sentence: Sentence,
        subject: Subject,
        printed: str,
        *,
        comparing: bool = True,
        compared: bool = False,
    ) -> Subject:
        """In a comparison, a shorter form of the subject's own name means the subject again, not another item.

        `compared` tells that the name is that of what is compared with: 比2025年收入执行数.
        """
        current = sentence.subject
        if current is None:
            return subject
        if current.item == "project_funds" and subject.item == "expenditure_project" and sentence.fresh:
            # 项目全年预算数…，项目支出数…: the spending of the funds that the sentence is about.
            return current
        if current.statement == "function" and current.number is None and printed in _ANY_SPENDING:
            # …（项）。本年支出决算5万元: of the class that the sentence before named.
            return current
        whole = state.level.parent if state.level else None
        if whole is not None and whole.item == subject.item and not compared:
            # 财政拨款收入5万元，其中…，财政拨款收入较上年增加…: the whole again, and not a short form of its part.
            return subject
        if not comparing or current.item == subject.item or current.statement is not None:
            return subject
        if subject.item in ANY_TOTAL and self._vocabulary.measures[subject.item].side == self.side_of(current):
            # 国有资本经营预算收入5万元，比2025年预算收入执行数4万元增加…
            return current
        longer = self._vocabulary.phrases_of.get(current.item, ())
        return current if any(text != printed and text.endswith(printed) for text in longer) else subject

    @staticmethod
    def _comparing(spot: Spot) -> bool:
        return wording.is_comparing(spot.sentence.text[spot.sentence.lead_start : spot.number.start])

    def _fund_of_sentence(self, state: State, sentence: Sentence, token: Token) -> str:
        """The fund whose carry-over is told: named earlier in the sentence, or by the section."""
        before = sentence.text[sentence.start : token.start]
        for phrase, word in self._vocabulary.words.items():
            if word.role == "fund" and phrase in before:
                return word.value
        return state.section_code if state.section_code in ("government_fund", "state_capital") else "all"

    def residue(self, spot: Spot, start: int, end: int, tokens: Iterable[Token]) -> str:
        """What stands unexplained in the sentence between `start` and `end`."""
        return wording.residue(self._vocabulary, spot.sentence.text, start, end, tokens)
