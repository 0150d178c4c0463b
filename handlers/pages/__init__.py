"""The volunteers' pages: what a scanned code opens, and the whole job in a browser without a mini-program.

`/q/<code>` and `/m/…` for volunteers, `/l/<token>` for a console log-in, WeChat's verification files.
Everything works without JavaScript; `static/pages.js` only saves a tap and watches for the digits.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import g

from handlers import parts
from handlers.pages import (
    activities,
    applications,
    assessment,
    benefits,
    certificates,
    commendations,
    complaints,
    dispatch,
    drives,
    evaluation,
    found,
    front,
    guardian,
    hand_figures,
    home,
    honours,
    honours_led,
    lead,
    lead_money,
    lead_records,
    lead_show,
    lead_stars,
    login,
    makeups,
    mall,
    me,
    messages,
    money,
    national,
    need_doors,
    needs,
    objections,
    offline,
    own_data,
    place,
    presence,
    proxies,
    public,
    questions,
    recovery,
    register,
    scan,
    skills,
    stars,
    stories,
    trainings,
    transfer,
    verification,
)
from handlers.pages.format import FILTERS, span_html


def register_pages(app: APIFlask) -> None:
    """Mount the pages, their filters and what every template knows: `brand`, `csrf`."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["span"] = span_html
    app.context_processor(always_known)
    blueprints: list[APIBlueprint] = [
        each.bp for each in (
            login, scan, home, recovery, register, activities, applications, found, me, messages, skills, national,
            needs, proxies, transfer, verification, makeups, objections, presence, evaluation,
            complaints, assessment, offline, lead, lead_records, lead_show, lead_stars, lead_money,
            guardian,
            front, stories, money, public, commendations, hand_figures, need_doors, questions, dispatch, place,
            trainings, drives, stars, benefits, honours, honours_led,
            certificates, mall, own_data,
        )
    ]
    for blueprint in blueprints:
        app.register_blueprint(blueprint)


def always_known() -> dict[str, Any]:
    """The brand, and the token that every form of a logged-in person carries."""
    session = g.get("who")
    return {"brand": parts().brand, "csrf": session.csrf if session else ""}
