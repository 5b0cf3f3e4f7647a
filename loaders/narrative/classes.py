"""Names of functional and economic classes in prose: marked 类/款/项, printed with their code, or found by name.

Takes the repaired text of a paragraph; gives a `ClassName` for each class that it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from loaders.narrative.intervals import Intervals
from loaders.narrative.phrases import longest
from loaders.vocabulary import Vocabulary

_HAN = r"[\u4e00-\u9fff]"
_MARKED = re.compile(
    rf"(?P<path>(?:{_HAN}(?:{_HAN}|、|\s|（(?!类|款|项)[^（）]{{1,8}}）){{1,40}}?（(?:类|款|项)）)+)(?P<tail>支出(?!决算|预算|数))?"
)
_MARKED_PART = re.compile(r"(?P<name>(?:[^（）]|（(?!类|款|项)[^（）]{1,8}）)+)（(?P<level>类|款|项)）")
# What introduces a name and is no part of it.
_LEAD_IN = re.compile(r"^(?:其中：?|用于|和|及|以及|年度?)")
# 2010301一般公共服务支出-…-行政运行, 2040201-行政运行: a code, then the name or the path of names.
_CODE_FIRST = re.compile(
    rf"(?<![\dA-Za-z.,/-])(?P<code>[235]\d{{2}}(?:\d{{2}}){{0,2}})(?:科目)?[-—、]?"
    rf"(?P<name>{_HAN}(?:{_HAN}|、|[-—/]|（[^（）\d]{{1,10}}）){{1,60}}?)"
    rf"(?=（[类款项]）|支出决算|年初|预算|决算|安排(?!的支出)|执行|比|较|为?-?\d|[，。；：]|$)"
)
# 行政运行（2010301）, 一般公共服务支出（201）财政事务（06）行政运行（01类): names, each with its code behind it.
_CODE_BEHIND = re.compile(
    rf"(?:(?<=[，。；：\n）.．、①-⑳])|^)(?P<path>(?:{_HAN}(?:{_HAN}|、|（[^（）\d]{{1,10}}）){{1,40}}?（\d{{2,7}}[类款项]?）)+)"
)
_BEHIND_PART = re.compile(r"(?P<name>(?:[^（）]|（[^（）\d]{1,10}）)+)（(?P<code>\d{2,7})[类款项]?）")
_OPENING = re.compile(
    rf"(?P<name>{_HAN}(?:{_HAN}|、){{1,30}}?)(?=(?:科目)?(?:（类）|（款）|（项）)?(?:支出)?(?:20\d\d年|决算|年初预算|预算))"
)
_NO_NAME = re.compile(r"[我本该各全当]|上年|去年|截至")


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class at `start:end`: the names of its path joined by `/`, its classification, and its code where printed."""

    start: int
    end: int
    path: str
    statement: str = "function"
    code: str | None = None


def find(text: str, vocabulary: Vocabulary, *, leading: bool, economic: bool) -> list[ClassName]:
    """The classes that repaired `text` names, in order.

    With `leading`, the names of the classification are found without mark or code too, and a name that opens the
    paragraph before a year or 决算; without it, only the names of whole classes (教育支出) are. With `economic`, so are
    names of 经济分类 right before their amount: 委托业务费预算5万元.
    """
    found = _Spans()
    for match in _MARKED.finditer(text):
        path = []
        for part in _MARKED_PART.finditer(match["path"]):
            name = part["name"].strip("、 ")
            if name not in vocabulary.functions:
                name = _LEAD_IN.sub("", name)
            path.append(_with_expenditure(name, vocabulary.functions, whole=part["level"] == "类"))
        if match["tail"]:
            path[-1] = _with_expenditure(path[-1], vocabulary.functions)
        found.add(ClassName(match.start(), match.end(), "/".join(path)))
    for each in (*_code_behind(text, vocabulary), *_code_first(text, vocabulary)):
        found.add(each)
    known = vocabulary.unmistakable_functions if leading else vocabulary.unmistakable_classes
    for match in _names(known).finditer(text):
        if any(text[match.start() : end] in vocabulary.terms for end in range(match.end() + 1, match.end() + 7)):
            # 专项业务经费支出: another word, which begins with the name of a class
            continue
        # 社会保障与就业支出: 和 in the classification
        name = match[0] if match[0] in known else re.sub("[与及]", "和", match[0])
        found.add(ClassName(match.start(), match.end(), _with_expenditure(name, vocabulary.functions)))
    if "功能" in text:
        # 按支出功能分类：教育5万元，住房保障5万元
        for match in _bare_classes(vocabulary.unmistakable_classes).finditer(text, text.index("功能")):
            found.add(ClassName(match.start(), match.end(), f"{match[0]}支出"))
    if economic:
        for match in _amounts_of(vocabulary.unmistakable_economics).finditer(text):
            found.add(ClassName(match.start(), match.end(), match[0], "economic"))
    if leading and (opening := _opening(text, vocabulary)) is not None:
        found.add(opening)
    return sorted(found.names, key=lambda each: each.start)


