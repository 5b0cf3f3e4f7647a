"""Old word processor files (doc, wps, rtf): LibreOffice, where it is installed, makes docx files of them.

Takes the bytes of such a file, gives what `word` reads in the docx. LibreOffice runs in a temporary folder with a
profile of its own, fetches nothing that a document links to, runs nothing that is in it, and is ended when it takes
too long, or when whoever reads the document is ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from loaders.document import Content, Unreadable
from loaders.formats import word

_CONVERSION_SECONDS = 120
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item
oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>"""
# Runs a command, and ends it with itself when the reader, who holds the other end of its standard input, is gone: a
# reader may be killed at any moment, and LibreOffice would work on for nobody.
_KEEPER = """
import os, select, signal, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
while run.poll() is None:
    if select.select([0], [], [], 0.05)[0]:
        os.killpg(0, signal.SIGKILL)
"""


def read(data: bytes) -> Content:
    """The title and blocks of a doc, wps or rtf file.

    Raises Unreadable with reason `needs_libreoffice`, `conversion_failed`, or what `word.read` raises.
    """
    return word.read(_converted(data))


def _converted(data: bytes) -> bytes:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Unreadable(
            "needs_libreoffice",
            "读取旧版 Word（doc、wps、rtf）需要 LibreOffice：请安装 libreoffice-writer（命令 soffice 须在 PATH 中），"
            "或用 Word、WPS 另存为 docx",
        )
    with tempfile.TemporaryDirectory(prefix="gouji-") as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        (folder / "document.doc").write_bytes(data)
        command = [
            sys.executable,
            "-I",
            "-c",
            _KEEPER,
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
        ]
        command += ["--convert-to", "docx", "--outdir", name, str(folder / "document.doc")]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, cwd=name, start_new_session=True
        ) as run:
            try:
                run.wait(_CONVERSION_SECONDS)
            except subprocess.TimeoutExpired as error:
                message = f"LibreOffice 在 {_CONVERSION_SECONDS} 秒内没有转换完这个旧版 Word 文件；请另存为 docx"
                raise Unreadable("conversion_failed", message) from error
            finally:
                # soffice is a script: its children must go with it, also when this run is interrupted.
                if run.poll() is None:
                    os.killpg(run.pid, signal.SIGKILL)
        result = folder / "document.docx"
        if not result.is_file():
            raise Unreadable("conversion_failed", "LibreOffice 不能转换这个旧版 Word 文件，可能已损坏；请另存为 docx")
        return result.read_bytes()
