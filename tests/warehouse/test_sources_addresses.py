"""From a figure to the address it was fetched from: `meta.source_address`, and what shows it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rows import differences
from servers import serving

from warehouse import meta
from warehouse.build import BuildResult, build
from warehouse.reading.limits import Limits
from warehouse.site import write_site
from warehouse.sources import addresses
from warehouse.sources.fetch import fetch
from warehouse.sources.listing import Listed
from warehouse.sources.pace import Pace
from warehouse.sources.web import Web

ADDRESS = "https://czj.example.cn/决算.html?id=1"
TEXT = "云岭市{}局2021年度部门决算\n2021年度本年支出合计100万元，其中：基本支出60万元，项目支出40万元。\n"


def fetched(folder: Path, *listed: Listed) -> None:
    pace = Pace(0)
    with Web([each.address for each in listed], pace) as web:
        assert {entry.outcome for entry in fetch(listed, folder, web, pace)} & {"new", "changed", "unchanged"}


def rows(warehouse: Path) -> list[tuple[Any, ...]]:
    """Bureau of the document, path of the address, member, organisation as listed."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(
            "select regexp_extract(b.text, '市(.+)局', 1), regexp_extract(a.address, '[^/]+$'), a.member,"
            " a.organization_name from meta.source_address as a inner join raw.block as b using (document_id)"
            " where b.block_no = 1 order by all"
        ).fetchall()


def test_documents_know_where_they_were_fetched_from(light_project: Path, tmp_path: Path, only_raw: None) -> None:
    """Night after night: the rows are those of a full build, and asking in vain rebuilds nothing."""
    reports = tmp_path / "reports"
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for bureau in ("审计", "教育"):
            archive.writestr(f"{bureau}.txt", TEXT.format(bureau))

    def again(name: str = "w") -> BuildResult:
        return build([reports], tmp_path / f"{name}.duckdb", light_project, limits=Limits(jobs=1))

    with serving() as server:
        a = Listed(server.put("/a.txt", body=TEXT.format("统计").encode(), etag='"1"'), organization="云岭市统计局")
        b = Listed(server.put("/b.zip", body=(tmp_path / "b.zip").read_bytes()))
        fetched(reports, a, b)
        (reports / "own.txt").write_text(TEXT.format("林业"), encoding="utf-8")
        first = again()
        of_archive = [("审计", "b.zip", "审计.txt", ""), ("教育", "b.zip", "教育.txt", "")]
        assert rows(first.warehouse) == [*of_archive, ("统计", "a.txt", "", "云岭市统计局")]

        fetched(reports, a, b)
        assert again().is_unchanged

        # The same content at another address: no file is new, and yet there is something to tell.
        fetched(reports, Listed(server.put("/copy.txt", body=TEXT.format("统计").encode())))
        next(reports.glob("*/copy.txt")).unlink()
        assert [row[:2] for row in rows(again().warehouse)][2:] == [("统计", "a.txt"), ("统计", "copy.txt")]

        # Content that changed, and a file that was moved.
        server.put("/a.txt", body=TEXT.format("民政").encode(), etag='"2"')
        fetched(reports, a, b)
        file = next(reports.glob("*/b.zip"))
        file.rename(file.with_name("moved.zip"))
        last = again()
    assert last.run.is_full is False
    assert rows(last.warehouse) == [*of_archive[:1], of_archive[1], ("民政", "a.txt", "", "云岭市统计局")]
    assert differences(last.warehouse, again("full").warehouse) == {}


@pytest.fixture
def known(tiny_copy: Path) -> tuple[Path, str]:
    """A warehouse whose report was fetched, and the id of a figure of it."""
    with duckdb.connect(tiny_copy) as connection:
        document, figure = connection.execute(
            "select document_id, min(figure_id) from marts.fct_figure group by all"
        ).fetchall()[0]
        row = (document, ADDRESS, ADDRESS, "2026-11-28 02:30:00", document, "", "云岭市财政局", "")
        meta.write(connection, addresses.TABLE, [row])
    return tiny_copy, figure


def test_a_figure_is_traced_to_the_address(known: tuple[Path, str], gouji: Any) -> None:
    warehouse, figure = known
    assert f"网址：{ADDRESS}　下载于 2026-11-28 02:30:00" in gouji("trace", figure, "--warehouse", warehouse).out
    told = json.loads(gouji("trace", figure, "--warehouse", warehouse, "--json").out)
    assert [each["address"] for each in told["addresses"]] == [ADDRESS]


def test_the_site_leads_to_the_address(known: tuple[Path, str], tmp_path: Path, light_project: Path) -> None:
    write_site(known[0], tmp_path / "site", light_project)
    (page,) = (tmp_path / "site" / "documents").glob("*.html")
    assert f'<a href="{ADDRESS}" rel="noreferrer">' in page.read_text(encoding="utf-8")


def test_a_report_that_was_not_fetched_has_no_address(tiny_copy: Path, gouji: Any) -> None:
    """Nor has one in a warehouse of before there were addresses."""
    with duckdb.connect(tiny_copy) as connection:
        (figure,) = connection.execute("select min(figure_id) from marts.fct_figure").fetchall()[0]
    assert "网址" not in gouji("trace", figure, "--warehouse", tiny_copy).out
    with duckdb.connect(tiny_copy) as connection:
        connection.execute("drop table meta.source_address")
    answer = gouji("trace", figure, "--warehouse", tiny_copy)
    assert (answer.code, "网址" in answer.out) == (0, False)
