"""What hangs on a leader's day, on the stage of the rights: a phone with a kit, a report with a photo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import ActivityReport, OfflineKit
from services.codes import token_hash


def set_up(stage: Any, *, photo: Any, at: datetime) -> None:
    """Both of the activity that is running."""
    OfflineKit.create(
        code="kit00001", link_hash=token_hash("link"), session_hash=token_hash("a phone's own"),
        activity=stage.activity, leader=stage.people["leader"], issued_at=at, link_until=at, opened_at=at,
        until=at + timedelta(days=1),
    )  # fmt: skip
    ActivityReport.create(
        activity=stage.activity, served=30, summary="清理河岸", photos=[photo.id], photo_consent=True, at=at,
        updated_at=at,
    )  # fmt: skip
