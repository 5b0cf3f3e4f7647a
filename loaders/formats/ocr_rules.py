"""Ruling lines and stray marks of a page's picture: what of its ink is no text that was found.

Takes an upright image and the boxes of its texts in pixels, gives horizontal and vertical `Rule`s in pixels, and boxes
of ink that is in neither a rule nor a text. Imported only where the extra `ocr` is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from loaders.formats.pdf_rules import Rule

if TYPE_CHECKING:
    from loaders.formats.ocr_engine import Image

Box = tuple[float, float, float, float]

# Shares of the page's longer side, which A4 makes 842 points: the shortest rule, the shortest that needs no others at
# its ends, how near these must be, the gap that a worn rule may have, the thickest rule, and the width of the
# surroundings that ink is darker than.
_SHORTEST, _LONG, _TOUCHES, _GAP, _THICKEST, _AROUND = 0.013, 0.065, 0.004, 0.003, 0.006, 0.03
# By how much of 255.
_DARKER = 18
# A rule has at least one side along which less than this share is ink; the strokes of seals and shadings have none.
_BESIDE = 0.4
# A stroke that is inside a text for this share of its length belongs to a character.
_INSIDE = 0.8
# Boxes of texts reach further than their ink, by as much as this share of their height.
_INSET = 0.25
# Shares of the longer side: marks lower than the first are specks, those higher than the second pictures; marks closer
# together than a share of their height are one text. More marks than the last are no text, but a photograph.
_LOWEST, _HIGHEST = 0.0045, 0.06
_JOINED = 0.45
_MOST_MARKS = 150
# A share of the longer side: what is smaller each way is dust.
_SPECK = 0.0012
# Shares of a text's height: what stands closer to its ends belongs to it; what stands near its upper and lower edge is
# not on its line.
_REACH, _BAND = 0.5, 0.2


class _Stroke(NamedTuple):
    """A stroke along one axis that may be a rule, and how thick it is."""

    rule: Rule
    thickness: int

    @property
    def length(self) -> float:
        return self.rule.end - self.rule.start


class Lines(NamedTuple):
    """The rules of a page, and its ink (1) without them and without specks."""

    horizontal: list[Rule]
    vertical: list[Rule]
    rest: Image


def lines(image: Image, texts: list[Box]) -> Lines:
    """The rules of a page. Strokes of the characters in `texts` are none."""
    longer = max(image.shape[:2])
    ink = _ink(image)
    # Down is across, seen from the side.
    sideways = [(top, left, bottom, right) for left, top, right, bottom in texts]
    horizontal, vertical = _supported(
        _straight(ink, longer, texts), _straight(np.ascontiguousarray(ink.T), longer, sideways), longer
    )
    rest = ink.copy()
    for stroke in horizontal:
        _erase(rest, stroke)
    for stroke in vertical:
        _erase(rest.T, stroke)
    rules = ([stroke.rule for stroke in horizontal], [stroke.rule for stroke in vertical])
    return Lines(*rules, _without_specks(rest, longer))


def _erase(ink: Image, stroke: _Stroke) -> None:
    """Take a horizontal stroke, with its blurred edges, out of the ink."""
    rule, half = stroke.rule, stroke.thickness / 2 + 1
    ink[max(int(rule.at - half), 0) : int(rule.at + half + 1), int(rule.start) : int(rule.end)] = 0


def _supported(across: list[_Stroke], down: list[_Stroke], longer: int) -> tuple[list[_Stroke], list[_Stroke]]:
    """Long strokes, and short ones that run from rule to rule: those of a seal or drawing do not."""
    near = _TOUCHES * longer

    def meets(stroke: _Stroke, others: list[_Stroke]) -> bool:
        at = stroke.rule.at
        rules = [other.rule for other in others if other.rule.start - near < at < other.rule.end + near]
        return all(any(abs(rule.at - end) < near for rule in rules) for end in (stroke.rule.start, stroke.rule.end))

    kept = tuple([stroke for stroke in side if stroke.length >= _LONG * longer] for side in (across, down))
    short = [[stroke for stroke in side if stroke.length < _LONG * longer] for side in (across, down)]
    found = True
    while found:
        found = False
        for side, other in ((0, 1), (1, 0)):
            new = [stroke for stroke in short[side] if meets(stroke, kept[other])]
            kept[side].extend(new)
            short[side] = [stroke for stroke in short[side] if stroke not in new]
            found = found or bool(new)
    return kept[0], kept[1]


def _ink(image: Image) -> Image:
    """1 where a page is darker than its surroundings: shaded cells and dark edges of a copy are paper, too."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    around = round(_AROUND * max(grey.shape)) | 1
    dark = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, _DARKER)
    return np.asarray(dark, np.uint8)


