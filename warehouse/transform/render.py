"""Renders models: dbt's jinja in, plain SQL out, with what it refers to.

A `Renderer` holds the macros and variables of a project and gives a `Compiled` for each model. References render as
`schema.name`; what dbt would need a live connection for (`run_query`, `adapter`, …) is refused with a clear error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NoReturn

from jinja2 import Environment, TemplateError, UndefinedError

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.macros import MacroReturn, compiled, read_macros
from warehouse.transform.resources import Compiled, Model, Project, Relation
from warehouse.transform.templates import environment, unmark

_REFUSED = ("adapter", "builtins", "env_var", "graph", "load_result", "run_query", "statement")
_BUILTIN = (
    *("config", "exceptions", "execute", "is_incremental", "project_name"),
    *("ref", "return", "source", "target", "this", "var"),
)
# What an expression in a template can raise, beside jinja's own errors.
_EXPRESSION_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
_UNDEFINED = re.compile(r"'(\w+)' is undefined")


@dataclass(frozen=True, slots=True)
class StandIns:
    """Relations that a model reads instead of those of the warehouse, as its unit tests do."""

    refs: Mapping[str, Relation] = field(default_factory=dict)
    sources: Mapping[tuple[str, str], Relation] = field(default_factory=dict)
    this: Relation | None = None


class _RefusalError(Exception):
    """Raised by a context function; becomes a TransformError once the line is known."""


class _Refused:
    """A name of dbt that cannot be used here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> NoReturn:
        raise _RefusalError(f"{self._name} 不在支持的 dbt 子集内")

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        raise _RefusalError(f"{self._name} 不在支持的 dbt 子集内")


class _Exceptions:
    """dbt's `exceptions`."""

    def raise_compiler_error(self, message: str) -> NoReturn:
        raise _RefusalError(message)


