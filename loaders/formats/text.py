"""Plain text: one paragraph a line, with tables that were flattened into lines read back as grids."""

from __future__ import annotations

import re

from loaders import flattened
from loaders.document import Block, BlockKind, Content, Unreadable

# A line that ends inside a number goes on in the next: 128。⏎93万元. What `repair` joins must be one block.
_ENDS_IN_NUMBER = re.compile(r"\S[^\d\s]*\d[。.．]\s*$")
_GOES_ON = re.compile(r"\s*\d{1,6}(?!\d*(?:年|[.、．)）]\D|月\d))")
_LIST_NUMBER = re.compile(r"\s*\d{1,3}[。.．]\s*")


def read(text: str) -> Content:
    """The title (the first line of the text) and the blocks of a decoded text file.

    Raises Unreadable with reason `no_text` if nothing is printed in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(text)
    blocks: list[Block] = []
    tables = 0
    at = 0
    while at < len(lines):
        line = lines[at]
        found = None
        if line.text.startswith("\t"):
            found = flattened.tab_table(lines, at)
        elif line.text.rstrip().endswith("|"):
            found = flattened.bar_table(lines, at)
        if found:
            after, rows = found
            start, end = line.start, lines[after - 1].end
            tables += 1
            grid = flattened.table(rows, tables, text, start)
            blocks.append(Block(len(blocks) + 1, BlockKind.TABLE, text[start:end], table=grid))
            at = after
            continue
        after = at + 1
        while after < len(lines) and _broken_after(lines[after - 1].text, lines[after].text):
            after += 1
        printed = text[line.start : lines[after - 1].end]
        if printed.strip():
            blocks.append(Block(len(blocks) + 1, BlockKind.PARAGRAPH, printed))
        at = after
    if not blocks:
        raise Unreadable("no_text", "文件里没有文字")
    return Content(blocks[0].text.strip()[:200], tuple(blocks))


def _lines(text: str) -> list[flattened.Line]:
    lines: list[flattened.Line] = []
    start = 0
    for part in text.split("\n"):
        lines.append(flattened.Line(part, start))
        start += len(part) + 1
    return lines


def _broken_after(line: str, following: str) -> bool:
    return bool(_ENDS_IN_NUMBER.search(line) and not _LIST_NUMBER.fullmatch(line) and _GOES_ON.match(following))
