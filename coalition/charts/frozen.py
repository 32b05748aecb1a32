"""Frozen charts: the address carries what the chart showed, so that a later release can tell whether it still does.

A seal is `<data version>_<rows>_<total>_<digest>`, for example 1.1.0_52_246_0f3c9a1be2d4. The digest covers the rows
and the way they are drawn. Nothing is stored: the site that answers compares the seal with its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

SEAL = re.compile(r"(\d+\.\d+\.\d+)_(\d{1,9})_(\d{1,12})_([0-9a-f]{12})")
# Numbers that order or place rows; adding them up would say nothing.
NOT_COUNTED = {"year", "rank", "position", "first_year", "latest_year", "years"}


@dataclass(frozen=True)
class Seal:
    """What a chart showed: data version, number of rows, total of its whole numbers, digest."""

    version: str
    rows: int
    total: int
    digest: str

    def __str__(self) -> str:
        return f"{self.version}_{self.rows}_{self.total}_{self.digest}"


def sealed(version: str, chart: dict, rows: list[dict]) -> Seal:
    """Return the seal of a chart as it is now."""
    content = json.dumps([chart, rows], ensure_ascii=False, sort_keys=True, default=str)
    total = sum(
        value for row in rows for name, value in row.items() if isinstance(value, int) and name not in NOT_COUNTED
    )
    return Seal(version, len(rows), abs(total), hashlib.sha256(content.encode()).hexdigest()[:12])


def read_seal(text: str) -> Seal | None:
    """Return the seal that an address carries, or None if it is none."""
    found = SEAL.fullmatch(text)
    return Seal(found[1], int(found[2]), int(found[3]), found[4]) if found else None


def difference(then: Seal, now: Seal) -> str:
    """Return a sentence that says how the data changed, or '' when the picture is still the same."""
    if then.digest == now.digest:
        return ""
    changes = []
    if then.rows != now.rows:
        changes.append(f"{then.rows:,} rows then, {now.rows:,} now")
    if then.total != now.total:
        changes.append(f"total of the counts {then.total:,} then, {now.total:,} now")
    said = "; ".join(changes) or "as many rows with the same total, but other values or another drawing"
    return f"Changed since data version {then.version}: {said}. Shown is version {now.version}."
