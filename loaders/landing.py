"""Documents and what was read in them, landed in the `raw` schema through Arrow.

Takes an open DuckDB connection and interpreted documents; fills `raw.document`, `raw.block`, `raw.cell`, `raw.report`,
`raw.number` and the other raw tables. Everything is as printed: text, digits and positions. Typing and meaning in yuan
start in SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from loaders import version
from loaders.document import Block, Document, Status
from loaders.grids.forms import FormRecord, IndicatorRecord
from loaders.interpret import Interpretation
from loaders.raw_tables import SCHEMAS
from loaders.reading import Reading

Tables = dict[str, pa.Table]
"""Rows of raw tables, by their names; tables without rows are left out."""

_ROWS = {table: pa.struct([(name, kind) for name, (kind, _) in columns.items()]) for table, columns in SCHEMAS.items()}


@dataclass(slots=True)
class Landing:
    """Fills the raw tables of a connection; documents with content that is already there become duplicates.

    `add` does all of it. Where documents are read elsewhere, `add_content` takes what `content_rows` gave there, once a
    content, and `add_documents` the documents in their order, for which blocks are not needed.
    """

    connection: duckdb.DuckDBPyConnection
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _seen: dict[str, str] = field(default_factory=dict)

    def create(self) -> None:
        """Create the empty raw tables with their comments."""
        self.connection.execute("create schema if not exists raw")
        for table, columns in SCHEMAS.items():
            empty = pa.schema([(name, kind) for name, (kind, _) in columns.items()]).empty_table()
            self.connection.register("landing_batch", empty)
            self.connection.execute(f"create table raw.{table} as select * from landing_batch")
            self.connection.unregister("landing_batch")
            for name, (_, comment) in columns.items():
                self.connection.execute(f"comment on column raw.{table}.{name} is '{comment}'")

    def add(self, batch: Iterable[tuple[Document, Interpretation]]) -> list[Document]:
        """Land a batch of documents in one transaction; gives them as landed (duplicates marked as rejected)."""
        pairs = list(batch)
        self.connection.begin()
        landed = self.add_documents((document, None) for document, _ in pairs)
        originals = {document.document_id for document in landed}
        contents: dict[str, tuple[Document, Interpretation]] = {}
        for pair in pairs:
            if pair[0].document_id in originals:
                contents.setdefault(pair[0].document_id, pair)
        self.add_content([content_rows(*content) for content in contents.values()])
        self.connection.commit()
        return landed

    def add_documents(self, documents: Iterable[tuple[Document, datetime | None]]) -> list[Document]:
        """Land rows of raw.document, with when each content was loaded (None: now); gives the documents as landed.

        Of several with one content the first is the original, and the others become duplicates of it.
        """
        rows: list[dict[str, Any]] = []
        landed: list[Document] = []
        for document, loaded_at in documents:
            sha = document.document_id
            original = self._seen.get(sha)
            if original is None:
                self._seen[sha] = document.file_name
            else:
                document = _duplicate(document, original)
            rows.append(_document_row(document, None if original is None else sha, loaded_at or self.loaded_at))
            landed.append(document)
        if rows:
            self._insert("document", _table("document", rows))
        return landed

    def add_content(self, contents: Sequence[Tables]) -> None:
        """Land rows of the tables other than raw.document."""
        for table in SCHEMAS:
            if parts := [content[table] for content in contents if table in content]:
                self._insert(table, pa.concat_tables(parts))

    def _insert(self, table: str, rows: pa.Table) -> None:
        self.connection.register("landing_batch", rows)
        self.connection.execute(f"insert into raw.{table} select * from landing_batch")
        self.connection.unregister("landing_batch")


def content_rows(document: Document, interpretation: Interpretation) -> Tables:
    """The rows of a document in all raw tables but raw.document: nothing in them knows its name or place."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in SCHEMAS}
    _content_rows(rows, document, interpretation)
    return {table: _table(table, found) for table, found in rows.items() if found}


def raw_tables(document: Document, interpretation: Interpretation, loaded_at: datetime) -> Tables:
    """What one document gives to the raw tables, its row of raw.document with them."""
    return {"document": _table("document", [_document_row(document, None, loaded_at)])} | content_rows(
        document, interpretation
    )


