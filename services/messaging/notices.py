"""Who is told what (通知): each function is called inside the write of the act that has something to tell.

The rows it adds to the outbox hold the finished words; `outbox` sends them. Said twice is said once: each message
has a `dedupe_key`. What people write themselves lives in `broadcasts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, to_millis
from models import Activity, Notice, ServiceRecord
from queries import outbox as sql
from services.messaging import catalogue, outbox
from services.messaging.moments import duration, when
from wording import say

__all__ = [
    "activity_cancelled", "activity_changed", "call_sheet", "check_out_forgotten", "confirm_nag", "duration",
    "hours_changed", "hours_confirmed", "hours_void", "leaders", "reminder", "when",
]  # fmt: skip

NAMES_IN_CALL_SHEET = 8


def leaders(*, team_id: int, at: datetime) -> list[int]:
    """Ids of those who lead a team at `at`: leader and deputies."""
    return [row[0] for row in sql.rows(sql.LEADERS, (team_id, to_millis(at), to_millis(at)))]


def _notice(kind: str, activity: Activity, at: datetime, text: str = "") -> Notice:
    """The head of one round of messages; a later part of the same round joins it."""
    found = (
        Notice.select()
        .where(Notice.activity == activity, Notice.kind == kind, Notice.text == text)
        .order_by(Notice.id)
        .first()
    )
    return found or Notice.create(kind=kind, activity=activity, team=activity.team, text=text, created_at=at)


def reminder(
    *,
    activity: Activity,
    hours: int,
    people: Iterable[tuple[int, int, datetime]],
    due_at: datetime,
    at: datetime,
) -> int:
    """Remind `people` (shift id, volunteer id, shift's start) of the step `hours` before; how many were new.

    One per person, shift, step and version of the activity. Worthless after the start.
    """
    text = f"{hours}:{activity.version}"
    notice = _notice("reminder", activity, at, text)
    put = 0
    for shift_id, volunteer_id, starts_at in people:
        put += _put(
            notice, activity, volunteer_id, "reminder", f"r:{text}:{shift_id}:{volunteer_id}", at,
            moment=starts_at, facts={"title": activity.title, "when": when(starts_at), "place": activity.place},
            shift_id=shift_id, due_at=due_at, expires_at=starts_at, starts_at=starts_at,
        )  # fmt: skip
    _count(notice, put)
    return put


def activity_changed(
    *, activity: Activity, old: Mapping[str, Any], new: Mapping[str, Any], at: datetime
) -> int:
    """Tell the signed-up what was and what is now; how many were told.

    `old` and `new`: the changed fields (`starts_at`, `ends_at`, `place`, `title`; others are not spelled out).
    `activity` already has its new values and version. What waits of the older version is withdrawn.
    """
    outbox.withdraw(activity_id=activity.id, at=at)
    lines = [
        say(f"notices.activity_changed.{'title_changed' if field == 'title' else field}",
            old=_shown(old.get(field)), new=_shown(new[field]))
        for field in ("starts_at", "ends_at", "place", "title")
        if field in new and new[field] != old.get(field)
    ] or [say("notices.activity_changed.other")]  # fmt: skip
    changes = say("notices.activity_changed.separator").join(lines)
    soonest = min(activity.starts_at, old.get("starts_at", activity.starts_at))
    notice = _notice("activity_changed", activity, at, str(activity.version))
    put = 0
    for shift_id, volunteer_id, _ in sql.rows(sql.SIGNED_UP, (activity.id, False, 0)):
        put += _put(
            notice, activity, volunteer_id, "activity_changed", f"m:{activity.version}:{shift_id}:{volunteer_id}", at,
            facts={"title": activity.title, "changes": changes}, shift_id=shift_id, expires_at=activity.ends_at,
            starts_at=soonest,
        )  # fmt: skip
    _count(notice, put)
    return put


def shift_moved(
    *, activity: Activity, shift_id: int, position: str, number: int, changes: Mapping[str, Any], at: datetime
) -> int:  # fmt: skip
    """Tell those of one shift what was and what is now, {field: (old, new)}; how many were told.

    The activity's version stays. Reminders of the shift's old time are taken back, and made anew by the new one.
    `number` counts the shift's moves.
    """
    outbox.forget_reminders(shift_id=shift_id, mark=f"was{number}")
    lines = [
        say(f"notices.activity_changed.{field}", old=_shown(old), new=_shown(new))
        for field, (old, new) in changes.items()
    ]
    told = say("notices.activity_changed.separator").join(lines)
    body = say("notices.activity_changed.shift_body", title=activity.title, position=position, changes=told)
    soonest = min(changes["starts_at"]) if "starts_at" in changes else activity.starts_at
    notice = _notice("activity_changed", activity, at, f"{activity.version}:{shift_id}:{number}")
    put = 0
    for of_shift, volunteer_id, _ in sql.rows(sql.SIGNED_UP, (activity.id, False, 0)):
        if of_shift == shift_id:
            put += _put(
                notice, activity, volunteer_id, "activity_changed", f"ms:{shift_id}:{number}:{volunteer_id}", at,
                facts={"title": activity.title, "changes": told}, body=body, shift_id=shift_id,
                expires_at=activity.ends_at, starts_at=soonest,
            )  # fmt: skip
    _count(notice, put)
    return put


def activity_cancelled(*, activity: Activity, reason: str, at: datetime) -> int:
    """Tell the signed-up not to come; how many were told. Reminders that wait are withdrawn."""
    outbox.withdraw(activity_id=activity.id, at=at)
    why = reason.strip() or say("notices.activity_cancelled.no_reason")
    notice = _notice("activity_cancelled", activity, at)
    put = 0
    for _, volunteer_id, starts_at in sql.rows(sql.SIGNED_UP, (activity.id, True, to_millis(at))):
        start = from_millis(starts_at)
        put += _put(
            notice, activity, volunteer_id, "activity_cancelled", f"x:{activity.id}:{volunteer_id}", at,
            facts={"title": activity.title, "when": when(start), "reason": why}, starts_at=start,
            expires_at=max(activity.ends_at, at + timedelta(hours=1)),
        )  # fmt: skip
    _count(notice, put)
    return put


def hours_confirmed(
    *, record: ServiceRecord, activity: Activity, minutes: int, points: int, at: datetime
) -> None:
    """Tell a volunteer that his hours stand in the book. Once per state of the record."""
    facts = {"title": activity.title, "duration": duration(minutes), "points": points}
    body = "" if points else say("notices.hours_confirmed.body_no_points", **facts)
    _about_record("hours_confirmed", record, activity, facts, body, at)


def class_confirmed(*, record: ServiceRecord, activity: Activity, told: str, at: datetime) -> None:
    """Tell a person that he was at a training, and how long in class hours (`told`). Once per state of the record."""
    _about_record("class_confirmed", record, activity, {"title": activity.title, "told": told}, "", at)


def hours_changed(*, record: ServiceRecord, before: int, why: str, days: int, at: datetime) -> None:
    """Tell a volunteer that hours of his that were confirmed count otherwise now; `why` in words, `days` to object."""
    activity: Activity = record.activity  # type: ignore[assignment]
    facts = {
        "title": activity.title, "before": duration(before), "now": duration(record.minutes), "why": why, "days": days,
    }  # fmt: skip
    _about_record("hours_changed", record, activity, facts, "", at)


def hours_void(*, record: ServiceRecord, reason: str, days: int, at: datetime) -> None:
    """Tell a volunteer that a record of his was annulled, and how to object."""
    activity: Activity = record.activity  # type: ignore[assignment]
    facts = {"title": activity.title, "duration": duration(record.minutes), "reason": reason, "days": days}
    body = "" if record.minutes else say("notices.hours_void.body_no_minutes", **facts)
    _about_record("hours_void", record, activity, facts, body, at)


def check_out_forgotten(*, record: ServiceRecord, activity: Activity, at: datetime) -> None:
    """Tell a volunteer that his check-out is missing and nothing counts yet."""
    _about_record("check_out_forgotten", record, activity, {"title": activity.title}, "", at)


def _about_record(
    kind: str, record: ServiceRecord, activity: Activity, facts: Mapping[str, Any], body: str, at: datetime
) -> None:
    notice = _notice(kind, activity, at)
    put = _put(
        notice, activity, record.volunteer_id, kind, f"{kind}:{record.id}:{record.version}", at, facts=facts, body=body,
        url="/m/hours",
    )  # fmt: skip
    _count(notice, put)


def confirm_nag(*, activity: Activity, count: int, occurrence: int, due_at: datetime, at: datetime) -> int:
    """Ask the leaders to confirm `count` records; `occurrence` numbers the asking. How many were asked."""
    notice = _notice("confirm_nag", activity, at, str(occurrence))
    facts = {"title": activity.title, "count": count, "hint": say("notices.confirm_nag.hint")}
    put = 0
    for volunteer_id in leaders(team_id=activity.team_id, at=at):
        put += _put(
            notice, activity, volunteer_id, "confirm_nag", f"n:{activity.id}:{occurrence}:{volunteer_id}", at,
            facts=facts, url=console_path(activity), due_at=due_at,
        )  # fmt: skip
    _count(notice, put)
    return put


def call_sheet(*, activity: Activity, names: list[str], at: datetime) -> int:
    """Give the leaders the names of those no message has reached, to call them before the start."""
    shown = "、".join(names[:NAMES_IN_CALL_SHEET])
    if len(names) > NAMES_IN_CALL_SHEET:
        shown = say("notices.call_sheet.more", names=shown)
    facts = {"title": activity.title, "when": when(activity.starts_at), "count": len(names), "names": shown}
    notice = _notice("call_sheet", activity, at, str(activity.version))
    put = 0
    for volunteer_id in leaders(team_id=activity.team_id, at=at):
        put += _put(
            notice, activity, volunteer_id, "call_sheet", f"c:{activity.id}:{activity.version}:{volunteer_id}", at,
            facts=facts, url=console_path(activity), expires_at=activity.starts_at,
        )  # fmt: skip
    _count(notice, put)
    return put


def console_path(activity: Activity) -> str:
    """The console's page of an activity."""
    return f"/console/activities/{activity.code}"


def _put(
    notice: Notice,
    activity: Activity,
    volunteer_id: int,
    kind: str,
    dedupe_key: str,
    at: datetime,
    *,
    facts: Mapping[str, Any],
    body: str = "",
    moment: datetime | None = None,
    url: str = "",
    **more: Any,
) -> int:
    """One message of `kind` with its words filled in; `moment` is the template's (now), `body` other words than its."""
    line = catalogue.kind(kind)
    title, usual = catalogue.words(kind, **facts)
    sender = activity.team.short_name if line.sender else ""
    ident = outbox.put(
        notice_id=notice.id, volunteer_id=volunteer_id, kind=kind, dedupe_key=dedupe_key, at=at, title=title,
        body=body or usual, form=line.form, values=catalogue.values(kind, moment=moment or at, sender=sender, **facts),
        url=url or f"/q/a1.{activity.code}", activity_id=activity.id, activity_version=activity.version, **more,
    )  # fmt: skip
    return 0 if ident is None else 1


def _count(notice: Notice, put: int) -> None:
    if put:
        Notice.update(recipients=Notice.recipients + put).where(Notice.id == notice.id).execute()


def _shown(value: Any) -> str:
    return when(value) if isinstance(value, datetime) else str(value or "")
