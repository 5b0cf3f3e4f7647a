"""How many models are built at a time: several small ones, and one where there is much to read for the memory."""

from __future__ import annotations

import threading
import time

import duckdb
import pytest

from warehouse.transform.workers import Workers


def most_at_a_time(connection, rows):
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
        return cursor.execute("select 1").fetchone()

    with Workers(connection, rows) as workers:
        done = [name for name, result in workers.run(dict.fromkeys("abcd", ()), work) if result is not None]
    assert sorted(done) == list("abcd")
    return most


@pytest.fixture
def connection(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
        yield connection


def test_small_ones_are_built_side_by_side(connection):
    assert most_at_a_time(connection, 5_000_000) == 2


def test_large_ones_have_the_memory_to_themselves(connection):
    assert most_at_a_time(connection, 10_000_000) == 1
