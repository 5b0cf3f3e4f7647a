"""Great Expectations behaves: imported late, silent, offline, and patched only as long as it has to be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest

from warehouse.expectations import build_suites, run_checks
from warehouse.expectations.duckdb_source import load, sql_source
from warehouse.transform import Project

Declare = Callable[..., Project]


def python(code: str, cwd: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Runs `code` in a new process, with an empty folder as home."""
    (cwd / "home").mkdir(parents=True)
    environment = {"PYTHONPATH": str(root), "HOME": str(cwd / "home"), "PATH": ""}
    command = [sys.executable, "-c", dedent(code)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_importing_the_package_does_not_import_great_expectations(tmp_path: Path, root: Path) -> None:
    code = """\
        import sys
        import warehouse.expectations, warehouse.expectations.duckdb_source
        print([name for name in ("great_expectations", "sqlalchemy", "pandas") if name in sys.modules])
        """
    done = python(code, tmp_path / "cwd", root)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_run_prints_nothing_writes_no_file_and_uses_no_network(tmp_path: Path, root: Path, declare: Declare) -> None:
    project = declare("- not_null\n- not_null: {where: nothing = 1}").root
    code = f"""\
        import socket, duckdb
        def refuse(*_): raise AssertionError("network")
        socket.socket.connect = socket.getaddrinfo = refuse
        from pathlib import Path
        from warehouse.expectations import ExpectationError, run_checks
        from warehouse.transform import load_project
        connection = duckdb.connect()
        connection.execute(
            "create schema marts; create schema reference; create table marts.thing as select null as value;"
            "create table marts.fct_check as select 'a' check_id, 'D01' rule_id, 'fail' state, '' file_name, '' message"
            ";create table reference.rule as select 'D01' rule_id, '标题' title, 'error' severity"
        )
        try:
            run_checks(connection, load_project(Path({str(project)!r})))
        except ExpectationError as error:
            print(len(error.problems), "problem")
        """
    cwd = tmp_path / "cwd"
    done = python(code, cwd, root)
    # stderr is empty at exit too: see _forget_engine
    assert (done.stdout, done.stderr, done.returncode) == ("1 problem\n", "", 0)
    assert [path.name for path in cwd.rglob("*")] == ["home"]


def test_nothing_is_printed_in_this_process_either(
    warehouse: duckdb.DuckDBPyConnection,
    declare: Declare,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_checks(warehouse, declare("- not_null"))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert caplog.records == []


def test_the_connection_stays_open_outside_a_transaction_in_its_database(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare
) -> None:
    run_checks(warehouse, declare("- not_null"))
    assert warehouse.execute("select current_database()").fetchall() == [("warehouse",)]
    warehouse.execute("checkpoint warehouse; use memory; detach warehouse")


def test_the_current_context_of_others_is_left_to_them(warehouse: duckdb.DuckDBPyConnection, declare: Declare) -> None:
    load()
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import project_manager

    theirs = gx.get_context(mode="ephemeral")
    run_checks(warehouse, declare("- not_null"))
    assert project_manager.get_current_project() is theirs


def test_duckdb_engine_alone_still_loses_results() -> None:
    """If this fails, `_Session` has become needless: share `duckdb_engine.ConnectionWrapper` instead."""
    load()
    import great_expectations as gx
    from duckdb_engine import ConnectionWrapper
    from great_expectations.expectations import UnexpectedRowsExpectation

    suite = gx.ExpectationSuite(
        "any", expectations=[UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch} where i > 7")]
    )

    def validate(source: object) -> object:
        asset = source.add_query_asset(name="numbers", query="select * from range(10) as numbers (i)")  # type: ignore[attr-defined]
        return asset.add_batch_definition_whole_table("whole").get_batch().validate(suite).results[0].result

    with duckdb.connect() as connection, sql_source(connection) as ours:
        assert validate(ours) == {"observed_value": 2}
        plain = ours.data_context.data_sources.add_sql(
            name="plain",
            connection_string="duckdb://",
            create_temp_table=False,
            kwargs={"creator": lambda: ConnectionWrapper(connection.cursor())},
        )
        assert validate(plain) == {}
        plain.get_execution_engine().close()
        plain.get_engine().dispose()


def test_saved_suites_open_and_run_in_plain_great_expectations(
    warehouse: duckdb.DuckDBPyConnection, declare: Declare, tmp_path: Path
) -> None:
    warehouse.execute("insert into marts.fct_check (rule_id, state) values ('D01', 'fail'), ('D01', 'pass')")
    warehouse.execute("insert into marts.thing values ('a:b'), ('c'), (null)")
    suites = build_suites(warehouse, declare("- accepted_values: {values: ['a:b', '{x}']}"))
    paths = [suite.save(tmp_path / "suites") for suite in suites]
    assert [path.name for path in paths] == ["rules.json", "data_tests.json"]
    load()
    import great_expectations as gx

    found = {}
    with sql_source(warehouse) as source:
        asset = source.add_query_asset(name="checks", query="select * from marts.fct_check")
        batch = asset.add_batch_definition_whole_table("whole").get_batch()
        for path in paths:
            suite = gx.ExpectationSuite(**json.loads(path.read_text(encoding="utf-8")))
            for result in batch.validate(suite).results:
                found[result.expectation_config.description] = result.result["observed_value"]
    assert found == {
        "收入总计 = 支出总计": 1,
        "“三公”经费决算不超过预算": 0,
        "预算资金到位": 0,
        "marts.thing.value 只取规定的值": 1,
    }
