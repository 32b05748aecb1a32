"""What a record's page says beyond its cells: actors with roles, documents, confidence, claims, second readings."""

from urllib.parse import quote

from datasette import hookimpl

from coalition.asking import ask, ask_one
from coalition.describing import citation
from coalition.metadata import DATABASE
from coalition.naming import linked, named_events
from coalition.wording import TABLES


def report(table: str, name: str, version: str, url: str) -> str:
    """Return a mailto: address with subject and body filled in; the reader's mail program asks for the recipient."""
    subject = f"Error in {table}/{name} (data version {version})"
    body = f"Record: {url}\nColumn:\nIt says:\nIt should say:\nDocument that shows it:\n"
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


@hookimpl
def extra_template_vars(datasette, template, table, view_name, request):
    if view_name != "row" or table not in TABLES.values():
        return None

    async def record():
        name = request.url_vars["pks"]
        event = await ask_one(datasette, "record_event", id=name)
        addresses = {
            other["id"]: f"{datasette.urls.table(DATABASE, TABLES[other['type']])}/{other['id']}"
            for other in await named_events(datasette, event and event["summary"])
        }
        return {
            "event": event,
            "linked": lambda text: linked(text, addresses),
            "documents": await ask(datasette, "record_sources", id=name),
            "cast": await ask(datasette, "record_actors", id=name),
            "themes": await ask(datasette, "record_themes", id=name),
            "bears_on": await ask(datasette, "record_claims", id=name),
            "series": await ask_one(datasette, "record_series", id=name),
            "corrections": await ask(datasette, "record_corrections", id=name, table_name=table),
            "cited_as": citation,
            "report": report,
            "second_readings": await ask(datasette, "record_readings", id=name, table_name=table),
        }

    return record
