"""How fast and how exactly gouji reads the tables of PDF files, beside pdfplumber and, if asked, others.

    python -m benchmarks.pdf_tables [FOLDER] [--sample N] [--differences N] [--also camelot]

Takes a folder of PDF files, prints milliseconds a page and their ratio, which cells of pdfplumber's gouji has too, and
how many cells of hand-checked pages (pdf_tables_truth.csv) each reader has exactly. Ends with 1 if gouji is less than
8 times as fast as pdfplumber or has fewer exact cells, and with 2 if it could not measure. See README.md beside it.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import multiprocessing
import resource
import sys
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pypdfium2

from benchmarks.compare import Count, Difference, Grid, compared, plain
from benchmarks.readers import READERS, Pages
from loaders.document import Unreadable

TRUTH = Path(__file__).with_name("pdf_tables_truth.csv")
FOLDER = Path(__file__).parents[2] / "shared" / "reports" / "published"
INSTALL = 'pip install -e ".[bench]" brings pdfplumber, pip install camelot-py camelot'
CLAIM = 8.0
SAMPLE = 12

Truth = dict[str, dict[int, Grid]]


class Timed(NamedTuple):
    """What a reader made of a file, and the seconds of processor time it took; `reason` if it refused the file."""

    pages: Pages
    seconds: float
    reason: str | None = None


def truth() -> Truth:
    """The hand-checked pages: file, page, grid."""
    found: Truth = {}
    with TRUTH.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            grid = found.setdefault(line["file"], {}).setdefault(int(line["page"]), [])
            row, column = int(line["row"]), int(line["column"])
            grid += [[] for _ in range(row + 1 - len(grid))]
            grid[row] += [""] * (column + 1 - len(grid[row]))
            grid[row][column] = plain(line["text"])
    return found


def sample(paths: Sequence[Path], number: int) -> list[Path]:
    """That many of the files, at even distances; all of them for 0."""
    if not number or number >= len(paths):
        return list(paths)
    return [paths[index * len(paths) // number] for index in range(number)]


def read(name: str, path: Path, pages: Collection[int] = ()) -> Timed:
    """One file with one reader."""
    reader = READERS[name]
    start = time.process_time()
    try:
        found = reader.read(path, pages)
    except Unreadable as refused:
        return Timed(Pages(), 0.0, refused.reason)
    seconds = time.process_time() - start
    return Timed(reader.pages(found), seconds)


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform != "darwin" else most / 1024**2


class Benchmark:
    """Readers side by side, each in a process of its own, taking turns."""

    def __init__(self, names: Sequence[str]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.names = names
        self._processes = {name: ProcessPoolExecutor(1, mp_context=spawn) for name in names}

    def read(self, name: str, path: Path, pages: Collection[int] = ()) -> Timed:
        return self._processes[name].submit(read, name, path, pages).result()

    def peak(self, name: str) -> float:
        return self._processes[name].submit(peak_megabytes).result()

    def exactness(self, folder: Path, known: Truth) -> dict[str, Count]:
        """The cells of the hand-checked pages that each reader has."""
        counts = {name: Count() for name in self.names}
        for file, pages in known.items():
            for name, count in counts.items():
                found = self.read(name, folder / file, list(pages)).pages
                for page, grid in pages.items():
                    here, _ = compared([grid], found.tables.get(page, []), found.texts.get(page, ()))
                    count.add(here)
        return counts

    def close(self) -> None:
        for process in self._processes.values():
            process.shutdown()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Gives the exit code."""
    options = _options(arguments)
    names = ["gouji", "pdfplumber", *options.also]
    for name in names:
        if name != "gouji" and not _is_installed(name):
            print(f"{name} is not installed: {INSTALL}", file=sys.stderr)
            return 2
    paths = sorted(options.folder.glob("*.pdf"))
    if not paths:
        print(f"no PDF files in {options.folder}: name a folder that has some", file=sys.stderr)
        return 2
    benchmark = Benchmark(names)
    try:
        known = {file: pages for file, pages in truth().items() if (options.folder / file).is_file()}
        counts = benchmark.exactness(options.folder, known)  # also loads what the readers need before they are timed
        faster = _speed(benchmark, sample(paths, options.sample), options.differences)
    finally:
        benchmark.close()
    if known:
        pages = sum(map(len, known.values()))
        print(f"\nhand-checked cells: {counts['gouji'].cells} on {pages} pages of {len(known)} documents")
        for name, count in counts.items():
            exact = count.same + count.beside
            print(
                f"  {name:12}{exact:7} exact {100 * exact / count.cells:7.2f} %  {count.different:5} missing or wrong"
            )
    exact = all(counts["gouji"].different <= counts[name].different for name in names)
    print(f"\nat least {CLAIM:g} times as fast: {'yes' if faster else 'NO'}; no fewer exact cells: ", end="")
    print("not measured, no hand-checked page is there" if not known else "yes" if exact else "NO")
    return 0 if faster and exact else 1


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdf_tables", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="a folder with PDF files")
    parser.add_argument(
        "--sample", type=int, default=SAMPLE, help="how many files are timed (0: all; default %(default)s)"
    )
    parser.add_argument("--differences", type=int, default=0, metavar="N", help="list N cells a file that differ")
    parser.add_argument("--also", action="append", default=[], choices=sorted(READERS), help="one more reader")
    return parser.parse_args(arguments)


