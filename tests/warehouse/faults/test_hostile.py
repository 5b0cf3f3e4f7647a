"""Files and names made to do harm: each is read or refused, and the build goes on as if it were any other."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from fuzzing import ROOT, reasons

from warehouse.build import BuildResult, build
from warehouse.reading.limits import Limits

Built = Callable[..., BuildResult]


def stored(*members: tuple[str, bytes]) -> bytes:
    """A zip archive; names may repeat."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def overlapping(count: int) -> bytes:
    """A zip whose many members are all the same bytes of it."""
    packed = bytearray(stored(("a", bytes(500_000))))
    at = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    directory = bytes(packed[at:end]) * count
    tail = bytearray(packed[end:])
    tail[8:20] = struct.pack("<HHII", count, count, len(directory), at)
    return bytes(packed[:at]) + directory + bytes(tail)


def declared(size: int) -> bytes:
    """A zip that says its member is so large."""
    packed = stored(("a.txt", b"1" * 1000))
    return packed.replace(struct.pack("<I", 1000), struct.pack("<I", size))


def nested(depth: int) -> bytes:
    """Zips in zips."""
    packed = b"1"
    for _ in range(depth):
        packed = stored(*((f"{n}.zip", packed) for n in range(4)))
    return packed


LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/">]>'
BOOK = '<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'


def office(kind: str, part: str, text: str) -> bytes:
    """A package of an office program with this part."""
    return stored(("[Content_Types].xml", b"<Types/>"), (f"{kind}/x", b""), (part, text.encode()))


def pdf(*objects: str) -> bytes:
    """A PDF of these objects, without a table of where they are."""
    body = "".join(f"{n} 0 obj{content}endobj\n" for n, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n".encode("latin-1")


def bomb() -> str:
    """A stream that is a thousand times as large."""
    import zlib

    packed = zlib.compress(b" " * 60_000_000, 9)
    return f"<</Length {len(packed)}/Filter/FlateDecode>>stream\n{packed.decode('latin-1')}\nendstream "


PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>"
CONTENT = {
    "nested zips": nested(5),
    "overlapping zip": overlapping(9_000),
    "hundred thousand members": overlapping(60_000),
    "more members than are counted": overlapping(65_000)[:-22] * 2,
    "large as declared": declared(0xFFFFFFF0),
    "laughs.docx": office("word", "word/document.xml", f"{LAUGHS}<a>&a11;</a>"),
    "laughs late.docx": office("word", "word/document.xml", f"<!--{'x' * 5000}-->{LAUGHS}<a>&a11;</a>"),
    "outside.docx": office("word", "word/document.xml", f"<!--{'x' * 5000}-->{OUTSIDE}<a>&x;&y;</a>"),
    "laughs.xlsx": office("xl", "xl/workbook.xml", f"{LAUGHS}<workbook>&a11;</workbook>"),
    "laughs.xml": f"<?xml version='1.0'?>{LAUGHS}{BOOK}<Worksheet>&a11;</Worksheet></Workbook>".encode(),
    "outside.xml": f"<?xml version='1.0'?>{BOOK}<Worksheet>&x;</Worksheet></Workbook>{OUTSIDE}".encode(),
    "laughs.html": f"{LAUGHS}<html><body><p>支出&a11;万元，&x;</p></body></html>".encode(),
    "outside.html": f"{OUTSIDE}<html><body><svg><text>&x;</text></svg><p>支出3万元</p></body></html>".encode(),
    "deep.html": b"<html><body>" + b"<div>" * 100_000 + "支出3万元".encode(),
    "deep tables.html": b"<html><body>" + b"<table><tr><td>" * 5_000 + b"1",
    "wide cells.html": b"<table>" + b"<tr><td colspan=999999999 rowspan=999999999>1</td></tr>" * 50 + b"</table>",
    "endless number": "某局2024年度部门决算\n支出合计".encode() + b"9" * 400_000 + "万元。\n".encode(),
    "endless line.csv": "项目,金额\n".encode() + b"1," * 2_000_000,
    "endless quote.csv": '项目,金额\n甲,"'.encode() + b"x,\n" * 500_000,
    "endless styles.html": b"<style>" + b"a" * 300_000 + b"/*" * 100_000 + b"@a-" * 100_000 + b"</style><p>1",
    "endless style.html": b"<p style='top:" + b"1" * 300_000 + b"x'>" + "支出3万元".encode(),
    "endless digits": "支出合计3万元。\n".encode() + b"1 " * 50_000,
    "endless words": "支出合计3万元。\n".encode() + "甲5乙".encode() * 20_000,
    "endless list": "支出合计3万元。\n".encode() + "会议费、培训费分别".encode() * 10_000 + "3万元。".encode(),
    "endless reasons": "支出合计3万元。\n".encode() + "原因增加".encode() * 50_000 + "3万元。".encode(),
    "endless brackets": "支出合计3万元。\n".encode() + "（2022年）".encode() * 900 + "（".encode() * 50_000,
    "endless authors": "昆明市财政局、《通知》".encode() * 20_000 + "昆明市财政局、".encode() * 20_000,
    "endless deeds": ("项目支出绩效自评报告\n项目名称：甲乙丙丁工程\n" + "现已" * 50_000 + "3万元。").encode(),
    "endless title.html": b"<title>" + "全市".encode() * 100_000 + "</title><p>支出3万元".encode(),
    "endless rows.html": b"<table><tr><td>x<td>y" + "<tr><td>合计<td>".encode() + b"9" * 100_000 + b"<tr><td>x<td>12%",
    "endless indents": "支出合计3万元。\n".encode() + b"\tx\n" * 50_000,
    "loop of pages.pdf": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"),
    "endless pages.pdf": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 2147483647>>", PAGE),
    "bomb.pdf": pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, bomb()),
    "deep.pdf": pdf("[" * 100_000),
    "junk.rtf": b"{\\rtf1" + b"{" * 100_000 + b"\\bin99999999 " + b"\xff" * 100,
    "junk.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5_000,
    "loop.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + bytes.fromhex("3e000300feff0900") + bytes(500),
}  # fmt: skip
READ = """
import resource, shutil, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from loaders import vocabulary
from loaders.formats import read_all
from loaders.interpret import Interpreter
from loaders.landing import content_rows
shutil.which = lambda *_: None
sys.addaudithook(lambda event, _: sys.exit(event) if event.startswith(("socket.", "subprocess.")) else None)
limit = 1536 << 20
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
interpreter = Interpreter(vocabulary.load(Path(sys.argv[1]) / "seeds"))
for path in sorted(Path(sys.argv[2]).iterdir()):
    print(path.name, end=":", flush=True)
    seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    said = set()
    for document in read_all(path):
        content_rows(document, interpreter.interpret(document))
        said.add(document.reason or "loaded")
        assert not any("root:" in block.text or "haha" * 9 in block.text for block in document.blocks)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - seconds < 60
    print(*sorted(said), sep=",", flush=True)
"""


