"""What commands print: rich tables and panels for people, JSON and CSV for machines.

Takes results of `warehouse.query` and `warehouse.build`; writes to the consoles given.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from warehouse.flags import Anomaly
from warehouse.query import Rows, Trace
from warehouse.questions import TYPES, Question

if TYPE_CHECKING:
    from warehouse.build import BuildResult

SEVERITY_STYLE = {"error": "bold red", "warning": "yellow", "info": "cyan"}
SEVERITY_NAME = {"error": "错误", "warning": "疑点", "info": "提示"}
STATE_NAME = {
    "pass": "相符",
    "rounding": "尾差",
    "fail": "不符",
    "insufficient": "缺数未核",
    "not_applicable": "不适用",
}
# Documents that a summary names; the warehouse has all of them.
_MOST_DOCUMENTS = 50
_UNIT_SUFFIX = {"percent": "%", "score": "分"}


def amount(value: Any, unit: str | None) -> str:
    """A value as people read it: 万元 from 10,000 yuan up, without trailing zeros."""
    if value is None:
        return "—"
    if not isinstance(value, Decimal):
        return str(value)
    if unit == "yuan":
        scaled, suffix = (value.scaleb(-4), "万元") if abs(value) >= 10000 else (value, "元")
        return f"{_plain(scaled)}{suffix}"
    return f"{_plain(value)}{_UNIT_SUFFIX.get(unit or '', '')}"


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def one_line(text: str, most: int = 120) -> str:
    """Printed text on one line, cut where it is longer than `most` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def write_json(console: Console, value: Any) -> None:
    """JSON for machines: decimals as strings, so that no digit is lost."""
    console.out(json.dumps(value, ensure_ascii=False, indent=2, default=_jsonable), highlight=False)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def write_rows(console: Console, rows: Rows, form: str) -> None:
    """Rows as a table, CSV, JSON or a table of Markdown."""
    if form == "json":
        write_json(console, rows.dicts())
    elif form == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(rows.columns)
        writer.writerows(rows.values)
        console.out(buffer.getvalue(), end="", highlight=False)
    elif form == "markdown":
        lines = [rows.columns, ["---"] * len(rows.columns), *rows.values]
        for line in lines:
            cells = ("" if cell is None else str(cell).replace("|", "\\|") for cell in line)
            console.out("| " + " | ".join(cells) + " |", highlight=False)
    else:
        table = Table(show_lines=False)
        for column in rows.columns:
            table.add_column(escape(column), overflow="fold")
        for row in rows.values:
            table.add_row(*["" if value is None else escape(str(value)) for value in row])
        console.print(table)
        console.print(f"{len(rows.values)} 行")


def write_lines(console: Console, rows: Rows) -> None:
    """Rows as one line each: the first column, then the others with their names, for names too long for a table."""
    width = max((cell_len(str(row[0])) for row in rows.values), default=0)
    for row in rows.values:
        named = [f"{name} {value}" for name, value in zip(rows.columns[1:], row[1:], strict=True) if value is not None]
        first = str(row[0])
        console.print(Text(first + " " * (width - cell_len(first)) + "　" + "　".join(named)), soft_wrap=True)
    console.print(f"{len(rows.values)} 行")


def write_questions(console: Console, questions: Sequence[Question]) -> None:
    """Saved queries with their options."""
    for question in questions:
        console.print(Text.assemble((question.name, "bold"), f"　{question.title}"), soft_wrap=True)
        for each in question.parameters:
            default = "必需" if each.required else "可不写" if each.default is None else f"默认 {each.default}"
            console.print(
                Text(f"    --{each.name} {TYPES[each.type]}　{each.meaning}（{default}）", "dim"), soft_wrap=True
            )
    console.print(f"{len(questions)} 个查询。运行：gouji query 名称 --选项 值")


def write_not_understood(console: Console, unknown: int, printed: int) -> None:
    """How much of what is printed was not understood."""
    share = f"，占 {100 * unknown / printed:.2f}%" if printed else ""
    console.print(f"印出的数字 {printed} 个，没有读懂 {unknown} 个{share}（含表格；原因见 reference.outcome）")


def write_anomalies(console: Console, anomalies: Sequence[Anomaly], quotes: int = 2) -> None:
    """Anomalies for people: severity, rule, sentence, and what was printed."""
    for anomaly in anomalies:
        style = SEVERITY_STYLE[anomaly.severity]
        console.print(
            Text.assemble(
                (f"[{SEVERITY_NAME[anomaly.severity]}] ", style),
                (anomaly.rule_id, "bold"),
                f"　{anomaly.message}",
            )
        )
        where = "　".join(
            str(part)
            for part in (
                anomaly.organization_name,
                anomaly.fiscal_year and f"{anomaly.fiscal_year}年",
                anomaly.file_name,
            )
            if part
        )
        console.print(Text(f"    {where}", "dim"))
        if anomaly.ocr_confidence is not None:
            console.print(Text(f"    有文字识别得来的数，把握最低 {anomaly.ocr_confidence}%，请先对照原件", "yellow"))
        for quote in anomaly.evidence[:quotes]:
            console.print(Text(f"    「{one_line(quote)}」", "italic"))
        if anomaly.consequences:
            console.print(
                Text(f"    随之不符的还有 {len(anomaly.consequences)} 项：{one_line(anomaly.consequences[0])}", "dim")
            )
        if anomaly.verdict is not None:
            judged = "属实" if anomaly.verdict == "true" else "误报"
            console.print(Text(f"    已看：{judged}，{anomaly.verdict_reason}", "green"))
        named = anomaly.suspect_figure_id or next(iter(anomaly.figure_ids), None)
        if named is not None:
            console.print(Text(f"    查看原文：gouji trace {named}　指纹 {anomaly.fingerprint}", "dim"))


