"""What a project consists of, as frozen records: models, seeds, sources, their columns, data tests and macros.

`load_project` makes them; rendering, ordering, running and the data dictionary read them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.transform.unit_yaml import UnitTest

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class YamlMapping(dict[str, Any]):
    """A mapping with the line it starts on and the line of each key (counted from 1)."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of `key`, or of the mapping where the key is absent."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file of the project; `line` is None for the whole file."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view by its two-part name; the catalog is left out because the file is opened under other names.

    `str()` is the SQL text: a plain name as it is, any other one quoted.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return ".".join(part if _PLAIN.fullmatch(part) else quoted(part) for part in (self.schema, self.name))


@dataclass(frozen=True, slots=True)
class DataTest:
    """A declared expectation: `not_null`, `accepted_values`, …; `column` is None for a test of the whole table.

    `arguments` are the test's own, `config` holds what dbt says about running it (`severity`, `where`, …).
    """

    name: str
    column: str | None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A documented column; `place` is where it is documented."""

    name: str
    description: str
    data_type: str | None
    place: Place
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What models, seeds and source tables share.

    `file` is the file that defines it, relative to the root. `data_tests` holds the tests of the table and of all its
    columns. `documented` is where the properties stand, None without properties.
    """

    name: str
    schema: str
    file: str
    description: str = ""
    columns: tuple[Column, ...] = ()
    data_tests: tuple[DataTest, ...] = ()
    documented: Place | None = None

    @property
    def relation(self) -> Relation:
        """Schema and name in the warehouse."""
        return Relation(self.schema, self.name)


@dataclass(frozen=True, kw_only=True)
class Model(Resource):
    """A SELECT in a file; `sql` is the template as written, `materialized` is `table`, `view` or `incremental`.

    `unique_key` and `post_hooks` (templates of DELETE statements) belong to incremental models. `configured` names the
    settings that the file makes itself, with `config(…)`.
    """

    sql: str
    materialized: str
    unique_key: tuple[str, ...] = ()
    post_hooks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    configured: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Seed(Resource):
    """A reference table as CSV; `column_types` maps each column to its SQL type, as declared at `types_place`."""

    column_types: Mapping[str, str]
    types_place: Place
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceTable(Resource):
    """A table that something else loads; `name` is how models call it, `identifier` its name in the warehouse."""

    source: str
    identifier: str

    @property
    def relation(self) -> Relation:
        """Schema and name in the warehouse."""
        return Relation(self.schema, self.identifier)


@dataclass(frozen=True, slots=True)
class Source:
    """A schema that something else loads, with its tables by name."""

    name: str
    schema: str
    description: str
    tables: Mapping[str, SourceTable]
    place: Place


@dataclass(frozen=True, slots=True)
class MacroFile:
    """A file of jinja macros."""

    file: str
    source: str


@dataclass(frozen=True, slots=True)
class Target:
    """dbt's `target`: where models without a schema of their own go."""

    name: str = "gouji"
    schema: str = "main"
    type: str = "duckdb"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rendered model: its SQL, the models and seeds it refers to, and its sources as (source, table).

    `macros` are digests of the macros it uses, by name. An incremental model has a second rendering, `increment`, with
    `is_incremental()` true, and its hooks as SQL.
    """

    model: Model
    sql: str
    refs: frozenset[str]
    sources: frozenset[tuple[str, str]]
    macros: Mapping[str, str]
    increment: str | None = None
    hooks: tuple[str, ...] = ()

    def queries(self) -> tuple[str, ...]:
        """The SQL of all renderings."""
        return (self.sql,) if self.increment is None else (self.sql, self.increment)


@dataclass(frozen=True, slots=True)
class Project:
    """A loaded project: everything that its files declare, nothing rendered yet.

    `models`, `seeds` and `sources` are keyed by name and sorted by file. `folders` are those that were looked through,
    `key` is a digest of what is in them. `rendered` are the models with the project's own variables, where an earlier
    process has kept them.
    """

    root: Path
    name: str
    models: Mapping[str, Model]
    seeds: Mapping[str, Seed]
    sources: Mapping[str, Source]
    macros: tuple[MacroFile, ...]
    variables: Mapping[str, Any]
    target: Target = Target()
    unit_tests: tuple[UnitTest, ...] = ()
    folders: tuple[str, ...] = ()
    key: str = ""
    rendered: Mapping[str, Compiled] | None = None

    def node(self, name: str) -> Model | Seed:
        """The model or seed of that name; KeyError where there is none."""
        return self.models[name] if name in self.models else self.seeds[name]

    def nodes(self) -> dict[str, Model | Seed]:
        """Seeds and models by name: what `ref` can refer to."""
        return {**self.seeds, **self.models}
