"""What the narrative grammar and the table reader say of a printed number: its meaning, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass

FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number is a figure of.

    `item` is an item of measure.csv, or the printed name where `statement` is `function`, `economic`, `project` or
    `performance` (a named project's score); `statement` is None for items of measure.csv. `path` is the printed path of
    a functional class (类/款/项). `base` is what a share, change or rate refers to, as printed; `base_item` the item of
    it, where the vocabulary has one. `of_number` and `whole_number` are the numbers (by `number_no`) that a share, rate
    or change speaks of and compares with, `parent_number` the whole that the figure is printed as a part of.
    `organization` is the unit of a department that a row of its tables is about; empty is the report's own.
    """

    item: str
    phase: str
    statement: str | None = None
    label: str = ""
    component: str = "total"
    fund: str = "all"
    code: str | None = None
    path: str = ""
    base: str = ""
    base_item: str | None = None
    base_phase: str | None = None
    of_number: int | None = None
    whole_number: int | None = None
    parent_number: int | None = None
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A printed number with its place (offsets in the block's text as printed) and its outcome.

    `number_no` counts from 1 in the document. `outcome` is `figure` or a reason code; `meaning` is there for figures
    only. `digits` is plain decimal notation, `sign` -1 for a decrease. `unit_implied` marks a unit that was not
    printed and was taken from its surroundings. `quote_start` and `quote_end` are the sentence or cell. `side` counts
    from 1 the lists that a standard table prints side by side, such as income and expenditure.
    """

    number_no: int
    report_no: int
    block_no: int
    char_start: int
    char_end: int
    digits_end: int
    digits: str
    decimals: int
    unit: str | None
    unit_implied: bool
    sign: int
    fiscal_year: int | None
    section: str | None
    quote_start: int
    quote_end: int
    outcome: str
    meaning: Meaning | None = None
    term: str = ""
    table_no: int | None = None
    row_no: int | None = None
    col_no: int | None = None
    side: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report inside a document: blocks `first_block` to `last_block` that one organisation wrote about one year."""

    report_no: int
    kind: str
    title: str
    organization_name: str
    fiscal_year: int | None
    first_block: int
    last_block: int
    default_phase: str
    project_name: str | None = None
    reason: str | None = None
