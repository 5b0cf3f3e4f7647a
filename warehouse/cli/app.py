"""Commands, their options and exit codes. What they print is in `output`, what they do elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import duckdb
import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup
from typer.exceptions import TyperException

from loaders.errors import GoujiError
from warehouse import paths, query
from warehouse.cli import output

if TYPE_CHECKING:
    from warehouse.build import BuildResult
    from warehouse.build import Progress as ProgressEvent

OK, FAILED, FLAGGED = 0, 1, 2

_EPILOG = (
    "退出码：0 正常；1 失败（参数不对、没有可读的报告、构建出错，原有数仓不变）；"
    "2 已构建，但有达到 --fail-on 级别的疑点。"
)

# Lines are wrapped for a terminal only: what is piped on stays whole.
stdout = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
stderr = Console(stderr=True, highlight=False)


class _SuggestingGroup(TyperGroup):
    """Typer already suggests commands; this only keeps them in the order they are written here."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return list(self.commands)


app = typer.Typer(
    name="gouji",
    cls=_SuggestingGroup,
    help="勾稽：地方政府公开财政数据的开放数仓。每个数都能回到原文，每个合计都核对过。",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Severity(StrEnum):
    error = "error"
    warning = "warning"
    info = "info"


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


Warehouse = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        "-w",
        metavar="FILE",
        help="数仓文件（DuckDB）。默认：环境变量 GOUJI_WAREHOUSE，否则项目下的 target/gouji.duckdb。",
    ),
]


def _examples(*lines: str) -> str:
    return "例：\n\n" + "\n\n".join(f"  $ {line}" for line in lines)


_DOCUMENTS = "select path, status, reason, message from raw.document order by path"
# The columns of a profile that hold no money.
_PROFILE_UNITS = {"执行率": "percent", "编制": None, "在岗": None}


@app.command(epilog=_examples("gouji build", "gouji build 报告/ 决算.html --warehouse w.duckdb --fail-on error"))
def build(
    reports: Annotated[
        list[Path] | None, typer.Argument(metavar="[REPORTS]...", help="报告文件或文件夹。默认：自带的五份样例报告。")
    ] = None,
    warehouse: Warehouse = None,
    fail_on: Annotated[
        Severity | None, typer.Option("--fail-on", help="有这个级别或更重的疑点时退出码为 2。默认不判。")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="同时读取几份报告。默认：可用的处理器核数。")
    ] = None,
    document_timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="一份报告（扫描件为一页）读多少秒没有进展就放弃。")
    ] = 300,
    document_memory: Annotated[
        int, typer.Option(min=0, metavar="MB", help="读一份报告最多用多少内存，0 为不限。")
    ] = 3072,
    report_folder: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="把这次运行的报告（HTML 和 JSON）写进这个文件夹。")
    ] = None,
    notify: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="结束时通知：网址（以 JSON 提交摘要），或命令（从标准输入得到摘要）。"),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="全部重新读取，不用上次的结果和缓存。")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="摘要用 JSON 输出。")] = False,
) -> None:
    """读取报告，建立数仓，核对，列出发现。只读新的和变了的报告；什么都没有变时立即结束。"""
    from warehouse.build import build as run_build
    from warehouse.reading.limits import Limits, cores

    target = warehouse or paths.default_warehouse()
    with _failures():
        with _told(target, report_folder, notify), _progress(quiet=json_output) as report:
            result: BuildResult = run_build(
                reports or [paths.sample_reports()],
                target,
                paths.project_root(),
                report,
                limits=Limits(jobs or cores(), document_timeout, document_memory),
                is_full=full,
            )
        if result.is_unchanged and not json_output:
            output.write_unchanged(stdout, result)
            return
        with query.reading(result.warehouse) as connection:
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
            found = query.anomalies(connection)
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
            output.write_summary(stdout, result, counts, [(str(s), int(n)) for s, n in states], found[:8])
    if fail_on is not None and not result.is_unchanged and _reaches([a.severity for a in found], fail_on):
        raise typer.Exit(FLAGGED)


@app.command(
    epilog=_examples("gouji anomalies --severity error", "gouji anomalies --rule P09 --organization 丰台 --json")
)
def anomalies(
    severity: Annotated[str | None, typer.Option("--severity", "-s", help="级别：error、warning、info。")] = None,
    rule: Annotated[str | None, typer.Option("--rule", "-r", help="规则编号，如 T03。")] = None,
    organization: Annotated[str | None, typer.Option("--organization", "-o", help="单位名称或其中一部分。")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="最多列出几条。")] = None,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """列出疑点，重的在前，附原文。"""
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        found = query.anomalies(connection, severity, rule, organization, limit)
        if json_output:
            output.write_json(stdout, [asdict(a) for a in found])
        else:
            output.write_anomalies(stdout, found)
            stdout.print(f"{len(found)} 条")


@app.command(epilog=_examples("gouji show 攀枝花市数字化城市联动指挥中心", "gouji show 丰台 --json"))
def show(
    organization: Annotated[str, typer.Argument(help="单位名称或其中一部分。")],
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """一个单位的预算执行、“三公”经费、采购、人员和疑点。"""
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        name = query.find_organization(connection, organization)
        sections = query.profile(connection, name)
        found = query.anomalies(connection, organization=name)
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


@app.command(epilog=_examples("gouji trace feb7c4d39c5bc1e7-107"))
def trace(
    figure_id: Annotated[str, typer.Argument(metavar="FIGURE_ID", help="指标编号，见 marts.fct_figure。")],
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """一个数的原文：在哪份文件、哪一段、哪几个字，参加过哪些核对。"""
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        found = query.trace(connection, figure_id)
        if json_output:
            output.write_json(stdout, asdict(found))
        else:
            output.write_trace(stdout, found)


@app.command(epilog=_examples("gouji coverage", "gouji coverage panzhihua_2021_final --format csv"))
def coverage(
    document: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT]", help="文件名或其中一部分。给出时列出这份文件的每一张表。")
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="输出格式。")] = Form.table,
    warehouse: Warehouse = None,
) -> None:
    """读到了什么：目录列出的表、公布的表、认出的表、指标和核对，按文件或按表。"""
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        rows = query.coverage(connection, document)
        if form is Form.table:
            output.write_lines(stdout, rows)
        else:
            output.write_rows(stdout, rows, form.value)