def _table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows in the columns of a raw table; what a row does not name is empty."""
    structs = pa.array(rows, type=_ROWS[table])  # a column at a time in Python takes twice as long
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(structs)])


def _duplicate(document: Document, original: str) -> Document:
    digest = hashlib.sha256(f"{document.document_id}\0{document.path}".encode()).hexdigest()
    return Document(
        document_id=digest,
        file_name=document.file_name,
        path=document.path,
        format=document.format,
        size=document.size,
        encoding=document.encoding,
        title=document.title,
        status=Status.REJECTED,
        reason="duplicate",
        message=f"内容与 {original} 相同",
    )


def _document_row(document: Document, duplicate_of: str | None, loaded_at: datetime) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "file_name": document.file_name,
        "path": document.path,
        "format": document.format,
        "bytes": document.size,
        "encoding": document.encoding,
        "title": document.title,
        "status": document.status.value,
        "reason": document.reason,
        "message": document.message,
        "duplicate_of": duplicate_of,
        "loader_version": version.loader(),
        "loaded_at": loaded_at,
    }


def _content_rows(rows: dict[str, list[dict[str, Any]]], document: Document, interpretation: Interpretation) -> None:
    key = {"document_id": document.document_id}
    blocks = {block.block_no: block for block in document.blocks}
    for block in document.blocks:
        rows["block"].append(
            {
                **key,
                "block_no": block.block_no,
                "kind": block.kind.value,
                "page": block.page,
                "level": block.level,
                "text": block.text,
                **_recognised(block, 0, len(block.text)),
            }
        )
    for attachment_no, attachment in enumerate(document.attachments, 1):
        rows["attachment"].append(
            {**key, "attachment_no": attachment_no, "name": attachment.name, "address": attachment.address}
        )
    for omission_no, omission in enumerate(document.omissions, 1):
        rows["omission"].append({**key, "omission_no": omission_no, **asdict(omission)})
    printed_on: dict[tuple[int | None, int | None, int | None], int | None] = {}
    labels = {(label.table_no, label.row_no, label.col_no): label for label in interpretation.labels}
    for block, table in document.tables():
        for cell in table.cells:
            place = (table.table_no, cell.row_no, cell.col_no)
            printed_on[place] = block.page if cell.page is None else cell.page
            label = labels.get(place)
            rows["cell"].append(
                {
                    **key,
                    "table_no": table.table_no,
                    "block_no": block.block_no,
                    "row_no": cell.row_no,
                    "col_no": cell.col_no,
                    "row_span": cell.row_span,
                    "col_span": cell.col_span,
                    "page": printed_on[place],
                    "text": cell.text,
                    "char_start": cell.char_start,
                    "char_end": cell.char_end,
                    "column_label": label.column_label if label else None,
                    "row_label": label.row_label if label else None,
                    **_recognised(block, cell.char_start, cell.char_end),
                }
            )
    for grid in interpretation.grids:
        rows["grid"].append(
            {
                **key,
                "table_no": grid.table_no,
                "block_no": grid.block_no,
                "kind": grid.kind,
                "title": grid.title,
                "unit_text": grid.unit,
                "reason": grid.reason,
                "fiscal_year": grid.fiscal_year,
                "organization_name": grid.organization,
                "note": grid.note,
            }
        )
    for blank in interpretation.blanks:
        page = printed_on[blank.table_no, blank.row_no, blank.col_no]
        rows["blank"].append({**key, **asdict(blank), "page": page})
    for entry in interpretation.listed:
        rows["listed_table"].append(
            {
                **key,
                "entry_no": entry.entry_no,
                "block_no": entry.block_no,
                "title": entry.title,
                "printed": entry.printed,
                "kind": entry.kind,
                "note": entry.note or None,
            }
        )
    rows["form"].extend({**key, **_fields(form)} for form in interpretation.forms)
    page_of_row = {(table_no, row_no): page for (table_no, row_no, _), page in printed_on.items()}
    for indicator in interpretation.indicators:
        page = page_of_row.get((indicator.table_no, indicator.row_no), blocks[indicator.block_no].page)
        rows["indicator"].append({**key, "page": page, **_fields(indicator)})
    for report in interpretation.reports:
        rows["report"].append(
            {
                **key,
                "report_no": report.report_no,
                "kind": report.kind,
                "title": report.title,
                "organization_name": report.organization_name or None,
                "fiscal_year": report.fiscal_year,
                "first_block": report.first_block,
                "last_block": report.last_block,
                "default_phase": report.default_phase,
                "project_name": report.project_name,
            }
        )
    for reading in interpretation.readings:
        page = printed_on.get((reading.table_no, reading.row_no, reading.col_no), blocks[reading.block_no].page)
        rows["number"].append({**key, **_number_row(reading, blocks[reading.block_no], page)})


def _fields(record: FormRecord | IndicatorRecord) -> dict[str, Any]:
    """The fields of a record as columns; a blank is nothing, but for a reason that a form asks for."""
    return {name: value if value != "" or name == "reason" else None for name, value in asdict(record).items()}


def _recognised(block: Block, start: int, end: int) -> dict[str, Any]:
    """How a part of a block's text was recognised, if it was."""
    if block.ocr is None:
        return {}
    return {
        "ocr_confidence": block.ocr.confidence(start, end),
        "ocr_text": block.ocr.recognised(block.text, start, end),
    }


def _number_row(reading: Reading, block: Block, page: int | None) -> dict[str, Any]:
    meaning, text = reading.meaning, block.text
    printed = text[reading.char_start : reading.char_end]
    row: dict[str, Any] = {
        "number_no": reading.number_no,
        "report_no": reading.report_no,
        "block_no": reading.block_no,
        "page": page,
        "table_no": reading.table_no,
        "row_no": reading.row_no,
        "col_no": reading.col_no,
        "side": reading.side,
        "char_start": reading.char_start,
        "char_end": reading.char_end,
        "digits_end": reading.digits_end,
        "printed": printed,
        "stated": reading.digits + ("" if reading.unit_implied or not reading.unit else reading.unit),
        "digits": reading.digits,
        "decimals": reading.decimals,
        "unit_text": reading.unit,
        "unit_implied": reading.unit_implied,
        "sign": reading.sign,
        "fiscal_year": reading.fiscal_year,
        "section": reading.section,
        "quote": text[reading.quote_start : reading.quote_end],
        "outcome": reading.outcome,
        "term": reading.term or None,
        **_recognised(block, reading.char_start, reading.char_end),
    }
    if meaning is not None:
        row |= {
            "statement": meaning.statement,
            "item": meaning.item,
            "item_label": meaning.label,
            "component": meaning.component,
            "fund": meaning.fund,
            "code": meaning.code,
            "phase": meaning.phase,
            "item_path": meaning.path or None,
            "base": meaning.base or None,
            "base_item": meaning.base_item,
            "base_phase": meaning.base_phase,
            "of_number": meaning.of_number,
            "whole_number": meaning.whole_number,
            "parent_number": meaning.parent_number,
            "organization_name": meaning.organization or None,
        }
    return row
