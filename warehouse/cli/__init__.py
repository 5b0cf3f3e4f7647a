"""The `gouji` command: importing a module of commands registers them, in the order in which help lists them."""

from warehouse.cli import app, flags, sql, export, runs  # isort: skip

main = app.main

__all__ = ["app", "export", "flags", "main", "runs", "sql"]
