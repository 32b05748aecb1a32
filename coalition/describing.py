"""The dataset described for citation and for machines: citations, schema.org/Dataset."""

from __future__ import annotations

import json

from markupsafe import Markup


def json_for_script(value) -> Markup:
    """Return JSON that is safe inside a <script> element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def citation(release: dict, url: str, part: str = "") -> str:
    """Return how to cite the dataset, or one part of it, at one address."""
    year = str(release.get("released", ""))[:4]
    what = f"“{part}”. In: " if part else ""
    return (
        f"{release.get('title', '')} contributors ({year}). {what}{release.get('title', '')}, "
        f"version {release.get('version', '')}. {url} (CC BY 4.0)."
    )


def bibtex(release: dict, url: str, part: str = "", key: str = "china-coalition") -> str:
    """Return the same citation as a BibTeX entry."""
    title = f"{part}. {release.get('title', '')}" if part else release.get("title", "")
    title = title.replace("{", "").replace("}", "")
    return (
        f"@misc{{{key},\n  title = {{{title}}},\n  author = {{{{{release.get('title', '')} contributors}}}},\n"
        f"  year = {{{str(release.get('released', ''))[:4]}}},\n  version = {{{release.get('version', '')}}},\n"
        f"  url = {{{url}}},\n  note = {{CC BY 4.0}}\n}}"
    )


def dataset_jsonld(release: dict, site_url: str, files: list[dict], package: dict) -> dict:
    """Return schema.org/Dataset of the whole; `files` are {url, name, format}."""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": release["title"],
        "description": release["description"],
        "url": site_url,
        "version": release["version"],
        "datePublished": release["released"],
        "license": package["licenses"][0]["path"],
        "keywords": package.get("keywords", []),
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "creator": {"@type": "Organization", "name": f"{release['title']} contributors", "url": site_url},
        "citation": citation(release, site_url),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file["name"],
                "contentUrl": file["url"],
                "encodingFormat": file["format"],
            }
            for file in files
        ],
    }


def table_jsonld(release: dict, site_url: str, table: dict, license_url: str) -> dict:
    """Return schema.org/Dataset of one table; `table` is {name, title, description, columns: {name: meaning}}."""
    address = f"{site_url}coalition/{table['name']}"
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{table['title']} ({release['title']})",
        "description": f"{table['description']} Part of the {release['title']}.",
        "url": address,
        "version": release["version"],
        "license": license_url,
        "isPartOf": {"@type": "Dataset", "name": release["title"], "url": site_url},
        "creator": {"@type": "Organization", "name": f"{release['title']} contributors", "url": site_url},
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": meaning}
            for name, meaning in table["columns"].items()
        ],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{address}.csv", "encodingFormat": "text/csv"},
            {"@type": "DataDownload", "contentUrl": f"{address}.json", "encodingFormat": "application/json"},
        ],
    }
