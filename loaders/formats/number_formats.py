"""Numbers and dates in workbooks as a person sees them.

Takes a value and the number format code of its cell ([ECMA-376] Part 1, 18.8.31), gives the text that is displayed:
0.956 in `0.00%` is 95.60%, 123456 in `0\\.0,` is 12.3 (万元). A number in a format that is not known here is given as
stored, to the 15 digits that Excel keeps, never with an exponent.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta

# The formats that files name by number only, as Chinese Office shows them (ECMA-376 Part 1, 18.8.30).
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"},
    **dict.fromkeys((37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;-#,##0.00"),
    **dict.fromkeys((41, 42), '#,##0;-#,##0;"-"'),
    **dict.fromkeys((43, 44), '#,##0.00;-#,##0.00;"-"'),
    **{14: "yyyy/m/d", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 30: "m-d-yy", 45: "mm:ss", 46: "[h]:mm:ss"},
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    **{31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"'},
}

# Wide enough for the largest float and all places a format can ask for.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_SECTION = re.compile(r"""((?:_.|\*.|[\\!].|"[^"]*"|\[[^\]]*\]|[^;"])*)(?:;|$)""")
_CONDITION = re.compile(r"\[([<>=]{1,2})(-?\d+(?:\.\d+)?)\]")
_SYSTEM_DATE = re.compile(r"\[\$-F800\]", re.IGNORECASE)
# Chinese Office writes the mark that makes a literal of the next character as `!` and stores it as a backslash.
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | !(?P<marked>\.) | \[\$(?P<currency>[^\]-]*)[^\]]*\]
    | (?P<unseen>_. | \*. | \[(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r\ ?\d+)\])
    | \[(?P<elapsed>h+|m+|s+)\] | (?P<general>General|G/通用格式)
    | (?P<digits>[0#?]+) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%)
    | (?P<date>y+|m+|d+|h+|s+) | (?P<slash>/)
    | (?P<literal>[^\[\]@A-Za-z]) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIELDS = {"y": "year", "m": "month", "d": "day", "h": "hour", "s": "second"}
_LITERALS = ("quoted", "escaped", "marked", "currency", "literal")


class _Plain(NamedTuple):
    """A plain number format: the text around and between the digits, and how they are scaled, padded and rounded.

    `between` has texts with the number of digits right of them: `0\\.0000` prints 123456 as 12.3456. `least_digits` is
    None for the digits of a General format.
    """

    before: str
    after: str
    between: tuple[tuple[int, str], ...]
    power: int
    least_digits: int | None
    least_places: int
    last_place: Decimal
    grouped: bool


def lines(text: str) -> str:
    """The text of a cell: line ends as line feeds, no space at the end, and nothing if nothing is seen."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() if text.strip() else ""


def printed(value: Value, code: str) -> str:
    """A value as it is seen in a cell with a number format."""
    if isinstance(value, str):
        return lines(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return str(value)
        # Excel computes in binary but keeps and shows 15 digits: 0.1 + 0.2 is stored with 17, and is seen as 0.3.
        # Whole numbers of more digits come from other programs, and are codes.
        whole = value == int(value) and abs(value) < 1e18
        number = Decimal(int(value)) if whole else Decimal(f"{value:.15g}")
        return _displayed(number, code) or f"{number:f}"
    return _dated(value, code) or _iso(value)


# Numbers


def _displayed(number: Decimal, code: str) -> str:
    """A number in a plain number format (`0.00`, `#,##0.00`, `0%`, with signs and text around); empty if it is not one.

    A zero that is shown as a dash or not at all is given as stored, because it is a zero and not a missing figure.
    Negative numbers always get a minus: red print and parentheses, which mean the same, are lost or ambiguous in text.
    """
    plain = _plain(_section(number, code))
    if plain is None:
        return ""
    before, after = plain.before, plain.after
    if number < 0:
        before, after = "-" + before.strip("-+() （）"), after.strip("-+() （）")
    if plain.least_digits is None:
        return f"{before}{abs(number):f}{after}"
    rounded = _EXACT.quantize(_EXACT.scaleb(abs(number), plain.power), plain.last_place)
    digits, _, places = f"{rounded:f}".partition(".")
    digits = digits.zfill(plain.least_digits)
    for position, text in plain.between:
        digits = digits[:-position] + text + digits[-position:]
    if plain.grouped and not plain.between and len(digits) > 3:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)
    places = places[: plain.least_places] + places[plain.least_places :].rstrip("0")
    return before + digits + ("." + places if places else "") + after


