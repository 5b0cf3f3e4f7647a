"""Checks compiled SQL before it runs: one query, and every table it reads came from `ref` or `source`.

A hard-coded table would be read without being a dependency: built too late, or missing from another target.
This is the only module that needs sqlglot, so it imports it when it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.graph import Graph
from warehouse.transform.resources import Compiled

if TYPE_CHECKING:
    from sqlglot import exp

_READERS = re.compile(r"read_\w+|\w+_scan|glob|query|query_table|sniff_csv", re.IGNORECASE)
_TOKEN_LINE = re.compile(r"(\d+):\d+")


def check_sql(graph: Graph, name: str) -> None:
    """Checks one model of the graph.

    Raises TransformError with the line in the model file: a syntax error, anything but one query, a semicolon, or a
    table, file or scan that is hard-coded. CTE names are no tables, wherever they are in scope.
    """
    model = graph.compiled[name]
    _check_hooks(model)
    for sql in model.queries():
        _checked(graph, model, sql)


def canonical(graph: Graph, name: str) -> list[str]:
    """The queries of a model as sqlglot writes them: the same for whatever differs in comments and white space only.

    Raises TransformError as `check_sql` does, which it contains.
    """
    model = graph.compiled[name]
    _check_hooks(model)
    return [_checked(graph, model, sql).sql("duckdb", comments=False) for sql in model.queries()]


def _check_hooks(model: Compiled) -> None:
    target = re.escape(str(model.model.relation))
    for hook in model.hooks:
        if not re.match(rf"\s*delete\s+from\s+{target}\b[^;]*$", hook, re.IGNORECASE):
            raise TransformError(
                model.model.file,
                None,
                f"post_hook 只能是 delete from {{{{ this }}}} …，不能是：{' '.join(hook.split())}",
            )


def _checked(graph: Graph, model: Compiled, sql: str) -> exp.Expression:
    from sqlglot import exp

    query = _parsed(graph, model, sql)
    own = {_key(model.model.schema, model.model.name)} if sql == model.increment else set()  # as `this`
    relations = [graph.project.node(ref).relation for ref in model.refs]
    relations += [graph.project.sources[source].tables[table].relation for source, table in model.sources]
    allowed = own | {_key(relation.schema, relation.name) for relation in relations}
    for node in query.find_all(exp.Table):
        line = node.this.meta.get("line")
        if isinstance(node.this, exp.Func):
            function = node.this.name if isinstance(node.this, exp.Anonymous) else node.this.sql_name()
            if _READERS.fullmatch(function):
                raise _error(graph, model, sql, line, f"模型不能直接读取 {function.lower()}(…)，请改用 source()")
        elif isinstance(node.this, exp.Identifier):
            known = not node.catalog and _key(node.db, node.name) in allowed
            if not known and (node.db or not _is_cte(node)):
                raise _error(graph, model, sql, line, _hard_coded(graph, node))
    return query


def _parsed(graph: Graph, model: Compiled, sql: str) -> exp.Expression:
    import sqlglot
    from sqlglot import errors, exp

    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except errors.ParseError as error:
        first = error.errors[0] if error.errors else {}
        near = first.get("highlight") or ""
        cause = f"SQL 语法错误：{first.get('description') or error}" + (f"（在 {near} 附近）" if near else "")
        raise _error(graph, model, sql, first.get("line"), cause) from error
    except errors.TokenError as error:
        place = _TOKEN_LINE.search(str(error.__cause__))
        line = int(place[1]) if place else None
        raise _error(graph, model, sql, line, "SQL 语法错误：引号或注释没有结束") from error
    if len(statements) > 1 or sql.rstrip().endswith(";"):
        raise TransformError(model.model.file, None, "模型只能是一条查询，末尾也不能有分号")
    query = statements[0] if statements else None
    if not isinstance(query, exp.Query | exp.Values | exp.Pivot):
        raise TransformError(model.model.file, None, "模型必须是一条查询语句（select … 或 with … select …）")
    return query


def _key(schema: str, name: str) -> str:
    return f"{schema}.{name}".lower()


def _hard_coded(graph: Graph, table: exp.Table) -> str:
    """Names the table, and what to write instead where something of the project has that name."""
    written = ".".join(part for part in (table.catalog, table.db, table.name) if part)
    cause = f"直接写出了表名 {written}，应改用 ref() 或 source()"
    for name in graph.parents:
        if name.lower() == table.name.lower():
            return f"{cause}，是否想写 ref('{name}')？"
    for source in graph.project.sources.values():
        if table.name in source.tables and table.db in ("", source.schema):
            return f"{cause}，是否想写 source('{source.name}', '{table.name}')？"
    return cause + suggestion(table.name, graph.parents)


def _is_cte(table: exp.Table) -> bool:
    """Whether the bare name of `table` is a CTE in scope: an earlier one, the own one if recursive, or an outer one."""
    from sqlglot import exp

    name = table.name.lower()
    node: exp.Expression = table
    while node.parent is not None:
        parent = node.parent
        if isinstance(parent, exp.With):
            position = next(i for i, cte in enumerate(parent.expressions) if cte is node)
            visible = parent.expressions[: position + 1 if parent.args.get("recursive") else position]
            node = parent.parent  # the query that the WITH belongs to, whose later CTEs are out of scope
        else:
            clause = parent.args.get("with_")
            visible = clause.expressions if clause is not None else []
            node = parent
        if any(cte.alias.lower() == name for cte in visible):
            return True
    return False


def _error(graph: Graph, model: Compiled, sql: str, line: int | None, cause: str) -> TransformError:
    return TransformError(model.model.file, graph.renderer.source_line(model, line, sql) if line else None, cause)
