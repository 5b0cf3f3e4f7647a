"""Runs as records: what each command that writes a warehouse did, when, with what, and how it ended.

A run that publishes is a row of `meta.run` in what it publishes, carried on from version to version. One that does not
(nothing had changed, it failed, it was killed) has nowhere to be but in a log beside the warehouse, from which the next
one that publishes takes it over. The log has a line when a run starts, and another when it ends; what of it cannot be
read is as if it were not there.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import TextIO

import duckdb
import msgspec

from warehouse.fingerprints import Fingerprints

RUN, STEP, MADE_BY = "meta.run", "meta.run_step", "meta.made_by"
_RUN_COMMENT = "一行一次运行：构建、重建模型、核对；没有发布的运行由下一次发布的补记"
_STEP_COMMENT = "一行一次运行的一个步骤"
_MADE_BY_COMMENT = "一行：本数仓现在的内容由什么建成，下次构建据此判断有没有变化"
# Column -> type and comment, in the order of the fields of Run.
_RUN_COLUMNS = {
    "run_id": ("varchar", "运行的标识"),
    "command": ("varchar", "命令：build、run、check"),
    "started_at": ("timestamptz", "开始时间（UTC）"),
    "finished_at": ("timestamptz", "结束时间（UTC）；被中断的为空"),
    "seconds": ("double", "用时（秒）"),
    "outcome": ("varchar", "结果：built 已发布、unchanged 没有变化、failed 失败、interrupted 被中断"),
    "message": ("varchar", "失败的原因"),
    "is_full": ("boolean", "全部重新装载（true），或只装载新的和变了的（false）"),
    "files": ("bigint", "文件数"),
    "files_opened": ("bigint", "新的、变了的、要重读的文件数"),
    "documents_parsed": ("bigint", "没有缓存、实际读取的报告数"),
    "documents_added": ("bigint", "新增的报告数（按内容）"),
    "documents_removed": ("bigint", "不再有的报告数（按内容）"),
    "documents": ("bigint", "raw.document 的行数"),
    "documents_rejected": ("bigint", "其中没有读入的"),
    "documents_partial": ("bigint", "其中不完整的"),
    "figures": ("bigint", "marts.fct_figure 的行数"),
    "anomalies": ("bigint", "疑点数"),
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
_STEP_COLUMNS = {
    "run_id": ("varchar", "运行的标识，见 meta.run"),
    "step_no": ("integer", "步骤序号，从 1 起"),
    "step": ("varchar", "步骤"),
    "seconds": ("double", "用时（秒）"),
}


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
    """A run while it goes on, and afterwards; fields are the columns of `meta.run`, and the seconds of each step."""

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
    process: int = field(default_factory=os.getpid)
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

    The block ends it as `built` in what it publishes (`publish`), or as `unchanged`; what it raises makes it `failed`.
    """
    run = Run(command)
    log = _log_of(warehouse)
    with suppress(OSError):  # where nothing can be written, publishing says so in better words
        _append(log, run)
    try:
        yield run
    except BaseException as error:
        run.end("failed", str(error) or type(error).__name__)
        with suppress(OSError):
            _append(log, run)
        raise
    with suppress(OSError):  # what was to be done is done, and a full disk changes nothing about that
        if run.outcome == "built":
            _forget(log, run.taken_over)
        else:
            _append(log, run)


def publish(connection: duckdb.DuckDBPyConnection, warehouse: Path, run: Run) -> None:
    """Write the run into the warehouse that it is about to publish, and those before it that published nothing."""
    run.end("built")
    create(connection)
    known = {row[0] for row in connection.execute(f"select run_id from {RUN}").fetchall()}
    logged = [each for each in _logged(_log_of(warehouse)) if each.run_id != run.run_id and not _is_running(each)]
    run.taken_over = {run.run_id, *(each.run_id for each in logged)}
    for each in [*(each for each in logged if each.run_id not in known), run]:
        values = [getattr(each, name) for name in _RUN_COLUMNS]
        connection.execute(f"insert into {RUN} values ({', '.join('?' * len(values))})", values)
        for number, (name, seconds) in enumerate(each.steps.items(), 1):
            connection.execute(f"insert into {STEP} values (?, ?, ?, ?)", [each.run_id, number, name, seconds])


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables, if they are not there yet."""
    connection.execute("create schema if not exists meta")
    for table, comment, columns in ((RUN, _RUN_COMMENT, _RUN_COLUMNS), (STEP, _STEP_COMMENT, _STEP_COLUMNS)):
        listed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists {table} ({listed})")
        connection.execute(f"comment on table {table} is '{comment}'")
        for name, (_, text) in columns.items():
            connection.execute(f"comment on column {table}.{name} is '{text}'")


def carry_over(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Copy the runs of the attached warehouse `catalog`, if it has any, into the new one."""
    create(connection)
    for table in (RUN, STEP):
        try:
            connection.execute(f"insert into {table} by name select * from {catalog}.{table}")
        except duckdb.Error:
            return  # a version before there were runs, or with columns that are no more, or a damaged one


