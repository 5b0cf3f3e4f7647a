"""Who publishes: bureaus and institutions all over the country, each with the functional classes it spends on.

The places are those of seeds/reference/administrative_division.csv, the classes those of function_classification.csv.
No two numbers give the same name.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from math import gcd
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "seeds" / "reference"

# The name after the place, whether it is an office (行政单位), and the classes: the first carries its running costs.
_UNITS = (
    ("财政局", True, "2010601 2010602 2010607 2010608"),
    ("审计局", True, "2010801 2010802 2010804 2010806"),
    ("统计局", True, "2010501 2010505 2010507 2010508"),
    ("发展和改革局", True, "2010401 2010402 2010404 2010408"),
    ("商务局", True, "2011301 2011302 2011308"),
    ("市场监督管理局", True, "2013801 2013804 2013805 2013812"),
    ("司法局", True, "2040601 2040604 2040605 2040607 2040610"),
    ("教育局", True, "2050101 2050102 2050199"),
    ("科学技术局", True, "2060101 2060102 2060199"),
    ("文化和旅游局", True, "2070101 2070108 2070109"),
    ("人力资源和社会保障局", True, "2080101 2080105 2080106 2080108"),
    ("民政局", True, "2080201 2080202 2080206 2080207"),
    ("退役军人事务局", True, "2082801 2082804 2082805"),
    ("卫生健康局", True, "2100101 2100102 2100408"),
    ("医疗保障局", True, "2101501 2101504 2101505 2101506"),
    ("生态环境局", True, "2110101 2110102 2110104"),
    ("住房和城乡建设局", True, "2120101 2120106 2120109"),
    ("城市管理局", True, "2120101 2120104 2120107"),
    ("林业局", True, "2130201 2130205 2130207 2130234"),
    ("水利局", True, "2130301 2130305 2130306 2130310"),
    ("交通运输局", True, "2140101 2140106 2140110 2140112"),
    ("自然资源局", True, "2200101 2200104 2200106 2200109"),
    ("应急管理局", True, "2240101 2240104 2240106 2240108"),
    ("档案馆", False, "2012604"),
    ("图书馆", False, "2070104 2070108"),
    ("博物馆", False, "2070205 2070204"),
    ("农业技术推广中心", False, "2130104 2130106 2130122"),
    ("疾病预防控制中心", False, "2100401 2100408 2100409"),
    ("实验小学", False, "2050202"),
    ("第一中学", False, "2050204 2050203"),
    ("中心幼儿园", False, "2050201"),
)
_STRIDE = 61_657  # walks over all pairs of place and unit without coming twice to one


@dataclass(frozen=True, slots=True)
class Organization:
    """A publisher: its name, its level (`县`, `市` or `区`), whether it is an office, and its functional classes."""

    name: str
    place: str
    is_office: bool
    classes: tuple[str, ...]


@cache
def _places() -> tuple[str, ...]:
    with (REFERENCE / "administrative_division.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row["adcode"]: row["name"] for row in rows}
    places = []
    for row in rows:
        name, above = row["name"], names.get(row["parent_adcode"], "")
        if name.endswith("区") and row["level"] == "county":
            places.append(f"{above}{name}" if above.endswith("市") else name)
        elif name.endswith(("市", "县")) and row["level"] in ("city", "county"):
            places.append(name)
    return tuple(dict.fromkeys(places))


@cache
def class_names() -> dict[str, str]:
    """Functional classes (类, 款, 项) by code."""
    with (REFERENCE / "function_classification.csv").open(encoding="utf-8") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@cache
def economic_names() -> dict[str, str]:
    """Economic classes of departments by code."""
    with (REFERENCE / "economic_classification.csv").open(encoding="utf-8") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if row["system"] == "department"}


def organization(seed: int, number: int) -> Organization:
    """The `number`-th publisher of a corpus. Raises IndexError when there are no more names."""
    places = _places()
    pairs = len(places) * len(_UNITS)
    if number >= pairs:
        raise IndexError(f"only {pairs} organisations have a name of their own")
    stride = _STRIDE
    while gcd(stride, pairs) != 1:
        stride += 1
    at = (number * stride + seed * 7919) % pairs
    place = places[at // len(_UNITS)]
    unit, is_office, classes = _UNITS[at % len(_UNITS)]
    return Organization(f"{place}{unit}", place, is_office, tuple(classes.split()))