@app.command(
    epilog=_examples(
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
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        rows = query.vocabulary(connection, text, unknown=unknown)
        shown = query.Rows(rows.columns, rows.values[:limit])
        if form is not Form.table:
            output.write_rows(stdout, shown, form.value)
            return
        output.write_lines(stdout, shown)
        if unknown:
            output.write_not_understood(stdout, *query.not_understood(connection))


@app.command(
    epilog=_examples(
        'gouji sql "select organization_name, total_actual_yuan from marts.fct_three_public"',
        'gouji sql "from marts.fct_anomaly" --format csv > 疑点.csv',
    )
)
def sql(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="SQL 查询，只能读。")],
    form: Annotated[Form, typer.Option("--format", "-f", help="输出格式。")] = Form.table,
    warehouse: Warehouse = None,
) -> None:
    """对数仓运行 SQL 查询（只读，不能碰文件和网络）。"""
    with _failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        output.write_rows(stdout, query.select(connection, statement), form.value)


@app.command(epilog=_examples("gouji run", "gouji run --select int_check_sum+", "gouji run --select path:models/marts"))
def run(
    select: Annotated[
        list[str] | None, typer.Option("--select", "-s", help="要重建的模型：名称、+名称、名称+、path:、tag:、通配符。")
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """不重读报告，重建模型（默认全部，连同种子表）。"""
    from warehouse import publish
    from warehouse.build import transform
    from warehouse.transform import load_project

    with _failures():
        file = _existing(warehouse or paths.default_warehouse())
        with _progress() as report, publish.updating(file) as connection:
            built = transform(connection, load_project(paths.project_root()), select or (), report)
        stdout.print(f"已重建 {built} 个表或视图：{escape(str(file))}")


@app.command(epilog=_examples("gouji check", "gouji check --fail-on warning"))
def check(
    warehouse: Warehouse = None,
    fail_on: Annotated[
        Severity | None, typer.Option("--fail-on", help="有这个级别或更重的疑点时退出码为 2。默认不判。")
    ] = None,
) -> None:
    """用 Great Expectations 重新核对，结果写入 meta.expectation_result。"""
    from warehouse import publish
    from warehouse.build import check as run_check
    from warehouse.transform import load_project

    with _failures():
        file = _existing(warehouse or paths.default_warehouse())
        with publish.updating(file) as connection:
            run_check(connection, load_project(paths.project_root()))
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
            severities = [a.severity for a in query.anomalies(connection)]
    if fail_on is not None and _reaches(severities, fail_on):
        raise typer.Exit(FLAGGED)


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise query.QueryError(f"找不到数仓文件 {file}：请先运行 gouji build，或用 --warehouse 指明文件")
    return file


def _reaches(severities: list[str], fail_on: Severity) -> bool:
    order = query.SEVERITIES
    return any(order.index(severity) <= order.index(fail_on.value) for severity in severities)


@contextmanager
def _told(warehouse: Path, folder: Path | None, target: str | None) -> Iterator[None]:
    """However the run in the block ends, its report is written and somebody is told, where that was asked for."""
    try:
        yield
    finally:
        if folder is not None or target is not None:
            _tell(warehouse, folder, target)


def _tell(warehouse: Path, folder: Path | None, target: str | None) -> None:
    """Report the last run. What fails here is printed, and changes nothing about the run."""
    from warehouse import night, runs
    from warehouse.notify import notify

    try:
        with ExitStack() as opened:
            is_there = warehouse.is_file()
            connection = opened.enter_context(query.reading(warehouse)) if is_there else None
            last = night.of_run(runs.history(warehouse, connection)[0], connection)
            files = () if folder is None else night.write(last, folder)
        if target is not None:
            notify(target, night.summary(last, files))
    except (GoujiError, OSError) as error:
        stderr.print(f"[yellow]报告或通知没有成功[/yellow] {escape(str(error))}")


@contextmanager
def _progress(*, quiet: bool = False) -> Iterator[Callable[[ProgressEvent], None]]:
    """A progress line on the terminal's error stream; silent where that is not a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
    from rich.progress import Progress as Bar

    if quiet or not stderr.is_terminal:
        yield lambda _: None
        return
    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}"),
        console=stderr,
        transient=True,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def report(progress: ProgressEvent) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(progress.stage, total=progress.steps, what="")
            bar.update(tasks[progress.stage], completed=progress.step, total=progress.steps, what=progress.what)

        yield report


@contextmanager
def _failures() -> Iterator[None]:
    """Errors that users can understand end a command with their message and exit code 1."""
    try:
        yield
    except GoujiError as error:
        _fail(str(error))
    except (OSError, duckdb.IOException) as error:
        _fail(f"读写文件失败：{error}")


def _fail(message: str) -> NoReturn:
    stderr.print(f"[bold red]失败[/bold red] {escape(message)}")
    raise typer.Exit(FAILED)


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
