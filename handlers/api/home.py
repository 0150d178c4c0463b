"""The first page of the mini-program in one answer, so that it stands after two requests on a bad line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import g

import clock
from handlers import parts
from handlers.api.schemas import Answer, Moment
from handlers.api.signups import MineOut
from handlers.auth import me_id, need_volunteer, who
from services import leading
from services.actors import Actor
from services.assessment import own
from services.bookkeeping import hours
from services.dispatch import mine as dispatched
from services.messaging import credits, inbox
from services.participation import shift_views
from services.recruitment import finding, promises
from services.review import bars

bp = APIBlueprint("home", __name__, tag="Me")


class CallBriefOut(Answer):
    """A call (调度) that I said yes to or that waits for my word: `asks` me, or as a leader."""

    code: str
    title: str
    place: str
    starts_at: Moment
    drill: bool
    asks: bool


class BarredOut(Answer):
    """Until when I cannot sign up, why, and the case behind it ("" for none)."""

    until: Moment
    reason: str
    case_code: str


class AssessedOut(Answer):
    """What the year's assessment wants of me: my own word, my team-mates (`left`), or a look at the result."""

    code: str
    wants: Literal["self", "peers", "result"]
    left: int
    closes_on: date | None


class AtHomeOut(Answer):
    """The team where I live: is there one, is one being founded (its code), is one expected."""

    place: str
    team: bool
    founding: str
    mine: bool
    expected: bool


class HomeOut(Answer):
    """Me now: sign-ups soonest first (whole minutes of hours, as in /me/hours), what waits for an answer of mine."""

    name: str
    unread: int
    signups: list[MineOut]
    total: int
    year: int
    pending: int
    points: int
    stars: int
    calls: list[CallBriefOut]
    leading: bool
    promises_again: bool
    may_miss: bool
    barred: BarredOut | None
    assessed: AssessedOut | None
    at_home: AtHomeOut


@bp.get("/me/home")
@need_volunteer("api")
@bp.output(HomeOut)
@bp.doc(summary="What comes next, and what waits for me", responses=[401, 403], security="token")
def home() -> Any:
    """One answer for the first page. `may_miss`: a reminder of what comes would not reach me."""
    at, me = clock.now(), me_id()
    signups = shift_views.mine(volunteer_id=me, at=at, states=shift_views.LIVE)
    totals = hours.summary(volunteer_id=me, at=at)
    waits_for_me = any(each.state == "confirmed" and each.activity_state == "published" for each in signups)
    return {
        "name": who().name, "unread": inbox.unread(me), "signups": signups, "total": totals.total,
        "year": totals.year, "pending": totals.pending, "points": totals.points, "stars": totals.stars,
        "calls": _calls(g.actor, at), "leading": bool(leading.led_teams(actor=g.actor, at=at, most=1)),
        "promises_again": promises.waiting(volunteer_id=me), "barred": bars.running(volunteer_id=me, at=at),
        "may_miss": waits_for_me and not credits.standing(parts=parts(), volunteer_id=me, at=at).reached,
        "assessed": _assessed(g.actor, at), "at_home": finding.at_home(volunteer_id=me),
    }  # fmt: skip


def _calls(actor: Actor, at: datetime) -> list[CallBriefOut]:
    found = []
    for each in dispatched.listed(actor=actor, at=at):
        led = bool(each.led)
        asks = (each.my_state == "asked" and not each.full) or (led and each.led[0].state in ("asked", "silent"))
        if asks or led or each.my_state == "accepted":
            found.append(
                CallBriefOut(
                    code=each.code, title=each.title, place=each.place, starts_at=each.starts_at, drill=each.drill,
                    asks=asks,
                )  # fmt: skip
            )
    return found


def _assessed(actor: Actor, at: datetime) -> AssessedOut | None:
    card = own.newest(actor=actor, at=at)
    if card is None:
        return None
    closes_on = card.now.closes_on if card.now else None
    if card.may_self and card.self_score is None:
        return AssessedOut(code=card.code, wants="self", left=0, closes_on=closes_on)
    if card.now and card.now.kind == "peer" and card.tasks_done < card.tasks:
        return AssessedOut(code=card.code, wants="peers", left=card.tasks - card.tasks_done, closes_on=closes_on)
    if card.result and card.result.may_object:
        return AssessedOut(code=card.code, wants="result", left=0, closes_on=None)
    return None
