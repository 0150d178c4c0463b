"""Moments and lengths of time as a notice says them."""

from __future__ import annotations

from datetime import datetime

from clock import SHANGHAI
from wording import entry, say


def when(at: datetime) -> str:
    """A moment in a sentence, Shanghai time: 6月11日（周四）09:00."""
    local = at.astimezone(SHANGHAI)
    weekday = entry("notices.weekdays")[local.weekday()]
    return say("notices.moment", month=local.month, day=local.day, weekday=weekday, clock=f"{local:%H:%M}")


def duration(minutes: int) -> str:
    """Whole minutes as people say them: 2小时5分钟."""
    hours, rest = divmod(minutes, 60)
    key = "minutes" if not hours else "hours_minutes" if rest else "hours"
    return say(f"notices.{key}", hours=hours, minutes=rest)
