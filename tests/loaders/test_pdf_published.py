"""Published PDF files, checked by hand against the printed page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pdf_sheets import tables

from loaders.document import Block, Unreadable
from loaders.formats.pdf import read

PUBLISHED = Path(__file__).parents[3] / "shared" / "reports" / "published"


def published(name: str) -> tuple[str, tuple[Block, ...]]:
    path = PUBLISHED / name
    if not path.is_file():
        pytest.skip(f"no published report at {path}: they stand beside the repository, not in it")
    return read(path.read_bytes())[:2]


def table_on(found: Sequence[Block], page: int) -> tuple[list[str], list[list[str]]]:
    """The two paragraphs before the first table that begins on a page, and the table's rows."""
    at = next(index for index, block in enumerate(found) if block.table and block.page == page)
    return [block.text for block in found[at - 2 : at]], tables(found[at : at + 1])[0]


def test_yantai_a_rotated_page_and_a_table_over_two_pages_under_one_title():
    title, found = published("yantai_2026_ys_ab72d2da.pdf")
    assert title == "2026年烟台市教育局部门预算"
    above, rows = table_on(found, 10)
    assert above == ["部门（单位）：烟台市教育局", "单位：万元"]
    assert rows[1] == ["类", "款", "项", "小计", "一般公共预算收入", "政府性基金预算收入", "国有资本经营预算收入"]
    assert rows[2][3:] == [
        *("合　计", "315,441.72", "233,644.90", "231,286.22", "2,358.68", "", "62,466.06", "4,828.50", "", "14,296.37"),
        *("205.89", "", "", ""),
    ]
    assert rows[15][:7] == ["", "", "05", "高等职业教育", "165,160.20", "94,681.87", "94,681.87"]
    totals = [row[4] for row in rows[2:] if row[0]]
    assert totals == ["313,068.64", "14.40", "2,238.68", "120.00"]
    table = next(block.table for block in found if block.table and block.page == 10)
    printed_on = {cell.text: cell.page for cell in table.cells}
    assert (printed_on["231,286.22"], printed_on["1,959.28"], printed_on["120.00"]) == (10, 11, 11)
    # Both parts of the table, the second from page 11, add up to the total printed on page 10.
    assert sum(round(float(total.replace(",", "")) * 100) for total in totals) == 31_544_172


def test_shanghai_putuo_final_accounts_of_the_three_public_expenses():
    _, found = published("sh-putuo_2024_js_f2546b57.pdf")
    above, rows = table_on(found, 17)
    assert above == ["单位：万元", "财政拨款“三公”经费"]
    assert rows[0] == ["合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"]
    assert rows[2] == ["预算数", "决算数"] * 6
    assert rows[3] == ["2.85", "0.39", *["0.00"] * 8, "2.85", "0.39"]


def test_suzhou_income_under_two_rows_of_headings_and_prose_without_headers():
    title, found = published("suzhou_2026_ys_27923060.pdf")
    assert title == "2026年度苏州市自然资源和规划局单位预算公开"
    above, rows = table_on(found, 12)
    assert above == ["单位：苏州市自然资源和规划局", "单位：万元"]
    assert rows[0] == ["单位代码", "单位名称", "合计", "本年收入", "上年结转结余"]
    assert rows[1][1:3] == ["一般公共预算", "政府性基金预算"]
    assert rows[3] == ["114001", "苏州市自然资源和规划局", "10,022.32", "10,022.32", "9,078.52", "943.80", *[""] * 13]
    prose_of_32 = [block.text for block in found if block.page == 32]
    assert prose_of_32[:2] == [
        "本年一般公共预算收入9,078.52万元，占90.58%；",
        "本年政府性基金预算收入943.8万元，占9.42%；",
    ]
    assert not any(block.text == title or block.text == "- 30 -" for block in found[3:])


def test_xian_names_that_run_under_figures():
    _, found = published("xian_2019_ys_1598881b.pdf")
    above, rows = table_on(found, 3)
    assert above == ["2019年部门综合预算收支总表", "单位：万元"]
    assert rows[3] == [
        *("1、财政拨款", "3,643.37", "1、一般公共服务", "", "1、人员经费和公用经费支出", "2,022.39"),
        *("1、机关工资福利支出", "1,470.72"),
    ]
    assert rows[11][4:] == ["(3)对个人和家庭的补助", "", "9、对个人和家庭的补助", "4.82"]
    assert rows[-1][::2] == ["收入总计", "支出总计", "支出总计", "支出总计"]
    assert rows[-1][1::2] == ["3,695.91"] * 4


def test_beijing_a_table_of_budgets_over_three_pages():
    _, found = published("bj_2026_ys_0487706e.pdf")
    _, rows = table_on(found, 4)
    assert rows[-1] == ["合 计", "", "", "44,169.357532", "28,016.258321", "16,153.099211", "", "", ""]
    parts = [float(row[3].replace(",", "")) for row in rows[2:-1]]
    assert round(sum(parts), 6) == 44169.357532


def test_shanghai_a_column_that_did_not_fit_on_the_page():
    _, found = published("sh_2026_ys_c072ba76.pdf")
    above, rows = table_on(found, 8)
    assert above == ["编制单位：上海市数据局", "单位：元"]  # the unit is printed on page 10, above the column
    assert rows[0] == ["项目", "收入预算"]
    assert rows[1][2:] == ["合计", "财政拨款收入", "事业收入", "事业单位经营收入", "其他收入"]
    assert rows[5][2:] == ["01", "行政运行", "28,853,324", "28,853,324", "", "", ""]
    assert rows[-1] == ["合计", "471,452,100", "471,452,100", "", ""]  # on page 9


def test_yantai_titles_that_were_painted_over():
    _, found = published("yantai_2026_ys_47b2d173.pdf")
    titles = [block.text for block in found if block.table is None and block.page in (32, 35, 36)]
    assert titles == ["（三）部门预算项目绩效目标表", *["政策和项目预算绩效目标表"] * 3]


def test_xian_a_title_without_the_specks_of_a_converter():
    _, found = published("xian_2022_ys_9b85e0bb.pdf")
    above, rows = table_on(found, 36)
    assert above == ["2022年部门综合预算一般公共预算拨款“三公”经费、会议费、培训费表（不含上年结转）", "金额单位：元"]
    assert rows[1][1] == "一般公共预算拨款安排的“三公”经费预算"
    assert rows[6][1:5] == ["271001", "西安市人民政府国有资产监督管理委员会", "38000.00", "10000.00"]


@pytest.mark.usefixtures("without_ocr")
def test_changsha_a_scan_needs_ocr():
    with pytest.raises(Unreadable) as raised:
        published("changsha_2024_qt_0fd21605.pdf")
    assert raised.value.reason == "needs_ocr"
