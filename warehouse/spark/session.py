"""The Spark session of a build, with the settings that keep answers those of DuckDB; or a message what to install.

pyspark is the extra `spark`; nothing outside this package imports it, and here only functions do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.errors import GoujiError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')

# Wrong casts, overflows and divisions by zero fail, as they do in DuckDB; times are UTC; a sum keeps its decimals.
_SETTINGS = {
    "spark.app.name": "gouji",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
    # It takes the aliases of a union's columns away that the windows over it use, and fails on the plan that it made.
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
}
# One machine: no web page, few and small partitions, and no address but its own.
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


class SparkError(GoujiError):
    """Spark cannot be used, or failed; the message, Chinese first, says why and what to do."""


@contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """A session on `master` (`local[2]`, `spark://…`; None for what spark-defaults.conf or spark-submit say).

    Raises SparkError where pyspark or Java is missing, or the cluster does not answer.
    """
    missing = missing_parts()
    if missing:
        raise SparkError("\n".join(("不能用 Spark 构建：", *(f"  {each}" for each in missing))))
    from pyspark.sql import SparkSession

    # Workers read with the interpreter of the driver, unless the cluster names one of its own.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = _SETTINGS if master is None else _SETTINGS | {"spark.master": master}
    if (master or "local").startswith("local"):
        settings = _LOCAL | settings
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except failures() as error:
        raise SparkError(f"Spark 没有启动：{first_line(error)}") from error
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    except failures() as error:
        raise SparkError(f"Spark 执行失败：{first_line(error)}") from error
    finally:
        spark.stop()


def missing_parts(environment: Mapping[str, str] = os.environ) -> list[str]:
    """What Spark needs and this machine lacks, each with how to install it; nothing where all is there."""
    missing = []
    if find_spec("pyspark") is None:
        missing.append("缺少 pyspark：请安装附加组件 spark（在项目中运行 make spark，或 pip install 'gouji[spark]'）")
    if "SPARK_REMOTE" in environment:
        return missing
    java = _java(environment)
    if java is None:
        missing.append(
            f"缺少 Java {JAVA}：请安装（Debian：apt-get install openjdk-{JAVA}-jre-headless），或用 JAVA_HOME 指明"
        )
    elif (version := _java_version(java)) is None or version < JAVA:
        said = "无法得知版本" if version is None else f"是 Java {version}"
        missing.append(f"{java} {said}，Spark 需要 Java {JAVA} 或更新；请安装，或用 JAVA_HOME 指明")
    return missing


def failures() -> tuple[type[Exception], ...]:
    """What calls of Spark raise: its own errors, and those of the JVM that it does not know."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def first_line(error: Exception) -> str:
    """The part of Spark's message that says what happened, without the plan and the trace of the JVM."""
    lines = str(error).strip().split("\n")
    # Py4J says in its first line only which call failed
    return lines[1].lstrip(": ") if lines[0].startswith("An error occurred while calling") and lines[1:] else lines[0]


def _java(environment: Mapping[str, str]) -> Path | None:
    home = environment.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else environment.get("PATH", ""))
    return Path(found) if found else None


def _java_version(java: Path) -> int | None:
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return None
    version = _VERSION.search(told)
    return int(version[1]) if version else None
