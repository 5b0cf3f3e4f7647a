"""How many planted mistakes the checks find, and how many of those as one flag on the right figure.

    python -m benchmarks.injections [FOLDER ...] [--count 500] [--seed 1]

Reads the documents once, then plants one mistake a document and round in what was read (a digit, a decimal point, a
unit, a sign, two cells changed, a row dropped, a year of the past), interprets and checks all again, and compares the
flags with those of the untouched documents. Some documents of each round stay untouched: new flags there are false.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from loaders import formats, vocabulary
from loaders.document import Block, Cell, Document, Status, Table
from loaders.interpret import Interpretation, Interpreter
from loaders.landing import Landing
from warehouse.transform import Project, load_project, run

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "seeds" / "reports", ROOT.parent / "shared" / "reports" / "published")
UNTOUCHED = 0.2
CLAIM_DETECTED, CLAIM_ONE_FLAG = Decimal(95), Decimal(90)


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure that a mistake may be planted in: its place, and the identities that bear it out.

    `is_listed_part`: a total in another row of its table adds it up, and it is itself no total of rows, so that the
    total misses it when its row is left out.
    """

    document_id: str
    block_no: int
    char_start: int
    digits_end: int
    row_no: int | None
    col_no: int | None
    value: Decimal
    unit: str
    is_change: bool
    least_tolerance: Decimal | None
    is_listed_part: bool

    @property
    def place(self) -> tuple[int, int | None, int | None, int | None]:
        """Where it is printed: block, and in tables row and column, else the first character."""
        in_table = self.row_no is not None
        return (self.block_no, self.row_no, self.col_no, None if in_table else self.char_start)


