"""Scans and pictures: text, tables and certainty as they are recognised; and what happens without the extra `ocr`."""

from __future__ import annotations

import io
import os
import socket
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pdf_sheets import Sheet, document, tables

from loaders.document import Block, Document, Status
from loaders.formats import ocr, read_bytes

# A sheet printed in a Chinese typeface and copied a little askew: title, prose, and a table with merged headings.
SCAN = Path(__file__).with_name("scan.png")
SCANNED_TABLE = [
    ["收入", "支出"],
    ["项目", "决算数", "项目", "决算数"],
    ["财政拨款收入", "1,200.00", "文化旅游体育与传媒支出", "1,000.15"],
    ["事业收入", "30.50", "社会保障和就业支出", "120.05"],
    ["其他收入", "4.06", "住房保障支出", "60.00"],
    ["本年收入合计", "1,234.56", "本年支出合计", "1,180.20"],
]

FIGURES = [
    ["A", "Total", "Basic", "Project"],
    ["Tax", "83,645.31", "3,645.31", "80,000.00"],
    ["Fee", "-9.07", "0", "-9.07"],
    ["Net", "83,636.24", "3,645.31", "79,990.93"],
]


def opened(data: bytes) -> Document:
    return read_bytes(data, Path("扫描.pdf"))


def of_picture(width: int, height: int, pixels: bytes, box: tuple[int, int, int, int] = (0, 0, 595, 842)) -> str:
    """Instructions of a PDF page that paint a grey picture into a box (left, bottom, width, height)."""
    left, bottom, wide, high = box
    packed = zlib.compress(pixels).hex()
    return (
        f"q {wide} 0 0 {high} {left} {bottom} cm BI /W {width} /H {height} /CS /G /BPC 8 /F [/AHx /Fl] ID\n"
        f"{packed}>\nEI Q"
    )


def scanned(box: tuple[int, int, int, int] = (0, 0, 595, 842)) -> str:
    """A picture with something on it, for tests that read none of it."""
    pixels = bytearray(b"\xff" * 100 * 100)
    for row in range(20, 80, 6):
        pixels[row * 100 + 10 : row * 100 + 90] = b"\0" * 80
    return of_picture(100, 100, bytes(pixels), box)


def page_of(*drawn: str) -> Sheet:
    sheet = Sheet()
    sheet.drawn += drawn
    return sheet


# Without the extra


@pytest.mark.usefixtures("without_ocr")
def test_a_scan_is_refused_with_what_to_install():
    refused = opened(document(page_of(scanned())))
    assert (refused.status, refused.reason) == (Status.REJECTED, "needs_ocr")
    assert "pip install 'gouji[ocr]'" in (refused.message or "")
    assert refused.blocks == ()


@pytest.mark.usefixtures("without_ocr")
def test_scanned_pages_among_others_are_said_to_be_missing():
    text = Sheet().text(60, 100, "支出3万元。")
    partial = opened(document(text, page_of(scanned()), text, page_of(scanned())))
    assert (partial.status, partial.reason) == (Status.PARTIAL, "needs_ocr")
    assert "第 2、4 页" in (partial.message or "")
    assert "pip install 'gouji[ocr]'" in (partial.message or "")
    assert [block.page for block in partial.blocks] == [1, 3]
    assert [(omission.reason, omission.count, omission.page) for omission in partial.omissions] == [("needs_ocr", 2, 2)]


@pytest.mark.usefixtures("without_ocr")
def test_headers_and_page_numbers_make_no_text_of_a_scan():
    stamped = page_of(scanned()).text(60, 40, "某某扫描软件").text(290, 820, "— 1 —")
    assert opened(document(stamped)).reason == "needs_ocr"


@pytest.mark.usefixtures("without_ocr")
def test_a_picture_below_text_that_takes_much_of_the_page_is_missing_too():
    partial = opened(document(page_of(scanned((50, 50, 495, 600))).text(60, 100, "附表如下。")))
    assert (partial.status, partial.reason) == (Status.PARTIAL, "needs_ocr")
    assert [block.text for block in partial.blocks] == ["附表如下。"]


