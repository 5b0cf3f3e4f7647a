"""The benchmark of the models times what it says: copies that are new documents, and a script that builds the same."""

from __future__ import annotations

import duckdb
import pytest

from benchmarks.multiply import multiply
from benchmarks.transforms import Candidate, script
from warehouse.transform import run


@pytest.fixture
def source(tmp_path):
    """A warehouse with two documents, one a copy of the other, and three figures."""
    path = tmp_path / "source.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create schema raw;
            create table raw.document as from (values ('a', null), ('b', 'a')) as t(document_id, duplicate_of);
            create table raw.number as from (
                values ('a', 1, 'figure', '甲局'), ('a', 2, 'year', null),
                    ('b', 1, 'figure', null), ('b', 2, 'figure', null)
            ) as t(document_id, number_no, outcome, organization_name);
            """
        )
    return path


def test_a_copy_is_another_document_of_another_organisation(source, tmp_path):
    target = tmp_path / "target.duckdb"
    assert multiply(source, target, 7) == 9
    with duckdb.connect(target) as connection:
        rows = connection.execute("select * from raw.number order by all").fetchall()
        assert len(rows) == len({row[:2] for row in rows}) == 12
        assert {row[3] for row in rows} == {None, "甲局", "甲局·1", "甲局·2"}
        lost = "select count(*) from raw.document where duplicate_of not in (select document_id from raw.document)"
        assert connection.execute(lost).fetchone() == (0,)


def test_without_a_size_the_tables_stay_as_they_are(source, tmp_path):
    assert multiply(source, tmp_path / "target.duckdb", 0) == 3


def test_the_script_builds_what_the_runner_builds(load, connection):
    project = load(
        {
            "seeds/region.csv": "code,name\n01,甲\n",
            "seeds/_seeds.yml": "seeds:\n- {name: region, config: {column_types: {code: varchar, name: varchar}}}\n",
            "models/marts/dim_region.sql": "select code, name, 1.50 as share from {{ ref('region') }}",
        }
    )
    connection.execute(script(project))
    by_script = connection.execute("describe marts.dim_region").fetchall(), connection.execute("from marts.dim_region")
    expected = by_script[0], by_script[1].fetchall()
    run(connection, project, full_refresh=True)
    assert connection.execute("describe marts.dim_region").fetchall() == expected[0]
    assert connection.execute("from marts.dim_region").fetchall() == expected[1]


def test_a_candidate_that_fails_is_no_fast_one():
    with pytest.raises(RuntimeError, match="broken"):
        Candidate("broken", ["false"]).time()
