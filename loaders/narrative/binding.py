"""A number to its meaning: an amount, a count, a percentage or a score of the subject that is found for it."""

from __future__ import annotations

import re
from dataclasses import replace

from loaders.narrative import phases, scores, wording
from loaders.narrative.lexer import Lexer, Token
from loaders.narrative.naming import Naming
from loaders.narrative.parts import PartFinder
from loaders.narrative.state import Level, Page, Sentence, Spot, State, Subject, is_plain
from loaders.narrative.subjects import SubjectFinder
from loaders.numbers import Unit, UnitKind
from loaders.reading import Meaning, Reading
from loaders.vocabulary import Vocabulary

# 主要原因是养护费减少300万元: amounts that explain another.
_EXPLAINS = re.compile(r"原因|由于|因为|[，；]系")
# 主要原因是增加养护经费预算5万元: what was added, where the word of the change stands before its name.
_ADDED = re.compile(r"原因(?:主要)?[是为：]?(?:主要)?[是为]?(?:增加|减少|新增|追加|安排)[^，。；：]{2,60}$")
_REASON_REACH = 80
_TARGET = re.compile(r"(?:[≥≤＞＜><]|不低于|不少于|不超过|不高于|大于|小于)$")
_COMPARED_YEAR = re.compile(r"[比较与](?P<year>20\d\d)年[^，。；]{0,20}$")
# 去年预算数为0万元: an amount of the year before, told beside this year's.
# 支出5万元，比年初预算7万元减少2万元，其中…: a budget that spending is held against.
_HELD_AGAINST = re.compile(r"(?:比|较|与|控制在)(?:20\d\d年度?)?(?:年初|全年|调整后?的?)?预算(?:数|安排)?为?$")
# 较上年8万元减少2万元: an amount right behind the word is the one compared with.
_LAST_YEAR = re.compile(
    r"(?:上一?年度?|去年)(?:年初)?(?:预算|决算|执行)数?[^，。；]{0,6}$|[比较与同](?:上一?年度?|去年)(?:同期)?的?$"
)


