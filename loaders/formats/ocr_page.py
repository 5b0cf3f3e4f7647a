"""The picture of a page to a `Page`: recognised characters and ruling lines where a person sees them.

Takes an image, gives the same `Page` that a PDF with a text layer gives, so that grids, columns and paragraphs are made
of both in one way; every character has the certainty with which it was recognised. Imported only where the extra `ocr`
is installed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from loaders.formats import ocr_engine, ocr_image, ocr_rules
from loaders.formats.ocr_rules import Box
from loaders.formats.pdf_page import Page
from loaders.formats.pdf_rules import Rule
from loaders.formats.pdf_text import Glyph, Run

if TYPE_CHECKING:
    from loaders.formats.ocr_engine import Image, Spelling

# The longer side of every page in points, that of A4: what an image says of its own size is seldom true.
_LONGER_SIDE = 842.0
# Percent: what is less certain is no text, and a mark that no text was found at has to be beyond doubt.
_UNCERTAIN, _DOUBTFUL = 50, 95
# Percent by which a text may be less certain with what stands beside it.
_LESS_CERTAIN = 1.0
# The middle line of a black seal that is printed over a page: 附件专用章.
_SEAL = re.compile(r"\D{0,4}专用章")
_NUMBER = re.compile(r"\.?\d[\d.,]*%?$")
# Shares of a number's height: a minus is at least so long and at most so high. It is longer than the bar of a 4; what
# was read as a point, but does not stand on the line, may be shorter. How certain a minus is that only its shape tells,
# in percent.
_DASH, _DASHES, _DASH_HEIGHT, _UNREAD_MINUS = 0.3, {"4": 0.55, ".": 0.15}, 0.3, 50
# A rule cuts a text in two if it passes this share of the text's height away from its edges, along this share of it.
_INSET, _CROSSES = 0.3, 0.7
# Where most texts, with the white around them, are lower than this many pixels, rows of a table run into one another.
_SMALL = 24
# A text this many times higher than wide on an upright page may read downwards.
_COLUMN = 1.8
# Ems: the ink of a Chinese character, of a capital or digit, of a bracket; how far a comma hangs down.
_HAN, _CAPITAL, _BRACKET, _COMMA = 0.93, 0.7, 0.95, 0.14
_THIN = 0.06
# A line of this many characters is not higher than this many times what its width allows.
_SEVERAL, _SOLID = 4, 1.2
_ASCENT = 0.86
_LOW, _TALL = ",;，；、。", "()（）[]〔〕【】《》/|"
_FLAT = "-—－–_.·…~"
# Sizes on one page that differ by less than this share are one size.
_SAME_SIZE = 0.1
# Ems between the middles of two characters, beyond what they take, that are a gap.
_GAP = 1.0


class _Text(NamedTuple):
    """A recognised line of text: the box that was looked at, and the box of its ink. `is_column` reads downwards."""

    spelling: Spelling
    box: Box
    ink: Box
    is_column: bool = False


def read(image: Image, page_no: int, share: float) -> Page:
    """The page that an image shows, or a part as long as this `share` of it; without characters if it has no text."""
    scale = _LONGER_SIDE * share / max(image.shape[:2])
    image = ocr_image.without_seals(image)
    quads = ocr_engine.find(image)
    if not len(quads):
        return Page(page_no, image.shape[1] * scale, image.shape[0] * scale, [], [], [])
    image, quads = ocr_image.upright(image, quads)
    boxes = [_boxed(quad) for quad in quads.tolist()]
    small = _SMALL * max(image.shape[:2]) / ocr_engine.USUAL_SIDE
    if max(image.shape[:2]) > ocr_engine.USUAL_SIDE and median(b - t for _, t, _, b in boxes) < small:
        boxes = [_boxed(quad) for quad in ocr_engine.find(image, ocr_engine.LARGE_SIDE).tolist()]
    lines = ocr_rules.lines(image, boxes)
    texts = [
        text
        for box in boxes
        for text in _read_at(image, box, ocr_rules.widened(box, boxes, lines), lines)
        if text.spelling.mean >= _UNCERTAIN
    ]
    for box in ocr_rules.marks(lines.rest, [*boxes, *(text.box for text in texts)]):
        text = _recognised(image, _padded(box), lines)
        if text is not None and text.spelling.mean >= _DOUBTFUL and any(map(str.isalnum, text.spelling.text)):
            texts.append(text)
    texts = [text for text in texts if not _SEAL.fullmatch(text.spelling.text)]
    height, width = image.shape[:2]
    return Page(
        page_no,
        width * scale,
        height * scale,
        _runs(texts, scale),
        [Rule(*(value * scale for value in rule)) for rule in lines.horizontal],
        [Rule(*(value * scale for value in rule)) for rule in lines.vertical],
    )


def _boxed(quad: Sequence[Sequence[float]]) -> Box:
    """The level box of a text; its corners are about as far out as they are askew."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    return (x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2


