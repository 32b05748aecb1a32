"""What every page has: data version, canonical address, words for codes, where the explorer's script goes."""

from datasette import hookimpl

from coalition import wording
from coalition.asking import release
from coalition.describing import json_for_script

FILTERS = {
    "anchor": wording.anchor,
    "date_in_words": wording.date_in_words,
    "precision_in_words": wording.precision_in_words,
    "host": wording.host,
    "label": wording.label,
    "language": wording.language,
    "number": wording.number,
    "paragraphs": wording.paragraphs,
    "shortened": wording.shortened,
    "web_address": wording.web_address,
    "json_for_script": json_for_script,
}


def readers_order(names: list[str]) -> list[int]:
    """Return the places of a table's columns in the order of its page: where no column names a row, the summary does.

    >>> readers_order(["id", "date", "kind", "summary"]), readers_order(["id", "name", "date", "summary"])
    ([0, 1, 3, 2], [0, 1, 2, 3])
    """
    order = list(range(len(names)))
    if "summary" in names and not {"name", "title"} & set(names):
        after_head = next(place for place, name in enumerate(names) if name not in ("id", "date"))
        order.remove(names.index("summary"))
        order.insert(after_head, names.index("summary"))
    return order


FUNCTIONS = {
    "period_in_words": wording.period_in_words,
    "plural": wording.plural,
    "readers_order": readers_order,
    "table_of": wording.TABLES,
    "table_words": wording.TABLE_WORDS,
}


def wants_explorer(template: str, path: str) -> bool:
    """Return whether a page gets datasette-vega: tables and SQL typed by the reader, nothing else.

    Its 944 kB of script were on every page before.
    """
    named_query = template.startswith("query") and path.count("/") > 1
    return template.startswith(("table", "query")) and not named_query


@hookimpl
def prepare_jinja2_environment(env):
    env.filters.update(FILTERS)
    env.globals.update(FUNCTIONS)


@hookimpl
def extra_template_vars(datasette, template, request):
    async def furniture():
        path = request.path if request else "/"
        return {
            "release": await release(datasette),
            "canonical": datasette.absolute_url(request, datasette.urls.path(path)) if request else "",
            "site_url": datasette.absolute_url(request, datasette.urls.instance()) if request else "",
            "explorer": wants_explorer(template or "", path),
        }

    return furniture