@pytest.mark.usefixtures("without_ocr")
@pytest.mark.parametrize(
    "sheet",
    [
        page_of(scanned((50, 500, 300, 200))).text(60, 100, "正文如下。"),
        page_of(scanned()).text(60, 300, "正文印在底图上。"),
        page_of(of_picture(1, 1, b"\xff")).text(60, 40, "正文。"),
    ],
    ids=["a chart", "a background", "a blank sheet"],
)
def test_other_pictures_are_nothing_that_is_missing(sheet):
    assert opened(document(sheet, Sheet().text(60, 100, "正文。"))).status is Status.LOADED


# With it: figures drawn in the font that the image library brings along


@pytest.fixture(scope="module")
def pictures(with_ocr: None) -> Any:
    """The image library, which comes with the extra."""
    return pytest.importorskip("PIL.Image")


class Paper:
    """A sheet to draw on with coordinates in points, as large as half of A4; `dots` an inch."""

    def __init__(self, pictures: Any, dots: int = 120, colour: str = "white") -> None:
        from PIL import ImageDraw

        self.scale = dots / 72
        self.image = pictures.new("RGB", (round(595 * self.scale), round(421 * self.scale)), colour)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: float = 11, anchor: str = "lm", fill: str = "black") -> Paper:
        from PIL import ImageFont

        font = ImageFont.load_default(round(size * self.scale))
        self._draw.text((x * self.scale, y * self.scale), text, font=font, fill=fill, anchor=anchor)
        return self

    def line(self, *points: float) -> Paper:
        self._draw.line([point * self.scale for point in points], fill="black", width=max(round(0.7 * self.scale), 1))
        return self

    def sealed(self, pictures: Any, x: float, y: float) -> Paper:
        """The sheet with a red seal over it, through which black ink shows."""
        from PIL import ImageChops

        seal = Paper(pictures).text(x, y, "SEAL OF FINANCE", 11, "mm", fill="#e13c3c")
        for radius in (55, 52):
            box = [(at + side * radius) * self.scale for side in (-1, 1) for at in (x, y)]
            seal._draw.ellipse(box, outline="#e13c3c", width=4)
        seal.image = ImageChops.multiply(self.image, seal.image)
        return seal

    def table(self, rows: Sequence[Sequence[str]], *, ruled: bool = True) -> Paper:
        """Names on the left, figures at the right of their cells."""
        xs = [60.0, 180.0, 300.0, 420.0, 535.0]
        ys = [100.0 + 30 * number for number in range(len(rows) + 1)]
        if ruled:
            for x in xs:
                self.line(x, ys[0], x, ys[-1])
            for y in ys:
                self.line(xs[0], y, xs[-1], y)
        for row, y in zip(rows, ys, strict=False):
            self.text(xs[0] + 5, y + 15, row[0])
            for right, text in zip(xs[2:], row[1:], strict=True):
                self.text(right - 5, y + 15, text, anchor="rm")
        return self

    def saved(self, kind: str = "PNG", **options: Any) -> bytes:
        file = io.BytesIO()
        self.image.save(file, kind, **options)
        return file.getvalue()


@pytest.fixture(scope="module")
def sheet_of_figures(pictures: Any) -> Paper:
    return Paper(pictures).text(297, 60, "Report 2024", 16, "mm").table(FIGURES)


def rows_of(found: Document) -> list[list[str]]:
    (only,) = tables(found.blocks)
    return only


def test_every_cell_of_a_ruled_table_is_recognised_and_says_how_certainly(sheet_of_figures):
    found = opened(sheet_of_figures.saved())
    assert (found.format, found.status, found.title) == ("image", Status.LOADED, "Report 2024")
    assert rows_of(found) == FIGURES
    block = next(block for block in found.blocks if block.table)
    assert block.ocr is not None
    assert block.table is not None
    for cell in block.table.cells:
        confidence = block.ocr.confidence(cell.char_start, cell.char_end)
        assert confidence is not None
        assert 50 <= confidence <= 100
        assert block.ocr.recognised(block.text, cell.char_start, cell.char_end) is None
    assert all(block.page == 1 for block in found.blocks)


