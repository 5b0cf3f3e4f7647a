"""The documents tell the truth: what they show is run, what they link to is there, and what is generated is current.

Examples in the documents are the test data. A failure shows the text that the document should have.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from loaders import formats
from loaders import vocabulary as vocabulary_files
from loaders.formats.word import OMITTED
from loaders.interpret import Interpreter
from loaders.landing import Landing
from loaders.reading import Reading
from warehouse import docs, flags, publish, query
from warehouse.cli import output as printing
from warehouse.cli.app import app
from warehouse.transform import load_project, run

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
FOLLOWED = (*READMES, "docs/sql.md", "docs/tutorial.md")
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for folder in (".", "docs", "docs/decisions", "notebooks")
    for page in (ROOT / folder).glob("*.md")
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: its language, its text, and the Markdown up to the next block or heading."""

    page: str
    line: int
    language: str
    text: str
    after: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str, *languages: str) -> list[Block]:
    """The fenced blocks of a page in these languages (all, if none is named)."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$\n?(.*?)(?=^```|^#|\Z)", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, match[1], match[2], match[3]))
    return [block for block in found if not languages or block.language in languages]


def without_code(text: str) -> str:
    """Markdown without its code, in which nothing is a link or a heading."""
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def first_table(text: str) -> str:
    """The first Markdown table in a text, without the lines around it; empty if there is none."""
    match = re.search(r"^\|.*(?:\n\|.*)*", text, re.MULTILINE)
    return match[0] if match else ""


def markdown_table(columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    """Rows as a Markdown table, each value as `gouji sql` prints it."""
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join('' if value is None else str(value) for value in line)} |" for line in lines)


def built(reports: Path, project: Path, file: Path) -> Path:
    """A warehouse of the reports in a folder; without Great Expectations, which takes longer than all the rest."""
    interpreter = Interpreter(vocabulary_files.load(project / "seeds"))
    documents = [formats.read(path) for path in formats.find([reports])]
    with publish.building(file) as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(document, interpreter.interpret(document)) for document in documents])
        run(connection, load_project(project))
    return file


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the sample reports."""
    return built(ROOT / "seeds" / "reports", ROOT, tmp_path_factory.mktemp("docs") / "gouji.duckdb")


# -- generated pages -----------------------------------------------------------------------------------------------


def test_the_command_line_reference_is_current():
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == docs.cli_reference()


def test_the_command_line_reference_does_not_depend_on_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = docs.cli_reference()
    assert "\x1b" not in text
    assert text == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_command_line_reference_has_every_command_and_option():
    text = docs.cli_reference()
    for name, command in group().commands.items():
        section = text.partition(f"\n## gouji {name}\n")[2].partition("\n## ")[0]
        assert section, name
        assert [
            o for p in command.params if p.param_type_name == "option" for o in p.opts if f"`{o}`" not in section
        ] == []


def test_check_tells_a_page_that_drifted_and_writing_mends_it(tmp_path, monkeypatch, capsys):
    page = tmp_path / "docs" / "cli.md"
    monkeypatch.setattr(docs, "project_root", lambda: tmp_path)
    monkeypatch.setattr(docs, "pages", lambda root: {page: "新的\n"})
    assert docs.main(["--check"]) == 1
    assert not page.exists()
    assert capsys.readouterr().err == "docs/cli.md 与程序不一致，请运行 python -m warehouse.docs\n"
    assert docs.main([]) == 0
    assert page.read_text(encoding="utf-8") == "新的\n"
    assert docs.main(["--check"]) == 0
    page.write_text("手改的\n", encoding="utf-8")
    assert docs.main(["--check"]) == 1


def test_a_project_that_cannot_be_read_is_an_error_with_its_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "project_root", lambda: tmp_path)
    assert docs.main([]) == 1
    assert "dbt_project.yml" in capsys.readouterr().err


# -- questions in SQL ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks("docs/sql.md", "sql"), ids=str)
def test_a_question_has_the_answer_that_is_shown(block, warehouse):
    with query.reading(warehouse) as connection:
        rows = query.select(connection, block.text)
    assert markdown_table(rows.columns, iter(rows.values)) == first_table(block.after)


def test_there_are_ten_questions():
    assert len(blocks("docs/sql.md", "sql")) == 10


# -- commands ------------------------------------------------------------------------------------------------------


def group() -> TyperGroup:
    """The command line itself."""
    found = get_command(app)
    assert isinstance(found, TyperGroup)
    return found


