"""我会来: whoever has a place says before the day that he will come, so that the leader knows on whom he can count.

Nobody has to; who says nothing is signed up as before. A move of time or place takes the word back: it was said of
another moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import fn

from models import Activity, ServiceRecord, Shift, Signup, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode

#: Said in the chat it means what begins so soon; on a page it is asked from then on.
SOON = timedelta(hours=36)


def say(*, actor: Actor, shift_code: str, at: datetime) -> None:
    """He will come to this shift; twice is once. Refusals: NOT_FOUND, NOT_SIGNED_UP (no place there, or it is over,
    or he is there)."""

    def act() -> None:
        shift = Shift.get_or_none(Shift.code == shift_code)
        if shift is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        if shift.id not in {each.shift_id for each in _places(actor, at, None)}:
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        _said([shift.id], actor, at)

    store.write(act)


def say_all(*, actor: Actor, at: datetime) -> list[str]:
    """He will come to all that begins within a day and a half: the titles, by start; none where he has no place."""

    def act() -> list[str]:
        places = _places(actor, at, at + SOON)
        _said([each.shift_id for each in places], actor, at)
        return list(dict.fromkeys(each.activity.title for each in places))

    return store.write(act)


def forget(*, activity_id: int, shift_id: int | None = None) -> None:
    """Time or place moved: nobody has said yet that he comes there. Inside the write of the move."""
    where = Signup.activity == activity_id if shift_id is None else Signup.shift == shift_id
    Signup.update(coming_at=None).where(where, Signup.coming_at.is_null(False)).execute()


def _places(actor: Actor, at: datetime, until: datetime | None) -> list[Signup]:
    there = ServiceRecord.select().where(
        ServiceRecord.shift == Signup.shift, ServiceRecord.volunteer == Signup.volunteer, ServiceRecord.state != "void"
    )
    query = (
        Signup.select(Signup, Shift, Activity)
        .join_from(Signup, Shift)
        .join_from(Shift, Activity)
        .where(
            Signup.volunteer == (actor.volunteer_id or 0), Signup.state == "confirmed", Activity.state == "published",
            Shift.ends_at > at, ~fn.EXISTS(there),
        )
        .order_by(Shift.starts_at, Shift.id)
    )  # fmt: skip
    return list(query if until is None else query.where(Shift.starts_at <= until))


def _said(shifts: list[int], actor: Actor, at: datetime) -> None:
    Signup.update(coming_at=at).where(
        Signup.shift.in_(shifts), Signup.volunteer == actor.volunteer_id, Signup.coming_at.is_null()
    ).execute()
