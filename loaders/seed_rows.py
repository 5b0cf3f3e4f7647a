"""Rows of the CSV files under `seeds`, and their cells: each is checked, and a mistake names its file and line.

Takes paths and cells; gives rows and values. Messages are for whoever edits the files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterator
from decimal import Decimal, InvalidOperation
from itertools import product
from pathlib import Path

from loaders.errors import GoujiError
from loaders.numbers import UnitKind

# What a row of word.csv may be; docs/narrative.md says what each does.
ROLES = frozenset({"change", "compare", "fund", "ignore", "open", "phase", "rate", "score", "share", "year"})
# What a row of column_heading.csv may be; vocabulary.yml says what each is.
HEADING_ROLES = frozenset(
    {
        *("project", "task", "unit", "department", "organization", "code"),
        *("amount", "percent", "points", "score", "total", "total_score", "execution_points", "grade"),
        *("level_1", "level_2", "level_3", "indicator", "target", "target_operator", "target_unit"),
        *("result", "reason", "note", "goal"),
    }
)


class SeedError(GoujiError):
    """A vocabulary file that cannot be used: says which file, which line and why."""


def spellings(phrase: str) -> list[str]:
    """The phrases that a row of term.csv or word.csv stands for: `<a|b>` is one of several, `[a]` may be missing."""
    parts = [
        part[1:-1].split("|") if part[0] == "<" else ["", *part[1:-1].split("|")] if part[0] == "[" else [part]
        for part in re.findall(r"<[^<>]*>|\[[^\[\]]*\]|[^<\[]+", phrase)
    ]
    return ["".join(each) for each in product(*parts)]


class _Row(dict[str, str]):
    """A row of a vocabulary file; a column that the file lacks is its writer's mistake."""

    def __init__(self, where: str, row: dict[str, str]) -> None:
        super().__init__(row)
        self._where = where

    def __missing__(self, column: str) -> str:
        raise SeedError(f"{self._where}：缺少列“{column}”")


def rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file with a header, each with the place that messages name.

    Raises SeedError for a file that is not there or not UTF-8, and for a row of another length than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                where = f"{path.parent.name}/{path.name}:{reader.line_num}"
                if None in row or None in row.values():
                    raise SeedError(f"{where}：列数与表头不符")
                yield where, _Row(where, row)
    except OSError as error:
        raise SeedError(f"{path}：无法读取词表（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise SeedError(f"{path}：词表不是 UTF-8 编码") from error


def decimal(text: str, where: str) -> Decimal:
    """An exact number."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise SeedError(f"{where}：“{text}”不是数字") from error


def known_item(item: str, measures: Container[str], where: str) -> str | None:
    """An item of measure.csv, None for an empty cell."""
    if item and item not in measures:
        raise SeedError(f"{where}：measure.csv 里没有 item“{item}”")
    return item or None


def role(text: str, where: str) -> str:
    """A role of word.csv."""
    return _one_of(text, where, ROLES)


def heading_role(text: str, where: str) -> str:
    """A role of column_heading.csv."""
    return _one_of(text, where, HEADING_ROLES)


def _one_of(text: str, where: str, known: frozenset[str]) -> str:
    if text not in known:
        raise SeedError(f"{where}：role“{text}”不是 {'、'.join(sorted(known))} 之一")
    return text


def sign(text: str, where: str) -> int:
    """1 or -1; an empty cell is 1."""
    if text not in ("", "1", "-1"):
        raise SeedError(f"{where}：sign“{text}”不是 1、-1 或空")
    return int(text or 1)


def kind(text: str, where: str) -> UnitKind:
    """A kind of unit."""
    try:
        return UnitKind(text)
    except ValueError as error:
        raise SeedError(f"{where}：单位类别“{text}”不是 {'、'.join(UnitKind)} 之一") from error


def pattern(text: str, where: str) -> re.Pattern[str]:
    """A regular expression."""
    try:
        return re.compile(text)
    except re.error as error:
        raise SeedError(f"{where}：“{text}”不是正则表达式（{error}）") from error
