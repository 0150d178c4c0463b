"""The person himself: what we hold of him (masked), his teams and consents, six digits for the chat, logging out.

Leaving a team and withdrawing a consent have a page of their own that says what follows, with the button on it.
"""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, make_response, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer, who
from handlers.errors import sentence, status_of
from handlers.pages.browser import drop_cookie, field, known_form, redirected
from handlers.pages.home import done
from services import recognition
from services.accounts import home, joining, registration, sessions
from services.errors import Refusal, RefusalCode
from services.gates import ages
from services.policy import modules
from services.recruitment import leaving, views

bp = APIBlueprint("me", __name__, enable_openapi=False)

#: Refusals of a team's code that are said beside the field.
BESIDE = {RefusalCode.NOT_FOUND, RefusalCode.TEAM_CLOSED}


def _page(team: str = "", problem: str = "") -> str:
    me = registration.me(parts=parts(), volunteer_id=me_id())
    mine = recognition.mine(volunteer_id=me_id(), at=clock.now(), points=0)
    used = modules.modules_of(region_code=me.region_code, at=clock.now())
    return render_template(
        "pages/me.html", tab="me", me=me, used=used, team=team, mine=mine,
        progress=recognition.progress(mine.star), problem=problem, done=done(),
        may_correct=home.may_correct(volunteer_id=me_id()), minor=ages.is_minor(volunteer_id=me_id(), at=clock.now()),
    )  # fmt: skip


@bp.get("/m/me")
@need_volunteer("h5")
def me() -> ResponseReturnValue:
    """What we hold of the person, numbers masked."""
    return _page()


@bp.post("/m/me/team")
@need_volunteer("h5")
def find_team() -> ResponseReturnValue:
    """To the door of the team whose code the leader told him."""
    team = field("team", 20).lower()
    try:
        shown = views.team_door(actor=g.actor, team_code=team, brand=parts().brand, at=clock.now())
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _page(team, sentence(refusal)), status_of(refusal.code)
    return redirected(f"/m/join/{shown.code}")


@bp.get("/m/me/teams/<code>")
@need_volunteer("h5")
def team(code: str) -> ResponseReturnValue:
    """One of his teams, and the way out of it."""
    mine = registration.me(parts=parts(), volunteer_id=me_id()).teams
    shown = next((each for each in mine if each.code == known_form(code)), None)
    if shown is None:
        raise Refusal(RefusalCode.NOT_MEMBER)
    return render_template("pages/team.html", tab="me", team=shown, last=len(mine) == 1)


@bp.post("/m/me/teams/<code>/leave")
@need_volunteer("h5")
def leave_team(code: str) -> ResponseReturnValue:
    """Leave it; hours and records stay."""
    leaving.leave_team(actor=g.actor, team_code=known_form(code), at=clock.now())
    return redirected("/m/me?done=left")


@bp.get("/m/me/consents")
@need_volunteer("h5")
def consents() -> ResponseReturnValue:
    """What he agreed to, purpose by purpose."""
    mine = registration.consents(volunteer_id=me_id())
    return render_template("pages/consents.html", tab="me", consents=mine, done=done())


@bp.get("/m/me/consents/<purpose>")
@need_volunteer("h5")
def consent(purpose: str) -> ResponseReturnValue:
    """One purpose with its full text; to agree to it, or to withdraw."""
    mine = registration.consents(volunteer_id=me_id())
    shown = next((each for each in mine if each.purpose == known_form(purpose)), None)
    if shown is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return render_template("pages/consent.html", tab="me", consent=shown)


@bp.post("/m/me/consents/<purpose>")
@need_volunteer("h5")
def decide(purpose: str) -> ResponseReturnValue:
    """As easy to withdraw as to give (PIPL §15)."""
    given = field("given") == "yes"
    registration.decide_consent(actor=g.actor, purpose=known_form(purpose), given=given, at=clock.now())
    return redirected(f"/m/me/consents?done={'agreed' if given else 'withdrawn'}")


@bp.post("/m/me/digits")
@need_volunteer("h5")
def join_digits() -> ResponseReturnValue:
    """Six digits that bind the chat of whoever types them there."""
    identity_id = who().identity_id
    if identity_id is None:
        raise Refusal(RefusalCode.LOGIN_REQUIRED)
    return render_template(
        "pages/join_digits.html",
        tab="me",
        digits=joining.show_digits(identity_id=identity_id, at=clock.now()),
    )


@bp.post("/m/me/logout")
@need_volunteer("h5")
def log_out() -> ResponseReturnValue:
    """Every session of this person ends: phones, mini-program, console."""
    sessions.close_all(volunteer_id=me_id(), at=clock.now())
    answer = make_response(render_template("pages/logged_out.html"))
    drop_cookie(answer, "h5")
    drop_cookie(answer, "ticket")
    return answer
