"""Writing a story: its words, its photos, the people it shows. Only a draft changes; what changed is agreed to anew."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import StoredFile, Story, StoryPerson, StoryPhoto, Team, TeamMember, Volunteer, store
from services import audit, content, permissions, regions
from services.access import belonging
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.gates import ages
from services.lives import files
from services.participation import domains
from services.parts import Parts
from services.stories.held import draft, is_hidden, people, photos_of
from wording import entry

C = RefusalCode
LENGTHS = {"title": 30, "body": 3000}
CAPTION_LONGEST = 60
MOST_PHOTOS, MOST_PEOPLE = 6, 20
PHOTO_SIDE = 1400
#: What gives away where or when somebody was visited: house numbers, days, hours.
_TRACES = re.compile(
    r"[0-9０-９一二三四五六七八九十百]+\s*(?:号楼|单元|号院|号房|室|幢|栋|弄|门牌|组\s*[0-9０-９]+\s*号)"
    r"|[0-9０-９]{1,2}\s*月\s*[0-9０-９]{1,2}\s*[日号]|[0-9０-９]{1,2}\s*[:：]\s*[0-9０-９]{2}"
    r"|(?:上午|下午|早上|晚上|中午|傍晚)\s*[0-9０-９一二三四五六七八九十两]+\s*[点时]"
)


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """What the form says; `domain` and `sub_domain`: the kind of service it tells of, "" for none."""

    title: str
    body: str
    domain: str = ""
    sub_domain: str = ""


def _checked(draft: StoryDraft) -> dict[str, Any]:
    texts = {"title": " ".join(draft.title.split()), "body": draft.body.replace("\r\n", "\n").strip()}
    for name, text in texts.items():
        if not text or len(text) > LENGTHS[name] or "\x00" in text:
            raise Refusal(C.FIELD_WRONG, field=name)
    if draft.domain and (
        draft.domain not in domains.CODES
        or (draft.sub_domain and domains.sub_domain(draft.domain, draft.sub_domain) is None)
    ):
        raise Refusal(C.FIELD_WRONG, field="domain")
    content.require_fit(texts["title"] + "\n" + texts["body"])
    if domains.is_confidential(draft.domain, draft.sub_domain):
        found = _TRACES.search(texts["title"] + "\n" + texts["body"])
        if found:
            raise Refusal(C.STORY_PRIVATE, words=found[0])
    return texts | {"domain": draft.domain, "sub_domain": draft.sub_domain}


def create(*, actor: Actor, team_code: str, region_code: str, draft: StoryDraft, at: datetime) -> str:
    """Begin a story of a team, or of a division; its code.

    Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (`title`, `body`, `domain`), WORD_REFUSED,
    STORY_PRIVATE (a visit, a mediation, a counselling that tells a house or an hour: fact `words`).
    """

    def act() -> str:
        team = Team.get_or_none(Team.code == team_code) if team_code else None
        if team is not None:
            permissions.require_lead(actor=actor, team_id=team.id, at=at)
        elif team_code:
            raise Refusal(C.NOT_FOUND)
        else:
            permissions.require_manage(actor=actor, region_code=region_code, at=at)
            regions.region(region_code)
        made = Story.create(
            code=new_code(), team=team, region_code=team.region_code if team else region_code, state="draft",
            author=actor.volunteer_id, created_at=at, **_checked(draft),
        )  # fmt: skip
        audit.changed(actor=actor, verb="story.begun", subject=f"story:{made.id}", changes={}, at=at)
        return str(made.code)

    return store.write(act)


def _changed(story: Story, **fields: Any) -> None:
    """Whoever agreed to it agreed to something else: the version counts up."""
    Story.update(version=Story.version + 1, **fields).where(Story.id == story.id).execute()


def edit(*, actor: Actor, code: str, written: StoryDraft, at: datetime) -> None:
    """Write a draft anew. Refusals: NOT_FOUND, NOT_ALLOWED, STORY_STATE, those of `create`, PHOTO_CONSENT (it has
    photos, and is to tell of a visit, a mediation, a counselling)."""

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        fields = _checked(written)
        if domains.is_confidential(written.domain, written.sub_domain) and photos_of(story):
            raise Refusal(C.STORY_FACES)
        if any(getattr(story, name) != value for name, value in fields.items()):
            _changed(story, **fields)
            audit.changed(actor=actor, verb="story.written", subject=f"story:{story.id}", changes={}, at=at)

    store.write(act)


def add_photo(*, parts: Parts, actor: Actor, code: str, photo: bytes, caption: str, at: datetime) -> None:
    """Put a photo in: drawn anew, without a word of where it was taken.

    Refusals: NOT_FOUND, NOT_ALLOWED, STORY_STATE, STORY_FACES (a visit, a mediation, a counselling), PHOTO_MANY,
    FIELD_WRONG (`caption`), WORD_REFUSED, those of `files.taken`, STORAGE_AWAY.
    """
    words = " ".join(caption.split())
    _may_add(draft_of(actor=actor, code=code, at=at), words)
    taken = files.taken(photo, side=PHOTO_SIDE)
    path = files.put_down(parts=parts, photo=taken)

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        _may_add(story, words)
        kept = files.keep(name="story.jpg", path=path, size=len(taken.body), owner_id=actor.volunteer_id or 0, at=at)
        StoryPhoto.create(story=story, file=kept, caption=words)
        _changed(story)
        audit.changed(actor=actor, verb="story.photo", subject=f"story:{story.id}", changes={}, at=at)

    store.write(act)


def draft_of(*, actor: Actor, code: str, at: datetime) -> Story:
    """The draft, before a photo is decoded for nothing. Refusals: NOT_FOUND, NOT_ALLOWED, STORY_STATE."""
    return store.write(lambda: draft(actor=actor, code=code, at=at))


def _may_add(story: Story, caption: str) -> None:
    if is_hidden(story):
        raise Refusal(C.STORY_FACES)
    if len(photos_of(story)) >= MOST_PHOTOS:
        raise Refusal(C.PHOTO_MANY, most=MOST_PHOTOS)
    if len(caption) > CAPTION_LONGEST:
        raise Refusal(C.FIELD_WRONG, field="caption")
    content.require_fit(caption)


def drop_photo(*, actor: Actor, code: str, number: int, at: datetime) -> None:
    """Take a photo out, counted from 0, and off the disk. Refusals: NOT_FOUND (also no such photo), NOT_ALLOWED,
    STORY_STATE."""

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        photos = photos_of(story)
        if not 0 <= number < len(photos):
            raise Refusal(C.NOT_FOUND)
        take_photos([photos[number]])
        _changed(story)

    store.write(act)


def take_photos(photos: list[StoryPhoto]) -> None:
    """Photos are gone, and `files.sweep` takes them off the disk; inside a write."""
    StoryPhoto.delete().where(StoryPhoto.id.in_([each.id for each in photos])).execute()
    StoredFile.delete().where(StoredFile.id.in_([each.file_id for each in photos])).execute()


def put_person(*, actor: Actor, code: str, public_no: str, shows: str, at: datetime) -> None:
    """Say that the story shows somebody, and with what: name, photo, both. Said again, it is corrected.

    Refusals: NOT_FOUND (also somebody who is none of the actor's), NOT_ALLOWED, STORY_STATE, FIELD_WRONG (`shows`),
    STORY_FACES (a photo in a visit, a mediation, a counselling), ACCOUNT_CLOSED, STORY_MINOR, STORY_CONSENT (he said
    no to this story), FIELD_WRONG (`person`: more than twenty).
    """

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        person = _person(actor, story, public_no, at)
        if shows not in entry("stories.shows"):
            raise Refusal(C.FIELD_WRONG, field="shows")
        if is_hidden(story) and shows != "name":
            raise Refusal(C.STORY_FACES)
        if person.state != "active":
            raise Refusal(C.ACCOUNT_CLOSED)
        if ages.is_minor(volunteer_id=person.id, at=at):
            raise Refusal(C.STORY_MINOR)
        rows = {row.volunteer_id: row for row in people(story)}
        known = rows.get(person.id)
        if known is not None and known.state in ("refused", "withdrawn"):
            raise Refusal(C.STORY_CONSENT, names=person.name)
        if known is None:
            if len(rows) >= MOST_PEOPLE:
                raise Refusal(C.FIELD_WRONG, field="person")
            StoryPerson.create(story=story, volunteer=person, shows=shows, state="waiting")
        else:
            StoryPerson.update(shows=shows, state="waiting").where(StoryPerson.id == known.id).execute()

    store.write(act)


def _person(actor: Actor, story: Story, public_no: str, at: datetime) -> Volunteer:
    """A member of the story's team, or somebody whom the actor may look at."""
    found = Volunteer.get_or_none(Volunteer.public_no == public_no)
    member = found is not None and TeamMember.select().where(
        TeamMember.team == story.team_id, TeamMember.volunteer == found.id, TeamMember.to_at.is_null()
    ).exists()  # fmt: skip
    if found is None or not (member or found.id == actor.volunteer_id):
        return belonging.seen_person(actor=actor, public_no=public_no, at=at)
    assert isinstance(found, Volunteer)
    return found


def drop_person(*, actor: Actor, code: str, public_no: str, at: datetime) -> None:
    """He is not in it after all. Whoever said no stays written, so that nobody puts him in again. Refusals: NOT_FOUND,
    NOT_ALLOWED, STORY_STATE."""

    def act() -> None:
        story = draft(actor=actor, code=code, at=at)
        row = next((each for each in people(story) if each.volunteer.public_no == public_no), None)
        if row is None:
            raise Refusal(C.NOT_FOUND)
        if row.state not in ("refused", "withdrawn"):
            StoryPerson.delete().where(StoryPerson.id == row.id).execute()

    store.write(act)
