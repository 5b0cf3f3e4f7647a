"""The report of a run, from what the published warehouse keeps of it.

Takes the run and, where there is one, a connection to the warehouse; gives a `Night`, and writes it as HTML and JSON.
What the fields of the JSON mean is in docs/operations.md.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from warehouse import diff, flags, runs
from warehouse.query import Rows, select
from warehouse.runs import Run

_NONE = Rows((), ())
# A page that people read; the warehouse has all of it.
MOST = 500
# Of a report in the warehouse: title, organisation and year; of one that says several, the first.
_TITLES = """
    select document_id, report_title as title, organization_name, fiscal_year
    from marts.dim_report qualify row_number() over (partition by document_id order by report_no) = 1
"""
_DOCUMENTS = f"""
    select c.path, c.message, c.id, t.title, t.organization_name, t.fiscal_year
    from meta.run_change as c left join ({_TITLES}) as t on c.id = t.document_id
    where c.run_id = ? and c.kind = ? order by c.path, c.id limit {MOST}
"""
_GRAVEST = "case severity when 'error' then 1 when 'warning' then 2 else 3 end"
_ANOMALIES = f"""
    select severity, rule_id, organization_name, fiscal_year, message, path, id, is_primary, figure_id
    from meta.run_change where run_id = ? and kind = ?
    order by not coalesce(is_primary, true), {_GRAVEST}, path, rule_id, id limit {MOST}
"""
# On the first night nothing is new, for there is nothing to compare with: what there is stands in its place.
_STANDING = f"""
    select a.severity, a.rule_id, a.organization_name, a.fiscal_year, a.message, coalesce(d.path, a.file_name) as path,
        a.anomaly_id as id, a.is_primary, coalesce(a.suspect_figure_id, a.figure_ids[1]) as figure_id
    from marts.fct_anomaly as a left join raw.document as d on a.document_id = d.document_id and d.duplicate_of is null
    where a.is_primary and coalesce(a.verdict, 'true') <> 'false'
    order by {_GRAVEST}, path, rule_id, id limit {MOST}
"""
_REJECTED = f"""
    select d.path, d.reason, d.message, c.id is not null as is_new
    from raw.document as d
    left join meta.run_change as c
        on d.document_id = c.id and c.run_id = ? and c.kind in ('document_added', 'document_changed')
    where d.status = 'rejected' order by d.reason = 'duplicate', not is_new, d.reason, d.path limit {MOST}
"""
_COVERAGE = """
    select 'documents' as what, '读入的报告' as title, count(*) as count from raw.document where status <> 'rejected'
    union all select 'documents_partial', '其中不完整的', count(*) from raw.document where status = 'partial'
    union all select 'organizations', '单位', count(*) from marts.dim_organization
    union all select 'tables_recognised', '认出的标准表', count(*) from raw.grid where kind is not null
    union all select 'tables_unknown', '没有认出的表', count(*) from raw.grid where kind is null
    union all select 'figures', '指标', count(*) from marts.fct_figure
    union all select 'numbers', '不是指标的数字', count(*) from marts.fct_number_unread
    union all
    select 'numbers_unknown', '其中没有读懂的', coalesce(sum(unknown_count), 0)::bigint from marts.fct_number_coverage
    union all select 'checks', '核对', count(*) from marts.fct_check
