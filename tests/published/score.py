"""How well prose is read on published documents, against figures that people labelled by hand.

    python -m tests.published.score --show 40

Takes `figures/*.csv` (one row a labelled figure, one file a document), `pages.csv` (the pages on which everything was
labelled) and the documents under `../shared/reports/published`. A label names its place by page, the page on which its
paragraph begins (none in web pages), and by `ordinal`: it is the so many-th print of `stated` in the prose of that
page, spaces apart. The figure that gouji reads there must have the label's year, statement, item, phase, unit and
value, or those of an accepted alternative.

  recall     labels whose figure was read so
  precision  figures of prose on the labelled pages that are labels; those at doubtful places count neither way

Names of projects, functional and economic classes compare without punctuation, a leading year or number, and a
trailing 项目 or 经费, which a reader may take as part of the name or not.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from loaders import formats
from loaders import vocabulary as vocabulary_files
from loaders.document import Block, Document
from loaders.interpret import Interpretation, Interpreter
from loaders.reading import FIGURE, Reading
from loaders.repair import repair
from loaders.vocabulary import Vocabulary

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "reports" / "published"
LABELS = Path(__file__).parent / "figures"
PAGES = Path(__file__).parent / "pages.csv"

_NAMED = frozenset({"function", "economic", "project", "performance"})


@dataclass(frozen=True, slots=True)
class Key:
    """What a figure means, as far as labels and readings are compared."""

    fiscal_year: str
    statement: str
    item: str
    phase: str
    unit: str
    value: Decimal

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.statement}/{self.item} {self.phase} {self.value.normalize():f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Label:
    """A figure labelled by hand: its place, its meaning, and other meanings that are as right."""

    page: int | None
    ordinal: int
    stated: str
    key: Key
    accepted: frozenset[Key]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Miss:
    """A label and what gouji has in its place: a figure of another meaning, or the reason why it has none."""

    label: Label
    found: Key | None
    reason: str
    quote: str

    def __str__(self) -> str:
        return f"p{self.label.page} {self.label.key} | {self.found or self.reason} | {self.quote}"


@dataclass(frozen=True, slots=True)
class Extra:
    """A figure on the labelled pages that nobody labelled, or labelled otherwise."""

    page: int | None
    found: Key
    quote: str

    def __str__(self) -> str:
        return f"p{self.page} {self.found} | {self.quote}"


@dataclass(frozen=True, slots=True)
class Score:
    """Recall and precision of a document, and what they lack."""

    file_name: str
    labels: int
    figures: int
    missed: tuple[Miss, ...]
    extra: tuple[Extra, ...]

    @property
    def recall(self) -> float:
        """The part of the labels whose figure was read."""
        return 1 - len(self.missed) / self.labels

    @property
    def precision(self) -> float:
        """The part of the figures that are labels."""
        return 1 - len(self.extra) / self.figures if self.figures else 0.0


# -- labels ----------------------------------------------------------------------------------------------------------


def fold(name: str) -> str:
    """A printed name in the form in which names are compared."""
    bare = re.sub(r"[\s“”\"'‘’「」《》()（）,，.。、:：;；\-—–]", "", repair(name).text)
    bare = re.sub(r"^(?:\d{1,2}(?=\D))?(?:20\d\d(?:年度?)?)?", "", bare)
    return re.sub(r"(?:项目)?(?:经费)?(?:项目)?$", "", bare)


def key(year: object, statement: str, item: str, phase: str, unit: str, value: Decimal | int) -> Key:
    """A key whose names are folded."""
    named = statement in _NAMED and re.fullmatch(r"[a-z_]+", item) is None
    return Key(str(year), statement, fold(item) if named else item, phase, unit, Decimal(value))


def file_name(path: Path) -> str:
    """The document that a file of labels is of."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["file_name"]


