"""Every table and column has a description, every mart a tested key, and the pages made from them are up to date."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from loaders import formats, vocabulary
from loaders.interpret import Interpreter
from loaders.landing import Landing
from loaders.raw_tables import SCHEMAS
from warehouse import dictionary
from warehouse.transform import Project, load_project, run

ROOT = Path(__file__).parents[2]
PROJECT = load_project(ROOT)
MODELS = sorted(PROJECT.models)
MARTS = [name for name in MODELS if PROJECT.models[name].schema == "marts"]
SEEDS = sorted(PROJECT.seeds)

_BLOCK = re.compile(r"\{% docs (\w+) %\}")
_USE = re.compile(r"doc\('(\w+)'\)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAME = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse built from the sample reports."""
    interpreter = Interpreter(vocabulary.load(ROOT / "seeds"))
    documents = [formats.read(path) for path in formats.find([ROOT / "seeds" / "reports"])]
    with duckdb.connect(tmp_path_factory.mktemp("warehouse") / "gouji.duckdb") as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document)) for document in documents])
        run(connection, PROJECT)
        yield connection


def columns_of(connection: duckdb.DuckDBPyConnection, relation: object) -> list[str]:
    """The columns that a table of the warehouse really has, in order."""
    return [row[0] for row in connection.execute(f"describe {relation}").fetchall()]


@pytest.mark.parametrize("name", MODELS)
def test_model_and_its_columns_are_described(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    model = PROJECT.models[name]
    assert _HAN.search(model.description), f"{model.file}：没有中文说明"
    described = [column.name for column in model.columns]
    assert described == columns_of(warehouse, model.relation), f"{model.file}：说明的列与查询的列不同"
    assert [column.name for column in model.columns if not _HAN.search(column.description)] == []


@pytest.mark.parametrize("name", SEEDS)
def test_seed_and_its_columns_are_described(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    seed = PROJECT.seeds[name]
    assert _HAN.search(seed.description), f"{seed.file}：没有中文说明"
    assert [column.name for column in seed.columns] == columns_of(warehouse, seed.relation)
    assert [column.name for column in seed.columns if not _HAN.search(column.description)] == []


def test_raw_tables_are_described_as_landed() -> None:
    raw = PROJECT.sources["raw"].tables
    assert {name: [column.name for column in table.columns] for name, table in raw.items()} == {
        name: list(columns) for name, columns in SCHEMAS.items()
    }
    undescribed = [
        f"{table.name}.{column.name}"
        for table in raw.values()
        for column in table.columns
        if not _HAN.search(column.description)
    ]
    assert undescribed == []
    assert all(_HAN.search(table.description) for table in raw.values())


@pytest.mark.parametrize("name", MARTS)
def test_mart_has_a_tested_primary_key(name: str) -> None:
    tests = {(test.column, test.name) for test in PROJECT.models[name].data_tests}
    keys = [column for column, kind in tests if kind == "unique" and (column, "not_null") in tests]
    assert keys, f"{PROJECT.models[name].file}：没有一列声明了 not_null 和 unique"


@pytest.mark.parametrize("name", MARTS)
def test_unit_of_a_mart_column_is_said(name: str) -> None:
    """A suffix promises a unit, and the description says it where the analyst reads it."""
    units = {"_yuan": "（元）", "_pct": "（%）", "_count": "（(个|辆|台、套|人次|批)）"}
    silent = [
        column.name
        for column in PROJECT.models[name].columns
        for suffix, unit in units.items()
        if column.name.endswith(suffix) and not re.search(unit, column.description)
    ]
    assert silent == []


def test_every_doc_block_is_used() -> None:
    defined = _BLOCK.findall((ROOT / "models" / "docs.md").read_text(encoding="utf-8"))
    used = {
        name for path in (ROOT / "models").rglob("*.yml") for name in _USE.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(set(defined) - used) == []


def test_data_dictionary_is_up_to_date() -> None:
    assert dictionary.main(["--check"]) == 0, "请运行 python -m warehouse.dictionary"


def test_data_dictionary_check_notices_drift(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "data-dictionary.md").write_text("# 数据字典\n", encoding="utf-8")
    monkeypatch.setattr(dictionary, "project_root", lambda: tmp_path)
    monkeypatch.setattr(dictionary, "load_project", lambda root: PROJECT)
    assert dictionary.main(["--check"]) == 1
    assert "python -m warehouse.dictionary" in capsys.readouterr().err


def test_data_dictionary_shows_types_and_tests(warehouse: duckdb.DuckDBPyConnection) -> None:
    without_types, with_types = dictionary.render(PROJECT), dictionary.render(PROJECT, warehouse)
    assert "| `state` | 核对结果：" in without_types
    assert "| `state` | VARCHAR | 核对结果：" in with_types
    assert "非空；见于 staging.stg_document.document_id |" in with_types
    assert "取值：yuan、percent、count、score |" in with_types


def names_of(project: Project) -> set[str]:
    """Everything that the glossary may name: tables, columns with and without table, items, values of data tests."""
    tables = {**project.models, **project.seeds}
    names = {*tables}
    for table in tables.values():
        names |= {column.name for column in table.columns}
        names |= {f"{table.name}.{column.name}" for column in table.columns}
        for test in table.data_tests:
            names |= {str(value) for value in test.arguments.get("values", [])}
    with (ROOT / project.seeds["measure"].file).open(encoding="utf-8") as file:
        names |= {row["item"] for row in csv.DictReader(file)}
    return names


def glossary() -> list[str]:
    """The cells of the glossary's second column."""
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    return [line.split("|")[2] for line in lines if line.startswith("| ") and "`" in line.split("|")[2]]


def test_glossary_names_exist() -> None:
    named = [name for cell in glossary() for name in _NAME.findall(cell)]
    assert len(named) > 100
    assert sorted(set(named) - names_of(PROJECT)) == []


def test_glossary_has_every_item() -> None:
    with (ROOT / PROJECT.seeds["measure"].file).open(encoding="utf-8") as file:
        items = {row["item"] for row in csv.DictReader(file)}
    assert sorted(items - {name for cell in glossary() for name in _NAME.findall(cell)}) == []
