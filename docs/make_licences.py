"""Write docs/licences.md: the licence of every package that the site needs to run, as the packages state it.

Example: python docs/make_licences.py
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "china-coalition"
FILE = Path(__file__).parent / "licences.md"
HEAD = """# Licences of what the site needs to run

Written by `python docs/make_licences.py` from what each installed package states of itself. Nothing of them stands in
this repository; they are installed beside it. The project's own: code [Apache-2.0](../LICENSE), data and documentation
[CC BY 4.0](../LICENSE-DATA).

| Package | Licence |
|---|---|
"""


def needed(name: str, seen: dict[str, str] | None = None) -> dict[str, str]:
    """Return {package: licence} of everything that a package needs, without its extras."""
    seen = {} if seen is None else seen
    for text in metadata.requires(name) or []:
        requirement = Requirement(text)
        key = canonicalize_name(requirement.name)
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            seen[key] = licence(metadata.metadata(key))
        except metadata.PackageNotFoundError:
            continue
        needed(key, seen)
    return seen


def licence(about) -> str:
    """Return the licence that a package states: its SPDX expression, a line, or its classifier."""
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    said = (about.get("License") or "").strip()
    line = said if 0 < len(said) < 60 and said != "UNKNOWN" else ""
    return about.get("License-Expression") or line or next(iter(classifiers), "see the package")


if __name__ == "__main__":
    rows = "".join(f"| {name} | {licence} |\n" for name, licence in sorted(needed(PROJECT).items()))
    FILE.write_text(HEAD + rows, encoding="utf-8")
