"""Saved queries: each runs, says what it asks, takes its parameters; and where `gouji sql` takes and gives files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from answers import Ask, parsed

from warehouse import questions, sandbox
from warehouse.build import BuildResult
from warehouse.paths import saved_queries
from warehouse.questions import QuestionError

SAVED = questions.load(saved_queries())
GIVEN = {"organization": "北京市丰台区城市管理指挥中心", "label": "公务接待费"}


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_query_has_an_answer(samples: BuildResult, name: str) -> None:
    question = SAVED[name]
    words = [word for each in question.parameters if each.required for word in (f"--{each.name}", GIVEN[each.name])]
    table = sandbox.ask(samples.warehouse, question.sql, questions.arguments(question, words))
    assert table.num_rows > 0
    assert not [column for column in table.column_names if column.isascii()], "what analysts see is Chinese"


def test_there_are_more_than_ten_and_each_explains_itself() -> None:
    assert len(SAVED) > 10
    assert [name for name, question in SAVED.items() if not (question.title and question.remarks)] == []


def test_without_a_name_all_are_listed_with_their_options(gouji: Any) -> None:
    answer = gouji("query")
    assert (answer.code, answer.err) == (0, "")
    assert [name for name in SAVED if name not in answer.out] == []
    assert "--below 整数　执行率低于百分之几（默认 80）" in answer.out


def test_a_parameter_changes_the_answer(ask: Ask) -> None:
    def projects(*words: str) -> list[str]:
        return [row["执行率_pct"] for row in parsed(ask("query", "low-execution", *words, "--format", "json"))]

    assert projects() == ["25.0", "61.9", "75.9", "77.3"]
    assert projects("--below", "50") == ["25.0"]
    assert projects("--below=70", "--year", "2024") == ["25.0", "61.9"]
    assert projects("--year", "1999") == []


def test_a_part_of_the_name_is_enough(ask: Ask) -> None:
    rows = parsed(ask("query", "budget-and-actual", "--organization", "丰台", "-f", "json"))
    assert {"年度": 2024, "支出项": "基本支出"}.items() <= rows[1].items()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["cros-city"], "没有保存的查询cros-city，是否想写：cross-city"),
        (["nothing-like-it"], "没有保存的查询nothing-like-it（gouji query 列出全部）"),
        (["cross-city", "--yaer", "2022"], "没有cross-city的选项--yaer，是否想写：--year"),
        (["cross-city", "2022"], "没有cross-city的选项2022"),
        (["cross-city", "--year"], "--year后面要有一个值"),
        (["cross-city", "--year", "去年"], "--year要是整数，不是“去年”"),
        (["budget-and-actual"], "budget-and-actual需要--organization：单位名称或其中一部分"),
        (["budget-and-actual", "--organization", "丰太"], "没有这个单位：丰太"),
    ],
)
def test_a_mistake_is_told_with_what_there_is(ask: Ask, words: list[str], told: str) -> None:
    answer = ask("query", *words)
    assert (answer.code, answer.out) == (1, "")
    assert told.replace(" ", "") in answer.err


def test_its_sql_can_be_shown_to_be_changed(gouji: Any) -> None:
    assert gouji("query", "three-public", "--show-sql").out.strip() == SAVED["three-public"].sql


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select 1", ":1：第一行要用“-- ”写明"),
        ("-- $year integer: 年度\nselect $year", ":1：第一行要用“-- ”写明"),
        ("-- 问题\n-- $year date: 年度\nselect $year", ":2：参数要写成"),
        ("-- 问题\n-- $year integer\nselect $year", ":2：参数要写成"),
        ("-- 问题\n-- $year integer: 年度\nselect 1", "参数 $year 声明了而没有用"),
        ("-- 问题\nselect $year", "参数 $year 用了而没有声明"),
        ("-- 问题\n-- $top integer = 几: 行数\nselect $top", "--top 要是整数"),
    ],
)
def test_a_badly_written_file_is_an_error(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "bad.sql").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError) as raised:
        questions.load(tmp_path)
    assert told in str(raised.value)


# gouji sql: where the question comes from, where the answer goes


def test_the_form_of_a_file_is_told_by_its_name(ask: Ask, tmp_path: Path) -> None:
    for name in ("a.csv", "a.json", "a.parquet", "a.xlsx"):
        answer = ask("sql", "from marts.fct_staffing order by organization_name", "--out", tmp_path / name)
        assert (answer.code, answer.out) == (0, "")
        assert name in answer.err
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.max_row == 6


def test_a_question_is_read_from_a_file_or_from_standard_input(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "q.sql").write_text("\ufeff-- 问题\nselect 1 as 甲;\n", encoding="utf-8")
    assert parsed(ask("sql", "--file", tmp_path / "q.sql", "-f", "json")) == [{"甲": 1}]
    monkeypatch.setattr("sys.stdin", io.StringIO("select 2 as 乙"))
    assert list(csv.reader(io.StringIO(ask("sql", "--file", "-", "-f", "csv").out))) == [["乙"], ["2"]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "请写一个查询，或用--file"),
        (["select 1", "--file", "x.sql"], "二者取一"),
        (["--file", "{folder}/absent.sql"], "读写文件失败"),
        (["--file", "{folder}/gbk.sql"], "不是UTF-8文本"),
        (["select 1", "--format", "xlsx"], "请加--out文件.xlsx"),
        (["select 1", "--out", "{folder}/a.txt"], "看不出格式"),
        (["select 1", "--out", "{folder}/a.csv", "-f", "table"], "表格只印在屏幕上"),
        (["select 1", "--out", "{folder}/no/a.csv"], "没有文件夹"),
        (["select 1", "--memory", "lots"], "看不懂这个大小"),
        (["select repeat('a', 2000000000)", "--memory", "256MB"], "内存超过256MB"),
        (["select pg_sleep(60)", "--timeout", "0.5"], "查询超过0.5秒"),
    ],
)
def test_a_wrong_option_or_a_limit_is_told(ask: Ask, tmp_path: Path, words: list[str], told: str) -> None:
    (tmp_path / "gbk.sql").write_bytes("select '单位'".encode("gb18030"))
    answer = ask("sql", *[word.format(folder=tmp_path) for word in words])
    assert (answer.code, answer.out) == (1, "")
    assert told in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["gbk.sql"]
