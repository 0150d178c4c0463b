"""Signing up for a shift and leaving it again (报名, 候补, 确认名额, 取消报名).

A place is taken by a guarded update inside the transaction that writes the sign-up, so a quota holds exactly,
however many ask at once. A second sign-up of the same person is the first one's answer. The queue is `waitlist`,
what a leader decides is `choosing`, who may come at all is `eligibility`.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import Activity, History, Signup, Volunteer, store
from queries import signups as sql
from queries import waitlist as queue_sql
from services import limits
from services.accounts import consents
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.gates import agreements
from services.messaging import places
from services.messaging.notices import when
from services.participation import eligibility, waitlist

REASON_LENGTH = 200
#: Sign-ups of one account in a minute: nobody reads and taps as fast.
MOST, SECONDS = 60, 60


@dataclass(frozen=True, slots=True)
class SignupView:
    """A person's place in a shift; moments are aware UTC.

    `state`: confirmed, pending (a leader decides), waitlisted (`place` in the queue, from 1), offered (until
    `offer_until`), cancelled. `late`: cancelled after the deadline.
    """

    state: str
    shift_code: str
    activity_code: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    in_line: int | None = None
    offer_until: datetime | None = None
    late: bool = False


def risk_version(risk_notice: str) -> str:
    """A short mark of the very text that was accepted: an edited notice gets another mark."""
    return hashlib.sha256(risk_notice.encode()).hexdigest()[:12]


def sign_up(
    *, actor: Actor, shift_code: str, risk_accepted: bool, channel: str, at: datetime, queue: bool = False,
    load_accepted: bool = False, agreement_accepted: bool = False, clash_reason: str = "",
) -> SignupView:  # fmt: skip
    """Take a place in a shift for the actor himself (hot path: three statements in one transaction).

    Where the leader chooses, the answer is pending; where it is full, `queue` puts him on the wait-list; a place that
    is offered to him is claimed. `clash_reason`: why he may come although he stands elsewhere at that time (an urgent
    call). Refusals in order: NOT_REGISTERED, TOO_MANY_TRIES; ACCOUNT_CLOSED; NOT_FOUND, ACTIVITY_CANCELLED;
    SIGNUP_NOT_OPEN (fact `opens`, Shanghai time), SIGNUP_CLOSED; SIGNUP_BARRED (facts `reason`, `until`); TEAM_ONLY,
    AREA_ONLY; CONSENT_WITHDRAWN, CONSENT_CHANGED (`title`, of the service); INVITE_ONLY; those of
    `eligibility.check_age`, `check_conditions`, `check_time`, `check_cover`;
    RISK_NOT_ACCEPTED, AGREEMENT_REQUIRED; SHIFT_FULL. Whoever stands there already gets the same answer whatever has
    closed since, unless the activity was cancelled.
    """
    volunteer_id = _registered(actor)
    limits.here(key=f"sign_up|{volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    now = to_millis(at)

    def act() -> SignupView:
        found = _found(shift_code, volunteer_id, now)
        if found.signup == "offered":
            return _claim(found, actor, volunteer_id, at, risk_accepted, load_accepted, agreement_accepted)
        if found.signup in ("confirmed", "pending", "waitlisted"):
            return _view(found, found.signup)
        _check_window(found, now)
        _check_bar(found, volunteer_id, now)
        _check_openness(found)
        consents.check(purpose=consents.SERVICE, said=found.agreed)
        if found.joining == "invite":
            raise Refusal(RefusalCode.INVITE_ONLY)
        found = found._replace(clash_reason=clash_reason or found.clash_reason)
        _check_fit(found, actor, volunteer_id, at, risk_accepted, load_accepted, agreement_accepted)
        state = "pending" if found.joining == "approval" else "confirmed"
        signup_id = sql.put(
            shift_id=found.shift_id, activity_id=found.activity_id, volunteer_id=volunteer_id, state=state,
            risk_version=risk_version(found.risk_notice), channel=channel, now=now,
        )  # fmt: skip
        if signup_id is None:  # another tap of his own was first
            again = _found(shift_code, volunteer_id, now)
            return _view(again, str(again.signup))
        if state == "confirmed" and not sql.take_place(found.shift_id):
            state = _queued(found, signup_id, queue, now)
        if clash_reason:
            Signup.update(clash_reason=clash_reason[:REASON_LENGTH]).where(Signup.id == signup_id).execute()
        if found.signup is not None:
            _note(signup_id, actor, "signed_up_again", [found.signup, state], "", at)
        if state == "pending":
            _tell_leaders(found, signup_id, volunteer_id, at)
        return _view(found._replace(signup_id=signup_id), state)

    return store.write(act)


def _found(shift_code: str, volunteer_id: int, now: int) -> sql.Standing:
    found = sql.standing(shift_code=shift_code, volunteer_id=volunteer_id, now=now)
    if found is None:
        _check_person(sql.person_state(volunteer_id))
        raise Refusal(RefusalCode.NOT_FOUND)
    _check_person(found.person_state)
    _check_activity(found)
    return found


def _queued(found: sql.Standing, signup_id: int, queue: bool, now: int) -> str:
    """Full: wait, if he said so. The shift is held, so no place comes free between the looking and the queueing."""
    if not queue:
        raise Refusal(RefusalCode.SHIFT_FULL)
    queue_sql.hold(found.shift_id)
    if sql.take_place(found.shift_id):
        return "confirmed"
    queue_sql.queue(signup_id=signup_id, now=now)
    return "waitlisted"


def claim(
    *, actor: Actor, shift_code: str, risk_accepted: bool, at: datetime, load_accepted: bool = False,
    agreement_accepted: bool = False,
) -> SignupView:  # fmt: skip
    """Say yes to a place that is offered, after a wait or by a leader's invitation. A second yes is the first one's.

    Refusals in order: NOT_REGISTERED, ACCOUNT_CLOSED, NOT_FOUND, ACTIVITY_CANCELLED; NOT_OFFERED; OFFER_OVER (the clock
    gives the place to the next); then as `sign_up` from SIGNUP_BARRED on.
    """
    volunteer_id = _registered(actor)

    def act() -> SignupView:
        found = _found(shift_code, volunteer_id, to_millis(at))
        if found.signup == "confirmed":
            return _view(found, "confirmed")
        if found.signup != "offered":
            raise Refusal(RefusalCode.NOT_OFFERED)
        return _claim(found, actor, volunteer_id, at, risk_accepted, load_accepted, agreement_accepted)

    return store.write(act)


def _claim(
    found: sql.Standing, actor: Actor, volunteer_id: int, at: datetime, risk: bool, load: bool, agreement: bool
) -> SignupView:
    now = to_millis(at)
    if found.offer_until is not None and now >= found.offer_until:
        raise Refusal(RefusalCode.OFFER_OVER)  # the worker gives it to the next
    _check_bar(found, volunteer_id, now)
    _check_fit(found, actor, volunteer_id, at, risk, load, agreement)
    waitlist.claim(
        signup_id=found.signup_id or 0, shift_id=found.shift_id, actor=actor,
        risk_version=risk_version(found.risk_notice), at=at,
    )  # fmt: skip
    return _view(found, "confirmed")


def _check_fit(
    found: sql.Standing, actor: Actor, volunteer_id: int, at: datetime, risk: bool, load: bool, agreement: bool
) -> None:
    """What the law, the position and his day say; then what he has to say yes to."""
    eligibility.check_age(found, volunteer_id=volunteer_id)
    eligibility.check_conditions(found, volunteer_id=volunteer_id)
    eligibility.check_time(
        found, volunteer_id=volunteer_id, load_accepted=load, let_clash=bool(found.clash_reason), at=at
    )
    eligibility.check_cover(found)
    if not risk:
        raise Refusal(RefusalCode.RISK_NOT_ACCEPTED)
    if found.agreement:
        activity = Activity.get_by_id(found.activity_id)
        text = agreements.agreement_of(activity=activity, volunteer_id=volunteer_id)
        if text is not None and not text.accepted:
            if not agreement:
                raise Refusal(RefusalCode.AGREEMENT_REQUIRED)
            agreements.keep(actor=actor, activity=activity, version=text.version, at=at)


def hindrance(*, shift_code: str, volunteer_id: int, at: datetime) -> Refusal | None:
    """What would keep somebody from this shift whatever he says yes to, so that he hears of it before he tries: a bar,
    who may join, age, what the position asks, another place at that time. None if nothing does; nothing is written."""
    found = sql.standing(shift_code=shift_code, volunteer_id=volunteer_id, now=to_millis(at), hold=False)
    if found is None:
        return None
    try:
        _check_bar(found, volunteer_id, to_millis(at))
        _check_openness(found)
        eligibility.check_age(found, volunteer_id=volunteer_id)
        eligibility.check_conditions(found, volunteer_id=volunteer_id)
        eligibility.check_time(
            found, volunteer_id=volunteer_id, load_accepted=True, let_clash=bool(found.clash_reason), at=at
        )
        eligibility.check_cover(found)
    except Refusal as no:
        return no
    return None


def acknowledge_risk(*, actor: Actor, shift_code: str, at: datetime) -> str:
    """Read the safety notice again after it changed; the version that now stands beside his name.

    Refusals: NOT_REGISTERED, ACCOUNT_CLOSED, NOT_FOUND, ACTIVITY_CANCELLED, NOT_SIGNED_UP.
    """
    volunteer_id = _registered(actor)

    def act() -> str:
        found = _found(shift_code, volunteer_id, to_millis(at))
        if found.signup not in ("confirmed", "pending", "waitlisted", "offered"):
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        version = risk_version(found.risk_notice)
        if found.risk_seen != version:
            Signup.update(risk_version=version, updated_at=at).where(Signup.id == found.signup_id).execute()
            _note(found.signup_id or 0, actor, "risk_read_again", [found.risk_seen or "", version], "", at)
        return version

    return store.write(act)


def cancel(*, actor: Actor, shift_code: str, at: datetime, reason: str = "") -> SignupView:
    """Give up the actor's own place, or his place in the queue, or say no to an offer: what is free goes on at once.

    Inside the activity's `cancel_hours` before the start a confirmed place is given back with a reason, marked late,
    and the leaders are told at once. Refusals in order: NOT_REGISTERED, NOT_FOUND, ALREADY_CHECKED_IN (someone who has
    been there was there), NOT_SIGNED_UP, REASON_REQUIRED. Cancelling a second time is the first one's answer.
    """
    volunteer_id = _registered(actor)

    def act() -> SignupView:
        found = sql.standing(shift_code=shift_code, volunteer_id=volunteer_id, now=to_millis(at))
        if found is None or found.activity_state == "draft":
            raise Refusal(RefusalCode.NOT_FOUND)
        if found.checked_in:
            raise Refusal(RefusalCode.ALREADY_CHECKED_IN)
        if found.signup is None:
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        note = reason.strip()[:REASON_LENGTH]
        late = found.signup == "confirmed" and is_late(found, at)
        if late and not note:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        row = Signup.get_by_id(found.signup_id)
        ended = waitlist.end(signup=row, reason=note, at=at, actor=actor, verb="signup_cancelled", late=late)
        if ended and late:
            places.tell_leaders(
                "late_cancel", activity_id=found.activity_id, shift_id=found.shift_id,
                key=f"{found.signup_id}:{to_millis(at)}", at=at, name=Volunteer.get_by_id(volunteer_id).name,
                reason=note,
            )  # fmt: skip
        return replace(_view(found, "cancelled"), late=late)

    return store.write(act)


def is_late(found: sql.Standing, at: datetime) -> bool:
    """Whether the time to give a place back without a word is over: for a shift of an activity still to come."""
    deadline = from_millis(found.starts_at) - timedelta(hours=found.cancel_hours)
    return found.activity_state == "published" and deadline < at < from_millis(found.ends_at)


def _registered(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    return actor.volunteer_id


def _check_person(state: str | None) -> None:
    if state is None or state == "invited":
        raise Refusal(RefusalCode.NOT_REGISTERED)
    if state != "active":
        raise Refusal(RefusalCode.ACCOUNT_CLOSED)


def _check_activity(found: sql.Standing) -> None:
    if found.activity_state == "draft":
        raise Refusal(RefusalCode.NOT_FOUND)
    if found.activity_state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED)


def _check_window(found: sql.Standing, now: int) -> None:
    if now < found.opens_at:
        raise Refusal(RefusalCode.SIGNUP_NOT_OPEN, opens=when(from_millis(found.opens_at)))
    if now >= min(found.closes_at, found.ends_at) or found.activity_state == "ended":
        raise Refusal(RefusalCode.SIGNUP_CLOSED)


def _check_bar(found: sql.Standing, volunteer_id: int, now: int) -> None:
    bar = sql.bar(volunteer_id=volunteer_id, now=now) if found.barred else None
    if bar is not None:
        raise Refusal(
            RefusalCode.SIGNUP_BARRED, reason=bar[0], until=local_day(from_millis(bar[1])).isoformat()
        )


def _check_openness(found: sql.Standing) -> None:
    if found.openness == "team" and not found.member:
        raise Refusal(RefusalCode.TEAM_ONLY)
    if found.openness == "area" and not (found.member or found.in_area):
        raise Refusal(RefusalCode.AREA_ONLY)


def _tell_leaders(found: sql.Standing, signup_id: int, volunteer_id: int, at: datetime) -> None:
    places.tell_leaders(
        "signup_waiting", activity_id=found.activity_id, shift_id=found.shift_id, key=f"{signup_id}:{to_millis(at)}",
        at=at, name=Volunteer.get_by_id(volunteer_id).name,
    )  # fmt: skip


def _note(signup_id: int, actor: Actor, verb: str, change: list[str], reason: str, at: datetime) -> None:
    History.create(
        subject=f"signup:{signup_id}",
        verb=verb,
        actor=actor.volunteer_id,
        changes={"state": change},
        reason=reason,
        at=at,
    )


def _view(found: sql.Standing, state: str) -> SignupView:
    waits = state == "waitlisted" and found.signup_id is not None
    return SignupView(
        state=state,
        shift_code=found.shift_code,
        activity_code=found.activity_code,
        title=found.title,
        place=found.place,
        starts_at=from_millis(found.starts_at),
        ends_at=from_millis(found.ends_at),
        in_line=queue_sql.place_in_line(found.signup_id or 0) if waits else None,
        offer_until=from_millis(found.offer_until) if state == "offered" and found.offer_until else None,
    )
