"""Bytes to text: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030.

Takes the bytes of a file that should be text; gives the text and the encoding's name.
"""

from __future__ import annotations

import codecs
import re

from loaders.document import Unreadable

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that no text file holds; a form feed or an escape may stand in one.
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_CJK = re.compile(r"[\u3400-\u9fff]")
# The commonest characters of Chinese print, and of disclosures. Text decoded with the wrong table has almost none.
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会年市支收算预财政部项目金额合计总元万公开表单位局"
    "区县门度比率类款名称费务本入经基完情况说明件附注决其数全机关事业资产级行增减]"
)
_FEWEST_COMMON = 0.1
# A page of which no more than this share is damaged is still worth reading; a shorter one is likelier something else.
_DAMAGED, _LONG_ENOUGH = 0.005, 200


def decode(data: bytes) -> tuple[str, str]:
    """The text of `data` and its encoding. A few bytes that are wrong come as U+FFFD, as in a browser.

    Raises Unreadable with reason `empty_file`, `binary_file` or `wrong_encoding`.
    """
    if not data.strip():
        raise Unreadable("empty_file", "文件是空的")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Unreadable("wrong_encoding", f"文件声明为 {encoding}，但第 {error.start} 字节不是") from error
    if _BINARY.search(data[:65536]):
        raise Unreadable("binary_file", "文件是二进制内容，不是文本或网页")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _looks_chinese(text):
            return text, encoding
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        damaged = text.count("\ufffd")
        if len(text) >= _LONG_ENOUGH and damaged <= _DAMAGED * len(text) and _CJK.search(text) and _looks_chinese(text):
            return text, encoding
    raise Unreadable("wrong_encoding", "无法识别文件编码：既不是 UTF-8，也不是 GB18030（GBK、GB2312）")


def _looks_chinese(text: str) -> bool:
    """GB18030 decodes almost any bytes; only text with common Chinese characters was really written in it."""
    characters = _CJK.findall(text[:20000])
    return not characters or len(_COMMON.findall(text[:20000])) >= len(characters) * _FEWEST_COMMON
