"""A repaired sentence as tokens: terms, words that relate, numbers, years, stops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from loaders.narrative.classes import ClassName
from loaders.narrative.intervals import Intervals
from loaders.narrative.phrases import longest
from loaders.numbers import NumberScanner, PrintedNumber
from loaders.vocabulary import Vocabulary, Word


class Kind(StrEnum):
    TERM = "term"
    CLASS = "class"
    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    YEAR = "year"
    STOP = "stop"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of repaired text with a meaning of its own; text between tokens is residue."""

    kind: Kind
    start: int
    end: int
    text: str
    word: Word | None = None
    number: PrintedNumber | None = None
    class_name: ClassName | None = None

    @property
    def is_term(self) -> bool:
        """Whether the token names something that can have an amount."""
        return self.kind in (Kind.TERM, Kind.CLASS)

    def has_role(self, *roles: str) -> bool:
        """Whether the token is a word with one of these roles."""
        return self.word is not None and self.word.role in roles


_STOP = re.compile(r"[。！？!?]|\n")
_MARK = re.compile(rf"{_STOP.pattern}|[，；：、（）]")


class Lexer:
    """Splits repaired text into tokens, the longest vocabulary phrase first; holds the compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._phrases = re.compile(longest({*vocabulary.terms, *vocabulary.words}))
        self._scanner = NumberScanner(vocabulary.units)

    def numbers(self, text: str) -> list[PrintedNumber]:
        """The printed numbers of `text`, meanings aside."""
        return self._scanner.scan(text)

    def tokens(
        self, text: str, numbers: list[PrintedNumber], classes: list[ClassName], names: list[tuple[int, int]]
    ) -> list[Token]:
        """The tokens of `text` in order, without overlap.

        `numbers` are its numbers; `classes` and `names` (of projects) were already found in it: vocabulary inside them
        does not count, and numbers inside them are part of the name.
        """
        tokens = [Token(Kind.CLASS, each.start, each.end, each.path, class_name=each) for each in classes]
        tokens += [Token(Kind.NAME, start, end, text[start:end]) for start, end in names]
        closed = Intervals((each.start, each.end) for each in tokens)
        for match in self._phrases.finditer(text):
            if closed.overlap(*match.span()):
                continue
            phrase = match[0]
            if phrase in self._vocabulary.terms:
                tokens.append(Token(Kind.TERM, match.start(), match.end(), phrase))
                if any(c.isdigit() for c in phrase):
                    closed.add(*match.span())
            else:
                tokens.append(Token(Kind.WORD, match.start(), match.end(), phrase, word=self._vocabulary.words[phrase]))
        for number in numbers:
            if closed.overlap(number.start, number.end):
                number = PrintedNumber(
                    number.start,
                    number.end,
                    number.digits_end,
                    number.digits,
                    number.decimals,
                    number.unit,
                    "name_part",
                )
            kind = Kind.YEAR if number.reason in ("year", "date") and _year(number) else Kind.NUMBER
            tokens.append(Token(kind, number.start, number.end, text[number.start : number.end], number=number))
        # 1,234.56 and 出国（境） hold marks that part nothing.
        whole = Intervals(
            (t.start, t.end)
            for t in tokens
            if t.number is not None or t.kind is Kind.CLASS or (t.kind is Kind.TERM and _MARK.search(t.text))
        )
        for match in _MARK.finditer(text):
            if not whole.overlap(*match.span()):
                kind = Kind.STOP if _STOP.match(match[0]) else Kind.PAUSE
                tokens.append(Token(kind, match.start(), match.end(), match[0]))
        return sorted(tokens, key=lambda t: (t.start, t.end))


def _year(number: PrintedNumber) -> bool:
    return len(number.digits) >= 4 and number.digits[:2] in ("19", "20")
