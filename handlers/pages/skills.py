"""What a person can and wants to do, his papers, and what he promised (S5, S30, S41)."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, redirected
from handlers.pages.home import done
from handlers.pictures import jpeg
from services.errors import Refusal, RefusalCode
from services.lives.files import MOST_BYTES
from services.recruitment import promises, qualifications, skills, willingness
from wording import entry

bp = APIBlueprint("skills", __name__, enable_openapi=False)

C = RefusalCode
MOST = 100
LONGEST = 240
#: What is said beside a field of the form for a paper.
BESIDE = (C.FIELD_WRONG, C.PHOTO_TOO_LARGE, C.PHOTO_UNREADABLE, C.PHOTO_TOO_MANY_PIXELS)


@bp.before_request
def allow_photos() -> None:
    """A photo of a paper is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def _chosen(name: str) -> list[str]:
    return [value[:40] for value in request.form.getlist(name)[:MOST]]


def _skills(refusal: Refusal | None = None) -> ResponseReturnValue:
    wishes = willingness.mine(volunteer_id=me_id())
    typed = request.method == "POST"
    page = render_template(
        "pages/skills.html", tab="me", skills=skills.catalogue(volunteer_id=me_id()), kinds=willingness.kinds(),
        chosen=_chosen("skill") if typed else None, words=entry("recruitment"), times=willingness.TIMES,
        domains=_chosen("domain") if typed else wishes.domains, when=_chosen("time") if typed else wishes.times,
        reach=field("reach", 1) if typed else str(wishes.reach), reaches=willingness.REACHES,
        note=field("note", LONGEST) if typed else wishes.note, done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/skills")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """What he can, what he would like, when, how far from home."""
    return _skills()


@bp.post("/m/skills")
@need_volunteer("h5")
def say() -> ResponseReturnValue:
    """Keep what stands there now."""
    at, reach = clock.now(), field("reach", 1)
    try:
        willingness.set_all(
            actor=g.actor, skills=_chosen("skill"), domains=_chosen("domain"), times=_chosen("time"),
            note=field("note", LONGEST), reach=int(reach) if reach.isascii() and reach.isdigit() else 0, at=at,
        )  # fmt: skip
    except Refusal as refusal:
        return _skills(refusal)
    return redirected("/m/skills?done=saved")


def _papers(refusal: Refusal | None = None) -> ResponseReturnValue:
    names = ("kind", "name", "number", "issued_on", "expires_on")
    page = render_template(
        "pages/qualifications.html", tab="me", mine=qualifications.mine(volunteer_id=me_id(), at=clock.now()),
        skills=skills.catalogue(), typed={name: field(name, LONGEST) for name in names}, done=done(),
        wrong=str(refusal.facts.get("field", "photo")) if refusal else "", problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/qualifications")
@need_volunteer("h5")
def papers() -> ResponseReturnValue:
    """His licences and certificates, and the form for another one."""
    return _papers()


@bp.post("/m/qualifications")
@need_volunteer("h5")
def tell() -> ResponseReturnValue:
    """Tell one, with a photo if he likes; an officer verifies it."""
    sent = request.files.get("photo")
    try:
        qualifications.state(
            parts=parts(), actor=g.actor, photo=sent.read() if sent else b"",
            kind=field("kind", 40), name=field("name", LONGEST), number=field("number", LONGEST),
            issued_on=_day("issued_on"), expires_on=_day("expires_on"), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _papers(refusal)
    return redirected("/m/qualifications?done=saved")


def _day(name: str) -> date | None:
    text = field(name, 10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(RefusalCode.FIELD_WRONG, field=name) from None


@bp.get("/m/qualifications/<int:number>/photo")
@need_volunteer("h5")
def photo(number: int) -> ResponseReturnValue:
    """The photo he sent of one."""
    found = qualifications.photo_of(parts=parts(), actor=g.actor, number=number, at=clock.now())
    return jpeg(found, f"paper-{number}")


@bp.post("/m/qualifications/<int:number>/withdraw")
@need_volunteer("h5")
def withdraw(number: int) -> ResponseReturnValue:
    """Take one back."""
    qualifications.withdraw(actor=g.actor, number=number, at=clock.now())
    return redirected("/m/qualifications?done=withdrawn")


@bp.get("/m/promises")
@need_volunteer("h5")
def promised() -> ResponseReturnValue:
    """The pledge and the agreements of his teams, with what he accepted."""
    mine = promises.mine(volunteer_id=me_id(), brand=parts().brand)
    return render_template("pages/my_promises.html", tab="me", mine=mine, done=done())


@bp.post("/m/promises")
@need_volunteer("h5")
def accept() -> ResponseReturnValue:
    """Accept a text in today's version."""
    promises.accept(
        actor=g.actor, document=field("document", 20), team_code=field("team", 20), at=clock.now()
    )
    return redirected("/m/promises?done=agreed")
