"""Each rule on small reports: one on which it fires rightly, one on which a naive version would fire wrongly.

The reports are written as text files, read, interpreted and landed as any other, and all are judged in one run of the
models. A case says which rows its rule gives in `marts.fct_check`, in order of print; whatever else fails in a report
is named in `also`, so that a false alarm of another rule is noticed too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cases import CASES, Case

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

ORGANIZATIONS = [
    f"云岭市{first}{second}局"
    for first, second in product("甲乙丙丁戊己庚辛壬癸天地春夏秋冬东南西北", "子丑寅卯辰巳午未申酉戌亥")
]


def named(case: Case) -> str:
    return f"{case.rule}: {case.name}"


def file_name(case: Case, document: int = 1) -> str:
    return f"{CASES.index(case):03d}-{document}.txt"


@dataclass(frozen=True)
class Judged:
    """What became of the cases: checks by file in order of print, texts of blocks by file, figures as printed."""

    connection: duckdb.DuckDBPyConnection
    checks: dict[str, list[dict[str, Any]]]
    texts: dict[str, list[str]]
    stated: dict[str, str]

    def of(self, case: Case) -> list[dict[str, Any]]:
        """The checks of a case's first document."""
        return self.checks.get(file_name(case), [])


# A check stands where the first of its figures is printed, or the first block that it quotes.
_CHECKS = """
    select c.*
    from marts.fct_check as c
    left join marts.fct_figure as f on c.figure_ids[1] = f.figure_id
    left join raw.block as b
        on f.figure_id is null and c.document_id = b.document_id and contains(b.text, c.evidence[1])
    qualify row_number() over (partition by c.check_id order by b.block_no) = 1
    order by c.file_name, coalesce(f.block_no, b.block_no), f.char_start, c.observed, c.tolerance, c.message, c.check_id
"""


@pytest.fixture(scope="module")
def judged(interpreter: Any, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """All cases, each with an organisation of its own, through the real pipeline up to the marts."""
    folder = tmp_path_factory.mktemp("cases")
    assert len(CASES) <= len(ORGANIZATIONS)
    for case, name in zip(CASES, ORGANIZATIONS, strict=False):
        own = case.organization or name
        documents = [(own, case.title, case.body), *([(own, *case.other)] if case.other else []), *case.more]
        for number, (organization, title, body) in enumerate(documents, 1):
            path = folder / file_name(case, number)
            path.write_text(f"{organization}{title}\n{body}\n", encoding="utf-8")
    read = [formats.read(path) for path in formats.find([folder])]
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document)) for document in read])
        run(connection, load_project(root))
        cursor = connection.execute(_CHECKS)
        names = [column[0] for column in cursor.description or ()]
        checks: dict[str, list[dict[str, Any]]] = {}
        for values in cursor.fetchall():
            check = dict(zip(names, values, strict=True))
            checks.setdefault(check["file_name"], []).append(check)
        texts = {document.file_name: [block.text for block in document.blocks] for document in read}
        stated = dict(connection.execute("select figure_id, stated from marts.fct_figure").fetchall())
        yield Judged(connection, checks, texts, stated)


def written(value: Decimal | None) -> str:
    return "-" if value is None else f"{value.normalize():f}"


