"""The reports inside a document: whose they are, of which year, and which blocks they span.

Takes a document's blocks with their repaired texts; gives at least one `Report`. A file may hold several, of several
organisations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loaders.document import Block, BlockKind
from loaders.narrative.names import OrganizationFinder, is_project_name, labelled_project
from loaders.reading import Report
from loaders.repair import Repaired
from loaders.vocabulary import ReportKind, Vocabulary

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
_FISCAL_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年(?:度|部门|单位|市级|区级)")
_ORGANIZATION_LABEL = re.compile(
    r"^(?:部门名称|单位名称|项目单位|实施单位|预算单位|编制单位|填报单位)(?:（[^）]*）)?：\s*(?P<name>.*)$"
)
_PROJECT_LABEL = re.compile(r"^项目名称：\s*$")
_QUOTED_PROJECT = re.compile(r"^[“\"「『]([^”\"」』]{4,60}项目)[”\"」』]?$")
_MONEY = re.compile(r"\d(?:万元|亿元|元)")
_TABLE_TITLE = re.compile(r"表\s*(?:（[^（）]*）)?$")
_ENDS_IN_YEAR = re.compile(r"^[^，。；：]{4,40}(?:19|20)\d{2}年度?$")
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class _Segment:
    first: int
    last: int
    kind: ReportKind | None
    title: str
    organization: str | None
    project: str | None


class ReportSplitter:
    """Splits documents into reports by titles and cover labels."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._kinds = vocabulary.report_kinds
        self._organizations = OrganizationFinder(vocabulary)

    def split(self, blocks: Sequence[Block], texts: Sequence[Repaired], title: str) -> list[Report]:
        """The reports of a document in order; `texts` are the repaired texts of `blocks`, `title` the file's own."""
        segments = self._merge(self._segments(blocks, texts), texts)
        titled = None if title.rstrip().endswith("：") else self._organizations.in_title(re.sub(r"[“”\"]", "", title))
        whole_organization = titled or self._organizations.commonest([text.text for text in texts])
        whole_year = _fiscal_year([title, *[text.text for text in texts]])
        reports: list[Report] = []
        for number, segment in enumerate(segments, 1):
            inside = [texts[i].text for i in range(segment.first, segment.last + 1)]
            kind = segment.kind or self._kind(title)
            reports.append(
                Report(
                    report_no=number,
                    kind=kind.kind if kind else "unknown",
                    title=segment.title or title,
                    organization_name=segment.organization
                    or (reports[-1].organization_name if reports else "")
                    or whole_organization
                    or "",
                    fiscal_year=_year_in(segment.title) or _fiscal_year(inside) or whole_year,
                    first_block=blocks[segment.first].block_no if blocks else 1,
                    last_block=blocks[segment.last].block_no if blocks else 1,
                    default_phase=kind.default_phase if kind else "actual",
                    project_name=segment.project if kind and kind.kind == "project_performance" else None,
                    reason=kind.reason if kind else None,
                )
            )
        return reports

    def _kind(self, text: str) -> ReportKind | None:
        return next((kind for kind in self._kinds if kind.pattern.search(text)), None)

    def _segments(self, blocks: Sequence[Block], texts: Sequence[Repaired]) -> list[_Segment]:
        segments = [_Segment(0, 0, None, "", None, None)]
        awaiting: str | None = None
        quoted: str | None = None
        titled, title_before = 0, ""
        # A title printed again further on stands in the contents here, or on a cover before it.
        last_print = {_compact(text.text): index for index, text in enumerate(texts)}
        for index, (block, repaired) in enumerate(zip(blocks, texts, strict=True)):
            line = repaired.text.strip()
            current = segments[-1]
            segments[-1] = current = replace(current, last=index)
            if block.kind is BlockKind.TABLE or not line or len(line) > _LONGEST_TITLE:
                awaiting = quoted = None
                continue
            if awaiting == "organization" and (name := self._organizations.exact(line)):
                segments[-1:] = _of_organization(current, name, titled, title_before, texts)
                awaiting = None
                continue
            if awaiting == "rest of project":
                awaiting = None
                whole = labelled_project(f"项目名称：{current.project}{line}")
                if whole is not None and is_project_name(whole) and self._organizations.exact(line) is None:
                    segments[-1] = replace(current, project=whole)
                    continue
            if awaiting == "project":
                segments[-1] = replace(current, project=line)
                awaiting = None
                continue
            if match := _ORGANIZATION_LABEL.match(line):
                name = self._organizations.exact(match["name"])
                if name:
                    segments[-1:] = _of_organization(current, name, titled, title_before, texts)
                awaiting = None if match["name"] else "organization"
                continue
            if _PROJECT_LABEL.match(line):
                awaiting = "project"
                continue
            if name := labelled_project(line):
                segments[-1] = replace(current, project=name)
                # 项目名称：…监督管理委 / 员会…专项资金: a name that its line broke
                awaiting = None if is_project_name(name) else "rest of project"
                continue
            prose = re.search(r"[。；，]", line) is not None or _MONEY.search(line) is not None
            kind = None if prose or last_print[_compact(line)] > index else self._title_kind(block, line)
            if (
                kind is None
                and not prose
                and index > 0
                and _ENDS_IN_YEAR.search(before := texts[index - 1].text.strip())
            ):
                # 青禾市林业局2026年 / 部门预算编制说明: a title over two lines
                kind = self._title_kind(block, before + line)
                line = before + line if kind is not None else line
            if kind is not None:
                titled, title_before = index, current.title
                organization = self._organizations.in_title(line)
                changed = current.kind is not None and (
                    kind.kind != current.kind.kind
                    or (organization is not None and current.organization not in (None, organization))
                    or _years_differ(current.title, line)
                )
                if changed:
                    segments[-1] = replace(current, last=index - 1)
                    segments.append(_Segment(index, index, kind, line, organization, quoted))
                else:
                    better = not current.title or (_year_in(line) and not _year_in(current.title))
                    segments[-1] = replace(
                        current,
                        kind=current.kind or kind,
                        title=line if better else current.title,
                        organization=current.organization or organization,
                        project=current.project or quoted,
                    )
            marked = _QUOTED_PROJECT.match(block.text.strip())
            quoted = re.sub(r"[“”\"]", "", marked[1]) if marked else None
        return segments

    def _title_kind(self, block: Block, line: str) -> ReportKind | None:
        """The kind of report whose title a line is; titles of tables and headings below the second level are none."""
        if (block.kind is BlockKind.HEADING and block.level > 2) or _TABLE_TITLE.search(line):
            return None
        kind = self._kind(line)
        if kind is None:
            return None
        # 二、收入决算情况说明 is a section of a final account, not another one; 部分 and 报告 open reports.
        if block.kind is BlockKind.HEADING and block.level == 2 and not line.endswith("报告"):
            return None
        titled = re.search(r"报告(（\d{4}年度?）)?$|公开", line) or _YEAR.search(line)
        return kind if titled else None

    def _merge(self, segments: list[_Segment], texts: Sequence[Repaired]) -> list[_Segment]:
        """Covers and contents pages, which print no money, go to the report that follows them (or precedes the end).

        One of another organisation than what follows is a report that tells no money.
        """
        merged: list[_Segment] = []
        pending: _Segment | None = None
        for segment in segments:
            if (
                pending is not None
                and None not in (pending.kind, segment.kind)
                and _are_others(pending.organization, segment.organization)
            ):
                merged.append(pending)
                pending = None
            first = pending.first if pending else segment.first
            joined = replace(segment, first=first)
            if pending is not None and pending.kind is not None and segment.kind is not None:
                same = pending.kind.kind == segment.kind.kind
                joined = replace(
                    joined,
                    organization=segment.organization or pending.organization,
                    title=pending.title if same and not _year_in(segment.title) and pending.title else segment.title,
                    project=segment.project or (pending.project if same else None),
                )
            elif pending is not None:
                joined = replace(
                    joined,
                    kind=segment.kind or pending.kind,
                    organization=segment.organization or pending.organization,
                    title=segment.title or pending.title,
                )
            if any(_MONEY.search(texts[i].text) for i in range(segment.first, segment.last + 1)):
                merged.append(joined)
                pending = None
            else:
                pending = joined
        if pending is not None:
            if merged:
                merged[-1] = replace(merged[-1], last=pending.last)
            else:
                merged.append(pending)
        return merged


