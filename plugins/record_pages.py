"""What a record's page says beyond its cells: actors with roles, documents, confidence, claims, second readings."""

from datasette import hookimpl

from coalition.asking import ask, ask_one
from coalition.wording import TABLES


@hookimpl
def extra_template_vars(datasette, template, table, view_name, request):
    if view_name != "row" or table not in TABLES.values():
        return None

    async def record():
        name = request.url_vars["pks"]
        return {
            "event": await ask_one(datasette, "record_event", id=name),
            "documents": await ask(datasette, "record_sources", id=name),
            "cast": await ask(datasette, "record_actors", id=name),
            "bears_on": await ask(datasette, "record_claims", id=name),
            "second_readings": await ask(datasette, "record_readings", id=name, table_name=table),
        }

    return record
