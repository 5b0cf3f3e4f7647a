"""Prose of published documents against figures that people labelled by hand; see `score.py` for how they compare.

The labels were made from the page, by people who had not seen what gouji reads. A change of rules that loses some of
them shows here which, and in `python -m tests.published.score --show 40`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import score

from loaders import formats
from loaders.interpret import Interpreter
from loaders.vocabulary import Vocabulary

LABELLED = sorted(score.LABELS.glob("*.csv"))


@pytest.fixture(scope="module", params=LABELLED, ids=lambda path: path.stem)
def scored(
    request: pytest.FixtureRequest, shared: Path, interpreter: Interpreter, vocabulary: Vocabulary
) -> score.Score:
    """The score of one document."""
    path = shared / "reports" / "published" / score.file_name(request.param)
    if not path.is_file():
        pytest.skip(f"no {path}")
    document = formats.read(path)
    return score.score(document, interpreter.interpret(document), score.labels(request.param), vocabulary)


def test_almost_all_labelled_figures_are_read(scored: score.Score) -> None:
    assert scored.labels >= 40
    assert scored.recall >= 0.95, "\n".join(map(str, scored.missed))


def test_almost_nothing_is_read_that_nobody_labelled(scored: score.Score) -> None:
    assert scored.precision >= 0.97, "\n".join(map(str, scored.extra))


# The scorer itself


@pytest.fixture
def read(interpreter: Interpreter, vocabulary: Vocabulary) -> Iterator[object]:
    """The score of a text with one label: 基本支出 of 200万元 in 2023."""
    label = score.Label(
        None,
        1,
        "200.00万元",
        score.key(2023, "summary", "expenditure_basic", "actual", "yuan", 2000000),
        frozenset(),
        False,
    )
    label = replace(label, accepted=frozenset({label.key}))

    def of(text: str, **changes: object) -> score.Score:
        document = formats.read_bytes(f"青禾市林业局2023年度部门决算\n{text}".encode(), Path("report.txt"))
        return score.score(document, interpreter.interpret(document), [replace(label, **changes)], vocabulary)

    return of


def test_a_figure_read_as_labelled_is_found(read):
    assert (read("基本支出200.00万元。").recall, read("基本支出200.00万元。").precision) == (1, 1)


def test_the_place_counts_and_not_only_the_value(read):
    text = "项目支出200.00万元。基本支出200.00万元。"
    assert read(text).recall == 0
    assert read(text, ordinal=2).recall == 1
    assert read(text, ordinal=2).precision == 0.5


def test_a_figure_of_another_meaning_is_missed_and_extra(read):
    found = read("项目支出200.00万元。")
    assert (found.recall, found.precision) == (0, 0)
    assert str(found.missed[0].found) == "2023 summary/expenditure_project actual 2000000 yuan"


def test_a_doubtful_figure_counts_neither_way(read):
    found = read("基本支出200.00万元，项目支出100.00万元。", doubtful=True)
    assert (found.labels, found.figures, len(found.extra)) == (0, 1, 1)


def test_names_compare_without_the_words_a_reader_may_add():
    assert score.fold("2023年“智慧林业”项目经费") == score.fold("智慧林业项目") == "智慧林业"
    assert score.fold("1.林业和草原") == "林业和草原"
