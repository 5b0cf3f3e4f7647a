"""The report of a run, from what the published warehouse keeps of it.

Takes the run and, where there is one, a connection to the warehouse; gives a `Night`, and writes it as HTML and JSON.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from warehouse import runs
from warehouse.query import Rows, select
from warehouse.runs import Run

_NONE = Rows((), ())
# A page that people read; the warehouse has all of it.
MOST = 500
_CHANGES = """
    select {columns} from meta.run_change where run_id = ? and kind = ?
    order by case severity when 'error' then 1 when 'warning' then 2 else 3 end, path, id limit {most}
"""
_DOCUMENT, _ANOMALY = "path, message, id", "severity, rule_id, organization_name, fiscal_year, message, path, id"
_COVERAGE = """
    select '报告' as 内容, count(*) as 数量 from raw.document where status <> 'rejected'
    union all select '单位', count(*) from marts.dim_organization
    union all select '认出的标准表', count(*) from raw.grid where kind is not null
    union all select '没有认出的表', count(*) from raw.grid where kind is null
    union all select '指标', count(*) from marts.fct_figure
    union all select '不是指标的数字', count(*) from marts.fct_number_unread
    union all select '核对', count(*) from marts.fct_check
"""


@dataclass(frozen=True, slots=True)
class Night:
    """A run, the counts of its changes by kind, and up to `MOST` of each; rows are empty where nothing was built."""

    run: Run
    counts: dict[str, int] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    added: Rows = _NONE
    removed: Rows = _NONE
    moved: Rows = _NONE
    new: Rows = _NONE
    resolved: Rows = _NONE
    rejected: Rows = _NONE
    coverage: Rows = _NONE


def of_run(run: Run, connection: duckdb.DuckDBPyConnection | None) -> Night:
    """The report of a run; `connection` is to the warehouse that it published, None where it published nothing."""
    if connection is None or run.outcome != "built":
        return Night(run)

    def changes(kind: str, columns: str) -> Rows:
        return select(connection, _CHANGES.format(columns=columns, most=MOST), [run.run_id, kind])

    def counted(sql: str) -> dict[str, int]:
        return {str(name): int(count) for name, count in select(connection, sql, [run.run_id]).values}

    return Night(
        run,
        counted("select kind, count(*) from meta.run_change where run_id = ? group by kind order by kind"),
        counted(
            "select severity, count(*) from meta.run_change where run_id = ? and kind = 'anomaly_new'"
            " group by severity order by severity"
        ),
        changes("document_added", _DOCUMENT),
        changes("document_removed", _DOCUMENT),
        changes("document_moved", _DOCUMENT),
        changes("anomaly_new", _ANOMALY),
        changes("anomaly_resolved", _ANOMALY),
        select(
            connection,
            "select path, reason, message from raw.document where status = 'rejected'"
            f" order by reason = 'duplicate', reason, path limit {MOST}",
        ),
        select(connection, _COVERAGE),
    )


def summary(night: Night, files: tuple[Path, ...] = ()) -> dict[str, Any]:
    """What a notification says of a night, and where its report is."""
    run = night.run
    return {
        "outcome": run.outcome,
        "message": run.message,
        "started_at": run.started_at.isoformat(),
        "seconds": run.seconds,
        "documents": run.documents,
        "rejected": run.documents_rejected,
        "anomalies": run.anomalies,
        "anomalies_new": run.anomalies_new,
        "anomalies_resolved": run.anomalies_resolved,
        "new_by_severity": night.severities,
        "reports": [str(file) for file in files],
    }


def write(night: Night, folder: Path) -> tuple[Path, ...]:
    """Write the report into a folder, named after the start of the run, and again as `latest`; gives the files.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = night.run.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    environment = Environment(
        loader=PackageLoader("warehouse", "night"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("night.html").render(night=night, run=night.run, most=MOST)
    written = []
    for suffix, text in ((".html", page), (".json", _json(night))):
        for stem in (f"gouji-{stamp}", "latest"):
            file = folder / f"{stem}{suffix}"
            aside = file.with_name(f".{file.name}.{os.getpid()}")
            aside.write_text(text, encoding="utf-8")
            aside.replace(file)
            if stem != "latest":
                written.append(file)
    return tuple(written)


def _json(night: Night) -> str:
    rows = ("added", "removed", "moved", "new", "resolved", "rejected", "coverage")
    run = {name: getattr(night.run, name) for name in Run.__slots__ if name not in runs.OWN}
    whole = {"run": run, "counts": night.counts, "new_by_severity": night.severities}
    whole |= {name: getattr(night, name).dicts() for name in rows}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a report")
