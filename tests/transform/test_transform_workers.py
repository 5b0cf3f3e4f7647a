"""How many models are built at a time: several small ones, and one where the database is larger than the memory."""

from __future__ import annotations

import threading
import time

import duckdb
import pytest

from warehouse.transform.workers import Workers


def most_at_a_time(connection):
    """How many of four pieces of work, none of which waits for another, are under way together at the most."""
    running, most, lock = 0, 0, threading.Lock()

    def work(cursor, name):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return cursor.execute("select count(*) from t").fetchone()

    with Workers(connection) as workers:
        done = [name for name, result in workers.run(dict.fromkeys("abcd", ()), work) if result is not None]
    assert sorted(done) == list("abcd")
    return most


@pytest.fixture
def connection(tmp_path):
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("set threads = 2")
        connection.execute("create table t as select random() as x from range(3000000)")
        connection.execute("checkpoint")
        yield connection


def test_small_ones_are_built_side_by_side(connection, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert most_at_a_time(connection) == 2


def test_one_at_a_time_where_the_database_is_larger_than_the_memory(connection, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    connection.execute("set memory_limit = '16MB'")
    assert most_at_a_time(connection) == 1