def _of_organization(
    current: _Segment, name: str, titled: int, title_before: str, texts: Sequence[Repaired]
) -> list[_Segment]:
    """The segment as that of an organisation; if it was of another one, the last title in it, at `titled`, begins a
    report, and the segment before has the title that it had before."""
    of_other = _are_others(current.organization, name)
    if current.kind is None or not of_other or titled <= current.first:
        return [replace(current, organization=name)]
    behind = replace(current, first=titled, title=texts[titled].text.strip(), organization=name)
    return [replace(current, last=titled - 1, title=title_before or current.title), behind]


def _are_others(own: str | None, other: str | None) -> bool:
    """Whether two names are of two organisations, and neither is short for the other."""
    return own is not None and other is not None and own not in other and other not in own


def _years_differ(title: str, other: str) -> bool:
    """Two titles that both name a year, and not the same: reports of one organisation on two years."""
    return None not in (years := (_year_in(title), _year_in(other))) and years[0] != years[1]


def _compact(line: str) -> str:
    return re.sub(r"\s", "", line)


def _year_in(title: str) -> int | None:
    match = _YEAR.search(title) or re.search(r"（((?:19|20)\d{2})年?度?）", title)
    return int(match[1]) if match else None


def _fiscal_year(texts: Sequence[str]) -> int | None:
    """The year that the texts most often call a fiscal year (2021年度, 2021年部门…), else the commonest year."""
    for pattern in (_FISCAL_YEAR, _YEAR):
        counts = Counter(int(match[1]) for text in texts for match in pattern.finditer(re.sub(r"《[^》]*》", "", text)))
        if counts:
            return counts.most_common(1)[0][0]
    return None
