"""The jinja dialect of dbt: its environment, what can be read from a template without rendering it, and line marks.

Whitespace is treated as dbt treats it (jinja's defaults: nothing trimmed but the last newline).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

from warehouse.transform.config import Layer, Setting
from warehouse.transform.errors import TransformError
from warehouse.transform.resources import Place

# A line mark is written in spaces that no SQL holds, so that filters such as `trim` and `indent` treat it as space.
_FENCE = "\u1680"
_DIGITS = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
_MARK = re.compile(f"{_FENCE}([{_DIGITS}]+){_FENCE}")


class _TestTag(Extension):
    """`{% test %}` blocks define generic tests for dbt: read over here."""

    tags = {"test"}  # noqa: RUF012 (jinja declares it so)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        test = nodes.Macro(lineno=next(parser.stream).lineno)
        parser.parse_assign_target(name_only=True)
        parser.parse_signature(test)
        parser.parse_statements(("name:endtest",), drop_needle=True)
        return []


class _RefusedTag(Extension):
    """Tags of dbt that lie outside the subset."""

    tags = {"materialization", "snapshot"}  # noqa: RUF012

    def parse(self, parser: Parser) -> list[nodes.Node]:
        parser.fail(f"{{% {parser.stream.current.value} %}} 不在支持的 dbt 子集内", parser.stream.current.lineno)


class _LineMarks(Extension):
    """Puts a mark with the line of the template before each piece of literal text and after each of its newlines."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return map(_marked, stream)


def _marked(token: Token) -> Token:
    if token.type != "data":
        return token
    lines = token.value.split("\n")
    text = "\n".join(_mark(token.lineno + offset) + line for offset, line in enumerate(lines))
    return Token(token.lineno, "data", text)


def _mark(line: int) -> str:
    return _FENCE + "".join(_DIGITS[int(digit)] for digit in str(line)) + _FENCE


@cache
def environment(*, line_marks: bool = False) -> Environment:
    """The jinja environment with dbt's settings; with `line_marks` its templates render with marks, see `unmark`."""
    extensions: list[str | type[Extension]] = ["jinja2.ext.do", "jinja2.ext.loopcontrols", _TestTag, _RefusedTag]
    if line_marks:
        extensions.append(_LineMarks)
    return Environment(undefined=StrictUndefined, extensions=extensions, autoescape=False)  # SQL, not HTML


def unmark(rendered: str) -> tuple[str, list[int | None]]:
    """Text without its marks, and for each of its lines the line of the template it came from.

    A line without a mark comes from a macro or expression: it belongs to the line of the mark before it.
    """
    lines: list[int | None] = []
    last: int | None = None
    for line in rendered.split("\n"):
        marks = [int("".join(str(_DIGITS.index(digit)) for digit in mark)) for mark in _MARK.findall(line)]
        lines.append(marks[0] if marks else last)
        last = marks[-1] if marks else last
    return _MARK.sub("", rendered), lines


@lru_cache(maxsize=1024)
def parse(jinja: Environment, file: str, source: str) -> nodes.Template:
    """The syntax tree of a template, to be read only: each text is parsed once.

    Raises TransformError with the line of a jinja syntax error.
    """
    try:
        return jinja.parse(source, name=file, filename=file)
    except TemplateSyntaxError as error:
        raise TransformError(file, error.lineno, f"jinja 语法错误：{error.message}") from error


def config_in(jinja: Environment, file: str, source: str) -> Layer:
    """The settings of the `config(…)` calls in a model, which have to be literals as they are read before rendering.

    Raises TransformError for a jinja syntax error or a setting that is not a literal.
    """
    settings: dict[str, Setting] = {}
    for call in parse(jinja, file, source).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "config"):
            continue
        if call.args or call.dyn_args or call.dyn_kwargs:
            raise TransformError(file, call.lineno, "config() 只接受“名称=值”形式的参数")
        for keyword in call.kwargs:
            try:
                value = keyword.value.as_const()
            except nodes.Impossible as error:
                raise TransformError(file, keyword.lineno, f"config() 的 {keyword.key} 应为字面量") from error
            settings[keyword.key] = Setting(value, Place(file, keyword.lineno))
    return settings


def macro_definitions(tree: nodes.Template) -> Iterator[nodes.Macro]:
    """The macros that a file defines."""
    return (node for node in tree.body if isinstance(node, nodes.Macro))


def used_names(tree: nodes.Node) -> frozenset[str]:
    """The names that a template or macro mentions: variables, functions, macros."""
    return frozenset(node.name for node in tree.find_all(nodes.Name))
