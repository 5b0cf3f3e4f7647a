"""Web pages: decoded HTML to a title and blocks in reading order, as a browser would print them.

Takes the text of a page, gives headings, paragraphs and data tables. What a browser does not show (scripts, hidden
elements) and site furniture that is marked as such (navigation, footer, share buttons) is left out; when unsure, the
text stays. No style sheet is read: only tags and the `style` and `hidden` attributes say how an element is laid out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from lxml import etree

from loaders.document import Block, BlockKind, Cell, Content, Table, Unreadable

_MARKUP = re.compile(
    r"<!doctype html|<(?:html|head|body|title|meta|link|style|script|frameset|iframe|div|span|font|center|p|br|a|img|"
    r"table|tbody|tr|td|ul|ol|li|h[1-6])[\s/>]",
    re.IGNORECASE,
)
_NEVER_SHOWN = re.compile(
    r"head|title|script|style|noscript|template|select|option|datalist|iframe|noframes|svg|video|audio|canvas"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset(("td", "th"))
_ROW_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_PREFORMATTED = frozenset(("pre", "xmp", "listing", "plaintext"))
# Every other tag is inline, unknown ones (`<o:p>`, `<ucapcontent>`) included, as in a browser; `br` ends lines too.
_BLOCKS = re.compile(
    r"html|body|address|article|aside|blockquote|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|"
    r"figure|footer|form|h[1-6]|header|hgroup|hr|legend|li|listing|main|menu|nav|ol|p|plaintext|pre|search|section|"
    r"summary|table|tbody|td|tfoot|th|thead|tr|ul|xmp"
)
_DISPLAY = re.compile(r"(?:^|;)\s*display\s*:\s*([a-z-]+)", re.IGNORECASE)
_SHOWN_AS_BLOCK = re.compile(r"block|flex|grid|flow-root|list-item|table")
_WHITE_SPACE = re.compile(r"[ \t\n\f\r]+")
_VISIBLE = re.compile(r"[^\s\u200b-\u200f\u2060\ufeff]")
# These print nothing, and the parser would put a replacement character for them into the number around them.
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

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
_ATTACHMENT = re.compile(r"\.(?:xlsx?|docx?|pdf|wps|et|zip|rar)(?:[?#]|$)", re.IGNORECASE)

# Wider spans are export artefacts (a title over all 256 columns of a sheet): they end with the grid.
_WIDEST_SPAN = 100
_SPAN = re.compile(r"\s*\+?([0-9]{1,9})")
# A cell like this, among few others, is the content area of a page laid out with a table, not a cell of a form.
_CONTENT_CHARS, _CONTENT_LINES, _CONTENT_NEIGHBOURS = 200, 3, 4
_LONG_LINE = 80
_BARE_NUMBER = re.compile(r"[-－−+]?[\d０-９,，.．]+[%％]?")


@dataclass(slots=True, eq=False)
class _Node:
    """An element and its content in reading order. (lxml's own trees refuse names and depths that pages have.)"""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def blank(self, tag: str) -> None:
        """Empty the element: a div keeps the lines around it apart, a span lets them touch."""
        self.tag, self.attributes, self.children = tag, {}, []


class _Builder:
    """The parser target that makes the tree."""

    def __init__(self) -> None:
        self.root = _Node("html")
        self._open = [self.root]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        node = _Node(tag, dict(attributes))
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].children.append(_UNPRINTED.sub("", text))

    def close(self) -> None: ...


class _Walk:
    """A tree in document order, without recursion: (`start` or `end`, node, "") and (`text`, node around it, text)."""

    def __init__(self, root: _Node) -> None:
        self._root = root
        self._skipped = False

    def skip(self) -> None:
        """Pass over the content of the node that has just started."""
        self._skipped = True

    def __iter__(self) -> Iterator[tuple[str, _Node, str]]:
        yield "start", self._root, ""
        path: list[tuple[_Node, Iterator[_Node | str]]] = [(self._root, iter(self._root.children))]
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


class _Line(NamedTuple):
    """A line of running text; `level` is that of the heading that it is, or 0."""

    text: str
    level: int


class _Placed(NamedTuple):
    """A table cell at its place in the grid, with its lines."""

    row_no: int
    col_no: int
    row_span: int
    col_span: int
    lines: tuple[_Line, ...]


_Grid = list[list[_Placed]]


def is_page(text: str) -> bool:
    """Whether a decoded text has markup among its first lines."""
    return bool(_MARKUP.search(text[:4096]))


def read(text: str) -> Content:
    """The title (`<title>`, else the first h1, else empty) and the blocks of a page, in reading order.

    Block text has entities resolved and runs of HTML white space collapsed; no-break and ideographic spaces stay. A
    table's text is its cells' text with a tab between cells and a line feed between rows; lines inside a cell are
    joined with a line feed. A table that only lays out the page is read as ordinary content.

    Raises Unreadable with reason `no_text` if the page prints nothing.
    """
    root = _parse(text)
    title = _title(root)
    _drop_unseen(root)
    _drop_furniture(root)
    blocks: list[Block] = []
    tables = 0
    for piece in _pieces(root):
        if isinstance(piece, _Line):
            kind = BlockKind.HEADING if piece.level else BlockKind.PARAGRAPH
            blocks.append(Block(len(blocks) + 1, kind, piece.text, level=piece.level))
        else:
            tables += 1
            blocks.append(_table_block(len(blocks) + 1, tables, piece))
    if not blocks:
        raise Unreadable(
            "no_text",
            "网页里没有可读的文字（可能由脚本生成，或只有图片）；请在浏览器里打开后另存为完整网页，或提供附件原件",
        )
    return Content(title or next((block.text for block in blocks if block.level == 1), ""), tuple(blocks))


