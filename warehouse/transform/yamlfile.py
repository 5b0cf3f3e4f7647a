"""YAML that remembers its lines: a file of the project as dictionaries that know where each key stands.

Takes a path, gives a `YamlMapping`; a repeated key is an error here, while plain PyYAML keeps the last one in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.files import read_text, relative
from warehouse.transform.resources import YamlMapping

try:  # the C parser is ten times faster, and in every published wheel
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _Loader(_SafeLoader):
    """The safe loader, with mappings that know their lines."""

    def construct_lined_mapping(self, node: yaml.MappingNode) -> Iterator[YamlMapping]:
        mapping = YamlMapping()
        mapping.line = node.start_mark.line + 1
        mapping.lines = {}
        yield mapping
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in mapping.lines:
                    raise yaml.MarkedYAMLError(problem=f"键 {key.value} 重复", problem_mark=key.start_mark)
                mapping.lines[key.value] = key.start_mark.line + 1
        mapping.update({str(key): value for key, value in self.construct_mapping(node).items()})


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_lined_mapping)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A YAML file of the project, and typed access to its parts; every accessor raises TransformError with the line."""

    file: str
    content: YamlMapping

    def error(self, line: int | None, cause: str) -> TransformError:
        """An error in this file."""
        return TransformError(self.file, line, cause)

    def text(self, mapping: YamlMapping, key: str, default: str | None = None) -> str:
        """The string under `key`; without a default the key must be there."""
        value = mapping.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            problem = "缺少" if value is None else "应为文字的"
            raise self.error(mapping.line_of(key), f"{problem} {key}")
        return value

    def mapping(self, mapping: YamlMapping, key: str) -> YamlMapping:
        """The mapping under `key`, empty where the key is absent."""
        value = mapping.get(key)
        if value is None:
            value = YamlMapping()
            value.line, value.lines = mapping.line_of(key), {}
        if not isinstance(value, YamlMapping):
            raise self.error(mapping.line_of(key), f"{key} 应为键值对")
        return value

    def entries(self, mapping: YamlMapping, key: str) -> list[YamlMapping]:
        """The list of mappings under `key`, empty where the key is absent."""
        items = self.items(mapping, key)
        for item in items:
            if not isinstance(item, YamlMapping):
                raise self.error(mapping.line_of(key), f"{key} 的每一项应为键值对")
        return items

    def items(self, mapping: YamlMapping, key: str) -> list[Any]:
        """The list under `key`, empty where the key is absent."""
        value = mapping.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(mapping.line_of(key), f"{key} 应为列表")
        return value

    def only(self, mapping: YamlMapping, known: frozenset[str]) -> None:
        """Raises TransformError for a key that is not among the known ones."""
        for key in mapping:
            if key not in known:
                raise self.error(mapping.line_of(key), f"不支持的键 {key}{suggestion(str(key), known)}")


def read_yaml(root: Path, path: Path) -> YamlFile:
    """Reads one YAML file; an empty one gives an empty mapping.

    Raises TransformError for bad syntax, a repeated key, or a top level that is not a mapping.
    """
    file = relative(root, path)
    try:
        content = yaml.load(read_text(root, path), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise TransformError(file, line, f"YAML 写法有误：{error.problem}") from error
    except yaml.YAMLError as error:
        raise TransformError(file, None, f"YAML 写法有误：{error}") from error
    if content is None:
        content = YamlMapping()
        content.lines = {}
    if not isinstance(content, YamlMapping):
        raise TransformError(file, 1, "YAML 文件的最外层应为键值对")
    return YamlFile(file, content)
