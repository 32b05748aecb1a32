"""Lists of events as CSV."""

from __future__ import annotations

import csv
import io


def as_csv(events: list[dict], columns: list[str], header: bool = True) -> str:
    """Return these columns of the events as CSV, with or without its first line."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(events)
    return out.getvalue()
