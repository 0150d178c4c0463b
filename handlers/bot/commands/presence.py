"""去了 / 没去: the answer to the newest 你去了吗; 补录 and 异议 lead to their pages."""

from __future__ import annotations

from handlers.bot.commands import register
from handlers.bot.context import Chat
from handlers.bot.registry import command
from handlers.bot.saying import page, short, steps
from services.review import presence
from wording import say


@command("was_there")
def yes(chat: Chat) -> str:
    """He was there."""
    return _answer(chat, was_there=True)


@command("was_not_there")
def no(chat: Chat) -> str:
    """He was not: somebody above looks into it."""
    return _answer(chat, was_there=False)


def _answer(chat: Chat, *, was_there: bool) -> str:
    if not chat.bound:
        return register.how(chat)
    asked = presence.newest(actor=chat.actor)
    if asked is None:
        return say("review.chat.nothing_asked") + steps("hours", "help")
    presence.answer(actor=chat.actor, record_id=asked.record_id, was_there=was_there, at=chat.at)
    return say(f"review.chat.{'yes' if was_there else 'no'}", title=short(asked.title, 30)) + steps("hours")


@command("makeup", tells=True)
def makeup(chat: Chat) -> str:
    """The page on which a make-up is asked for."""
    return _led(chat, "makeup", "/m/makeups")


@command("object", tells=True)
def object_to(chat: Chat) -> str:
    """The page of his records, each with the way to object."""
    return _led(chat, "objection", "/m/hours")


def _led(chat: Chat, key: str, path: str) -> str:
    if not chat.bound:
        return register.how(chat)
    link = page(f"{chat.parts.public_url}{path}", say(f"review.chat.{key}_link"))
    return say(f"review.chat.{key}", link=link) + steps("hours", "mine")