def _padded(box: Box) -> Box:
    edge = (box[3] - box[1]) / 5
    return box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge


def _cut(box: Box, lines: ocr_rules.Lines) -> list[Box]:
    """The parts of a text that ruling lines set apart: close to each other, two cells look like one text."""
    left, top, right, bottom = box
    inset = _INSET * min(bottom - top, right - left)
    xs = sorted(
        rule.at
        for rule in lines.vertical
        if left + inset < rule.at < right - inset
        and min(rule.end, bottom) - max(rule.start, top) > _CROSSES * (bottom - top)
    )
    ys = sorted(
        rule.at
        for rule in lines.horizontal
        if top + inset < rule.at < bottom - inset
        and min(rule.end, right) - max(rule.start, left) > _CROSSES * (right - left)
    )
    return [
        (x0, y0, x1, y1)
        for y0, y1 in zip([top, *ys], [*ys, bottom], strict=True)
        for x0, x1 in zip([left, *xs], [*xs, right], strict=True)
    ]


def _read_at(image: Image, box: Box, widened: Box, lines: ocr_rules.Lines) -> list[_Text]:
    """What stands in a box, by cell; with what stands beside it, unless that makes it less certain: a seal does."""
    found = _in_pieces(image, box, lines)
    if widened == box:
        return found
    wide = _in_pieces(image, widened, lines)
    return wide if _mean(wide) >= _mean(found) - _LESS_CERTAIN else found


def _in_pieces(image: Image, box: Box, lines: ocr_rules.Lines) -> list[_Text]:
    return [text for piece in _cut(box, lines) if (text := _recognised(image, piece, lines)) is not None]


def _mean(texts: Sequence[_Text]) -> float:
    scores = [score for text in texts for score in text.spelling.scores]
    return sum(scores) / len(scores) if scores else 0.0