class _Spans:
    """Names that do not overlap; the first to come stays."""

    def __init__(self) -> None:
        self.names: list[ClassName] = []
        self._taken = Intervals()

    def add(self, name: ClassName) -> None:
        if not self._taken.overlap(name.start, name.end):
            self.names.append(name)
            self._taken.add(name.start, name.end)


def _code_behind(text: str, vocabulary: Vocabulary) -> list[ClassName]:
    found = []
    for match in _CODE_BEHIND.finditer(text):
        parts = list(_BEHIND_PART.finditer(match["path"]))
        code = ""
        for part in parts:
            # 201, 06, 01 add up; 201, 20106, 2010601 are each whole.
            code = part["code"] if part["code"].startswith(code) and len(part["code"]) > 2 else code + part["code"]
        statement = vocabulary.classification(code)
        if statement is not None:
            path = "/".join(part["name"].strip("、 ") for part in parts)
            # 行政单位医疗（210101）: a code that lost a digit is none.
            found.append(ClassName(match.start("path"), match.end(), path, statement, code if len(code) != 6 else None))
    return found


def _code_first(text: str, vocabulary: Vocabulary) -> list[ClassName]:
    found = []
    for match in _CODE_FIRST.finditer(text):
        code = match["code"]
        statement = vocabulary.classification(code)
        known = vocabulary.function_codes.get(code) or vocabulary.economics.get(code) or ""
        if statement is None or (len(code) < 7 and not match["name"].startswith(known)):
            # 210人参加: a short code is one only before its own name.
            continue
        # A name may hold words that end other names: 国有土地使用权出让收入安排的支出.
        name = known if known and text.startswith(known, match.start("name")) else match["name"]
        path = "/".join(part for part in re.split(r"[-—/]", name) if part)
        found.append(ClassName(match.start(), match.start("name") + len(name), path, statement, code))
    return found


def _opening(text: str, vocabulary: Vocabulary) -> ClassName | None:
    """A name that opens a paragraph before a year or a budget, and is no other word of the vocabulary."""
    offset = re.match(r"(?:其中：?|\d{1,2}[、.．]|（\d{1,2}）)*", text)
    match = _OPENING.match(text, offset.end() if offset else 0)
    if match is None or _NO_NAME.match(match["name"]) or _is_vocabulary(match["name"], vocabulary):
        return None
    return ClassName(match.start(), match.end(), match["name"])


def _is_vocabulary(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a would-be class name is the beginning of a term (一般公共预算…), or the name of an organisation."""
    return name.endswith(vocabulary.organization_suffixes) or vocabulary.begins_phrase(name)


def _with_expenditure(name: str, known: frozenset[str], *, whole: bool = False) -> str:
    """The name as the dictionary has it, with 支出, which print drops before （类）; a class (`whole`) has it."""
    if name.endswith("支出") or (name in known and not whole):
        return name
    return f"{name}支出" if f"{name}支出" in known else name


@lru_cache(maxsize=4)
def _names(known: frozenset[str]) -> re.Pattern[str]:
    # Short names such as 其他支出 or 行政运行 are too common in prose to be found without their mark.
    names = longest(
        (name for name in known if len(name) >= 4 and not name.startswith("其他")),
        lambda character: "[和与及]" if character == "和" else re.escape(character),
    )
    # Not inside a longer word: 其他自然资源事务支出 is not 自然资源事务.
    left = rf"(?:(?<!{_HAN})|(?<=[于括中是为和及与即]))"
    return re.compile(left + names)


@lru_cache(maxsize=4)
def _bare_classes(known: frozenset[str]) -> re.Pattern[str]:
    """Names of whole classes without 支出, each between a pause and its amount."""
    names = longest(name.removesuffix("支出") for name in known if name.endswith("支出") and len(name) >= 4)
    return re.compile(rf"(?<=[，；：、。]){names}(?=[为约]?\d)")


@lru_cache(maxsize=4)
def _amounts_of(names: frozenset[str]) -> re.Pattern[str]:
    left = rf"(?:(?<!{_HAN})|(?<=[年和及与于为的排门位局委会队院校心室站所厅处关级]))"
    between = r"(?=(?:20\d\d年度?)?(?:财政拨款|支出|经费|预算|决算|安排|总额|金额|数|为|共计|合计|共)*\d)"
    return re.compile(left + longest(name for name in names if len(name) >= 3) + between)
