"""How much a run tries: a seeded sample, or the whole campaign when CAMPAIGN=full is set; and what it measured."""

import os

FULL = os.environ.get("CAMPAIGN") == "full"
FIGURES: list[tuple[str, str, str]] = []


def cases(sample: int, full: int) -> int:
    """Return how many cases to try, or seconds to go on, in this run."""
    return full if FULL else sample


def figure(name: str, value: str, more: str = "") -> None:
    """Note a figure; the table of all of them stands at the end of the run, as in docs/threats.md."""
    FIGURES.append((name, value, more))
