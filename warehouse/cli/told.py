"""What a build reports of itself, and to whom: `--report` and `--notify`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from rich.markup import escape

from loaders.errors import GoujiError
from warehouse import query
from warehouse.cli.common import stderr


@contextmanager
def told(warehouse: Path, folder: Path | None, target: str | None) -> Iterator[None]:
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
            connection = None
            with suppress(query.QueryError):  # there is none, or it is damaged: its night is told all the same
                connection = opened.enter_context(query.reading(warehouse))
            last = night.of_run(runs.history(warehouse, connection)[0], connection)
            files = () if folder is None else night.write(last, folder)
        if target is not None:
            notify(target, night.summary(last, files))
    except (GoujiError, OSError) as error:
        stderr.print(f"[yellow]报告或通知没有成功[/yellow] {escape(str(error))}")
