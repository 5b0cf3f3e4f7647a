"""PDF files: tables that run over pages, downwards and to the right."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pdf_sheets import ROWS, XS, Sheet, blocks, document, spans, tables

from loaders.formats import read_bytes
from loaders.landing import Landing


def long_table(*names: str) -> list[list[str]]:
    return [[name, f"{number}.50", f"{number}.25"] for number, name in enumerate(names)]


def test_a_table_that_runs_on_is_one_and_a_repeated_header_is_taken_once():
    head, tail = long_table("甲类", "乙类", "丙类", "丁类"), long_table("戊类", "己类")
    one = Sheet().text(200, 380, "支出总表", 18).table(XS, 400, [ROWS[0], *head], height=80).text(280, 820, "1")
    two = Sheet().table([x + 20 for x in XS], 60, [ROWS[0], *tail]).text(80, 200, "注：无。").text(280, 820, "2")
    found = blocks(one, two)
    assert tables(found) == [[ROWS[0], *head, *tail]]
    assert [(block.page, block.text) for block in found if not block.table] == [(1, "支出总表"), (2, "注：无。")]
    assert next(block.page for block in found if block.table) == 1


def test_a_table_that_runs_on_under_the_same_title_is_one():
    pages = [
        Sheet()
        .text(200, 60, "支出总表", 18)
        .text(380, 90, "单位：万元")
        .table(XS, 100, [ROWS[0], *long_table(name, name)])
        for name in ("甲类", "乙类")
    ]
    found = blocks(*pages)
    assert [block.text for block in found if not block.table] == ["支出总表", "单位：万元"]
    assert tables(found) == [[ROWS[0], *long_table("甲类", "甲类"), *long_table("乙类", "乙类")]]


def test_forms_with_the_same_title_are_as_many_tables():
    pages = [
        Sheet().text(200, 60, "绩效目标表", 18).table([60, 200, 440], 100, [["主管部门", "某局"], ["项目名称", name]])
        for name in ("道路养护", "绿化养护")
    ]
    assert len(tables(blocks(*pages))) == 2


def test_a_merged_cell_goes_on_over_the_page_break():
    one = Sheet().table([60, 200, 440], 700, [["产出指标", "数量"]], height=40).line(60, 780, 60, 740)
    one.line(200, 740, 200, 780).line(440, 740, 440, 780).line(200, 780, 440, 780).line(60, 740, 440, 740)
    one.text(62, 760, "效益指标", 8).text(202, 760, "社会效益", 8)
    two = Sheet().line(60, 60, 60, 100).line(200, 60, 200, 100).line(440, 60, 440, 100)
    two.line(200, 60, 440, 60).line(60, 100, 440, 100).text(202, 80, "可持续影响", 8)
    (block,) = blocks(one, two)
    assert spans(block)["效益指标"] == (1, 0, 2, 1)
    assert tables([block]) == [[["产出指标", "数量"], ["效益指标", "社会效益"], ["可持续影响"]]]


def test_a_row_that_the_page_break_cuts_is_one():
    one = Sheet().table([60, 200, 280], 700, [["主管部门", "某局"], ["项目名称", "医疗服务能力补助资"]], height=40)
    two = Sheet().table([60, 200, 280], 60, [["", "金支出"], ["备注", "没有"]])
    assert tables(blocks(one, two)) == [
        [["主管部门", "某局"], ["项目名称", "医疗服务能力补助资金支出"], ["备注", "没有"]]
    ]


# Where a cell is printed


def two_pages() -> tuple[Sheet, Sheet]:
    head, tail = long_table("甲类", "乙类", "丙类", "丁类"), long_table("戊类", "己类")
    one = Sheet().text(200, 380, "支出决算表", 18).table(XS, 400, [ROWS[0], *head], height=80)
    return one, Sheet().table(XS, 60, [ROWS[0], *tail])


def test_each_cell_has_the_page_that_prints_it():
    block = next(block for block in blocks(*two_pages()) if block.table)
    assert block.page == 1
    assert {cell.text: cell.page for cell in block.table.cells if cell.col_no == 0} == {
        **dict.fromkeys(["项目", "甲类", "乙类", "丙类", "丁类"], 1),
        **dict.fromkeys(["戊类", "己类"], 2),
    }


def test_cells_and_numbers_land_with_their_page(interpreter):
    found = read_bytes(document(*two_pages()), Path("决算.pdf"))
    with duckdb.connect() as connection:
        landing = Landing(connection)
        landing.create()
        landing.add([(found, interpreter.interpret(found))])
        for table in ("cell", "number"):
            rows = f"select distinct row_no, page from raw.{table} where table_no = 1 and row_no > 0 order by all"
            assert connection.execute(rows).fetchall() == [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2)]


# Columns that did not fit on the page

NAMES = [["科目", "合计"], ["甲类", "3.50"], ["乙类", "7.25"], ["总计", "10.75"]]


def wide(right: list[list[str]], top: float = 400) -> list[list[list[str]]]:
    """The tables of a page with NAMES and one with the columns to the right of them."""
    one = Sheet().text(60, 380, "收入总表", 18).table([60, 200, 440], 400, NAMES, height=90)
    two = Sheet().text(60, 380, "单位：元").table([60 + 80 * col for col in range(len(right[0]) + 1)], top, right, 90)
    return tables(blocks(one, two))


def test_columns_on_the_next_page_are_columns_of_the_table():
    right = [["基本支出", "项目支出"], ["1.50", "2.00"], ["", "7.25"], ["1.50", "9.25"]]
    assert wide(right) == [[[*left, *more] for left, more in zip(NAMES, right, strict=True)]]


def test_one_column_is_no_table_unless_it_is_the_last_of_another():
    right = [["其他收入"], [""], ["7.25"], ["7.25"]]
    assert wide(right) == [[[*left, *more] for left, more in zip(NAMES, right, strict=True)]]
    assert wide(right, top=420) == [NAMES]


def test_what_is_printed_above_such_columns_is_above_the_table():
    one = Sheet().text(60, 380, "收入总表", 18).table([60, 200, 440], 400, NAMES, height=90)
    two = Sheet().text(60, 380, "单位：元").table([60, 140], 400, [["其他收入"], ["0.00"], [""], ["0.00"]], height=90)
    found = blocks(one, two, Sheet().text(60, 100, "注：无。"))
    assert [block.text if block.table is None else "TABLE" for block in found] == [
        *("收入总表", "单位：元", "TABLE", "注：无。")
    ]
    (table,) = (block.table for block in found if block.table)
    assert {cell.page for cell in table.cells if cell.col_no == 2} == {2}


def test_a_heading_that_the_page_break_cuts_spans_the_columns_on_both_pages():
    one = Sheet().table([60, 200, 440], 400, [["项目", "收入预算"], *NAMES], height=80)
    two = Sheet().line(60, 400, 140, 400).line(140, 400, 140, 480)  # no border on the left of the first row
    two.table([60, 140], 480, [["其他收入"], ["1.00"], [""], ["1.00"]], height=80)
    (block,) = blocks(one, two)
    assert spans(block)["收入预算"] == (0, 1, 1, 2)
    assert tables([block])[0][1] == ["科目", "合计", "其他收入"]


@pytest.mark.parametrize(
    ("right", "top"),
    [
        pytest.param([["项目", "金额"], ["丙类", "1.50"], ["丁类", "7.25"], ["总计", "8.75"]], 400, id="with names"),
        pytest.param([["基本", "项目"], ["1.50", "2.00"], ["", "7.25"], ["1.50", "9.25"]], 430, id="at other heights"),
        pytest.param([["基本", "项目"], ["1.50", "2.00"], ["1.50", "9.25"]], 400, id="with fewer rows"),
    ],
)
def test_other_columns_on_the_next_page_are_a_table_of_their_own(right, top):
    assert wide(right, top) == [NAMES, right]
