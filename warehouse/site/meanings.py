"""What the panel of a document tells of its figures and checks, as compact rows; texts that recur are held once.

The order of the values is that which assets/document.js reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.site import places
from warehouse.site.places import Organization
from warehouse.site.queries import Row


def meanings(
    key: str,
    figures: Sequence[Row],
    checks: Sequence[Row],
    cells: Mapping[int, Sequence[Row]],
    states: Mapping[str, str],
    chosen: frozenset[str],
    organizations: Mapping[str, Organization],
) -> dict[str, Any]:
    """What the panel of a document shows: figures and checks as rows, with texts that recur held once."""
    texts = _Shared()
    labels = {
        (block, cell["row_no"], cell["col_no"]): (cell["row_label"], cell["column_label"])
        for block, row in cells.items()
        for cell in row
        if cell["row_label"] or cell["column_label"]
    }
    rows = []
    for figure in figures:
        row_label, column_label = labels.get((figure["block_no"], figure["row_no"], figure["col_no"]), (None, None))
        organization = organizations.get(figure["organization_name"])
        rows.append(
            [
                figure["figure_id"].rpartition("-")[2],
                texts.at(figure["item_label"] or figure["item"]),
                texts.at(figure["phase"]),
                figure["value"],
                texts.at(figure["unit"]),
                figure["stated"],
                texts.at(figure["organization_name"]),
                texts.at(organization.key if organization else None),
                figure["fiscal_year"],
                texts.at(figure["statement"]),
                texts.at(figure["fund"]),
                texts.at(figure["component"]),
                figure["code"],
                texts.at(figure["base"]),
                figure["page"],
                figure["block_no"],
                figure["char_start"],
                figure["char_end"],
                figure["table_no"],
                figure["row_no"],
                figure["col_no"],
                texts.at(row_label),
                texts.at(column_label),
                texts.at(figure["quote"]),
                figure["ocr_confidence"],
                states[figure["figure_id"]],
                figure["confirmed_by"],
                int(figure["figure_id"] in chosen),
                figure["printed_value"] if figure["correction_reason"] else None,
                texts.at(figure["correction_reason"]),
            ]
        )
    return {
        "figures": rows,
        "checks": [
            [
                check["check_id"],
                texts.at(check["rule_id"]),
                texts.at(check["severity"]),
                texts.at(check["state"]),
                check["message"],
                check["expected"],
                check["observed"],
                check["difference"],
                check["tolerance"],
                texts.at(check["unit"]),
                [_reference(figure, key) for figure in check["figure_ids"] or ()],
            ]
            for check in checks
        ],
        "texts": texts.values,
    }


def _reference(figure_id: str, key: str) -> str:
    """A figure as the chunk of the document `key` names it: by its number there, if it is one of its own."""
    return figure_id.rpartition("-")[2] if places.figure_document(figure_id) == key else figure_id


class _Shared:
    """Texts by number, each held once; None has no number."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._known: dict[str, int] = {}

    def at(self, text: str | None) -> int | None:
        """The number of a text."""
        if text is None:
            return None
        if text not in self._known:
            self._known[text] = len(self.values)
            self.values.append(text)
        return self._known[text]
