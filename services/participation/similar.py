"""What else is open, shown beside a shift that is full (U1)."""

from __future__ import annotations

from datetime import datetime

from services.participation import activity_views
from services.participation.activity_views import ActivityBrief

SHOWN = 3
LOOKED_AT = 40


def similar(*, code: str, volunteer_id: int | None, region_code: str, at: datetime) -> list[ActivityBrief]:
    """Up to three other open activities with places: of the same domain first, then the nearest.

    Refusals: NOT_FOUND, REGION_UNKNOWN.
    """
    here = activity_views.view(code=code, volunteer_id=volunteer_id, at=at)
    found = activity_views.open_near(
        volunteer_id=volunteer_id, region_code=region_code, at=at, limit=LOOKED_AT
    )
    free = [each for each in found if each.code != code and each.places_left > 0 and not each.my_state]
    return sorted(free, key=lambda each: each.domain != here.domain)[:SHOWN]
