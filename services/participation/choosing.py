"""What a leader decides about places: yes or no to who asked, an invitation, a training somebody took (审核, 邀请).

Whoever asks never decides his own sign-up (`decisions`). An invitation is an offer like any other: the place is kept,
and nothing is his before he says yes himself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clock import from_millis, local_day, to_millis
from models import History, Shift, Signup, Team, TrainingTick, Volunteer, store
from queries import signups as sql
from queries import waitlist as queue_sql
from services import audit, decisions, permissions
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import notices, places
from services.participation import eligibility
from services.participation.positions import LONGEST_TRAINING, conditions_of

REASON_LENGTH = 200
#: How long an invitation stands; never beyond the start.
INVITATION = timedelta(days=2)


def decide(
    *, actor: Actor, shift_code: str, public_no: str, accept: bool, reason: str = "", clash_reason: str = "",
    at: datetime,
) -> str:  # fmt: skip
    """Say yes or no to somebody who asked; he is told. The state then: confirmed or rejected.

    `clash_reason` lets him in although he is elsewhere at that time. Refusals in order: NOT_FOUND, NOT_ALLOWED,
    OWN_RECORD; APPLICATION_STATE (decided, or taken back); REASON_REQUIRED for a no; for a yes ACTIVITY_CANCELLED and
    those of `eligibility`, SHIFT_FULL.
    """
    shift, person = _party(actor, shift_code, public_no, at)
    why = reason.strip()[:REASON_LENGTH]

    def act() -> str:
        queue_sql.hold(shift.id)
        row = Signup.get_or_none(Signup.shift == shift.id, Signup.volunteer == person.id)
        if row is None or row.state != "pending":
            raise Refusal(RefusalCode.APPLICATION_STATE)
        if not accept and not why:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        if accept:
            _check(shift, person, clash_reason, at)
            if not queue_sql.take_place(shift.id):
                raise Refusal(RefusalCode.SHIFT_FULL)
        state = "confirmed" if accept else "rejected"
        Signup.update(
            state=state, decided_by=actor.volunteer_id, reason=why, updated_at=at,
            clash_reason=clash_reason.strip()[:REASON_LENGTH] if accept else "",
        ).where(Signup.id == row.id).execute()  # fmt: skip
        _note(row.id, actor, f"signup_{state}", ["pending", state], why or clash_reason.strip(), at)
        places.tell(
            f"signup_{state}", activity_id=shift.activity_id, shift_id=shift.id, people=[person.id],
            key=f"{row.id}:{to_millis(at)}", at=at, when=notices.when(shift.starts_at), reason=why,
        )  # fmt: skip
        return state

    return store.write(act)


def invite(*, actor: Actor, shift_code: str, public_no: str, clash_reason: str = "", at: datetime) -> datetime:
    """Offer somebody a place; until when it stands. He says yes himself (`signups.claim`), or nothing comes of it.

    Invited a second time while the offer stands, it is the first one. Refusals in order: NOT_FOUND, NOT_ALLOWED;
    ACTIVITY_CANCELLED, SIGNUP_CLOSED (it has begun); APPLICATION_STATE (he has a place, waits or asked already);
    SIGNUP_BARRED; those of `eligibility`; SHIFT_FULL.
    """
    shift = _led_shift(actor, shift_code, at)
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)

    def act() -> datetime:
        held = queue_sql.hold(shift.id)
        if held is None or held.activity_state != "published":
            raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
        if to_millis(at) >= held.starts_at:
            raise Refusal(RefusalCode.SIGNUP_CLOSED)
        row = Signup.get_or_none(Signup.shift == shift.id, Signup.volunteer == person.id)
        if row is not None and row.state == "offered" and row.invited_by_id is not None:
            return row.offer_until or at
        if row is not None and row.state in ("pending", "waitlisted", "offered", "confirmed"):
            raise Refusal(RefusalCode.APPLICATION_STATE)
        _check(shift, person, clash_reason, at)
        until: datetime = min(at + INVITATION, shift.starts_at)
        number = sql.put(
            shift_id=shift.id, activity_id=shift.activity_id, volunteer_id=person.id, state="offered", risk_version="",
            channel="invitation", now=to_millis(at),
        )  # fmt: skip
        if not queue_sql.take_place(shift.id):
            raise Refusal(RefusalCode.SHIFT_FULL)
        Signup.update(
            invited_by=actor.volunteer_id, offered_at=at, offer_until=until,
            clash_reason=clash_reason.strip()[:REASON_LENGTH],
        ).where(Signup.id == number).execute()  # fmt: skip
        _note(number or 0, actor, "invited", ["", "offered"], clash_reason.strip(), at)
        places.tell(
            "place_invited", activity_id=shift.activity_id, shift_id=shift.id, people=[person.id],
            key=f"{number}:{to_millis(at)}", at=at, expires_at=until, when=notices.when(shift.starts_at),
            until=notices.when(until),
        )  # fmt: skip
        return until

    return store.write(act)


def tick_training(*, actor: Actor, shift_code: str, public_no: str, name: str, at: datetime) -> None:
    """Say that somebody took a training the shift's position asks for; said twice it is kept once.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (his own), FIELD_WRONG (`training`: the position asks no such one).
    """
    shift, person = _party(actor, shift_code, public_no, at)
    wanted = name.strip()
    if not 0 < len(wanted) <= LONGEST_TRAINING or wanted not in conditions_of(shift.position.conditions).trainings:
        raise Refusal(RefusalCode.FIELD_WRONG, field="training")

    def act() -> None:
        known = TrainingTick.select().where(TrainingTick.volunteer == person.id, TrainingTick.name == wanted)
        if not known.exists():
            TrainingTick.insert(
                volunteer=person.id, name=wanted, actor=actor.volunteer_id, at=at
            ).on_conflict_ignore().execute()  # two taps at once
            audit.changed(
                actor=actor, verb="training_ticked", subject=f"volunteer:{person.id}",
                changes={"training": ["", wanted]}, at=at,
            )  # fmt: skip

    store.write(act)


def _led_shift(actor: Actor, shift_code: str, at: datetime) -> Shift:
    shift = Shift.get_or_none(Shift.code == shift_code)
    if shift is None or shift.activity.state == "draft":
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=shift.activity.team_id, at=at)
    assert isinstance(shift, Shift)
    return shift


def _party(actor: Actor, shift_code: str, public_no: str, at: datetime) -> tuple[Shift, Volunteer]:
    """The shift and the person it is about, for one who leads the team and is not that person."""
    shift = _led_shift(actor, shift_code, at)
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state == "active")
    if person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    team = Team.get_by_id(shift.activity.team_id)
    decisions.require_decider(
        actor=actor, region_code=team.region_code, team_id=team.id, parties=(person.id,), at=at
    )
    return shift, person


def _check(shift: Shift, person: Volunteer, clash_reason: str, at: datetime) -> None:
    """What the law and the position say, and where else he is; a long day is his own choice."""
    found = sql.standing(shift_code=shift.code, volunteer_id=person.id, now=to_millis(at))
    if found is None or found.activity_state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
    bar = sql.bar(volunteer_id=person.id, now=to_millis(at)) if found.barred else None
    if bar is not None:
        raise Refusal(
            RefusalCode.SIGNUP_BARRED, reason=bar[0], until=local_day(from_millis(bar[1])).isoformat()
        )
    eligibility.check_age(found, volunteer_id=person.id)
    eligibility.check_conditions(found, volunteer_id=person.id)
    eligibility.check_time(
        found, volunteer_id=person.id, load_accepted=True, let_clash=bool(clash_reason.strip()), at=at
    )
    eligibility.check_cover(found)


def _note(signup_id: int, actor: Actor, verb: str, change: list[str], reason: str, at: datetime) -> None:
    History.create(
        subject=f"signup:{signup_id}", verb=verb, actor=actor.volunteer_id, changes={"state": change}, reason=reason,
        at=at,
    )  # fmt: skip
