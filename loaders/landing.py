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
from loaders.reading import Reading

_T, _I, _B = pa.string(), pa.int32(), pa.bool_()

# name -> (Arrow type, Chinese comment). These are the columns of the raw schema, in order.
SCHEMAS: dict[str, dict[str, tuple[Any, str]]] = {
    "document": {
        "document_id": (_T, "文件内容的 SHA-256；内容重复的文件另加路径计算"),
        "file_name": (_T, "文件名"),
        "path": (_T, "装载时的路径"),
        "format": (_T, "按内容判定的格式"),
        "bytes": (pa.int64(), "文件大小（字节）"),
        "encoding": (_T, "文本编码"),
        "title": (_T, "文件自己的标题"),
        "status": (_T, "装载状态：loaded、partial、rejected"),
        "reason": (_T, "未装载或部分装载的原因代码"),
        "message": (_T, "原因说明"),
        "duplicate_of": (_T, "内容相同、已装载的文件"),
        "loader_version": (_T, "装载程序版本"),
        "loaded_at": (pa.timestamp("us", tz="UTC"), "装载时间（UTC）"),
    },
    "block": {
        "document_id": (_T, "文件"),
        "block_no": (_I, "块序号，从 1 起，按阅读顺序"),
        "kind": (_T, "heading、paragraph 或 table"),
        "page": (_I, "页码，从 1 起；没有页的格式为空"),
        "level": (_I, "标题级别，1 最高；其他为 0"),
        "text": (_T, "原文，一字不改"),
        "ocr_confidence": (_I, "文字识别的把握（%），取最没有把握的字；不是识别的为空"),
        "ocr_text": (_T, "修正数字以前识别出的文字；没有修正为空"),
    },
    "cell": {
        "document_id": (_T, "文件"),
        "table_no": (_I, "表序号，从 1 起"),
        "block_no": (_I, "表所在的块"),
        "row_no": (_I, "行，从 0 起"),
        "col_no": (_I, "列，从 0 起"),
        "row_span": (_I, "占几行"),
        "col_span": (_I, "占几列"),
        "page": (_I, "页码"),
        "text": (_T, "单元格原文"),
        "char_start": (_I, "在块原文中的起点，从 0 起"),
        "char_end": (_I, "在块原文中的终点（不含）"),
        "column_label": (_T, "栏目"),
        "row_label": (_T, "行名"),
        "ocr_confidence": (_I, "文字识别的把握（%），取最没有把握的字；不是识别的、空单元格为空"),
        "ocr_text": (_T, "修正数字以前识别出的文字；没有修正为空"),
    },
    "attachment": {
        "document_id": (_T, "文件"),
        "attachment_no": (_I, "附件序号，从 1 起"),
        "name": (_T, "附件名称，印刷文字"),
        "address": (_T, "附件地址，原样，多为相对地址"),
    },
    "omission": {
        "document_id": (_T, "文件"),
        "omission_no": (_I, "序号，从 1 起"),
        "reason": (_T, "没有读入的原因代码"),
        "message": (_T, "没有读入的是什么、在哪里"),
        "count": (_I, "有几处"),
        "page": (_I, "页码；工作簿为第几张表"),
        "is_printed": (_B, "打开文件的人看得到；隐藏内容为 false"),
    },
    "grid": {
        "document_id": (_T, "文件"),
        "table_no": (_I, "表序号"),
        "block_no": (_I, "表所在的块"),
        "kind": (_T, "标准表种类，见 reference.table_kind；空为没有认出"),
        "title": (_T, "标题，原文"),
        "unit_text": (_T, "金额单位，原文"),
        "reason": (_T, "没有认出的原因代码"),
        "fiscal_year": (_I, "标题或表前所印的年度"),
        "organization_name": (_T, "表前所印的编制单位，原文"),
        "note": (_T, "表下的注，原文"),
    },
    "listed_table": {
        "document_id": (_T, "文件"),
        "entry_no": (_I, "序号，从 1 起，按印出的先后；重复列出的只取一次"),
        "block_no": (_I, "列出它的块"),
        "title": (_T, "目录中的表名，不含序号、页码"),
        "printed": (_T, "目录中的原文"),
        "kind": (_T, "标准表种类，见 reference.table_kind；空为没有认出"),
        "note": (_T, "目录中印在旁边的内容，如是否空表"),
    },
    "form": {
        "document_id": (_T, "文件"),
        "form_no": (_I, "绩效表序号，从 1 起；一张绩效表跨表格的各段同号"),
        "table_no": (_I, "表序号"),
        "block_no": (_I, "表所在的块"),
        "first_row": (_I, "在表中的第一行，从 0 起"),
        "last_row": (_I, "在表中的最后一行"),
        "subject_kind": (_T, "project 一个项目，unit 部门或单位整体；空为没有印出"),
        "subject": (_T, "项目或单位的名称"),
        "department_name": (_T, "主管部门，原文"),
        "organization_name": (_T, "实施单位；空为编报单位自己或没有印出"),
        "grade": (_T, "印出的等级"),
        "has_results": (_B, "有完成值或得分栏的为自评"),
        "asks_reason": (_B, "有偏差原因栏"),
    },
    "indicator": {
        "document_id": (_T, "文件"),
        "form_no": (_I, "绩效表序号"),
        "table_no": (_I, "表序号"),
        "block_no": (_I, "表所在的块"),
        "indicator_no": (_I, "指标在表中的序号，从 1 起"),
        "row_no": (_I, "行，从 0 起；连写在一格里的指标同行"),
        "page": (_I, "页码"),
        "char_start": (_I, "在块原文中的起点，从 0 起"),
        "char_end": (_I, "在块原文中的终点（不含）"),
        "level_1": (_T, "一级指标；合并单元格每行都有，去掉空白和引号，下同"),
        "level_2": (_T, "二级指标"),
        "level_3": (_T, "三级指标"),
        "target_operator": (_T, "单列的指标性质，如 ≥、定性"),
        "target": (_T, "指标值"),
        "target_unit": (_T, "单列的计量单位"),
        "result": (_T, "完成值"),
        "points": (_T, "分值"),
        "score": (_T, "得分"),
        "reason": (_T, "偏差原因；空字符为没有填，空值为没有这一栏"),
    },
    "report": {
        "document_id": (_T, "文件"),
        "report_no": (_I, "文件内的报告序号，从 1 起"),
        "kind": (_T, "报告种类：final_account、budget、unit_performance、project_performance、unknown"),
        "title": (_T, "报告标题"),
        "organization_name": (_T, "编报单位，印刷名称"),
        "fiscal_year": (_I, "财政年度"),
        "first_block": (_I, "第一块"),
        "last_block": (_I, "最后一块"),
        "default_phase": (_T, "未写明阶段的金额所属阶段"),
        "project_name": (_T, "单个项目的评价报告所评的项目"),
    },
    "number": {
        "document_id": (_T, "文件"),
        "number_no": (_I, "数字序号，从 1 起"),
        "report_no": (_I, "报告序号"),
        "block_no": (_I, "块序号"),
        "page": (_I, "页码"),
        "table_no": (_I, "表序号；叙述中的数字为空"),
        "row_no": (_I, "行"),
        "col_no": (_I, "列"),
        "side": (_I, "标准表里左右并列的第几组，从 1 起；其他为空"),
        "char_start": (_I, "在块原文中的起点，从 0 起"),
        "char_end": (_I, "在块原文中的终点（不含），含单位"),
        "digits_end": (_I, "数字本身的终点（不含）"),
        "printed": (_T, "原文印刷的数字和单位"),
        "stated": (_T, "修复断行、夹杂符号后的数字和单位"),
        "digits": (_T, "数字，十进制，不带千分号"),
        "decimals": (_I, "印出的小数位数"),
        "unit_text": (_T, "单位"),
        "unit_implied": (_B, "单位没有印出，由上下文得出"),
        "sign": (_I, "1；减少、下降为 -1"),
        "fiscal_year": (_I, "数字所说的年度"),
        "section": (_T, "所在章节代码"),
        "quote": (_T, "所在句子或单元格，原文"),
        "outcome": (_T, "figure，或没有成为指标的原因代码"),
        "term": (_T, "数字前没有认出的词语；标准表中为行名"),
        "statement": (_T, "报表；词表中的指标为空，由 reference.measure 给出"),
        "item": (_T, "指标，或科目、项目的印刷名称"),
        "item_label": (_T, "中文名称"),
        "component": (_T, "total，或其中的一部分"),
        "fund": (_T, "资金来源"),
        "code": (_T, "分类科目编码"),
        "phase": (_T, "阶段或关系"),
        "item_path": (_T, "功能分类科目的类、款、项，印刷名称"),
        "base": (_T, "占比、增减、完成率所对的基数，原文；或所属的总数"),
        "base_item": (_T, "基数的指标"),
        "base_phase": (_T, "基数的阶段"),
        "of_number": (_I, "占比、增减、完成率说的是哪个数字"),
        "whole_number": (_I, "占比的总数是哪个数字"),
        "parent_number": (_I, "作为其中数时，总数是哪个数字"),
        "organization_name": (_T, "部门表格中所属单位的名称；空为编报单位自己"),
        "ocr_confidence": (_I, "文字识别的把握（%），取最没有把握的字；不是识别的为空"),
        "ocr_text": (_T, "修正以前识别出的文字；没有修正为空"),
    },
}


Tables = dict[str, pa.Table]
"""Rows of raw tables, by their names; tables without rows are left out."""


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


def _table(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    columns = SCHEMAS[table].items()
    return pa.table({name: pa.array([row.get(name) for row in rows], type=kind) for name, (kind, _) in columns})


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
