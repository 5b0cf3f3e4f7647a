"""The warehouse in Python: what the docstrings show is so, amounts are exact, and text of documents stays text."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pytest

from warehouse import api, tabular
from warehouse.api import Citation, Warehouse
from warehouse.build import BuildResult
from warehouse.query import QueryError


@pytest.fixture
def w(samples: BuildResult) -> Iterator[Warehouse]:
    with api.open(samples.warehouse) as opened:
        yield opened


@pytest.mark.parametrize("module", [api, tabular])
def test_examples_of_docstrings_are_so(module: object, w: Warehouse) -> None:
    results = doctest.testmod(module, extraglobs={"w": w}, optionflags=doctest.ELLIPSIS)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert results.failed == 0


def test_every_question_has_an_example_or_names_its_mart() -> None:
    methods = [getattr(Warehouse, name) for name in vars(Warehouse) if name[0] != "_" and name != "close"]
    assert [m.__name__ for m in methods if not re.search(r">>>|marts\.|Raises", m.__doc__ or "")] == []


def test_amounts_are_exact_in_arrow_and_in_pandas(w: Warehouse) -> None:
    answer = w.three_public("攀枝花市数字化城市联动指挥中心")
    assert answer.column("total_actual_yuan") == [Decimal("8000.000000")]
    frame = answer.pandas()
    assert frame["total_actual_yuan"].sum() == Decimal("8000.000000")
    assert frame["fiscal_year"].dtype == pd.ArrowDtype(answer.arrow.schema.field("fiscal_year").type)


def test_what_is_not_printed_is_missing_and_never_0(w: Warehouse) -> None:
    assert w.three_public("开远").column("total_actual_yuan") == [None]
    assert w.three_public("开远").pandas()["total_actual_yuan"].isna().tolist() == [True]


def test_a_citation_says_where_and_shows_the_number_marked(w: Warehouse) -> None:
    cited = w.cite(w.figures("开远", item="expenditure_total", phase="actual").column("figure_id")[0])
    assert str(cited) == (
        "本年支出合计 531.07万元（开远市政务服务管理局，2022年；kaiyuan_2022_performance.pdf 第 1 页："
        "“全年总支出531.07万元,支付进度100%。”）"
    )
    assert "<mark>531.07万元</mark>" in cited._repr_html_()
    assert len(cited.sha256) == 64


def test_text_of_a_document_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script>"
    cited = Citation("a-1", evil, evil, 2024, Decimal(1), "yuan", evil, evil, "0" * 64, None, evil)
    assert "<script" not in cited._repr_html_()


def test_an_answer_shows_itself_with_text_as_text_and_says_what_it_leaves_out(w: Warehouse) -> None:
    shown = w.sql("select '<script>' as \"<b>\", 12345.600000::decimal(38, 6) as amount from range(100)")._repr_html_()
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "12,345.6<" in shown
    assert "另有 40 行" in shown


def test_a_wrong_name_is_an_error_with_the_closest(w: Warehouse) -> None:
    with pytest.raises(QueryError, match="没有这个单位：丰太"):
        w.figures("丰太")
    with pytest.raises(QueryError, match="没有这个指标：feb7"):
        w.cite("feb7")
    with pytest.raises(QueryError, match="fct_figure"):
        w.sql("from marts.fct_figur")
    with pytest.raises(KeyError):
        w.compare().column("nonsense")


@pytest.mark.parametrize("sql", ["from read_text('/etc/passwd')", "attach 'x.duckdb'", "delete from marts.fct_figure"])
def test_it_is_read_only_and_keeps_to_its_file(w: Warehouse, sql: str) -> None:
    with pytest.raises(QueryError, match="查询没有成功"):
        w.sql(sql)
