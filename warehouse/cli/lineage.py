"""`gouji lineage`: where a column comes from, and what is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from warehouse import paths, query
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, stdout

if TYPE_CHECKING:
    import duckdb

    from warehouse.lineage import Edge, Lineage

_ENDS = {"constant": "常量", "unknown": "来历不明"}


@dataclass(slots=True)
class _Tree:
    """Text with branches; rich's tree would cut its lines to the width of the terminal."""

    label: Text
    branches: list[_Tree] = field(default_factory=list)

    def add(self, label: Text) -> _Tree:
        self.branches.append(_Tree(label))
        return self.branches[-1]

    def lines(self) -> Iterator[Text]:
        yield self.label
        for branch in self.branches:
            first, others = ("└── ", "    ") if branch is self.branches[-1] else ("├── ", "│   ")
            for number, line in enumerate(branch.lines()):
                yield Text.assemble(others if number else first, line)


@app.command(
    epilog=examples(
        "gouji lineage marts.fct_three_public.total_actual_yuan",
        "gouji lineage raw.number.digits --downstream",
        "gouji lineage fct_anomaly.severity --json",
    )
)
def lineage(
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="模式.表.列，或 表.列。")],
    downstream: Annotated[bool, typer.Option("--downstream", help="反过来，列出由它得来的列。")] = False,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出，连同所有筛选、连接用到的列。")] = False,
) -> None:
    """一列的来历：由哪些列得来，直到印出的原文和种子。"""
    from warehouse import lineage as columns

    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        known = columns.load(connection)
        start = known.find(column)
        comments = _comments(connection)
    if json_output:
        edges = [asdict(edge) for edge in known.walk(start, downstream=downstream)]
        output.write_json(stdout, {"relation": start[0], "column": start[1], "edges": edges})
        return
    tree = _Tree(_label(start, comments))
    _grow(tree, known, start, comments, {start}, downstream)
    for line in tree.lines():
        stdout.print(line, soft_wrap=True)


def _comments(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = query.select(
        connection,
        "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() where comment is not null",
    )
    return {(relation, column): output.one_line(comment, 40) for relation, column, comment in rows.values}


def _label(place: tuple[str, str], comments: dict[tuple[str, str], str]) -> Text:
    return Text.assemble((".".join(place), "bold"), f"　{comments.get(place, '')}")


def _grow(
    tree: _Tree,
    known: Lineage,
    place: tuple[str, str],
    comments: dict[tuple[str, str], str],
    shown: set[tuple[str, str]],
    downstream: bool,
) -> None:
    """Add what a column comes from (or leads to): values as branches, filters as one line."""
    from warehouse.lineage import printed

    edges = (known.out_of if downstream else known.into).get(place, [])
    for edge in edges:
        other = (edge.relation, edge.column) if downstream else (edge.source, edge.source_column)
        if edge.kind in _ENDS:
            tree.add(Text(_ENDS[edge.kind], "yellow"))
        elif edge.kind == "loader":
            table = edge.relation.partition(".")[2]
            where = "、".join(("document_id", *printed.RAW[table].place))
            tree.add(Text(f"{edge.source}　印在原文的哪里：raw.{table} 的 {where}", "green"))
        elif edge.kind == "seed":
            tree.add(Text(f"种子 {edge.source}", "green"))
        elif edge.kind == "value" and other in shown:
            tree.add(Text(f"{'.'.join(other)}　见上", "dim"))
        elif edge.kind == "value":
            shown.add(other)
            _grow(tree.add(_label(other, comments)), known, other, comments, shown, downstream)
    filters = [edge for edge in edges if edge.kind == "filter"]
    if filters:
        tree.add(Text(f"{'用于筛选、连接' if downstream else '筛选、连接'}：{_listed(filters, downstream)}", "dim"))


def _listed(filters: list[Edge], downstream: bool) -> str:
    """Columns of filters by relation; downstream the relations only, whose every row they decide."""
    if downstream:
        return "、".join(dict.fromkeys(edge.relation for edge in filters))
    by_relation: dict[str, list[str]] = {}
    for edge in filters:
        by_relation.setdefault(edge.source, []).append(edge.source_column)
    return "；".join(f"{relation}（{'、'.join(names)}）" for relation, names in by_relation.items())