def labels(path: Path) -> list[Label]:
    """The labels of one document, in document order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_label(row) for row in csv.DictReader(file)]


def _label(row: dict[str, str]) -> Label:
    own = key(row["fiscal_year"], row["statement"], row["item"], row["phase"], row["unit"], Decimal(row["value"]))
    accepted = {own}
    for other in filter(None, (part.strip() for part in row["also_acceptable"].split(";"))):
        if other.startswith("phase "):
            accepted |= {replace(each, phase=other.removeprefix("phase ")) for each in accepted}
        else:
            statement, _, item = other.partition("/")
            accepted.add(key(own.fiscal_year, statement, item, own.phase, own.unit, own.value))
    page = int(row["page"]) if row["page"] else None
    return Label(page, int(row["ordinal"]), row["stated"], own, frozenset(accepted), row["doubtful"] == "true")


def pages(file_name: str) -> list[tuple[int, int]]:
    """The page ranges of a document in which everything was labelled; none for a document without pages."""
    with PAGES.open(encoding="utf-8", newline="") as file:
        return [
            (int(row["first_page"]), int(row["last_page"]))
            for row in csv.DictReader(file)
            if row["file_name"] == file_name and row["first_page"]
        ]


# -- places ----------------------------------------------------------------------------------------------------------


def compact(text: str) -> tuple[str, list[int]]:
    """Printed text repaired and without spaces, and for each of its characters the offset in print."""
    repaired = repair(text)
    kept = [(c, at) for c, at in zip(repaired.text, repaired.origin, strict=True) if not c.isspace()]
    return "".join(c for c, _ in kept).replace("，", ","), [at for _, at in kept]


class Places:
    """The prose of a document, in which labels are found by page and ordinal."""

    def __init__(self, document: Document) -> None:
        self._prose: dict[int | None, list[tuple[Block, str, list[int]]]] = {}
        for block in document.blocks:
            if block.table is None:
                self._prose.setdefault(block.page, []).append((block, *compact(block.text)))

    def find(self, label: Label) -> tuple[int, int] | None:
        """The block number and the offset in print at which the label's number begins, if it is printed there."""
        stated = compact(label.stated)[0]
        printed = re.compile(rf"(?<![\d.,]){re.escape(stated)}")
        left = label.ordinal
        for block, text, origin in self._prose.get(label.page, []):
            for match in printed.finditer(text):
                left -= 1
                if left == 0:
                    return block.block_no, origin[match.start()]
        return None


# -- the score -------------------------------------------------------------------------------------------------------


def score(document: Document, interpretation: Interpretation, wanted: list[Label], vocabulary: Vocabulary) -> Score:
    """The score of a document's narrative figures."""
    blocks = {block.block_no: block for block in document.blocks}
    readings = {(r.block_no, r.char_start): r for r in interpretation.readings if blocks[r.block_no].table is None}
    ranges = pages(document.file_name)
    places = Places(document)
    missed: list[Miss] = []
    true: set[tuple[int, int]] = set()
    neither: set[tuple[int, int]] = set()
    for label in wanted:
        place = places.find(label)
        reading = readings.get(place) if place else None
        if label.doubtful:
            neither |= {place} if place else set()
            continue
        found = meant(reading, vocabulary) if reading else None
        if place is not None and found in label.accepted:
            true.add(place)
        else:
            reason = "not printed there" if place is None else reading.outcome if reading else "no number"
            quote = _around(blocks[place[0]].text, place[1]) if place else ""
            missed.append(Miss(label, found, f"{reason} {reading.term if reading else ''}".strip(), quote))
    figures = [
        (place, reading)
        for place, reading in readings.items()
        if reading.outcome == FIGURE and place not in neither and _inside(blocks[place[0]].page, ranges)
    ]
    extra = tuple(
        Extra(blocks[place[0]].page, found, _around(blocks[place[0]].text, place[1]))
        for place, reading in figures
        if place not in true and (found := meant(reading, vocabulary)) is not None
    )
    count = sum(1 for label in wanted if not label.doubtful)
    return Score(document.file_name, count, len(figures), tuple(missed), extra)


def meant(reading: Reading, vocabulary: Vocabulary) -> Key | None:
    """What a reading means, as a key; None if it is no figure."""
    meaning = reading.meaning
    if meaning is None or reading.unit is None:
        return None
    unit = vocabulary.unit_by_text[reading.unit]
    measure = vocabulary.measures.get(meaning.item)
    statement = meaning.statement or (measure.statement if measure else "")
    value = Decimal(reading.digits) * unit.factor * reading.sign
    return key(reading.fiscal_year, statement, meaning.item, meaning.phase, unit.kind.value, value)


def _inside(page: int | None, ranges: list[tuple[int, int]]) -> bool:
    return page is None or any(first <= page <= last for first, last in ranges)


def _around(text: str, at: int) -> str:
    return re.sub(r"\s", "", text[max(0, at - 40) : at + 16])


def score_all(interpreter: Interpreter, vocabulary: Vocabulary) -> Iterator[Score]:
    """The score of every labelled document."""
    for path in sorted(LABELS.glob("*.csv")):
        document = formats.read(PUBLISHED / file_name(path))
        yield score(document, interpreter.interpret(document), labels(path), vocabulary)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0, help="print that many misses and false figures a document")
    parser.add_argument("--only", default="", help="documents whose names contain this")
    arguments = parser.parse_args()
    vocabulary = vocabulary_files.load(ROOT / "seeds")
    for each in score_all(Interpreter(vocabulary), vocabulary):
        if arguments.only not in each.file_name:
            continue
        print(
            f"{each.file_name}: recall {each.recall:.4f} precision {each.precision:.4f}"
            f" ({each.labels} labels, {each.figures} figures)"
        )
        for miss in each.missed[: arguments.show]:
            print(f"  missed {miss}")
        for extra in each.extra[: arguments.show]:
            print(f"  extra  {extra}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
