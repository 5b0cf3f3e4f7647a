"""The order of the work: what each model depends on, and a stable topological order of seeds and models.

Takes a `Project`, renders each model once, gives a `Graph`. The dependencies are those that `ref` was called with.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from warehouse.transform import kept
from warehouse.transform.errors import TransformError
from warehouse.transform.resources import Compiled, Project

if TYPE_CHECKING:
    from warehouse.transform.render import Renderer


@dataclass(frozen=True)
class Graph:
    """A rendered project: the models' SQL, what each node refers to, and all nodes in topological order.

    `parents` has every seed and model; `order` is alphabetical among equals, seeds before models. `variables` are those
    that went before the project's.
    """

    project: Project
    variables: Mapping[str, Any] | None
    compiled: Mapping[str, Compiled]
    parents: Mapping[str, frozenset[str]]
    order: tuple[str, ...]

    @cached_property
    def renderer(self) -> Renderer:
        """What rendered the models: reads the macros, which a project that was kept need not do."""
        from warehouse.transform.render import Renderer

        return Renderer(self.project, self.variables)

    def children(self) -> dict[str, set[str]]:
        """The nodes that refer to each node."""
        children: dict[str, set[str]] = {name: set() for name in self.parents}
        for name, parents in self.parents.items():
            for parent in parents:
                children[parent].add(name)
        return children


def build_graph(project: Project, variables: Mapping[str, Any] | None = None) -> Graph:
    """Renders every model and sorts them; `variables` go before those of `dbt_project.yml`.

    Raises TransformError for a model that cannot be rendered, and for a cycle, naming it.
    """
    compiled = _rendered(project, variables)
    parents = {name: frozenset[str]() for name in project.seeds}
    parents |= {name: model.refs for name, model in compiled.items()}
    return Graph(project, variables, compiled, parents, _sorted(project, parents))


def _rendered(project: Project, variables: Mapping[str, Any] | None) -> Mapping[str, Compiled]:
    """The models as rendered now, or as an earlier process has kept them."""
    if project.rendered is not None and not variables:
        return project.rendered
    from warehouse.transform.render import Renderer

    renderer = Renderer(project, variables)
    compiled = {name: renderer.render(model) for name, model in project.models.items()}
    if not variables:
        kept.write(replace(project, rendered=compiled))
    return compiled


def order(project: Project, variables: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The names of seeds and models, each after everything it refers to; alphabetical among equals, seeds first.

    Raises TransformError as `build_graph` does.
    """
    return build_graph(project, variables).order


def _sorted(project: Project, parents: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Kahn's algorithm with a heap, so that the order depends on names alone."""
    waiting = {name: set(names) for name, names in parents.items()}
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name, names in parents.items():
        for parent in names:
            children[parent].append(name)
    ready = [(name in project.models, name) for name, names in waiting.items() if not names]
    heapq.heapify(ready)
    done: list[str] = []
    while ready:
        _, name = heapq.heappop(ready)
        done.append(name)
        for child in children[name]:
            waiting[child].discard(name)
            if not waiting[child]:
                heapq.heappush(ready, (child in project.models, child))
    if len(done) < len(waiting):
        raise _cycle(project, {name: names for name, names in waiting.items() if names})
    return tuple(done)


def _cycle(project: Project, waiting: Mapping[str, set[str]]) -> TransformError:
    """The error for a cycle among nodes that all still wait for one of each other."""
    path = [min(waiting)]
    while path[-1] not in path[:-1]:
        path.append(min(waiting[path[-1]]))
    cycle = path[path.index(path[-1]) :]
    first = project.models[min(cycle)]
    start = cycle.index(first.name)
    cycle = [*cycle[start:-1], *cycle[:start], first.name]
    reference = re.search(rf"""ref\([^)]*['"]{re.escape(cycle[1])}['"]""", first.sql)
    line = first.sql.count("\n", 0, reference.start()) + 1 if reference else None
    return TransformError(first.file, line, f"模型循环引用：{' → '.join(cycle)}")
