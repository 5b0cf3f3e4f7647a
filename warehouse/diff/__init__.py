"""What differs between two warehouses, and why: schema, and rows of the marts by key, each with its cause.

`compare(connection, old, new)` works in SQL on two attached databases; `between(old, new)` attaches two files.
"""

from warehouse.diff.causes import CAUSES, Causes
from warehouse.diff.compare import CHANGES, Change, Difference, between, compare, record

__all__ = ["CAUSES", "CHANGES", "Causes", "Change", "Difference", "between", "compare", "record"]
