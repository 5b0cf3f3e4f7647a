"""PDF files: bytes to a title and blocks in reading order, as a person reads the printed pages.

Takes the bytes of a file, gives paragraphs and tables. What a page prints is read by `pdf_page` (with `pdf_text`,
`pdf_objects`, `pdf_rules` and `pdf_hidden`), put into cells by `pdf_grid`, `pdf_cells` and `pdf_levels`, into columns
by `pdf_columns`, into lines and paragraphs by `pdf_lines` and `pdf_prose`; tables are followed over pages by
`pdf_tables`; `pdf_furniture` keeps headers and page numbers out.

Pages without text (a scanned annex) go to `pdf_scan` and `ocr`. Single pages that are damaged are skipped, and text
printed aslant (watermarks) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loaders.document import Block, BlockKind, Content, Omission, Recognition, Unreadable
from loaders.formats import ocr, ocr_repair, pdf_columns, pdf_furniture, pdf_grid, pdf_page, pdf_scan, pdf_tables
from loaders.formats.pdf_cells import Sheet, ruled
from loaders.formats.pdf_lines import Line, joined_scores, lines
from loaders.formats.pdf_page import Page
from loaders.formats.pdf_prose import LABEL, Layout, Margins, begins

# The share of texts without a font from which it is likely that most of the document is lost.
_UNSHAPED = 0.3
_LONGEST_TITLE = 200
# The title is what is at least this large, as a share of the largest; more lines than this are no title.
_TITLE_SIZE, _LONGEST_COVER = 0.75, 6
# Pages that were not read are named up to this many.
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class _Scan:
    """A picture on a page that has to be recognised."""

    page: Page
    box: pdf_scan.Box

    @property
    def share(self) -> float:
        """How much of the page's longer side it takes."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top) / max(self.page.width, self.page.height)


@dataclass(slots=True)
class _Leaf:
    """A page laid out: its lines outside tables, top to bottom, and its tables."""

    page_no: int
    width: float
    height: float
    lines: list[Line]
    tables: list[Sheet]


@dataclass(slots=True)
class _Paragraph:
    """Lines that read on, and the margins around the last of them."""

    page_no: int
    lines: list[Line]
    margins: Margins

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


@dataclass(slots=True)
class _Table:
    """The parts of a table, the paragraphs printed above it, and those below its last part."""

    parts: list[Sheet]
    above: list[str]
    below: list[str] = field(default_factory=list)


_Item = _Paragraph | _Table


def read(data: bytes) -> Content:
    """The title (the largest text of the first page, else the first line) and the blocks of a PDF.

    Lines of a paragraph and of a cell are joined with nothing between them. A table's text is its cells' text with a
    tab between cells and a line feed between rows; a table that runs over pages is one block on its first page. Pages
    that are pictures are recognised if the extra `ocr` is there; else they are an omission.

    Raises Unreadable: `password`, `damaged_file`, `no_pages`, `too_large`, `needs_font` if it uses fonts that are
    neither in the file nor on this machine, `needs_ocr` if it has no text but in pictures, `no_text` if none in these.
    """
    with pdf_page.opened(data) as document:
        leaves, scans = _text_layer(document)
        refusal = ocr.refusal("PDF 里没有文字层（扫描件）的页面") if scans else None
        if scans and refusal is None:
            leaves = _with_recognised(leaves, document, scans)
    content = composed(leaves)
    if content is None:
        raise refusal or Unreadable("no_text", "PDF 里没有文字，也没有认出文字的图片；请提供 Word、Excel 或网页原件")
    return content if refusal is None else content._replace(omissions=(_omission(scans, refusal),))


def _text_layer(document: Any) -> tuple[list[_Leaf], list[_Scan]]:
    """The pages with text, and the pictures that have to be recognised."""
    leaves: list[_Leaf] = []
    scans: list[_Scan] = []
    empty: list[Page] = []
    unshaped = sampled = 0
    for page in pdf_page.pages(document):
        unshaped += page.unshaped
        sampled += page.sampled
        boxes = pdf_scan.pictures(document, page)
        scans += [_Scan(page, box) for box in boxes]
        if pdf_scan.whole(page) not in boxes:
            leaves.append(laid_out(page, leaves))
        if not page.runs:
            empty.append(page)
    if unshaped > _UNSHAPED * sampled:
        raise Unreadable(
            "needs_font",
            "PDF 没有嵌入中文字体，本机也没有可以代替的字体，文字会读不全；"
            "请在本机安装中文字体（如文泉驿微米黑）后重试，或提供嵌入了字体的文件",
        )
    if not scans and not any(leaf.lines or leaf.tables for leaf in leaves):
        # Text drawn as outlines, or pieced together from small pictures.
        whole = [(page, pdf_scan.whole(page)) for page in empty]
        scans = [_Scan(page, box) for page, box in whole if pdf_scan.has_ink(document, page, box)]
    return leaves, scans


