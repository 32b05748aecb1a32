"""What an address of the data means: names that others append to a link say nothing, the CSV of a table is all rows."""

from __future__ import annotations

import re

# Of campaigns, advertisers, newsletters and networks; they stand in links that are passed on.
TRACKING = re.compile(rb"utm_\w+|\w+clid|[gw]braid|mc_[ce]id|igsh(id)?|ref(_\w+)?|spm|isappinstalled", re.I)
PART = {b"_size", b"_next", b"_stream"}
WHOLE = [b"_size=max", b"_stream=on"]  # without the size Datasette reads fifty rows at a time


def meant(query: bytes, csv: bool) -> bytes:
    """Return a query string as the site is to read it; `csv` says whether the CSV of a table is asked for.

    >>> meant(b"year=2024&utm_source=x", csv=False), meant(b"", csv=True), meant(b"_size=5", csv=True)
    (b'year=2024', b'_size=max&_stream=on', b'_size=5')
    """
    pairs = [pair for pair in query.split(b"&") if pair and not TRACKING.fullmatch(pair.partition(b"=")[0])]
    whole = csv and PART.isdisjoint(pair.partition(b"=")[0] for pair in pairs)
    return b"&".join([*pairs, *WHOLE] if whole else pairs)
