"""Fixtures of the tests of prose: the figures of a text, and the reasons of the numbers that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from prose import FINAL, Figures, interpret

from loaders.interpret import Interpreter
from loaders.vocabulary import Vocabulary


@pytest.fixture
def figures(interpreter: Interpreter, vocabulary: Vocabulary) -> Figures:
    """The figures of a text under a report's title, as rows of the columns asked for.

    `value` is in yuan, percent, count or points, a decrease negative; `of`, `whole` and `parent` are the printed
    numbers that a figure refers to; other columns are those of `Meaning` and `Reading`.
    """

    def read(text: str, columns: str = "item phase value", title: str = FINAL) -> list[list[str]]:
        interpretation, printed = interpret(interpreter, f"{title}\n{text}")
        rows = []
        for reading in interpretation.readings:
            meaning = reading.meaning
            assert (meaning is not None) == (reading.outcome == "figure")
            if meaning is None:
                continue
            assert reading.unit is not None
            value = Decimal(reading.digits) * vocabulary.unit_by_text[reading.unit].factor * reading.sign
            cells = {
                "value": f"{value.normalize():f}",
                "printed": printed[reading.number_no],
                "of": printed.get(meaning.of_number or 0),
                "whole": printed.get(meaning.whole_number or 0),
                "parent": printed.get(meaning.parent_number or 0),
                "sign": str(reading.sign),
                "year": str(reading.fiscal_year),
                "implied": reading.unit if reading.unit_implied else None,
            }
            rows.append([(cells[c] if c in cells else getattr(meaning, c)) or "-" for c in columns.split()])
        return rows

    return read


@pytest.fixture
def reasons(interpreter: Interpreter) -> Figures:
    """The numbers of a text that are no figures, as rows of the printed number and the reason code."""

    def read(text: str, title: str = FINAL) -> list[list[str]]:
        interpretation, printed = interpret(interpreter, f"{title}\n{text}")
        lines = title.count("\n") + 1
        return [
            [printed[r.number_no], r.outcome]
            for r in interpretation.readings
            if r.meaning is None and r.block_no > lines
        ]

    return read
