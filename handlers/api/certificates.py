"""Certificates of service record: my own, asking for one, the file."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.certificates import asking, paper, views
from services.certificates.drafting import Scope

bp = APIBlueprint("certificates", __name__, tag="Certificates")

Day = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class ScopeIn(Body):
    """Days from `first` to `last`, both within it; empty: from the beginning, until today. `team`: with one team."""

    first: Day = ""
    last: Day = ""
    team: Annotated[str, StringConstraints(max_length=20)] = ""


class CertificateBriefOut(Answer):
    """A certificate; whole minutes. `state`: requested, announced, valid, withdrawn, superseded, refused. `differs`:
    the hours were corrected since."""

    code: str
    number: str
    state: str
    word: str
    span: str
    teams: str
    minutes: int
    issuer: str
    asked_at: Moment
    issued_on: str
    differs: bool


class TeamChoiceOut(Answer):
    """A team with which I have hours."""

    code: str
    name: str


class MyCertificatesOut(Answer):
    """My own, the newest first; years and teams one can ask for."""

    certificates: list[CertificateBriefOut]
    years: list[str]
    teams: list[TeamChoiceOut]


class ServedOut(Answer):
    """A line of the list: a day (`2026-06-10`), or a month or year put together."""

    when: str
    what: str
    team: str
    minutes: int
    times: int
    made_up: bool


class CertificateOut(Answer):
    """One whole. `now`: what the books say today, null where nothing changed; `renamed`: my other name since, "" if
    none; `answer_by`: the last day for the centre's word on a request; `check`: where anybody may check it; `file`:
    the PDF's address, good for half an hour."""

    certificate: CertificateBriefOut
    times: int
    made_up: int
    elsewhere: int
    lines: list[ServedOut]
    reason: str
    notice_until: str
    successor: str
    now: int | None
    renamed: str
    answer_by: str
    looked: int
    check: str
    file: str


class CodesOut(Answer):
    """The codes of what was asked for: one for each centre that certifies."""

    codes: list[str]


@bp.get("/me/certificates")
@need_volunteer("api")
@bp.output(MyCertificatesOut)
@bp.doc(summary="My certificates of service", responses=[401, 403], security="token")
def mine() -> Any:
    """With what I can ask for."""
    offer = asking.offer(volunteer_id=me_id())
    return {
        "certificates": views.mine(volunteer_id=me_id()), "years": offer.years,
        "teams": [{"code": code, "name": name} for code, name in offer.teams],
    }  # fmt: skip


@bp.post("/me/certificates")
@need_volunteer("api")
@idempotent
@bp.input(ScopeIn)
@bp.output(CodesOut, 201)
@bp.doc(summary="Ask for a certificate", responses=[400, 401, 403, 409, 429], security="token")
def ask(json_data: ScopeIn) -> Any:
    """Free of charge; who organised the service certifies it."""
    scope = Scope(json_data.first, json_data.last, json_data.team)
    return {"codes": asking.ask(parts=parts(), actor=g.actor, scope=scope, at=clock.now())}, 201


@bp.get("/me/certificates/<code>")
@need_volunteer("api")
@bp.output(CertificateOut)
@bp.doc(summary="One of my certificates", responses=[401, 403, 404], security="token")
def one(code: str) -> Any:
    """What it says, where it stands, and its file."""
    shown = views.own(actor=g.actor, code=code)
    url = parts().public_url
    return {
        "certificate": shown.brief, "times": shown.text.times, "made_up": shown.text.made_up,
        "elsewhere": shown.text.elsewhere, "lines": shown.lines, "reason": shown.reason,
        "notice_until": shown.notice_until, "successor": shown.successor, "now": shown.now, "looked": shown.looked,
        "renamed": shown.renamed, "answer_by": shown.answer_by,
        "check": f"{url}/v/{code}" if shown.may_print else "",
        "file": url + paper.link(parts=parts(), code=code, at=clock.now()) if shown.may_print else "",
    }  # fmt: skip


@bp.delete("/me/certificates/<code>")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take my request back", responses=[401, 403, 404, 409], security="token")
def cancel(code: str) -> Any:
    """As long as it is not issued."""
    asking.cancel(actor=g.actor, code=code, at=clock.now())
    return "", 204


@bp.post("/me/certificates/<code>/again")
@need_volunteer("api")
@idempotent
@bp.output(CodesOut, 201)
@bp.doc(summary="Ask for a new one by the hours of today", responses=[401, 403, 404, 409], security="token")
def again(code: str) -> Any:
    """When it is issued the old one holds no more."""
    return {"codes": [asking.ask_again(parts=parts(), actor=g.actor, code=code, at=clock.now())]}, 201
