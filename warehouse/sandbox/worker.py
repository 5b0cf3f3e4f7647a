"""The process in which an untrusted query runs: started by `warehouse.sandbox`, never imported by it.

Takes a request as JSON on standard input; gives the answer on standard output, and says by its exit code whether that
is an Arrow stream (ANSWERED) or a message in Chinese (REFUSED). Whatever else happens to it, the parent notices.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

try:
    import resource
except ImportError:  # a system without limits of processes: the time limit of the parent and DuckDB's own remain
    resource = None  # type: ignore[assignment]

ANSWERED, REFUSED = 0, 3

# Address space that DuckDB and the allocator reserve beyond what `memory_limit` counts: stacks, arenas, buffers.
_HEADROOM = 512 * 2**20
_BATCH_ROWS = 10_000


class _RefusedError(Exception):
    """A query that is not run, or an answer that is not given; the message is for the person who asked."""


def _connect(request: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A connection that can only read this one file, and whose settings no query can change."""
    connection = duckdb.connect(
        request["warehouse"],
        read_only=True,
        config={
            "memory_limit": f"{request['memory_bytes']}B",
            "threads": request["threads"],
            "temp_directory": request["temp_directory"],
            "max_temp_directory_size": f"{request['temp_bytes']}B",
            "secret_directory": request["temp_directory"],
            "extension_directory": request["temp_directory"],
        },
    )
    for statement in (
        "set enable_external_access = false",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set allow_community_extensions = false",
        "set allow_persistent_secrets = false",
        "set python_enable_replacements = false",
        "set lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def _limit_process(request: dict[str, Any]) -> None:
    """Limits that hold where DuckDB's do not: one string may take more than `memory_limit`, and ends no earlier."""
    if resource is None:
        return
    with suppress(OSError):  # a system without /proc keeps the other limits
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, used + request["memory_bytes"] + _HEADROOM)
    # The parent ends this process by the clock; should the parent be gone, its own processor time ends it.
    _limit(resource.RLIMIT_CPU, (request["timeout_seconds"] + 1) * (request["threads"] + 1))
    _limit(resource.RLIMIT_FSIZE, request["temp_bytes"])
    _limit(resource.RLIMIT_CORE, 0)


def _limit(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def _kind(sql: str) -> duckdb.StatementType:
    """What kind of statement this is; refuse all but one statement that reads.

    PIVOT without a list of values counts as several in DuckDB (MULTI): what stands in it is held by the settings.
    """
    statements = duckdb.extract_statements(sql)
    if not statements:
        raise _RefusedError("没有要执行的查询：SQL 是空的")
    if len(statements) > 1:
        raise _RefusedError(f"一次只能问一个查询，这里有 {len(statements)} 个：请去掉多余的分号，或分几次问")
    kind = statements[0].type
    if kind not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI):
        raise _RefusedError(
            f"只能查询，不能运行 {kind.name} 语句："
            "请用 SELECT、FROM、WITH、VALUES、PIVOT、DESCRIBE、SHOW、SUMMARIZE 或 EXPLAIN"
        )
    return kind


def _answer(connection: duckdb.DuckDBPyConnection, request: dict[str, Any]) -> None:
    """Run the query and write its answer as an Arrow stream, as long as that stays within the limit."""
    sql, parameters = request["sql"], request["parameters"] or None
    # A relation streams its rows, a statement holds them all; but only the latter takes what is no single SELECT.
    if _kind(sql) == duckdb.StatementType.SELECT:
        reader = connection.sql(sql, params=parameters).to_arrow_reader(_BATCH_ROWS)
    else:
        reader = connection.execute(sql, parameters).to_arrow_reader(_BATCH_ROWS)
    sink = sys.stdout.buffer
    written = 0
    with pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in reader:
            written += batch.nbytes
            if written > request["result_bytes"]:
                raise _RefusedError(
                    f"答案超过 {request['result_bytes'] // 2**20} MB：请加条件或先汇总；要整张表请用 gouji export"
                )
            stream.write_batch(batch)
    sink.flush()


def _refuse(message: str) -> None:
    """End with a message; what was written of an answer before it is told from it by the exit code."""
    sys.stderr.buffer.write(message.encode())
    sys.stderr.flush()
    sys.exit(REFUSED)


def main() -> None:
    """Answer the one request on standard input."""
    request = json.load(sys.stdin.buffer)
    try:
        connection = _connect(request)
    except duckdb.Error as error:
        _refuse(f"{request['warehouse']} 不是可以打开的 gouji 数仓（{str(error).strip().splitlines()[0]}）")
    try:
        _limit_process(request)
        _answer(connection, request)
    except _RefusedError as error:
        _refuse(str(error))
    except (duckdb.OutOfMemoryException, MemoryError, pa.ArrowMemoryError) as error:
        reason = str(error).strip().partition("\n")[0] or "内存不足"
        _refuse(
            f"查询需要的内存超过 {request['memory_bytes'] // 2**20} MB，没有运行完："
            f"请加条件或先汇总，或用 --memory 放宽（{reason}）"
        )
    except duckdb.Error as error:
        _refuse(f"查询没有成功：{str(error).strip()}")


if __name__ == "__main__":
    main()
