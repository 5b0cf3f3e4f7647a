"""What reading prose costs: milliseconds of processor time for each page that prints prose.

    python -m benchmarks.prose [FOLDER] [--rounds N]

Takes a folder of documents. Each is read by its format first, untimed; what is timed is everything between its text and
its readings: repair of broken print, the split into reports, the grammar. Tables are taken out before. Prints the
slowest documents and the cost over all pages. Ends with 1 if that is 2 ms a page or more, and with 2 if there was
nothing to measure. See README.md beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loaders import formats, vocabulary
from loaders.document import Document
from loaders.interpret import Interpreter

FOLDER = Path(__file__).parents[2] / "shared" / "reports" / "published"
CLAIM = 2.0


@dataclass(frozen=True, slots=True)
class Cost:
    """The pages with prose of a document, and the milliseconds that reading them took."""

    name: str
    pages: int
    milliseconds: float

    @property
    def a_page(self) -> float:
        """Milliseconds a page."""
        return self.milliseconds / self.pages


def prose_of(document: Document) -> tuple[Document, int]:
    """A document without its tables, and the number of pages that print prose; 0 where the format has no pages."""
    blocks = tuple(block for block in document.blocks if block.table is None)
    return replace(document, blocks=blocks), len({block.page for block in blocks if block.page is not None})


def cost(interpreter: Interpreter, document: Document, pages: int, rounds: int) -> Cost:
    """The least that reading the prose took in several rounds: other work on the machine only adds."""
    spent: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        interpreter.interpret(document)
        spent.append(time.process_time() - start)
    return Cost(document.file_name, pages, min(spent) * 1000)


def measure(folder: Path, rounds: int) -> list[Cost]:
    """The cost of each document of a folder whose format has pages; those without text have no prose."""
    interpreter = Interpreter(vocabulary.load(Path(__file__).parents[1] / "seeds"))
    costs: list[Cost] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        document, pages = prose_of(formats.read(path))
        if pages:
            costs.append(cost(interpreter, document, pages, rounds))
    return costs


def report(costs: Sequence[Cost]) -> float:
    """Print the slowest documents and the whole; gives the milliseconds a page over all of them."""
    print(f"{'document':<44}{'pages':>7}{'ms a page':>11}")
    for each in sorted(costs, key=lambda each: each.a_page, reverse=True)[:10]:
        print(f"{each.name:<44}{each.pages:>7}{each.a_page:>11.2f}")
    pages = sum(each.pages for each in costs)
    whole = sum(each.milliseconds for each in costs) / pages
    print(f"{f'all {len(costs)} documents':<44}{pages:>7}{whole:>11.2f}")
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--rounds", type=int, default=3, help="how often each document is read (default 3)")
    options = parser.parse_args(arguments)
    costs = measure(options.folder, options.rounds) if options.folder.is_dir() else []
    if not costs:
        print(f"no documents with pages of prose in {options.folder}", file=sys.stderr)
        return 2
    whole = report(costs)
    print(f"\nclaim: under {CLAIM:g} ms a page: {'holds' if whole < CLAIM else 'does not hold'}")
    return 0 if whole < CLAIM else 1


if __name__ == "__main__":
    sys.exit(main())
