"""The build: bad input beside good, faults of ours, an end in the middle, readers, and the same rows every time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rows import differences

from loaders.errors import GoujiError
from warehouse import dictionary
from warehouse.build import BuildResult, build

GOOD = "云岭市统计局2020年度部门决算\n2020年度本年支出合计80万元。\n"
OTHER = "云岭市审计局2020年度部门决算\n2020年度本年支出合计70万元。\n"


# Bad input beside good


@pytest.fixture(scope="module")
def mixed(light_project: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """A build of two good reports among files of every bad kind."""
    folder = tmp_path_factory.mktemp("mixed")
    reports = folder / "reports"
    (reports / "sub").mkdir(parents=True)
    (reports / "a_good.txt").write_text(GOOD, encoding="utf-8")
    (reports / "sub" / "z_good.txt").write_text(OTHER, encoding="gb18030")
    (reports / "b_same.txt").write_text(GOOD, encoding="utf-8")
    (reports / "empty.txt").write_bytes(b"")
    (reports / "blank.txt").write_bytes(b" \n\r\n")
    (reports / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (reports / "mark.txt").write_bytes(b"\xef\xbb\xbf" + b"\xff\xfe\xfa" * 20)
    (reports / "latin.txt").write_bytes("dépenses publiques 100 €".encode("cp1252") * 20)
    (reports / "script.html").write_text("<html><body><script>f()</script></body></html>", encoding="utf-8")
    (reports / "garbage.pdf").write_bytes(b"%PDF-1.7\nthis is no PDF at all" + bytes(range(256)))
    (reports / "garbage.xlsx").write_bytes(b"PK\x03\x04this is no workbook" + bytes(range(256)))
    (reports / ".hidden.txt").write_text(GOOD.replace("统计", "农业"), encoding="utf-8")
    paths = [reports, folder / "missing.txt", reports / "a_good.txt", reports / ".." / "reports" / "empty.txt"]
    return build(paths, folder / "gouji.duckdb", light_project)


@pytest.fixture(scope="module")
def mixed_connection(mixed: BuildResult) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to it."""
    with duckdb.connect(mixed.warehouse, read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("file", "reasons"),
    [
        ("missing.txt", {"missing"}),
        ("empty.txt", {"empty_file"}),
        ("blank.txt", {"empty_file"}),
        ("binary.txt", {"binary_file"}),
        ("mark.txt", {"wrong_encoding"}),
        ("latin.txt", {"wrong_encoding"}),
        ("script.html", {"no_text"}),
        ("b_same.txt", {"duplicate"}),
        ("garbage.pdf", {"unsupported_format", "damaged_file"}),
        ("garbage.xlsx", {"unsupported_format", "damaged_file"}),
    ],
)
def test_a_file_that_cannot_be_read_is_a_row_with_its_reason(
    mixed: BuildResult, mixed_connection: duckdb.DuckDBPyConnection, file: str, reasons: set[str]
) -> None:
    rows = mixed_connection.execute(
        "select status, reason, message, path from raw.document where file_name = ?", [file]
    ).fetchall()
    assert len(rows) == 1
    status, reason, message, path = rows[0]
    assert (status, reason in reasons, Path(path).name) == ("rejected", True, file), rows
    assert len(message) > 4
    assert [(d.reason, d.message, Path(d.path).name) for d in mixed.rejected if d.file_name == file] == [
        (reason, message, file)
    ]


def test_the_good_files_are_loaded_all_the_same(
    mixed: BuildResult, mixed_connection: duckdb.DuckDBPyConnection
) -> None:
    assert mixed_connection.execute(
        "select file_name, encoding from raw.document where status = 'loaded' order by 1"
    ).fetchall() == [("a_good.txt", "utf-8"), ("z_good.txt", "gb18030")]
    assert mixed_connection.execute(
        "select organization_name, actual_yuan from marts.fct_budget_execution order by 1"
    ).fetchall() == [("云岭市审计局", Decimal(700000)), ("云岭市统计局", Decimal(800000))]


def test_a_file_named_twice_is_one_row_and_a_hidden_one_is_none(mixed_connection: duckdb.DuckDBPyConnection) -> None:
    names = [row[0] for row in mixed_connection.execute("select file_name from raw.document order by 1").fetchall()]
    assert len(names) == len(set(names)) == 12
    assert ".hidden.txt" not in names


def test_a_duplicate_names_the_file_that_it_repeats(mixed_connection: duckdb.DuckDBPyConnection) -> None:
    assert mixed_connection.execute(
        "select o.file_name, contains(d.message, o.file_name) from raw.document as d"
        " join raw.document as o on d.duplicate_of = o.document_id"
    ).fetchall() == [("a_good.txt", True)]


def test_every_document_has_an_identity_of_its_own(mixed_connection: duckdb.DuckDBPyConnection) -> None:
    assert mixed_connection.execute(
        "select count(*) = count(distinct document_id), bool_and(regexp_matches(document_id, '^[0-9a-f]{64}$'))"
        " from raw.document"
    ).fetchall() == [(True, True)]


