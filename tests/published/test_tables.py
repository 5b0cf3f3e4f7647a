"""Tables of published documents: recognition against what a person saw on the pages, and the identities inside them.

`tables.csv` was labelled by hand, page by page, without knowing what gouji makes of them: every table with its pages,
its family (those of the design's list of standard tables), its title and unit, and whether the contents page lists it.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

# Families of the labels that gouji tells apart more finely; any standard kind will do for B16, 其他.
KINDS = {
    "B5": {"B5", "B19"},
    "B6": {"B6", "B18", "B20", "B21"},
    "B13": {"B13", "B20", "B22"},
    "P1": {"B15"},
    "P2": {"B15"},
}


@dataclass(frozen=True)
class Label:
    """A table as a person saw it."""

    file_name: str
    first_page: int
    last_page: int
    family: str
    title: str

    def is_kind(self, kind: str | None) -> bool:
        return kind is not None and (self.family == "B16" or kind in KINDS.get(self.family, {self.family}))


@pytest.fixture(scope="module")
def labels() -> list[Label]:
    """The standard tables that are printed on pages of text."""
    with (Path(__file__).parent / "tables.csv").open(encoding="utf-8") as file:
        return [
            Label(row["file_name"], int(row["page"]), int(row["last_page"] or row["page"]), row["family"], row["title"])
            for row in csv.DictReader(file)
            if row["is_supplied"] == "yes" and row["family"] != "X" and row["page"]
        ]


def test_standard_tables_are_recognised(published: duckdb.DuckDBPyConnection, labels: list[Label]) -> None:
    """At least 95 in 100 of the tables in documents with text; each grid counts for one label only."""
    found: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for file_name, page, kind in published.execute(
        "select d.file_name, t.page, t.kind from staging.stg_table as t join raw.document as d"
        " on t.document_id = d.document_id where t.page is not null order by t.table_no"
    ).fetchall():
        found[file_name].append((page, kind))
    readable = {
        name for (name,) in published.execute("select file_name from raw.document where status = 'loaded'").fetchall()
    }
    missed: list[Label] = []
    seen: Counter[str] = Counter()
    # labels that only one kind fits come first
    for label in sorted((each for each in labels if each.file_name in readable), key=lambda each: each.family == "B16"):
        seen[label.family] += 1
        fitting = [
            grid
            for grid in found[label.file_name]
            if label.first_page <= grid[0] <= label.last_page and label.is_kind(grid[1])
        ]
        if fitting:
            found[label.file_name].remove(fitting[0])
        else:
            missed.append(label)
    assert seen.total() > 600
    assert len(missed) <= 0.05 * seen.total(), missed


def test_contents_pages_list_what_a_person_reads_there(published: duckdb.DuckDBPyConnection) -> None:
    """As many entries as a person reads, give or take one; targets of projects are many tables under one entry."""
    with (Path(__file__).parent / "tables.csv").open(encoding="utf-8") as file:
        listed = Counter(
            row["file_name"]
            for row in csv.DictReader(file)
            if row["listed"] == "yes" and row["family"] not in ("B15", "P1", "P2", "X")
        )
    entries = dict(
        published.execute(
            "select file_name, count(*) from raw.listed_table join raw.document using (document_id)"
            " where kind is distinct from 'B15' group by 1"
        ).fetchall()
    )
    compared = {name: (count, listed[name]) for name, count in entries.items() if listed[name]}
    assert len(compared) > 25
    assert {name: pair for name, pair in compared.items() if abs(pair[0] - pair[1]) > 1} == {}


def test_identities_inside_tables_close(published: duckdb.DuckDBPyConnection) -> None:
    """At least 98 in 100; what is left is in docs/fidelity.md."""
    states = Counter(
        dict(
            published.execute(
                "select state, count(*) from marts.fct_check"
                " where regexp_matches(rule_id, '^(D(0[1-9]|1[0-4])|B0[1-6])$') group by state"
            ).fetchall()
        )
    )
    assert states["pass"] + states["rounding"] > 10_000
    assert states["pass"] + states["rounding"] >= 0.98 * states.total(), states


def test_every_document_is_loaded_or_says_why_not(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("select file_name, status, reason, message from raw.document").fetchall()
    assert len(rows) == 54
    assert [row for row in rows if row[1] == "rejected" and not (row[2] and row[3])] == []
    assert {row[2] for row in rows if row[1] == "rejected"} <= {"needs_ocr"}


def test_every_cell_of_an_unrecognised_table_is_kept(published: duckdb.DuckDBPyConnection) -> None:
    lost = published.execute(
        "select count(*) from raw.grid as g left join raw.cell as c using (document_id, table_no)"
        " where c.document_id is null"
    ).fetchone()
    assert lost == (0,)
