"""Pictures of pages (PNG, JPEG, TIFF, BMP): bytes to a title and blocks, by character recognition.

Takes the bytes of a file, gives paragraphs and tables as the reader of PDF files does. Needs the extra `ocr`.
"""

from __future__ import annotations

from collections.abc import Iterator

from loaders.document import Content, Unreadable
from loaders.formats import ocr, pdf


def read(data: bytes) -> Content:
    """The title and blocks of a picture; a TIFF file may hold several pages.

    Raises Unreadable: `needs_ocr` without the extra, `damaged_file`, `too_large`, or `no_text` if none is recognised.
    """
    refusal = ocr.refusal("图片")
    if refusal is not None:
        raise refusal
    from loaders.formats import ocr_image

    frames = ocr_image.frames(data)

    def pictures() -> Iterator[ocr.Picture]:
        for number, image in enumerate(frames.images, 1):
            yield ocr.Picture(number, image)

    content = pdf.composed(pdf.laid_out(page) for page in ocr.read(pictures(), frames.number))
    if content is None:
        raise Unreadable("no_text", "图片里没有认出文字；请提供更清晰的图片，或 Word、Excel、网页原件")
    return content
