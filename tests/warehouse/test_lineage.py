"""Lineage of a whole warehouse: every mart column ends at a raw column or a seed, and what is said of it is true."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.landing import SCHEMAS
from warehouse import lineage
from warehouse.build import BuildResult, transform
from warehouse.lineage import ROWS, Lineage, LineageError, printed
from warehouse.transform import load_project


@pytest.fixture(scope="module")
def connection(tiny: BuildResult, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = tmp_path_factory.mktemp("lineage") / "tiny.duckdb"
    shutil.copyfile(tiny.warehouse, copy)
    with duckdb.connect(copy) as connection:
        yield connection


@pytest.fixture(scope="module")
def known(connection: duckdb.DuckDBPyConnection) -> Lineage:
    return lineage.load(connection)


def mart_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select 'marts.' || table_name, column_name from duckdb_columns() where schema_name = 'marts' order by all"
    ).fetchall()


def contents(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Any]:
    """A digest of each column of the marts."""
    return {
        (relation, name): connection.execute(
            f'select sum(hash("{name}")::hugeint), count(*) from {relation}'
        ).fetchall()
        for relation, name in mart_columns(connection)
    }


@pytest.fixture(scope="module", autouse=True)
def built(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Any]:
    """The columns of the marts as they were built."""
    return contents(connection)


def test_every_mart_column_ends_at_raw_or_a_seed_or_says_unknown(
    connection: duckdb.DuckDBPyConnection, known: Lineage
) -> None:
    """Literals end as constants. Less than 2 % of the columns have anything unknown upstream."""
    columns = mart_columns(connection)
    assert len(columns) > 250
    unknown = []
    for column in columns:
        edges = list(known.walk(column))
        assert edges, f"{column} comes from nowhere"
        for edge in edges:
            if edge.kind in ("value", "filter"):
                assert (edge.source, edge.source_column) in known.into, f"{column}: {edge} leads nowhere"
            else:
                assert edge.kind in ("constant", "loader", "seed", "unknown")
        if any(edge.kind == "unknown" for edge in edges):
            unknown.append(column)
        ends = {edge.kind for edge in edges} & {"loader", "seed", "unknown"}
        assert ends, f"{column} reaches neither raw nor a seed"
    assert len(unknown) < 0.02 * len(columns), unknown


def test_the_amount_of_a_mart_comes_from_printed_digits(known: Lineage) -> None:
    edges = list(known.walk(("marts.fct_three_public", "total_actual_yuan")))
    values = {(edge.source, edge.source_column) for edge in edges if edge.kind == "value"}
    assert {("raw.number", "digits"), ("raw.number", "sign"), ("reference.unit", "factor")} <= values
    assert ("loader", "loaders/numbers.py") in {(edge.kind, edge.source) for edge in edges}
    assert ("raw.number", "outcome") in {(edge.source, edge.source_column) for edge in edges if edge.kind == "filter"}


def test_downstream_is_upstream_the_other_way(connection: duckdb.DuckDBPyConnection, known: Lineage) -> None:
    start = ("raw.number", "ocr_confidence")
    below = {(edge.relation, edge.column) for edge in known.walk(start, downstream=True)}
    above = {
        column
        for column in mart_columns(connection)
        if start in {(edge.source, edge.source_column) for edge in known.walk(column)}
    }
    assert above == {column for column in below if column[0].startswith("marts.") and column[1] != ROWS}
    assert ("marts.fct_figure", "ocr_confidence") in above


@pytest.mark.parametrize(
    ("column", "change"),
    [
        (("raw.number", "digits"), "digits || '1'"),
        (("raw.number", "fiscal_year"), "fiscal_year - 3"),
        (("raw.report", "organization_name"), "'云岭市审计局'"),
        (("reference.unit", "factor"), "factor * 10"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else None,
)
def test_what_changes_with_a_column_is_downstream_of_it(
    connection: duckdb.DuckDBPyConnection,
    built: dict[tuple[str, str], Any],
    known: Lineage,
    light_project: Path,
    column: tuple[str, str],
    change: str,
) -> None:
    """The proof by trial: change a column, rebuild, and compare every column of the marts."""
    relation, name = column
    connection.execute(f"create temp table kept as from {relation}")
    try:
        connection.execute(f"update {relation} set {name} = {change}")
        transform(connection, project := load_project(light_project), select=[*project.models])
        changed = {place for place, content in contents(connection).items() if content != built[place]}
    finally:
        connection.execute(f"delete from {relation}; insert into {relation} from kept; drop table kept")
    below = {(edge.relation, edge.column) for edge in known.walk(column, downstream=True)}
    assert changed, "nothing depends on it"
    assert changed - below == set()


def test_the_modules_that_write_raw_columns_are_known(root: Path) -> None:
    assert set(printed.RAW) == set(SCHEMAS)
    for table, landed in printed.RAW.items():
        assert set(landed.columns) <= set(SCHEMAS[table])
        assert set(landed.place) <= set(SCHEMAS[table])
        for column in SCHEMAS[table]:
            modules = printed.written_by(table, column)
            assert modules
            assert all((root / module).is_file() for module in modules), (table, column)
    assert printed.written_by("no_such_table", "x") == ()


def test_unchanged_models_keep_their_edges(
    connection: duckdb.DuckDBPyConnection, light_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQL is taken apart again only where it, or what it is made from, is another."""
    asked: list[str] = []
    monkeypatch.setattr(lineage.graph, "edges", lambda graph, columns, models: asked.extend(models) or [])
    before = connection.execute("select count(*) from meta.column_lineage").fetchall()
    transform(connection, load_project(light_project), select=["fct_three_public"])
    assert asked == []
    assert connection.execute("select count(*) from meta.column_lineage").fetchall() == before


# The command


def test_the_command_shows_the_way_to_the_page(gouji: Any, tiny: BuildResult) -> None:
    answer = gouji("lineage", "marts.fct_three_public.total_actual_yuan", "--warehouse", tiny.warehouse)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].startswith("marts.fct_three_public.total_actual_yuan")
    for part in (
        "raw.number.digits",
        "loaders/numbers.py",
        "char_start",
        "种子 seeds/vocabulary/unit.csv",
        "筛选、连接",
    ):
        assert any(part in line for line in lines), part


def test_the_command_shows_what_is_made_from_a_column(gouji: Any, tiny: BuildResult) -> None:
    answer = gouji("lineage", "number.digits", "--downstream", "--json", "--warehouse", tiny.warehouse)
    found = json.loads(answer.out)
    assert (found["relation"], found["column"]) == ("raw.number", "digits")
    assert "marts.fct_figure" in {edge["relation"] for edge in found["edges"]}


@pytest.mark.parametrize(
    ("name", "closest"),
    [
        ("marts.fct_three_public.actual_yuan", "marts.fct_three_public.total_actual_yuan"),
        ("fct_three_publc.total_actual_yuan", "marts.fct_three_public.total_actual_yuan"),
        ("nothing", "模式.表.列"),
    ],
)
def test_a_mistyped_column_gets_the_closest(gouji: Any, tiny: BuildResult, name: str, closest: str) -> None:
    answer = gouji("lineage", name, "--warehouse", tiny.warehouse)
    assert (answer.code, answer.out) == (1, "")
    assert closest in answer.err


def test_a_warehouse_without_lineage_says_how_to_get_it() -> None:
    with duckdb.connect() as empty, pytest.raises(LineageError, match="gouji run"):
        lineage.load(empty)
