"""What the law's gates hold on the stage of the rights: a cover, and a guardian's word that waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import GuardianConsent, Insurance
from services.lives import files
from tests.support.world import VILLAGE


def set_up(stage: Any, *, path: str, at: datetime) -> None:
    """Put `cover` and `consent` on the stage; `path` is a picture on disk. Inside the stage's write."""
    person = stage.cast.chali
    stage.cover = Insurance.create(
        code="cover001", region_code=VILLAGE, insurer="人保", product="意外险", policy_no="P1", covers_from=at,
        covers_until=at + timedelta(hours=1), created_at=at,
        proof=files.keep(name="policy.jpg", path=path, size=1, owner_id=person.id, at=at),
    )  # fmt: skip
    stage.consent = GuardianConsent.create(
        volunteer=person, guardian_name="赵大", relation="father", state="stated", until_on="2029-01-30", created_at=at,
        form=files.keep(name="form.jpg", path=path, size=1, owner_id=person.id, at=at),
    )  # fmt: skip
