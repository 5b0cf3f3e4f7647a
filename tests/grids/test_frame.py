"""The frame of a table: headers, codes in all their layouts, sides, and what each cell is for."""

from __future__ import annotations

from loaders.document import Cell, Table
from loaders.grids.frame import Frame, Role, frame


def grid(*rows: str) -> Table:
    """A table from rows whose cells are parted by `|`; a cell that is `>` goes on from the one to its left."""
    cells: list[Cell] = []
    at = 0
    for row_no, row in enumerate(rows):
        texts = [text.strip() for text in row.split("|")]
        for col_no, text in enumerate(texts):
            if text == ">":
                continue
            span = 1
            while col_no + span < len(texts) and texts[col_no + span] == ">":
                span += 1
            cells.append(Cell(row_no, col_no, text, at, at + len(text), 1, span))
            at += len(text) + 1
    return Table(1, tuple(cells))


def labels(framed: Frame) -> list[tuple[str, str | None, str]]:
    """Name and code of the first label, and the text, of every amount."""
    return [(a.labels[0].name, a.labels[0].code, a.cell.text) for a in framed.amounts]


def test_code_and_name_in_columns_of_their_own() -> None:
    framed = frame(grid("科目编码|科目名称|合计", "205|教育支出|10.00", "20502|普通教育|10.00"))
    assert labels(framed) == [("教育支出", "205", "10.00"), ("普通教育", "20502", "10.00")]


def test_code_in_three_columns_carried_down() -> None:
    framed = frame(
        grid(
            "类|款|项|科目名称|合计",
            "205|||教育支出|10.00",
            "|02||普通教育|10.00",
            "||01|学前教育|10.00",
        )
    )
    assert [code for _, code, _ in labels(framed)] == ["205", "20502", "2050201"]


def test_code_in_three_columns_printed_in_full() -> None:
    framed = frame(grid("类|款|项|科目名称|合计", "205|02|01|学前教育|10.00", "206|01|01|行政运行|5.00"))
    assert [code for _, code, _ in labels(framed)] == ["2050201", "2060101"]


def test_code_printed_with_the_name() -> None:
    framed = frame(grid("科目|合计", "[205]教育支出|10.00", "20502-普通教育|10.00", "2050201学前教育|10.00"))
    assert labels(framed) == [
        ("教育支出", "205", "10.00"),
        ("普通教育", "20502", "10.00"),
        ("学前教育", "2050201", "10.00"),
    ]


def test_two_classifications_of_one_row_are_two_labels() -> None:
    framed = frame(
        grid(
            "部门经济科目编码|部门经济科目名称|政府经济科目编码|政府经济科目名称|合计",
            "30101|基本工资|50101|工资奖金津补贴|8.00",
        )
    )
    (amount,) = framed.amounts
    assert [(label.code, label.name) for label in amount.labels] == [("30101", "基本工资"), ("50101", "工资奖金津补贴")]


def test_lists_side_by_side_have_labels_of_their_own() -> None:
    framed = frame(
        grid("收入项目|决算数|支出项目|决算数", "一、财政拨款收入|9.00|一、教育支出|8.00", "总计|9.00|总计|9.00")
    )
    assert labels(framed) == [
        ("财政拨款收入", None, "9.00"),
        ("教育支出", None, "8.00"),
        ("总计", None, "9.00"),
        ("总计", None, "9.00"),
    ]


def test_row_numbers_and_column_numbers_are_no_amounts() -> None:
    framed = frame(grid("项目|>|行次|决算数", "栏次|>||1", "教育支出|>|1|8.00"))
    assert labels(framed) == [("教育支出", None, "8.00")]
    assert framed.roles[2, 2] is Role.ORDINAL
    assert framed.roles[1, 3] is Role.ORDINAL


def test_merged_headers_are_a_path_from_top_to_bottom() -> None:
    framed = frame(grid("科目名称|基本支出|>|项目支出", "|人员经费|公用经费|", "教育支出|5.00|3.00|2.00"))
    assert [column.header for column in framed.columns] == [
        ("基本支出", "人员经费"),
        ("基本支出", "公用经费"),
        ("项目支出",),
    ]


def test_a_table_of_words_has_no_amounts() -> None:
    assert frame(grid("序号|单位名称", "1|云岭市林业局", "2|云岭市水利局")).amounts == ()


def test_a_total_of_whole_numbers_is_no_heading() -> None:
    """Years and the numbers of columns are."""
    assert [a.cell.text for a in frame(grid("项目|预算数", "合计|46", "公务接待费|12")).amounts] == ["46", "12"]
    assert [a.cell.text for a in frame(grid("项目|2025年|2026年", "栏次|1|2", "公务接待费|12|13")).amounts] == [
        "12",
        "13",
    ]
    assert frame(grid("项目|增幅", "公务接待费|12%", "会议费|12.5%")).header_rows == 2
    assert frame(grid("项目|数", "公务接待费|" + "9" * 5000, "会议费|12.50")).header_rows == 2
    assert frame(grid("项目|预算数|", "年份|2025|2026", "公务接待费|12.00|13.00")).header_rows == 2