def _with_recognised(leaves: Iterable[_Leaf], document: Any, scans: Sequence[_Scan]) -> list[_Leaf]:
    """All pages in order, with what the pictures on them show."""
    pictures = (
        ocr.Picture(scan.page.page_no, pdf_scan.painted(document, scan.page, scan.box), scan.share) for scan in scans
    )
    found = list(leaves)
    for page in ocr.read(pictures, len(scans)):
        found.append(laid_out(page, [leaf for leaf in found if leaf.page_no < page.page_no]))
    return sorted(found, key=lambda leaf: leaf.page_no)


def _omission(scans: Sequence[_Scan], refusal: Unreadable) -> Omission:
    numbers = list(dict.fromkeys(scan.page.page_no for scan in scans))
    named = "、".join(map(str, numbers[:_MOST_NAMED])) + ("……" if len(numbers) > _MOST_NAMED else "")
    message = f"第 {named} 页没有读入（共 {len(numbers)} 页）：{refusal.message}"
    return Omission(refusal.reason, message, count=len(numbers), page=numbers[0])


def composed(pages: Iterable[_Leaf]) -> Content | None:
    """The title and blocks of pages that were laid out, in order; None if there is nothing on them."""
    leaves = list(pages)
    _drop_furniture(leaves)
    flow = _flow(leaves)
    if not flow:
        return None
    blocks: list[Block] = []
    tables = 0
    for item in flow:
        if isinstance(item, _Table):
            tables += 1
            blocks.append(pdf_tables.block(len(blocks) + 1, tables, item.parts))
        else:
            blocks.append(_paragraph(len(blocks) + 1, item))
    return Content(
        _title(leaves) or blocks[0].text.split("\n")[0][:_LONGEST_TITLE], tuple(map(ocr_repair.mended, blocks))
    )


def _paragraph(block_no: int, item: _Paragraph) -> Block:
    scores = joined_scores((line.text, line.scores) for line in item.lines)
    recognition = Recognition(scores) if scores else None
    return Block(block_no, BlockKind.PARAGRAPH, item.text, page=item.page_no, ocr=recognition)


def laid_out(page: Page, before: Sequence[_Leaf] = ()) -> _Leaf:
    """What is printed on a page as lines and tables.

    A single column is a table only if it may be the last one of a table on a page `before`.
    """
    networks = pdf_grid.networks(page.horizontal, page.vertical)
    earlier = [sheet for leaf in before for sheet in leaf.tables]
    grids = [
        grid
        for grid in map(pdf_grid.grid, networks)
        if grid is not None and (len(grid.xs) > 2 or pdf_tables.is_beside(grid.ys, earlier))
    ]
    tables, above, rest = ruled(page.page_no, grids, page.runs)
    unruled, printed = pdf_columns.tables(page.page_no, networks, lines(rest))
    # What stands on one line is read from left to right, though one part may be printed a little higher.
    printed += [[line] for line in above]
    printed.sort(key=lambda row: min(line.middle for line in row))
    tables = sorted([*tables, *unruled], key=lambda table: (table.top, table.left))
    return _Leaf(page.page_no, page.width, page.height, [line for row in printed for line in row], tables)


def _drop_furniture(leaves: Sequence[_Leaf]) -> None:
    kept = pdf_furniture.without(
        [
            (
                leaf.height,
                leaf.lines,
                min((table.top for table in leaf.tables), default=float("inf")),
                max((table.bottom for table in leaf.tables), default=0.0),
            )
            for leaf in leaves
        ]
    )
    for leaf, content in zip(leaves, kept, strict=True):
        leaf.lines = content


def _flow(leaves: Sequence[_Leaf]) -> list[_Item]:
    """The paragraphs and tables of all pages in reading order, joined over page breaks."""
    # Labels and notes around tables have other margins than running text.
    layout = Layout((leaf.width, leaf.lines) for leaf in leaves if not leaf.tables)
    flow: list[_Item] = []
    last_height = 0.0
    for leaf in leaves:
        items = _items(leaf, layout)
        if not items:
            continue
        table = _open_table(flow)
        continued = table is not None and (_widen(flow, table, items) or _continue(table, items, last_height))
        if flow and not continued:
            _join_paragraph(flow[-1], items)
        flow += items
        last_height = leaf.height
    return flow


