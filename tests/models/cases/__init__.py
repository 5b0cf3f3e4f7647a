"""The reports that every rule is judged on, by subject."""

from __future__ import annotations

from . import binding, crosschecks, forms, publication, sums, table_sums, tables, told, wording
from .report import Case

CASES: list[Case] = [
    *sums.CASES,
    *told.CASES,
    *tables.CASES,
    *table_sums.CASES,
    *publication.CASES,
    *binding.CASES,
    *wording.CASES,
    *forms.CASES,
    *crosschecks.CASES,
]

__all__ = ["CASES", "Case"]
