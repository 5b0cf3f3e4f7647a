"""The command about runs: `gouji runs`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.text import Text

from loaders.errors import GoujiError
from warehouse import paths, runs
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, stdout
from warehouse.runs import Run

_OUTCOMES = {
    "built": ("已发布", "green"),
    "unchanged": ("没有变化", "dim"),
    "failed": ("失败", "bold red"),
    "interrupted": ("被中断", "bold red"),
    "rolled_back": ("已换用", "green"),
    "running": ("正在运行", "cyan"),
}


@app.command("runs", epilog=examples("gouji runs", "gouji runs --limit 3 --json"))
def runs_(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="最多列出几次。")] = 20,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """每次构建、重建模型、核对、换用版本：何时、用了多久、做了什么、变了什么、怎样结束，失败的也在内；近的在前。"""
    file = warehouse or paths.default_warehouse()
    with failures():
        found = _history(file)[:limit]
        if not found:
            raise GoujiError(f"{file} 没有运行记录：请先运行 gouji build，或用 --warehouse 指明文件")
        if json_output:
            output.write_json(stdout, [_plain(run) for run in found])
            return
        for run in found:
            _write(run)


def _history(file: Path) -> list[Run]:
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return runs.history(file, connection)
    except duckdb.Error:  # there is none, or it is damaged: the log may say why
        return runs.history(file, None)


def _plain(run: Run) -> dict[str, object]:
    return {name: value for name, value in asdict(run).items() if name not in runs.OWN}


def _write(run: Run) -> None:
    name, style = _OUTCOMES[run.outcome]
    told = Text.assemble(f"{run.started_at.astimezone().strftime('%Y-%m-%d %H:%M:%S')}　{run.command}　", (name, style))
    if run.seconds is not None:
        told.append(f"　{run.seconds:.1f} 秒")
    if run.outcome == "built":
        told.append(f"　{_work(run)}疑点 {run.anomalies or 0} 条")
        if run.anomalies_new is not None:
            told.append(f"（新 {run.anomalies_new}，消失 {run.anomalies_resolved}）")
    stdout.print(told)
    if run.message:
        stdout.print(f"    {escape(run.message.splitlines()[0])}")


def _work(run: Run) -> str:
    """What a run that published did, by its command, ending where the anomalies follow."""
    if run.command == "build":
        return (
            f"文件 {run.files or 0} 个，读了 {run.files_opened or 0} 个；"
            f"报告 {run.documents or 0} 份，未读取 {run.documents_rejected or 0}；"
        )
    if run.command == "run":
        return f"重建表和视图 {run.relations_built or 0} 个，沿用 {run.relations_kept or 0} 个；"
    return ""
