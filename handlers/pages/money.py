"""公开账: what came in and went out of a project, for everybody; sums, and nobody's name."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.pages.browser import known_form
from handlers.pages.home import after
from services.money import summary

bp = APIBlueprint("money", __name__, enable_openapi=False)

PAGE = 20


@bp.get("/projects")
def listed() -> ResponseReturnValue:
    """The projects of which money is written down."""
    found = summary.latest(before=after(), limit=PAGE + 1)
    more = found[PAGE - 1].cursor if len(found) > PAGE else None
    return render_template("pages/projects.html", found=found[:PAGE], more=more)


@bp.get("/projects/<code>")
def one(code: str) -> ResponseReturnValue:
    """One project's sums."""
    return render_template("pages/project.html", project=summary.of(code=known_form(code)))
