"""Damaged, mislabelled and hostile files: each is read or refused with a reason, and takes neither memory nor time."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from packages import compound, docx, grid, old_workbook, p, record, sheet, tbl, tc, wide, workbook, zipped
from test_mhtml import PAGE, archive
from test_ods import cell, ods, row, table

from loaders.document import Document, Status
from loaders.formats import read_all, read_bytes

LABELS = [record(0x0204, b"\0\0\0\0\0\0" + wide("项目", "H")), record(0x0204, b"\0\0\1\0\0\0" + wide("预算数", "H"))]
TABLE = "<table><tr><td rowspan=2>项目</td><td colspan=2>金额</td></tr><tr><td>1.20</td><td>3</td></tr></table>"
WHOLE = {
    "docx": docx(p("某局部门决算") + tbl(tc("项目") + tc("金额"), tc("合计") + tc("1.20"))),
    "xlsx": workbook({"表": sheet([["项目", "金额"], ["合计", (1.2, 1)]], ("A1:A2",))}, ("0.00",)),
    "xls": old_workbook("表", LABELS),
    "ods": ods(table(row(cell("项目"), cell("金额")), row(cell("合计"), cell("1.20", stored="1.2")))),
    "doc": compound({"WordDocument": b"\xec\xa5".ljust(5000, b"\0"), "1Table": b""}),
    "html": f"<html><title>某局决算</title><body><p>支出3.50万元。</p>{TABLE}</body></html>".encode(),
    "mhtml": archive(("text/html", "8bit", PAGE.encode("gb18030"))),
    "txt": "某局2024年度部门决算\n收入128。\n93万元\n\t项目\n\t金额\n".encode("gb18030"),
    "csv": "项目,金额\n甲,1.20\n乙,2\n丙,3\n".encode(),
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>",
}


def sound(document: Document) -> bool:
    """Whether a document is one that may be landed: read with blocks that hold together, or refused with a reason."""
    if document.status is Status.REJECTED:
        return bool(document.reason and document.message) and not document.blocks
    for number, block in enumerate(document.blocks, 1):
        assert block.block_no == number
        assert block.table is None or grid(block)
    return bool(document.blocks) and (document.status is Status.LOADED or bool(document.reason and document.message))


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Converting takes seconds, and what LibreOffice makes of damage is not ours."""
    monkeypatch.setattr("shutil.which", lambda _: None)


# Files cut short and changed


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_short_anywhere_is_read_or_refused(kind, capfd):
    data = WHOLE[kind]
    for end in range(0, len(data), max(1, len(data) // 60)):
        assert sound(read_bytes(data[:end], Path("a")))


def changed(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them replaced, taken out, doubled or put elsewhere."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(content) + 1)
        length = chance.choice((1, 2, 4, 50))
        piece = content[at : at + length]
        kind = chance.randrange(4)
        if kind == 0:
            content[at : at + length] = chance.randbytes(len(piece))
        elif kind == 1:
            del content[at : at + length]
        elif kind == 2:
            content[at:at] = piece
        else:
            content[at : at + length] = chance.choice((b"\0", b"\xff", b"9", b"<", b'"')) * len(piece)
    return bytes(content)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A zip package with one of its members changed, so that the damage gets past the checksums."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    name = chance.choice(sorted(members))
    return zipped({**members, name: changed(members[name], chance)})


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_with_changed_bytes_is_read_or_refused(kind, capfd):
    chance = random.Random(kind)  # the same changes in every run
    for _ in range(60):
        data = changed(WHOLE[kind], chance)
        assert sound(read_bytes(data, Path("a")))
        if WHOLE[kind].startswith(b"PK"):
            assert sound(read_bytes(repacked(WHOLE[kind], chance), Path("a")))


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("name", ["决算.pdf", "决算.xls", "决算.txt"])
def test_the_name_of_a_file_has_no_say(kind, name):
    assert read_bytes(WHOLE[kind], Path(name)).format == kind


@pytest.mark.parametrize("data", [b"", b"\0", b"P", b"%", b"<", b"\xff", b"{", b"\t", b"1"])
def test_the_smallest_files_are_read_or_refused(data):
    assert sound(read_bytes(data, Path("a")))


# Files made to do harm

HOSTILE = """
import resource, struct, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from loaders.formats import read_all, read_bytes
from packages import column, docx, old_workbook, p, record, workbook, zipped

limit = 1 << 30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
far = "".join(f'<row r="{n}"><c r="{at}{n}"><v>1</v></c></row>' for at, n in (("A", 1), ("XFD", 1048576)))
nested = "<w:tbl><w:tr><w:tc>" * 2000
files = {
    "page with a wide table": b"<table>" + b"<tr><td colspan=100000 rowspan=100000>1</td></tr>" * 5000 + b"</table>",
    "deep page": b"<div>" * 50_000 + b"1",
    "swollen document": docx(" " * 40_000_000),
    "deep document": docx(nested),
    "swollen sheet": workbook({"1": "<sheetData>" + " " * 40_000_000}),
    "far cell": workbook({"1": f"<sheetData>{far}</sheetData>"}),
    "entities": zipped({"[Content_Types].xml": "", "word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
    "xls of one far cell": old_workbook("1", [record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 255, 0))]),
    "bomb": zipped({f"{n}": bytes(20_000_000) for n in range(3)}),
}
for name, data in files.items():
    path = Path(sys.argv[3]) / name
    path.write_bytes(data)
    print(name, [(document.status.value, document.reason) for document in read_all(path)], sep=": ")
"""
EXPECTED = {
    "page with a wide table": "too_large",
    "deep page": None,
    "swollen document": "archive_too_large",
    "deep document": "damaged_file",
    "swollen sheet": "archive_too_large",
    "far cell": "sheet_too_large",
    "entities": "damaged_file",
    "xls of one far cell": "damaged_file",
    "bomb": "archive_too_large",
}


def test_hostile_files_are_refused_within_a_gigabyte(tmp_path):
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-c", HOSTILE, str(here.parents[1]), str(here), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = dict(line.split(": ", 1) for line in run.stdout.splitlines())
    assert said == {
        name: str([("rejected", reason) if reason else ("loaded", None)] * (3 if name == "bomb" else 1))
        for name, reason in EXPECTED.items()
    }


def test_nothing_is_written_outside_or_inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"../b.txt": b"1", "/c.txt": b"2", "d/" * 200 + "e.txt": b"3", "长" * 5000: b"4"}))
    documents = list(read_all(path))
    assert [document.status for document in documents] == [Status.LOADED] * 4
    assert list(tmp_path.iterdir()) == [path]
    assert not (tmp_path.parent / "b.txt").exists()
