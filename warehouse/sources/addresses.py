"""From where on the web the documents of a warehouse came: `meta.source_address`, from the manifests beside the files.

Takes the inventory of a build; gives rows. A document is known by its content, so a file that was moved since it was
fetched keeps its address, and only what was received from an address counts, not how often it was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse import meta
from warehouse.meta import MetaTable
from warehouse.reading import inventory
from warehouse.reading.inventory import SourceFile
from warehouse.sources import manifest
from warehouse.sources.manifest import Entry

TABLE = MetaTable(
    "source_address",
    "一行一份报告和它的一个网址：gouji fetch 从那里下载了这份报告，或含有它的压缩包",
    {
        "document_id": ("varchar", "报告，见 raw.document"),
        "address": ("varchar", "网址，如网址列表所写"),
        "final_address": ("varchar", "转向后的网址"),
        "fetched_at": ("timestamp", "第一次从这个网址收到这些内容的时间（UTC）"),
        "file_sha256": ("varchar", "下载的文件的 SHA-256；报告在压缩包里时是压缩包的"),
        "member": ("varchar", "报告在压缩包里的名称；不在压缩包里为空字符"),
        "organization_name": ("varchar", "网址列表所写的单位"),
        "note": ("varchar", "网址列表所写的备注"),
    },
)


def rows(files: Sequence[SourceFile]) -> list[tuple[str, ...]]:
    """The rows of `meta.source_address` for these files, in order; times are text, `2026-11-28 02:30:00`."""
    received: dict[str, dict[str, Entry]] = {}
    for folder in manifest.beside(file.path for file in files):
        for entry in manifest.read(folder):
            if entry.sha256:
                first = received.setdefault(entry.sha256, {}).setdefault(entry.address, entry)
                if entry.fetched_at < first.fetched_at:
                    received[entry.sha256][entry.address] = entry
    return sorted(
        {
            (
                member.document_id,
                entry.address,
                entry.final_address,
                entry.fetched_at[:19].replace("T", " "),
                file.sha,
                member.name,
                entry.organization,
                entry.note,
            )
            for file in files
            if file.sha is not None and file.sha in received
            for entry in received[file.sha].values()
            for member in file.members
        }
    )


def write(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> None:
    """Replace the table by the rows of these files, after they have landed: what is in them is in the inventory."""
    is_fetched = bool(manifest.beside(file.path for file in files))
    meta.write(connection, TABLE, rows(inventory.read(connection)) if is_fetched else [])


def read(connection: duckdb.DuckDBPyConnection, document_id: str | None = None) -> list[tuple[str, ...]]:
    """The table, or the rows of one document, as `rows` gives them; none for a warehouse without such a table."""
    if not meta.exists(connection, TABLE.relation):
        return []
    columns = ", ".join(f"strftime({n}, '%Y-%m-%d %H:%M:%S')" if n == "fetched_at" else n for n in TABLE.columns)
    found = connection.execute(
        f"select {columns} from {TABLE.relation} where ? is null or document_id = ?", [document_id, document_id]
    )
    return sorted(found.fetchall())
