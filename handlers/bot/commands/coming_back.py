"""是我 after following again: whoever left is asked whether it is he, and goes on where he was (取消关注后回来)."""

from __future__ import annotations

from handlers.bot.context import Chat
from handlers.bot.saying import steps, tap
from handlers.bot.words import said
from services.accounts import following
from wording import say

TOPIC = "return"


def ask(chat: Chat, scene: str = "") -> str:
    """The question whether it is he; "" for one who is known, or who never was here.

    `scene`: what the code said that brought him; it goes on after his answer.
    """
    if chat.bound:
        return ""
    found = following.former(identity_id=chat.speaker.identity_id, at=chat.at)
    if found is None:
        return ""
    stamp = chat.remember(TOPIC, scene=scene)
    question = say("bot.coming_back.ask", name=found.name)
    return "\n\n".join([question, *(tap(said(each), stamp=stamp) for each in ("is_me", "not_me"))])


def accept(chat: Chat) -> str:
    """It is he: this WeChat is his again."""
    he = following.return_as_former(identity_id=chat.speaker.identity_id, at=chat.at)
    chat.forget(TOPIC)
    chat.speaker.volunteer_id, chat.speaker.name = he.volunteer_id, he.name
    return say("bot.coming_back.welcome", name=he.name)


def decline(chat: Chat) -> str:
    """It is somebody else, whose phone or WeChat this is now."""
    following.not_the_former(identity_id=chat.speaker.identity_id)
    chat.forget(TOPIC)
    return say("bot.coming_back.declined") + steps("register", "help")
