"""What a warehouse that was built from a corpus has of it: figures, planted mistakes, and flags that nobody planted.

A figure is found if the warehouse has one of the same file, organisation, year, item, phase and value; of figures that
are printed several times in a file as many must be found. It is `exact` if component, fund and unit agree as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

_LOAD = """
    create temp table truth as
    select *, regexp_extract(file, '(\\d{{6}})_', 1) as place
    from read_csv('{truth}', types = {{'value': 'DECIMAL(28, 6)', 'fund': 'VARCHAR', 'item': 'VARCHAR'}});
    create temp table planted as
    select *, regexp_extract(file, '(\\d{{6}})_', 1) as place
    from read_csv('{mistakes}', all_varchar = true);
    create temp table known as
    select
        regexp_extract(file_name, '(\\d{{6}})_', 1) as place, organization_name, fiscal_year, item, component,
        phase, fund, cast(value as decimal(28, 6)) as value, unit, source_kind, quote, stated
    from warehouse.marts.fct_figure;
    create temp table flag as
    with failed as (
        select check_id, rule_id, severity, message, document_id, figure_ids from warehouse.marts.fct_check
        where state = 'fail'
    ),
    about as (
        select check_id, left(document_id, 16) as id from failed
        union
        select check_id, left(unnest(figure_ids), 16) from failed
    )
    select f.check_id, f.rule_id, f.severity, f.message, regexp_extract(d.file_name, '(\\d{{6}})_', 1) as place
    from failed as f
    inner join about as a on f.check_id = a.check_id
    inner join warehouse.raw.document as d on a.id = left(d.document_id, 16);
    create temp table unexplained as
    select * from flag
    where check_id not in (select check_id from flag where place in (select place from planted));
"""

# Each print of a figure is one row; equal ones are numbered, so that two prints need two figures.
_FIGURES = """
    create temp table found as
    with wanted as (
        select *, row_number() over (
            partition by place, organization_name, fiscal_year, item, phase, value, source_kind order by component, fund
        ) as print
        from truth
    ),
    had as (
        select *, row_number() over (
            partition by place, organization_name, fiscal_year, item, phase, value, source_kind order by component, fund
        ) as print
        from known
    )
    select
        w.place, coalesce(w.kind, d.kind) as kind, coalesce(w.format, d.format) as format,
        coalesce(w.source_kind, h.source_kind) as source_kind, w.place is not null as is_true,
        h.place is not null as is_read,
        coalesce(w.component = h.component and w.unit = h.unit, false) as is_exact,
        w.item as item, w.component as component, w.phase as phase, w.value as value,
        h.item as read_item, h.phase as read_phase, h.value as read_value, h.stated, h.quote, h.place as read_place
    from wanted as w
    full join had as h using (place, organization_name, fiscal_year, item, phase, value, source_kind, print)
    left join (select distinct place, kind, format from truth) as d on h.place = d.place
"""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, of one group."""

    group: tuple[str, ...]
    found: int
    whole: int

    def __str__(self) -> str:
        percent = f"{100 * self.found / self.whole:6.2f}%" if self.whole else "     –"
        return f"{percent}  {self.found:>7} of {self.whole:<7}  {'  '.join(self.group)}"