@pytest.mark.parametrize("angle", [90, 180, -2])
def test_sheets_that_lie_on_their_side_or_askew_are_read_upright(sheet_of_figures, angle):
    turned = Paper.__new__(Paper)
    turned.image = sheet_of_figures.image.rotate(angle, expand=True, fillcolor="white", resample=3)
    assert rows_of(opened(turned.saved())) == FIGURES


def test_columns_without_rules_are_told_by_their_alignment(pictures):
    assert rows_of(opened(Paper(pictures).table(FIGURES, ruled=False).saved()))[1:] == FIGURES[1:]


def test_a_red_seal_is_taken_off_the_figures_below_it(pictures):
    found = opened(Paper(pictures).table(FIGURES).sealed(pictures, 340, 160).saved("JPEG", quality=85))
    assert rows_of(found) == FIGURES


def test_a_red_letterhead_is_no_seal(pictures):
    found = opened(Paper(pictures).text(297, 60, "BUREAU OF FINANCE", 24, "mm", "#e13c3c").table(FIGURES).saved())
    assert found.blocks[0].text == "BUREAU OF FINANCE"


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_other_kinds_of_pictures_are_read_alike(sheet_of_figures, kind):
    assert rows_of(opened(sheet_of_figures.saved(kind))) == FIGURES


def test_what_is_transparent_is_paper(pictures, sheet_of_figures):
    ink = sheet_of_figures.image.convert("L").point(lambda grey: 255 - grey)
    clear = Paper.__new__(Paper)
    clear.image = pictures.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.image.putalpha(ink)
    assert rows_of(opened(clear.saved())) == FIGURES


def test_the_pages_of_a_tiff_file_are_pages(pictures, sheet_of_figures):
    second = Paper(pictures).text(60, 200, "Page two 45.60").image
    heard: list[tuple[int, int]] = []
    with ocr.watching(lambda page, pages: heard.append((page, pages))):
        found = opened(sheet_of_figures.saved("TIFF", save_all=True, append_images=[second]))
    assert [(block.page, block.text) for block in found.blocks if not block.table] == [
        (1, "Report 2024"),
        (2, "Page two 45.60"),
    ]
    assert heard == [(1, 2), (2, 2)]


def test_a_blank_picture_has_no_text(pictures):
    assert opened(Paper(pictures).saved()).reason == "no_text"


