"""Handing a story in, and what each person shown says to it: yes, no, later no more. A no is never argued with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import to_millis
from models import Story, StoryPerson, Volunteer, store
from services import audit, content, decisions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.stories.held import (
    agreed,
    draft,
    held,
    is_hidden,
    member_names,
    own_row,
    parties,
    people,
    photos_of,
    require_write,
)
from services.stories.writing import take_photos
from wording import say

C = RefusalCode
FACES = ("photo", "both")


def submit(*, parts: Parts, actor: Actor, code: str, nobody_else: bool, at: datetime) -> None:
    """Hand a draft in: whoever is shown is asked, each once for what it says now; where all agreed, the centre reviews.

    `nobody_else`: the writer's word that nobody else can be recognised in the photos. Refusals: NOT_FOUND,
    NOT_ALLOWED, STORY_STATE, PHOTO_CONSENT (photos without that word), STORY_FACES, STORY_CONSENT (somebody who said
    no is still named: fact `names`), STORY_UNASKED (a member of the team is named and not in the list: fact `names`),
    TEXT_REFUSED (WeChat's check).
    """
    story = store.write(lambda: draft(actor=actor, code=code, at=at))
    written = f"{story.title}\n{story.body}"
    if actor.volunteer_id is not None and content.askable(volunteer_id=actor.volunteer_id, at=at):
        said = content.verdict_of_writer(parts=parts, volunteer_id=actor.volunteer_id, text=written)
        if said == "risky":
            raise Refusal(C.TEXT_REFUSED)

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        if photos_of(story):
            if is_hidden(story):
                raise Refusal(C.STORY_FACES)
            if not nobody_else:
                raise Refusal(C.PHOTO_CONSENT)
        rows = people(story)
        _check_names(story, rows)
        for row in rows:
            if row.state not in ("refused", "withdrawn") and not agreed(story, row):
                _ask(actor, story, row, at)
        audit.changed(actor=actor, verb="story.handed_in", subject=f"story:{story.id}", changes={}, at=at)
        _go_on(story, at)

    store.write(act)


def _check_names(story: Story, rows: list[Any]) -> None:
    """Whoever is named was put into the list, and did not say no."""
    captions = (str(each.caption) for each in photos_of(story))
    words = "\n".join([str(story.title), str(story.body), *captions])
    no = ("refused", "withdrawn")
    said_no = [row.volunteer.name for row in rows if row.state in no and row.volunteer.name in words]
    if said_no:
        raise Refusal(C.STORY_CONSENT, names=say("stories.and").join(said_no))
    listed = {row.volunteer.name for row in rows if row.shows != "photo"}
    unasked = [name for name in member_names(story) if name in words and name not in listed]
    if unasked:
        raise Refusal(C.STORY_UNASKED, names=say("stories.and").join(unasked[:3]))


def _ask(actor: Actor, story: Story, row: StoryPerson, at: datetime) -> None:
    if row.volunteer_id == actor.volunteer_id:  # he wrote it, he is in it, he hands it in
        _answered(row, story, "given", at)
        return
    StoryPerson.update(state="waiting", asked_at=at, answered_at=None).where(StoryPerson.id == row.id).execute()
    telling.tell(
        kind="story_asked", people=[row.volunteer_id], key=_occasion(story, at), at=at, title=story.title,
        url=f"/m/stories/{story.code}",
    )  # fmt: skip


def _occasion(story: Story, at: datetime) -> str:
    """Each time it is handed in is one: what was told before it was taken back may have been dropped unsent."""
    return f"{story.id}:{story.version}.{to_millis(at)}"


def _answered(row: StoryPerson, story: Story, state: str, at: datetime) -> None:
    StoryPerson.update(state=state, version=story.version, answered_at=at).where(StoryPerson.id == row.id).execute()


def _go_on(story: Story, at: datetime) -> None:
    """To the centre where everybody agreed, else waiting for them."""
    rows = [row for row in people(story) if row.state not in ("refused", "withdrawn")]
    ready = all(agreed(story, row) for row in rows)
    Story.update(state="review" if ready else "asking", answer="").where(Story.id == story.id).execute()
    if ready:
        telling.tell(
            kind="story_review", key=_occasion(story, at), at=at, title=story.title,
            url=f"/console/stories/{story.code}",
            people=sorted(decisions.deciders(region_code=str(story.region_code), parties=parties(story), at=at)),
        )  # fmt: skip


def _own(actor: Actor, story: Story) -> StoryPerson:
    found = own_row(actor=actor, story=story)
    if found is None or (found.asked_at is None and found.state == "waiting"):
        raise Refusal(C.NOT_FOUND)
    return found


def answer(*, actor: Actor, code: str, agrees: bool, at: datetime) -> None:
    """Say yes or no to how the story shows the actor. The same again changes nothing.

    A no sends it back to its writer, and where his photo was asked for, all photos go with it. Refusals: NOT_FOUND
    (he is not asked), STORY_STATE (it does not wait for him now).
    """

    def act() -> None:
        story = held(code)
        row = _own(actor, story)
        if row.state == ("given" if agrees else "refused") and row.version == story.version:
            return
        if story.state != "asking" or row.state != "waiting":
            raise Refusal(C.STORY_STATE)
        _answered(row, story, "given" if agrees else "refused", at)
        verb = "story.agreed" if agrees else "story.declined"
        audit.changed(
            actor=actor, verb=verb, subject=f"story:{story.id}", at=at,
            changes={"shows": ["", row.shows], "version": [None, story.version]},
        )  # fmt: skip
        if agrees:
            _go_on(story, at)
        else:
            _back(story, row, "story_declined", at)

    store.write(act)


def take_back(*, actor: Actor, code: str, at: datetime) -> None:
    """The actor agrees no longer: what was published is gone at once, what was not goes back. Twice is once.

    Refusals: NOT_FOUND, STORY_STATE (he had not agreed).
    """

    def act() -> None:
        story = held(code)
        row = _own(actor, story)
        if row.state == "withdrawn":
            return
        if row.state != "given":
            raise Refusal(C.STORY_STATE)
        _answered(row, story, "withdrawn", at)
        audit.changed(actor=actor, verb="story.taken_back", subject=f"story:{story.id}", changes={}, at=at)
        if story.state == "published":
            end(story, say("stories.consent_gone"), at, author=True)
        elif story.state != "withdrawn":
            _back(story, row, "story_declined", at)

    store.write(act)


def recall(*, actor: Actor, code: str, at: datetime) -> None:
    """Take a story back that waits for somebody or for the centre, to write on; a yes holds as long as nothing changes.

    Whoever has no phone and answers on no paper would hold it up for ever. Refusals: NOT_FOUND, NOT_ALLOWED,
    STORY_STATE (it waits for nobody).
    """

    def act() -> None:
        story = held(code)
        require_write(actor=actor, story=story, at=at)
        if story.state not in ("asking", "review"):
            raise Refusal(C.STORY_STATE)
        Story.update(state="draft").where(Story.id == story.id).execute()
        audit.changed(actor=actor, verb="story.recalled", subject=f"story:{story.id}", changes={}, at=at)

    store.write(act)


def _back(story: Story, row: StoryPerson, kind: str, at: datetime) -> None:
    name = Volunteer.get_by_id(row.volunteer_id).name
    if row.shows in FACES:
        take_photos(photos_of(story))
    Story.update(state="draft", version=Story.version + 1).where(Story.id == story.id).execute()
    telling.tell(
        kind=kind, people=[story.author_id], key=f"{story.id}:{row.id}:{story.version}", at=at, title=story.title,
        name=name, url=f"/console/stories/{story.code}",
    )  # fmt: skip


def end(story: Story, why: str, at: datetime, *, author: bool) -> None:
    """A published story is there no longer: photos gone, its writer told (`author`), and the managers of the whole
    account where it lies in the official account, too, from which we cannot take it. Inside the write."""
    take_photos(photos_of(story))
    Story.update(state="withdrawn", withdrawn_at=at, withdrawn_why=why).where(Story.id == story.id).execute()
    facts: dict[str, Any] = {"at": at, "title": story.title, "reason": why, "url": f"/console/stories/{story.code}"}
    if author:
        telling.tell(kind="story_withdrawn", people=[story.author_id], key=str(story.id), **facts)
    if story.post_state in ("begun", "done", "unknown"):
        telling.tell(
            kind="story_pull", key=str(story.id), **facts,
            people=sorted(decisions.deciders(region_code=str(story.region_code)[:2], parties=[], at=at)),
        )  # fmt: skip
