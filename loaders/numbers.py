"""Printed numbers, exactly: where they stand, which digits and unit they print, and what a look at them rules out.

Takes repaired text; gives one `PrintedNumber` for each number in it. What a number means is for the narrative grammar;
here a number is only money, a percentage, a count, a score, or something that cannot be a figure at all (a date, a
document number, list numbering).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class UnitKind(StrEnum):
    """What a unit measures; the names are those of `fct_figure.unit`."""

    YUAN = "yuan"
    PERCENT = "percent"
    COUNT = "count"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Unit:
    """A printed unit, its kind, and how many base units (yuan, percent, …) one of it is.

    Before a character of `not_before` it is no unit but the beginning of a word: 5分钟, 3个月. Where that begins with
    `^`, it is a unit only before the characters named, or at the end: 5万，
    """

    text: str
    kind: UnitKind
    factor: Decimal
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as printed, at `start:end` of the repaired text (unit included, `digits_end` without it).

    `digits` is plain decimal notation without separators, `decimals` how many places were printed. `unit` is None
    where none was printed. `reason` says why it cannot be a figure (`date`, `year`, `document_number`,
    `list_number`, `code`, `name_part`, `unit_price`), or is None.
    """

    start: int
    end: int
    digits_end: int
    digits: str
    decimals: int
    unit: Unit | None
    reason: str | None = None

    @property
    def amount(self) -> Decimal:
        """The printed amount in the printed unit."""
        return Decimal(self.digits)

    @property
    def value(self) -> Decimal:
        """The amount in base units (yuan, percent, count, points), exactly; without a unit, as printed."""
        return self.amount * (self.unit.factor if self.unit else Decimal(1))

    @property
    def resolution(self) -> Decimal:
        """The size of the last printed place in base units; money in 万元 or 亿元 counts as printed to two places."""
        factor = self.unit.factor if self.unit else Decimal(1)
        implied = 2 if self.unit and self.unit.kind is UnitKind.YUAN and factor > 1 else 0
        return Decimal(1).scaleb(-max(self.decimals, implied)) * factor


# 2.2021年: the number of a list, and a year
_YEAR_BEHIND = r"(?:19|20)\d{2}年"
_NUMBER = (
    rf"-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|-?\d+(?:\.(?!{_YEAR_BEHIND})\d+)?|(?<=[\u3400-\u9fff])\.(?!{_YEAR_BEHIND})\d+"
)
# The point of a list mark: no digit behind it, unless a year begins there.
LIST_POINT = rf"[.．](?!(?!{_YEAR_BEHIND})\d)"
_CJK = r"\u3400-\u9fff"

# What a number is part of, tried in this order at its first digit: the reason code, which SQL counts, the marks of
# which a text needs one (any text does where there are none), and the pattern. One that takes any number of digits
# begins where they begin, or a number of a million digits would take a million times as long.
_NOT_A_FIGURE: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "list_number",
        "、)）.．。",
        re.compile(rf"(?:(?<=\n)|^)[ \t]*(\d{{1,3}})(?:[、)）]|{LIST_POINT}|。(?:\n|$))"),
    ),
    ("list_number", "（", re.compile(r"(?:(?<=[\n。；：])|^)（(\d{1,3})）")),
    (
        "list_number",
        "、.．",
        re.compile(rf"(?:(?<=[\n。；：])|^)(\d{{1,2}})(?:、|{LIST_POINT})"),
    ),
    ("list_number", "第", re.compile(r"第(\d{1,3})(?:部分|章|节|条|款|项)")),
    (
        "list_number",
        "表图件录标栏",
        re.compile(r"(?:表|图|附件|附录|目标|专栏)(\d{1,2}(?:-\d{1,2})?)(?=[：、，。）\s]|$)"),
    ),
    ("date", "-/.", re.compile(r"((?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)")),
    ("date", "月", re.compile(r"((?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}[日号])?)")),
    ("year", "年", re.compile(r"((?:19|20)\d{2})(?=年|—(?:19|20)\d{2}年|[-至、](?:19|20)\d{2}年)")),
    ("date", "月", re.compile(r"(\d{1,2}(?:[-至—]\d{1,2})?月(?:\d{1,2}日|底|末|份)?)(?!\d)")),
    ("date", "日", re.compile(r"(\d{1,8}日)")),
    ("date", "：", re.compile(r"(\d{1,2}[：]\d{2}(?:[：]\d{2})?)(?!\d)")),
    ("document_number", "〔（[【", re.compile(r"[〔（\[【]((?:19|20)\d{2})[〕）\]】](?=\d|第)")),
    ("document_number", "号", re.compile(r"((?<!\d)\d+号)")),
    ("year", "（〔", re.compile(r"（((?:19|20)\d{2})）|〔((?:19|20)\d{2})〕")),
    (
        "code",
        "",
        re.compile(r"(?<=[A-Za-z/_@])[-]?(\d[\d,.]*)|(?<!\d)(\d+)(?=[A-Za-z/_@]|-\d{4,})|(?<=\d[-/])(\d{3,})"),
    ),
    # 1+2+N, （029）86787659
    ("code", "+（）", re.compile(r"(?<!\d)(\d+)(?=\+)|(?<=\+)(\d+)|（(0\d{2,3})）(?=\d{7})|(?<=）)(\d{7,8})(?!\d|\.)")),
)


