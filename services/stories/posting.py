"""A published story into the official account's draft box, where a person looks and sends it out (S82).

The platform knows no key against doubles for a draft: what may have arrived is marked `unknown` and never repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from models import Story, store
from models.store import Write
from services import audit, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.messaging import mass
from services.participation import drawing
from services.parts import Parts
from services.stories import views
from services.stories.held import held
from wechat.errcodes import Kind
from wechat.gateway import Article, WechatFailure
from wording import say

C = RefusalCode
#: The platform takes a picture inside an article up to 1 MB.
SIDE = 1080
TITLE, AUTHOR, DIGEST = 32, 16, 100
#: A try that was begun and not finished is over after this; a busy platform is asked again for so long.
GIVEN_UP, AGAIN_FOR = timedelta(minutes=10), timedelta(hours=1)


def post(*, actor: Actor, code: str, at: datetime) -> None:
    """Put a published story into the draft box; the worker does it. Waiting already, nothing changes.

    Refusals: NOT_FOUND / NOT_ALLOWED (the account is the whole area's), STORY_STATE (not published, or posted).
    """

    def act() -> None:
        story = held(code)
        permissions.require_manage(actor=actor, region_code=mass.top(), at=at)
        if story.post_state == "due":
            return
        if story.state != "published" or story.post_state not in ("", "failed"):
            raise Refusal(C.STORY_STATE)
        Story.update(post_state="due", post_errcode=None, post_at=at).where(Story.id == story.id).execute()
        audit.changed(actor=actor, verb="story.posted", subject=f"story:{story.id}", changes={}, at=at)

    store.write(act)


def work(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Carry over what waits; how many went. HTTP, so outside a write."""
    done = 0
    for story in list(Story.select().where(Story.post_state.in_(("due", "begun"))).order_by(Story.id).limit(5)):
        if story.post_state == "begun":
            if at - (story.post_at or at) > GIVEN_UP:
                write(lambda story=story: _set(story, "begun", "unknown"))  # type: ignore[misc]
        elif write(lambda story=story: _begin(story, at)):  # type: ignore[misc]
            done += _carry(parts, story, at, write)
    return done


def _set(story: Story, old: str, new: str, **fields: object) -> bool:
    changed = Story.update(post_state=new, **fields).where(Story.id == story.id, Story.post_state == old).execute()
    return bool(changed)


def _begin(story: Story, at: datetime) -> bool:
    if Story.get_by_id(story.id).state != "published":
        return _set(story, "due", "") and False
    return _set(story, "due", "begun", post_at=at)


def _carry(parts: Parts, story: Story, at: datetime, write: Write) -> int:
    try:
        number = parts.gateway.add_draft(_article(parts, story))
    except WechatFailure as failure:
        errcode, kind, asked = failure.errcode, failure.kind, story.post_at or at
        if kind is Kind.RETRY and at - asked < AGAIN_FOR:
            write(lambda: _set(story, "begun", "due", post_at=asked))
        else:
            state = "unknown" if kind is Kind.UNKNOWN else "failed"
            write(lambda: _set(story, "begun", state, post_errcode=errcode))
        return 0
    except Refusal:  # taken down meanwhile
        write(lambda: _set(story, "begun", ""))
        return 0
    write(lambda: _set(story, "begun", "done", post_id=number))
    return 1


def _article(parts: Parts, story: Story) -> Article:
    shown = views.read(code=str(story.code))
    pictures = [
        files.taken(views.photo(parts=parts, code=str(story.code), number=number), side=SIDE).body
        for number in range(len(shown.photos))
    ]
    cover = pictures[0] if pictures else drawing.cover(brand=parts.brand, title=shown.title)
    cover_id = parts.gateway.add_cover(cover)
    lines = [f"<p>{escape(line)}</p>" for line in shown.paragraphs]
    for caption, picture in zip(shown.photos, pictures, strict=True):
        lines.append(f'<p><img src="{escape(parts.gateway.upload_picture(picture))}"></p>')
        lines += [f"<p>{escape(caption)}</p>"] if caption else []
    where = say("stories.source", team=shown.team or shown.place)
    return Article(
        title=shown.title[:TITLE], author=parts.brand[:AUTHOR], digest=" ".join(shown.paragraphs)[:DIGEST],
        content="".join([*lines, f"<p>{escape(where)}</p>"]), cover=cover_id,
        source_url=f"{parts.public_url}/stories/{shown.code}",
    )  # fmt: skip
