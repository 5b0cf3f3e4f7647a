"""The unit tests that stand beside the models hold, and marts select by name what they publish."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from loaders.landing import Landing
from warehouse.transform import build_graph, load_project, run_unit_tests

ROOT = Path(__file__).parents[2]
PROJECT = load_project(ROOT)
GRAPH = build_graph(PROJECT)
MARTS = sorted(model.name for model in PROJECT.models.values() if model.schema == "marts")


def test_the_models_unit_tests_hold() -> None:
    with duckdb.connect() as connection:
        Landing(connection).create()
        results = run_unit_tests(connection, PROJECT)
    assert [(result.test.name, result.differences) for result in results if result.differences] == []
    assert len({result.test.model for result in results}) >= 8


def has_star(sql: str) -> bool:
    """Whether a query gives every column there happens to be; what a CTE of it takes is named at the end."""
    query = sqlglot.parse_one(sql, read="duckdb")
    branches = [query, *query.find_all(exp.SetOperation)]
    outer = {id(side) for each in branches if isinstance(each, exp.SetOperation) for side in (each.left, each.right)}
    selects = [each for each in query.find_all(exp.Select) if each is query or id(each) in outer]
    return any(each.is_star for select in selects if not select.find_ancestor(exp.CTE) for each in select.selects)


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_names_its_columns(name: str) -> None:
    assert not has_star(GRAPH.compiled[name].sql)


@pytest.mark.parametrize(
    ("sql", "star"),
    [
        ("select * from a", True),
        ("select a.*, 1 as b from a", True),
        ("select * exclude (a) from b", True),
        ("from a", True),
        ("select 1 as a union all select * from b", True),
        ("with b as (select * from a) select c, count(*) as n from b group by c", False),
        ("with b as (select * from a union all select * from c) select d from b", False),
        ("select a from b -- select * from x", False),
    ],
)
def test_a_star_is_seen(sql: str, star: bool) -> None:
    assert has_star(sql) == star
