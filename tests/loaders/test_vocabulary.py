"""Vocabulary files: what the repository ships loads, and a broken file is named with the line that is wrong."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.errors import GoujiError
from loaders.narrative.vocabulary import SeedError, load
from loaders.numbers import UnitKind


@pytest.fixture
def seeds(root: Path, tmp_path: Path) -> Path:
    """A copy of the seeds that the vocabulary is read from, to be broken."""
    shutil.copytree(root / "seeds" / "vocabulary", tmp_path / "vocabulary")
    (tmp_path / "reference").mkdir()
    for name in ("administrative_division.csv", "function_classification.csv"):
        shutil.copy(root / "seeds" / "reference" / name, tmp_path / "reference" / name)
    return tmp_path


def append(seeds: Path, name: str, row: str) -> int:
    """Appends a row to a vocabulary file; gives the number of its line."""
    path = seeds / "vocabulary" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, row]) + "\n", encoding="utf-8")
    return len(lines) + 1


def error(seeds: Path) -> str:
    with pytest.raises(SeedError) as caught:
        load(seeds)
    assert isinstance(caught.value, GoujiError)  # which the command line prints without a traceback
    return str(caught.value)


# What is loaded


def test_a_copy_of_the_shipped_files_gives_the_shipped_vocabulary(seeds, vocabulary):
    assert load(seeds) == vocabulary


def test_every_term_names_an_item_that_has_a_measure(vocabulary):
    items = {row.item for rows in vocabulary.terms.values() for row in rows if row.item is not None}
    assert items <= set(vocabulary.measures)


def test_every_unit_of_a_term_is_a_unit(vocabulary):
    units = {unit for rows in vocabulary.terms.values() for row in rows for unit in row.units}
    assert units <= set(vocabulary.unit_by_text)


def test_items_of_sections_companions_and_column_headings_have_a_measure(vocabulary):
    items = {section.default_item for section in vocabulary.sections if section.default_item}
    items |= {item for item, _ in vocabulary.companions} | set(vocabulary.companions.values())
    items |= {heading.item for heading in vocabulary.column_headings if heading.item}
    assert items <= set(vocabulary.measures)


def test_measures_are_those_that_the_evaluation_knows(vocabulary, shared):
    rows = (shared / "evaluation" / "measures.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    expected = {row.split(",")[1] for row in rows if not row.split(",")[1].startswith("<")}
    assert set(vocabulary.measures) == expected


def test_a_new_synonym_is_one_row(seeds):
    append(seeds, "term.csv", "总收支规模,income_expenditure_total,,,")
    (term,) = load(seeds).terms["总收支规模"]
    assert (term.item, term.component, term.units, term.within) == (
        "income_expenditure_total",
        "total",
        frozenset(),
        (),
    )


def test_a_term_may_have_several_rows_for_several_places(seeds):
    append(seeds, "term.csv", "办公面积,,,,")
    append(seeds, "term.csv", "办公面积,assets_total,part,元 万元,section:assets item:assets_total")
    first, second = load(seeds).terms["办公面积"]
    assert first.item is None
    assert (second.item, second.component) == ("assets_total", "part")
    assert (second.units, second.within) == (frozenset({"元", "万元"}), ("section:assets", "item:assets_total"))


def test_a_new_unit_is_one_row(seeds):
    append(seeds, "unit.csv", "十万元,yuan,100000")
    unit = load(seeds).unit_by_text["十万元"]
    assert (unit.kind, unit.factor) == (UnitKind.YUAN, Decimal(100000))


def test_files_saved_by_a_spreadsheet_with_a_byte_order_mark_load(seeds, vocabulary):
    for path in seeds.rglob("*.csv"):
        path.write_bytes(path.read_text(encoding="utf-8").replace("\r\n", "\n").encode("utf-8-sig"))
    assert load(seeds) == vocabulary


# What is wrong


def test_an_unknown_item_is_named_with_file_and_line(seeds):
    line = append(seeds, "term.csv", "总收支规模,incme_total,,,")
    message = error(seeds)
    assert message.startswith(f"vocabulary/term.csv:{line}：")
    assert "incme_total" in message
    assert "measure.csv" in message


@pytest.mark.parametrize(
    ("name", "row"), [("measure.csv", "floor_area,assets,办公面积,squaremetre"), ("unit.csv", "平方米,squaremetre,1")]
)
def test_a_kind_of_unit_that_there_is_not_is_named_with_those_that_there_are(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"vocabulary/{name}:{line}：")
    for word in ("squaremetre", "yuan", "percent", "count", "score"):
        assert word in message


@pytest.mark.parametrize(
    ("name", "row"),
    [("report_kind.csv", "(决算,final_account,actual,"), ("column_heading.csv", "(决算数,amount,,actual")],
)
def test_a_pattern_that_is_no_regular_expression_is_named(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"vocabulary/{name}:{line}：")
    assert row.split(",")[0] in message
    assert "正则表达式" in message


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("term.csv", "总收支规模,income_total"),
        ("term.csv", "总收支规模,income_total,,,,,"),
        ("word.csv", "追减,change"),
        ("filler.csv", "而且,另外"),
        ("section.csv", "附表,tables"),
        ("companion.csv", "reception,批"),
        ("organization_suffix.csv", "处,所"),
    ],
)
def test_a_row_with_too_few_or_too_many_columns_is_named(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"vocabulary/{name}:{line}：")
    assert "列数" in message


@pytest.mark.parametrize(
    "name",
    [
        "vocabulary/measure.csv",
        "vocabulary/unit.csv",
        "vocabulary/term.csv",
        "vocabulary/word.csv",
        "vocabulary/filler.csv",
        "vocabulary/section.csv",
        "vocabulary/companion.csv",
        "vocabulary/report_kind.csv",
        "vocabulary/column_heading.csv",
        "vocabulary/organization_suffix.csv",
        "reference/administrative_division.csv",
        "reference/function_classification.csv",
    ],
)
def test_a_missing_file_is_named(seeds, name):
    (seeds / name).unlink()
    message = error(seeds)
    assert str(seeds / name) in message
    assert "无法读取" in message


def test_a_folder_without_seeds_is_an_error(tmp_path):
    assert str(tmp_path / "nowhere" / "vocabulary") in error(tmp_path / "nowhere")
