"""Column lineage: which columns a column is made from, through all models, to raw columns, seeds and the printed page.

`record` writes it at every build (`meta.column_lineage`), `load` reads it, `Lineage.walk` follows it up and down.
"""

from warehouse.lineage.columns import ROWS, Edge, edges
from warehouse.lineage.graph import COLUMN_LINEAGE, Lineage, LineageError, load, record

__all__ = ["COLUMN_LINEAGE", "ROWS", "Edge", "Lineage", "LineageError", "edges", "load", "record"]