def _items(leaf: _Leaf, layout: Layout) -> list[_Item]:
    """What one page holds, in reading order."""
    items: list[_Item] = []
    edges = [table.right for table in leaf.tables]
    margins: dict[int, Margins] = {}
    pending: list[Sheet] = list(leaf.tables)
    for line in leaf.lines:
        while pending and pending[0].top < line.middle:
            items.append(_table(pending.pop(0), items))
        size = round(line.size)
        if size not in margins:
            margins[size] = layout.margins(leaf.width, leaf.lines, line.size, edges)
        last = items[-1] if items else None
        if isinstance(last, _Paragraph) and not begins(last.lines, line, last.margins, margins[size]):
            last.lines.append(line)
            last.margins = margins[size]
        else:
            items.append(_Paragraph(leaf.page_no, [line], margins[size]))
    for table in pending:
        items.append(_table(table, items))
    for index, item in enumerate(items):
        if isinstance(item, _Table):
            item.below = _texts(items[index + 1 :])
    return items


def _table(sheet: Sheet, before: Sequence[_Item]) -> _Table:
    return _Table([sheet], _texts(reversed(before))[::-1])


def _texts(items: Iterable[_Item]) -> list[str]:
    """The texts of paragraphs up to the next table."""
    texts: list[str] = []
    for item in items:
        if isinstance(item, _Table):
            break
        texts.append(item.text)
    return texts


def _open_table(flow: Sequence[_Item]) -> _Table | None:
    return next((item for item in reversed(flow) if isinstance(item, _Table)), None)


def _widen(flow: list[_Item], table: _Table, items: list[_Item]) -> bool:
    """Add the first table of a page to the one before as columns that did not fit there; False if it is none of these.

    What is printed above them, as the unit often is, belongs above the table.
    """
    at = next((index for index, item in enumerate(items) if isinstance(item, _Table)), len(items))
    first = items[at] if at < len(items) else None
    wide = pdf_tables.widened(table.parts, first.parts[0]) if isinstance(first, _Table) else None
    if wide is None:
        return False
    number, table.parts[number] = wide
    place = next(index for index, item in enumerate(flow) if item is table)
    flow[place:place] = items[:at]
    table.above += _texts(items)
    items[:] = items[at + 1 :]
    return True


def _continue(table: _Table, items: list[_Item], last_height: float) -> bool:
    """Move the first table of a page to the one before if it goes on with it; False if it does not.

    A title and notes that are printed again are left out.
    """
    at = next((index for index, item in enumerate(items) if isinstance(item, _Table)), len(items))
    first = items[at] if at < len(items) else None
    if not isinstance(first, _Table) or first.parts[0].page_no - table.parts[-1].page_no != 1:
        return False
    if not table.below and not first.above:
        part = pdf_tables.continued(table.parts, first.parts[0], last_height)
    else:
        part = pdf_tables.continued_below_title(table.parts, table.above, first.parts[0], first.above, last_height)
    if part is None:
        return False
    table.parts.append(part)
    said = set(table.below)
    table.below += [text for text in first.below if text not in said]
    after = items[at + 1 :]
    again = {id(item) for item in after[: len(first.below)] if isinstance(item, _Paragraph) and item.text in said}
    items[:] = [item for item in after if id(item) not in again]
    return True


def _join_paragraph(last: _Item, items: list[_Item]) -> None:
    """Join the first paragraph of a page to the last one of the page before if it reads on."""
    first = items[0]
    if not (isinstance(last, _Paragraph) and isinstance(first, _Paragraph)):
        return
    if not begins(last.lines, first.lines[0], last.margins, first.margins, next_page=True):
        last.lines += first.lines
        last.margins = first.margins
        del items[0]


def _title(leaves: Sequence[_Leaf]) -> str:
    """The largest text on the first page that has any outside tables, if it stands out."""
    found = next((leaf.lines for leaf in leaves if leaf.lines), [])
    largest = max((line.size for line in found), default=0.0)
    title: list[str] = []
    for line in found:
        if line.size >= _TITLE_SIZE * largest and not (title and LABEL.search(line.text)):
            title.append(line.text)
        elif title:
            break
    if len(title) > _LONGEST_COVER:
        title = title[:1]  # nothing stands out
    return "".join(title)[:_LONGEST_TITLE]
