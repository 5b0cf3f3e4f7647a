"""Untrusted SQL: asked in a process of its own that can only read one file, and that ends when its time is up.

Takes a warehouse file and a query; gives an Arrow table, in which decimals are exact. DuckDB's settings keep a query
from files, network and extensions; limits of the process keep it from memory and time that DuckDB does not count.
"""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.errors import GoujiError

if TYPE_CHECKING:
    import pyarrow as pa

_WORKER = Path(__file__).with_name("worker.py")
_ANSWERED, _REFUSED = 0, 3

# What a Python process may need of the environment; nothing else of it reaches the query's process.
_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")


# Two arenas are enough for two threads; more would only reserve address space, which is limited.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMG])i?B?\s*", re.IGNORECASE)
_SCALE = {"K": 2**10, "M": 2**20, "G": 2**30}


class SandboxError(GoujiError):
    """A query that was refused, failed, or went beyond its limits; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may use: seconds by the clock; bytes of memory, of temporary files and of the answer."""

    timeout_seconds: float = 60
    memory_bytes: int = 2**30
    threads: int = 2
    temp_bytes: int = 2 * 2**30
    result_bytes: int = 512 * 2**20


def size(text: str) -> int:
    """Bytes of a size as people write it: `512MB`, `2GB`, `1.5G`.

    Raises SandboxError for anything else, and below 64 MB, in which DuckDB cannot work.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise SandboxError(f"看不懂这个大小：{text}。请写成 512MB 或 2GB")
    value = int(float(match[1]) * _SCALE[match[2].upper()])
    if value < 64 * 2**20:
        raise SandboxError(f"{text} 太小：查询至少需要 64MB 内存")
    return value


def ask(
    warehouse: Path,
    sql: str,
    parameters: Mapping[str, int | str | None] | None = None,
    limits: Limits | None = None,
) -> pa.Table:
    """The answer to one query, with `$name` in it standing for a parameter.

    Raises SandboxError if there is no warehouse, if the query is not one that reads, if DuckDB refuses it, or if it
    goes beyond `limits`; the process is gone by then.
    """
    limits = limits or Limits()
    if not warehouse.is_file():
        raise SandboxError(f"找不到数仓文件 {warehouse}：请先运行 gouji build，或用 --warehouse 指明文件")
    with tempfile.TemporaryDirectory(prefix="gouji-sql-", ignore_cleanup_errors=True) as folder:
        request = {
            "warehouse": str(warehouse.resolve()),
            "sql": sql,
            "parameters": dict(parameters or {}),
            "timeout_seconds": math.ceil(limits.timeout_seconds),
            "memory_bytes": limits.memory_bytes,
            "threads": limits.threads,
            "temp_directory": folder,
            "temp_bytes": limits.temp_bytes,
            "result_bytes": limits.result_bytes,
        }
        process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _ALLOCATOR,
            start_new_session=True,
        )
        try:
            import pyarrow as pa  # while the other process starts: this takes as long as that

            answer, message = process.communicate(json.dumps(request).encode(), limits.timeout_seconds)
        except subprocess.TimeoutExpired:
            raise SandboxError(
                f"查询超过 {limits.timeout_seconds:g} 秒，已中止：请加条件或先汇总，或用 --timeout 放宽"
            ) from None
        finally:
            _end(process)
    if process.returncode == _ANSWERED:
        return pa.ipc.open_stream(pa.py_buffer(answer)).read_all()
    if process.returncode == _REFUSED:
        raise SandboxError(message.decode("utf-8", "replace"))
    raise SandboxError(_death(process.returncode, message, limits))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process, if it is still there, and take its exit code."""
    if process.poll() is None:
        process.kill()
    process.communicate()


def _death(code: int, message: bytes, limits: Limits) -> str:
    """Why a process ended that did not say so itself."""
    if code == -getattr(signal, "SIGXCPU", 0):
        return f"查询用完了 {limits.timeout_seconds:g} 秒的处理器时间，已中止：请加条件或先汇总，或用 --timeout 放宽"
    lines = message.decode("utf-8", "replace").strip().splitlines()
    reason = f"信号 {-code}" if code < 0 else f"退出码 {code}"
    told = f"，{lines[-1]}" if lines else ""
    return (
        f"查询没有运行完，它的进程中止了（{reason}{told}）："
        f"多半是需要的内存超过 {limits.memory_bytes // 2**20} MB；请加条件或先汇总，或用 --memory 放宽"
    )
