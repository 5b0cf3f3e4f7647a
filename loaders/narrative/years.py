"""Which year a sentence speaks of: the report's, one that it names, or the day on which it counts what there is."""

from __future__ import annotations

import re

from loaders.narrative.lexer import Token
from loaders.narrative.state import Sentence

_DOCUMENT_YEAR = re.compile(r"〔((?:19|20)\d{2})〕")
_REASON = re.compile(r"(?:原因是?|主要是|由于|因为)[^。；]*$")
_AS_OF = re.compile(r"截[至止]到?$")


def of_paragraph(report_year: int | None, text: str) -> int | None:
    """The report's year, or that of a later document which the paragraph reports on (〔2022〕40号)."""
    cited = [int(match[1]) for match in _DOCUMENT_YEAR.finditer(text)]
    if report_year is not None and len(cited) == 1 and report_year < cited[0] <= report_year + 2:
        return cited[0]
    return report_year


def named(sentence: Sentence, start: int, end: int, year: int) -> None:
    """A year at `start:end` that is neither compared with nor inside a title becomes the sentence's.

    截至2025年底 holds for the sentences after it too: what there is on a day is told in several.
    """
    before, after = sentence.text[:start], sentence.text[end:]
    if before.count("《") > before.count("》") or re.search(r"(?:比|较|与|同|对比)$", before):
        return
    if before.endswith("（") and after.startswith("）"):
        # 白皮书（2025）: the year of what is named
        return
    if _REASON.search(before):
        # 原因是2020年预算无此内容；②…: the year of the reason is not that of what follows
        return
    if re.match(r"年(?:度)?(?:相比|比)", after) or re.match(r"年?(?:以来|起)", after):
        return
    sentence.year = year
    if sentence.as_of is not None and year != sentence.as_of:
        # 截至2022年底…。2023年…
        sentence.own_year, sentence.as_of = year, None
    if _AS_OF.search(before):
        sentence.own_year = sentence.as_of = year


def relative(sentence: Sentence, report_year: int | None, token: Token) -> None:
    """上年底 is the year before the report's; 当年 ends what a 截至 had said."""
    if report_year is None or token.word is None:
        return
    offset = int(token.word.value) if token.has_role("year") else 0
    if offset != 0:
        named(sentence, token.start, token.end, report_year + offset)
    elif sentence.as_of is not None:
        sentence.year = sentence.own_year = report_year
        sentence.as_of = None