def _straight(ink: Image, longer: int, texts: list[Box]) -> list[_Stroke]:
    """The horizontal strokes that may be rules."""
    gap, thickest = max(round(_GAP * longer), 1), max(round(_THICKEST * longer), 3)
    # What is thicker than a rule is an area; its edges are not rules either.
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickest, thickest), np.uint8))
    rest = cv2.morphologyEx(_without(ink, thick), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    strokes: list[_Stroke] = []
    # Long ones come first, since short strokes that touch them would make them look thick.
    for shortest in (_LONG, _SHORTEST):
        opened = cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones((1, max(round(shortest * longer), 3)), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
        for left, top, width, height, _ in stats[1:].tolist():
            rule = Rule(top + height / 2, float(left), float(left + width))
            beside = (rest[max(top - 4, 0) : max(top - 1, 0)], rest[top + height + 1 : top + height + 4])
            if (
                height <= thickest
                and any(not side.size or side[:, left : left + width].mean() < _BESIDE for side in beside)
                and not any(_within(rule, text) for text in texts)
            ):
                strokes.append(_Stroke(rule, height))
        rest = _without(rest, cv2.dilate(opened, np.ones((3, 1), np.uint8)))
        # The stem of a 1 that dust makes as high as its row is no rule.
        for left, top, right, bottom in texts:
            inset = _INSET * min(right - left, bottom - top)
            rows = slice(max(round(top + inset), 0), max(round(bottom - inset), 0))
            rest[rows, max(round(left + inset), 0) : max(round(right - inset), 0)] = 0
    return strokes


def _without_specks(ink: Image, longer: int) -> Image:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = (stats[:, cv2.CC_STAT_AREA] > (_SPECK * longer) ** 2).astype(np.uint8)
    kept[0] = 0
    return np.asarray(kept[labels], np.uint8)


def widened(box: Box, boxes: list[Box], found: Lines) -> Box:
    """The box of a text with what stands close to its ends: a minus, 一、, or a letter that is set far apart.

    It does not reach over a rule or into another text.
    """
    left, top, right, bottom = box
    height, edge = bottom - top, _BAND * (bottom - top)
    beside = [other for other in boxes if other != box and other[1] < bottom - edge and top + edge < other[3]]
    walls = [rule.at for rule in found.vertical if rule.start < bottom - edge and top + edge < rule.end]
    first = max([0.0, *(other[2] for other in beside if other[2] <= left + height), *(x for x in walls if x <= left)])
    last = min(
        [
            float(found.rest.shape[1]),
            *(other[0] for other in beside if other[0] >= right - height),
            *(x for x in walls if x >= right),
        ]
    )
    inked = np.flatnonzero(found.rest[int(top + edge) : int(bottom - edge) + 1].any(axis=0))
    reach = _REACH * height
    for at in inked[(inked < left) & (inked > first)][::-1].tolist():
        if at < left - reach:
            break
        left = float(at)
    for at in inked[(inked >= right) & (inked < last)].tolist():
        if at > right + reach:
            break
        right = float(at + 1)
    margin = _BAND * height
    return (
        box[0] if left == box[0] else max(left - margin, first),
        top,
        box[2] if right == box[2] else min(right + margin, last),
        bottom,
    )


def _without(ink: Image, other: Image) -> Image:
    return np.asarray(np.where(other, 0, ink), np.uint8)


def _within(rule: Rule, text: Box) -> bool:
    left, top, right, bottom = text
    inside = min(rule.end, right) - max(rule.start, left)
    return top < rule.at < bottom and inside > _INSIDE * (rule.end - rule.start)


def marks(rest: Image, texts: list[Box]) -> list[Box]:
    """The boxes of ink outside the texts that is as high as text is, parts of a line joined."""
    longer = max(rest.shape)
    free = rest.copy()
    for left, top, right, bottom in texts:
        free[max(int(top), 0) : int(bottom) + 1, max(int(left), 0) : int(right) + 1] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=8)
    found: list[Box] = [
        (float(left), float(top), float(left + width), float(top + height))
        for left, top, width, height, area in stats[1:]
        if area >= (_LOWEST * longer / 2) ** 2 and max(width, height) < _HIGHEST * longer
    ]
    if len(found) > 4 * _MOST_MARKS:
        return []
    joined = [box for box in _joined(found) if _LOWEST * longer < box[3] - box[1] < _HIGHEST * longer]
    return joined if len(joined) <= _MOST_MARKS else []


def _joined(boxes: list[Box]) -> list[Box]:
    """Boxes beside each other as one, as long as any are."""
    boxes = sorted(boxes)
    again = True
    while again:
        again = False
        joined: list[Box] = []
        for box in boxes:
            for index, other in enumerate(joined):
                if _adjoin(box, other):
                    joined[index] = (
                        min(box[0], other[0]),
                        min(box[1], other[1]),
                        max(box[2], other[2]),
                        max(box[3], other[3]),
                    )
                    again = True
                    break
            else:
                joined.append(box)
        boxes = joined
    return boxes


def _adjoin(one: Box, other: Box) -> bool:
    reach = _JOINED * max(one[3] - one[1], other[3] - other[1])
    apart = max(one[0], other[0]) - min(one[2], other[2])
    level = min(one[3], other[3]) - max(one[1], other[1])
    return apart < reach and level > -reach / 3
