"""The one error of this package: the checks themselves could not be made or run."""

from __future__ import annotations

from collections.abc import Iterable

from loaders.errors import GoujiError


class ExpectationError(GoujiError):
    """A fault of gouji or of the project's files, never an anomaly of the data.

    `problems` are Chinese sentences, one per expectation, table or test at fault; `str()` has them below the cause.
    """

    def __init__(self, cause: str, problems: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([cause, *(f"  {problem}" for problem in self.problems)]))
