"""A query's own page: its chart, its parameters, what to copy, and what the query reads."""

import re
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.views.base import DatasetteError
from markupsafe import Markup

from coalition.asking import named_queries, release
from coalition.charts.answers import BadRequest, answer, charted_queries, checked_values, options_of
from coalition.charts.render import WIDTHS, figure_svg
from coalition.charts.sharing import frame, frame_height
from coalition.charts.theme import variables
from coalition.codebook import own_codebook
from coalition.describing import bibtex, citation

codebook = own_codebook()


def tables_read(sql: str) -> list[dict]:
    """Return {name, title, description} of the tables and views that a query names, in the order of the codebook."""
    names = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", sql)))
    return [
        {"name": table.name, "title": table.title, "description": table.description}
        for table in codebook.tables
        if table.name in names
    ]


async def sharing(datasette, name: str, params: dict, address: str) -> dict | None:
    """Return what the panel beside a chart offers: frame, citation, BibTeX and the frozen form; None if it has none."""
    try:
        found = await answer(datasette, name, params)
    except BadRequest:
        return None
    about = await release(datasette)

    def link(form: str, **more) -> str:
        asked = urlencode({**params, **more})
        return f"{address}{form}?{asked}" if asked else f"{address}{form}"

    height = frame_height(await figure_svg(datasette, name, params, WIDTHS["wide"]), WIDTHS["wide"])
    return {
        "frame": frame(link(".embed"), found.words.full_title, height),
        "cite": citation(about, link(""), found.words.full_title),
        "bibtex": bibtex(about, link(""), found.words.full_title, f"china-coalition-{name.replace('_', '-')}"),
        "frozen": link(".embed", frozen=found.seal),
        "frozen_picture": link(".svg", frozen=found.seal),
    }


@hookimpl
def extra_template_vars(datasette, request, template):
    async def chart_vars():
        def page_params(name):
            known = named_queries(datasette)[name].get("params") or {}
            return {key: request.args[key] for key in known if request and request.args.get(key)}

        async def chart_of(name, params=None, or_nothing=False):
            """The chart of a query, with this page's parameters if none are given, drawn wide and narrow.

            Without rows it is a picture that says so, or nothing.
            """
            if name not in charted_queries(datasette):
                return ""
            params = page_params(name) if params is None else params
            if or_nothing and not (await answer(datasette, name, params)).rows:
                return ""
            drawn = {kind: await figure_svg(datasette, name, params, w) for kind, w in WIDTHS.items()}
            return Markup("").join(Markup('<div class="{}">{}</div>').format(*item) for item in drawn.items())

        async def params_of(name):
            """The parameters of a named query, with their options and present values; 400 for a value that is none."""
            query = named_queries(datasette).get(name) or {}
            try:
                await checked_values(datasette, query, page_params(name) if query else {})
            except BadRequest as error:
                raise DatasetteError(str(error), status=400) from None
            return [
                {"name": key, **words, "choices": await options_of(datasette, words),
                 "value": request.args.get(key) or words.get("default", "")}
                for key, words in (query.get("params") or {}).items()
            ]  # fmt: skip

        async def sharing_of(name, address):
            return await sharing(datasette, name, page_params(name), address)

        return {
            "chart_of": chart_of,
            "params_of": params_of,
            "sharing_of": sharing_of,
            "tables_read": tables_read,
            "chart_light": variables(False),
            "chart_dark": variables(True),
            "about": await release(datasette),
        }

    return chart_vars
