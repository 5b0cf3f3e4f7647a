"""Sums that a table prints, to tell which of two readings of a number is the right one.

Takes the possible readings of the numbers of a table and all its texts, by place (row, column), gives the readings
that a total settles. A total counts only if it is proved: it closes in other columns (or rows) that leave no choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

Place = tuple[int, int]
_Line = dict[int, Decimal]

_TOTAL = re.compile(r"合\s*计|总\s*计|小\s*计|总\s*额")
# As many other columns or rows as this must close, and none may fail.
_PROOFS = 2


def chosen(readings: Mapping[Place, Sequence[str]], texts: Mapping[Place, str]) -> dict[Place, str]:
    """For numbers that have several readings, the only one with which a total closes."""
    waiting = {place for place, possible in readings.items() if len(possible) > 1}
    sure = {place: _value(possible[0]) for place, possible in readings.items() if len(possible) == 1}
    settled: dict[Place, str] = {}
    found = True
    while waiting and found:
        # What is settled may settle others.
        new = {place: fit for place in sorted(waiting) if (fit := _only_fit(place, readings[place], sure, texts))}
        settled |= new
        sure |= {place: _value(reading) for place, reading in new.items()}
        waiting -= set(new)
        found = bool(new)
    return settled


def _only_fit(
    place: Place, possible: Sequence[str], sure: Mapping[Place, Decimal], texts: Mapping[Place, str]
) -> str | None:
    """The only reading with which every proved total closes; None if there is no such total, or reading."""
    fits: set[str] | None = None
    for flipped in (False, True):
        row, col = place[::-1] if flipped else place
        known = _by_column(sure, flipped)
        for total, parts in _totals(known, _labels(texts, flipped), row, col):
            closing = {each for each in possible if _closes({**known.get(col, {}), row: _value(each)}, total, parts)}
            fits = closing if fits is None else fits & closing
    return fits.pop() if fits is not None and len(fits) == 1 else None


def _value(reading: str) -> Decimal:
    return Decimal(reading.replace(",", "").rstrip("%"))


def _by_column(sure: Mapping[Place, Decimal], flipped: bool) -> dict[int, _Line]:
    """The numbers that leave no choice, by column and row, or the other way round."""
    found: dict[int, _Line] = {}
    for (row, col), value in sure.items():
        found.setdefault(row if flipped else col, {})[col if flipped else row] = value
    return found


def _labels(texts: Mapping[Place, str], flipped: bool) -> set[int]:
    """The rows (columns) that say they are totals."""
    return {col if flipped else row for (row, col), text in texts.items() if _TOTAL.search(text) and len(text) < 20}


def _totals(known: Mapping[int, _Line], labels: set[int], row: int, col: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Totals with their parts that the number takes part in, and that other columns prove."""
    lines = sorted({each for line in known.values() for each in line} | {row})
    for total in sorted(labels & set(lines)):
        at = lines.index(total)
        for parts in (_up_to(lines[at + 1 :], labels), _up_to(lines[:at][::-1], labels)):
            if len(parts) < 2 or row not in (total, *parts):
                continue
            others = [line for other, line in known.items() if other != col and total in line and line[total]]
            closing = [_closes(line, total, parts) for line in others]
            if closing.count(True) >= _PROOFS and closing.count(False) == 0:
                yield total, parts


def _up_to(lines: Sequence[int], labels: set[int]) -> tuple[int, ...]:
    """The lines before the next total."""
    end = next((index for index, line in enumerate(lines) if line in labels), len(lines))
    return tuple(lines[:end])


def _closes(line: _Line, total: int, parts: Sequence[int]) -> bool | None:
    """Whether the parts, of which some may be blank, add up to the total; None if there is none to compare."""
    values = [line[part] for part in parts if part in line]
    return sum(values, Decimal(0)) == line[total] if values and total in line else None
