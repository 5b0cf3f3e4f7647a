"""Mistakes that offices make in print, each planted in one figure, with the rules of which one should tell.

The figure is chosen from those that the report prints anyway, so that every planted mistake is one that was printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from random import Random

from benchmarks.corpus.report import Key, Mistake, Printed


def swapped_digits(digits: str, chance: Random) -> str | None:
    """Two neighbouring digits in each other's place."""
    places = [
        at
        for at in range(len(digits) - 1)
        if digits[at : at + 2].isdigit() and digits[at] != digits[at + 1] and not (at == 0 and digits[1] == "0")
    ]
    return _swapped(digits, chance.choice(places)) if places else None


def _swapped(digits: str, at: int) -> str:
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def wrong_digit(digits: str, chance: Random) -> str | None:
    """Another digit at one of the first places, so that rounding does not hide it."""
    places = [at for at, character in enumerate(digits.partition(".")[0]) if character.isdigit()]
    at = chance.choice(places)
    others = [digit for digit in "123456789" if digit != digits[at]]
    return digits[:at] + chance.choice(others) + digits[at + 1 :]


def moved_point(digits: str, chance: Random) -> str | None:
    """Ten times as much."""
    whole, _, decimals = digits.partition(".")
    if len(decimals) < 2 or whole in ("0", "00"):
        return None
    return f"{Decimal(whole.replace(',', '') + decimals[0]):f}.{decimals[1:]}0"


def wrong_unit(digits: str, chance: Random) -> str | None:
    """元 printed where the unit is 万元: ten thousand times as much."""
    amount = Decimal(digits.replace(",", ""))
    return f"{amount * 10_000:.2f}" if amount else None


def off_by_some(digits: str, chance: Random) -> str | None:
    """A percentage that is some points too high."""
    amount = Decimal(digits)
    places = -int(amount.as_tuple().exponent) if "." in digits else 0
    return f"{amount + chance.randrange(3, 9):.{places}f}" if amount > 0 else None


def too_small(digits: str, chance: Random) -> str | None:
    """A sum that is too small, below which its parts no longer fit."""
    amount = Decimal(digits.replace(",", ""))
    if amount <= 0:
        return None
    return f"{amount * chance.randrange(55, 90) / 100:.2f}"


def one_off(digits: str, chance: Random) -> str | None:
    """A whole number that is one or two too low."""
    return f"{Decimal(digits) - chance.choice((1, 2))}" if Decimal(digits) > 2 else None


def people_more(digits: str, chance: Random) -> str | None:
    """More people than there are posts."""
    return f"{int(digits) + chance.randrange(12, 40)}"


Changer = Callable[[str, Random], str | None]
_DIGITS: tuple[tuple[str, Changer], ...] = (
    ("swapped_digits", swapped_digits),
    ("wrong_digit", wrong_digit),
    ("moved_point", moved_point),
    ("wrong_unit", wrong_unit),
)
_PROSE, _TABLE = "narrative", "table"
_WHOLE = ("total", "public")

