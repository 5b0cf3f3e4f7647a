"""The notebooks run from top to bottom, and are kept with what they then show, the same every time.

Takes the notebooks of `notebooks/` and a warehouse; gives their outputs. `python -m warehouse.notebooks WAREHOUSE`
writes them into the files; the extra `notebooks` has what this needs.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

from warehouse.paths import project_root

# What a kernel says of itself and its time, which changes from run to run and from machine to machine.
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
_SECONDS = 600


def notebooks(root: Path) -> list[Path]:
    """The notebooks of the project, by name."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def executed(file: Path, warehouse: Path) -> Any:
    """The notebook with the outputs that it has on this warehouse (an `nbformat` node), free of what changes.

    Raises `nbclient.exceptions.CellExecutionError`, which names the cell, where one fails.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(file, as_version=4)
    environment = {**os.environ, "GOUJI_WAREHOUSE": str(warehouse.resolve())}
    client = NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": str(file.parent)}})
    client.execute(env=environment)
    return tidied(notebook)


def tidied(notebook: Any) -> Any:
    """The notebook without times, versions and addresses; cells are named by their place."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    counter = 0
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        counter += 1
        cell.execution_count = counter
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = counter
            output.pop("metadata", None)
            if output.output_type in ("display_data", "execute_result"):
                output["metadata"] = {}
                text = output.data.get("text/plain")
                if isinstance(text, str):
                    output.data["text/plain"] = _ADDRESS.sub("0x", text)
    return notebook


def told(notebook: Any) -> list[list[str]]:
    """What each code cell shows in words and tables, in order; of a picture only that there is one."""
    shown = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        texts = []
        for output in cell.outputs:
            data = output.get("data", {"text/plain": output.get("text", "")})
            pictures = sorted(kind for kind in data if kind.startswith("image/"))
            texts.append(" ".join(pictures) or data.get("text/html") or data.get("text/markdown") or data["text/plain"])
        shown.append(texts)
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Run all notebooks on a warehouse and write what they show into their files."""
    import nbformat

    parser = argparse.ArgumentParser(prog="python -m warehouse.notebooks", description="运行笔记本，把结果写回文件")
    parser.add_argument("warehouse", type=Path, help="样例报告的数仓文件")
    warehouse: Path = parser.parse_args(arguments).warehouse
    for file in notebooks(project_root()):
        print(file.name, file=sys.stderr)
        text = nbformat.writes(executed(file, warehouse), indent=1, ensure_ascii=False)
        file.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
