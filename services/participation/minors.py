"""Those under 18 who stand for what the law keeps from them since: the activity became dangerous (S58), or the
guardian's word was taken back (S117). Their sign-ups end, the places go on, and each is told why.

Ages are counted on the Shanghai day of the shift, as in `eligibility`; whoever has been there was there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import Activity, ServiceRecord, Shift, Signup, Volunteer
from services.gates import insurance
from services.gates.ages import ADULT_YEARS, agreed, years_on
from services.messaging import places
from services.participation import waitlist
from wording import say

LIVE = ("pending", "waitlisted", "offered", "confirmed")


def leave_danger(*, activity: Activity, at: datetime) -> int:
    """An activity is dangerous now: end what those under 18 have in it, inside the caller's write; how many."""
    if not insurance.dangerous(activity):
        return 0
    return _end(_of_minors(Signup.activity == activity.id, at), "minor_danger", at)


def word_taken_back(*, volunteer_id: int, at: datetime) -> int:
    """A guardian's word counts no more: end what no other one covers, inside the caller's write; how many."""
    rows = _of_minors(Signup.volunteer == volunteer_id, at)
    return _end([row for row in rows if not _covered(row)], "minor_word", at)


def _covered(row: Signup) -> bool:
    day = local_day(row.shift.starts_at)
    return agreed(volunteer_id=row.volunteer_id, activity_id=row.activity_id, day=day)


def _of_minors(whose: Any, at: datetime) -> list[Signup]:
    been = ServiceRecord.select().where(
        ServiceRecord.shift == Signup.shift, ServiceRecord.volunteer == Signup.volunteer, ServiceRecord.state != "void"
    )
    rows = (
        Signup.select(Signup, Shift, Volunteer)
        .join_from(Signup, Shift)
        .join_from(Signup, Volunteer, on=Signup.volunteer)
        .where(
            whose, Signup.state.in_(LIVE), Shift.ends_at > at, Volunteer.birth_date.is_null(False), ~fn.EXISTS(been)
        )
        .order_by(Signup.shift, Signup.id)
    )  # fmt: skip
    return [row for row in rows if _is_minor(row)]


def _is_minor(row: Signup) -> bool:
    born = row.volunteer.birth_date
    return born is not None and years_on(born, local_day(row.shift.starts_at)) < ADULT_YEARS


def _end(rows: list[Signup], why: str, at: datetime) -> int:
    ended = 0
    for row in rows:
        if not waitlist.end(signup=row, reason=say(f"signup.ended.{why}"), at=at, actor=None, verb="signup_ended"):
            continue
        places.tell(
            why, activity_id=row.activity_id, shift_id=row.shift_id, people=[row.volunteer_id], key=str(row.id), at=at
        )
        ended += 1
    return ended
