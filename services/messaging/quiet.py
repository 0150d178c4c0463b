"""The quiet hours of a division (rule set `reminders`): what is no emergency waits for the morning.

What is about something that begins within a few hours does not wait: the same rule set says how many.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Activity
from services import rules
from services.times import after_quiet


def morning(*, region_code: str, at: datetime) -> datetime:
    """`at` itself, or, within the division's quiet hours, the moment at which they end."""
    params = rules.rule("reminders", region_code, at).params
    return after_quiet(at, quiet_from=params["quiet_from"], quiet_until=params["quiet_until"])


def near(*, activity_id: int | None, starts_at: datetime | None, at: datetime) -> bool:
    """Whether what a message is about begins so soon that it is urgent, by the numbers of the activity's division (of
    the programme, where it is about none)."""
    if starts_at is None:
        return False
    region = None
    if activity_id is not None:
        region = Activity.select(Activity.region_code).where(Activity.id == activity_id).scalar()
    return starts_at - at < timedelta(hours=rules.rule("reminders", region or "", at).params["urgent_hours"])
