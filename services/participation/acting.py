"""What every act on an activity does first and last: hold it, ask whether it may still change, write the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import Activity, History
from queries import activities as sql
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation.activity_drafts import check_complete


def taken(code: str) -> Activity:
    """The activity, held until the write is done; NOT_FOUND."""
    number = sql.hold(code)
    if number is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    found: Activity = Activity.get_by_id(number)
    return found


def held(actor: Actor, code: str, at: datetime) -> Activity:
    """The activity, held until the write is done, for one who leads its team; else NOT_FOUND or NOT_ALLOWED."""
    activity = taken(code)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return activity


def check_alive(activity: Activity) -> None:
    """ACTIVITY_CANCELLED, or ACTIVITY_STATE once it has ended."""
    if activity.state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
    if activity.state == "ended":
        raise Refusal(RefusalCode.ACTIVITY_STATE)


def check_not_waiting(activity: Activity) -> None:
    """Nothing changes under the eyes of the centre that reads it: ACTIVITY_WAITING."""
    if activity.approval == "waiting":
        raise Refusal(RefusalCode.ACTIVITY_WAITING)


def check_whole(activity: Activity, at: datetime) -> None:
    """Everything a published activity must have, and a start after `at`; ACTIVITY_INVALID with the field."""
    check_complete(
        {name: getattr(activity, name) for name in REQUIRED_TEXTS},
        venue_kind=activity.venue_kind, host_contact=activity.host_contact, host_agreed=activity.host_agreed,
        positions=activity.positions.count(), starts_at=activity.starts_at, at=at,
    )  # fmt: skip


#: In the order of the form; GB/T 40143 §6.1 asks for time, place, content, conditions and number, how to sign up,
#: risks and safeguards.
REQUIRED_TEXTS = ("place", "content", "conditions", "how_to_join", "risk_notice", "safeguards")


def reason_of(text: str) -> str:
    """The reason, trimmed; REASON_REQUIRED."""
    if not text.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)
    return text.strip()[:200]


def note(
    activity_id: int, verb: str, actor: Actor, changes: Mapping[str, list[Any]], at: datetime, reason: str = ""
) -> None:
    """A line of history; moments as ISO 8601 in UTC."""
    shown = {
        field: [value.isoformat() if isinstance(value, datetime) else value for value in pair]
        for field, pair in changes.items()
    }
    History.create(
        subject=f"activity:{activity_id}", verb=verb, actor=actor.volunteer_id, changes=shown, reason=reason, at=at
    )