def test_rejected_files_are_named_with_their_reason(gouji: Any, tiny_copy: Path, tmp_path: Path) -> None:
    """Exit code 1 where none could be read; the warehouse that was there is not touched."""
    (tmp_path / "empty.txt").touch()
    before = tiny_copy.read_bytes()
    answer = gouji("build", tmp_path / "empty.txt", tmp_path / "missing.txt", "--warehouse", tiny_copy)
    assert answer.code == 1
    for part in ("empty.txt", "empty_file", "missing.txt", "missing", "没有一份报告能够读取"):
        assert part in answer.err
    assert tiny_copy.read_bytes() == before


def test_a_folder_without_reports_is_an_error_and_leaves_the_warehouse(
    gouji: Any, tiny_copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    before = tiny_copy.read_bytes()
    answer = gouji("build", tmp_path / "nothing", "--warehouse", tiny_copy)
    assert (answer.code, answer.out) == (1, "")
    assert "没有找到报告文件" in answer.err
    assert tiny_copy.read_bytes() == before
    assert stray_files(tiny_copy) == []


def stray_files(warehouse: Path) -> list[str]:
    """What a build left beside the warehouse."""
    return [path.name for path in warehouse.parent.iterdir() if "building" in path.name or path.suffix == ".wal"]


# Faults of ours


def replace_in(project: Path, file: str, old: str, new: str) -> int:
    """Breaks a file of the project; gives the line of the change."""
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


CHECK = "models/intermediate/checks/int_check_limit.sql"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (CHECK, "from pair", "form pair", "SQL语法错误"),
        (CHECK, "{{ ref('limit') }}", "{{ ref('limits') }}", "是否想写limit"),
        (CHECK, "limit_message ||", "no_such_column ||", "no_such_column"),
        (CHECK, "{{ ref('limit') }}", "{{ ref('limit') }", "jinja语法错误"),
    ],
    ids=["syntax", "reference", "column", "template"],
)
def test_a_broken_model_stops_the_build_with_file_and_line(
    gouji: Any, broken_project: Path, tiny_copy: Path, file: str, old: str, new: str, message: str
) -> None:
    line = replace_in(broken_project, file, old, new)
    report = tiny_copy.parent / "report.txt"
    report.write_text(GOOD, encoding="utf-8")
    before = tiny_copy.read_bytes()
    answer = gouji("build", report, "--warehouse", tiny_copy)
    assert answer.code == 1
    assert f"{file}:{line}:" in answer.err
    assert message in answer.err
    assert tiny_copy.read_bytes() == before
    assert stray_files(tiny_copy) == []


@pytest.mark.parametrize(
    ("file", "row", "message"),
    [
        ("seeds/vocabulary/term.csv", "新词,no_such_item,,,", "no_such_item"),
        ("seeds/vocabulary/term.csv", "新词,income_total,,,,,,,,太多", "列数与表头不符"),
        ("seeds/vocabulary/report_kind.csv", "(决算,final_account,actual,", "不是正则表达式"),
        ("seeds/vocabulary/measure.csv", "新指标,summary,新指标,banana", "banana"),
        ("seeds/rules/threshold.csv", "P09-x,P09,execution_pct,许多,,info,低于许多", "below_pct"),
    ],
    ids=["unknown item", "too many columns", "pattern", "unknown unit", "no number"],
)
def test_a_broken_seed_stops_the_build_with_file_and_line(
    gouji: Any, broken_project: Path, tiny_copy: Path, file: str, row: str, message: str
) -> None:
    path = broken_project / file
    lines = path.read_text(encoding="utf-8").splitlines()
    filled = row + "," * (lines[0].count(",") - row.count(","))
    path.write_text("\n".join([*lines, filled]) + "\n", encoding="utf-8")
    report = tiny_copy.parent / "report.txt"
    report.write_text(GOOD, encoding="utf-8")
    before = tiny_copy.read_bytes()
    answer = gouji("build", report, "--warehouse", tiny_copy)
    assert answer.code == 1
    assert f"{file.removeprefix('seeds/')}:{len(lines) + 1}" in answer.err
    assert message in answer.err
    assert tiny_copy.read_bytes() == before
    assert stray_files(tiny_copy) == []


@pytest.fixture
def strict_project(light_project: Path, tmp_path: Path) -> Callable[[str], Path]:
    """The project with a data test of its own on `reference.rule`."""

    def add(data_test: str) -> Path:
        project = tmp_path / "strict"
        shutil.copytree(light_project, project)
        path = project / "models" / "strict.yml"
        path.write_text(
            "version: 2\nmodels:\n  - name: strict\n    description: 一条规则一行\n    columns:\n"
            f"      - name: rule_id\n        description: 规则\n        data_tests:\n          - {data_test}\n",
            encoding="utf-8",
        )
        model = project / "models" / "marts" / "strict.sql"
        model.write_text("select rule_id from {{ ref('rule') }}\n", encoding="utf-8")
        return project

    return add


