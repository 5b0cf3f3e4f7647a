"""dbt's node selection: which seeds and models an expression such as `+fct_check` or `tag:nightly` means.

An expression is a method with an optional `+` before (with everything it refers to) and after (with everything that
refers to it). Several expressions, or several words in one, add up; parts joined by a comma have all to hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from fnmatch import fnmatchcase

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.graph import Graph

_PLACE = "--select"  # a selection is given on the command line, not in a file
_EXPRESSION = re.compile(r"(?P<up>\+?)(?:(?P<method>path|tag|state):)?(?P<value>[^+:@]+)(?P<down>\+?)")
_STATES = ("modified", "new")


def modified_methods(expressions: Iterable[str]) -> set[str]:
    """The states that `state:…` in the expressions asks for, which only the warehouse can tell.

    Raises TransformError for a state that is not known.
    """
    found = {
        expression["value"]
        for text in expressions
        for part in re.split(r"[\s,]+", text)
        if (expression := _EXPRESSION.fullmatch(part)) and expression["method"] == "state"
    }
    for value in sorted(found - set(_STATES)):
        known = "、".join(f"state:{each}" for each in _STATES)
        raise TransformError(_PLACE, None, f"state:{value} 不在支持的 dbt 子集内，可用：{known}")
    return found


def select(graph: Graph, expressions: Iterable[str], states: Mapping[str, Set[str]] | None = None) -> tuple[str, ...]:
    """The names of the selected seeds and models, in the order of the graph; no expression selects everything.

    `stg_budget`, `stg_*`, `path:models/marts`, `tag:nightly`, `state:modified`, each with `+` before or after. `states`
    are the nodes of each state; a state without any node selects nothing.
    Raises TransformError for an expression that means nothing, with the closest match.
    """
    words = [word for expression in expressions for word in expression.split()]
    if not words:
        return graph.order
    chosen: set[str] = set()
    for word in words:
        parts = [_part(graph, part, states or {}) for part in word.split(",")]
        chosen |= set.intersection(*parts)
    return tuple(name for name in graph.order if name in chosen)


def _part(graph: Graph, text: str, states: Mapping[str, Set[str]]) -> set[str]:
    expression = _EXPRESSION.fullmatch(text)
    if expression is None:
        raise TransformError(
            _PLACE, None, f"无法识别的选择 {text}，可用：名称、stg_*、path:文件夹、tag:标签、state:modified，前后可加 +"
        )
    if expression["method"] == "state":
        names = set(states.get(expression["value"], ()))
    else:
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
