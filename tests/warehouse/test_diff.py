"""What differs between two warehouses: each change of schema and rows, and its cause."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from projects import copy_project

from loaders.errors import GoujiError
from warehouse import diff, meta, state, versions
from warehouse.build import BuildResult, transform
from warehouse.diff import Change
from warehouse.publish import building, updating
from warehouse.transform import load_project, plan


@dataclass
class Small:
    """A warehouse of a few rows: documents (id, file name), their numbers, a mart with a key and a document, one by
    organisation and year, and the fingerprints of what it was built from."""

    documents: dict[str, str] = field(default_factory=lambda: {"d1": "a.txt", "d2": "b.txt"})
    numbers: dict[str, str] = field(default_factory=lambda: {"d1": "100", "d2": "200"})
    loader: str = "1"
    figures: list[tuple[str, str, int]] = field(default_factory=lambda: [("f1", "d1", 100), ("f2", "d2", 200)])
    totals: dict[str, int] = field(default_factory=lambda: {"甲局": 100, "乙局": 200})
    fingerprints: dict[str, str] = field(default_factory=dict)
    knows_itself: bool = True

    organizations = {"d1": "甲局", "d2": "乙局", "d3": "甲局", "d4": "丙局"}  # noqa: RUF012

    def write(self, file: Path) -> Path:
        file.parent.mkdir(exist_ok=True)
        with duckdb.connect(file) as connection:
            for statement in (
                "create schema raw; create schema marts",
                "create table raw.document"
                " (document_id varchar, file_name varchar, path varchar, status varchar, loader_version varchar)",
                "create table raw.number (document_id varchar, digits varchar)",
                "create table marts.dim_report (report_id varchar, document_id varchar, organization_name varchar)",
                "create table marts.fct_figure (figure_id varchar, document_id varchar, value integer)",
                "create table marts.fct_total (total_id varchar, organization_name varchar, value integer)",
            ):
                connection.execute(statement)
            for document, name in self.documents.items():
                connection.execute(
                    "insert into raw.document values (?, ?, ?, 'loaded', ?)", [document, name, name, self.loader]
                )
                connection.execute(
                    "insert into marts.dim_report values (?, ?, ?)",
                    [f"{document}-r1", document, self.organizations[document]],
                )
                connection.execute("insert into raw.number values (?, ?)", [document, self.numbers.get(document, "1")])
            for row in self.figures:
                connection.execute("insert into marts.fct_figure values (?, ?, ?)", list(row))
            for name, value in self.totals.items():
                connection.execute("insert into marts.fct_total values (?, ?, ?)", [f"t-{name}", name, value])
            if self.knows_itself:
                self._write_nodes(connection)
        return file

    def _write_nodes(self, connection: duckdb.DuckDBPyConnection) -> None:
        nodes = {
            "term": ("reference", "seed", "seeds/vocabulary/term.csv", [], None),
            "threshold": ("reference", "seed", "seeds/rules/threshold.csv", [], None),
            "stg_figure": ("staging", "model", "models/staging/stg_figure.sql", ["raw.number"], None),
            "dim_report": ("marts", "model", "models/marts/dim_report.sql", ["raw.document"], "report_id"),
            "fct_figure": ("marts", "model", "models/marts/fct_figure.sql", ["stg_figure", "threshold"], "figure_id"),
            "fct_total": ("marts", "model", "models/marts/fct_total.sql", ["stg_figure"], "total_id"),
        }
        meta.write(
            connection,
            state.NODE,
            [
                (name, schema, kind, file, self.fingerprints.get(name, "0"), parents, key)
                for name, (schema, kind, file, parents, key) in nodes.items()
            ],
        )


Compare = Callable[[Small, Small], list[tuple[str, str, str, int | None]]]


@pytest.fixture
def changes(tmp_path: Path) -> Callable[[Small, Small], Sequence[Change]]:
    def compare(old: Small, new: Small) -> Sequence[Change]:
        return diff.between(old.write(tmp_path / "old.duckdb"), new.write(tmp_path / "new.duckdb")).changes

    return compare


@pytest.fixture
def rows(changes: Callable[[Small, Small], Sequence[Change]]) -> Compare:
    """Relation, change, cause and number of rows, of marts other than dim_report."""
    return lambda old, new: [
        (each.relation.removeprefix("marts."), each.change.removeprefix("rows_"), each.cause, each.row_count)
        for each in changes(old, new)
        if each.relation != "marts.dim_report"
    ]


# Rows and their causes


def test_the_same_warehouse_has_no_difference(rows: Compare) -> None:
    assert rows(Small(), Small()) == []


def test_a_new_document_adds_its_rows_and_changes_those_of_its_organization(rows: Compare) -> None:
    new = Small()
    new.documents |= {"d3": "c.txt"}
    new.figures += [("f3", "d3", 5)]
    new.totals |= {"甲局": 105}
    assert rows(Small(), new) == [
        ("fct_figure", "added", "documents_added", 1),
        ("fct_total", "changed", "documents_added", 1),
    ]


def test_a_document_that_is_gone_takes_its_rows_along(rows: Compare) -> None:
    new = Small()
    del new.documents["d2"], new.totals["乙局"]
    new.figures = new.figures[:1]
    assert rows(Small(), new) == [
        ("fct_figure", "removed", "documents_removed", 1),
        ("fct_total", "removed", "documents_removed", 1),
    ]


def test_a_document_with_another_content_under_its_name_is_one_that_changed(rows: Compare) -> None:
    new = Small(documents={"d1": "a.txt", "d4": "b.txt"}, figures=[("f1", "d1", 100), ("f4", "d4", 7)])
    assert rows(Small(), new) == [
        ("fct_figure", "added", "documents_changed", 1),
        ("fct_figure", "removed", "documents_changed", 1),
    ]


def test_a_row_of_another_document_of_the_organization_may_come_from_that(rows: Compare) -> None:
    """A check that compares two documents appears at the one that was there before."""
    new = Small()
    new.documents |= {"d3": "c.txt"}
    new.figures += [("f9", "d1", 1)]
    assert ("fct_figure", "added", "documents", 1) in rows(Small(), new)


def test_a_changed_seed_is_the_cause_in_what_is_made_from_it_only(rows: Compare) -> None:
    new = Small(
        fingerprints={"threshold": "1"}, figures=[("f1", "d1", 101), ("f2", "d2", 200)], totals={"甲局": 1, "乙局": 200}
    )
    assert rows(Small(), new) == [("fct_figure", "changed", "seeds", 1), ("fct_total", "changed", "unknown", 1)]


def test_a_changed_model_upstream_is_the_cause(changes: Callable[[Small, Small], Sequence[Change]]) -> None:
    new = Small(fingerprints={"stg_figure": "1"}, totals={"甲局": 1, "乙局": 2})
    (change,) = changes(Small(), new)
    assert (change.cause, change.detail, change.row_count) == ("models", "stg_figure", 2)
    assert (change.columns, change.sample_keys) == (("value",), ("t-乙局", "t-甲局"))


def test_causes_that_nothing_tells_apart_are_all_named(rows: Compare) -> None:
    new = Small(fingerprints={"stg_figure": "1", "threshold": "1"}, figures=[("f1", "d1", 0), ("f2", "d2", 200)])
    assert rows(Small(), new) == [("fct_figure", "changed", "seeds+models", 1)]


def test_another_loader_version_is_the_cause_where_readings_differ(
    changes: Callable[[Small, Small], Sequence[Change]],
) -> None:
    new = Small(loader="2", numbers={"d1": "101", "d2": "200"}, figures=[("f1", "d1", 101), ("f2", "d2", 200)])
    (change,) = changes(Small(), new)
    assert (change.cause, change.detail, change.sample_keys) == ("loader", "1 → 2", ("f1",))


def test_a_seed_that_loaders_read_is_the_cause_where_readings_differ(rows: Compare) -> None:
    new = Small(
        fingerprints={"term": "1"},
        numbers={"d1": "101", "d2": "200"},
        figures=[("f1", "d1", 101), ("f2", "d2", 200)],
        totals={"甲局": 101, "乙局": 200},
    )
    assert rows(Small(), new) == [("fct_figure", "changed", "seeds", 1), ("fct_total", "changed", "seeds", 1)]


def test_other_readings_without_any_reason_are_the_loaders(rows: Compare) -> None:
    """Its version is written by hand and may have been forgotten."""
    new = Small(numbers={"d1": "101", "d2": "200"}, figures=[("f1", "d1", 101), ("f2", "d2", 200)])
    assert rows(Small(), new) == [("fct_figure", "changed", "loader", 1)]


def test_a_warehouse_that_does_not_know_itself_is_compared_by_whole_rows(
    changes: Callable[[Small, Small], Sequence[Change]],
) -> None:
    old = Small(knows_itself=False)
    new = Small(knows_itself=False, figures=[("f1", "d1", 101), ("f2", "d2", 200)])
    assert [(each.change, each.cause, each.row_count, each.sample_keys) for each in changes(old, new)] == [
        ("rows_added", "unknown", 1, ()),
        ("rows_removed", "unknown", 1, ()),
    ]


# Schema


def test_changes_of_the_schema_are_told(tmp_path: Path) -> None:
    old, new = Small().write(tmp_path / "old.duckdb"), Small().write(tmp_path / "new.duckdb")
    with duckdb.connect(new) as connection:
        connection.execute("alter table marts.fct_total add column unit varchar")
        connection.execute("alter table marts.fct_figure alter value type bigint")
        connection.execute("create table marts.fct_new as select 1 as x")
        connection.execute("drop table raw.number")
    found = [(each.relation, each.change, each.columns, each.detail) for each in diff.between(old, new).changes]
    assert found[:4] == [
        ("marts.fct_figure", "column_type", ("value",), "value INTEGER → BIGINT"),
        ("marts.fct_new", "relation_added", ("x",), ""),
        ("marts.fct_total", "column_added", ("unit",), ""),
        ("raw.number", "relation_removed", ("document_id", "digits"), ""),
    ]
    assert found[4:] == []  # a wider type is no change of a row


def test_what_is_no_warehouse_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.duckdb").write_text("notes", encoding="utf-8")
    with pytest.raises(GoujiError, match=r"notes\.duckdb 不是可以打开的 gouji 数仓"):
        diff.between(Small().write(tmp_path / "old.duckdb"), tmp_path / "notes.duckdb")


def test_what_an_unlike_warehouse_holds_cannot_be_compared_and_does_not_keep_a_build_from_being_published(
    tmp_path: Path,
) -> None:
    warehouse = tmp_path / "gouji.duckdb"
    for columns in (
        "'d1' as document_id, '1' as loader_version, 'loaded' as status",
        "'d1' as document_id, 'a.txt' as file_name, '1' as loader_version, 'loaded' as status",
    ):
        with building(warehouse) as connection:
            connection.execute("create schema raw")
            connection.execute(f"create table raw.document as select {columns}")
    newest, oldest = versions.listed(warehouse)
    with pytest.raises(GoujiError, match="无法比较"):
        diff.between(oldest.file, newest.file)
    with duckdb.connect(warehouse, read_only=True) as connection:
        kept = connection.execute("select previous_version, relation, change, cause from meta.diff").fetchall()
    assert kept == [(oldest.name, "*", "not_comparable", "unknown")]


# With the real project


@pytest.fixture(scope="module")
def rerun(tiny: BuildResult, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose models were built again after a seed changed."""
    folder = tmp_path_factory.mktemp("rerun")
    project = copy_project(root, folder / "project")
    rules = project / "seeds" / "rules" / "rule.csv"
    rules.write_text(rules.read_text(encoding="utf-8").replace(",error,", ",warning,"), encoding="utf-8")
    warehouse = folder / "gouji.duckdb"
    shutil.copyfile(tiny.warehouse, warehouse)
    with updating(warehouse) as connection:
        transform(connection, plan(connection, load_project(project)))
    return warehouse


def test_publishing_keeps_the_difference(rerun: Path) -> None:
    newest, adopted = versions.listed(rerun)
    with duckdb.connect(rerun, read_only=True) as connection:
        found = connection.execute(
            "select previous_version, change, cause, detail, columns from meta.diff"
            " where relation = 'marts.fct_anomaly'"
        ).fetchall()
        named = connection.execute("select version, previous_version from meta.version").fetchall()
        undescribed = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'meta' and comment is null"
        ).fetchall()
    assert found == [(adopted.name, "rows_changed", "seeds", "rule", ["severity"])]
    assert named == [(newest.name, adopted.name)]
    assert adopted.name.endswith("-adopted")
    assert undescribed == []


def test_the_command_compares_the_last_two(gouji: Any, rerun: Path) -> None:
    answer = gouji("diff", "--warehouse", rerun)
    assert answer.code == 0
    newest, adopted = versions.listed(rerun)
    lines = answer.out.splitlines()
    assert lines[0] == f"{adopted.name} → {newest.name}"
    assert "种子变了：rule" in lines
    assert any(line.startswith("marts.fct_anomaly　变了") and "因为种子（rule）" in line for line in lines)


def test_the_command_compares_files_and_versions_for_machines(gouji: Any, rerun: Path, tiny: BuildResult) -> None:
    newest = versions.listed(rerun)[0]
    answer = gouji("diff", tiny.warehouse, newest.name[:20], "--warehouse", rerun, "--json")
    found = json.loads(answer.out)
    assert (found["seeds"], found["models"], found["documents"]) == (["rule"], [], [])
    assert {change["cause"] for change in found["changes"]} == {"seeds"}


