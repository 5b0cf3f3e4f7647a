"""One regular expression for many phrases, which finds the longest of them that begins at a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


def longest(phrases: Iterable[str], spelled: Callable[[str], str] = re.escape) -> str:
    """A pattern for the phrases; `spelled` gives the pattern of a character.

    Common beginnings are tried once, so that the number of phrases hardly costs time: a list of alternatives would
    be gone through at every character of a text.
    """
    root = _Node()
    for phrase in phrases:
        node = root
        for character in phrase:
            node = node.after.setdefault(character, _Node())
        node.ends = True
    return _pattern(root, spelled)


@dataclass(slots=True)
class _Node:
    """A beginning of phrases: what may follow, and whether it is a phrase itself."""

    after: dict[str, _Node] = field(default_factory=dict)
    ends: bool = False


def _pattern(node: _Node, spelled: Callable[[str], str]) -> str:
    branches = [spelled(character) + _pattern(rest, spelled) for character, rest in sorted(node.after.items())]
    if len(branches) == 1 and not node.ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if node.ends else ''}" if branches else ""
