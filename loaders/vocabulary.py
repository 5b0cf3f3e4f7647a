"""The words that disclosures use, read from the CSV files under `seeds/vocabulary` and `seeds/reference`.

Takes the seeds folder; gives a frozen `Vocabulary` that the lexer, the grammar and the table reader share. Teaching
gouji a synonym is a row in one of those files.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from loaders import seed_rows as seed
from loaders.numbers import Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Measure:
    """An item of the figure vocabulary: the statement it belongs to, its Chinese label and its kind of unit.

    `phase` is that of its amounts that print none, where the item has one of its own; `side` is `income`,
    `expenditure` or None; `wholes` are the items that it can be a part of, where they are few.
    """

    item: str
    statement: str
    label: str
    kind: UnitKind
    phase: str | None
    side: str | None
    wholes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """A printed phrase that names an item; `item` is None for a phrase that is known to name none.

    `component` is `total`, or names a part. `units` limits the printed units it goes with (empty: any that fit the
    item), `within` the places: `section:CODE`, `item:CODE` of the subject or an open level, `level:CODE` of an open
    level only.
    """

    text: str
    item: str | None
    component: str
    units: frozenset[str]
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A printed phrase that says how a number relates to its subject: a phase, a change, a share, a rate, …"""

    text: str
    role: str
    value: str
    sign: int
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a heading that contains `pattern` says of the numbers below it.

    `side` is where amounts stand that only name a fund; `total_item` is what 本单位2026年预算 means there.
    """

    pattern: str
    code: str
    phase: str | None
    default_item: str | None
    reason: str | None
    side: str | None
    total_item: str | None


@dataclass(frozen=True, slots=True)
class Fund:
    """What a fund's name alone (一般公共预算拨款) means among income and among expenditure."""

    income_item: str
    expenditure_item: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A pattern of report titles, the kind of report, the phase that its amounts have unless they say another, and why
    its prose has no figures, where it has none."""

    pattern: re.Pattern[str]
    kind: str
    default_phase: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """A pattern of a column heading of lists and forms, or of a form's label, and what the cells it heads are: their
    role (vocabulary.yml lists them), and of amounts the item, phase, component and fund that it tells."""

    pattern: re.Pattern[str]
    role: str
    item: str | None
    phase: str | None
    component: str | None
    fund: str | None


@dataclass(frozen=True, slots=True)
class TableKind:
    """A standard table: the pattern of its title, the phase and fund of its amounts, what its rows are
    (`function`, `economic`, `items`, `three_public`, `project`, `procurement`; `performance` for forms of indicators,
    `none` for tables that are not read), and the item of its 合计 row. `final_kind` is what a table of that title is in
    a final account, where the title says neither 预算 nor 决算."""

    kind: str
    pattern: re.Pattern[str]
    phase: str
    fund: str
    rows: str
    total_item: str | None
    title: str
    final_kind: str | None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A pattern of a standard table's column heading, and what it says of the amounts under it: their component, fund
    or phase, or why they are no amounts of money (`reason`)."""

    pattern: re.Pattern[str]
    component: str | None
    fund: str | None
    phase: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RowLabel:
    """A pattern of a row's name in standard tables of some kinds, and its item; `@total` is the table's own total,
    `@subtotal` that of a side of a 收支总表, `@group` a row that only gathers others."""

    kinds: frozenset[str]
    pattern: re.Pattern[str]
    item: str


