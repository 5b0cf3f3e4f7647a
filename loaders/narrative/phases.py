"""The phase of an amount (budget, actual, …), what it is a part of, and the unit it was printed without."""

from __future__ import annotations

import re

from loaders.narrative.lexer import Lexer
from loaders.narrative.state import Level, Spot, State, Subject
from loaders.narrative.subjects import SUM
from loaders.numbers import Unit, UnitKind
from loaders.vocabulary import Measure, Vocabulary

BUDGET_PHASES = frozenset({"budget", "initial_budget", "supplementary_budget"})
BASE_PHASES = {"年初预算": "initial_budget", "全年预算": "budget"}
# Spending that a section tells by instalments of the budget is of that instalment.
_INSTALMENTS = {"budget_initial": "年初预算安排", "budget_supplementary": "追加预算安排"}
_SPENDING = frozenset({"支出", "支付"})
# What an amount ends with; 比上年预算数5.00增加较多 goes on with its change.
_ENDED = re.compile(r"[，。；（）]|增加|减少|增长|下降|$")
_MONEY_UNIT = re.compile(r"\d(万元|亿元|元)")


def said(spot: Spot) -> str | None:
    """The phase that the clause prints; 追加 before 预算 makes it a supplementary one. None if it prints none."""
    if (rate := rate_base(spot)) is not None:
        return rate[2]
    # 支出 says nothing of the phase where all that is told is planned.
    planned = spot.state.report.default_phase == "initial_budget"
    phases = [
        t.word.value for t in spot.clause if t.word and t.has_role("phase") and not (planned and t.text in _SPENDING)
    ]
    if not phases:
        earlier = [t.word.value for t in spot.sentence.lead if t.word and t.has_role("phase")]
        if "contract" in earlier:
            return "contract"
        summed = SUM.search(spot.sentence.text[spot.sentence.lead_start : spot.number.start])
        return "supplementary_budget" if summed and "supplementary_budget" in earlier else None
    if "contract" in phases:
        return "contract"
    if phases[-1] == "budget" and "supplementary_budget" in phases:
        return "supplementary_budget"
    if phases[-1] == "actual" and len(phases) > 1 and spot.clause[-1].text == "支出":
        # 预算支出5万元: 支出 is the noun here, not what was done.
        return phases[-2]
    return phases[-1]


def rate_base(spot: Spot) -> tuple[str, str, str] | None:
    """完成预算5万元的76%: the amount is the base of the next percentage. The rate, the base as printed, its phase."""
    last = spot.clause[-1] if spot.clause else None
    if last is None or last.word is None or not last.has_role("rate") or not last.text.startswith("完成"):
        return None
    if "预算" not in last.text or last.end != spot.number.start:
        return None
    return last.word.value, last.text.removeprefix("完成"), BASE_PHASES.get(last.word.note, "budget")


def phase(state: State, printed: str | None, level: Level | None, measure: Measure | None) -> tuple[str, bool]:
    """The phase of an amount, and whether it was printed; else it is the whole's, the section's or the report's.

    An item may have a phase of its own: what there is on a day is never a budget.
    """
    of_section = state.section.phase if state.section else None
    if printed == "budget" and of_section in BUDGET_PHASES:
        return of_section or printed, True
    if printed == "budget" and state.report.default_phase == "initial_budget":
        return "initial_budget", True
    if printed is not None:
        return printed, True
    if measure is not None and measure.phase is not None:
        return measure.phase, False
    of_whole = level.parent.phase if level else None
    if of_whole is not None and of_whole not in ("change", "count", "score"):
        return of_whole, False
    return of_section or ("actual" if state.is_final else state.report.default_phase), False


def base(state: State, of_phase: str, level: Level | None) -> str:
    """What an amount is a part of, as printed."""
    if of_phase == "actual" and state.section_code in _INSTALMENTS:
        return _INSTALMENTS[state.section_code]
    return level.parent.label if level else ""


def implied_unit(
    vocabulary: Vocabulary, lexer: Lexer, spot: Spot, subject: Subject | None, printed: str | None, residue: str
) -> Unit | None:
    """The unit of an amount that was printed without one; None if it is likelier no amount at all.

    Only in a sentence, where a unit was forgotten once: rows of tables that lost their cells have no units at all.
    """
    text, number = spot.sentence.text, spot.number
    units = vocabulary.unit_by_text
    if printed == "contract" and "," in text[number.start : number.digits_end]:
        return units["元"]
    nothing = number.digits == "0" and text[: number.start].endswith("为")
    level = spot.state.level
    if (
        nothing
        and level is not None
        and level.parent.kind is UnitKind.COUNT
        and re.match(r"[，、；。]", text[number.end :])
    ):
        # 车辆2辆，其中：领导用车为0、其他用车2辆: counted in the unit of the whole
        return units.get(level.parent.unit or "")
    if subject is None or residue or subject.kind is not UnitKind.YUAN:
        return None
    if not _ENDED.match(text, number.end) or not re.search(r"[，。；]", text):
        return None
    if not number.decimals:
        # 政府性基金预算支出为0；: nothing needs no unit
        return units["万元"] if nothing and spot.terms() else None
    bare = [n for n in lexer.numbers(text) if n.unit is None and n.reason is None and n.decimals]
    if len(bare) > 1 or not (spot.terms() or printed is not None):
        return None
    near = _MONEY_UNIT.search(text, number.end) or _MONEY_UNIT.search(text)
    return units[near[1]] if near else units["万元"]


def is_implied_percent(spot: Spot) -> bool:
    """Whether a bare number is a percentage whose sign was forgotten: 增加5.00万元，增长13.95。"""
    last = spot.clause[-1] if spot.clause else None
    if last is None or not last.has_role("change", "share") or not spot.number.decimals:
        return False
    text, number = spot.sentence.text, spot.number
    if text[last.end : number.start].strip("为约的了") or not re.match(r"[，。；）]|$", text[number.end :]):
        return False
    before = spot.sentence.by_kind.get(UnitKind.YUAN)
    changed = before is not None and before.phase == "change" and spot.sentence.fresh
    return last.has_role("share") or changed
