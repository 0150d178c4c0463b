"""Scanning from the mini-program: tickets before log-in, scans after, the leader's scans and list."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import g
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Code, Moment, ReasonIn
from handlers.auth import me_id, need_volunteer, opened_by_code, who
from handlers.idempotency import idempotent
from services.bookkeeping import records
from services.participation import attendance, revocations, roster, scan_codes, undoing, venue

bp = APIBlueprint("attendance", __name__, tag="Attendance")

#: What a scan may be answered with besides its result.
SCAN_REFUSALS = [400, 401, 403, 404, 409, 410, 429]

QrText = Annotated[str, StringConstraints(min_length=4, max_length=300)]
Token = Annotated[str, StringConstraints(min_length=16, max_length=64)]
Direction = Literal["in", "out"]


class TicketIn(Body):
    """What the scanner read: the whole address or the code behind `/q/`."""

    code: QrText


class TicketOut(Answer):
    """A scan kept for ten minutes, to be redeemed once logged in."""

    ticket: str
    direction: Direction
    title: str
    activity_code: str
    expires_at: Moment


class ScanIn(Body):
    """Either the code just scanned, or the ticket that an earlier request got for it."""

    code: QrText | None = None
    ticket: Token | None = None
    nonce: Annotated[str, StringConstraints(max_length=64)] | None = None


class ScanOut(Answer):
    """What the scan came to; a repeat gives the first scan's times again."""

    outcome: Literal["accepted", "repeat"]
    direction: Direction
    record_id: int
    activity_code: str
    shift_code: str
    title: str
    name: str
    in_at: Moment
    out_at: Moment | None
    minutes: int
    class_minutes: int | None = None
    needs_naming: bool
    ends_at: Moment
    check_out_until: Moment


class PersonScanIn(Body):
    """The leader scanned a volunteer's own code for a shift of his activity."""

    code: QrText
    shift_code: Code
    direction: Direction
    nonce: Annotated[str, StringConstraints(max_length=64)] | None = None


class TickIn(Body):
    """The leader ticks a person on the list, now or at the moment he wrote down."""

    shift_code: Code
    public_no: Code
    direction: Direction
    when: Moment | None = None


class RosterEntryOut(Answer):
    """One person on the leader's list."""

    record_id: int | None
    public_no: str
    name: str
    shift_code: str
    position: str
    state: str
    in_at: Moment | None
    out_at: Moment | None
    minutes: int
    by_hand: bool
    walk_in: bool
    is_me: bool
    made_up: bool


class RosterShiftOut(Answer):
    """A shift of the activity."""

    code: str
    position: str
    starts_at: Moment
    ends_at: Moment
    quota: int
    taken: int


class RosterOut(Answer):
    """The leader's list of an activity, with counts by state."""

    activity_code: str
    title: str
    place: str
    team_name: str
    activity_state: str
    starts_at: Moment
    ends_at: Moment
    shifts: list[RosterShiftOut]
    entries: list[RosterEntryOut]
    counts: dict[str, int]


class ConfirmIn(Body):
    """Which records to confirm; all that are ready if none are named."""

    record_ids: Annotated[list[int], Field(max_length=500)] | None = None


class SkippedOut(Answer):
    """A record that was left out, and the code of the refusal it would get alone."""

    record_id: int
    why: str


class ConfirmOut(Answer):
    """What was confirmed, in whole minutes and points; and what was left out."""

    count: int
    minutes: int
    points: int
    class_minutes: int = 0
    skipped: list[SkippedOut]


class EndIn(Body):
    """The end of a record whose check-out was forgotten."""

    out_at: Moment
    reason: Annotated[str, StringConstraints(max_length=200)]


class UndoIn(ReasonIn):
    """Which of the two was a mistake; with the check-in goes its check-out."""

    side: Direction


class CreditedOut(Answer):
    """Whole minutes now credited."""

    minutes: int


class StageOut(Answer):
    """The rotating code to show now, when the next is due, and until when this one can be scanned."""

    url: str
    title: str
    direction: Direction
    next_at: Moment
    good_until: Moment
    server_now: Moment


class PersonalOut(Answer):
    """The volunteer's own code."""

    url: str
    name: str
    public_no: str
    expires_at: Moment


@bp.post("/scan-tickets")
@bp.input(TicketIn)
@bp.output(TicketOut, 201)
@bp.doc(summary="Keep a scan made before log-in", responses=[400, 404, 409, 410, 429])
def keep_scan(json_data: TicketIn) -> Any:
    """The first thing a scanned code meets: judged now, redeemed later. Needs no log-in."""
    with opened_by_code("api"):
        ticket = scan_codes.open_scan(code=json_data.code, door="api", at=clock.now())
    return TicketOut(
        ticket=ticket.token, direction=ticket.direction, title=ticket.title,  # type: ignore[arg-type]
        activity_code=ticket.activity_code, expires_at=ticket.expires_at,
    )  # fmt: skip


@bp.post("/attendance/scans")
@need_volunteer("api")
@idempotent
@bp.input(ScanIn)
@bp.output(ScanOut)
@bp.doc(
    summary="Check in or out with a scanned code or a ticket",
    responses=SCAN_REFUSALS,
    security="token",
)
def scan(json_data: ScanIn) -> Any:
    """Which of the two it is, in or out, is in the code."""
    with opened_by_code("api"):
        if json_data.ticket is not None:
            return attendance.scan_with_ticket(actor=g.actor, ticket=json_data.ticket, at=clock.now())
        return attendance.scan(actor=g.actor, code=json_data.code or "", at=clock.now(), nonce=json_data.nonce)


