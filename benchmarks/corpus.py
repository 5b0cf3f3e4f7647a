"""A corpus of any size: disclosures that nobody published, with figures that are known, and mistakes that are planted.

    python -m benchmarks.corpus FOLDER [--count 1000] [--seed 1] [--mistakes 0.1]
    python -m benchmarks.corpus FOLDER --score WAREHOUSE

Writes final accounts, budgets and self-evaluations of organisations in many places and years, as txt, html, xlsx and
html in zip archives, and beside them `truth.csv` (what figures are printed) and `mistakes.csv` (which file has which
mistake, and the rule that should find it). The same seed gives the same bytes. With `--score` it says how much of both
a warehouse that was built from FOLDER/reports has.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import random
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from io import BytesIO
from pathlib import Path

import duckdb
import xlsxwriter

ROOT = Path(__file__).parents[1]
BUREAUS = (
    *("财政", "审计", "统计", "教育", "水利", "农业农村", "林业"),
    *("民政", "交通运输", "文化和旅游", "卫生健康", "应急管理", "医疗保障"),
)
YEARS = range(2015, 2025)
FORMATS = ("txt", "html", "xlsx", "zip")
MADE = datetime.datetime(2026, 1, 1)
_CENT = Decimal("0.01")
_A_FOLDER = 1000

Table = list[list[str]]


@dataclass(slots=True)
class Report:
    """A disclosure: its name, its paragraphs and tables, what it prints, and the mistake in it."""

    name: str
    organization: str
    year: int
    parts: list[str | Table] = field(default_factory=list)
    figures: list[tuple[str, str, Decimal]] = field(default_factory=list)
    mistake: str = ""
    rule: str = ""

    def print(self, item: str, phase: str, amount: Decimal) -> str:
        """An amount in 万元 as it is printed, remembered as what a warehouse should know."""
        self.figures.append((item, phase, amount))
        return f"{amount}万元"


def _amount(chance: random.Random, least: int, most: int) -> Decimal:
    return Decimal(chance.randrange(least * 100, most * 100)) * _CENT


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(_CENT, ROUND_HALF_UP)


def final_account(chance: random.Random, report: Report, *, is_wrong: bool) -> None:
    """Income, expenditure with its parts and shares, 三公经费 in prose and in the standard table."""
    basic, project = _amount(chance, 100, 3000), _amount(chance, 100, 3000)
    total = basic + project
    abroad, vehicles, reception = _amount(chance, 1, 9), _amount(chance, 5, 40), _amount(chance, 1, 9)
    public = abroad + vehicles + reception
    shown = total
    if is_wrong:
        report.mistake, report.rule = chance.choice([("sum", "T07"), ("public", "D13")])
        if report.mistake == "sum":
            shown -= 100  # parts above their whole; below it there may be more that is not printed
        else:
            public += 10
    year = report.year
    report.parts += [
        f"{report.organization}{year}年度部门决算",
        "一、收入支出决算总体情况说明",
        f"{year}年度本年支出合计{report.print('expenditure_total', 'actual', shown)}，"
        f"其中：基本支出{report.print('expenditure_basic', 'actual', basic)}；"
        f"项目支出{report.print('expenditure_project', 'actual', project)}。",
        "二、财政拨款“三公”经费支出决算情况说明",
        f"{year}年度“三公”经费财政拨款支出决算{public}万元，其中：因公出国（境）费支出决算{abroad}万元，"
        f"公务用车购置及运行维护费支出决算{vehicles}万元，公务接待费支出决算{reception}万元。",
        "财政拨款“三公”经费支出决算表",
        "金额单位：万元",
        [
            ["项目", "决算数"],
            ["合计", str(public)],
            ["1.因公出国（境）费", str(abroad)],
            ["2.公务用车购置及运行维护费", str(vehicles)],
            ["3.公务接待费", str(reception)],
        ],
    ]


def budget(chance: random.Random, report: Report, *, is_wrong: bool) -> None:
    """A budget in prose: the total with its parts."""
    basic, project = _amount(chance, 100, 3000), _amount(chance, 100, 3000)
    shown = basic + project
    if is_wrong:
        report.mistake, report.rule = "sum", "T07"
        shown -= 50
    year = report.year
    report.parts += [
        f"{report.organization}{year}年部门预算",
        "一、部门收支总体情况",
        f"{year}年支出预算{report.print('expenditure_total', 'budget', shown)}，"
        f"其中：基本支出{report.print('expenditure_basic', 'budget', basic)}，"
        f"项目支出{report.print('expenditure_project', 'budget', project)}。",
    ]


def evaluation(chance: random.Random, report: Report, *, is_wrong: bool) -> None:
    """A self-evaluation in prose: full-year budget, execution and its rate."""
    planned = _amount(chance, 500, 3000)
    spent = (planned * Decimal(chance.randrange(900, 1000)) / 1000).quantize(_CENT, ROUND_HALF_UP)
    rate = _percent(spent, planned)
    if is_wrong:
        report.mistake, report.rule = "rate", "T03"
        rate -= 7
    year = report.year
    report.parts += [
        f"{report.organization}{year}年度部门整体支出绩效自评报告",
        "一、部门整体支出情况",
        f"{year}年全年预算数{report.print('whole_unit', 'full_year_budget', planned)}，"
        f"全年执行数{report.print('whole_unit', 'actual', spent)}，预算执行率{rate}%。",
    ]


KINDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("决算", final_account),
    ("预算", budget),
    ("自评", evaluation),
)


def reports(count: int, seed: int, mistakes: float) -> Iterator[Report]:
    """`count` reports; a share of about `mistakes` has one."""
    with (ROOT / "seeds" / "reference" / "administrative_division.csv").open(encoding="utf-8") as file:
        places = [row["name"] for row in csv.DictReader(file) if row["name"].endswith(("市", "县", "区"))]
    chance = random.Random(seed)
    for number in range(count):
        kind, write = KINDS[number % len(KINDS)]
        organization = f"{chance.choice(places)}{chance.choice(BUREAUS)}局"
        year = chance.choice(YEARS)
        report = Report(f"{number:06}_{kind}", organization, year)
        write(chance, report, is_wrong=chance.random() < mistakes)
        yield report


def as_txt(report: Report) -> bytes:
    """Lines; the cells of a table end in bars."""
    lines = [
        part if isinstance(part, str) else "\n".join("|" + "".join(f" {c} |" for c in row) for row in part)
        for part in report.parts
    ]
    return ("\n".join(lines) + "\n").encode()


def as_html(report: Report) -> bytes:
    """A page with paragraphs and tables."""
    body = [
        f"<p>{escape(part)}</p>"
        if isinstance(part, str)
        else "<table>"
        + "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in part)
        + "</table>"
        for part in report.parts
    ]
    head = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(str(report.parts[0]))}</title></head>'
    return f"{head}<body>{''.join(body)}</body></html>".encode()


def as_xlsx(report: Report) -> bytes:
    """A sheet with a row a paragraph."""
    output = BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet("Sheet1")
        row_no = 0
        for part in report.parts:
            for row in [[part]] if isinstance(part, str) else part:
                for column, text in enumerate(row):
                    sheet.write_string(row_no, column, text)
                row_no += 1
    return output.getvalue()


def as_zip(report: Report) -> bytes:
    """An archive of the page."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{report.name}.html", MADE.timetuple()[:6]), as_html(report))
    return output.getvalue()


