"""Writes a site: reads the warehouse page by page and fills a folder that takes the former site's place at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

import vl_convert

from warehouse import query
from warehouse.build import Progress
from warehouse.site import anomalies, comparison, dictionary, organizations, overview, places, queries, texts
from warehouse.site.documents import Documents
from warehouse.site.folder import MARK, SiteFolder, replacing, to_json
from warehouse.site.templates import Pages
from warehouse.transform import load_project

_ASSETS = ("site.css", "core.js", "export.js", "list.js", "anomalies.js", "lists.js", "document.js", "comparison.js",
           "charts.js", "dictionary.js")  # fmt: skip
# Vega's expressions are walked, not compiled, so that the pages can forbid code made at run time.
_BUNDLE = "window.vegaEmbed = vegaEmbed;"
_LIST_PAGES = ("anomalies", "organizations", "documents", "comparison", "dictionary")


@dataclass(frozen=True, slots=True)
class SiteResult:
    """What was written: the folder, its files and bytes, what is in it, and the seconds that each part took."""

    folder: Path
    files: int
    bytes: int
    documents: int
    organizations: int
    anomalies: int
    seconds: dict[str, float]


def write_site(
    warehouse: Path, out: Path, root: Path, on_progress: Callable[[Progress], None] = lambda _: None
) -> SiteResult:
    """Write the site of `warehouse` to the folder `out`; `root` is the project, whose files the dictionary describes.

    Raises QueryError if there is no warehouse, SiteError if `out` holds something else, TransformError for a fault in
    the project. In each case `out` stays as it was.
    """
    seconds: dict[str, float] = {}
    started = perf_counter()

    def done(stage: str) -> None:
        nonlocal started
        seconds[stage] = perf_counter() - started
        started = perf_counter()

    def reporting(stage: str) -> Callable[[int, int, str], None]:
        return lambda step, steps, what: on_progress(Progress(stage, step, steps, what))

    with query.reading(warehouse) as connection, replacing(out) as folder:
        has = queries.capabilities(connection)
        words = texts.load()
        project = load_project(root)
        loaded = queries.value(
            connection, "select strftime(max(loaded_at) at time zone 'UTC', '%Y-%m-%d') from raw.document"
        )
        pages = Pages(words, {"version": _version(warehouse), "loaded": loaded or "—"})
        _assets(folder, words)
        done("准备")
        by_name = places.organizations(connection)
        folder.text("index.html", pages.render("overview.html", up="", **overview.page(connection, has, by_name)))
        found = anomalies.write(connection, has, folder, by_name)
        comparison.write(connection, folder, by_name)
        dictionary.write(connection, has, folder, project)
        for page in _LIST_PAGES:
            folder.text(f"{page}.html", pages.render(f"{page}.html", up=""))
        done("总览和清单")
        of_organizations = organizations.write(connection, has, folder, pages, by_name, reporting("单位"))
        done("单位")
        of_documents = Documents(connection, has, by_name).write(folder, pages, reporting("文件"))
        done("文件")
        summary: dict[str, Any] = {
            "documents": of_documents, "organizations": of_organizations, "anomalies": found, "loaded": loaded,
        }  # fmt: skip
        folder.text(MARK, to_json(summary) + "\n")
    return SiteResult(out, folder.files, folder.bytes, of_documents, of_organizations, found, seconds)


def _assets(folder: SiteFolder, words: texts.Texts) -> None:
    """Style, scripts, texts and Vega-Lite with all it needs."""
    source = files("warehouse.site") / "assets"
    for name in _ASSETS:
        folder.text(f"assets/{name}", (source / name).read_text(encoding="utf-8"))
    folder.text("assets/texts.js", f"gouji.texts({to_json(words.pairs)});\n")
    folder.text("assets/vega.js", _vega())


@cache
def _vega() -> str:
    """Vega-Lite with all it needs, as one script; putting it together takes seconds."""
    return str(vl_convert.javascript_bundle(_BUNDLE))


def _version(warehouse: Path) -> str:
    """What browsers keep files of the site under, so that a new site never meets chunks of the former one."""
    stat = warehouse.stat()
    return hashlib.sha256(f"{stat.st_mtime_ns}-{stat.st_size}".encode()).hexdigest()[:12]
