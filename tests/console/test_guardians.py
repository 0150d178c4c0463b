"""监护人同意 in the console: listed, looked at, verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import GuardianConsent, store
from tests.console.conftest import Desk
from tests.support.world import World


def test_consent_is_listed_and_verified(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    row = store.write(
        lambda: GuardianConsent.create(
            volunteer=cast.xiaobo, guardian_name="王建国", relation="father", state="stated", until_on="2029-01-30",
            created_at=at,
        )
    )  # fmt: skip
    browser = desk(cast.officer)
    assert all(word in browser.get("/console/guardians?state=stated").text for word in ("王小博", "王建国", "等核对"))
    page = f"/console/guardians/{row.id}"
    silent = browser.post(page, {"refuse": "1"})
    assert (silent.status_code, "请写一句原因" in silent.text) == (400, True)
    browser.post(page, {"verify": "1"})
    assert (GuardianConsent.get().state, GuardianConsent.get().checked_by_id) == ("verified", cast.officer.id)
