"""Commands about the models: `gouji run` builds what changed and says why, `gouji test` runs their unit tests."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer
from rich.markup import escape

from warehouse import paths, publish, versions
from warehouse.cli import output
from warehouse.cli.common import FAILED, Warehouse, app, examples, existing, failures, progress, stdout
from warehouse.cli.options import Keep, Memory

if TYPE_CHECKING:
    from warehouse.transform import Plan

Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        "-s",
        help="选哪些模型：名称、+名称、名称+、path:、tag:、state:modified、通配符。默认全部，连同种子表。",
    ),
]


@app.command(
    epilog=examples(
        "gouji run",
        "gouji run --explain",
        "gouji run --select int_check_sum+",
        "gouji run --select state:modified+ --dry-run",
    )
)
def run(
    select: Select = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="没有变化的也重建。")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="逐个说明为什么重建、为什么跳过。")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明，不重建。")] = False,
    keep: Keep = versions.KEEP,
    memory: Memory = publish.MEMORY,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出每个模型的处理和原因。")] = False,
) -> None:
    """不重读报告，重建有变化的模型：SQL、宏、配置、种子、上游或原始数据变了的。"""
    from warehouse import upkeep
    from warehouse.transform import load_project, plan

    with failures():
        file = existing(warehouse or paths.default_warehouse())
        root = paths.project_root()
        if dry_run:
            with duckdb.connect(str(file), read_only=True) as connection:
                decided = plan(connection, load_project(root), choose=select or (), full_refresh=full_refresh)
        else:
            with progress(quiet=json_output) as report:
                decided = upkeep.run_models(
                    file, root, select or (), full_refresh=full_refresh, keep=keep, memory=memory, on_progress=report
                )
        _tell(decided, file, explain=explain, dry_run=dry_run, json_output=json_output)


@app.command("test", epilog=examples("gouji test", "gouji test --select path:models/marts --json"))
def unit_test(
    select: Select = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """运行模型的单元测试（unit_tests:）：给定几行输入，应得几行结果；不碰数仓。"""
    from loaders.landing import Landing
    from warehouse.transform import load_project, run_unit_tests

    with failures(), duckdb.connect() as connection:
        Landing(connection).create()
        results = run_unit_tests(connection, load_project(paths.project_root()), select or ())
    failed = [each for each in results if each.differences]
    if json_output:
        output.write_json(
            stdout,
            [
                {
                    "name": each.test.name,
                    "model": each.test.model,
                    "file": each.test.place.file,
                    "line": each.test.place.line,
                    "differences": list(each.differences),
                }
                for each in results
            ],
        )
    else:
        for each in failed:
            place = f"{each.test.place.file}:{each.test.place.line}"
            stdout.print(f"不符 {each.test.model} {each.test.name}（{place}）", markup=False)
            for line in each.differences:
                stdout.print(f"  {line}", markup=False)
        stdout.print(f"单元测试 {len(results)} 个，不符 {len(failed)} 个")
    if failed:
        raise typer.Exit(FAILED)


def _tell(decided: Plan, file: Path, *, explain: bool, dry_run: bool, json_output: bool) -> None:
    counts = Counter(decision.action for decision in decided.decisions)
    if json_output:
        output.write_json(
            stdout,
            {
                "warehouse": str(file),
                "built": not dry_run,
                "counts": {str(action): count for action, count in sorted(counts.items())},
                "nodes": [
                    {"name": each.name, "action": each.action, "reason": each.reason, "message": each.words}
                    for each in decided.decisions
                ],
            },
        )
        return
    if explain or dry_run:
        for each in decided.decisions:
            stdout.print(f"{each.verb} {each.name}：{each.words}", markup=False)
    built = len(decided.to_do())
    skipped = len(decided.decisions) - built
    verb = "将重建" if dry_run else "已重建"
    stdout.print(f"{verb} {built} 个表或视图，跳过没有变化的 {skipped} 个：{escape(str(file))}")