def commands(page: str) -> list[tuple[Block, str]]:
    """The command lines of a page: every line of a bash block, the lines of a console block after `$ `."""
    lines = [(block, line) for block in blocks(page, "bash") for line in block.text.splitlines()]
    for block in blocks(page, "console"):
        lines += [(block, line[2:]) for line in block.text.splitlines() if line.startswith("$ ")]
    return [(block, line.strip()) for block, line in lines if line.strip() and not line.startswith("#")]


def words(line: str) -> list[str]:
    """The words of a command line before a comment, pipe or redirection."""
    found = shlex.split(line, comments=True)
    return found[: next((at for at, word in enumerate(found) if word[0] in "|>;&"), len(found))]


@pytest.mark.parametrize(
    ("page", "line"),
    [
        pytest.param(page, line, id=str(block))
        for page in PAGES
        for block, line in commands(page)
        if re.match(r"(\S*/)?gouji\b|make\b", line)
    ],
)
def test_a_command_that_a_page_shows_exists(page, line):
    program, *arguments = words(line)
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = [argument for argument in arguments if "=" not in argument]
        assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
        return
    try:
        command = group().commands[arguments[0]]
        command.make_context(arguments[0], arguments[1:])
    except TyperException as error:
        pytest.fail(f"{line}: {error.format_message()}")


def shape(line: str) -> tuple[str, ...]:
    """A command line without what a reader would put in: the program, the command and the names of its options."""
    found = words(line)
    fixed = 2 if found[0] in ("gouji", "make") else 1
    return (*found[:fixed], *sorted(word for word in found[fixed:] if word.startswith("-")))


def test_both_readmes_show_the_same_commands():
    english, chinese = ([shape(line) for _, line in commands(page)] for page in READMES)
    assert english == chinese


@pytest.mark.parametrize("block", [b for page in FOLLOWED for b in blocks(page, "console")], ids=str)
def test_a_session_prints_what_is_shown(block, warehouse, tmp_path):
    """`…` stands for anything that was left out, within a line or as lines of its own."""
    for shown in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, output = shown.partition("\n")
        _, *arguments = shlex.split(line)
        done = subprocess.run(
            [sys.executable, "-m", "warehouse", *arguments, "--warehouse", str(warehouse)],
            capture_output=True,
            encoding="utf-8",
            check=True,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "120", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        )
        printed = "\n".join(each.rstrip() for each in done.stdout.strip().splitlines())
        parts = [re.escape(part.strip("\n")) for part in output.strip().split("…")]
        assert re.fullmatch(r"[\s\S]*?".join(parts), printed), printed


def asked(page: str) -> list[str]:
    """The commands of a page that ask the sample warehouse: those that need reports or files of one's own are not."""
    lines = [line for _, line in commands(page) if line.startswith("gouji ") and "w.duckdb" not in line]
    return [line for line in lines if re.match(r"gouji (?!build|run|check|fetch|watch)", line) and "--file" not in line]


@pytest.mark.parametrize("line", sorted({line for page in FOLLOWED for line in asked(page)}))
def test_a_command_that_a_page_shows_runs(line, warehouse, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "warehouse", *words(line)[1:]],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "GOUJI_WAREHOUSE": str(warehouse)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or list(tmp_path.iterdir())


PYTHON = [block for page in (*FOLLOWED, "notebooks/README.md") for block in blocks(page, "python")]


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_that_a_page_shows_runs(block, warehouse, tmp_path, monkeypatch):
    (tmp_path / "target").mkdir()
    shutil.copy(warehouse, tmp_path / "target" / "gouji.duckdb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOUJI_WAREHOUSE", "target/gouji.duckdb")
    exec(compile(block.text, str(block), "exec"), {})


@pytest.mark.parametrize("page", READMES)
def test_the_first_command_ends_as_the_page_shows(page, warehouse):
    """The counts and the finding under `make warehouse`; only the seconds are those of another day."""
    with query.reading(warehouse) as connection:
        figures, organizations, unread = query.select(
            connection,
            "select (select count(*) from marts.fct_figure), (select count(*) from marts.dim_organization), "
            "(select count(*) from marts.fct_number_unread)",
        ).values[0]
        states = dict(query.select(connection, "select state, count(*) from marts.fct_check group by state").values)
        shown = next(block.text for block in blocks(page, "text") if "最要紧的发现" in block.text)
        found = [a for a in flags.anomalies(connection)[:8] if f"{a.rule_id}　{a.message}\n" in shown]
    assert f"指标：{figures} 个（{organizations} 个单位）；另有 {unread} 个数字不是指标" in shown
    told = dict(re.findall(r"(\w+) (\d+)", re.search(r"^核对：(.*)$", shown, re.MULTILINE)[1]))
    assert told == {printing.STATE_NAME[state]: str(count) for state, count in states.items()}
    assert [a.figure_ids[0] for a in found] == re.findall(r"gouji trace (\S+?)　指纹", shown)
    for anomaly in found:
        assert f"指纹 {anomaly.fingerprint}\n" in shown
        for quote in anomaly.evidence[:2]:
            assert f"「{printing.one_line(quote)}」" in shown


