"""A refusal: every address of data has the same form of it as JSON, a page has its sentence."""

from __future__ import annotations

from datasette import Response


def refusal_json(status: int, title: str, sentence: str) -> dict:
    """Return the body of an answer that is none."""
    return {"ok": False, "error": sentence, "status": status, "title": title}


def wants_data(path: str) -> bool:
    """Return whether whoever asks for a path reads data, and not a page."""
    return path.endswith((".json", ".csv"))


def told(path: str, status: int, title: str, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Return a sentence as the answer to a request for `path`: JSON where data are asked for, text elsewhere."""
    headers = {"access-control-allow-origin": "*", **(headers or {})}
    if wants_data(path):
        return Response.json(refusal_json(status, title, sentence), status=status, headers=headers)
    return Response.text(f"{sentence}\n", status=status, headers=headers)


def refused(sentence: str, status: int = 400) -> Response:
    """Return the answer to a request that cannot be answered, which pages of other sites can read."""
    headers = {"access-control-allow-origin": "*"}
    return Response.json(refusal_json(status, "Bad request", sentence), status=status, headers=headers)
