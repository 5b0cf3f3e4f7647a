"""The build: reports -> raw -> models -> expectations -> published file.

Takes paths of reports and the warehouse file to write; gives a `BuildResult`. Everything happens in a new version, so
a failure of any step leaves the published one as it was. What an earlier build has read is not read again, and where
nothing has changed since then nothing is done at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from loaders import folders, vocabulary
from loaders.errors import GoujiError
from warehouse import changes, fingerprints, lineage, publish, runs, state, versions
from warehouse.damage import is_damage
from warehouse.expectations import CheckReport, run_checks
from warehouse.fingerprints import Fingerprints
from warehouse.reading import inventory
from warehouse.reading.cache import DocumentCache, folder_of
from warehouse.reading.inventory import SourceFile
from warehouse.reading.limits import Limits
from warehouse.runs import Run
from warehouse.sources import addresses
from warehouse.transform import NodeEvent, Plan, Project, execute, load_project, plan

if TYPE_CHECKING:
    from warehouse.reading.messages import Begin


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
class DocumentRecord:
    """A document that lacks something, or that could not be read: where it is, the reason and the message."""

    file_name: str
    path: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did: how many documents, which of them are not whole, seconds by stage, and the checks' report.

    Where nothing had changed, `is_unchanged` is true and there is no report of checks.
    """

    warehouse: Path
    documents: int
    rejected: tuple[DocumentRecord, ...]
    partial: tuple[DocumentRecord, ...]
    run: Run
    checks: CheckReport | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether the warehouse was up to date already."""
        return self.run.outcome == "unchanged"


def build(
    reports: Sequence[Path],
    warehouse: Path,
    project_root: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
    keep: int = versions.KEEP,
    *,
    limits: Limits | None = None,
    memory: int = publish.MEMORY,
    is_full: bool = False,
) -> BuildResult:
    """Build a new version of `warehouse` from the report files and folders in `reports`; `keep` versions stay, and
    models and checks take `memory` megabytes (0: no limit).

    Only files that are new or changed are read; `is_full` reads all of them, whatever is known. Raises BuildError if no
    report can be read or a data test fails, SeedError, TransformError or ExpectationError for a fault in vocabulary,
    models or expectations, PublishError or LockError where it cannot be written; in each case the version that is
    published at `warehouse` stays.
    """
    with runs.recorded(warehouse, "build") as run:
        with run.step("准备"):
            made_by = fingerprints.current(project_root)
            run.made_by(made_by)
            earlier = _Earlier() if is_full else _earlier(warehouse)
            files = inventory.survey(folders.find(list(reports)), earlier.files)
            run.files = len(files)
        if earlier.made_by == made_by and earlier.has_files(files):
            try:
                result = _result(warehouse, run)
            except duckdb.Error:
                earlier = _Earlier()  # of the damaged warehouse, just what is asked for first could be read
            else:
                run.end("unchanged")
                return result
        job = _Job(warehouse, project_root, files, made_by, run, on_progress, limits, keep, memory, is_full)
        checks = job.do(is_new=not earlier.has_rows_of(made_by))
    return _result(warehouse, run, checks)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The warehouse as it is: its files, and what it was made by; nothing of one that is not there or damaged."""

    files: tuple[SourceFile, ...] = ()
    made_by: Fingerprints | None = None
    addresses: tuple[tuple[str, ...], ...] = ()

    def has_files(self, files: Sequence[SourceFile]) -> bool:
        """Whether these are its files, fetched from the same addresses."""
        return [each.identity for each in files] == [each.identity for each in self.files] and (
            addresses.rows(files) == list(self.addresses)
        )

    def has_rows_of(self, made_by: Fingerprints) -> bool:
        """Whether rows of raw are what these readers with this vocabulary give."""
        known = self.made_by
        return known is not None and (known.loader, known.vocabulary) == (made_by.loader, made_by.vocabulary)


def _earlier(warehouse: Path) -> _Earlier:
    if not warehouse.is_file():
        return _Earlier()
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return _Earlier(
                tuple(inventory.read(connection)), runs.made_by(connection), tuple(addresses.read(connection))
            )
    except duckdb.Error:
        return _Earlier()  # built anew, which heals it


