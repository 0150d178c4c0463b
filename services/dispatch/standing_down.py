"""The end of a call: stood down because it is done, or cancelled because it was none (解除、取消).

Everybody who was asked hears of it at once, day or night. Activities that have not begun are called off; one that is
running goes on until its people have checked out, and nobody more signs up for it.
"""

from __future__ import annotations

from datetime import datetime

from models import Activity, Dispatch, PersonCall, ServiceRecord, Signup, TeamCall, store
from services import audit
from services.actors import Actor
from services.dispatch import saying
from services.dispatch.answers import leaders_of
from services.dispatch.holding import held, note, require_command
from services.errors import Refusal, RefusalCode
from services.participation import publishing

C = RefusalCode
OUTCOMES = ("stood_down", "cancelled")
REASON_LENGTH = 200


def close(*, actor: Actor, code: str, outcome: str, reason: str, at: datetime) -> bool:
    """End a call; False where it has ended already (a second officer changes nothing).

    Refusals in order: NOT_FOUND, those of `holding.require_command`, BAD_REQUEST (`outcome`), REASON_REQUIRED.
    """
    if outcome not in OUTCOMES:
        raise Refusal(C.BAD_REQUEST, why="outcome")

    def act() -> bool:
        dispatch = held(code)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        why = reason.strip()[:REASON_LENGTH]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        if dispatch.state not in ("draft", "calling"):
            return False
        was = dispatch.state
        Dispatch.update(
            state=outcome, closed_by=actor.volunteer_id, closed_at=at, closed_why=why, wave_due_at=None
        ).where(Dispatch.id == dispatch.id).execute()
        note(dispatch, outcome, actor, at, {"state": [was, outcome]}, why)
        if was == "draft":
            return True
        saying.take_back(dispatch, at)
        placed = _end_activities(dispatch, actor, why, at)
        _tell(dispatch, outcome, why, placed, at)
        audit.note(
            actor=actor, verb=f"dispatch.{outcome}", subject=f"region:{dispatch.region_code}", at=at,
            detail={"code": code, "reason": why},
        )  # fmt: skip
        return True

    return store.write(act)


def _end_activities(dispatch: Dispatch, actor: Actor, why: str, at: datetime) -> set[int]:
    """Call off what nobody has come to, close the others for more people; who has a place in any of them."""
    people: set[int] = set()
    for call in list(TeamCall.select().where(TeamCall.dispatch == dispatch.id, TeamCall.activity.is_null(False))):
        activity = Activity.get_by_id(call.activity_id)
        if activity.state != "published":
            continue
        rows = Signup.select(Signup.volunteer).where(Signup.activity == activity.id, Signup.state == "confirmed")
        people |= {row.volunteer_id for row in rows}
        came = ServiceRecord.select().where(ServiceRecord.activity == activity.id, ServiceRecord.state != "void")
        if came.exists():
            Activity.update(signup_closes_at=at).where(
                Activity.id == activity.id, Activity.signup_closes_at > at
            ).execute()
            continue
        publishing.call_off(actor=actor, activity=activity, verb="cancelled", reason=why, at=at, tells=False)
    return people


def _tell(dispatch: Dispatch, outcome: str, why: str, placed: set[int], at: datetime) -> None:
    """Everybody who has a place, or was asked and has not said no: day and night, by the same words."""
    people = set(placed)
    for call in TeamCall.select().where(TeamCall.dispatch == dispatch.id, TeamCall.state != "declined"):
        people |= set(leaders_of(call.team_id, at))
    asked = PersonCall.select(PersonCall.volunteer).where(
        PersonCall.dispatch == dispatch.id, PersonCall.state != "declined"
    )
    people |= {row.volunteer_id for row in asked}
    kind = "dispatch_stood_down" if outcome == "stood_down" else "dispatch_cancelled"
    saying.tell(dispatch, kind=kind, people=sorted(people), key="end", at=at, reason=why)
