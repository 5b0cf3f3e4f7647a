"""What a build changed: documents and anomalies of the warehouse that it replaces, compared with those of the new one.

Takes the connection to what is being built and the file published so far; keeps the differences in `meta.run_change`,
so that a morning's questions (what is new, what is resolved) are answered by SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import runs
from warehouse.runs import Run

TABLE = "meta.run_change"
_COMMENT = "一行一处变化：一次构建与它之前那一版相比；第一次构建没有"
_COLUMNS = {
    "run_id": ("varchar", "运行的标识，见 meta.run"),
    "kind": (
        "varchar",
        "变化：document_added 新增的报告、document_removed 不再有的、document_moved 换了位置的；"
        "anomaly_new 新出现的疑点、anomaly_resolved 消失的疑点",
    ),
    "id": ("varchar", "报告的 document_id，或疑点的 anomaly_id"),
    "path": ("varchar", "报告的路径；疑点为其文件名"),
    "rule_id": ("varchar", "疑点的规则"),
    "severity": ("varchar", "疑点的级别"),
    "organization_name": ("varchar", "疑点的单位"),
    "fiscal_year": ("integer", "疑点的年度"),
    "message": ("varchar", "疑点的内容；报告没有读入的原因"),
}
_DOCUMENTS = "select document_id, path, message from raw.document where duplicate_of is null"
_ANOMALIES = (
    "select anomaly_id, file_name, rule_id, severity, organization_name, fiscal_year, message from marts.fct_anomaly"
)
_DIFFERENCES = """
    insert into {table}
    select ?, 'document_added', document_id, path, null, null, null, null, message
    from ({documents}) anti join temp.earlier_document using (document_id)
    union all
    select ?, 'document_removed', document_id, path, null, null, null, null, message
    from temp.earlier_document anti join ({documents}) using (document_id)
    union all
    select ?, 'document_moved', d.document_id, d.path, null, null, null, null, e.path
    from ({documents}) as d inner join temp.earlier_document as e on d.document_id = e.document_id and d.path <> e.path
    union all
    select ?, 'anomaly_new', anomaly_id, file_name, rule_id, severity, organization_name, fiscal_year, message
    from ({anomalies}) anti join temp.earlier_anomaly using (anomaly_id)
    union all
    select ?, 'anomaly_resolved', anomaly_id, file_name, rule_id, severity, organization_name, fiscal_year, message
    from temp.earlier_anomaly anti join ({anomalies}) using (anomaly_id)
    order by all
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The published warehouse, as far as it can be read, beside the one that is being built."""

    connection: duckdb.DuckDBPyConnection
    has_earlier: bool

    def note(self, run: Run) -> None:
        """Write the differences of what is built now, and their counts into the run."""
        create(self.connection)
        run.documents, run.documents_rejected, run.documents_partial = self._counts(
            "select count(*), count(*) filter (where status = 'rejected'), count(*) filter (where status = 'partial')"
            " from raw.document"
        )
        (run.figures,) = self._counts("select count(*) from marts.fct_figure")
        (run.anomalies,) = self._counts("select count(*) from marts.fct_anomaly")
        if not self.has_earlier:
            return
        sql = _DIFFERENCES.format(table=TABLE, documents=_DOCUMENTS, anomalies=_ANOMALIES)
        self.connection.execute(sql, [run.run_id] * sql.count("?"))
        run.anomalies_new, run.anomalies_resolved = self._counts(
            "select count(*) filter (where kind = 'anomaly_new'), count(*) filter (where kind = 'anomaly_resolved')"
            f" from {TABLE} where run_id = '{run.run_id}'"
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
    try:
        yield Comparison(connection, has_earlier)
    finally:
        for table in ("earlier_document", "earlier_anomaly"):
            connection.execute(f"drop table if exists temp.{table}")


def _remember(connection: duckdb.DuckDBPyConnection, *, is_new: bool) -> bool:
    documents = _DOCUMENTS.replace(" raw.", " earlier.raw.")
    anomalies = _ANOMALIES.replace(" marts.", " earlier.marts.")
    if is_new:
        runs.carry_over(connection, "earlier")
        create(connection)
        with suppress(duckdb.Error):  # a version before there were changes on record, or a damaged one
            connection.execute(f"insert into {TABLE} by name select * from earlier.{TABLE}")
    try:
        connection.execute(f"create or replace temp table earlier_document as {documents}")
        connection.execute(f"create or replace temp table earlier_anomaly as {anomalies}")
    except duckdb.Error:
        return False
    return True


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """The table, if it is not there yet."""
    listed = ", ".join(f"{name} {kind}" for name, (kind, _) in _COLUMNS.items())
    connection.execute("create schema if not exists meta")
    connection.execute(f"create table if not exists {TABLE} ({listed})")
    connection.execute(f"comment on table {TABLE} is '{_COMMENT}'")
    for name, (_, text) in _COLUMNS.items():
        connection.execute(f"comment on column {TABLE}.{name} is '{text}'")
