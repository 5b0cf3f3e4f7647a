"""How long the models take: `gouji run` beside the same SQL as a plain DuckDB script, and beside dbt.

    python -m benchmarks.transforms [WAREHOUSE] [--figures 1000000] [--rounds 5] [--growth 250000 500000 1000000]

Every candidate is a whole process, timed from its start to its end, and takes turns with the others, so that other work
on the machine counts for all of them. Exit code 1 if what the project claims does not hold, see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import log
from pathlib import Path

import duckdb

from benchmarks.multiply import multiply
from warehouse.paths import project_root
from warehouse.transform import Project, Seed, build_graph, load_project, run

# What is claimed: no more than this many times the plain script, and at least this many times as fast as dbt.
PLAIN_SAMPLES, PLAIN_MILLION, DBT_SAMPLES = 1.5, 1.1, 8.0
# The script has no limit of memory, so where memory is short it is held against gouji without one.
_UNLIMITED = "gouji run … --memory 0"
_SCRIPT = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(open(sys.argv[2], encoding='utf-8').read())"


@dataclass(slots=True)
class Candidate:
    """A command, what is done before each of its runs, and its times: seconds by the clock and of processors."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self) -> None:
        """Runs it once. Raises RuntimeError with its output where it fails."""
        self.before()
        used, started = _children(), time.perf_counter()
        done = subprocess.run(self.command, env={**os.environ, **self.environment}, capture_output=True, text=True)
        self.clock.append(time.perf_counter() - started)
        self.processor.append(_children() - used)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stdout[-3000:]}{done.stderr[-3000:]}")


def script(project: Project) -> str:
    """All seeds and models of a project as one SQL script: what a person would write who needs nothing else."""
    graph = build_graph(project)
    schemas = sorted({node.schema for node in project.nodes().values()})
    statements = [f"create schema if not exists {schema}" for schema in schemas]
    for name in graph.order:
        node = project.node(name)
        if isinstance(node, Seed):
            types = ", ".join(f"'{column}': '{kind}'" for column, kind in node.column_types.items())
            query = f"from read_csv('{project.root / node.file}', header = true, columns = {{{types}}})"
        else:
            query = graph.compiled[name].sql
        statements.append(f"create or replace table {node.relation} as (\n{query}\n)")
    return ";\n".join(statements)


