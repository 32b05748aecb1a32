"""The pages a reader walks through: home, countries, search, claims and the codebook."""

from datasette import Response, hookimpl

from coalition.asking import ask, ask_named, ask_one, named_queries
from coalition.searching import LONGEST, MOST_RANKED, MOST_SHOWN, marked, nearest, words_of, year_of
from coalition.searchtext import match_query


async def page(datasette, request, template: str, **context) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))


SORTS = {"": "Name", "level": "Level", "since": "Latest change", "exercises": "Exercises", "statements": "Statements",
         "sanctions_events": "Sanctions events"}  # fmt: skip
STANDINGS = {"": "all", "partner": "partners", "relationship": "strategic relationship without the word partner",
             "none": "without either"}  # fmt: skip


async def countries(request, datasette):
    """Answer /countries?region=&standing=&sort=; a value that is none of those offered counts as not given."""
    regions = ["", *(row["region"] for row in await ask(datasette, "regions"))]
    offered = {"region": regions, "standing": STANDINGS, "sort": SORTS}
    chosen = {key: request.args.get(key) or "" for key in offered}
    chosen = {key: value if value in offered[key] else "" for key, value in chosen.items()}
    rows = await ask(datasette, "countries", **chosen)
    context = {
        "rows": rows,
        "offered": offered,
        "chosen": chosen,
        "organisations": await ask(datasette, "organisations"),
    }
    return await page(datasette, request, "countries.html", **context)


async def search(request, datasette):
    """Answer /search?q=, and /search.json?q=; odd syntax is plain text."""
    question = (request.args.get("q") or "").strip()
    match = match_query(question[:LONGEST])
    filters = {key: request.args.get(key) or "" for key in ("type", "country", "confidence")}
    years = {key: year_of(request.args.get(key) or "") for key in ("from_year", "to_year")}
    bounds = {"most": MOST_RANKED, "shown": MOST_SHOWN + 1}  # one more tells whether there are more
    events = await ask(datasette, "search_events", words=match, **bounds, **filters, **years)
    found = {
        "events": events[:MOST_SHOWN],
        "actors": await ask(datasette, "search_actors", words=match, question=question[:LONGEST]),
        "themes": await ask(datasette, "search_themes", words=match),
        "sources": await ask(datasette, "search_sources", words=match, most=MOST_RANKED),
        "truncated": len(events) > MOST_SHOWN,
    }
    if request.url_vars.get("form"):
        return Response.json({"q": question, **found}, headers={"access-control-allow-origin": "*"})
    words = words_of(question)
    states = await ask(datasette, "states")
    asked_for = [word.lower() for word in words]
    queries = {
        name: query
        for name, query in named_queries(datasette).items()
        if asked_for and all(word in f"{query['title']} {query['question']}".lower() for word in asked_for)
    }
    meant = []
    if not (found["actors"] or found["events"]):
        meant = nearest(question[:LONGEST], [row["name"] for row in await ask(datasette, "actor_names")])
    context = {
        "states": states,
        "meant": meant,
        "queries": queries,
        "question": question,
        "filters": {**filters, **years},
        "mark": lambda text: marked(text, words),
        **found,
    }
    return await page(datasette, request, "search.html", **context)


async def claims(request, datasette):
    evidence = {}
    for row in await ask(datasette, "evidence"):
        evidence.setdefault(row["claim_id"], []).append(row)
    context = {"claims": await ask(datasette, "claims"), "verdicts": await ask(datasette, "verdicts")}
    return await page(datasette, request, "claims.html", evidence=evidence, **context)


async def codebook(request, datasette):
    columns = {}
    for row in await ask(datasette, "codebook_columns"):
        columns.setdefault(row["table_name"], []).append(row)
    context = {name: await ask(datasette, name) for name in ("rules", "coverage")}
    context |= {name: await ask_named(datasette, name) for name in ("second_readings", "theme_agreement")}
    context["totals"] = await ask_named(datasette, "our_counts_against_published", subject="all")
    tables = await ask(datasette, "codebook_tables")
    return await page(datasette, request, "codebook.html", tables=tables, columns=columns, **context)


@hookimpl
def register_routes():
    return [
        (r"^/countries$", countries),
        (r"^/search(?P<form>\.json)?$", search),
        (r"^/claims$", claims),
        (r"^/codebook$", codebook),
    ]


@hookimpl
def extra_template_vars(datasette, template):
    if template != "index.html":
        return None

    async def home():
        return {
            "headline": await ask_one(datasette, "headline"),
            "newest": await ask(datasette, "newest"),
            "states": await ask(datasette, "states"),
            "core_tables": await ask(datasette, "core_tables"),
        }

    return home
