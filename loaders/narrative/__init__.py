"""Documents to readings: every printed number with its meaning, or with the reason why it has none.

`Interpreter` takes a `Document` and gives its reports, a `Reading` for each number, and labels of table cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from loaders.document import Document
from loaders.narrative.grammar import Grammar
from loaders.narrative.reading import Meaning, Reading, Report
from loaders.narrative.reports import ReportSplitter
from loaders.narrative.state import State
from loaders.narrative.tables import CellLabel, TableReader
from loaders.narrative.vocabulary import Vocabulary
from loaders.repair import repair

__all__ = ["Interpretation", "Interpreter", "Meaning", "Reading", "Report"]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a document says: reports in order, readings in order of `number_no`, labels of table cells."""

    reports: tuple[Report, ...]
    readings: tuple[Reading, ...]
    labels: tuple[CellLabel, ...]


class Interpreter:
    """Reads documents with one vocabulary; keeps nothing from one document to the next."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._splitter = ReportSplitter(vocabulary)
        self._grammar = Grammar(vocabulary)
        self._tables = TableReader(vocabulary)

    def interpret(self, document: Document) -> Interpretation:
        """The reports and readings of a document; none for a rejected one."""
        if not document.blocks:
            return Interpretation((), (), ())
        texts = [repair(block.text) for block in document.blocks]
        reports = self._splitter.split(document.blocks, texts, repair(document.title).text)
        readings: list[Reading] = []
        labels: list[CellLabel] = []
        at = 0
        for report in reports:
            state = State(report, next_number=len(readings) + 1)
            while at < len(document.blocks) and document.blocks[at].block_no <= report.last_block:
                block, text = document.blocks[at], texts[at]
                if block.table is not None:
                    before = "\n".join(t.text for t in texts[max(0, at - 3) : at])
                    found, marked = self._tables.read(block, block.table, report, before, state.next_number)
                    readings.extend(found)
                    labels.extend(marked)
                    state.next_number += len(found)
                else:
                    readings.extend(self._grammar.read(state, block, text))
                at += 1
        return Interpretation(tuple(reports), tuple(readings), tuple(labels))
