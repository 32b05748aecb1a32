"""Claims about the processes that draw: what becomes of a picture when another takes too long."""

import asyncio
import time

import pytest

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
