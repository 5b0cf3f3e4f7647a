"""Small PDF files for tests, drawn with coordinates from the top left corner, and what is read in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loaders.document import Block
from loaders.formats.pdf import read

# A4 in points.
WIDTH, HEIGHT = 595.0, 842.0


def width(text: str, size: float) -> float:
    """How wide the tests' font prints a text: Latin letters and digits half an em, others an em."""
    return sum(size / 2 if char.isascii() else size for char in text)


class Sheet:
    """One page of a small PDF, drawn with coordinates from the top left corner."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT, rotate: int = 0) -> None:
        self.width, self.height, self.rotate = width, height, rotate
        self.drawn: list[str | tuple[float, str, str]] = []

    def text(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        """Print text in a Chinese font, every character an em wide; `y` is its baseline."""
        return self._show(f"1 0 0 1 {x} {self.height - y}", text, size)

    def upwards(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        """Print text that runs up the page, from (x, y)."""
        return self._show(f"0 1 -1 0 {x} {self.height - y}", text, size)

    def aslant(self, x: float, y: float, text: str, size: float = 40) -> Sheet:
        return self._show(f"0.7 0.7 -0.7 0.7 {x} {self.height - y}", text, size)

    def _show(self, matrix: str, text: str, size: float) -> Sheet:
        self.drawn.append((size, matrix, text))
        return self

    def clipped(self, box: tuple[float, float, float, float], x: float, y: float, text: str) -> Sheet:
        """Print text of which only what is in the box (left, top, right, bottom) shows."""
        left, top, right, bottom = box
        self.drawn.append(f"q {left} {self.height - bottom} {right - left} {bottom - top} re W n")
        self.text(x, y, text)
        self.drawn.append("Q")
        return self

    def white(self, left: float, top: float, right: float, bottom: float) -> Sheet:
        """A rectangle filled with white."""
        self.drawn.append(f"1 g {left} {self.height - bottom} {right - left} {bottom - top} re f 0 g")
        return self

    def picture(self, left: float, top: float, right: float, bottom: float, grey: int) -> Sheet:
        """A picture of one colour, from 0 for black to 255 for white."""
        place = f"{right - left} 0 0 {bottom - top} {left} {self.height - bottom} cm"
        self.drawn.append(f"q {place} BI /W 1 /H 1 /CS /G /BPC 8 ID {chr(grey)} EI Q")
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: float = 0) -> Sheet:
        self.drawn.append(f"{colour} G 0.5 w {x0} {self.height - y0} m {x1} {self.height - y1} l S 0 G")
        return self

    def thin(self, x0: float, y0: float, x1: float, y1: float) -> Sheet:
        """A line as word processors draw it: a filled rectangle a point thick."""
        self.drawn.append(f"{x0} {self.height - y0} {max(x1 - x0, 1)} {-max(y1 - y0, 1)} re f")
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> Sheet:
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        return self

    def table(self, xs: Sequence[float], top: float, rows: Sequence[Sequence[str]], height: float = 20) -> Sheet:
        """A ruled table with a text in each cell."""
        self.grid(xs, [top + height * row for row in range(len(rows) + 1)])
        for row, texts in enumerate(rows):
            for x, text in zip(xs, texts, strict=False):
                if text:
                    self.text(x + 2, top + height * row + 14, text, 8)
        return self


def document(*sheets: Sheet, encrypt: bool = False) -> bytes:
    """The bytes of a PDF with these pages, in a font of its own in which every character is a box."""
    chars = sorted({char for sheet in sheets for drawn in sheet.drawn if isinstance(drawn, tuple) for char in drawn[2]})
    codes = {char: code for code, char in enumerate(chars, 1)}
    to_unicode = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange " + "".join(
        f"1 beginbfchar <{code:02x}> <{char.encode('utf-16-be').hex()}> endbfchar " for char, code in codes.items()
    )
    boxes = [f"{wide} 0 0 0 {wide} 860 d1 80 0 {wide - 160} 800 re f" for wide in (500, 1000)]
    shapes = "".join("/half" if char.isascii() else "/full" for char in chars)
    pages = " ".join(f"{7 + 2 * number} 0 R" for number in range(len(sheets)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(sheets)}/Kids[{pages}]>>",
        "<</Type/Font/Subtype/Type3/FontBBox[0 -140 1000 860]/FontMatrix[0.001 0 0 0.001 0 0]"
        "/CharProcs<</half 4 0 R/full 5 0 R>>"
        f"/Encoding<</Differences[1 {shapes}]>>/FirstChar 1/LastChar {len(chars)}"
        f"/Widths[{' '.join(str(round(width(char, 1000))) for char in chars)}]/ToUnicode 6 0 R>>",
        *(f"<</Length {len(text)}>>stream\n{text}\nendstream" for text in (*boxes, to_unicode)),
    ]
    for number, sheet in enumerate(sheets):
        content = "\n".join(
            drawn
            if isinstance(drawn, str)
            else f"BT /F1 {drawn[0]} Tf {drawn[1]} Tm <{bytes(codes[char] for char in drawn[2]).hex()}> Tj ET"
            for drawn in sheet.drawn
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {sheet.width} {sheet.height}]/Rotate {sheet.rotate}"
            f"/Resources<</Font<</F1 3 0 R>>>>/Contents {8 + 2 * number} 0 R>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    data = b"%PDF-1.7\n"
    places: list[int] = []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{'11' * 32}>/U<{'22' * 32}>/P -4>>/ID[<00><00>]" if encrypt else ""
    return data + f"trailer<</Size {len(objects) + 1}/Root 1 0 R{locked}>>\nstartxref\n{start}\n%%EOF".encode()


def blocks(*sheets: Sheet) -> tuple[Block, ...]:
    return read(document(*sheets))[1]


def texts(*sheets: Sheet) -> list[str]:
    """The text of every paragraph; `TABLE` for a table."""
    return ["TABLE" if block.table else block.text for block in blocks(*sheets)]


def tables(found: Iterable[Block]) -> list[list[list[str]]]:
    """The texts of every table by row; checks that offsets and text agree, and that cells tile the grid."""
    grids: list[list[list[str]]] = []
    for block in found:
        if block.table is None:
            continue
        places: list[tuple[int, int]] = []
        for cell in block.table.cells:
            assert block.text[cell.char_start : cell.char_end] == cell.text
            places += [
                (row, col)
                for row in range(cell.row_no, cell.row_no + cell.row_span)
                for col in range(cell.col_no, cell.col_no + cell.col_span)
            ]
        height, width = max(row for row, _ in places) + 1, max(col for _, col in places) + 1
        assert sorted(places) == [(row, col) for row in range(height) for col in range(width)]
        grids.append([[cell.text for cell in row] for row in block.table.rows()])
    return grids


def spans(block: Block) -> dict[str, tuple[int, int, int, int]]:
    """Where each text of a table stands: row, column, rows and columns spanned."""
    assert block.table is not None
    return {
        cell.text: (cell.row_no, cell.col_no, cell.row_span, cell.col_span) for cell in block.table.cells if cell.text
    }


def prose(sheet: Sheet, top: float, *lines: str, left: float = 72, size: float = 12, pitch: float = 20) -> Sheet:
    """Lines of text below each other; a leading ideographic space indents by an em."""
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip("\u3000"))
        sheet.text(left + indent * size, top + number * pitch, line.strip("\u3000"), size)
    return sheet


FULL = "本年收入合计一百二十八万元其中财政拨款收入占百分之九十九其他收入占百"  # 35 characters
INDENTED = FULL[:-2]

XS = [60.0, 200.0, 320.0, 440.0]
ROWS = [["项目", "预算数", "决算数"], ["基本支出", "1,200.00", "1,180.50"], ["合计", "1,200.00", "1,180.50"]]