def _parse(text: str) -> _Node:
    builder = _Builder()
    # Bytes in a stated encoding, because that overrules whatever encoding the page declares.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=cast(Any, builder))
    parser.feed(_UNPRINTED.sub("", text).encode("utf-8"))
    parser.close()
    return builder.root


def _collapse(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text).strip(" ")


def _title(root: _Node) -> str:
    title = ""
    for event, node, text in _Walk(root):
        if node.tag == "title":
            title += text
            if event == "end" and _VISIBLE.search(title):
                break
    return _collapse(title)


def _display(node: _Node) -> str:
    """The last `display` that the style attribute asks for, or nothing."""
    stated = _DISPLAY.findall(node.get("style"))
    return stated[-1].lower() if stated else ""


def _is_block(node: _Node) -> bool:
    display = _display(node)
    if display in ("inline", "contents"):
        return False
    return bool(_BLOCKS.fullmatch(node.tag) or _SHOWN_AS_BLOCK.match(display))


def _drop_unseen(root: _Node) -> None:
    """Empty what a browser does not print. A body is often hidden until a script has run: that one stays."""
    for event, node, _ in _Walk(root):
        if event == "start" and node.tag not in ("html", "body"):
            hidden = "hidden" in node.attributes or _display(node) == "none"
            if hidden or _NEVER_SHOWN.fullmatch(node.tag):
                node.blank("span")


class _Weight(NamedTuple):
    """How much an element holds: characters outside and inside links, and signs of substance (prose, attachments)."""

    outside: int
    linked: int
    substance: int

    def since(self, before: _Weight) -> _Weight:
        return _Weight(*(now - then for now, then in zip(self, before, strict=True)))


def _mark(node: _Node) -> str:
    """`sure` or `loose` if tag, role, class or id mark the element as furniture, else nothing."""
    if _NEVER_FURNITURE.fullmatch(node.tag):
        return ""
    words = [word.lower() for name in ("role", "class", "id") for word in _WORD.findall(node.get(name))]
    if node.tag in ("nav", "footer") or any(_FURNITURE.fullmatch(word) for word in words):
        return "sure"
    return "loose" if node.tag == "header" or any(_LOOSE_FURNITURE.fullmatch(word) for word in words) else ""


def _drop_furniture(root: _Node) -> None:
    """Empty elements that are marked as furniture, unless they hold substance or most of the page's text."""
    page = _Weight(0, 0, 0)
    links = 0
    begun: list[tuple[_Node, str, _Weight]] = []
    marked: list[tuple[_Node, str, _Weight]] = []
    for event, node, text in _Walk(root):
        size = len("".join(text.split()))
        if event == "start":
            if mark := _mark(node):
                begun.append((node, mark, page))
            if node.tag == "a":
                links += 1
                page = page._replace(substance=page.substance + bool(_ATTACHMENT.search(node.get("href"))))
        elif event == "end":
            links -= node.tag == "a"
            if begun and begun[-1][0] is node:
                _, mark, before = begun.pop()
                marked.append((node, mark, page.since(before)))
        elif links:
            page = _Weight(page.outside, page.linked + size, page.substance + bool(_ATTACHMENT.search(text.strip())))
        else:
            page = _Weight(page.outside + size, page.linked, page.substance + bool(_PROSE.search(text)))
    for node, mark, held in marked:
        # Links do not count as long as the page has other text: a long menu must not outweigh a short notice.
        most = held.outside > page.outside / 2 if page.outside else held.linked > page.linked / 2
        if not held.substance and not most and (mark == "sure" or held.linked >= held.outside):
            node.blank("div")


def _pieces(root: _Node, *, cells: bool = True) -> list[_Line | _Grid]:
    """The lines and data tables in `root`, as read; with `cells=False`, only what stands outside table cells."""
    pieces: list[_Line | _Grid] = []
    line: list[str] = []
    level = preformatted = 0

    def end_line() -> None:
        text = _collapse("".join(line))
        line.clear()
        if _VISIBLE.search(text):
            pieces.append(_Line(text, level))

    walk = _Walk(root)
    for event, node, text in walk:
        if event == "text":
            first, *rest = text.split("\n") if preformatted else [text]
            line.append(first)
            for part in rest:
                end_line()
                line.append(part)
            continue
        if _is_block(node):
            end_line()
        if event == "end":
            level = 0 if node.tag in _HEADINGS else level
            preformatted -= node.tag in _PREFORMATTED
            continue
        level = _HEADINGS.get(node.tag, level)
        preformatted += node.tag in _PREFORMATTED
        if node.tag in _CELLS and not cells:
            walk.skip()
        elif node.tag == "table" and node is not root and (grid := _grid(node)):
            pieces += _pieces(node, cells=False)  # a caption, or text that strayed out of its cells
            pieces.append(grid)
            walk.skip()
    end_line()
    return pieces


