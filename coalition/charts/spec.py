"""From a query's `chart:` key and its rows to a complete Vega-Lite spec: pure functions, no drawing."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from functools import lru_cache

from coalition.charts import theme, world

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"  # of Vega-Lite in vl-convert
NARROW = 480  # pictures below this width are drawn for a phone
# Keys of `chart:` that are ours; everything else is Vega-Lite.
OWN_KEYS = {"alt", "data_note", "spec"}
LABEL_SIZE, LINE = 12, 13  # pixels of an axis label and of its lines
LEGEND_LABEL = 220  # pixels after which a name in a legend is cut


class Undrawable(ValueError):
    """Raised when chart and rows do not fit together; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Options:
    """How a picture is wanted: the width of the drawing in pixels."""

    width: int = 640

    @property
    def narrow(self) -> bool:
        return self.width < NARROW


def assemble(chart: dict, rows: list[dict], options: Options = Options()) -> dict:
    """Return the Vega-Lite spec of a chart: with data, size, and the house look; titles are left to the picture."""
    spec = {key: copy.deepcopy(value) for key, value in chart.items() if key not in OWN_KEYS}
    spec |= copy.deepcopy(chart.get("spec", {}))
    units = list(_units(spec))
    whole = json.dumps(spec)
    datasets = {"rows": rows}
    if '"world"' in whole:
        datasets["world"] = world.outline()
    if '"places"' in whole:
        datasets["places"] = list(world.places())
    for unit in units:
        _span_years(unit, rows, options)
        _step_colours(unit, rows)
        _short_legend(unit, rows, options)
    lines = max((_wrap_labels(unit, rows, options) for unit in units), default=1)
    _name_data(spec)
    return {
        "$schema": SCHEMA,
        "data": {"name": "rows"},
        **_sizes(spec, units, rows, options, lines),
        **spec,
        "datasets": datasets,
        "config": _merged(theme.config(), spec.get("config", {})),
    }


def is_map(chart: dict) -> bool:
    """Return whether the chart draws the world outline."""
    return '"world"' in json.dumps(chart)


def table_columns(chart: dict, columns: list[str]) -> list[str]:
    """Return the columns that a table below the chart shows: those that it draws; keys of the map have names beside."""
    drawn = set(re.findall(r"\w+", json.dumps({key: value for key, value in chart.items() if key not in OWN_KEYS})))
    return [column for column in columns if column in drawn and column != "iso_numeric"]


def _units(spec: dict):
    """Yield every view that has an encoding of its own."""
    if isinstance(spec.get("encoding"), dict):
        yield spec
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for child in spec.get(key, []):
            yield from _units(child)
    if isinstance(spec.get("spec"), dict):
        yield from _units(spec["spec"])


def _name_data(node) -> None:
    """Give the world outline its format, wherever a layer names it."""
    if isinstance(node, list):
        for item in node:
            _name_data(item)
    elif isinstance(node, dict):
        if node.get("name") == "world":
            node["format"] = {"type": "topojson", "feature": "countries"}
        for value in list(node.values()):
            _name_data(value)


def _channels(unit: dict, *names: str):
    for name in names:
        channel = unit["encoding"].get(name)
        if isinstance(channel, dict) and isinstance(channel.get("condition"), dict):
            channel = channel["condition"]
        if isinstance(channel, dict) and isinstance(channel.get("field"), str):
            yield channel


def _values(rows: list[dict], field: str) -> list:
    return [row[field] for row in rows if row.get(field) is not None]


def _span_years(unit: dict, rows: list[dict], options: Options) -> None:
    """Let an axis of years hold every year from the first to the last: a year without rows is a gap to be seen."""
    for channel in _channels(unit, "x", "y"):
        years = _values(rows, channel["field"])
        if channel.get("type") != "ordinal" or not years or not all(isinstance(y, int) and y > 1000 for y in years):
            continue
        channel.setdefault("scale", {}).setdefault("domain", list(range(min(years), max(years) + 1)))
        if channel is unit["encoding"].get("x") and channel.get("axis", {}) is not None:
            # A year takes some 36 pixels with the space around it.
            step = 5 if (max(years) - min(years)) / 5 * 36 < options.width else 10
            shown = [y for y in range(min(years), max(years) + 1) if y % step == 0]
            if len(shown) >= 2:
                channel.setdefault("axis", {}).setdefault("values", shown)


def _step_colours(unit: dict, rows: list[dict]) -> None:
    """Colour counts in a few steps with round limits, which a reader can tell apart and name.

    Vega sizes the legend of a threshold scale by the distance of its limits, so that small ones run into each
    other; classes with names of their own do not. The exact number stays in the mark's description.
    """
    for channel in _channels(unit, "color", "fill"):
        numbers = [v for v in _values(rows, channel["field"]) if isinstance(v, (int, float))]
        if channel.get("type") != "quantitative" or "scale" in channel or not numbers:
            continue
        limits, field = breaks(numbers), channel["field"]
        names = class_names(limits)
        classes = "".join(
            f"datum['{field}'] < {limit} ? '{name}' : " for limit, name in zip(limits, names, strict=False)
        )
        places = [f"datum['{c['field']}']" for c in _channels(unit, "y", "x")]
        words = " + ', ' + ".join([*places, f"datum['{field}']"])
        unit.setdefault("transform", []).extend(
            [{"calculate": f"{classes}'{names[-1]}'", "as": "class of count"}, {"calculate": words, "as": "in words"}]
        )
        channel |= {"field": "class of count", "type": "ordinal", "scale": {"domain": names, "range": ramp(len(names))}}
        unit["encoding"].setdefault("description", {"field": "in words"})