# -- links ---------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: dict[str, int] = {}
    for heading in re.findall(
        r"^#{1,6} +(.+)$", re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S), re.M
    ):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


@pytest.mark.parametrize("page", PAGES)
def test_internal_links_lead_somewhere(page):
    file = ROOT / page
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(file.read_text(encoding="utf-8"))):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (file.parent / path).resolve() if path else file
        if not linked.exists() or (anchor and linked.suffix == ".md" and anchor not in anchors(linked)):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached_from_a_readme():
    reached: set[Path] = set()
    waiting = [ROOT / page for page in READMES]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)\s#]+)", without_code(page.read_text(encoding="utf-8")))
        waiting += [(page.parent / link).resolve() for link in links if not re.match(r"\w+:", link)]
    assert [page for page in PAGES if ROOT / page not in reached] == []


# -- rules ---------------------------------------------------------------------------------------------------------


def test_the_rules_page_lists_the_rules_that_run():
    with (ROOT / "seeds" / "rules" / "rule.csv").open(encoding="utf-8-sig", newline="") as file:
        rules = [(row["rule_id"], row["severity"]) for row in csv.DictReader(file)]
    section = (
        (ROOT / "docs" / "rules.md")
        .read_text(encoding="utf-8")
        .partition("\n## Rules that run\n")[2]
        .partition("\n## ")[0]
    )
    assert sorted(re.findall(r"^\| ([A-Z]\d\d) \| [^|]+ \| (\w+) \|", section, re.MULTILINE)) == sorted(rules)


def test_the_rules_page_tells_every_rule_file():
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [
        f.name for f in sorted((ROOT / "seeds" / "rules").glob("*.csv")) if f"### rules/{f.name}\n" not in text
    ] == []


# -- lines of CSV --------------------------------------------------------------------------------------------------


