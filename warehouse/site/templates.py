"""HTML from Jinja2 templates. Everything is escaped; what documents print never becomes markup.

`page(name, file, …)` renders a template; `t('key')` in it is a text that the browser can put into English, and
`amount(value, unit)` a figure as people read it, with the exact one on hover.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from warehouse.site.folder import plain
from warehouse.site.texts import Texts

# Scripts and styles of this folder only; nothing inline, nothing from elsewhere, no network. `file:` is for browsers in
# which 'self' does not cover pages opened from disk; on a web server no page can load from there.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; "
    "connect-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"
)
_SUFFIX = {"percent": "%", "score": "分"}
_CENT = Decimal("0.01")


def ten_thousands(yuan: Decimal) -> str:
    """Yuan as 万元 with two decimals: `219.59`. An amount too small for them keeps all its digits."""
    scaled = yuan.scaleb(-4)
    rounded = scaled.quantize(_CENT)
    return f"{rounded:,f}" if rounded or not yuan else plain(scaled)


def exact(value: Decimal) -> str:
    """All digits, in groups of three."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Pages:
    """The templates with the texts and the facts that every page shows."""

    def __init__(self, texts: Texts, facts: dict[str, Any]) -> None:
        self._texts = texts
        self._jinja = Environment(
            loader=PackageLoader("warehouse.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals |= {
            "t": self._text,
            "tt": self._attribute,
            "name": self._name,
            "amount": self.amount,
            "csp": CONTENT_SECURITY_POLICY,
            **facts,
        }
        self._jinja.filters |= {"count": "{:,}".format}

    def render(self, template: str, **values: Any) -> str:
        """A page. `up` in `values` leads from it to the top of the site: '' or '../'."""
        return self._jinja.get_template(template).render(**values)

    def _text(self, key: str) -> Markup:
        return Markup('<span data-t="{}">{}</span>').format(key, self._texts.chinese(key))

    def _attribute(self, attribute: str, key: str) -> Markup:
        """An attribute, such as a label, in Chinese, and where its English is."""
        return Markup('{}="{}" data-t-{}="{}"').format(
            Markup(escape(attribute)), self._texts.chinese(key), Markup(escape(attribute)), key
        )

    def _name(self, family: str, code: object) -> Markup | str:
        """A code as people read it; the code itself where the texts have no name for it."""
        if code is None:
            return "—"
        key = f"{family}.{code}"
        return self._text(key) if key in self._texts.pairs else str(code)

    def amount(self, value: Decimal | None, unit: str | None = "yuan") -> Markup:
        """A figure as people read it: 万元 with the exact yuan on hover, percent, counts, points."""
        if value is None:
            return Markup('<span class="none">—</span>')
        if unit == "yuan":
            return Markup('<data value="{}" title="{} 元">{}</data>').format(
                plain(value), exact(value), ten_thousands(value)
            )
        shown = exact(value.quantize(_CENT)) if unit == "percent" else exact(value)
        return Markup('<data value="{}" title="{}">{}{}</data>').format(
            plain(value), exact(value), shown, _SUFFIX.get(unit or "", "")
        )
