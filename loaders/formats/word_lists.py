"""Styles and lists of a docx: the outline level of a paragraph, and the number that a list prints before it.

Takes the styles and numbering parts of the package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from loaders.formats.office_xml import is_on, number, value

_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])|title|标题", re.IGNORECASE)
_CHINESE = frozenset(("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"))
_LEGAL = frozenset(("chineseLegalSimplified", "ideographLegalTraditional"))
# First character of the numbers that have one of their own: ① ⑴ ⒈
_ENCLOSED = {
    "decimalEnclosedCircle": "①",
    "decimalEnclosedCircleChinese": "①",
    "decimalEnclosedParen": "⑴",
    "decimalEnclosedFullstop": "⒈",
}


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style: what it is based on, its outline level from 1 (None where it has none), and its list."""

    parent: str
    level: int | None
    properties: etree._Element | None


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, part: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in part.iterfind("{*}style") if part is not None else ():
            named = _HEADING_STYLE.fullmatch(value(style.find("{*}name")).strip())
            level = int(named[1] or 1) if named else None
            properties = style.find("{*}pPr")
            self._styles[value(style, "styleId")] = _Style(
                value(style.find("{*}basedOn")), _outline_level(properties, level), properties
            )

    def of(self, paragraph: etree._Element) -> list[tuple[str, _Style]]:
        """The style of a paragraph and those that it is based on, nearest first."""
        chain: list[tuple[str, _Style]] = []
        name = value(paragraph.find("{*}pPr/{*}pStyle"))
        while name in self._styles and name not in (seen for seen, _ in chain):
            chain.append((name, self._styles[name]))
            name = chain[-1][1].parent
        return chain

    def level(self, paragraph: etree._Element, styles: list[tuple[str, _Style]]) -> int:
        """The outline level of a paragraph from 1, stated or by its style; 0 for body text."""
        inherited = next((style.level for _, style in styles if style.level is not None), 0)
        return _outline_level(paragraph.find("{*}pPr"), inherited) or 0


def _outline_level(properties: etree._Element | None, otherwise: int | None) -> int | None:
    stated = properties.find("{*}outlineLvl") if properties is not None else None
    if stated is None:
        return otherwise
    level = number(stated, 9) + 1
    return level if 1 <= level <= 9 else 0


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: `text` is its label with %1 to %9 for the numbers of the levels."""

    start: int
    form: str
    text: str
    style: str
    restarts: bool
    is_legal: bool


@dataclass(slots=True)
class _List:
    """A list as used: its levels, and what it counts with, which lists of one definition share."""

    levels: dict[int, _Level]
    counts: dict[int, int]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, part: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if part is None:
            return
        definitions = {
            value(element, "abstractNumId"): _List(
                {_index(level): _level(level) for level in element.iterfind("{*}lvl")}, {}
            )
            for element in part.iterfind("{*}abstractNum")
        }
        for element in part.iterfind("{*}num"):
            shared = definitions.get(value(element.find("{*}abstractNumId")), _List({}, {}))
            used = self._lists[value(element, "numId")] = _List(dict(shared.levels), shared.counts)
            for override in element.iterfind("{*}lvlOverride"):
                for level in override.iterfind("{*}lvl"):
                    used.levels[_index(level)] = _level(level)
                if (start := override.find("{*}startOverride")) is not None:
                    used.restarts[_index(override)] = number(start, 1)

    def label(self, paragraph: etree._Element, styles: list[tuple[str, _Style]]) -> str:
        """The printed number of a paragraph, which counts it; empty if it has none, or one in a form not known here."""
        sources = [("", paragraph.find("{*}pPr")), *((name, style.properties) for name, style in styles)]
        list_id, at = "", -1
        for name, properties in sources:
            listed = properties.find("{*}numPr") if properties is not None else None
            if listed is None:
                continue
            list_id = list_id or value(listed.find("{*}numId"))
            at = at if at >= 0 else number(listed.find("{*}ilvl"), -1)
            if list_id:
                levels = self._lists[list_id].levels if list_id in self._lists else {}
                at = at if at >= 0 else next((i for i, level in levels.items() if name and level.style == name), 0)
                break
        used = self._lists.get(list_id)
        if used is None or at not in used.levels:
            return ""
        if at in used.restarts:
            used.counts[at] = used.restarts.pop(at) - 1
        used.counts[at] = used.counts.get(at, used.levels[at].start - 1) + 1
        for deeper, level in used.levels.items():
            if deeper > at and level.restarts:
                used.counts.pop(deeper, None)
        return _label(used, at)


def _index(element: etree._Element) -> int:
    stated = value(element, "ilvl")
    return int(stated) if stated.isdecimal() else 0


def _level(element: etree._Element) -> _Level:
    return _Level(
        start=number(element.find("{*}start"), 1),
        form=value(element.find("{*}numFmt")) or "decimal",
        text=value(element.find("{*}lvlText")),
        style=value(element.find("{*}pStyle")),
        restarts=value(element.find("{*}lvlRestart")) != "0",
        is_legal=is_on(element.find("{*}isLgl")),
    )


def _label(used: _List, at: int) -> str:
    label = ""
    for part in re.split(r"(%[1-9])", used.levels[at].text):
        if not re.fullmatch(r"%[1-9]", part):
            label += part
            continue
        level = used.levels.get(int(part[1]) - 1)
        if level is None:
            return ""
        count = used.counts.setdefault(int(part[1]) - 1, level.start)
        printed = _counted(count, "decimal" if used.levels[at].is_legal else level.form)
        if printed is None:
            return ""
        label += printed
    return "" if used.levels[at].form == "bullet" else label


_ROMAN = {"m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40}
_ROMAN |= {"x": 10, "ix": 9, "v": 5, "iv": 4, "i": 1}


def _roman(count: int) -> str:
    text = ""
    for letters, worth in _ROMAN.items():
        text += letters * (count // worth)
        count %= worth
    return text


def _counted(count: int, form: str) -> str | None:
    """A number in a list's form; None if it cannot be written in that form here."""
    if form == "decimal":
        return str(count)
    if form == "decimalZero":
        return f"{count:02}"
    if form == "decimalFullWidth":
        return str(count).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    if form == "none":
        return ""
    if form in _ENCLOSED and 1 <= count <= 20:
        return chr(ord(_ENCLOSED[form]) + count - 1)
    if form in ("lowerLetter", "upperLetter") and 1 <= count <= 99:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif form in ("lowerRoman", "upperRoman") and 1 <= count <= 3999:
        text = _roman(count)
    elif form == "ideographTraditional" and 1 <= count <= 10:
        text = "甲乙丙丁戊己庚辛壬癸"[count - 1]
    elif (form in _CHINESE or form in _LEGAL) and 1 <= count <= 99:
        ten, digits = ("十", " 一二三四五六七八九") if form in _CHINESE else ("拾", " 壹贰叁肆伍陆柒捌玖")
        tens, ones = divmod(count, 10)
        text = ((digits[tens] if tens > 1 or form in _LEGAL else "") + (ten if tens else "") + digits[ones]).strip()
    else:
        return None
    return text.upper() if form.startswith("upper") else text
