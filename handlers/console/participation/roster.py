"""The page of one activity: who is expected, in and gone; ticking, naming, confirming, the time after the end."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import (
    actor,
    attempt,
    back,
    from_htmx,
    need_role,
    render,
    said,
    words_of,
)  # fmt: skip
from handlers.console.participation import told
from handlers.pages.browser import clock_near, field
from services import permissions
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.messaging import broadcasts
from services.organisation import centres
from services.participation import (
    activities,
    attendance,
    changes,
    console_views,
    domains,
    roster,
    shift_moves,
    views,
)
from services.participation.console_views import BEFORE
from services.participation.roster import Roster
from services.planning import approval_views, marks

bp = APIBlueprint("console_roster", __name__, enable_openapi=False)

DIRECTIONS = ("in", "out")


def path_of(code: str) -> str:
    """The console's page of an activity."""
    return f"/console/activities/{code}"


def phase(sheet: Roster, at: datetime) -> str:
    """draft, cancelled, coming, running (from half an hour before the start) or over."""
    if sheet.activity_state in ("draft", "cancelled"):
        return sheet.activity_state
    if at < sheet.starts_at - BEFORE:
        return "coming"
    return "running" if at <= sheet.ends_at else "over"


def _list(sheet: Roster, at: datetime, refusal: Refusal | None = None) -> dict[str, Any]:
    """What the list shows. `mark` changes with anything on it: an unchanged list is not drawn anew under a finger."""
    now = phase(sheet, at)
    seen = repr((sheet.entries, sheet.ends_at, now))
    return {
        "roster": sheet, "phase": now, "at": at, "scan_after": BEFORE, "list_problem": words_of(refusal),
        "mark": hashlib.sha256(seen.encode()).hexdigest()[:12],
    }  # fmt: skip