def class_names(limits: list[int]) -> list[str]:
    """Return the names of the classes between rising limits of whole numbers.

    >>> class_names([2, 3, 5, 10])
    ['1', '2', '3–4', '5–9', '10 or more']
    """
    edges = [1, *limits]
    between = [str(low) if high - low == 1 else f"{low}–{high - 1}" for low, high in zip(edges, limits, strict=False)]
    return [*between, f"{limits[-1]} or more"]


def ramp(count: int) -> list[str]:
    """Return `count` colours from light to dark, spread over the house's steps."""
    if count == 1:
        return [theme.STEPS[3]]
    last = len(theme.STEPS) - 1
    return [theme.STEPS[round(i * last / (count - 1))] for i in range(count)]


def breaks(numbers: list[float]) -> list[int]:
    """Return rising limits between classes: 2, 3, 5, 10, 20, 50 … as far as the largest number goes, at most five."""
    top = max(numbers)
    limits = [2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]
    fitting = [limit for limit in limits if limit <= top] or [2]
    while len(fitting) > 5:
        fitting = fitting[-1::-2][::-1]
    return fitting


def _folded(unit: dict, field: str) -> list[str]:
    """Return the names that a field takes when the chart folds columns into it."""
    folds = (step for step in unit.get("transform", []) if "fold" in step)
    return next((step["fold"] for step in folds if step.get("as", ["key"])[0] == field), [])


def _short_legend(unit: dict, rows: list[dict], options: Options) -> None:
    """Put as many legend entries side by side as fit, and leave out the legend of a colour with one value."""
    for channel in _channels(unit, "color", "fill", "shape"):
        if channel.get("legend", {}) is None:
            continue
        domain = channel.get("scale", {}).get("domain") if isinstance(channel.get("scale"), dict) else None
        values = [
            str(v) for v in domain or dict.fromkeys(_folded(unit, channel["field"]) or _values(rows, channel["field"]))
        ]
        if not values:
            continue
        widest = max(text_width(value) for value in values)
        # A legend begins where the plot does: names on the y axis take their room from it.
        named = [c["field"] for c in _channels(unit, "y") if c.get("type") in ("nominal", "ordinal")]
        longest = max((text_width(str(name)) for field in named for name in _values(rows, field)), default=0)
        room = options.width - min(longest + 10, _label_room(options)) * bool(named)
        legend = channel.setdefault("legend", {})
        legend.setdefault("labelLimit", LEGEND_LABEL if widest > LEGEND_LABEL else 0)
        legend.setdefault("columns", max(1, min(len(values) + 1, int(room // (min(widest, LEGEND_LABEL) + 34)))))


def _wrap_labels(unit: dict, rows: list[dict], options: Options) -> int:
    """Let long names on a discrete y axis take several lines instead of being cut; return the most lines of any."""
    most = 1
    for channel in _channels(unit, "y"):
        names = [str(value) for value in dict.fromkeys(_values(rows, channel["field"]))]
        axis = channel.setdefault("axis", {})
        if channel.get("type") not in ("nominal", "ordinal") or axis is None or axis.get("labels") is False:
            continue
        room = _label_room(options) / LABEL_SIZE
        lines = {name: wrapped(name, room) for name in names}
        long = {name: parts for name, parts in lines.items() if len(parts) > 1}
        if long:
            axis.setdefault("labelExpr", f"({json.dumps(long, ensure_ascii=False)})[datum.label] || datum.label")
            axis.setdefault("labelLineHeight", LINE)
            # Vega sets the first line in the middle; the block as a whole belongs there.
            axis.setdefault("labelOffset", {"condition": [_raised(long, 2), _raised(long, 3)], "value": 0})
        most = max([most, *map(len, lines.values())])
    return most


def _label_room(options: Options) -> float:
    return options.width * 0.42 if options.narrow else 240


def _raised(names: dict[str, list[str]], lines: int) -> dict:
    shown = json.dumps([name for name, parts in names.items() if len(parts) == lines], ensure_ascii=False)
    return {"test": f"indexof({shown}, datum.value) >= 0", "value": -LINE * (lines - 1) / 2}


def wrapped(text: str, room: float) -> list[str]:
    """Return the text in lines of at most `room` times the size of its letters, at most three; words stay whole."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, 1) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2]} …"]


def _sizes(spec: dict, units: list[dict], rows: list[dict], options: Options, lines: int = 1) -> dict:
    """Return width, height and autosize: discrete rows have steps, maps and time charts a ratio."""
    if any(key in spec for key in ("hconcat", "vconcat", "concat", "facet")):
        return {}
    sizes = {"width": options.width, "autosize": {"type": "fit-x", "contains": "padding"}, "padding": 4}
    if is_map(spec):
        return {**sizes, "height": round(options.width * 0.46)}
    if "height" in spec:
        return sizes
    first = next((c for unit in units for c in _channels(unit, "y")), {})
    if first.get("type") in ("nominal", "ordinal"):
        return {**sizes, "height": {"step": max(20, LINE * lines + 5 if lines > 1 else 0)}}
    return {**sizes, "height": max(180, min(340, round(options.width * 0.46)))}


def _merged(base: dict, more: dict) -> dict:
    out = dict(base)
    for key, value in more.items():
        out[key] = _merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def text_width(text: str, size: float = 12) -> float:
    """Return about how many pixels the text takes in Arial, a little too many rather than too few."""
    return sum(map(_character, text)) * size


@lru_cache(4096)
def _character(c: str) -> float:
    if ord(c) > 0x2E7F:
        return 1.0
    if c in "ijl.,:;'|![]()ft ":
        return 0.31
    if c in "mwMW@%":
        return 0.87
    return 0.7 if c.isupper() else 0.57
