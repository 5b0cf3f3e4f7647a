"""The readers that are compared: each takes a PDF file and gives the tables of its pages, as grids.

Reading and turning what was read into grids are apart, since only the first is timed. Readers other than gouji's are
extras, and imported where they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.compare import Grid, plain
from loaders.document import Block
from loaders.formats import pdf


@dataclass(slots=True)
class Pages:
    """The tables of each page, and the texts outside tables.

    A page with the rest of a table has the rows of its first page, too: a header that is printed again is only there.
    """

    tables: dict[int, list[Grid]] = field(default_factory=dict)
    texts: dict[int, set[str]] = field(default_factory=dict)


class Reader(NamedTuple):
    """`read` takes a file and page numbers (all if there are none), `pages` what it gives."""

    read: Callable[[Path, Collection[int]], Any]
    pages: Callable[[Any], Pages]


def _read_gouji(path: Path, pages: Collection[int]) -> tuple[Block, ...]:
    """gouji reads whole documents: headers, margins and tables over pages are told from all of them."""
    return pdf.read(path.read_bytes())[1]


def of_blocks(blocks: Collection[Block]) -> Pages:
    """The blocks of a document by page."""
    found = Pages()
    for block in blocks:
        if block.table is None:
            if block.page is not None:
                found.texts.setdefault(block.page, set()).add(plain(block.text))
            continue
        width = max(cell.col_no for cell in block.table.cells) + 1
        rows: list[tuple[set[int], list[str]]] = []
        for cells in block.table.rows():
            texts = [""] * width
            for cell in cells:
                texts[cell.col_no] = plain(cell.text)
            rows.append(({cell.page for cell in cells if cell.page is not None}, texts))
        for page in {page for on, _ in rows for page in on}:
            grid = [texts for on, texts in rows if page in on or block.page in on]
            found.tables.setdefault(page, []).append(grid)
    return found


def _of_tables(tables: dict[int, list[list[list[str | None]]]]) -> Pages:
    return Pages({page: [[list(map(plain, row)) for row in table] for table in of] for page, of in tables.items()})


def _read_pdfplumber(path: Path, pages: Collection[int]) -> dict[int, list[list[list[str | None]]]]:
    """`extract_tables` with its default settings, which look for ruling lines."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        wanted = [page for page in document.pages if not pages or page.page_number in pages]
        found = {}
        for page in wanted:
            found[page.page_number] = page.extract_tables()
            page.close()
        return found


def _read_camelot(path: Path, pages: Collection[int]) -> dict[int, list[list[list[str | None]]]]:
    """The flavour that looks for ruling lines, in a picture of the page."""
    import camelot

    found: dict[int, list[list[list[str | None]]]] = {}
    for table in camelot.read_pdf(str(path), pages=",".join(map(str, sorted(pages))) or "all", flavor="lattice"):
        found.setdefault(int(table.page), []).append(table.df.values.tolist())
    return found


READERS = {
    "gouji": Reader(_read_gouji, of_blocks),
    "pdfplumber": Reader(_read_pdfplumber, _of_tables),
    "camelot": Reader(_read_camelot, _of_tables),
}