def test_hostile_content_is_read_or_refused_in_little_memory(tmp_path: Path) -> None:
    """In one process with the limit of a worker: no entity is expanded, no file of the machine is read."""
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    run = subprocess.run(
        [sys.executable, "-c", READ, str(ROOT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout.splitlines()[-1:] + run.stderr.splitlines()[-5:]
    said = dict(line.split(":") for line in run.stdout.splitlines())
    assert said.keys() == CONTENT.keys()
    known = reasons() | {"loaded", "damaged_text"}
    assert {name: reason for name, reason in said.items() if not set(reason.split(",")) <= known} == {}
    for name in ("nested zips", "overlapping zip", "hundred thousand members", "large as declared"):
        assert said[name].startswith("archive_too") or said[name] == "damaged_file", name


# Names and what is no file

NAMES = [
    "[bold red]红[bold].txt",
    "<script>alert(1)<script>.txt",
    "<img src=x onerror=alert(1)>.txt",
    "\x1b[2J\x1b]0;title\x07.txt",
    "\u202etxt.exe.txt",
    "new\nline.txt",
    "' or 1=1 --.txt",
    "长" * 80 + ".txt",
    "{{ 7 * 7 }}{% raw %}.txt",
    "&lt;b&gt;&amp;.txt",
    "$(touch owned).txt",
    "-rf.txt",
]
REPORT = "云岭市{}局2021年度部门决算\n2021年度本年支出合计100万元，其中：基本支出60万元，项目支出90万元。\n"


@pytest.fixture
def hostile(reports: Path) -> Path:
    """Files with such names, and what is in a folder and no file."""
    for number, name in enumerate(NAMES):
        (reports / name).write_text(REPORT.format(f"第{number}"), encoding="utf-8")
    with open(os.fsencode(reports) + b"/\xff\xfe\xcc.txt", "wb") as file:  # noqa: PTH123 - Path has no bytes
        file.write(REPORT.format("无名").encode())
    os.mkfifo(reports / "pipe")
    (reports / "loop").symlink_to("loop")
    (reports / "around").symlink_to(reports)
    (reports / "nowhere").symlink_to("/no/such/file")
    (reports / "zero").symlink_to("/dev/zero")
    (reports / "shut").mkdir()
    members = [("../up.txt", 1), ("/etc/x.txt", 2), ("a/../../b.txt", 3), (".", 4), ("same.txt", 5), ("same.txt", 6)]
    members += [("[red]x[/red].txt", 7), ("<b>.txt", 8), ("n\nl.txt", 9), ("e\x1b[2J.txt", 10), ("长" * 4096, 11)]
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed = stored(*((name, REPORT.format(f"包{number}").encode()) for name, number in members))
    (reports / "pack.zip").write_bytes(packed)
    return reports


def test_a_folder_of_hostile_names_is_built_and_told_harmlessly(built: Built, hostile: Path, tmp_path: Path) -> None:
    """Nothing is written outside the warehouse's folder; the terminal gets no command, and reports no tag."""
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as bound:
        os.chdir(hostile)  # the name of a socket may not be long
        bound.bind("socket")
        os.chdir(here)
    before = {*tmp_path.iterdir(), *hostile.iterdir(), *here.iterdir()}
    result = built()
    assert {*tmp_path.iterdir(), *hostile.iterdir(), *here.iterdir()} - before == {tmp_path / "w"}
    assert result.documents == 3 + len(NAMES) + 1 + 11 + len(result.rejected)
    refused = {each.file_name: each.reason for each in result.rejected}
    assert refused == {
        "pipe": "unreadable",
        "loop": refused["loop"],
        "nowhere": "missing",
        "zero": "unreadable",
        "socket": "unreadable",
    }
    assert refused["loop"] in ("missing", "unreadable")
    assert built().is_unchanged
    with duckdb.connect(result.warehouse, read_only=True) as connection:
        names = [row[0] for row in connection.execute("select file_name from raw.document").fetchall()]
    assert set(NAMES) <= set(names)


def test_folders_deeper_than_python_recurses_are_walked(reports: Path, built: Built) -> None:
    here = os.open(reports, os.O_RDONLY)
    try:
        for _ in range(1500):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        file = os.open("deep.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(file, REPORT.format("深").encode())
        os.close(file)
    finally:
        os.close(here)
    try:
        result = built()
    finally:
        subprocess.run(["rm", "-rf", str(reports / "d")], check=True)
    assert (result.documents, result.rejected) == (4, ())


@pytest.mark.parametrize("told", ["print", "out"])
def test_the_terminal_gets_no_command_from_a_name(
    reports: Path, built: Built, capsys: pytest.CaptureFixture[str], told: str
) -> None:
    """Nor from JSON and CSV, which are not laid out."""
    (reports / "\x1b[2J\x9b2J\u202e.bin").write_bytes(b"\0" * 100)
    warehouse = built().warehouse
    with duckdb.connect(warehouse, read_only=True) as connection:
        path = connection.execute("select path from raw.document where status = 'rejected'").fetchall()[0][0]
    assert "\x1b" in path
    from warehouse.cli.common import stdout

    capsys.readouterr()
    getattr(stdout, told)(path)
    said = capsys.readouterr().out
    assert said.count("\ufffd") == 3
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)


def test_a_library_that_ends_the_process_costs_only_its_file(
    reports: Path, root: Path, only_raw: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a fault in pdfium or lxml would: a wild pointer in the middle of a file, in a real worker."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(
        "import ctypes, sys\n"
        "if 'warehouse.reading.worker' in ' '.join(sys.orig_argv):\n"
        "    from loaders import formats\n"
        "    wild = lambda form: type(form)('pdf', form.magic, lambda _: ctypes.string_at(8))\n"
        "    broken = lambda form: wild(form) if form.name == 'pdf' else form\n"
        "    formats._FORMATS = tuple(map(broken, formats._FORMATS))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(hooks))
    (reports / "broken.pdf").write_bytes(b"%PDF-1.4")
    result = build([reports], tmp_path / "w" / "w.duckdb", root, limits=Limits(jobs=1))
    assert {each.file_name: each.reason for each in result.rejected} == {"broken.pdf": "reader_crashed"}
    assert "SIGSEGV" in result.rejected[0].message
    assert result.documents == 4
