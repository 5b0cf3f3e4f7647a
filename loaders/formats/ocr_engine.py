"""The door to the character recognition of the extra `ocr`: pictures of text to characters with their certainty.

Takes images as numpy arrays (height, width, 3; blue, green, red), gives where text stands and what it says. This is the
only module that knows rapidocr. It is imported when the first picture is read, and nothing here needs the network: the
models are files of the package, named one by one so that none is ever looked for elsewhere.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Quads = npt.NDArray[np.float32]

# Text is looked for in an image of at most so many pixels a side: A4 at 136 dots an inch, where 8 point type is 15
# pixels high. Looking at the image takes half of the time of a page, and more where it is larger.
USUAL_SIDE, LARGE_SIDE = 1600, 2560
# What is read is scaled to 48 pixels of height and filled up to this width; most cells of tables are shorter than the
# package's 320.
_SHORTEST_LINE = 128
# Pixels: a page, and a line, that are less high or wide show nothing to be read.
_LEAST_PAGE, _LEAST_LINE = 16, 4


class Spelling(NamedTuple):
    """What a picture of one line of text says.

    `places` are the middles of the characters as shares of the picture's width, `scores` how certain each is, in whole
    percent, rounded down.
    """

    text: str
    places: tuple[float, ...]
    scores: tuple[int, ...]

    @property
    def mean(self) -> float:
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


@cache
def engine() -> Any:
    """The recogniser, started on the first call. Raises ImportError, or FileNotFoundError for a model."""
    # Read when the runtime starts: without it, it reports its use to its maker.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: F401 (rapidocr would ask for it only when it reads)
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": LARGE_SIDE,
            "Det.model_path": _model(models, "det"),
            "Rec.model_path": _model(models, "rec"),
            "Rec.rec_img_shape": [3, 48, _SHORTEST_LINE],
        }
    )


def _model(folder: Path, task: str) -> str:
    found = sorted(folder.glob(f"*_{task}_*.onnx"))
    if not found:
        raise FileNotFoundError(f"rapidocr 的安装不完整：{folder} 里没有 {task} 模型")
    return str(found[0])


def failures() -> tuple[type[Exception], ...]:
    """What the libraries raise on a picture that they cannot work on."""
    import cv2
    from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

    return cv2.error, ONNXRuntimeError


def find(image: Image, longest_side: int = USUAL_SIDE) -> Quads:
    """The corners of each piece of text (n, 4, 2), in pixels: left top, right top, right bottom, left bottom."""
    import cv2
    import numpy as np

    if min(image.shape[:2]) < _LEAST_PAGE:
        return np.zeros((0, 4, 2), np.float32)
    scale = min(longest_side / max(image.shape[:2]), 1.0)
    looked_at = image if scale == 1.0 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    boxes = engine()(looked_at, use_det=True, use_cls=False, use_rec=False).boxes
    return np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32) / scale


def spell(image: Image) -> Spelling:
    """What a picture of one upright line of text says; empty if nothing."""
    if min(image.shape[:2]) < _LEAST_LINE:
        return Spelling("", (), ())
    result = engine()(image, use_det=False, use_cls=False, use_rec=True, return_word_box=True)
    if not result.txts or not result.txts[0].strip():
        return Spelling("", (), ())
    text, word = result.txts[0], result.word_results[0]
    columns = iter([column for part in word.word_cols for column in part])
    places: list[float] = []
    scores: list[int] = []
    for char, score in zip(text, word.confs, strict=True):
        # White space has no column of its own, and nobody asks how certain it is.
        if char.isspace() and places:
            places.append(places[-1])
            scores.append(scores[-1])
        else:
            places.append(min((next(columns, 0) + 0.5) / max(word.line_txt_len, 1.0), 1.0))
            scores.append(int(score * 100))
    return Spelling(text, tuple(places), tuple(scores))