def taught(page: str) -> list[tuple[str, str]]:
    """The lines of CSV that a page shows, each with the file it is for."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [(file, line) for line, file in re.findall(r"^echo '(.+)' >> (seeds/\S+)$", text, re.MULTILINE)]
    for name, section in re.findall(r"^### (rules/\w+\.csv)$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL):
        for block in re.findall(r"^```csv\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
            found += [(f"seeds/{name}", line) for line in block.splitlines()]
    return found


@pytest.mark.parametrize(
    ("file", "line"),
    [each for page in (*READMES, "docs/rules.md") for each in taught(page)],
    ids=lambda each: each[:40],
)
def test_a_line_that_a_page_shows_fits_its_file(file, line):
    with (ROOT / file).open(encoding="utf-8-sig", newline="") as opened:
        header = next(csv.reader(opened))
    assert len(next(csv.reader([line]))) == len(header), header


def example_report(page: str) -> str:
    """The small report that a README teaches gouji to read."""
    return next(block.text for block in blocks(page, "text") if block.text.startswith("青禾市林业局"))


def test_both_readmes_teach_by_the_same_example():
    english, chinese = READMES
    assert (example_report(english), taught(english)) == (example_report(chinese), taught(chinese))


def test_without_the_lines_the_example_is_not_understood(interpreter):
    document = formats.read_bytes(example_report("README.md").encode(), Path("例.txt"))
    outcomes = [reading.outcome for reading in interpreter.interpret(document).readings]
    assert [outcome for outcome in outcomes if outcome in ("unknown_term", "no_subject")] == [
        "unknown_term",
        "no_subject",
    ]


def test_with_the_lines_the_example_gives_what_the_readmes_show(tmp_path):
    project, reports = tmp_path / "project", tmp_path / "报告"
    for folder in ("models", "seeds", "warehouse/macros"):
        shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("reports"))
    shutil.copy(ROOT / "dbt_project.yml", project)
    for file, line in taught("README.md"):
        with (project / file).open("a", encoding="utf-8") as opened:
            opened.write(f"{line}\n")
    reports.mkdir()
    (reports / "青禾市林业局.txt").write_text(example_report("README.md"), encoding="utf-8")
    with query.reading(built(reports, project, tmp_path / "w.duckdb")) as connection:
        found = [(anomaly.rule_id, anomaly.message) for anomaly in flags.anomalies(connection)]
        receptions = query.select(
            connection, "select phase, stated from marts.fct_figure where item = 'reception' order by char_start"
        ).values
    assert receptions == (("budget", "0.50万元"), ("actual", "0.60万元"))
    for page in READMES:
        taught_to_find = (ROOT / page).read_text(encoding="utf-8").partition("seeds/vocabulary/term.csv\n")[2]
        assert re.findall(r"^\[\w+\] (\w+)　(.+)$", taught_to_find, re.MULTILINE) == found


# -- the grammar of prose ------------------------------------------------------------------------------------------

# A file has a title; examples that do not need one of their own stand below this.
TITLE = "青禾市林业局2023年度部门决算公开"


def narrative_table(interpreter: Interpreter, text: str) -> str:
    """What the reader makes of a report, as a Markdown table; years are left out, unless a figure is of another one."""
    whole = text if text.split("\n", 1)[0].endswith(("公开", "报告")) else f"{TITLE}\n{text}"
    document = formats.read_bytes(whole.encode(), Path("例.txt"))
    readings = [r for r in interpreter.interpret(document).readings if r.outcome != "year"]
    places = {reading.number_no: place for place, reading in enumerate(readings, 1)}
    labels = {r.number_no: r.meaning.label for r in readings if r.meaning}
    texts = {block.block_no: block.text for block in document.blocks}

    def row(reading: Reading) -> tuple[object, ...]:
        printed = texts[reading.block_no][reading.char_start : reading.char_end].replace("\n", "⏎")
        meaning = reading.meaning
        if meaning is None:
            return (
                places[reading.number_no],
                printed,
                "",
                f"`{reading.outcome}`",
                reading.term and f"term {reading.term}",
            )
        item = f"`{meaning.item}`" if meaning.statement is None else f"{meaning.statement} {meaning.item}"
        if meaning.component != "total":
            item += f" ({meaning.component}: {meaning.label})"
        remarks = []
        if reading.fiscal_year != 2023:
            remarks.append(f"year {reading.fiscal_year}")
        if meaning.fund != "all":
            remarks.append(f"fund `{meaning.fund}`")
        if meaning.parent_number:
            remarks.append(f"part of {places[meaning.parent_number]}")
        if meaning.of_number:
            remarks.append(f"of {places[meaning.of_number]}")
        if meaning.whole_number:
            remarks.append(f"whole {places[meaning.whole_number]}")
        if meaning.base and meaning.base != labels.get(meaning.parent_number or 0):
            remarks.append(f"base {meaning.base}")
        if meaning.base_item and not meaning.parent_number:
            remarks.append(f"base item `{meaning.base_item}`")
        if reading.sign < 0:
            remarks.append("negative")
        if reading.unit_implied:
            remarks.append(f"unit implied: {reading.unit}")
        return places[reading.number_no], printed, item, f"`{meaning.phase}`", "; ".join(remarks)

    columns = ("#", "Printed", "Item", "Phase or reason", "Remarks")
    return markdown_table(columns, (row(reading) for reading in readings))


@pytest.mark.parametrize(
    "block", [block for block in blocks("docs/narrative.md", "text") if "| # |" in block.after], ids=str
)
def test_an_example_of_the_grammar_reads_as_shown(block, interpreter):
    assert narrative_table(interpreter, block.text.rstrip("\n")) == first_table(block.after)


# Files


def test_every_reason_of_a_reader_is_told_on_the_page_of_files() -> None:
    modules = [
        *(ROOT / "loaders" / "formats").glob("*.py"),
        ROOT / "loaders" / "encoding.py",
        ROOT / "loaders" / "landing.py",
    ]
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    raised = set(re.findall(r"(?:Unreadable|Omission|omit)\(\s*\"(\w+)\"", source))
    raised |= set(re.findall(r"reason=\"(\w+)\"", source)) | set(OMITTED)
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "files.md").read_text(encoding="utf-8")))
    assert {"password", "hidden_sheet", "duplicate", "chart"} <= raised
    assert sorted(raised - told) == []
