"""The form that is being read: whose it is, its number, and what an amount, a percentage or points in it mean.

Takes what labels and names say; gives meanings, writes numbers, and keeps a `FormRecord` where a form ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from loaders.document import Block, Cell
from loaders.grids.form_layout import Header, Layout, unit_in_label
from loaders.grids.form_names import FormNames
from loaders.grids.form_records import FormRecord, Levels, Subject
from loaders.grids.form_writer import FormWriter
from loaders.reading import Meaning
from loaders.vocabulary import Vocabulary

_LONGEST_NAME = 80


@dataclass(slots=True)
class FormsState:
    """What the forms of a document have in common: their count, and the last one, which may go on in the next table."""

    forms: int = 0
    subject: Subject = field(default_factory=Subject)
    header: Header | None = None
    levels: Levels = field(default_factory=Levels)
    title: str = ""
    report_no: int = 0
    table_no: int = 0
    is_complete: bool = False


@dataclass(slots=True)
class FormScope:
    """The current form of one table. `default_phase` is that of amounts whose labels name none."""

    vocabulary: Vocabulary
    names: FormNames
    layout: Layout
    writer: FormWriter
    block: Block
    table_no: int
    title: str
    state: FormsState
    default_phase: str | None
    subject: Subject = field(default_factory=Subject)
    form_no: int = 0
    levels: Levels = field(default_factory=Levels)
    phases: dict[int, str | None] = field(default_factory=dict)
    unit: str | None = None

    # -- whose form --------------------------------------------------------------------------------------------------

    def begin(self, subject: Subject) -> None:
        """Another form begins: keep the record of the one before."""
        self.end(subject.first_row - 1)
        self.subject, self.form_no, self.levels = subject, 0, Levels()
        self.phases.clear()
        self.unit = None

    def go_on(self) -> None:
        """The last form of the table before goes on."""
        self.subject, self.levels, self.form_no = self.state.subject, self.state.levels, self.state.forms
        self.subject.first_row = 0

    def tell(self, role: str, text: str, row_no: int) -> None:
        """What a label of the form's head says: another project begins another form."""
        report = self.writer.report
        if role == "project" and (self.subject.has_content or self.subject.kind == "project"):
            self.begin(Subject(first_row=row_no))
        subject = self.subject
        if role == "project":
            subject.kind, subject.name = "project", self.names.project(text)[:_LONGEST_NAME]
        elif role == "unit" and subject.kind != "project":
            subject.kind, subject.name = "unit", text
            subject.organization = self.names.other_organization(report, text)
        elif role == "department":
            subject.department = text
        else:
            subject.organization = self.names.other_organization(report, text)

    def list_project(self, name: str, organization: str, row_no: int) -> None:
        """A row of a list is about a project; the rows of one project are one form."""
        name = self.names.project(name)[:_LONGEST_NAME]
        subject = self.subject
        if (subject.kind, subject.name, subject.organization) != ("project", name, organization):
            self.begin(Subject("project", name, organization=organization, first_row=row_no))

    def list_unit(self, name: str, row_no: int) -> None:
        """A row of a list is about a unit."""
        if self.subject.name != name:
            organization = self.names.other_organization(self.writer.report, name)
            self.begin(Subject("unit", name, organization=organization, first_row=row_no))

    def content(self) -> int:
        """The number of the form; it begins with its first content, unless the last one goes on over a page."""
        if not self.form_no:
            if self._is_last_one():
                self.levels = self.state.levels
            else:
                self.state.forms += 1
            self.form_no = self.state.forms
            self.state.is_complete = False
        self.subject.has_content = True
        return self.form_no

    def _is_last_one(self) -> bool:
        """Whether the form printed the head of the last one again, with its title, before that came to its total."""
        last, subject, state = self.state.subject, self.subject, self.state
        return (
            state.forms > 0
            and not state.is_complete
            and state.table_no == self.table_no - 1
            and state.report_no == self.writer.report.report_no
            and state.title == self.title
            and (last.kind, last.name, last.organization) == (subject.kind, subject.name, subject.organization)
        )

    def end(self, last_row: int) -> None:
        """Keep the record of the form that ends at a row; a form that was not filled in is none."""
        subject, said = self.subject, self.writer.said
        is_filled = subject.name or any(indicator.form_no == self.form_no for indicator in said.indicators)
        if not (subject.has_content and is_filled and said.is_form):
            return
        said.forms.append(
            FormRecord(
                form_no=self.form_no,
                table_no=self.table_no,
                block_no=self.block.block_no,
                first_row=subject.first_row,
                last_row=last_row,
                subject_kind=subject.kind,
                subject=subject.name,
                department_name=subject.department,
                organization_name=subject.organization,
                grade=subject.grade,
                has_results=subject.has_results,
                asks_reason=subject.asks_reason,
            )
        )

    def close(self, header: Header | None) -> None:
        """The table ends, below a header or not: the next table may go on."""
        self.end(len(self.layout.rows) - 1)
        state = self.state
        state.subject, state.levels, state.header, state.title = self.subject, self.levels, header, self.title
        state.table_no, state.report_no = self.table_no, self.writer.report.report_no

    # -- meanings ----------------------------------------------------------------------------------------------------

    def phase(self, phase: str | None) -> str | None:
        """The phase that a heading or label names; that of the form where it names only the year, or nothing.

        A budget's 预算数 is its initial one. A total that names no year beside one of the year is of the whole project.
        """
        if phase == "annual":
            return self.default_phase
        if phase is None:
            return "total_budget" if self.default_phase and "annual" in self.layout.phases() else self.default_phase
        return "initial_budget" if phase == "budget" and self.default_phase == "initial_budget" else phase

    def money(self, component: str, phase: str | None, fund: str | None, label: str) -> Meaning | str:
        """An amount or rate of the form's money, of its project or its unit; `label` names a part."""
        subject, is_total = self.subject, component == "total"
        if phase is None:
            return "phase_not_recognised"
        if subject.kind == "unit":
            name = self.vocabulary.label("total_funds") if is_total else label
            return Meaning(
                "total_funds", phase, None, name, component, fund or "all", organization=subject.organization
            )  # fmt: skip
        if not subject.name:
            return "no_subject"
        name, base = (subject.name, "") if is_total else (label, subject.name)
        return Meaning(
            subject.name, phase, "project", name, component, fund or "all", base=base, organization=subject.organization
        )

    def points(self, phase: str, component: str = "total") -> Meaning | str:
        """The points or score of the whole form, or of a part of it that is no indicator."""
        subject = self.subject
        if subject.kind == "unit":
            label = self.vocabulary.label("overall")
            return Meaning("overall", phase, None, label, component, organization=subject.organization)
        if not subject.name:
            return "no_subject"
        return Meaning(subject.name, phase, "performance", subject.name, component, organization=subject.organization)

    def figure(self, cell: Cell, meaning: Meaning | str, column: str, row: str, unit: str | None) -> None:
        """Write a number; the unit of amounts is in its column's headings, or in a label left of it, here or above."""
        labels = [left for left in self.layout.before(cell.row_no, cell.col_no) if not self.layout.is_value(left)]
        found = next((printed for left in labels if (printed := unit_in_label(self.layout.text(left)))), None)
        self.unit = found or self.unit
        if not isinstance(meaning, str) and meaning.item != "project_funds":
            self.content()
        self.writer.figure(cell, meaning, unit or self.unit, column, row)
