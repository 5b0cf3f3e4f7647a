"""Commands that build a warehouse and ask what is in it. What they print is in `output`, what they do elsewhere."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from typer.exceptions import TyperException

from warehouse import flags, paths, publish, query, versions
from warehouse.cli import output
from warehouse.cli.common import (
    FAILED,
    FLAGGED,
    OK,
    Form,
    Severity,
    Warehouse,
    app,
    examples,
    existing,
    fail,
    failures,
    progress,
    reaches,
    stderr,
    stdout,
)
from warehouse.cli.options import Jobs, Keep, Memory, Notify, ReportFolder
from warehouse.cli.told import told

__all__ = ["app", "main"]

if TYPE_CHECKING:
    from warehouse.build import BuildResult

_DOCUMENTS = "select path, status, reason, message from raw.document order by rowid"  # as they were named


class Engine(StrEnum):
    duckdb = "duckdb"
    spark = "spark"


# How many findings a build shows; gouji anomalies lists all.
_GRAVEST = 8
# The columns of a profile that hold no money.
_PROFILE_UNITS = {"执行率": "percent", "编制": None, "在岗": None}


@app.command(
    epilog=examples(
        "gouji build",
        "gouji build 报告/ 决算.html --warehouse w.duckdb --fail-on error",
        "gouji build 报告/ --engine spark --master spark://主节点:7077 --warehouse 数据/gouji",
    )
)
def build(
    reports: Annotated[
        list[Path] | None, typer.Argument(metavar="[REPORTS]...", help="报告文件或文件夹。默认：自带的五份样例报告。")
    ] = None,
    warehouse: Warehouse = None,
    fail_on: Annotated[
        Severity | None,
        typer.Option("--fail-on", help="数仓里有这个级别或更重的疑点时退出码为 2，没有变化时也是。默认不判。"),
    ] = None,
    keep: Keep = versions.KEEP,
    jobs: Jobs = None,
    document_timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="一份报告（扫描件为一页）读多少秒没有进展就放弃。")
    ] = 300,
    document_memory: Annotated[
        int, typer.Option(min=0, metavar="MB", help="读一份报告最多用多少内存，0 为不限。")
    ] = 3072,
    memory: Memory = publish.MEMORY,
    report_folder: ReportFolder = None,
    notify: Notify = None,
    full: Annotated[bool, typer.Option("--full", help="全部重新读取，不用上次的结果和缓存。")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="摘要用 JSON 输出，列出全部报告和疑点。")] = False,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine", help="spark：在 Spark 上读取和建模，--warehouse 是存放 Parquet 的文件夹（需要附加组件 spark）。"
        ),
    ] = Engine.duckdb,
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="URL", help="Spark 的主节点，如 local[2]。默认：spark-defaults.conf 所写。"),
    ] = None,
) -> None:
    """读取报告，建立数仓，核对，列出发现。只读新的和变了的报告；什么都没有变时立即结束。"""
    if engine is Engine.spark:
        from warehouse.cli import spark

        with failures(), progress(quiet=json_output) as report:
            severities = spark.build(stdout, reports or [], warehouse, master, report, as_json=json_output)
        if fail_on is not None and reaches(severities, fail_on):
            raise typer.Exit(FLAGGED)
        return
    if master is not None:
        fail("--master 只用于 --engine spark")
    from warehouse.build import build as run_build
    from warehouse.reading.limits import Limits, cores

    target = warehouse or paths.default_warehouse()
    with failures():
        with told(target, report_folder, notify), progress(quiet=json_output) as report:
            result: BuildResult = run_build(
                reports or [paths.sample_reports()],
                target,
                paths.project_root(),
                report,
                keep,
                limits=Limits(jobs or cores(), document_timeout, document_memory),
                memory=memory,
                is_full=full,
            )
        with query.reading(result.warehouse) as connection:
            by_severity = flags.counts(connection)
            is_flagged = fail_on is not None and reaches((each for each, n in by_severity.items() if n), fail_on)
            if result.is_unchanged and not json_output:
                output.write_unchanged(stdout, result, by_severity)
                raise typer.Exit(FLAGGED if is_flagged else OK)
            counts = dict(
                query.select(
                    connection,
                    """
                    select 'figures', count(*) from marts.fct_figure
                    union all select 'unread', count(*) from marts.fct_number_unread
                    union all select 'organizations', count(*) from marts.dim_organization
                    """,
                ).values
            )
            states = query.select(
                connection, "select state, count(*) from marts.fct_check group by state order by count(*) desc, state"
            ).values
            found = flags.anomalies(connection, limit=None if json_output else _GRAVEST)
            documents = query.select(connection, _DOCUMENTS).dicts() if json_output else []
        if json_output:
            output.write_json(
                stdout,
                {
                    "warehouse": str(result.warehouse),
                    "outcome": result.run.outcome,
                    "documents": documents,
                    "counts": counts,
                    "checks": dict(states),
                    "anomalies": [asdict(a) for a in found],
                    "seconds": result.run.steps,
                },
            )
        else:
            output.write_summary(stdout, result, counts, [(str(s), int(n)) for s, n in states], found)
        if is_flagged:
            raise typer.Exit(FLAGGED)


@app.command(epilog=examples("gouji show 攀枝花市数字化城市联动指挥中心", "gouji show 丰台 --json"))
def show(
    organization: Annotated[str, typer.Argument(help="单位名称或其中一部分。")],
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """一个单位的预算执行、“三公”经费、采购、人员和疑点。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        name = query.find_organization(connection, organization)
        sections = query.profile(connection, name)
        found = flags.anomalies(connection, organization=name)
        if json_output:
            output.write_json(
                stdout,
                {
                    "organization_name": name,
                    **{title: rows.dicts() for title, rows in sections.items()},
                    "anomalies": [asdict(a) for a in found],
                },
            )
            return
        stdout.rule(f"[bold]{escape(name)}[/bold]")
        for title, rows in sections.items():
            if rows.values:
                stdout.print(f"[bold]{title}[/bold]")
                readable = query.Rows(
                    rows.columns,
                    tuple(
                        tuple(
                            output.amount(value, _PROFILE_UNITS.get(column, "yuan"))
                            for column, value in zip(rows.columns, row, strict=True)
                        )
                        for row in rows.values
                    ),
                )
                output.write_rows(stdout, readable, "table")
        stdout.print(f"[bold]疑点 {len(found)} 条[/bold]")
        output.write_anomalies(stdout, found, quotes=1)


