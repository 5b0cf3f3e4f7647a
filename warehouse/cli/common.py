"""What all commands share: the app, its consoles, exit codes, progress, and how a failure is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from typer.core import TyperGroup

from loaders.errors import GoujiError
from warehouse import flags, query

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID
    from rich.style import Style

    from warehouse.build import Progress as ProgressEvent

OK, FAILED, FLAGGED = 0, 1, 2

_EPILOG = (
    "退出码：0 正常；1 失败（参数不对、没有可读的报告、构建出错，原有数仓不变）；"
    "2 数仓里有达到 --fail-on 级别的疑点，不论这次有没有变化。"
)

# What steers a terminal, or turns text around in it. Names of files and texts of documents are written by others.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Terminal(Console):
    """Shows what would steer the terminal as `\ufffd`."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else _STEERING.sub("\ufffd", text), style, control)

    def out(
        self,
        *objects: Any,
        sep: str = " ",
        end: str = "\n",
        style: str | Style | None = None,
        highlight: bool | None = None,
    ) -> None:
        """Text as it is, for machines. Rich takes it apart line by line: three seconds for a hundred thousand."""
        text = sep.join(str(each) for each in objects) + end
        try:
            self.file.write(_STEERING.sub("\ufffd", text))
            self.file.flush()
        except BrokenPipeError:  # … | head
            self.on_broken_pipe()


# Lines are wrapped for a terminal only: what is piped on stays whole.
stdout = _Terminal(highlight=False, soft_wrap=not sys.stdout.isatty())
stderr = _Terminal(stderr=True, highlight=False)


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
    """How grave an anomaly is, the gravest first."""

    error = "error"
    warning = "warning"
    info = "info"


class Form(StrEnum):
    """What a list can be printed as."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


Warehouse = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        "-w",
        metavar="FILE",
        help="数仓文件（DuckDB）。默认：环境变量 GOUJI_WAREHOUSE，否则项目下的 target/gouji.duckdb。",
    ),
]


def examples(*lines: str) -> str:
    """The epilog of a command: its examples, each after a prompt."""
    return "例：\n\n" + "\n\n".join(f"  $ {line}" for line in lines)


def existing(file: Path) -> Path:
    """The file, if there is one; QueryError that says how to get a warehouse if not."""
    if not file.is_file():
        raise query.QueryError(f"找不到数仓文件 {file}：请先运行 gouji build，或用 --warehouse 指明文件")
    return file


def reaches(severities: Iterable[str], fail_on: Severity) -> bool:
    """Whether one of these severities is the given one or graver."""
    order = flags.SEVERITIES
    return any(order.index(severity) <= order.index(fail_on.value) for severity in severities)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[ProgressEvent], None]]:
    """A progress line on the terminal's error stream, from the first report on; silent where that is not a terminal."""
    if quiet or not stderr.is_terminal:
        yield lambda _: None
        return
    with ExitStack() as shown:
        tasks: dict[str, TaskID] = {}
        bars: list[Bar] = []

        def report(event: ProgressEvent) -> None:
            if not bars:
                bars.append(shown.enter_context(_bar()))
            bar = bars[0]
            if event.stage not in tasks:
                tasks[event.stage] = bar.add_task(event.stage, total=event.steps, what="")
            bar.update(tasks[event.stage], completed=event.step, total=event.steps, what=event.what)

        yield report


def _bar() -> Bar:
    """The progress line; its import takes a moment, so it is made where there is progress to show."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}"),
        console=stderr,
        transient=True,
    )


@contextmanager
def failures() -> Iterator[None]:
    """Errors that users can understand end a command with their message and exit code 1."""
    try:
        yield
    except GoujiError as error:
        fail(str(error))
    except _of_files() as error:
        from warehouse.damage import is_damage

        if not isinstance(error, OSError) and not is_damage(error):
            raise
        fail(f"读写文件失败：{error}")


def _of_files() -> tuple[type[Exception], ...]:
    """Errors of files, damaged ones too; only asked for when something went wrong, for the import takes a moment."""
    import duckdb

    return (OSError, duckdb.Error)


def fail(message: str) -> NoReturn:
    """End the command with a message and exit code 1."""
    stderr.print(f"[bold red]失败[/bold red] {escape(message)}")
    raise typer.Exit(FAILED)
