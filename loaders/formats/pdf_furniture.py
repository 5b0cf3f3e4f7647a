"""Headers, footers and page numbers: what a page prints that belongs to no page in particular.

Takes the lines outside tables of all pages, gives those that are content. Only lines near the upper and lower edge are
looked at, and a line at the top must be the same to the letter on most pages: 公开01表 and 单位：万元 also stand at
the same place on many of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from loaders.formats.pdf_lines import Line

# Shares of the page height in which headers and footers stand.
_EDGE = 0.12
_PAGE_NUMBER = re.compile(
    r"[-–—－―─~·.\s|]*(?:第\s*)?(?:\d{1,4}|[ivxlcIVXLC]{1,7}|[一二三四五六七八九十百零〇]{1,6}(?=\s*页))(?:\s*页)?"
    r"(?:\s*[,，/／|]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-–—－―─~·.\s|]*"
)
# Labels and titles of tables repeat from page to page, too, but say what the table below them is.
_LABEL = re.compile(r"[:：]|表\s*\d*\s*$|^\s*表")
_Place = tuple[str, bool, int]
_FEWEST_PAGES = 3
_MOST = 0.5


def without(pages: Sequence[tuple[float, Sequence[Line], float, float]]) -> list[list[Line]]:
    """The lines of each page that are content. A page is (height, its lines, top of its first table, end of its last).

    The edges of tables are infinite (top) and 0 (end) on a page without tables. What only stands above tables is their
    title, however often it is repeated.
    """
    seen: Counter[_Place] = Counter()
    beside_text: set[_Place] = set()
    for height, lines, first_table, _ in pages:
        places = {_place(line, height) for line in lines if _in_edge(line, height)}
        seen.update(places)
        if first_table > height:
            beside_text |= places
    enough = max(_FEWEST_PAGES, _MOST * sum(bool(lines) for _, lines, _, _ in pages))
    kept: list[list[Line]] = []
    for height, lines, first_table, last_table in pages:
        outermost = _outermost(lines, first_table, last_table)
        content: list[Line] = []
        for index, line in enumerate(lines):
            if index in outermost and _is_page_number(line, height):
                continue
            if _in_edge(line, height) and not _LABEL.search(line.text):
                near = _near(_place(line, height))
                if sum(seen[place] for place in near) >= enough and any(place in beside_text for place in near):
                    continue
            content.append(line)
        kept.append(content)
    return kept


def _is_page_number(line: Line, height: float) -> bool:
    if not _PAGE_NUMBER.fullmatch(line.text):
        return False
    return _in_edge(line, height) or (line.top > height / 2 and not line.text.strip().isalnum())


def _in_edge(line: Line, height: float) -> bool:
    return line.bottom < _EDGE * height or line.top > (1 - _EDGE) * height


def _place(line: Line, height: float) -> _Place:
    upper = line.bottom < _EDGE * height
    text = line.text if upper else re.sub(r"\d+", "0", line.text)
    return text, upper, round((line.top if upper else height - line.top) / 4)


def _near(place: _Place) -> list[_Place]:
    text, upper, at = place
    return [(text, upper, at + step) for step in (-1, 0, 1)]


def _outermost(lines: Sequence[Line], first_table: float, last_table: float) -> set[int]:
    """The lines above or below everything else on the page."""
    if not lines:
        return set()
    top = min(range(len(lines)), key=lambda i: lines[i].top)
    bottom = max(range(len(lines)), key=lambda i: lines[i].bottom)
    found = {i for i, line in enumerate(lines) if line.bottom >= lines[bottom].top and line.top >= last_table}
    return found | {i for i, line in enumerate(lines) if line.top <= lines[top].bottom and line.bottom <= first_table}
