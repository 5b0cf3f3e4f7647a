"""The grammar of disclosure prose: which figure each number of a paragraph is.

Takes a report's blocks one by one; gives a `Reading` for every number. Sections set the default subject and phase,
sentences the year; a number binds to the nearest term before it in its clause, or to the subject that is still open;
其中 opens a level and the end of the sentence closes it; relation words make a number a change, share or rate of its
subject. `docs/narrative.md` gives the rules with examples.
"""

from __future__ import annotations

import re
from dataclasses import replace

from loaders import outline
from loaders.document import Block, BlockKind
from loaders.narrative import classes, dealt, names, wording, years
from loaders.narrative.binding import Binder
from loaders.narrative.lexer import Kind, Lexer, Token
from loaders.narrative.naming import Naming, lists_projects
from loaders.narrative.state import Heading, Level, Page, Sentence, Spot, State, Subject
from loaders.numbers import PrintedNumber
from loaders.reading import FIGURE, Reading
from loaders.repair import Repaired
from loaders.vocabulary import Vocabulary

# Sections in which functional classes are named without their mark.
_FUNCTION_SECTIONS = frozenset({"function", "expenditure", "fiscal"})
# What a paragraph about a project tells besides its budget.
_TELLS_PROJECT = re.compile(r"执行率|执行数|得分|综合评价|绩效目标|实际(?:支出|使用)|全年支出|已支出")
# （二）支出预算：2026年本单位…, a heading that its paragraph goes on behind.
_HEADED = re.compile(r"[^，。；：、\d]{2,25}(?=[：。].)")

_HAN = re.compile(r"[\u4e00-\u9fff]")
# Nothing more in a paragraph.
_ENDS = re.compile(r"[：: 。\n、]*\Z")
# A paragraph of more numbers is none that anybody wrote (the most seen is 30), and takes time by their square; what is
# quoted of it are so many characters on either side.
_MOST_NUMBERS, _NEARBY = 1000, 50
# 部门收入（2022年）5万元
_YEAR_ALONE = re.compile(r"（(?:19|20)\d\d年(?:度|[末底初])?$")
_LONGEST_YEAR = len("（2022年度")
# Reasons of sections whose numbers are no figures of the report, whatever they are of.
_NO_FIGURES = frozenset({"glossary", "government_report"})
# What there is on a day.
_STOCKS = frozenset({"assets", "staffing"})
# 第三部分, alone in its line or with its name: whatever part was open is closed.
_PART = re.compile(r"第[一二三四五六七八九十]{1,2}部分[^。；，]{0,30}")


