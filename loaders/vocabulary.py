"""The words that disclosures use, read from the CSV files under `seeds/vocabulary` and `seeds/reference`.

Takes the seeds folder; gives a frozen `Vocabulary` that the lexer, the grammar and the table reader share. Teaching
gouji a synonym is a row in one of those files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from loaders.errors import GoujiError
from loaders.numbers import Unit, UnitKind

# What a row of word.csv may be; docs/narrative.md says what each does.
ROLES = frozenset({"change", "compare", "fund", "ignore", "open", "phase", "rate", "score", "share"})
# What a row of column_heading.csv may be; vocabulary.yml says what each is.
HEADING_ROLES = frozenset(
    {
        *("project", "task", "unit", "department", "organization", "code"),
        *("amount", "percent", "points", "score", "total", "total_score", "execution_points", "grade"),
        *("level_1", "level_2", "level_3", "indicator", "target", "target_operator", "target_unit"),
        *("result", "reason", "note", "goal"),
    }
)


class SeedError(GoujiError):
    """A vocabulary file that cannot be used: says which file, which line and why."""


@dataclass(frozen=True, slots=True)
class Measure:
    """An item of the figure vocabulary: the statement it belongs to, its Chinese label and its kind of unit."""

    item: str
    statement: str
    label: str
    kind: UnitKind


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
    """What a heading that contains `pattern` says of the numbers below it."""

    pattern: str
    code: str
    phase: str | None
    default_item: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A pattern of report titles, the kind of report, and the phase that its amounts have unless they say another."""

    pattern: re.Pattern[str]
    kind: str
    default_phase: str


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
    economics: dict[str, str]

    @cached_property
    def economic_names(self) -> frozenset[str]:
        """The names of the economic classes, of the department's and the government's classification."""
        return frozenset(self.economics.values())

    @cached_property
    def filler_pattern(self) -> re.Pattern[str]:
        """Words that may stand between a term and its number without changing what it means."""
        return re.compile("|".join(re.escape(f) for f in sorted(self.fillers, key=len, reverse=True)))

    @cached_property
    def unit_by_text(self) -> dict[str, Unit]:
        return {unit.text: unit for unit in self.units}

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
    for where, row in _rows(folder / "measure.csv"):
        measures[row["item"]] = Measure(row["item"], row["statement"], row["label"], _kind(row["unit"], where))
    units = tuple(
        Unit(row["unit"], _kind(row["kind"], where), _decimal(row["factor"], where), row["not_before"])
        for where, row in _rows(folder / "unit.csv")
    )
    terms: dict[str, list[Term]] = {}
    for where, row in _rows(folder / "term.csv"):
        item = _known_item(row["item"], measures, where)
        terms.setdefault(row["term"], []).append(
            Term(
                row["term"],
                item,
                row["component"] or "total",
                frozenset(row["units"].split()),
                tuple(row["within"].split()),
            )
        )
    words = {
        row["word"]: Word(
            row["word"], _role(row["role"], where, ROLES), row["value"], _sign(row["sign"], where), row["note"]
        )
        for where, row in _rows(folder / "word.csv")
    }
    sections = tuple(
        Section(
            row["pattern"],
            row["section"],
            row["phase"] or None,
            _known_item(row["default_item"], measures, where),
            row["reason"] or None,
        )
        for where, row in _rows(folder / "section.csv")
    )
    companions = {
        (row["item"], unit): row["companion"]
        for _, row in _rows(folder / "companion.csv")
        for unit in row["units"].split()
    }
    kinds = tuple(
        ReportKind(_pattern(row["pattern"], where), row["kind"], row["default_phase"])
        for where, row in _rows(folder / "report_kind.csv")
    )
    headings = tuple(
        ColumnHeading(
            _pattern(row["pattern"], where),
            _role(row["role"], where, HEADING_ROLES),
            row["item"] or None,
            row["phase"] or None,
            row["component"] or None,
            row["fund"] or None,
        )
        for where, row in _rows(folder / "column_heading.csv")
    )
    table_kinds = tuple(
        TableKind(
            row["kind"],
            _pattern(row["pattern"], where),
            row["phase"],
            row["fund"],
            row["rows"],
            _known_item(row["total_item"], measures, where),
            row["title"],
            row["final_kind"] or None,
        )
        for where, row in _rows(seeds / "tables" / "table_kind.csv")
    )
    table_columns = tuple(
        TableColumn(
            _pattern(row["pattern"], where),
            row["component"] or None,
            row["fund"] or None,
            row["phase"] or None,
            row["reason"] or None,
        )
        for where, row in _rows(seeds / "tables" / "table_column.csv")
    )
    row_labels = tuple(
        RowLabel(frozenset(row["kinds"].split()), _pattern(row["pattern"], where), row["item"])
        for where, row in _rows(seeds / "tables" / "row_label.csv")
        if row["item"] in ("@total", "@subtotal", "@group") or _known_item(row["item"], measures, where)
    )
    functions = [row for _, row in _rows(seeds / "reference" / "function_classification.csv")]
    former = [row for _, row in _rows(seeds / "reference" / "function_class_former_name.csv")]
    economics = {row["code"]: row["name"] for _, row in _rows(seeds / "reference" / "economic_classification.csv")}
    divisions = [row["name"] for _, row in _rows(seeds / "reference" / "administrative_division.csv")]
    return Vocabulary(
        units=units,
        measures=measures,
        terms={text: tuple(rows) for text, rows in terms.items()},
        words=words,
        fillers=tuple(row["filler"] for _, row in _rows(folder / "filler.csv")),
        sections=sections,
        companions=companions,
        report_kinds=kinds,
        column_headings=headings,
        table_kinds=table_kinds,
        table_columns=table_columns,
        row_labels=row_labels,
        organization_suffixes=tuple(row["suffix"] for _, row in _rows(folder / "organization_suffix.csv")),
        regions=tuple(sorted(set(divisions), key=len, reverse=True)),
        functions=frozenset(row["name"] for row in functions),
        function_classes=frozenset(row["name"] for row in (*functions, *former) if row.get("level") in ("类", None)),
        economics=economics,
    )


