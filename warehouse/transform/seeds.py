"""Loads a seed: a reference table as CSV, every column with a declared type, every value checked before it is cast.

The CSV is read by Python's strict reader, not DuckDB's, which drops a row whose last quote is missing without a word
(DuckDB 2.0); this one also knows on which line each record starts.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.files import read_text
from warehouse.transform.resources import Project, Seed, quoted
from warehouse.transform.tables import fill

if TYPE_CHECKING:
    from _csv import Reader as _Reader

_STAGE = "_gouji_seed"
_EXACT = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


@dataclass(frozen=True, slots=True)
class _Records:
    """A CSV by column, with the line that each record starts on; an empty field is None."""

    columns: dict[str, list[str | None]]
    lines: list[int]


def load_seed(connection: duckdb.DuckDBPyConnection, project: Project, seed: Seed, *, is_kept: bool = False) -> int:
    """Makes the table of a seed and returns its number of rows; an empty field becomes NULL. `is_kept`: see `fill`.

    Raises TransformError with the line: a record with missing or extra fields, a quote that does not end, text that is
    not UTF-8, a column without a declared type, a value that its type cannot hold exactly.
    """
    records = _read(project, seed)
    types = _types(seed, list(records.columns))
    _stage(connection, records)
    _check(connection, seed, types)
    columns = ", ".join(
        f"cast(c{index} as {sql_type}) as {quoted(name)}" for index, (name, sql_type) in enumerate(types.items())
    )
    target = f"{quoted(seed.schema)}.{quoted(seed.name)}"
    rows = fill(connection, target, f"select {columns} from {_STAGE} order by line", is_kept=is_kept)
    connection.execute(f"drop table {_STAGE}")
    return rows


def _stage(connection: duckdb.DuckDBPyConnection, records: _Records) -> None:
    """Puts the text into a temporary table with columns `c0`, `c1`, … and `line`.

    List parameters take 12 ms for 2000 rows of 8 columns; Arrow would first import pyarrow and pandas, 0.5 s.
    """
    columns = [f"unnest(?::varchar[]) as c{index}" for index in range(len(records.columns))]
    select = ", ".join([*columns, "unnest(?::bigint[]) as line"])
    values = [*records.columns.values(), records.lines]
    connection.execute(f"create or replace temp table {_STAGE} as select {select}", values)


def _read(project: Project, seed: Seed) -> _Records:
    reader = csv.reader(io.StringIO(read_text(project.root, project.root / seed.file), newline=""), strict=True)
    header = _next(reader, seed)
    if not header:
        raise TransformError(seed.file, 1, "种子文件缺少表头")
    for index, name in enumerate(header):
        if not name.strip():
            raise TransformError(seed.file, 1, f"表头第 {index + 1} 列没有名称")
        if name.lower() in (other.lower() for other in header[:index]):
            raise TransformError(seed.file, 1, f"表头中列 {name} 重复")
    rows: list[list[str]] = []
    lines: list[int] = []
    start = reader.line_num + 1
    while (row := _next(reader, seed)) is not None:
        if row and len(row) != len(header):
            raise TransformError(seed.file, start, f"应有 {len(header)} 列，实有 {len(row)} 列")
        if row:
            rows.append(row)
            lines.append(start)
        start = reader.line_num + 1
    return _Records({name: [row[index] or None for row in rows] for index, name in enumerate(header)}, lines)


def _next(reader: _Reader, seed: Seed) -> list[str] | None:
    start = reader.line_num + 1
    try:
        return next(reader, None)
    except csv.Error as error:
        raise TransformError(seed.file, start, f"CSV 写法有误，多半是引号没有成对（{error}）") from error


def _types(seed: Seed, header: list[str]) -> dict[str, str]:
    """The declared type of each column, in the order of the file."""
    place = seed.types_place
    for name in header:
        if name not in seed.column_types:
            hint = suggestion(name, seed.column_types)
            raise TransformError(place.file, place.line, f"种子 {seed.name} 的列 {name} 没有声明类型{hint}")
    for name in seed.column_types:
        if name not in header:
            hint = suggestion(name, header)
            raise TransformError(place.file, place.line, f"种子 {seed.name} 没有声明了类型的列 {name}{hint}")
    return {name: seed.column_types[name] for name in header}


def _check(connection: duckdb.DuckDBPyConnection, seed: Seed, types: dict[str, str]) -> None:
    """Raises TransformError for the first value, by line and then by column, that its type cannot hold exactly."""
    checks = [
        f"min(line) filter (where {_unfit(f'c{index}', sql_type)}) as c{index}"
        for index, sql_type in enumerate(types.values())
    ]
    try:
        found = connection.execute(f"select {', '.join(checks)} from {_STAGE}").fetchall()
    except duckdb.Error as error:
        place = seed.types_place
        message = str(error).split("\n", 1)[0]
        raise TransformError(place.file, place.line, f"种子 {seed.name} 声明的类型有误（{message}）") from error
    bad = [(line, index) for index, line in enumerate(found[0]) if line is not None]
    if bad:
        line, index = min(bad)
        name, sql_type = list(types.items())[index]
        ((value,),) = connection.execute(f"select c{index} from {_STAGE} where line = ?", [line]).fetchall()
        raise TransformError(seed.file, line, f"列 {name} 的值 “{value}”不能准确转换为 {sql_type}")


def _unfit(column: str, sql_type: str) -> str:
    """SQL that holds for a value that does not cast, or that a whole or decimal number type would round."""
    failed = f"{column} is not null and try_cast({column} as {sql_type}) is null"
    kind = sql_type.upper().split("(")[0].strip()
    if kind not in _EXACT and kind not in ("INT", "DECIMAL", "NUMERIC"):
        return failed
    return f"({failed}) or try_cast({column} as {sql_type}) <> try_cast({column} as decimal(38, 15))"
