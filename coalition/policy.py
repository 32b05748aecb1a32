"""What a browser may do with an answer: Content-Security-Policy and its companions, as pure functions."""

from __future__ import annotations

import base64
import hashlib
import re

Headers = list[tuple[bytes, bytes]]
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]  # fmt: skip
NAMES = {name for name, _ in ALWAYS} | {b"content-security-policy"}
INLINE = re.compile(r"<script>(.*?)</script>", re.S)


def script_hashes(templates: list[str]) -> list[str]:
    """Return the CSP sources of the scripts that stand in templates word for word.

    Only these run: a script that a cell smuggles into a page has another hash. One with a placeholder in it is
    another text on each page and is left out; see `known`.
    """
    scripts = [script for template in templates for script in INLINE.findall(template)]
    return known(*(script for script in scripts if "{{" not in script and "{%" not in script))


def known(*scripts: str) -> list[str]:
    """Return the CSP sources of scripts that are known in full."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return sorted({f"'sha256-{value}'" for value in hashes})


def content_policy(content_type: bytes, scripts: list[str], embed: bool, evaluates: bool) -> bytes:
    """Return the Content-Security-Policy of one answer.

    `scripts` are the hashes of inline scripts; `embed` opens the answer to frames on any page; `evaluates` is for
    pages with datasette-vega, whose Vega compiles its expressions.
    """
    if not content_type.startswith(b"text/html"):
        # A picture opened by itself is a document as well, and an SVG may hold scripts.
        return b"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    sources = ["'self'", *scripts, *(["'unsafe-eval'"] if evaluates else [])]
    parts = [
        "default-src 'self'",
        f"script-src {' '.join(sources)}",
        # Vega, CodeMirror and the charts' colours write styles; a style runs nothing.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
    # Without the directive any page may frame, also one opened from a file or in an app; a `*` would exclude these.
    return "; ".join(parts if embed else [*parts, "frame-ancestors 'self'"]).encode()


def with_policy(headers: Headers, policy: bytes) -> Headers:
    """Return the headers with the policy in place of what they had."""
    rest = [(key, value) for key, value in headers if key.lower() not in NAMES]
    return [*rest, *ALWAYS, (b"content-security-policy", policy)]
