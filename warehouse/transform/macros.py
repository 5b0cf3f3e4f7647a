"""The macros of a project: found once, then bound to the names that a model being rendered can use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, Template
from jinja2.environment import TemplateModule

from warehouse.transform.errors import TransformError
from warehouse.transform.resources import MacroFile
from warehouse.transform.templates import macro_definitions, parse, used_names


class MacroReturn(Exception):  # noqa: N818 (control flow, not an error)
    """Carries the value of `{{ return(value) }}` out of a macro."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class Macros:
    """Macros by name: the template of the file, a digest of what the macro says, and the names that it uses."""

    templates: Mapping[str, Template]
    digest: Mapping[str, str]
    calls: Mapping[str, frozenset[str]]

    def bind(self, context: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
        """Callables by name; they see `context`, which may come to hold them too, so macros can call each other."""
        modules: dict[Template, TemplateModule] = {}
        return {name: _bound(template, name, context, modules) for name, template in self.templates.items()}

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """Digests of those of `names` that are macros, and of the macros that these call; comments do not count."""
        found: dict[str, str] = {}
        waiting = [name for name in names if name in self.digest]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.digest[name]
                waiting.extend(self.calls[name])
        return found


def _bound(
    template: Template, name: str, context: Mapping[str, Any], modules: dict[Template, TemplateModule]
) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> Any:
        if template not in modules:  # once a model: the context is complete when the first macro is called
            modules[template] = template.make_module(dict(context))
        macro = getattr(modules[template], name)
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
    digest: dict[str, str] = {}
    calls: dict[str, frozenset[str]] = {}
    for file in files:
        tree = parse(jinja, file.file, file.source)
        definitions = list(macro_definitions(tree))
        for definition in definitions:
            digest[definition.name] = hashlib.sha256(repr(definition).encode()).hexdigest()
            calls[definition.name] = used_names(definition)
        template, _ = compiled(jinja, file.file, file.source)
        for name, line in ((definition.name, definition.lineno) for definition in definitions):
            if name in taken:
                raise TransformError(file.file, line, f"宏 {name} 与内置名称相同，请改名")
            if name in templates:
                raise TransformError(file.file, line, f"宏 {name} 已在 {places[name]} 定义")
            templates[name] = template
            places[name] = f"{file.file}:{line}"
    known = {name: names & templates.keys() for name, names in calls.items()}
    return Macros(templates, digest, known)


@lru_cache(maxsize=1024)
def compiled(jinja: Environment, file: str, source: str) -> tuple[Template, frozenset[str]]:
    """A template whose tracebacks name `file` and its lines, and the names that it uses; each text is compiled once.

    Raises TransformError for a jinja syntax error.
    """
    tree = parse(jinja, file, source)
    names = used_names(tree)
    code = jinja.compile(tree, name=file, filename=file)
    return jinja.template_class.from_code(jinja, code, jinja.make_globals(None)), names
