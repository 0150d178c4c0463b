"""A task that takes longer than the call: its end moves on within a day, or the next shift is called for (S43).

A day and night are the most that one call, and one activity, lasts: then other people come. The next shift's call is
written from this one; who is on duty comes off it tired, so rested teams go before.
"""

from __future__ import annotations

from datetime import datetime

from models import Activity, Dispatch, PersonCall, Shift, Signup, TeamCall, store
from services.actors import Actor
from services.dispatch import calls, saying
from services.dispatch.answers import leaders_of
from services.dispatch.calls import CallDraft
from services.dispatch.holding import found, held_calling, note, require_command
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from services.messaging import notices
from services.participation import acting
from services.participation.activity_drafts import LONGEST

C = RefusalCode
#: Shifts that a report looks back at.
MOST_BEFORE = 60


def prolong(*, actor: Actor, code: str, ends_at: datetime, at: datetime) -> None:
    """Move the end of a running call, and with it that of its teams' activities; who said yes hears of it, and goes
    when he wants to, as ever.

    Refusals in order: NOT_FOUND, DISPATCH_CLOSED, those of `require_command`, FIELD_WRONG (`ends_at`: not later than
    it was, or more than 24 hours in all), INSURANCE_ENDS (a team's cover ends before).
    """

    def act() -> None:
        dispatch = held_calling(code, at)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        old = dispatch.ends_at
        if not old < ends_at <= dispatch.starts_at + LONGEST:
            raise Refusal(C.FIELD_WRONG, field="ends_at")
        Dispatch.update(ends_at=ends_at).where(Dispatch.id == dispatch.id).execute()
        people: set[int] = set()
        for call in list(TeamCall.select().where(TeamCall.dispatch == dispatch.id, TeamCall.state == "coming")):
            people |= {*leaders_of(call.team_id, at), *_moved(call, old, ends_at, actor, at)}
        if dispatch.drill:
            said = PersonCall.select().where(PersonCall.dispatch == dispatch.id, PersonCall.state == "accepted")
            people |= {row.volunteer_id for row in said}
        until = notices.when(ends_at)
        note(dispatch, "longer", actor, at, {"until": [notices.when(old), until]})
        saying.tell(
            dispatch, kind="dispatch_longer", people=sorted(people), key=f"longer:{ends_at.isoformat()}", at=at,
            until=until,
        )  # fmt: skip

    store.write(act)


def _moved(call: TeamCall, old: datetime, ends_at: datetime, actor: Actor, at: datetime) -> set[int]:
    """Move the end of the team's activity; who has a place in it."""
    activity = Activity.get_or_none(Activity.id == call.activity_id, Activity.state == "published")
    if activity is None or activity.ends_at >= ends_at:
        return set()
    insurance.require_cover_until(activity, ends_at=ends_at, at=at)
    Shift.update(ends_at=ends_at, planned_ends_at=ends_at).where(
        Shift.activity == activity.id, Shift.ends_at == activity.ends_at
    ).execute()
    closes = ends_at if activity.signup_closes_at >= old else activity.signup_closes_at
    Activity.update(ends_at=ends_at, signup_closes_at=closes).where(Activity.id == activity.id).execute()
    acting.note(activity.id, "extended", actor, {"ends_at": [activity.ends_at, ends_at]}, at)
    rows = Signup.select(Signup.volunteer).where(Signup.activity == activity.id, Signup.state == "confirmed")
    return {row.volunteer_id for row in rows}


def next_shift(*, actor: Actor, code: str, at: datetime) -> CallDraft:
    """The next shift of a call as a draft to look at: the same task from its end on, for as long again.

    Refusals: NOT_FOUND, those of `require_command`, DISPATCH_CLOSED (a draft, or one that was cancelled).
    """
    dispatch = found(code)
    require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
    if dispatch.state not in calls.FOLLOWED:
        raise Refusal(C.DISPATCH_CLOSED)
    starts = max(at.replace(second=0, microsecond=0), dispatch.ends_at)
    same = (
        "region_code", "place_region", "title", "domain", "sub_domain", "content", "place", "people", "boats",
        "vehicles", "risks", "safeguards", "speciality", "command", "contact",
    )  # fmt: skip
    return CallDraft(
        **{name: getattr(dispatch, name) for name in same}, starts_at=starts,
        ends_at=starts + (dispatch.ends_at - dispatch.starts_at), skills=tuple(dispatch.skills),
        point=str(getattr(dispatch.point, "code", "")), urgent=bool(dispatch.urgent),
        drill=bool(dispatch.drill), fields=tuple(dispatch.fields), follows=code,
    )  # fmt: skip


def before(dispatch_id: int) -> list[Dispatch]:
    """The shifts before this call, the newest first."""
    rows: list[Dispatch] = []
    one = Dispatch.get_by_id(dispatch_id)
    while one.follows_id is not None and len(rows) < MOST_BEFORE:
        one = Dispatch.get_by_id(one.follows_id)
        rows.append(one)
    return rows


def after(dispatch_id: int) -> list[Dispatch]:
    """The calls that were written as the next shift of this one and went out."""
    query = Dispatch.select().where(Dispatch.follows_id == dispatch_id, Dispatch.state != "draft")
    return list(query.order_by(Dispatch.id))
