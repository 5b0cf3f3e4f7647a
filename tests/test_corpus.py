"""The made-up disclosures say what their truth says, add up, are the same every time, and are found in a warehouse."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest

from benchmarks.corpus import mistakes
from benchmarks.corpus.__main__ import main
from benchmarks.corpus.accounts import book
from benchmarks.corpus.organizations import organization
from benchmarks.corpus.report import Printed, Report
from benchmarks.corpus.scoring import Score
from benchmarks.corpus.write import WRITERS, Plan, write, written
from loaders import formats
from loaders.formats import read_bytes
from loaders.interpret import Interpreter
from loaders.landing import Landing
from warehouse.transform import load_project, run

PLAN = Plan(seed=7, mistakes=0.3)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    assert write(folder, 60, PLAN) == 60
    return folder


def test_a_corpus_is_the_same_however_many_processes_write_it(corpus: Path, tmp_path: Path) -> None:
    write(tmp_path, 60, PLAN, jobs=2)
    assert files(tmp_path) == files(corpus)


def test_a_small_corpus_is_the_beginning_of_a_large_one(corpus: Path, tmp_path: Path) -> None:
    assert write(tmp_path, 15, PLAN) == 20, "an organisation publishes ten reports, and none is left out"
    large, small = files(corpus), files(tmp_path)
    assert {name: large[name] for name in small if not name.endswith(".csv") or "/" in name} == {
        name: content for name, content in small.items() if not name.endswith(".csv") or "/" in name
    }
    assert (
        (corpus / "truth.csv")
        .read_text(encoding="utf-8")
        .startswith((tmp_path / "truth.csv").read_text(encoding="utf-8"))
    )


def test_another_seed_is_another_corpus() -> None:
    one, other = (written(Plan(seed, 0), 3) for seed in (1, 2))
    assert one.path != other.path
    assert one.content != other.content


def test_a_later_round_rewrites_its_share_and_tells_the_truth_of_all(corpus: Path, tmp_path: Path) -> None:
    write(tmp_path, 60, PLAN)
    before = files(tmp_path)
    second = Plan(PLAN.seed, PLAN.mistakes, changed=1 / 6, round=2)
    assert write(tmp_path, 60, second) == 10
    after = files(tmp_path)
    changed = {name for name in after if before.get(name) != after[name]}
    assert len({name for name in changed if "/" in name}) == 10
    assert len(after) == len(before), "the same reports under the same names"
    truth = rows(tmp_path / "truth.csv")
    fresh = [row for number in range(60) for row in _truth(second, number)]
    assert Counter((r["number"], r["item"], Decimal(r["value"])) for r in truth) == Counter(fresh)


def _truth(plan: Plan, number: int) -> list[tuple[str, str, Decimal]]:
    return [(str(number), figure.key.item, figure.value) for figure in written(plan, number).report.figures]


def test_a_later_round_of_no_corpus_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--round", "2", "--changed", "0.1"]) == 2
    assert "write round 1 first" in capsys.readouterr().err
    assert main([str(tmp_path), "--score", str(tmp_path / "no.duckdb")]) == 2
    assert "nothing to compare" in capsys.readouterr().err


# Accounts


def test_what_is_left_of_a_year_is_there_in_the_next_and_everything_adds_up() -> None:
    for number in range(40):
        kept = book(3, number)
        for year in kept.years:
            now = kept.finals[year]
            assert now.opening == kept.finals[year - 1].closing
            assert now.income + now.opening == now.expenditure + now.closing == now.total
            assert now.basic == sum(now.economic.values()) == now.personnel + now.public
            assert sum(line.total for _, lines in now.classes() for line in lines) == now.expenditure


def test_no_two_organisations_have_one_name() -> None:
    names = {organization(1, number).name for number in range(2000)}
    assert len(names) == 2000
    with pytest.raises(IndexError, match="have a name of their own"):
        organization(1, 10_000_000)


# Reports


def whole(kind: str) -> Report:
    """The first report of a kind that has tables."""
    reports = (written(Plan(1, 0), number).report for number in range(1000))
    return next(r for r in reports if r.kind == kind and any(p.key.source_kind == "table" for p in r.figures))


@pytest.fixture(scope="module", params=["决算", "预算", "项目自评"])
def report(request: pytest.FixtureRequest) -> Report:
    return whole(request.param)


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_carries_every_figure(report: Report, form: str, interpreter: Interpreter) -> None:
    document = read_bytes(WRITERS[form](report), Path(f"report.{form}"))
    read = [reading for reading in interpreter.interpret(document).readings if reading.meaning is not None]
    assert len(read) == len(report.figures)
    assert {reading.meaning.item for reading in read if reading.meaning} == {
        figure.key.item for figure in report.figures
    }


def test_an_archive_holds_the_report_beside_a_note_with_names_in_gbk(tmp_path: Path) -> None:
    archives = (written(Plan(1, 0), number) for number in range(400))
    nested = next(file for file in archives if file.form == "zip" and b"\xb8\xbd\xbc\xfe.zip" in file.content)
    (tmp_path / "公开.zip").write_bytes(nested.content)
    names = [document.path for document in formats.read_all(tmp_path / "公开.zip")]
    assert len(names) == 2
    assert any(nested.report.title in name for name in names)


def test_a_mistake_is_one_figure_that_is_printed_wrongly() -> None:
    files_ = [written(Plan(1, 1), number) for number in range(40)]
    planted = [file.report for file in files_ if file.report.planted is not None]
    assert len(planted) > 35
    for wrong in planted:
        right = written(Plan(1, 0), wrong.number).report
        different = [(a, b) for a, b in zip(wrong.figures, right.figures, strict=True) if a != b]
        assert different == [(wrong.misprint, wrong.planted)]
        assert wrong.title == right.title


@pytest.mark.parametrize(
    ("how", "digits", "expected"),
    [
        (mistakes.swapped_digits, "12", "21"),
        (mistakes.swapped_digits, "111", None),
        (mistakes.moved_point, "1,234.56", "12345.60"),
        (mistakes.moved_point, "0.56", None),
        (mistakes.wrong_unit, "12.34", "123400.00"),
        (mistakes.wrong_unit, "0.00", None),
        (mistakes.one_off, "1", None),
    ],
)
def test_mistakes_that_would_change_nothing_are_not_made(
    how: mistakes.Changer, digits: str, expected: str | None
) -> None:
    assert how(digits, Random(1)) == expected


# Scores


@pytest.fixture(scope="module")
def score(corpus: Path, interpreter: Interpreter, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Score:
    warehouse = tmp_path_factory.mktemp("warehouse") / "corpus.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        landing = Landing(connection)
        landing.create()
        for path in sorted((corpus / "reports").rglob("*.*")):
            landing.add([(document, interpreter.interpret(document)) for document in formats.read_all(path)])
        run(connection, load_project(root))
    return Score(corpus, warehouse)


def test_figures_and_mistakes_are_found_and_nothing_else(score: Score) -> None:
    (recall,), (precision,) = score.recall(), score.precision()
    assert recall.whole > 1500
    assert recall.found >= 0.96 * recall.whole, "\n".join(score.missed(20))
    assert precision.found >= 0.98 * precision.whole, "\n".join(score.invented(20))
    found = sum(share.found for share in score.mistakes())
    planted = sum(share.whole for share in score.mistakes())
    assert planted > 12
    assert found >= 0.85 * planted, "\n".join(score.undetected(20))
    assert [share for share in score.false_flags() if share.group[0] == "error"] == [], "\n".join(score.flags(20))


def test_a_figure_that_is_not_printed_is_no_figure_found(corpus: Path, score: Score, tmp_path: Path) -> None:
    lines = (corpus / "truth.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "truth.csv").write_text(
        "\n".join([lines[0], lines[1].replace(",actual,", ",budget,")]), encoding="utf-8"
    )
    (tmp_path / "mistakes.csv").write_text(
        (corpus / "mistakes.csv").read_text(encoding="utf-8").partition("\n")[0] + "\n"
    )
    with Score(tmp_path, score.warehouse) as other:
        assert [(share.found, share.whole) for share in other.recall()] == [(0, 1)]
        assert other.precision()[0].found == 0
        assert len(list(other.missed(5))) == 1


def test_a_figure_says_what_it_is() -> None:
    figure = written(Plan(1, 0), 0).report.figures[0]
    assert isinstance(figure, Printed)
    assert figure.organization.startswith(organization(1, 0).place)
