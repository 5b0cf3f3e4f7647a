"""The static site in a real browser, opened from disk: from the list of anomalies to the figure in its document and
back, downloads, languages, and documents that try to run scripts."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from warehouse.build import BuildResult, build
from warehouse.site import write_site

_WAIT = 20_000
expect.set_options(timeout=_WAIT)

HOSTILE = """\
云岭市财政局2021年度部门决算<script>window.hacked=1</script>
2021年度本年支出合计100万元<img src=x onerror="window.hacked=1">，其中：基本支出60万元，项目支出50万元。
"""


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of: errors of scripts, and what the page's security policy refuses."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page that may not reach the network; a test passes only if the browser has nothing to complain of."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(_WAIT)
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def site(samples: BuildResult, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the samples' site. Its name has what must be escaped in addresses."""
    return write_site(samples.warehouse, tmp_path_factory.mktemp("browser") / "网站 #1", root).folder


def address(site: Path, name: str, fragment: str = "") -> str:
    return (site / name).as_uri() + (f"#{fragment}" if fragment else "")


def test_from_an_anomaly_to_the_figure_in_its_document_and_back(
    site: Path, page: Page, samples_connection: Any
) -> None:
    counted = "select count(*) filter (where severity = 'error'), count(*) from marts.fct_anomaly where is_primary"
    errors, found = samples_connection.execute(counted).fetchall()[0]
    page.goto(address(site, "anomalies.html"))
    page.get_by_label("错误").check()
    cards = page.locator(".card")
    expect(page.locator(".count")).to_have_text(f"{errors} 条，共 {found} 条")
    expect(cards.locator("> details > summary .severity.error")).to_have_count(cards.count())
    expect(page).to_have_url(address(site, "anomalies.html", "severity=error"))
    page.locator("#search").fill("开远 531.07")
    expect(cards).to_have_count(1)
    cards.locator("summary").click()
    cards.get_by_role("link", name="本年支出合计").click()

    page.wait_for_url("**/documents/*.html#figure-*")
    figure = page.locator("a.f.current")
    expect(figure).to_have_text("531.07万元")
    expect(figure).to_be_in_viewport()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="本年支出合计")).to_be_visible()
    expect(panel.locator(".big data")).to_have_attribute("title", "5,310,700 元")
    expect(panel.locator(".check.fail")).to_contain_text("T08")
    expect(panel.locator(".lineage")).to_contain_text("marts.fct_figure")

    # an operand of the check, back through the browser's history, and back to the print with the keyboard
    panel.locator(".check.fail .operands a").first.click()
    expect(figure).not_to_have_text("531.07万元")
    page.go_back()
    expect(figure).to_have_text("531.07万元")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.textContent") == "531.07万元"
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()


def test_an_address_of_a_consequence_opens_its_cause(site: Path, page: Page, samples_connection: Any) -> None:
    folded = "select anomaly_id, message from marts.fct_anomaly where not is_primary limit 1"
    anomaly, message = samples_connection.execute(folded).fetchall()[0]
    page.goto(address(site, "anomalies.html", anomaly))
    expect(page.locator(f"[id='{anomaly}']")).to_be_visible()
    expect(page.locator(".consequences[open]")).to_contain_text(message)


def test_what_is_filtered_is_what_is_downloaded(site: Path, page: Page, tmp_path: Path) -> None:
    page.goto(address(site, "anomalies.html", "q=万元"))
    page.get_by_label("错误").check()
    shown = page.locator(".card").count()
    files = {}
    for form in ("CSV", "XLSX"):
        with page.expect_download() as download:
            page.get_by_role("button", name=form).click()
        files[form] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[form])
    data = files["CSV"].read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head[:4] == ["级别", "规则", "内容", "单位"]
    assert 0 < len(rows) == int(page.locator(".count").inner_text().split()[0]) >= shown
    assert {row[0] for row in rows} == {"错误"}
    sheet = openpyxl.load_workbook(files["XLSX"]).active
    assert list(next(sheet.values)) == head
    assert [row[2] for row in list(sheet.values)[1:]] == [row[2] for row in rows]


def test_every_page_shows_itself_in_both_languages(site: Path, page: Page) -> None:
    organization = next((site / "organizations").glob("*.html")).relative_to(site).as_posix()
    for name, chinese, english in (
        ("index.html", "公开了什么，对得上吗", "What is published, and does it add up?"),
        ("organizations.html", "单位", "Organisations"),
        ("documents.html", "文件", "Documents"),
        ("comparison.html", "城市比较", "Cities"),
        ("dictionary.html", "数据字典", "Dictionary"),
    ):
        page.goto(address(site, name))
        heading = page.locator("h1")
        expect(heading).to_have_text(chinese)
        page.locator("#language").click()
        expect(heading).to_have_text(english)
        page.locator("#language").click()
    page.goto(address(site, "comparison.html"))
    expect(page.locator("#chart svg")).to_be_visible()
    page.goto(address(site, organization))
    expect(page.get_by_role("heading", name="来源文件")).to_be_visible()


def test_the_dictionary_is_searched_by_the_words_of_the_documents(site: Path, page: Page) -> None:
    page.goto(address(site, "dictionary.html"))
    page.keyboard.press("/")
    page.keyboard.type("年初结转")
    found = page.locator("#content")
    expect(found.locator("table").first).to_contain_text("carryover_opening")
    found.get_by_role("link", name="carryover_opening_yuan").first.click()
    expect(found.get_by_role("heading", name="marts.fct_income")).to_be_visible()
    expect(found.locator("tr.current")).to_contain_text("carryover_opening_yuan")


def test_narrow_screens_do_not_scroll_sideways(site: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    wide = []
    for path in [*site.glob("*.html"), *list((site / "documents").glob("*.html"))[:2]]:
        page.goto(path.as_uri())
        page.wait_for_timeout(150)
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path.name)
    assert wide == []


def test_a_document_cannot_run_anything(
    light_project: Path, root: Path, tmp_path: Path, page: Page, complaints: list[str]
) -> None:
    report = tmp_path / "=HYPERLINK(1)\"><img src=x onerror='window.hacked=1'>.html"
    report.write_text("\n".join(f"<p>{html.escape(line)}</p>" for line in HOSTILE.splitlines()), encoding="utf-8")
    result = build([report], tmp_path / "w.duckdb", light_project)
    site = write_site(result.warehouse, tmp_path / "site", root).folder
    document = next((site / "documents").glob("*.html"))

    def hacked() -> Any:
        return page.evaluate("window.hacked ?? document.querySelector('main img, main svg[onload]')")

    for path in (site / "index.html", site / "documents.html", document):
        page.goto(path.as_uri())
        page.wait_for_timeout(150)
        assert hacked() is None
    expect(page.locator("body")).to_contain_text("<script>window.hacked=1</script>")
    page.locator("a.f", has_text="100万元").click()
    expect(page.locator("#panel")).to_contain_text('<img src=x onerror="window.hacked=1">')
    assert hacked() is None
    page.goto((site / "anomalies.html").as_uri())
    for card in page.locator(".card").all():
        card.locator("summary").first.click()
    assert hacked() is None
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell.startswith("'=HYPERLINK(1)")]
    assert [cell for cell in cells if cell[:1] in "=+@" and cell] == []
    # the page forbids what no page has: a script between the lines
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hacked=2'}))")
    assert hacked() is None
    assert len(complaints) == 1
    assert "Content Security Policy" in complaints.pop()
