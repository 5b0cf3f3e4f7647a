"""Numbers that 分别 deals out to several terms: 会议费、培训费支出分别为1.00万元、2.00万元."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter

from loaders.narrative.lexer import Token

# What stands between two terms, and between two numbers, of a list.
_TERMS = re.compile(r"[^，。；：\d]{0,6}(?:[\d,.]+(?:万元|亿元|元))?[、，和及与]{1,2}[^，。；：\d]{0,4}")
# What stands between the last term and 分别; a 、 would part it from a term that the vocabulary does not have.
_BEHIND = re.compile(r"[^，。；：、]{0,20}，?")
# What stands between 分别 and the first number.
_BEFORE = re.compile(r"[^，。；：]{0,12}")
_AMOUNTS = re.compile(r"-?[\d,.]+(?:万元|亿元|元|%)?[、，和]?")
_NUMBERS = re.compile(r"[、，；和及与]{1,2}(?:增加|增长|上升|减少|下降|降低)?")


@dataclass(frozen=True, slots=True)
class Dealt:
    """A number of such a list: its term, None where terms and numbers do not pair, and the words between both lists."""

    term: Token | None
    words: tuple[Token, ...]
    start: int


def numbers(text: str, tokens: list[Token]) -> dict[int, Dealt]:
    """The numbers that 分别 deals out, by where they stand."""
    found: dict[int, Dealt] = {}
    listed: list[Token] = []
    done = 0
    printed = [t for t in tokens if t.number is not None]
    for word in re.finditer("分别", text):
        dealt: list[Token] = []
        for token in printed[bisect_left(printed, word.end(), key=attrgetter("start")) :]:
            gap = _NUMBERS if dealt else _BEFORE
            if not gap.fullmatch(text, dealt[-1].end if dealt else word.end(), token.start):
                break
            dealt.append(token)
        if len(dealt) < 2:
            continue
        goes_on = bool(listed) and text[done : word.start()] == "，"
        # 分别占…的60%、40%，分别增长…: the second is of the same terms
        terms = listed if goes_on else _listed([t for t in tokens if t.is_term and t.end <= word.start()], text)
        clause = max(text.rfind(mark, 0, word.start()) for mark in "，。；")
        phases = [t for t in tokens if t.has_role("phase") and clause < t.start < word.start()]
        if not terms or (len(terms) < 2 and len(phases) < 2):
            continue
        between = _AMOUNTS.sub("", text[terms[-1].end : word.start()])
        paired = len(terms) == len(dealt) and (goes_on or _BEHIND.fullmatch(between) is not None)
        listed, done = terms if paired else [], dealt[-1].end
        start = word.start() if goes_on else terms[-1].end
        head = [t for t in tokens if start <= t.start < dealt[0].start]
        for at, token in enumerate(dealt):
            # 分别增长5%、下降4%: a word of its own comes after those of all
            own = [t for t in tokens if at > 0 and dealt[at - 1].end <= t.start < token.start]
            found[token.start] = Dealt(terms[at] if paired else None, (*head, *own), start)
    return found


def _listed(terms: list[Token], text: str) -> list[Token]:
    """The last terms of those that stand in one list."""
    listed = terms[-1:]
    for term in reversed(terms[:-1]):
        if not _TERMS.fullmatch(text[term.end : listed[0].start]):
            break
        listed.insert(0, term)
    return listed
