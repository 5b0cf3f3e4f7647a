"""Starts builds and kills them: a process that has imported everything, and forks one for each.

With the argument `checks`, Great Expectations too, which takes a while. Reads a line of JSON for each build from
standard input (`Killing` as it is), and writes one about how that ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HOOKS = Path(__file__).with_name("hooks")
# Parts of a build that are no steps of its record.
PUBLISHING = {"定稿": ("publish", "_finish"), "发布": ("publish", "_publish"), "清理": ("versions", "prune")}
PUBLISHING["记录"] = ("runs", "_forget")


@dataclass(frozen=True)
class Killing:
    """A build, and when it is killed: at a point of its own, a point of a worker, or so long after a stage began.

    None of them lets it end, and says which points it passed and how long each stage took.
    """

    reports: str
    warehouse: str
    project: str
    point: int | None = None
    worker_point: int | None = None
    stage: str | None = None
    after: float = 0.0
    has_models: bool = False
    is_full: bool = False


def _build(killing: Killing, said: int) -> None:
    """The build, in a process of its own, which tells its points and stages through the pipe `said`."""
    import crash_points
    import duckdb

    from warehouse import build, expectations, publish, runs, versions

    begun = time.monotonic()

    def say(**what: Any) -> None:
        os.write(said, (json.dumps(what) + "\n").encode())

    count = 0

    def at_point(name: str) -> None:
        nonlocal count
        if count == killing.point:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        if killing.point is None and killing.stage is None:
            say(point=name)

    @contextmanager
    def stage(name: str):
        started = time.monotonic()
        say(stage=name)
        yield
        say(ended=name, seconds=time.monotonic() - started)

    step = runs.Run.step

    @contextmanager
    def stepping(self, name):
        with stage(name), step(self, name):
            yield

    runs.Run.step = stepping
    modules = {"publish": publish, "versions": versions, "runs": runs}
    for name, (module, function) in PUBLISHING.items():
        work = getattr(modules[module], function)

        def staged(*arguments, _name=name, _work=work):
            with stage(_name):
                return _work(*arguments)

        setattr(modules[module], function, staged)
    execute = duckdb.DuckDBPyConnection.execute

    def executing(self, query, *arguments, **named):
        verb = str(query).split()[0].lower()
        if verb not in ("select", "comment"):  # what changes rows
            at_point(f"sql {verb}")
        return execute(self, query, *arguments, **named)

    duckdb.DuckDBPyConnection.execute = executing
    if not killing.has_models:
        build.transform = without_models
        build.plan = lambda *_: NO_MODELS
        build.run_checks = lambda connection, project: expectations.CheckReport((), 0.0)
    if killing.worker_point is not None:
        os.environ |= {"PYTHONPATH": str(HOOKS), "GOUJI_TEST_WORKER_POINT": str(killing.worker_point)}
    crash_points.install(at_point)
    result = build.build(
        [Path(killing.reports)], Path(killing.warehouse), Path(killing.project), keep=2, is_full=killing.is_full
    )
    say(outcome=result.run.outcome, seconds=time.monotonic() - begun)


NO_MODELS = SimpleNamespace(decisions=())


def without_models(connection: Any, *_: Any) -> int:
    """In place of the models: tables that a build asks for."""
    connection.execute("create schema if not exists marts")
    figures = "select document_id, number_no from raw.number"
    anomalies = """
        select '' as anomaly_id, '' as document_id, '' as file_name, '' as rule_id, '' as severity,
            '' as organization_name, 0 as fiscal_year, '' as message, true as is_primary, '' as verdict,
            '' as suspect_figure_id, [''] as figure_ids
        where false
    """
    for name, sql in {"fct_figure": figures, "fct_anomaly": anomalies}.items():
        connection.execute(f"create or replace table marts.{name} as {sql}")
    return 0


def _watched(killing: Killing) -> dict[str, Any]:
    """Fork the build, kill it when its time has come, and tell what became of it."""
    hears, says = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(hears)
        try:
            _build(killing, says)
        finally:
            error = sys.exc_info()[1]
            if error is not None:
                traceback.print_exception(error)
            os._exit(error is not None)
    os.close(says)
    points: list[str] = []
    seconds: dict[str, float] = {}
    outcome, began = None, []
    with os.fdopen(hears, encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if "point" in said:
                points.append(said["point"])
            elif "stage" in said:
                began.append(said["stage"])
                if said["stage"] == killing.stage:
                    time.sleep(killing.after)
                    os.kill(process, signal.SIGKILL)
            elif "ended" in said:
                seconds[said["ended"]] = said["seconds"]
            else:
                outcome = said["outcome"]
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "points": points, "seconds": seconds, "stages": began, "outcome": outcome}


def asked(killing: Killing) -> str:
    """The line that asks for it."""
    return json.dumps(asdict(killing)) + "\n"


def main() -> None:
    """Serve until standard input ends."""
    sys.path.insert(0, str(HOOKS))
    if "checks" in sys.argv:
        import great_expectations  # noqa: F401

    import crash_points  # noqa: F401

    import warehouse.build
    import warehouse.reading.land  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(_watched(Killing(**json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
