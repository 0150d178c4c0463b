"""The agreement of one activity: its six items from what the activity says, accepted in that version (条例 §14)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from frozen import dataclass
from models import Acceptance, Activity, Position
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging.notices import when
from wording import entry, say

DOCUMENT = "activity_agreement"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The text of today; `version` changes with any of its words, `accepted` is the reader's yes to this version."""

    title: str
    items: tuple[str, ...]
    version: str
    accepted: bool


def agreement_of(*, activity: Activity, volunteer_id: int | None) -> Agreement | None:
    """The agreement of an activity; None where it needs none."""
    if not activity.agreement:
        return None
    names = [row.name for row in Position.select().where(Position.activity == activity.id).order_by(Position.id)]
    nothing = say("signup.agreement.nothing")
    facts = {
        "content": activity.content or nothing, "place": activity.place,
        "way": say("signup.agreement.way", position="、".join(names)),
        "when": f"{when(activity.starts_at)} — {when(activity.ends_at)}",
        "conditions": activity.conditions or nothing, "safeguards": activity.safeguards or nothing,
    }  # fmt: skip
    lines = (str(line).format(**facts) for line in entry("signup.agreement.items"))
    items = (*lines, say("signup.agreement.voluntary"))
    version = hashlib.sha256("\n".join(items).encode()).hexdigest()[:12]
    accepted = volunteer_id is not None and _accepted(activity.id, volunteer_id, version)
    return Agreement(say("signup.agreement.title"), items, version, accepted)


def read(*, code: str, volunteer_id: int | None) -> Agreement:
    """The agreement of a published activity. Refusals: NOT_FOUND (no such activity, a draft, or it needs none)."""
    activity = Activity.get_or_none(Activity.code == code, Activity.state != "draft")
    found = agreement_of(activity=activity, volunteer_id=volunteer_id) if activity else None
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return found


def _accepted(activity_id: int, volunteer_id: int, version: str) -> bool:
    found = Acceptance.select().where(
        Acceptance.document == DOCUMENT, Acceptance.activity_id == activity_id,
        Acceptance.volunteer == volunteer_id, Acceptance.version == version,
    )  # fmt: skip
    return bool(found.exists())


def keep(*, actor: Actor, activity: Activity, version: str, at: datetime) -> None:
    """Keep the person's yes, once a version; inside the caller's write."""
    if actor.volunteer_id is None or _accepted(activity.id, actor.volunteer_id, version):
        return
    Acceptance.create(
        volunteer=actor.volunteer_id, document=DOCUMENT, version=version, activity_id=activity.id, door=actor.door,
        at=at,
    )  # fmt: skip