def test_an_expectation_that_cannot_be_evaluated_stops_the_build(
    strict_project: Callable[[str], Path], tiny_copy: Path
) -> None:
    project = strict_project("not_null: {config: {where: 'no_such_column > 1'}}")
    report = tiny_copy.parent / "report.txt"
    report.write_text(GOOD, encoding="utf-8")
    before = tiny_copy.read_bytes()
    with pytest.raises(GoujiError, match=r"(?s)没有跑成.*strict\.yml:3.*no_such_column"):
        build([report], tiny_copy, project)
    assert tiny_copy.read_bytes() == before
    assert stray_files(tiny_copy) == []


def test_a_data_test_that_fails_stops_the_build(strict_project: Callable[[str], Path], tiny_copy: Path) -> None:
    project = strict_project("accepted_values: {arguments: {values: [T01]}}")
    report = tiny_copy.parent / "report.txt"
    report.write_text(GOOD, encoding="utf-8")
    before = tiny_copy.read_bytes()
    with pytest.raises(GoujiError, match=r"(?s)数据检验没有通过.*marts\.strict.*rule_id"):
        build([report], tiny_copy, project)
    assert tiny_copy.read_bytes() == before
    assert stray_files(tiny_copy) == []


# Readers

READER = """
import sys
from pathlib import Path
from warehouse import query

with query.reading(Path(sys.argv[1])) as connection:
    for line in sys.stdin:
        print(query.select(connection, line).values, flush=True)
"""


def test_a_reader_keeps_reading_what_it_opened(python: Any, light_project: Path, tiny_copy: Path) -> None:
    question = "select organization_name from marts.dim_organization\n"
    report = tiny_copy.parent / "report.txt"
    report.write_text(GOOD, encoding="utf-8")
    with python(READER, tiny_copy) as reader:

        def ask() -> str:
            reader.stdin.write(question)
            reader.stdin.flush()
            return str(reader.stdout.readline())

        earlier = ask()
        assert "云岭市财政局" in earlier
        build([report], tiny_copy, light_project)
        assert ask() == earlier
    assert reader.returncode == 0
    with python(READER, tiny_copy) as reader:
        later, _ = reader.communicate(question, timeout=60)
    assert "云岭市统计局" in later
    assert "云岭市财政局" not in later


# The same rows every time

AGAIN = """
import sys
from pathlib import Path
from warehouse.build import build

reports = sorted(Path(sys.argv[1]).iterdir(), reverse=True)
build(reports, Path(sys.argv[2]), Path.cwd())
"""


@pytest.fixture(scope="module", autouse=True)
def again(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    """A second build of the sample reports, in a process that runs beside the tests of this module; gives its file."""
    target = tmp_path_factory.mktemp("again") / "gouji.duckdb"
    command = [sys.executable, "-c", AGAIN, str(root / "seeds" / "reports"), str(target)]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONHASHSEED": "7"}
    with subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True) as process:

        def finished() -> Path:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
            return target

        yield finished
        process.kill()


def test_two_builds_of_the_same_reports_have_the_same_rows(samples: BuildResult, again: Callable[[], Path]) -> None:
    """Another process, another order of sets, the files the other way round."""
    different = differences(samples.warehouse, again())
    different.pop("meta.source_file", None)  # the order in which they are named
    assert different == {}


@pytest.mark.usefixtures("light")
def test_an_impossible_number_stops_nothing_and_is_a_row_with_its_reason(gouji: Any, tmp_path: Path) -> None:
    """Two amounts that a converter ran into one must not cost the others their night."""
    (tmp_path / "run_together.txt").write_text(
        "云岭市财政局2021年度部门决算\n2021年度本年支出合计123456789012345678901234567890万元，"
        "其中：基本支出60万元，占本年支出99999999999999.99%。\n"
        "2021年“三公”经费预算99999999999999元，支出决算99999999999999元，完成预算的999999.99%，"
        "比上年增加9999999999万元，增长999999%，增长0.0000000000000001%。\n",
        encoding="utf-8",
    )
    target = tmp_path / "w.duckdb"
    assert gouji("build", tmp_path / "run_together.txt", "--warehouse", target).code == 0
    with duckdb.connect(target, read_only=True) as connection:
        rows = connection.execute(
            "select printed from marts.fct_number_unread where reason = 'out_of_range' order by char_start"
        ).fetchall()
    assert ("123456789012345678901234567890万元",) in rows
    assert ("99999999999999.99%",) in rows


def test_what_a_warehouse_tells_of_itself_is_in_the_data_dictionary(
    samples_connection: duckdb.DuckDBPyConnection,
) -> None:
    told = samples_connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where schema_name = 'meta' group by table_name"
    ).fetchall()
    assert dict(told) == {table.name: list(table.columns) for table in dictionary.META}
    uncommented = "select table_name, column_name from duckdb_columns() where schema_name = 'meta' and comment is null"
    assert samples_connection.execute(uncommented).fetchall() == []
