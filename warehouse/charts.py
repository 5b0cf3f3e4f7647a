"""Charts for notebooks: Chinese type, and pictures in the notebook itself, so that they show offline anywhere.

Takes Altair charts; gives SVG (whose text the viewer sets in a font of its own) beside PNG (for viewers without SVG).
"""

from __future__ import annotations

import base64
from typing import Any

import altair as alt

# The first that a machine has is used; the last stands for whatever it sets Chinese in.
FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"

# Colours that stay apart in grey and for the colour-blind.
COLORS = ("#1f5a8a", "#d08a2e", "#5b8c5a", "#9b4f6b", "#6b7280")


def use() -> None:
    """Show all charts of this session as pictures, with Chinese type."""
    alt.theme.register("gouji", enable=True)(_theme)
    alt.renderers.register("gouji", pictures)
    alt.renderers.enable("gouji")


def _theme() -> alt.theme.ThemeConfig:
    return {
        "config": {
            "font": FONTS,
            "background": "white",
            "mark": {"color": COLORS[0]},
            "range": {"category": list(COLORS)},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 320},
            "legend": {"labelFontSize": 12, "titleFontSize": 12},
            "title": {"fontSize": 15, "anchor": "start", "subtitleFontSize": 12, "subtitleColor": "#555555"},
            "view": {"stroke": None},
        }
    }


def pictures(spec: dict[str, Any], **_: Any) -> dict[str, str]:
    """What a notebook keeps of a chart: its SVG and its PNG, by MIME type."""
    import vl_convert

    version = alt.SCHEMA_VERSION.lstrip("v").rsplit(".", 1)[0].replace(".", "_")
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version)
    png = vl_convert.vegalite_to_png(spec, vl_version=version, scale=1.5)
    return {
        "image/svg+xml": svg,
        "image/png": base64.b64encode(png).decode("ascii"),
        "text/plain": "图",
    }
