"""Pages that are drawn: HTML made of a PDF, where every text and every ruling line stands at a place of its own.

Takes the tree of a web page, gives the printed pages in it, with glyphs and rules as a PDF page has them, so that
tables and paragraphs are found in the same way. The width of a text is estimated: a Chinese character is as wide as it
is high, any other half as wide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from loaders.formats.html_styles import Properties, Styles, length
from loaders.formats.html_tree import VISIBLE, Node, collapse
from loaders.formats.pdf_page import Page
from loaders.formats.pdf_rules import Rule
from loaders.formats.pdf_text import Glyph, Run

# An element with fewer texts at places of their own, or with more text that flows, is no drawn page; where there is
# one, others with any such text are pages too.
_FEWEST_TEXTS, _MOST_FLOWING = 8, 0.2
_FEWEST_APART = 0.8
# Points. A box no thicker than this is a line.
_THICKEST = 3.5
# The advance of the average character of a text that states its width is believed up to this factor.
_BELIEVED = 2.0
_ABSOLUTE = ("absolute", "fixed")
_SIDES = ("top", "right", "bottom", "left")
_UNSEEN = re.compile(r"none|hidden|transparent|white|#fff(?:fff)?\b|rgba?\(255,\s*255,\s*255")
_MATRIX = re.compile(r"(?:matrix|scale)\(\s*(-?[\d.]+)(?:\s*,\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*,\s*(-?[\d.]+))?")


class _Frame(NamedTuple):
    """Where an element's content is placed: its origin and size on the page, and the font in it."""

    left: float
    top: float
    width: float
    height: float
    font: float
    line: float | None
    scale: float


class DrawnPage(NamedTuple):
    """A drawn page: the element that holds it, those in it that have places of their own, and what is drawn."""

    node: Node
    placed: list[Node]
    page: Page


@dataclass(slots=True)
class _Drawn:
    """A page in the making: the element, its size where stated, and what is drawn on it."""

    node: Node
    width: float
    height: float
    placed: list[Node] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    flowing: int = 0

    def is_page(self) -> bool:
        """Whether texts stand at places that are known: on one spot they are those of a layout not understood here."""
        drawn = sum(map(len, self.runs))
        spots = {(round(run[0].left), round(run[0].top)) for run in self.runs}
        apart = len(spots) >= _FEWEST_APART * len(self.runs)
        return bool(drawn) and apart and self.flowing <= _MOST_FLOWING * (drawn + self.flowing)

    def page(self, page_no: int) -> Page:
        """What is drawn, on a sheet large enough for it."""
        runs = _untangled(self.runs)
        width = max(self.width, *(run[-1].right for run in runs))
        height = max(self.height, *(run[-1].bottom for run in runs))
        return Page(page_no, width, height, runs, self.horizontal, self.vertical)


def pages(root: Node, styles: Styles) -> list[DrawnPage]:
    """The drawn pages of a web page, in order; most have none."""
    drawn: list[_Drawn] = []
    _draw(root, styles, drawn)
    found = [page for page in drawn if page.is_page()]
    if all(len(page.runs) < _FEWEST_TEXTS for page in found):
        return []
    return [DrawnPage(page.node, page.placed, page.page(number)) for number, page in enumerate(found, 1)]


def _draw(root: Node, styles: Styles, drawn: list[_Drawn]) -> None:
    """Go over the tree, without recursion, and draw every element on the page that it belongs to."""
    page = _Drawn(root, 0.0, 0.0)
    drawn.append(page)
    frame = _Frame(0.0, 0.0, 0.0, 0.0, 12.0, None, 1.0)
    waiting: list[tuple[Node, _Drawn, _Frame, bool]] = [(root, page, frame, False)]
    while waiting:
        node, page, frame, placed = waiting.pop()
        properties = styles.of(node)
        if properties.get("visibility") == "hidden":
            continue
        frame = _with_font(properties, frame)
        position = properties.get("position")
        if position in _ABSOLUTE:
            if not placed:
                page.placed.append(node)
            frame, placed = _placed(properties, frame), True
            _rule(properties, frame, page)
        elif position == "relative" and not placed:
            width, height = (length(properties.get(side, "")) or 0.0 for side in ("width", "height"))
            page = _Drawn(node, width, height)
            frame = frame._replace(left=0.0, top=0.0, width=page.width, height=page.height)
            drawn.append(page)
        if placed and _is_text(node, styles):
            if run := _run(node, styles, frame, length(properties.get("width", ""), em=frame.font)):
                page.runs.append(run)
            continue
        for child in reversed(node.children):
            if isinstance(child, Node):
                waiting.append((child, page, frame, placed))
            elif VISIBLE.search(child) and not placed:
                page.flowing += len(collapse(child))
            elif run := _run(Node("span", {}, [child]), styles, frame, None):
                page.runs.append(run)  # beside elements that have places of their own


def _with_font(properties: Properties, frame: _Frame) -> _Frame:
    font = length(properties.get("font-size", ""), em=frame.font, whole=frame.font)
    scale = frame.scale
    if matrix := _MATRIX.match(properties.get("transform", "")):
        scale *= abs(float(matrix[4] or matrix[1]))
    font = frame.font if font is None else font
    line = length(properties.get("line-height", ""), em=font, whole=font)
    if re.fullmatch(r"\d*\.?\d+", properties.get("line-height", "")):
        line = float(properties["line-height"]) * font
    return frame._replace(font=font, line=frame.line if line is None else line, scale=scale)


