"""Politeness: one request at a time for a host, and a pause between two; all waiting is done here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StoppedError(BaseException):
    """Somebody ended the run while it waited. No failure of an address, so nothing that handles those catches it."""


class Pace:
    """Turns at hosts. `delay` is in seconds, from the end of a request to the beginning of the next one."""

    def __init__(self, delay: float, wait: Callable[[float], None] | None = None) -> None:
        self._delay = delay
        self._stopped = threading.Event()
        self._wait = wait or self._sleep
        self._guard = threading.Lock()
        self._hosts: dict[str, threading.Lock] = {}
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, delay: float = 0) -> Iterator[None]:
        """Nobody else asks this host during the block, nor `delay` seconds after, where that is more than usual."""
        with self._guard:
            lock = self._hosts.setdefault(host, threading.Lock())
        with lock:
            pause = self._free_at.get(host, 0) - time.monotonic()
            if pause > 0:
                self.wait(pause)
            self.check()
            try:
                yield
            finally:
                self._free_at[host] = time.monotonic() + max(self._delay, delay)

    def wait(self, seconds: float) -> None:
        """Wait; raises StoppedError when the run is stopped."""
        self._wait(seconds)
        self.check()

    def stop(self) -> None:
        """Whoever waits or is about to ask something stops."""
        self._stopped.set()

    def check(self) -> None:
        """Raises StoppedError if the run is stopped."""
        if self._stopped.is_set():
            raise StoppedError

    def _sleep(self, seconds: float) -> None:
        self._stopped.wait(seconds)
