"""Commands that answer questions: `gouji sql` for one's own, `gouji query` for those that are kept in `seeds/queries`.

Both run in the sandbox, within limits that their options set.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from warehouse import paths, query, questions, sandbox
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, stderr, stdout

if TYPE_CHECKING:
    import pyarrow as pa


class AnswerForm(StrEnum):
    """What an answer can be: printed (table), or printed and written (the others)."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    xlsx = "xlsx"


_BINARY = (AnswerForm.parquet, AnswerForm.xlsx)

FormOption = Annotated[
    AnswerForm | None,
    typer.Option("--format", "-f", help="输出格式。默认：表格；有 --out 时看文件名的结尾。parquet、xlsx 要有 --out。"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="写到文件。CSV 在 Excel 里中文不乱，像公式的文字不会运行。"),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", min=0.1, help="最多运行多少秒。"),
]
Memory = Annotated[str, typer.Option("--memory", metavar="SIZE", help="最多用多少内存，如 512MB、4GB。")]


def limits(timeout: float, memory: str) -> sandbox.Limits:
    """Limits as the options set them; the answer may take half of the memory, but never less than the default."""
    most = sandbox.size(memory)
    default = sandbox.Limits()
    return replace(
        default, timeout_seconds=timeout, memory_bytes=most, result_bytes=max(default.result_bytes, most // 2)
    )


@app.command(
    epilog=examples(
        'gouji sql "select organization_name, total_actual_yuan from marts.fct_three_public"',
        'gouji sql "from marts.fct_anomaly" --out 疑点.xlsx',
        "gouji sql --file 问题.sql --format csv > 答案.csv",
        'gouji sql "from marts.fct_figure order by value desc" --timeout 300 --memory 4GB --out 大表.parquet',
    )
)
def sql(
    statement: Annotated[str | None, typer.Argument(metavar="[SELECT]", help="SQL 查询，只能读，一次一个。")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="从文件读 SQL；- 是标准输入。")] = None,
    form: FormOption = None,
    out: Out = None,
    timeout: Timeout = 60,
    memory: Memory = "1GB",
    warehouse: Warehouse = None,
) -> None:
    """对数仓运行一个 SQL 查询：只能读，不能碰文件和网络，时间和内存有上限。"""
    with failures():
        form = _form(form, out)
        question = _question(statement, file)
        table = sandbox.ask(warehouse or paths.default_warehouse(), question, limits=limits(timeout, memory))
        deliver(table, form, out)


def _question(statement: str | None, file: Path | None) -> str:
    """The SQL, from the argument or from the file; QueryError if there is not exactly one of them."""
    if (statement is None) == (file is None):
        raise query.QueryError("请写一个查询，或用 --file 指明查询文件（二者取一）")
    if statement is not None:
        return statement
    assert file is not None
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise query.QueryError(f"{file} 不是 UTF-8 文本，请另存为 UTF-8") from error


def _form(form: AnswerForm | None, out: Path | None) -> AnswerForm:
    """The form that was named, or that of the file's name; QueryError where a file is needed or its name tells none."""
    if out is None:
        if form in _BINARY:
            raise query.QueryError(f"{form.value} 不能印在屏幕上：请加 --out 文件.{form.value}")
        return form or AnswerForm.table
    if not out.parent.is_dir():
        raise query.QueryError(f"没有文件夹 {out.parent}：请先建好，或换一个 --out")
    if form is None:
        ending = out.suffix.lower().lstrip(".")
        if ending not in [each.value for each in AnswerForm if each is not AnswerForm.table]:
            raise query.QueryError(f"从 {out.name} 看不出格式：请用 .csv、.json、.parquet、.xlsx 结尾，或加 --format")
        return AnswerForm(ending)
    if form is AnswerForm.table:
        raise query.QueryError("表格只印在屏幕上：写到文件请用 csv、json、parquet 或 xlsx")
    return form


def deliver(table: pa.Table, form: AnswerForm, out: Path | None) -> None:
    """Print an answer, or write it and say where."""
    from warehouse import tabular

    if out is not None:
        tabular.write(table, out, tabular.FileForm(form.value))
        stderr.print(f"{table.num_rows} 行，已写入 {escape(str(out))}")
        return
    output.write_rows(stdout, query.Rows(tuple(table.column_names), tuple(tabular.rows(table))), form.value)


@app.command(
    name="query",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog=examples(
        "gouji query",
        "gouji query cross-city --year 2022",
        "gouji query budget-and-actual --organization 丰台 --out 执行.xlsx",
        "gouji query low-execution --below 50 --format csv",
    ),
)
def saved(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="查询的名称。不写则列出全部，连同各自的选项。")
    ] = None,
    form: FormOption = None,
    out: Out = None,
    show_sql: Annotated[bool, typer.Option("--show-sql", help="只印出它的 SQL，可以改了再用 gouji sql 问。")] = False,
    timeout: Timeout = 60,
    memory: Memory = "1GB",
    warehouse: Warehouse = None,
) -> None:
    """运行保存的查询（seeds/queries），或列出全部。各查询自己的选项写在名称后面，如 --year 2022。"""
    with failures():
        known = questions.load(paths.saved_queries())
        if name is None:
            output.write_questions(stdout, list(known.values()))
            return
        question = questions.find(known, name)
        if show_sql:
            stdout.out(question.sql, highlight=False)
            return
        form = _form(form, out)
        values = questions.arguments(question, context.args)
        file = warehouse or paths.default_warehouse()
        for parameter in question.parameters:
            value = values[parameter.name]
            if parameter.type == "organization" and isinstance(value, str):
                with query.reading(file) as connection:
                    values[parameter.name] = query.find_organization(connection, value)
        deliver(sandbox.ask(file, question.sql, values, limits(timeout, memory)), form, out)
