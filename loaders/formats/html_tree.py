"""The tree of a web page: elements and text as the parser gives them, and what a browser shows of them.

Takes the text of a page, gives `Node`s. No style sheet is read: only tags and the `style` and `hidden` attributes say
how an element is laid out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from loaders.document import Unreadable

_NEVER_SHOWN = re.compile(
    r"head|title|script|style|noscript|template|select|option|datalist|iframe|noframes|svg|video|audio|canvas"
)
# Every other tag is inline, unknown ones (`<o:p>`, `<ucapcontent>`) included, as in a browser; `br` ends lines too.
_BLOCKS = re.compile(
    r"html|body|address|article|aside|blockquote|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|"
    r"figure|footer|form|h[1-6]|header|hgroup|hr|legend|li|listing|main|menu|nav|ol|p|plaintext|pre|search|section|"
    r"summary|table|tbody|td|tfoot|th|thead|tr|ul|xmp"
)
_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*([a-z-]+)", re.IGNORECASE)
_SHOWN_AS_BLOCK = re.compile(r"block|flex|grid|flow-root|list-item|table")
_WHITE_SPACE = re.compile(r"[ \t\n\f\r]+")
VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")
# The largest page seen has 26,000. What has more than this would take all memory.
MOST_ELEMENTS = 2_000_000
# These print nothing, and the parser would put a replacement character for them into the number around them.
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True, eq=False)
class Node:
    """An element and its content in reading order. (lxml's own trees refuse names and depths that pages have.)"""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def blank(self, tag: str) -> None:
        """Empty the element: a div keeps the lines around it apart, a span lets them touch."""
        self.tag, self.attributes, self.children = tag, {}, []


class _Builder:
    """The parser target that makes the tree."""

    def __init__(self) -> None:
        self.root = Node("html")
        self._open = [self.root]
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Unreadable("too_large", f"网页的元素超过 {MOST_ELEMENTS} 个；请拆分后再提供")
        node = Node(tag, dict(attributes))
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].children.append(_UNPRINTED.sub("", text))

    def close(self) -> None: ...


class Walk:
    """A tree in document order, without recursion: (`start` or `end`, node, "") and (`text`, node around it, text)."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._skipped = False

    def skip(self) -> None:
        """Pass over the content of the node that has just started."""
        self._skipped = True

    def __iter__(self) -> Iterator[tuple[str, Node, str]]:
        yield "start", self._root, ""
        path: list[tuple[Node, Iterator[Node | str]]] = [(self._root, iter(self._root.children))]
        while path:
            node, children = path[-1]
            child = next(children, None)
            if child is None:
                path.pop()
                yield "end", node, ""
            elif isinstance(child, str):
                yield "text", node, child
            else:
                yield "start", child, ""
                path.append((child, iter(() if self._skipped else child.children)))
                self._skipped = False


def parse(text: str) -> Node:
    builder = _Builder()
    # Bytes in a stated encoding, because that overrules whatever encoding the page declares.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=cast(Any, builder))
    parser.feed(_UNPRINTED.sub("", text).encode("utf-8"))
    parser.close()
    return builder.root


def collapse(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text).strip(" ")


def title_of(root: Node) -> str:
    title = ""
    for event, node, text in Walk(root):
        if node.tag == "title":
            title += text
            if event == "end" and VISIBLE.search(title):
                break
    return collapse(title)


def _display(node: Node) -> str:
    """The last `display` that the style attribute asks for, or nothing."""
    stated = _DISPLAY.findall(node.get("style"))
    return stated[-1].lower() if stated else ""


def is_block(node: Node) -> bool:
    """Whether an element begins and ends lines."""
    display = _display(node)
    if display in ("inline", "contents"):
        return False
    return bool(_BLOCKS.fullmatch(node.tag) or _SHOWN_AS_BLOCK.match(display))


def drop_unseen(root: Node) -> None:
    """Empty what a browser does not print. A body is often hidden until a script has run: that one stays."""
    for event, node, _ in Walk(root):
        if event == "start" and node.tag not in ("html", "body"):
            hidden = "hidden" in node.attributes or _display(node) == "none"
            if hidden or _NEVER_SHOWN.fullmatch(node.tag):
                node.blank("span")
