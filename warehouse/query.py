"""Questions to a built warehouse, through a connection that can only read.

Takes a warehouse file; gives plain rows and small dataclasses. Nothing here prints.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import GoujiError

if TYPE_CHECKING:
    import duckdb

# What an analyst's query may not do is switched off for good before it runs.
_LOCK = (
    "set enable_external_access = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set python_enable_replacements = false",
    "set lock_configuration = true",
)


class QueryError(GoujiError):
    """A question that cannot be answered; the message, Chinese first, says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer of a query: column names, and rows of values."""

    columns: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure with the block it was printed in: `text[char_start:char_end]` is the printed number.

    `recognised` is what character recognition read instead, if the number was repaired; `addresses` from where on the
    web the document was fetched, and when.
    """

    figure: dict[str, Any]
    path: str
    text: str
    char_start: int
    char_end: int
    checks: tuple[dict[str, Any], ...]
    recognised: str | None = None
    addresses: tuple[dict[str, Any], ...] = ()


@contextmanager
def reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection without files, network or changes of settings.

    Raises QueryError if there is no warehouse at that path, or the file is not one.
    """
    import duckdb  # here and in `select`, because commands that ask in the sandbox do without it

    if not warehouse.is_file():
        raise QueryError(f"找不到数仓文件 {warehouse}：请先运行 gouji build，或用 --warehouse 指明文件")
    while True:
        file = warehouse.resolve()
        try:
            connection = duckdb.connect(str(warehouse), read_only=True)
            break
        except duckdb.Error as error:
            if warehouse.resolve() != file:
                continue  # another version was published, and this one removed, while it was opened
            raise QueryError(f"{warehouse} 不是可以打开的 gouji 数仓（{_first_line(error)}）") from error
    try:
        for statement in _LOCK:
            connection.execute(statement)
        yield connection
    finally:
        connection.close()


def select(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Rows:
    """The rows of one query.

    Raises QueryError with DuckDB's reason if it does not run, or if there is no statement in it.
    """
    import duckdb

    try:
        if not duckdb.extract_statements(sql):
            raise QueryError("没有要执行的查询：SQL 是空的")
        cursor = connection.execute(sql, list(parameters))
        columns = tuple(column[0] for column in cursor.description or ())
        return Rows(columns, tuple(cursor.fetchall()))
    except duckdb.Error as error:
        raise QueryError(f"查询没有成功：{str(error).strip()}") from error


def find_organization(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The organisation of that name, or the only one whose name contains it.

    Raises QueryError with the closest names if there is none, or with all that fit if there are several.
    """
    known = [
        row[0] for row in select(connection, "select organization_name from marts.dim_organization order by 1").values
    ]
    if name in known:
        return name
    containing = [candidate for candidate in known if name in candidate]
    if len(containing) == 1:
        return str(containing[0])
    if containing:
        raise QueryError(f"“{name}”可以指 {len(containing)} 个单位：{'、'.join(containing[:8])}")
    raise QueryError(unknown("单位", name, known))


_PROFILE = {
    "来源": """
        select r.file_name as 文件, r.report_title as 报告, r.report_kind as 种类, r.fiscal_year as 年度,
            cast(min(f.ocr_confidence) as varchar) || '%' as 文字识别最低把握
        from marts.dim_report as r
        left join marts.fct_figure as f on r.report_id = f.report_id
        where r.organization_name = ?
        group by all
        order by r.file_name, min(r.report_no)
    """,
    "预算执行": """
        select fiscal_year as 年度, line_name as 项目, initial_budget_yuan as 年初预算,
            full_year_budget_yuan as 全年预算, actual_yuan as 决算, execution_rate_pct as 执行率
        from marts.fct_budget_execution where organization_name = ?
        order by fiscal_year, case line_type when 'whole_unit' then 1 when 'basic' then 2
            when 'project' then 3 when 'function' then 4 else 5 end, actual_yuan desc nulls last, line_name
    """,
    "“三公”经费": """
        select fiscal_year as 年度, total_budget_yuan as 预算, total_actual_yuan as 决算,
            overseas_actual_yuan as 出国, vehicle_actual_yuan as 用车, reception_actual_yuan as 接待
        from marts.fct_three_public where organization_name = ? order by fiscal_year
    """,
    "政府采购": """
        select fiscal_year as 年度, total_yuan as 总额, goods_yuan as 货物, works_yuan as 工程,
            services_yuan as 服务, sme_yuan as 中小企业
        from marts.fct_procurement where organization_name = ? order by fiscal_year
    """,
    "人员": """
        select fiscal_year as 年度, establishment_count as 编制, staff_count as 在岗
        from marts.fct_staffing where organization_name = ? order by fiscal_year
    """,
}