@dataclass(slots=True)
class _Job:
    """One build, from the files to the published warehouse."""

    warehouse: Path
    project_root: Path
    files: Sequence[SourceFile]
    made_by: Fingerprints
    run: Run
    on_progress: Callable[[Progress], None]
    limits: Limits | None
    keep: int
    memory: int
    is_full: bool

    def do(self, *, is_new: bool) -> CheckReport:
        """Change a copy of the warehouse, or make a new one (`is_new`, or where the old one turns out damaged)."""
        with self.run.step("准备项目"):
            vocabulary.load(self.project_root / "seeds")  # before anything is read: a mistake in it is found here
            project = load_project(self.project_root)
        if not is_new:
            try:
                with publish.updating(self.warehouse, self.keep, self.memory) as connection:
                    return self._fill(connection, project, is_new=False)
            except (GoujiError, duckdb.Error) as error:
                if not _is_of_damage(error):
                    raise
        with publish.building(self.warehouse, self.keep, self.memory) as connection:
            return self._fill(connection, project, is_new=True)

    def _fill(self, connection: duckdb.DuckDBPyConnection, project: Project, *, is_new: bool) -> CheckReport:
        run = self.run
        if not is_new and not _Earlier(made_by=runs.made_by(connection)).has_rows_of(self.made_by):
            connection.execute("drop schema raw cascade")  # published by another build since we looked
            is_new = True
        run.is_full = is_new
        if self.is_full:
            DocumentCache(folder_of(self.warehouse)).clear()
        with changes.compared(connection, self.warehouse, is_new=is_new) as comparison:
            with run.step("读取报告"):
                self._land(connection, is_new=is_new)
            with run.step("建模"):
                decided = plan(connection, project)
                run.relations_built = transform(connection, decided, self.on_progress)
                run.relations_kept = len(decided.decisions) - run.relations_built
            with run.step("核对"):
                self.on_progress(Progress("核对", 0, 1, "Great Expectations"))
                checks = check(connection, project)
                self.on_progress(Progress("核对", 1, 1, "Great Expectations"))
            comparison.note(run)
            runs.note_made_by(connection, self.made_by)
            runs.publish(connection, self.warehouse, run)
        return checks

    def _land(self, connection: duckdb.DuckDBPyConnection, *, is_new: bool) -> None:
        """Fill raw. Raises BuildError if there is nothing in it."""
        from warehouse.reading.land import Lander

        lander = Lander(connection, self.project_root / "seeds", folder_of(self.warehouse), self.limits or Limits())
        landed = lander.land(self.files, is_new=is_new, on_begin=self._begins)
        addresses.write(connection, self.files)
        run = self.run
        run.files_opened, run.documents_parsed = landed.opened, landed.parsed
        run.documents_added, run.documents_removed = landed.added, landed.removed
        counted = connection.execute("select count(*) from raw.document where status <> 'rejected'").fetchone()
        if counted is None or not counted[0]:
            raise BuildError(_nothing_read(_records(connection, "rejected")))

    def _begins(self, done: int, count: int, begin: Begin) -> None:
        page = f" 文字识别 {begin.page}/{begin.pages} 页" if begin.page else ""
        self.on_progress(Progress("读取报告", done + 1, count, Path(begin.path).name + page))


def _is_of_damage(error: BaseException | None) -> bool:
    """Whether what failed, failed because the warehouse is damaged."""
    while error is not None and not isinstance(error, publish.PublishError):
        if is_damage(error):
            return True
        error = error.__cause__
    return False


def _result(warehouse: Path, run: Run, checks: CheckReport | None = None) -> BuildResult:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counted = connection.execute("select count(*) from raw.document").fetchone()
        rejected, partial = _records(connection, "rejected"), _records(connection, "partial")
    return BuildResult(warehouse, counted[0] if counted else 0, rejected, partial, run, checks)


def _records(connection: duckdb.DuckDBPyConnection, status: str) -> tuple[DocumentRecord, ...]:
    rows = connection.execute(
        "select file_name, path, reason, message from raw.document where status = ? order by path", [status]
    ).fetchall()
    return tuple(DocumentRecord(*row) for row in rows)


def transform(
    connection: duckdb.DuckDBPyConnection, plan: Plan, on_progress: Callable[[Progress], None] = lambda _: None
) -> int:
    """Build what a plan of the models says; gives how many relations were built."""

    def event(node: NodeEvent) -> None:
        on_progress(Progress("建模", node.index, node.total, node.name))

    runs.note_models_changed(connection)
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


def _nothing_read(documents: Sequence[DocumentRecord]) -> str:
    if not documents:
        return (
            "没有找到报告文件：所给文件夹是空的。请给出含有报告（网页、纯文本、PDF、Word、Excel、图片）的文件或文件夹"
        )
    lines = "\n".join(f"  {d.path}：{d.message}（{d.reason}）" for d in documents[:20])
    return f"没有一份报告能够读取：\n{lines}"
