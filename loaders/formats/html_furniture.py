"""Site furniture of a web page: navigation, footers, share buttons, which stand around what is published.

Takes the tree of a page and empties what is marked as furniture; when unsure, the text stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from loaders.formats.html_attachments import FILE
from loaders.formats.html_tree import Node, Walk

# Words of `class`, `id` and `role` that mark site furniture. The loose ones also name parts of content, so that they
# count only where most of the text is links.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_FURNITURE = re.compile(
    r"\w*nav|nav(?:bar|box|igation|s)|\w*menu|menu(?:bar|box|s)|\w*crumbs?|foot|\w*footer|contentinfo|copyright|toolbar|"
    r"share|sharing|bdshare\w*|pagination|daohang|fenxiang|dqwz|yqlj"
)
_LOOSE_FURNITURE = re.compile(
    r"top|head|header|bottom|banner|position|location|path|sidebar|links?|flinks?|friendlinks?|sitemap|login|search"
)
_NEVER_FURNITURE = re.compile(r"html|body|main|article|h[1-6]|caption|tbody|td|tfoot|th|thead|tr")
# Site furniture holds labels; a full stop or an amount with two decimals outside links is disclosure.
_PROSE = re.compile(r"。|\d\.\d\d")


class _Weight(NamedTuple):
    """How much an element holds: characters outside and inside links, and signs of substance (prose, attachments)."""

    outside: int
    linked: int
    substance: int

    def since(self, before: _Weight) -> _Weight:
        return _Weight(*(now - then for now, then in zip(self, before, strict=True)))


def _mark(node: Node) -> str:
    """`sure` or `loose` if tag, role, class or id mark the element as furniture, else nothing."""
    if _NEVER_FURNITURE.fullmatch(node.tag):
        return ""
    words = [word.lower() for name in ("role", "class", "id") for word in _WORD.findall(node.get(name))]
    if node.tag in ("nav", "footer") or any(_FURNITURE.fullmatch(word) for word in words):
        return "sure"
    return "loose" if node.tag == "header" or any(_LOOSE_FURNITURE.fullmatch(word) for word in words) else ""


def drop_furniture(root: Node) -> None:
    """Empty elements that are marked as furniture, unless they hold substance or most of the page's text."""
    page = _Weight(0, 0, 0)
    links = 0
    begun: list[tuple[Node, str, _Weight]] = []
    marked: list[tuple[Node, str, _Weight]] = []
    for event, node, text in Walk(root):
        size = len("".join(text.split()))
        if event == "start":
            if mark := _mark(node):
                begun.append((node, mark, page))
            if node.tag == "a":
                links += 1
                page = page._replace(substance=page.substance + bool(FILE.search(node.get("href"))))
        elif event == "end":
            links -= node.tag == "a"
            if begun and begun[-1][0] is node:
                _, mark, before = begun.pop()
                marked.append((node, mark, page.since(before)))
        elif links:
            page = _Weight(page.outside, page.linked + size, page.substance + bool(FILE.search(text.strip())))
        else:
            page = _Weight(page.outside + size, page.linked, page.substance + bool(_PROSE.search(text)))
    for node, mark, held in marked:
        # Links do not count as long as the page has other text: a long menu must not outweigh a short notice.
        most = held.outside > page.outside / 2 if page.outside else held.linked > page.linked / 2
        if not held.substance and not most and (mark == "sure" or held.linked >= held.outside):
            node.blank("div")
