"""What became of a place: came, did not come, excused, left early (U8).

Marks of the leader after the end, each its own word, each undone like it was set; the person is told. No mark takes an
hour away from anybody (U9).
"""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from models import History, ServiceRecord, Shift, Signup, Team, Volunteer, store
from services import decisions, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import places
from wording import say

#: With a record of his one was there; without one he was not.
THERE, AWAY = ("present", "left_early"), ("absent", "excused")
NOTE_LENGTH = 200


def word(outcome: str) -> str:
    """A mark in its own word; "" for none."""
    return say(f"signup.outcomes.{outcome}") if outcome else ""


def mark(*, actor: Actor, shift_code: str, public_no: str, outcome: str, note: str = "", at: datetime) -> None:
    """Set a mark, another one, or none (`outcome` ""). The same twice changes nothing.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, OWN_RECORD; BAD_REQUEST (no such mark); STILL_RUNNING (the shift is not
    over, see `is_over`); NOT_SIGNED_UP (he had no place); RECORD_STATE (absent though he checked in, or there though
    he did not).
    """
    shift = Shift.get_or_none(Shift.code == shift_code)
    person = Volunteer.get_or_none(Volunteer.public_no == public_no)
    if shift is None or person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    team = Team.get_by_id(shift.activity.team_id)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    decisions.require_decider(
        actor=actor, region_code=team.region_code, team_id=team.id, parties=(person.id,), at=at
    )
    if outcome not in ("", *THERE, *AWAY):
        raise Refusal(RefusalCode.BAD_REQUEST, why="outcome")
    if not is_over(shift.starts_at, shift.ends_at, shift.activity.ended_at, at):
        raise Refusal(RefusalCode.STILL_RUNNING)
    words = note.strip()[:NOTE_LENGTH]

    def act() -> None:
        row = Signup.get_or_none(Signup.shift == shift.id, Signup.volunteer == person.id)
        if row is None or row.state != "confirmed":
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        was_there = (
            ServiceRecord.select()
            .where(
                ServiceRecord.shift == shift.id, ServiceRecord.volunteer == person.id, ServiceRecord.state != "void"
            )
            .exists()
        )
        if outcome in (AWAY if was_there else THERE):
            raise Refusal(RefusalCode.RECORD_STATE)
        if (row.outcome or "") == outcome:
            return
        _put(row, outcome, words, actor, at)

    store.write(act)


def _put(row: Signup, outcome: str, note: str, actor: Actor, at: datetime) -> None:
    old = row.outcome or ""
    Signup.update(
        outcome=outcome or None, outcome_by=actor.volunteer_id, outcome_note=note, outcome_at=at, updated_at=at
    ).where(Signup.id == row.id).execute()
    History.create(
        subject=f"signup:{row.id}", verb="outcome", actor=actor.volunteer_id, changes={"outcome": [old, outcome]},
        reason=note, at=at,
    )  # fmt: skip
    _tell(row, old, outcome, note, at)


def came(*, shift_id: int, volunteer_id: int, actor: Actor, at: datetime) -> None:
    """A check-in, perhaps a late one, of somebody marked as not come or excused: the mark goes, he is told.

    Inside the write that checks him in.
    """
    row = Signup.get_or_none(Signup.shift == shift_id, Signup.volunteer == volunteer_id, Signup.outcome.in_(AWAY))
    if row is not None:
        _put(row, "", "", actor, at)


def is_over(starts_at: datetime, ends_at: datetime, ended_at: datetime | None, at: datetime) -> bool:
    """Whether a shift is over: past its end, or begun when its leader ended the activity."""
    return ends_at <= at or (ended_at is not None and starts_at <= ended_at)


def _tell(row: Signup, old: str, new: str, note: str, at: datetime) -> None:
    kind = "outcome_set" if new else "outcome_undone"
    places.tell(
        kind, activity_id=row.activity_id, shift_id=row.shift_id, people=[row.volunteer_id],
        key=f"{row.id}:{to_millis(at)}", at=at,
        outcome=word(new or old), note=say("signup.note", note=note) if note else "",
    )  # fmt: skip
