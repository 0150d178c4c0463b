"""What is wrong with an answer, whatever it says: its headers, and on a page what a browser would run."""

from __future__ import annotations

import re
from typing import Any

from handlers.requests import CSP

#: A picture in the address of an <img> is ours, and its text may look like markup.
PICTURE = re.compile(r'\b(?:src|href)="data:image/[^"]*"')
INLINE = {
    "script in the page": re.compile(r'<script(?![^>]*\bsrc="/static/)[^>]*>', re.IGNORECASE),
    "style in the page": re.compile(r"<style\b|<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "handler in the page": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script in an address": re.compile(r"=\s*[\"']?\s*(?:javascript|vbscript|data:text)", re.IGNORECASE),
    "frame or plug-in": re.compile(r"<(?:iframe|object|embed|base)\b", re.IGNORECASE),
}
#: What the policy must not allow, and what it must forbid.
WEAK = ("unsafe-inline", "unsafe-eval", "*", "http:", "https:")
STRICT = ("default-src 'self'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
          "form-action 'self'", "base-uri 'none'")  # fmt: skip


def faults(answer: Any) -> list[str]:
    """The faults of one answer, [] for none."""
    found = [] if answer.headers.get("X-Content-Type-Options") == "nosniff" else ["no nosniff"]
    if answer.mimetype != "text/html":
        return found
    found += [] if answer.headers.get("Content-Security-Policy") == CSP else ["no policy"]
    found += [] if answer.headers.get("Cache-Control") == "no-store" else ["may be kept"]
    page = PICTURE.sub("", answer.text)
    return found + [name for name, pattern in INLINE.items() if pattern.search(page)]