WRITERS = {"txt": as_txt, "html": as_html, "xlsx": as_xlsx, "zip": as_zip}


def write(folder: Path, count: int, seed: int, mistakes: float) -> None:
    """Write a corpus into a folder: `reports/`, `truth.csv` and `mistakes.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "truth.csv").open("w", encoding="utf-8", newline="") as truth,
        (folder / "mistakes.csv").open("w", encoding="utf-8", newline="") as wrong,
    ):
        figures, planted = csv.writer(truth, lineterminator="\n"), csv.writer(wrong, lineterminator="\n")
        figures.writerow(["report", "organization_name", "fiscal_year", "item", "phase", "value"])
        planted.writerow(["report", "mistake", "rule_id"])
        for number, report in enumerate(reports(count, seed, mistakes)):
            form = FORMATS[number // len(KINDS) % len(FORMATS)]
            place = folder / "reports" / f"{number // _A_FOLDER:03}" / f"{report.name}.{form}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(WRITERS[form](report))
            for item, phase, amount in report.figures:
                figures.writerow([report.name, report.organization, report.year, item, phase, amount * 10000])
            if report.mistake:
                planted.writerow([report.name, report.mistake, report.rule])


def score(folder: Path, warehouse: Path) -> dict[str, tuple[int, int]]:
    """Found and all: figures by value, organisation and year; planted mistakes as failed checks of their rule; and
    reports without one that have no failed check of these rules."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        truth, mistakes = (str(folder / name).replace("'", "''") for name in ("truth.csv", "mistakes.csv"))
        counts: dict[str, tuple[int, int]] = {}
        named = "regexp_extract(file_name, '^(\\d{6}_[^.]+)', 1)"
        for name, sql in {
            "figures": f"""
                select count(*) filter (where exists (
                    select 1 from marts.fct_figure as f
                    where {named.replace("file_name", "f.file_name")} = t.report and f.value = t.value
                        and f.organization_name = t.organization_name and f.fiscal_year = t.fiscal_year
                )), count(*)
                from read_csv('{truth}', types = {{'value': 'DECIMAL(20,4)'}}) as t""",
            "mistakes": f"""
                select count(*) filter (where exists (
                    select 1 from marts.fct_check as c
                    where {named.replace("file_name", "c.file_name")} = m.report and c.state = 'fail'
                )), count(*)
                from read_csv('{mistakes}') as m""",
            "untouched without a flag": f"""
                select count(*) filter (where report not in (
                    select {named} from marts.fct_check where state = 'fail' and severity = 'error'
                )), count(*)
                from (select distinct report from read_csv('{truth}'))
                where report not in (select report from read_csv('{mistakes}'))""",
        }.items():
            row = connection.execute(sql).fetchone()
            assert row is not None
            counts[name] = (row[0], row[1])
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a corpus, or score a warehouse that was built from it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description="made-up disclosures at any scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", type=float, default=0.1, help="the share of reports that have one")
    parser.add_argument("--score", type=Path, metavar="WAREHOUSE", help="write nothing: compare a warehouse")
    given = parser.parse_args(arguments)
    if given.score is None:
        write(given.folder, given.count, given.seed, given.mistakes)
        return 0
    for name, (found, whole) in score(given.folder, given.score).items():
        print(f"{name}: {found} of {whole}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
