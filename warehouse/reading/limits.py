"""What one document may take, so that none can stop a build: seconds and memory; and how many are read at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take.

    `seconds` without a sign of life: the whole document, or a page where text is recognised. `megabytes` of data in
    the memory of the process (Linux: RLIMIT_DATA); 0 is no limit. `jobs` is how many documents are read at once.
    """

    jobs: int = field(default_factory=cores)
    seconds: float = 300.0
    megabytes: int = 3072
