"""What a run changed: documents and anomalies of the warehouse that it replaces, compared with those of the new one.

Takes the connection to what is being built and the file published so far; keeps the differences in `meta.run_change`,
so that a morning's questions (what is new, what is resolved) are answered by SQL. An anomaly is the same as before if
it is of the same content, or says the same of the file at the same path: a report that is published anew with one
figure put right has one anomaly less, and not all of them gone and come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import meta, runs
from warehouse.runs import Run

CHANGE = meta.MetaTable(
    "run_change",
    "一行一处变化：一次运行与它之前那一版相比；第一次构建没有",
    {
        "run_id": ("varchar", "运行的标识，见 meta.run"),
        "kind": (
            "varchar",
            "变化：document_added 新增的报告、document_changed 同一位置上内容变了的、document_moved 换了位置的、"
            "document_removed 不再有的；anomaly_new 新出现的疑点、anomaly_resolved 消失的疑点",
        ),
        "id": ("varchar", "报告的 document_id，或疑点的 anomaly_id"),
        "path": ("varchar", "报告的路径；疑点为其报告的路径"),
        "rule_id": ("varchar", "疑点的规则"),
        "severity": ("varchar", "疑点的级别"),
        "organization_name": ("varchar", "疑点的单位"),
        "fiscal_year": ("integer", "疑点的年度"),
        "message": ("varchar", "疑点的内容；报告没有读入的原因；换了位置的，原来的位置"),
        "is_primary": ("boolean", "疑点：同一个错误引起的几条中为首的一条"),
        "figure_id": ("varchar", "疑点：最可能有误的数，没有则为所核对的第一个，见 gouji trace"),
    },
)
# What is compared, of the database `{of}`. An anomaly's `same` is what it says of which file, and how often it has said
# so before.
_DOCUMENTS = "select document_id as id, path, message from {of}raw.document where duplicate_of is null"
_ANOMALIES = """
    select a.anomaly_id as id, coalesce(d.path, a.file_name) as path, a.rule_id, a.severity, a.organization_name,
        a.fiscal_year, a.message, a.is_primary, coalesce(a.suspect_figure_id, a.figure_ids[1]) as figure_id,
        md5(concat_ws(chr(31), coalesce(d.path, a.file_name), a.rule_id, a.message, row_number() over (
            partition by coalesce(d.path, a.file_name), a.rule_id, a.message order by a.anomaly_id
        ))) as same
    from {of}marts.fct_anomaly as a
    left join {of}raw.document as d on a.document_id = d.document_id and d.duplicate_of is null
"""
_DIFFERENCES = """
    insert into {table} ({columns})
    with document as ({documents}),
    earlier as (from temp.earlier_document),
    gone as (from earlier anti join document using (id)),
    come as (from document anti join earlier using (id)),
    anomaly as ({anomalies}),
    change as (
        select 'document_added' as kind, id, path, message from come anti join gone using (path)
        union all select 'document_changed', id, path, message from come semi join gone using (path)
        union all select 'document_removed', id, path, message from gone anti join come using (path)
        union all
        select 'document_moved', d.id, d.path, e.path
        from document as d inner join earlier as e on d.id = e.id and d.path <> e.path
        union all by name
        select 'anomaly_new' as kind, * exclude (same)
        from (from anomaly anti join temp.earlier_anomaly using (id)) anti join temp.earlier_anomaly using (same)
        union all by name
        select 'anomaly_resolved' as kind, * exclude (same)
        from (from temp.earlier_anomaly anti join anomaly using (id)) anti join anomaly using (same)
    )
    select ? as run_id, * from change order by all
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The published warehouse, as far as it can be read, beside the one that is being built."""

    connection: duckdb.DuckDBPyConnection
    has_earlier: bool

    def note(self, run: Run) -> None:
        """Write the differences of what is built now, and their counts into the run."""
        meta.create(self.connection, CHANGE)
        run.documents, run.documents_rejected, run.documents_partial = self._counts(
            "select count(*), count(*) filter (where status = 'rejected'), count(*) filter (where status = 'partial')"
            " from raw.document"
        )
        (run.figures,) = self._counts("select count(*) from marts.fct_figure")
        (run.anomalies,) = self._counts("select count(*) from marts.fct_anomaly")
        if not self.has_earlier:
            return
        sql = _DIFFERENCES.format(
            table=CHANGE.relation,
            columns="run_id, kind, id, path, message, rule_id, severity, organization_name, fiscal_year, is_primary,"
            " figure_id",
            documents=_DOCUMENTS.format(of=""),
            anomalies=_ANOMALIES.format(of=""),
        )
        self.connection.execute(sql, [run.run_id])
        run.anomalies_new, run.anomalies_resolved = self._counts(
            "select count(*) filter (where kind = 'anomaly_new'), count(*) filter (where kind = 'anomaly_resolved')"
            f" from {CHANGE.relation} where run_id = '{run.run_id}'"
        )

    def _counts(self, sql: str) -> tuple[int, ...]:
        row = self.connection.execute(sql).fetchone()
        assert row is not None
        return row


@contextmanager
def compared(connection: duckdb.DuckDBPyConnection, warehouse: Path, *, is_new: bool) -> Iterator[Comparison]:
    """Remember what is published at `warehouse`; a new warehouse (`is_new`) takes over its runs and their changes.

    What cannot be read, because there is none or it is damaged, is not compared.
    """
    has_earlier = warehouse.is_file()
    if has_earlier:
        file = str(warehouse.resolve()).replace("'", "''")
        try:
            connection.execute(f"attach '{file}' as earlier (read_only)")
        except duckdb.Error:
            has_earlier = False
    if has_earlier:
        try:
            has_earlier = _remember(connection, is_new=is_new)
        finally:
            connection.execute("detach earlier")
    yield Comparison(connection, has_earlier)
    # Not where the block fails: the connection ends with it, and would rather tell of its aborted transaction.
    for table in ("earlier_document", "earlier_anomaly"):
        connection.execute(f"drop table if exists temp.{table}")


def _remember(connection: duckdb.DuckDBPyConnection, *, is_new: bool) -> bool:
    try:
        if is_new:
            runs.carry_over(connection, "earlier")
            meta.carry_over(connection, CHANGE, "earlier")
        connection.execute(f"create or replace temp table earlier_document as {_DOCUMENTS.format(of='earlier.')}")
        connection.execute(f"create or replace temp table earlier_anomaly as {_ANOMALIES.format(of='earlier.')}")
    except duckdb.Error:
        return False  # damaged, or of a gouji that had other tables
    return True
