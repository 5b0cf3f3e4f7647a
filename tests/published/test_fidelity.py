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


# Why an amount has no cell although the document may print one; docs/rules.md tells the others.
UNBOUND = ["ambiguous", "no_rule_fits", "not_printed", "other_organization", "unread"]


def test_almost_all_amounts_of_a_document_are_bound_to_their_cells(published: duckdb.DuckDBPyConnection) -> None:
    """At least 95 in 100 of the amounts for which the document prints a cell, of every document."""
    shares = published.execute(
        "select file_name, count(*) filter (where outcome in ('bound', 'blank')) as bound,"
        " count(*) filter (where outcome in (select unnest(?))) as unbound"
        " from marts.fct_figure_binding group by file_name",
        [UNBOUND],
    ).fetchall()
    assert sum(bound for _, bound, _ in shares) > 1000
    low = [(name, bound, unbound) for name, bound, unbound in shares if bound < 0.95 * (bound + unbound)]
    assert low == []
