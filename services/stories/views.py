"""What people read of stories: everybody the published ones; whoever is shown, his own; the office, its divisions'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Story, StoryPerson, StoryPhoto, Team, TeamMember, Volunteer
from queries.regions import PRACTICE
from services import decisions, leading, permissions, regions, scopes
from services.actors import Actor
from services.assessment.rejoining import entries_of
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.lives import files
from services.messaging import mass
from services.participation import domains
from services.parts import Parts
from services.stories.held import agreed, is_hidden, may_write, own_row, parties, people

C = RefusalCode
TEASER = 60


@dataclass(frozen=True, slots=True)
class Brief:
    """A published story in the public list; `place` and `day` are "" and None where it tells of a visit, a mediation,
    a counselling (then `place` is the county)."""

    code: str
    title: str
    teaser: str
    place: str
    day: datetime | None
    picture: bool
    cursor: int


@dataclass(frozen=True, slots=True)
class PublicStory:
    """A published story; `names` are of those who agreed to be named, `photos` the captions in order."""

    code: str
    title: str
    paragraphs: list[str]
    place: str
    team: str
    team_code: str
    kind: str
    day: datetime | None
    names: list[str]
    photos: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A person in a story, as the office sees him."""

    public_no: str
    name: str
    shows: str
    state: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story for those who write or decide on it."""

    id: int
    code: str
    title: str
    body: str
    domain: str
    sub_domain: str
    kind: str
    team: str
    place: str
    state: str
    author: str
    answer: str
    withdrawn_why: str
    photos: list[str]
    people: list[Shown]
    members: list[tuple[str, str]]
    hidden: bool
    may_write: bool
    may_decide: bool
    may_post: bool
    mine: bool
    post_state: str
    post_errcode: int | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in the office's list."""

    code: str
    title: str
    team: str
    place: str
    state: str
    author: str
    created_at: datetime
    published_at: datetime | None
    waiting: int
    post_state: str


@dataclass(frozen=True, slots=True)
class MyStory:
    """A story that shows the reader: what of him, what he said, whether it waits for his word."""

    code: str
    title: str
    paragraphs: list[str]
    photos: list[str]
    shows: str
    state: str
    published: bool
    waits: bool
    gone: bool


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _place(story: Story) -> str:
    code = str(story.region_code)
    return regions.path_names([code[:6] if is_hidden(story) else code]).popitem()[1]


def _captions(story_id: int) -> list[str]:
    query = StoryPhoto.select(StoryPhoto.caption).where(StoryPhoto.story == story_id).order_by(StoryPhoto.id)
    return [str(row.caption) for row in query]


def _kind(story: Story) -> str:
    found = domains.sub_domain(str(story.domain), str(story.sub_domain)) if story.sub_domain else None
    return found.name if found else (domains.domain_name(str(story.domain)) if story.domain else "")


def latest(*, region_code: str = "", before: int | None = None, limit: int = 10) -> list[Brief]:
    """Published stories, newest first, of a division and all below it; nothing of the practice area."""
    query = Story.select().where(Story.state == "published", scopes.within(Story.region_code, [region_code]))
    query = query.where(Story.region_code < PRACTICE)
    if before is not None:
        query = query.where(Story.id < before)
    found = list(query.order_by(Story.id.desc()).limit(limit))
    pictured = StoryPhoto.select(StoryPhoto.story).where(StoryPhoto.story.in_([row.id for row in found]))
    with_photo = {row.story_id for row in pictured}
    return [
        Brief(
            row.code, row.title, _teaser(row.body), _place(row), None if is_hidden(row) else row.published_at,
            row.id in with_photo, row.id,
        )
        for row in found
    ]  # fmt: skip


def _teaser(text: str) -> str:
    flat = " ".join(_paragraphs(text))
    return flat if len(flat) <= TEASER else flat[:TEASER] + "…"


def _published(code: str) -> Story:
    story = Story.get_or_none(Story.code == code, Story.state == "published")
    if story is None or regions.in_practice(str(story.region_code)):
        raise Refusal(C.NOT_FOUND)
    assert isinstance(story, Story)
    return story


def read(*, code: str) -> PublicStory:
    """A published story. Refusals: NOT_FOUND."""
    story = _published(code)
    hidden = is_hidden(story)
    team = story.team if story.team_id is not None and not hidden else None
    names = [row.volunteer.name for row in people(story) if agreed(story, row) and row.shows in ("name", "both")]
    return PublicStory(
        story.code, story.title, _paragraphs(story.body), _place(story), team.name if team else "",
        team.code if team else "", _kind(story), None if hidden else story.published_at, names, _captions(story.id),
    )  # fmt: skip


def photo(*, parts: Parts, code: str, number: int) -> bytes:
    """A photo of a published story, counted from 0. Refusals: NOT_FOUND."""
    return _photo(parts, _published(code), number)


def _photo(parts: Parts, story: Story, number: int) -> bytes:
    found = list(StoryPhoto.select().where(StoryPhoto.story == story.id).order_by(StoryPhoto.id))
    if is_hidden(story) or not 0 <= number < len(found):
        raise Refusal(C.NOT_FOUND)
    return files.opened(parts=parts, file_id=found[number].file_id)


def mine(*, actor: Actor) -> list[MyStory]:
    """The stories the reader was asked about, newest first."""
    rows = (
        StoryPerson.select(StoryPerson, Story)
        .join(Story)
        .where(StoryPerson.volunteer.in_(entries_of(actor.volunteer_id or 0)), _asked())
        .order_by(StoryPerson.id.desc())
        .limit(50)
    )
    return [_mine(row.story, row) for row in rows]


def _asked() -> Any:
    return StoryPerson.asked_at.is_null(False) | (StoryPerson.state != "waiting")


