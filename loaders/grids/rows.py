"""What a row of a standard table is about: an item, a classification code, a unit of the department, a project.

Takes the labels of an `Amount`; gives a `RowMeaning`, or the reason why there is none. Names of rows that are neither
codes nor names of a classification are `seeds/tables/row_label.csv` and, in tables of items, the vocabulary's terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.grids.frame import Amount, Label
from loaders.narrative.names import OrganizationFinder
from loaders.vocabulary import TableKind, Vocabulary

TOTAL = re.compile(r"^(?:合计|总计|支出合计|收入合计|本年支出合计|本年收入合计)$")
# Headings of columns that name units, and of those that name what the money is for.
_UNITS = re.compile(r"单位名称|预算单位|^(?:部门|单位)(?:/|$)|/单位$")
_OTHER_NAME = re.compile(r"（(?!本级|机关|汇总)[^（）]{3,}）$")
_NAMES_OF_ROWS = re.compile(r"项目|科目|功能|经济|品目")
# What may be a unit's name though it does not end like one; 2026年 and 增减变化金额 head rows too.
_NAME = re.compile(r"(?!.*(?:增减|变化|金额|预算|决算|年度))[\u4e00-\u9fff（）、—]{4,40}")
_CLASSIFIED = frozenset({"function", "economic", "items"})


@dataclass(frozen=True, slots=True)
class RowMeaning:
    """What the amounts of a row are about; `statement` is None for items of measure.csv."""

    item: str
    label: str
    statement: str | None = None
    code: str | None = None
    component: str | None = None


class RowReader:
    """Tells what rows are about; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._organizations = OrganizationFinder(vocabulary)

    def unit(self, kind: TableKind, amount: Amount) -> str | None:
        """The organisation that labels a row, alone (it opens a section of the table) or beside the row's own name."""
        for label in amount.labels:
            for printed in (label.name, *label.names):
                if printed and not TOTAL.fullmatch(printed) and self._is_unit(kind, label, printed):
                    return printed
        return None

    def _is_unit(self, kind: TableKind, label: Label, printed: str) -> bool:
        if self._is_class(printed):
            return False
        if kind.rows == "project":
            return self._organizations.is_full(printed)
        if (
            printed == label.name
            and _UNITS.search(label.header)
            and not _NAMES_OF_ROWS.search(label.header)
            and _NAME.fullmatch(printed)
        ):
            return True
        # 某中心（某某中心）: another name of the same unit
        return self._organizations.exact(_OTHER_NAME.sub("", printed)) is not None

    def meaning(self, kind: TableKind, amount: Amount, *, has_grand_total: bool) -> RowMeaning | str:
        """What a row is about, or the code of the reason why it is about nothing known.

        `has_grand_total` says that the table prints a 总计: its 合计 are of the year alone, without carry-over.
        """
        if kind.rows in _CLASSIFIED:
            found = self._classified(kind, amount)
            if not isinstance(found, str) and found.item == "@group":
                return "group_row"
            if not isinstance(found, str) and found.item == "@subtotal":
                return self._known(self._subtotal(kind, amount, has_grand_total=has_grand_total))
            return found
        if kind.rows == "project":
            return self._project(kind, amount)
        return self._procured(kind, amount)

    def total(self, kind: TableKind) -> RowMeaning | str:
        """The meaning of a table's total row."""
        return self._known(kind.total_item) if kind.total_item else "row_not_recognised"

    def _classified(self, kind: TableKind, amount: Amount) -> RowMeaning | str:
        if not amount.labels:
            # a table of one row prints no name for it
            return self.total(kind)
        found = [row for label in amount.labels if label.name and (row := self._one(kind, label)) is not None]
        statements = {row.statement for row in found}
        if {"function", "economic"} <= statements:
            return _crossed(found)
        return found[0] if found else "row_not_recognised"

    def _one(self, kind: TableKind, label: Label) -> RowMeaning | None:
        name, code = label.name, label.code
        economic = kind.rows == "economic" or "经济" in label.header
        if code is not None and code[0] == "2" and kind.rows != "economic":
            return RowMeaning(name, name, "function", code)
        if code is not None and code[0] in "35" and (kind.rows == "economic" or code in self._vocabulary.economics):
            return RowMeaning(name, name, "economic", code)
        # 其他支出 is a class beside the other classes, and only elsewhere an item of its own.
        known = self._vocabulary.economic_names if economic else self._vocabulary.function_classes
        item = None if name in known else self._item(kind, name)
        if item is not None:
            return self._known(item)
        if economic:
            return RowMeaning(name, name, "economic") if name in self._vocabulary.economic_names else None
        if name in self._vocabulary.functions or name in self._vocabulary.function_classes:
            return RowMeaning(name, name, "function")
        return RowMeaning(name, name, "economic") if name in self._vocabulary.economic_names else None

    def _project(self, kind: TableKind, amount: Amount) -> RowMeaning | str:
        if any(TOTAL.fullmatch(text) for label in amount.labels for text in (label.name, *label.names)):
            return self.total(kind)
        for label in amount.labels:
            if label.code in self._vocabulary.economics or label.name in self._vocabulary.economic_names:
                return RowMeaning(label.name, label.name, "economic", label.code)
        name = amount.labels[0].name if len(amount.labels) == 1 else amount.name
        labelled = self.labelled(kind, name)
        if labelled is not None:
            return "group_row" if labelled == "@group" else self._known(labelled)
        if len(name) < 3 or re.fullmatch(r"[\d.%、-]+", name):
            return "row_not_recognised"
        return RowMeaning(name, name, "project")

    def _procured(self, kind: TableKind, amount: Amount) -> RowMeaning | str:
        texts = [text for label in amount.labels for text in (label.name, *label.names) if text]
        # quantities and codes may stand between 合计 and its amount
        if any(TOTAL.fullmatch(text) for text in (amount.head, *texts)):
            return self.total(kind)
        if not texts:
            # a subtotal by functional class or unit, printed by its code alone
            return "group_row"
        category = self.labelled(kind, texts[-1]) if len(set(texts)) == 1 else None
        if category is not None:
            return self._known(category)
        name = amount.name
        return RowMeaning(name, name, "procurement", component="part") if name else "row_not_recognised"

    def labelled(self, kind: TableKind, name: str) -> str | None:
        """The item that seeds/tables/row_label.csv gives a name in tables of a kind."""
        for label in self._vocabulary.row_labels:
            if kind.kind in label.kinds and label.pattern.search(name):
                return label.item
        return None

    def term(self, name: str) -> str | None:
        """The item of the vocabulary's term of that name, where it names one anywhere."""
        rows = [row for row in self._vocabulary.terms.get(name, ()) if row.item and not row.within]
        return rows[0].item if rows else None

    def _known(self, item: str) -> RowMeaning:
        return RowMeaning(item, self._vocabulary.label(item))

    def _item(self, kind: TableKind, name: str) -> str | None:
        labelled = self.labelled(kind, name)
        if labelled is not None:
            return kind.total_item if labelled == "@total" else labelled
        return self.term(name) if kind.rows == "items" else None

    @staticmethod
    def _subtotal(kind: TableKind, amount: Amount, *, has_grand_total: bool) -> str:
        fiscal = "财政拨款" in kind.title
        if not has_grand_total:
            return "fiscal_income_expenditure_total" if fiscal else "income_expenditure_total"
        if "支出" in "".join(label.header for label in amount.labels):
            return "fiscal_expenditure" if fiscal else "expenditure_total"
        return "income_fiscal" if fiscal else "income_total"

    def _is_class(self, name: str) -> bool:
        return name in self._vocabulary.functions or name in self._vocabulary.economic_names


def _crossed(rows: list[RowMeaning]) -> RowMeaning:
    """A row classified by function and by economic class at once: a part of the functional class."""
    function = next(row for row in rows if row.statement == "function")
    label = " / ".join(row.label for row in rows)
    return RowMeaning(function.item, label, "function", function.code, component="part")
