"""Options that several commands take alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Memory = Annotated[
    int,
    typer.Option(
        "--memory", metavar="MB", min=0, help="建模和核对最多用多少内存（MB），放不下的写到临时文件；0 为不限。"
    ),
]
Keep = Annotated[
    int, typer.Option("--keep", metavar="N", min=1, help="保留最新的几个版本，包括新建的；在用的总是保留。")
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="同时读取几份报告。默认：可用的处理器核数。")]
ReportFolder = Annotated[
    Path | None, typer.Option("--report", metavar="DIR", help="把这次运行的报告（HTML 和 JSON）写进这个文件夹。")
]
Notify = Annotated[
    str | None,
    typer.Option(metavar="TARGET", help="结束时通知：网址（以 JSON 提交摘要），或命令（从标准输入得到摘要）。"),
]
