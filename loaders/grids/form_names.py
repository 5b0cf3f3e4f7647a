"""The names that forms and lists print: projects, organisations, with the codes around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.document import Table
from loaders.grids.frame import compact
from loaders.narrative.names import OrganizationFinder
from loaders.reading import Report
from loaders.vocabulary import Vocabulary

_TITLE_PROJECT = re.compile(r"[（](?P<name>[^（）]{4,60}(?:项目|经费|资金|费用|工程))[）]")
_TITLE_ABOVE = re.compile(rf"(?:.{{0,40}}表)?{_TITLE_PROJECT.pattern}")
# 1、…, （二）…, 3.…; 1.5T is a number
_LIST_MARK = re.compile(
    r"^(?:\d{1,2}(?:、|[.．](?!\d))|[一二三四五六七八九十]{1,3}、|（(?:\d{1,2}|[一二三四五六七八九十]{1,3})）)(?=.)"
)
_PROJECT_CODE = re.compile(r"^[0-9A-Z]{6,}[-—_](?=[^\d\W])")
_ORGANIZATION_CODE = re.compile(r"^\d{2,}[-—_]?(?=\D)|(?<=\D)\d{3,}$")
# Not one organisation: 各区县, 相关单位, 市教育局、市财政局.
_SEVERAL = re.compile(r"^(?:各|相关|有关|本|该|全|所属|直属)|[、，；/]|等(?:单位|部门)?$")


class FormNames:
    """Tells names of projects and organisations; holds the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._organizations = OrganizationFinder(vocabulary)

    def project(self, printed: str) -> str:
        """A project's or task's name without the list mark or code that stands before it."""
        return _PROJECT_CODE.sub("", _LIST_MARK.sub("", printed))

    def of_title(self, table: Table, before: Sequence[str]) -> str:
        """The project that a form's title, in the table or above it, names in brackets; empty where it names none."""
        for cell in table.cells[:2]:
            if match := _TITLE_PROJECT.search(compact(cell.text)):
                return match["name"]
        above = (_TITLE_ABOVE.fullmatch(compact(line)) for line in reversed(before))
        return next((match["name"] for match in above if match), "")

    def other_organization(self, report: Report, printed: str) -> str:
        """An organisation without its code; empty for the report's own, for several, and for what is none."""
        name = _ORGANIZATION_CODE.sub("", printed)
        if not 4 <= len(name) <= 40 or _SEVERAL.search(name):
            return ""
        own, plain = _in_short(report.organization_name), _in_short(name)
        if own and (own.endswith(plain) or plain.endswith(own)):
            return ""
        regional = re.sub("^中共", "", plain).startswith(self._vocabulary.regions)
        return name if regional or self._organizations.exact(name) is not None else ""

    def is_organization(self, report: Report, printed: str) -> bool:
        """Whether the name of a row is an organisation: the report's own, or one with its region."""
        return printed == report.organization_name or self._organizations.is_full(printed)


def _in_short(organization: str) -> str:
    """中国共产党烟台市委员会宣传部 is 中共烟台市委宣传部."""
    name = re.sub(r"\s|（(?:本级|机关|汇总|本部)）$", "", organization).replace("中国共产党", "中共")
    return re.sub(r"(?<=[市县区省])委员会", "委", name) if "中共" in name else name
