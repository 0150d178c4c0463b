"""The volunteers' pages: what a scanned code opens, and the whole job in a browser without a mini-program.

`/q/<code>` and `/m/…` for volunteers, `/l/<token>` for a console log-in, WeChat's verification files.
Everything works without JavaScript; `static/pages.js` only saves a tap and watches for the digits.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import g

from handlers import parts
from handlers.pages.format import FILTERS, span_html

if TYPE_CHECKING:
    from flask import Flask

#: The files of this room, each with a blueprint `bp`; imported when the door opens, since other rooms use some of them.
PAGES = (
    "login", "scan", "home", "recovery", "register", "activities", "applications", "found", "me", "messages",
    "skills", "national", "needs", "proxies", "transfer", "verification", "makeups", "objections", "presence",
    "evaluation", "complaints", "assessment", "offline", "lead", "lead_records", "lead_show", "lead_stars",
    "lead_money", "guardian", "front", "stories", "money", "public", "commendations", "hand_figures",
    "need_doors", "questions", "dispatch", "place", "trainings", "drives", "stars", "benefits", "honours",
    "honours_led", "certificates", "mall", "own_data", "correcting",
)  # fmt: skip


def register_pages(app: Flask) -> None:
    """Mount the pages."""
    dress(app)
    for name in PAGES:
        app.register_blueprint(import_module(f"handlers.pages.{name}").bp)


def dress(app: Flask) -> None:
    """The filters, and what every template of pages and console knows: `brand`, `csrf`; once, whichever opens first."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["span"] = span_html
    if always_known not in app.template_context_processors[None]:
        app.context_processor(always_known)


def always_known() -> dict[str, Any]:
    """The brand, and the token that every form of a logged-in person carries."""
    session = g.get("who")
    return {"brand": parts().brand, "csrf": session.csrf if session else ""}
