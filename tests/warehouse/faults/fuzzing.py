"""What a worker does with a file, watched: whatever the bytes, it is read or refused, and nothing else happens.

`Watched.outcome` is for any driver. As a program: `fuzzing.py FOLDER INPUTS SEED` reads inputs made by chance in this
process with the limits of a worker, `fuzzing.py FOLDER INPUTS SEED atheris` lets Atheris choose which mutants to keep
by the code of the loaders that they reach; each prints JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import re
import resource
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "loaders"), str(Path(__file__).parent)]

# What one input may take: seconds of processor time, seconds until the process is given up, bytes of data.
SECONDS, HANGING, BYTES = 20.0, 120.0, 1536 * 1024 * 1024
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate"}
_REASONS = re.compile(r"^\| (`[a-z_`, ]+`) \|", re.MULTILINE)


class ForbiddenError(BaseException):
    """Something that no reader may do; no handler in the readers catches it."""


def reasons() -> set[str]:
    """The reasons why files are not read, as documented."""
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    section = text.split("## Files that are not read")[1].split("\n## ")[0]
    return {name.strip("` ") for group in _REASONS.findall(section) for name in group.split(",")}


def corpus(folders: tuple[Path, ...] = ()) -> dict[str, bytes]:
    """Files to begin with: the samples, small ones of every format, and those of other folders that are not large."""
    from pdf_sheets import Sheet, document
    from test_damage import WHOLE
    from test_excel_xml import ROWS, book

    found = {f"small.{kind}": data for kind, data in WHOLE.items()}
    page = Sheet().text(72, 90, "某局2024年度部门决算").text(72, 120, "收入合计3.50万元。")
    page.table((72, 200, 300), 150, [("项目", "金额"), ("基本支出", "1,234.50"), ("项目支出", "0.5")])
    found["small.pdf"] = document(page, page)
    found["small.rtf"] = rb"{\rtf1\ansi {\b 2021} 1,234.50}"
    found["small.excel_xml"] = book("".join(ROWS) if not isinstance(ROWS, str) else ROWS).encode()
    found["small.png"] = (ROOT / "tests" / "loaders" / "scan.png").read_bytes()
    for folder in (ROOT / "seeds" / "reports", *folders):
        for path in sorted(folder.iterdir()):
            if path.stat().st_size <= 250_000:
                found[path.name] = path.read_bytes()
    return found


class Watched:
    """A worker's reader in this process, and what it may not do."""

    def __init__(self, folder: Path) -> None:
        """Everything that is written goes below `folder`."""
        from loaders.formats import ocr
        from warehouse.reading.cache import DocumentCache
        from warehouse.reading.worker import Reader

        self.folder = folder
        self.known = reasons()
        self.forbidden: list[str] = []
        self.is_watching = False
        ocr._missing = lambda: "not in these tests"  # a page takes seconds, and what it reads is no document's fault
        shutil.which = lambda *_, **__: None  # LibreOffice is a process of its own
        self.reader = Reader(ROOT / "seeds", DocumentCache(folder / "cache"), lambda _: None)
        sys.addaudithook(self._hook)

    def outcome(self, data: bytes) -> str:
        """`loaded`, `partial`, or the reason of the refusal. Raises whatever goes wrong, AssertionError included."""
        from warehouse.reading.messages import Done, Task

        (self.folder / "input").write_bytes(data)
        self.forbidden.clear()
        task = Task(0, os.fsencode(self.folder / "input"), "input", str(self.folder / "rows"), len(data))
        started = time.process_time()
        self.is_watching = True
        try:
            done = self.reader.run(task)
        finally:
            self.is_watching = False
        seconds = time.process_time() - started
        assert not self.forbidden, self.forbidden
        assert isinstance(done, Done), done
        assert seconds < SECONDS, f"{seconds:.1f} s"
        assert done.documents
        for document in done.documents:
            assert document.reason is None or document.status == "partial" or document.reason in self.known, document
            assert (document.status == "loaded") == (document.reason is None), document
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        first = done.documents[0]
        kind = first.reason if first.status == "rejected" else str(first.status)
        return f"{kind}" if len(done.documents) == 1 else "archive"

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_watching:
            return
        is_forbidden = event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn"))
        if event in _CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            is_forbidden = not self._is_ours(arguments[0])
        if is_forbidden:
            self.forbidden.append(f"{event} {arguments}")
            raise ForbiddenError(self.forbidden[-1])

    def _is_ours(self, path: Any) -> bool:
        return isinstance(path, int) or Path(os.fsdecode(path)).resolve().is_relative_to(self.folder.resolve())


