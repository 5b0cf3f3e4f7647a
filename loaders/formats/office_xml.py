"""The XML of office documents: parsed safely, with elements and attributes named without their namespaces.

Namespaces differ between the transitional and the strict forms of a format; the names in them do not.
"""

from __future__ import annotations

import re

from lxml import etree

from loaders.document import Unreadable

# A tree takes some ten times the memory of its file.
_MOST_BYTES = 100 * 1024 * 1024


def parse(part: bytes) -> etree._Element:
    """The root element of an XML file, no entity of which is looked at: they can grow, or name files and addresses.

    Raises Unreadable with reason `damaged_file` if it is not well-formed, or nested deeper than any real document, or
    `too_large`.
    """
    if len(part) > _MOST_BYTES:
        raise Unreadable("too_large", f"文件内部的 XML 超过 {_MOST_BYTES // 1024**2} MB；请拆分后再提供")
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("damaged_file", f"文件损坏：内部 XML 有误（{error}）；请用 Office 或 WPS 另存一份") from error


def name_of(element: etree._Element) -> str:
    """The tag without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str:
    """The attribute of this name in any namespace; empty without one, or without the element."""
    if element is None:
        return ""
    return next((str(held) for key, held in element.items() if str(key).rpartition("}")[2] == name), "")


def number(element: etree._Element | None, otherwise: int, name: str = "val") -> int:
    """The whole number in an attribute of an element."""
    stated = value(element, name)
    return int(stated) if re.fullmatch(r"-?[0-9]{1,9}", stated) else otherwise


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch is there and not set to off."""
    return element is not None and value(element) not in ("0", "false", "off")
