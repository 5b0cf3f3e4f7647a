"""Fingerprints: what a model or seed says, as digests that do not change with comments, white space or the clock.

Takes a graph, gives one `Fingerprint` a node. Nothing here looks into the warehouse; `plan` adds what flows in from
upstream. A query that was parsed before, in the same words, is not parsed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from warehouse.transform.graph import Graph
from warehouse.transform.resources import Model, Seed
from warehouse.transform.sqlcheck import canonical


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of one node.

    `text` is of the SQL as rendered and of what it refers to, `query` of its canonical form (for a seed: of the file
    and the types); `config` of what else decides the relation, `comments` of its descriptions. `macros` has a digest
    for each macro that the model uses: they are part of `query` already and only serve to say what changed.
    """

    name: str
    text: str
    query: str
    config: str
    comments: str
    macros: Mapping[str, str] = field(default_factory=dict)


def digest(*parts: object) -> str:
    """A digest of values that JSON can write; dictionaries count as they are sorted."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def fingerprint(graph: Graph, name: str, parsed: Callable[[str], str | None]) -> Fingerprint:
    """The fingerprint of a node; `parsed` gives the canonical digest of a text that was parsed before, if it knows it.

    Raises TransformError for SQL that `check_sql` refuses, or a seed that cannot be read.
    """
    node = graph.project.node(name)
    columns = [[column.name, column.description] for column in node.columns]
    if isinstance(node, Seed):
        content = hashlib.sha256((graph.project.root / node.file).read_bytes()).hexdigest()
        text = digest(content, dict(node.column_types))
        return Fingerprint(name, text, text, digest(node.schema), digest("table", node.description, columns))
    compiled = graph.compiled[name]
    text = digest(compiled.queries(), sorted(compiled.refs), sorted(compiled.sources))
    return Fingerprint(
        name,
        text=text,
        query=parsed(text) or digest(canonical(graph, name)),
        config=digest(node.schema, *_config(node, compiled.hooks)),
        comments=digest(_kind(node), node.description, columns),
        macros=compiled.macros,
    )


def _config(model: Model, hooks: tuple[str, ...]) -> list[object]:
    return [model.materialized, *([list(model.unique_key), list(hooks)] if model.materialized == "incremental" else [])]


def _kind(model: Model) -> str:
    return "view" if model.materialized == "view" else "table"
