"""Open-class names in disclosures: organisations, projects and functional classes, which no vocabulary can list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from loaders.vocabulary import Vocabulary

_HAN = r"[\u4e00-\u9fff]"
_NAME_END = r"(?:项目|工程|经费|资金|费用|补助|补贴|费)"
_NAME_ENDS = re.compile(rf"{_NAME_END}(?:（[^（）]{{1,10}}）)?$")
# A leading name ends with a run of such words (…运维经费项目), also across a bracket (…项目（体制）经费项目).
_LEADING_NAME = re.compile(rf"(?P<name>[^，。；：、]{{2,60}}?{_NAME_END}+(?:（[^（）]{{1,10}}）{_NAME_END}+)*)")
_LABELLED = re.compile(r"^(?:项目名称|项目名)[：:]\s*(?P<name>\S.{2,60})$")
_MARKED_FUNCTION = re.compile(
    rf"(?P<path>(?:{_HAN}(?:{_HAN}|、|\s|（(?!类|款|项)[^（）]{{1,8}}）){{1,40}}?（(?:类|款|项)）)+)(?P<tail>支出(?!决算|预算|数))?"
)
_FUNCTION_PART = re.compile(r"(?P<name>(?:[^（）]|（(?!类|款|项)[^（）]{1,8}）)+)（(?P<level>类|款|项)）")
_LEADING_FUNCTION = re.compile(
    rf"(?P<name>{_HAN}(?:{_HAN}|、){{1,30}}?)(?=(?:科目)?(?:（类）|（款）|（项）)?(?:支出)?(?:20\d\d年|决算|年初预算|预算))"
)


# 全年项目, 追加经费: words that name no project of their own.
_GENERIC = re.compile(
    rf"(?:全年|本年|当年|年初|年中|上年|追加|全部|所有|其他|部门|单位|预算|支出|该|本|各|此)*{_NAME_END}+"
)


def leading_project(text: str) -> str | None:
    """The project that a repaired paragraph opens with: its first clause if that is a name, or the name in it."""
    clause = re.split(r"[，。；：]", text, maxsplit=1)[0].strip()
    clause = re.sub(r"^(?:\d{1,2}[、.．]|（[\d一二三四五六七八九十]{1,3}）|其中)", "", clause)
    if is_project_name(clause):
        return clause
    match = _LEADING_NAME.match(clause)
    return match["name"] if match and is_project_name(match["name"]) else None


def is_project_name(text: str) -> bool:
    """Whether a phrase is shaped like the name of a project."""
    return (
        4 <= len(text) <= 60
        and _NAME_ENDS.search(text) is not None
        and _GENERIC.fullmatch(text) is None
        and re.match(r"该|此", text) is None
    )


def labelled_project(line: str) -> str | None:
    """The name in a line such as 项目名称：…"""
    match = _LABELLED.match(line)
    return match["name"].strip() if match else None


def functions(text: str, vocabulary: Vocabulary, *, leading: bool) -> list[tuple[int, int, str]]:
    """Functional classes named in repaired `text`: (start, end, path), the names of a 类/款/项 path joined by `/`.

    With `leading`, names of the dictionary are found too, and a name that opens the paragraph before a year or 决算.
    """
    found: list[tuple[int, int, str]] = []
    for match in _MARKED_FUNCTION.finditer(text):
        path = []
        for part in _FUNCTION_PART.finditer(match["path"]):
            name = re.sub(r"^(?:其中：?|用于|和|及|以及)", "", part["name"].strip("、 "))
            path.append(_with_expenditure(name, vocabulary.functions, whole=part["level"] == "类"))
        if match["tail"]:
            path[-1] = _with_expenditure(path[-1], vocabulary.functions)
        found.append((match.start(), match.end(), "/".join(path)))
    if not leading:
        return found
    taken = [(start, end) for start, end, _ in found]
    for match in _dictionary(vocabulary.functions).finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((match.start(), match.end(), _with_expenditure(match[0], vocabulary.functions)))
            taken.append((match.start(), match.end()))
    offset = re.match(r"(?:其中：?|\d{1,2}[、.．]|（\d{1,2}）)*", text)
    start = offset.end() if offset else 0
    opening = _LEADING_FUNCTION.match(text, start)
    if opening and _is_vocabulary(opening["name"], vocabulary):
        opening = None
    if opening and not any(s < opening.end() and opening.start() < e for s, e in taken):
        found.append((opening.start(), opening.end(), opening["name"]))
    return sorted(found)


def _is_vocabulary(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a would-be class name is the beginning of a term (一般公共预算…), or the name of an organisation."""
    return name.endswith(vocabulary.organization_suffixes) or any(
        phrase.startswith(name) for phrase in (*vocabulary.terms, *vocabulary.words)
    )


def _with_expenditure(name: str, known: frozenset[str], *, whole: bool = False) -> str:
    """The name as the dictionary has it, with 支出, which print drops before （类）; a class (`whole`) has it."""
    if name.endswith("支出") or (name in known and not whole):
        return name
    return f"{name}支出" if f"{name}支出" in known else name


@lru_cache(maxsize=4)
def _dictionary(known: frozenset[str]) -> re.Pattern[str]:
    # Short names such as 其他支出 or 行政运行 are too common in prose to be found without their mark.
    names = sorted((n for n in known if len(n) >= 4 and not n.startswith("其他")), key=len, reverse=True)
    # Not inside a longer word: 其他自然资源事务支出 is not 自然资源事务.
    left = rf"(?:(?<!{_HAN})|(?<=[于括中是为和及与即]))"
    return re.compile(left + "(?:" + "|".join(re.escape(name) for name in names) + ")")


class OrganizationFinder:
    """Finds names of government organisations: a region's name, then words, then 局, 委员会, 中心, …"""

    def __init__(self, vocabulary: Vocabulary) -> None:
        regions = "|".join(re.escape(name) for name in vocabulary.regions)
        suffixes = "|".join(re.escape(s) for s in sorted(vocabulary.organization_suffixes, key=len, reverse=True))
        self._full = re.compile(
            rf"(?:{regions})(?:{regions})*{_HAN}{{2,24}}?(?:{suffixes})(?:{_HAN}{{1,8}}?(?:分中心|分局|支队|大队|办公室))?"
            rf"(?:（(?:本级|机关|汇总)）)?"
        )
        self._whole = re.compile(rf"(?:{_HAN}|（|）){{3,40}}(?:{suffixes})(?:（(?:本级|机关|汇总)）)?")

    def in_title(self, title: str) -> str | None:
        """The organisation that a report's title begins with, or None."""
        head = re.split(
            r"(?:关于)?(?:19|20)\d\d年|部门(?:预算|整体|决算)|单位(?:预算|整体|决算)|整体支出|项目支出|部门$", title
        )[0]
        head = re.sub(r"^(?:第[一二三四五六七八九十\d]+部分|附件\d*|[一二三四五六七八九十]、)", "", head).strip("— -：")
        repeated = re.match(rf"({_HAN}{{2,6}})\1", head)
        if repeated:
            head = head[len(repeated[1]) :]
        return head if self._whole.fullmatch(head) else None

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
            plain = re.sub(r"《[^》]*》|〔[^〕]*〕", "。", text)
            counts.update(match[0] for match in self._full.finditer(plain))
        return counts.most_common(1)[0][0] if counts else None