class _Row(dict[str, str]):
    """A row of a vocabulary file; a column that the file lacks is its writer's mistake."""

    def __init__(self, where: str, row: dict[str, str]) -> None:
        super().__init__(row)
        self._where = where

    def __missing__(self, column: str) -> str:
        raise SeedError(f"{self._where}：缺少列“{column}”")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                where = f"{path.parent.name}/{path.name}:{reader.line_num}"
                if None in row or None in row.values():
                    raise SeedError(f"{where}：列数与表头不符")
                yield where, _Row(where, row)
    except OSError as error:
        raise SeedError(f"{path}：无法读取词表（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise SeedError(f"{path}：词表不是 UTF-8 编码") from error


def _decimal(text: str, where: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise SeedError(f"{where}：“{text}”不是数字") from error


def _known_item(item: str, measures: dict[str, Measure], where: str) -> str | None:
    if item and item not in measures:
        raise SeedError(f"{where}：measure.csv 里没有 item“{item}”")
    return item or None


def _role(text: str, where: str, roles: frozenset[str]) -> str:
    if text not in roles:
        raise SeedError(f"{where}：role“{text}”不是 {'、'.join(sorted(roles))} 之一")
    return text


def _sign(text: str, where: str) -> int:
    if text not in ("", "1", "-1"):
        raise SeedError(f"{where}：sign“{text}”不是 1、-1 或空")
    return int(text or 1)


def _kind(text: str, where: str) -> UnitKind:
    try:
        return UnitKind(text)
    except ValueError as error:
        raise SeedError(f"{where}：单位类别“{text}”不是 {'、'.join(UnitKind)} 之一") from error


def _pattern(text: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise SeedError(f"{where}：“{text}”不是正则表达式（{error}）") from error
