"""What hangs on a leader's day, on the stage of the rights: a phone with a kit, a name it wrote down, a report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import ActivityReport, Attempt, OfflineKit
from services.codes import token_hash


def set_up(stage: Any, *, photo: Any, at: datetime) -> None:
    """All of the activity that is running."""
    kit = OfflineKit.create(
        code="kit00001", link_hash=token_hash("link"), session_hash=token_hash("a phone's own"),
        activity=stage.activity, leader=stage.people["leader"], issued_at=at, link_until=at, opened_at=at,
        until=at + timedelta(days=1),
    )  # fmt: skip
    stage.written_name = Attempt.create(
        shift=stage.shift, actor=stage.people["leader"], direction="in", mode="list", door="offline",
        outcome="refused", reason="not_registered", kit_id=kit.id, flag="unknown", detail="过路人", at=at,
        received_at=at,
    ).id  # fmt: skip
    ActivityReport.create(
        activity=stage.activity, served=30, summary="清理河岸", photos=[photo.id], photo_consent=True, at=at,
        updated_at=at,
    )  # fmt: skip
