"""The report of a night: what a run did and what it found, as one record, an HTML page and a JSON file."""

from warehouse.night.report import Night, of_run, summary, write

__all__ = ["Night", "of_run", "summary", "write"]
