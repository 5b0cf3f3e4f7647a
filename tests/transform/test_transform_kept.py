"""What a process has read and rendered is taken by the next one, unless anything that it was read from is different."""

from __future__ import annotations

import pytest

from warehouse.transform import build_graph, kept, load_project, project, run

FILES = {
    "models/marts/a.sql": "select {{ one() }} as a, {{ var('start_year') }} as year",
    "models/marts/a.yml": "models:\n- {name: a, description: 一}\n",
    "seeds/region.csv": "code\n1\n",
    "seeds/region.yml": "seeds:\n- {name: region, config: {column_types: {code: integer}}}\n",
    "warehouse/macros/m.sql": "{% macro one() %}1{% endmacro %}",
}


@pytest.fixture
def root(write, monkeypatch):
    """A project that was rendered once; reading its files again is an error."""
    root = write(FILES)
    build_graph(load_project(root))
    monkeypatch.setattr(project, "read_project", lambda _: pytest.fail("read again"))
    return root


def test_a_project_that_is_the_same_is_not_read_again(root, connection):
    known = load_project(root)
    assert build_graph(known).compiled["a"].sql == "select 1 as a, 2000 as year"
    assert [result.name for result in run(connection, known)] == ["a", "region"][::-1]
    assert known.models["a"].description == "一"


def test_the_content_of_a_seed_is_none_of_its_business(root, write):
    write({**FILES, "seeds/region.csv": "code\n2\n"})
    assert load_project(root).rendered is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"models/marts/a.sql": "select 2 as a"},
        {"models/marts/a.yml": "models:\n- {name: a, description: 二}\n"},
        {"models/marts/b.sql": "select 1 as b"},
        {"seeds/other.csv": "code\n1\n"},
        {"warehouse/macros/m.sql": "{% macro one() %}2{% endmacro %}"},
        {"dbt_project.yml": "name: other\n"},
        {"packages.yml": "packages: []\n"},
        {"snapshots/s.sql": "select 1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_change_in_any_file_is_seen(root, write, changes):
    write({**FILES, **changes})
    with pytest.raises(pytest.fail.Exception, match="read again"):
        load_project(root)


def test_variables_of_a_call_are_rendered_anew(root):
    assert build_graph(load_project(root), {"start_year": 1}).compiled["a"].sql == "select 1 as a, 1 as year"
    assert build_graph(load_project(root)).compiled["a"].sql == "select 1 as a, 2000 as year"


def test_a_damaged_file_is_passed_over(root):
    file = root / "target" / "gouji" / "project.pickle"
    whole = file.read_bytes()
    for broken in (whole[:-1], whole[: len(whole) // 2], b"", b"[]\n", b"nothing at all"):
        file.write_bytes(broken)
        with pytest.raises(pytest.fail.Exception, match="read again"):
            load_project(root)


def test_where_nothing_can_be_written_nothing_is_kept(write):
    root = write({**FILES, "target": "a file where the folder should be"})
    assert build_graph(load_project(root)).compiled["a"].sql == "select 1 as a, 2000 as year"


def test_a_model_that_cannot_be_rendered_is_not_kept(write, fails):
    root = write({**FILES, "models/marts/a.sql": "select {{ two() }}"})
    for _ in range(2):
        fails(lambda: build_graph(load_project(root)), "models/marts/a.sql:1", "two")
    assert not (root / kept._FILE).exists()
