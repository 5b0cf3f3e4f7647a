"""Commands about the versions of a warehouse: `gouji versions`, `rollback` and `diff`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from warehouse import diff, flags, paths, versions
from warehouse.cli import output
from warehouse.cli.common import Warehouse, app, examples, failures, stdout
from warehouse.query import QueryError

_DOCUMENTS = {"added": "新增", "removed": "去掉", "changed": "变了"}


@dataclass(frozen=True, slots=True)
class _Content:
    """What a version holds: documents read, anomalies by severity as `gouji anomalies` lists them; or the problem."""

    documents: int | None
    anomalies: dict[str, int]
    problem: str | None = None


def _content(version: versions.Version) -> _Content:
    import duckdb  # here, so that other commands start without it

    try:
        with duckdb.connect(version.file, read_only=True) as connection:
            documents = connection.execute("select count(*) from raw.document where status <> 'rejected'").fetchall()
            return _Content(documents[0][0], flags.counts(connection))
    except (duckdb.Error, QueryError) as error:
        return _Content(None, {}, str(error).strip().splitlines()[0])


@app.command("versions", epilog=examples("gouji versions", "gouji versions --json"))
def versions_(
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """数仓的各个版本：何时建成、文件数、疑点数、大小，哪个在用。"""
    file = warehouse or paths.default_warehouse()
    with failures():
        found = [(version, _content(version)) for version in versions.listed(file)]
    if json_output:
        output.write_json(
            stdout,
            [
                {
                    "version": version.name,
                    "built_at": version.built_at,
                    "is_current": version.is_current,
                    "file": str(version.file),
                    "bytes": version.bytes,
                    "documents": content.documents,
                    "anomalies": {severity: content.anomalies.get(severity, 0) for severity in output.SEVERITY_NAME}
                    if content.problem is None
                    else None,
                    "problem": content.problem,
                }
                for version, content in found
            ],
        )
        return
    for version, content in found:
        counts = "　".join(f"{name} {content.anomalies.get(each, 0)}" for each, name in output.SEVERITY_NAME.items())
        held = f"文件 {content.documents}　{counts}" if content.problem is None else f"打不开：{content.problem}"
        mark, style = ("●", "bold") if version.is_current else ("　", "")
        built_at = f"{version.built_at.astimezone():%Y-%m-%d %H:%M:%S}"
        line = f"{mark} {version.name}　{built_at}　{held}　{version.bytes / 1e6:.1f} MB"
        stdout.print(Text(line, style), soft_wrap=True)
    stdout.print(f"{len(found)} 个版本，● 在用：{escape(str(file))}")
    if found and not any(version.is_current for version, _ in found):
        stdout.print("现在用的不是其中任何一个")


@app.command(epilog=examples("gouji rollback", "gouji rollback 20260101T000000Z"))
def rollback(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="版本名称或其开头。默认：在用版本的前一个。")
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """换用另一个版本，一步完成；正在查询的人不受影响。记入运行记录。"""
    from warehouse import upkeep

    file = warehouse or paths.default_warehouse()
    with failures():
        chosen = upkeep.roll_back(file, version)
    stdout.print(f"现在用的是 {chosen.name}：{escape(str(file))}")


@app.command(
    "diff",
    epilog=examples(
        "gouji diff", "gouji diff 20260101T000000Z 20260102T000000Z", "gouji diff old.duckdb new.duckdb --json"
    ),
)
def diff_(
    old: Annotated[
        str | None, typer.Argument(metavar="[OLD]", help="旧的版本名称或文件。默认：在用版本的前一个。")
    ] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="新的版本名称或文件。默认：在用版本。")] = None,
    warehouse: Warehouse = None,
    json_output: Annotated[bool, typer.Option("--json", help="用 JSON 输出。")] = False,
) -> None:
    """两个版本有什么不同：结构，和各集市表按主键新增、去掉、变了的行，各因为什么。"""

    file = warehouse or paths.default_warehouse()
    with failures():
        before = versions.before(file).file if old is None else _file(file, old)
        after = versions.published(file) if new is None else _file(file, new)
        found = diff.between(before, after)
        names = [versions.name_of(file, each) for each in (before, after)]
    causes = found.causes
    if json_output:
        output.write_json(
            stdout,
            {
                "old": names[0],
                "new": names[1],
                "documents": [{"change": change, "file_name": name} for change, name in causes.documents],
                "reread_documents": causes.reread,
                "loader": list(causes.loader),
                "seeds": sorted(causes.seeds),
                "models": sorted(causes.models),
                "changes": [asdict(change) for change in found.changes],
            },
        )
        return
    stdout.print(f"{escape(names[0])} → {escape(names[1])}")
    for change, title in _DOCUMENTS.items():
        documents = [name for kind, name in causes.documents if kind == change]
        _print_names(f"文件{title}", documents)
    _print_names("装载程序", causes.loader)
    _print_names("种子变了", sorted(causes.seeds))
    _print_names("模型变了", sorted(causes.models))
    if causes.reread:
        stdout.print(f"内容没变、读法变了的文件：{causes.reread} 份")
    if not found.changes:
        stdout.print("结构和各集市表的行都没有变化")
        return
    for each in found.changes:
        stdout.print(Text.assemble((each.relation, "bold"), f"　{_told(each)}"), soft_wrap=True)


def _told(change: diff.Change) -> str:
    """A change in words: what, how many rows, which columns, why, and some keys."""
    rows = "" if change.row_count is None else f" {change.row_count:,} 行"
    columns = f"　列 {output.one_line('、'.join(change.columns))}" if change.columns else ""
    cause = "或".join(diff.CAUSES[part] for part in change.cause.split("+"))
    detail = f"（{change.detail}）" if change.detail else ""
    samples = f"　例 {'、'.join(change.sample_keys)}" if change.sample_keys else ""
    return f"{diff.CHANGES[change.change]}{rows}{columns}　因为{cause}{detail}{samples}"


def _file(warehouse: Path, named: str) -> Path:
    """What a name on the command line means: a file, if there is one, otherwise a version."""
    path = Path(named)
    return path.resolve() if path.is_file() else versions.find(warehouse, named).file


def _print_names(title: str, names: list[str] | tuple[str, ...], most: int = 5) -> None:
    if names:
        more = f" 等 {len(names)} 个" if len(names) > most else ""
        stdout.print(f"{title}：{escape('、'.join(names[:most]))}{more}")
