"""Trainings on the phone: find a session, my hours and certificates; orders of a leader or a provider; results."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from clock import SHANGHAI, UTC
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.qr import svg_uri
from services import leading
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.training import (
    bases,
    certificates,
    courses,
    order_views,
    orders,
    providers,
    results,
    sessions,
    views,
)
from services.training.orders import OrderDraft
from services.training.sessions import SessionDraft
from wording import entry

bp = APIBlueprint("trainings", __name__, enable_openapi=False)

C = RefusalCode
ELSEWHERE = {C.NOT_FOUND, C.NOT_REGISTERED, C.ACCOUNT_CLOSED}
ORDER_TEXTS = ("topic", "wanted_from", "wanted_until", "wanted_time", "place", "note", "course", "provider", "people")
SESSION_TEXTS = ("course", "day", "from", "to", "people", "place", "teacher", "base")
SAID = {"finish": "finished", "correct": "corrected"}
DONE = {"ordered", "taken", "back", "refused", "withdrawn", "scheduled", "saved", "finished", "corrected", "same"}


def done() -> str:
    """What was just done, from the address after a post; "" if nothing we know."""
    word = request.args.get("done", "")
    return word if word in DONE else ""


def _whole(name: str) -> int:
    text = field(name, 6)
    return int(text) if text.isascii() and text.isdigit() else -1


def moment(day: str, hhmm: str, name: str) -> datetime:
    """A moment of a Shanghai day, typed as `2026-06-15` and `09:00`. FIELD_WRONG with the field's name."""
    try:
        there = datetime.combine(date.fromisoformat(day), time.fromisoformat(hhmm), SHANGHAI)
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field=name) from None
    return there.astimezone(UTC)


def _wrong(refusal: Refusal | None) -> str:
    known = {C.FIELD_WRONG, C.ACTIVITY_INVALID}
    name = str(refusal.facts["field"]) if refusal and refusal.code in known else ""
    return {"starts_at": "day", "ends_at": "to", "signup_closes_at": "day"}.get(name, name)


def _said(page: str, refusal: Refusal | None) -> ResponseReturnValue:
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/trainings")
@need_volunteer("h5")
def find() -> ResponseReturnValue:
    """The sessions one can sign up for, and how many class hours one has."""
    at, course = clock.now(), field("course", 30)
    return render_template(
        "pages/trainings.html", tab="me", found=views.open_ones(volunteer_id=me_id(), at=at, course=course), at=at,
        course=course, mine=views.mine(volunteer_id=me_id(), at=at), kinds=entry("training.kinds"),
        orders=bool(leading.own_teams(actor=g.actor, at=at)) or bool(providers.mine(actor=g.actor)),
    )  # fmt: skip


@bp.get("/m/trainings/mine")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """My trainings, results and certificates."""
    return render_template("pages/trainings_mine.html", tab="me", mine=views.mine(volunteer_id=me_id(), at=clock.now()))


@bp.get("/m/trainings/certificates/<code>")
@need_volunteer("h5")
def certificate(code: str) -> ResponseReturnValue:
    """One of my certificates, with the code that proves it."""
    at = clock.now()
    own = certificates.of_person(volunteer_id=me_id(), at=at)
    shown = next((each for each in own if each.code == known_form(code)), None)
    if shown is None:
        raise Refusal(C.NOT_FOUND)
    return render_template(
        "pages/training_certificate.html", tab="me", shown=shown, name=shown.name,
        picture=svg_uri(f"{parts().public_url}/t/{shown.code}"),
    )  # fmt: skip


@bp.get("/m/trainings/certificates/<code>.pdf")
@need_volunteer("h5")
def paper(code: str) -> ResponseReturnValue:
    """The same on paper."""
    body = certificates.paper(parts=parts(), actor=g.actor, code=known_form(code), at=clock.now())
    answer = Response(body, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="certificate.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/t/<code>")
def known(code: str) -> ResponseReturnValue:
    """Whether a certificate is true; to anybody who holds its code."""
    return render_template("pages/training_known.html", shown=certificates.known(code=known_form(code), at=clock.now()))


def _teams(at: datetime) -> list[leading.TeamBrief]:
    return leading.offered_teams(actor=g.actor, chosen=field("team", 20), at=at)


@bp.get("/m/trainings/orders")
@need_volunteer("h5")
def all_orders() -> ResponseReturnValue:
    """What my teams ordered, and what I may take."""
    return _orders()


