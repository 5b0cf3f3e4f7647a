"""How a nightly build grows with the number of documents: made-up corpora, built, left alone, and changed a little.

    python -m benchmarks.scale [--sizes 1000 10000 100000] [--folder FOLDER] [--jobs 2] [--changed 0.01]

For each size: documents a second a core, peak memory of all processes, a night with nothing changed, a night with 1 %
changed, bytes on disk, and the times of ten saved queries; then how each grows. Commands are whole processes. Exit code
1 if what the project claims does not hold, see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import log
from pathlib import Path

import duckdb

from benchmarks.corpus.write import Plan, write
from warehouse import paths, questions, versions
from warehouse.reading.cache import folder_of

# What is claimed.
UNCHANGED_SECONDS, CHANGED_RATIO, GROWTH, PEAK_BYTES = 3.0, 2.0, 1.15, 2_000_000_000
# The size of the first and third claim, and the one that is held against it.
USUAL, LARGE = 10_000, 100_000
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Saved queries, with the values of parameters that are not left at their defaults; an organisation is filled in.
QUERIES: dict[str, dict[str, int | str]] = {
    "budget-and-actual": {},
    "checks-by-rule": {},
    "contradictions": {},
    "cross-city": {"year": 2021},
    "documents": {"status": "loaded"},
    "generous-scores": {},
    "low-execution": {"year": 2021},
    "printed": {"label": "公务接待费"},
    "procurement": {"year": 2021},
    "three-public": {"year": 2021},
}


@dataclass(slots=True)
class Measured:
    """A command: seconds by the clock and of processors, peak bytes of it and its children together, what it said."""

    clock: float
    processor: float
    peak: int
    said: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Size:
    """All that was measured of one corpus."""

    documents: int
    written: float
    full: Measured
    unchanged: Measured
    changed: Measured
    changed_documents: int
    figures: int
    checks: int
    bytes: dict[str, int]
    queries: dict[str, float]

    @property
    def reading(self) -> float:
        return self._steps(self.full)["读取报告"]

    @property
    def models(self) -> float:
        return self._steps(self.full)["建模"] + self._steps(self.full)["核对"]

    def expected_of_a_night(self) -> float:
        """What a night should cost: reading what changed, and the models."""
        return self.reading * self.changed_documents / self.documents + self.models

    @staticmethod
    def _steps(measured: Measured) -> dict[str, float]:
        steps = measured.said["seconds"]
        assert isinstance(steps, dict)
        return steps


def measured(command: Sequence[str]) -> Measured:
    """Run a command that prints JSON. Raises RuntimeError with its last words where it fails."""
    before, started = _children(), time.perf_counter()
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=out, stderr=errors, start_new_session=True) as process,
    ):
        with _watched(process.pid) as peak:
            process.wait()
        clock = time.perf_counter() - started
        out.seek(0)
        errors.seek(0)
        said, complaint = out.read(), errors.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{complaint.decode(errors='replace')[-3000:]}")
    return Measured(clock, _children() - before, max(peak), json.loads(said) if said else {})


@contextmanager
def _watched(leader: int) -> Iterator[list[int]]:
    """Sums up the memory of a session's processes, five times a second, until the block ends."""
    sums, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            sums.append(sum(_resident(leader)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield sums
    finally:
        over.set()
        thread.join()


def _resident(leader: int) -> Iterator[int]:
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):  # it has ended
                session = (place / "stat").read_text().rpartition(")")[2].split()[3]
                if int(session) == leader:
                    yield int((place / "statm").read_text().split()[1]) * _PAGE


def measure(folder: Path, documents: int, jobs: int, changed: float, seed: int) -> Size:
    """Write a corpus into `folder`, and build it."""
    started = time.perf_counter()
    write(folder, documents, Plan(seed, 0.1), jobs)
    seconds = time.perf_counter() - started
    reports, warehouse = folder / "reports", folder / "gouji.duckdb"
    size_of_reports = _bytes(reports)
    build = [sys.executable, "-m", "warehouse", "build", str(reports), "--warehouse", str(warehouse)]
    build += ["--jobs", str(jobs), "--keep", "2", "--json"]
    full = measured(build)
    _say(f"{documents:,} documents: built in {full.clock:.1f} s, {full.processor:.1f} s of processors")
    unchanged = measured(build)
    counts = _counts(warehouse)
    bytes_of = {"reports": size_of_reports, "warehouse": versions.published(warehouse).stat().st_size}
    bytes_of["cache"] = _bytes(folder_of(warehouse))
    queries = {name: _query(warehouse, name, values) for name, values in QUERIES.items()}
    rewritten = write(folder, documents, Plan(seed, 0.1, changed, 2), jobs)
    night = measured(build)
    bytes_of["warehouse after a night"] = versions.published(warehouse).stat().st_size
    _say(f"{documents:,} documents: unchanged {unchanged.clock:.2f} s, {rewritten:,} changed {night.clock:.1f} s")
    return Size(documents, seconds, full, unchanged, night, rewritten, *counts, bytes_of, queries)


def _counts(warehouse: Path) -> tuple[int, int]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        sql = "select (select count(*) from marts.fct_figure), (select count(*) from marts.fct_check)"
        ((figures, checks),) = connection.execute(sql).fetchall()
    return figures, checks


def _query(warehouse: Path, name: str, values: dict[str, int | str]) -> float:
    """The least seconds of three times that a saved query is answered, the warehouse open."""
    question = questions.load(paths.saved_queries())[name]
    took: list[float] = []
    with duckdb.connect(warehouse, read_only=True) as connection:
        ((organization,),) = connection.execute("select min(organization_name) from marts.dim_organization").fetchall()
        given = {
            each.name: organization
            if each.type == "organization" and each.required
            else values.get(each.name, each.default)
            for each in question.parameters
        }
        for _ in range(3):
            started = time.perf_counter()
            connection.execute(question.sql, given or None).fetchall()
            took.append(time.perf_counter() - started)
    return min(took)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def table(sizes: Sequence[Size], jobs: int) -> str:
    """What was measured as a Markdown table, a column a size, with the exponent of the growth (1 is linear)."""
    rows: dict[str, list[float]] = {
        "figures": [float(size.figures) for size in sizes],
        "checks": [float(size.checks) for size in sizes],
        "written, s": [size.written for size in sizes],
        "built, s": [size.full.clock for size in sizes],
        "built, s of processors": [size.full.processor for size in sizes],
        "a document, ms of processors": [size.full.processor / size.documents * 1000 for size in sizes],
        "reading, s": [size.reading for size in sizes],
        "read, documents a second a core": [size.documents / size.reading / jobs for size in sizes],
        "models and checks, s": [size.models for size in sizes],
        "peak memory, MB": [size.full.peak / 1e6 for size in sizes],
        "nothing changed, s": [size.unchanged.clock for size in sizes],
        "1 % changed, s": [size.changed.clock for size in sizes],
        "of what it should cost": [size.changed.clock / size.expected_of_a_night() for size in sizes],
        **{
            f"{name}, MB": [size.bytes[name] / 1e6 for size in sizes]
            for name in ("reports", "warehouse", "warehouse after a night", "cache")
        },
        **{f"`{name}`, ms": [size.queries[name] * 1000 for size in sizes] for name in QUERIES},
    }
    head = ["", *(f"{size.documents:,}" for size in sizes), "growth"]
    lines = [head, ["---", *("---:" for _ in head[1:])]]
    for name, values in rows.items():
        growth = log(values[-1] / values[0]) / log(sizes[-1].documents / sizes[0].documents) if len(sizes) > 1 else 1.0
        lines.append(
            [name, *(f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in values), f"{growth:.2f}"]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def claims(sizes: Sequence[Size]) -> Iterator[tuple[str, float, bool]]:
    """What is claimed of the sizes that were measured, each with its figure and whether it holds."""
    by_count = {size.documents: size for size in sizes}
    usual, large = by_count.get(USUAL), by_count.get(LARGE)
    if usual is not None:
        seconds = usual.unchanged.clock
        yield f"nothing changed over {USUAL:,}: at most {UNCHANGED_SECONDS:g} s", seconds, seconds <= UNCHANGED_SECONDS
        ratio = usual.changed.clock / usual.expected_of_a_night()
        yield f"1 % changed: at most {CHANGED_RATIO:g} times those and the models", ratio, ratio <= CHANGED_RATIO
    if usual is not None and large is not None:
        each = [size.full.processor / size.documents for size in (usual, large)]
        ratio = each[1] / each[0]
        yield f"a document of {LARGE:,}: at most {GROWTH:g} times one of {USUAL:,}", ratio, ratio <= GROWTH
    if large is not None:
        yield f"{LARGE:,}: below {PEAK_BYTES / 1e9:g} GB", large.full.peak / 1e9, large.full.peak < PEAK_BYTES


def main() -> int:
    """Prints the table; 0 where the claims hold, 1 where not."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[1000, USUAL], help="numbers of documents")
    options.add_argument("--folder", type=Path, help="where corpora and warehouses are kept (default: for this run)")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--changed", type=float, default=0.01, help="the share of documents that a night changes")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    sizes: list[Size] = []
    with tempfile.TemporaryDirectory() as name:
        for documents in given.sizes:
            place = (given.folder or Path(name)) / str(documents)
            sizes.append(measure(place, documents, given.jobs, given.changed, given.seed))
    print(table(sizes, given.jobs))
    held = list(claims(sizes))
    for claim, figure, holds in held:
        print(f"{'holds' if holds else 'DOES NOT HOLD':14}{claim}: {figure:.2f}")
    return 0 if all(holds for _, _, holds in held) else 1


if __name__ == "__main__":
    sys.exit(main())
