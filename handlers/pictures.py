"""Photos and papers going out: always as what they are, kept nowhere, opened by nothing else."""

from __future__ import annotations

import base64
from urllib.parse import quote

from flask import Response


def file_name(name: str) -> str:
    """A name, in which somebody's words may stand, as a header can hold it."""
    return "".join(letter for letter in name if letter.isprintable())


def kept_nowhere(body: bytes, kind: str, name: str, *, attached: bool = False) -> Response:
    """A file for one person; `attached`: the browser keeps it instead of showing it."""
    answer = Response(body, content_type=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f"{'attachment' if attached else 'inline'}; filename*=UTF-8''{quote(name)}"
    return answer


def jpeg(body: bytes, name: str) -> Response:
    """A photo that the house drew itself."""
    return kept_nowhere(body, "image/jpeg", f"{name}.jpg")


def jpeg_uri(body: bytes) -> str:
    """The same inside a page."""
    return "data:image/jpeg;base64," + base64.b64encode(body).decode("ascii")


def png(body: bytes, name: str) -> Response:
    """A picture that the house drew itself, of one person."""
    return kept_nowhere(body, "image/png", f"{name}.png")


def pdf(body: bytes, name: str) -> Response:
    """A paper to print."""
    return kept_nowhere(body, "application/pdf", f"{name}.pdf")
