"""Names that no vocabulary has: parts of what was counted, listed projects, classes called by their bare name.

Takes a `Spot` for which no term was found and the text that stood there; gives the `Subject` that its list makes of it.
"""

from __future__ import annotations

import re

from loaders.narrative import names, wording
from loaders.narrative.naming import Naming, lists_projects
from loaders.narrative.state import Spot, Subject
from loaders.numbers import Unit, UnitKind
from loaders.vocabulary import Vocabulary

_LONGEST_LABEL = 20
# 所属27个预算单位: what comes before a count of what follows it
_HAVING = re.compile(r"(?:所属|下属|下设|下辖|辖|设有?|共有?|包括|拥有|有)$")


class PartFinder:
    """Finds what unnamed amounts and counts are parts of; holds the vocabulary and what names subjects."""

    def __init__(self, vocabulary: Vocabulary, naming: Naming) -> None:
        self._vocabulary = vocabulary
        self._naming = naming

    def money(self, spot: Spot, residue: str, end: int) -> Subject | None:
        """The subject named up to `end`: a class, a project listed under 项目支出, or a part of a project's money."""
        label = wording.name(spot.item_text(end))
        if not label or not residue or any(t.has_role("fund") for t in spot.clause):
            return None
        parent = spot.state.level.parent if spot.state.level else None
        one_project = spot.state.report.kind == "project_performance"
        if one_project and not names.is_part_of_project(label):
            return None
        if parent is not None and parent.statement == "project" and one_project:
            return Subject(parent.item, "project", label, "part")
        if lists_projects(spot.state):
            # 项目支出: 公共法律服务300万元，主要包括：普法宣传工作100万元: lists of projects in lists of projects.
            return self._naming.project(label) if names.is_listed_project(label) else None
        if one_project and spot.sentence.project is not None:
            if names.is_short_for(label, spot.sentence.project):
                return self._naming.project(spot.sentence.project)
            return Subject(spot.sentence.project, "project", label, "part")
        return self._class(spot, label)

    def _class(self, spot: Spot, label: str) -> Subject | None:
        """A class by its bare name, where classes are listed."""
        parent = spot.state.level.parent if spot.state.level else None
        if parent is not None and parent.statement == "function" and label in self._vocabulary.functions:
            return Subject(label, "function", label)
        economic = parent is not None and (parent.statement == "economic" or parent.item.startswith("basic_"))
        return Subject(label, "economic", label) if economic and label in self._vocabulary.economic_names else None

    def count(self, spot: Spot, unit: Unit, residue: str) -> Subject | None:
        """The subject of a count: what follows it (27个预算单位), or a part of the count that is open."""
        state, sentence = spot.state, spot.sentence
        if spot.ahead is not None and not residue and _HAVING.search(spot.lead_text):
            subject = self._naming.named(state, sentence, spot.ahead, unit)
            if subject is not None:
                return self._naming.refined(spot, subject, spot.ahead)
        level = state.level
        label = wording.name(spot.lead_text)
        current = sentence.subject
        if current is not None and level is not None and current.item != level.parent.item:
            # 在职43人，其中：公务员20人；退休15人，临聘6人: the parts ended
            return None
        if level is None or not residue or level.parent.kind is not UnitKind.COUNT or level.parent.unit != unit.text:
            return None
        if not 0 < len(label) <= _LONGEST_LABEL or not names.is_part_name(label):
            return None
        return Subject(level.parent.item, level.parent.statement, label, "part", kind=UnitKind.COUNT)
