"""Writes a site: reads the warehouse page by page and fills a folder that takes the former site's place at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import vl_convert

from warehouse import query
from warehouse.build import Progress
from warehouse.site import anomalies, comparison, dictionary, organizations, overview, places, queries, texts, workers
from warehouse.site.folder import MARK, SiteError, SiteFolder, replacing, to_json
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
    warehouse: Path,
    out: Path,
    root: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
    jobs: int = 1,
) -> SiteResult:
    """Write the site of `warehouse` to the folder `out`; `root` is the project, whose files the dictionary describes.

    `jobs` is how many processes write the pages of documents.

    Raises QueryError if there is no warehouse, SiteError if it lacks a table or `out` holds something else,
    TransformError for a fault in the project. In each case `out` stays as it was.
    """
    seconds: dict[str, float] = {}
    started = perf_counter()

    def done(stage: str) -> None:
        nonlocal started
        seconds[stage] = perf_counter() - started
        started = perf_counter()

    def reporting(stage: str) -> Callable[[int, int, str], None]:
        return lambda step, steps, what: on_progress(Progress(stage, step, steps, what))

    with query.reading(warehouse) as connection, _complete(warehouse), replacing(out) as folder:
        has = queries.capabilities(connection)
        words = texts.load()
        project = load_project(root)
        loaded = queries.value(
            connection, "select strftime(max(loaded_at) at time zone 'UTC', '%Y-%m-%d') from raw.document"
        )
        facts = {"version": _version(warehouse), "loaded": loaded or "—"}
        pages = Pages(words, dict(facts))
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
        work = workers.Work(warehouse, folder.root, facts)
        of_documents = workers.write(connection, work, folder, jobs, reporting("文件"))
        done("文件")
        summary: dict[str, Any] = {
            "documents": of_documents, "organizations": of_organizations, "anomalies": found, "loaded": loaded,
        }  # fmt: skip
        folder.text(MARK, to_json(summary) + "\n")
    return SiteResult(out, folder.files, folder.bytes, of_documents, of_organizations, found, seconds)


@contextmanager
def _complete(warehouse: Path) -> Iterator[None]:
    """A table or column that the site needs and the warehouse lacks is an error that says what to do."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = str(error).strip().splitlines()[0]
        raise SiteError(f"{warehouse} 缺少网站需要的表或列（{reason}）：请用这一版 gouji 重新构建") from error


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