def _recognised(image: Image, box: Box, lines: ocr_rules.Lines) -> _Text | None:
    """What stands in a box, None if nothing does."""
    picture, ink = ocr_image.crop(image, box), ocr_image.crop(lines.rest, box)
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return None
    # Brackets, commas, and what is left of a seal, reach further than the body of the type, but are thin.
    by_row = ink.sum(axis=1)
    rows = np.flatnonzero(by_row > _THIN * (columns[-1] - columns[0] + 1))
    if not len(rows):
        rows = np.flatnonzero(by_row)
    left, top = float(max(box[0] // 1, 0)), float(max(box[1] // 1, 0))
    place = (left + float(columns[0]), top + float(rows[0]), left + float(columns[-1]) + 1, top + float(rows[-1]) + 1)
    looked_at = (left, top, left + picture.shape[1], top + picture.shape[0])
    spelling = ocr_engine.spell(picture)
    is_column = False
    if picture.shape[0] > _COLUMN * picture.shape[1]:
        below = ocr_engine.spell(_in_a_row(picture, ink))
        if below.mean > spelling.mean:
            spelling, is_column = below, True
    if _NUMBER.match(spelling.text) and _begins_with_dash(ink[rows[0] : rows[-1] + 1, columns[0] :], spelling.text[0]):
        spelling = _negative(spelling)
    return _Text(spelling, looked_at, place, is_column) if spelling.text else None


def _begins_with_dash(ink: Image, first: str) -> bool:
    """Whether the ink of a line, whose `first` character was read, begins with a level stroke at half its height."""
    height = len(ink)
    begin = ink[:, : max(round(_DASHES.get(first, _DASH) * height), 2)]
    rows = np.flatnonzero(begin.any(axis=1))
    if not len(rows) or ink.shape[1] <= begin.shape[1]:
        return False
    middle, high = (rows[0] + rows[-1]) / 2, rows[-1] - rows[0] + 1
    return bool(
        high <= max(_DASH_HEIGHT * height, 2) and 0.3 * height < middle < 0.8 * height and begin.any(axis=0).all()
    )


def _negative(spelling: Spelling) -> Spelling:
    """A number with the minus that was not read, or was read as a point: it touches the digit behind it."""
    digits = spelling.text.lstrip(".")
    skipped = len(spelling.text) - len(digits)
    return ocr_engine.Spelling(
        "-" + digits,
        (spelling.places[0], *spelling.places[skipped:]),
        (_UNREAD_MINUS, *spelling.scores[skipped:]),
    )


def _in_a_row(picture: Image, ink: Image) -> Image:
    """The characters of a column of text beside each other."""
    height, width = picture.shape[:2]
    inked = np.concatenate([[0], ink.any(axis=1).astype(np.int8), [0]])
    starts, ends = np.flatnonzero(np.diff(inked) == 1), np.flatnonzero(np.diff(inked) == -1)
    parts: list[tuple[int, int]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        # 三 is one character, though it has white in it.
        if parts and end - parts[-1][0] <= width:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    squares = np.full((width, width * len(parts), 3), 255, np.uint8)
    for number, (start, end) in enumerate(parts):
        first = max((start + end - width) // 2, 0)
        shown = picture[first : min(first + width, height)]
        squares[: len(shown), number * width : (number + 1) * width] = shown
    return squares


def _runs(texts: Sequence[_Text], scale: float) -> list[Run]:
    """The characters of each text at their places, top to bottom, in points."""
    sizes = _sizes(texts)
    order = sorted(range(len(texts)), key=lambda i: (texts[i].ink[1] + texts[i].ink[3], texts[i].ink[0]))
    return [
        [
            glyph._replace(**{edge: getattr(glyph, edge) * scale for edge in ("left", "top", "right", "bottom")})
            for glyph in _glyphs(texts[index], sizes[index])
        ]
        for index in order
    ]


def _sizes(texts: Sequence[_Text]) -> list[float]:
    """The font size of each text in pixels; sizes that are nearly the same are the same."""
    guessed = [_size(text) for text in texts]
    usual = round(median([size for size in guessed if size is not None] or [1.0]))
    sizes = [usual if size is None else round(size) for size in guessed]
    # Longer texts show their size more truly: they have more characters of full height.
    counts: Counter[int] = Counter()
    for text, size in zip(texts, sizes, strict=True):
        counts[size] += len(text.spelling.text)
    true: dict[int, float] = {}
    while counts:
        alike = {size: [other for other in counts if abs(other - size) <= _SAME_SIZE * size] for size in counts}
        best = max(sorted(counts), key=lambda size: sum(counts[other] for other in alike[size]))
        middle = sum(size * counts[size] for size in alike[best]) / sum(counts[size] for size in alike[best])
        for size in alike[best]:
            true[size] = middle
            del counts[size]
    return [true[size] for size in sizes]


def _size(text: _Text) -> float | None:
    """The size of the type, told by the height of its ink; None where only dashes and points are printed."""
    chars = text.spelling.text
    left, top, right, bottom = text.ink
    if text.is_column:
        return right - left
    if any(_is_wide(char) and char not in _LOW + _TALL for char in chars):
        # Letters may be spread, but are seldom set closer than solid.
        solid = (right - left) / sum(1.0 if _is_wide(char) else 0.5 for char in chars)
        return min((bottom - top) / _HAN, solid * _SOLID) if len(chars) >= _SEVERAL else (bottom - top) / _HAN
    if all(char in _FLAT or char.isspace() for char in chars):
        return None
    tall = _BRACKET if any(char in _TALL for char in chars) else _CAPITAL
    return (bottom - top) / (tall + (_COMMA if tall == _CAPITAL and any(char in _LOW for char in chars) else 0.0))


def _is_wide(char: str) -> bool:
    return char > "\u2e7f"


def _glyphs(text: _Text, size: float) -> list[Glyph]:
    """The characters of a text in pixels. They touch each other, except where a gap shows."""
    spelling, (left, top, right, bottom) = text.spelling, text.ink
    chars = spelling.text
    if text.is_column:
        # Set level in the middle of its place, so that it reads on.
        step, middle = (right - left) / len(chars), (top + bottom) / 2
        return [
            Glyph(char, left + i * step, middle - size / 2, left + (i + 1) * step, middle + size / 2, score)
            for i, (char, score) in enumerate(zip(chars, spelling.scores, strict=True))
        ]
    if any(map(_is_wide, chars)):
        high = (top + bottom - size) / 2
    else:
        high = bottom - (_COMMA * size if any(char in _LOW + _TALL for char in chars) else 0.0) - _ASCENT * size
    middles = [text.box[0] + place * (text.box[2] - text.box[0]) for place in spelling.places]
    halves = [size / 2 if _is_wide(char) else size / 4 for char in chars]
    glyphs: list[Glyph] = []
    start = left
    for index, char in enumerate(chars):
        end = following = right
        if index + 1 < len(chars):
            end = following = (middles[index] + middles[index + 1]) / 2
            if middles[index + 1] - middles[index] - halves[index] - halves[index + 1] > _GAP * size:
                end, following = middles[index] + halves[index], middles[index + 1] - halves[index + 1]
        glyphs.append(Glyph(char, start, high, max(end, start), high + size, spelling.scores[index]))
        start = max(following, start)
    return glyphs