def row(check: dict[str, Any]) -> list[str]:
    numbers = [written(check[name]) for name in ("expected", "observed", "difference", "tolerance")]
    return [check["state"], *numbers]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_rule_gives_these_rows(judged: Judged, case: Case) -> None:
    of_rule = [check for check in judged.of(case) if check["rule_id"] == case.rule]
    wanted = [line.split() for line in case.rows.strip().splitlines()]
    found = [row(check) for check in of_rule]
    for line, values in zip(wanted, found, strict=False):
        values[-1] = "*" if line[-1] == "*" else values[-1]
    assert found == wanted
    for check in of_rule:
        if check["difference"] is not None:
            assert check["difference"] == check["observed"] - check["expected"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_nothing_else_fails_in_the_report(judged: Judged, case: Case) -> None:
    failed = [check for check in judged.of(case) if check["state"] == "fail"]
    assert [c["message"] for c in failed if c["rule_id"] not in (case.rule, *case.also.split())] == []
    assert {c["rule_id"] for c in failed} >= set(case.also.split())
    if case.naive:
        assert case.rule not in {c["rule_id"] for c in failed}
    else:
        messages = [c["message"] for c in failed if c["rule_id"] == case.rule]
        assert any(case.message in message for message in messages)


@pytest.mark.parametrize("case", [case for case in CASES if case.severity], ids=named)
def test_a_failure_has_its_severity(judged: Judged, case: Case) -> None:
    failed = [c for c in judged.of(case) if c["state"] == "fail" and c["rule_id"] == case.rule]
    assert [c["severity"] for c in failed] == case.severity.split()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_evidence_is_word_for_word_in_print(judged: Judged, case: Case) -> None:
    """Each figure is in some quote; of a class of D08 and D12, only the class. The quote of a list of attached tables
    goes over several lines, and is left out."""
    texts = [text for number in range(1, 3 + len(case.more)) for text in judged.texts.get(file_name(case, number), [])]
    for check in judged.of(case):
        if re.search("列出.*张表", check["message"]):
            continue
        evidence = check["evidence"]
        assert evidence, check
        assert [quote for quote in evidence if not any(quote in text for text in texts)] == []
        assert len(set(check["figure_ids"])) == len(check["figure_ids"])
        for figure_id in check["figure_ids"][: 1 if check["rule_id"] in ("D08", "D12") else None]:
            digits = re.sub(r"[^\d.]", "", judged.stated[figure_id])
            assert any(digits in quote.replace(",", "") for quote in evidence), (digits, check)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_message_of_a_failure_tells_both_amounts(judged: Judged, case: Case) -> None:
    for check in judged.of(case):
        if check["state"] == "fail" and check["unit"] == "yuan" and check["expected"] is not None:
            for value in (check["expected"], check["observed"]):
                scaled = value / 10000 if abs(value) >= 10000 else value
                assert written(scaled) in check["message"]


def test_every_rule_has_a_report_on_which_it_fires_and_one_on_which_a_naive_version_would(root: Path) -> None:
    with (root / "seeds" / "rules" / "rule.csv").open(encoding="utf-8") as file:
        rules = {line["rule_id"] for line in csv.DictReader(file)}
    assert sorted(rules - {case.rule for case in CASES if not case.naive}) == [], "no case on which it fires rightly"
    assert sorted(rules - {case.rule for case in CASES if case.naive}) == [], "no case of a false alarm"


def test_every_check_has_a_known_state_and_a_key_of_its_own(judged: Judged) -> None:
    keys = judged.connection.execute("select count(*) - count(distinct check_id) from marts.fct_check").fetchone()
    assert keys == (0,)
    states = {check["state"] for checks in judged.checks.values() for check in checks}
    assert states == {"pass", "rounding", "fail", "not_applicable", "insufficient"}


def test_severities_are_those_of_the_rules(judged: Judged) -> None:
    """But where a threshold, a pattern or a kind of print has its own."""
    own = judged.connection.execute(
        "select distinct c.rule_id from marts.fct_check as c join reference.rule as r on c.rule_id = r.rule_id"
        " where c.severity <> r.severity"
    ).fetchall()
    assert {rule for (rule,) in own} <= {"P09", "P11", "S08", "S10"}


def test_anomalies_are_the_failures(judged: Judged) -> None:
    failed = sorted(c["check_id"] for checks in judged.checks.values() for c in checks if c["state"] == "fail")
    found = judged.connection.execute("select anomaly_id from marts.fct_anomaly order by 1").fetchall()
    assert [anomaly for (anomaly,) in found] == failed
