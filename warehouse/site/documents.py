"""The page of every document: its text with each figure marked, and a chunk that tells what each figure means.

Documents are read in batches of about as many cells and blocks, so that memory does not grow with the warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.site import places, printed, queries
from warehouse.site.folder import ListWriter, SiteFolder
from warehouse.site.meanings import meanings
from warehouse.site.places import Organization
from warehouse.site.queries import Capabilities, Row
from warehouse.site.templates import Pages

# Blocks and cells of one batch; a batch holds at least one document.
_BATCH = 40_000
FACETS = ("city", "year", "kind", "status", "format")

_DOCUMENTS = """
    with numbers as (
        select document_id, sum(number_count) as number_count, sum(unknown_count) as unknown_count
        from marts.fct_number_coverage group by document_id
    ),

    figures as (select document_id, count(*) as figure_count from marts.fct_figure group by document_id),

    checks as (
        select
            document_id,
            count(*) filter (where state in ('pass', 'rounding')) as agreed,
            count(*) filter (where state = 'fail') as failed,
            count(*) filter (where state in ('insufficient', 'not_applicable')) as unchecked
        from marts.fct_check group by document_id
    ),

    sizes as (
        select document_id, sum(n) as size
        from (
            select document_id, count(*) as n from raw.cell group by document_id
            union all
            select document_id, count(*) from raw.block group by document_id
        ) group by document_id
    ),

    reports as (
        select
            document_id,
            min_by(organization_name, report_no) as organization_name,
            min_by(fiscal_year, report_no) as fiscal_year,
            min_by(report_kind, report_no) as report_kind,
            count(*) as report_count
        from marts.dim_report group by document_id
    )

    select
        d.document_id, d.file_name, d.title, d.format, d.bytes, d.status, d.reason, d.message, d.loader_version,
        strftime(d.loaded_at at time zone 'UTC', '%Y-%m-%d %H:%M') as loaded_at,
        r.organization_name, r.fiscal_year, r.report_kind, coalesce(r.report_count, 0) as report_count,
        coalesce(n.number_count, 0) as number_count, coalesce(n.unknown_count, 0) as unknown_count,
        coalesce(f.figure_count, 0) as figure_count,
        coalesce(c.agreed, 0) as agreed, coalesce(c.failed, 0) as failed, coalesce(c.unchecked, 0) as unchecked,
        coalesce(s.size, 0) as size
    from raw.document as d
    left join numbers as n on d.document_id = n.document_id
    left join figures as f on d.document_id = f.document_id
    left join checks as c on d.document_id = c.document_id
    left join sizes as s on d.document_id = s.document_id
    left join reports as r on d.document_id = r.document_id
    order by r.fiscal_year desc nulls last, r.organization_name, d.file_name, d.document_id
"""

_BLOCKS = """
    select document_id, block_no, kind, page, level, text
    from raw.block where document_id in (select unnest(?)) order by document_id, block_no
"""

_CELLS = """
    select document_id, block_no, row_no, col_no, row_span, col_span, text, char_start, column_label, row_label
    from raw.cell where document_id in (select unnest(?)) order by document_id, block_no, row_no, col_no
"""

_UNREAD = """
    select n.document_id, n.block_no, n.char_start, n.char_end, o.title
    from raw.number as n
    inner join reference.outcome as o on n.outcome = o.reason
    where o.is_unknown and n.document_id in (select unnest(?))
"""

_ADDRESSES = """
    select document_id, address, strftime(fetched_at, '%Y-%m-%d %H:%M') as fetched_at
    from meta.source_address where starts_with(address, 'http') order by fetched_at, address
"""

_CHOSEN = "select figure_id from intermediate.int_organization_figure where document_id in (select unnest(?))"

_CHECK_COLUMNS = """
    c.check_id, c.document_id, c.rule_id, c.severity, c.state, c.message, c.expected, c.observed, c.difference,
    c.tolerance, c.unit, c.figure_ids
"""

# A check of two documents is a row of one of them; the other's figures took part in it as well.
_ACROSS = """
    select split_part(figure_id, '-', 1) as document_key, check_id
    from (select check_id, document_id, unnest(figure_ids) as figure_id from marts.fct_check)
    where split_part(figure_id, '-', 1) <> left(document_id, 16)
    group by all
    order by all