class Score:
    """A corpus and its warehouse, compared. Use it as a context."""

    def __init__(self, folder: Path, warehouse: Path) -> None:
        self.warehouse = warehouse
        self._connection = duckdb.connect()
        quoted = {name: str(folder / f"{name}.csv").replace("'", "''") for name in ("truth", "mistakes")}
        self._connection.execute(f"attach '{str(warehouse).replace(chr(39), chr(39) * 2)}' as warehouse (read_only)")
        self._connection.execute(_LOAD.format(**quoted))
        self._connection.execute(_FIGURES)

    def __enter__(self) -> Score:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def _shares(self, sql: str) -> list[Share]:
        return [
            Share(tuple(map(str, group)), found, whole)
            for *group, found, whole in self._connection.execute(sql).fetchall()
        ]

    def recall(self, *groups: str) -> list[Share]:
        """Printed figures that the warehouse has, by columns such as kind, format, source_kind."""
        columns = "".join(f"{group}, " for group in groups)
        return self._shares(
            f"select {columns} count(*) filter (where is_read), count(*) from found where is_true "
            "group by all order by all"
        )

    def precision(self, *groups: str) -> list[Share]:
        """Figures of the warehouse that were printed so, by the same columns."""
        columns = "".join(f"{group}, " for group in groups)
        return self._shares(
            f"select {columns} count(*) filter (where is_true), count(*) from found where is_read "
            "group by all order by all"
        )

    def exact(self) -> list[Share]:
        """Figures found whose component and unit agree too, by kind of source."""
        return self._shares(
            "select source_kind, count(*) filter (where is_exact), count(*) from found where is_true and is_read "
            "group by all order by all"
        )

    def mistakes(self) -> list[Share]:
        """Planted mistakes that a check of one of their rules failed on in their file, by kind of mistake."""
        return self._shares(
            """
            select mistake, count(*) filter (where exists (
                select 1 from flag as f where f.place = p.place and list_contains(string_split(p.rules, ' '), f.rule_id)
            )), count(*)
            from planted as p group by all order by all
            """
        )

    def false_flags(self) -> list[Share]:
        """Reports with a failed check that is about none with a planted mistake: each is to be looked into."""
        return self._shares(
            """
            select severity, rule_id, count(distinct place), (select count(distinct place) from truth)
            from unexplained
            group by all order by all
            """
        )

    def missed(self, limit: int) -> Iterator[str]:
        """Kinds of figures that are not found, the commonest first, each with a file to look into."""
        yield from self._lines(
            f"""
            select count(*) || '  ' || source_kind || '  ' || item || '  ' || component || '  ' || phase
                || '  e.g. ' || min(place || ' ' || value)
            from found where is_true and not is_read
            group by source_kind, item, component, phase order by count(*) desc, 1 limit {limit}
            """
        )

    def invented(self, limit: int) -> Iterator[str]:
        """Figures of the warehouse that are not printed so."""
        yield from self._lines(
            f"""
            select read_place || '  ' || source_kind || '  ' || read_item || '  ' || read_phase || '  ' || stated
                || '  ' || left(quote, 90)
            from found where is_read and not is_true order by read_place, read_item limit {limit}
            """
        )

    def flags(self, limit: int) -> Iterator[str]:
        """Flags of untouched reports, errors and warnings first."""
        yield from self._lines(
            f"""
            select severity || ' ' || rule_id || ' ' || min(place) || ' ' || coalesce(any_value(message), '')
            from unexplained where severity <> 'info'
            group by check_id, severity, rule_id order by severity, rule_id, min(place) limit {limit}
            """
        )

    def undetected(self, limit: int) -> Iterator[str]:
        """Planted mistakes without a flag of their rules."""
        yield from self._lines(
            f"""
            select mistake || '  ' || place || '  ' || kind || '  ' || item || '  ' || phase || '  '
                || coalesce(source_kind, '') || '  ' || coalesce(printed, '') || ' for ' || coalesce(correct, '')
                || '  other flags: '
                || coalesce((select string_agg(distinct rule_id, ' ') from flag as f where f.place = p.place), '')
            from planted as p
            where not exists (
                select 1 from flag as f where f.place = p.place and list_contains(string_split(p.rules, ' '), f.rule_id)
            ) order by 1 limit {limit}
            """
        )

    def _lines(self, sql: str) -> Iterator[str]:
        for (line,) in self._connection.execute(sql).fetchall():
            yield line


def show(folder: Path, warehouse: Path, limit: int) -> None:
    """Print the scores, and with a limit so many of what is missed, invented and flagged."""
    with Score(folder, warehouse) as score:
        tables = (
            (
                "figures found",
                [*score.recall(), *score.recall("kind"), *score.recall("format"), *score.recall("source_kind")],
            ),
            ("figures right", [*score.precision(), *score.precision("kind"), *score.precision("source_kind")]),
            ("component and unit right too", score.exact()),
            ("mistakes flagged", score.mistakes()),
            ("reports flagged without a mistake", score.false_flags()),
        )
        for title, shares in tables:
            print(f"\n{title}")
            for share in shares:
                print(f"  {share}")
        if limit:
            for title, lines in (
                ("missed", score.missed(limit)),
                ("invented", score.invented(limit)),
                ("flags without a mistake", score.flags(limit)),
                ("mistakes without a flag", score.undetected(limit)),
            ):
                print(f"\n{title}")
                for line in lines:
                    print(f"  {line}")
