"""The notebooks run from top to bottom and show what is committed; their numbers are those of SQL."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from warehouse import notebooks
from warehouse.build import BuildResult
from warehouse.paths import project_root

FILES = {file.stem: file for file in notebooks.notebooks(project_root())}


@cache
def committed(name: str) -> Any:
    return nbformat.read(FILES[name], as_version=4)


def shown(name: str) -> str:
    """What a notebook shows, as one text without tags and without the separators of thousands."""
    text = "\n".join(part for cell in notebooks.told(committed(name)) for part in cell)
    return re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"</t[dh]>", "|", text)).replace("<td", "\n<td")


def test_there_are_three() -> None:
    assert list(FILES) == ["anomaly_triage", "cross_city_comparison", "one_organisation"]


@pytest.mark.parametrize("name", FILES)
def test_a_notebook_shows_what_is_committed(name: str, samples: BuildResult) -> None:
    """Run `make notebooks` after a change of notebooks, models or vocabulary, and look at what changed."""
    run = notebooks.executed(FILES[name], samples.warehouse)
    assert notebooks.told(run) == notebooks.told(committed(name))


@pytest.mark.parametrize("name", FILES)
def test_what_is_committed_does_not_tell_when_or_where_it_ran(name: str) -> None:
    notebook = committed(name)
    nbformat.validate(notebook)
    tidy = notebooks.tidied(nbformat.from_dict(notebook))
    assert nbformat.writes(tidy, indent=1, ensure_ascii=False) == FILES[name].read_text("utf-8").rstrip("\n")
    assert [cell.id for cell in notebook.cells] == [f"cell-{number}" for number in range(1, len(notebook.cells) + 1)]


@pytest.mark.parametrize("name", FILES)
def test_a_chart_is_a_picture_with_chinese_in_it(name: str) -> None:
    outputs = [
        o.data for c in committed(name).cells for o in c.get("outputs", []) if "image/svg+xml" in o.get("data", {})
    ]
    assert outputs
    for data in outputs:
        assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
        assert re.search(r">[^<]*[\u4e00-\u9fff]", data["image/svg+xml"])
        assert not re.search(r"(?:href|src)=.https?:", data["image/svg+xml"])


@pytest.mark.parametrize("name", FILES)
def test_a_notebook_is_told_by_a_reader_in_chinese(name: str) -> None:
    text = "".join(cell.source for cell in committed(name).cells if cell.cell_type == "markdown")
    assert text.startswith("# ")
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 300


# Their numbers, by SQL of the test's own


def test_the_comparison_has_the_numbers_of_sql(samples_connection: duckdb.DuckDBPyConnection) -> None:
    text = shown("cross_city_comparison")
    rows = samples_connection.execute(
        """
        select round(100 * p.value / (p.value + b.value), 1)
        from intermediate.int_organization_figure as p
        inner join intermediate.int_organization_figure as b using (organization_name, fiscal_year)
        where p.item = 'expenditure_project' and p.phase = 'actual'
            and b.item = 'expenditure_basic' and b.phase = 'actual'
        """
    ).fetchall()
    assert len(rows) == 3
    for (share,) in rows:
        assert f"项目占 **{share:.1f}%**" in text
    totals = samples_connection.execute(
        "select value / 10000 from intermediate.int_organization_figure "
        "where item = 'expenditure_total' and phase = 'actual' order by 1"
    ).fetchall()
    assert len(totals) == 3
    for (total,) in totals:
        assert f"{total:.2f}".rstrip("0") in text
    assert f"**{totals[-1][0] / totals[0][0]:.0f} 倍**" in text


def test_a_resident_pays_what_sql_says(samples_connection: duckdb.DuckDBPyConnection) -> None:
    (each,) = samples_connection.execute(
        """
        select round(f.value / r.population, 2)
        from intermediate.int_organization_figure as f
        inner join marts.dim_region as r on r.region_code = '110106'
        where f.organization_name = '北京市丰台区城市管理指挥中心'
            and f.item = 'expenditure_total' and f.phase = 'actual'
        """
    ).fetchall()[0]
    assert f"| 丰台 2024 | 支出合计 | {each:.2f} |" in shown("cross_city_comparison")


def test_the_organisation_has_the_numbers_of_sql(samples_connection: duckdb.DuckDBPyConnection) -> None:
    text = shown("one_organisation")
    checked, failed, errors = samples_connection.execute(
        """
        select count(*) filter (where state in ('pass', 'rounding', 'fail')), count(*) filter (where state = 'fail'),
            count(*) filter (where state = 'fail' and severity = 'error')
        from marts.fct_check where organization_name = '北京市丰台区城市管理指挥中心' and fiscal_year = 2024
        """
    ).fetchall()[0]
    assert f"核对了 {checked} 项，不符 {failed} 项，其中 {errors} 项是错误" in text
    slow = samples_connection.execute(
        """
        select project_key, round(100 * actual_yuan / budget_yuan, 1), round(score, 2) from marts.fct_project
        where fiscal_year = 2024 and actual_yuan * 100 < budget_yuan * 80 and score is not null
        """
    ).fetchall()
    assert len(slow) == 4
    for project, rate, score in slow:
        assert re.search(rf"\| {re.escape(project)} \| [\d.]+ \| {rate:.1f}% \| {score:.2f} \|", text)


def test_triage_leaves_no_error_out(samples_connection: duckdb.DuckDBPyConnection) -> None:
    text = "\n".join(part for cell in notebooks.told(committed("anomaly_triage")) for part in cell)
    messages = samples_connection.execute("select message from marts.fct_anomaly where severity = 'error'").fetchall()
    (causes,) = samples_connection.execute(
        "select count(distinct cause_id) from marts.fct_anomaly where severity = 'error' and is_primary"
    ).fetchall()[0]
    assert f"{len(messages)} 条错误，合成 **{causes} 个问题**" in text
    assert [message for (message,) in messages if message not in text] == []


# What goes wrong


def test_a_cell_that_fails_is_named(tmp_path: Path, samples: BuildResult) -> None:
    cell = nbformat.v4.new_code_cell("from warehouse import api\napi.open().figures('丰太')")
    file = tmp_path / "bad.ipynb"
    file.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")
    with pytest.raises(CellExecutionError, match="没有这个单位"):
        notebooks.executed(file, samples.warehouse)