def history(warehouse: Path, connection: duckdb.DuckDBPyConnection | None) -> list[Run]:
    """All runs, the last first: of the warehouse, if there is one, and those in the log; one may be `running`.

    The order is that in which they were written down, which holds when the clock was wrong for a while.
    """
    found: list[Run] = []
    if connection is not None and _exists(connection, RUN):
        # DuckDB gives times with a zone only where a package is that nothing else here needs.
        names = ", ".join(f"epoch_us({n})" if n in _TIMES else n for n in _RUN_COLUMNS)
        rows = connection.execute(f"select {names} from {RUN} order by rowid").fetchall()
        steps = connection.execute(f"select run_id, step, seconds from {STEP} order by run_id, step_no").fetchall()
        for row in rows:
            values = dict(zip(_RUN_COLUMNS, row, strict=True))
            times = {n: None if values[n] is None else _EPOCH + timedelta(microseconds=values[n]) for n in _TIMES}
            run = Run(**values | times)
            run.steps = {name: seconds for run_id, name, seconds in steps if run_id == run.run_id}
            found.append(run)
    known = {run.run_id for run in found}
    for run in _logged(_log_of(warehouse)):
        if run.run_id not in known:
            run.outcome = "running" if _is_running(run) else run.outcome
            found.append(run)
    return found[::-1]


def made_by(connection: duckdb.DuckDBPyConnection) -> Fingerprints | None:
    """What the warehouse as it is was made by; None if that is not known."""
    if not _exists(connection, MADE_BY):
        return None
    row = connection.execute(f"select loader_version, vocabulary_version, project_version from {MADE_BY}").fetchone()
    return Fingerprints(*row) if row is not None else None


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the current database has the table `schema.name`."""
    found = connection.execute(
        "select count(*) from information_schema.tables"
        " where table_catalog = current_database() and table_schema || '.' || table_name = ?",
        [table],
    ).fetchone()
    return found is not None and bool(found[0])


def note_made_by(connection: duckdb.DuckDBPyConnection, known: Fingerprints) -> None:
    """Write what the warehouse is made by now."""
    connection.execute("create schema if not exists meta")
    connection.execute(
        f"create or replace table {MADE_BY} as select ?::varchar as loader_version, ?::varchar as vocabulary_version,"
        " ?::varchar as project_version",
        [known.loader, known.vocabulary, known.project],
    )
    connection.execute(f"comment on table {MADE_BY} is '{_MADE_BY_COMMENT}'")
    for name in ("loader_version", "vocabulary_version", "project_version"):
        connection.execute(f"comment on column {MADE_BY}.{name} is '{_RUN_COLUMNS[name][1]}'")


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


def _is_running(run: Run) -> bool:
    """Whether a run that has not ended may still go on."""
    if run.finished_at is not None or run.process <= 0:
        return False
    try:
        os.kill(run.process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return run.process_since is None or run.process_since == _since(run.process)


def _append(log: Path, run: Run) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with _held(log) as file:
        file.write(f"{_mend(log)}{_line(run)}")
        file.flush()
        os.fsync(file.fileno())


def _mend(log: Path) -> str:
    """The end of a line that a full disk or a crash cut short, so that it spoils no other."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        return "" if file.read() in (b"", b"\n") else "\n"


def _forget(log: Path, taken_over: Collection[str]) -> None:
    """Leave in the log what no published warehouse has."""
    if not log.exists():
        return
    with _held(log):
        left = [_line(each) for each in _logged(log) if each.run_id not in taken_over]
        if not left:
            log.unlink()
            return
        aside = log.with_suffix(".aside")
        aside.write_text("".join(left), encoding="utf-8")
        aside.replace(log)


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


def _logged(log: Path) -> list[Run]:
    """The runs in the log, each as its last line has it; a line that was not written whole is no line."""
    try:
        lines = log.read_bytes().splitlines()
    except OSError:
        return []
    found: dict[str, Run] = {}
    for line in lines:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            run = _RECORD.decode(line)
            found[run.run_id] = run
    return list(found.values())


_RECORD = msgspec.json.Decoder(Run)
