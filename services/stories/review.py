"""The centre's word on a story, and taking a published one down (S82)."""

from __future__ import annotations

from datetime import datetime

from models import Story, store
from services import audit, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.stories import consents
from services.stories.held import agreed, held, parties, people, require_write

C = RefusalCode
REASON_LONGEST = 200


def decide(*, actor: Actor, code: str, publishes: bool, reason: str, at: datetime) -> None:
    """Publish a story that waits, or send it back with a reason.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (the writer, or somebody shown), REASON_REQUIRED (sent back),
    STORY_STATE (it does not wait), STORY_CONSENT (somebody shown has not agreed to what it says now).
    """

    def act() -> None:
        story = held(code)
        decisions.require_decider(actor=actor, region_code=str(story.region_code), parties=parties(story), at=at)
        why = reason.strip()[:REASON_LONGEST]
        if not publishes and not why:
            raise Refusal(C.REASON_REQUIRED)
        if story.state != "review":
            raise Refusal(C.STORY_STATE)
        shown = [row for row in people(story) if row.state not in ("refused", "withdrawn")]
        missing = [row.volunteer.name for row in shown if not agreed(story, row)]
        if publishes and missing:
            raise Refusal(C.STORY_CONSENT, names=missing[0])
        Story.update(
            state="published" if publishes else "draft", decided_by=actor.volunteer_id, decided_at=at, answer=why,
            published_at=at if publishes else None,
        ).where(Story.id == story.id).execute()
        verb = "story.published" if publishes else "story.returned"
        audit.changed(actor=actor, verb=verb, subject=f"story:{story.id}", changes={}, at=at, reason=why)
        key = f"{story.id}:{story.version}"
        if publishes:
            telling.tell(
                kind="story_published", people=[story.author_id, *(row.volunteer_id for row in shown)], key=key, at=at,
                title=story.title, url=f"/stories/{story.code}",
            )  # fmt: skip
        else:
            telling.tell(
                kind="story_returned", people=[story.author_id], key=f"{key}:{at.isoformat()}", at=at,
                title=story.title, reason=why, url=f"/console/stories/{story.code}",
            )  # fmt: skip

    store.write(act)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Take it down, or give it up: by those who may write it, with a reason. It stays in the books, its photos do not.

    Refusals: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, STORY_STATE (it is gone already).
    """

    def act() -> None:
        story = held(code)
        require_write(actor=actor, story=story, at=at)
        why = reason.strip()[:REASON_LONGEST]
        if not why:
            raise Refusal(C.REASON_REQUIRED)
        if story.state == "withdrawn":
            raise Refusal(C.STORY_STATE)
        audit.changed(actor=actor, verb="story.withdrawn", subject=f"story:{story.id}", changes={}, at=at, reason=why)
        consents.end(story, why, at, author=story.author_id != actor.volunteer_id)

    store.write(act)
