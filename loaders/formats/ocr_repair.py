"""Repair of recognised text: numbers by their pattern, and where that leaves a choice, by the sums of their table.

Takes a `Block` whose text was recognised in a picture, gives it as it must have been printed; what was recognised
instead is kept in its `ocr`. A poor copy reads `83,645.31` as `83.645.31` with a certainty of 98 percent, so
that certainty tells nothing here. What could be printed like that is left alone: a wrong figure of the publisher must
stay wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from loaders.document import Block, Cell, Correction, Recognition, Scores, Table
from loaders.formats import ocr_sums

Place = tuple[int, int]

_WELL_FORMED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
# What is read for a digit, a point, a comma or a minus.
_DIGITS = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **dict.fromkeys("OoQ", "0"),
    **dict.fromkeys("lI|", "1"),
}
_POINTS, _COMMAS, _MINUSES = "．。·•", "，'’‘`", "－—–−一"
_ALIKE = str.maketrans({**_DIGITS, **dict.fromkeys(_POINTS, "."), **dict.fromkeys(_COMMAS, ","), "％": "%"})
_NUMBER_LIKE = re.compile(rf"[{_MINUSES}-]?[\d{''.join(_DIGITS)}{_POINTS}{_COMMAS}.,\s]+[%％]?")
_LETTERS = re.compile(r"[OoQlI|]")
# Specks behind a number that has marks of its own. One before it may be what was read of a minus.
_SPECKS = re.compile(r"^(\d+[.,][\d.,]*\d)[.,]+(%?)$")
_PARTED = re.compile(r"\d{1,3}(?:[\s.,]\d{3})+[\s.,]\d{1,2}%?")
# Thousands in prose whose marks are of two kinds, or of one kind where there must be two.
_THOUSANDS = re.compile(r"(?<![\d.,，．])(\d{1,3}(?:[.,，．]\d{3})+)[.,．](\d{1,2})(?![.,，．]?\d)")
# Letters among digits before a unit: 1O.5万元, l23辆.
_LETTERED = re.compile(r"(?<![A-Za-z\d.,])[\dOoIl|]+(?:[.,][\dOoIl|]+)*(?=\s?(?:[万亿]?元|%|[人辆台个]))")
# Characters of other countries' print that differ by a stroke from those printed here.
_VARIANTS = dict(
    zip(
        "決況減淨沖內戶戸別収歩毎査値眞強両増歳対総稅脫黃產絶",
        "决况减净冲内户户别收步每查值真强两增岁对总税脱黄产绝",
        strict=True,
    )
)
_VARIANT = re.compile(f"[{''.join(_VARIANTS)}]")
# As many numbers of a column as this, and this share of them, show how many decimals it prints.
_FEWEST, _MOST = 3, 0.7


def mended(block: Block) -> Block:
    """The block with its numbers repaired; the same block if there is nothing to repair, or nothing was recognised."""
    if block.ocr is None:
        return block
    numbers = _in_prose(block.text) if block.table is None else _in_cells(block.table.cells)
    variants = [(match.start(), match.end(), _VARIANTS[match[0]]) for match in _VARIANT.finditer(block.text)]
    spans: list[tuple[int, int, str]] = []
    for start, end, new in sorted(numbers + variants):
        if None not in block.ocr.scores[start:end] and (not spans or spans[-1][1] <= start):
            spans.append((start, end, new))
    return _rewritten(block, block.ocr, spans) if spans else block


def _in_prose(text: str) -> list[tuple[int, int, str]]:
    """(start, end, what it must be) for the numbers to repair."""
    found: list[tuple[int, int, str]] = []
    for match in _THOUSANDS.finditer(text):
        found.append((match.start(), match.end(), re.sub(r"[.，．]", ",", match[1]) + "." + match[2]))
    for match in _LETTERED.finditer(text):
        digits = sum(map(str.isdigit, match[0]))
        if 0 < len(_LETTERS.findall(match[0])) <= digits:
            found.append((match.start(), match.end(), match[0].translate(_ALIKE)))
    return sorted(
        (start, end, new) for start, end, new in found if _WELL_FORMED.fullmatch(new) and new != text[start:end]
    )


def _in_cells(cells: Iterable[Cell]) -> list[tuple[int, int, str]]:
    by_place = {(cell.row_no, cell.col_no): cell for cell in cells}
    decimals = _decimals(by_place)
    readings = {
        place: _readings(cell.text, decimals.get(place[1])) for place, cell in by_place.items() if cell.text.strip()
    }
    chosen = ocr_sums.chosen(
        {place: found for place, found in readings.items() if found},
        {place: cell.text for place, cell in by_place.items()},
    )
    found: list[tuple[int, int, str]] = []
    for place, possible in readings.items():
        cell = by_place[place]
        best = chosen.get(place) if len(possible) > 1 else possible[0] if possible else None
        if best is not None and best != cell.text:
            found.append((cell.char_start, cell.char_end, best))
    return sorted(found)


def _decimals(cells: Mapping[Place, Cell]) -> dict[int, int]:
    """How many decimals each column prints, where most of its numbers agree."""
    counts: dict[int, Counter[int]] = {}
    for (_, col), cell in cells.items():
        if _WELL_FORMED.fullmatch(cell.text) and cell.text not in ("0", "0%"):
            counts.setdefault(col, Counter())[len(cell.text.rstrip("%").partition(".")[2])] += 1
    return {
        col: usual
        for col, found in counts.items()
        for usual, count in found.most_common(1)
        if found.total() >= _FEWEST and count >= _MOST * found.total()
    }


def _readings(text: str, decimals: int | None) -> list[str]:
    """What a cell may say if it is a number, the likeliest first; none if it is no number."""
    if _WELL_FORMED.fullmatch(text):
        return [text, *_misread_marks(text, decimals)]
    if not _NUMBER_LIKE.fullmatch(text) or sum(map(str.isdigit, text)) < max(len(_LETTERS.findall(text)), 1):
        return []
    sign = "-" if text[0] in _MINUSES + "-" else ""
    # White space beside a mark is none of it; alone between digits it stands for a mark that was not seen, or for
    # nothing where the decimals are parted.
    plain = re.sub(r"\s*([.,])\s*", r"\1", text[len(sign) :].translate(_ALIKE).strip())
    if _PARTED.fullmatch(plain):
        plain = re.sub(r"\s", ",", plain)
    elif decimals and re.fullmatch(rf"[\d,]+\s\d{{{decimals}}}", plain):
        plain = re.sub(r"\s", ".", plain)
    elif "." in plain.partition(" ")[0]:
        plain = re.sub(r"\s", "", plain)
    plain = _SPECKS.sub(r"\1\2", plain)
    percent = "%" if plain.endswith("%") else ""
    groups = re.split(r"[.,]", plain.removesuffix("%"))
    marks = re.findall(r"[.,]", plain)
    if not all(map(str.isdigit, groups)):
        return []
    readings: list[str] = []
    thousands = [len(groups[0]) <= 3, *(len(group) == 3 for group in groups[1:])]
    # A single comma is a point only where the column prints so many decimals: 5，6 are two numbers.
    if len(groups) == 1 or marks == ["."] or (len(groups) == 2 and len(groups[1]) == decimals):
        readings.append(".".join(groups))
    elif len(groups) > 2 and all(thousands[:-1]):
        readings.append(",".join(groups[:-1]) + "." + groups[-1])
    if len(groups) > 1 and all(thousands):
        readings.append(",".join(groups))
    return [sign + reading + percent for reading in readings]


def _misread_marks(text: str, decimals: int | None) -> list[str]:
    """What else a well-formed number of a column may be: its point was a comma, or was not seen."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not decimals or "%" in text:
        return (
            [f"{sign}{digits.replace('.', ',')}"] if decimals == 0 and re.fullmatch(r"\d{1,3}\.\d{3}", digits) else []
        )
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits) and decimals != 3:
        return [f"{sign}{digits.replace('.', ',')}"]
    if digits.isdigit() and len(digits) > decimals:
        return [f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"]
    return []


def _rewritten(block: Block, ocr: Recognition, spans: list[tuple[int, int, str]]) -> Block:
    text: list[str] = []
    scores: list[int | None] = []
    corrections: list[Correction] = []
    moved: list[tuple[int, int]] = []  # from this place on, offsets are shifted by so much
    at = length = 0
    for start, end, new in spans:
        text += block.text[at:start], new
        scores += ocr.scores[at:start]
        length += start - at
        corrections.append(Correction(length, length + len(new), block.text[start:end]))
        scores += _lowest(ocr.scores[start:end], len(new))
        length += len(new)
        moved.append((end, length - end))
        at = end
    text.append(block.text[at:])
    scores += ocr.scores[at:]
    joined = "".join(text)
    table = block.table and _moved(block.table, joined, moved)
    return replace(block, text=joined, table=table, ocr=Recognition(tuple(scores), tuple(corrections)))


def _lowest(scores: Scores, count: int) -> list[int | None]:
    return [min((score for score in scores if score is not None), default=None)] * count


def _moved(table: Table, text: str, moved: list[tuple[int, int]]) -> Table:
    """The table whose text is now this; cells begin and end before, between or after what was repaired."""

    def shifted(offset: int) -> int:
        return offset + next((by for place, by in reversed(moved) if place <= offset), 0)

    cells: list[Cell] = []
    for cell in table.cells:
        start, end = shifted(cell.char_start), shifted(cell.char_end)
        cells.append(replace(cell, text=text[start:end], char_start=start, char_end=end))
    return replace(table, cells=tuple(cells))