class Binder:
    """Binds numbers; holds the vocabulary, its lexer and what finds subjects."""

    def __init__(self, vocabulary: Vocabulary, lexer: Lexer, naming: Naming) -> None:
        self._vocabulary = vocabulary
        self._lexer = lexer
        self._naming = naming
        self._subjects = SubjectFinder(vocabulary, naming)
        self._parts = PartFinder(vocabulary, naming)

    def bind(self, page: Page, spot: Spot) -> Reading:
        """The reading of a number that may be a figure; the sentence moves on to what it speaks of."""
        if spot.number.start in spot.sentence.dealt and spot.given is None:
            spot.sentence.subject = None
            return page.no_figure(spot.number, spot.state.excuse("no_subject"), "分别")
        kind = spot.number.unit.kind if spot.number.unit else None
        if kind is None and phases.is_implied_percent(spot):
            kind = UnitKind.PERCENT
        if kind is UnitKind.PERCENT:
            return self._percent(page, spot)
        if kind is UnitKind.SCORE or (kind is None and any(t.has_role("score") for t in spot.clause)):
            return self._score(page, spot)
        return self._amount(page, spot)

    # -- money and counts --------------------------------------------------------------------------------------------

    def _amount(self, page: Page, spot: Spot) -> Reading:
        """Money, a count, or a number without a unit."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        related = spot.relation("change", "phase", "share")
        relation = related.word if related else None
        change = relation if relation is not None and relation.role == "change" else None
        if change is None and number.unit is not None and (whole := self._whole_of_share(page, spot)) is not None:
            return whole
        # 比2025年预算减少5万元: the phase is that of what is compared with.
        said = phases.said(spot) if change is None else None
        subject, residue = self._subjects.find(spot, said)
        near = max(sentence.start, number.start - _REASON_REACH)
        if change is None and subject is not None and _ADDED.search(sentence.text, near, number.start):
            return page.no_figure(number, "explanation", residue)
        unit = number.unit or phases.implied_unit(self._vocabulary, self._lexer, spot, subject, said, residue)
        if unit is None:
            # 用地面积4000.6平方米: measured in what is neither money nor a count
            measured = re.match(r"[\u4e00-\u9fff]", sentence.text[number.end :]) is not None
            return page.no_figure(number, "quantity" if measured else "no_unit", residue)
        if subject is not None:
            fitting = self._naming.fitting(subject, unit)
            listed = spot.lead_text == "" and sentence.text[number.start - 1 : number.start] == "、"
            if fitting is None and subject is sentence.subject and not listed:
                # 团组0次，0人，支出比上年增加0万元: back to the last subject that was money.
                fitting = sentence.by_kind.get(unit.kind)
            subject = fitting
        if subject is None and unit.kind is UnitKind.COUNT:
            subject = self._parts.count(spot, unit, residue)
        if subject is None and unit.kind is UnitKind.YUAN and (number.unit is not None or said == "contract"):
            subject = self._parts.money(spot, residue, number.start)
        if subject is None:
            return page.no_figure(number, state.excuse(self._reason(spot, unit, residue)), residue)
        if (
            unit.kind is UnitKind.COUNT
            and state.level
            and subject is sentence.subject
            and subject == state.level.parent
        ):
            # 编制15名（其中10名…）: a count that names nothing of its own is a part of the whole.
            subject = replace(subject, component="part", number=None)
        level = self._level_over(state, subject)
        if change is not None:
            phase, was_said = "change", False
        elif unit.kind is UnitKind.COUNT:
            phase, was_said = "count", False
        else:
            phase, was_said = phases.phase(state, said, level, self._vocabulary.measures.get(subject.item))
        of_number = sentence.last_amounts.get(subject.item) if change else None
        compared = None if change else self._compared_year(spot)
        meaning = self._meaning(
            subject,
            phase,
            level,
            base=self._compared_with(spot) if change else phases.base(state, phase, level),
            base_item=level.parent.item if level else None,
            base_phase=level.parent.phase if level else None,
            of_number=of_number,
        )
        year = compared or sentence.year
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
        bound = replace(
            subject, number=reading.number_no, phase=phase, phase_was_said=was_said, kind=unit.kind, unit=unit.text
        )
        sentence.by_kind[unit.kind] = bound
        sentence.first = sentence.first or bound
        sentence.amounts.setdefault((subject.item, subject.component), {})[phase] = reading.number_no
        sentence.changed = (subject, change.sign) if change else None
        if sentence.before_reason is None and _EXPLAINS.search(
            sentence.text, sentence.text.rfind("；", sentence.start, number.start) + 1 or sentence.start, number.start
        ):
            sentence.before_reason = sentence.subject
        if not change:
            told = sentence.subject
            beside = phases.rate_base(spot) is not None or _HELD_AGAINST.search(sentence.text, 0, number.start)
            if not beside or told is None or told.number is None or not told.is_same_as(bound):
                # 支出3万元，完成预算5万元的60%: the sentence stays about the spending.
                sentence.subject = bound
            if not beside or subject.item not in sentence.last_amounts:
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

    @staticmethod
    def _is_base_of_rate(spot: Spot) -> bool:
        """占预算5万元的60%: of what was to be spent, which makes it a rate."""
        return any(t.word is not None and t.has_role("phase") and t.word.value != "actual" for t in spot.clause)

    def _whole_of_share(self, page: Page, spot: Spot) -> Reading | None:
        """基本支出2万元，占本年支出合计3万元的66.67%: the amount is of the whole, and the share of what it is about."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        share = next((t for t in spot.clause if t.has_role("share")), None)
        if share is None or number.unit is None or self._is_base_of_rate(spot):
            return None
        base = sentence.text[share.end : number.start].strip()
        if len(base) < len("支出"):
            return None
        terms = [t for t in spot.terms() if t.start >= share.end]
        subject = self._naming.named(state, sentence, terms[-1], number.unit) if terms else None
        if subject is None or self._naming.residue(spot, terms[-1].end, number.start, spot.clause):
            return page.no_figure(number, state.excuse("unknown_term"), base)
        phase, _ = phases.phase(state, None, None, self._vocabulary.measures.get(subject.item))
        sentence.carried = ("share_pct", sentence.text[share.start : number.end], None)
        return page.figure(number, self._meaning(subject, phase, None), sentence.year)

    def _reason(self, spot: Spot, unit: Unit, residue: str) -> str:
        """Why an amount or count has no meaning."""
        sentence = spot.sentence
        if residue:
            # 绿化养护300万元，占37.5%: what follows speaks of this, which has no name here.
            sentence.subject = None
        if unit.kind is UnitKind.COUNT:
            return "work_statistic"
        if any(row.item is None for row in self._vocabulary.terms.get(residue, ())):
            return "no_item"
        if _TARGET.search(sentence.text[: spot.number.start]):
            return "target"
        if _EXPLAINS.search(sentence.text, sentence.start, spot.number.start):
            return "explanation"
        return "unknown_term" if residue else "no_subject"

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
            code=subject.code,
            path=subject.path,
            base=base,
            base_item=base_item,
            base_phase=base_phase,
            of_number=of_number,
            whole_number=whole_number,
            # 预算9万元，决算8万元，其中：基本支出预算5万元: of the budget
            parent_number=level.amounts.get(phase, level.parent.number) if level else None,
        )

    @staticmethod
    def _compared_year(spot: Spot) -> int | None:
        """The year of an amount that is printed to compare with, None if it is the sentence's own."""
        if (match := _COMPARED_YEAR.search(spot.lead_text)) is not None:
            return int(match["year"])
        year = spot.sentence.year
        return year - 1 if year is not None and _LAST_YEAR.search(spot.lead_text) else None

    @staticmethod
    def _compared_with(spot: Spot) -> str:
        return wording.compared_with(spot.sentence.text, spot.sentence.start, spot.number.start)

    # -- percentages -------------------------------------------------------------------------------------------------

    def _percent(self, page: Page, spot: Spot) -> Reading:
        """A percentage: a share (占), a change (增长, 下降) or a rate (完成, 执行率) of the subject."""
        state, sentence, number = spot.state, spot.sentence, spot.number
        unit = number.unit or self._vocabulary.unit_by_text["%"]
        if _TARGET.search(sentence.text[: number.start]):
            return page.no_figure(number, "target")
        token = self._relation(spot)
        if token is None and sentence.carried is not None and sentence.subject is not None:
            phase, base, base_phase = sentence.carried
            level = self._level_over(state, sentence.subject)
            of_number = self._spoken_of(sentence, sentence.subject)
            meaning = self._meaning(
                sentence.subject, phase, level, base=base, base_phase=base_phase, of_number=of_number
            )
            return page.figure(number, meaning, sentence.year, unit=unit)
        if token is None and sentence.changed is not None and sentence.text[sentence.lead_start : number.start] == "（":
            # 增加5.00万元（8.33%）
            changed, sign = sentence.changed
            level, of_number = self._level_over(state, changed), self._spoken_of(sentence, changed)
            meaning = self._meaning(changed, "change_pct", level, of_number=of_number)
            return page.figure(number, meaning, sentence.year, sign=sign)
        if token is None or token.word is None:
            return page.no_figure(number, state.excuse("percent_without_relation"))
        word = token.word
        subject = self._percent_subject(spot, token)
        if sentence.stray and not spot.terms(before=token.start):
            told = sentence.stray in ("unknown_term", "no_subject", "no_item")
            own_rate = word.role == "rate" and sentence.project is not None
            if told and not own_rate and not scores.own_item(word):
                # 绿化养护300万元，占37.5%: of the amount that has no name here
                return page.no_figure(number, state.excuse(sentence.stray))
            if word.role == "change":
                # 采血总量84.71吨，比去年同期增加0.91%: a change of what was counted, not of money
                return page.no_figure(number, state.excuse("work_statistic"))
        if subject is not None and subject.kind is UnitKind.COUNT and word.role == "rate":
            # 退休教师补助…，预算执行率100%: only money is executed
            subject = None
        if subject is None or subject.kind is UnitKind.SCORE:
            return page.no_figure(number, state.excuse("no_subject"))
        if (
            word.value == "execution_pct"
            and not spot.terms(before=token.start)
            and self._is_unspoken_part(spot, subject)
        ):
            # 支出400万元，其中：…项目支出100万元，执行率80%: a part of which one amount is told has no rate of its own.
            subject = state.levels.pop().parent
        level = self._level_over(state, subject)
        of_number = self._spoken_of(sentence, subject)
        if word.role == "share":
            base, base_item, whole = self._share_base(spot, token, level)
            meaning = self._meaning(
                subject, "share_pct", level, base=base, base_item=base_item, of_number=of_number, whole_number=whole
            )
        elif word.role == "change":
            meaning = self._meaning(subject, "change_pct", level, base=self._compared_with(spot), of_number=of_number)
        else:
            base = word.text if scores.own_item(word) else word.note or sentence.text[token.start : token.end]
            base_phase = phases.BASE_PHASES.get(word.note)
            meaning = self._meaning(subject, word.value, level, base=base, base_phase=base_phase, of_number=of_number)
        sentence.subject = subject
        return page.figure(number, meaning, sentence.year, unit=unit, sign=word.sign)

    def _level_over(self, state: State, subject: Subject) -> Level | None:
        """The open level that a subject is a part of: not where its item cannot be, or something else is counted."""
        level = state.level_over(subject)
        if level is None:
            return None
        parent = level.parent
        if parent.kind is UnitKind.COUNT:
            # 车辆4辆，其中…；设备4台: equipment is no part of the vehicles; the money for them (金额8万元) is.
            own = {parent.item, *(to for (item, _), to in self._vocabulary.companions.items() if item == parent.item)}
            return level if subject.item in own else None
        return level if self._vocabulary.may_be_part(subject.item, parent.item) else None

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
        token = spot.relation("share", "change", "rate")
        if token is not None and token.word is not None and token.word.note == "term":
            return token if spot.terms(before=token.start) else None
        return token

    def _percent_subject(self, spot: Spot, token: Token) -> Subject | None:
        state, sentence, unit = spot.state, spot.sentence, spot.number.unit
        assert token.word is not None
        override = scores.own_item(token.word)
        if override:
            return self._naming.item(override)
        if spot.given is not None:
            return self._naming.named(state, sentence, spot.given, unit, percent=True)
        terms = spot.terms(before=token.start)
        if terms and any(row.item is None for row in self._vocabulary.terms.get(terms[-1].text, ())):
            return None
        if terms and len(wording.residue(self._vocabulary, sentence.text, terms[-1].end, token.start, spot.clause)) > 1:
            # 固定资产投资增长7%: of something that only begins like a term
            return None
        named = [self._naming.named(state, sentence, t, unit, percent=True) for t in terms]
        known = [s for s in named if s is not None]
        if known:
            subject = self._naming.same_or_new(state, sentence, known[-1], terms[-1].text)
            if token.has_role("share") and len({k.item for k in known}) > 1:
                # 服务采购授予中小企业合同金额占…: a part that two terms narrow down, not the item itself.
                label = sentence.text[terms[0].start : terms[-1].end]
                subject = replace(subject, component="part", label=label, number=None)
            return subject
        # 主要用于人员经费，完成年初预算的100%: the rate is not of what the money was for
        purpose = sentence.text.find("用于", sentence.lead_start, token.start)
        earlier = [t for t in sentence.lead if t.is_term and t.end <= token.start and not 0 <= purpose < t.start]
        if earlier and (named_before := self._naming.named(state, sentence, earlier[-1], unit, percent=True)):
            return named_before
        said = wording.residue(self._vocabulary, sentence.text, spot.clause_start, token.start, spot.clause)
        if len(said) > 2:
            # 留守机构补助执行率为63.9%: of what the vocabulary does not have, in a report on one project a part of it
            return self._parts.money(spot, said, token.start)
        return sentence.subject or self._subjects.fallback(spot)

    def _share_base(self, spot: Spot, token: Token, level: Level | None) -> tuple[str, str | None, int | None]:
        """The base of a share as printed, its item, and the number of the whole where a level names it.

        占6% and 占总数的6% are of the open level's whole; a base that the vocabulary does not know has no item.
        """
        text = spot.sentence.text
        base = text[token.end : spot.number.start].rstrip("的为是约达")
        # 占财政性资金（公用经费除外）总额: what brackets name is not the base
        terms = [t for t in spot.clause if t.is_term and t.start >= token.end and is_plain(text[token.end : t.start])]
        if terms:
            named = self._naming.named(spot.state, spot.sentence, terms[-1], None)
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
        if scores.is_full_points(spot):
            return page.no_figure(number, "target")
        said = next((t for t in spot.clause if t.has_role("score")), None)
        level = state.level
        if level is not None and level.parent.kind is UnitKind.SCORE and said is None:
            subject = replace(level.parent, component="part", label=wording.name(spot.lead_text), number=None)
        else:
            scored = scores.scored(self._vocabulary, spot, said)
            if scored is None:
                return page.no_figure(number, state.excuse("score_without_subject"))
            is_item = scored in self._vocabulary.measures
            subject = Subject(
                scored, None if is_item else "performance", "" if is_item else scored, kind=UnitKind.SCORE
            )
        meaning = self._meaning(subject, "score", None)
        reading = page.figure(number, meaning, sentence.year, unit=number.unit or self._vocabulary.unit_by_text["分"])
        if subject.component == "total":
            sentence.subject = replace(subject, number=reading.number_no, phase="score")
        return reading
