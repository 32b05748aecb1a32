"""/coalition/<query>.records: the events that one number of a named query counts, as a page, JSON and CSV."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound
from datasette.views.base import DatasetteError

from coalition.asking import named_queries
from coalition.charts.answers import BadRequest, checked_params
from coalition.counting import AT, MOST, NUMBER, is_counting, records_query_string, records_sql
from coalition.eventlist import as_csv
from coalition.metadata import DATABASE

OPEN = {"access-control-allow-origin": "*"}
COLUMNS = ["id", "type", "date", "title", "confidence", "source_count"]


async def asked(datasette, query: dict, args: dict[str, str]) -> tuple[str, dict[str, str], dict[str, str | None]]:
    """Return (number, parameters of the query, {column counted by: value}); raise BadRequest for what is none."""
    by, numbers = query["counted"]["by"], query["counted"]["numbers"]
    number = args.pop(NUMBER, next(iter(numbers)))
    if number not in numbers:
        raise BadRequest(f"'{number[:60]}' is not a number of this query; its numbers are {', '.join(numbers)}")
    at = {key.removeprefix(AT): args.pop(key) for key in list(args) if key.startswith(AT)}
    if unknown := sorted(set(at) - set(by)):
        raise BadRequest(f"This query does not count by '{unknown[0][:60]}'; it counts by {', '.join(by) or 'nothing'}")
    return number, (await checked_params(datasette, query, args))[0], {column: at.get(column) for column in by}


async def records(request, datasette):
    """Answer /coalition/<query>.records, .records.json and .records.csv."""
    name, form = request.url_vars["name"], request.url_vars["form"]
    query = named_queries(datasette).get(name, {})
    if not is_counting(query):
        raise NotFound(f"There is no query of the name '{name}' that counts records")
    try:
        number, params, at = await asked(datasette, query, {key: request.args[key] for key in request.args})
    except BadRequest as error:
        if form:
            return Response.json({"ok": False, "error": str(error), "status": 400}, status=400, headers=OPEN)
        raise DatasetteError(str(error), status=400) from None
    values = {**params, **{AT + column: value for column, value in at.items()}}
    found = await datasette.get_database(DATABASE).execute(records_sql(query, number), values)
    events = [dict(row) for row in found.rows[:MOST]]
    if form == ".csv":
        return Response(as_csv(events, COLUMNS), headers=OPEN, content_type="text/csv; charset=utf-8")
    context = {
        "query_name": name, NUMBER: number, "at": at, "params": params, "records": events,
        "truncated": len(found.rows) > MOST,
    }  # fmt: skip
    if form == ".json":
        return Response.json(context, headers=OPEN)
    return Response.html(await datasette.render_template("records.html", {**context, "query": query}, request=request))


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
