"""Writes a corpus: which report has which number, in which format it is published, and the truth beside it.

Ten numbers in a row are the dossier of one organisation: budgets, final accounts and self-evaluations of three years.
What a report says depends on the seed, its number and, in later rounds, on whether its organisation was changed.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random

from benchmarks.corpus import budget, evaluation, final_account, formats, mistakes
from benchmarks.corpus.accounts import Book, book
from benchmarks.corpus.pdf import pdf
from benchmarks.corpus.report import Mistake, Report, style

DOSSIER = 10
_A_FOLDER = 1000
_A_TASK = 20
TRUTH = ("file", "number", "kind", "format", "organization_name", "fiscal_year")
TRUTH += ("item", "component", "phase", "fund", "value", "unit", "source_kind")
MISTAKES = (*TRUTH[:6], "mistake", "rules", "item", "phase", "source_kind", "printed", "correct")

# The kinds of a dossier and the year (0, 1, 2) of each.
_DOSSIER = (
    ("决算", 0),
    ("自评", 0),
    ("预算", 1),
    ("决算", 1),
    ("自评", 1),
    ("项目自评", 1),
    ("预算", 2),
    ("决算", 2),
    ("自评", 2),
    ("项目自评", 2),
)
_WHOLE = {"决算": 0.15, "预算": 0.1, "项目自评": 0.25}
# Formats of short reports and of whole ones, with their weights.
_SHORT = {"txt": 34, "gb.txt": 8, "html": 44, "mht": 2, "docx": 4, "xlsx": 2, "pdf": 2, "zip": 5}
_LONG = {"txt": 6, "html": 58, "mht": 2, "docx": 8, "xlsx": 12, "ods": 2, "csv": 3, "pdf": 8, "zip": 6}
WRITERS: dict[str, Callable[[Report], bytes]] = {
    "txt": formats.txt,
    "gb.txt": formats.gb_txt,
    "csv": formats.as_csv,
    "html": formats.html,
    "mht": formats.mht,
    "docx": formats.docx,
    "xlsx": formats.xlsx,
    "ods": formats.ods,
    "pdf": pdf,
}
_ZIPPED = ("html", "txt", "docx", "xlsx")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write: the seed, the share of reports with a mistake, the share of organisations that a round changes."""

    seed: int
    mistakes: float
    changed: float = 0
    round: int = 1

    def version(self, organization: int) -> int:
        """The last round that changed an organisation; 1 if none did."""
        for number in range(self.round, 1, -1):
            at = organization + number * 37
            if int((at + 1) * self.changed) > int(at * self.changed):
                return number
        return 1


@dataclass(frozen=True, slots=True)
class File:
    """A report as a file: its path below `reports/`, its content, and its rows of truth and of mistakes."""

    path: str
    content: bytes
    report: Report
    form: str


def written(plan: Plan, number: int) -> File:
    """One report of a corpus."""
    owner = number // DOSSIER
    version = plan.version(owner)
    kept = book(plan.seed, owner, version)
    kind, year = _DOSSIER[number % DOSSIER]
    habits = style(Random(f"{plan.seed}/{owner}/style"))
    root = f"{plan.seed}/{number}/{version}"
    is_whole = Random(f"{plan.seed}/{number}/size").random() < _WHOLE.get(kind, 0)

    def told(mistake: Mistake | None) -> Report:
        report = Report(
            number,
            kind,
            kept.organization.name,
            kept.first_year + year,
            Random(root),
            habits,
            Random(f"{plan.seed}/{number}/title"),
            mistake=mistake,
        )
        _tell(report, kept, is_whole=is_whole)
        return report

    report = told(None)
    chance = Random(f"{root}/mistake")
    if chance.random() < plan.mistakes:
        for mistake in mistakes.plans(report.figures, chance):
            with_mistake = told(mistake)
            if with_mistake.planted is not None:
                report = with_mistake
                break
    chance = Random(f"{plan.seed}/{number}/format")
    weights = _LONG if is_whole else _SHORT
    (form,) = chance.choices(list(weights), list(weights.values()))
    name, content = _rendered(report, form, chance)
    return File(f"{number // _A_FOLDER:03}/{name}", content, report, form)


def _tell(report: Report, kept: Book, *, is_whole: bool) -> None:
    if report.kind == "决算":
        final_account.write(report, kept, is_whole=is_whole)
    elif report.kind == "预算":
        budget.write(report, kept, is_whole=is_whole)
    elif report.kind == "自评":
        evaluation.unit(report, kept)
    else:
        evaluation.projects(report, kept, has_form=is_whole)


