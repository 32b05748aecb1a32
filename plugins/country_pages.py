"""/country/<id>: what is on record for one state, territory or organisation, as a page, JSON and CSV."""

from datasette import Response, hookimpl
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import AsgiStream, NotFound

from coalition.asking import ask, ask_one
from coalition.bounding import MOST_READ
from coalition.eventlist import as_csv

COLUMNS = ["id", "type", "date", "title", "roles", "confidence", "source_count"]
OPEN = {"access-control-allow-origin": "*"}
MOST = 60  # events of one kind on a page; China takes part in all
MANY = 20_000  # links to events; to look up so many takes longer than to walk through all events from the newest
LATEST = {"before": "9999", "before_id": ""}  # what all events come before
PARTS = ("ladder", "memberships", "members", "neighbours")
CONCERNS = {"actor": "As the one who acts", "target": "As the sanctioned state", "sanctioner": "As the sanctioner"}


def grouped(events: list[dict]) -> list[dict]:
    """Return the sections of the page, {title, events}: exercises, statements by role, sanctions events by role."""

    def of(kind: str, test=lambda event: True) -> list[dict]:
        return [event for event in events if event["type"] == kind and test(event)]

    sections = [
        ("Exercises and patrols", of("exercise")),
        ("Issued or signed with China", of("statement", lambda event: event["with_china"])),
        ("Other statements", of("statement", lambda event: not event["with_china"])),
    ]
    for role, words in CONCERNS.items():
        sections.append((f"Sanctions events: {words.lower()}", of("sanctions_defiance", lambda e: role in e["roles"])))  # noqa: B023
    return [{"title": title, "events": found} for title, found in sections]


async def all_events(datasette, first: list[dict], **asked):
    """Yield the events of a state, MOST_READ at a time, from the `first` ones on: no answer holds them all."""
    yield first
    while len(first) == MOST_READ:
        last = {"before": first[-1]["date"], "before_id": first[-1]["id"]}
        first = await ask(datasette, "actor_events", **{**asked, **last})
        yield first


async def country(request, datasette):
    """Answer /country/<id>, .json and .csv; a name, or a code in small letters, is sent on to the code's address."""
    name, form = tilde_decode(request.url_vars["id"]), request.url_vars["form"]
    state = await ask_one(datasette, "actor", id=name.upper()) or await ask_one(datasette, "actor_named", called=name)
    if state is None:
        raise NotFound(f"There is no state, territory or organisation with the code '{name}'")
    if name != state["id"]:
        return Response.redirect(datasette.urls.path(f"/country/{state['id']}{form or ''}"), headers=OPEN)
    parts = {part: await ask(datasette, f"actor_{part}", id=name) for part in PARTS}
    links = (await ask_one(datasette, "actor_links", id=name))["links"]
    asked = {"id": name, "most": MOST_READ, "many": links > MANY, **LATEST}
    parts["events"] = await ask(datasette, "actor_events", **asked)
    if form == ".json":
        whole = datasette.absolute_url(request, datasette.urls.path(f"/country/{name}.csv"))
        more = {"truncated": True, "all_events": whole} if len(parts["events"]) == MOST_READ else {}
        return Response.json({"actor": state, **parts, **more}, headers=OPEN)
    if form == ".csv":

        async def send(writer) -> None:
            header = True
            async for events in all_events(datasette, parts["events"], **asked):
                await writer.write(as_csv(events, COLUMNS, header))
                header = False

        return AsgiStream(send, headers=OPEN, content_type="text/csv; charset=utf-8")
    limits = {"most": MOST, "read": MOST_READ}
    context = {"state": state, "sections": grouped(parts["events"]), **limits, **parts}
    return Response.html(await datasette.render_template("country.html", context, request=request))


async def picked(request, datasette):
    """Answer /country?id=, where the picker without JavaScript leads."""
    name = request.args.get("id") or ""
    path = f"/country/{tilde_encode(name)}" if name else "/countries"
    return Response.redirect(datasette.urls.path(path))


@hookimpl
def register_routes():
    return [(r"^/country/(?P<id>[^/]+?)(?P<form>\.json|\.csv)?$", country), (r"^/country$", picked)]
