"""dbt doc blocks: descriptions that are written once in Markdown and used in many places.

`{% docs name %}…{% enddocs %}` in a `.md` file defines one, `{{ doc('name') }}` in a description uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.transform.errors import TransformError, suggestion
from warehouse.transform.files import read_text, relative
from warehouse.transform.resources import Place

_TAG = re.compile(r"\{%-?\s*(?:docs\s+(?P<name>\w+)|(?P<end>enddocs))\s*-?%\}")
_USE = re.compile(r"""\{\{-?\s*doc\(\s*(?:(['"])\w+\1\s*,\s*)?(['"])(?P<name>\w+)\2\s*\)\s*-?\}\}""")


@dataclass(frozen=True, slots=True)
class DocBlocks:
    """Doc blocks by name."""

    texts: Mapping[str, str]

    def resolve(self, text: str, place: Place) -> str:
        """`text` with its `{{ doc('…') }}` replaced.

        Raises TransformError at `place` for an unknown block, or for jinja other than `doc`.
        """

        def block(use: re.Match[str]) -> str:
            name = use["name"]
            if name not in self.texts:
                raise TransformError(
                    place.file, place.line, f"找不到说明块 doc('{name}'){suggestion(name, self.texts)}"
                )
            return self.texts[name]

        if "{" not in text:
            return text.strip()
        rest = _USE.sub("", text)
        if "{{" in rest or "{%" in rest:
            raise TransformError(place.file, place.line, "说明文字中只能使用 {{ doc('名称') }}")
        return _USE.sub(block, text).strip()


def read_docs(root: Path, paths: Iterable[Path]) -> DocBlocks:
    """Reads the doc blocks of Markdown files.

    Raises TransformError for a block that is not closed, nested, or defined twice.
    """
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    for path in paths:
        file, text = relative(root, path), read_text(root, path)
        opened: re.Match[str] | None = None
        for tag in _TAG.finditer(text):
            line = text.count("\n", 0, tag.start()) + 1
            if tag["end"] and opened is not None:
                texts[opened["name"]] = text[opened.end() : tag.start()].strip()
                opened = None
            elif tag["end"]:
                raise TransformError(file, line, "enddocs 前面没有对应的 docs")
            elif opened is not None:
                raise TransformError(file, line, f"说明块 {opened['name']} 还没有用 enddocs 结束")
            elif tag["name"] in texts:
                raise TransformError(file, line, f"说明块 {tag['name']} 已在 {places[tag['name']]} 定义")
            else:
                opened = tag
                places[tag["name"]] = f"{file}:{line}"
        if opened is not None:
            line = text.count("\n", 0, opened.start()) + 1
            raise TransformError(file, line, f"说明块 {opened['name']} 没有用 enddocs 结束")
    return DocBlocks(texts)