def profile(connection: duckdb.DuckDBPyConnection, organization: str) -> dict[str, Rows]:
    """What the warehouse knows of an organisation, by Chinese section title; amounts in yuan."""
    return {title: select(connection, sql, [organization]) for title, sql in _PROFILE.items()}


_COVERAGE = """
    select
        d.file_name as 文件,
        d.status as 状态,
        count(*) filter (where c.is_listed) as 目录列出,
        count(*) filter (where c.state <> 'not_supplied') as 有表,
        count(*) filter (where c.state in ('recognised', 'not_read')) as 认出,
        count(*) filter (where c.state = 'not_recognised' and c.reason = 'title_not_known') as 未认出,
        count(*) filter (where c.state = 'not_supplied') as 未公布,
        max(n.number_count) as 数字,
        max(n.figure_count) as 指标,
        max(n.unknown_count) as 不明,
        cast(cast(100 * max(n.unknown_count) as decimal(18, 4)) / max(n.number_count) as decimal(5, 2)) as "不明%",
        max(k.agreed) as 相符,
        max(k.failed) as 不符,
        max(k.unchecked) as 未核
    from raw.document as d
    left join marts.fct_table_coverage as c on d.document_id = c.document_id
    left join (
        select
            document_id,
            sum(number_count) as number_count,
            sum(figure_count) as figure_count,
            sum(unknown_count) as unknown_count
        from marts.fct_number_coverage group by document_id
    ) as n on d.document_id = n.document_id
    left join (
        select
            document_id,
            count(*) filter (where state in ('pass', 'rounding')) as agreed,
            count(*) filter (where state = 'fail') as failed,
            count(*) filter (where state in ('insufficient', 'not_applicable')) as unchecked
        from marts.fct_check group by document_id
    ) as k on d.document_id = k.document_id
    group by d.file_name, d.status, d.document_id
    order by d.file_name
"""

_COVERAGE_OF = """
    select
        coalesce(c.title, c.listed_title) as 标题,
        c.page as 页,
        c.kind as 种类,
        case c.state
            when 'recognised' then '已认出'
            when 'not_read' then '认出，不读数'
            when 'not_supplied' then '列出，未公布'
            when 'not_recognised' then case c.reason when 'no_amounts' then '没有金额' else '标题不认识' end
        end as 状态,
        c.figure_count as 指标,
        c.unread_count as 未读懂,
        c.pass_count + c.rounding_count as 相符,
        c.fail_count as 不符,
        c.unchecked_count as 未核
    from marts.fct_table_coverage as c
    where c.document_id = ?
    order by c.table_no nulls last, c.listed_title
"""


_COVERAGE_BY_SECTION = """
    select
        c.file_name as 文件,
        case c.source_kind when 'narrative' then '叙述' else '表格' end as 来源,
        c.section as 章节,
        c.number_count as 数字,
        c.figure_count as 指标,
        c.known_count as 另有原因,
        c.unknown_count as 不明,
        c.unknown_pct as "不明%"
    from marts.fct_number_coverage as c
    where ? is null or c.document_id = ?
    order by c.unknown_count desc, c.file_name, c.source_kind, c.section
"""


def coverage(connection: duckdb.DuckDBPyConnection, document: str | None = None, *, sections: bool = False) -> Rows:
    """What was read of each document, or of each table of the one whose file name is or contains `document`.

    With `sections`, how many numbers of each section, of one document or of all, were not understood.
    Raises QueryError with the closest names if there is none, or with all that fit if there are several.
    """
    if document is None:
        return select(connection, _COVERAGE_BY_SECTION, [None, None]) if sections else select(connection, _COVERAGE)
    rows = select(connection, "select document_id, file_name from raw.document order by 2").values
    fitting = [row for row in rows if row[1] == document] or [row for row in rows if document in row[1]]
    if not fitting:
        raise QueryError(unknown("文件", document, [row[1] for row in rows]))
    if len(fitting) > 1:
        raise QueryError(f"“{document}”可以指 {len(fitting)} 份文件：{'、'.join(row[1] for row in fitting[:8])}")
    found = fitting[0][0]
    return (
        select(connection, _COVERAGE_BY_SECTION, [found, found])
        if sections
        else select(connection, _COVERAGE_OF, [found])
    )


