"""Word files going out."""

from __future__ import annotations

from flask import Response

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(body: bytes, name: str) -> Response:
    """A Word file to be kept under this name."""
    answer = Response(body, mimetype=DOCX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.docx")
    answer.headers["Cache-Control"] = "no-store"
    return answer
