"""Answers made once per site version: what a page is keyed by, how long it may be kept, and the cache itself.

The way of an answer: asking (what was asked, pure) -> wrapper (ASGI: found, or computed once) -> answers (pure:
headers, compression) -> store (bounded). `version` says when all of it is out of date.
"""
