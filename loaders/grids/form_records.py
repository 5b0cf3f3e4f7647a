"""What is kept of performance forms beside their numbers: the forms, their indicators, and what each cell is."""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.reading import Reading


@dataclass(frozen=True, slots=True)
class CellLabel:
    """What a cell is, told from its table: the heading of its column and the name of its row, as printed."""

    table_no: int
    row_no: int
    col_no: int
    column_label: str
    row_label: str


@dataclass(frozen=True, slots=True)
class FormRecord:
    """A form, or its part in one table, where it goes on over pages: one project, or a whole unit (`subject_kind`).

    `form_no` counts from 1 in the document. `asks_reason` says that the form has a column for why a target was missed.
    """

    form_no: int
    table_no: int
    block_no: int
    first_row: int
    last_row: int
    subject_kind: str
    subject: str
    department_name: str
    organization_name: str
    grade: str
    has_results: bool
    asks_reason: bool


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """An indicator as printed; levels that are printed once for several rows are in each of them.

    `indicator_no` counts from 1 in the form's table. `reason` is None where the form has no column for it. `char_start`
    and `char_end` are offsets into the block's text: the cells of the row.
    """

    form_no: int
    indicator_no: int
    table_no: int
    block_no: int
    row_no: int
    char_start: int
    char_end: int
    level_1: str
    level_2: str
    level_3: str
    target_operator: str
    target: str
    target_unit: str
    result: str
    points: str
    score: str
    reason: str | None


@dataclass(slots=True)
class Subject:
    """What a form is about while it is read: a `project` or a `unit`, and whose it is."""

    kind: str = ""
    name: str = ""
    department: str = ""
    organization: str = ""
    grade: str = ""
    first_row: int = 0
    has_content: bool = False
    has_results: bool = False
    asks_reason: bool = False


@dataclass(slots=True)
class Levels:
    """The levels that the rows so far have printed, for rows that leave them blank."""

    level_1: str = ""
    level_2: str = ""

    def carry(self, values: dict[str, str]) -> None:
        """Fill in the levels that a row leaves blank, and remember those that it prints."""
        if values["level_1"] and values["level_1"] != self.level_1:
            self.level_1, self.level_2 = values["level_1"], ""
        self.level_2 = values["level_2"] or self.level_2
        values["level_1"], values["level_2"] = self.level_1, self.level_2


@dataclass(slots=True)
class TableReading:
    """What was read in a table: `is_form` says that its layout is that of a performance form, whatever its title."""

    readings: list[Reading] = field(default_factory=list)
    labels: list[CellLabel] = field(default_factory=list)
    forms: list[FormRecord] = field(default_factory=list)
    indicators: list[IndicatorRecord] = field(default_factory=list)
    is_form: bool = False