def _mine(story: Story, row: StoryPerson) -> MyStory:
    return MyStory(
        story.code, story.title, _paragraphs(story.body), _captions(story.id), row.shows, row.state,
        story.state == "published", story.state == "asking" and row.state == "waiting", story.state == "withdrawn",
    )  # fmt: skip


def _own(actor: Actor, code: str) -> tuple[Story, StoryPerson]:
    story = Story.get_or_none(Story.code == code)
    row = own_row(actor=actor, story=story) if story is not None else None
    if story is None or row is None or (row.asked_at is None and row.state == "waiting"):
        raise Refusal(C.NOT_FOUND)
    return story, row


def my_one(*, actor: Actor, code: str) -> MyStory:
    """What is asked of the reader. Refusals: NOT_FOUND (he is not in it)."""
    return _mine(*_own(actor, code))


def my_photo(*, parts: Parts, actor: Actor, code: str, number: int) -> bytes:
    """A photo of a story that shows the reader. Refusals: NOT_FOUND."""
    return _photo(parts, _own(actor, code)[0], number)


def _seen(actor: Actor, code: str, at: datetime) -> Story:
    story = Story.select(Story, Team).join(Team, JOIN.LEFT_OUTER).where(Story.code == code).first()
    if story is None:
        raise Refusal(C.NOT_FOUND)
    if story.team_id is not None:
        permissions.require_see(actor=actor, team_id=story.team_id, at=at)
    else:
        permissions.require_look(actor=actor, region_code=str(story.region_code), at=at)
    assert isinstance(story, Story)
    return story


def page(*, actor: Actor, code: str, at: datetime) -> StoryPage:
    """A story in full. Refusals: NOT_FOUND, NOT_ALLOWED."""
    story = _seen(actor, code, at)
    rows = people(story)
    writes = may_write(actor=actor, story=story, at=at)
    decides = decisions.may_decide(actor=actor, region_code=str(story.region_code), parties=parties(story), at=at)
    author = Volunteer.get_or_none(Volunteer.id == story.author_id)
    inside = {row.volunteer_id for row in rows}
    return StoryPage(
        story.id, story.code, story.title, story.body, story.domain, story.sub_domain, _kind(story),
        story.team.name if story.team is not None else "", regions.path_name(str(story.region_code)), story.state,
        author.name if author else "", story.answer, story.withdrawn_why, _captions(story.id),
        [Shown(r.volunteer.public_no, r.volunteer.name, r.shows, _state(story, r), r.answered_at) for r in rows],
        _members(story, inside) if writes and story.state == "draft" else [], is_hidden(story), writes,
        decides and story.state == "review",
        story.state == "published" and story.post_state in ("", "failed") and mass.open_to(actor=actor, at=at),
        author is not None and author.id == actor.volunteer_id, story.post_state, story.post_errcode,
    )  # fmt: skip


def _state(story: Story, row: StoryPerson) -> str:
    """As it is stored; `old` for a yes to what the story no longer says, `new` for somebody who was not asked yet."""
    if row.state == "given" and not agreed(story, row):
        return "old"
    return "new" if row.state == "waiting" and story.state == "draft" else str(row.state)


def _members(story: Story, without: Iterable[int]) -> list[tuple[str, str]]:
    if story.team_id is None:
        return []
    query = (
        Volunteer.select(Volunteer.public_no, Volunteer.name)
        .join(TeamMember, on=TeamMember.volunteer)
        .where(
            TeamMember.team == story.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active",
            Volunteer.id.not_in(list(without)),
        )
        .order_by(Volunteer.name)
        .limit(300)
    )  # fmt: skip
    return [(str(row.public_no), str(row.name)) for row in query]


def office_photo(*, parts: Parts, actor: Actor, code: str, number: int, at: datetime) -> bytes:
    """A photo for those who write or decide. Refusals: NOT_FOUND, NOT_ALLOWED."""
    return _photo(parts, _seen(actor, code, at), number)


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[StoryLine]:
    """Stories of the teams the actor leads and the divisions he may look at; filters: region, state."""
    seen = leading.led(actor=actor, at=at) | scopes.within(Story.region_code, scopes.readable(actor=actor, at=at))
    query = Story.select(Story, Team, Volunteer).join(Team, JOIN.LEFT_OUTER).switch(Story)
    query = query.join(Volunteer, JOIN.LEFT_OUTER, on=Story.author).where(seen)
    if wanted.chosen("state"):
        query = query.where(Story.state == wanted.chosen("state"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Story.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Story.title.contains(wanted.text) | Team.name.contains(wanted.text))
    sorts = {"created": Story.created_at, "published": Story.published_at, "title": Story.title}
    found = cut(query, wanted=wanted, sorts=sorts, default="-created", tie=Story.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in found.rows])
    asked = StoryPerson.select(StoryPerson.story).where(
        StoryPerson.story.in_([row.id for row in found.rows]), StoryPerson.state == "waiting"
    )
    waiting = [row.story_id for row in asked]
    lines = [
        StoryLine(
            row.code, row.title, row.team.name if row.team_id is not None else "", places[row.region_code], row.state,
            row.author.name if row.author_id is not None else "", row.created_at, row.published_at,
            waiting.count(row.id) if row.state == "asking" else 0, row.post_state,
        )
        for row in found.rows
    ]  # fmt: skip
    return Found(lines, found.total, found.page, found.size)


def to_review(*, actor: Actor, at: datetime) -> int:
    """How many stories of the actor's divisions wait for the centre, counted to ten."""
    managed = scopes.managed(actor=actor, at=at)
    query = Story.select().where(Story.state == "review", scopes.within(Story.region_code, managed))
    return int(query.limit(10).count())