@dataclass(frozen=True, slots=True)
class Edit:
    """Text to put in place of a span of a block."""

    block_no: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Injection:
    """A planted mistake: what was changed (`figures`, more than one for swapped cells), and whether that breaks an
    identity that held. `dropped_row` is the block and row that was left out."""

    kind: str
    document_id: str
    edits: tuple[Edit, ...]
    figures: tuple[Figure, ...]
    breaks: bool
    dropped_row: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an injection: new flags by cause, and whether one names or at least contains what was changed."""

    injection: Injection
    causes: int
    named: bool
    contained: bool
    messages: tuple[str, ...] = ()


# What a mistake makes of the digits as printed (12,345.67); None where it would change nothing.
def _swapped_digits(digits: str, chance: random.Random) -> str | None:
    places = [
        at for at in range(len(digits) - 1) if (digits[at] + digits[at + 1]).isdigit() and digits[at] != digits[at + 1]
    ]
    places = [at for at in places if not (at == 0 and digits[1] == "0")]
    if not places:
        return None
    at = chance.choice(places)
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def _other_digit(digits: str, chance: random.Random) -> str | None:
    at = chance.choice([at for at, character in enumerate(digits) if character.isdigit()])
    least = 1 if at == 0 else 0
    digit = chance.choice([str(each) for each in range(least, 10) if str(each) != digits[at]])
    return digits[:at] + digit + digits[at + 1 :]


def _moved_point(digits: str, chance: random.Random) -> str | None:
    plain = digits.replace(",", "")
    whole, _, decimals = plain.partition(".")
    if len(decimals) != 2 or len(whole) < 2:
        return None
    return f"{whole[:-1]}.{whole[-1]}{decimals[0]}" if chance.random() < 0.5 else f"{whole}{decimals[0]}.{decimals[1]}"


def _other_unit(digits: str, chance: random.Random) -> str | None:
    """元 where 万元 is meant: the figure grows ten thousand times."""
    plain = digits.replace(",", "")
    whole, _, decimals = plain.partition(".")
    return f"{int(whole + decimals.ljust(4, '0')[:4])}" if whole.isdigit() and int(whole) else None


def _negative(digits: str, chance: random.Random) -> str | None:
    return "-" + digits


DIGITS: dict[str, Callable[[str, random.Random], str | None]] = {
    "digit swap": _swapped_digits,
    "wrong digit": _other_digit,
    "moved decimal point": _moved_point,
    "unit slip": _other_unit,
    "wrong sign": _negative,
}
KINDS = (*DIGITS, "swapped cells", "dropped row", "stale year")


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _plant(kind: str, document: Document, figures: Sequence[Figure], chance: random.Random) -> Injection | None:
    """A mistake of this kind somewhere in the document; None if it has no place for one."""
    blocks = {block.block_no: block for block in document.blocks}
    for figure in chance.sample(list(figures), min(len(figures), 40)):
        text = blocks[figure.block_no].text
        digits = text[figure.char_start : figure.digits_end]
        if not re.fullmatch(r"\d[\d,]*(\.\d+)?", digits) or not _amount(digits):
            continue
        if kind in DIGITS:
            planted = _with_digits(kind, figure, digits, chance)
        elif kind == "swapped cells":
            planted = _with_swapped_cells(figure, digits, figures, text)
        elif kind == "dropped row":
            planted = _without_row(figure, blocks[figure.block_no])
        else:
            planted = _with_stale_year(figure, blocks[figure.block_no])
        if planted is not None:
            return planted
    return None


def _with_digits(kind: str, figure: Figure, digits: str, chance: random.Random) -> Injection | None:
    if figure.is_change or (kind in ("unit slip", "wrong sign") and figure.row_no is None):
        return None
    other = DIGITS[kind](digits, chance)
    if other is None or other == digits:
        return None
    change = abs(figure.value * (_amount(other) / _amount(digits) - 1))
    breaks = figure.least_tolerance is not None and change > figure.least_tolerance
    edit = Edit(figure.block_no, figure.char_start, figure.digits_end, other)
    return Injection(kind, figure.document_id, (edit,), (figure,), breaks)


def _with_swapped_cells(figure: Figure, digits: str, figures: Sequence[Figure], text: str) -> Injection | None:
    if figure.row_no is None:
        return None
    for other in figures:
        if (other.block_no, other.row_no) != (figure.block_no, figure.row_no) or other.col_no == figure.col_no:
            continue
        others = text[other.char_start : other.digits_end]
        change = abs(other.value - figure.value)
        if not re.fullmatch(r"\d[\d,]*(\.\d+)?", others) or not change:
            continue
        breaks = any(each.least_tolerance is not None and change > each.least_tolerance for each in (figure, other))
        edits = (
            Edit(figure.block_no, figure.char_start, figure.digits_end, others),
            Edit(other.block_no, other.char_start, other.digits_end, digits),
        )
        return Injection("swapped cells", figure.document_id, edits, (figure, other), breaks)
    return None


def _without_row(figure: Figure, block: Block) -> Injection | None:
    if figure.row_no is None or block.table is None:
        return None
    if any(
        cell.row_span > 1 for cell in block.table.cells if cell.row_no <= figure.row_no < cell.row_no + cell.row_span
    ):
        return None
    breaks = figure.is_listed_part and abs(figure.value) > (figure.least_tolerance or 0)
    row = (figure.block_no, figure.row_no)
    return Injection("dropped row", figure.document_id, (), (figure,), breaks, dropped_row=row)


def _with_stale_year(figure: Figure, block: Block) -> Injection | None:
    """The year before the amount, in the same sentence."""
    if figure.row_no is not None or figure.is_change:
        return None
    years = list(re.finditer(r"20\d\d(?=年)", block.text[: figure.char_start]))
    if not years or "。" in block.text[years[-1].end() : figure.char_start]:
        return None
    edit = Edit(block.block_no, years[-1].start(), years[-1].end(), str(int(years[-1][0]) - 1))
    return Injection("stale year", figure.document_id, (edit,), (figure,), breaks=False)


def changed(document: Document, injection: Injection) -> Document:
    """The document with the mistake in it, everything else as it was."""
    blocks = []
    for block in document.blocks:
        for edit in sorted(injection.edits, key=lambda each: -each.start):
            if edit.block_no == block.block_no:
                block = _edited(block, edit)
        if injection.dropped_row is not None and injection.dropped_row[0] == block.block_no and block.table is not None:
            block = replace(block, table=_without(block.table, injection.dropped_row[1]))
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def _edited(block: Block, edit: Edit) -> Block:
    text = block.text[: edit.start] + edit.text + block.text[edit.end :]
    longer = len(edit.text) - (edit.end - edit.start)

    def moved(cell: Cell) -> Cell:
        start = cell.char_start + (longer if cell.char_start >= edit.end else 0)
        end = cell.char_end + (longer if cell.char_end >= edit.end else 0)
        return replace(cell, char_start=start, char_end=end, text=text[start:end])

    table = block.table and replace(block.table, cells=tuple(moved(cell) for cell in block.table.cells))
    return replace(block, text=text, table=table)


def _without(table: Table, row: int) -> Table:
    cells = (cell for cell in table.cells if cell.row_no != row)
    return replace(
        table, cells=tuple(replace(cell, row_no=cell.row_no - 1) if cell.row_no > row else cell for cell in cells)
    )


_FIGURES = """
    with identity as (
        select o.figure_id, min(o.tolerance) as least_tolerance
        from intermediate.int_check_operand as o
        inner join reference.rule as r on o.rule_id = r.rule_id
        where r.kind = 'identity' and o.state in ('pass', 'rounding') and o.observed <> 0
        group by o.figure_id
    ),

    listed as (
        select distinct o.figure_id
        from intermediate.int_check_operand as o
        inner join staging.stg_figure as part on o.figure_id = part.figure_id
        inner join staging.stg_figure as whole on o.first_figure_id = whole.figure_id
        where o.state in ('pass', 'rounding') and o.observed <> 0 and o.figure_id <> o.first_figure_id
            and whole.document_id = part.document_id and whole.table_no = part.table_no
            and whole.row_no <> part.row_no and whole.col_no = part.col_no
            and o.figure_id not in (
                select w.first_figure_id from intermediate.int_check_operand as w where w.rule_id in ('D08', 'D12')
            )
    )

    select f.document_id, f.block_no, f.char_start, n.digits_end, f.row_no, f.col_no, f.value, f.unit,
        f.phase in ('change', 'change_pct'), i.least_tolerance,
        l.figure_id is not null
    from marts.fct_figure as f
    inner join staging.stg_figure as s on f.figure_id = s.figure_id
    inner join raw.number as n on s.document_id = n.document_id and s.number_no = n.number_no
    left join identity as i on f.figure_id = i.figure_id
    left join listed as l on f.figure_id = l.figure_id
    where f.unit in ('yuan', 'percent') and f.value <> 0 and not n.unit_implied
    order by f.document_id, n.number_no
