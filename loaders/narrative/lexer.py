"""A repaired sentence as tokens: terms, words that relate, numbers, years, stops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from loaders.numbers import NumberScanner, PrintedNumber
from loaders.vocabulary import Vocabulary, Word


class Kind(StrEnum):
    TERM = "term"
    FUNCTION = "function"
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

    @property
    def is_term(self) -> bool:
        """Whether the token names something that can have an amount."""
        return self.kind in (Kind.TERM, Kind.FUNCTION)

    def has_role(self, *roles: str) -> bool:
        """Whether the token is a word with one of these roles."""
        return self.word is not None and self.word.role in roles


_STOP = re.compile(r"[。！？!?]|\n")
_PAUSE = re.compile(r"[，；：、（）]")


class Lexer:
    """Splits repaired text into tokens, the longest vocabulary phrase first; holds the compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        phrases = sorted({*vocabulary.terms, *vocabulary.words}, key=len, reverse=True)
        self._phrases = re.compile("|".join(re.escape(phrase) for phrase in phrases))
        self._scanner = NumberScanner(vocabulary.units)

    def numbers(self, text: str) -> list[PrintedNumber]:
        """The printed numbers of `text`, meanings aside."""
        return self._scanner.scan(text)

    def tokens(self, text: str, functions: list[tuple[int, int, str]], names: list[tuple[int, int]]) -> list[Token]:
        """The tokens of `text` in order, without overlap.

        `functions` are functional classes and `names` other names already found in it; vocabulary inside them does not
        count, and numbers inside them are part of the name.
        """
        tokens: list[Token] = [Token(Kind.FUNCTION, start, end, name) for start, end, name in functions]
        closed = [(start, end) for start, end, _ in functions] + names
        for match in self._phrases.finditer(text):
            if _overlaps(match.start(), match.end(), closed):
                continue
            phrase = match[0]
            if phrase in self._vocabulary.terms:
                tokens.append(Token(Kind.TERM, match.start(), match.end(), phrase))
                if any(c.isdigit() for c in phrase):
                    closed.append((match.start(), match.end()))
            else:
                tokens.append(Token(Kind.WORD, match.start(), match.end(), phrase, word=self._vocabulary.words[phrase]))
        for number in self._scanner.scan(text):
            if _overlaps(number.start, number.end, closed):
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
        numbers = [(t.start, t.end) for t in tokens if t.number is not None]
        for pattern, kind in ((_STOP, Kind.STOP), (_PAUSE, Kind.PAUSE)):
            for match in pattern.finditer(text):
                if not _overlaps(match.start(), match.end(), numbers) and not _inside_term(match.start(), tokens):
                    tokens.append(Token(kind, match.start(), match.end(), match[0]))
        return sorted(tokens, key=lambda t: (t.start, t.end))


def _year(number: PrintedNumber) -> bool:
    return len(number.digits) >= 4 and number.digits[:2] in ("19", "20")


def _inside_term(at: int, tokens: list[Token]) -> bool:
    return any(t.start <= at < t.end for t in tokens if t.kind in (Kind.TERM, Kind.FUNCTION))


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < e and s < end for s, e in spans)