def _grid(table: _Node) -> _Grid | None:
    """The table's cells in their places, or None if it only lays out the page."""
    if any(node.tag == "table" and node is not table for _, node, _ in _Walk(table)):
        return None
    groups = _row_groups(table)
    placed = _place(groups, None)
    if any(_span(cell, "colspan") > _WIDEST_SPAN for rows in groups for row in rows for cell in row):
        placed = _place(groups, max(cell.col_no + cell.col_span for row in placed for cell in row))
    return None if _is_layout(placed) else placed


def _row_groups(table: _Node) -> list[list[list[_Node]]]:
    """Row groups of rows of cells as printed: the first thead on top, the first tfoot at the bottom."""
    groups: list[tuple[int, list[list[_Node]]]] = [(0, [])]
    seen: set[str] = set()
    row: list[_Node] | None = None
    walk = _Walk(table)
    for event, node, _ in walk:
        if event == "text":
            continue
        if node.tag in _ROW_GROUPS:
            first = event == "start" and node.tag not in seen
            groups.append(({"thead": -1, "tfoot": 1}.get(node.tag, 0) if first else 0, []))
            seen.add(node.tag)
            row = None
        elif node.tag == "tr" and event == "end":
            row = None
        elif node.tag == "tr" or (node.tag in _CELLS and row is None):
            row = []
            groups[-1][1].append(row)
        if node.tag in _CELLS and event == "start" and row is not None:
            row.append(node)
            walk.skip()
    return [rows for _, rows in sorted(groups, key=lambda group: group[0])]


def _span(cell: _Node, name: str) -> int:
    """The span as HTML reads it: digits at the start; anything else, and a colspan of 0, is 1."""
    stated = _SPAN.match(cell.get(name))
    span = int(stated[1]) if stated else 1
    return max(1, span) if name == "colspan" else span


def _place(groups: list[list[list[_Node]]], width: int | None) -> _Grid:
    """Cells at grid coordinates. No two claim the same place: a span stops at the next one, and at its row group.

    Column spans over `_WIDEST_SPAN` reach the grid's `width`, or are 1 while that is not known.
    """
    placed: _Grid = []
    for rows in groups:
        last = len(placed) + len(rows)
        taken_until: dict[int, int] = {}
        for row in rows:
            row_no, col_no = len(placed), 0
            here: list[_Placed] = []
            for cell in row:
                while taken_until.get(col_no, 0) > row_no:
                    col_no += 1
                start, wanted = col_no, _span(cell, "colspan")
                if wanted > _WIDEST_SPAN:
                    wanted = width - start if width else 1
                row_span = min(_span(cell, "rowspan") or last, last - row_no)
                while col_no == start or (col_no < start + wanted and taken_until.get(col_no, 0) <= row_no):
                    taken_until[col_no] = row_no + row_span
                    col_no += 1
                lines = tuple(piece for piece in _pieces(cell) if isinstance(piece, _Line))
                here.append(_Placed(row_no, start, row_span, col_no - start, lines))
            placed.append(here)
    return placed


def _is_layout(grid: _Grid) -> bool:
    """Whether a table without nested tables holds page content rather than a grid of values."""
    cells = [cell for row in grid for cell in row if cell.lines]
    if len(cells) < 2:
        return True
    if any(len(cell.lines) > 1 and any(line.level for line in cell.lines) for cell in cells):
        return True
    if all(cell.col_no == 0 for cell in cells):
        lines = [cell.lines[0] for cell in cells]
        return any(len(cell.lines) > 1 for cell in cells) or any(
            line.level or len(line.text) > _LONG_LINE for line in lines
        )
    sizes = [sum(len(line.text) for line in cell.lines) for cell in cells]
    largest = sizes.index(max(sizes))
    return (
        sizes[largest] >= max(_CONTENT_CHARS, sum(sizes) / 2)
        and len(cells[largest].lines) >= _CONTENT_LINES
        and len(cells) <= 1 + _CONTENT_NEIGHBOURS
        and not any(_BARE_NUMBER.fullmatch(cell.lines[0].text) for cell in cells)
    )


def _table_block(block_no: int, table_no: int, grid: _Grid) -> Block:
    cells: list[Cell] = []
    rows: list[str] = []
    row_start = 0
    for row in grid:
        start = row_start
        texts = ["\n".join(line.text for line in cell.lines) for cell in row]
        for cell, text in zip(row, texts, strict=True):
            cells.append(Cell(cell.row_no, cell.col_no, text, start, start + len(text), cell.row_span, cell.col_span))
            start += len(text) + 1
        rows.append("\t".join(texts))
        row_start += len(rows[-1]) + 1
    return Block(block_no, BlockKind.TABLE, "\n".join(rows), table=Table(table_no, tuple(cells)))
