"""What changes a published warehouse without reading a report: models are built again, checks are counted again, an
earlier version is published again. Each is a run on record, as a build is.

Takes the warehouse file and the project's folder. Raises what `warehouse.publish` and the work itself raise; the
published version then stays. What is no warehouse gets no record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from warehouse import changes, fingerprints, publish, runs, versions
from warehouse.build import Progress, check, transform
from warehouse.runs import Run
from warehouse.transform import Plan, load_project, plan


def run_models(
    warehouse: Path,
    project_root: Path,
    select: Sequence[str] = (),
    *,
    full_refresh: bool = False,
    keep: int = versions.KEEP,
    memory: int = publish.MEMORY,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Plan:
    """Build the models that changed, of those selected; gives what was done with each. Nothing is written if none did.

    Raises TransformError for a fault in the models or an unknown selection.
    """
    _require_open(warehouse)
    with runs.recorded(warehouse, "run") as run:
        with run.step("准备"):
            project = load_project(project_root)
            seen = _identity(warehouse)
            with duckdb.connect(str(warehouse), read_only=True) as connection:
                decided = plan(connection, project, choose=select, full_refresh=full_refresh)
        run.relations_built, run.relations_kept = _counts(decided)
        if not run.relations_built:
            run.end("unchanged")
            return decided
        if not select:
            run.project_version = fingerprints.current(project_root).project
        with _updating(warehouse, run, keep, memory) as connection:
            if _identity(warehouse) != seen:  # another build was published meanwhile
                decided = plan(connection, project, choose=select, full_refresh=full_refresh)
                run.relations_built, run.relations_kept = _counts(decided)
            with run.step("建模"):
                transform(connection, decided, on_progress)
    return decided


def check_again(warehouse: Path, project_root: Path, *, keep: int = versions.KEEP) -> None:
    """Count the checks of a warehouse again, into meta.expectation_result.

    Raises ExpectationError for a fault in the expectations, BuildError if a data test of the models fails.
    """
    _require_open(warehouse)
    with runs.recorded(warehouse, "check") as run, _updating(warehouse, run, keep) as connection, run.step("核对"):
        check(connection, load_project(project_root))


def roll_back(warehouse: Path, name: str | None = None) -> versions.Version:
    """Publish another version: the one of that name, or the one before the current. The runs since then stay on record.

    Raises what `versions.rollback` raises.
    """
    if not versions.folder(warehouse).is_dir():
        return versions.rollback(warehouse, name)  # which says that there is nothing to go back to
    with runs.recorded(warehouse, "rollback") as run:
        left = versions.current(warehouse)
        chosen = versions.rollback(warehouse, name)
        if left is not None:
            known = {each.run_id for each in _told(chosen.file)}
            with suppress(OSError):  # a full disk must not keep anybody from going back
                runs.log(warehouse, [each for each in _told(left) if each.run_id not in known])
        run.end("rolled_back", f"{'没有' if left is None else versions.name_of(warehouse, left)} → {chosen.name}")
    return chosen


@contextmanager
def _updating(
    warehouse: Path, run: Run, keep: int, memory: int = publish.MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the warehouse that is published with the run in it, and with what the run changed."""
    with publish.updating(warehouse, keep, memory) as connection:
        if (made_by := runs.made_by(connection)) is not None:
            run.loader_version, run.vocabulary_version = made_by.loader, made_by.vocabulary
        with changes.compared(connection, warehouse, is_new=False) as comparison:
            yield connection
            comparison.note(run)
            runs.publish(connection, warehouse, run)


def _require_open(warehouse: Path) -> None:
    duckdb.connect(str(warehouse), read_only=True).close()


def _told(file: Path) -> list[Run]:
    """The runs that a version tells of; none of one that is damaged, which may be why it is left."""
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return runs.published(connection)
    except duckdb.Error:
        return []


def _identity(file: Path) -> tuple[int, int, int]:
    state = file.stat()
    return state.st_ino, state.st_mtime_ns, state.st_size


def _counts(decided: Plan) -> tuple[int, int]:
    """Of a plan, how many tables and views are built, and how many stay."""
    built = len(decided.to_do())
    return built, len(decided.decisions) - built
