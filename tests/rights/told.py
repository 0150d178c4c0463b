"""What is told of on the stage: stories, a draft and a published one with photo and person; a grant and its line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import MoneyGrant, MoneyLine, Story, StoryPerson, StoryPhoto
from services.lives import files
from tests.support.world import VILLAGE


def set_up(stage: Any, *, path: str, at: datetime) -> None:
    """Make them, inside the write that makes the stage; `path` is where a photo lies."""
    for name, state in (("story", "draft"), ("told", "published")):
        made = Story.create(
            code=f"{name}0001"[-8:], team=stage.cast.team, region_code=VILLAGE, title="守堤", body="守了三天三夜。",
            state=state, author=stage.people["leader"], created_at=at, published_at=at,
        )  # fmt: skip
        kept = files.keep(name="story.jpg", path=path, size=1, owner_id=stage.person.id, at=at)
        StoryPhoto.create(story=made, file=kept)
        StoryPerson.create(
            story=made, volunteer=stage.people["member"], shows="both", state="given", version=1, asked_at=at
        )
        setattr(stage, name, made)
    held = {"project": stage.project, "team": stage.cast.team, "region_code": VILLAGE, "source": "donation"}
    stage.support = MoneyGrant.create(
        code="grant001", asked=10000, purpose="夹子", state="granted", granted=10000, applied_by=stage.person,
        applied_at=at, **held,
    )  # fmt: skip
    stage.spent = MoneyLine.create(
        code="money001", direction="out", purpose="materials", fen=100, local_day="2026-06-01", grant=stage.support,
        actor=stage.person, at=at, **held,
    )  # fmt: skip
