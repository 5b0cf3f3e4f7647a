"""The files that a web page links to or shows in a frame: what is published with it, and has to be fetched besides.

Takes the tree of a page, gives names and addresses as they stand there.
"""

from __future__ import annotations

import re

from loaders.document import Attachment
from loaders.formats.html_tree import Node, Walk, collapse

FILE = re.compile(
    r"\.(?:pdf|ofd|docx?|docm|rtf|wps|odt|xls[xmb]?|et|ods|csv|pptx?|zip|rar|7z)(?=[?#&'\")\s]|$)", re.IGNORECASE
)
_NAMED = re.compile(r"附[件表]")
_NOWHERE = re.compile(r"#|javascript:\s*(?:void|;|$)|mailto:|tel:", re.IGNORECASE)
_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data"}


def links(root: Node) -> list[Attachment]:
    """What links lead to that is a file by its address or its name, or is called 附件, each once."""
    found: dict[str, Attachment] = {}
    for event, node, _ in Walk(root):
        address = node.get("href").strip()
        if event != "start" or node.tag != "a" or not address or _NOWHERE.match(address):
            continue
        name = _printed(node) or collapse(node.get("title"))
        if FILE.search(address) or FILE.search(name) or _NAMED.match(name):
            found.setdefault(address, Attachment(name or _file_name(address), address))
    return list(found.values())


def frames(root: Node) -> list[Attachment]:
    """What the frames of a page show."""
    found: dict[str, Attachment] = {}
    for event, node, _ in Walk(root):
        address = node.get(_FRAMES.get(node.tag, "")).strip()
        if event == "start" and address and not address.startswith(("about:", "javascript:", "data:")):
            found.setdefault(address, Attachment(collapse(node.get("title")) or _file_name(address), address))
    return list(found.values())


def _printed(link: Node) -> str:
    text = ""
    for event, node, part in Walk(link):
        text += part
        if event == "start" and node.tag == "img" and not text.strip():
            text += node.get("alt")
    return collapse(text)


def _file_name(address: str) -> str:
    """The last part of a path, that of the file in `viewer.html?file=/a/b.pdf`."""
    match = FILE.search(address)
    path = address[: match.end()] if match else address.partition("?")[0]
    return re.split(r"[/\\=]", path.rstrip("/"))[-1]
