"""The command that downloads reports: `gouji fetch`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from warehouse.cli import output
from warehouse.cli.common import FAILED, app, examples, failures, progress, stderr, stdout

if TYPE_CHECKING:
    from warehouse.sources.manifest import Entry

_OUTCOMES = {"new": "新下载", "changed": "有更新", "unchanged": "没有变化", "failed": "没有下载"}


@app.command(epilog=examples("gouji fetch 网址.txt --into 报告/", "gouji fetch 网址.csv --into 报告/ --delay 5 --json"))
def fetch(
    listing: Annotated[
        Path,
        typer.Argument(
            metavar="LIST", help="网址列表：纯文本，一行一个；或带表头的 CSV，列为 url、name、organization、note。"
        ),
    ],
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="下载到这个文件夹；没有就新建。")],
    delay: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="同一个网站两次访问之间至少隔多少秒。")] = 1,
    timeout: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="一个网址最多下载多少秒。")] = 300,
    max_size: Annotated[int, typer.Option(min=1, metavar="MB", help="一个文件最大多少。")] = 200,
    contact: Annotated[
        str, typer.Option(metavar="TEXT", help="写进 User-Agent 的联系方式，让网站管理员找得到你。")
    ] = "",
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出每个网址的结果。")] = False,
) -> None:
    """按网址列表下载报告：只下载新的和变了的，遵守 robots.txt，原样保存，逐条记账。

    一个都没有成功时退出码为 1；有成功的为 0，没有成功的逐条列出。
    """
    from warehouse.sources import listing as lists
    from warehouse.sources.fetch import fetch as run_fetch
    from warehouse.sources.pace import Pace
    from warehouse.sources.web import Limits, Web

    with failures():
        listed = lists.read(listing)
        pace = Pace(delay)
        limits = Limits(timeout, max_size * 1024 * 1024)
        with (
            Web([each.address for each in listed], pace, limits, contact) as web,
            _counted(len(listed), quiet=json_output) as count,
        ):
            entries = run_fetch(listed, into, web, pace, count)
    counts = Counter(entry.outcome for entry in entries)
    if json_output:
        output.write_json(stdout, {"folder": str(into), "counts": dict(counts), "addresses": _plain(entries)})
    else:
        for entry in entries:
            if entry.outcome == "failed":
                stderr.print(
                    f"[yellow]没有下载[/yellow] {escape(f'{entry.address}：{entry.message}（{entry.reason}）')}"
                )
        told_counts = "，".join(f"{name} {counts[outcome]}" for outcome, name in _OUTCOMES.items() if counts[outcome])
        stdout.print(f"网址 {len(entries)} 个：{told_counts}")
        stdout.print(f"文件夹：{escape(str(into))}")
    if counts["failed"] == len(entries):
        raise typer.Exit(FAILED)


def _plain(entries: list[Entry]) -> list[dict[str, Any]]:
    return [{name: getattr(entry, name) for name in entry.__struct_fields__} for entry in entries]


@contextmanager
def _counted(total: int, *, quiet: bool) -> Iterator[Any]:
    """Shows how many addresses are done."""
    from warehouse.build import Progress

    done = 0
    with progress(quiet=quiet) as report:

        def count(entry: Entry) -> None:
            nonlocal done
            done += 1
            report(Progress("下载", done, total, entry.address))

        yield count
