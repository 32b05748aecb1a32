"""/coalition/<query>.records: the events that one number of a named query counts, as a page, JSON and CSV."""

from typing import NamedTuple
from urllib.parse import urlencode

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound
from datasette.views.base import DatasetteError

from coalition.asking import ask_one, named_queries
from coalition.charts.answers import BadRequest, checked_values
from coalition.counting import AT, MOST, NUMBER, is_counting, records_query_string, records_sql
from coalition.eventlist import as_csv
from coalition.metadata import DATABASE

OPEN = {"access-control-allow-origin": "*"}
COLUMNS = ["id", "type", "date", "title", "confidence", "source_count"]


class Asked(NamedTuple):
    """What an address asks for: a number, {column counted by: value}, the query's parameters, labels of those given."""

    number: str
    at: dict[str, str]
    params: dict[str, str]
    labels: dict[str, str]


async def asked(datasette, query: dict, args: dict[str, str]) -> Asked:
    """Return what the query string asks for; raise BadRequest with a sentence for what is none."""
    by, numbers, known = query["counted"]["by"], query["counted"]["numbers"], query.get("params") or {}
    named = [NUMBER, *(AT + column for column in by), *known]
    if unknown := sorted(set(args) - set(named)):
        raise BadRequest(f"There is no parameter '{unknown[0][:60]}' here; parameters of this page: {', '.join(named)}")
    number = args.get(NUMBER) or next(iter(numbers))
    if number not in numbers:
        raise BadRequest(f"'{number[:60]}' is not a number of this query; its numbers are {', '.join(numbers)}")
    at = {column: args[AT + column] for column in by if AT + column in args}
    params, labels = await checked_values(datasette, query, args)
    return Asked(number, at, params, {key: labels[key] for key in known if args.get(key)})


async def records(request, datasette):
    """Answer /coalition/<query>.records, .records.json and .records.csv."""
    name, form = request.url_vars["name"], request.url_vars["form"]
    query = named_queries(datasette).get(name, {})
    if not is_counting(query):
        raise NotFound(f"There is no query of the name '{name}' that counts records")
    try:
        wanted = await asked(datasette, query, {key: request.args[key] for key in request.args})
    except BadRequest as error:
        raise DatasetteError(str(error), status=400) from None
    sql = records_sql(query, wanted.number, wanted.at, None if form == ".csv" else MOST + 1)
    values = {**wanted.params, **{AT + column: value for column, value in wanted.at.items()}}
    events = [dict(row) for row in (await datasette.get_database(DATABASE).execute(sql, values)).rows]
    if wanted.at and not events:
        here = ", ".join(f"{column} '{value[:60]}'" for column, value in wanted.at.items())
        raise NotFound(f"Nothing is counted at {here}")
    if form == ".csv":
        return Response(as_csv(events, COLUMNS), headers=OPEN, content_type="text/csv; charset=utf-8")
    context = {**wanted._asdict(), "query_name": name, "records": events[:MOST], "truncated": len(events) > MOST}
    if form == ".json":
        return Response.json({"ok": True, **context}, headers=OPEN)
    context |= {
        "query": query,
        "asked_of_query": urlencode({key: wanted.params[key] for key in wanted.labels}),
        "state": await ask_one(datasette, "actor", id=wanted.at.get("actor_id", "")),
    }
    return Response.html(await datasette.render_template("records.html", context, request=request))


@hookimpl
def register_routes():
    return [(rf"^/{DATABASE}/(?P<name>\w+)\.records(?P<form>\.json|\.csv)?$", records)]


@hookimpl
def extra_template_vars(datasette, request, template):
    if template != "query.html" and not template.startswith("query-"):
        return {}

    def records_of(name: str, number: str, row) -> str:
        """Return where a number of a query's answer leads, or '' where it is no count of records."""
        query = named_queries(datasette).get(name) or {}
        if not is_counting(query) or number not in query["counted"]["numbers"] or not row[number]:
            return ""
        params = {key: request.args[key] for key in query.get("params") or {} if request.args.get(key)}
        return f"{datasette.urls.query(DATABASE, name)}.records?{records_query_string(query, number, row, params)}"

    return {"records_of": records_of}
