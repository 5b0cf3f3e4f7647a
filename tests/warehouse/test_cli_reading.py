"""The commands that tell what was read of documents: coverage, and the vocabulary with what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from answers import Ask, parsed

# coverage


def test_coverage_counts_tables_figures_and_checks_of_each_document(ask: Ask) -> None:
    rows = {row["文件"]: row for row in parsed(ask("coverage", "--format", "json"))}
    assert len(rows) == 5
    row = rows["panzhihua_2021_performance.xlsx"]
    assert (row["状态"], row["有表"], row["指标"]) == ("loaded", 0, 33)
    assert row["数字"] > row["指标"]
    people = ask("coverage")
    assert people.code == 0
    assert "guandu_2017_performance.txt" in people.out
    assert "指标" in people.out


def test_coverage_of_one_document_has_a_line_a_table(ask: Ask) -> None:
    rows = parsed(ask("coverage", "fengtai", "--format", "json"))
    assert rows
    assert {row["状态"] for row in rows} <= {"已认出", "认出，不读数", "列出，未公布", "没有金额", "标题不认识"}


def test_coverage_by_section_adds_up_to_that_of_the_document(ask: Ask) -> None:
    whole = {row["文件"]: row for row in parsed(ask("coverage", "--format", "json"))}["fengtai_2024_final_account.html"]
    rows = parsed(ask("coverage", "fengtai", "--sections", "--format", "json"))
    assert {row["文件"] for row in rows} == {"fengtai_2024_final_account.html"}
    assert len({(row["来源"], row["章节"]) for row in rows}) == len(rows) > 1
    for count in ("数字", "指标", "不明"):
        assert sum(row[count] for row in rows) == whole[count]
    assert all(row["指标"] + row["另有原因"] + row["不明"] == row["数字"] for row in rows)
    assert len(parsed(ask("coverage", "--sections", "--format", "json"))) > len(rows)


def test_coverage_of_an_unknown_or_ambiguous_document_names_the_closest(ask: Ask) -> None:
    unknown = ask("coverage", "fengtai_2024_final_acount.html")
    assert (unknown.code, "fengtai_2024_final_account.html" in unknown.err) == (1, True)
    several = ask("coverage", "panzhihua")
    assert (several.code, "2份文件" in several.err) == (1, True)


# vocabulary


def test_vocabulary_lists_the_phrases_of_an_item(ask: Ask) -> None:
    rows = parsed(ask("vocabulary", "结转下年", "--format", "json"))
    assert {row["代码"] for row in rows} == {"carryover_closing"}
    rows = parsed(ask("vocabulary", "carryover_closing", "--format", "json"))
    assert "年末结转和结余" in {row["用语"] for row in rows}
    assert ask("vocabulary", "不会有的用语").out.strip() == "0 行"


@pytest.mark.usefixtures("light")
def test_vocabulary_lists_what_it_lacks_the_commonest_first(gouji: Any, tmp_path: Path) -> None:
    for name, text in {
        "a": "云岭市财政局2021年度部门决算\n基本支出60万元，绿化养护支持经费9万元，购苗8万元。",
        "b": "云岭市林业局2021年度部门决算\n基本支出60万元，绿化养护支持经费7万元。",
    }.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    target = tmp_path / "w.duckdb"
    assert gouji("build", tmp_path / "a.txt", tmp_path / "b.txt", "--warehouse", target).code == 0
    first, second = parsed(gouji("vocabulary", "--unknown", "--format", "json", "--warehouse", target))
    assert (first["用语"], first["次数"], first["文件"], first["出处"]) == ("绿化养护支持经费", 2, 2, "a.txt")
    assert first["例句"] == "基本支出60万元，绿化养护支持经费9万元，购苗8万元。"
    assert (second["用语"], second["文件"]) == ("购苗", 1)
    limited = gouji("vocabulary", "--unknown", "--limit", "1", "--warehouse", target)
    assert "1 行" in limited.out.splitlines()
    assert "没有读懂 3 个" in limited.out
