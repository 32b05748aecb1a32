"""From a reader's address to the rows and the words of a chart: parameters are checked, the query is run."""

from __future__ import annotations

from dataclasses import dataclass

from datasette.database import QueryInterrupted

from coalition.asking import ask, named_queries, release
from coalition.charts.alt import alt_text
from coalition.charts.frozen import Seal, difference, read_seal, sealed
from coalition.charts.picture import Words
from coalition.charts.spec import is_map
from coalition.charts.world import NOTE
from coalition.checking import is_date
from coalition.limits import TooMuch
from coalition.metadata import DATABASE, defaults, sql_of
from coalition.wording import date_in_words

MOST_OPTIONS = 1000  # of a list to choose from; a longer one is no help, and weighs more than the page
# Defaults that leave nothing out; any other is said in the picture, chosen or not.
UNCHOSEN = {"", "any", "all"}
PICTURE_KEYS = {"width", "scale", "theme", "card", "frozen"}


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
    seal: Seal


def charted_queries(datasette) -> dict[str, dict]:
    """Return {name: query} of every query with a chart, in the order of metadata.yml."""
    return {name: query for name, query in named_queries(datasette).items() if "chart" in query}


async def answer(datasette, name: str, args: dict[str, str]) -> Answer:
    """Run a charted query with the parameters in `args`; raise BadRequest or KeyError (no such chart)."""
    query = charted_queries(datasette)[name]
    params, labels = await checked_params(datasette, query, args)
    then = frozen_of(args)
    try:
        results = await datasette.get_database(DATABASE).execute(sql_of(query), params, truncate=True)
    except QueryInterrupted:
        raise BadRequest("The query took longer than the time limit and was stopped") from None
    except TooMuch as error:
        raise BadRequest(f"There are more rows than a chart can hold: {error}") from None
    rows = [dict(row) for row in results.rows]
    about = await release(datasette)
    seal = sealed(about["version"], query["chart"], rows)
    notes = [
        query["chart"].get("data_note", ""),
        NOTE if is_map(query["chart"]) else "",
        await unfinished(datasette, query, rows),
        release_note(about, seal, then),
    ]
    words = _words(query, params, labels, rows, notes, results.truncated, then, seal)
    return Answer(name, query, params, list(results.columns), rows, words, results.truncated, seal)


def is_known(query: dict, name: str) -> bool:
    """Return whether a name in a query's address means something: to the query, its pictures or Datasette."""
    return name in (query.get("params") or {}) or name in PICTURE_KEYS or name.startswith("_")


async def checked_params(datasette, query: dict, args: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return ({parameter: value}, {parameter: its label}) of all; raise BadRequest for an unknown name or value."""
    for key in args:
        if not is_known(query, key):
            names = ", ".join(query.get("params") or {}) or "none"
            raise BadRequest(f"There is no parameter '{key[:60]}' here; parameters of this query: {names}")
    return await checked_values(datasette, query, args)


async def checked_values(datasette, query: dict, args: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return ({parameter: value}, {parameter: its label}) of all; raise BadRequest for a value that is none."""
    params = defaults(query)
    labels = dict(params)
    for key, words in (query.get("params") or {}).items():
        given = args.get(key, "")
        value = given or params[key]
        if not given and value in UNCHOSEN:
            continue
        options = dict(await options_of(datasette, words))
        if given and options and value not in options:
            shown = ", ".join(list(options)[:12]) + (" …" if len(options) > 12 else "")
            raise BadRequest(f"'{value[:60]}' is not a value of {key}; values are {shown}")
        if given and words.get("kind") == "date" and not is_date(value):
            raise BadRequest(f"'{value[:60]}' is not a value of {key}; a date is written YYYY-MM-DD")
        params[key], labels[key] = value, options.get(value, value)
    return params, labels


async def options_of(datasette, param: dict) -> list[tuple[str, str]]:
    """Return [(value, label)] that a parameter may take; empty when it is free, or has too many to choose from."""
    options = param.get("options", [])
    if isinstance(options, list):
        return [(str(option), str(option)) for option in options]
    results = await datasette.get_database(DATABASE).execute(few(options))
    return [(str(row["value"]), str(row["label"])) for row in results.rows] if len(results.rows) <= MOST_OPTIONS else []


def few(options: str) -> str:
    """Return the SQL of a parameter's options that shows whether there are more than MOST_OPTIONS."""
    return f"select * from ({options}) limit {MOST_OPTIONS + 1}"


def frozen_of(args: dict[str, str]) -> Seal | None:
    """Return the seal in an address, if it has one; raise BadRequest for what is none."""
    text = args.get("frozen", "")
    seal = read_seal(text)
    if text and not seal:
        raise BadRequest(f"'{text[:60]}' is not a frozen form; copy it from the chart's page")
    return seal


def release_note(about: dict[str, str], now: Seal, then: Seal | None) -> str:
    """Return the line that names the release; a frozen picture that still holds names the one it was frozen at."""
    if then and then.digest == now.digest:
        return f"{about['title']}, version {then.version} (frozen, {then.digest[:8]}), CC BY 4.0"
    return f"{about['title']}, version {about['version']} ({about['content_hash'][:8]}), CC BY 4.0"


async def unfinished(datasette, query: dict, rows: list[dict]) -> str:
    """Return a line that says where the last year of what is counted ends, for rows by year that reach it, or ''."""
    ends = {row["topic"]: row["date"] or "" for row in await ask(datasette, "newest_dates")}
    newest = ends.get(query["topic"], ends[""])
    if newest[:4] not in {str(row.get("year")) for row in rows} or newest[5:] == "12-31":
        return ""
    return f"The record of {newest[:4]} ends with {date_in_words(newest)}"


def _words(
    query: dict, params: dict, labels: dict, rows: list[dict], notes: list[str], truncated, then, now: Seal
) -> Words:
    usual = defaults(query)
    chosen = "; ".join(
        f"{query['params'][key].get('label', key)}: {labels[key]}"
        for key in params
        if params[key] != usual[key] or params[key] not in UNCHOSEN
    )
    notices = [
        "Not all rows are shown: the answer was cut off at the limit." if truncated else "",
        difference(then, now) if then else "",
    ]
    return Words(
        title=query["title"],
        subtitle=". ".join(filter(None, [query["description"].split(". ")[0].rstrip("."), chosen])),
        notes=tuple(filter(None, notes)),
        alt=alt_text(query["chart"]["alt"], rows) + (f" Chosen: {chosen}." if chosen else ""),
        notice=" ".join(filter(None, notices)),
        chosen=chosen,
    )
