"""The grammar of disclosure prose: which figure each number of a paragraph is.

Takes a report's blocks one by one; gives a `Reading` for every number. Sections set the default subject and phase,
sentences the year; a number binds to the nearest term before it in its clause, or to the subject that is still open;
其中 opens a level and the end of the sentence closes it; relation words make a number a change, share or rate of its
subject. `docs/narrative.md` gives the rules with examples.
"""

from __future__ import annotations

import re

from loaders import outline
from loaders.document import Block, BlockKind
from loaders.narrative import names, wording
from loaders.narrative.binding import Binder
from loaders.narrative.lexer import Kind, Lexer, Token
from loaders.narrative.state import Level, Page, Sentence, Spot, State
from loaders.narrative.subjects import SubjectFinder
from loaders.reading import FIGURE, Reading
from loaders.repair import Repaired
from loaders.vocabulary import Vocabulary

_DOCUMENT_YEAR = re.compile(r"〔((?:19|20)\d{2})〕")
# Sections in which functional classes are named without their mark.
_FUNCTION_SECTIONS = frozenset({"function", "expenditure", "fiscal"})
# What stands between two terms of a list: 会议费（含差旅）和培训费
_LISTED = re.compile(r"[^，。；：]{0,6}[、和及与][^，。；：]{0,4}")


