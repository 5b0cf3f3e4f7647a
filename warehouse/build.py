"""The build: reports -> raw -> models -> expectations -> published file.

Takes paths of reports and the warehouse file to write; gives a `BuildResult`. Everything happens in a new version, so
a failure of any step leaves the published one as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import duckdb

from loaders.document import Document, Status
from loaders.errors import GoujiError
from warehouse import lineage, publish, state, versions
from warehouse.expectations import CheckReport, run_checks
from warehouse.transform import NodeEvent, Plan, Project, execute, load_project, plan

if TYPE_CHECKING:
    from loaders.interpret import Interpretation, Interpreter

# Documents landed in one transaction: bounds memory, and is large enough for Arrow to pay off.
BATCH = 64


class BuildError(GoujiError):
    """A build that cannot go on; the message, Chinese first, says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: the stage's Chinese name, the step just reached, and how many there are."""

    stage: str
    step: int
    steps: int
    what: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did: the documents as landed, seconds by stage, and the checks' report."""

    warehouse: Path
    documents: tuple[Document, ...]
    seconds: dict[str, float]
    checks: CheckReport

    @property
    def rejected(self) -> tuple[Document, ...]:
        """The documents that could not be read, each with its reason and message."""
        return tuple(d for d in self.documents if d.status is Status.REJECTED)

    @property
    def partial(self) -> tuple[Document, ...]:
        """The documents that lack something printed, each with its reason and message."""
        return tuple(d for d in self.documents if d.status is Status.PARTIAL)


def build(
    reports: Sequence[Path],
    warehouse: Path,
    project_root: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
    keep: int = versions.KEEP,
) -> BuildResult:
    """Build a new version of `warehouse` from the report files and folders in `reports`; `keep` versions stay.

    Raises BuildError if no report can be read or a data test fails, SeedError, TransformError or ExpectationError for
    a fault in vocabulary, models or expectations, PublishError or LockError where it cannot be written; in each case
    the version that is published at `warehouse` stays.
    """
    from loaders import vocabulary
    from loaders.interpret import Interpreter

    seconds: dict[str, float] = {}
    started = perf_counter()
    words = vocabulary.load(project_root / "seeds")
    project = load_project(project_root)
    seconds["准备"] = perf_counter() - started
    with publish.building(warehouse, keep) as connection:
        started = perf_counter()
        documents = _land(connection, reports, Interpreter(words), on_progress)
        seconds["读取报告"] = perf_counter() - started
        if not any(d.status is not Status.REJECTED for d in documents):
            raise BuildError(_nothing_read(documents))
        started = perf_counter()
        transform(connection, plan(connection, project), on_progress)
        seconds["建模"] = perf_counter() - started
        started = perf_counter()
        on_progress(Progress("核对", 0, 1, "Great Expectations"))
        checks = check(connection, project)
        on_progress(Progress("核对", 1, 1, "Great Expectations"))
        seconds["核对"] = perf_counter() - started
    return BuildResult(warehouse, tuple(documents), seconds, checks)


def transform(
    connection: duckdb.DuckDBPyConnection, plan: Plan, on_progress: Callable[[Progress], None] = lambda _: None
) -> int:
    """Build what a plan of the models says; gives how many relations were built."""

    def event(node: NodeEvent) -> None:
        on_progress(Progress("建模", node.index, node.total, node.name))

    names = [node.name for node in execute(connection, plan, event)]
    lineage.record(connection, plan.graph, names)
    state.record(connection, plan.graph, names)
    return len(names)


def check(connection: duckdb.DuckDBPyConnection, project: Project) -> CheckReport:
    """Run the expectations; results go to meta.expectation_result.

    Raises BuildError if a data test of the models fails: that is a fault of ours, not an anomaly of the data.
    """
    report = run_checks(connection, project)
    if report.broken_data_tests:
        broken = "\n".join(f"  {result.describe()}" for result in report.broken_data_tests)
        raise BuildError(f"数据检验没有通过，这是 gouji 自身的错误，请报告：\n{broken}")
    return report


def _land(
    connection: duckdb.DuckDBPyConnection,
    reports: Sequence[Path],
    interpreter: Interpreter,
    on_progress: Callable[[Progress], None],
) -> list[Document]:
    from loaders import formats  # the readers take 0.4 s to import, and `gouji run` needs none
    from loaders.formats import ocr
    from loaders.landing import Landing

    files = list(formats.find(list(reports)))
    landing = Landing(connection)
    landing.create()
    landed: list[Document] = []
    for first in range(0, len(files), BATCH):
        batch: list[tuple[Document, Interpretation]] = []
        for number, file in enumerate(files[first : first + BATCH], first + 1):
            name = formats.shown(file).name
            on_progress(Progress("读取报告", number, len(files), name))

            def recognising(page: int, pages: int, number: int = number, name: str = name) -> None:
                on_progress(Progress("读取报告", number, len(files), f"{name} 文字识别 {page}/{pages} 页"))

            with ocr.watching(recognising):
                batch.extend((document, interpreter.interpret(document)) for document in formats.read_all(file))
        landed.extend(landing.add(batch))
    return landed


def _nothing_read(documents: Sequence[Document]) -> str:
    if not documents:
        return (
            "没有找到报告文件：所给文件夹是空的。请给出含有报告（网页、纯文本、PDF、Word、Excel、图片）的文件或文件夹"
        )
    lines = "\n".join(f"  {d.path}：{d.message}（{d.reason}）" for d in documents[:20])
    return f"没有一份报告能够读取：\n{lines}"
