"""A corpus of any size: disclosures that nobody published, with figures that are known, and mistakes that are planted.

python -m benchmarks.corpus FOLDER [--count 1000] [--seed 1] [--mistakes 0.1] [--jobs 2]
python -m benchmarks.corpus FOLDER --count 1000 --changed 0.01 --round 2
python -m benchmarks.corpus FOLDER --score WAREHOUSE
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus.scoring import show
from benchmarks.corpus.write import Plan, write


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a corpus, or score a warehouse that was built from it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description="made-up disclosures at any scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", type=float, default=0.1, help="the share of reports that have one")
    parser.add_argument("--changed", type=float, default=0, help="the share of reports that a later round rewrites")
    parser.add_argument("--round", type=int, default=1, help="2 and more: rewrite what this round changes")
    parser.add_argument("--jobs", type=int, default=1, help="processes that write")
    parser.add_argument("--score", type=Path, metavar="WAREHOUSE", help="write nothing: compare a warehouse")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="with --score: list N of what is missed")
    given = parser.parse_args(arguments)
    if given.score is None:
        if given.round > 1 and not (given.folder / "truth.csv").exists():
            print(
                f"round {given.round} changes a corpus, and there is none in {given.folder}: write round 1 first",
                file=sys.stderr,
            )
            return 2
        plan = Plan(given.seed, given.mistakes, given.changed, given.round)
        print(f"{write(given.folder, given.count, plan, given.jobs)} files written")
        return 0
    missing = [path for path in (given.folder / "truth.csv", given.score) if not path.exists()]
    if missing:
        print(f"nothing to compare: {missing[0]} does not exist", file=sys.stderr)
        return 2
    show(given.folder, given.score, given.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
