"""Documents to readings: every printed number with its meaning, or with the reason why it has none.

`Interpreter` takes a `Document` and gives its reports, a `Reading` for each number, and labels of table cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.document import Block, Document
from loaders.grids.contents import ListedTable, listed_tables
from loaders.grids.forms import CellLabel, FormRecord, FormsState, IndicatorRecord, TableReader
from loaders.grids.recognition import GridRecord, Line, recognise
from loaders.grids.standard import Blank, StandardTableReader
from loaders.narrative.grammar import Grammar
from loaders.narrative.reports import ReportSplitter
from loaders.narrative.state import State
from loaders.numbers import UnitKind
from loaders.reading import Meaning, Reading, Report
from loaders.repair import Repaired, repair
from loaders.vocabulary import Vocabulary

# Beyond these a number is a fault of print or of its reader, such as two amounts run into one. In 元, percent, …
_BEYOND = {
    UnitKind.YUAN: Decimal(10) ** 14,
    UnitKind.PERCENT: Decimal(10) ** 6,
    UnitKind.COUNT: Decimal(10) ** 9,
    UnitKind.SCORE: Decimal(10) ** 6,
}
_MOST_DECIMALS = 8

__all__ = ["Interpretation", "Interpreter", "Meaning", "Reading", "Report"]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a document says: reports in order, readings in order of `number_no`, labels of table cells, what each table
    was taken for, the tables that it lists, its performance forms and their indicators, and the blank cells of its
    standard tables."""

    reports: tuple[Report, ...]
    readings: tuple[Reading, ...]
    labels: tuple[CellLabel, ...]
    grids: tuple[GridRecord, ...]
    listed: tuple[ListedTable, ...] = ()
    forms: tuple[FormRecord, ...] = ()
    indicators: tuple[IndicatorRecord, ...] = ()
    blanks: tuple[Blank, ...] = ()


class Interpreter:
    """Reads documents with one vocabulary; keeps nothing from one document to the next."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._splitter = ReportSplitter(vocabulary)
        self._grammar = Grammar(vocabulary)
        self._forms = TableReader(vocabulary)
        self._standard = StandardTableReader(vocabulary)
        self._form_kind = next((kind for kind in vocabulary.table_kinds if kind.rows == "performance"), None)

    def interpret(self, document: Document) -> Interpretation:
        """The reports and readings of a document; none for a rejected one."""
        if not document.blocks:
            return Interpretation((), (), (), ())
        texts = [repair(block.text) for block in document.blocks]
        reports = self._splitter.split(document.blocks, texts, repair(document.title).text)
        readings: list[Reading] = []
        labels: list[CellLabel] = []
        grids: list[GridRecord] = []
        forms: list[FormRecord] = []
        indicators: list[IndicatorRecord] = []
        blanks: list[Blank] = []
        forms_state = FormsState()
        at = 0
        for report in reports:
            state = State(report, next_number=len(readings) + 1)
            while at < len(document.blocks) and document.blocks[at].block_no <= report.last_block:
                block, text = document.blocks[at], texts[at]
                if block.table is not None:
                    before = _lines_before(document.blocks, texts, at)
                    kind, record = recognise(
                        self._vocabulary,
                        block,
                        block.table,
                        before,
                        _lines_after(document.blocks, texts, at),
                        is_final=report.kind == "final_account",
                    )
                    if kind is not None and kind.rows != "performance":
                        found, blank = self._standard.read(block, block.table, kind, record, report, state.next_number)
                        blanks.extend(blank)
                    else:
                        lines = [line.text for line in before]
                        said = self._forms.read(
                            block, block.table, report, lines, state.next_number, record, forms_state
                        )
                        found = said.readings
                        labels.extend(said.labels)
                        forms.extend(said.forms)
                        indicators.extend(said.indicators)
                        if kind is None and said.is_form and self._form_kind is not None:
                            record = replace(record, kind=self._form_kind.kind, reason=None)
                    grids.append(record)
                    readings.extend(found)
                    state.next_number += len(found)
                else:
                    readings.extend(self._grammar.read(state, block, text))
                at += 1
        listed = listed_tables(self._vocabulary, document.blocks, texts)
        return Interpretation(
            tuple(reports),
            tuple(self._in_range(reading) for reading in readings),
            tuple(labels),
            tuple(grids),
            tuple(listed),
            tuple(forms),
            tuple(indicators),
            tuple(blanks),
        )

    def _in_range(self, reading: Reading) -> Reading:
        """The reading, or one without meaning for a number that no government prints and no column holds."""
        if reading.meaning is None or reading.unit is None:
            return reading
        unit = self._vocabulary.unit_by_text[reading.unit]
        if abs(Decimal(reading.digits)) * unit.factor < _BEYOND[unit.kind] and reading.decimals <= _MOST_DECIMALS:
            return reading
        return replace(reading, outcome="out_of_range", meaning=None)


def _lines_before(blocks: Sequence[Block], texts: Sequence[Repaired], at: int) -> list[Line]:
    """The lines printed before a table and after the one before it, six blocks at the most."""
    first = at
    while first > 0 and at - first < 6 and blocks[first - 1].table is None:
        first -= 1
    return [line for block, text in zip(blocks[first:at], texts[first:at], strict=True) for line in _lines(block, text)]


def _lines_after(blocks: Sequence[Block], texts: Sequence[Repaired], at: int) -> list[Line]:
    """The lines printed after a table, up to the next one, three blocks at the most."""
    last = at + 1
    while last < len(blocks) and last - at <= 3 and blocks[last].table is None:
        last += 1
    return [
        line
        for block, text in zip(blocks[at + 1 : last], texts[at + 1 : last], strict=True)
        for line in _lines(block, text)
    ]


def _lines(block: Block, text: Repaired) -> Iterator[Line]:
    start = 0
    for line in text.text.split("\n"):
        if line:
            first, last = text.span(start, start + len(line))
            yield Line(line, block.text[first:last])
        start += len(line) + 1
