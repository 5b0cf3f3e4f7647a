"""The command that watches folders: `gouji watch`."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from loaders.errors import GoujiError
from warehouse import paths, publish, query, versions
from warehouse.cli.common import FAILED, OK, Warehouse, app, examples, fail, stdout
from warehouse.cli.options import Jobs, Keep, Memory, Notify, ReportFolder
from warehouse.cli.told import told

if TYPE_CHECKING:
    from warehouse.reading.limits import Limits
    from warehouse.sources.watch import Seen


class _StoppedError(BaseException):
    """A signal asked for the end. It ends a build like Ctrl-C does: what is published stays."""


@app.command(
    epilog=examples(
        "gouji watch 报告/", "gouji watch 报告/ --every 300 --report 报告单/ --notify https://hooks.example.org/gouji"
    )
)
def watch(
    reports: Annotated[list[Path], typer.Argument(metavar="REPORTS...", help="报告文件或文件夹。")],
    every: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="多少秒看一次。")] = 60,
    settle: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="文件多少秒没有再变才读，还在复制的不读。")
    ] = 10,
    once: Annotated[bool, typer.Option("--once", help="等文件不再变，构建一次就结束。")] = False,
    warehouse: Warehouse = None,
    keep: Keep = versions.KEEP,
    jobs: Jobs = None,
    memory: Memory = publish.MEMORY,
    report_folder: ReportFolder = None,
    notify: Notify = None,
) -> None:
    """守着文件夹：有新的、变了的报告就构建，一次一行；收到 SIGTERM 或 Ctrl-C 时正常结束。

    构建失败、数仓被别的进程占用时说明原因，接着守；--once 时退出码为 1。
    """
    from warehouse.reading.limits import Limits, cores

    rounds = _Rounds(
        reports, warehouse or paths.default_warehouse(), keep, Limits(jobs or cores()), memory, report_folder, notify
    )
    if missing := [path for path in reports if not path.exists()]:
        fail(f"找不到 {missing[0]}：请给出要守的文件或文件夹")
    with _signals():
        try:
            code = rounds.run(every, settle, once=once)
        except (_StoppedError, KeyboardInterrupt):
            _say("结束")
            code = OK
    raise typer.Exit(code)


@dataclass
class _Rounds:
    """Looks and builds, one after the other."""

    reports: list[Path]
    warehouse: Path
    keep: int
    limits: Limits
    memory: int
    report_folder: Path | None
    notify: str | None

    def run(self, every: float, settle: float, *, once: bool) -> int:
        """Go on until stopped, or until the first build if `once`; gives the exit code."""
        from warehouse.sources.watch import Patience, Watcher

        watcher = Watcher(self.reports, settle, self._known())
        patience = Patience(every)
        waits_for: tuple[Path, ...] = ()
        while True:
            seen = watcher.look()
            if watcher.is_due(seen) and patience.allows(seen, time.monotonic()):
                is_good = self._build(seen)
                if once:
                    return OK if is_good else FAILED
                if is_good:
                    watcher.built(seen)
                    patience.succeeded()
                else:
                    patience.failed(seen, time.monotonic())
            elif once and not seen.settled and not seen.moving:
                _say("没有报告文件")
                return FAILED
            if seen.moving and seen.moving != waits_for:
                _say(f"等 {len(seen.moving)} 个文件不再变：{seen.moving[0]}")
            waits_for = seen.moving
            time.sleep(min(every, max(settle, 0.1)) if seen.moving else every)

    def _known(self) -> list[Path]:
        """The files that the warehouse was built from, if it can be asked."""
        from warehouse.reading import inventory

        if not self.warehouse.is_file():
            return []
        try:
            with query.reading(self.warehouse) as connection:
                return [file.path for file in inventory.read(connection)]
        except GoujiError:
            return []  # damaged: the build makes it anew

    def _build(self, seen: Seen) -> bool:
        """One build; says how it went."""
        import duckdb

        from warehouse.build import build

        try:
            with told(self.warehouse, self.report_folder, self.notify):
                result = build(
                    list(seen.settled),
                    self.warehouse,
                    paths.project_root(),
                    keep=self.keep,
                    limits=self.limits,
                    memory=self.memory,
                )
        except (GoujiError, OSError, duckdb.Error) as error:
            _say(f"构建失败：{error}")
            return False
        run = result.run
        if result.is_unchanged:
            _say(f"没有变化：{len(seen.settled)} 个文件")
        else:
            _say(
                f"已发布：文件 {run.files or 0} 个，读了 {run.files_opened or 0} 个；报告 {run.documents or 0} 份，"
                f"未读取 {run.documents_rejected or 0}；疑点 {run.anomalies or 0} 条；{run.seconds or 0:.1f} 秒"
            )
        return True


def _say(text: str) -> None:
    """One line of the log, at once."""
    stdout.print(escape(f"{datetime.now().astimezone().strftime('%Y-%m-%d %H:%M:%S')}　{text}"))
    stdout.file.flush()


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and SIGINT end the block with _StoppedError, once; what follows while it cleans up is ignored."""

    def stop(*_: Any) -> None:
        for each in earlier:
            signal.signal(each, signal.SIG_IGN)
        raise _StoppedError("收到停止的信号")

    earlier = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    for each in earlier:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in earlier.items():
            signal.signal(each, handler)
