"""Seeds: reference tables as CSV with declared types; nothing is guessed, rounded or lost."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from warehouse.transform import run


def seed(csv, **types):
    """The files of a project with one seed `rate`; its columns are declared from line 5 of the properties on."""
    declared = "".join(f"        {name}: {sql_type}\n" for name, sql_type in types.items())
    properties = f"seeds:\n  - name: rate\n    config:\n      column_types:\n{declared}"
    return {"seeds/rate.csv": csv, "seeds/_seeds.yml": properties if types else "seeds: []\n"}


def test_values_get_their_declared_types_and_empty_becomes_null(load, connection):
    csv = 'code,name,limit_pct,since,on\n0101,"甲\n乙",12.50,2024-01-02,true\n0102,"",,,\n\n'
    files = seed(csv, code="varchar", name="varchar", limit_pct='"decimal(6, 2)"', since="date", on="boolean")
    files = {**files, "seeds/_seeds.yml": files["seeds/_seeds.yml"].replace(" on:", ' "on":')}
    results = run(connection, load(files))
    assert [(r.name, r.kind, r.schema, r.rows) for r in results] == [("rate", "seed", "reference", 2)]
    assert connection.execute("from reference.rate").fetchall() == [
        ("0101", "甲\n乙", Decimal("12.50"), datetime.date(2024, 1, 2), True),
        ("0102", None, None, None, None),
    ]


@pytest.mark.parametrize("data", ["\ufeff名称,n\r\n甲,1\r\n".encode(), "名称,n\n甲,1".encode()])
def test_a_byte_order_mark_and_line_ends_do_not_matter(load, connection, data):
    run(connection, load(seed(data, 名称="varchar", n="integer")))
    assert connection.execute("select 名称, n from reference.rate").fetchall() == [("甲", 1)]


def test_a_seed_without_rows_is_an_empty_table(load, connection):
    assert run(connection, load(seed("a\n", a="integer")))[0].rows == 0
    assert connection.execute("describe reference.rate").fetchall()[0][:2] == ("a", "INTEGER")


@pytest.mark.parametrize(
    ("csv", "types", "place", "words"),
    [
        ('a,b\n"x\ny",1\nz,1,234.56\n', {"a": "varchar", "b": "integer"}, "seeds/rate.csv:4", ["应有 2 列，实有 3 列"]),
        ("a,b\n1,2\n3\n", {"a": "varchar", "b": "integer"}, "seeds/rate.csv:3", ["应有 2 列，实有 1 列"]),
        ('a,b\n"x\ny",1\nz,一\n', {"a": "varchar", "b": "integer"}, "seeds/rate.csv:4", ["列 b", "“一”", "integer"]),
        ('a\n"1,234.56"\n', {"a": '"decimal(9, 2)"'}, "seeds/rate.csv:2", ["列 a", "1,234.56", "decimal(9, 2)"]),
        ("a\n1.5\n", {"a": "integer"}, "seeds/rate.csv:2", ["“1.5”不能准确转换为 integer"]),
        ("a\n0.05\n0.005\n", {"a": '"decimal(4, 2)"'}, "seeds/rate.csv:3", ["0.005"]),
        ("a\n2024-13-01\n", {"a": "date"}, "seeds/rate.csv:2", ["2024-13-01"]),
        ('a,b\n1,2\n3,"4\n5,6\n', {"a": "integer", "b": "integer"}, "seeds/rate.csv:3", ["引号"]),
        ("a,A\n1,2\n", {"a": "integer"}, "seeds/rate.csv:1", ["列 A 重复"]),
        ("a,\n1,2\n", {"a": "integer"}, "seeds/rate.csv:1", ["没有名称"]),
        ("", {"a": "integer"}, "seeds/rate.csv:1", ["表头"]),
        ("a\n中文\n".encode("gbk"), {"a": "varchar"}, "seeds/rate.csv:2", ["UTF-8"]),
        ("code,name\n1,2\n", {"code": "varchar", "nam": "varchar"}, "seeds/_seeds.yml:4", ["列 name 没有声明类型"]),
        ("code\n1\n", {"code": "varchar", "name": "varchar"}, "seeds/_seeds.yml:4", ["没有声明了类型的列 name"]),
        ("code\n1\n", {"code": "varchr"}, "seeds/_seeds.yml:4", ["类型有误"]),
        ("code\n1\n", {}, "seeds/rate.csv", ["列 code 没有声明类型"]),
    ],
)
def test_a_bad_seed_is_named_with_file_and_line(load, connection, fails, csv, types, place, words):
    project = load(seed(csv, **types))
    fails(lambda: run(connection, project), place, *words)
