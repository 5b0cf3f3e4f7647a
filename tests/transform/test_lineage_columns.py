"""Column lineage of one model: which edges each construct of SQL gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from warehouse.lineage import Edge, edges
from warehouse.transform import Project, build_graph

Load = Callable[[Mapping[str, str | bytes]], Project]

SOURCES = """\
version: 2
sources:
  - name: raw
    schema: raw
    tables:
      - name: a
      - name: b
"""
COLUMNS = {
    "raw": {
        "a": {"id": "varchar", "x": "integer", "y": "integer", "many": "integer[]"},
        "b": {"id": "varchar", "x": "integer", "z": "integer"},
    }
}
A, B = "{{ source('raw', 'a') }}", "{{ source('raw', 'b') }}"


@pytest.fixture
def depends(load: Load) -> Callable[..., dict[str, set[str]]]:
    """For each column of a model, what it depends on: `kind relation.column`."""

    def ask(sql: str, *columns: str) -> dict[str, set[str]]:
        project = load({"models/sources.yml": SOURCES, "models/marts/m.sql": sql})
        known = COLUMNS | {"marts": {"m": dict.fromkeys(columns, "integer")}}
        found: dict[str, set[str]] = {column: set() for column in columns}
        for edge in edges(build_graph(project), known, ["m"]):
            assert edge.relation == "marts.m"
            source = f" {edge.source}.{edge.source_column}" if edge.source else ""
            found.setdefault(edge.column, set()).add(f"{edge.kind}{source}")
        return found

    return ask


Depends = Callable[..., dict[str, set[str]]]


@pytest.mark.parametrize(
    ("sql", "sources"),
    [
        (f"select a.x as c from {A} as a", {"value raw.a.x"}),
        (f"select a.x + a.y as c from {A} as a", {"value raw.a.x", "value raw.a.y"}),
        (f"select case when a.x > 1 then a.y end as c from {A} as a", {"value raw.a.x", "value raw.a.y"}),
        (f"select 1 as c from {A} as a", {"constant"}),
        (f"select count(*) as c from {A} as a", {"value raw.a.*"}),
        (f"select a.x as c from {A} as a where a.y > 1", {"value raw.a.x", "filter raw.a.y"}),
        (
            f"select a.x as c from {A} as a inner join {B} as b on a.id = b.id",
            {"value raw.a.x", "filter raw.a.id", "filter raw.b.id"},
        ),
        (
            f"select a.y as c from {A} as a inner join {B} as b using (id)",
            {"value raw.a.y", "filter raw.a.id", "filter raw.b.id"},
        ),
        (f"select max(a.x) as c from {A} as a group by a.id", {"value raw.a.x", "filter raw.a.id"}),
        (
            f"select a.id as c from {A} as a group by a.id having max(a.y) > 1",
            {"value raw.a.id", "filter raw.a.id", "filter raw.a.y"},
        ),
        (
            f"select a.x as c from {A} as a qualify row_number() over (partition by a.id order by a.y) = 1",
            {"value raw.a.x", "filter raw.a.id", "filter raw.a.y"},
        ),
        (
            f"select a.x as c from {A} as a where a.id in (select b.id from {B} as b)",
            {"value raw.a.x", "filter raw.a.id", "filter raw.b.id"},
        ),
        (
            f"select a.x as c from {A} as a where exists (select 1 from {B} as b where b.id = a.id and b.z > 1)",
            {"value raw.a.x", "filter raw.a.id", "filter raw.b.id", "filter raw.b.z"},
        ),
        (
            f"with k as (select a.id, a.x as w from {A} as a where a.y > 1) select k.w as c from k where k.id <> ''",
            {"value raw.a.x", "filter raw.a.y", "filter raw.a.id"},
        ),
        (f"select a.x as c from {A} as a union all select b.z as c from {B} as b", {"value raw.a.x", "value raw.b.z"}),
        (f"select unnest(a.many) as c from {A} as a", {"value raw.a.many"}),
        (f"select u.e as c from {A} as a, unnest(a.many) as u(e)", {"value raw.a.many", "filter raw.a.many"}),
        (
            f"select list_filter(a.many, lambda e: e > a.x) as c from {A} as a",
            {"value raw.a.many", "value raw.a.x"},
        ),
        (
            f"select a.x as c from {A} as a where len(list_filter(a.many, lambda e: e > 1)) > 0",
            {"value raw.a.x", "filter raw.a.many"},
        ),
        (
            f"select distinct on (a.id) a.x as c from {A} as a order by a.id, a.y",
            {"value raw.a.x", "filter raw.a.id", "filter raw.a.y"},
        ),
    ],
)
def test_a_column_depends_on(depends: Depends, sql: str, sources: set[str]) -> None:
    assert depends(sql, "c")["c"] == sources


def test_rows_depend_on_rows_and_on_what_filters_them(depends: Depends) -> None:
    sql = f"select a.x as c from {A} as a where a.y > 1"
    assert depends(sql, "c")["*"] == {"value raw.a.*", "filter raw.a.y"}


def test_a_star_is_every_column(depends: Depends) -> None:
    found = depends(f"select b.* from {B} as b", "id", "x", "z")
    assert [found[name] for name in ("id", "x", "z")] == [{f"value raw.b.{name}"} for name in ("id", "x", "z")]


@pytest.mark.parametrize(
    "sql",
    [
        f"select columns('x|y') from {A} as a",
        f"pivot {A} on y using sum(x) group by id",
    ],
    ids=["columns", "pivot"],
)
def test_what_cannot_be_told_is_unknown(depends: Depends, sql: str) -> None:
    """Each column says so, whether sqlglot fails or only loses the names."""
    found = depends(sql, "c", "d")
    assert (found["c"], found["d"]) == ({"unknown"}, {"unknown"})


def test_edges_are_each_there_once_and_in_order(load: Load) -> None:
    project = load({"models/sources.yml": SOURCES, "models/marts/m.sql": f"select a.x + a.x as c from {A} as a"})
    found = edges(build_graph(project), COLUMNS | {"marts": {"m": {"c": "integer"}}}, ["m"])
    assert found == [
        Edge("marts.m", "*", "value", "raw.a", "*"),
        Edge("marts.m", "c", "value", "raw.a", "x"),
    ]
