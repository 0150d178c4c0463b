"""What is told of on the stage: stories, a draft and a published one with photo and person; a grant and its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import MoneyGrant, MoneyLine, Story, StoryPerson, StoryPhoto
from services.lives import files
from tests.support.world import VILLAGE

VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/projects/", "code", lambda s: s.project.code),
    ("/console/grants/", "code", lambda s: s.support.code),
    ("/console/money/", "code", lambda s: s.spent.code),
    ("/console/stories/", "code", lambda s: s.story.code),
    ("/console/stories/", "number", lambda s: 0),
    ("/stories/", "code", lambda s: s.told.code),
    ("/stories/", "number", lambda s: 0),
    ("/m/stories/", "code", lambda s: s.told.code),
    ("/m/stories/", "number", lambda s: 0),
    ("/m/money/", "code", lambda s: s.project.code),
    ("/m/money/grants/", "code", lambda s: s.support.code),
    ("/api/v1/projects/", "code", lambda s: s.project.code),
    ("/api/v1/grants/", "code", lambda s: s.support.code),
    ("/teams/", "code", lambda s: s.team.code),
)
FORMS: dict[str, Callable[[Any], dict[str, str]]] = {
    "POST /console/projects/<code>/money/new": lambda s: {
        "direction": "in", "source": "donation", "amount": "5", "day": "2026-06-01",
    },
    "POST /console/projects/<code>/grants/new": lambda s: {"source": "donation", "amount": "5", "purpose": "夹子"},
    "POST /console/grants/<code>/review": lambda s: {"opinion": "值得"},
    "POST /console/grants/<code>/decide": lambda s: {"grant": "1", "amount": "5"},
    "POST /console/grants/<code>/close": lambda s: {"closing": "办成了"},
    "POST /console/partners/<code>/gifts/new": lambda s: {"what": "水", "day": "2026-06-01"},
    "POST /console/stories/new": lambda s: {"owner": s.team.code, "title": "守堤", "body": "守了三天"},
    "POST /console/stories/<code>/edit": lambda s: {"title": "守堤", "body": "守了五天"},
    "POST /console/stories/<code>/people": lambda s: {"person": s.person.public_no, "shows": "name"},
    "POST /console/stories/<code>/decide": lambda s: {"publish": "1"},
    "POST /m/stories/<code>": lambda s: {"yes": "1"},
    "POST /console/partners/<code>/renew": lambda s: {"agreement": "协 2", "due_on": "2027-06-01"},
    "POST /m/money/<code>/apply": lambda s: {"source": "donation", "amount": "5", "purpose": "夹子"},
    "POST /m/money/<code>/line": lambda s: {
        "direction": "in", "source": "donation", "amount": "5", "day": "2026-06-01",
    },
    "POST /m/money/grants/<code>/close": lambda s: {"closing": "办成了"},
}

JSON: dict[str, Callable[[Any], dict[str, Any]]] = {
    "POST /api/v1/activities/<code>/move": lambda s: {"place": "五号闸"},
    "PUT /api/v1/shifts/<code>/quota": lambda s: {"quota": 30},
    "POST /api/v1/projects/<code>/money": lambda s: {
        "direction": "in", "source": "donation", "amount": "5", "day": "2026-06-01",
    },
    "POST /api/v1/projects/<code>/grants": lambda s: {"source": "donation", "amount": "5", "purpose": "夹子"},
    "POST /api/v1/grants/<code>/close": lambda s: {"report": "办成了"},
}


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
