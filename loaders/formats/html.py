"""Web pages: decoded HTML to a title and blocks in reading order, as a browser would print them.

Takes the text of a page, gives headings, paragraphs and data tables. What a browser does not show (scripts, hidden
elements) and site furniture that is marked as such (navigation, footer, share buttons) is left out; when unsure, the
text stays.
"""

from __future__ import annotations

import re

from loaders.document import Block, BlockKind, Content, Unreadable
from loaders.formats.html_content import Line, pieces_of, table_block
from loaders.formats.html_furniture import drop_furniture
from loaders.formats.html_tree import drop_unseen, parse, title_of

_MARKUP = re.compile(
    r"<!doctype html|<(?:html|head|body|title|meta|link|style|script|frameset|iframe|div|span|font|center|p|br|a|img|"
    r"table|tbody|tr|td|ul|ol|li|h[1-6])[\s/>]",
    re.IGNORECASE,
)


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
    root = parse(text)
    title = title_of(root)
    drop_unseen(root)
    drop_furniture(root)
    blocks: list[Block] = []
    tables = 0
    for piece in pieces_of(root):
        if isinstance(piece, Line):
            kind = BlockKind.HEADING if piece.level else BlockKind.PARAGRAPH
            blocks.append(Block(len(blocks) + 1, kind, piece.text, level=piece.level))
        else:
            tables += 1
            blocks.append(table_block(len(blocks) + 1, tables, piece))
    if not blocks:
        raise Unreadable(
            "no_text",
            "网页里没有可读的文字（可能由脚本生成，或只有图片）；请在浏览器里打开后另存为完整网页，或提供附件原件",
        )
    return Content(title or next((block.text for block in blocks if block.level == 1), ""), tuple(blocks))