class Grammar:
    """Reads blocks of prose; holds the vocabulary and what reads with it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._lexer = Lexer(vocabulary)
        self._naming = Naming(vocabulary)
        self._open_words = tuple(text for text, word in vocabulary.words.items() if word.role == "open")
        self._binder = Binder(vocabulary, self._lexer, self._naming)

    # -- blocks ------------------------------------------------------------------------------------------------------

    def read(self, state: State, block: Block, repaired: Repaired) -> list[Reading]:
        """The readings of a heading or paragraph, in order; `state` moves on."""
        page, text = Page(state, block, repaired), repaired.text
        is_part = _PART.fullmatch(text.strip()) is not None
        if block.kind is BlockKind.HEADING or is_part or self._is_bare_heading(text):
            self._enter_section(state, block.level or (1 if is_part else 4), text)
            if block.kind is BlockKind.HEADING:
                return self._no_figures(page, "heading")
        if state.report.reason is not None:
            return self._no_figures(page, state.report.reason)
        if state.section and state.section.reason in _NO_FIGURES:
            return self._no_figures(page, state.section.reason)
        numbers = self._lexer.numbers(text)
        if len(numbers) > _MOST_NUMBERS:
            return self._no_figures(replace(page, reach=_NEARBY), "torn_table")
        if self._is_row(text, numbers):
            return self._no_figures(page, "torn_table")
        return self._paragraph(page, self._enter_headed(state, text), numbers)

    @staticmethod
    def _is_row(text: str, numbers: list[PrintedNumber]) -> bool:
        """Rows of a table that lost its cells: several bare numbers and no punctuation, or a great many; one cell."""
        if len(numbers) == 1 and numbers[0].end - numbers[0].start == len(text.strip()) and numbers[0].reason is None:
            return True
        # in a sentence, 门诊2.4万人次 is measured in what the vocabulary does not have
        said = "。" in text
        bare = sum(
            1
            for number in numbers
            if number.unit is None and number.decimals and not (said and _HAN.match(text, number.end))
        )
        return bare >= 4 or (bare >= 2 and re.search(r"[，。；：]", text) is None)

    def _is_bare_heading(self, text: str) -> bool:
        """A heading that lost its number: short, no stop, and it names a section."""
        line = text.strip("、 \n")
        return len(line) <= 30 and not re.search(r"[。，；：\d]", line) and self._vocabulary.section(line) is not None

    def _enter_headed(self, state: State, text: str) -> int:
        """Enter the section of a paragraph that begins with its heading, （四）政府采购情况：2026年…

        Gives the offset behind the heading, 0 if there is none.
        """
        numbered = outline.numbering(text.lstrip())
        heading = _HEADED.match(numbered[1]) if numbered else None
        section = self._vocabulary.section(heading[0]) if heading else None
        if numbered is None or heading is None or section is None or section.reason is not None:
            return 0
        self._enter_section(state, numbered[0], heading[0])
        return len(text) - len(numbered[1]) + heading.end() + 1

    def _enter_section(self, state: State, level: int, text: str) -> None:
        while state.headings and state.headings[-1].level >= level:
            state.headings.pop()
        # 二、2022年决算情况, and what is below it
        is_final = "预" not in text and ("决算" in text or state.is_final)
        state.headings.append(Heading(level, self._vocabulary.section(text), is_final))
        state.section = next((each.section for each in reversed(state.headings) if each.section is not None), None)
        state.close(sticky=True)
        state.follows_heading = True
        state.as_of = state.counted_in = state.told = None
        state.heading_terms = [
            t.text for t in self._lexer.tokens(text, self._lexer.numbers(text), [], []) if t.kind is Kind.TERM
        ]

    def _no_figures(self, page: Page, reason: str) -> list[Reading]:
        return [page.no_figure(n, n.reason or reason) for n in self._lexer.numbers(page.repaired.text)]

    # -- a paragraph -------------------------------------------------------------------------------------------------

    def _paragraph(self, page: Page, start: int, numbers: list[PrintedNumber]) -> list[Reading]:
        """The readings of a paragraph, of which the heading up to `start` is no part."""
        state, text = page.state, page.repaired.text
        numbering = self._number(state, text)
        if not numbers and not text.rstrip().endswith(("：", "如下。")) and not self._opens(text):
            # Most paragraphs are about duties and tasks: nothing to read, and nothing to open.
            self._end(state, None)
            return []
        sentence, tokens = self._begin(state, text, start, numbering, numbers)
        readings: list[Reading] = []
        for index, token in enumerate(tokens):
            if token.number is not None and (token.kind is Kind.YEAR or token.number.reason is not None):
                readings.append(page.no_figure(token.number, token.number.reason or "year"))
                if token.kind is Kind.YEAR:
                    years.named(sentence, token.start, token.end, int(token.number.digits[:4]))
                    sentence.lead.append(token)
                elif token.number.reason in ("name_part", "code"):
                    sentence.stray = token.number.reason
            elif token.number is not None:
                ahead = tokens[index + 1] if index + 1 < len(tokens) else None
                readings.append(self._binder.bind(page, Spot.at(state, sentence, token.number, ahead)))
                if readings[-1].outcome == FIGURE:
                    sentence.figure(token.number.end)
                else:
                    sentence.stray = readings[-1].outcome
            elif token.kind is Kind.STOP:
                self._stop(state, sentence, tokens, index)
            else:
                if token.kind is Kind.PAUSE:
                    self._pause(state, sentence, token)
                sentence.lead.append(token)
                if token.has_role("open"):
                    self._open(state, sentence, token)
                elif token.has_role("year") or (sentence.as_of is not None and token.text.startswith("当年")):
                    years.relative(sentence, state.report.fiscal_year, token)
        if sentence.as_of is not None and text.rstrip().endswith(("：", "如下。")):
            # 截至2025年底，人员情况如下：
            state.as_of = sentence.as_of
        state.counted_in = sentence.as_of
        self._end(state, sentence.first)
        return readings

    @staticmethod
    def _end(state: State, told: Subject | None) -> None:
        """A paragraph ends: what it leaves open for the next ones is sticky, the rest ends with it."""
        state.close()
        state.levels, state.suspended = state.levels or state.suspended, []
        state.follows_heading = False
        state.told = told

    def _opens(self, text: str) -> bool:
        return text.rstrip("：: 。\n、").endswith(self._open_words)

    @staticmethod
    def _number(state: State, text: str) -> int:
        """The list level of a paragraph, 9 if it has no number; levels that it ends are closed or set aside."""
        numbered = outline.numbering(text.lstrip())
        numbering = numbered[0] if numbered else 9
        if state.levels and state.levels[-1].listed and not numbered and not text.startswith("其中"):
            # What follows a numbered list without a number is none of its items.
            state.suspended, state.levels = state.levels, []
        if numbered:
            # 2. closes what 1.…其中： had left open for the paragraphs under it.
            state.levels = [level for level in state.levels if level.numbering < numbering or level.numbering == 9]
            if state.level is not None:
                state.level.listed = True
        return numbering

    def _begin(
        self, state: State, text: str, start: int, numbering: int, numbers: list[PrintedNumber]
    ) -> tuple[Sentence, list[Token]]:
        """What is known where a paragraph begins, and its tokens."""
        named = classes.find(
            text,
            self._vocabulary,
            leading=state.section_code in _FUNCTION_SECTIONS and not lists_projects(state),
            economic=state.report.kind != "project_performance",
        )
        project, span = self._project(state, text)
        tokens = self._lexer.tokens(text, numbers, named, [span] if span else [])
        tokens = [token for token in tokens if token.start >= start or token.number is not None]
        year = state.as_of or years.of_paragraph(state.report.fiscal_year, text)
        if state.counted_in is not None and self._counts_on(tokens):
            year = state.counted_in
        sentence = Sentence(text, project, year, numbering, year=year, dealt=dealt.numbers(text, tokens))
        sentence.start = sentence.lead_start = start
        return sentence, tokens

    def _counts_on(self, tokens: list[Token]) -> bool:
        """Whether a paragraph only goes on to count what there is: 设备0台, after 截至2025年底，本部门共有车辆0辆。"""
        first = next((t for t in tokens if t.is_term), None)
        items = [row.item for row in self._vocabulary.terms.get(first.text, ()) if row.item] if first else []
        statements = {self._vocabulary.measures[item].statement for item in items}
        return (
            bool(statements)
            and statements <= _STOCKS
            and not any(t.kind is Kind.YEAR or t.has_role("year", "phase") for t in tokens)
        )

    def _project(self, state: State, text: str) -> tuple[str | None, tuple[int, int] | None]:
        """The project a paragraph is about, if it opens with a name and goes on to that project's money."""
        if state.report.kind == "project_performance" and state.report.project_name is not None:
            return state.report.project_name, None
        if not re.search(r"预算[^。]{0,12}\d[^。]*元", text) or not _TELLS_PROJECT.search(text):
            return None, None
        name = names.leading_project(text)
        if name is None or re.sub(r"^(?:19|20)\d\d年度?", "", name) in self._vocabulary.terms:
            return None, None
        start = text.find(name)
        return name, (start, start + len(name))

    # -- tokens that move the sentence on ------------------------------------------------------------------------------

    def _stop(self, state: State, sentence: Sentence, tokens: list[Token], index: int) -> None:
        """A sentence ends: open levels close, and a sentence that was only a term makes that term the subject."""
        at = tokens[index].start
        if sentence.brackets and sentence.text.startswith("）", tokens[index].end):
            # （…比上年减少0.05万元。）比上年…: the sentence goes on behind the bracket.
            return
        terms = [t for t in sentence.lead if t.is_term]
        if (
            len(terms) == 1
            and not any(t.has_role("change", "rate", "share") for t in sentence.lead)
            and not wording.residue(self._vocabulary, sentence.text, sentence.lead_start, at, sentence.lead)
        ):
            sentence.subject = self._naming.named(state, sentence, terms[0], None) or sentence.subject
        behind = (tokens[at] for at in range(index + 1, len(tokens)))
        following = next((t for t in behind if t.kind is not Kind.STOP), None)
        goes_on = following is not None and (
            (following.word is not None and following.word.value == "parts")
            # 其中：教育支出5万元，用于…。卫生健康支出3万元: the list goes on in sentences of their own.
            or (
                following.class_name is not None
                and following.start == tokens[index].end
                and self._lists_classes(sentence)
            )
        )
        closing = [level for level in state.levels if not level.sticky]
        if closing and not goes_on:
            sentence.subject = closing[0].parent
            state.close()
        sentence.end(tokens[index].end)

    @staticmethod
    def _lists_classes(sentence: Sentence) -> bool:
        return sentence.subject is not None and sentence.subject.statement == "function"

    def _pause(self, state: State, sentence: Sentence, token: Token) -> None:
        """A closing bracket closes what it opened; …决算中， makes the term before it the whole of what follows."""
        if token.text == "（":
            sentence.brackets.append((sentence.subject, sentence.year))
        elif token.text == "）":
            while state.level and not state.level.sticky and 0 < len(sentence.brackets) <= state.level.depth:
                sentence.subject = state.levels.pop().parent
            if sentence.brackets:
                # What a bracket tells besides does not change what the sentence is about, nor of which year.
                before, year = sentence.brackets.pop()
                sentence.subject = before or sentence.subject
                alone = _YEAR_ALONE.search(sentence.text, max(0, token.start - _LONGEST_YEAR), token.start)
                if sentence.as_of is None and alone is None:
                    sentence.year = year
        elif token.text == "；" and sentence.before_reason is not None:
            sentence.subject, sentence.before_reason = sentence.before_reason, None
        elif token.text == "，" and sentence.text.endswith("中", 0, token.start):
            terms = [t for t in sentence.lead if t.kind is Kind.TERM]
            if terms and not wording.residue(
                self._vocabulary, sentence.text, terms[-1].end, token.start, sentence.lead
            ):
                parent = self._naming.named(state, sentence, terms[-1], None)
                if parent is not None:
                    depth = len(sentence.brackets)
                    if state.level and state.level.among and state.level.depth == depth:
                        # 在甲中，…；在乙中，…: one after the other
                        state.levels.pop()
                    state.levels.append(Level(parent, depth=depth, among=True))

    def _open(self, state: State, sentence: Sentence, opening: Token) -> None:
        """其中, 包括, 构成情况: the term just before it, else the current subject, is the whole of what follows.

        Where it ends the paragraph, that is what the next ones are about.
        """
        parent = sentence.subject
        term = next((t for t in reversed(sentence.lead) if t.is_term), None)
        if term is not None:
            parent = self._naming.named(state, sentence, term, None) or parent
        if parent is None or (state.level and state.level.parent == parent):
            return
        ends = _ENDS.match(sentence.text, opening.end) is not None
        amounts = dict(sentence.amounts.get((parent.item, parent.component), {}))
        state.levels.append(Level(parent, amounts, ends, len(sentence.brackets), sentence.numbering))
