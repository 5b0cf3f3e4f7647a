"""Saved queries: SQL files of `seeds/queries`, whose first comment says what they ask and what may be set.

The first line is the title, `-- $name type: meaning` declares a parameter, other lines of the comment are remarks:

    -- 花不出去的项目
    -- $below integer = 80: 执行率低于百分之几       (a default)
    -- $year integer?: 财政年度                      (may be left out: NULL)
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.errors import GoujiError

TYPES = {"integer": "整数", "text": "文字", "organization": "单位"}

_PARAMETER = re.compile(r"\$(\w+) (\w+)(\?| = (.+?))?[：:]\s*(.+)")
_USED = re.compile(r"\$([a-z_]\w*)")

Value = int | str | None


class QuestionError(GoujiError):
    """A saved query that does not exist, is badly written, or was asked with a wrong parameter."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name that a query has a value for; `default` is None where there is none."""

    name: str
    type: str
    required: bool
    default: Value
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """A saved query: its name is that of its file."""

    name: str
    title: str
    remarks: str
    parameters: tuple[Parameter, ...]
    sql: str


def load(folder: Path) -> dict[str, Question]:
    """The saved queries of a folder by name, in the order of names.

    Raises QuestionError, with the file and the line, for one without a title, with an unknown type of parameter, or
    whose declared parameters are not those of its SQL.
    """
    return {file.stem: read(file) for file in sorted(folder.glob("*.sql"))}


def read(file: Path) -> Question:
    """One saved query; raises QuestionError as `load` does."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise QuestionError(f"{file}：不是 UTF-8 文本") from error
    length = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    comment = [line.removeprefix("--").strip() for line in lines[:length]]
    if not comment or not comment[0] or comment[0].startswith("$"):
        raise QuestionError(f"{file}:1：第一行要用“-- ”写明这个查询问什么")
    parameters = [
        _parameter(line, f"{file}:{number}") for number, line in enumerate(comment, 1) if line.startswith("$")
    ]
    sql = "\n".join(lines[length:]).strip()
    declared, used = {each.name for each in parameters}, set(_USED.findall(sql))
    for name in sorted(used ^ declared):
        what = "用了而没有声明" if name in used else "声明了而没有用"
        raise QuestionError(f"{file}：参数 ${name} {what}")
    remarks = "".join(line for line in comment[1:] if not line.startswith("$"))
    return Question(file.stem, comment[0], remarks, tuple(parameters), sql)


def _parameter(line: str, place: str) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None or match[2] not in TYPES:
        raise QuestionError(f"{place}：参数要写成“-- $名称 类型: 含义”，类型为 {'、'.join(TYPES)}：{line}")
    name, kind, mark, default, meaning = match.groups()
    value = None if default is None else _typed(name, kind, default)
    return Parameter(name, kind, not mark, value, meaning)


def find(questions: Mapping[str, Question], name: str) -> Question:
    """The saved query of that name; QuestionError with the closest names if there is none."""
    if name not in questions:
        raise QuestionError(_unknown("保存的查询", name, list(questions), "gouji query 列出全部"))
    return questions[name]


def arguments(question: Question, words: Sequence[str]) -> dict[str, Value]:
    """Values of the parameters, from the words of a command line: `--year 2022` or `--year=2022`.

    Raises QuestionError for an option that the query does not have (with the closest one), one without a value or of
    the wrong type, and for a required one that is absent.
    """
    known = {each.name: each for each in question.parameters}
    values: dict[str, Value] = {each.name: each.default for each in question.parameters}
    given: set[str] = set()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        option, equals, value = word.partition("=")
        name = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or name not in known:
            options = [f"--{each}" for each in known]
            raise QuestionError(_unknown(f"{question.name} 的选项", option, options, _usage(question)))
        if not equals:
            if not waiting:
                raise QuestionError(f"{option} 后面要有一个值（{known[name].meaning}）")
            value = waiting.pop(0)
        values[name] = _typed(name, known[name].type, value)
        given.add(name)
    for each in question.parameters:
        if each.required and each.name not in given:
            raise QuestionError(f"{question.name} 需要 --{each.name}：{each.meaning}")
    return values


def _typed(name: str, kind: str, value: str) -> Value:
    if kind != "integer":
        return value
    if not re.fullmatch(r"[+-]?\d{1,15}", value):
        raise QuestionError(f"--{name} 要是整数，不是“{value}”")
    return int(value)


def _usage(question: Question) -> str:
    options = [f"--{each.name}" for each in question.parameters]
    return f"可用：{'、'.join(options)}" if options else "它没有选项"


def _unknown(kind: str, name: str, known: Sequence[str], hint: str) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    told = f"，是否想写：{'、'.join(close)}" if close else ""
    return f"没有{kind} {name}{told}（{hint}）"
