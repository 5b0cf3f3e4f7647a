"""Repair of broken print, with a map back to the original characters.

Takes the text of a block as printed; gives text in which every number is whole, punctuation is Chinese and noise is
gone, and which knows for each of its characters where it stood in print.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SPACE = r" \u00a0\u2002\u2003\u2009\u3000"
_SPACES = frozenset(" \u00a0\u2002\u2003\u2009\u3000")
_PUNCTUATION = "，。；：、（）《》〈〉【】〔〕！？%"

# Marks that converters leave where a bookmark or picture stood, also inside numbers.
_NOISE = re.compile(r"\[(?:bookmark|image|picture|图片)\s*[:：][^\]\n]{0,500}\]|[\u200b-\u200f\u2060\ufeff\u00ad]")
# A decimal broken over a line end: 128。⏎93万元. A number alone on its line is list numbering, and what follows must
# not itself be a year or another list number.
_BROKEN_DECIMAL = re.compile(r"(?<=\d)[。.．][ \t\u3000]*\n[ \t\u3000]*(?=\d{1,6}(?!\d*(?:年|[.、．)）]\D|月\d)))")
_LIST_NUMBER_BEFORE = re.compile(r"(?:^|\n)\s*\d{1,3}$|\d[.。]\d*$")
_SPACE_IN_NUMBER = re.compile(rf"(?<=\d)[{_SPACE}]+(?=[.,]\d)")
# Letter-spaced numbers of justified print: 1 2 1 , 3 9 3 . 5 2万元. None is longer than 30 characters.
_SPACED_DIGITS = re.compile(rf"(?<![\dA-Za-z.,])\d(?:[{_SPACE}][\d.,]){{2,30}}(?=[{_SPACE}]?[万亿元年%])")
# Each run of spaces is looked at once, from its beginning.
_STRAY_SPACE = re.compile(
    rf"(?<=[{_CJK}{_PUNCTUATION}])[{_SPACE}]+|^[{_SPACE}]+|(?<![{_SPACE}])[{_SPACE}]++(?:(?=[{_CJK}{_PUNCTUATION}])|$)",
    re.MULTILINE,
)
# A full stop typed as a point. Points inside numbers, after list numbers and in Latin words stay.
_POINT_AS_STOP = re.compile(rf"(?<=[{_CJK}）)%])\.(?:(?!\d)|(?=(?:19|20)\d\d年))")
# 1，234.56万元: a thousands separator typed as a Chinese comma. 128。93万元: a point typed as a full stop.
_CHINESE_SEPARATOR = re.compile(r"(?<=\d)，(?=\d{3}(?:\.\d+)?(?:万元|亿元|元))(?<!\d{4}，)")
_CHINESE_POINT = re.compile(r"(?<=\d)。(?=\d{1,2}(?:万元|亿元|元|%))")
_COMMA_IN_PROSE = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")
# Quotation marks come unpaired and in every shape; no meaning here hangs on them.
_QUOTES = re.compile(r"[“”‘’＂＇「」『』\"']")
# Cells of tables, mostly: a name in Chinese characters, or an amount with or without separators of thousands.
_WHOLE = re.compile(rf"[{_CJK}]*|-?[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?")
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
_FULL_WIDTH.update({code: chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))})
_FULL_WIDTH.update(
    {
        ord("％"): "%",
        ord("﹪"): "%",
        ord("．"): ".",
        ord("－"): "-",
        ord("−"): "-",
        ord("("): "（",
        ord(")"): "）",
        ord(":"): "：",
        ord(";"): "；",
        ord("﹐"): "，",
        ord("\r"): "\n",
        ord("［"): "〔",
        ord("］"): "〕",
    }
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Repaired `text`, and for each of its characters the offset in the original it came from (`origin`)."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original (end exclusive) that the repaired span `start:end` came from.

        Raises ValueError for an empty span, which has no place in print.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"span {start}:{end} is not inside a text of {len(self.text)} characters")
        return self.origin[start], self.origin[end - 1] + 1


def _substitute(repaired: Repaired, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> Repaired:
    """`re.sub` that keeps the map; what is put in comes from the start of what it replaces, one to one."""
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    for match in pattern.finditer(repaired.text):
        if match.start() < done:
            continue
        parts.append(repaired.text[done : match.start()])
        origin.extend(repaired.origin[done : match.start()])
        new = replacement(match)
        parts.append(new)
        last = max(match.end() - 1, match.start())
        origin.extend(repaired.origin[min(match.start() + i, last)] for i in range(len(new)))
        done = match.end()
    if not parts and not done:
        return repaired
    parts.append(repaired.text[done:])
    origin.extend(repaired.origin[done:])
    return Repaired("".join(parts), tuple(origin))


def _unspace(repaired: Repaired) -> Repaired:
    """Take the spaces out of letter-spaced numbers, character by character so that the map stays exact."""
    drop = {
        at
        for match in _SPACED_DIGITS.finditer(repaired.text)
        for at in range(match.start(), match.end())
        if repaired.text[at] in _SPACES
    }
    if not drop:
        return repaired
    kept = [at for at in range(len(repaired.text)) if at not in drop]
    return Repaired("".join(repaired.text[at] for at in kept), tuple(repaired.origin[at] for at in kept))


def _join_decimal(match: re.Match[str]) -> str:
    """A point for the break, unless the number before it is list numbering or already has a point."""
    if _LIST_NUMBER_BEFORE.search(match.string, max(0, match.start() - 24), match.start()):
        return match[0]
    return "."


def repair(text: str) -> Repaired:
    """Repair printed `text`; deterministic, and repairing twice changes nothing more.

    Kept one to one where possible: full-width digits and letters become ASCII, brackets and colons become Chinese
    ones. Removed: converter marks, invisible characters, quotation marks, spaces beside Chinese text. Joined: decimals
    broken over lines, numbers with a space before the point.
    """
    as_printed = Repaired(text, tuple(range(len(text))))
    if _WHOLE.fullmatch(text):
        return as_printed
    result = _substitute(as_printed, _NOISE, lambda _: "")
    result = Repaired(result.text.translate(_FULL_WIDTH), result.origin)
    previous = None
    while previous != result.text:
        previous = result.text
        result = _substitute(result, _QUOTES, lambda _: "")
        result = _substitute(result, _STRAY_SPACE, lambda _: "")
        result = _substitute(result, _SPACE_IN_NUMBER, lambda _: "")
        result = _unspace(result)
        result = _substitute(result, _BROKEN_DECIMAL, _join_decimal)
        result = _substitute(result, _CHINESE_SEPARATOR, lambda _: ",")
        result = _substitute(result, _CHINESE_POINT, lambda _: ".")
        result = _substitute(result, _POINT_AS_STOP, lambda _: "。")
        result = _substitute(result, _COMMA_IN_PROSE, lambda _: "，")
    return result