def _placed(properties: Properties, frame: _Frame) -> _Frame:
    """Where an absolute element stands that is inside this frame."""

    def stated(name: str, whole: float) -> float | None:
        return length(properties.get(name, ""), em=frame.font, whole=whole)

    width = stated("width", frame.width) or 0.0
    height = stated("height", frame.height)
    left, right = stated("left", frame.width), stated("right", frame.width)
    top, bottom = stated("top", frame.height), stated("bottom", frame.height)
    if left is None:
        left = frame.width - right - width if right is not None else 0.0
    if top is None:
        own = (frame.font if height is None else height) * frame.scale
        top = frame.height - bottom - own if bottom is not None else 0.0
    return frame._replace(left=frame.left + left, top=frame.top + top, width=width, height=height or 0.0)


def _is_text(node: Node, styles: Styles) -> bool:
    """Whether an element holds text and nothing that has a place of its own."""
    waiting = [node]
    seen = False
    while waiting:
        for child in waiting.pop().children:
            if isinstance(child, Node):
                if styles.of(child).get("position") in _ABSOLUTE:
                    return False
                waiting.append(child)
            else:
                seen = seen or bool(VISIBLE.search(child))
    return seen


def _run(node: Node, styles: Styles, frame: _Frame, width: float | None) -> Run:
    """The glyphs of a text, one after the other."""
    em = frame.font * frame.scale
    middle = frame.top + (frame.line or frame.height or frame.font) * frame.scale / 2
    chars = [(char, wide) for char, wide in _chars(node, styles, em)]
    while chars and not VISIBLE.search(chars[-1][0]):
        chars.pop()
    total = sum(wide for _, wide in chars)
    stretch = width / total if width and total and 1 / _BELIEVED <= width / total <= _BELIEVED else 1.0
    run: Run = []
    at = frame.left
    for char, wide in chars:
        if char:
            run.append(Glyph(char, at, middle - em / 2, at + wide * stretch, middle + em / 2))
        at += wide * stretch
    return run


def _chars(node: Node, styles: Styles, em: float) -> Iterator[tuple[str, float]]:
    """The characters of a text with their widths, and gaps without a character."""
    for child in node.children:
        if isinstance(child, Node):
            gap = length(styles.of(child).get("width", "")) if not any(map(_has_ink, child.children)) else None
            if gap:
                yield "", gap
            else:
                yield from _chars(child, styles, em)
        else:
            for char in re.sub(r"[ \t\n\f\r]+", " ", child):
                yield char, em if unicodedata.east_asian_width(char) in "WFA" else em / 2


def _untangled(runs: list[Run]) -> list[Run]:
    """The runs, those squeezed that would reach into the next one on their line: its place is known, widths are not."""
    lines: list[list[int]] = []
    middle = 0.0
    for at in sorted(range(len(runs)), key=lambda at: runs[at][0].top + runs[at][0].bottom):
        glyph = runs[at][0]
        here = (glyph.top + glyph.bottom) / 2
        if not lines or here - middle > (glyph.bottom - glyph.top) / 2:
            lines.append([])
            middle = here
        lines[-1].append(at)
    untangled = list(runs)
    for line in lines:
        line.sort(key=lambda at: runs[at][0].left)
        for before, after in pairwise(line):
            if runs[before][0].left < runs[after][0].left < runs[before][-1].right:
                untangled[before] = _squeezed(runs[before], runs[after][0].left)
    return untangled


def _squeezed(run: Run, right: float) -> Run:
    left = run[0].left
    factor = (right - left) / (run[-1].right - left)
    return [
        glyph._replace(left=left + (glyph.left - left) * factor, right=left + (glyph.right - left) * factor)
        for glyph in run
    ]


def _has_ink(child: Node | str) -> bool:
    return isinstance(child, Node) or bool(VISIBLE.search(child))


def _rule(properties: Properties, frame: _Frame, page: _Drawn) -> None:
    """Draw the borders of an element, or the element itself if it is a line."""
    right, bottom = frame.left + frame.width, frame.top + frame.height
    seen = {side for side in _SIDES if _is_seen(properties.get(f"border-{side}") or properties.get("border", ""))}
    filled = _is_seen(properties.get("background-color") or properties.get("background", "")) and "background" in (
        name[:10] for name in properties
    )
    if filled and 0 < frame.height <= _THICKEST < frame.width:
        seen.add("bottom")
    elif filled and 0 < frame.width <= _THICKEST < frame.height:
        seen.add("right")
    if frame.width > 0:
        heights = {"top": frame.top, "bottom": bottom}
        page.horizontal += [Rule(at, frame.left, right) for side, at in heights.items() if side in seen]
    if frame.height > 0:
        widths = {"left": frame.left, "right": right}
        page.vertical += [Rule(at, frame.top, bottom) for side, at in widths.items() if side in seen]


def _is_seen(drawn: str) -> bool:
    """Whether a border or background shows: `0.5pt solid #000`."""
    return bool(drawn) and not _UNSEEN.search(drawn) and not re.match(r"0(?:\.0*)?(?:px|pt)?(?:\s|$)", drawn)
