"""A refusal as JSON: every JSON address has the same form of it."""


def refusal_json(status: int, title: str, sentence: str) -> dict:
    """Return the body of an answer that is none."""
    return {"ok": False, "error": sentence, "status": status, "title": title}
