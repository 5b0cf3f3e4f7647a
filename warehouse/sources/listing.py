"""The list of addresses to fetch: plain text with one on each line, or CSV with a header.

Takes the file that a user wrote, in whatever encoding their editor saves; gives one `Listed` for each address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.document import Unreadable
from loaders.encoding import decode
from loaders.errors import GoujiError

# Header of a column -> field; a CSV is told by a header that names the addresses.
_COLUMNS = {
    "url": "address",
    "address": "address",
    "网址": "address",
    "地址": "address",
    "name": "name",
    "名称": "name",
    "文件名": "name",
    "organization": "organization",
    "organization_name": "organization",
    "单位": "organization",
    "note": "note",
    "备注": "note",
}


class ListError(GoujiError):
    """A list that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of the list, and what the list says of it: a name for the file, the organisation, a note."""

    address: str
    name: str = ""
    organization: str = ""
    note: str = ""


def read(path: Path) -> list[Listed]:
    """The addresses of the list at `path`, each once, in its order; what is no address comes as well, to be told.

    Empty lines and lines that begin with `#` are left out. Raises ListError if there is none, or the file is no text;
    OSError if it cannot be opened.
    """
    try:
        text, _ = decode(path.read_bytes())
    except Unreadable as refusal:
        raise ListError(
            f"{path} 不是网址列表（{refusal.message}）：请用纯文本，一行一个网址，或带表头的 CSV"
        ) from refusal
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: dict[str, Listed] = {}
    for listed in _rows(lines):
        found.setdefault(listed.address, listed)
    if not found:
        raise ListError(f"{path} 里没有网址：一行写一个，# 起头的行不算")
    return list(found.values())


def _rows(lines: list[str]) -> Iterator[Listed]:
    header = [_COLUMNS.get(cell.strip().lower(), "") for cell in next(csv.reader(lines[:1]), [])]
    if "address" not in header:
        yield from (Listed(line.strip()) for line in lines)
        return
    for cells in csv.reader(lines[1:]):
        values = {field: cell.strip() for field, cell in zip(header, cells, strict=False) if field}
        if values.get("address"):
            yield Listed(**values)