def _by_chance(watched: Watched, begins: dict[str, bytes], inputs: int, seed: int, say: Any) -> None:
    """Inputs number 0 to `inputs`, each made by a seed of its own."""
    from mutations import mutate

    names, contents = sorted(begins), [begins[name] for name in sorted(begins)]
    # Small files more often: as much goes wrong in them, in less time.
    weights = [1 / max(len(content), 2000) ** 0.4 for content in contents]
    for number in range(inputs):
        chance = random.Random(f"{seed}-{number}")
        (at,) = chance.choices(range(len(names)), weights)
        data = mutate(contents[at], chance, contents)
        faulthandler.dump_traceback_later(HANGING, exit=True)
        say(number, names[at].rpartition(".")[2], data, watched)
        faulthandler.cancel_dump_traceback_later()


def _main(arguments: list[str]) -> None:
    folder, inputs, seed = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    uses_atheris = "atheris" in arguments
    shared = ROOT.parent / "shared" / "reports"
    begins = corpus(tuple(path for path in (shared / "seeds", shared / "published") if path.is_dir()))
    if uses_atheris:
        import atheris

        with atheris.instrument_imports(include=["loaders"]):
            import loaders.interpret
            import loaders.landing  # noqa: F401
    watched = Watched(folder)
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    told: dict[str, Any] = {"inputs": 0, "slowest": 0.0, "largest": 0}
    outcomes, kinds = Counter[str](), Counter[str]()
    failures: list[dict[str, Any]] = []

    def say(number: int, kind: str, data: bytes, watched: Watched) -> None:
        started = time.process_time()
        try:
            outcomes[watched.outcome(data)] += 1
        except BaseException as error:
            import traceback

            if isinstance(error, KeyboardInterrupt):
                raise
            last = traceback.extract_tb(error.__traceback__)[-1]
            kept = folder / f"failure-{number}"
            kept.write_bytes(data)
            failures.append(
                {
                    "input": str(kept),
                    "error": f"{type(error).__name__}: {error}"[:300],
                    "at": f"{last.filename}:{last.lineno}",
                }
            )
        told["inputs"] += 1
        kinds[kind] += 1
        told["slowest"] = max(told["slowest"], time.process_time() - started)
        told["largest"] = max(told["largest"], len(data))
        if told["inputs"] % 100 == 0 or told["inputs"] == inputs:
            told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            report = told | {"outcomes": outcomes, "kinds": kinds, "failures": failures}
            (folder / "told.json").write_text(json.dumps(report), encoding="utf-8")

    if not uses_atheris:
        _by_chance(watched, begins, inputs, seed, say)
        return
    from mutations import mutate

    contents = [begins[name] for name in sorted(begins)]
    (folder / "corpus").mkdir()
    for name, data in begins.items():
        (folder / "corpus" / name).write_bytes(data)

    def one(data: bytes) -> None:
        say(told["inputs"], _looks_like(data), data, watched)

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        made = atheris.Mutate(data, most) if chance.random() < 0.2 else mutate(data, chance, contents)
        return made[:most]

    options = [f"-runs={inputs}", f"-seed={seed}", "-max_len=400000", f"-timeout={int(HANGING)}", "-rss_limit_mb=0"]
    options += [f"-artifact_prefix={folder}/", "-print_final_stats=1", "-len_control=0"]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], one, custom_mutator=mutator)
    atheris.Fuzz()


def _looks_like(data: bytes) -> str:
    """A format, roughly, by how an input begins."""
    begins = {b"PK": "zip", b"%PDF": "pdf", b"\xd0\xcf": "ole", b"<": "tags", b"{\\rtf": "rtf", b"\x89PNG": "png"}
    return next((kind for magic, kind in begins.items() if data.lstrip().startswith(magic)), "text")


if __name__ == "__main__":
    _main(sys.argv[1:])