@dataclass(frozen=True)
class Vocabulary:
    """All vocabulary, immutable; see the fields' classes."""

    units: tuple[Unit, ...]
    measures: dict[str, Measure]
    terms: dict[str, tuple[Term, ...]]
    words: dict[str, Word]
    funds: dict[str, Fund]
    fillers: tuple[str, ...]
    sections: tuple[Section, ...]
    companions: dict[tuple[str, str], str]
    report_kinds: tuple[ReportKind, ...]
    column_headings: tuple[ColumnHeading, ...]
    table_kinds: tuple[TableKind, ...]
    table_columns: tuple[TableColumn, ...]
    row_labels: tuple[RowLabel, ...]
    organization_suffixes: tuple[str, ...]
    regions: tuple[str, ...]
    functions: frozenset[str]
    function_classes: frozenset[str]
    function_codes: dict[str, str]
    economics: dict[str, str]

    @cached_property
    def economic_names(self) -> frozenset[str]:
        """The names of the economic classes, of the department's and the government's classification."""
        return frozenset(self.economics.values())

    def classification(self, code: str) -> str | None:
        """Which classification a printed code is of, `function` or `economic`; None if it is of neither.

        Classes of the lowest level come and go from year to year, so theirs only need to be of a known class.
        """
        if code in self.economics:
            return "economic"
        known = code in self.function_codes or (len(code) in (6, 7) and code[:3] in self.function_codes)
        return "function" if known else None

    @cached_property
    def unmistakable_classes(self) -> frozenset[str]:
        """Names of whole functional classes (教育支出) that are no other term (其他支出)."""
        return self.function_classes - frozenset(self.terms)

    @cached_property
    def unmistakable_functions(self) -> frozenset[str]:
        """Names of functional classes, those of earlier years too, that are no other term (国有资本经营预算支出)."""
        return (self.functions | self.function_classes) - frozenset(self.terms)

    @cached_property
    def unmistakable_economics(self) -> frozenset[str]:
        """Names of economic classes that are no functional class and no other term."""
        return self.economic_names - self.functions - frozenset(self.terms)

    @cached_property
    def filler_pattern(self) -> re.Pattern[str]:
        """Words that may stand between a term and its number without changing what it means."""
        return re.compile("|".join(re.escape(f) for f in sorted(self.fillers, key=len, reverse=True)))

    @cached_property
    def unit_by_text(self) -> dict[str, Unit]:
        return {unit.text: unit for unit in self.units}

    def begins_phrase(self, text: str) -> bool:
        """Whether a term or word begins with `text`."""
        at = bisect_left(self._phrases, text)
        return at < len(self._phrases) and self._phrases[at].startswith(text)

    @cached_property
    def _phrases(self) -> list[str]:
        return sorted({*self.terms, *self.words})

    @cached_property
    def fund_of(self) -> dict[str, str]:
        """The fund of each item that is the income or expenditure of one."""
        return {item: name for name, fund in self.funds.items() for item in (fund.income_item, fund.expenditure_item)}

    def may_be_part(self, item: str, whole: str) -> bool:
        """Whether an item can be a part of a whole: 会议费 told after the parts of 三公经费 is none of them."""
        measure = self.measures.get(item)
        return (
            measure is None
            or not measure.wholes
            or item == whole
            or whole in measure.wholes
            or whole not in self.measures
        )

    def label(self, item: str) -> str:
        """The Chinese name of an item; a name that is no item is its own label."""
        measure = self.measures.get(item)
        return measure.label if measure else item

    def accepts(self, item: str, unit: Unit) -> bool:
        """Whether amounts of an item can be printed in a unit."""
        measure = self.measures[item]
        if measure.kind is not unit.kind:
            return False
        limited = self._units_of_counts.get(item) if unit.kind is UnitKind.COUNT else None
        # 个 and 次 count anything
        return not limited or unit.text in limited or unit.text in ("个", "次")

    @cached_property
    def _units_of_counts(self) -> dict[str, frozenset[str]]:
        units: dict[str, frozenset[str]] = {}
        for rows in self.terms.values():
            for row in rows:
                if row.item is not None:
                    units[row.item] = units.get(row.item, frozenset()) | row.units
        return units

    @cached_property
    def phrases_of(self) -> dict[str, tuple[str, ...]]:
        """The printed phrases of each item."""
        phrases: dict[str, list[str]] = {}
        for text, rows in self.terms.items():
            for row in rows:
                if row.item is not None:
                    phrases.setdefault(row.item, []).append(text)
        return {item: tuple(texts) for item, texts in phrases.items()}

    def section(self, heading: str) -> Section | None:
        """The section that a repaired heading opens, by the first row that it contains; None if it is no known one."""
        return next((s for s in self.sections if s.pattern in heading), None)


