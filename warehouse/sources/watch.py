"""A watched folder: which files have come to rest, and when there is something to build.

Looks from time to time, which works on every file system and over every network. A file counts once its size and times
have not changed for a while, so that one which is still being copied is not read half.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.folders import find

_LONGEST_PAUSE = 3600.0

# What has to stay the same: size, time of change of content and of state, and which file it is.
_Look = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at the folders: files at rest, in order, and those that are still changing."""

    settled: tuple[Path, ...]
    moving: tuple[Path, ...]
    looks: tuple[tuple[Path, _Look], ...]


class Watcher:
    """Looks at files and folders. `settle` is in seconds; `known` are the files that the warehouse was built from."""

    def __init__(
        self,
        reports: Sequence[Path],
        settle: float,
        known: Iterable[Path] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reports = list(reports)
        self._settle = settle
        self._known = set(known)
        self._clock = clock
        self._since: dict[Path, tuple[_Look, float]] = {}
        self._built: tuple[tuple[Path, _Look], ...] | None = None

    def look(self) -> Seen:
        """How the files are now. One that has not been seen before is still changing, as far as anybody knows."""
        now = self._clock()
        before, self._since = self._since, {}
        settled, moving, looks = [], [], []
        for path in find(self._reports):
            look = _look(path)
            last = before.get(path)
            since = last[1] if last is not None and last[0] == look else now
            self._since[path] = (look, since)
            if now - since >= self._settle:
                settled.append(path)
                looks.append((path, look))
            else:
                moving.append(path)
        return Seen(tuple(settled), tuple(moving), tuple(looks))

    def is_due(self, seen: Seen) -> bool:
        """Whether to build: what is at rest is not what was built last, and nothing that was built is changing.

        A new file that is still being copied is left to a later build. One that is being replaced is waited for:
        without it its figures would be gone from the warehouse for as long as that takes.
        """
        if not seen.settled and self._built is None:
            return False  # nothing has ever come, or it is still coming
        return seen.looks != self._built and self._known.isdisjoint(seen.moving)

    def built(self, seen: Seen) -> None:
        """Note what a build was made of."""
        self._built = seen.looks
        self._known = set(seen.settled)


class Patience:
    """The pause before a round that repeats a failed build: longer each time, up to an hour."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._failures = 0
        self._failed: Seen | None = None
        self._until = 0.0

    def failed(self, seen: Seen, now: float) -> None:
        """Note that a build of these files failed."""
        self._failures += 1
        self._failed = seen
        self._until = now + min(self._every * 2 ** (self._failures - 1), max(_LONGEST_PAUSE, self._every))

    def succeeded(self) -> None:
        """Forget failures."""
        self._failures, self._failed = 0, None

    def allows(self, seen: Seen, now: float) -> bool:
        """Whether to try: at once if the files are others than those that failed."""
        return self._failed is None or self._failed.looks != seen.looks or now >= self._until


def _look(path: Path) -> _Look:
    try:
        about = path.stat()
    except (OSError, ValueError):
        return (-1, 0, 0, 0)
    return (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
