"""A guardian's word for a minor of 14–17 (未成年人保护法, S117): stated with a signed form, verified by an officer."""

from __future__ import annotations

from datetime import date

from models import GuardianConsent


def agreed(*, volunteer_id: int, activity_id: int, day: date) -> bool:
    """Whether a verified consent holds for this activity on that day."""
    held = GuardianConsent.select().where(
        GuardianConsent.volunteer == volunteer_id, GuardianConsent.state == "verified",
        (GuardianConsent.scope == "all") | (GuardianConsent.activity == activity_id),
        GuardianConsent.until_on.is_null() | (GuardianConsent.until_on >= day.isoformat()),
    )  # fmt: skip
    return bool(held.exists())
