"""Which subject a number speaks of: the nearest term before it, or what is still open.

Takes a `Spot`; gives a `Subject`, or the text that stood in the way. The rules are tried in the order of
`SubjectFinder.find`, and each has its example there.
"""

from __future__ import annotations

import re
from dataclasses import replace

from loaders.narrative import wording
from loaders.narrative.lexer import Kind, Token
from loaders.narrative.naming import ANY_TOTAL, Naming
from loaders.narrative.state import Level, Spot, Subject
from loaders.numbers import UnitKind
from loaders.vocabulary import Vocabulary

# 项目 without a name, where no project is open, means all projects together: 项目全年预算数…
_PROJECTS = re.compile(r"(?:其中：?)?(?:20\d\d年度?)?(?:全年|年初|年中|本年|当年)?(?:追加)?(?:全部|所有)?项目(?!绩效)")
# 年中追加项目4个：甲，乙，…，涉及金额1178万元: the sum of what was just counted.
_COUNTED_PROJECTS = re.compile(
    r"项目[共计]{0,2}\d+个|\d+个[^，。；]{0,12}?项目|(?:全部|所有)(?:\w{0,8})项目|项目支出预算纳入"
)
# 整体支出纳入绩效目标管理，涉及财政性资金100万元
_WHOLE_UNIT = re.compile(r"整体(?:支出|绩效)")
# …（本级）2026年预算100万元
_OWN_BUDGET = re.compile(r"(?:（\w{2,4}）)?(?:部门|单位)?(?:20\d\d年度?)?预算(?:总额|总计|合计|数)?[为共计安排]*")
_EVALUATED = re.compile(r"绩效|评价|自评|监控")
_KIND = "项目|专项|一般公共预算|政府性基金预算|国有资本经营预算|预算|支出|财政拨款|财政性|财政"
SUM = re.compile(
    rf"(?:^资金(?:总额)?|预算(?:金额|资金)|(?:涉及|合计|共计|总计|累计)(?:当年|本年)?(?:{_KIND})*"
    r"(?:金额|资金|经费)?(?:合计|共计|总计)?)(?:为|约)?$"
)
# What is paid out of the budget, named as a part of a whole: 其中：财政拨款5万元.
_FISCAL = re.compile(r"(?:当年|本年|上年)?(?:中央|省级|市级|区级|县级|本级)?财政(?:拨款|性?资金|补助)(?:资金|安排)?")
_FISCAL_WHOLES = frozenset({"income_total", "expenditure_total", "income_expenditure_total"})
# 公务接待费。2026年支出预算5万元: 支出预算 alone is no name of a total where something was named just before.
_BARE_SPENDING = re.compile(r"(?:本年|当年|年度?)?(?:支出预算|预算支出)")
_BARE_SIDE = re.compile(r"(?:本年|当年|全年)?(?P<side>收入|支出)(?:合计|总额)?为?")