def _section(number: Decimal, code: str) -> str:
    """The part of a format code that is for this number: by its conditions, or else by the sign."""
    sections: list[str] = _SECTION.findall(code + ";")[:-1] or [""]
    conditions = [_CONDITION.search(section) for section in sections]
    if not any(conditions):
        if number < 0 and len(sections) > 1 and sections[1]:
            return sections[1]
        return sections[2] if number == 0 and len(sections) > 2 else sections[0]
    for index, (section, condition) in enumerate(zip(sections[:-1], conditions, strict=False)):
        if condition:
            holds = _holds(number, condition[1], Decimal(condition[2]))
        else:
            holds = number > 0 if index == 0 else number < 0
        if holds:
            return _CONDITION.sub("", section)
    return _CONDITION.sub("", sections[-1])


def _holds(number: Decimal, sign: str, other: Decimal) -> bool:
    if sign == "<>":
        return number != other
    return (number < other and "<" in sign) or (number > other and ">" in sign) or (number == other and "=" in sign)


@lru_cache(maxsize=1024)
def _plain(section: str) -> _Plain | None:
    """One section of a number format; None if it is not a plain one."""
    before = after = whole = places = ""
    between: list[tuple[int, str]] = []
    power = commas = 0
    general = point = grouped = False
    for kind, text in _tokens(section):
        if kind == "percent":
            power += 2
        if kind in (*_LITERALS, "percent"):
            if whole or point or general:
                after += text
            else:
                before += text
        elif kind == "digits" and point:
            if after:
                return None
            places += text
        elif kind == "digits":
            if after:
                between.append((len(whole), after))
                after = ""
            grouped, commas = grouped or commas > 0, 0
            whole += text
        elif kind == "general" and not (whole or point):
            general = True
        elif kind == "comma" and whole and not after:
            commas += 1
        elif kind == "point" and not (point or after or general):
            point = True
            power, commas = power - 3 * commas, 0
        elif kind != "unseen":
            return None
    if not (whole or places or general):
        return None
    placed = tuple((len(whole) - position, text) for position, text in between)
    least = None if general else len(whole) - whole.index("0") if "0" in whole else 0
    # What stands between digits keeps them in place: .0056 is not 56.
    least = max(least, placed[0][0]) if placed and least is not None else least
    places_kept = len(places.rstrip("#?"))
    last = Decimal(1).scaleb(-len(places))
    return _Plain(before.strip(), after.strip(), placed, power - 3 * commas, least, places_kept, last, grouped)


def _tokens(section: str) -> Iterator[tuple[str, str]]:
    """The parts of a section: what kind each is, and the text that it prints or that names it."""
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup or "other"
        yield kind, match[kind]


# Dates and times


def _dated(value: datetime.date | datetime.time | datetime.timedelta, code: str) -> str:
    """A date or time in a format of digits and text (`yyyy"年"m"月"`); empty if the format has names or is none."""
    section = _SECTION.findall(code + ";")[0]
    if _SYSTEM_DATE.match(section):
        section = BUILT_IN[31]
    tokens = [(kind, text) for kind, text in _tokens(section) if kind != "unseen"]
    fields = [(index, text.lower()[0]) for index, (kind, text) in enumerate(tokens) if kind in ("date", "elapsed")]
    minutes = {
        index
        for at, (index, field) in enumerate(fields)
        if field == "m" and ((at and fields[at - 1][1] == "h") or (at + 1 < len(fields) and fields[at + 1][1] == "s"))
    }
    if not fields:
        return ""
    printed = ""
    for index, (kind, text) in enumerate(tokens):
        if kind in (*_LITERALS, "slash", "point", "comma"):
            printed += text
            continue
        name = "minute" if index in minutes else _FIELDS.get(text[:1].lower(), "")
        number = _field(value, name, elapsed=kind == "elapsed") if kind in ("date", "elapsed") else None
        longest = 4 if name == "year" else 2
        if number is None or len(text) > longest:
            return ""  # the name of a month or day, or a field that the value does not have
        printed += f"{number % 100:02}" if name == "year" and len(text) < 3 else f"{number:0{len(text)}}"
    return printed.strip()


def _field(value: datetime.date | datetime.time | datetime.timedelta, name: str, *, elapsed: bool) -> int | None:
    """A part of a date or time, or all elapsed hours, minutes or seconds of a duration."""
    if not isinstance(value, datetime.timedelta):
        return getattr(value, name, None) if not elapsed else None
    seconds = round(value.total_seconds())
    if name not in ("hour", "minute", "second") or seconds < 0:
        return None
    whole, top = {"hour": (seconds // 3600, 24), "minute": (seconds // 60, 60), "second": (seconds, 60)}[name]
    return whole if elapsed else whole % top


def _iso(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)
