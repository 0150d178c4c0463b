"""Photos and papers going out: always as what they are, kept nowhere, opened by nothing else."""

from __future__ import annotations

import base64
from urllib.parse import quote

from flask import Response


def _answer(body: bytes, kind: str, name: str) -> Response:
    answer = Response(body, content_type=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    return answer


def jpeg(body: bytes, name: str) -> Response:
    """A photo that the house drew itself."""
    return _answer(body, "image/jpeg", f"{name}.jpg")


def jpeg_uri(body: bytes) -> str:
    """The same inside a page."""
    return "data:image/jpeg;base64," + base64.b64encode(body).decode("ascii")


def png(body: bytes, name: str) -> Response:
    """A picture that the house drew itself, of one person."""
    return _answer(body, "image/png", f"{name}.png")


def pdf(body: bytes, name: str) -> Response:
    """A paper to print."""
    return _answer(body, "application/pdf", f"{name}.pdf")
