"""The command `gouji export`: marts as files for other tools, with the source of every figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from warehouse import paths, query, tabular
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, stdout


@app.command(
    epilog=examples(
        "gouji export --out 导出",
        "gouji export --out 丰台 --organization 丰台 --format xlsx",
        "gouji export --out 昆明 --city 昆明 --year 2022 --mart fct_three_public --mart fct_budget_execution",
    )
)
def export(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="写到哪个文件夹；没有就新建。")],
    form: Annotated[
        list[tabular.FileForm] | None,
        typer.Option("--format", "-f", help="格式，可重复。默认：csv（连同 datapackage.json）、parquet、xlsx。"),
    ] = None,
    organization: Annotated[
        str | None, typer.Option("--organization", "-O", help="只要这个单位：名称或其中一部分。")
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", "-c", help="只要这个地方的单位：名称或区划代码，含下级。")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", "-y", help="只要这个财政年度。")] = None,
    mart: Annotated[list[str] | None, typer.Option("--mart", "-m", help="只要这些表，可重复。默认全部。")] = None,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="写了什么用 JSON 输出。")] = False,
) -> None:
    """导出宽表：CSV（Frictionless 数据包）、Parquet、Excel 工作簿；每个数都带出处。"""
    from warehouse import exports
    from warehouse.transform import load_project

    with failures(), query.reading(warehouse or paths.default_warehouse()) as connection:
        selection = exports.choose(connection, organization, city, year, mart or ())
        done = exports.export(connection, load_project(paths.project_root()), selection, out, form or exports.FORMS)
        if json_output:
            output.write_json(stdout, {"files": [str(file) for file in done.files], "rows": dict(done.rows)})
            return
        for name, count in done.rows.items():
            stdout.print(f"{name}　{count} 行", soft_wrap=True)
        stdout.print(f"写了 {len(done.files)} 个文件：{escape(str(out))}")