def _orders(refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    teams = _teams(at)
    team = next((each for each in teams if each.code == field("team", 20)), teams[0] if teams else None)
    page = render_template(
        "pages/training_orders.html", tab="me", orders=order_views.on_phone(actor=g.actor, at=at), teams=teams,
        team=team, courses=courses.offered(region_code=team.region_code) if team else [], done=done(),
        providers=providers.offered(region_code=team.region_code) if team else [], wrong=_wrong(refusal),
        typed={name: field(name, 400) for name in ORDER_TEXTS}, problem=sentence(refusal) if refusal else "",
        opened=refusal is not None,
    )  # fmt: skip
    return _said(page, refusal)


@bp.post("/m/trainings/orders")
@need_volunteer("h5")
def order() -> ResponseReturnValue:
    """Order a training for one of my teams."""
    texts = {name: field(name, 400) for name in ORDER_TEXTS if name != "people"}
    try:
        orders.ask(
            actor=g.actor, team_code=field("team", 20), draft=OrderDraft(people=_whole("people"), **texts),
            at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _orders(refusal)
    return redirected("/m/trainings/orders?done=ordered")


@bp.get("/m/trainings/orders/<code>")
@need_volunteer("h5")
def one_order(code: str) -> ResponseReturnValue:
    """One order, and what I can do with it."""
    return _order(known_form(code))


def _order(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = order_views.page(actor=g.actor, code=code, at=at)
    line = shown.line
    typed: dict[str, Any] = {name: field(name, 100) for name in SESSION_TEXTS}
    if request.method == "GET":
        typed |= {"course": shown.course, "people": line.people, "place": line.where, "day": line.wanted_from}
        typed |= {"from": "09:00", "to": "11:00"}
    page = render_template(
        "pages/training_order.html", tab="me", shown=shown, order=line, done=done(), typed=typed,
        courses=courses.offered(region_code=shown.region_code), bases=bases.offered(region_code=shown.region_code),
        wrong=_wrong(refusal), problem=sentence(refusal) if refusal else "", act=field("act", 10),
    )  # fmt: skip
    return _said(page, refusal)


@bp.post("/m/trainings/orders/<code>")
@need_volunteer("h5")
def act_on_order(code: str) -> ResponseReturnValue:
    """Take it, give it back, say no, take it back, or make its session."""
    code, at, act = known_form(code), clock.now(), field("act", 10)
    facts: dict[str, Any] = {"actor": g.actor, "code": code, "at": at}
    acts: dict[str, Any] = {
        "taken": lambda: orders.take(provider_code=field("provider", 20), answer=field("answer", 300), **facts),
        "back": lambda: orders.give_back(reason=field("reason", 300), **facts),
        "refused": lambda: orders.refuse(reason=field("reason", 300), **facts),
        "withdrawn": lambda: orders.withdraw(reason=field("reason", 300), **facts),
        "scheduled": lambda: sessions.from_order(actor=g.actor, order_code=code, draft=session_draft(), at=at),
    }
    if act not in acts:
        raise Refusal(C.BAD_REQUEST, why="act")
    try:
        acts[act]()
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _order(code, refusal)
    return redirected(f"/m/trainings/orders/{code}?done={act}")


def session_draft() -> SessionDraft:
    """A session from the fields `course`, `day`, `from`, `to`, `people`, `place`, `teacher`, `base`, `openness`."""
    day = field("day", 10)
    return SessionDraft(
        field("course", 20), moment(day, field("from", 5), "from"), moment(day, field("to", 5), "to"), _whole("people"),
        place=field("place", 100), teacher=field("teacher", 60), base=field("base", 20),
        openness=field("openness", 10) or "team", content=field("content", 1001), provider=field("provider", 20),
    )  # fmt: skip


@bp.get("/m/trainings/results/<code>")
@need_volunteer("h5")
def sheet(code: str) -> ResponseReturnValue:
    """Who was there, and how it went for each."""
    return _sheet(known_form(code))


def _sheet(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/training_results.html", tab="home", sheet=results.sheet(actor=g.actor, code=code, at=clock.now()),
        problem=sentence(refusal) if refusal else "", done=done(),
    )  # fmt: skip
    return _said(page, refusal)


@bp.post("/m/trainings/results/<code>")
@need_volunteer("h5")
def put_results(code: str) -> ResponseReturnValue:
    """Keep the results; with `finish`, close the session."""
    code, at = known_form(code), clock.now()
    try:
        changed = take_results(g.actor, code, at)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _sheet(code, refusal)
    done = next((word for name, word in SAID.items() if name in request.form), "saved") if changed else "same"
    return redirected(f"/m/trainings/results/{code}?done={done}")


def take_results(actor: Actor, code: str, at: datetime) -> bool:
    """What the form of results says: one corrected after the end (`correct`; False where it is what it was), or all of
    them, with `finish` the end."""
    if "correct" in request.form:
        return results.correct(
            actor=actor, code=code, public_no=field("correct", 20), result=field("result", 10),
            reason=field("reason", 200), at=at,
        )  # fmt: skip
    given = given_results()
    if given:
        results.put(actor=actor, code=code, results=given, at=at)
    if "finish" in request.form:
        results.finish(actor=actor, code=code, at=at)
    return True


def given_results() -> dict[str, str]:
    """The results that a form names, `result.<public number>`; an empty one is left out."""
    return {
        name.removeprefix("result."): value[:10]
        for name, value in list(request.form.items())[:2000]
        if name.startswith("result.") and value
    }
