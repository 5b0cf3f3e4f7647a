"""Pictures of pages, made ready to be read: decoded, upright, level, and without the seals printed over them.

Takes bytes of image files and images as numpy arrays (blue, green, red); gives images. Imported only where the extra
`ocr` is installed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageOps

from loaders.document import Unreadable
from loaders.formats import ocr_engine

if TYPE_CHECKING:
    from loaders.formats.ocr_engine import Image, Quads

# A4 at 300 dots an inch; what is larger is made smaller, it holds no more to be read.
_LONGEST_SIDE = 3508
_MOST_FRAMES = 3000
# A box of text is tall, or wide, if one side is this many times the other.
_OBLONG = 1.5
# Lines that tell which way up a page is, and the certainty in percent at which they need not be turned to compare.
_SAMPLE, _CERTAIN = 3, 90
# Degrees: a page that is less askew is level, one that is more was not laid on the glass by a person.
_LEVEL, _STEEPEST = 0.08, 12.0
# Ruling lines are looked for in an image of so many pixels; shares of its longer side: the length of one, and of all
# that are needed to tell; of 255: how much darker than what is around them they are.
_RULES_SEEN, _RULE, _ENOUGH, _INK = 1200, 0.1, 2.0, 18
# A line of text is this many times longer than high before it tells how level the page is.
_LINE = 6.0
# How much redder than green and blue the ink of a seal is, of 255, and how dark black print is at most; the sides of
# a seal as shares of the page's shorter side (2 to 6 cm), with how much longer one may be than the other.
_RED, _DARK = 30, 160
_SMALLEST_SEAL, _LARGEST_SEAL, _ROUND = 0.09, 0.32, 1.35


class Frames(NamedTuple):
    """The pages of an image file, decoded one by one, and the number of them."""

    images: Iterator[Image]
    number: int


def frames(data: bytes) -> Frames:
    """The pages of an image file, in order. Raises Unreadable, also while they come: `damaged_file` or `too_large`."""
    with _decoding():
        file = Pictures.open(BytesIO(data))
        count = getattr(file, "n_frames", 1)
        if count > _MOST_FRAMES:
            raise Unreadable("too_large", f"图片文件有 {count} 页，超过 {_MOST_FRAMES} 页的上限；请拆分后再提供")
    return Frames((_decoded(file, number) for number in range(count)), count)


@contextmanager
def _decoding() -> Iterator[None]:
    try:
        # Files with odd metadata are decoded with a warning; files that may not be decoded raise.
        with warnings.catch_warnings(action="ignore"):
            yield
    except Pictures.DecompressionBombError as error:
        raise Unreadable("too_large", "图片点数过多；请缩小后再提供") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable(
            "damaged_file", "图片文件已损坏或不完整，无法打开；请重新下载，或请发布单位提供原件"
        ) from error


def _decoded(file: Pictures.Image, number: int) -> Image:
    with _decoding():
        file.seek(number)
        picture = ImageOps.exif_transpose(file).convert("RGBA")
    # What is transparent shows the paper.
    paper = Pictures.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    picture = paper.convert("RGB")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def upright(image: Image, quads: Quads) -> tuple[Image, Quads]:
    """The image and the places of its texts, turned so that the texts run from left to right, and level."""
    turns = _quarter_turns(image, quads)
    image, quads = _turned(image, quads, turns)
    angle = _slope_of_rules(image)
    if angle is None:
        angle = _slope(quads)
    if _LEVEL < abs(angle) < _STEEPEST:
        image, quads = _rotated(image, quads, angle)
    return image, quads


def crop(image: Image, box: tuple[float, float, float, float]) -> Image:
    """The part of an image inside (left, top, right, bottom), at least a pixel in size."""
    height, width = image.shape[:2]
    left, top = max(math.floor(box[0]), 0), max(math.floor(box[1]), 0)
    right, bottom = min(math.ceil(box[2]), width), min(math.ceil(box[3]), height)
    return np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])


def _sides(quads: Quads) -> tuple[Quads, Quads]:
    """Width and height of each text."""
    return (
        np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1),
        np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1),
    )


def _quarter_turns(image: Image, quads: Quads) -> int:
    """The quarter turns against the clock that make most texts upright."""
    if not len(quads):
        return 0
    width, height = _sides(quads)
    tall, wide = height > _OBLONG * width, width > _OBLONG * height
    sideways = height[tall].sum() > width[wide].sum()
    kept = np.flatnonzero(tall if sideways else wide)
    longest = kept[np.argsort(-np.maximum(width, height)[kept], kind="stable")][:_SAMPLE]
    pictures = [crop(image, _box(quads[index])) for index in longest]
    first = 1 if sideways else 0
    scores = _certainty(pictures, first)
    if scores >= _CERTAIN or not pictures:
        return first
    return first if scores >= _certainty(pictures, first + 2) else first + 2


def _certainty(pictures: list[Image], turns: int) -> float:
    """How certain the texts of pictures are when they are turned."""
    spelled = [ocr_engine.spell(np.ascontiguousarray(np.rot90(picture, turns))) for picture in pictures]
    return sum(spelling.mean for spelling in spelled) / max(len(spelled), 1)


def _box(quad: Quads) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _turned(image: Image, quads: Quads, turns: int) -> tuple[Image, Quads]:
    """The image turned against the clock, with the places of its texts; corners begin at the left top again."""
    for _ in range(turns % 4):
        width = image.shape[1]
        image = np.rot90(image)
        quads = np.stack([quads[:, :, 1], width - quads[:, :, 0]], axis=2)[:, [1, 2, 3, 0]]
    return np.ascontiguousarray(image), quads


def _slope_of_rules(image: Image) -> float | None:
    """The angle in degrees by which ruling lines fall to the right, or None if there are few."""
    longer = max(image.shape[:2])
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = min(_RULES_SEEN / longer, 1.0)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, _INK)
    shortest = _RULE * max(small.shape)
    found = cv2.HoughLinesP(ink, 1, np.pi / 720, round(shortest / 2), minLineLength=shortest, maxLineGap=3)
    if found is None:
        return None
    lines = np.asarray(found, np.float32).reshape(-1, 4)
    along = lines[:, 2:] - lines[:, :2]
    # Those that run down are as far from upright as those that run across are from level.
    down = np.abs(along[:, 1]) > np.abs(along[:, 0])
    along[down] = np.stack([along[down, 1], -along[down, 0]], axis=1)
    along *= np.where(along[:, :1] < 0, -1.0, 1.0)
    angles = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    level = np.abs(angles) < _STEEPEST
    lengths = np.linalg.norm(along, axis=1)
    if lengths[level].sum() < _ENOUGH * max(small.shape):
        return None
    return _middle(angles[level], lengths[level])


def _slope(quads: Quads) -> float:
    """The angle in degrees by which lines of text fall to the right."""
    width, height = _sides(quads)
    lines = width > _LINE * height
    if not lines.any():
        return 0.0
    along = (quads[lines, 1] - quads[lines, 0]) + (quads[lines, 2] - quads[lines, 3])
    return _middle(np.degrees(np.arctan2(along[:, 1], along[:, 0])), width[lines])


def _middle(angles: Quads, weights: Quads) -> float:
    """The median, each as heavy as it says."""
    order = np.argsort(angles, kind="stable")
    summed = np.cumsum(weights[order])
    return float(angles[order][np.searchsorted(summed, summed[-1] / 2)])


def _rotated(image: Image, quads: Quads, angle: float) -> tuple[Image, Quads]:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    level = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return np.asarray(level, np.uint8), (quads @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def without_seals(image: Image) -> Image:
    """The image with round red seals taken off the print below them; other red print, such as letterheads, stays."""
    blue, green, red = (image[:, :, channel].astype(np.int16) for channel in range(3))
    inked = ((red - np.maximum(green, blue)) > _RED).astype(np.uint8)
    if not inked.any():
        return image
    shorter = min(image.shape[:2])
    # Ring, star and letters of a seal are apart; a tenth of it apart at most.
    reach = max(round(_SMALLEST_SEAL * shorter / 5), 3)
    joined = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    cleaned = image
    for left, top, width, height, _ in stats[1:]:
        longer, short = max(width, height), min(width, height)
        if longer > _ROUND * short or not _SMALLEST_SEAL * shorter < longer < _LARGEST_SEAL * shorter:
            continue
        if cleaned is image:
            cleaned = image.copy()
        # Through a red glass, red ink is paper and black ink is black. The edges of red lines are as good as grey.
        seal = cleaned[top : top + height, left : left + width]
        near = cv2.dilate(inked[top : top + height, left : left + width], np.ones((5, 5), np.uint8)).astype(bool)
        seal[:] = np.maximum(seal, seal[:, :, 2:3])
        seal[near & (seal[:, :, 2] > _DARK)] = 255
    return cleaned
