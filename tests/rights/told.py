"""What is told of on the stage: a draft of a story and a published one, each with a photo and somebody shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Story, StoryPerson, StoryPhoto
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