def candidates(folder: Path, raw: Path, project: Project) -> list[Candidate]:
    """The plain script, gouji and, where it is installed, dbt, each with a warehouse of its own."""
    plain, ours, theirs = (folder / f"{name}.duckdb" for name in ("plain", "gouji", "dbt"))
    for file in (plain, ours, theirs):
        shutil.copyfile(raw, file)
    sql = folder / "plain.sql"
    sql.write_text(script(project), encoding="utf-8")
    gouji = [sys.executable, "-m", "warehouse", "run", "--warehouse", str(ours)]
    found = [
        Candidate("plain script", [sys.executable, "-c", _SCRIPT, str(plain), str(sql)]),
        Candidate("gouji run, first time", gouji, before=lambda: shutil.copyfile(raw, ours)),
        Candidate("gouji run --full-refresh", [*gouji, "--full-refresh"]),
        Candidate(_UNLIMITED, [*gouji, "--full-refresh", "--memory", "0"]),
        Candidate("gouji run, nothing changed", gouji),
    ]
    dbt = project.root / ".venv-dbt" / "bin" / "dbt"
    if dbt.exists():
        target = folder / "target"
        command = [str(dbt), "build", "--resource-type", "seed", "--resource-type", "model"]
        command += ["--project-dir", str(project.root), "--profiles-dir", str(project.root)]
        environment = {"DO_NOT_TRACK": "1", "DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(folder / "logs")}
        environment["GOUJI_WAREHOUSE"] = str(theirs)
        forget = partial(shutil.rmtree, target, ignore_errors=True)
        found.append(Candidate("dbt, cold", command, environment, forget))
        found.append(Candidate("dbt, partial parse", command, environment))
    return found


def compare(raw: Path, rounds: int, *, with_dbt: bool = True) -> dict[str, float]:
    """Times all candidates, prints a table and returns the best seconds of each by name."""
    project = load_project(project_root())
    with tempfile.TemporaryDirectory() as name:
        found = [each for each in candidates(Path(name), raw, project) if with_dbt or not each.name.startswith("dbt")]
        for _ in range(rounds):
            for each in found:
                each.time()
    best = {each.name: min(each.clock) for each in found}
    print(f"{'':28}{'best':>8}{'median':>8}{'processor':>10}{'ratio':>8}{'ratio of medians':>18}")
    for each in found:
        median, plain = statistics.median(each.clock), statistics.median(found[0].clock)
        print(
            f"{each.name:28}{best[each.name]:8.2f}{median:8.2f}{min(each.processor):10.2f}"
            f"{best[each.name] / best[found[0].name]:8.2f}{median / plain:18.2f}"
        )
    return best


def growth(source: Path, sizes: list[int], folder: Path) -> None:
    """Builds the models at several sizes and prints the longest, with how the time grows when figures double."""
    project = load_project(project_root())
    seconds: dict[str, list[float]] = {}
    figures = []
    for size in sizes:
        raw = folder / f"raw-{size}.duckdb"
        figures.append(multiply(source, raw, size))
        with duckdb.connect(raw) as connection:
            connection.execute("set threads = 1")  # one model at a time, so that its seconds are its own
            for result in run(connection, project):
                seconds.setdefault(result.name, []).append(result.seconds)
        raw.unlink()
    print(f"\nSeconds at {', '.join(f'{count:,}' for count in figures)} figures, and growth (1 is linear)")
    for name, each in sorted(seconds.items(), key=lambda item: -item[1][-1])[:20]:
        exponent = _exponent(figures, each)
        print(f"{name:32}{''.join(f'{value:9.2f}' for value in each)}{exponent:8.2f}{'  <' if exponent > 1.25 else ''}")


def _exponent(figures: list[int], seconds: list[float]) -> float:
    return log(seconds[-1] / seconds[0]) / log(figures[-1] / figures[0]) if len(figures) > 1 else 1.0


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Prints the tables; 0 where the claims hold, 1 where not."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("warehouse", type=Path, nargs="?", help="whose raw tables are used (default: the samples)")
    options.add_argument("--figures", type=int, default=1_000_000, help="size of the large run; 0: none")
    options.add_argument("--rounds", type=int, default=5, help="runs of each candidate on the samples")
    options.add_argument("--large-rounds", type=int, default=2, help="runs of each candidate on the large tables")
    options.add_argument("--growth", type=int, nargs="*", default=[], help="sizes at which each model is timed")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        samples = _samples(folder)
        source = given.warehouse or samples
        raw = folder / "raw.duckdb"
        claims: list[tuple[str, float, bool]] = []
        if given.rounds:
            print(f"The samples: {multiply(samples, raw, 0):,} figures, {given.rounds} rounds, seconds")
            best = compare(raw, given.rounds)
            ratio = best["gouji run --full-refresh"] / best["plain script"]
            claims.append((f"at most {PLAIN_SAMPLES} times the plain script", ratio, ratio <= PLAIN_SAMPLES))
            if "dbt, partial parse" in best:
                ratio = best["dbt, partial parse"] / best["gouji run --full-refresh"]
                claims.append((f"at least {DBT_SAMPLES:g} times as fast as dbt", ratio, ratio >= DBT_SAMPLES))
            else:
                print("dbt is not installed: make dbt")
        if given.figures:
            print(f"\n{multiply(source, raw, given.figures):,} figures, {given.large_rounds} rounds, seconds")
            best = compare(raw, given.large_rounds, with_dbt=False)
            ratio = best[_UNLIMITED] / best["plain script"]
            claims.append((f"at most {PLAIN_MILLION} times the plain script", ratio, ratio <= PLAIN_MILLION))
        if given.growth:
            growth(source, given.growth, folder)
    for claim, ratio, holds in claims:
        print(f"{'holds' if holds else 'DOES NOT HOLD':14}{claim}: {ratio:.2f}")
    return 0 if all(holds for _, _, holds in claims) else 1


def _samples(folder: Path) -> Path:
    """A warehouse of the sample reports."""
    from warehouse.build import build
    from warehouse.paths import sample_reports

    return build([sample_reports()], folder / "samples.duckdb", project_root()).warehouse


if __name__ == "__main__":
    sys.exit(main())
