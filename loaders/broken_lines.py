"""Paragraphs that a line break inside a number tore apart, put together again, the same way for every format.

Takes blocks, gives blocks: 支出为128。⏎93万元 becomes one paragraph, with the line feed left for `repair` to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from loaders.document import Block, BlockKind, Recognition, Scores

_ENDS_IN_NUMBER = re.compile(r"\S\d[。.．]")
_GOES_ON = re.compile(r"\s*\d{1,6}(?!\d*(?:年|[.、．)）]\D|月))")
_LIST_NUMBER = re.compile(r"\s*\d{1,3}[。.．]\s*")


def rejoin(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks, with a paragraph that ends inside a number joined to the next one, and numbered anew."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, block):
            joined[-1] = replace(last, text=f"{last.text}\n{block.text}", ocr=_recognition(last, block))
        else:
            joined.append(replace(block, block_no=len(joined) + 1))
    return tuple(joined)


def _recognition(block: Block, following: Block) -> Recognition | None:
    """How the text of both, with a line feed between them, was recognised."""
    if block.ocr is None and following.ocr is None:
        return None
    at = len(block.text) + 1
    corrections = block.ocr.corrections if block.ocr else ()
    if following.ocr:
        corrections += tuple(
            each._replace(start=each.start + at, end=each.end + at) for each in following.ocr.corrections
        )
    return Recognition((*_scores(block), None, *_scores(following)), corrections)


def _scores(block: Block) -> Scores:
    return block.ocr.scores if block.ocr else (None,) * len(block.text)


def _goes_on(block: Block, following: Block) -> bool:
    if not block.kind is following.kind is BlockKind.PARAGRAPH:
        return False
    line = block.text.rpartition("\n")[2]
    broken = _ENDS_IN_NUMBER.fullmatch(line.rstrip()[-3:]) and not _LIST_NUMBER.fullmatch(line)
    return bool(broken and _GOES_ON.match(following.text))
