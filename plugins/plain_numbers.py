"""A whole number in a column of numbers is shown as one: 15 votes and not 15.0."""

from datasette import hookimpl


@hookimpl(trylast=True)
def render_cell(value):
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None
