"""Shorter path data: outlines in relative coordinates, which compress to two thirds of what Vega writes."""

from __future__ import annotations

import re

OUTLINE = re.compile(r' d="(M[-\d.,MLZ]+)"')
POINT = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")
GRAIN = 5  # steps to a pixel; a fifth of one is below what a border's width shows


def shortened(svg: str) -> str:
    """Return an SVG whose outlines (paths of straight lines) are written with relative coordinates."""
    return OUTLINE.sub(lambda found: f' d="{relative(found[1])}"', svg)


def relative(path: str) -> str:
    """Return path data of M, L and Z as M, l and z; every point is rounded by itself, so that no error adds up.

    >>> relative("M10,20L12,20L12,21.4Z")
    'M10 20l2 0 0 1.4z'
    """
    out, last = [], ""
    at = start = (0, 0)
    for command, x, y in POINT.findall(path):
        if command == "Z":
            out.append("z")
            at, last = start, ""
            continue
        point = round(float(x) * GRAIN), round(float(y) * GRAIN)
        if command == "M":
            out.append("M" + _pair("", *point))
            start, last = point, ""
        elif point != at:
            pair = _pair(last, point[0] - at[0], point[1] - at[1])
            out.append(pair if last else "l" + pair)
            last = pair
        at = point
    return "".join(out)


def _pair(before: str, x: int, y: int) -> str:
    first, second = _number(x), _number(y)
    return _joined(before, first) + _joined(first, second)


def _joined(before: str, number: str) -> str:
    """Return a number with a space where it would run into the one before."""
    apart = not before or number.startswith("-")
    return number if apart else f" {number}"


def _number(steps: int) -> str:
    text = f"{steps / GRAIN:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
