"""A store of bounded size that endless new keys cannot sweep clean."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

MOST_BYTES = 96 * 1024 * 1024
KEPT_SHARE = 0.8  # of the room is for what was asked for more than once
OVERHEAD = 1024  # bytes of key and bookkeeping per entry, so that many tiny answers count as well


class Store:
    """Values by key, the least recently used dropped when they grow beyond `most` bytes.

    A new key is on probation; asked for again, it is kept. A flood of questions that nobody repeats pushes out
    other questions on probation only (the segmented LRU of Karedla, Love and Wherry, 1994).
    """

    def __init__(self, most: int = MOST_BYTES):
        self.most, self.size, self.kept_size = most, 0, 0
        self._probation: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._probation) + len(self._kept)

    def get(self, key):
        """Return the value, or None."""
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return found[0]
        if (found := self._probation.pop(key, None)) is None:
            return None
        self._kept[key] = found
        self.kept_size += found[1]
        while self.kept_size > self.most * KEPT_SHARE and len(self._kept) > 1:
            oldest, entry = self._kept.popitem(last=False)
            self.kept_size -= entry[1]
            self._probation[oldest] = entry
        return found[0]

    def put(self, key, value, size: int) -> None:
        """Hold a value of `size` bytes; one that would take more than an eighth of the room is not held."""
        size += OVERHEAD
        self.drop(key)
        if size > self.most / 8:
            return
        self._probation[key] = (value, size)
        self.size += size
        while self.size > self.most:
            self.drop(next(iter(self._probation or self._kept)))

    def drop(self, key) -> None:
        """Forget a key, if it is there."""
        if (found := self._probation.pop(key, None)) is not None:
            self.size -= found[1]
        elif (found := self._kept.pop(key, None)) is not None:
            self.size -= found[1]
            self.kept_size -= found[1]
