"""What gouji builds, dbt builds too, row for row: the project as it stands, from the same raw tables."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from relations import differences

from loaders import formats
from loaders.landing import Landing
from warehouse.transform import load_project, run

SCHEMAS = ("reference", "staging", "intermediate", "marts")


@pytest.fixture(scope="module")
def dbt(root: Path) -> Path:
    """The dbt of the environment that `make dbt` installs."""
    found = root / ".venv-dbt" / "bin" / "dbt"
    if not found.exists():
        pytest.skip("dbt is not installed: make dbt")
    return found


def call(dbt: Path, root: Path, warehouse: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs dbt on the project at `root`; what it writes for itself goes beside the warehouse."""
    beside = warehouse.parent
    settings = {
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(beside / "target"),
        "DBT_LOG_PATH": str(beside / "logs"),
        "GOUJI_WAREHOUSE": str(warehouse),
    }
    return subprocess.run(
        [dbt, "--no-use-colors", *command, "--project-dir", root, "--profiles-dir", root],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def compare(ours: Path, theirs: Path) -> list[str]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ours}' as gouji (read_only); attach '{theirs}' as dbt (read_only)")
        return differences(connection, "gouji", "dbt", SCHEMAS)


def test_dbt_builds_the_same_relations(root, dbt, interpreter, tmp_path):
    ours, theirs = tmp_path / "gouji.duckdb", tmp_path / "dbt.duckdb"
    with duckdb.connect(ours) as connection:
        landing = Landing(connection)
        landing.create()
        documents = [formats.read(path) for path in formats.find([root / "seeds" / "reports"])]
        landing.add([(document, interpreter.interpret(document)) for document in documents])
    shutil.copyfile(ours, theirs)
    project = load_project(root)
    with duckdb.connect(ours) as connection:
        run(connection, project)
    built = call(dbt, root, theirs, "build")
    assert built.returncode == 0, built.stdout[-5000:]
    assert "WARN=0 ERROR=0 SKIP=0" in built.stdout
    assert compare(ours, theirs) == []
    with duckdb.connect(theirs, read_only=True) as connection:  # so that the comparison was not of nothing
        for node in project.nodes().values():
            connection.execute(f"from {node.relation} limit 0")
        assert connection.execute("select count(*) > 500 from marts.fct_figure").fetchone() == (True,)


def test_the_comparison_sees_types_order_doubles_and_what_is_missing():
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as a; attach ':memory:' as b")
        for database, tables in {
            "a": {
                "same": "select 1 as x",
                "typed": "select 1 as x",
                "moved": "select 1 as x, 2 as y",
                "doubled": "from (values (1), (1)) as t(x)",
                "lost": "select 1 as x",
            },
            "b": {
                "same": "select 1 as x",
                "typed": "select 1::bigint as x",
                "moved": "select 2 as y, 1 as x",
                "doubled": "from (values (1)) as t(x)",
            },
        }.items():
            connection.execute(f"create schema {database}.marts")
            for name, query in tables.items():
                connection.execute(f"create table {database}.marts.{name} as {query}")
        found = differences(connection, "a", "b", ("marts",))
    assert [line.partition(": ")[0] for line in found] == ["marts.lost", "marts.doubled", "marts.moved", "marts.typed"]
    assert "1 rows of a are not in b" in found[1]
