"""Open-class names in disclosures: organisations and projects, which no vocabulary can list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from loaders.narrative.phrases import longest
from loaders.vocabulary import Vocabulary

_HAN = r"[\u4e00-\u9fff]"
_NAME_END = r"(?:项目|工程|经费|资金|费用|补助|补贴|费)"
_NAME_ENDS = re.compile(rf"{_NAME_END}(?:（[^（）]{{1,10}}）)?$")
# A leading name ends with a run of such words (…运维经费项目), also across a bracket (…项目（体制）经费项目).
_LEADING_NAME = re.compile(rf"(?P<name>[^，。；：、]{{2,60}}?{_NAME_END}+(?:（[^（）]{{1,10}}）{_NAME_END}+)*)")
# The same, where what follows tells that it ends there.
_ENDED_NAME = re.compile(
    rf"(?P<name>[^，。；：、]{{2,60}}?{_NAME_END}(?:（[^（）]{{1,10}}）)?)"
    r"(?=(?:支出)?(?:绩效|自评|综述)|(?:20\d\d年?度?)?(?:全年|年初|年中)?预算|，|：|$)"
)
_LABELLED = re.compile(r"^(?:评价)?项目名(?:称)?[：:]\s*(?P<name>\S.{2,60})$")
# 全年项目, 追加经费: words that name no project of their own.
_GENERIC = re.compile(
    rf"(?:全年|本年|当年|年初|年中|上年|追加|全部|所有|其他|部门|单位|预算|支出|该|本|各|此)*{_NAME_END}+"
)


# What no name of a project has in it: 全年预算数100万元（含结转项目
_NO_PROJECT = re.compile(r"(?:预算|执行|决算|支出)数|\d[万亿]?元")
# What begins a clause and no name.
_NO_NAME = re.compile(
    r"主要|用于|因|由|根据|按|为了?|其中|支付|包括|拨付|增加|减少|新增|下达|收回|结转|已|未|共|较|比|与|从|将|该|此|完成|另|还有|尚有"
)


# 目前项目资金已拨付, 项目计划投资: what was or will be done with a project's money, and no part of it.
_DONE = re.compile(
    r"(?:目前|现|截[至止]|计划|项目|资金|专项|财政|建设|预算|全部|总|共|已|累计|实际|完成|安排|下达|拨付|使用|到位|支付|投资)+"
)


def leading_project(text: str) -> str | None:
    """The project that a repaired paragraph opens with: its first clause if that is a name, or the name in it."""
    clause = re.split(r"[，。；：]", text, maxsplit=1)[0].strip()
    clause = re.sub(r"^(?:\d{1,2}[、.．]|（[\d一二三四五六七八九十]{1,3}）|其中)", "", clause)
    if is_project_name(clause):
        return clause
    match = _ENDED_NAME.match(clause) or _LEADING_NAME.match(clause)
    return match["name"] if match and is_project_name(match["name"]) else None


def is_project_name(text: str) -> bool:
    """Whether a phrase is shaped like the name of a project."""
    return (
        4 <= len(text) <= 60
        and _NAME_ENDS.search(text) is not None
        and _GENERIC.fullmatch(re.sub(r"^(?:19|20)\d\d年度?", "", text)) is None
        and re.match(r"该|此", text) is None
        and _NO_PROJECT.search(text) is None
        and text.count("（") == text.count("）")
    )


def is_listed_project(text: str) -> bool:
    """Whether a phrase in a list of projects is a name, and not a clause that says what the money is for."""
    return 3 <= len(text) <= 60 and not _NO_NAME.match(text) and _GENERIC.fullmatch(text) is None


def is_short_for(text: str, project: str) -> bool:
    """Whether a phrase opens with the end of a project's name: 2020年专项资金预算批复, of 青禾市2020年专项资金."""
    name = leading_project(re.sub(r"^(?:19|20)\d\d年度?", "", text))
    return name is not None and project.endswith(name)