def load(seeds: Path) -> Vocabulary:
    """The vocabulary in the folder `seeds`.

    Raises SeedError naming file and line for a missing file, an unknown item or unit, or a pattern that is not one.
    """
    folder = seeds / "vocabulary"
    measures: dict[str, Measure] = {}
    for where, row in seed.rows(folder / "measure.csv"):
        measures[row["item"]] = Measure(
            row["item"],
            row["statement"],
            row["label"],
            seed.kind(row["unit"], where),
            row["phase"] or None,
            row["side"] or None,
            frozenset(row["wholes"].split()),
        )
    units = tuple(
        Unit(row["unit"], seed.kind(row["kind"], where), seed.decimal(row["factor"], where), row["not_before"])
        for where, row in seed.rows(folder / "unit.csv")
    )
    terms: dict[str, list[Term]] = {}
    for where, row in seed.rows(folder / "term.csv"):
        item = seed.known_item(row["item"], measures, where)
        for text in seed.spellings(row["term"]):
            terms.setdefault(text, []).append(
                Term(
                    text,
                    item,
                    row["component"] or "total",
                    frozenset(row["units"].split()),
                    tuple(row["within"].split()),
                )
            )
    words = {
        text: Word(text, seed.role(row["role"], where), row["value"], seed.sign(row["sign"], where), row["note"])
        for where, row in seed.rows(folder / "word.csv")
        for text in seed.spellings(row["word"])
    }
    funds = {
        row["fund"]: Fund(row["income_item"], row["expenditure_item"])
        for where, row in seed.rows(folder / "fund.csv")
        if seed.known_item(row["income_item"], measures, where)
        and seed.known_item(row["expenditure_item"], measures, where)
    }
    sections = tuple(
        Section(
            row["pattern"],
            row["section"],
            row["phase"] or None,
            seed.known_item(row["default_item"], measures, where),
            row["reason"] or None,
            row["side"] or None,
            seed.known_item(row["total_item"], measures, where),
        )
        for where, row in seed.rows(folder / "section.csv")
    )
    companions = {
        (row["item"], unit): row["companion"]
        for _, row in seed.rows(folder / "companion.csv")
        for unit in row["units"].split()
    }
    kinds = tuple(
        ReportKind(seed.pattern(row["pattern"], where), row["kind"], row["default_phase"], row["reason"] or None)
        for where, row in seed.rows(folder / "report_kind.csv")
    )
    headings = tuple(
        ColumnHeading(
            seed.pattern(row["pattern"], where),
            seed.heading_role(row["role"], where),
            row["item"] or None,
            row["phase"] or None,
            row["component"] or None,
            row["fund"] or None,
        )
        for where, row in seed.rows(folder / "column_heading.csv")
    )
    table_kinds = tuple(
        TableKind(
            row["kind"],
            seed.pattern(row["pattern"], where),
            row["phase"],
            row["fund"],
            row["rows"],
            seed.known_item(row["total_item"], measures, where),
            row["title"],
            row["final_kind"] or None,
        )
        for where, row in seed.rows(seeds / "tables" / "table_kind.csv")
    )
    table_columns = tuple(
        TableColumn(
            seed.pattern(row["pattern"], where),
            row["component"] or None,
            row["fund"] or None,
            row["phase"] or None,
            row["reason"] or None,
        )
        for where, row in seed.rows(seeds / "tables" / "table_column.csv")
    )
    row_labels = tuple(
        RowLabel(frozenset(row["kinds"].split()), seed.pattern(row["pattern"], where), row["item"])
        for where, row in seed.rows(seeds / "tables" / "row_label.csv")
        if row["item"] in ("@total", "@subtotal", "@group") or seed.known_item(row["item"], measures, where)
    )
    functions = [row for _, row in seed.rows(seeds / "reference" / "function_classification.csv")]
    former = [row for _, row in seed.rows(seeds / "reference" / "function_class_former_name.csv")]
    economics = {row["code"]: row["name"] for _, row in seed.rows(seeds / "reference" / "economic_classification.csv")}
    divisions = [row["name"] for _, row in seed.rows(seeds / "reference" / "administrative_division.csv")]
    return Vocabulary(
        units=units,
        measures=measures,
        terms={text: tuple(rows) for text, rows in terms.items()},
        words=words,
        funds=funds,
        fillers=tuple(row["filler"] for _, row in seed.rows(folder / "filler.csv")),
        sections=sections,
        companions=companions,
        report_kinds=kinds,
        column_headings=headings,
        table_kinds=table_kinds,
        table_columns=table_columns,
        row_labels=row_labels,
        organization_suffixes=tuple(row["suffix"] for _, row in seed.rows(folder / "organization_suffix.csv")),
        regions=tuple(sorted(set(divisions), key=len, reverse=True)),
        functions=frozenset(row["name"] for row in functions),
        function_classes=frozenset(row["name"] for row in (*functions, *former) if row.get("level") in ("类", None)),
        function_codes={row["code"]: row["name"] for row in functions},
        economics=economics,
    )
