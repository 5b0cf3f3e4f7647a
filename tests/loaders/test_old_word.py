"""Old word processor files: LibreOffice converts them; where it is not installed, the refusal says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from packages import compound, docx, p, refusal_of

from loaders.document import Unreadable
from loaders.formats import old_word, read_bytes
from loaders.formats.old_word import read

DOC = compound({"WordDocument": b"\xec\xa5".ljust(5000, b"\0"), "1Table": b""})


def program(folder: Path, script: str) -> None:
    """A stand-in for LibreOffice, alone on the path with the shell's own tools."""
    (folder / "soffice").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "soffice").chmod(0o755)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A folder that comes first on PATH, where no LibreOffice is found."""
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / name) if (tmp_path / name).exists() else None)
    return tmp_path


def test_an_old_document_without_libreoffice_says_what_to_install(path):
    with pytest.raises(Unreadable, match="LibreOffice") as caught:
        read(DOC)
    assert caught.value.reason == "needs_libreoffice"


def test_an_old_document_is_converted_with_a_profile_of_its_own_and_leaves_nothing_behind(path):
    converted = path / "converted.docx"
    converted.write_bytes(docx(p("旧文档")))
    program(path, f'echo "$@" > {path}/arguments; pwd > {path}/folder; cp {converted} "$PWD/document.docx"')
    assert [block.text for block in read(DOC).blocks] == ["旧文档"]
    arguments = (path / "arguments").read_text()
    folder = (path / "folder").read_text().strip()
    assert f"-env:UserInstallation=file://{folder}/profile --headless" in arguments
    assert "--convert-to docx" in arguments
    assert not Path(folder).exists()


def test_a_document_that_libreoffice_cannot_convert_is_refused(path):
    program(path, "exit 1")
    assert refusal_of(lambda: read(DOC)) == "conversion_failed"


def test_a_conversion_that_takes_too_long_is_ended_with_its_children(path, monkeypatch):
    monkeypatch.setattr(old_word, "_CONVERSION_SECONDS", 0.5)
    program(path, f"sleep 60 & echo $! > {path}/child; wait")
    assert refusal_of(lambda: read(DOC)) == "conversion_failed"
    child = int((path / "child").read_text())
    status = Path(f"/proc/{child}/stat")
    assert not status.exists() or ") Z" in status.read_text()


@pytest.mark.parametrize("data", [DOC, b"{\\rtf1\\ansi}"], ids=["doc", "rtf"])
def test_old_documents_are_told_by_their_content(path, data):
    document = read_bytes(data, Path("决算.docx"))
    assert (document.format, document.reason) == ("doc" if data is DOC else "rtf", "needs_libreoffice")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-writer)")
@pytest.mark.parametrize(("suffix", "form"), [("doc", "MS Word 97"), ("rtf", "Rich Text Format")])
def test_libreoffice_itself_converts_an_old_document(tmp_path, suffix, form):
    source = tmp_path / "源.html"
    cells = "<tr><td>项目</td><td>金额</td></tr><tr><td>合计</td><td>1.20</td></tr>"
    source.write_text(f"<meta charset=utf-8><p>某局部门决算</p><table border=1>{cells}</table>", encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless"]
    command += ["--convert-to", f"{suffix}:{form}", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    assert [block.text for block in read((tmp_path / f"源.{suffix}").read_bytes()).blocks] == [
        "某局部门决算",
        "项目\t金额\n合计\t1.20",
    ]
