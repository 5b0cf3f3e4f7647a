"""Runs as records: what each command that writes a warehouse did, when, with what, and how it ended.

A run that publishes is a row of `meta.run` in what it publishes, carried on from version to version. One that does not
(nothing had changed, it failed, it was killed, it went back to an earlier version) has nowhere to be but in a log
beside the warehouse, from which the next one that publishes takes it over. The log has a line when a run starts, and
another when it ends; what of it cannot be read is as if it were not there.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import TextIO

import duckdb
import msgspec

from warehouse import meta
from warehouse.fingerprints import Fingerprints

# Columns of `meta.run` are in the order of the fields of Run.
_RUN_COLUMNS = {
    "run_id": ("varchar", "运行的标识"),
    "command": ("varchar", "命令：build 构建、run 重建模型、check 核对、rollback 换用另一版"),
    "started_at": ("timestamptz", "开始时间（UTC）"),
    "finished_at": ("timestamptz", "结束时间（UTC）；被中断的为空"),
    "seconds": ("double", "用时（秒）"),
    "outcome": (
        "varchar",
        "结果：built 已发布、unchanged 没有变化、rolled_back 已换用、failed 失败、interrupted 被中断",
    ),
    "message": ("varchar", "失败的原因；换用另一版的，从哪一版换到哪一版"),
    "is_full": ("boolean", "全部重新装载（true），或只装载新的和变了的（false）"),
    "files": ("bigint", "文件数"),
    "files_opened": ("bigint", "新的、变了的、要重读的文件数"),
    "documents_parsed": ("bigint", "没有缓存、实际读取的报告数"),
    "documents_added": ("bigint", "新增的报告数（按内容）"),
    "documents_removed": ("bigint", "不再有的报告数（按内容）"),
    "documents": ("bigint", "raw.document 的行数"),
    "documents_rejected": ("bigint", "其中没有读入的"),
    "documents_partial": ("bigint", "其中不完整的"),
    "relations_built": ("bigint", "重建的表和视图数"),
    "relations_kept": ("bigint", "没有变化、沿用上一版的表和视图数"),
    "figures": ("bigint", "marts.fct_figure 的行数"),
    "anomalies": ("bigint", "疑点数：marts.fct_anomaly 的行数，随之不符的也在内"),
    "anomalies_new": ("bigint", "上一版没有的疑点数"),
    "anomalies_resolved": ("bigint", "上一版有、这一版没有的疑点数"),
    "gouji_version": ("varchar", "gouji 的版本"),
    "python_version": ("varchar", "Python 的版本"),
    "duckdb_version": ("varchar", "DuckDB 的版本"),
    "loader_version": ("varchar", "装载程序的指纹，同 raw.document"),
    "vocabulary_version": ("varchar", "词表的指纹"),
    "project_version": ("varchar", "模型、种子、核对程序的指纹；只重建了一部分的为空"),
}
_TIMES = ("started_at", "finished_at")
# Fields of a run that are about the process, and nobody else's business.
OWN = frozenset({"process", "process_since", "clock", "taken_over"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VERSIONS = ("loader_version", "vocabulary_version", "project_version")

RUN = meta.MetaTable(
    "run", "一行一次运行：构建、重建模型、核对、换用另一版；没有发布的运行由下一次发布的补记", _RUN_COLUMNS
)
STEP = meta.MetaTable(
    "run_step",
    "一行一次运行的一个步骤",
    {
        "run_id": ("varchar", "运行的标识，见 meta.run"),
        "step_no": ("integer", "步骤序号，从 1 起"),
        "step": ("varchar", "步骤"),
        "seconds": ("double", "用时（秒）"),
    },
)
MADE_BY = meta.MetaTable(
    "made_by",
    "一行：本数仓现在的内容由什么建成，下次构建据此判断有没有变化",
    {name: _RUN_COLUMNS[name] for name in _VERSIONS},
)


def _since(process: int) -> str | None:
    """When a process began, in the kernel's own count; None where there is no such process, or it cannot be asked.

    Numbers of processes come again, in a container at once; together with this they do not.
    """
    try:
        about = Path(f"/proc/{process}/stat").read_bytes()
    except OSError:
        return None
    return about.rpartition(b")")[2].split()[19].decode()


@dataclass(slots=True)
class Run:
    """A run while it goes on, and afterwards; fields are the columns of `meta.run`, and the seconds of each step.

    `process` is the one that runs it, None for a run that is over and told by a warehouse.
    """

    command: str
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    seconds: float | None = None
    outcome: str = "interrupted"
    message: str | None = None
    is_full: bool | None = None
    files: int | None = None
    files_opened: int | None = None
    documents_parsed: int | None = None
    documents_added: int | None = None
    documents_removed: int | None = None
    documents: int | None = None
    documents_rejected: int | None = None
    documents_partial: int | None = None
    relations_built: int | None = None
    relations_kept: int | None = None
    figures: int | None = None
    anomalies: int | None = None
    anomalies_new: int | None = None
    anomalies_resolved: int | None = None
    gouji_version: str = field(default_factory=lambda: metadata.version("gouji"))
    python_version: str = field(default_factory=platform.python_version)
    duckdb_version: str = duckdb.__version__
    loader_version: str | None = None
    vocabulary_version: str | None = None
    project_version: str | None = None
    steps: dict[str, float] = field(default_factory=dict)
    process: int | None = field(default_factory=os.getpid)
    process_since: str | None = field(default_factory=lambda: _since(os.getpid()))
    clock: float = field(default_factory=perf_counter)
    taken_over: set[str] = field(default_factory=set)

    def made_by(self, made_by: Fingerprints) -> None:
        """Note what the run works with."""
        self.loader_version, self.vocabulary_version = made_by.loader, made_by.vocabulary
        self.project_version = made_by.project

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures a step."""
        started = perf_counter()
        try:
            yield
        finally:
            self.steps[name] = perf_counter() - started

    def end(self, outcome: str, message: str | None = None) -> None:
        """Note when and how the run ends."""
        self.finished_at = datetime.now(UTC)
        self.seconds = perf_counter() - self.clock  # the time of day may be set meanwhile
        self.outcome, self.message = outcome, message


