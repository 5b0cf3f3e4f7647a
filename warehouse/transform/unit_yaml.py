"""Unit tests of models as dbt writes them, `unit_tests:` in a properties file: what a model is given and shall make.

Takes parsed YAML, gives `UnitTest` records. Whether models, inputs and columns exist is for the run to say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from warehouse.transform.resources import Place

if TYPE_CHECKING:
    from warehouse.transform.resources import YamlMapping
    from warehouse.transform.yamlfile import YamlFile

_TEST = frozenset({"name", "description", "model", "given", "expect", "overrides", "config"})
_ROWS = frozenset({"rows", "format"})
_FORMATS = ("dict", "csv", "sql")
_INPUT = re.compile(
    r"""\s*(?:ref\(\s*(['"])(?P<ref>\w+)\1\s*\)|source\(\s*(['"])(?P<source>\w+)\3\s*,\s*(['"])(?P<table>\w+)\5\s*\)"""
    r"""|(?P<this>this))\s*"""
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table: dictionaries by column, or a query; `rows` is None where the YAML gives none."""

    rows: tuple[Mapping[str, Any], ...] | None
    query: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Given:
    """An input of the model: `ref` or (`source`, `table`) or `this`, and its rows."""

    ref: str | None
    source: tuple[str, str] | None
    content: Rows

    @property
    def written(self) -> str:
        """As the YAML writes it."""
        if self.source:
            return f"source('{self.source[0]}', '{self.source[1]}')"
        return f"ref('{self.ref}')" if self.ref else "this"


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One test: the model, its inputs, the rows expected, and the variables and mode that hold for it."""

    name: str
    model: str
    description: str
    given: tuple[Given, ...]
    expect: Rows
    place: Place
    is_incremental: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)


def read_unit_tests(yaml: YamlFile) -> Iterator[UnitTest]:
    """The unit tests of a properties file.

    Raises TransformError with the line for an unknown key, an input or rows in no known form, or what dbt knows and
    this runner does not: fixtures in files, overrides of macros other than `is_incremental`.
    """
    for entry in yaml.entries(yaml.content, "unit_tests"):
        yaml.only(entry, _TEST)
        overrides = yaml.mapping(entry, "overrides")
        yaml.only(overrides, frozenset({"macros", "vars"}))
        macros = yaml.mapping(overrides, "macros")
        yaml.only(macros, frozenset({"is_incremental"}))
        if "expect" not in entry:
            raise yaml.error(entry.line, "缺少 expect")
        expect = _rows(yaml, yaml.mapping(entry, "expect"))
        if expect.rows is None and expect.query is None:
            raise yaml.error(expect.place.line, "expect 缺少 rows")
        yield UnitTest(
            name=yaml.text(entry, "name"),
            model=yaml.text(entry, "model"),
            description=yaml.text(entry, "description", ""),
            given=tuple(_given(yaml, item) for item in yaml.entries(entry, "given")),
            expect=expect,
            place=Place(yaml.file, entry.line),
            is_incremental=macros.get("is_incremental") is True,
            variables=yaml.mapping(overrides, "vars"),
        )


def _given(yaml: YamlFile, item: YamlMapping) -> Given:
    yaml.only(item, _ROWS | {"input"})
    text = yaml.text(item, "input")
    match = _INPUT.fullmatch(text)
    if match is None:
        raise yaml.error(item.line_of("input"), f"input 应为 ref('模型')、source('来源', '表') 或 this，不能是 {text}")
    source = (match["source"], match["table"]) if match["source"] else None
    return Given(match["ref"], source, _rows(yaml, item, extra=frozenset({"input"})))


def _rows(yaml: YamlFile, item: YamlMapping, extra: frozenset[str] = frozenset()) -> Rows:
    yaml.only(item, _ROWS | extra)
    place = Place(yaml.file, item.line_of("rows"))
    form = yaml.text(item, "format", "dict")
    if form not in _FORMATS:
        raise yaml.error(item.line_of("format"), f"format 只支持 {'、'.join(_FORMATS)}，不支持 {form}")
    if item.get("rows") is None:
        return Rows(None, None, place)
    if form == "dict":
        return Rows(tuple(yaml.entries(item, "rows")), None, place)
    text = yaml.text(item, "rows")
    if form == "sql":
        return Rows(None, text, place)
    try:
        records = list(csv.DictReader(io.StringIO(text.strip()), strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise yaml.error(place.line, f"CSV 写法有误（{error}）") from error
    if any(None in record or None in record.values() for record in records):
        raise yaml.error(place.line, "CSV 各行的列数不同")
    return Rows(tuple({name: value or None for name, value in each.items()} for each in records), None, place)
