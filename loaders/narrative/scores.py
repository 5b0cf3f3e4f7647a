"""What a score is of: a named project, the paragraph's project, or the whole unit."""

from __future__ import annotations

import re

from loaders.narrative import names, wording
from loaders.narrative.lexer import Token
from loaders.narrative.state import Spot
from loaders.vocabulary import Vocabulary, Word

_FULL_POINTS = re.compile(r"(?:分值|满分|权重|总分值)(?:为|共|计)?$")


def scored(vocabulary: Vocabulary, spot: Spot, said: Token | None) -> str | None:
    """What a score is of: the project named before 得分, the paragraph's project, or the whole unit."""
    if said is not None and said.word is not None and (override := own_item(said.word)) is not None:
        return override
    overall = any(r.item == "overall" for t in spot.terms() for r in vocabulary.terms.get(t.text, ()))
    if overall:
        return "overall"
    if said is None:
        return None
    name = wording.name(spot.sentence.text[spot.clause_start : said.start])
    if names.is_project_name(name):
        return name
    if spot.sentence.project is not None:
        return spot.sentence.project
    return "overall" if spot.state.report.kind == "unit_performance" else None


def is_full_points(spot: Spot) -> bool:
    """Whether the number is what could be scored, and not what was: 分值20分."""
    return _FULL_POINTS.search(spot.lead_text) is not None


def own_item(word: Word) -> str | None:
    """The item that a relation word speaks of whatever stands around it: 结余率, 预决算差异率."""
    return word.note.removeprefix("item:") if word.note.startswith("item:") else None
