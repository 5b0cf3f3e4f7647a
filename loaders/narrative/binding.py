"""A number to its meaning: an amount, a count, a percentage or a score of the subject that is found for it."""

from __future__ import annotations

import re
from dataclasses import replace

from loaders.narrative import names, phases, wording
from loaders.narrative.lexer import Lexer, Token
from loaders.narrative.state import Level, Page, Sentence, Spot, Subject
from loaders.narrative.subjects import SubjectFinder
from loaders.numbers import UnitKind
from loaders.reading import Meaning, Reading
from loaders.vocabulary import Vocabulary, Word

_TARGET = re.compile(r"(?:[≥≤＞＜><]|不低于|不少于|不超过|不高于|大于|小于)$")
_COMPARED_YEAR = re.compile(r"[比较与](?P<year>20\d\d)年[^，。；]{0,20}$")


class Binder:
    """Binds numbers; holds the vocabulary, its lexer and the finder of subjects."""

    def __init__(self, vocabulary: Vocabulary, lexer: Lexer, subjects: SubjectFinder) -> None:
        self._vocabulary = vocabulary
        self._lexer = lexer
        self._subjects = subjects

    def bind(self, page: Page, spot: Spot) -> Reading:
        """The reading of a number that may be a figure; the sentence moves on to what it speaks of."""
        if spot.number.start in spot.sentence.respective:
            spot.sentence.subject = None
            return page.no_figure(spot.number, spot.state.excuse("no_subject"), "分别")
        kind = spot.number.unit.kind if spot.number.unit else None
        if kind is UnitKind.PERCENT:
            return self._percent(page, spot)
        if kind is UnitKind.SCORE or (kind is None and any(t.has_role("score") for t in spot.clause)):
            return self._score(page, spot)
        return self._amount(page, spot)

    # -- money and counts --------------------------------------------------------------------------------------------

    def _amount(self, page: Page, spot: Spot) -> Reading:
        """Money, a count, or a number without a unit."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        said = phases.said(spot)
        subject, residue = self._subjects.find(spot, said)
        unit = number.unit or phases.implied_unit(self._vocabulary, self._lexer, spot, subject, said, residue)
        if unit is None:
            return page.no_figure(number, "no_unit", residue)
        if subject is not None:
            fitting = self._subjects.fitting(subject, unit)
            if fitting is None and subject is sentence.subject:
                # 团组0次，0人，支出比上年增加0万元: back to the last subject that was money.
                fitting = sentence.by_kind.get(unit.kind)
            subject = fitting
        if subject is None and unit.kind is UnitKind.YUAN and (number.unit is not None or said == "contract"):
            subject = self._subjects.part(spot, residue)
        if subject is None:
            if residue:
                # 绿化养护300万元，占37.5%: what follows speaks of this, which has no name here.
                sentence.subject = None
            reason = "work_statistic" if unit.kind is UnitKind.COUNT else "unknown_term" if residue else "no_subject"
            return page.no_figure(number, state.excuse(reason), residue)
        if (
            unit.kind is UnitKind.COUNT
            and state.level
            and subject is sentence.subject
            and subject == state.level.parent
        ):
            # 编制15名（其中10名…）: a count that names nothing of its own is a part of the whole.
            subject = replace(subject, component="part", number=None)
        level = state.level_over(subject)
        relation = next((t.word for t in reversed(spot.clause) if t.has_role("change", "phase", "share")), None)
        change = relation if relation is not None and relation.role == "change" else None
        if change is not None:
            phase, was_said = "change", False
        elif unit.kind is UnitKind.COUNT:
            phase, was_said = "count", False
        else:
            phase, was_said = phases.phase(state, said, level)
        of_number = sentence.last_amounts.get(subject.item) if change else None
        compared = None if change else _COMPARED_YEAR.search(spot.lead_text)
        meaning = self._meaning(
            subject,
            phase,
            level,
            base=self._compared_with(spot) if change else phases.base(state, phase, level),
            base_item=level.parent.item if level else None,
            base_phase=level.parent.phase if level else None,
            of_number=of_number,
        )
        year = int(compared["year"]) if compared else sentence.year
        reading = page.figure(number, meaning, year, unit=unit, sign=change.sign if change else 1)
        if compared:
            # 比2023年预算数5万元增加…: the amount compared with is that year's, and the sentence goes on about its own.
            return reading
        later = sentence.amount_years.get(subject.item)
        if change is None and later is not None and sentence.year is not None and sentence.year < later:
            # 2021年80万元，2020年100万元，减少20万元: the earlier amount is there to compare with.
            sentence.year = later
            return reading
        if change is None and sentence.year is not None:
            sentence.amount_years[subject.item] = sentence.year
        bound = replace(subject, number=reading.number_no, phase=phase, phase_was_said=was_said, kind=unit.kind)
        sentence.by_kind[unit.kind] = bound
        if not change:
            sentence.subject = bound
            sentence.last_amounts[subject.item] = reading.number_no
            if phase == "actual":
                sentence.last_actuals[subject.item] = reading.number_no
        elif sentence.subject is None or sentence.subject.item != subject.item:
            sentence.subject = replace(subject, number=of_number)
        if relation is not None and relation.role == "phase" and any(t.has_role("share") for t in spot.clause):
            # 占预算100元的10%: the amount is the base of the percentage that follows.
            rate = "execution_pct" if phase in phases.BUDGET_PHASES or phase == "appropriated" else "share_pct"
            sentence.carried = (rate, sentence.text[spot.clause[0].start : number.end], phase)
        sentence.carried = phases.rate_base(spot) or sentence.carried
        return reading

    def _meaning(
        self,
        subject: Subject,
        phase: str,
        level: Level | None,
        *,
        base: str = "",
        base_item: str | None = None,
        base_phase: str | None = None,
        of_number: int | None = None,
        whole_number: int | None = None,
    ) -> Meaning:
        return Meaning(
            item=subject.item,
            phase=phase,
            statement=subject.statement,
            label=subject.label or self._vocabulary.label(subject.item),
            component=subject.component,
            fund=subject.fund,
            path=subject.path,
            base=base,
            base_item=base_item,
            base_phase=base_phase,
            of_number=of_number,
            whole_number=whole_number,
            parent_number=level.parent.number if level else None,
        )

    @staticmethod
    def _compared_with(spot: Spot) -> str:
        return wording.compared_with(spot.sentence.text, spot.sentence.start, spot.number.start)

    # -- percentages -------------------------------------------------------------------------------------------------

    def _percent(self, page: Page, spot: Spot) -> Reading:
        """A percentage: a share (占), a change (增长, 下降) or a rate (完成, 执行率) of the subject."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        if _TARGET.search(sentence.text[: number.start]):
            return page.no_figure(number, "target")
        token = self._relation(spot)
        if token is None and sentence.carried is not None and sentence.subject is not None:
            phase, base, base_phase = sentence.carried
            level = state.level_over(sentence.subject)
            of_number = self._spoken_of(sentence, sentence.subject)
            meaning = self._meaning(
                sentence.subject, phase, level, base=base, base_phase=base_phase, of_number=of_number
            )
            return page.figure(number, meaning, sentence.year)
        if token is None or token.word is None:
            return page.no_figure(number, state.excuse("percent_without_relation"))
        word = token.word
        subject = self._percent_subject(spot, token)
        if subject is None or subject.kind is UnitKind.SCORE:
            return page.no_figure(number, state.excuse("no_subject"))
        if (
            word.value == "execution_pct"
            and not spot.terms(before=token.start)
            and self._is_unspoken_part(spot, subject)
        ):
            # 支出400万元，其中：…项目支出100万元，执行率80%: a part of which one amount is told has no rate of its own.
            subject = state.levels.pop().parent
        level = state.level_over(subject)
        of_number = self._spoken_of(sentence, subject)
        if word.role == "share":
            base, base_item, whole = self._share_base(spot, token, level)
            meaning = self._meaning(
                subject, "share_pct", level, base=base, base_item=base_item, of_number=of_number, whole_number=whole
            )
        elif word.role == "change":
            meaning = self._meaning(subject, "change_pct", level, base=self._compared_with(spot), of_number=of_number)
        else:
            base = word.text if _override(word) else word.note or sentence.text[token.start : token.end]
            base_phase = phases.BASE_PHASES.get(word.note)
            meaning = self._meaning(subject, word.value, level, base=base, base_phase=base_phase, of_number=of_number)
        sentence.subject = subject
        return page.figure(number, meaning, sentence.year, sign=word.sign)

    @staticmethod
    def _is_unspoken_part(spot: Spot, subject: Subject) -> bool:
        """Whether the subject is a part of the open whole, and its amount had its phase from there."""
        level = spot.state.level
        return (
            level is not None
            and not level.sticky
            and level.parent.number is not None
            and subject.number is not None
            and not subject.phase_was_said
            and not subject.is_same_as(level.parent)
        )

    @staticmethod
    def _relation(spot: Spot) -> Token | None:
        """The last relation word of the clause; 完成 alone says what was done, and is a rate only after a term."""
        token = next((t for t in reversed(spot.clause) if t.has_role("share", "change", "rate")), None)
        if token is not None and token.word is not None and token.word.note == "term":
            return token if spot.terms(before=token.start) else None
        return token

    def _percent_subject(self, spot: Spot, token: Token) -> Subject | None:
        state, sentence, unit = spot.state, spot.sentence, spot.number.unit
        assert token.word is not None
        override = _override(token.word)
        if override:
            return self._subjects.item(override)
        terms = spot.terms(before=token.start)
        named = [self._subjects.named(state, sentence, t, unit, percent=True) for t in terms]
        known = [s for s in named if s is not None]
        if known:
            subject = self._subjects.same_or_new(sentence, known[-1], terms[-1].text)
            if token.has_role("share") and len({k.item for k in known}) > 1:
                # 服务采购授予中小企业合同金额占…: a part that two terms narrow down, not the item itself.
                label = sentence.text[terms[0].start : terms[-1].end]
                subject = replace(subject, component="part", label=label, number=None)
            return subject
        earlier = [t for t in sentence.lead if t.is_term and t.end <= token.start]
        if earlier:
            return self._subjects.named(state, sentence, earlier[-1], unit, percent=True)
        return sentence.subject or self._subjects.fallback(spot)

    def _share_base(self, spot: Spot, token: Token, level: Level | None) -> tuple[str, str | None, int | None]:
        """The base of a share as printed, its item, and the number of the whole where a level names it.

        占6% and 占总数的6% are of the open level's whole; a base that the vocabulary does not know has no item.
        """
        text = spot.sentence.text
        base = text[token.end : spot.number.start].rstrip("的为是约达")
        terms = [t for t in spot.clause if t.is_term and t.start >= token.end]
        if terms:
            named = self._subjects.named(spot.state, spot.sentence, terms[-1], None)
            base_item = named.item if named else None
        elif wording.residue(self._vocabulary, base, 0, len(base), ()):
            return base, None, None
        else:
            base_item = level.parent.item if level else None
        whole = level.parent if level and base_item == level.parent.item else None
        return base, base_item, whole.number if whole else None

    @staticmethod
    def _spoken_of(sentence: Sentence, subject: Subject) -> int | None:
        """The amount that a share, rate or change speaks of: spending before budgets; a part has only its own."""
        if subject.phase in phases.BUDGET_PHASES and subject.item in sentence.last_actuals:
            return sentence.last_actuals[subject.item]
        if subject.phase not in ("change", None):
            return subject.number
        return sentence.last_amounts.get(subject.item) if subject.component == "total" else None

    # -- scores ------------------------------------------------------------------------------------------------------

    def _score(self, page: Page, spot: Spot) -> Reading:
        """A score: of a named project, or of the unit as a whole; parts of a score that is open."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        said = next((t for t in spot.clause if t.has_role("score")), None)
        level = state.level
        if level is not None and level.parent.kind is UnitKind.SCORE and said is None:
            subject = replace(level.parent, component="part", label=wording.strip(spot.lead_text), number=None)
        else:
            scored = self._scored(spot, said)
            if scored is None:
                return page.no_figure(number, state.excuse("score_without_subject"))
            subject = Subject(
                scored,
                None if scored == "overall" else "performance",
                "" if scored == "overall" else scored,
                kind=UnitKind.SCORE,
            )
        meaning = self._meaning(subject, "score", None)
        reading = page.figure(number, meaning, sentence.year, unit=number.unit or self._vocabulary.unit_by_text["分"])
        if subject.component == "total":
            sentence.subject = replace(subject, number=reading.number_no, phase="score")
        return reading

    def _scored(self, spot: Spot, said: Token | None) -> str | None:
        """What a score is of: the project named before 得分, the paragraph's project, or the whole unit."""
        overall = any(r.item == "overall" for t in spot.terms() for r in self._vocabulary.terms.get(t.text, ()))
        if overall:
            return "overall"
        if said is None:
            return None
        name = wording.name(spot.sentence.text[spot.clause_start : said.start])
        if names.is_project_name(name):
            return name
        if spot.sentence.project is not None:
            return spot.sentence.project
        return "overall" if spot.state.report.kind == "unit_performance" else None


def _override(word: Word) -> str | None:
    """The item that a relation word speaks of whatever stands around it: 结余率, 预决算差异率."""
    return word.note.removeprefix("item:") if word.note.startswith("item:") else None
