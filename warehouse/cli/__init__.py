"""The `gouji` command."""

from warehouse.cli.app import main

__all__ = ["main"]