"""
_DIFF = "select relation, change, cause, detail, row_count, columns from meta.diff order by all"
_ROWS = ("new", "resolved", "standing", "added", "changed", "moved", "removed", "rejected", "coverage", "diff")


@dataclass(frozen=True, slots=True)
class Night:
    """A run, the counts of its changes by kind, and up to `MOST` of each; rows are empty where nothing was built.

    `version` is the one that is published, `by_severity` its anomalies, one a cause; both are of an earlier run where
    this one published nothing.
    """

    run: Run
    version: str | None = None
    by_severity: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    new: Rows = _NONE
    resolved: Rows = _NONE
    standing: Rows = _NONE
    added: Rows = _NONE
    changed: Rows = _NONE
    moved: Rows = _NONE
    removed: Rows = _NONE
    rejected: Rows = _NONE
    coverage: Rows = _NONE
    diff: Rows = _NONE


def of_run(run: Run, connection: duckdb.DuckDBPyConnection | None) -> Night:
    """The report of a run; `connection` is to the warehouse that is published, None where there is none."""
    if connection is None:
        return Night(run)
    version = str(select(connection, "select version from meta.version").values[0][0])
    by_severity = flags.counts(connection)
    if run.outcome != "built":
        return Night(run, version, by_severity)

    def changes(kind: str) -> Rows:
        sql = _ANOMALIES if kind.startswith("anomaly") else _DOCUMENTS
        return select(connection, sql, [run.run_id, kind])

    def counted(sql: str) -> dict[str, int]:
        return {str(name): int(count) for name, count in select(connection, sql, [run.run_id]).values}

    return Night(
        run,
        version,
        by_severity,
        counted("select kind, count(*) from meta.run_change where run_id = ? group by kind order by kind"),
        counted(
            "select severity, count(*) from meta.run_change where run_id = ? and kind = 'anomaly_new' and is_primary"
            f" group by severity order by {_GRAVEST}"
        ),
        changes("anomaly_new"),
        changes("anomaly_resolved"),
        select(connection, _STANDING) if run.anomalies_new is None else _NONE,
        changes("document_added"),
        changes("document_changed"),
        changes("document_moved"),
        changes("document_removed"),
        select(connection, _REJECTED, [run.run_id]),
        select(connection, _COVERAGE),
        select(connection, _DIFF),
    )


def summary(night: Night, files: tuple[Path, ...] = ()) -> dict[str, Any]:
    """What a notification says of a night, and where its report is."""
    run = night.run
    return {
        "outcome": run.outcome,
        "message": run.message,
        "started_at": run.started_at.isoformat(),
        "seconds": run.seconds,
        "version": night.version,
        "documents": run.documents,
        "rejected": run.documents_rejected,
        "anomalies": run.anomalies,
        "anomalies_new": run.anomalies_new,
        "anomalies_resolved": run.anomalies_resolved,
        "by_severity": night.by_severity,
        "new_by_severity": night.severities,
        "reports": [str(file) for file in files],
    }


def write(night: Night, folder: Path) -> tuple[Path, ...]:
    """Write the report into a folder, named after the start of the run, and again as `latest`; gives the files.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = night.run.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    written = []
    for suffix, text in ((".html", _page(night)), (".json", _json(night))):
        for stem in (f"gouji-{stamp}", "latest"):
            file = folder / f"{stem}{suffix}"
            aside = file.with_name(f".{file.name}.{os.getpid()}")
            aside.write_text(text, encoding="utf-8")
            aside.replace(file)
            if stem != "latest":
                written.append(file)
    return tuple(written)


def _page(night: Night) -> str:
    environment = Environment(
        loader=PackageLoader("warehouse", "night"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("night.html").render(
        {name: getattr(night, name).dicts() for name in _ROWS},
        night=night,
        run=night.run,
        most=MOST,
        started=_here(night.run.started_at),
        slowest=max(night.run.steps.values(), default=0),
        tables=_by_table(night.diff.dicts()),
        differences=diff.CHANGES,
        causes=diff.CAUSES,
    )


def _by_table(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changes of rows summed up to one line a table, with all their causes, and those of structure with it."""
    tables: dict[str, dict[str, Any]] = {}
    for each in changes:
        empty = {"relation": each["relation"], "rows": Counter(), "other": [], "causes": {}}
        table = tables.setdefault(each["relation"], empty)
        table["causes"] |= dict.fromkeys(each["cause"].split("+"))
        if each["row_count"] is None:
            table["other"].append(each)
        else:
            table["rows"][each["change"]] += each["row_count"]
    return list(tables.values())


def _here(time: datetime) -> str:
    """A time as the clock on the wall of this machine says, and how far that is from UTC."""
    local = time.astimezone()
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M}（UTC{'' if offset == '+0000' else f'{offset[:3]}:{offset[3:]}'}）"


def _json(night: Night) -> str:
    run = {name: getattr(night.run, name) for name in Run.__slots__ if name not in runs.OWN}
    whole = {
        "run": run,
        "version": night.version,
        "by_severity": night.by_severity,
        "counts": night.counts,
        "new_by_severity": night.severities,
    }
    whole |= {name: getattr(night, name).dicts() for name in _ROWS}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} in a report")
