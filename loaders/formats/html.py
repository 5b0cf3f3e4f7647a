"""Web pages: decoded HTML to a title and blocks in reading order, as a browser would print them.

Takes the text of a page, gives headings, paragraphs and data tables. What a browser does not show (scripts, hidden
elements) and site furniture that is marked as such (navigation, footer, share buttons) is left out; when unsure, the
text stays. Pages that a converter drew of single texts and lines are read like the PDF that they were.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.document import Attachment, Block, BlockKind, Content, Unreadable, numbered
from loaders.formats import html_attachments, html_positions, pdf
from loaders.formats.html_content import DRAWN, Grid, Line, pieces_of, table_block
from loaders.formats.html_furniture import drop_furniture
from loaders.formats.html_styles import Styles
from loaders.formats.html_tree import Node, drop_unseen, parse, title_of

_MARKUP = re.compile(
    r"<!doctype html|<(?:html|head|body|title|meta|link|style|script|frameset|iframe|div|span|font|center|p|br|a|img|"
    r"table|tbody|tr|td|ul|ol|li|h[1-6])[\s/>]",
    re.IGNORECASE,
)
# What a server says instead of the page. A page with more text, or with an amount, is one that was published.
_LONGEST_ERROR = 300
_ERROR = re.compile(
    r"(?:^|\D)(?:40[0345]|50[0234])(?:\D|$)|not found|forbidden|bad gateway|unavailable|access denied|"
    r"页面(?:不存在|找不到|已删除|已被删除|无法访问|出错)|(?:找不到|无法找到|没有找到|不存在).{0,8}页面|页面.{0,8}(?:不存在|找不到|走丢)|"
    r"访问(?:被拒绝|被拦截|受限|过于频繁|出错)|安全(?:验证|拦截)|开启\s*java\s*script|正在跳转",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d\s*(?:万元|亿元|元|%)|\d\.\d\d")
_NAMED = 5


def is_page(text: str) -> bool:
    """Whether a decoded text has markup among its first lines."""
    return bool(_MARKUP.search(text[:4096]))


def read(text: str) -> Content:
    """The title (`<title>`, else the first h1, else empty), the blocks of a page in reading order, and its attachments.

    Block text has entities resolved and runs of HTML white space collapsed; no-break and ideographic spaces stay. A
    table's text is its cells' text with a tab between cells and a line feed between rows; lines inside a cell are
    joined with a line feed. A table that only lays out the page is read as ordinary content. `page` is there for drawn
    pages only.

    Raises Unreadable with reason `no_text` if the page prints nothing, `error_page` if it is what a server says instead
    of it, or `too_large`.
    """
    root = parse(text)
    title = title_of(root)
    styles, frames = Styles(root), html_attachments.frames(root)
    drop_unseen(root)
    drop_furniture(root)
    attachments = html_attachments.links(root)
    drawn = _mark_drawn(root, styles)
    blocks: list[Block] = []
    for piece in pieces_of(root):
        blocks += drawn if isinstance(piece, Node) else [_block(piece)]
    if not blocks:
        raise _without_text([*attachments, *frames])
    if _is_error(title, blocks):
        raise Unreadable("error_page", f"这是网站的出错或跳转页（{blocks[0].text[:30]}），不是公开的文件；请重新下载")
    linked = {attachment.address for attachment in attachments}
    attachments += [
        frame for frame in frames if html_attachments.FILE.search(frame.address) and frame.address not in linked
    ]
    title = title or next((block.text for block in blocks if block.level == 1), "")
    return Content(title, numbered(blocks), tuple(attachments))


def _mark_drawn(root: Node, styles: Styles) -> Sequence[Block]:
    """The blocks of the drawn pages. What they are drawn of is emptied, and an element `DRAWN` put in its place."""
    pages = html_positions.pages(root, styles)
    content = pdf.composed(pdf.laid_out(drawn.page) for drawn in pages) if pages else None
    if content is None:
        return ()
    for node in (node for drawn in pages for node in drawn.placed):
        node.blank("span")
    pages[0].node.children.insert(0, Node(DRAWN))
    return content.blocks


def _block(piece: Line | Grid) -> Block:
    if not isinstance(piece, Line):
        return table_block(1, 1, piece)
    return Block(1, BlockKind.HEADING if piece.level else BlockKind.PARAGRAPH, piece.text, level=piece.level)


def _without_text(attachments: Sequence[Attachment]) -> Unreadable:
    if attachments:
        named = "、".join(attachment.address for attachment in attachments[:_NAMED])
        return Unreadable("no_text", f"网页本身没有文字，内容在它链接或嵌入的文件里；请下载这些文件：{named}")
    return Unreadable(
        "no_text",
        "网页里没有可读的文字（可能由脚本生成，或只有图片）；请在浏览器里打开后另存为完整网页，或提供附件原件",
    )


def _is_error(title: str, blocks: Sequence[Block]) -> bool:
    text = "\n".join([title, *(block.text for block in blocks)])
    return len(text) <= _LONGEST_ERROR and bool(_ERROR.search(text)) and not _AMOUNT.search(text)