"""
_FLAGS = """
    select a.document_id, a.fingerprint, a.cause_id, a.rule_id || ' ' || a.message,
        s.block_no, s.row_no, s.col_no, s.char_start, s.table_no,
        list(struct_pack(d := f.document_id, b := f.block_no, r := f.row_no, c := f.col_no, s := f.char_start))
    from marts.fct_anomaly as a
    left join marts.fct_figure as s on a.suspect_figure_id = s.figure_id
    left join (select anomaly_id, unnest(figure_ids) as figure_id from marts.fct_anomaly) as o
        on a.anomaly_id = o.anomaly_id
    left join marts.fct_figure as f on o.figure_id = f.figure_id
    group by all
"""


@dataclass(frozen=True, slots=True)
class Flag:
    """A failed check: its cause, the documents it compares, and where its suspect and its figures are printed."""

    fingerprint: str
    cause_id: str
    message: str
    documents: frozenset[str]
    named: tuple[int, int | None, int | None, int | None] | None
    figures: frozenset[tuple[int, int | None, int | None, int | None]]


def _place(block: int, row: int | None, col: int | None, start: int) -> tuple[int, int | None, int | None, int | None]:
    return (block, row, col, None if row is not None else start)


class Bench:
    """Documents that were read once, to be checked again and again."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.interpreter = Interpreter(vocabulary.load(ROOT / "seeds"))
        self.project: Project = load_project(ROOT)
        read = [document for file in formats.find(list(folders)) for document in formats.read_all(file)]
        # what character recognition read is doubtful from the start
        self.documents = [d for d in read if d.status is Status.LOADED and all(b.ocr is None for b in d.blocks)]
        self.read: dict[str, Interpretation] = {d.document_id: self.interpreter.interpret(d) for d in self.documents}

    def flags(self, injections: Sequence[Injection] = ()) -> tuple[dict[str, list[Flag]], list[Figure]]:
        """The flags of every document with these mistakes in them, and the figures of all."""
        planted = {each.document_id: each for each in injections}
        with duckdb.connect() as connection:
            landing = Landing(connection)
            landing.create()
            for document in self.documents:
                injection = planted.get(document.document_id)
                if injection is None:
                    landing.add([(document, self.read[document.document_id])])
                else:
                    wrong = changed(document, injection)
                    landing.add([(wrong, self.interpreter.interpret(wrong))])
            run(connection, self.project)
            found: dict[str, list[Flag]] = {document.document_id: [] for document in self.documents}
            for document_id, fingerprint, cause, message, block, row, col, start, _, others in connection.execute(
                _FLAGS
            ).fetchall():
                named = None if block is None else _place(block, row, col, start)
                places = frozenset(_place(o["b"], o["r"], o["c"], o["s"]) for o in others if o["b"] is not None)
                found[document_id].append(
                    Flag(fingerprint, cause, message, frozenset(o["d"] for o in others), named, places)
                )
            figures = [] if injections else [Figure(*row) for row in connection.execute(_FIGURES).fetchall()]
        return found, figures


