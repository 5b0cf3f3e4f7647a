"""Small judgements about wording: what is left unexplained between words, what a name is without its lead-in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from loaders.narrative.lexer import Kind, Token
from loaders.vocabulary import Vocabulary

# What a change is measured against: 较上年, 与2020年相比, 较预算数.
_COMPARED_WITH = re.compile(
    r"[比较与](?P<base>[^，。；、比较与]{1,14}?)(?=相比|增加|减少|增长|下降|上升|降低|提高|持平|有所|各|，)"
)
# 同比减少5万元，下降2%: the 比 of 同比 compares with no change.
_CHANGED = re.compile(r"增加|减少|增长|下降|上升|降低|提高")
_COMPARING = re.compile(r"相比|比上年|较上年|比去年|较去年|同比|[比较]20\d\d年")
_LEAD_IN = re.compile(
    r"^(?:\d{1,2}[、.．]|（\d{1,2}）)?(?:其中|包括|包含|主要包括|分别为|分别是|是|为|和|及|以及|（其中)*：?"
)
_LEAD_OUT = re.compile(r"(?:的?(?:绩效)?(?:自评|评价)?(?:综合)?|费用为|为|是|共|约|达|计)$")
_EDGES = "，。；：、（）() \n\t"


def residue(vocabulary: Vocabulary, text: str, start: int, end: int, tokens: Iterable[Token]) -> str:
    """What stands in `text[start:end]` besides the tokens, fillers, punctuation and digits."""
    left = list(text[start:end])
    for token in tokens:
        if token.kind is Kind.PAUSE:
            # A bracket stays, so that what it closes can be told.
            continue
        for i in range(max(token.start, start), min(token.end, end)):
            left[i - start] = "\0"
    # What stands in closed brackets explains, and does not change what is spoken of.
    plain = re.sub(r"（[^（）]*）", "", "".join(left))
    rest = vocabulary.filler_pattern.sub("", plain).replace("\0", "")
    return re.sub(r"[\s\d，。；：、（）()%—\-.]", "", rest)


def strip(text: str) -> str:
    """`text` without punctuation at its ends; a closing bracket stays where it is opened inside."""
    bare = text.strip(_EDGES)
    return (
        f"{bare}）"
        if bare.count("（") > bare.count("）") and text[len(text.rstrip(_EDGES)) :].startswith("）")
        else bare
    )


def name(text: str) -> str:
    """A name without the words that lead into or out of it."""
    bare = _LEAD_IN.sub("", strip(text))
    bare = re.sub(r"(?:20\d\d年度?)$", "", bare)
    return strip(_LEAD_OUT.sub("", bare))


def compared_with(text: str, start: int, end: int) -> str:
    """What `text[start:end]` compares with, the last time it says so; empty if it does not."""
    found = [match for match in _COMPARED_WITH.finditer(text, start, end) if not _CHANGED.match(match["base"])]
    return found[-1]["base"] if found else ""


def is_comparing(text: str) -> bool:
    """Whether a lead compares with another year."""
    return _COMPARING.search(text) is not None
