"""Word files, PDFs and archives going out, to be kept."""

from __future__ import annotations

from flask import Response

from handlers.pictures import file_name

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(body: bytes, name: str) -> Response:
    """A Word file to be kept under this name."""
    return _kept(body, DOCX, f"{name}.docx")


def pdf(body: bytes, name: str) -> Response:
    """A PDF to be kept under this name."""
    return _kept(body, "application/pdf", f"{name}.pdf")


def archive(body: bytes, name: str) -> Response:
    """A ZIP to be kept under this name."""
    return _kept(body, "application/zip", f"{name}.zip")


def _kept(body: bytes, kind: str, name: str) -> Response:
    answer = Response(body, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(name))
    answer.headers["Cache-Control"] = "no-store"
    return answer
