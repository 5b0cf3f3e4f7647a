"""Plain text: one paragraph a line, with tables that were flattened into lines read back as grids."""

from __future__ import annotations

from loaders import flattened
from loaders.document import Block, BlockKind, Content, Unreadable

# Indented lines may stand right before a table, so one is looked for from each of them on; from so many at the most.
_MOST_TRIES = 20


def read(text: str) -> Content:
    """The title (the first line of the text) and the blocks of a decoded text file.

    Raises Unreadable with reason `no_text` if nothing is printed in it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(text)
    blocks: list[Block] = []
    tables = at = tries = tried_to = prose_until = 0
    while at < len(lines):
        line = lines[at]
        if at >= prose_until and flattened.begins(line):
            found = flattened.run(lines, at)
            if found.rows:
                start, end = line.start, lines[found.last - 1].end
                tables += 1
                grid = flattened.table(found.rows, tables, text, start)
                blocks.append(Block(len(blocks) + 1, BlockKind.TABLE, text[start:end], table=grid))
                at = found.last
                continue
            tries = tries + 1 if found.last == tried_to else 1
            tried_to = found.last
            if tries == _MOST_TRIES:
                prose_until = found.last
        if line.text.strip():
            blocks.append(Block(len(blocks) + 1, BlockKind.PARAGRAPH, line.text))
        at += 1
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