@contextmanager
def recorded(warehouse: Path, command: str) -> Iterator[Run]:
    """A run that is on record from now on, however it ends; one at a time for a warehouse.

    The block ends it as `built` in what it publishes (`publish`), as `unchanged` or as `rolled_back`; what it raises
    makes it `failed`. Where no log can be written there is none: publishing says so in better words, and who has
    nothing to do may read.
    """
    run = Run(command)
    with suppress(OSError):
        log(warehouse, [run])
    try:
        yield run
    except BaseException as error:
        run.end("failed", str(error) or type(error).__name__)
        with suppress(OSError):
            log(warehouse, [run])
        raise
    with suppress(OSError):
        if run.outcome == "built":
            _forget(warehouse, run.taken_over)
        else:
            log(warehouse, [run])


def log(warehouse: Path, noted: Iterable[Run]) -> None:
    """Keep these runs beside the warehouse until it tells of them itself. Raises OSError."""
    file = _log_of(warehouse)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _held(file) as opened:
        opened.write(_mend(file) + "".join(map(_line, noted)))
        opened.flush()
        os.fsync(opened.fileno())


def publish(connection: duckdb.DuckDBPyConnection, warehouse: Path, run: Run) -> None:
    """Write the run into the warehouse that it is about to publish, and those before it that published nothing."""
    run.end("built")
    for table in (RUN, STEP):
        meta.create(connection, table)
    known = {row[0] for row in connection.execute(f"select run_id from {RUN.relation}").fetchall()}
    logged = [each for each in _logged(warehouse) if each.run_id != run.run_id and not _is_running(each)]
    run.taken_over = {run.run_id, *(each.run_id for each in logged)}
    for each in [*(each for each in logged if each.run_id not in known), run]:
        meta.add(connection, RUN, [getattr(each, name) for name in RUN.columns])
        for number, (name, seconds) in enumerate(each.steps.items(), 1):
            meta.add(connection, STEP, [each.run_id, number, name, seconds])


