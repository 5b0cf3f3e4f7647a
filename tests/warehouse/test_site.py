"""The static site as files: of the samples, of hostile documents, and of warehouses of other versions.

What it does in a browser is in test_site_browser.py.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.build import BuildResult, build
from warehouse.site import SiteError, SiteResult, printed, texts, write_site
from warehouse.site import folder as folders
from warehouse.site.comparison import _quartiles
from warehouse.site.dictionary import glossary
from warehouse.site.folder import CHUNK, MARK, ListWriter, SiteFolder, replacing
from warehouse.site.printed import Mark, RawCell
from warehouse.site.templates import CONTENT_SECURITY_POLICY, exact, ten_thousands

_PUT = re.compile(r"gouji\.put\((?P<name>\"[^\"]+\"),(?P<value>.*)\);\n", re.DOTALL)
_ANCHOR = re.compile(r'<a class="f (\w+)" id="figure-([^"]+)" href="#figure-\2">(.*?)</a>', re.DOTALL)


@pytest.fixture(scope="module")
def site(samples: BuildResult, root: Path, tmp_path_factory: pytest.TempPathFactory) -> SiteResult:
    """The site of the five sample reports."""
    return write_site(samples.warehouse, tmp_path_factory.mktemp("site") / "out", root)


@pytest.fixture
def folder(tmp_path: Path) -> SiteFolder:
    return SiteFolder(tmp_path)


def chunk(site: Path, name: str) -> Any:
    """The data of a chunk, as the browser gets it."""
    match = _PUT.fullmatch((site / "data" / f"{name}.js").read_text(encoding="utf-8"))
    assert match is not None
    assert json.loads(match["name"]) == name
    return json.loads(match["value"])


# The site of the samples


def test_every_figure_is_marked_once_at_its_place(site: SiteResult, samples_connection: Any) -> None:
    figures = samples_connection.execute(
        """
        select f.figure_id, substr(b.text, f.char_start + 1, f.char_end - f.char_start)
        from marts.fct_figure as f inner join raw.block as b
            on f.document_id = b.document_id and f.block_no = b.block_no
        """
    ).fetchall()
    marked: list[tuple[str, str]] = []
    for page in (site.folder / "documents").glob("*.html"):
        marked += [(found[1], html.unescape(found[2])) for found in _ANCHOR.findall(page.read_text(encoding="utf-8"))]
    assert len(figures) > 500
    assert sorted(marked) == sorted(figures)


def test_every_figure_has_its_meaning_and_every_check_its_figures(site: SiteResult, samples_connection: Any) -> None:
    told: dict[str, tuple[str, str]] = {}
    checks: Counter[str] = Counter()
    for file in (site.folder / "data" / "documents").glob("*.js"):
        if re.fullmatch(r"[0-9a-f]{16}", file.stem):
            data = chunk(site.folder, f"documents/{file.stem}")
            told |= {f"{file.stem}-{row[0]}": (data["texts"][row[2]], row[3]) for row in data["figures"]}
            checks.update(check[0] for check in data["checks"])
    rows = samples_connection.execute("select figure_id, phase, value from marts.fct_figure").fetchall()
    assert {key: (phase, Decimal(value)) for key, (phase, value) in told.items()} == {
        key: (phase, value) for key, phase, value in rows
    }
    known = {row[0] for row in samples_connection.execute("select check_id from marts.fct_check").fetchall()}
    assert set(checks) == known


def test_the_list_of_anomalies_is_that_of_the_warehouse_the_gravest_first(
    site: SiteResult, samples_connection: Any
) -> None:
    index = chunk(site.folder, "anomalies/index")
    rows = chunk(site.folder, "anomalies/0")
    known = samples_connection.execute("select anomaly_id, severity, message from marts.fct_anomaly").fetchall()
    assert sorted((row[0], row[1], row[4]) for row in rows) == sorted(known)
    order = ["error", "warning", "info"]
    assert [order.index(row[1]) for row in rows] == sorted(order.index(row[1]) for row in rows)
    assert index["count"] == site.anomalies == len(known)
    severities = index["facets"]["severity"]
    assert [severities["values"][code] for code in severities["codes"]] == [row[1] for row in rows]
    assert [index["keys"][at : at + index["width"]] for at in range(0, len(index["keys"]), index["width"])] == [
        row[0][: index["width"]] for row in rows
    ]


def test_amounts_of_organisations_lead_to_the_figures_that_print_them(
    site: SiteResult, samples_connection: Any
) -> None:
    values = dict(samples_connection.execute("select figure_id, value from marts.fct_figure").fetchall())
    link = re.compile(r'<a href="\.\./documents/(\w+)\.html#figure-([\w-]+)"><data value="([^"]+)"')
    linked = [
        found
        for page in (site.folder / "organizations").glob("*.html")
        for found in link.findall(page.read_text(encoding="utf-8"))
    ]
    assert len(linked) > 100
    # 上年结转 and the like are sums of instalments, so the first of them is the source and not the amount
    wrong = [(figure, value) for _, figure, value in linked if values[figure] != Decimal(value)]
    assert len(wrong) <= 2
    assert all(figure.startswith(document) for document, figure, _ in linked)


def test_links_between_pages_lead_somewhere(site: SiteResult) -> None:
    pages = [*site.folder.glob("*.html"), *site.folder.glob("*/*.html")]
    assert len(pages) == 6 + site.documents + site.organizations
    broken = []
    for page in pages:
        for address in re.findall(r'(?:href|src)="([^"#?]+)[^"]*"', page.read_text(encoding="utf-8")):
            if not (page.parent / address).is_file():
                broken.append(f"{page.name}: {address}")
    assert broken == []


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(site: SiteResult) -> None:
    for page in [*site.folder.glob("*.html"), *site.folder.glob("*/*.html")]:
        text = page.read_text(encoding="utf-8")
        assert CONTENT_SECURITY_POLICY in html.unescape(text)
        assert re.findall(r'(?:href|src)="(?:https?:)?//', text) == []
        assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
        assert re.findall(r"<[^>]+\s(?:on\w+|style)=", text) == []


def test_every_text_that_is_asked_for_is_there_in_both_languages(root: Path) -> None:
    known = texts.load().pairs
    source = root / "warehouse" / "site"
    asked: set[str] = set()
    for file in [*(source / "templates").glob("*.html"), *(source / "assets").glob("*.js")]:
        text = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r"\bt\(['\"]([\w.]+)['\"]", text))
        asked |= set(re.findall(r"\btt\('[\w-]+', '([\w.]+)'\)", text))
        asked |= set(re.findall(r"\[\"((?:column|indicator|severity|nav)\.\w+)\"", text))
    assert len(asked) > 120
    # a key that ends in a full stop is the beginning of several
    assert [key for key in sorted(asked) if not any(each.startswith(key) for each in known)] == []
    assert sorted(key for key in asked - set(known) if not key.endswith(".")) == []


def test_the_dictionary_pairs_terms_with_columns_and_knows_what_flows_where(site: SiteResult) -> None:
    data = chunk(site.folder, "dictionary")
    tables = {f"{table['schema']}.{table['name']}": table for table in data["tables"]}
    assert "intermediate.int_organization_figure" in tables["marts.fct_three_public"]["parents"]
    assert "raw.number" in tables["staging.stg_figure"]["parents"]
    assert all(column[2] for column in tables["marts.fct_figure"]["columns"])
    assert ["年初结转和结余", "carryover_opening"] in [row[1:3] for row in data["glossary"]]
    reception = next(item for item in data["items"] if item[0] == "reception")
    assert "公务接待费" in reception[2]


# Documents that want to be more than text


HOSTILE = """\
云岭市财政局2021年度部门决算<script>window.hacked=1</script>
2021年度本年支出合计100万元<img src=x onerror="window.hacked=1">，其中：基本支出60万元，项目支出50万元。
“</script><script>window.hacked=1</script>”项目，2021年预算10万元，支出决算8万元。
[点这里](javascript:window.hacked=1) {{ 7 * 7 }} {% raw %}
"""


@pytest.fixture(scope="module")
def hostile(light_project: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> SiteResult:
    """The site of a report whose text and name are markup and scripts."""
    home = tmp_path_factory.mktemp("hostile")
    report = home / "\"><img src=x onerror='window.hacked=1'>.html"
    report.write_text("\n".join(f"<p>{html.escape(line)}</p>" for line in HOSTILE.splitlines()), encoding="utf-8")
    result = build([report], home / "w.duckdb", light_project)
    return write_site(result.warehouse, home / "site", root)


def test_markup_in_a_document_is_text(hostile: SiteResult) -> None:
    pages = [*hostile.folder.glob("*.html"), *hostile.folder.glob("*/*.html")]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>window" not in text
        assert "<img" not in text
        assert 'href="javascript:' not in text
    document = next((hostile.folder / "documents").glob("*.html")).read_text(encoding="utf-8")
    shown = html.unescape(re.sub(r"<[^>]+>", "", document))
    for line in HOSTILE.splitlines():
        assert line in shown
    assert all(re.fullmatch(r"[\w./-]+", str(path.relative_to(hostile.folder))) for path in hostile.folder.rglob("*"))


# Warehouses of other versions


def test_consequences_are_folded_into_their_cause(tiny_copy: Path, root: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(tiny_copy)) as connection:
        connection.execute(
            "insert into marts.fct_anomaly"
            " select * replace (anomaly_id || 'x' as anomaly_id, 'Folge' as message) from marts.fct_anomaly"
        )
        connection.execute("alter table marts.fct_anomaly add column is_primary boolean")
        connection.execute("alter table marts.fct_anomaly add column cause_id varchar")
        connection.execute("alter table marts.fct_anomaly add column suspect_figure_id varchar")
        connection.execute(
            "update marts.fct_anomaly set is_primary = not anomaly_id like '%x',"
            " cause_id = rtrim(anomaly_id, 'x'), suspect_figure_id = figure_ids[1]"
        )
        connection.execute("alter table marts.fct_figure add column status varchar")
        connection.execute("update marts.fct_figure set status = 'disputed'")
    result = write_site(tiny_copy, tmp_path / "site", root)
    rows = chunk(result.folder, "anomalies/0")
    assert len(rows) == result.anomalies >= 1
    for row in rows:
        assert row[19] == row[16][0][0]
        assert row[21] == 1
        assert [(each[0], each[4]) for each in row[22]] == [(f"{row[0]}x", "Folge")]
    page = next((result.folder / "documents").glob("*.html")).read_text(encoding="utf-8")
    assert {found[0] for found in _ANCHOR.findall(page)} == {"disputed"}


def test_a_figure_is_disputed_by_an_error_and_confirmed_by_a_check_that_passed(
    tiny: BuildResult, root: Path, tmp_path: Path
) -> None:
    """基本支出60 and 项目支出50 are not 100; 10, 8 and 80% fit together."""
    result = write_site(tiny.warehouse, tmp_path / "site", root)
    page = next((result.folder / "documents").glob("*.html")).read_text(encoding="utf-8")
    states = {html.unescape(text): state for state, _, text in _ANCHOR.findall(page)}
    assert states["100万元"] == states["60万元"] == states["50万元"] == "disputed"
    assert states["80%"] == "confirmed"


# The command


def test_the_command_writes_and_says_what(ask: Callable[..., Any], tmp_path: Path) -> None:
    answer = ask("site", "--out", tmp_path / "网站", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["documents"] == 5
    assert (tmp_path / "网站" / "index.html").is_file()
    again = ask("site", "--out", tmp_path / "网站")
    assert again.code == 0
    assert "5 份文件" in again.out


def test_a_folder_with_other_things_is_left_alone(ask: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "论文.txt").write_text("重要", encoding="utf-8")
    answer = ask("site", "--out", tmp_path)
    assert answer.code == 1
    assert "不会覆盖" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["论文.txt"]


def test_no_warehouse_is_an_error_that_says_what_to_do(gouji: Callable[..., Any], tmp_path: Path) -> None:
    answer = gouji("site", "--out", tmp_path / "out", "--warehouse", tmp_path / "none.duckdb")
    assert answer.code == 1
    assert "goujibuild" in answer.err
    assert not (tmp_path / "out").exists()


# The parts


def test_a_site_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    out = tmp_path / "site"
    with replacing(out) as folder:
        folder.text(MARK, "{}")

    def half() -> None:
        with replacing(out) as folder:
            folder.text("half.html", "half")
            folder.text("", "no name")

    with pytest.raises(IsADirectoryError):
        half()
    assert [path.name for path in out.iterdir()] == [MARK]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_is_no_folder_for_a_site(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("", encoding="utf-8")
    with pytest.raises(SiteError, match="是文件"), replacing(tmp_path / "site"):
        pass


def test_a_list_is_cut_into_chunks_and_indexed(folder: SiteFolder) -> None:
    writer = ListWriter(folder, "list", ["city"])
    for number in range(CHUNK + 1):
        writer.add(f"{number:032x}", [number], {"city": None if number == 1 else "甲" if number % 2 else "乙"})
    assert writer.close() == CHUNK + 1
    assert len(chunk(folder.root, "list/0")) == CHUNK
    assert chunk(folder.root, "list/1") == [[CHUNK]]
    index = chunk(folder.root, "list/index")
    assert index["facets"]["city"]["values"] == ["乙", "甲"]
    assert index["facets"]["city"]["codes"][:4] == [0, -1, 0, 1]


def test_amounts_keep_their_digits_in_chunks(folder: SiteFolder) -> None:
    folder.chunk("x", [Decimal("12345678901234567890.120000"), Decimal("0E-6"), Decimal("-5.50")])
    assert chunk(folder.root, "x") == ["12345678901234567890.12", "0", "-5.5"]
    with pytest.raises(TypeError, match="float32"):
        folders.to_json(type("float32", (), {})())


@pytest.mark.parametrize(
    ("yuan", "shown", "all_digits"),
    [
        ("2195900", "219.59", "2,195,900"),
        ("66646827.39", "6,664.68", "66,646,827.39"),
        ("0", "0.00", "0"),
        ("-9380200.000000", "-938.02", "-9,380,200"),
        ("12.5", "0.00125", "12.5"),
    ],
)
def test_amounts_are_shown_in_ten_thousands_and_exactly(yuan: str, shown: str, all_digits: str) -> None:
    assert ten_thousands(Decimal(yuan)) == shown
    assert exact(Decimal(yuan)) == all_digits


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 12)), max_size=8), st.integers(0, 9))
def test_marking_loses_no_text(text: str, spans: list[tuple[int, int]], start: int) -> None:
    marks = [Mark(first, first + length, f"d-{number}", "confirmed") for number, (first, length) in enumerate(spans)]
    found = printed.pieces(text, start, marks)
    assert "".join(piece.text for piece in found) == text
    named = [piece.mark for piece in found if piece.mark is not None]
    assert len(set(named)) == len(named)


def test_a_mark_is_cut_where_it_overlaps_another() -> None:
    found = printed.pieces("收入100万元", 0, [Mark(2, 7, "d-1", "x"), Mark(5, 7, "d-2", "y")])
    assert [(piece.text, piece.mark and piece.mark.figure_id) for piece in found] == [
        ("收入", None), ("100万元", "d-1"), ("", "d-2"),
    ]  # fmt: skip


def test_places_that_no_cell_covers_are_filled() -> None:
    cells = [
        RawCell(0, 0, 2, 1, "项目", 0),
        RawCell(0, 1, 1, 2, "金额", 3),
        RawCell(1, 2, 1, 1, "决算", 6),
        RawCell(2, 1, 1, 1, "5.00", 9, [Mark(9, 13, "d-1", "confirmed")]),
    ]
    rows = printed.table(cells)
    assert [[f"{cell.opening}{cell.text}{cell.closing}" for cell in row] for row in rows] == [
        ['<th rowspan="2">项目</th>', '<th colspan="2">金额</th>'],
        ["<td></td>", "<th>决算</th>"],
        ["<td></td>", '<td class="n">5.00</td>'],
    ]
    assert [piece.mark and piece.mark.figure_id for piece in rows[2][1].pieces] == ["d-1"]
    assert printed.table([]) == []


def test_quartiles_are_values_of_the_list() -> None:
    assert _quartiles([Decimal(n) for n in range(1, 10)]) == [1, 3, 5, 7, 9]
    assert _quartiles([Decimal(7)]) == [7, 7, 7, 7, 7]


def test_a_glossary_is_read_from_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "glossary.md"
    file.write_text(
        "# 术语\n\n## 收支 Money\n\n| 中文 | 名称 | 说明 | Meaning |\n| --- | --- | --- | --- |\n"
        "| 执行率 | `execution_pct` | 决算 \\| 预算 | Rate |\n",
        encoding="utf-8",
    )
    assert glossary(file) == [["收支 Money", "执行率", "execution_pct", "决算 | 预算", "Rate"]]
    assert glossary(tmp_path / "none.md") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("key,zh\n", "第 1 行"),
        ("key,zh,en\na,甲,\n", "第 2 行"),
        ("key,zh,en\na,甲,A\na,乙,B\n", "第 3 行的键 a"),
    ],
)
def test_texts_with_a_mistake_are_refused_with_the_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "texts.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SiteError, match=message):
        texts.load(file)
