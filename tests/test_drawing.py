"""Claims about the processes that draw."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from coalition.caching.notes import begin
from coalition.charts import drawing
from coalition.charts.spec import Undrawable


@pytest.mark.long
async def test_a_drawing_survives_that_another_took_too_long(monkeypatch):
    """The workers are given up with whatever they had to do; what was waiting for them is drawn by new ones."""
    monkeypatch.setattr(drawing, "SECONDS", 3)
    slow = asyncio.create_task(drawing._work(time.sleep, 60))
    await asyncio.sleep(0.1)
    monkeypatch.setattr(drawing, "SECONDS", 60)
    other = asyncio.create_task(drawing._work(time.sleep, 6))
    waiting = [asyncio.create_task(drawing._work(time.sleep, 0.001 * n)) for n in range(20)]
    with pytest.raises(Undrawable):
        await slow
    assert await asyncio.gather(other, *waiting) == [None] * 21


def compiled_here() -> tuple[int, int]:
    """Return this process and how many charts it has compiled; the pause leaves the next call to another process."""
    time.sleep(0.5)
    return os.getpid(), drawing._compiled.cache_info().currsize


async def test_a_chart_that_was_practised_is_compiled_in_every_process_that_draws(monkeypatch):
    monkeypatch.setattr(drawing, "_pool", None)

    async def compiled() -> dict[int, int]:
        return dict(await asyncio.gather(*(drawing._work(compiled_here) for _ in range(drawing.WORKERS))))

    while len(before := await compiled()) < drawing.WORKERS:  # one starts later than another
        pass
    assert set(before.values()) == {0}
    await drawing.practise(drawing.FIRST | {"datasets": {}})
    assert list((await compiled()).values()) == [1] * drawing.WORKERS
    drawing._pool.shutdown()


async def test_practice_goes_on_when_the_workers_are_given_up(monkeypatch):
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(drawing, "_pool", pool)
    pool.submit(time.sleep, 0.2)  # somebody's chart, behind which the practice waits
    practising = asyncio.create_task(drawing.practise(drawing.FIRST | {"datasets": {}}))
    await asyncio.sleep(0.05)
    pool.shutdown(wait=False, cancel_futures=True)
    await practising


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows has no niceness")
async def test_pictures_give_way_to_pages():
    assert await drawing._work(os.nice, 0) == min(os.nice(0) + drawing.NICE, 19)


async def test_a_drawing_given_up_is_kept_for_none_of_those_who_waited(monkeypatch):
    async def given_up(*_):
        await asyncio.sleep(0.01)
        raise drawing.GivenUp("given up")

    async def reader():
        notes = begin()
        with pytest.raises(drawing.GivenUp):
            await drawing._once("svg ", "one picture for two", None)
        return notes

    monkeypatch.setattr(drawing, "_work", given_up)
    assert await asyncio.gather(reader(), reader()) == [[True], [True]]


async def test_beyond_so_many_drawings_the_next_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_UNDER_WAY", 0)
    with pytest.raises(drawing.GivenUp, match="try again"):
        await drawing._once("svg ", "one too many", None)