class NumberScanner:
    """Finds the printed numbers of repaired texts; holds the units it was given."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.text: unit for unit in units}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(
            re.escape(name) + _not_before(unit.not_before)
            for name, unit in sorted(self._units.items(), key=lambda item: len(item[0]), reverse=True)
        )
        return re.compile(rf"(?:(?<![\d.])|(?<=\.)(?={_YEAR_BEHIND}))(?P<digits>{_NUMBER})(?P<unit>{names})?")

    def scan(self, text: str) -> list[PrintedNumber]:
        """The numbers of `text` from left to right; numbers never overlap."""
        excluded = self._excluded(text)
        numbers: list[PrintedNumber] = []
        done = 0
        for match in self._pattern.finditer(text):
            start = match.start("digits")
            if start < done:
                continue
            hit = excluded.get(start) or excluded.get(start + 1 if text[start] == "-" else start)
            if hit is not None and not (hit[1] == "code" and match["unit"]):
                end, reason = hit
                digits = re.sub(r"\D.*", "", match["digits"].lstrip("-"), flags=re.S) or "0"
                numbers.append(PrintedNumber(start, max(end, start + 1), max(end, start + 1), digits, 0, None, reason))
                done = max(end, start + 1)
                continue
            numbers.append(self._read(text, match))
            done = match.end()
        return numbers

    def _read(self, text: str, match: re.Match[str]) -> PrintedNumber:
        printed = match["digits"]
        start = match.start("digits")
        # A hyphen after a digit, a letter or a date joins (2021-2022, 9-11层, 5%-10%); elsewhere it is a minus.
        if printed.startswith("-") and start > 0 and re.match(r"[0-9A-Za-z%年月日号第]", text[start - 1]):
            printed, start = printed[1:], start + 1
        digits = printed.replace(",", "")
        decimals = len(digits.partition(".")[2])
        unit = self._units.get(match["unit"] or "")
        reason = None
        following = text[match.end() : match.end() + 1] or " "
        if unit is None and decimals == 0 and "," not in printed and re.match(rf"[{_CJK}A-Za-z]", following):
            # 12345热线, 110视频: a number that names something. With decimals or separators it may be an amount whose
            # unit was forgotten, which the grammar decides by the words around it.
            reason = "name_part"
        elif unit is not None and following == "/":
            reason = "unit_price"
        return PrintedNumber(start, match.end(), match.end("digits"), digits, decimals, unit, reason)

    @staticmethod
    def _excluded(text: str) -> dict[int, tuple[int, str]]:
        """Offsets of digits that open something which is not a figure -> (end, reason)."""
        found: dict[int, tuple[int, str]] = {}
        characters = set(text)
        for reason, marks, pattern in _NOT_A_FIGURE:
            if marks and characters.isdisjoint(marks):
                continue
            for match in pattern.finditer(text):
                group = next(i for i in range(1, pattern.groups + 1) if match[i] is not None)
                found.setdefault(match.start(group), (match.end(group), reason))
        return found


def _not_before(characters: str) -> str:
    """A pattern for what may not follow a unit."""
    if not characters:
        return ""
    only = characters.startswith("^")
    return f"(?![{'^' if only else ''}{re.escape(characters.removeprefix('^'))}])"
