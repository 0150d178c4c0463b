"""The quiet hours of a division (rule set `reminders`): what is no emergency waits for the morning."""

from __future__ import annotations

from datetime import datetime

from services import rules
from services.times import after_quiet


def morning(*, region_code: str, at: datetime) -> datetime:
    """`at` itself, or, within the division's quiet hours, the moment at which they end."""
    params = rules.rule("reminders", region_code, at).params
    return after_quiet(at, quiet_from=params["quiet_from"], quiet_until=params["quiet_until"])
