"""What the expectations found: frozen records, and the table `meta.expectation_result` that keeps them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse import meta
from warehouse.expectations.suite import DATA_TESTS, RULES

TABLE = meta.MetaTable(
    "expectation_result",
    "一行一项期望：Great Expectations 对本数仓的最近一次验证。",
    # in the order of ExpectationResult's fields
    {
        "suite": ("varchar", "套件：rules 为勾稽规则，data_tests 为数据检验"),
        "name": ("varchar", "期望的名称，在套件内不重复：规则编号，或“表.列.检验”"),
        "test": ("varchar", "检验的种类：rule，或 not_null、unique、accepted_values、relationships 等"),
        "rule_id": ("varchar", "规则编号，见 reference.rule；数据检验为空"),
        "relation": ("varchar", "所检验的表"),
        "column_name": ("varchar", "所检验的列；整表的检验和规则为空"),
        "severity": ("varchar", "级别：error、warning 或 info"),
        "title": ("varchar", "期望的内容，一句话"),
        "success": ("boolean", "是否符合：没有一行不符"),
        "unexpected_count": ("bigint", "不符的行数，准确数；没有跑成的为空"),
        "error": ("varchar", "没有跑成的原因；跑成的为空"),
        "query": ("varchar", "列出不符各行的 SQL，可以直接运行"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationResult:
    """How one expectation went; `unexpected_count` is exact, and None where the query failed with `error`.

    `examples` shows up to three failing rows of a data test that failed.
    """

    suite: str
    name: str
    test: str
    rule_id: str | None
    relation: str
    column: str | None
    severity: str
    title: str
    success: bool
    unexpected_count: int | None
    error: str | None
    query: str
    examples: tuple[str, ...] = ()

    def describe(self) -> str:
        """A Chinese line: what was expected, how many rows are otherwise, and some of them."""
        shown = f"，例如 {'；'.join(self.examples)}" if self.examples else ""
        return f"{self.name}（{self.title}）：{self.unexpected_count} 行不符{shown}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All results, rules first, and the seconds it took, with the import of Great Expectations."""

    results: tuple[ExpectationResult, ...]
    seconds: float

    @property
    def anomalies(self) -> tuple[ExpectationResult, ...]:
        """Rules that some rows of `marts.fct_check` break: findings about the documents."""
        return tuple(each for each in self.results if each.suite == RULES and not each.success)

    @property
    def broken_data_tests(self) -> tuple[ExpectationResult, ...]:
        """Data tests that fail, those with `severity: warn` left out: faults of gouji."""
        return tuple(
            each
            for each in self.results
            if each.suite == DATA_TESTS and not each.success and each.severity != "warning"
        )


def write_results(connection: duckdb.DuckDBPyConnection, results: tuple[ExpectationResult, ...]) -> None:
    """Replaces `meta.expectation_result`; the connection must not be in a transaction."""
    fields = ["column" if name == "column_name" else name for name in TABLE.columns]
    meta.write(connection, TABLE, [[getattr(each, field) for field in fields] for each in results])
