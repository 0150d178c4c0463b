"""Signing up for a shift and leaving it again (报名, 取消报名).

A place is taken by a guarded update inside the transaction that writes the sign-up, so a quota holds exactly,
however many ask at once. A second sign-up of the same person is the first one's answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from clock import SHANGHAI, from_millis, local_day, to_millis
from models import History, store
from queries import signups as sql
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import outbox
from services.participation import domains

ADULT_YEARS = 18
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SignupView:
    """A person's place in a shift: `state` is confirmed or cancelled; moments are aware UTC."""

    state: str
    shift_code: str
    activity_code: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime


def risk_version(risk_notice: str) -> str:
    """A short mark of the very text that was accepted: an edited notice gets another mark."""
    return hashlib.sha256(risk_notice.encode()).hexdigest()[:12]


def sign_up(*, actor: Actor, shift_code: str, risk_accepted: bool, channel: str, at: datetime) -> SignupView:
    """Take a place in a shift for the actor himself (hot path: three statements in one transaction).

    Refusals in order: NOT_REGISTERED, ACCOUNT_CLOSED; NOT_FOUND, ACTIVITY_CANCELLED; SIGNUP_NOT_OPEN (fact
    `opens`, Shanghai time), SIGNUP_CLOSED; TEAM_ONLY, AREA_ONLY; ADULTS_ONLY for dangerous service (S58);
    RISK_NOT_ACCEPTED; SHIFT_FULL. Whoever has the place already gets the same answer whatever has closed
    since, unless the activity was cancelled.
    """
    volunteer_id = _registered(actor)
    now = to_millis(at)

    def act() -> SignupView:
        found = sql.standing(shift_code=shift_code, volunteer_id=volunteer_id)
        if found is None:
            _check_person(sql.person_state(volunteer_id))
            raise Refusal(RefusalCode.NOT_FOUND)
        _check_person(found.person_state)
        _check_activity(found)
        if found.signup == "confirmed":
            return _view(found, "confirmed")
        _check_window(found, now)
        _check_openness(found)
        _check_age(found, local_day(from_millis(found.starts_at)))
        if not risk_accepted:
            raise Refusal(RefusalCode.RISK_NOT_ACCEPTED)
        signup_id = sql.confirm(
            shift_id=found.shift_id,
            activity_id=found.activity_id,
            volunteer_id=volunteer_id,
            risk_version=risk_version(found.risk_notice),
            channel=channel,
            now=now,
        )
        if signup_id is not None:
            if not sql.take_place(found.shift_id):
                raise Refusal(RefusalCode.SHIFT_FULL)
            if found.signup is not None:
                _note(signup_id, actor, "signed_up_again", [found.signup, "confirmed"], "", at)
        return _view(found, "confirmed")

    return store.write(act)


def cancel(*, actor: Actor, shift_code: str, at: datetime, reason: str = "") -> SignupView:
    """Give up the actor's own place: it is free at once, and nothing queued for it is sent any more.

    Refusals in order: NOT_REGISTERED, NOT_FOUND, ALREADY_CHECKED_IN (someone who has been there was there),
    NOT_SIGNED_UP. Cancelling a second time is the first one's answer.
    """
    volunteer_id = _registered(actor)

    def act() -> SignupView:
        found = sql.standing(shift_code=shift_code, volunteer_id=volunteer_id)
        if found is None or found.activity_state == "draft":
            raise Refusal(RefusalCode.NOT_FOUND)
        if found.checked_in:
            raise Refusal(RefusalCode.ALREADY_CHECKED_IN)
        if found.signup is None:
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        note = reason.strip()[:REASON_LENGTH]
        left = sql.leave(shift_id=found.shift_id, volunteer_id=volunteer_id, reason=note, now=to_millis(at))
        if left is not None:
            sql.free_place(found.shift_id)
            outbox.withdraw(shift_id=found.shift_id, volunteer_id=volunteer_id, at=at)
            _note(left, actor, "signup_cancelled", ["confirmed", "cancelled"], note, at)
        return _view(found, "cancelled")

    return store.write(act)


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
        opens = from_millis(found.opens_at).astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        raise Refusal(RefusalCode.SIGNUP_NOT_OPEN, opens=opens)
    if now >= min(found.closes_at, found.ends_at) or found.activity_state == "ended":
        raise Refusal(RefusalCode.SIGNUP_CLOSED)


def _check_openness(found: sql.Standing) -> None:
    if found.openness == "team" and not found.member:
        raise Refusal(RefusalCode.TEAM_ONLY)
    if found.openness == "area" and not (found.member or found.in_area):
        raise Refusal(RefusalCode.AREA_ONLY)


def _check_age(found: sql.Standing, day: date) -> None:
    """Nobody under 18 on the day serves in danger; an unknown birth date does not bar a registered adult."""
    if not found.birth_date or not domains.is_danger(found.domain, found.sub_domain):
        return
    born = date.fromisoformat(found.birth_date)
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if years < ADULT_YEARS:
        raise Refusal(RefusalCode.ADULTS_ONLY)


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
    return SignupView(
        state=state,
        shift_code=found.shift_code,
        activity_code=found.activity_code,
        title=found.title,
        place=found.place,
        starts_at=from_millis(found.starts_at),
        ends_at=from_millis(found.ends_at),
    )
