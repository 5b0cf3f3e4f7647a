"""Commands to work through what was flagged: list it, and say what was found on the page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from warehouse import flags, paths, query
from warehouse.cli import output
from warehouse.cli.common import Form, Warehouse, app, examples, failures, stdout


@app.command(
    epilog=examples("gouji anomalies --severity error", "gouji anomalies --rule P09 --organization 丰台 --json")
)
def anomalies(
    severity: Annotated[str | None, typer.Option("--severity", "-s", help="级别：error、warning、info。")] = None,
    rule: Annotated[str | None, typer.Option("--rule", "-r", help="规则编号，如 T03。")] = None,
    organization: Annotated[str | None, typer.Option("--organization", "-o", help="单位名称或其中一部分。")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="最多列出几条。")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="每项不符各列一条，已判为误报的也列。默认同一处错误只列一条。")
    ] = False,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """列出疑点，重的在前，附原文；同一处错误引起的归为一条。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        found = flags.anomalies(connection, severity, rule, organization, limit, everything=everything)
        if json_output:
            output.write_json(stdout, [asdict(a) for a in found])
        else:
            output.write_anomalies(stdout, found)
            stdout.print(f"{len(found)} 条")


@app.command(
    epilog=examples(
        "gouji verdict",
        "gouji verdict 080eb6d1a12b6ec5 --true --reason 第9页确实少印一行",
        "gouji verdict 02972bf7fd503cb2 --false --reason 正文说的是另一笔采购",
    )
)
def verdict(
    fingerprints: Annotated[
        list[str] | None, typer.Argument(metavar="[FINGERPRINT]...", help="问题的指纹，可以只写开头几位。")
    ] = None,
    is_true: Annotated[bool | None, typer.Option("--true/--false", help="属实，或误报。")] = None,
    reason: Annotated[str, typer.Option("--reason", help="理由，给以后看的人。")] = "",
    form: Annotated[Form, typer.Option("--format", "-f", help="输出格式。")] = Form.table,
    warehouse: Warehouse = None,
) -> None:
    """记下对照原文看过的结论（写入 seeds/verdict.csv）；不给指纹时，按规则列出属实和误报各多少。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        if not fingerprints:
            output.write_rows(stdout, flags.precision(connection), form.value)
            return
        if is_true is None:
            raise query.QueryError("请说明是属实（--true）还是误报（--false）")
        seed = paths.project_root() / "seeds" / "verdict.csv"
        count = flags.judge(connection, seed, fingerprints, is_true=is_true, reason=reason)
        stdout.print(f"已记下 {count} 条：{seed}。运行 gouji run 后生效")