def write_trace(console: Console, trace: Trace) -> None:
    """A figure, its meaning, its place, and the text around it with the number marked."""
    figure = trace.figure
    console.print(
        Text.assemble(
            (f"{figure['item_label']}　{figure['phase']}　", "bold"),
            (amount(figure["value"], figure["unit"]), "bold green"),
            f"　（原文“{figure['stated']}”）",
        )
    )
    console.print(f"单位：{figure['organization_name'] or '—'}　年度：{figure['fiscal_year'] or '—'}")
    place = f"第 {figure['block_no']} 块，第 {trace.char_start} 至 {trace.char_end} 字"
    if figure["page"] is not None:
        place = f"第 {figure['page']} 页，" + place
    if figure["table_no"] is not None:
        place += f"；表 {figure['table_no']} 第 {figure['row_no'] + 1} 行第 {figure['col_no'] + 1} 列"
    console.print(f"出处：{escape(trace.path)}　{place}")
    for each in trace.addresses:
        console.print(f"网址：{escape(each['address'])}　下载于 {each['fetched_at']} UTC")
    if figure["ocr_confidence"] is not None:
        read = "" if trace.recognised is None else f"；识别为“{trace.recognised}”，已按数字的写法修正"
        console.print(Text(f"这个数由文字识别得来，把握 {figure['ocr_confidence']}%{read}；请对照原件", "yellow"))
    console.rule()
    first, last = max(0, trace.char_start - 400), min(len(trace.text), trace.char_end + 400)
    shown = Text("…" if first else "")
    shown.append(trace.text[first : trace.char_start])
    shown.append(trace.text[trace.char_start : trace.char_end], style="black on yellow")
    shown.append(trace.text[trace.char_end : last])
    shown.append("…" if last < len(trace.text) else "")
    console.print(shown)
    console.rule()
    if not trace.checks:
        console.print("没有规则核对过这个数。")
    for check in trace.checks:
        style = SEVERITY_STYLE.get(check["severity"], "") if check["state"] == "fail" else "dim"
        console.print(Text(f"{check['rule_id']}　{STATE_NAME[check['state']]}　{check['message']}", style))


def write_unchanged(console: Console, result: BuildResult, by_severity: Mapping[str, int]) -> None:
    """That there was nothing to do, and how many anomalies of each severity the warehouse has."""
    console.print(f"没有变化：{result.documents:,} 份报告、词表和模型都与数仓一致，没有重建")
    console.print("现有：" + "，".join(f"{SEVERITY_NAME[each]} {count}" for each, count in by_severity.items()))
    console.print(f"数仓：{escape(str(result.warehouse))}")


def write_summary(
    console: Console,
    result: BuildResult,
    counts: dict[str, int],
    states: Sequence[tuple[str, int]],
    gravest: Sequence[Anomaly],
) -> None:
    """What a build did and found."""
    loaded = result.documents - len(result.rejected)
    console.rule("[bold]勾稽 gouji[/bold]")
    console.print(f"报告：{loaded} 份已读取，{len(result.rejected)} 份未读取")
    for what, documents in (("未读取", result.rejected), ("不完整", result.partial)):
        for document in documents[:_MOST_DOCUMENTS]:
            console.print(Text(f"  {what} {document.path}：{document.message}（{document.reason}）", "yellow"))
        if len(documents) > _MOST_DOCUMENTS:
            console.print(f"  {what}的另有 {len(documents) - _MOST_DOCUMENTS} 份，见 raw.document")
    if not result.run.is_full:
        opened = result.run.files_opened or 0
        kept = (result.run.files or 0) - opened
        console.print(f"只读了新的和变了的：{opened} 个文件，其余 {kept} 个沿用上次")
    console.print(
        f"指标：{counts['figures']:,} 个（{counts['organizations']} 个单位）；"
        f"另有 {counts['unread']:,} 个数字不是指标，原因见 marts.fct_number_unread"
    )
    console.print("核对：" + "，".join(f"{STATE_NAME[state]} {count}" for state, count in states))
    console.print("用时：" + "，".join(f"{stage} {seconds:.1f} 秒" for stage, seconds in result.run.steps.items()))
    if gravest:
        console.rule("最要紧的发现")
        write_anomalies(console, gravest)
        console.rule()
    console.print(f"数仓：{escape(str(result.warehouse))}")
    console.print(
        '下一步：gouji anomalies　gouji show 单位　gouji sql "select * from marts.fct_three_public"', highlight=False
    )
