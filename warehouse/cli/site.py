"""The command that writes the static site."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from warehouse import paths
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, progress, stdout


@app.command(epilog=examples("gouji site --out 网站", "gouji site --out public --warehouse w.duckdb --json"))
def site(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="写到哪个文件夹。原有的网站会被替换，别的文件夹不会。")
    ],
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="摘要用 JSON 输出。")] = False,
) -> None:
    """把数仓写成静态网站：总览、疑点、单位、文件原文、城市比较、数据字典。不联网，直接打开 index.html 就能看。"""
    from warehouse.site import write_site

    with failures():
        with progress(quiet=json_output) as report:
            result = write_site(warehouse or paths.default_warehouse(), out, paths.project_root(), report)
        if json_output:
            output.write_json(stdout, asdict(result))
            return
        stdout.print(
            f"网站：{result.documents:,} 份文件，{result.organizations:,} 个单位，{result.anomalies:,} 条疑点；"
            f"{result.files:,} 个文件，{result.bytes / 1_000_000:,.1f} MB"
        )
        stdout.print("用时：" + "，".join(f"{stage} {seconds:.1f} 秒" for stage, seconds in result.seconds.items()))
        stdout.print(f"打开：{escape(str(result.folder / 'index.html'))}")