def page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The whole page, with a refusal said on top."""
    at = clock.now()
    sheet = roster.roster(actor=actor(), activity_code=code, at=at)
    draft = console_views.sheet(actor=actor(), code=code, at=at)
    unreached = (
        broadcasts.unreached(actor=actor(), activity_code=code, at=at, parts=parts())
        if phase(sheet, at) in ("coming", "running", "cancelled")
        else []
    )
    attached = centres.team_account(draft.team_code) if draft.state == "draft" else None
    body = render(
        "participation/activity", tab="desk", sheet=draft, unreached=unreached, problem=words_of(refusal),
        scanning=at <= sheet.ends_at + BEFORE, past=told.lines(sheet.subject), **_list(sheet, at),
        attached=attached, may_enter=attached is not None and permissions.manages(
            actor=actor(), region_code=attached.region_code, at=at
        ),
        may_mark=draft.state in ("published", "ended") and marks.may(
            actor=actor(), kind="activity", code=code, at=at
        ),
        marked_now=draft.model_mark,
        standing=approval_views.standing(actor=actor(), code=code, at=at),
        moved=changes.reading(actor=actor(), code=code, at=at),
        moved_shifts=shift_moves.readings(actor=actor(), code=code, at=at), opened=views.opened_times(code=code),
        kinds=(domains.venue_kinds(), domains.sub_domain(draft.draft.domain, draft.draft.sub_domain)),
    )  # fmt: skip
    return said(body, refusal)


def part(code: str, refusal: Refusal | None = None, have: str = "") -> ResponseReturnValue:
    """The list and what waits to be confirmed, for htmx; 204 while the list is the one the page has."""
    at = clock.now()
    facts = _list(roster.roster(actor=actor(), activity_code=code, at=at), at, refusal)
    return ("", 204) if have == facts["mark"] else render("participation/_list_parts", **facts)


def answer(code: str, refusal: Refusal | None, word: str) -> ResponseReturnValue:
    """After an act: the list to htmx, the page to a plain browser."""
    if from_htmx():
        return part(code, refusal)
    return page(code, refusal) if refusal else back(path_of(code), word, "roster")


@bp.get("/activities/<code>")
@need_role
def show(code: str) -> ResponseReturnValue:
    """The page; without its buttons for those who only look."""
    try:
        return page(code)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NOT_ALLOWED:
            raise
    sheet = roster.looked_at(actor=actor(), activity_code=code, at=clock.now())
    return render("participation/activity_read", tab="desk", roster=sheet, past=told.lines(sheet.subject))


@bp.get("/activities/<code>/list")
@need_role
def listing(code: str) -> ResponseReturnValue:
    """The list again, asked every three seconds."""
    return part(code, have=field("have", 20))


@bp.post("/activities/<code>/tick")
@need_role
def tick(code: str) -> ResponseReturnValue:
    """One person in or out, now."""
    sheet = roster.roster(actor=actor(), activity_code=code, at=clock.now())
    refusal = attempt(lambda: _tick(sheet, field("shift", 20), field("person", 20), _direction(), None))
    return answer(code, refusal, "ticked")


def _direction() -> str:
    direction = field("direction", 3)
    if direction not in DIRECTIONS:
        raise Refusal(RefusalCode.BAD_REQUEST, why="direction")
    return direction


def _tick(sheet: Roster, shift_code: str, public_no: str, direction: str, when: datetime | None) -> None:
    if shift_code not in {shift.code for shift in sheet.shifts}:
        raise Refusal(RefusalCode.NOT_FOUND)
    attendance.tick(
        actor=actor(),
        shift_code=shift_code,
        public_no=public_no,
        direction=direction,
        at=clock.now(),
        when=when,
    )


@bp.get("/activities/<code>/makeup")
@need_role
def makeup(code: str) -> ResponseReturnValue:
    """The paper list: tick many at once, with the time that was written down."""
    return _makeup(code, field("direction", 3), [], 0, "")


def _makeup(code: str, direction: str, failed: list[tuple[str, str]], count: int, problem: str) -> str:
    at = clock.now()
    sheet = roster.roster(actor=actor(), activity_code=code, at=at)
    direction = direction if direction in DIRECTIONS else "in"
    wanted = ("expected",) if direction == "in" else ("inside",)
    others = console_views.not_on_list(actor=actor(), activity_code=code, at=at) if direction == "in" else []
    return render(
        "participation/makeup", tab="desk",
        roster=sheet, direction=direction, others=others, failed=failed, count=count,
        people=[each for each in sheet.entries if each.state in wanted and not each.is_me], at=at, problem=problem,
    )  # fmt: skip


@bp.post("/activities/<code>/makeup")
@need_role
def make_up(code: str) -> ResponseReturnValue:
    """Tick everybody chosen; whoever is refused is named with the reason."""
    at = clock.now()
    sheet = roster.roster(actor=actor(), activity_code=code, at=at)
    direction, written = _direction(), field("when", 5)
    near = min(at, sheet.starts_at if direction == "in" else sheet.ends_at)
    when = clock_near(written, near) if written else None
    chosen = [value.partition(".") for value in request.form.getlist("who")[: console_views.MOST_PEOPLE]]
    if not chosen or (written and when is None):
        return _makeup(code, direction, [], 0, "time" if chosen else "nobody"), 400
    names = {each.public_no: each.name for each in sheet.entries}
    if direction == "in":
        others = console_views.not_on_list(actor=actor(), activity_code=code, at=at)
        names |= {person.public_no: person.name for person in others}
    failed = []
    for shift_code, _, public_no in chosen:
        shift = shift_code or field("shift", 20)
        refusal = attempt(lambda s=shift, p=public_no: _tick(sheet, s, p, direction, when))  # type: ignore[misc]
        if refusal:
            failed.append((names.get(public_no, public_no), words_of(refusal)))
    return _makeup(code, direction, failed, len(chosen) - len(failed), "")


@bp.post("/activities/<code>/confirm")
@need_role
def confirm(code: str) -> ResponseReturnValue:
    """Confirm all that is ready and say who was left out, and why."""
    at = clock.now()
    try:
        done = records.confirm(actor=actor(), activity_code=code, at=at)
    except Refusal as refusal:
        if refusal.code is not RefusalCode.NOTHING_TO_CONFIRM:
            raise
        return page(code, refusal)
    sheet = roster.roster(actor=actor(), activity_code=code, at=at)
    names = {each.record_id: each.name for each in sheet.entries}
    left_out: dict[str, list[str]] = {}
    for record_id, why in done.skipped:
        left_out.setdefault(why, []).append(names.get(record_id, ""))
    return render("participation/confirmed", tab="desk", roster=sheet, confirmed=done, left_out=left_out)


@bp.post("/activities/<code>/extend")
@need_role
def extend(code: str) -> ResponseReturnValue:
    """Thirty minutes more in one tap; another end, or one after the end, with a reason."""
    at, written, wanted = clock.now(), field("ends", 5), None
    if written:
        ends_at = roster.roster(actor=actor(), activity_code=code, at=at).ends_at
        # Only later ends are meant: 00:30 after an evening is the next day's.
        wanted = clock_near(written, ends_at + timedelta(hours=11))
    refusal = attempt(
        lambda: activities.extend(
            actor=actor(), code=code, at=at, ends_at=wanted, reason=field("reason", 200)
        )
    )
    return page(code, refusal) if refusal else back(path_of(code), "extended")
