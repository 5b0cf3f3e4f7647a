"""Which table a title names, in budgets and in final accounts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from loaders.document import Document
from loaders.formats import text
from loaders.grids.recognition import kind_of_title, plain_title
from loaders.vocabulary import Vocabulary

# The codes of the reference list of names, and gouji's kinds.
KINDS = {
    **{f"FIN0{number}": f"F{number}" for number in range(1, 10)},
    **{f"BUD0{number}": f"B{number}" for number in range(1, 10)},
    "FIN06P": "F10",
    "BUD06P": "B10",
    "BUD10": "B12",
    "BUD11": "B15",
}
# Names that the list has, and that name something else or something finer.
ELSEWHERE = {
    "政府性基金预算财政拨款“三公”经费支出决算表": "F7",
    "基本支出预算表": "B21",
    "基本支出预算经济分类表": "B21",
}


def test_names_of_the_reference_list_are_known(vocabulary: Vocabulary, shared: Path) -> None:
    with (shared / "reference" / "table_name_synonyms.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 60
    wrong = []
    for row in rows:
        kind = kind_of_title(vocabulary, plain_title(row["alias"]), is_final=row["document_kind"] == "决算")
        expected = ELSEWHERE.get(row["alias"], KINDS[row["table_code"]])
        if kind is None or kind.kind != expected:
            wrong.append((row["alias"], kind and kind.kind, expected))
    assert wrong == []


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2026年部门收支总体情况表", "B1"),
        ("收入支出决算总表", "F1"),
        ("财政拨款收支总表", "B4"),
        ("一般公共预算支出明细表（按支出经济分类科目）", "B19"),
        ("一般公共预算支出明细表（按支出功能分类科目）", "B5"),
        ("一般公共预算基本支出明细表（按支出功能分类科目-不含上年结转）", "B18"),
        ("财政拨款支出表（功能科目）", "B13"),
        ("财政拨款基本支出表（经济科目）", "B20"),
        ("一般公共预算“三公”经费、会议费、培训费支出表", "B9"),
        ("2026年“三公”经费预算财政拨款情况统计表", "B9"),
        ("部门综合预算专项业务经费支出表", "B10"),
        ("政府采购支出表", "B12"),
        ("财政拨款政府购买服务明细表", "B14"),
        ("防汛物资储备项目绩效自评表", "B15"),
    ],
)
def test_titles_of_several_provinces(vocabulary: Vocabulary, title: str, kind: str) -> None:
    found = kind_of_title(vocabulary, plain_title(title))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "line",
    ["详见一般公共预算支出表，其中基本支出100万元。", "部门职能", "说明：本表反映部门收支；空表表示无收支"],
)
def test_sentences_name_no_table(vocabulary: Vocabulary, line: str) -> None:
    assert kind_of_title(vocabulary, plain_title(line)) is None


def test_a_title_without_its_phase_is_that_of_its_report(vocabulary: Vocabulary) -> None:
    budget = kind_of_title(vocabulary, "收入总表")
    final = kind_of_title(vocabulary, "收入总表", is_final=True)
    assert budget is not None
    assert final is not None
    assert (budget.kind, budget.phase, final.kind, final.phase) == ("B2", "initial_budget", "F2", "actual")
    told = kind_of_title(vocabulary, "收支预算总表", is_final=True)
    assert told is not None
    assert told.kind == "B1"


def test_a_unit_broken_over_two_lines_is_one(interpreter: Any) -> None:
    lines = [
        "云岭市林业局2026年部门预算",
        "支出总表",
        "单位：万",
        "元",
        "科目名称 | 合计 |",
        "农林水支出 | 10.00 |",
        "",
    ]
    blocks = text.read("\n".join(lines)).blocks
    (record,) = interpreter.interpret(Document("0", "x.txt", "x.txt", "txt", 0, blocks=blocks)).grids
    assert record.unit == "万元"
