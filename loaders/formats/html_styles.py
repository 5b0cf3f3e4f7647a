"""What the styles of a web page say about an element: as far as simple rules and the `style` attribute go.

Takes the tree of a page, gives properties by element. Only rules for one class, id or tag inside the page itself are
known; no style sheet is fetched, and what media a rule is for is not looked at: such rules are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loaders.formats.html_tree import Node, Walk

Properties = dict[str, str]

# Whatever a page says, each of these is told in one pass: a comment may have no end, an at-rule no block.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_AT_RULE = re.compile(r"@[\w-]++[^{};@]*+\{")
_SELECTOR = re.compile(r"(?:[a-z]\w*)?([.#][\w-]+)|([a-z]\w*)", re.IGNORECASE)
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(pt|px|in|cm|mm|em|rem|%)?", re.IGNORECASE)
# pdf.js multiplies every length with the scale of its viewer.
_SCALED = re.compile(r"calc\(\s*var\([^)]*\)\s*\*\s*([^)]+)\)", re.IGNORECASE)
# Longer ones are none.
_LONGEST = 100
_POINTS = {"pt": 1.0, "px": 0.75, "in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "rem": 12.0, "": 0.75}


class Styles:
    """The rules of a page."""

    def __init__(self, root: Node) -> None:
        sheet = ""
        for event, node, text in Walk(root):
            if event == "text" and node.tag == "style":
                sheet += text
        self._rules: dict[str, Properties] = {}
        for rule in _without_at_rules(_COMMENT.sub("", sheet)).split("}")[:-1]:
            before, brace, declared = rule.rpartition("{")
            for selector in before.rpartition("{")[2].split(",") if brace else ():
                if found := _SELECTOR.fullmatch(selector.strip()):
                    self._rules.setdefault(found[1] or found[2].lower(), {}).update(declarations(declared))

    def of(self, node: Node) -> Properties:
        """The properties of an element, by name in lower case."""
        found: Properties = {}
        names = [node.tag, *(f".{name}" for name in node.get("class").split()), f"#{node.get('id')}"]
        for name in names:
            found.update(self._rules.get(name, {}))
        if style := node.get("style"):
            found.update(declarations(style))
        return found


def declarations(text: str) -> Properties:
    """`top: 5px; LEFT:0 !important` by name."""
    found: Properties = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def length(value: str, *, em: float = 12.0, whole: float = 0.0) -> float | None:
    """A length in points; `em` is the size of the font, `whole` what a percentage is of. None if it is not one."""
    if len(value) > _LONGEST:
        return None
    if scaled := _SCALED.fullmatch(value):
        value = scaled[1].strip()
    found = _LENGTH.fullmatch(value)
    if found is None:
        return None
    number, unit = float(found[1]), (found[2] or "").lower()
    if unit == "em":
        return number * em
    return number * whole / 100 if unit == "%" else number * _POINTS[unit]


def lengths(properties: Mapping[str, str], *names: str) -> list[float]:
    """Those of some lengths that are stated in a fixed unit."""
    return [found for name in names if (found := length(properties.get(name, ""))) is not None]


def _without_at_rules(sheet: str) -> str:
    kept, at = "", 0
    for match in _AT_RULE.finditer(sheet):
        if match.start() < at:
            continue
        kept += sheet[at : match.start()]
        depth, at = 1, match.end()
        while depth and at < len(sheet):
            depth += {"{": 1, "}": -1}.get(sheet[at], 0)
            at += 1
    return kept + sheet[at:]
