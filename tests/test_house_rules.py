"""The rules of the house, kept by tests: which way dependencies point, no network, exact names, files that stay small.

`tracked` are the files of the repository as `.gitignore` leaves them, so that nothing here needs git.
"""

from __future__ import annotations

import ast
import csv
import fnmatch
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders import seed_rows, version, vocabulary

ROOT = Path(__file__).parents[1]
PACKAGES = ("loaders", "warehouse")
SCHEMAS = "raw|staging|intermediate|marts|reference|meta"
NETWORK = {"socket", "socketserver", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib"}
# Modules that go out where an operator names an address, and nowhere else.
GO_OUT = {"warehouse/notify.py": {"httpx"}, "warehouse/sources/web.py": {"httpx", "socket"}}
LONGEST_MODULE, LONGEST_MODEL = 500, 150

# Spelled in pieces, so that this file does not hold what it forbids.
_ADDRESS = re.compile("|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "index" + "-url", r"//\w+:\w+@"]))
_MACHINE_PATH = re.compile(
    r"(?<![\w./])/(?:"
    + "|".join(["home", "Users", "root", "work", "private", "mnt"])
    + r")/\w|(?<!\w)[A-Z]:\\[A-Za-z]+\\"
)


def _ignored() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [".git", *(line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#"))]


def _tracked() -> Iterator[Path]:
    ignored = _ignored()
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored):
                continue
            if path.is_dir():
                folders.append(path)
            else:
                yield path


TRACKED = list(_tracked())
MODULES = [path for path in TRACKED if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PACKAGES]
MODELS = [path for path in TRACKED if path.suffix == ".sql" and path.relative_to(ROOT).parts[0] == "models"]
SEEDS = [path for path in TRACKED if path.suffix == ".csv" and path.relative_to(ROOT).parts[0] == "seeds"]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that a module imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}:{node.lineno}: a relative import"
            module = node.module or ""
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def test_there_is_something_to_keep() -> None:
    assert len(MODULES) > 40
    assert len(MODELS) > 30
    assert len(SEEDS) > 15
    assert not [path for path in TRACKED if ".venv" in path.parts or path.suffix == ".pyc"]


# Modules


@pytest.mark.parametrize("path", [path for path in MODULES if named(path).startswith("loaders/")], ids=named)
def test_loaders_do_not_know_the_warehouse(path: Path) -> None:
    assert [(line, name) for line, name in imports(path) if name.split(".")[0] == "warehouse"] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_uses_the_network(path: Path) -> None:
    """`urllib.parse` only takes addresses apart."""
    forbidden = NETWORK - GO_OUT.get(named(path), set())
    used = [(line, name) for line, name in imports(path) if name.split(".")[0] in forbidden]
    assert [each for each in used if not each[1].startswith("urllib.parse") and each[1] != "urllib"] == []


def test_only_the_command_that_fetches_uses_what_fetches() -> None:
    """`gouji fetch` opens connections, `--notify` does, and nothing else: no build, no query, no page."""
    assert [name for name in GO_OUT if not (ROOT / name).is_file()] == []
    fetching = {"warehouse.sources.web", "warehouse.sources.fetch"}
    users = {named(path) for path in MODULES if {name for _, name in imports(path)} & fetching}
    assert users == {"warehouse/sources/fetch.py", "warehouse/cli/fetch.py"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_catches_everything(path: Path) -> None:
    """Whoever cleans up on any exception, or looks what it is, raises it again."""
    everything = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {each.id for each in caught if isinstance(each, ast.Name)}
        raised = any(isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(node))
        if node.type is None or "Exception" in names or ("BaseException" in names and not raised):
            everything.append(node.lineno)
    assert everything == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_for_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    if path.name != "__main__.py":
        assert ast.get_docstring(ast.parse(text)), "no docstring"


def test_packages_need_only_what_they_declare() -> None:
    """Modules import the standard library, each other, and what pyproject.toml names."""
    declared = re.findall(
        r'^ {4}"([A-Za-z0-9_-]+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    known = {name.lower().replace("-", "_") for name in declared}
    known |= {"yaml", "python_calamine", "pypdfium2", "cv2", "pil", "py4j", "vl_convert"}  # named otherwise
    used = {name.split(".")[0].lower() for path in MODULES for _, name in imports(path)}
    assert sorted(used - known - set(sys.stdlib_module_names) - set(PACKAGES)) == []


# Models


@pytest.mark.parametrize("path", MODELS, ids=named)
def test_a_model_names_other_tables_by_ref_and_source_only(path: Path) -> None:
    sql = re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    without_calls = re.sub(r"\{\{.*?\}\}", "called", sql, flags=re.DOTALL)
    assert re.findall(rf'(?i)(?:from|join)\s+"?(?:{SCHEMAS})"?\s*\.', without_calls) == []
    assert re.findall(rf"(?<![\w.])(?:{SCHEMAS})\.\w+", without_calls) == []
    assert re.findall(r"(?i)\bread_(?:csv|parquet|json|text)\w*\s*\(", sql) == []
    tables = re.findall(r"(?i)(?<!distinct )\b(?:from|join)\s+([a-z_]\w*)", without_calls)
    own = set(re.findall(r"(?i)(?:\bwith|,)\s+([a-z_]\w*)\s+as\s*\(", without_calls))
    assert sorted(set(tables) - own - {"called", "unnest"}) == []


@pytest.mark.parametrize("path", MODELS, ids=named)
def test_a_model_stays_readable(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_MODEL


@pytest.mark.parametrize("path", MODELS, ids=named)
def test_a_model_is_named_after_its_layer(path: Path) -> None:
    prefixes = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("fct_", "dim_", "mart_")}
    assert path.stem.startswith(prefixes[path.relative_to(ROOT / "models").parts[0]])


# Seeds


@pytest.mark.parametrize("path", SEEDS, ids=named)
def test_a_seed_is_plain_utf8_with_whole_rows(path: Path) -> None:
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf"), "a byte order mark"
    assert b"\r" not in data, "line ends of Windows"
    assert data.endswith(b"\n"), "no line end at the end"
    rows = list(csv.reader(data.decode("utf-8").splitlines()))
    assert [number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])] == []
    assert len(set(rows[0])) == len(rows[0])
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in rows[0])


# All files


def test_no_file_names_a_machine_or_a_registry() -> None:
    """A clone builds anywhere: no folder of one machine, no address of a package index, no password in an address."""
    found = []
    for path in TRACKED:
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), 1):
            if _ADDRESS.search(line) or _MACHINE_PATH.search(line):
                found.append(f"{named(path)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_a_changelog_tells_what_is_new() -> None:
    path = ROOT / "CHANGELOG.md"
    if not path.is_file():
        pytest.skip("there is no CHANGELOG.md yet")
    headings = re.findall(r"^#{1,3} \[?(Unreleased|未发布|0\.1\.0)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings


# Fingerprints


def _reached(start: Path) -> set[Path]:
    """Modules of `loaders` that a module imports, and those that these import."""
    found: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            for _, name in imports(path):
                place = ROOT.joinpath(*name.split("."))
                waiting += [each for each in (place.with_suffix(".py"), place / "__init__.py") if each in MODULES]
    return found


def test_readers_of_formats_import_nothing_that_their_fingerprint_leaves_out() -> None:
    """Documents in the cache are read again when `version.reading` changes: it must cover all that reads them."""
    readers = [path for path in MODULES if named(path).startswith("loaders/formats/")]
    left_out = {ROOT / "loaders" / name for name in version.AFTER_READING}
    assert all(path.exists() for path in left_out)
    reached = {path for reader in readers for path in _reached(reader)}
    assert [named(path) for path in reached if path in left_out or left_out & set(path.parents)] == []


def test_the_vocabulary_is_read_from_folders_that_its_fingerprint_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    whole = seed_rows.rows
    monkeypatch.setattr(seed_rows, "rows", lambda path: (read.append(path), whole(path))[1])
    vocabulary.load(ROOT / "seeds")
    assert {path.relative_to(ROOT / "seeds").parts[0] for path in read} <= set(version.VOCABULARY)
    assert len(read) > 10
