"""dbt's data tests as expectations: `not_null`, `unique`, `accepted_values`, `relationships` and
`unique_combination_of_columns`, each one query whose rows are those that dbt would report.

Takes a project, gives one `Expectation` per declared test of models, seeds and sources.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from warehouse.expectations.errors import ExpectationError
from warehouse.expectations.expectation import Expectation, escaped, literal
from warehouse.transform import DataTest, Model, Project, Relation, Seed, SourceTable
from warehouse.transform.errors import suggestion
from warehouse.transform.resources import quoted

_Tested = Model | Seed | SourceTable

# Settings that change neither which rows fail nor what that means; `where`, `severity`, … are read below.
_IGNORED = frozenset({"tags", "meta", "description", "name"})
_CONFIG = _IGNORED | {"enabled", "severity", "where"}
_SEVERITIES = {"error": "error", "warn": "warning"}


def data_test_expectations(project: Project) -> tuple[Expectation, ...]:
    """One expectation per enabled data test, models first, then seeds and sources; names are all different.

    Raises ExpectationError naming the table and the test: unknown test, missing or unknown argument or setting.
    """
    expectations: list[Expectation] = []
    names: dict[str, int] = {}
    for kind, resource in _tested(project):
        for test in resource.data_tests:
            case = _Case(project, kind, resource, test)
            if not case.enabled():
                continue
            expectation = case.expectation()
            count = names[expectation.name] = names.get(expectation.name, 0) + 1
            expectations.append(expectation if count == 1 else replace(expectation, name=f"{expectation.name}_{count}"))
    return tuple(expectations)


def _tested(project: Project) -> Iterator[tuple[str, _Tested]]:
    yield from (("模型", model) for model in project.models.values())
    yield from (("种子", seed) for seed in project.seeds.values())
    for source in project.sources.values():
        yield from (("来源", table) for table in source.tables.values())


@dataclass(frozen=True, slots=True)
class _Case:
    """A declared test and where it stands; every method raises ExpectationError."""

    project: Project
    kind: str
    resource: _Tested
    test: DataTest

    def expectation(self) -> Expectation:
        """The test as an expectation."""
        name = self.test.name.removeprefix("dbt_utils.")
        if name not in _TESTS:
            raise self.error(f"不支持这种检验{suggestion(name, _TESTS)}")
        for setting in self.test.config:
            if setting not in _CONFIG:
                raise self.error(f"不支持设置 {setting}{suggestion(setting, _CONFIG)}")
        query = _TESTS[name](self)
        parts = [str(self.resource.relation), query.column or "", name]
        return Expectation(
            name=".".join(part for part in parts if part),
            title=str(self.test.config.get("description") or query.title),
            test=name,
            severity=self.severity(),
            query=query.sql,
            # Great Expectations asks for {batch} in every query; these name their tables, one suite has them all.
            unexpected_rows_query=f"/* {{batch}} */ {escaped(query.sql)}",
            relation=self.resource.relation,
            reads=(self.resource.relation, *query.others),
            place=self.place(),
            column=query.column,
        )

    def enabled(self) -> bool:
        """False where the test is switched off."""
        enabled = self.test.config.get("enabled", True)
        if not isinstance(enabled, bool):
            raise self.error(f"enabled 应为 true 或 false，写成了 {enabled}")
        return enabled

    def severity(self) -> str:
        """`error`, or `warning` where dbt is to warn."""
        severity = str(self.test.config.get("severity", "error")).lower()
        if severity not in _SEVERITIES:
            raise self.error(f"severity 应为 error 或 warn，写成了 {severity}")
        return _SEVERITIES[severity]

    def rows(self) -> str:
        """The rows under test, as something to select from."""
        where = self.test.config.get("where")
        if where is None:
            return str(self.resource.relation)
        if not isinstance(where, str):
            raise self.error("where 应为 SQL 条件")
        return f"(select * from {self.resource.relation} where {where}) as tested"

    def column(self) -> str:
        """The column under test: the one the test stands at, or `column_name` of a test of the table."""
        column = self.test.column or self.test.arguments.get("column_name")
        if not isinstance(column, str):
            raise self.error("应写在某一列之下，或给出 column_name")
        return column

    def arguments(self, *required: str, **optional: object) -> Mapping[str, Any]:
        """The arguments, all `required` ones among them, with defaults for the `optional` ones."""
        known = {*required, *optional}
        for name in self.test.arguments:
            if name not in known:
                raise self.error(f"不支持参数 {name}{suggestion(name, known)}")
        for name in required:
            if self.test.arguments.get(name) in (None, "", []):
                raise self.error(f"缺少参数 {name}")
        return {**optional, **self.test.arguments}

    def parent(self, reference: object) -> Relation:
        """The table that `ref('…')` or `source('…', '…')` names."""
        match _call(str(reference)):
            case ("ref", [name]) if name in self.project.models or name in self.project.seeds:
                return self.project.node(name).relation
            case ("source", [source, table]) if source in self.project.sources:
                tables = self.project.sources[source].tables
                if table in tables:
                    return tables[table].relation
        raise self.error(f"找不到 to 所指的表：{reference}")

    def place(self) -> str:
        """File and line of the table's description, and which test it is."""
        at = self.resource.documented
        place = self.resource.file if at is None else at.file if at.line is None else f"{at.file}:{at.line}"
        table = self.resource.name
        if isinstance(self.resource, SourceTable):
            table = f"{self.resource.source}.{table}"
        column = f"的列 {self.test.column} " if self.test.column else ""
        return f"{place}: {self.kind} {table} {column}的数据检验 {self.test.name}"

    def error(self, cause: str) -> ExpectationError:
        """An error about this test."""
        return ExpectationError(f"{self.place()}：{cause}")


