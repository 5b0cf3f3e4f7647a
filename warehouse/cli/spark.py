"""`gouji build --engine spark`: what the command line says of it. The work is in `warehouse.spark`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from warehouse import flags, paths, query
from warehouse.cli import output

if TYPE_CHECKING:
    from warehouse.build import Progress


def build(
    console: Console,
    reports: Sequence[Path],
    folder: Path | None,
    master: str | None,
    report: Callable[[Progress], None],
    *,
    as_json: bool,
) -> list[str]:
    """Build on Spark and print what was found and where the tables are; gives the severities of all anomalies."""
    from warehouse.spark import build as spark_build

    result = spark_build.build(
        reports or [paths.sample_reports()], folder or paths.default_spark(), paths.project_root(), master, report
    )
    with spark_build.opened(result.folder) as connection:
        documents = query.select(
            connection,
            "select path, status, reason, message from raw.document where status <> 'loaded' order by path",
        ).dicts()
        counts = dict(
            query.select(
                connection,
                """
                select 'documents', count(*) from raw.document
                union all select 'figures', count(*) from marts.fct_figure
                union all select 'unread', count(*) from marts.fct_number_unread
                union all select 'organizations', count(*) from marts.dim_organization
                """,
            ).values
        )
        states = dict(
            query.select(
                connection, "select state, count(*) from marts.fct_check group by state order by count(*) desc, state"
            ).values
        )
        found = flags.anomalies(connection)
    if as_json:
        output.write_json(
            console,
            {
                "engine": "spark",
                "warehouse": str(result.folder),
                "documents": documents,
                "counts": counts,
                "checks": states,
                "anomalies": [asdict(anomaly) for anomaly in found],
                "seconds": result.seconds,
            },
        )
    else:
        rejected = [document for document in documents if document["status"] == "rejected"]
        console.rule("[bold]勾稽 gouji（Spark）[/bold]")
        console.print(f"报告：{counts['documents'] - len(rejected)} 份已读取，{len(rejected)} 份未读取")
        for document in rejected:
            console.print(f"  未读取 {document['path']}：{document['message']}（{document['reason']}）", markup=False)
        console.print(f"指标：{counts['figures']:,} 个（{counts['organizations']} 个单位）")
        console.print("核对：" + "，".join(f"{output.STATE_NAME[state]} {count}" for state, count in states.items()))
        console.print("用时：" + "，".join(f"{stage} {seconds:.1f} 秒" for stage, seconds in result.seconds.items()))
        console.print(f"表在 {escape(str(result.folder))}/模式/表名/*.parquet；没有运行 Great Expectations 和数据检验")
        console.print(
            f"下一步：在 DuckDB 中执行 .read {escape(str(result.folder / spark_build.VIEWS))}，"
            "再查 select * from marts.fct_anomaly"
        )
    return [anomaly.severity for anomaly in found]
