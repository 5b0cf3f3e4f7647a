"""The macros of a project: found once, then bound to the names that a model being rendered can use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, Template

from warehouse.transform.errors import TransformError
from warehouse.transform.resources import MacroFile
from warehouse.transform.templates import macro_names, parse


class MacroReturn(Exception):  # noqa: N818 (control flow, not an error)
    """Carries the value of `{{ return(value) }}` out of a macro."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class Macros:
    """Macros by name, each with the template of its file."""

    templates: Mapping[str, Template]

    def bind(self, context: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
        """Callables by name; they see `context`, which may come to hold them too, so macros can call each other."""
        return {name: _bound(template, name, context) for name, template in self.templates.items()}


def _bound(template: Template, name: str, context: Mapping[str, Any]) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> Any:
        macro = getattr(template.make_module(dict(context)), name)
        try:
            return macro(*args, **kwargs)
        except MacroReturn as result:
            return result.value

    return call


def read_macros(jinja: Environment, files: Iterable[MacroFile], reserved: Iterable[str]) -> Macros:
    """Compiles macro files.

    Raises TransformError for a syntax error, and for a name that is defined twice or belongs to the runner.
    """
    taken = set(reserved)
    templates: dict[str, Template] = {}
    places: dict[str, str] = {}
    for file in files:
        tree = parse(jinja, file.file, file.source)
        names = list(macro_names(tree))
        template = compiled(jinja, file.file, file.source)
        for name, line in names:
            if name in taken:
                raise TransformError(file.file, line, f"宏 {name} 与内置名称相同，请改名")
            if name in templates:
                raise TransformError(file.file, line, f"宏 {name} 已在 {places[name]} 定义")
            templates[name] = template
            places[name] = f"{file.file}:{line}"
    return Macros(templates)


def compiled(jinja: Environment, file: str, source: str) -> Template:
    """A template whose tracebacks name `file` and its lines.

    Raises TransformError for a jinja syntax error.
    """
    tree = parse(jinja, file, source)
    code = jinja.compile(tree, name=file, filename=file)
    return jinja.template_class.from_code(jinja, code, jinja.make_globals(None))
