"""What every act on a story begins with: the story, held until the write ends, and whether the actor may write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Story, StoryPerson, StoryPhoto, TeamMember, Volunteer, store
from services import decisions, permissions
from services.actors import Actor
from services.assessment.rejoining import entries_of
from services.errors import Refusal, RefusalCode
from services.participation import domains

C = RefusalCode


def held(code: str) -> Story:
    """The story; whoever else acts on it waits until this write ends. Refusals: NOT_FOUND."""
    query = Story.select().where(Story.code == code)
    if store.current().dialect == "postgres":  # SQLite has one writer anyway
        query = query.for_update()
    found = query.first()
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, Story)
    return found


def require_write(*, actor: Actor, story: Story, at: datetime) -> None:
    """Go on for those who lead its team, or manage its division where it has none. Refusals: NOT_FOUND, NOT_ALLOWED."""
    if story.team_id is not None:
        permissions.require_lead(actor=actor, team_id=story.team_id, at=at)
    else:
        permissions.require_manage(actor=actor, region_code=story.region_code, at=at)


def may_write(*, actor: Actor, story: Story, at: datetime) -> bool:
    """Whether `require_write` would let the actor go on."""
    if story.team_id is not None:
        return permissions.leads(actor=actor, team_id=story.team_id, at=at)
    return permissions.manages(actor=actor, region_code=str(story.region_code), at=at)


def draft(*, actor: Actor, code: str, at: datetime) -> Story:
    """A story that can still be written. Refusals: NOT_FOUND, NOT_ALLOWED, STORY_STATE."""
    story = held(code)
    require_write(actor=actor, story=story, at=at)
    if story.state != "draft":
        raise Refusal(C.STORY_STATE)
    return story


def is_hidden(story: Story) -> bool:
    """Whether it tells of visits, mediation or counselling: no address, no time, no face (S61)."""
    return domains.is_confidential(str(story.domain), str(story.sub_domain))


def people(story: Story) -> list[Any]:
    """Everybody shown in it, with the person joined, by when they were put in."""
    query = (
        StoryPerson.select(StoryPerson, Volunteer)
        .join(Volunteer, on=StoryPerson.volunteer)
        .where(StoryPerson.story == story.id)
        .order_by(StoryPerson.id)
    )
    return list(query)


def own_row(*, actor: Actor, story: Story) -> StoryPerson | None:
    """How the story shows the actor, also where it names an entry that was merged into his; None if it does not."""
    if actor.volunteer_id is None:
        return None
    row = (
        StoryPerson.select()
        .where(StoryPerson.story == story.id, StoryPerson.volunteer.in_(entries_of(actor.volunteer_id)))
        .order_by(StoryPerson.id.desc())
        .first()
    )
    assert row is None or isinstance(row, StoryPerson)
    return row


def agreed(story: Story, row: StoryPerson) -> bool:
    """Whether somebody's yes holds for what the story says and shows now."""
    return row.state == "given" and row.version == story.version


def parties(story: Story) -> list[int | None]:
    """Who does not decide on it: whoever wrote it, everybody shown, whoever wrote down an answer on paper."""
    shown = [int(row.volunteer_id) for row in people(story)]
    hands = {hand for each in shown for hand in decisions.hands(volunteer_id=each, about=(f"story:{story.code}",))}
    return [story.author_id, *shown, *sorted(hands)]


def photos_of(story: Story) -> list[StoryPhoto]:
    """Its photos in order."""
    return list(StoryPhoto.select().where(StoryPhoto.story == story.id).order_by(StoryPhoto.id))


def member_names(story: Story) -> list[str]:
    """The names of the members of its team; none where it is a division's."""
    query = (
        Volunteer.select(Volunteer.name)
        .join(TeamMember, on=TeamMember.volunteer)
        .where(TeamMember.team == story.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active")
        .order_by(Volunteer.name)
    )
    return [str(row.name) for row in query] if story.team_id is not None else []
