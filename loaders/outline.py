"""Headings: which blocks are headings, at which level, judged by numbering and shape the same way for every format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from loaders.document import Block, BlockKind
from loaders.numbers import LIST_POINT
from loaders.repair import repair

_NUMBERING: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"第[一二三四五六七八九十\d]{1,3}(?:部分|章|篇)")),
    (2, re.compile(r"[一二三四五六七八九十]{1,3}、")),
    (3, re.compile(r"（[一二三四五六七八九十]{1,3}[）、]?|[一二三四五六七八九十]{1,3}）")),
    (4, re.compile(rf"\d{{1,2}}(?:、(?!\d)|{LIST_POINT})")),
    (5, re.compile(r"（\d{1,2}）|\d{1,2}）|[⑴-⒇①-⑳]")),
)
# A heading names its section: it is short, and is no sentence and no amount.
_LONGEST = 45
_SENTENCE = re.compile(r"[。；]|[，：].*[，：]|\d(?:万元|亿元|元|%)|[，：；、]$")


def numbering(text: str) -> tuple[int, str] | None:
    """The level (1 highest to 5) and the text behind the number of a repaired line that begins with numbering."""
    for level, pattern in _NUMBERING:
        if match := pattern.match(text):
            return level, text[match.end() :]
    return None


def mark_headings(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks, with paragraphs that are numbered headings marked as such."""
    marked: list[Block] = []
    for block in blocks:
        new = block
        if block.kind is BlockKind.PARAGRAPH and len(block.text) < 400:
            line = repair(block.text).text.strip()
            numbered = numbering(line)
            if (
                numbered
                and len(line) <= _LONGEST
                and numbered[1].strip()
                and not _SENTENCE.search(line.rstrip("。：."))
            ):
                new = replace(block, kind=BlockKind.HEADING, level=numbered[0])
        marked.append(new)
    return tuple(marked)
