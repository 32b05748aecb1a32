"""The world outline: Natural Earth at 1:50 million as TopoJSON, from the package mapcraft, thinned for small pictures.

Areas are keyed by ISO 3166-1 numeric code, as actors.iso_numeric is. Natural Earth draws de facto borders; all
borders here have the colour of the paper, and charts with a map say that none is an endorsement.
"""

from __future__ import annotations

import gzip
import json
import math
from functools import cache
from importlib.resources import files

ANTARCTICA = "010"
TOLERANCE = 0.35  # degrees; a third of a pixel on a map 640 pixels wide
SMALL = 2.6  # an area whose box has no side longer than this many degrees is drawn as a dot as well
NOT_OUTLINED = ({"id": "798", "name": "Tuvalu", "longitude": 179.2, "latitude": -8.5, "small": True},)
NOTE = "Outline: Natural Earth. Borders are drawn as they are administered and imply no endorsement"


@cache
def outline() -> dict:
    """Return TopoJSON with the object `countries`, each with id and properties.name; Antarctica is left out."""
    pack = _pack()
    topology, regions = pack["topology"], pack["regions"]
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    shapes = [
        {"type": g["type"], "arcs": g["arcs"], "id": _key(g), "properties": {"name": _name(g, regions)}}
        for g in topology["objects"][pack["object"]]["geometries"]
        if g.get("arcs") and _key(g) != ANTARCTICA
    ]  # fmt: skip
    arcs = [_absolute(arc, scale, translate) for arc in topology["arcs"]]
    shapes = [shape for shape in map(lambda s: _without_specks(s, arcs), shapes) if shape["arcs"]]
    used = sorted({index if index >= 0 else ~index for shape in shapes for index in _indexes(shape["arcs"])})
    new = {old: place for place, old in enumerate(used)}
    for shape in shapes:
        shape["arcs"] = _renumbered(shape["arcs"], new)
    return {
        "type": "Topology",
        "transform": {"scale": [0.05, 0.05], "translate": [-180, -90]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": [_delta(_thinned(arcs[old])) for old in used],
    }


@cache
def places() -> tuple[dict, ...]:
    """Return {id, name, longitude, latitude, small} for each area: the middle of its largest part."""
    pack = _pack()
    topology, regions = pack["topology"], pack["regions"]
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [_absolute(arc, scale, translate) for arc in topology["arcs"]]
    found = list(NOT_OUTLINED)
    for g in topology["objects"][pack["object"]]["geometries"]:
        if not g.get("arcs"):
            continue
        rings = [_ring(part[0], arcs) for part in _parts(g)]
        boxes = [_box(ring) for ring in rings]
        west, south, east, north = max(boxes, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]))
        small = max(east - west, north - south) < SMALL
        found.append({"id": _key(g), "name": _name(g, regions),
                      "longitude": round((west + east) / 2, 1), "latitude": round((south + north) / 2, 1),
                      "small": small})  # fmt: skip
    return tuple(found)


def _key(shape: dict) -> str:
    """Return the ISO numeric code; areas without one (Kosovo, Northern Cyprus, Somaliland) have their name."""
    return str(shape["id"]).zfill(3) if "id" in shape else shape["properties"]["name"]


def _name(shape: dict, regions: dict) -> str:
    return regions.get(_key(shape), shape["properties"])["name"]


def _pack() -> dict:
    return json.loads(gzip.decompress((files("mapcraft") / "packs/world-countries-2024.json.gz").read_bytes()))


def _parts(shape: dict) -> list:
    return shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]


def _absolute(arc: list, scale: list[float], translate: list[float]) -> list[tuple[float, float]]:
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
    return points


def _ring(indexes: list[int], arcs: list) -> list[tuple[float, float]]:
    return [point for i in indexes for point in (arcs[i] if i >= 0 else arcs[~i][::-1])]


def _box(ring: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = zip(*ring, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _without_specks(shape: dict, arcs: list) -> dict:
    """Return the shape with its largest part and those that a small map can show."""
    parts = _parts(shape)
    sizes = [(b[2] - b[0]) * (b[3] - b[1]) for b in (_box(_ring(part[0], arcs)) for part in parts)]
    kept = [p for p, s in zip(parts, sizes, strict=True) if s == max(sizes) or s > 0.8]
    return {**shape, "type": "MultiPolygon", "arcs": kept}


def _indexes(arcs):
    for item in arcs:
        if isinstance(item, list):
            yield from _indexes(item)
        else:
            yield item


def _renumbered(arcs, new: dict[int, int]):
    if isinstance(arcs, list):
        return [_renumbered(item, new) for item in arcs]
    return new[arcs] if arcs >= 0 else ~new[~arcs]


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the line without points that lie within the tolerance (Douglas and Peucker); the ends stay."""
    if len(points) < 3:
        return points
    closed = math.dist(points[0], points[-1]) < 1e-9
    # A ring has no line between its ends to measure from: cut it at its farthest point.
    pivot = max(range(len(points)), key=lambda i: math.dist(points[0], points[i])) if closed else 0
    keep = {0, pivot, len(points) - 1}
    stack = [(0, pivot), (pivot, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        far, place = max((_off_line(points[i], points[first], points[last]), i) for i in range(first + 1, last))
        if far > TOLERANCE:
            keep.add(place)
            stack += [(first, place), (place, last)]
    if closed and len(keep) < 4:  # a ring needs three corners
        keep.add(pivot // 2)
        keep.add((pivot + len(points)) // 2)
    return [points[i] for i in sorted(keep) if i < len(points)]


def _off_line(p, a, b) -> float:
    length = math.dist(a, b)
    if length == 0:
        return math.dist(p, a)
    return abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length


def _delta(points: list[tuple[float, float]]) -> list[list[int]]:
    whole = [(round((x + 180) / 0.05), round((y + 90) / 0.05)) for x, y in points]
    out, before = [], (0, 0)
    for number, point in enumerate(whole):
        if number == 0 or point != before or number == len(whole) - 1:
            out.append([point[0] - before[0], point[1] - before[1]])
            before = point
    return out
