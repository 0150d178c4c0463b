"""代办 of what somebody says to a story that shows him: yes, no, no more, on a form that he signed (S82).

The story is read out and its photos are shown to him first. Whoever wrote it does not write down his yes
(`proxy_acts`), and whoever did does not publish it (`stories.held.parties`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import Story, Volunteer
from services.actors import Actor
from services.stories import consents, views
from services.stories.views import MyStory
from wording import entry, say

ACTS = ("story_yes", "story_no", "story_back")
KIND = "story:"


def do(himself: Actor, act: str, subject: str, at: datetime) -> None:
    """The answer, inside the caller's write; `subject` as `story:<code>`. Refusals: those of `consents`."""
    code = subject.removeprefix(KIND)
    if act == "story_back":
        consents.take_back(actor=himself, code=code, at=at)
    else:
        consents.answer(actor=himself, code=code, agrees=act == "story_yes", at=at)


def author_of(subject: str) -> int | None:
    """Who wrote it, and so wants the yes."""
    found = Story.get_or_none(Story.code == subject.removeprefix(KIND))
    return found.author_id if found is not None else None


def chances(person: Volunteer) -> dict[str, Callable[[], list[tuple[str, str, datetime | None, str]]]]:
    """By act, the stories it can be about: key, title, no moment, the text to be read out."""
    himself = Actor("proxy", person.id)

    def of(fits: Callable[[MyStory], bool]) -> Callable[[], list[tuple[str, str, datetime | None, str]]]:
        return lambda: [
            (f"{KIND}{each.code}", each.title, None, _heard(each)) for each in views.mine(actor=himself) if fits(each)
        ]

    waits, holds = of(lambda one: one.waits), of(lambda one: one.state == "given" and not one.gone)
    return {"story_yes": waits, "story_no": waits, "story_back": holds}


def _heard(story: MyStory) -> str:
    """What is read out to him: the story, how it shows him, and that there are photos to look at."""
    lines = [*story.paragraphs, say("stories.heard", shows=entry("stories.shows")[story.shows])]
    if story.photos:
        lines.append(say("stories.heard_photos", count=len(story.photos)))
    return "\n".join(lines)
