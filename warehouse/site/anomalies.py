"""The list of anomalies: the gravest first, each with what it is about and what follows from it folded in.

Where the warehouse tells causes from consequences, only causes are rows of the list. Where it does not, every anomaly
is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from warehouse.site import places, queries
from warehouse.site.folder import ListWriter, SiteFolder
from warehouse.site.places import Organization
from warehouse.site.queries import Capabilities, Row

FACETS = ("severity", "rule", "city", "year", "organization")

# What one row shows at most; the rest is counted, and stands in the document.
_FIGURES, _QUOTES, _CONSEQUENCES = 40, 12, 50

_ORDER = """
    case a.severity when 'error' then 1 when 'warning' then 2 else 3 end,
    case when a.unit = 'yuan' then abs(a.difference) end desc nulls last,
    a.rule_id, a.file_name, a.anomaly_id
"""


def columns(has: Capabilities) -> str:
    """SQL of the columns that only newer warehouses have, NULL where this one has not."""
    kinds = {
        "cause_id": "varchar",
        "is_primary": "boolean",
        "consequence_count": "bigint",
        "suspect_figure_id": "varchar",
        "fingerprint": "varchar",
        "verdict": "varchar",
    }
    return ", ".join(has.optional("marts", "fct_anomaly", name, kind, "a") for name, kind in kinds.items())


def primary(has: Capabilities) -> str:
    """SQL that is true of anomalies that stand for themselves; every one, where the warehouse tells no causes."""
    return "coalesce(a.is_primary, true)" if has.has("marts", "fct_anomaly", "is_primary") else "true"


def gravest(connection: duckdb.DuckDBPyConnection, has: Capabilities, most: int) -> list[Row]:
    """The gravest anomalies, with the first figure of each."""
    return list(
        queries.rows(
            connection,
            f"""
            select a.anomaly_id, a.severity, a.rule_id, a.rule_title, a.message, a.organization_name, a.fiscal_year,
                a.document_id, a.file_name, a.figure_ids[1] as figure_id, {columns(has)}
            from marts.fct_anomaly as a where {primary(has)} order by {_ORDER} limit {int(most)}
            """,
        )
    )


def write(
    connection: duckdb.DuckDBPyConnection,
    has: Capabilities,
    folder: SiteFolder,
    organizations: Mapping[str, Organization],
) -> int:
    """The chunks of the list; gives how many rows it has."""
    follows = queries.grouped(queries.rows(connection, _consequences(has)), "cause_id") if _tells_causes(has) else {}
    writer = ListWriter(folder, "anomalies", FACETS)
    for anomaly in queries.rows(connection, _list(has)):
        organization = organizations.get(anomaly["organization_name"])
        city = organization.city if organization else None
        consequences = follows.get(anomaly["cause_id"] or anomaly["anomaly_id"], [])
        writer.add(
            anomaly["anomaly_id"],
            _row(anomaly, organization, city, consequences),
            {
                "severity": anomaly["severity"],
                "rule": f"{anomaly['rule_id']} {anomaly['rule_title']}",
                "city": city,
                "year": anomaly["fiscal_year"],
                "organization": anomaly["organization_name"],
            },
        )
    return writer.close()


def _tells_causes(has: Capabilities) -> bool:
    return has.has("marts", "fct_anomaly", "is_primary") and has.has("marts", "fct_anomaly", "cause_id")


def _consequences(has: Capabilities) -> str:
    return f"""
        select a.cause_id, a.anomaly_id, a.severity, a.rule_id, a.rule_title, a.message,
            a.figure_ids[1] as figure_id
        from marts.fct_anomaly as a where not {primary(has)} order by {_ORDER}
    """


def _list(has: Capabilities) -> str:
    return f"""
        with named as (
            select anomaly_id, unnest(figure_ids[1:{_FIGURES}]) as figure_id,
                generate_subscripts(figure_ids[1:{_FIGURES}], 1) as place
            from marts.fct_anomaly
        ),

        operands as (
            select n.anomaly_id, list(struct_pack(
                figure_id := f.figure_id, label := coalesce(f.item_label, f.item), phase := f.phase, value := f.value,
                unit := f.unit, stated := f.stated, quote := f.quote, page := f.page, certainty := f.ocr_confidence
            ) order by n.place) as figures
            from named as n inner join marts.fct_figure as f on n.figure_id = f.figure_id
            group by n.anomaly_id
        )

        select a.anomaly_id, a.rule_id, a.rule_title, a.severity, a.document_id, a.file_name, a.organization_name,
            a.fiscal_year, a.expected, a.observed, a.difference, a.tolerance, a.unit, a.message, a.evidence,
            len(a.figure_ids) as figure_count, o.figures, {columns(has)}
        from marts.fct_anomaly as a left join operands as o on a.anomaly_id = o.anomaly_id
        where {primary(has)} order by {_ORDER}
    """


def _row(anomaly: Row, organization: Organization | None, city: str | None, consequences: list[Row]) -> list[Any]:
    figures = anomaly["figures"] or []
    told = {figure["quote"] for figure in figures}
    quotes = [quote for quote in anomaly["evidence"] or () if quote not in told]
    return [
        anomaly["anomaly_id"],
        anomaly["severity"],
        anomaly["rule_id"],
        anomaly["rule_title"],
        anomaly["message"],
        anomaly["organization_name"],
        organization.key if organization else None,
        city,
        anomaly["fiscal_year"],
        places.document_key(anomaly["document_id"]),
        anomaly["file_name"],
        anomaly["expected"],
        anomaly["observed"],
        anomaly["difference"],
        anomaly["tolerance"],
        anomaly["unit"],
        [
            [
                figure["figure_id"],
                figure["label"],
                figure["phase"],
                figure["value"],
                figure["unit"],
                figure["stated"],
                figure["quote"],
                figure["page"],
                figure["certainty"],
            ]
            for figure in figures
        ],
        anomaly["figure_count"] or 0,
        quotes[:_QUOTES],
        anomaly["suspect_figure_id"],
        anomaly["verdict"],
        max(len(consequences), anomaly["consequence_count"] or 0),
        [
            [each["anomaly_id"], each["severity"], each["rule_id"], each["rule_title"], each["message"]]
            for each in consequences[:_CONSEQUENCES]
        ],
    ]
