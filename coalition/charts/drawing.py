"""Drawing in worker processes, with a cache by content: what was drawn once is never drawn again.

vl-convert holds Python's lock while it draws (50 to 80 ms), so that it may not run where requests are answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import os
import threading
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from multiprocessing.connection import wait
from pathlib import Path

from coalition.caching.notes import do_not_keep
from coalition.charts.spec import VERSION, Undrawable
from coalition.writing import put_whole

WORKERS = 2
NICE = 5  # pages come before pictures where both want the processor
SECONDS = 20  # a chart that takes longer is given up
MOST_UNDER_WAY = 60  # beyond, the last would wait so long that it is given up
MOST_BYTES = 96 * 1024 * 1024
FIRST = {"data": {"values": [{"of": 1}]}, "mark": "bar", "encoding": {"x": {"field": "of", "type": "ordinal"}}}
SVG = f"svg-{metadata.version('vl-convert-python')}-"  # begins the key of a chart


class GivenUp(Undrawable):
    """Raised for a drawing that another time may be made; its message is for the reader."""


class Cache:
    """Bytes or text by key, the least recently used dropped when they grow beyond `most` bytes."""

    def __init__(self, most: int = MOST_BYTES):
        self.most, self.size = most, 0
        self.items: OrderedDict[str, str | bytes] = OrderedDict()

    def get(self, key: str):
        if key in self.items:
            self.items.move_to_end(key)
        return self.items.get(key)

    def put(self, key: str, value: str | bytes) -> None:
        self.size += len(value) - len(self.items.pop(key, ""))
        self.items[key] = value
        while self.size > self.most and len(self.items) > 1:
            self.size -= len(self.items.popitem(last=False)[1])


_cache = Cache()
_under_way: dict[str, asyncio.Future] = {}
_pool: ProcessPoolExecutor | None = None


async def svg_of(spec: dict) -> str:
    """Return the SVG that Vega draws of a spec as `assemble` makes it; raise Undrawable with Vega's reason."""
    return await _once(SVG, json.dumps(spec, ensure_ascii=False), _draw_svg)


async def png_of(svg: str, scale: float) -> bytes:
    """Return an SVG as PNG, `scale` pixels to the unit."""
    return await _once(f"png {scale:g}", svg, _draw_png, scale)


async def bundle() -> str:
    """Return the script that makes charts interactive: Vega, Vega-Lite and Vega-Embed as vl-convert carries them."""
    return await _once("bundle", VERSION, _bundle)


async def practise(spec: dict) -> None:
    """Have every worker draw a spec, kept or not: the second picture of a chart takes half as long as the first."""
    loop, content = asyncio.get_running_loop(), json.dumps(spec, ensure_ascii=False)
    # What goes wrong is told to a reader who asks for this chart; workers given up meanwhile do not end the practice.
    with suppress(BrokenProcessPool):
        drawings = (loop.run_in_executor(_workers(), _draw_svg, content) for _ in range(WORKERS))
        await asyncio.gather(*drawings, return_exceptions=True)


def save_drawn(folder: Path) -> int:
    """Write the charts drawn so far as SVG files that `load_drawn` takes back; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {f"{key}.svg": value for key, value in _cache.items.items() if key.startswith(SVG)}
    for path in folder.glob("*.svg"):
        if path.name not in drawn:
            path.unlink()
    for name, svg in drawn.items():
        put_whole(folder / name, svg.encode())
    return len(drawn)


def load_drawn(folder: Path) -> None:
    """Take what `save_drawn` wrote; a file's name tells what it was drawn of and by which version, so none is stale."""
    for path in sorted(folder.glob(f"{SVG}*.svg")):
        _cache.put(path.stem, path.read_text(encoding="utf-8"))


async def _once(kind: str, content: str, work, *more):
    key = kind + hashlib.sha256(content.encode()).hexdigest()
    if (found := _cache.get(key)) is not None:
        return found
    # Two readers who ask for one picture wait for one drawing; a loop of its own (tests) has its own.
    place = f"{id(asyncio.get_running_loop())} {key}"
    if place not in _under_way and len(_under_way) >= MOST_UNDER_WAY:
        do_not_keep()
        raise GivenUp("Too many charts are drawn just now; try again in a few seconds")
    if place not in _under_way:
        _under_way[place] = asyncio.ensure_future(_work(work, content, *more))
        _under_way[place].add_done_callback(lambda _: _under_way.pop(place, None))
    try:
        value = await asyncio.shield(_under_way[place])
    except GivenUp:  # each who waited for it is told so once, and nobody later
        do_not_keep()
        raise
    _cache.put(key, value)
    return value


async def _work(work, *arguments):
    global _pool
    for attempt in (1, 2):
        pool = _workers()
        try:
            future = asyncio.get_running_loop().run_in_executor(pool, work, *arguments)
            return await asyncio.wait_for(future, SECONDS)
        # A worker was killed, or another's drawing took too long and the workers were given up: start new ones, once.
        except (BrokenProcessPool, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and pool is _pool:
                raise
            _pool = None if _pool is pool else _pool
            if attempt == 2:
                raise GivenUp("The chart could not be drawn; the drawing process ended") from None
        except (TimeoutError, asyncio.TimeoutError):
            _pool = None if _pool is pool else _pool
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)
            raise GivenUp(f"The chart took longer than {SECONDS} seconds to draw and was given up") from None
        except ValueError as error:
            raise Undrawable(f"The chart cannot be drawn: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith("at ")]
    return " ".join(lines)[:300]


def _workers() -> ProcessPoolExecutor:
    global _pool
    if _pool is None:
        context = multiprocessing.get_context("spawn")  # a fork would copy the server's threads and sockets
        _pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_prepare)
    return _pool


def _prepare() -> None:
    """Load the fonts and Vega, and watch the server; runs in the worker."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICE)
    from importlib.resources import files

    # vl-convert looks through every font it knows for each text it measures, so it is given none but its own and this.
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
    import vl_convert

    vl_convert.register_font_directory(str(files("noto_cjk_sans_otc")))
    # The first picture takes most of a second, and others would wait behind it.
    vl_convert.vegalite_to_svg(FIRST, vl_version=VERSION, allowed_base_urls=[])


def _end_with_parent() -> None:
    """End this worker when the server does, however that happened; a killed one left its workers behind for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _draw_svg(spec: str) -> str:
    """Draw with the compiled form of the spec; only its size and its rows are new when a chart is drawn again."""
    import vl_convert

    form = json.loads(spec)
    rows = form["datasets"]
    size = {side: form[side] for side in ("width", "height") if isinstance(form.get(side), (int, float))}
    form |= {side: 100 for side in size} | {"datasets": {name: [] for name in rows}}
    vega = json.loads(_compiled(json.dumps(form))) | size
    for data in vega["data"]:
        if data["name"] in rows:
            data["values"] = rows[data["name"]]
    return vl_convert.vega_to_svg(vega, allowed_base_urls=[])


@lru_cache(256)
def _compiled(form: str) -> str:
    import vl_convert

    return json.dumps(vl_convert.vegalite_to_vega(form, vl_version=VERSION))


def _draw_png(svg: str, scale: float) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=scale)


def _bundle(version: str) -> str:
    import vl_convert

    return vl_convert.javascript_bundle(vl_version=version)
