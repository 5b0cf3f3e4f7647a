"""Character recognition as far as it is installed: pictures of pages to `Page`s, or what to install.

Takes images with their page numbers, gives pages as the text layer of a PDF gives them. Without the extra `ocr`, or
while no picture comes, nothing of it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from loaders.document import Unreadable

if TYPE_CHECKING:
    from loaders.formats.ocr_engine import Image
    from loaders.formats.pdf_page import Page

INSTALL = "pip install 'gouji[ocr]'"
_watcher: ContextVar[Callable[[int, int], None] | None] = ContextVar("ocr_watcher", default=None)


class Picture(NamedTuple):
    """The image of a page, or of a part of it that is as high or wide as this `share` of the page's longer side."""

    page_no: int
    image: Image
    share: float = 1.0


@contextmanager
def watching(report: Callable[[int, int], None]) -> Iterator[None]:
    """Pages take seconds: inside this, `report` hears before each page which one it is, and of how many."""
    token = _watcher.set(report)
    try:
        yield
    finally:
        _watcher.reset(token)


def refusal(what: str) -> Unreadable | None:
    """Why `what` (扫描件, 图片) cannot be recognised here, with what to do; None if it can."""
    cause = _missing()
    if cause is None:
        return None
    return Unreadable("needs_ocr", f"{what}要用文字识别来读取：请安装扩展 ocr（{INSTALL}）后重新装载；{cause}")


@cache
def _missing() -> str | None:
    """What keeps the extra from working, or None."""
    try:
        from loaders.formats import ocr_engine

        ocr_engine.engine()
        from loaders.formats import ocr_page  # noqa: F401
    except ImportError as error:
        return f"现在缺少 {error.name}" if error.name else f"现在不能用（{error}）"
    except FileNotFoundError as error:
        return str(error)
    return None


def read(pictures: Iterable[Picture], count: int) -> Iterator[Page]:
    """The pages that pictures show; `count` is how many these are. Only where there is no `refusal`.

    Raises Unreadable: `ocr_failed` for a picture that the recognition breaks down on.
    """
    from loaders.formats import ocr_engine, ocr_page

    report = _watcher.get()
    for number, picture in enumerate(pictures, 1):
        if report is not None:
            report(number, count)
        try:
            page = ocr_page.read(picture.image, picture.page_no, picture.share)
        except ocr_engine.failures() as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
            raise Unreadable(
                "ocr_failed", f"第 {picture.page_no} 页文字识别出错（{reason}）；请提供更清晰的扫描件"
            ) from error
        yield page
