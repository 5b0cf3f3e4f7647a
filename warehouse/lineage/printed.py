"""The last step of a lineage: which module of `loaders` writes each raw column, and how a raw row says where it is
printed.

Python cannot be taken apart like SQL, so this is written by hand; a test keeps it complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_READERS = "loaders/formats/__init__.py"
_OCR = {"ocr_confidence": ("loaders/formats/ocr_page.py",), "ocr_text": ("loaders/formats/ocr_repair.py",)}
_PROSE, _TABLES = "loaders/narrative/binding.py", "loaders/grids/standard.py"


@dataclass(frozen=True, slots=True)
class Landed:
    """A raw table: the modules that write its columns, those that write some columns, and the columns of its place.

    `place` leads to the printed page: with `document_id` and these columns one finds the text in the document.
    """

    modules: tuple[str, ...]
    place: tuple[str, ...]
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def written_by(self, column: str) -> tuple[str, ...]:
        """The modules that write a column."""
        return self.columns.get(column, self.modules)


def _each(names: str, *modules: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), modules)


RAW: dict[str, Landed] = {
    "document": Landed(
        (_READERS,),
        ("path",),
        _each("encoding", "loaders/encoding.py") | _each("duplicate_of loader_version loaded_at", "loaders/landing.py"),
    ),
    "block": Landed(
        (_READERS,),
        ("page", "block_no"),
        _each("kind level", _READERS, "loaders/outline.py") | _each("text", _READERS, "loaders/broken_lines.py") | _OCR,
    ),
    "cell": Landed(
        (_READERS,),
        ("page", "block_no", "table_no", "row_no", "col_no", "char_start", "char_end"),
        _each("column_label row_label", _TABLES, "loaders/grids/forms.py") | _OCR,
    ),
    "attachment": Landed(("loaders/formats/html_attachments.py",), ()),
    "omission": Landed((_READERS,), ("page",)),
    "grid": Landed(("loaders/grids/recognition.py",), ("block_no", "table_no")),
    "listed_table": Landed(("loaders/grids/contents.py",), ("block_no",)),
    "form": Landed(("loaders/grids/forms.py",), ("block_no", "table_no", "first_row", "last_row")),
    "indicator": Landed(
        ("loaders/grids/form_indicators.py",), ("page", "block_no", "table_no", "row_no", "char_start", "char_end")
    ),
    "report": Landed(("loaders/narrative/reports.py",), ("first_block", "last_block")),
    "number": Landed(
        (_PROSE, _TABLES, "loaders/grids/forms.py"),
        ("page", "block_no", "table_no", "row_no", "col_no", "char_start", "char_end"),
        _each("number_no page table_no row_no col_no", "loaders/interpret.py")
        | _each(
            "block_no char_start char_end digits_end printed stated digits decimals unit_text",
            "loaders/numbers.py",
            "loaders/repair.py",
        )
        | _OCR,
    ),
}
# Every table has the document, which every reader takes from the content of the file.
DOCUMENT = (_READERS,)


def written_by(table: str, column: str) -> tuple[str, ...]:
    """The modules of `loaders` that write a raw column; none for a table that is not known here."""
    if table not in RAW:
        return ()
    return DOCUMENT if column == "document_id" else RAW[table].written_by(column)
