"""The indicators of a performance form: rows below 一级指标, 二级指标, 三级指标, or all of them run together in a cell.

Takes a row and its header; gives an `IndicatorRecord`, and figures for its points and score.
"""

from __future__ import annotations

import re

from loaders.document import Block, Cell
from loaders.grids.form_layout import LEVELS, Column, Header, Layout
from loaders.grids.form_records import IndicatorRecord
from loaders.grids.form_scope import FormScope
from loaders.grids.form_writer import FormWriter
from loaders.reading import Meaning
from loaders.repair import repair

# 产出指标数量指标财政评审项目数量: three levels in one cell.
_LEVELS_IN_NAME = re.compile(
    r"^(?P<level_1>(?:成本|产出|效益|效果|满意度|投入|过程)指标)[-—：:]?(?P<level_2>.{2,8}?指标)[-—：:]?(?P<level_3>.+)$"
)
# 1、1-产出指标；11-数量指标；会议次数；实施周期指标值：每年≥20场；年度指标值：每年≥20场。
_RUN_TOGETHER = re.compile(
    r"(?:^|(?<=。))\s*\d{1,3}、(?:\d+-)?(?P<level_1>[^；。]+指标)；(?:\d+-)?(?P<level_2>[^；。]+)；(?P<level_3>.+?)；"
    r"(?:实施周期指标值：.*?；)?年度指标值：(?P<target>.*?)(?=。\s*\d{1,3}、|。?\s*$)",
    re.DOTALL,
)
# What a form that was not filled in prints in place of a name: 指标1：, ……
_PROMPT = re.compile(r"(?:指标\d*[：:]?)?[.…。·—-]*")
_SECTION_POINTS = re.compile(r"[（(]?\d+(?:\.\d+)?分[）)]?$")
_FIELDS = (
    "level_1", "level_2", "level_3", "target_operator", "target", "target_unit", "result", "points", "score", "reason"
)  # fmt: skip


class IndicatorReader:
    """Reads the rows of indicators of one table."""

    def __init__(self, layout: Layout, writer: FormWriter, block: Block, table_no: int) -> None:
        self._layout = layout
        self._writer = writer
        self._block = block
        self._table_no = table_no

    def row(self, row: list[Cell], header: Header, scope: FormScope) -> bool:
        """A row below a header of indicators: an indicator, or the row of 总分, for which it gives True."""
        first = next((cell for cell in row if self._layout.text(cell)), None)
        heading = self._layout.heading(first) if first is not None else None
        if first is not None and heading is not None and heading.role in ("total", "total_score"):
            self._total(row, header, scope, self._layout.text(first))
            return True
        values = {role: self._value(row[0].row_no, header, role) if row else "" for role in _FIELDS}
        scope.levels.carry(values)
        if header.of("level_1") is None and (match := _LEVELS_IN_NAME.match(values["level_3"])):
            values |= match.groupdict()
        name = values["level_3"] or values["level_2"]
        for cell in row:
            self._cell(cell, header.at(cell.col_no), name, scope)
        is_prompt = _PROMPT.fullmatch(values["level_3"]) is not None
        if values["target"] or values["result"] or values["score"] or not is_prompt:
            self._record(row, values, scope.form_no, header.of("reason") is not None)
        return False

    def run_together(self, cell: Cell, form_no: int) -> None:
        """A cell with all indicators of a project one after another."""
        self._writer.text(cell, "indicator")
        text = repair(cell.text)
        for match in _RUN_TOGETHER.finditer(text.text):
            printed = {role: re.sub(r"\s+", "", value) for role, value in match.groupdict().items()}
            place = text.span(match.start("level_1"), match.end())
            self._record([cell], dict.fromkeys(_FIELDS, "") | printed, form_no, asks_reason=False, place=place)

    def _value(self, row_no: int, header: Header, role: str) -> str:
        """What a row prints in a column; points and scores of a merged cell count once, in its first row."""
        column = header.of(role) if role == "level_1" else header.last(role)
        cell = self._layout.covering(row_no, column.first) if column is not None else None
        if cell is None or column is None or (role in ("points", "score") and cell.row_no != row_no):
            return ""
        covered = [c for c in header.columns if c.first < cell.col_no + cell.col_span and cell.col_no < c.last]
        # a cell over several columns is a note, or the name of an indicator without the finer levels
        if len(covered) > 1 and not (covered[-1] is column and all(c.role in LEVELS for c in covered)):
            return ""
        return self._layout.text(cell)

    def _cell(self, cell: Cell, column: Column | None, name: str, scope: FormScope) -> None:
        subject = scope.subject
        if column is not None and column.role in ("points", "score") and self._layout.is_value(cell):
            meaning: Meaning | str = "row_not_recognised"
            if name:
                meaning = Meaning(
                    name, column.role, "performance", name, "indicator",
                    base=subject.name, organization=subject.organization,
                )  # fmt: skip
            self._writer.figure(cell, meaning, None, column.text, name)
            return
        if column is not None:
            self._writer.label(cell, column.text, name)
        text = self._layout.text(cell)
        if column is not None and column.role == "level_1" and _SECTION_POINTS.search(text):
            section = Meaning(
                _SECTION_POINTS.sub("", text), "points", "performance", text, "section",
                base=subject.name, organization=subject.organization,
            )  # fmt: skip
            self._writer.points_in_label(cell, section, "indicator")
            return
        self._writer.text(cell, "indicator")

    def _total(self, row: list[Cell], header: Header, scope: FormScope, label: str) -> None:
        """The row of 总分: its points and score are the form's; one number alone in a wide cell is the score."""
        values = [cell for cell in row if self._layout.is_value(cell)]
        for cell in row:
            column = header.at(cell.col_no)
            role = column.role if column is not None else ""
            if len(values) == 1 and cell in values and role not in ("points", "score"):
                role = "score"
            if cell in values and role in ("points", "score"):
                heading = column.text if column is not None and column.role == role else label
                self._writer.figure(cell, scope.points(role), None, heading, label)
            else:
                self._writer.text(cell, "indicator")

    def _record(
        self,
        row: list[Cell],
        values: dict[str, str],
        form_no: int,
        asks_reason: bool,
        place: tuple[int, int] | None = None,
    ) -> None:
        indicators = self._writer.said.indicators
        start = row[0].char_start
        span = (start + place[0], start + place[1]) if place else (start, max(cell.char_end for cell in row))
        indicators.append(
            IndicatorRecord(
                form_no=form_no,
                indicator_no=len(indicators) + 1,
                table_no=self._table_no,
                block_no=self._block.block_no,
                row_no=row[0].row_no,
                char_start=span[0],
                char_end=span[1],
                level_1=values["level_1"],
                level_2=values["level_2"],
                level_3=values["level_3"],
                target_operator=values["target_operator"],
                target=values["target"],
                target_unit=values["target_unit"],
                result=values["result"],
                points=values["points"],
                score=values["score"],
                reason=values["reason"] if asks_reason else None,
            )
        )
