"""Releases as readers see them: CHANGELOG.md says what was done, releases/<version>.json what changed in the data.

Both are in git, so that the site needs no earlier database: people write the first, `build_db.py compare` the second.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

from coalition.feeds import moment, text

HEADING = re.compile(r"^## (?P<version>\d+\.\d+\.\d+) \((?P<date>\d{4}-\d{2}-\d{2})\)\n", re.M)
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def read_releases(root: Path) -> list[dict]:
    """Return [{version, date, lines, note}], the newest first; `note` is None where no earlier data were compared."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    return [
        {
            "version": heading["version"],
            "date": heading["date"],
            "lines": lines_of(changelog[heading.end() : end]),
            "note": read_note(root / "releases" / f"{heading['version']}.json"),
        }
        for heading, end in zip(headings, ends, strict=True)
    ]


def read_note(path: Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def lines_of(section: str) -> list[str]:
    """Return the items and paragraphs of a section, each on one line.

    Of a link the words stay: it leads to a file of the project, which the site does not have.

    >>> lines_of("- One\\n  item ([table](docs/a.md)).\\n- Two.\\n")
    ['One item (table).', 'Two.']
    """
    section = LINK.sub(r"\1", section)
    blocks = re.split(r"\n(?=- )|\n\s*\n", section.strip())
    return [" ".join(block.removeprefix("- ").split()) for block in blocks if block.strip()]


def releases_atom(title: str, site_url: str, releases: list[dict]) -> str:
    """Return an Atom feed of releases, the newest first."""
    entries = "".join(
        entry(f"{site_url}releases#{r['version']}", r["version"], r["date"], said(r), link=True) for r in releases
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{text(site_url)}releases.atom</id><title>{text(title)}: releases</title>"
        f"<updated>{moment(releases[0]['date'], '2000')}</updated><author><name>{text(title)}</name></author>"
        f'<link rel="self" href={quoteattr(site_url + "releases.atom")}/>'
        f"<link href={quoteattr(site_url + 'releases')}/>\n"
        f"{entries}</feed>\n"
    )


def said(release: dict) -> str:
    """Return a release in a sentence or a few: what changed in the data, else what was written about it."""
    return release["note"]["summary"] if release["note"] else " ".join(release["lines"])[:500]


def entry(address: str, version: str, date: str, summary: str, link: bool) -> str:
    href = f"<link href={quoteattr(address)}/>" if link else ""
    return (
        f"<entry><id>{text(address)}</id><title>Version {text(version)}</title>{href}"
        f"<updated>{moment(date, '2000')}</updated><summary>{text(summary)}</summary></entry>\n"
    )


def note_atom(note: dict) -> str:
    """Return one note as an Atom entry document, for a feed of one's own; it names no site."""
    address = f"tag:china-coalition,2026:{note['to']}"
    one = entry(address, note["to"], note["released"], note["summary"], link=False)
    author = "<author><name>China Coalition Dataset</name></author></entry>"
    opened = one.replace("<entry>", '<entry xmlns="http://www.w3.org/2005/Atom">', 1)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + opened.replace("</entry>", author)