"""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch of documents prints and means, by document."""

    blocks: Mapping[str, list[Row]]
    cells: Mapping[str, list[Row]]
    figures: Mapping[str, list[Row]]
    unread: Mapping[str, list[Row]]
    checks: Mapping[str, list[Row]]
    chosen: frozenset[str]


class Documents:
    """Writes pages of documents and rows of their list, a batch at a time."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        has: Capabilities,
        organizations: Mapping[str, Organization],
    ) -> None:
        self._connection = connection
        self._organizations = organizations
        status = has.optional("marts", "fct_figure", "status", "varchar")
        confirmed = has.optional("marts", "fct_figure", "confirmed_by", "integer")
        corrections = ", ".join(
            has.optional("marts", "fct_figure", column, kind)
            for column, kind in (("printed_value", "decimal(38, 6)"), ("correction_reason", "varchar"))
        )
        self._figures = f"""
            select figure_id, document_id, report_id, organization_name, fiscal_year, statement, item, item_label, code,
                fund, component, phase, value, unit, stated, unit_implied, base, section, page, block_no, char_start,
                char_end, table_no, row_no, col_no, quote, ocr_confidence, {status}, {confirmed},
                {corrections}
            from marts.fct_figure where document_id in (select unnest(?)) order by document_id, block_no, char_start
        """
        fetched = queries.rows(connection, _ADDRESSES) if has.has("meta", "source_address") else iter(())
        self._addresses = queries.grouped(fetched, "document_id")
        self._across = {
            key: [row["check_id"] for row in found]
            for key, found in queries.grouped(queries.rows(connection, _ACROSS), "document_key").items()
        }

    def batches(self) -> Iterator[list[Row]]:
        """All documents with what lists show of them, in batches of about as many cells and blocks."""
        return _batches(queries.rows(self._connection, _DOCUMENTS))

    def pages(self, folder: SiteFolder, pages: Pages, batch: Sequence[Row]) -> None:
        """The pages of a batch, each with its chunk."""
        content = self._read([row["document_id"] for row in batch])
        for document in batch:
            self._page(folder, pages, document, content)

    def rows(self, writer: ListWriter, batch: Sequence[Row]) -> None:
        """The rows of a batch in the list of documents."""
        for document in batch:
            self._list(writer, document)

    def _read(self, documents: Sequence[str]) -> _Batch:
        def by_document(sql: str) -> dict[str, list[Row]]:
            return queries.grouped(queries.rows(self._connection, sql, [documents]), "document_id")

        return _Batch(
            by_document(_BLOCKS),
            by_document(_CELLS),
            by_document(self._figures),
            by_document(_UNREAD),
            self._checks(documents),
            frozenset(row["figure_id"] for row in queries.rows(self._connection, _CHOSEN, [documents])),
        )

    def _checks(self, documents: Sequence[str]) -> dict[str, list[Row]]:
        own = f"select {_CHECK_COLUMNS} from marts.fct_check as c where c.document_id in (select unnest(?))"
        checks = queries.grouped(queries.rows(self._connection, own, [documents]), "document_id")
        foreign = {key: self._across[key] for key in map(places.document_key, documents) if key in self._across}
        if foreign:
            named = f"select {_CHECK_COLUMNS} from marts.fct_check as c where c.check_id in (select unnest(?))"
            wanted = sorted({check for ids in foreign.values() for check in ids})
            found = {row["check_id"]: row for row in queries.rows(self._connection, named, [wanted])}
            for document in documents:
                for check in foreign.get(places.document_key(document), ()):
                    checks.setdefault(document, []).append(found[check])
        return checks

    def _list(self, writer: ListWriter, document: Row) -> None:
        organization = self._organizations.get(document["organization_name"])
        key = places.document_key(document["document_id"])
        writer.add(
            key,
            [
                key,
                document["title"] or "",
                document["file_name"],
                document["organization_name"],
                organization.key if organization else None,
                document["fiscal_year"],
                document["report_kind"],
                document["status"],
                document["message"],
                document["format"],
                document["figure_count"],
                document["agreed"],
                document["failed"],
                document["unchecked"],
                int(document["unknown_count"]),
                document["loaded_at"],
            ],
            {
                "city": organization.city if organization else None,
                "year": document["fiscal_year"],
                "kind": document["report_kind"],
                "status": document["status"],
                "format": document["format"],
            },
        )

    def _page(self, folder: SiteFolder, pages: Pages, document: Row, content: _Batch) -> None:
        identity = document["document_id"]
        key = places.document_key(identity)
        figures = content.figures.get(identity, [])
        checks = content.checks.get(identity, [])
        states = _states(figures, checks)
        marks: dict[int, list[printed.Mark]] = {}
        for figure in figures:
            marks.setdefault(figure["block_no"], []).append(
                printed.Mark(figure["char_start"], figure["char_end"], figure["figure_id"], states[figure["figure_id"]])
            )
        for number in content.unread.get(identity, []):
            marks.setdefault(number["block_no"], []).append(
                printed.Mark(number["char_start"], number["char_end"], "", number["title"])
            )
        cells = queries.grouped(content.cells.get(identity, []), "block_no")
        folder.text(
            f"documents/{key}.html",
            pages.render(
                "document.html",
                up="../",
                document=document,
                addresses=self._addresses.get(identity, []),
                key=key,
                organization=self._organizations.get(document["organization_name"]),
                blocks=_blocks(content.blocks.get(identity, []), cells, marks),
                disputed=sum(state == "disputed" for state in states.values()),
            ),
        )
        folder.chunk(
            f"documents/{key}", meanings(key, figures, checks, cells, states, content.chosen, self._organizations)
        )


def _batches(documents: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for document in documents:
        if batch and size + document["size"] > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += document["size"]
    if batch:
        yield batch


def _states(figures: Sequence[Row], checks: Sequence[Row]) -> dict[str, str]:
    """Whether a figure is confirmed, disputed or unchecked: as the warehouse says, else as its checks do."""
    states = {figure["figure_id"]: figure["status"] for figure in figures}
    if None not in states.values():
        return states
    said: dict[str, str] = {}
    for check in checks:
        if check["state"] == "fail" and check["severity"] == "error":
            said |= dict.fromkeys(check["figure_ids"] or (), "disputed")
        elif check["state"] in ("pass", "rounding"):
            for figure in check["figure_ids"] or ():
                said.setdefault(figure, "confirmed")
    return {figure: status or said.get(figure, "unchecked") for figure, status in states.items()}


def _blocks(
    blocks: Sequence[Row], cells: Mapping[int, Sequence[Row]], marks: Mapping[int, list[printed.Mark]]
) -> Iterator[dict[str, Any]]:
    """The blocks as the template shows them, one at a time."""
    page: int | None = None
    for block in blocks:
        number = block["block_no"]
        of_block = marks.get(number, [])
        shown: dict[str, Any] = {
            "number": number,
            "kind": block["kind"],
            "level": min(max(block["level"] or 1, 1), 4),
            "page": block["page"] if block["page"] != page else None,
        }
        page = block["page"]
        if number in cells:
            shown["rows"] = printed.table(_with_marks(cells[number], of_block))
        else:
            shown["pieces"] = printed.pieces(block["text"], 0, of_block)
        yield shown


def _with_marks(cells: Sequence[Row], marks: list[printed.Mark]) -> list[printed.RawCell]:
    """Cells with the marks that begin in them. Both are in the order of the text, but for cells that share a place."""
    raw = [
        printed.RawCell(
            cell["row_no"],
            cell["col_no"],
            cell["row_span"],
            cell["col_span"],
            cell["text"] or "",
            cell["char_start"] or 0,
        )
        for cell in cells
    ]
    waiting = sorted(marks)
    by_place = sorted((cell for cell in raw if cell.text), key=lambda cell: cell.start)
    at = 0
    for mark in waiting:
        while at + 1 < len(by_place) and by_place[at + 1].start <= mark.start:
            at += 1
        if by_place:
            by_place[at].marks.append(mark)
    return raw
