"""The `gouji` command: importing a module of commands registers them, in the order in which help lists them."""

from warehouse.cli import app, runs

main = app.main

__all__ = ["app", "main", "runs"]
