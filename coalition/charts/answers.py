"""From a reader's address to the rows and the words of a chart: parameters are checked, the query is run."""

from __future__ import annotations

from dataclasses import dataclass

from datasette.database import QueryInterrupted

from coalition.asking import named_queries, release
from coalition.charts.picture import Words
from coalition.charts.spec import is_map
from coalition.charts.world import NOTE
from coalition.metadata import DATABASE, defaults

PICTURE_KEYS = {"width", "scale", "theme", "card", "v"}


class BadRequest(ValueError):
    """Raised for an address that cannot be answered; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Answer:
    """A charted query with the parameters asked for, its rows and the words around the picture."""

    name: str
    query: dict
    params: dict[str, str]
    columns: list[str]
    rows: list[dict]
    words: Words
    truncated: bool


def charted_queries(datasette) -> dict[str, dict]:
    """Return {name: query} of every query with a chart, in the order of metadata.yml."""
    return {name: query for name, query in named_queries(datasette).items() if "chart" in query}


async def answer(datasette, name: str, args: dict[str, str]) -> Answer:
    """Run a charted query with the parameters in `args`; raise BadRequest or KeyError (no such chart)."""
    query = charted_queries(datasette)[name]
    params = await checked_params(datasette, query, args)
    try:
        results = await datasette.get_database(DATABASE).execute(
            query["sql"].rstrip().rstrip(";"), params, truncate=True
        )
    except QueryInterrupted:
        raise BadRequest("The query took longer than the time limit and was stopped") from None
    rows = [dict(row) for row in results.rows]
    words = _words(query, params, await release(datasette), results.truncated)
    return Answer(name, query, params, list(results.columns), rows, words, results.truncated)


async def checked_params(datasette, query: dict, args: dict[str, str]) -> dict[str, str]:
    """Return every parameter of the query with its value; raise BadRequest for an unknown name or value."""
    known = query.get("params") or {}
    for key in args:
        if key not in known and key not in PICTURE_KEYS and not key.startswith("_"):
            names = ", ".join(known) or "none"
            raise BadRequest(f"There is no parameter '{key[:60]}' here; parameters of this chart: {names}")
    params = defaults(query)
    for key in known:
        value = args.get(key, "")
        if value == "":
            continue
        allowed = [option for option, _ in await options_of(datasette, known[key])]
        if allowed and value not in allowed:
            shown = ", ".join(allowed[:12]) + (" …" if len(allowed) > 12 else "")
            raise BadRequest(f"'{value[:60]}' is not a value of {key}; values are {shown}")
        params[key] = value
    return params


async def options_of(datasette, param: dict) -> list[tuple[str, str]]:
    """Return [(value, label)] that a parameter may take; empty when it is free."""
    options = param.get("options", [])
    if isinstance(options, list):
        return [(str(option), str(option)) for option in options]
    results = await datasette.get_database(DATABASE).execute(options)
    return [(str(row["value"]), str(row["label"])) for row in results.rows]


def _words(query: dict, params: dict[str, str], about: dict[str, str], truncated: bool) -> Words:
    chosen = [f"{query['params'][key].get('label', key)}: {value}" for key, value in params.items()
              if value != str(query["params"][key].get("default", ""))]  # fmt: skip
    notes = [query["chart"].get("data_note", "")]
    if is_map(query["chart"]):
        notes.append(NOTE)
    notes.append(f"{about['title']}, version {about['version']} ({about['content_hash'][:8]}), CC BY 4.0")
    return Words(
        title=query["title"],
        subtitle=". ".join(filter(None, [query["description"].split(". ")[0].rstrip("."), "; ".join(chosen)])),
        notes=tuple(filter(None, notes)),
        alt=query["chart"]["alt"],
        notice="Not all rows are shown: the answer was cut off at the limit." if truncated else "",
    )
