"""Web archives: a page with its pictures in one file, as browsers and Word save it (mht, mhtml).

Takes the bytes of such a file; gives what `html` reads in its pages, the first of which is the one that was saved, the
others what it shows in frames.
"""

from __future__ import annotations

import email
import email.policy
import re

from loaders import encoding
from loaders.document import Attachment, Block, Content, Omission, Unreadable, numbered
from loaders.formats import html

# A mail's header: fields, a field to a line, long ones over several, with the version among the first.
MAGIC = re.compile(rb"(?i)\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:\s*1\.")


def read(data: bytes) -> Content:
    """The title of the page that was saved, and the blocks of all pages in the file.

    Raises Unreadable with reason `damaged_file` if no page is in it, or what `html.read` raises if none has text.
    """
    title = ""
    blocks: list[Block] = []
    attachments: list[Attachment] = []
    omissions: list[Omission] = []
    refusal = Unreadable("damaged_file", "网页存档（mht）损坏或不完整：里面没有网页；请重新保存")
    for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() not in ("text/html", "application/xhtml+xml") or not isinstance(page, bytes):
            continue
        try:
            content = html.read(encoding.decode(page)[0])
        except Unreadable as problem:
            refusal = problem
            continue
        title = title or content.title
        blocks += content.blocks
        attachments += content.attachments
        omissions += content.omissions
    if not blocks:
        raise refusal
    return Content(title, numbered(blocks), tuple(attachments), tuple(omissions))
