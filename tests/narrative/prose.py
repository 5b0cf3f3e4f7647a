"""Titles and helpers of the tests of prose: small tables to compare with, and a text as it is interpreted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from loaders.formats import read_bytes
from loaders.interpret import Interpretation, Interpreter

FINAL = "云岭市财政局2021年度部门决算"
BUDGET = "云岭市财政局2021年部门预算"
PERFORMANCE = "云岭市财政局2021年度部门整体支出绩效自评报告"
PROJECT = "云岭市财政局\n“智慧大厅建设项目”\n项目支出绩效评价报告（2021年）"

Figures = Callable[..., list[list[str]]]


def table(text: str) -> list[list[str]]:
    """Rows of a table whose cells are parted by spaces; `-` is nothing."""
    return [line.split() for line in text.strip().splitlines()]


def interpret(interpreter: Interpreter, text: str) -> tuple[Interpretation, dict[int, str]]:
    """What a plain text says, and each number as printed."""
    document = read_bytes(text.encode(), Path("report.txt"))
    interpretation = interpreter.interpret(document)
    blocks = {block.block_no: block.text for block in document.blocks}
    printed = {r.number_no: blocks[r.block_no][r.char_start : r.char_end] for r in interpretation.readings}
    return interpretation, printed


def form(name: str, budget: str, actual: str) -> str:
    """A self-evaluation form as a converter leaves it."""
    return (
        f"\t2021年项目支出绩效自评表\n（{name}）\n\n"
        "\t主管部门\n\t云岭市财政局802001\n\n"
        f"\t项目预算\n执行情况\n（万元）\n\t 预算数：\n\t{budget}\n\t 执行数：\n\t{actual}\n\n"
        f"\t\n\t其中：\n财政拨款\n\t{budget}\n\t其中：\n财政拨款\n\t{actual}\n\n"
        "\t\n\t其他资金\n\t\n\t其他资金\n\t\n\n"
        "\t绩效指标\n\t一级指标\n\t二级指标\n\t三级指标\n\t预期指标值\n\t实际完成指标值\n\n"
        "\t\n\t产出指标\n\t数量指标\n\t坐席人员\n\t10名\n\t12名\n\n"
        "\t\n\t满意度指标\n\t满意度\n\t市民满意度\n\t95%\n\t98%\n"
    )
