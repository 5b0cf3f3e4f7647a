"""Runs the unit tests of models: rows in, rows out, in tables of their own; a failure tells only the cells that differ.

Takes a connection to a scratch warehouse that has the raw tables, empty: their types, and those of the models built on
them, are the types of what a test gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.graph import Graph, build_graph
from warehouse.transform.resources import Compiled, Place, Project, Relation, quoted
from warehouse.transform.run import run
from warehouse.transform.selection import select
from warehouse.transform.unit_yaml import Given, Rows, UnitTest

_SCHEMA = "_unit_test"


@dataclass(frozen=True, slots=True)
class UnitResult:
    """How a test came out: the differences, a line each; none where it holds."""

    test: UnitTest
    differences: tuple[str, ...]


def run_unit_tests(
    connection: duckdb.DuckDBPyConnection, project: Project, expressions: Iterable[str] = ()
) -> list[UnitResult]:
    """Runs the tests of the selected models (of all, if nothing is selected), in the order of the files.

    The models that they read are built first, on what the connection has. Raises TransformError with the line for a
    test that cannot run: an unknown model, input or column, an input that is missing, a value of another type.
    """
    graph = build_graph(project)
    for test in project.unit_tests:
        if test.model not in project.models:
            hint = suggestion(test.model, project.models)
            raise _error(test.place, f"单元测试 {test.name}：模型 {test.model} 不存在{hint}")
    chosen = set(select(graph, expressions))
    tests = [test for test in project.unit_tests if test.model in chosen]
    if not tests:
        return []
    run(connection, project, select=sorted({f"+{test.model}" for test in tests}))
    connection.execute(f"create schema if not exists {_SCHEMA}")
    return [UnitResult(test, tuple(_Run(connection, graph, test).differences())) for test in tests]


@dataclass(frozen=True, slots=True)
class _Run:
    connection: duckdb.DuckDBPyConnection
    graph: Graph
    test: UnitTest

    def differences(self) -> list[str]:
        compiled = self._compiled()
        actual = Relation(_SCHEMA, "actual")
        sql = (compiled.increment if self.test.is_incremental else None) or compiled.sql
        self._execute(f"create or replace table {actual} as (\n{sql}\n)", self.test.place)
        types = self._types(actual)
        expected = self.test.expect
        wanted = Relation(_SCHEMA, "expected")
        self._fill(wanted, expected, types)
        columns = list(self._types(wanted)) if expected.query is not None or expected.rows else list(types)
        for name in columns:
            if name not in types:
                raise _error(expected.place, f"模型 {self.test.model} 没有列 {name}{suggestion(name, types)}")
        names = ", ".join(quoted(name) for name in columns)
        cast = ", ".join(f"cast({quoted(name)} as {types[name]})" for name in columns)
        should = self._execute(f"select {cast} from {wanted}", expected.place)
        return compare(columns, should, self._execute(f"select {names} from {actual}", expected.place))

    def _compiled(self) -> Compiled:
        project, test = self.graph.project, self.test
        model = self.graph.compiled[test.model]
        refs: dict[str, Relation] = {}
        sources: dict[tuple[str, str], Relation] = {}
        this: Relation | None = None
        for number, given in enumerate(test.given):
            stand_in = Relation(_SCHEMA, f"given_{number}")
            if given.source:
                if given.source not in model.sources:
                    raise self._not_read(given)
                sources[given.source] = stand_in
                original = project.sources[given.source[0]].tables[given.source[1]].relation
            elif given.ref:
                if given.ref not in model.refs:
                    raise self._not_read(given)
                original = project.node(given.ref).relation
                is_own_seed = given.ref in project.seeds and given.content.rows is None and given.content.query is None
                refs[given.ref] = original if is_own_seed else stand_in
            else:
                this, original = stand_in, model.model.relation
            if given.content.rows is None and given.content.query is None:
                if given.ref not in project.seeds:
                    raise _error(given.content.place, f"{given.written} 缺少 rows：只有种子可以用自己的内容")
                continue
            self._fill(stand_in, given.content, self._types(original))
        missing = sorted({f"ref('{name}')" for name in model.refs - refs.keys()})
        missing += sorted(f"source('{name}', '{table}')" for name, table in model.sources - sources.keys())
        if missing:
            raise _error(test.place, f"单元测试 {test.name} 没有给出模型读的 {'、'.join(missing)}")
        from warehouse.transform.render import Renderer, StandIns

        renderer = Renderer(project, test.variables) if test.variables else self.graph.renderer
        return renderer.render(model.model, StandIns(refs, sources, this))

    def _not_read(self, given: Given) -> TransformError:
        return _error(given.content.place, f"模型 {self.test.model} 不读 {given.written}")

    def _fill(self, target: Relation, content: Rows, types: Mapping[str, str]) -> None:
        """Makes a table of rows; columns that no row has are empty."""
        if content.query is not None:
            self._execute(f"create or replace table {target} as (\n{content.query}\n)", content.place)
            return
        rows = content.rows or ()
        for name in (name for row in rows for name in row):
            if name not in types:
                raise _error(content.place, f"没有列 {name}{suggestion(name, types)}")
        selected = types
        if content is self.test.expect and rows:
            selected = {name: types[name] for name in rows[0]}
            if any(row.keys() != rows[0].keys() for row in rows):
                raise _error(content.place, "expect 的各行应有相同的列")
        select_rows = [
            "select "
            + ", ".join(
                f"cast({_literal(row.get(name))} as {kind}) as {quoted(name)}" for name, kind in selected.items()
            )
            for row in rows
        ]
        empty = "select " + ", ".join(f"cast(null as {kind}) as {quoted(n)}" for n, kind in selected.items())
        query = "\nunion all\n".join(select_rows) or f"{empty} limit 0"
        self._execute(f"create or replace table {target} as {query}", content.place)

    def _types(self, relation: Relation) -> dict[str, str]:
        return {row[0]: row[1] for row in self.connection.execute(f"describe {relation}").fetchall()}

    def _execute(self, sql: str, place: Place) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(sql).fetchall()
        except duckdb.Error as error:
            message = " ".join(str(error).partition("\nLINE ")[0].split())
            raise _error(place, f"单元测试 {self.test.name} 无法执行（{message}）") from error


def compare(
    columns: Sequence[str], expected: Sequence[tuple[Any, ...]], actual: Sequence[tuple[Any, ...]]
) -> list[str]:
    """How rows differ, in whatever order they come: of like rows only the cells that differ, others whole."""
    missing, surplus = list(expected), list(actual)
    for row in expected:
        if row in surplus:
            surplus.remove(row)
            missing.remove(row)
    lines: list[str] = []
    # Rows are held against those that have most in common with them.
    pairs = sorted(
        ((_common(one, other), -i, -j) for i, one in enumerate(missing) for j, other in enumerate(surplus)),
        reverse=True,
    )
    left, right = dict(enumerate(missing)), dict(enumerate(surplus))
    for common, i, j in pairs:
        if common and -i in left and -j in right:
            one, other = left.pop(-i), right.pop(-j)
            cells = [
                f"{name} 应为 {_shown(should)}，实为 {_shown(found)}"
                for name, should, found in zip(columns, one, other, strict=True)
                if should != found
            ]
            lines.append(f"第 {list(expected).index(one) + 1} 行：{'；'.join(cells)}")
    lines += [f"少了：{_row(columns, row)}" for row in left.values()]
    lines += [f"多了：{_row(columns, row)}" for row in right.values()]
    return lines


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    return sum(left == right for left, right in zip(one, other, strict=True))


def _row(columns: Sequence[str], row: Sequence[Any]) -> str:
    return "，".join(f"{name} {_shown(value)}" for name, value in zip(columns, row, strict=True))


def _shown(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _literal(value: Any) -> str:
    """A value of YAML as an SQL literal; numbers as they are written, so that none becomes a double."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(_literal(each) for each in value)}]"
    return "'" + str(value).replace("'", "''") + "'"


def _error(place: Place, cause: str) -> TransformError:
    return TransformError(place.file, place.line, cause)
