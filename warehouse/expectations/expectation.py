"""One expectation, before Great Expectations sees it: a query that is to give no rows, and what is said about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warehouse.transform import Relation

# A colon before a word is a parameter to SQLAlchemy, even inside a string; a cast (::) is not.
_SINGLE_COLON = re.compile(r"(?<!:):(?!:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """ "This query gives no rows."

    `query` is SQL that anyone can run; `unexpected_rows_query` is the same for Great Expectations, with `{batch}` and
    its escapes. `test` is `rule` or the name of the data test, `severity` is error, warning or info, `reads` are the
    tables that have to exist, `place` says in messages where the expectation was declared.
    """

    name: str
    title: str
    test: str
    severity: str
    query: str
    unexpected_rows_query: str
    relation: Relation
    reads: tuple[Relation, ...]
    place: str
    column: str | None = None
    rule_id: str | None = None

    def meta(self) -> dict[str, str]:
        """What a Great Expectations user sees beside the query; results are found again by `name`."""
        shown = {
            "name": self.name,
            "test": self.test,
            "rule_id": self.rule_id,
            "severity": self.severity,
            "relation": str(self.relation),
            "column": self.column,
        }
        return {key: value for key, value in shown.items() if value is not None}


def literal(text: str) -> str:
    """`text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def escaped(sql: str) -> str:
    """SQL for a query of Great Expectations, which is formatted for `{batch}` and read by SQLAlchemy's `text`."""
    return _SINGLE_COLON.sub(r"\\:", sql.replace("{", "{{").replace("}", "}}"))
