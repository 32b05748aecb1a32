"""The house look: fonts, colours for light and dark, and the Vega-Lite config that all charts share.

A drawing is made once, in the light colours. Every colour has its own hexadecimal number, so that the dark
variant, and the CSS variables of an inline drawing, are exact replacements of text.
"""

from __future__ import annotations

import re

# Arial, Helvetica and Liberation Sans have the same widths, so that what was measured here fits everywhere.
FONT = "'Liberation Sans', Arial, Helvetica, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

# name: (light, dark). Categories: Okabe and Ito's colours, which all kinds of colour vision tell apart.
COLOURS = {
    "paper": ("#fffffe", "#14181d"),
    "ink": ("#1a1d21", "#e8eaed"),
    "muted": ("#565d66", "#aab2bb"),
    "grid": ("#e3e6ea", "#2c333b"),
    "axis": ("#9aa1a9", "#68717c"),
    "land": ("#e6e4df", "#343a42"),
    "border": ("#fdfdfc", "#15191e"),
    "notice": ("#a3341b", "#ff9d85"),
    "blue": ("#0072b2", "#4aa3d8"),
    "vermilion": ("#d55e00", "#f0833a"),
    "green": ("#009e73", "#25bd92"),
    "purple": ("#b05a94", "#d58bbd"),
    "amber": ("#e69f00", "#f2b637"),
    "sky": ("#56b4e9", "#8fd0f7"),
    "brown": ("#7a5230", "#b88a63"),
    "grey": ("#7b848e", "#98a1ab"),
    "step1": ("#d6e6f2", "#1d3b53"),
    "step2": ("#a9cbe3", "#24557a"),
    "step3": ("#74aad0", "#2f74a4"),
    "step4": ("#3f86b8", "#4b97c7"),
    "step5": ("#1b629a", "#80baDF".lower()),
    "step6": ("#0b3f6e", "#bfe0f5"),
}
LIGHT = {name: light for name, (light, _) in COLOURS.items()}
CATEGORIES = [LIGHT[n] for n in ("blue", "vermilion", "green", "purple", "amber", "sky", "brown", "grey")]
STEPS = [LIGHT[f"step{n}"] for n in range(1, 7)]
_NAME_OF = {light: name for name, (light, _) in COLOURS.items()}
_HEX = re.compile("|".join(_NAME_OF))


def in_dark(text: str) -> str:
    """Return a drawing or spec with every light colour replaced by its dark one."""
    return _HEX.sub(lambda found: COLOURS[_NAME_OF[found[0]]][1], text)


def in_variables(text: str) -> str:
    """Return a drawing whose colours are CSS variables, so that the page decides; light without them."""
    return _HEX.sub(lambda found: f"var(--chart-{_NAME_OF[found[0]]},{found[0]})", text)


def variables(dark: bool) -> str:
    """Return the CSS declarations of the variables."""
    return ";".join(f"--chart-{name}:{pair[dark]}" for name, pair in COLOURS.items())


def config() -> dict:
    """Return the Vega-Lite config of the house."""
    size = 12
    # Without a limit Vega need not measure a text to cut it, and measuring is half the time of a picture.
    axis = {
        "domainColor": LIGHT["axis"], "tickColor": LIGHT["axis"], "gridColor": LIGHT["grid"],
        "labelColor": LIGHT["muted"], "titleColor": LIGHT["muted"], "labelFontSize": size, "titleFontSize": size,
        "titleFontWeight": "normal", "labelPadding": 4, "tickSize": 4, "labelLimit": 0, "titleLimit": 0,
    }  # fmt: skip
    return {
        "font": FONT,
        "background": None,
        "view": {"stroke": None},
        "range": {"category": CATEGORIES, "ramp": STEPS, "heatmap": STEPS, "ordinal": STEPS},
        "axis": axis,
        # All numbers here are counts, or percent; half a partner is no tick.
        "axisQuantitative": {"tickMinStep": 1},
        "axisX": {"grid": False, "labelOverlap": "greedy", "labelAngle": 0},
        "axisY": {"domain": False, "ticks": False, "titleAnchor": "end", "titleAngle": 0, "titleAlign": "left",
                  "titleBaseline": "bottom", "titleX": 0, "titleY": -8},
        # A number so near the end of the axis that half of it would hang over ends at its tick.
        "axisXQuantitative": {"labelFlush": 16},
        "axisYDiscrete": {"grid": False, "labelColor": LIGHT["ink"], "labelPadding": 6, "labelOverlap": False},
        "legend": {"orient": "top", "labelColor": LIGHT["ink"], "titleColor": LIGHT["muted"], "labelFontSize": size,
                   "titleFontSize": size, "titleFontWeight": "normal", "symbolType": "square", "symbolSize": 110,
                   "symbolStrokeWidth": 0, "titleLimit": 0, "columnPadding": 14, "rowPadding": 3, "offset": 24},
        "header": {"labelColor": LIGHT["ink"], "labelFontSize": size, "title": None},
        "bar": {"color": LIGHT["blue"]},
        "rect": {"color": LIGHT["blue"]},
        "line": {"color": LIGHT["blue"], "strokeWidth": 2},
        "point": {"color": LIGHT["blue"], "filled": True, "size": 60, "opacity": 0.85},
        "circle": {"color": LIGHT["blue"], "opacity": 0.85},
        "tick": {"color": LIGHT["blue"], "thickness": 2},
        "rule": {"color": LIGHT["axis"]},
        "text": {"color": LIGHT["ink"], "fontSize": size},
        "geoshape": {"fill": LIGHT["land"], "stroke": LIGHT["border"], "strokeWidth": 0.5},
    }  # fmt: skip
