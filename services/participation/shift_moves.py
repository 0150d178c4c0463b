"""A single shift moves within its activity: what was and what is now, told to those of that shift, and read (U13).

The activity's version stays: what waits for the people of other shifts is still true. Reminders of the old time are
taken back, and new ones are made by the new time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from models import Activity, Position, Shift, ShiftChange, ShiftChangeAck, Signup, Volunteer, store
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import notices
from services.participation import coming, late
from services.participation.acting import check_alive, check_not_waiting, held, note
from services.participation.change_facts import TOLD, Change, Reading, fields_of, plain


def move(*, actor: Actor, shift_code: str, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Give one shift of a published activity other times, within the activity's; the same times change nothing.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE (it is over, a draft, or the shift has
    begun), ACTIVITY_WAITING, SHIFT_TIMES (not within the activity, or before now).
    """

    def act() -> None:
        found = Shift.get_or_none(Shift.code == shift_code)
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        activity = held(actor, found.activity.code, at)
        check_alive(activity)
        shift = Shift.get_by_id(found.id)
        if activity.state == "draft" or at >= shift.starts_at:
            raise Refusal(RefusalCode.ACTIVITY_STATE)
        check_not_waiting(activity)
        if not max(activity.starts_at, at) <= starts_at < ends_at <= activity.ends_at:
            raise Refusal(RefusalCode.SHIFT_TIMES)
        new = {"starts_at": starts_at, "ends_at": ends_at}
        changed = {name: [getattr(shift, name), value] for name, value in new.items() if getattr(shift, name) != value}
        if not changed:
            return
        Shift.update(planned_ends_at=ends_at, **new).where(Shift.id == shift.id).execute()
        last = ShiftChange.select(fn.MAX(ShiftChange.number)).where(ShiftChange.shift == shift.id).scalar()
        number = 1 + (last or 0)
        kept = {name: [plain(old), plain(fresh)] for name, (old, fresh) in changed.items()}
        ShiftChange.create(shift=shift, number=number, changes=kept, at=at)
        note(activity.id, "shift_moved", actor, {f"{name}:{shift.code}": pair for name, pair in changed.items()}, at)
        coming.forget(activity_id=activity.id, shift_id=shift.id)
        notices.shift_moved(
            activity=activity, shift_id=shift.id, position=str(shift.position.name), number=number, changes=changed,
            at=at,
        )  # fmt: skip
        late.moved(activity_id=activity.id, actor=actor, at=at)

    store.write(act)


def unread(*, activity_id: int, volunteer_id: int) -> list[Change]:
    """The moves of shifts on whose list this person stands, and that he has not acknowledged, oldest first."""
    acked = ShiftChangeAck.select().where(
        ShiftChangeAck.change == ShiftChange.id, ShiftChangeAck.volunteer == volunteer_id
    )
    rows = _of_shifts(_mine(activity_id, volunteer_id)).where(~fn.EXISTS(acked))
    return [_change(row, read=False) for row in rows]


def read(*, activity_id: int, volunteer_id: int, at: datetime) -> int:
    """Acknowledge them all, inside the caller's write; how many were new."""
    done = {
        row.change_id for row in ShiftChangeAck.select().where(ShiftChangeAck.volunteer == volunteer_id)
    }
    fresh = [row.id for row in _of_shifts(_mine(activity_id, volunteer_id)) if row.id not in done]
    for number in fresh:
        ShiftChangeAck.create(change=number, volunteer=volunteer_id, at=at)
    return len(fresh)


def readings(*, actor: Actor, code: str, at: datetime) -> list[Reading]:
    """For the leader: the last move of each shift that moved, and who has not acknowledged it yet.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    activity = Activity.get_or_none(Activity.code == code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    last: dict[int, Any] = {}
    for row in _of_shifts(Shift.select(Shift.id).where(Shift.activity == activity.id)):
        last[row.shift_id] = row
    return [_reading(row) for row in last.values()]


def _reading(row: Any) -> Reading:
    people = list(
        Volunteer.select(Volunteer.id, Volunteer.public_no, Volunteer.name)
        .join(Signup, on=Signup.volunteer == Volunteer.id)
        .where(Signup.shift == row.shift_id, Signup.state.in_(TOLD), Volunteer.state == "active")
        .distinct()
        .order_by(Volunteer.name, Volunteer.id)
    )
    done = {each.volunteer_id for each in ShiftChangeAck.select().where(ShiftChangeAck.change == row.id)}
    open_ = tuple((each.public_no, each.name) for each in people if each.id not in done)
    return Reading(_change(row, read=True), len(people), len(people) - len(open_), open_)


def _mine(activity_id: int, volunteer_id: int) -> Any:
    return Signup.select(Signup.shift).where(
        Signup.activity == activity_id, Signup.volunteer == volunteer_id, Signup.state.in_(TOLD)
    )


def _of_shifts(shifts: Any) -> Any:
    return (
        ShiftChange.select(ShiftChange, Shift.id, Position.id, Position.name)
        .join(Shift)
        .join(Position)
        .where(ShiftChange.shift.in_(shifts))
        .order_by(ShiftChange.at, ShiftChange.id)
    )


def moved_activities(*, volunteer_id: int, at: datetime) -> Iterable[Any]:
    """Activities still ahead in which a shift of his moved: (id, title)."""
    return list(
        Activity.select(Activity.id, Activity.title)
        .join(Shift, on=Shift.activity == Activity.id)
        .join(ShiftChange, on=ShiftChange.shift == Shift.id)
        .join(Signup, on=Signup.shift == Shift.id)
        .where(Signup.volunteer == volunteer_id, Signup.state.in_(TOLD), Activity.ends_at > at)
        .distinct()
        .order_by(Activity.id)
    )


def _change(row: Any, *, read: bool) -> Change:
    return Change(row.number, row.at, fields_of(row.changes), read, row.shift.position.name)
