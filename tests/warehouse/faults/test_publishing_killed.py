"""Publishing by itself, killed before and after each of its steps; a warehouse that is a plain file, or a link."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse import versions
from warehouse.publish import building

Python = Callable[..., "subprocess.Popen[str]"]

STEPS = ("adopt", "rename", "sync", "point", "replace", "prune")
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from warehouse import versions
from warehouse.publish import building

warehouse, step, after = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "after"
place = Path if step in ("rename", "replace") else versions
work = getattr(place, step)

def killed(*arguments):
    if after:
        work(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(place, step, killed)
with building(warehouse) as connection:
    connection.execute("create table t as select 2 as x")
"""


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain file", "link"])
def test_a_build_killed_at_any_step_of_publishing_leaves_a_version_to_read(
    python: Python, tmp_path: Path, is_plain: bool
) -> None:
    """Before and after each step, there is either the earlier version or the new one, and the next build succeeds."""
    killed = []
    for step in STEPS:
        for moment in ("before", "after"):
            folder = tmp_path / f"{step}-{moment}"
            folder.mkdir()
            warehouse = folder / "gouji.duckdb"
            if is_plain:
                with duckdb.connect(warehouse) as connection:
                    connection.execute("create table t as select 1 as x")
            else:
                with building(warehouse) as connection:
                    connection.execute("create table t as select 1 as x")
            killed.append((step, moment, warehouse, python(KILLED_AT, warehouse, step, moment)))
    seen = {}
    for step, moment, warehouse, process in killed:
        with process:
            _, errors = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGKILL, errors
        with duckdb.connect(warehouse, read_only=True) as connection:
            seen[step, moment] = connection.execute("select x from t").fetchall()[0][0]
        with building(warehouse) as connection:
            connection.execute("create table t as select 3 as x")
        kept = [version for version in versions.listed(warehouse) if version.is_current]
        assert len(kept) == 1
        with duckdb.connect(warehouse, read_only=True) as connection:
            assert connection.execute("select x from t").fetchall() == [(3,)]
        assert sorted(path.name for path in warehouse.parent.iterdir()) == ["gouji.duckdb", "gouji.versions"]
    assert seen[STEPS[0], "before"] == 1
    assert seen["replace", "after"] == 2  # the link has moved
    assert set(seen.values()) == {1, 2}
