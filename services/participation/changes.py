"""Time or place has moved (U13): what was and what is now, told to everybody who has signed up or waits, and read.

Moves of a single shift are kept in `shift_moves`; whoever acknowledges, acknowledges both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import fn

from models import Activity, ActivityChange, ChangeAck, Signup, Volunteer, store
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import notices
from services.participation import coming, shift_moves
from services.participation.change_facts import MOVES, TOLD, Change, Reading, fields_of, plain


def record(
    *, activity: Activity, old: Mapping[str, Any], new: Mapping[str, Any], actor: Actor, at: datetime
) -> None:
    """Keep the move and tell everybody; inside the write that moved it. `activity` has its new version already.

    Whoever moved it, if he stands on its list, has read it.
    """
    shown = {field: [plain(old[field]), plain(new[field])] for field in MOVES if field in new}
    made = ActivityChange.create(activity=activity, version=activity.version, changes=shown, at=at)
    if _stands(activity, actor.volunteer_id):
        ChangeAck.create(change=made, volunteer=actor.volunteer_id, at=at)
    coming.forget(activity_id=activity.id)
    notices.activity_changed(activity=activity, old=old, new=new, at=at)


def acknowledge(*, actor: Actor, code: str, at: datetime) -> int:
    """知道了: every move of this activity, and of his shifts, so far is read; how many were new. Twice is once.

    Refusals: NOT_FOUND, NOT_SIGNED_UP (he stands on no list of it).
    """

    def act() -> int:
        activity = Activity.get_or_none(Activity.code == code)
        if activity is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        if not _stands(activity, actor.volunteer_id):
            raise Refusal(RefusalCode.NOT_SIGNED_UP)
        return _read(activity.id, actor, at)

    return store.write(act)


def acknowledge_all(*, actor: Actor, at: datetime) -> list[str]:
    """知道了, said in the chat: everything that moved and still lies ahead; the titles of what he had not read."""

    def act() -> list[str]:
        mine = (
            Activity.select(Activity.id, Activity.title)
            .join(Signup, on=Signup.activity == Activity.id)
            .where(
                Signup.volunteer == (actor.volunteer_id or 0), Signup.state.in_(TOLD), Activity.ends_at > at,
                Activity.version > 1,
            )
            .distinct()
            .order_by(Activity.id)
        )  # fmt: skip
        moved = {each.id: each.title for each in mine}
        moved |= {
            each.id: each.title
            for each in shift_moves.moved_activities(volunteer_id=actor.volunteer_id or 0, at=at)
        }
        return [title for number, title in sorted(moved.items()) if _read(number, actor, at)]

    return store.write(act)


def _stands(activity: Activity, volunteer_id: int | None) -> bool:
    listed = Signup.select().where(
        Signup.activity == activity.id, Signup.volunteer == (volunteer_id or 0), Signup.state.in_(TOLD)
    )
    return bool(listed.exists())


def _read(activity_id: int, actor: Actor, at: datetime) -> int:
    moves = ActivityChange.select(ActivityChange.id).where(ActivityChange.activity == activity_id)
    done = {
        row.change_id for row in ChangeAck.select().where(
            ChangeAck.change.in_(moves), ChangeAck.volunteer == actor.volunteer_id
        )
    }  # fmt: skip
    fresh = [row.id for row in moves if row.id not in done]
    for number in fresh:
        ChangeAck.create(change=number, volunteer=actor.volunteer_id, at=at)
    return len(fresh) + shift_moves.read(activity_id=activity_id, volunteer_id=actor.volunteer_id or 0, at=at)


def mine(*, actor: Actor, code: str) -> list[Change]:
    """What moved and the actor has not acknowledged, oldest first; NOT_FOUND."""
    activity = Activity.get_or_none(Activity.code == code, Activity.state != "draft")
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return unread(activity_id=activity.id, volunteer_id=actor.volunteer_id)


def unread(*, activity_id: int, volunteer_id: int | None) -> list[Change]:
    """The moves of an activity that this person is told of and has not acknowledged, oldest first."""
    if volunteer_id is None or not _stands(Activity.get_by_id(activity_id), volunteer_id):
        return []
    acked = ChangeAck.select().where(
        ChangeAck.change == ActivityChange.id, ChangeAck.volunteer == volunteer_id
    )
    query = ActivityChange.select().where(ActivityChange.activity == activity_id, ~fn.EXISTS(acked))
    found = [_change(row, read=False) for row in query.order_by(ActivityChange.version)]
    found += shift_moves.unread(activity_id=activity_id, volunteer_id=volunteer_id)
    return sorted(found, key=lambda each: each.at)


def _change(row: ActivityChange, *, read: bool) -> Change:
    return Change(row.version, row.at, fields_of(row.changes), read)


def reading(*, actor: Actor, code: str, at: datetime) -> Reading | None:
    """For the leader: the last move, and who has not acknowledged it yet; None where nothing moved.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    activity = Activity.get_or_none(Activity.code == code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    last = (
        ActivityChange.select()
        .where(ActivityChange.activity == activity.id)
        .order_by(ActivityChange.version.desc())
        .first()
    )
    if last is None:
        return None
    people = (
        Volunteer.select(Volunteer.id, Volunteer.public_no, Volunteer.name)
        .join(Signup, on=Signup.volunteer == Volunteer.id)
        .where(Signup.activity == activity.id, Signup.state.in_(TOLD), Volunteer.state == "active")
        .distinct()
        .order_by(Volunteer.name, Volunteer.id)
    )
    read = {row.volunteer_id for row in ChangeAck.select().where(ChangeAck.change == last.id)}
    listed = list(people)
    open_ = tuple((each.public_no, each.name) for each in listed if each.id not in read)
    return Reading(_change(last, read=True), len(listed), len(listed) - len(open_), open_)
