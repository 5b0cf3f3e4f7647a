"""The five reports that the project began with, built whole and judged by the scripts that stand beside them.

Skipped, with the reason, where `../shared` is not there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.build import build

_NOISE = re.compile(r"\[(?:bookmark|image): [^\]]*\]|[\u200b-\u200f\u2060\ufeff\u00ad]")


@pytest.fixture(scope="module")
def originals(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the five reports."""
    folder = shared / "reports" / "seeds"
    if not folder.is_dir():
        pytest.skip(f"the five reports are not at {folder}")
    target = tmp_path_factory.mktemp("originals") / "gouji.duckdb"
    result = build([folder], target, root)
    assert (result.documents, result.rejected) == (5, ())
    return target


@pytest.fixture(scope="module")
def connection(originals: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to it, closed before the scripts of another process open the file."""
    with duckdb.connect(originals, read_only=True) as opened:
        yield opened


def judge(shared: Path, script: str, *arguments: str | Path) -> str:
    """What a script of the evaluation prints."""
    path = shared / "evaluation" / script
    if not path.is_file():
        pytest.skip(f"no {path}")
    done = subprocess.run(
        [sys.executable, path, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_figures_agree_with_the_facts_read_by_hand(originals: Path, shared: Path) -> None:
    score = json.loads(judge(shared, "score.py", originals, "--json"))
    assert score["overall"]["facts"] == sum(report["facts"] for report in score["reports"].values()) > 500
    assert score["overall"]["recall"] >= 0.985, score["reports"]
    assert score["overall"]["precision"] >= 0.985, score["reports"]
    assert score["overall"]["value"] >= 0.995, score["reports"]


def test_every_anomaly_found_by_hand_is_flagged(originals: Path, shared: Path) -> None:
    printed = judge(shared, "score_anomalies.py", originals)
    assert "required anomalies found: 44 of 44" in printed, printed


def test_every_figure_traces_to_its_printed_digits(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        "select f.figure_id, f.stated, b.text, f.char_start, f.char_end, f.quote"
        " from marts.fct_figure as f join raw.block as b"
        " on f.document_id = b.document_id and f.block_no = b.block_no"
    ).fetchall()
    assert len(rows) == connection.execute("select count(*) from marts.fct_figure").fetchone()[0] > 500
    wrong = []
    for figure_id, stated, text, start, end, quote in rows:
        printed = unicodedata.normalize("NFKC", _NOISE.sub("", text[start:end])).replace("。", ".")
        digits = re.sub(r"[^\d.]", "", stated)
        if not re.sub(r"[\s,“”\"'-]", "", printed).startswith(digits) or not digits or quote not in text:
            wrong.append((figure_id, stated, text[start:end]))
    assert wrong == []


def test_quotes_of_the_findings_stand_in_the_reports_word_for_word(connection: duckdb.DuckDBPyConnection) -> None:
    """The list of attached tables is left out: its quote goes over several blocks."""
    rows = connection.execute(
        "select a.rule_id, a.message, e.quote from marts.fct_anomaly as a, unnest(a.evidence) as e (quote)"
        " where a.message not like '%列出%张表%' and not exists"
        " (select 1 from raw.block as b where contains(b.text, e.quote))"
    ).fetchall()
    assert rows == []