# Item, phase, kind of source; name of the mistake; how; rules. In reports with tables the prose is held against them.
_PLANS: tuple[tuple[str, str, str, str, Changer, str], ...] = (
    ("expenditure_total", "actual", _PROSE, "sum", too_small, "T07 T02 T06 T01 A08"),
    ("expenditure_total", "initial_budget", _PROSE, "sum", too_small, "T07 T02 T06 T01 A08 P10"),
    ("three_public_total", "actual", _PROSE, "three_public_sum", too_small, "D13 T02 T03 T06 T01 A08 T05"),
    ("three_public_total", "initial_budget", _PROSE, "three_public_sum", too_small, "D13 T01 T06 A08"),
    ("procurement_total", "actual", _PROSE, "procurement_sum", too_small, "B10 T02 T06 A08"),
    ("procurement_total", "initial_budget", _PROSE, "procurement_sum", too_small, "B10 T06 A08"),
    ("expenditure_basic", "share_pct", _PROSE, "share", off_by_some, "T02"),
    ("expenditure_project", "share_pct", _PROSE, "share", off_by_some, "T02"),
    ("income_fiscal", "share_pct", _PROSE, "share", off_by_some, "T02"),
    ("general_public_expenditure", "execution_pct", _PROSE, "rate", off_by_some, "T03"),
    ("three_public_total", "execution_pct", _PROSE, "rate", off_by_some, "T03"),
    ("total_funds", "execution_pct", _PROSE, "rate", off_by_some, "T03"),
    ("staff_actual", "count", _PROSE, "staff", people_more, "P12"),
    ("income_total", "actual", _TABLE, "table_total", wrong_digit, "D02 D04 D05 C01 C02 D08 T01 D01"),
    ("expenditure_total", "actual", _TABLE, "table_total", wrong_digit, "D03 D04 D06 C01 D08 T01 D01"),
    ("carryover_closing", "actual", _TABLE, "carryover", wrong_digit, "D03 D10 D14 T09 A05"),
    ("carryover_opening", "actual", _TABLE, "carryover", wrong_digit, "D02 D10 D14 T09 A05"),
    ("general_public_expenditure", "actual", _TABLE, "table_total", wrong_digit, "D07 D08 C03 T01"),
    ("basic_public", "actual", _TABLE, "basic", too_small, "D11 C04 T01 B07"),
    ("three_public_total", "actual", _TABLE, "three_public_sum", wrong_digit, "D13 T01 A01"),
    ("income_expenditure_total", "initial_budget", _TABLE, "table_total", wrong_digit, "B01 B02 B08 T01"),
    ("expenditure_total", "initial_budget", _TABLE, "table_total", wrong_digit, "B01 B02 B03 D08 T01"),
)


# What has to be told beside a sum, or nobody could tell that it is wrong.
_PARTS = {
    "expenditure_total": ("expenditure_basic", "expenditure_project"),
    "three_public_total": ("overseas", "vehicle", "reception"),
    "procurement_total": ("procurement_goods", "procurement_works", "procurement_services"),
}
# Cells of standard tables: the year's column of a class, which its class and the total add up.
_CELL_RULES = {
    "actual": ("D04", "D05", "D06", "D07", "D08", "D10", "D11", "D12", "D14", "C01", "C03", "C04", "C05", "T01"),
    "initial_budget": ("B01", "B02", "B03", "B04", "B05", "B07", "B08", "D08", "D12", "T01"),
}


def plans(figures: Sequence[Printed], chance: Random) -> list[Mistake]:
    """The mistakes that can be made in what a report prints, in the order in which they should be tried: kinds of
    mistakes in any order, and of each kind one figure in any place."""
    told = {(printed.key.item, printed.key.phase) for printed in figures if printed.key.source_kind == _PROSE}
    keys = list(dict.fromkeys(printed.key for printed in figures if printed.value))
    has_accounts = any(key.source_kind == _TABLE and key.item == "expenditure_total" for key in keys)
    found: dict[str, list[Mistake]] = {}

    def parts_of(key: Key) -> set[tuple[str, str]]:
        return {(part, key.phase) for part in _PARTS.get(key.item, ())}

    def add(name: str, key: Key, how: Changer, rules: Iterable[str]) -> None:
        found.setdefault(name, []).append(Mistake(name, key, how, tuple(rules)))

    for key in keys:
        for item, phase, source_kind, name, how, rules in _PLANS:
            is_it = (key.item, key.phase, key.source_kind) == (item, phase, source_kind) and key.component in _WHOLE
            if is_it and (source_kind == _TABLE or how is not too_small or parts_of(key) <= told):
                add(name, key, how, rules.split())
                if how is too_small and source_kind == _PROSE:
                    for kind, way in _DIGITS:
                        add(kind, key, way, rules.split())
        if key.phase == "execution_pct":
            add("rate", key, off_by_some, ("P01", "T03"))
        elif key.source_kind == _TABLE and key.phase in ("score", "points") and key.component == "total":
            add("score_sum", key, one_off, ("P04", "P05"))
        elif has_accounts and key.phase in _CELL_RULES and key.source_kind == _TABLE and not key.item.isascii():
            add("cell", key, wrong_digit, _CELL_RULES[key.phase])
        elif has_accounts and key.phase in _CELL_RULES and key.source_kind == _PROSE:
            add(
                "prose_against_table",
                key,
                wrong_digit,
                ("T01", *_CELL_RULES[key.phase], "T02", "T03", "T06", "T07", "D13"),
            )
    return [chance.choice(found[name]) for name in chance.sample(sorted(found), len(found))]
