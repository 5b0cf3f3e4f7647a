"""The texts of the site in Chinese and English, from `texts.csv`.

Pages are written in Chinese; the browser puts the English in place where a reader asks for it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.site.folder import SiteError

_FILE = Path(__file__).with_name("texts.csv")
_COLUMNS = ["key", "zh", "en"]


@dataclass(frozen=True, slots=True)
class Texts:
    """Chinese and English by key."""

    pairs: Mapping[str, tuple[str, str]]

    def chinese(self, key: str) -> str:
        """The Chinese of a key; KeyError where there is none."""
        return self.pairs[key][0]

    def name(self, family: str, code: object) -> str:
        """The Chinese of `FAMILY.CODE`, such as a state or a phase; the code itself where there is none."""
        pair = self.pairs.get(f"{family}.{code}")
        return pair[0] if pair else str(code)


def load(file: Path = _FILE) -> Texts:
    """The texts of a CSV with the columns key, zh, en.

    Raises SiteError with the line for a key that is there twice, or a text that is empty.
    """
    pairs: dict[str, tuple[str, str]] = {}
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.reader(opened)
        if next(rows, None) != _COLUMNS:
            raise SiteError(f"{file}：第 1 行应为 {','.join(_COLUMNS)}")
        for row in rows:
            if len(row) != len(_COLUMNS) or not all(row):
                raise SiteError(f"{file}：第 {rows.line_num} 行要有键、中文和英文，一个也不能空")
            if row[0] in pairs:
                raise SiteError(f"{file}：第 {rows.line_num} 行的键 {row[0]} 前面已经有了")
            pairs[row[0]] = (row[1], row[2])
    return Texts(pairs)