class SubjectFinder:
    """Finds subjects; holds the vocabulary and what names subjects."""

    def __init__(self, vocabulary: Vocabulary, naming: Naming) -> None:
        self._vocabulary = vocabulary
        self._naming = naming

    # -- a number ----------------------------------------------------------------------------------------------------

    def find(self, spot: Spot, said: str | None) -> tuple[Subject | None, str]:
        """The subject of an amount or count, and the text that stood between the last term and it unexplained.

        `said` is the phase that the clause prints, None if it prints none.
        """
        if spot.given is not None:
            return self._naming.named(spot.state, spot.sentence, spot.given, spot.number.unit), spot.given.text
        if spot.lead_text.startswith("涉及") and SUM.search(spot.lead_text) and (summed := self._summed(spot)):
            return replace(summed, fund=self._fund_named(spot)), ""
        share = next((t.start for t in spot.clause if t.has_role("share")), None)
        for term in reversed(spot.terms(before=share)):
            residue = self._naming.residue(spot, term.end, spot.number.start, spot.clause)
            if self._is_sum_of_list(spot, term):
                return None, spot.sentence.text[term.start : term.end + 1]
            # 基本支出出1975.41万元: a character printed twice.
            if residue and not term.text.endswith(residue):
                return None, residue
            subject = self._naming.named(spot.state, spot.sentence, term, spot.number.unit)
            if subject is not None:
                longer = self._naming.longer_name(spot, term)
                if longer:
                    return None, longer
                about = self._named_alone(spot) if _BARE_SPENDING.fullmatch(term.text) else None
                carried = about or self._naming.carried_over(spot, term)
                return carried or self._naming.refined(spot, subject, term), ""
            rows = self._vocabulary.terms.get(term.text, ())
            if rows and all(row.item is None for row in rows):
                return None, term.text
        if (terms := spot.terms(before=share)) and spot.number.unit is not None:
            # 专用设备8台, where it is only known in money
            return None, terms[-1].text
        residue = self._naming.residue(spot, spot.clause_start, spot.number.start, spot.clause)
        if residue:
            whole = self._whole_unit(spot)
            return whole, "" if whole else residue
        fund = next((t for t in reversed(spot.clause) if t.has_role("fund")), None)
        if fund is not None and fund.word is not None and spot.number.unit is not None:
            side = self._side(spot)
            return (self._naming.of_fund(fund.word.value, side), "") if side else (None, fund.text)
        return self._without_term(spot, said), ""

    @staticmethod
    def _is_sum_of_list(spot: Spot, term: Token) -> bool:
        """调入资金、上年结转等5万元: of all that is listed, and not of the last; 甲、乙各5万元: of each."""
        text = spot.sentence.text
        return text.startswith(("等", "各"), term.end) and text.endswith(("、", "和", "及"), 0, term.start)

    # -- funds and sides ---------------------------------------------------------------------------------------------

    def _side(self, spot: Spot) -> str | None:
        """Whether a fund's name alone speaks of income or expenditure here: as its whole, its sentence, its section.

        None if none of them says.
        """
        state, current = spot.state, spot.sentence.subject
        phases = [t.text for t in spot.clause if t.has_role("phase")]
        if any(text.startswith("收入") for text in phases):
            return "income"
        if any(text.startswith("支出") for text in phases):
            return "expenditure"
        for subject in (state.level.parent if state.level else None, current):
            if subject is not None and (side := self._naming.side_of(subject)) is not None:
                return side
            if subject is not None and ("收入" in subject.printed) != ("支出" in subject.printed):
                # 总收入 of an item that is both
                return "income" if "收入" in subject.printed else "expenditure"
        return state.section.side if state.section else None

    def _fund_named(self, spot: Spot) -> str:
        """The fund whose name stands in the clause, `all` if none does."""
        names = [t.word.value for t in spot.clause if t.word and t.has_role("fund")]
        items = [r.item for t in spot.terms() for r in self._vocabulary.terms.get(t.text, ()) if r.item]
        names += [self._vocabulary.fund_of[item] for item in items if item in self._vocabulary.fund_of]
        return names[-1] if names else "all"

    def _whole_unit(self, spot: Spot) -> Subject | None:
        """青禾市林业局2026年预算100万元, in a section on expenditure: that of the whole unit."""
        total = spot.state.section.total_item if spot.state.section else None
        own, sentence = spot.state.report.organization_name, spot.sentence
        lead = sentence.text[sentence.start : spot.number.start].removeprefix("20").lstrip("0123456789年度")
        if total is None or not own or not lead.startswith(own) or not _OWN_BUDGET.fullmatch(lead.removeprefix(own)):
            return None
        return self._naming.item(total)

    def _without_term(self, spot: Spot, said: str | None) -> Subject | None:
        """The subject of a clause that names none: what the sentence or the open level is about."""
        state, sentence = spot.state, spot.sentence
        if state.level is not None and _FISCAL.fullmatch(wording.name(spot.lead_text)):
            return self._fiscal_part(spot, state.level)
        if state.told is not None and self._goes_on(spot):
            return state.told
        if sentence.project is None and _PROJECTS.match(spot.lead_text):
            return self._naming.item("project_funds")
        if (topic := self._topic(spot)) is not None:
            return topic
        if SUM.search(spot.lead_text) and (summed := self._summed(spot)) is not None:
            return summed
        if said is not None and (opening := self._opening(spot)) is not None:
            return opening
        current = sentence.subject
        if (current is None or (not sentence.fresh and said is None)) and self._naming.residue(
            spot, sentence.lead_start, spot.clause_start, sentence.lead
        ):
            return self._naming.project(sentence.project) if sentence.project else None
        level = state.level
        if (
            said is not None
            and level is not None
            and current is not None
            and current.number is not None
            and not current.phase_was_said
            and said != current.phase
            and current.kind is UnitKind.YUAN
            and not current.is_same_as(level.parent)
        ):
            # 其中人员经费…，实际支出…: the children said no phase of their own, so a new one speaks of the whole again.
            state.levels.pop()
            return replace(level.parent, number=None)
        bare = _BARE_SIDE.fullmatch(spot.lead_text)
        if bare and current is not None and current.fund == "all" and _is_of_whole_unit(current):
            # 年初结转结余2万元，当年收入5万元，支出6万元
            return self._naming.item("income_total" if bare["side"] == "收入" else "expenditure_total")
        if said is not None and current is not None and self._is_other_side(spot, current):
            # 政府性基金…年初结转和结余1万元，收入决算5万元: the fund's, where one is spoken of.
            side = self._side(spot)
            fund = current.fund if current.fund in self._vocabulary.funds else state.section_code
            return self._naming.of_fund(fund, side) if side and fund in self._vocabulary.funds else None
        if current is None and said is None and level is not None and level.sticky and len(state.levels) == 1:
            current = level.parent
        if current is None and said is None and sentence.stray == "work_statistic" and sentence.project is not None:
            # 企业22家，资金420万元: of those, and not of the project
            return None
        return current or self.fallback(spot)

    def _fiscal_part(self, spot: Spot, level: Level) -> Subject:
        """其中：财政拨款5万元: of income or expenditure as a whole the items of that name, else a part."""
        side = self._naming.side_of(level.parent)
        if level.parent.item in _FISCAL_WHOLES and side is not None:
            return self._naming.item("income_fiscal" if side == "income" else "fiscal_expenditure")
        return replace(level.parent, component="part", label=wording.name(spot.lead_text), number=None)

    @staticmethod
    def _goes_on(spot: Spot) -> bool:
        """Whether a paragraph begins with a comparison of what the one before told: 与上年对比增加5万元."""
        sentence = spot.sentence
        return (
            sentence.start == 0
            and sentence.subject is None
            and not sentence.stray
            and bool(spot.clause)
            and spot.clause[0].has_role("compare")
            and not any(t.is_term for t in sentence.lead)
        )

    def _named_alone(self, spot: Spot) -> Subject | None:
        """What the sentence before, or the heading, was only the name of, if it is an item of expenditure."""
        current = spot.sentence.subject
        if current is None and spot.state.follows_heading:
            current = self._headed_by(spot)
        if current is None or current.number is not None or current.statement is not None:
            return None
        is_whole = _is_of_whole_unit(current) or current.item in self._vocabulary.fund_of
        return current if not is_whole and self._naming.side_of(current) == "expenditure" else None

    def _summed(self, spot: Spot) -> Subject | None:
        """What a sum is of: projects that were counted or all of them, or the whole unit's money."""
        text, sentence = spot.sentence.text, spot.sentence
        before = max(text.rfind("；", sentence.start, spot.clause_start), sentence.start)
        if match := _COUNTED_PROJECTS.search(text, before, spot.clause_start):
            level = spot.state.level
            if level is not None and level.parent.item == "project_funds":
                # 项目12个，涉及预算50万元。其中：人员类项目2个，涉及预算20万元
                label = wording.name(text[before : match.start()])
                return replace(self._naming.item("project_funds"), component="part", label=label)
            item = "project_funds"
        elif _WHOLE_UNIT.search(text, before, spot.clause_start):
            item = "total_funds"
        else:
            return None
        evaluated = _EVALUATED.search(text, sentence.start, spot.clause_start)
        subject = self._naming.item(item)
        # What is evaluated need not be all: 项目3个纳入绩效目标管理，涉及…
        return replace(subject, component="evaluated", label=evaluated[0]) if evaluated else subject

    def _topic(self, spot: Spot) -> Subject | None:
        """A term that ends an earlier clause of the same lead: 因公出国（境）费用，2024年度决算数0万元."""
        earlier = [t for t in spot.sentence.lead if t.end <= spot.clause_start]
        terms = [t for t in earlier if t.is_term]
        changes = spot.relation("change") is not None
        if not terms or any(t.has_role("rate", "share") or (t.has_role("change") and not changes) for t in earlier):
            return None
        pauses = [t for t in earlier if t.kind is Kind.PAUSE]
        pause = next((t for t in pauses if t.start >= terms[-1].end), None)
        if pause is None or any(t.text == "、" for t in pauses):
            return None
        if self._naming.residue(spot, terms[-1].end, pause.start, earlier):
            return None
        return self._naming.named(spot.state, spot.sentence, terms[-1], spot.number.unit)

    def _opening(self, spot: Spot) -> Subject | None:
        """The only term of a sentence that it opens with: 项目资金未列入年初预算，年初预算数为0万元."""
        sentence = spot.sentence
        terms = [t for t in sentence.lead if t.is_term]
        if sentence.fresh or len({t.text for t in terms}) != 1 or sentence.lead_start != sentence.start:
            return None
        if self._naming.residue(spot, sentence.start, terms[0].start, sentence.lead):
            return None
        return self._naming.named(spot.state, sentence, terms[0], spot.number.unit)

    @staticmethod
    def _is_other_side(spot: Spot, current: Subject) -> bool:
        """收入决算 after an expenditure, 支出决算 after a carry-over: said of something that has no name here."""
        income = any(t.text.startswith("收入") for t in spot.clause if t.has_role("phase"))
        spending = any(t.text.startswith("支出") for t in spot.clause if t.has_role("phase"))
        is_income = current.item.startswith("income")
        return current.item.startswith("carryover") or (income and not is_income) or (spending and is_income)

    @staticmethod
    def _is_own_budget(spot: Spot) -> bool:
        """Whether a self-evaluation of the whole unit opens a sentence with its budget: 我局年初预算数100万元."""
        first = next((t for t in spot.clause if t.has_role("phase")), None)
        return (
            spot.state.report.kind == "unit_performance"
            and spot.clause_start == spot.sentence.start
            and first is not None
            and first.word is not None
            and first.word.value.endswith("budget")
            and not spot.terms()
        )

    def fallback(self, spot: Spot) -> Subject | None:
        """The subject where nothing names one: the paragraph's project, the section's item, the heading's only term."""
        state, sentence = spot.state, spot.sentence
        if sentence.project is not None:
            return self._naming.project(sentence.project)
        if self._is_own_budget(spot):
            return self._naming.item("total_funds")
        if sentence.text.startswith(("）", "，", "；", "、", "。")):
            # The rest of a paragraph that was torn in two: its subject stayed behind.
            return None
        if state.section and state.section.default_item:
            return self._naming.item(state.section.default_item)
        if state.section_code == "function" or not state.follows_heading or not sentence.text[: spot.number.start]:
            # Classes are named one by one there; and only the paragraph under a heading is about it.
            return None
        return self._headed_by(spot)

    def _headed_by(self, spot: Spot) -> Subject | None:
        """The only item that the heading names."""
        terms = (row for text in spot.state.heading_terms for row in self._vocabulary.terms[text])
        items = {row.item for row in terms if row.item and not row.within}
        return self._naming.item(items.pop()) if len(items) == 1 else None


def _is_of_whole_unit(subject: Subject) -> bool:
    return subject.item.startswith("carryover") or subject.item in ANY_TOTAL
