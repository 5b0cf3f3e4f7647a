"""Anomalies as people work through them: one a cause, with what follows from it and what somebody found on the page.

Takes a connection to a warehouse; gives frozen `Anomaly`s and the table of verdicts. `judge` writes a verdict into
seeds/verdict.csv, where it survives rebuilds.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.query import QueryError, Rows, find_organization, select, unknown

if TYPE_CHECKING:
    import duckdb

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A failed check, as fct_anomaly holds it.

    `consequences` are the messages of the other checks that the same mistake breaks. `finding` is a sentence to quote.
    `ocr_confidence` is that of its least certain figure, in percent; None if none comes from character recognition.
    """

    anomaly_id: str
    rule_id: str
    rule_title: str
    severity: str
    file_name: str
    organization_name: str | None
    fiscal_year: int | None
    message: str
    difference: Decimal | None
    unit: str | None
    figure_ids: tuple[str, ...]
    evidence: tuple[str, ...]
    fingerprint: str
    cause_id: str
    suspect_figure_id: str | None
    finding: str
    verdict: str | None
    verdict_reason: str | None
    ocr_confidence: int | None
    consequences: tuple[str, ...]


_ANOMALIES = """
    with recognised as (
        select named.anomaly_id, min(f.ocr_confidence) as ocr_confidence
        from (select anomaly_id, unnest(figure_ids) as figure_id from marts.fct_anomaly) as named
        inner join marts.fct_figure as f on named.figure_id = f.figure_id
        group by named.anomaly_id
    ),

    following as (
        select cause_id, list(rule_id || '　' || message order by rule_id, message) as consequences
        from marts.fct_anomaly
        where not is_primary
        group by cause_id
    )

    select a.anomaly_id, a.rule_id, a.rule_title, a.severity, a.file_name, a.organization_name, a.fiscal_year,
        a.message, a.difference, a.unit, a.figure_ids, a.evidence, a.fingerprint, a.cause_id, a.suspect_figure_id,
        a.finding, a.verdict, a.verdict_reason, r.ocr_confidence,
        case when a.is_primary then f.consequences end as consequences
    from marts.fct_anomaly as a
    left join recognised as r on a.anomaly_id = r.anomaly_id
    left join following as f on a.cause_id = f.cause_id
    where {where}
    order by
        case a.severity when 'error' then 1 when 'warning' then 2 else 3 end,
        case when a.unit = 'yuan' then abs(a.difference) end desc nulls last,
        a.rule_id, a.file_name, a.anomaly_id
    {limit}
"""


def anomalies(
    connection: duckdb.DuckDBPyConnection,
    severity: str | None = None,
    rule: str | None = None,
    organization: str | None = None,
    limit: int | None = None,
    *,
    everything: bool = False,
) -> list[Anomaly]:
    """Anomalies, the gravest first: by severity, then by the amount in question.

    One a cause, and none that somebody found to be a false alarm; `everything` gives each failed check.
    Raises QueryError, with the closest match, for an unknown severity, rule or organisation.
    """
    where, parameters = _conditions(connection, severity, rule, organization)
    if not everything:
        # a rule that is asked for shows its own flags, though another rule may stand for the cause
        where.append("(a.is_primary or a.rule_id = ?)" if rule else "a.is_primary")
        parameters += [rule.upper()] if rule else []
        where.append("coalesce(a.verdict, 'true') <> 'false'")
    sql = _ANOMALIES.format(
        where=" and ".join(where) or "true", limit=f"limit {int(limit)}" if limit is not None else ""
    )
    lists = ("figure_ids", "evidence", "consequences")
    return [
        Anomaly(**row | {name: tuple(row[name] or ()) for name in lists})
        for row in select(connection, sql, parameters).dicts()
    ]


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many anomalies there are of each severity, the gravest first, 0 included: of those that `anomalies` gives."""
    found = dict(
        select(
            connection,
            "select severity, count(*) from marts.fct_anomaly"
            " where is_primary and coalesce(verdict, 'true') <> 'false' group by severity",
        ).values
    )
    return {severity: int(found.get(severity, 0)) for severity in SEVERITIES}


def _conditions(
    connection: duckdb.DuckDBPyConnection, severity: str | None, rule: str | None, organization: str | None
) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    parameters: list[Any] = []
    if severity is not None:
        if severity not in SEVERITIES:
            raise QueryError(unknown("级别", severity, SEVERITIES))
        where.append("a.severity = ?")
        parameters.append(severity)
    if rule is not None:
        known = [row[0] for row in select(connection, "select rule_id from reference.rule order by 1").values]
        if rule.upper() not in known:
            raise QueryError(unknown("规则", rule, known))
        where.append("a.rule_id = ?")
        parameters.append(rule.upper())
    if organization is not None:
        where.append("a.organization_name = ?")
        parameters.append(find_organization(connection, organization))
    return where, parameters


_PRECISION = """
    select
        coalesce(a.rule_id, '合计') as 规则,
        r.title as 内容,
        a.severity as 级别,
        count(*) as 问题,
        count(*) filter (where a.verdict = 'true') as 属实,
        count(*) filter (where a.verdict = 'false') as 误报,
        count(*) filter (where a.verdict is null) as 未看,
        cast(
            round(
                100.0 * count(*) filter (where a.verdict = 'true')
                / nullif(count(*) filter (where a.verdict is not null), 0), 1
            ) as decimal(5, 1)
        ) as 属实率
    from marts.fct_anomaly as a
    inner join reference.rule as r on a.rule_id = r.rule_id
    group by grouping sets ((a.rule_id, r.title, a.severity), (a.severity))
    order by a.rule_id nulls last, case a.severity when 'error' then 1 when 'warning' then 2 else 3 end
"""


def precision(connection: duckdb.DuckDBPyConnection) -> Rows:
    """By rule and severity, then by severity alone: flags, and how many of those that people looked at were true."""
    return select(connection, _PRECISION)


def judge(
    connection: duckdb.DuckDBPyConnection, seed: Path, fingerprints: Sequence[str], *, is_true: bool, reason: str
) -> int:
    """Writes the same verdict on each of `fingerprints` into the CSV `seed`, in place of an earlier one; how many.

    A fingerprint may be shortened, and an anomaly_id or cause_id will do. Raises QueryError where one is unknown or
    fits several, and where there is no reason; nothing is written then.
    """
    if not reason.strip():
        raise QueryError("请写明理由（--reason）：以后看的人要知道凭什么")
    judged = [_flag(connection, each) for each in fingerprints]
    with seed.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    kept = [row for row in rows if row and row[0] not in {flag[0] for flag in judged}]
    verdict = "true" if is_true else "false"
    today = date.today().isoformat()
    kept += [[flag[0], verdict, reason.strip(), today, flag[1], flag[2]] for flag in dict.fromkeys(judged)]
    aside = seed.with_name(seed.name + ".new")
    with aside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [header, *sorted(kept, key=lambda row: (row[5], row[4], row[0]))]
        )
    aside.replace(seed)
    return len(set(judged))


def _flag(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str, str]:
    rows = select(
        connection,
        "select distinct fingerprint, rule_id, file_name from marts.fct_anomaly"
        " where starts_with(fingerprint, ?) or anomaly_id = ?",
        [name, name],
    ).values
    if len(rows) != 1:
        known = [row[0] for row in select(connection, "select distinct fingerprint from marts.fct_anomaly").values]
        raise QueryError(unknown("问题", name, known) if not rows else f"“{name}”可以指 {len(rows)} 个问题，请写全指纹")
    return (str(rows[0][0]), str(rows[0][1]), str(rows[0][2]))