class Renderer:
    """Renders the models of one project with one set of variables."""

    def __init__(self, project: Project, variables: Mapping[str, Any] | None = None) -> None:
        """Reads the macros; `variables` go before those of `dbt_project.yml`. Raises TransformError for a bad macro."""
        self._project = project
        self._variables = {**project.variables, **(variables or {})}
        self._jinja = environment()
        self._macros = read_macros(self._jinja, project.macros, (*_BUILTIN, *_REFUSED))

    def render(self, model: Model, stand_ins: StandIns | None = None) -> Compiled:
        """The compiled SQL of a model and what it refers to; with `stand_ins` it reads other relations than its own.

        Raises TransformError with the line in the model file: jinja syntax, an undefined name, an unknown ref, source
        or variable, or anything outside the supported subset of dbt.
        """
        whole = self._render(self._jinja, model, model.sql, stand_ins)
        if model.materialized != "incremental":
            return whole
        part = self._render(self._jinja, model, model.sql, stand_ins, incremental=True)
        hooks = [self._render(self._jinja, model, hook, stand_ins) for hook in model.post_hooks]
        every = [whole, part, *hooks]
        return Compiled(
            model,
            whole.sql,
            refs=frozenset().union(*(each.refs for each in every)),
            sources=frozenset().union(*(each.sources for each in every)),
            macros={name: digest for each in every for name, digest in each.macros.items()},
            increment=part.sql,
            hooks=tuple(hook.sql for hook in hooks),
        )

    def source_line(self, rendered: Compiled, line: int, sql: str | None = None) -> int | None:
        """The line of the model file that line `line` (from 1) of the compiled SQL came from.

        `sql` is the rendering that is meant, the whole one by default. Renders once more, with line marks. None where
        that changes the text (a template that measures its own text).
        """
        incremental = sql is not None and sql == rendered.increment
        jinja = environment(line_marks=True)
        marked = self._render(jinja, rendered.model, rendered.model.sql, None, incremental=incremental)
        text, lines = unmark(marked.sql)
        return lines[line - 1] if text == (sql or rendered.sql) and 0 < line <= len(lines) else None

    def _render(
        self,
        jinja: Environment,
        model: Model,
        source: str,
        stand_ins: StandIns | None,
        *,
        incremental: bool = False,
    ) -> Compiled:
        refs: set[str] = set()
        sources: set[tuple[str, str]] = set()
        context = self._context(model, refs, sources, stand_ins or StandIns())
        context["is_incremental"] = lambda: incremental
        template, names = compiled(jinja, model.file, source)
        macros = self._macros.digests(names)
        try:
            sql = template.render(context)
        except (_RefusalError, TemplateError, *_EXPRESSION_ERRORS) as error:
            raise self._located(model, error, context) from error
        return Compiled(model, sql, frozenset(refs), frozenset(sources), macros)

    def _context(
        self, model: Model, refs: set[str], sources: set[tuple[str, str]], stand_ins: StandIns
    ) -> dict[str, Any]:
        project = self._project
        nodes = project.nodes()

        def ref(*names: str, **options: object) -> Relation:
            if options or not names or len(names) > 2:
                raise _RefusalError("ref() 只支持 ref('模型') 和 ref('项目', '模型')")
            if len(names) == 2 and names[0] != project.name:
                raise _RefusalError(f"ref() 只能引用本项目 {project.name}，不能引用 {names[0]}")
            if names[-1] not in nodes:
                raise _RefusalError(f"模型 {model.name} 引用了不存在的 {names[-1]}{suggestion(names[-1], nodes)}")
            refs.add(names[-1])
            return stand_ins.refs.get(names[-1], nodes[names[-1]].relation)

        def source(name: str, table: str) -> Relation:
            if name not in project.sources:
                hint = suggestion(name, project.sources)
                raise _RefusalError(f"模型 {model.name} 引用了未声明的来源 {name}{hint}")
            tables = project.sources[name].tables
            if table not in tables:
                raise _RefusalError(
                    f"模型 {model.name} 引用了来源 {name} 中未声明的表 {table}{suggestion(table, tables)}"
                )
            sources.add((name, table))
            return stand_ins.sources.get((name, table), tables[table].relation)

        context: dict[str, Any] = {
            "config": _config_call(model),
            "exceptions": _Exceptions(),
            "execute": True,
            "project_name": project.name,
            "ref": ref,
            "return": _return,
            "source": source,
            "target": project.target,
            "this": stand_ins.this or model.relation,
            "var": self._var,
            **{name: _Refused(name) for name in _REFUSED},
        }
        context.update(self._macros.bind(context))
        return context

    def _var(self, name: str, *default: Any) -> Any:
        if name in self._variables:
            return self._variables[name]
        if default:
            return default[0]
        raise _RefusalError(f"变量 {name} 没有定义，也没有默认值{suggestion(name, self._variables)}")

    def _located(self, model: Model, error: Exception, names: Iterable[str]) -> TransformError:
        cause = str(error)
        if isinstance(error, UndefinedError):
            undefined = _UNDEFINED.search(cause)
            name = undefined[1] if undefined else ""
            cause = f"变量或宏 {name} 未定义{suggestion(name, names)}" if name else f"模板中用了未定义的值：{cause}"
        elif not isinstance(error, _RefusalError):
            cause = f"模板无法执行：{cause}"
        frames = list(_frames(error.__traceback__))
        line = next((line for file, line in reversed(frames) if file == model.file), None)
        macro_files = {macro.file for macro in self._project.macros}
        inner = next((f"（在宏文件 {file}:{line} 中）" for file, line in reversed(frames) if file in macro_files), "")
        return TransformError(model.file, line, cause + inner)


def _frames(traceback: TracebackType | None) -> Iterable[tuple[str, int]]:
    """File and line of each frame; jinja has rewritten those of templates to the template's own."""
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next


def _return(value: object = None) -> NoReturn:
    raise MacroReturn(value)


def _config_call(model: Model) -> Callable[..., str]:
    """`config(…)` inside a template: read already, so it renders as nothing, unless a macro tries to configure."""

    def config(**settings: object) -> str:
        for key in settings:
            if key not in model.configured:
                raise _RefusalError(f"config() 的 {key} 应直接写在模型文件中，不能由宏设置")
        return ""

    return config
