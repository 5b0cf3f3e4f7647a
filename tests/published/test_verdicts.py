"""Flags on published documents: every one was read against the page, nearly all are true, and the docs say so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

from warehouse import flags

LEAST_TRUE = {"error": Decimal(95), "warning": Decimal(85)}


def test_every_flag_was_read_on_the_page(published: duckdb.DuckDBPyConnection) -> None:
    """A flag without a verdict is new: somebody has to look, and say in seeds/verdict.csv what is there."""
    unread = published.execute(
        "select file_name, rule_id, message, fingerprint from marts.fct_anomaly where verdict is null order by all"
    ).fetchall()
    assert unread == []


def test_most_flags_are_true(published: duckdb.DuckDBPyConnection) -> None:
    shares = {row["级别"]: row["属实率"] for row in flags.precision(published).dicts() if row["规则"] == "合计"}
    assert {severity for severity, least in LEAST_TRUE.items() if shares[severity] < least} == set()


def test_the_table_of_the_docs_is_that_of_the_verdicts(published: duckdb.DuckDBPyConnection, root: Path) -> None:
    """`gouji verdict --format markdown` makes it."""
    lines = (root / "docs" / "fidelity.md").read_text(encoding="utf-8").splitlines()
    for row in flags.precision(published).values:
        assert "| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" in lines