def judged(injection: Injection, before: Sequence[Flag], after: Sequence[Flag]) -> Found:
    """What the new flags of a document say of the mistake that was planted in it."""
    known = {flag.fingerprint for flag in before}
    new = [flag for flag in after if flag.fingerprint not in known]
    named_places = {flag.named for flag in new if flag.named is not None}
    places = {place for flag in new for place in flag.figures}
    if injection.dropped_row is not None:
        # what misses the row is named: nothing else of it is left
        block = injection.dropped_row[0]
        named = any(place[0] == block for place in named_places)
        contained = any(place[0] == block for place in places)
    else:
        mine = {figure.place for figure in injection.figures}
        named, contained = bool(mine & named_places), bool(mine & places)
    return Found(injection, len({flag.cause_id for flag in new}), named, contained, tuple(f.message for f in new))


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, check, count and print; 1 where the claims do not hold, 2 where there is nothing to read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[f for f in FOLDERS if f.is_dir()])
    parser.add_argument("--count", type=int, default=500, help="how many mistakes to plant")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--show", type=int, default=0, help="list so many mistakes that were missed or torn apart")
    options = parser.parse_args(arguments)
    bench = Bench(options.folders)
    if not bench.documents:
        print("no readable documents", file=sys.stderr)
        return 2
    before, figures = bench.flags()
    by_document: dict[str, list[Figure]] = {}
    for figure in figures:
        by_document.setdefault(figure.document_id, []).append(figure)
    chance = random.Random(options.seed)
    found: list[Found] = []
    untouched = alarms = turn = 0
    while len(found) < options.count:
        injections = []
        for document in bench.documents:
            mine = by_document.get(document.document_id, [])
            if not mine or chance.random() < UNTOUCHED:
                continue
            turn += 1
            planted = _plant(KINDS[turn % len(KINDS)], document, mine, chance)
            if planted is not None:
                injections.append(planted)
        after, _ = bench.flags(injections)
        touched = {each.document_id: each for each in injections}
        for document in bench.documents:
            document_id = document.document_id
            if document_id in touched:
                found.append(judged(touched[document_id], before[document_id], after[document_id]))
            else:
                untouched += 1
                known = {flag.fingerprint for flag in before[document_id]}
                # a document that is compared with one that was changed is rightly flagged
                alarms += sum(
                    flag.fingerprint not in known and not flag.documents & touched.keys() for flag in after[document_id]
                )
        print(f"{len(found)} of {options.count} planted", file=sys.stderr)
    return report(found, untouched, alarms, {d.document_id: d for d in bench.documents}, options.show)


def report(found: Sequence[Found], untouched: int, alarms: int, documents: dict[str, Document], show: int) -> int:
    """Print the table by kind; the exit code says whether the claims hold."""

    def share(part: int, whole: int) -> str:
        return f"{Decimal(100 * part) / whole:.1f}%" if whole else "-"

    heads = (
        "kind",
        "planted",
        "break an identity",
        "of these detected",
        "one flag",
        "one that names it",
        "contains it",
    )
    print("| " + " | ".join(heads) + " |")
    print("|" + " --- |" * len(heads))
    totals = [0] * 5
    for kind in KINDS:
        of_kind = [each for each in found if each.injection.kind == kind]
        breaking = [each for each in of_kind if each.injection.breaks]
        counts = [
            len(breaking),
            sum(each.causes > 0 for each in breaking),
            sum(each.causes == 1 for each in breaking),
            sum(each.causes == 1 and each.named for each in breaking),
            sum(each.causes == 1 and each.contained for each in breaking),
        ]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        shares = [share(count, counts[0]) for count in counts[1:]]
        print(f"| {kind} | {len(of_kind)} | {counts[0]} | " + " | ".join(shares) + " |")
    print(f"| all | {len(found)} | {totals[0]} | " + " | ".join(share(each, totals[0]) for each in totals[1:]) + " |")
    others = [each for each in found if not each.injection.breaks]
    print(
        f"break no identity that held: {len(others)}, detected {share(sum(e.causes > 0 for e in others), len(others))}"
    )
    print(f"untouched documents: {untouched}, new flags in them: {alarms}")
    wrong = [e for e in found if e.injection.breaks and not (e.causes == 1 and e.contained)]
    for each in wrong[:show]:
        figure = each.injection.figures[0]
        name = documents[figure.document_id].file_name
        print(
            f"  {each.injection.kind}: {name} {figure.place} {figure.value}, causes {each.causes}, named {each.named}"
        )
        print("".join(f"      {message[:150]}\n" for message in each.messages), end="")
    whole = max(totals[0], 1)
    holds = 100 * totals[1] >= CLAIM_DETECTED * whole and 100 * totals[4] >= CLAIM_ONE_FLAG * whole and alarms == 0
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