def _speed(benchmark: Benchmark, paths: Sequence[Path], most: int) -> bool:
    """Time every reader on the same files, print it, and say whether gouji is as fast as claimed."""
    seconds = dict.fromkeys(benchmark.names, 0.0)
    ratios: dict[str, float] = {}
    cells = Count()
    pages = 0
    for path in paths:
        ours = benchmark.read("gouji", path)
        if ours.reason is not None:
            print(f"{path.name}: left out, {ours.reason}")
            continue
        document = pypdfium2.PdfDocument(path)
        number = len(document)
        document.close()
        timed = {name: benchmark.read(name, path) for name in benchmark.names if name != "gouji"} | {"gouji": ours}
        for name, result in timed.items():
            seconds[name] += result.seconds
        pages += number
        ratios[path.name] = timed["pdfplumber"].seconds / ours.seconds
        count, differences = _differences(timed["pdfplumber"].pages, ours.pages)
        cells.add(count)
        print(f"{path.name}: {number} pages, {ratios[path.name]:.1f} times as fast", flush=True)
        for page, difference in differences[:most]:
            print(f"  page {page}: {difference.text}  in the row  {' | '.join(difference.row)}")
    if not ratios:
        print("no file could be read", file=sys.stderr)
        return False
    print(f"\n{len(ratios)} documents, {pages} pages")
    for name in benchmark.names:
        each, times = 1000 * seconds[name] / pages, seconds[name] / seconds["gouji"]
        print(f"  {name:12}{each:8.1f} ms a page {times:7.1f} x gouji  {benchmark.peak(name):6.0f} MB at most")
    print(f"  pdfplumber / gouji by document: median {median(ratios.values()):.1f}, lowest {min(ratios.values()):.1f}")
    print(f"cells of pdfplumber: {cells.cells}, of which gouji has the same {cells.same}, as a line above a table")
    print(f"  {cells.beside}, otherwise {cells.different} (--differences lists them; not all are gouji's fault)")
    return seconds["pdfplumber"] / seconds["gouji"] >= CLAIM


def _differences(expected: Pages, found: Pages) -> tuple[Count, list[tuple[int, Difference]]]:
    total = Count()
    differences: list[tuple[int, Difference]] = []
    for page, grids in expected.tables.items():
        count, here = compared(grids, found.tables.get(page, []), found.texts.get(page, ()))
        total.add(count)
        differences += [(page, difference) for difference in here]
    return total, differences


if __name__ == "__main__":
    sys.exit(main())
