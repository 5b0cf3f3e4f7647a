"""Points at which a process may be killed: before each change that it makes to the file system, and each statement.

`install` counts them in this process, and calls back at each; DuckDB's own writing is between two statements.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CHANGES = {
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate", "os.utime"),
    *("shutil.copyfile", "shutil.rmtree", "fcntl.flock", "subprocess.Popen"),
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def install(at_point: Callable[[str], None]) -> None:
    """Call `at_point` with what is about to happen, from now on."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES:
            at_point(f"{event} {_last_name(arguments)}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            at_point(f"open {_last_name(arguments)}")

    sys.addaudithook(hook)


def _last_name(arguments: tuple[Any, ...]) -> str:
    """What the event is about, without the folder, which is another in each test."""
    first = arguments[0]
    return Path(os.fsdecode(first)).name if isinstance(first, (str, bytes, os.PathLike)) else ""