def test_a_picture_that_breaks_off_is_damaged(sheet_of_figures):
    data = sheet_of_figures.saved()
    assert opened(data[: len(data) // 2]).reason == "damaged_file"
    assert opened(data[:20]).reason == "damaged_file"


def test_a_picture_that_recognition_breaks_down_on_is_refused(sheet_of_figures, monkeypatch):
    from loaders.formats import ocr_engine

    def breaks_down(image: object) -> None:
        raise ocr_engine.failures()[1]("Traceback …\nout of memory")

    monkeypatch.setattr(ocr_engine, "spell", breaks_down)
    refused = opened(sheet_of_figures.saved())
    assert refused.reason == "ocr_failed"
    assert "out of memory" in (refused.message or "")


def test_pages_that_are_pictures_are_read_among_others(sheet_of_figures):
    grey = sheet_of_figures.image.convert("L")
    picture = of_picture(*grey.size, grey.tobytes(), (0, 421, 595, 421))
    found = opened(document(Sheet().text(60, 100, "支出3万元。"), page_of(picture)))
    assert (found.status, found.reason, found.omissions) == (Status.LOADED, None, ())
    assert [(block.page, block.ocr is None) for block in found.blocks] == [(1, True), (2, False), (2, False)]
    assert rows_of(found) == FIGURES


def test_reading_twice_gives_the_same_and_touches_no_network(sheet_of_figures, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert opened(sheet_of_figures.saved()) == opened(sheet_of_figures.saved())
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


# Chinese print


@pytest.fixture(scope="module")
def scan(with_ocr: None) -> Document:
    return opened(SCAN.read_bytes())


def test_a_scan_in_chinese_is_read_as_its_print(scan):
    assert (scan.status, scan.title) == (Status.LOADED, "清源县文化馆2024年度单位决算")
    assert [block.text for block in scan.blocks if not block.table] == [
        "清源县文化馆2024年度单位决算",
        "二、收入支出决算情况",
        "2024年度本年收入合计1,234.56万元，其中财政拨款收入1,200.00万元；"
        "本年支出合计1,180.20万元，比上年减少54.36万元，下降4.40%。",
        "收入支出决算总表",
        "公开01表",
        "单位：万元",
    ]
    assert rows_of(scan) == SCANNED_TABLE


def test_merged_headings_of_a_scan_span_their_columns(scan):
    table = next(block.table for block in scan.blocks if block.table)
    assert [(cell.text, cell.col_no, cell.col_span) for cell in table.rows()[0]] == [("收入", 0, 2), ("支出", 2, 2)]


# Published scans, checked by eye against the printed pages

PUBLISHED = Path(__file__).parents[3] / "shared" / "reports" / "published"


@pytest.fixture(scope="module")
def published(with_ocr: None) -> Callable[[str, int], Document]:
    """One page of a published scan."""
    import pypdfium2

    def page_of_scan(name: str, page: int) -> Document:
        path = PUBLISHED / name
        if not path.is_file():
            pytest.skip(f"no published report at {path}: they stand beside the repository, not in it")
        single, file = pypdfium2.PdfDocument.new(), io.BytesIO()
        single.import_pages(pypdfium2.PdfDocument(path), [page - 1])
        single.save(file)
        return opened(file.getvalue())

    return page_of_scan


def test_changsha_a_sideways_table_under_a_red_seal(published):
    found = published("changsha_2025_qt_7b0e2719.pdf", 3)
    assert [block.text for block in found.blocks[:3]] == [
        "附件：",
        "2025年普惠金融发展专项资金预算下达情况表",
        "单位：万元",
    ]
    assert rows_of(found)[3:] == [
        ["长沙市本级及所辖区小计", "22", "-53", "75", "3000", "2000", "1000", "3022", "1947", "1075", ""],
        ["市创业指导中心", "7.7", "-9.0", "16.7", "0", "0", "0", "7.7", "-9.0", "16.7", ""],
        ["岳麓区", "-4.9", "-14.0", "9.1", "0", "0", "0", "-4.9", "-14.0", "9.1", "岳麓区（湘江新区）"],
        ["芙蓉区", "-12.7", "-16.5", "3.8", "0", "0", "0", "-12.7", "-16.5", "3.8", ""],
        ["天心区", "-0.1", "-1.1", "1.0", "0", "0", "0", "-0.1", "-1.1", "1.0", ""],
        ["开福区", "-4.4", "-6.8", "2.4", "0", "0", "0", "-4.4", "-6.8", "2.4", ""],
        ["雨花区", "-3.7", "-15.3", "11.6", "0", "0", "0", "-3.7", "-15.3", "11.6", ""],
        ["望城区", "-1.8", "-5.7", "3.9", "0", "0", "0", "-1.8", "-5.7", "3.9", ""],
        ["长沙县", "41.9", "15.4", "26.5", "3000", "2000", "1000", "3041.9", "2015.4", "1026.5", ""],
    ]


def test_changsha_a_table_under_a_black_seal(published):
    rows = rows_of(published("changsha_2024_qt_0fd21605.pdf", 3))
    assert [row[1:4] for row in rows[1:]] == [
        ["367", "31", "398"],
        ["33.0", "2.8", "35.8"],
        ["73.0", "6.1", "79.1"],
        ["21.0", "1.8", "22.8"],
        ["7.0", "0.7", "7.7"],
        ["23.0", "1.9", "24.9"],
        ["48.0", "4.0", "52.0"],
        ["31.0", "2.6", "33.6"],
        ["131.0", "11.1", "142.1"],
    ]


def test_beijing_prose_with_a_comma_that_was_read_as_a_chinese_one(published):
    blocks: tuple[Block, ...] = published("bj_2026_ys_2835cde9.pdf", 5).blocks
    printed = "（一）本年财政拨款收入101,673.03万元"
    block = next(block for block in blocks if block.text == printed)
    assert block.ocr is not None
    assert block.ocr.recognised(block.text, 11, 21) == "101，673.03"
    assert blocks[1].text.startswith(
        "2026年度收入预算101,673.03万元，比2025年年初预算数99,003.18万元增加2,669.85万元，增长2.7%。"
    )
