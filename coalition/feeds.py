"""Atom feed, sitemap and robots.txt as text; pure functions from rows to documents."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from coalition.wording import TABLES, date_in_words, label, paragraphs

# Characters that XML 1.0 has no way to write.
_FORBIDDEN = {c: None for c in range(32) if c not in (9, 10, 13)}


def text(value: str | None) -> str:
    """Return text fit for XML."""
    return escape((value or "").translate(_FORBIDDEN))


def moment(date: str, fallback: str) -> str:
    """Return an RFC 3339 time for an ISO date of any precision: the first instant it may mean."""
    date = (date or fallback) + "-01-01"[len(date or fallback) - 4 :] if len(date or fallback) < 10 else date
    return f"{date[:10]}T00:00:00Z"


def record_url(site_url: str, event: dict) -> str:
    """Return the address of an event's record."""
    return f"{site_url}coalition/{TABLES[event['type']]}/{event['id']}"


def told(event: dict) -> str:
    """Return what an event's summary says, with the labels that its record has."""
    return " ".join(f"{name}: {words}" if name else words for name, words in paragraphs(event)).strip()


def atom(release: dict, site_url: str, events: list[dict]) -> str:
    """Return an Atom feed of events, newest first; `events` are rows of feed_events.sql."""
    updated = moment(release["released"], "2000")
    entries = "".join(
        f"<entry><id>{text(record_url(site_url, event))}</id><title>{text(event['title'])}</title>"
        f"<link href={quoteattr(record_url(site_url, event))}/><updated>{updated}</updated>"
        f"<published>{moment(event['date'], '2000')}</published><category term={quoteattr(event['type'])}/>"
        f"<summary>{text(date_in_words(event['date']))}. {text(label(event['type']))}, confidence "
        f"{text(event['confidence'])}. {text(told(event))}</summary></entry>\n"
        for event in events
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{text(site_url)}feed.atom</id><title>{text(release['title'])}: newest events</title>"
        f"<updated>{updated}</updated><author><name>{text(release['title'])}</name></author>"
        f'<link rel="self" href={quoteattr(site_url + "feed.atom")}/><link href={quoteattr(site_url)}/>\n'
        f"{entries}</feed>\n"
    )


def sitemap(addresses: list[str], modified: str) -> str:
    """Return a sitemap of absolute addresses."""
    entries = "".join(f"<url><loc>{text(a)}</loc><lastmod>{text(modified)}</lastmod></url>\n" for a in addresses)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )


def sitemap_index(addresses: list[str], modified: str) -> str:
    """Return the list of several sitemaps."""
    entries = "".join(
        f"<sitemap><loc>{text(a)}</loc><lastmod>{text(modified)}</lastmod></sitemap>\n" for a in addresses
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'
    )


def robots(site_url: str, base: str = "/") -> str:
    """Return robots.txt: pages are open; SQL, searches and the endless combinations of filters are not."""
    closed = ("coalition?sql=", "coalition.json?", "coalition.csv?", "search?", "search.json", "*.records",
              "*?*_sort", "*?*_facet", "*?*_filter", "*?*_next", "*?*__", "-/")  # fmt: skip
    rules = "".join(f"Disallow: {base}{path}\n" for path in closed)
    return f"User-agent: *\n{rules}\nSitemap: {site_url}sitemap.xml\n"
