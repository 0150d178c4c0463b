"""是我 / 不是我: the answer to an invitation that was scanned, and what one agrees to with it."""

from __future__ import annotations

from typing import Any

from handlers.bot.commands import coming_back, digits
from handlers.bot.context import Chat
from handlers.bot.registry import command, meet
from handlers.bot.saying import steps, tap
from handlers.bot.words import said
from services.accounts import enrolment, invites
from wording import entry, say


@command("is_me")
def accept(chat: Chat) -> str:
    """It is he: this WeChat is bound, and his consents are kept."""
    topic = _asked(chat, coming_back.TOPIC)
    if topic is not None:
        return _came_back(chat, topic)
    topic = _asked(chat, "invite")
    if topic is None:
        return _nothing(chat)
    done = invites.accept(
        parts=chat.parts, token=topic["token"], identity_id=chat.speaker.identity_id, at=chat.at
    )
    chat.forget("invite")
    chat.speaker.volunteer_id, chat.speaker.name = done.volunteer_id, done.name
    known = say("bot.invite.welcome", name=done.name)
    post = {"name": done.name, "place": done.place, "role": entry("access.roles").get(done.role, "")}
    welcome = say("bot.invite.took_up", **post) if done.role else known
    waiting = digits.held_scan(chat)
    return f"{welcome}\n\n{waiting}" if waiting else welcome + steps("activities", "checkin", "hours")


@command("not_me")
def decline(chat: Chat) -> str:
    """It is somebody else: the invitation is over, a new one must be shown."""
    if _asked(chat, coming_back.TOPIC) is not None:
        return coming_back.decline(chat)
    topic = _asked(chat, "invite")
    if topic is None:
        return _nothing(chat)
    invites.decline(token=topic["token"], openid=chat.speaker.openid, at=chat.at)
    chat.forget("invite")
    return say("bot.invite.declined") + steps("help")


@command("terms", tells=True)
def terms(chat: Chat) -> str:
    """The full texts behind the question, as on the page (PIPL §14, §17)."""
    texts = [str(each["text"]) for each in enrolment.first_consents().values()]
    texts.append(entry("promises.pledge.text").format(brand=chat.parts.brand))
    texts.append(entry("promises.agreement.text").format(team=say("bot.invite.that_team")))
    topic = chat.topic("invite")
    if topic is None:
        return "\n\n".join(texts) + steps("help")
    return "\n\n".join([*texts, *(tap(said(name), stamp=topic["stamp"]) for name in ("is_me", "not_me"))])


def _asked(chat: Chat, name: str) -> dict[str, Any] | None:
    """The question of this kind that still stands, unless the line that was tapped belongs to another."""
    topic = chat.topic(name)
    return None if topic is None or chat.outdated(topic) else topic


def _came_back(chat: Chat, topic: dict[str, Any]) -> str:
    """Everything is there again; then on to what brought him: a code that he followed through, or a scan."""
    welcome = coming_back.accept(chat)
    onward = meet(chat, topic["scene"]) if topic["scene"] else digits.held_scan(chat)
    return f"{welcome}\n\n{onward}" if onward else welcome + steps("hours", "mine", "activities")


def _nothing(chat: Chat) -> str:
    if chat.bound:
        return say("bot.invite.bound_already", name=chat.speaker.name) + steps("hours", "activities")
    return say("bot.invite.nothing") + steps("register", "help")