def _rendered(report: Report, form: str, chance: Random) -> tuple[str, bytes]:
    """The name of the file and its bytes. An archive holds the report, a note beside it, and sometimes an archive."""
    name = f"{report.number:06}_{report.title}"
    if form != "zip":
        return f"{name}.{form}", WRITERS[form](report)
    inside = chance.choice(_ZIPPED)
    note = f"{report.title}已按要求公开。\n联系人：办公室\n".encode("gb18030")
    files = [(f"{name}.{inside}", WRITERS[inside](report)), ("说明.txt", note)]
    is_gbk = chance.random() < 0.5
    content = formats.zipped(files, is_gbk=is_gbk)
    if chance.random() < 0.3:
        content = formats.zipped([(f"{report.when}公开/附件.zip", content)], is_gbk=is_gbk)
    return f"{name}.zip", content


def write(folder: Path, count: int, plan: Plan, jobs: int = 1) -> int:
    """Write a corpus, or in a later round what that round changes, and give the number of files written.

    `count` is rounded up to whole dossiers. truth.csv and mistakes.csv are those of all files; a later round needs
    those of the round before, keeps their rows of files that it leaves alone, and adds its own at the end.
    """
    count = -(-count // DOSSIER) * DOSSIER
    folder.mkdir(parents=True, exist_ok=True)
    owners = [owner for owner in range(count // DOSSIER) if plan.round == 1 or plan.version(owner) == plan.round]
    tasks = [(folder, plan, owners[at : at + _A_TASK]) for at in range(0, len(owners), _A_TASK)]
    paths = [folder / name for name in ("truth.csv", "mistakes.csv")]
    parts = [path.with_suffix(".part") for path in paths]
    with (
        parts[0].open("w", encoding="utf-8", newline="") as truth,
        parts[1].open("w", encoding="utf-8", newline="") as wrong,
    ):
        targets = (truth, wrong)
        for target, path, names in zip(targets, paths, (TRUTH, MISTAKES), strict=True):
            target.write(_csv([names]))
            if plan.round > 1:
                target.writelines(_kept(path, set(owners)))
        for lines in _results(tasks, jobs):
            for target, text in zip(targets, lines, strict=True):
                target.write(text)
    for part, path in zip(parts, paths, strict=True):
        part.replace(path)
    return len(owners) * DOSSIER


def _kept(path: Path, changed: set[int]) -> Iterator[str]:
    """The rows of the round before that are not about these organisations; no value has a line break in it."""
    with path.open(encoding="utf-8", newline="") as file:
        next(file)
        for line in file:
            if int(line.split(",", 2)[1]) // DOSSIER not in changed:
                yield line


_Task = tuple[Path, Plan, list[int]]


def _results(tasks: Sequence[_Task], jobs: int) -> Iterator[tuple[str, str]]:
    if jobs == 1:
        yield from map(_task, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = deque(pool.submit(_task, task) for task in tasks[: 2 * jobs])
        for task in [*tasks[2 * jobs :], *[None] * len(waiting)]:
            yield waiting.popleft().result()
            if task is not None:
                waiting.append(pool.submit(_task, task))


def _csv(rows: Sequence[Sequence[object]]) -> str:
    output = StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)
    return output.getvalue()


def _task(task: _Task) -> tuple[str, str]:
    """Write the dossiers of some organisations; gives the lines of truth.csv and mistakes.csv."""
    folder, plan, owners = task
    figures: list[Sequence[object]] = []
    planted: list[Sequence[object]] = []
    for number in (owner * DOSSIER + at for owner in owners for at in range(DOSSIER)):
        file = written(plan, number)
        path = folder / "reports" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        report = file.report
        front = (file.path, number, report.kind, file.form, report.organization, report.year)
        figures += [
            (*front, p.key.item, p.key.component, p.key.phase, p.fund, p.value, p.unit, p.key.source_kind)
            for p in report.figures
        ]
        if report.mistake is not None and report.planted is not None and report.misprint is not None:
            key, rules = report.planted.key, " ".join(report.mistake.rules)
            planted.append(
                (
                    *front,
                    report.mistake.name,
                    rules,
                    key.item,
                    key.phase,
                    key.source_kind,
                    report.misprint.value,
                    report.planted.value,
                )
            )
        planted += [(*front, name, rule, item, "execution_pct", "", "", "") for name, rule, item in report.notes]
    return _csv(figures), _csv(planted)