_UNKNOWN = """
    with found as (
        select
            n.number_no,
            n.document_id,
            d.file_name,
            n.term,
            o.title as reason,
            n.printed,
            replace(substr(b.text, greatest(n.char_start - 29, 1), least(n.char_start, 30)), chr(10), '') as before,
            replace(substr(b.text, n.char_end + 1, 12), chr(10), '') as after
        from raw.number as n
        inner join reference.outcome as o on n.outcome = o.reason
        inner join raw.document as d on n.document_id = d.document_id
        inner join raw.block as b on n.document_id = b.document_id and n.block_no = b.block_no
        where o.is_unknown and o.reason <> 'torn_table' and n.table_no is null and n.unit_text is not null
    ),

    named as (
        select
            *,
            regexp_extract(before, '[^，。；：、,;:]*$') as phrase,
            coalesce(nullif(term, ''), regexp_extract(before, '[^，。；：、,;:]*$')) as word
        from found
    ),

    numbered as (
        select *, row_number() over (partition by word order by file_name, number_no) as place
        from named
    )

    select
        min(phrase) filter (where place = 1) as 用语,
        count(*) as 次数,
        count(distinct document_id) as 文件,
        min(reason) filter (where place = 1) as 原因,
        min(before || printed || after) filter (where place = 1) as 例句,
        min(file_name) filter (where place = 1) as 出处
    from numbered
    group by word
    order by 文件 desc, 次数 desc, 用语
"""

_KNOWN = """
    select t.term as 用语, coalesce(m.label, '不取数') as 指标, t.item as 代码, t.component as 部分, t.within as 位置
    from reference.term as t
    left join reference.measure as m on t.item = m.item
    where contains(t.term, ?) or contains(coalesce(m.label, ''), ?) or t.item = ?
    order by t.item nulls last, t.term
"""


def vocabulary(connection: duckdb.DuckDBPyConnection, text: str = "", *, unknown: bool = False) -> Rows:
    """The terms that the vocabulary has, with their items; those whose term, label or item fits `text` only.

    With `unknown`, the words before amounts that it does not have: how often, in how many documents, and an example.
    """
    if unknown:
        rows = select(connection, _UNKNOWN)
        return Rows(rows.columns, tuple(row for row in rows.values if text in row[4]))
    return select(connection, _KNOWN, [text, text, text])


def not_understood(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many printed numbers were not understood, in prose and tables, and of how many."""
    rows = select(connection, "select sum(unknown_count), sum(number_count) from marts.fct_number_coverage")
    unknown, printed = rows.values[0]
    return int(unknown or 0), int(printed or 0)


def trace(connection: duckdb.DuckDBPyConnection, figure_id: str) -> Trace:
    """A figure, the text it was printed in and the checks it took part in.

    Raises QueryError, with the closest match, if there is no such figure.
    """
    figures = select(connection, "select * from marts.fct_figure where figure_id = ?", [figure_id]).dicts()
    if not figures:
        known = select(
            connection,
            "select figure_id from marts.fct_figure order by levenshtein(figure_id, ?), figure_id limit 3",
            [figure_id],
        )
        raise QueryError(unknown("指标", figure_id, [row[0] for row in known.values]))
    figure = figures[0]
    place = select(
        connection,
        """
        select d.path, b.text, n.ocr_text
        from raw.block as b
        inner join raw.document as d on b.document_id = d.document_id
        inner join raw.number as n
            on b.document_id = n.document_id and b.block_no = n.block_no and n.char_start = ?
        where b.document_id = ? and b.block_no = ?
        """,
        [figure["char_start"], figure["document_id"], figure["block_no"]],
    ).values[0]
    checks = select(
        connection,
        """
        select rule_id, state, severity, message
        from marts.fct_check
        where list_contains(figure_ids, ?)
        order by case state when 'fail' then 1 when 'rounding' then 2 when 'pass' then 3 else 4 end, rule_id
        """,
        [figure_id],
    ).dicts()
    fetched = _fetched(connection, figure["document_id"])
    return Trace(figure, place[0], place[1], figure["char_start"], figure["char_end"], tuple(checks), place[2], fetched)


def _fetched(connection: duckdb.DuckDBPyConnection, document_id: str) -> tuple[dict[str, Any], ...]:
    """From where a document was fetched: address, UTC time, and its name in the archive that was fetched, if any."""
    from warehouse.sources import addresses

    return tuple(
        {"address": row[1], "fetched_at": row[3], "member": row[5]}
        for row in sorted(addresses.read(connection, document_id), key=lambda row: (row[3], row[1]))
    )


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """That there is no such thing, with the closest names, or the first of all where none is close."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    hint = f"，是否想写：{'、'.join(close)}" if close else f"。有：{'、'.join(known[:10])}" if known else ""
    return f"没有这个{kind}：{name}{hint}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
