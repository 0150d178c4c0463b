"""Whom no message about a coming activity has reached: call them (没通知到的人)."""

from __future__ import annotations

from datetime import datetime

from clock import to_millis
from frozen import dataclass
from models import Activity
from queries import outbox as sql
from services import permissions
from services.accounts.documents import mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.parts import Parts


@dataclass(frozen=True, slots=True)
class Unreached:
    """One person to call. `why`: not_following, or the delivery's state (queued, inbox, unknown, failed, expired)."""

    public_no: str
    name: str
    phone_masked: str
    why: str


def unreached(
    *, actor: Actor, activity_code: str, at: datetime, parts: Parts | None = None
) -> list[Unreached]:
    """Signed-up people to whom no message about the present time and place got through: call them.

    A push that WeChat took counts as reached, so does a read inbox item; an unread one does not. For a cancelled
    activity: whom the cancellation has not reached. Phones are masked, and "" without `parts`.
    NOT_FOUND for an activity that is not the actor's to lead.
    """
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return not_reached(activity_id=activity.id, at=at, parts=parts)


def not_reached(*, activity_id: int, at: datetime, parts: Parts | None = None) -> list[Unreached]:
    """The list of `unreached`, for the worker that makes the call sheet."""
    people = []
    for _, public_no, name, sealed, state, following in sql.rows(sql.UNREACHED, (activity_id, to_millis(at))):
        phone = ""
        if parts is not None and sealed is not None:
            phone = mask_phone(parts.vault.open(sealed, f"volunteer.phone:{public_no}"))
        people.append(Unreached(public_no, name, phone, state if following else "not_following"))
    return people