@bp.post("/attendance/person-scans")
@need_volunteer("api")
@idempotent
@bp.input(PersonScanIn)
@bp.output(ScanOut)
@bp.doc(
    summary="Leader: check a person in or out by his own code",
    responses=SCAN_REFUSALS,
    security="token",
)
def scan_person(json_data: PersonScanIn) -> Any:
    """Proves person and place; lets people in beyond the quota."""
    with opened_by_code("api"):
        return attendance.scan_person(
            parts=parts(), actor=g.actor, person_code=json_data.code, shift_code=json_data.shift_code,
            direction=json_data.direction, at=clock.now(), nonce=json_data.nonce,
        )  # fmt: skip


@bp.post("/attendance/ticks")
@need_volunteer("api")
@idempotent
@bp.input(TickIn)
@bp.output(ScanOut)
@bp.doc(summary="Leader: tick a person on the list", responses=[400, 401, 403, 404, 409], security="token")
def tick(json_data: TickIn) -> Any:
    """For people without a phone; marked as by hand."""
    return attendance.tick(
        actor=g.actor, shift_code=json_data.shift_code, public_no=json_data.public_no,
        direction=json_data.direction, at=clock.now(), when=json_data.when,
    )  # fmt: skip


@bp.get("/activities/<code>/roster")
@need_volunteer("api")
@bp.output(RosterOut)
@bp.doc(summary="Leader: the list of an activity", responses=[401, 403, 404], security="token")
def show_roster(code: str) -> Any:
    """Who is expected, inside, gone, and what waits for the leader."""
    return roster.roster(actor=g.actor, activity_code=code, at=clock.now())


@bp.post("/activities/<code>/confirm")
@need_volunteer("api")
@idempotent
@bp.input(ConfirmIn)
@bp.output(ConfirmOut)
@bp.doc(summary="Leader: confirm hours", responses=[400, 401, 403, 404, 409], security="token")
def confirm(code: str, json_data: ConfirmIn) -> Any:
    """Never his own; minutes and points enter the books."""
    done = records.confirm(actor=g.actor, activity_code=code, record_ids=json_data.record_ids, at=clock.now())
    skipped = [SkippedOut(record_id=record_id, why=why) for record_id, why in done.skipped]
    return ConfirmOut(
        count=done.count, minutes=done.minutes, points=done.points, class_minutes=done.class_minutes, skipped=skipped
    )


@bp.post("/records/<int:record_id>/naming")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(
    summary="Leader: name a person present",
    responses=[401, 403, 404, 409],
    security="token",
)
def name_present(record_id: int) -> Any:
    """Until then a static code counts nothing."""
    records.name_present(actor=g.actor, record_id=record_id, at=clock.now())
    return "", 204


@bp.post("/records/<int:record_id>/end")
@need_volunteer("api")
@idempotent
@bp.input(EndIn)
@bp.output(CreditedOut)
@bp.doc(summary="Leader: set the end of a record", responses=[400, 401, 403, 404, 409], security="token")
def set_end(record_id: int, json_data: EndIn) -> Any:
    """For a check-out that was forgotten."""
    minutes = records.set_end(
        actor=g.actor, record_id=record_id, out_at=json_data.out_at, reason=json_data.reason, at=clock.now()
    )
    return CreditedOut(minutes=minutes)


@bp.post("/records/<int:record_id>/undo")
@need_volunteer("api")
@idempotent
@bp.input(UndoIn)
@bp.output({}, 204)
@bp.doc(
    summary="Leader: take back a check-in or check-out", responses=[400, 401, 403, 404, 409], security="token"
)
def undo(record_id: int, json_data: UndoIn) -> Any:
    """Nothing is lost: the tries stay, the times go to the history; the person may check in again."""
    undoing.undo(
        actor=g.actor, record_id=record_id, side=json_data.side, reason=json_data.reason, at=clock.now()
    )
    return "", 204


@bp.post("/records/<int:record_id>/void")
@need_volunteer("api")
@idempotent
@bp.input(ReasonIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: annul a record", responses=[400, 401, 403, 404, 409], security="token")
def void(record_id: int, json_data: ReasonIn) -> Any:
    """What it brought is reversed; the row stays."""
    records.void(actor=g.actor, record_id=record_id, reason=json_data.reason, at=clock.now())
    return "", 204


@bp.get("/shifts/<code>/stage/<any('in', 'out'):direction>")
@need_volunteer("api")
@bp.output(StageOut)
@bp.doc(summary="Leader: the rotating code to show now", responses=[401, 403, 404, 409], security="token")
def stage(code: str, direction: str) -> Any:
    """The client draws the QR itself and asks again when it is due."""
    return venue.stage(parts=parts(), actor=g.actor, shift_code=code, direction=direction, at=clock.now())


@bp.get("/me/code")
@need_volunteer("api")
@bp.output(PersonalOut)
@bp.doc(summary="My own code, for the leader to scan", responses=[401, 403], security="token")
def my_code() -> Any:
    """Good for a day, so it works without a network."""
    return venue.person_code(parts=parts(), volunteer_id=me_id(), at=clock.now())


@bp.delete("/me/code")
@need_volunteer("api")
@idempotent
@bp.output({}, 204)
@bp.doc(summary="Take back every code of mine", responses=[401, 403], security="token")
def end_codes() -> Any:
    """Somebody took a picture of it: the next one is good at once, the older ones open nothing any more."""
    revocations.revoke(actor=g.actor, public_no=who().public_no, reason="", at=clock.now())
    return "", 204
