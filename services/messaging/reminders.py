"""What is due by the clock: reminders before a shift, nags after an activity, the leader's call sheet.

Each function asks the database what is due and not done yet; run late, twice or by two workers it says
everything once (dedupe keys), and nothing after it has become pointless.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, local_day, to_millis
from models import Activity, store
from models.store import Write
from queries import outbox as sql
from services import rules
from services.messaging import broadcasts, notices, quiet
from services.times import at_hour

#: Reminders in one write: short transactions let the scans through.
BATCH = 200
#: No rule reminds earlier than this.
FARTHEST = timedelta(days=7)
CALL_BEFORE = timedelta(hours=1)
NAG_AFTER = timedelta(hours=2)
#: After the first one: on so many mornings.
NAG_MORNINGS = 3
NAG_HOUR = 9


def enqueue_due(*, at: datetime, write: Write = store.write) -> int:
    """Queue the reminders whose moment has come; how many.

    Steps (24 h and 2 h) by rule set `reminders` of the activity's division: one per person, shift, step and
    version of the activity. A step whose moment lay before the sign-up is skipped; once a later step is due the
    earlier one is pointless. In the quiet hours it waits for the morning, and is left out if that is too late.
    """
    coming = Activity.select().where(
        Activity.state == "published",
        Activity.starts_at > at - timedelta(days=1),
        Activity.starts_at <= at + FARTHEST,
    )
    put = 0
    for activity in list(coming):
        params = rules.rule("reminders", activity.region_code, at).params
        due_at = quiet.morning(region_code=activity.region_code, at=at)
        nearer = 0
        for hours in sorted(params["steps_hours"]):
            put += _enqueue_step(activity, nearer, hours, due_at, at, write)
            nearer = hours
    return put


def _enqueue_step(
    activity: Activity, nearer: int, hours: int, due_at: datetime, at: datetime, write: Write
) -> int:
    """Remind those whose shift starts within `hours`, but not within the next step's `nearer` hours."""
    prefix = f"r:{hours}:{activity.version}:"
    # Only shifts that start after the message would go out.
    after = max(at + timedelta(hours=nearer), due_at)
    before, step = at + timedelta(hours=hours), _millis(timedelta(hours=hours))
    put = last = 0
    while True:
        due = sql.rows(
            sql.REMINDABLE,
            (activity.id, last, to_millis(after), to_millis(before), step, activity.version, prefix, step, BATCH),
        )  # fmt: skip
        people = [(shift, person, from_millis(start)) for _, shift, person, start in due]
        if people:
            last = due[-1][0]
            put += write(
                lambda people=people: notices.reminder(  # type: ignore[misc]
                    activity=activity, hours=hours, people=people, due_at=due_at, at=at
                )
            )
        if len(due) < BATCH:
            return put


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Ask leaders to confirm what waits: 2 hours after the end, then at 9 on three mornings; how many notices.

    A worker that was down asks once for the latest moment missed, not once for each.
    """
    earliest = at - timedelta(days=NAG_MORNINGS + 2)
    put = 0
    for activity_id, count in sql.rows(
        sql.WAITING_RECORDS, (to_millis(at - NAG_AFTER), to_millis(earliest), to_millis(earliest - FARTHEST))
    ):
        activity = Activity.get_by_id(activity_id)
        moments = nag_moments(activity.ends_at, activity.region_code)
        occurrence = max((number for number, moment in enumerate(moments) if moment <= at), default=None)
        if occurrence is None or (
            activity.nagged_at is not None and activity.nagged_at >= moments[occurrence]
        ):
            continue
        put += write(lambda a=activity, c=count, o=occurrence: _nag(a, c, o, at))  # type: ignore[misc]
    return put


def nag_moments(ends_at: datetime, region_code: str) -> list[datetime]:
    """When a leader is asked to confirm: after two hours (in the night: the next morning), then mornings at 9."""
    first = quiet.morning(region_code=region_code, at=ends_at + NAG_AFTER)
    days = (local_day(first) + timedelta(days=number) for number in range(1, NAG_MORNINGS + 1))
    return [first, *(at_hour(day, NAG_HOUR) for day in days)]


def _nag(activity: Activity, count: int, occurrence: int, at: datetime) -> int:
    Activity.update(nagged_at=at).where(Activity.id == activity.id).execute()
    return notices.confirm_nag(activity=activity, count=count, occurrence=occurrence, due_at=at, at=at)


def call_sheets_due(*, at: datetime, write: Write = store.write) -> int:
    """One hour before the start give leaders the list of those no message has reached; how many notices.

    Where everybody was reached nothing is said. Once per activity and version.
    """
    soon = Activity.select().where(
        Activity.state == "published",
        Activity.starts_at > at,
        Activity.starts_at <= at + CALL_BEFORE,
        Activity.callsheet_at.is_null() | (Activity.callsheet_at < Activity.starts_at - _millis(CALL_BEFORE)),
    )
    return sum(write(lambda a=activity: _call_sheet(a, at)) for activity in list(soon))  # type: ignore[misc]


def _call_sheet(activity: Activity, at: datetime) -> int:
    Activity.update(callsheet_at=at).where(Activity.id == activity.id).execute()
    names = [person.name for person in broadcasts.not_reached(activity_id=activity.id, at=at)]
    return notices.call_sheet(activity=activity, names=names, at=at) if names else 0


def _millis(span: timedelta) -> Any:
    return span // timedelta(milliseconds=1)
