"""Documents read in parallel on the cluster: each task opens files, interprets them and gives raw rows as Arrow.

Takes paths that every worker can open; lands the raw tables as Parquet. A worker needs gouji installed and nothing
of the project's folder: the vocabulary travels with the task.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders import formats
from loaders.interpret import Interpreter
from loaders.landing import raw_tables
from loaders.raw_tables import SCHEMAS
from loaders.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Where a document came from: the file in the order given, and the document in the file (an archive has several).
_PLACE = [("file_no", pa.int64()), ("member_no", pa.int32())]
_FILE = "file_no bigint, path string"
# Columns of raw.document that a file keeps whose content was there before; the rest of it is not looked at again.
_OF_A_DUPLICATE = ("file_name", "path", "format", "bytes", "encoding", "title", "loader_version", "loaded_at")


def land(
    spark: SparkSession, files: Sequence[Path], vocabulary: Vocabulary, folder: Path, loaded_at: datetime
) -> dict[str, str]:
    """Read `files` and write the raw tables below `folder`; gives the Parquet folder of each table.

    What one file gives goes to one task; of files with the same content the first counts, in the order given, and the
    others become rejected documents with the reason `duplicate`, as on one machine.
    """
    from pyspark.sql import functions as F  # noqa: N812 (the name that Spark's own documentation gives it)
    from pyspark.sql.pandas.types import from_arrow_schema

    paths = spark.createDataFrame([(number, str(file.absolute())) for number, file in enumerate(files)], _FILE)
    tasks = max(1, min(len(files), 4 * spark.sparkContext.defaultParallelism))
    read = paths.repartition(tasks).mapInArrow(_reader(vocabulary, loaded_at), from_arrow_schema(_landing_schema()))
    landing = str(folder / "landing")
    read.write.partitionBy("raw_table").parquet(landing)
    landed = spark.read.schema(read.schema).parquet(landing)

    def rows_of(table: str) -> DataFrame:
        return landed.where(F.col("raw_table") == table).select("file_no", "member_no", f"{table}.*")

    place = F.struct("file_no", "member_no")
    first = (
        rows_of("document")
        .groupBy("document_id")
        .agg(F.min(place).alias("place"), F.min_by("file_name", place).alias("original"))
    )
    folders = {}
    for table in SCHEMAS:
        rows = rows_of(table).join(first, "document_id")
        is_first = place == F.col("place")
        if table == "document":
            rows = rows.select(*(_document_column(name, is_first) for name in SCHEMAS[table]))
        else:
            rows = rows.where(is_first).select(*SCHEMAS[table])
        folders[table] = str(folder / "raw" / table)
        rows.write.parquet(folders[table])
    shutil.rmtree(landing)
    return folders


def _document_column(name: str, is_first: object) -> object:
    from pyspark.sql import functions as F  # noqa: N812

    column = F.col(name)
    if name in _OF_A_DUPLICATE:
        return column
    otherwise = {
        "document_id": F.sha2(F.concat("document_id", F.lit("\0"), "path"), 256),
        "status": F.lit("rejected"),
        "reason": F.lit("duplicate"),
        "message": F.concat(F.lit("内容与 "), "original", F.lit(" 相同")),
        "duplicate_of": F.col("document_id"),
    }[name]
    return F.when(is_first, column).otherwise(otherwise).alias(name)


def _landing_schema() -> pa.Schema:
    """One row a raw row: its place, its table, and a struct column a table, of which only its own is filled."""
    return pa.schema([*_PLACE, ("raw_table", pa.string()), *((table, _struct(table)) for table in SCHEMAS)])


def _struct(table: str) -> pa.DataType:
    return pa.struct([(name, kind) for name, (kind, _) in SCHEMAS[table].items()])


def _reader(
    vocabulary: Vocabulary, loaded_at: datetime
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The task: batches of (file_no, path) to batches of the landing schema."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        interpreter = Interpreter(vocabulary)
        for batch in batches:
            for file in batch.to_pylist():
                for member_no, document in enumerate(formats.read_all(Path(file["path"]))):
                    tables = raw_tables(document, interpreter.interpret(document), loaded_at)
                    for table, rows in tables.items():
                        yield _wide(file["file_no"], member_no, table, rows)

    return read


def _wide(file_no: int, member_no: int, table: str, rows: pa.Table) -> pa.RecordBatch:
    schema, count = _landing_schema(), rows.num_rows
    columns = []
    for field in schema:
        if field.name == table:
            columns.append(rows.to_struct_array().combine_chunks().cast(field.type))
        else:
            known = {"file_no": file_no, "member_no": member_no, "raw_table": table}.get(field.name)
            columns.append(pa.array([known] * count, type=field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
