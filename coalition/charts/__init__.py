"""Charts: one definition, the `chart:` key of a named query in metadata.yml, and every form that is made from it.

What other parts of the site call (all take a Datasette and the name of a charted query):

    from coalition.charts.answers import charted_queries
    from coalition.charts.render import figure_svg

    charted_queries(datasette)                    -> {name: query} of every query with a chart, in their order
    await figure_svg(datasette, name, params={}, width=640)
        -> markupsafe.Markup: one <svg role="img" aria-label="..."> to put into a page, without title or source
           line (the page has its own heading). Its colours follow the page: they are the CSS variables of
           theme.variables, with the light colours as fall-back. A bad parameter or an empty answer is an <svg> that
           says so; it never raises for a reader's input.

The way of a picture: answers (run the query) -> spec (pure: chart + rows -> complete Vega-Lite) -> drawing (worker
processes, cached by content) -> picture (pure: SVG in house dress) -> sharing (frame, figure, oEmbed).
"""