def carry_over(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Copy the runs of the attached warehouse `database`, if it has any, into the new one."""
    for table in (RUN, STEP):
        meta.carry_over(connection, table, database)


def history(warehouse: Path, connection: duckdb.DuckDBPyConnection | None) -> list[Run]:
    """All runs, the last first: of the warehouse, if there is one, and those in the log; one may be `running`."""
    found = [] if connection is None else published(connection)
    known = {run.run_id for run in found}
    for run in _logged(warehouse):
        if run.run_id not in known:
            run.outcome = "running" if _is_running(run) else run.outcome
            found.append(run)
    return sorted(found, key=lambda run: run.started_at, reverse=True)


def published(connection: duckdb.DuckDBPyConnection) -> list[Run]:
    """The runs that a warehouse tells of; what an earlier gouji did not tell is None."""
    if not meta.exists(connection, RUN.relation):
        return []
    # DuckDB gives times with a zone only where a package is that nothing else here needs.
    known = meta.columns(connection, RUN)
    names = ", ".join(f"epoch_us({n})" if n in _TIMES else n if n in known else "null" for n in RUN.columns)
    rows = connection.execute(f"select {names} from {RUN.relation}").fetchall()
    steps = connection.execute(f"select run_id, step, seconds from {STEP.relation} order by run_id, step_no").fetchall()
    of_run: dict[str, dict[str, float]] = {}
    for run_id, name, seconds in steps:
        of_run.setdefault(run_id, {})[name] = seconds
    found = []
    for row in rows:
        values = dict(zip(RUN.columns, row, strict=True))
        times = {n: None if values[n] is None else _EPOCH + timedelta(microseconds=values[n]) for n in _TIMES}
        found.append(Run(**values | times, steps=of_run.get(values["run_id"], {}), process=None, process_since=None))
    return found


def made_by(connection: duckdb.DuckDBPyConnection) -> Fingerprints | None:
    """What the warehouse as it is was made by; None if that is not known."""
    if not meta.exists(connection, MADE_BY.relation):
        return None
    row = connection.execute(f"select {', '.join(MADE_BY.columns)} from {MADE_BY.relation}").fetchone()
    return Fingerprints(*row) if row is not None else None


def note_made_by(connection: duckdb.DuckDBPyConnection, known: Fingerprints) -> None:
    """Write what the warehouse is made by now."""
    meta.write(connection, MADE_BY, [(known.loader, known.vocabulary, known.project)])


def note_models_changed(connection: duckdb.DuckDBPyConnection) -> None:
    """Models are built apart from the rest: the warehouse is not that of one project any more, until the next build."""
    if (known := made_by(connection)) is not None:
        note_made_by(connection, replace(known, project=None))


def _log_of(warehouse: Path) -> Path:
    return warehouse.with_name(f".{warehouse.name}.runs.jsonl")


def _line(run: Run) -> str:
    values = asdict(run)
    del values["taken_over"], values["clock"]
    return json.dumps(values, ensure_ascii=False, default=datetime.isoformat) + "\n"


def _mend(log: Path) -> str:
    """The end of a line that a full disk or a crash cut short, so that it spoils no other."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        return "" if file.read() in (b"", b"\n") else "\n"


def _forget(warehouse: Path, taken_over: Collection[str]) -> None:
    """Leave in the log what no published warehouse has."""
    file = _log_of(warehouse)
    if not file.exists():
        return
    with _held(file):
        left = [_line(each) for each in _logged(warehouse) if each.run_id not in taken_over]
        if not left:
            file.unlink()
            return
        aside = file.with_suffix(".aside")
        aside.write_text("".join(left), encoding="utf-8")
        aside.replace(file)


@contextmanager
def _held(log: Path) -> Iterator[TextIO]:
    """The log, to be added to, while no other run adds to it or puts another in its place."""
    while True:
        with log.open("a", encoding="utf-8") as file:
            with suppress(OSError):  # a file system without locks: lines are written whole anyway
                fcntl.flock(file, fcntl.LOCK_EX)
            try:
                is_the_log = os.path.samestat(os.fstat(file.fileno()), log.stat())
            except FileNotFoundError:
                is_the_log = False
            if is_the_log:
                yield file
                return


def _is_running(run: Run) -> bool:
    """Whether a run that has not ended may still go on."""
    if run.finished_at is not None or run.process is None or run.process <= 0:
        return False
    try:
        os.kill(run.process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return run.process_since is None or run.process_since == _since(run.process)


def _logged(warehouse: Path) -> list[Run]:
    """The runs in the log, each as its last line has it; a line that was not written whole is no line."""
    try:
        lines = _log_of(warehouse).read_bytes().splitlines()
    except OSError:
        return []
    found: dict[str, Run] = {}
    for line in lines:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            run = _RECORD.decode(line)
            if b'"started_at"' in line and run.started_at.tzinfo is not None:  # times can be compared
                found[run.run_id] = run
    return list(found.values())


_RECORD = msgspec.json.Decoder(Run)
