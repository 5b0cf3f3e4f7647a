"""Calls into pdfium, thousands a page, made in bulk.

Takes handles of pdfium as numbers, gives lists. What a page costs to read is calls, and most of a call made through
pypdfium2 is the making of typed pointers. Here the same functions take addresses, `map` makes a call for each
character or object, and pdfium writes its answers into one buffer. Everything else calls pypdfium2 as usual.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_P, _I = ctypes.c_void_p, ctypes.c_int

Box = tuple[float, float, float, float]
Colour = tuple[int, int, int, int]


def address(handle: Any) -> int:
    """Where a handle or a function of pdfium is."""
    return ctypes.cast(handle, _P).value or 0


def _by_address(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of pdfium that takes addresses for pointers. It keeps the interpreter's lock: it is done at once."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))


_loose_char_box = _by_address(pdfium.FPDFText_GetLooseCharBox, _I, _P, _I, _P)
_char_origin = _by_address(pdfium.FPDFText_GetCharOrigin, _I, _P, _I, _P, _P)
_char_box = _by_address(pdfium.FPDFText_GetCharBox, _I, _P, _I, _P, _P, _P, _P)
_char_matrix = _by_address(pdfium.FPDFText_GetMatrix, _I, _P, _I, _P)
_page_object = _by_address(pdfium.FPDFPage_GetObject, _P, _P, _I)
_form_object = _by_address(pdfium.FPDFFormObj_GetObject, _P, _P, ctypes.c_ulong)
_object_type = _by_address(pdfium.FPDFPageObj_GetType, _I, _P)
_object_bounds = _by_address(pdfium.FPDFPageObj_GetBounds, _I, _P, _P, _P, _P, _P)
_draw_mode = _by_address(pdfium.FPDFPath_GetDrawMode, _I, _P, _P, _P)
_fill_colour = _by_address(pdfium.FPDFPageObj_GetFillColor, _I, _P, _P, _P, _P, _P)
_stroke_colour = _by_address(pdfium.FPDFPageObj_GetStrokeColor, _I, _P, _P, _P, _P, _P)

font_size = _by_address(pdfium.FPDFText_GetFontSize, ctypes.c_double, _P, _I)
_text_object = _by_address(pdfium.FPDFText_GetTextObject, _P, _P, _I)
_clip_path = _by_address(pdfium.FPDFPageObj_GetClipPath, _P, _P)
_clip_paths = _by_address(pdfium.FPDFClipPath_CountPaths, _I, _P)
_clip_segments = _by_address(pdfium.FPDFClipPath_CountPathSegments, _I, _P, _I)
_clip_segment = _by_address(pdfium.FPDFClipPath_GetPathSegment, _P, _P, _I, _I)
_segment_point = _by_address(pdfium.FPDFPathSegment_GetPoint, _I, _P, _P, _P)

# Where a function writes what it is asked for one by one.
_ANSWER = ctypes.create_string_buffer(64)
_ANSWER_AT = ctypes.addressof(_ANSWER)


def handle_of(drawn: int) -> Any:
    """The handle of a page object at an address."""
    return ctypes.cast(drawn, pdfium.FPDF_PAGEOBJECT)


def char_boxes(textpage: int, count: int) -> Iterator[Box]:
    """(left, top, right, bottom) that pdfium calls the loose box, of each character; zeros where it has none."""
    size = struct.calcsize("4f")
    buffer = ctypes.create_string_buffer(size * count)
    at = ctypes.addressof(buffer)
    _all(map(_loose_char_box, repeat(textpage), range(count), range(at, at + size * count, size)))
    return struct.iter_unpack("4f", buffer)


def char_origin(textpage: int, char_no: int) -> tuple[float, float]:
    """Where a character begins on its baseline."""
    _char_origin(textpage, char_no, _ANSWER_AT, _ANSWER_AT + 8)
    return struct.unpack_from("2d", _ANSWER)


def ink_height(textpage: int, char_no: int) -> float:
    """How high the shape of a character is; infinite if that is not known."""
    if not _char_box(textpage, char_no, *(_ANSWER_AT + offset for offset in (0, 8, 16, 24))):
        return math.inf
    _, _, bottom, top = struct.unpack_from("4d", _ANSWER)
    return float(top - bottom)


def char_matrix(textpage: int, char_no: int) -> tuple[float, float, float, float, float, float]:
    """The matrix that a character is painted with."""
    _char_matrix(textpage, char_no, _ANSWER_AT)
    return struct.unpack_from("6f", _ANSWER)


def page_objects(page: int, count: int) -> list[int]:
    """The objects of a page, in the order in which they are painted."""
    return [drawn for drawn in map(_page_object, repeat(page), range(count)) if drawn]


def form_objects(form: int, count: int) -> list[int]:
    """The objects of a form, in the order in which they are painted."""
    return [drawn for drawn in map(_form_object, repeat(form), range(count)) if drawn]


def types(objects: Sequence[int]) -> list[int]:
    """The kind of each object, as a FPDF_PAGEOBJ constant."""
    return list(map(_object_type, objects))


def bounds(objects: Sequence[int]) -> list[Box | None]:
    """(left, bottom, right, top) of each object; None where pdfium knows none."""
    return _four(_object_bounds, objects, "4f")


def fill_colours(objects: Sequence[int]) -> list[Colour | None]:
    """(red, green, blue, alpha) that each object is filled with; None where pdfium knows none, as of a pattern."""
    return _four(_fill_colour, objects, "4I")


def stroke_colours(objects: Sequence[int]) -> list[Colour | None]:
    """(red, green, blue, alpha) that each object is stroked with; None where pdfium knows none."""
    return _four(_stroke_colour, objects, "4I")


def draw_modes(paths: Sequence[int]) -> list[tuple[int, int]]:
    """How each path is filled (a FPDF_FILLMODE constant), and whether it is stroked."""
    buffer = ctypes.create_string_buffer(8 * len(paths))
    at = ctypes.addressof(buffer)
    end = at + 8 * len(paths)
    _all(map(_draw_mode, paths, range(at, end, 8), range(at + 4, end, 8)))
    return list(struct.iter_unpack("2i", buffer))


def text_objects(textpage: int, char_nos: Sequence[int]) -> list[int]:
    """The object that prints each character; 0 where there is none."""
    return [drawn or 0 for drawn in map(_text_object, repeat(textpage), char_nos)]


def clips(objects: Sequence[int]) -> dict[int, list[Box]]:
    """The rectangles (left, bottom, right, top) that objects are painted in only, by their place in the list.

    Areas of other shapes are left out, and so are objects that may be painted anywhere.
    """
    found = [_clip_path(drawn) if drawn else None for drawn in objects]
    paths = [(number, clip, path) for number, clip in enumerate(found) if clip for path in range(_clip_paths(clip))]
    corners = map(_clip_segments, (clip for _, clip, _ in paths), (path for _, _, path in paths))
    paths = [path for path, count in zip(paths, corners, strict=True) if count in (4, 5)]
    handles, numbers = [clip for _, clip, _ in paths], [path for _, _, path in paths]
    buffer = ctypes.create_string_buffer(16 * len(paths))
    at = ctypes.addressof(buffer)
    end = at + 16 * len(paths)
    for corner, offset in ((0, 0), (2, 8)):
        points = map(_clip_segment, handles, numbers, repeat(corner))
        _all(map(_segment_point, points, range(at + offset, end, 16), range(at + offset + 4, end, 16)))
    areas: dict[int, list[Box]] = {}
    for (number, _, _), (x0, y0, x1, y1) in zip(paths, struct.iter_unpack("4f", buffer), strict=True):
        areas.setdefault(number, []).append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return areas


def _four(function: Callable[..., Any], objects: Sequence[int], layout: str) -> list[Any]:
    """What a function writes to four places for each object."""
    buffer = ctypes.create_string_buffer(16 * len(objects))
    at = ctypes.addressof(buffer)
    end = at + 16 * len(objects)
    places = (range(at + offset, end, 16) for offset in (0, 4, 8, 12))
    known = list(map(function, objects, *places))
    return [values if ok else None for ok, values in zip(known, struct.iter_unpack(layout, buffer), strict=True)]


def _all(calls: Iterator[Any]) -> None:
    """Make the calls."""
    deque(calls, maxlen=0)
