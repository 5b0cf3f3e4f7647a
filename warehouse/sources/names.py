"""Names of files for what was fetched: as the server calls it, safe on any file system, with an extension that fits.

Takes what a server says, which may be anything; gives one part of a path that a build does not pass by.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from pathvalidate import sanitize_filename

from loaders.folders import is_hidden

# In bytes of UTF-8; file systems take 255, and names get a suffix when they are used twice.
_LONGEST = 180
_PAGES = frozenset((".htm", ".html", ".shtml", ".xhtml", ".mht", ".mhtml", ".xml"))
_TEXTS = (".pdf", ".ofd", ".doc", ".docx", ".wps", ".rtf", ".txt", ".ppt", ".pptx")
_SHEETS = (".xls", ".xlsx", ".xlsm", ".et", ".ods", ".csv")
_OTHERS = (".zip", ".rar", ".7z", ".gz", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_SUFFIXES = _PAGES.union(_TEXTS, _SHEETS, _OTHERS)
# The two forms of RFC 6266: `filename*=UTF-8''%E5…` and `filename="…"`.
_EXTENDED_NAME = re.compile(r"(?i)(?:^|[;\s])filename\*\s*=\s*[\w-]*'[^']*'([^;\s]+)")
_PLAIN_NAME = re.compile(r'(?i)(?:^|[;\s])filename\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)')
_TYPES = mimetypes.MimeTypes()  # the list of the standard library, not that of the machine
_MAGIC = ((b"%PDF", ".pdf"), (b"PK\x03\x04", ".zip"), (b"\xd0\xcf\x11\xe0", ".doc"), (b"Rar!", ".rar"))


def looks_like_page(head: bytes) -> bool:
    """Whether content that begins like this is a web page."""
    return re.match(rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|head|script|meta|!--)", head) is not None


def is_page(name: str) -> bool:
    """Whether a file of this name is a web page."""
    return PurePosixPath(name).suffix.lower() in _PAGES


def of_content(name: str, disposition: bytes, path: str, content_type: str, head: bytes) -> str:
    """The name for content: the one that the list gives, or the server's, or the last part of the path.

    `disposition` is the header as it was sent, `path` that of the address, still escaped, `head` how it begins.
    """
    for offered in (name, _named(disposition), _text(unquote_to_bytes(path.rpartition("/")[2]))):
        safe = clean(offered)
        if safe:
            break
    else:
        safe = "index"
    suffix = _suffix(safe)
    fits = is_page(safe) or not looks_like_page(head)
    if not suffix or not fits:
        suffix = _guessed(content_type, head) if fits else ".html"
        safe += suffix
    return _shortened(safe, suffix)


def clean(name: str) -> str:
    """One part of a path without anything that a file system or a reader stumbles over; empty if nothing is left."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = sanitize_filename(name, replacement_text="_", platform="universal", max_len=1000)
    name = " ".join(name.split()).strip(". ").lstrip("~")
    return f"_{name}" if name and is_hidden(name) else name


def told_apart(name: str, address: str) -> str:
    """The same name with a mark of its address, for a name that is taken."""
    suffix = _suffix(name)
    mark = hashlib.sha256(address.encode()).hexdigest()[:8]
    return f"{name.removesuffix(suffix) if suffix else name}-{mark}{suffix}"


def _named(disposition: bytes) -> str:
    """The file name in a Content-Disposition header. Servers send it escaped, in UTF-8 or GB18030, quoted or not."""
    text = _text(disposition)
    if found := _EXTENDED_NAME.search(text):  # it says its encoding, and counts before the plain one
        return _text(unquote_to_bytes(found[1]))
    if not (found := _PLAIN_NAME.search(text)):
        return ""
    name = found[1].strip()
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name.strip('"'))
    return _text(unquote_to_bytes(name)) if "%" in name else name


def _text(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return suffix if suffix.lower() in _SUFFIXES else ""


def _guessed(content_type: str, head: bytes) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    guess = _TYPES.guess_extension(kind, strict=False) if kind != "application/octet-stream" else None
    if guess in _SUFFIXES:
        return guess
    return next((suffix for magic, suffix in _MAGIC if head.startswith(magic)), ".bin")


def _shortened(name: str, suffix: str) -> str:
    stem = name.removesuffix(suffix).encode()[: _LONGEST - len(suffix)].decode(errors="ignore").rstrip(". ")
    return (stem or "index") + suffix
