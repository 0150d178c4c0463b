"""Telling people about places in a shift: offered, lost, decided on; and leaders about who cannot come.

Called inside the write of the act. The words stand in wording/notices.toml under the kind. An offer goes out whatever
the day has brought, and waits for the morning if there is time (`services.participation.waitlist`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clock import to_millis
from models import Activity, Notice, Shift, Signup
from services.messaging import catalogue, notices, outbox


def tell(
    kind: str, *, activity_id: int, shift_id: int, people: Iterable[int], key: str, at: datetime,
    url: str = "", due_at: datetime | None = None, expires_at: datetime | None = None, **facts: Any,
) -> int:  # fmt: skip
    """Tell `people` once per `key`; how many were new. Facts: `title` is there already."""
    activity = Activity.get_by_id(activity_id)
    facts = {"title": activity.title, **facts}
    title, body = catalogue.words(kind, **facts)
    notice = Notice.create(kind=kind, activity=activity, team=activity.team_id, text=key, created_at=at)
    values = catalogue.values(kind, moment=at, sender=activity.team.short_name, **facts)
    starts_at = Shift.select(Shift.starts_at).where(Shift.id == shift_id).scalar()
    put = 0
    for person in dict.fromkeys(people):
        made = outbox.put(
            notice_id=notice.id, volunteer_id=person, kind=kind, dedupe_key=f"{kind}:{key}:{person}", title=title,
            body=body, form="notice", values=values, at=at, url=url or f"/q/a1.{activity.code}",
            activity_id=activity.id, shift_id=shift_id, activity_version=activity.version, due_at=due_at,
            expires_at=expires_at, starts_at=starts_at,
        )  # fmt: skip
        put += made is not None
    if put:
        Notice.update(recipients=put).where(Notice.id == notice.id).execute()
    else:
        notice.delete_instance()
    return put


def tell_leaders(kind: str, *, activity_id: int, shift_id: int, key: str, at: datetime, **facts: Any) -> int:
    """Tell the leaders of the activity's team; how many."""
    activity = Activity.get_by_id(activity_id)
    people = notices.leaders(team_id=activity.team_id, at=at)
    return tell(
        kind, activity_id=activity_id, shift_id=shift_id, people=people, key=key, at=at,
        url=notices.console_path(activity), **facts,
    )  # fmt: skip


def risk_changed(*, activity: Activity, at: datetime) -> int:
    """Ask everybody who stands for the activity to read the new safety notice (条例 §12); how many were told."""
    told = 0
    standing = Signup.select(Signup.shift, Signup.volunteer).where(
        Signup.activity == activity.id, Signup.state.in_(("confirmed", "offered", "waitlisted", "pending"))
    )
    for row in list(standing):
        told += tell(
            "risk_changed", activity_id=activity.id, shift_id=row.shift_id, people=[row.volunteer_id],
            key=f"{row.shift_id}:{to_millis(at)}", at=at, expires_at=activity.ends_at,
        )  # fmt: skip
    return told
