"""Vocabulary files: what the repository ships loads, and a broken file is named with the line that is wrong."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.errors import GoujiError
from loaders.numbers import UnitKind
from loaders.seed_rows import SeedError, spellings
from loaders.vocabulary import load

REFERENCES = (
    "administrative_division.csv",
    "economic_classification.csv",
    "function_class_former_name.csv",
    "function_classification.csv",
)


@pytest.fixture
def seeds(root: Path, tmp_path: Path) -> Path:
    """A copy of the seeds that the vocabulary is read from, to be broken."""
    for folder in ("vocabulary", "tables"):
        shutil.copytree(root / "seeds" / folder, tmp_path / folder)
    (tmp_path / "reference").mkdir()
    for name in REFERENCES:
        shutil.copy(root / "seeds" / "reference" / name, tmp_path / "reference" / name)
    return tmp_path


def append(seeds: Path, name: str, row: str) -> int:
    """Appends a row to a file; gives the number of its line."""
    path = seeds / name
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


def test_the_items_that_the_evaluation_knows_have_their_statement_and_unit(vocabulary, shared):
    with (shared / "evaluation" / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if not row["item"].startswith("<"):  # named by what is printed
                measure = vocabulary.measures[row["item"]]
                assert (measure.statement, measure.kind) == (row["statement"], row["unit"])


def test_a_new_synonym_is_one_row(seeds):
    append(seeds, "vocabulary/term.csv", "总收支规模,income_expenditure_total,,,")
    (term,) = load(seeds).terms["总收支规模"]
    assert (term.item, term.component, term.units, term.within) == (
        "income_expenditure_total",
        "total",
        frozenset(),
        (),
    )


def test_a_term_may_have_several_rows_for_several_places(seeds):
    append(seeds, "vocabulary/term.csv", "办公面积,,,,")
    append(seeds, "vocabulary/term.csv", "办公面积,assets_total,part,元 万元,section:assets item:assets_total")
    first, second = load(seeds).terms["办公面积"]
    assert first.item is None
    assert (second.item, second.component) == ("assets_total", "part")
    assert (second.units, second.within) == (frozenset({"元", "万元"}), ("section:assets", "item:assets_total"))


def test_a_new_unit_is_one_row(seeds):
    append(seeds, "vocabulary/unit.csv", "十万元,yuan,100000,")
    unit = load(seeds).unit_by_text["十万元"]
    assert (unit.kind, unit.factor) == (UnitKind.YUAN, Decimal(100000))


def test_files_saved_by_a_spreadsheet_with_a_byte_order_mark_load(seeds, vocabulary):
    for path in seeds.rglob("*.csv"):
        path.write_bytes(path.read_text(encoding="utf-8").replace("\r\n", "\n").encode("utf-8-sig"))
    assert load(seeds) == vocabulary


# What is wrong


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("vocabulary/term.csv", "总收支规模,incme_total,,,"),
        ("tables/table_kind.csv", "F99,收支规模表,actual,all,items,incme_total,收支规模表,"),
        ("tables/row_label.csv", "F1,^规模$,incme_total"),
    ],
)
def test_an_unknown_item_is_named_with_file_and_line(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"{name}:{line}：")
    assert "incme_total" in message
    assert "measure.csv" in message


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("vocabulary/measure.csv", "floor_area,assets,办公面积,squaremetre,true,,,"),
        ("vocabulary/unit.csv", "平方米,squaremetre,1,"),
    ],
)
def test_a_kind_of_unit_that_there_is_not_is_named_with_those_that_there_are(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"{name}:{line}：")
    for word in ("squaremetre", "yuan", "percent", "count", "score"):
        assert word in message


def test_a_role_of_a_heading_that_there_is_not_is_named_with_those_that_there_are(seeds):
    line = append(seeds, "vocabulary/column_heading.csv", "^备用金$,reserve,,,,")
    message = error(seeds)
    assert message.startswith(f"vocabulary/column_heading.csv:{line}：")
    for word in ("reserve", "amount", "level_1", "points"):
        assert word in message


@pytest.mark.parametrize(
    ("name", "row", "pattern"),
    [
        ("vocabulary/report_kind.csv", "(决算,final_account,actual,,", "(决算"),
        ("vocabulary/column_heading.csv", "(决算数,amount,,actual,,", "(决算数"),
        ("tables/table_kind.csv", "F99,[收支,actual,all,items,,收支表,", "[收支"),
        ("tables/table_column.csv", "*收支,total,,,", "*收支"),
        ("tables/row_label.csv", "F1,(规模,income_total", "(规模"),
    ],
)
def test_a_pattern_that_is_no_regular_expression_is_named(seeds, name, row, pattern):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"{name}:{line}：")
    assert f"“{pattern}”" in message
    assert "正则表达式" in message


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("vocabulary/term.csv", "总收支规模,income_total"),
        ("vocabulary/term.csv", "总收支规模,income_total,,,,,"),
        ("vocabulary/word.csv", "追减,change"),
        ("vocabulary/filler.csv", "而且,另外"),
        ("vocabulary/section.csv", "附表,tables"),
        ("vocabulary/companion.csv", "reception,批"),
        ("vocabulary/organization_suffix.csv", "处,所"),
        ("tables/row_label.csv", "F1,^规模$"),
    ],
)
def test_a_row_with_too_few_or_too_many_columns_is_named(seeds, name, row):
    line = append(seeds, name, row)
    message = error(seeds)
    assert message.startswith(f"{name}:{line}：")
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
        "tables/table_kind.csv",
        "tables/table_column.csv",
        "tables/row_label.csv",
        "reference/administrative_division.csv",
        "reference/function_classification.csv",
        "reference/economic_classification.csv",
        "reference/function_class_former_name.csv",
    ],
)
def test_a_missing_file_is_named(seeds, name):
    (seeds / name).unlink()
    message = error(seeds)
    assert str(seeds / name) in message
    assert "无法读取" in message


def test_a_folder_without_seeds_is_an_error(tmp_path):
    assert str(tmp_path / "nowhere" / "vocabulary") in error(tmp_path / "nowhere")


def test_a_missing_column_an_unknown_role_and_a_wrong_sign_are_named_with_their_line(seeds):
    path = seeds / "vocabulary" / "word.csv"
    shipped = path.read_text(encoding="utf-8")
    line = append(seeds, "vocabulary/word.csv", "翻番,mood,,,")
    assert f"word.csv:{line}" in error(seeds)
    path.write_text(shipped, encoding="utf-8")
    append(seeds, "vocabulary/word.csv", "翻番,change,change,plus,")
    assert f"word.csv:{line}" in error(seeds)
    path.write_text(shipped.replace("role", "part", 1), encoding="utf-8")
    assert "word.csv:2：缺少列“role”" in error(seeds)


def test_a_row_may_stand_for_several_spellings():
    assert spellings("公务用车") == ["公务用车"]
    assert spellings("公务接待<费|支出>") == ["公务接待费", "公务接待支出"]
    assert spellings("完成[年初|全年]预算[数]") == [
        "完成预算", "完成预算数", "完成年初预算", "完成年初预算数", "完成全年预算", "完成全年预算数",
    ]  # fmt: skip
