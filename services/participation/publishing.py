"""Putting an activity up and taking it down: the two moves that approvals and leaders share."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Activity
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from services.messaging import notices
from services.participation.acting import check_whole, note
from services.training import orders
from wording import say

#: States of a team in which it may ask people to come.
PUBLISHING = ("regular", "pilot")


def check_ready(activity: Activity, at: datetime) -> None:
    """TEAM_NOT_FOUNDED (not approved yet, paused or closed), ACTIVITY_INVALID with the first field that is missing,
    INSURANCE_MISSING for what is dangerous."""
    if activity.team.state not in PUBLISHING:
        raise Refusal(RefusalCode.TEAM_NOT_FOUNDED)
    if not activity.how_to_join.strip():  # drafts from before the field was there
        activity.how_to_join = say("planning.how_to_join")
        activity.save(only=[Activity.how_to_join])
    check_whole(activity, at)
    insurance.require_cover(activity, at)


def put_up(*, actor: Actor, activity: Activity, at: datetime) -> None:
    """Show it to the volunteers, inside the caller's write."""
    opens = max(activity.signup_opens_at, min(at, activity.signup_closes_at - timedelta(minutes=1)))
    Activity.update(state="published", published_at=at, signup_opens_at=opens).where(
        Activity.id == activity.id
    ).execute()
    note(activity.id, "published", actor, {"state": ["draft", "published"]}, at)


def call_off(
    *, actor: Actor, activity: Activity, verb: str, reason: str, at: datetime, tells: bool = True
) -> None:
    """End it before its time, inside the caller's write; whoever signed up, waits or left lately is told, unless the
    caller tells them himself (`tells` False)."""
    was = activity.state
    activity.state = "cancelled"
    activity.save(only=[Activity.state])
    note(activity.id, verb, actor, {"state": [was, "cancelled"]}, at, reason)
    if activity.purpose == "training":
        orders.called_off(activity_id=activity.id, actor=actor, at=at)
    if was == "published" and tells:
        notices.activity_cancelled(activity=activity, reason=reason, at=at)
