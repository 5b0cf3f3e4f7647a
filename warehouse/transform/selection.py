"""dbt's node selection: which seeds and models an expression such as `+fct_check` or `tag:nightly` means.

An expression is a method with an optional `+` before (with everything it refers to) and after (with everything that
refers to it). Several expressions, or several words in one, add up; parts joined by a comma have all to hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.graph import Graph

_PLACE = "--select"  # a selection is given on the command line, not in a file
_EXPRESSION = re.compile(r"(?P<up>\+?)(?:(?P<method>path|tag):)?(?P<value>[^+:@]+)(?P<down>\+?)")


def select(graph: Graph, expressions: Iterable[str]) -> tuple[str, ...]:
    """The names of the selected seeds and models, in the order of the graph; no expression selects everything.

    `stg_budget`, `stg_*`, `path:models/marts`, `tag:nightly`, each with `+` before or after.
    Raises TransformError for an expression that means nothing, with the closest match.
    """
    words = [word for expression in expressions for word in expression.split()]
    if not words:
        return graph.order
    chosen: set[str] = set()
    for word in words:
        parts = [_part(graph, part) for part in word.split(",")]
        chosen |= set.intersection(*parts)
    return tuple(name for name in graph.order if name in chosen)


def _part(graph: Graph, text: str) -> set[str]:
    expression = _EXPRESSION.fullmatch(text)
    if expression is None:
        raise TransformError(
            _PLACE, None, f"无法识别的选择 {text}，可用：名称、stg_*、path:文件夹、tag:标签，前后可加 +"
        )
    names = _matching(graph, expression["method"], expression["value"])
    chosen = set(names)
    if expression["up"]:
        chosen |= _reach(names, graph.parents)
    if expression["down"]:
        chosen |= _reach(names, graph.children())
    return chosen


def _matching(graph: Graph, method: str | None, value: str) -> set[str]:
    project = graph.project
    if method == "tag":
        tags = {name: set(project.node(name).tags) for name in graph.order}
        known = {tag for each in tags.values() for tag in each}
        return _found(value, known, "标签", lambda wanted: {n for n in tags if any(map(wanted, tags[n]))})
    if method == "path" or "/" in value:
        files = {name: project.node(name).file for name in graph.order}
        folder = value.rstrip("/")
        known = {"/".join(file.split("/")[:end]) for file in files.values() for end in range(1, file.count("/") + 2)}
        return _found(
            folder,
            known,
            "路径",
            lambda wanted: {n for n, file in files.items() if wanted(file) or file.startswith(f"{folder}/")},
        )
    return _found(value, graph.order, "模型或种子", lambda wanted: {name for name in graph.order if wanted(name)})


def _found(
    value: str, known: Iterable[str], noun: str, matching: Callable[[Callable[[str], bool]], set[str]]
) -> set[str]:
    """What `matching` gives for the pattern `value`; nothing is an error."""
    names = matching(lambda text: fnmatchcase(text, value))
    if not names:
        raise TransformError(_PLACE, None, f"没有符合选择的{noun} {value}{suggestion(value, known)}")
    return names


def _reach(names: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that can be reached from `names`."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        for name in edges[waiting.pop()]:
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached
