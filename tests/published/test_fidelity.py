"""Prose of published documents bound to their tables: what differs is told in docs/fidelity.md, and most is bound."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb


def test_every_difference_was_read_on_the_page(published: duckdb.DuckDBPyConnection, root: Path) -> None:
    """No amount fails T01 that docs/fidelity.md does not tell of this document."""
    told = (root / "docs" / "fidelity.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    failed = published.execute(
        "select b.file_name, f.stated from marts.fct_figure_binding as b"
        " join marts.fct_figure as f on b.figure_id = f.figure_id where b.state = 'fail' order by all"
    ).fetchall()
    assert failed
    untold = [
        (file_name, stated)
        for file_name, stated in failed
        if not any(
            file_name in row and re.search(rf"\s{re.escape(stated.removesuffix('万元'))}(?![\d.])", row) for row in rows
        )
    ]
    assert untold == []


def test_amounts_are_bound(published: duckdb.DuckDBPyConnection) -> None:
    """At least 95 in 100 of the amounts that a table of the document prints or leaves blank."""
    counts = dict(
        published.execute("select outcome, count(*) from marts.fct_figure_binding group by outcome").fetchall()
    )
    bound = counts["bound"] + counts["blank"]
    assert bound >= 0.95 * (
        bound + sum(counts.get(outcome, 0) for outcome in ("ambiguous", "unread", "other_organization"))
    )
