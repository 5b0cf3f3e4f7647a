"""The benchmark counts what it says: cells in the same row and column, whatever else two readers see."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import pdf_tables, prose
from benchmarks.compare import compared, plain, same_cells
from benchmarks.readers import of_blocks
from loaders.document import Block, BlockKind, Cell, Table

GRID = [["项目", "预算数", "决算数"], ["基本支出", "1.20", "1.18"], ["项目支出", "", "1.18"], ["合计", "1.20", "2.36"]]


def test_white_space_and_variants_of_a_character_do_not_matter():
    assert plain("机关运行\n经费（⼀）") == "机关运行经费(一)"
    assert plain(None) == ""


def test_the_same_table_has_the_same_cells():
    count, differences = compared([GRID], [GRID])
    assert (count.cells, count.same, count.different, differences) == (11, 11, 0, [])


def test_a_header_or_an_empty_column_that_one_reader_does_not_see_costs_only_its_own_cells():
    narrow = [[row[0], "", *row[1:]] for row in GRID[1:]]
    count, differences = compared([GRID], [narrow])
    assert (count.same, {difference.text for difference in differences}) == (8, set(GRID[0]))


def test_an_amount_in_the_wrong_column_or_row_is_wrong():
    shifted = [*GRID[:2], ["项目支出", "1.18", ""], GRID[3]]
    assert (2, 2) not in same_cells(GRID, shifted)
    merged = [GRID[0], ["基本支出项目支出", "1.20", "1.181.18"], GRID[3]]
    count, differences = compared([GRID], [merged])
    assert count.different == len(differences) == 4
    assert differences[0].row == ("基本支出", "1.20", "1.18")


def test_of_two_like_rows_the_one_with_the_same_columns_is_matched():
    expected = [["", "99", "其他支出", "5.00"]]
    assert len(same_cells(expected, [["99", "", "其他支出", "5.00"], ["", "99", "其他支出", "5.00"]])) == 3


def test_a_title_in_the_frame_may_be_a_line_above_the_table():
    count, _ = compared([[["支出决算表", "", ""], *GRID]], [GRID], {"支出决算表", "项目"})
    assert (count.same, count.beside, count.different) == (11, 1, 0)


def test_each_table_is_held_against_the_one_that_is_most_like_it():
    count, _ = compared([GRID, [["说明", "无"]]], [[["说明", "无"]], GRID])
    assert (count.cells, count.different) == (13, 0)
    assert compared([GRID], [])[0].different == 11


def test_pages_of_a_table_have_its_first_page_too():
    cells = [("项目", 0, 1), ("甲类", 1, 1), ("乙类", 2, 2)]
    table = Table(1, tuple(Cell(row, 0, text, 0, 0, page=page) for text, row, page in cells))
    pages = of_blocks([Block(1, BlockKind.PARAGRAPH, "支出 总表", 1), Block(2, BlockKind.TABLE, "", 1, table=table)])
    assert pages.tables == {1: [[["项目"], ["甲类"]]], 2: [[["项目"], ["甲类"], ["乙类"]]]}
    assert pages.texts == {1: {"支出总表"}}


def test_the_hand_checked_pages_are_of_many_documents():
    truth = pdf_tables.truth()
    assert len(truth) >= 8
    assert sum(map(len, truth.values())) >= 12
    assert truth["wuxi_2026_ys_4cc41d80.pdf"][15][3][2:6] == ["984,760.87", "984,760.87", "196,278.67", "143,999.00"]


def test_a_sample_is_spread_over_all_files():
    assert pdf_tables.sample(list("abcdefgh"), 3) == ["a", "c", "f"]
    assert pdf_tables.sample(list("abc"), 0) == pdf_tables.sample(list("abc"), 9) == ["a", "b", "c"]


def test_what_is_missing_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pdf_tables, "_is_installed", lambda name: True)
    assert pdf_tables.main([str(tmp_path)]) == 2
    assert "no PDF files in" in capsys.readouterr().err
    monkeypatch.setattr(pdf_tables, "_is_installed", lambda name: name != "pdfplumber")
    assert pdf_tables.main([str(tmp_path)]) == 2
    assert "pdfplumber is not installed" in capsys.readouterr().err


def test_only_documents_with_pages_of_prose_are_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "report.txt").write_text("青禾市林业局2023年度部门决算\n基本支出200.00万元。", encoding="utf-8")
    assert prose.main([str(tmp_path)]) == 2
    assert "no documents" in capsys.readouterr().err
    assert prose.main([str(tmp_path / "missing")]) == 2


def test_the_cost_is_that_of_all_pages_together_and_not_the_mean_of_documents(capsys: pytest.CaptureFixture[str]):
    whole = prose.report([prose.Cost("dense.pdf", 1, 4.0), prose.Cost("light.pdf", 9, 1.0)])
    assert whole == 0.5
    assert capsys.readouterr().out.splitlines()[1].split() == ["dense.pdf", "1", "4.00"]