def is_part_of_project(text: str) -> bool:
    """Whether a phrase before an amount, in a report on one project, names a part of it, and not what was done."""
    return _DONE.fullmatch(text) is None


def is_part_name(text: str) -> bool:
    """Whether a phrase that stands before a part of a count names it."""
    return not _NO_NAME.match(text) and re.fullmatch(rf"(?:{_HAN}|[（）、/])+", text) is not None


def labelled_project(line: str) -> str | None:
    """The name in a line such as 项目名称：…"""
    match = _LABELLED.match(line)
    return re.sub(r"(?:支出)?绩效(?:评价|自评)$", "", match["name"].strip()) if match else None


# 甲市财政局、乙市教育局：, a line that says to whom
_ADDRESSEE = re.compile(r"^[^，。；\d]{4,60}：\s*$")
_BETWEEN_NAMES = re.compile(r"[\s、和及]*")
_TOWN = re.compile(rf"{_HAN}{{2,10}}(?:镇|乡|街道|苏木)")


class OrganizationFinder:
    """Finds names of government organisations: a region's name, then words, then 局, 委员会, 中心, …"""

    def __init__(self, vocabulary: Vocabulary) -> None:
        regions = longest(vocabulary.regions)
        suffixes = "|".join(re.escape(s) for s in sorted(vocabulary.organization_suffixes, key=len, reverse=True))
        self._full = re.compile(
            rf"(?:{regions})+{_HAN}{{2,24}}?(?:{suffixes})(?:{_HAN}{{1,8}}?(?:分中心|分局|支队|大队|办公室))?"
            rf"(?:（(?:本级|机关|汇总)）)?"
        )
        # 礼县档案馆: of the counties with a name of one character nothing is left before the suffix
        county = rf"(?![本全各我该外]){_HAN}[县市区旗]"
        self._whole = re.compile(rf"(?:(?:{_HAN}|（|）){{3,40}}|{county})(?:{suffixes})(?:（(?:本级|机关|汇总)）)?")

    def in_title(self, title: str) -> str | None:
        """The organisation that a report's title begins with, or None."""
        title = re.sub(r"^(?:关于)?(?:19|20)\d\d年度?(?=\D)", "", title)
        head = re.split(
            r"(?:关于)?(?:19|20)\d\d年|部门(?:预算|整体|决算)|单位(?:预算|整体|决算)|整体支出|项目支出|部门$", title
        )[0]
        head = re.sub(
            r"^(?:纳入|关于|第[一二三四五六七八九十\d]+部分|附件\d*|[一二三四五六七八九十]、)", "", head
        ).strip("— -：")
        repeated = re.match(rf"({_HAN}{{2,6}})\1", head)
        if repeated:
            head = head[len(repeated[1]) :]
        return head if self._whole.fullmatch(head) or _TOWN.fullmatch(head) else None

    def exact(self, text: str) -> str | None:
        """`text` if all of it is an organisation's name."""
        text = text.strip()
        return text if self._whole.fullmatch(text) else None

    def is_full(self, text: str) -> bool:
        """Whether `text` is an organisation's name that begins with its region."""
        return self._full.fullmatch(text.strip()) is not None

    def commonest(self, texts: Sequence[str]) -> str | None:
        """The full name printed most often outside book titles; of equals, the one printed first."""
        counts: Counter[str] = Counter()
        for text in texts:
            if _ADDRESSEE.search(text):
                continue
            plain = re.sub(r"《[^》]*》", "《》", re.sub(r"〔[^〕]*〕", "。", text))
            cited = {at.start() for at in re.finditer("《", plain)}
            for match in reversed(list(self._full.finditer(plain))):
                # 根据甲市财政局、乙市教育局《关于…的通知》: who wrote what is cited
                between = _BETWEEN_NAMES.match(plain, match.end())
                if between is not None and between.end() in cited:
                    cited.add(match.start())
                else:
                    counts[match[0]] += 1
        return counts.most_common(1)[0][0] if counts else None
