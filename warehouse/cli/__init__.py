"""The `gouji` command: importing a module of commands registers them, in the order in which help lists them."""

from warehouse.cli import app, fetch, watch, models, flags, sql, export, site, history, lineage, runs  # isort: skip

main = app.main

__all__ = ["app", "export", "fetch", "flags", "history", "lineage", "main", "models", "runs", "site", "sql", "watch"]
