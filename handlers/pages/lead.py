"""The leader's day on his phone: who is due, who is inside, the call, the end, the report, the list to take along.

Beside it: written names that he recognises, and codes that he takes back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apiflask import APIBlueprint
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import clock_near, field, known_form, redirected
from handlers.qr import svg_uri
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.lives.files import MOST_BYTES
from services.participation import (
    activity_views,
    attendance,
    day,
    kits,
    names,
    outcomes,
    reports,
    revocations,
    roster,
)
from services.training import sessions

bp = APIBlueprint("lead", __name__, enable_openapi=False)

C = RefusalCode
ACTS = ("in", "out", "name")
#: Marks on a place after the shift, and taking one back.
OUTCOMES = {"absent": "absent", "excused": "excused", "left_early": "left_early", "clear": ""}
#: People marked at once.
MOST = 500
DONE = {"marked", "undone", "reviewed", "ended", "reported", "revoked", "assigned", "waits", "dropped", "recoded"}
#: These are none of a form's business.
ELSEWHERE = {C.NOT_FOUND, C.NOT_ALLOWED, C.NOT_REGISTERED, C.ACCOUNT_CLOSED}


@bp.before_request
def allow_photos() -> None:
    """Photos of a report are larger than what the house takes elsewhere."""
    if request.path.endswith("/report"):
        request.max_content_length = reports.MOST_PHOTOS * MOST_BYTES + 200_000


def path_of(code: str) -> str:
    """The day screen of an activity."""
    return f"/m/lead/{code}"


@bp.get("/m/lead")
@need_volunteer("h5")
def today() -> ResponseReturnValue:
    """The activities of his teams today."""
    found = activity_views.today(actor=g.actor, at=clock.now())
    return render_template("pages/lead.html", tab="home", today=found)


@bp.get("/m/lead/<code>")
@need_volunteer("h5")
def show(code: str) -> ResponseReturnValue:
    """The day screen."""
    return _screen(known_form(code))


def _screen(code: str, failed: list[tuple[str, str]] | None = None, problem: str = "") -> str:
    at = clock.now()
    word = request.args.get("done", "")
    return render_template(
        "pages/lead_day.html", tab="home", day=day.day(parts=parts(), actor=g.actor, activity_code=code, at=at), at=at,
        failed=failed or [], problem=problem, done=word if word in DONE else "",
        kits=kits.listed(actor=g.actor, activity_code=code, at=at), taught=sessions.taught_in(code),
    )  # fmt: skip


@bp.post("/m/lead/<code>/mark")
@need_volunteer("h5")
def mark(code: str) -> ResponseReturnValue:
    """Check in or out, name or mark (absent, excused, left early) whoever is ticked or had his own button tapped."""
    code, at = known_form(code), clock.now()
    act, _, one = field("act", 60).partition(".")
    sheet = roster.roster(actor=g.actor, activity_code=code, at=at)
    chosen = [one] if one else request.form.getlist("who")[:MOST]
    if act not in ACTS and act not in OUTCOMES:
        raise Refusal(C.BAD_REQUEST, why="act")
    if not chosen:
        return _screen(code, problem="nobody")
    known = {f"{each.shift_code}.{each.public_no}": each for each in sheet.entries}
    failed = []
    for key in chosen:
        entry = known.get(key)
        try:
            if entry is None:
                raise Refusal(C.NOT_FOUND)
            _mark(act, entry, at)
        except Refusal as refusal:
            failed.append((entry.name if entry else key[:40], sentence(refusal)))
    return _screen(code, failed) if failed else redirected(f"{path_of(code)}?done=marked")


def _mark(act: str, entry: roster.RosterEntry, at: datetime) -> None:
    if act == "name":
        records.name_present(actor=g.actor, record_id=entry.record_id or 0, at=at)
        return
    if act in OUTCOMES:
        outcomes.mark(
            actor=g.actor, shift_code=entry.shift_code, public_no=entry.public_no, outcome=OUTCOMES[act],
            note=field("note", 200), at=at,
        )  # fmt: skip
        return
    attendance.tick(
        actor=g.actor, shift_code=entry.shift_code, public_no=entry.public_no, direction=act, at=at
    )


@bp.post("/m/lead/<code>/call")
@need_volunteer("h5")
def call(code: str) -> ResponseReturnValue:
    """One number in full, to call; the audit has it."""
    code = known_form(code)
    name, number = day.call(
        parts=parts(), actor=g.actor, activity_code=code, public_no=field("person", 20), at=clock.now()
    )
    return render_template("pages/lead_call.html", tab="home", name=name, number=number, back=path_of(code))


@bp.get("/m/lead/<code>/end")
@need_volunteer("h5")
def ending(code: str) -> ResponseReturnValue:
    """Who is still inside, before all of them are checked out."""
    code, at = known_form(code), clock.now()
    shown = day.day(parts=parts(), actor=g.actor, activity_code=code, at=at)
    return render_template("pages/lead_end.html", tab="home", day=shown, at=at, back=path_of(code))


@bp.post("/m/lead/<code>/end")
@need_volunteer("h5")
def end(code: str) -> ResponseReturnValue:
    """End it: everybody out, but for the exceptions."""
    code, at = known_form(code), clock.now()
    times: dict[str, datetime] = {}
    for name, value in request.form.items():
        if name.startswith("time.") and value:
            moment = clock_near(value[:5], at - timedelta(hours=11))
            if moment is not None:
                times[name.removeprefix("time.")] = moment
    stay = set(request.form.getlist("stay")[:MOST])
    done = day.end(actor=g.actor, activity_code=code, at=at, stay=stay, times=times)
    refused = [(name, sentence(refusal)) for name, refusal in done.refused]
    return render_template(
        "pages/lead_ended.html", tab="home", done=done, refused=refused, back=path_of(code), code=code
    )


@bp.get("/m/lead/<code>/report")
@need_volunteer("h5")
def reporting(code: str) -> ResponseReturnValue:
    """The short report."""
    return _report(known_form(code))


def _report(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = reports.of(actor=g.actor, activity_code=code, at=clock.now())
    page = render_template(
        "pages/lead_report.html", tab="home", report=shown, code=code, back=path_of(code), most=reports.MOST_PHOTOS,
        served=field("served", 6) or shown.served, summary=field("summary", 1001) or shown.summary,
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/lead/<code>/report")
@need_volunteer("h5")
def report(code: str) -> ResponseReturnValue:
    """Write it."""
    code, served = known_form(code), field("served", 6)
    photos = [sent.read() for sent in request.files.getlist("photos")[: reports.MOST_PHOTOS + 1] if sent]
    try:
        reports.write(
            parts=parts(), actor=g.actor, activity_code=code, served=int(served) if served.isdecimal() else -1,
            summary=field("summary", 1001), photos=photos, consent=field("consent", 1) == "1", at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _report(code, refusal)
    return redirected(f"{path_of(code)}?done=reported")


@bp.get("/m/lead/<code>/report/<int:number>.jpg")
@need_volunteer("h5")
def photo(code: str, number: int) -> Response:
    """One photo of it, to those who may see the activity."""
    body = reports.photo(
        parts=parts(), actor=g.actor, activity_code=known_form(code), number=number, at=clock.now()
    )
    return Response(body, mimetype="image/jpeg")


@bp.post("/m/lead/<code>/offline")
@need_volunteer("h5")
def offline(code: str) -> ResponseReturnValue:
    """A link that puts the list on a phone for a place without a network."""
    code = known_form(code)
    link = kits.issue(parts=parts(), actor=g.actor, activity_code=code, at=clock.now())
    return render_template(
        "pages/lead_offline.html", tab="home", link=link, picture=svg_uri(link.url), back=path_of(code)
    )


@bp.post("/m/lead/<code>/kits/<kit>/revoke")
@need_volunteer("h5")
def revoke(code: str, kit: str) -> ResponseReturnValue:
    """The phone is lost."""
    code = known_form(code)
    if kit not in {each.code for each in kits.listed(actor=g.actor, activity_code=code, at=clock.now())}:
        raise Refusal(C.NOT_FOUND)
    kits.revoke(actor=g.actor, kit_code=kit, at=clock.now())
    return redirected(f"{path_of(code)}?done=revoked")


@bp.get("/m/lead/<code>/names/<int:number>")
@need_volunteer("h5")
def written(code: str, number: int) -> ResponseReturnValue:
    """A name that a phone without a network wrote down: whose is it?"""
    return _written(known_form(code), number)


def _written(code: str, number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    sheet = roster.roster(actor=g.actor, activity_code=code, at=at)
    found = next((each for each in names.unknown(actor=g.actor, sheet=sheet, at=at) if each.number == number), None)
    if found is None:  # decided meanwhile
        return redirected(path_of(code))
    page = render_template(
        "pages/lead_name.html", tab="home", written=found, back=path_of(code), reason=field("reason", 200),
        people=names.candidates(actor=g.actor, sheet=sheet, at=at), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/lead/<code>/names/<int:number>")
@need_volunteer("h5")
def decide_name(code: str, number: int) -> ResponseReturnValue:
    """It is this person, or nobody, with the reason."""
    code, at = known_form(code), clock.now()
    told = {"actor": g.actor, "activity_code": code, "number": number, "at": at}
    try:
        if field("person", 20):
            counts = names.assign(public_no=field("person", 20), **told)
            return redirected(f"{path_of(code)}?done={'assigned' if counts else 'waits'}")
        names.refuse(reason=field("reason", 200), **told)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _written(code, number, refusal)
    return redirected(f"{path_of(code)}?done=dropped")


@bp.get("/m/lead/<code>/codes")
@need_volunteer("h5")
def codes_of(code: str) -> ResponseReturnValue:
    """Whose personal codes to take back."""
    return _codes(known_form(code))


def _codes(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "pages/lead_codes.html", tab="home", back=path_of(code), reason=field("reason", 200),
        chosen=field("person", 20), people=revocations.helped(actor=g.actor, activity_code=code, at=clock.now()),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/lead/<code>/codes")
@need_volunteer("h5")
def end_codes(code: str) -> ResponseReturnValue:
    """Somebody's telephone is lost, or his code went round: every code of his that exists is void."""
    code, at = known_form(code), clock.now()
    people = revocations.helped(actor=g.actor, activity_code=code, at=at)
    try:
        if field("person", 20) not in {each.public_no for each in people}:
            raise Refusal(C.FIELD_WRONG, field="person")
        revocations.revoke(actor=g.actor, public_no=field("person", 20), reason=field("reason", 200), at=at)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _codes(code, refusal)
    return redirected(f"{path_of(code)}?done=recoded")
