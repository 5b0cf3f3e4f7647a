"""Properties files (`models/**/*.yml`, `seeds/**/*.yml`): descriptions, columns, data tests, configuration, sources.

Takes parsed YAML and doc blocks, gives `Properties`; whether the models exist is for `load_project` to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from warehouse.transform.config import Layer, layer
from warehouse.transform.docs import DocBlocks
from warehouse.transform.resources import Column, DataTest, Place, Source, SourceTable, YamlMapping
from warehouse.transform.yamlfile import YamlFile

_FILE = frozenset({"version", "models", "seeds", "sources", "macros", "exposures", "unit_tests"})
_NODE = frozenset({"name", "description", "columns", "data_tests", "tests", "config", "docs", "meta"})
_COLUMN = frozenset({"name", "description", "data_type", "data_tests", "tests", "config", "meta", "quote", "tags"})
_SOURCE = frozenset({"name", "schema", "description", "tables", "config", "loader", "meta", "tags"})
_TABLE = _NODE | {"identifier", "loaded_at_field", "freshness", "tags"}
# What dbt says about running a test, as opposed to the arguments of the test itself.
_TEST_CONFIG = frozenset(
    {"config", "description", "enabled", "error_if", "fail_calc", "limit", "meta", "name", "severity"}
    | {"store_failures", "tags", "warn_if", "where"}
)


@dataclass(frozen=True, slots=True)
class NodeProperties:
    """What a properties file says about one model or seed."""

    name: str
    place: Place
    description: str
    columns: tuple[Column, ...]
    data_tests: tuple[DataTest, ...]
    config: Layer


@dataclass(frozen=True, slots=True)
class Properties:
    """Everything the properties files say, by name."""

    models: dict[str, NodeProperties] = field(default_factory=dict)
    seeds: dict[str, NodeProperties] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def read_properties(files: Iterable[YamlFile], docs: DocBlocks) -> Properties:
    """Reads properties files.

    Raises TransformError with the line for an unknown key, a missing name, a table or column described twice, an
    unknown doc block, or a data test in no known form.
    """
    properties = Properties()
    for yaml in files:
        reader = _Reader(yaml, docs)
        yaml.only(yaml.content, _FILE)
        for kind, found in (("models", properties.models), ("seeds", properties.seeds)):
            for entry in yaml.entries(yaml.content, kind):
                node = reader.node(entry)
                if node.name in found:
                    first = found[node.name].place
                    raise yaml.error(entry.line, f"{node.name} 已在 {first.file}:{first.line} 说明过")
                found[node.name] = node
        for entry in yaml.entries(yaml.content, "sources"):
            source = reader.source(entry)
            if source.name in properties.sources:
                first = properties.sources[source.name].place
                raise yaml.error(entry.line, f"来源 {source.name} 已在 {first.file}:{first.line} 声明过")
            properties.sources[source.name] = source
    return properties


@dataclass(frozen=True, slots=True)
class _Reader:
    yaml: YamlFile
    docs: DocBlocks

    def node(self, entry: YamlMapping) -> NodeProperties:
        self.yaml.only(entry, _NODE)
        return NodeProperties(
            name=self.yaml.text(entry, "name"),
            place=Place(self.yaml.file, entry.line),
            description=self.description(entry),
            columns=self.columns(entry),
            data_tests=self.all_tests(entry),
            config=layer(self.yaml, self.yaml.mapping(entry, "config")),
        )

    def source(self, entry: YamlMapping) -> Source:
        self.yaml.only(entry, _SOURCE)
        name = self.yaml.text(entry, "name")
        schema = self.yaml.text(entry, "schema", name)
        tables: dict[str, SourceTable] = {}
        for item in self.yaml.entries(entry, "tables"):
            self.yaml.only(item, _TABLE)
            table = self.yaml.text(item, "name")
            if table in tables:
                raise self.yaml.error(item.line, f"来源 {name} 的表 {table} 重复")
            tables[table] = SourceTable(
                name=table,
                schema=schema,
                file=self.yaml.file,
                description=self.description(item),
                columns=self.columns(item),
                data_tests=self.all_tests(item),
                documented=Place(self.yaml.file, item.line),
                source=name,
                identifier=self.yaml.text(item, "identifier", table),
            )
        return Source(name, schema, self.description(entry), tables, Place(self.yaml.file, entry.line))

    def description(self, entry: YamlMapping) -> str:
        place = Place(self.yaml.file, entry.line_of("description"))
        return self.docs.resolve(self.yaml.text(entry, "description", ""), place)

    def columns(self, entry: YamlMapping) -> tuple[Column, ...]:
        columns: dict[str, Column] = {}
        for item in self.yaml.entries(entry, "columns"):
            self.yaml.only(item, _COLUMN)
            name = self.yaml.text(item, "name")
            if name.lower() in columns:
                raise self.yaml.error(item.line, f"列 {name} 重复")
            columns[name.lower()] = Column(
                name=name,
                description=self.description(item),
                data_type=self.yaml.text(item, "data_type") if "data_type" in item else None,
                place=Place(self.yaml.file, item.line),
                meta=self.yaml.mapping(item, "meta") | self.yaml.mapping(self.yaml.mapping(item, "config"), "meta"),
            )
        return tuple(columns.values())

    def all_tests(self, entry: YamlMapping) -> tuple[DataTest, ...]:
        tests = list(self.tests(entry, None))
        for item in self.yaml.entries(entry, "columns"):
            tests.extend(self.tests(item, self.yaml.text(item, "name")))
        return tuple(tests)

    def tests(self, entry: YamlMapping, column: str | None) -> Iterable[DataTest]:
        for key in ("data_tests", "tests"):
            for item in self.yaml.items(entry, key):
                yield self.test(item, column, entry.line_of(key))

    def test(self, item: object, column: str | None, line: int) -> DataTest:
        """One of `not_null`, `{accepted_values: {values: […]}}`, `{accepted_values: {arguments: {…}, config: {…}}}`."""
        if isinstance(item, str):
            return DataTest(item, column)
        if not isinstance(item, YamlMapping) or len(item) != 1:
            line = item.line if isinstance(item, YamlMapping) else line
            raise self.yaml.error(line, "无法识别的 data_tests 写法，应为“- 名称”或“- 名称: {参数}”")
        ((name, content),) = item.items()
        if content is None:
            return DataTest(name, column)
        if not isinstance(content, YamlMapping):
            raise self.yaml.error(item.line, f"{name} 的参数应为键值对")
        arguments = {key: value for key, value in content.items() if key not in _TEST_CONFIG | {"arguments"}}
        arguments |= self.yaml.mapping(content, "arguments")
        config: dict[str, Any] = {key: content[key] for key in content if key in _TEST_CONFIG - {"config"}}
        config |= self.yaml.mapping(content, "config")
        return DataTest(name, column, arguments, config)
