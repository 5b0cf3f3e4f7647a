"""Rows that a worker has made, on their way into the warehouse: a file of Arrow tables, document by document.

They wait on disk, so that a build lands documents in their order, whichever is read first, and holds few of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from loaders.landing import Tables

_PLAIN, _PACKED = pa.ipc.IpcWriteOptions(), pa.ipc.IpcWriteOptions(compression="zstd")
# Bytes of a table that are worth packing: for a page of figures it takes twenty times as long as writing them.
_LARGE = 256 * 1024


def write(file: BinaryIO, document_id: str, tables: Tables) -> None:
    """Add the rows of a document."""
    for name, table in tables.items():
        sink = pa.BufferOutputStream()
        options = _PACKED if table.nbytes > _LARGE else _PLAIN
        with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
            stream.write_table(table)
        rows = sink.getvalue()
        file.write(f"{document_id} {name} {rows.size}\n".encode())
        file.write(rows)


def read(path: Path) -> Iterator[tuple[str, str, pa.Table]]:
    """The rows again: document, name of the table, rows."""
    with path.open("rb") as file:
        while line := file.readline():
            document_id, name, size = line.decode().split()
            yield document_id, name, pa.ipc.open_stream(file.read(int(size))).read_all()