@dataclass(frozen=True, slots=True)
class _Query:
    """SQL that gives the failing rows; `others` are the tables it reads beside the tested one."""

    title: str
    sql: str
    column: str | None = None
    others: tuple[Relation, ...] = ()


def _not_null(case: _Case) -> _Query:
    """A row for each row without a value."""
    case.arguments(column_name=None)
    column = case.column()
    sql = f"select * from {case.rows()} where {quoted(column)} is null"
    return _Query(f"{case.resource.relation}.{column} 不为空", sql, column)


def _unique(case: _Case) -> _Query:
    """A row for each value that several rows have."""
    case.arguments(column_name=None)
    column = case.column()
    sql = _repeated(case.rows(), [column], f"where {quoted(column)} is not null")
    return _Query(f"{case.resource.relation}.{column} 不重复", sql, column)


def _unique_combination(case: _Case) -> _Query:
    """A row for each combination of values that several rows have; empty values equal each other."""
    columns = case.arguments("combination_of_columns", quote_columns=True)["combination_of_columns"]
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise case.error("combination_of_columns 应为列名的列表")
    return _Query(f"{case.resource.relation} 的（{'、'.join(columns)}）不重复", _repeated(case.rows(), columns))


def _accepted_values(case: _Case) -> _Query:
    """A row for each other value; empty is accepted. `quote: false` takes the values as SQL."""
    arguments = case.arguments("values", quote=True, column_name=None)
    values = arguments["values"]
    if not isinstance(values, list) or any(value is None for value in values):
        raise case.error("values 应为不含空值的列表")
    column = case.column()
    accepted = ", ".join(literal(str(value)) if arguments["quote"] else str(value) for value in values)
    sql = (
        f"select {quoted(column)}, count(*) as n_rows from {case.rows()}"
        f" where {quoted(column)} not in ({accepted}) group by {quoted(column)}"
    )
    return _Query(f"{case.resource.relation}.{column} 只取规定的值", sql, column)


def _relationships(case: _Case) -> _Query:
    """A row for each row whose value the parent does not have; empty needs no parent."""
    arguments = case.arguments("to", "field", column_name=None)
    column, field, parent = case.column(), str(arguments["field"]), case.parent(arguments["to"])
    sql = (
        f"select child.* from (select * from {case.rows()}) as child where child.{quoted(column)} is not null"
        f" and not exists (select 1 from {parent} as parent where parent.{quoted(field)} = child.{quoted(column)})"
    )
    return _Query(f"{case.resource.relation}.{column} 都在 {parent}.{field} 中", sql, column, (parent,))


_TESTS: Mapping[str, Callable[[_Case], _Query]] = {
    "accepted_values": _accepted_values,
    "not_null": _not_null,
    "relationships": _relationships,
    "unique": _unique,
    "unique_combination_of_columns": _unique_combination,
}


def _repeated(rows: str, columns: Iterable[str], where: str = "") -> str:
    keys = ", ".join(quoted(column) for column in columns)
    return f"select {keys}, count(*) as n_rows from {rows} {where} group by {keys} having count(*) > 1"


def _call(text: str) -> tuple[str, list[str]] | None:
    """`ref('unit')` as a name and its arguments, with or without jinja's braces; None for anything else."""
    try:
        node = ast.parse(text.strip().removeprefix("{{").removesuffix("}}").strip(), mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.keywords:
        return None
    return node.func.id, [str(each.value) for each in node.args if isinstance(each, ast.Constant)]