@app.command(epilog=examples("gouji trace feb7c4d39c5bc1e7-107"))
def trace(
    figure_id: Annotated[str, typer.Argument(metavar="FIGURE_ID", help="指标编号，见 marts.fct_figure。")],
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """一个数的原文：在哪份文件、哪一段、哪几个字，参加过哪些核对。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        found = query.trace(connection, figure_id)
        if json_output:
            output.write_json(stdout, asdict(found))
        else:
            output.write_trace(stdout, found)


@app.command(
    epilog=examples(
        "gouji coverage", "gouji coverage panzhihua_2021_final --format csv", "gouji coverage --sections | head"
    )
)
def coverage(
    document: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT]", help="文件名或其中一部分。给出时列出这份文件的每一张表。")
    ] = None,
    sections: Annotated[
        bool, typer.Option("--sections", help="按章节和表的种类列出有多少数字没有读懂，多的在前。")
    ] = False,
    form: Annotated[Form, typer.Option("--format", "-f", help="输出格式。")] = Form.table,
    warehouse: Warehouse = None,
) -> None:
    """读到了什么：目录列出的表、公布的表、认出的表、指标和核对，按文件或按表。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        rows = query.coverage(connection, document, sections=sections)
        if form is Form.table:
            output.write_lines(stdout, rows)
        else:
            output.write_rows(stdout, rows, form.value)


@app.command(
    epilog=examples(
        "gouji vocabulary --unknown", "gouji vocabulary 结转", "gouji vocabulary --unknown --format csv > 待补.csv"
    )
)
def vocabulary(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="只列含有这些字的用语，或这个指标的用语。")] = "",
    unknown: Annotated[
        bool, typer.Option("--unknown", help="列出金额前词表里没有的用语：次数、文件数和一个例句。")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="最多列多少行。")] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="输出格式。")] = Form.table,
    warehouse: Warehouse = None,
) -> None:
    """词表里的用语和各自的指标；或还没有读懂的用语，照着往词表里补。"""
    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        rows = query.vocabulary(connection, text, unknown=unknown)
        shown = query.Rows(rows.columns, rows.values[:limit])
        if form is not Form.table:
            output.write_rows(stdout, shown, form.value)
            return
        output.write_lines(stdout, shown)
        if unknown:
            output.write_not_understood(stdout, *query.not_understood(connection))


@app.command(epilog=examples("gouji check", "gouji check --fail-on warning"))
def check(
    warehouse: Warehouse = None,
    fail_on: Annotated[
        Severity | None, typer.Option("--fail-on", help="数仓里有这个级别或更重的疑点时退出码为 2。默认不判。")
    ] = None,
    keep: Keep = versions.KEEP,
) -> None:
    """用 Great Expectations 重新核对，结果写入 meta.expectation_result。"""
    from warehouse import upkeep

    with failures():
        file = existing(warehouse or paths.default_warehouse())
        upkeep.check_again(file, paths.project_root(), keep=keep)
        with query.reading(file) as connection:
            rows = query.select(
                connection,
                """
                select r.rule_id as 规则, r.title as 内容, r.severity as 级别,
                    count(*) filter (where c.state in ('pass', 'rounding')) as 相符,
                    count(*) filter (where c.state = 'fail') as 不符,
                    count(*) filter (where c.state in ('insufficient', 'not_applicable')) as 未核
                from reference.rule as r
                left join marts.fct_check as c on r.rule_id = c.rule_id
                group by r.rule_id, r.title, r.severity
                order by r.rule_id
                """,
            )
            output.write_rows(stdout, rows, "table")
            severities = [each for each, n in flags.counts(connection).items() if n]
    if fail_on is not None and reaches(severities, fail_on):
        raise typer.Exit(FLAGGED)


def main() -> None:
    """Run the command line; a usage error is exit code 1, since 2 means flagged."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show is not None:
            show()
        else:
            stderr.print(escape(error.format_message()))
        sys.exit(FAILED)
    sys.exit(code if isinstance(code, int) else OK)