def test_the_command_says_when_nothing_changed(gouji: Any, tiny: BuildResult) -> None:
    answer = gouji("diff", tiny.warehouse, tiny.warehouse)
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "结构和各集市表的行都没有变化")


# Versions


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Two versions, of one document and of two."""
    warehouse = tmp_path / "gouji.duckdb"
    for x in (1, 2):
        with building(warehouse) as connection:
            connection.execute("create schema raw; create schema marts")
            connection.execute(
                "create table raw.document as"
                " select range::varchar as document_id, 'a.txt' as file_name, 'a.txt' as path, 'loaded' as status,"
                f" '1' as loader_version from range({x})"
            )
            connection.execute(
                "create table marts.fct_anomaly as select 'error' as severity, range = 0 as is_primary,"
                " cast(null as varchar) as verdict from range(2)"  # the second follows from the first
            )
    return warehouse


def test_versions_are_listed(gouji: Any, several: Path) -> None:
    found = json.loads(gouji("versions", "--warehouse", several, "--json").out)
    assert [(each["documents"], each["is_current"]) for each in found] == [(2, True), (1, False)]
    assert found[0]["anomalies"] == {"error": 1, "warning": 0, "info": 0}
    assert gouji("versions", "--warehouse", several).out.splitlines()[0].startswith(f"● {found[0]['version']}")


def test_a_version_that_cannot_be_opened_is_listed_and_not_published(gouji: Any, several: Path) -> None:
    newest, oldest = versions.listed(several)
    oldest.file.write_bytes(b"torn")
    assert "打不开" in gouji("versions", "--warehouse", several).out
    answer = gouji("rollback", "--warehouse", several)
    assert (answer.code, answer.out) == (1, "")
    assert "打不开，没有换用" in answer.err
    assert versions.current(several) == newest.file.resolve()


def test_rolling_back_goes_one_version_back_and_no_further(gouji: Any, several: Path) -> None:
    newest, oldest = versions.listed(several)
    assert oldest.name in gouji("rollback", "--warehouse", several).out
    assert versions.current(several) == oldest.file.resolve()
    assert "没有更早的版本" in gouji("rollback", "--warehouse", several).err
    assert gouji("rollback", newest.name, "--warehouse", several).code == 0
    assert versions.current(several) == newest.file.resolve()


@pytest.mark.parametrize("command", ["rollback", "diff"])
def test_a_mistyped_version_gets_the_closest(gouji: Any, several: Path, command: str) -> None:
    newest = versions.listed(several)[0]
    answer = gouji(command, newest.name[:-1] + "x", "--warehouse", several)
    assert (answer.code, answer.out) == (1, "")
    assert newest.name in answer.err


@pytest.mark.parametrize("command", ["rollback", "diff"])
def test_without_versions_the_way_to_one_is_told(gouji: Any, tmp_path: Path, command: str) -> None:
    answer = gouji(command, "--warehouse", tmp_path / "gouji.duckdb")
    assert answer.code == 1
    assert answer.err
    assert json.loads(gouji("versions", "--json", "--warehouse", tmp_path / "gouji.duckdb").out) == []
