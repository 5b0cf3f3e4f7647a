"""The folder of a site while it is written: pages, chunks of data, and lists cut into chunks.

Chunks are scripts that hand their data to `gouji.put`, because pages opened from disk may load scripts and nothing
else. A site is written aside and moved into place when it is whole, as warehouses are.
"""

from __future__ import annotations

import json
import os
import shutil
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from loaders.errors import GoujiError

# Every site has it, so that only what is a site is ever replaced.
MARK = "gouji-site.json"
# Rows of a list that one chunk holds: a page shows 50, and a chunk of anomalies is some 200 KB.
CHUNK = 250
_KEY_WIDTH = 12


class SiteError(GoujiError):
    """A site that cannot be written; the message, Chinese first, says why and what to do."""


def plain(value: Decimal) -> str:
    """A decimal without exponent and trailing zeros: `2195900`, `12.5`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no form in a chunk")


def to_json(value: Any) -> str:
    """Compact JSON; decimals become strings, so that no digit is lost."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_jsonable)


class SiteFolder:
    """Writes files below `root`, and counts them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = 0
        self.bytes = 0
        self._folders: set[Path] = set()

    def text(self, name: str, text: str) -> None:
        """A text file in UTF-8."""
        path = self.root / name
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        data = text.encode()
        path.write_bytes(data)
        self.bytes += len(data)
        self.files += 1

    def chunk(self, name: str, value: Any) -> None:
        """`data/NAME.js`, which the browser asks for with `gouji.load(NAME)`."""
        self.text(f"data/{name}.js", f"gouji.put({to_json(name)},{to_json(value)});\n")


class ListWriter:
    """A list in chunks: rows are written as they come, and what is filtered by stays in a small index.

    The index holds, for every facet, its values and a code for each row; a row without a value has code -1. `keys` are
    the beginnings of the rows' ids, all of one width, in one string.
    """

    def __init__(self, folder: SiteFolder, name: str, facets: Sequence[str]) -> None:
        self._folder = folder
        self._name = name
        self._values: dict[str, dict[Any, int]] = {facet: {} for facet in facets}
        self._codes = {facet: array("i") for facet in facets}
        self._keys: list[str] = []
        self._rows: list[Sequence[Any]] = []
        self._chunks = 0

    def add(self, key: str, row: Sequence[Any], facets: Mapping[str, Any]) -> None:
        """A row with its id and a value for each facet."""
        for facet, codes in self._codes.items():
            value = facets[facet]
            known = self._values[facet]
            codes.append(-1 if value is None else known.setdefault(value, len(known)))
        self._keys.append(key[:_KEY_WIDTH].ljust(_KEY_WIDTH))
        self._rows.append(row)
        if len(self._rows) == CHUNK:
            self._flush()

    def close(self) -> int:
        """Writes what is left and the index; gives the number of rows."""
        if self._rows:
            self._flush()
        self._folder.chunk(
            f"{self._name}/index",
            {
                "count": len(self._keys),
                "chunk": CHUNK,
                "width": _KEY_WIDTH,
                "keys": "".join(self._keys),
                "facets": {
                    facet: {"values": list(self._values[facet]), "codes": codes.tolist()}
                    for facet, codes in self._codes.items()
                },
            },
        )
        return len(self._keys)

    def _flush(self) -> None:
        self._folder.chunk(f"{self._name}/{self._chunks}", self._rows)
        self._rows = []
        self._chunks += 1


@contextmanager
def replacing(out: Path) -> Iterator[SiteFolder]:
    """A folder that takes the place of `out` when the block ends well; if it does not, `out` stays as it was.

    Raises SiteError if `out` exists and is neither empty nor a site.
    """
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} 是文件，不是文件夹：请用 --out 指定另一个文件夹")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise SiteError(f"{out} 里有别的东西，不会覆盖：请用 --out 指定新的或空的文件夹，或 gouji site 以前写的文件夹")
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.building-{os.getpid()}")
    former = out.with_name(f".{out.name}.former-{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield SiteFolder(aside)
        if out.exists():
            out.rename(former)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)
