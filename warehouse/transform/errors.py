"""The one error of the transform runner: what is wrong, in which file of the project, on which line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from loaders.errors import GoujiError


class TransformError(GoujiError):
    """Something in the project's files that the user has to correct.

    `file` is relative to the project root, `line` counts from 1 and is None where no line is to blame, `cause` is a
    Chinese sentence. `str()` is `models/marts/x.sql:12: cause`.
    """

    def __init__(self, file: str, line: int | None, cause: str) -> None:
        super().__init__(file, line, cause)
        self.file = file
        self.line = line
        self.cause = cause

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.cause}"


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the closest match to a mistyped `name`, or nothing."""
    matches = difflib.get_close_matches(name, list(known), n=1)
    return f"，是否想写 {matches[0]}？" if matches else ""