class Grammar:
    """Reads blocks of prose; holds the vocabulary and what reads with it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._lexer = Lexer(vocabulary)
        self._subjects = SubjectFinder(vocabulary)
        self._binder = Binder(vocabulary, self._lexer, self._subjects)

    # -- blocks ------------------------------------------------------------------------------------------------------

    def read(self, state: State, block: Block, repaired: Repaired) -> list[Reading]:
        """The readings of a heading or paragraph, in order; `state` moves on."""
        page, text = Page(state, block, repaired), repaired.text
        if block.kind is BlockKind.HEADING or self._is_bare_heading(text):
            self._enter_section(state, block, text)
            if block.kind is BlockKind.HEADING:
                return self._no_figures(page, "heading")
        if state.section and state.section.reason == "glossary":
            return self._no_figures(page, "glossary")
        if self._is_row(text):
            return self._no_figures(page, "table_text")
        return self._paragraph(page)

    def _is_row(self, text: str) -> bool:
        """Rows of a table that lost its cells: several bare numbers and no punctuation, or a great many."""
        bare = sum(1 for number in self._lexer.numbers(text) if number.unit is None and number.decimals)
        return bare >= 4 or (bare >= 2 and re.search(r"[，。；：]", text) is None)

    def _is_bare_heading(self, text: str) -> bool:
        """A heading that lost its number: short, no stop, and it names a section."""
        line = text.strip("、 \n")
        return len(line) <= 30 and not re.search(r"[。，；：\d]", line) and self._vocabulary.section(line) is not None

    def _enter_section(self, state: State, block: Block, text: str) -> None:
        level = block.level or 4
        while state.headings and state.headings[-1][0] >= level:
            state.headings.pop()
        state.headings.append((level, self._vocabulary.section(text)))
        state.section = next((s for _, s in reversed(state.headings) if s is not None), None)
        state.close(sticky=True)
        state.follows_heading = True
        state.heading_terms = [t.text for t in self._lexer.tokens(text, [], []) if t.kind is Kind.TERM]

    def _no_figures(self, page: Page, reason: str) -> list[Reading]:
        return [page.no_figure(n, n.reason or reason) for n in self._lexer.numbers(page.repaired.text)]

    # -- a paragraph -------------------------------------------------------------------------------------------------

    def _paragraph(self, page: Page) -> list[Reading]:
        state, text = page.state, page.repaired.text
        sentence, tokens = self._begin(state, text)
        readings: list[Reading] = []
        for index, token in enumerate(tokens):
            if token.number is not None and (token.kind is Kind.YEAR or token.number.reason is not None):
                readings.append(page.no_figure(token.number, token.number.reason or "year"))
                if token.kind is Kind.YEAR:
                    self._year(sentence, token)
                    sentence.lead.append(token)
            elif token.number is not None:
                readings.append(self._binder.bind(page, Spot.at(state, sentence, token.number)))
                if readings[-1].outcome == FIGURE:
                    sentence.figure(token.number.end)
            elif token.kind is Kind.STOP:
                self._stop(state, sentence, tokens, index)
            else:
                if token.kind is Kind.PAUSE:
                    self._pause(state, sentence, token)
                sentence.lead.append(token)
                if token.has_role("open"):
                    self._open(state, sentence, tokens, index)
        # What a paragraph leaves open for the next ones is sticky; the rest ends with it.
        state.close()
        state.follows_heading = False
        return readings

    def _begin(self, state: State, text: str) -> tuple[Sentence, list[Token]]:
        """What is known where a paragraph begins, and its tokens."""
        functions = names.functions(text, self._vocabulary, leading=state.section_code in _FUNCTION_SECTIONS)
        project, span = self._project(state, text)
        tokens = self._lexer.tokens(text, functions, [span] if span else [])
        numbered = outline.numbering(text.lstrip())
        numbering = numbered[0] if numbered else 9
        if numbered:
            # 2. closes what 1.…其中： had left open for the paragraphs under it.
            state.levels = [level for level in state.levels if level.numbering < numbering or level.numbering == 9]
        year = self._year_of(state, text)
        return Sentence(text, project, year, numbering, year=year, respective=_respective(text, tokens)), tokens

    def _project(self, state: State, text: str) -> tuple[str | None, tuple[int, int] | None]:
        """The project a paragraph is about, if it opens with a name and goes on to that project's money."""
        if state.report.kind == "project_performance":
            return state.report.project_name, None
        if not re.search(r"预算[^。]{0,12}\d[^。]*元", text) or not re.search(r"执行率|执行数|得分|综合评价", text):
            return None, None
        name = names.leading_project(text)
        if name is None or name in self._vocabulary.terms:
            return None, None
        start = text.find(name)
        return name, (start, start + len(name))

    @staticmethod
    def _year_of(state: State, text: str) -> int | None:
        """The report's year, or that of a later document which the paragraph reports on (〔2022〕40号)."""
        year = state.report.fiscal_year
        cited = [int(match[1]) for match in _DOCUMENT_YEAR.finditer(text)]
        if year is not None and len(cited) == 1 and year < cited[0] <= year + 2:
            return cited[0]
        return year

    # -- tokens that move the sentence on ------------------------------------------------------------------------------

    @staticmethod
    def _year(sentence: Sentence, token: Token) -> None:
        """A year that is neither compared with nor inside a title becomes the sentence's."""
        before, after = sentence.text[: token.start], sentence.text[token.end :]
        if before.count("《") > before.count("》") or re.search(r"(?:比|较|与|同|对比)$", before):
            return
        if re.match(r"年(?:度)?(?:相比|比)", after) or re.match(r"年?(?:以来|起)", after):
            return
        assert token.number is not None
        sentence.year = int(token.number.digits[:4])

    def _stop(self, state: State, sentence: Sentence, tokens: list[Token], index: int) -> None:
        """A sentence ends: open levels close, and a sentence that was only a term makes that term the subject."""
        at = tokens[index].start
        terms = [t for t in sentence.lead if t.is_term]
        if (
            len(terms) == 1
            and not any(t.has_role("change", "rate", "share") for t in sentence.lead)
            and not wording.residue(self._vocabulary, sentence.text, sentence.lead_start, at, sentence.lead)
        ):
            sentence.subject = self._subjects.named(state, sentence, terms[0], None) or sentence.subject
        following = next((t for t in tokens[index + 1 :] if t.kind is not Kind.STOP), None)
        goes_on = following is not None and following.word is not None and following.word.value == "parts"
        closing = [level for level in state.levels if not level.sticky]
        if closing and not goes_on:
            sentence.subject = closing[0].parent
            state.close()
        sentence.end(tokens[index].end)

    def _pause(self, state: State, sentence: Sentence, token: Token) -> None:
        """A closing bracket closes what it opened; …决算中， makes the term before it the whole of what follows."""
        if token.text == "（":
            sentence.depth += 1
        elif token.text == "）":
            while state.level and not state.level.sticky and 0 < sentence.depth <= state.level.depth:
                sentence.subject = state.levels.pop().parent
            sentence.depth = max(sentence.depth - 1, 0)
        elif token.text == "，" and sentence.text[: token.start].endswith("中"):
            terms = [t for t in sentence.lead if t.kind is Kind.TERM]
            if terms and not wording.residue(
                self._vocabulary, sentence.text, terms[-1].end, token.start, sentence.lead
            ):
                parent = self._subjects.named(state, sentence, terms[-1], None)
                if parent is not None:
                    state.levels.append(Level(parent, depth=sentence.depth))

    def _open(self, state: State, sentence: Sentence, tokens: list[Token], index: int) -> None:
        """其中, 包括, 构成情况: the term just before it, else the current subject, is the whole of what follows."""
        parent = sentence.subject
        terms = [t for t in sentence.lead if t.is_term]
        if terms:
            parent = self._subjects.named(state, sentence, terms[-1], None) or parent
        if parent is None or (state.level and state.level.parent == parent):
            return
        ends = self._ends_open(tokens[: index + 1], sentence.text)
        state.levels.append(Level(parent, ends, sentence.depth, sentence.numbering))

    @staticmethod
    def _ends_open(tokens: list[Token], text: str) -> bool:
        """Whether a paragraph ends in an opening word, so that what it opens follows in the next ones."""
        words = [t for t in tokens if t.kind is Kind.WORD]
        return bool(words) and words[-1].has_role("open") and not text[words[-1].end :].strip("：: 。\n、")


def _respective(text: str, tokens: list[Token]) -> frozenset[int]:
    """Where numbers stand that 分别 deals out to several terms: 会议费、培训费分别为1万元、2万元."""
    found: set[int] = set()
    for word in re.finditer("分别", text):
        stop = next((t.start for t in tokens if t.kind is Kind.STOP and t.start >= word.end()), len(text))
        before = [t for t in tokens if t.is_term and t.end <= word.start()][-2:]
        if len(before) == 2 and re.fullmatch(
            r"[^，。；：]{0,6}[、和及与][^，。；：]{0,4}", text[before[0].end : before[1].start]
        ):
            numbers = [t for t in tokens if t.number is not None and word.end() <= t.start < stop]
            ends = [word.end(), *(t.end for t in numbers)]
            for token, end in zip(numbers, ends, strict=False):
                if end != word.end() and not re.fullmatch(r"[、，和及与]{1,2}", text[end : token.start]):
                    break
                found.add(token.start)
    return frozenset(found)
